//! A descriptive table as records: one a level and group, or a group of numbers.

use std::io;

use super::{NumberRecord, SummaryRecord, Table1Document, TestRecord, Values, VariableRecord};
use crate::report::csv::Csv;
use crate::report::number::{exact, exact_or_empty};

const TITLES: [&str; 21] = [
    "variable",
    "kind",
    "level",
    "group",
    "n",
    "missing",
    "count",
    "proportion",
    "mean",
    "sd",
    "median",
    "q1",
    "q3",
    "min",
    "max",
    "test",
    "statistic",
    "df",
    "df_denominator",
    "p",
    "smd",
];

/// Where numbers have no counts, and counts no numbers.
const NUMBERS: usize = 7;

impl Table1Document {
    pub(super) fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        csv.header(leading, &TITLES.map(str::to_owned))?;
        self.variables.iter().try_for_each(|own| own.records(csv))
    }
}

impl VariableRecord {
    fn records(&self, csv: &mut Csv<'_>) -> io::Result<()> {
        let all = self.groups.iter().chain(&self.overall);
        let records = all.flat_map(|summary| self.values(summary));
        records.into_iter().try_for_each(|values| {
            let names = [self.variable.clone(), self.kind.to_owned()];
            csv.record(names.into_iter().chain(values).chain(self.test_cells_exact()).collect())
        })
    }

    /// Level, group, counts and numbers of each record.
    fn values(&self, own: &SummaryRecord) -> Vec<Vec<String>> {
        let group = own.level.clone().unwrap_or_default();
        let head = |level: &str| {
            vec![level.to_owned(), group.clone(), own.n.to_string(), own.missing.to_string()]
        };
        let empty = |cells: usize| std::iter::repeat_n(String::new(), cells);
        match &own.values {
            Values::Numbers(numbers) => {
                vec![head("").into_iter().chain(empty(2)).chain(numbers.cells()).collect()]
            }
            Values::Levels { counts, proportions } => {
                let all = self.levels.iter().zip(counts).zip(proportions);
                let cells = all.map(|((level, count), share)| {
                    let counts = [count.to_string(), exact_or_empty(*share)];
                    head(level).into_iter().chain(counts).chain(empty(NUMBERS)).collect()
                });
                cells.collect()
            }
        }
    }

    fn test_cells_exact(&self) -> [String; 6] {
        let smd = exact_or_empty(self.smd.flatten());
        match self.test.flatten() {
            None => {
                [String::new(), String::new(), String::new(), String::new(), String::new(), smd]
            }
            Some(TestRecord { name, statistic, df, df_denominator, p, .. }) => {
                let [statistic, df, second] = [statistic, df, df_denominator].map(exact_or_empty);
                [name.to_owned(), statistic, df, second, exact(p), smd]
            }
        }
    }
}

impl NumberRecord {
    fn cells(&self) -> [String; NUMBERS] {
        let Self { mean, sd, median, q1, q3, min, max } = *self;
        [mean, sd, median, q1, q3, min, max].map(exact_or_empty)
    }
}
