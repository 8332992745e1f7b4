//! A comparison as records: one a group or, when pairs are asked for, one a pair.

use std::io;

use super::{GroupRecord, LogRankDocument, Pairs};
use crate::compare::PairTest;
use crate::report::csv::Csv;
use crate::report::number::{exact, exact_or_empty as optional};

impl LogRankDocument {
    pub(super) fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        match &self.pairwise {
            Some(pairs) => pairs.csv(csv, leading),
            None => self.groups_csv(csv, leading),
        }
    }

    fn groups_csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        let mut titles = vec!["group", "n", "observed", "expected", "statistic", "df", "p", "ln_p"];
        if self.trend.is_some() {
            titles.extend(["trend_statistic", "trend_p"]);
        }
        titles.extend(self.permutation.map(|_| "permutation_p"));
        csv.header(leading, &titles.into_iter().map(str::to_owned).collect::<Vec<_>>())?;
        self.groups.iter().try_for_each(|group| csv.record(self.cells(group)))
    }

    fn cells(&self, group: &GroupRecord) -> Vec<String> {
        let mut cells = vec![group.label.clone()];
        cells.extend([group.n, group.observed, group.expected].map(exact));
        cells.push(optional(self.statistic));
        cells.push(self.df.map(|df| df.to_string()).unwrap_or_default());
        cells.extend([self.p, self.ln_p].map(optional));
        cells.extend(self.trend.iter().flat_map(|own| [exact(own.statistic), optional(own.p)]));
        cells.extend(self.permutation.map(|own| optional(own.p)));
        cells
    }
}

impl Pairs {
    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        csv.header(leading, &["a", "b", "statistic", "p", "p_adjusted"].map(str::to_owned))?;
        self.tests.iter().try_for_each(|own| csv.record(cells(own)))
    }
}

fn cells(own: &PairTest) -> Vec<String> {
    let numbers = [Some(own.statistic), own.p, own.p_adjusted].map(optional);
    [own.a.clone(), own.b.clone()].into_iter().chain(numbers).collect()
}
