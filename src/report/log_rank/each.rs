//! Many comparisons in one table.

use std::io;

use super::{GroupRecord, LogRankDocument};
use crate::note::Note;
use crate::report::csv::Csv;
use crate::report::grid::{Align, Grid};
use crate::report::number::{count, estimate, p_value, rounded};
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::results::Results;
use crate::report::subject::DataUse;
use crate::report::whole::Methods;

impl LogRankDocument {
    fn statistic_name(&self) -> &'static str {
        if self.df.is_some() { "χ²" } else { "max |Z|" }
    }
}

impl Document for LogRankDocument {
    const COMMAND: &'static str = "logrank";

    fn page(&self) -> Page {
        self.whole_page()
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        self.records(csv, leading)
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.statistics(results)
    }

    fn data(&self) -> Option<&DataUse> {
        Some(&self.data)
    }

    fn known(&self) -> &[Note] {
        &self.notes
    }

    fn tell(&self, methods: &mut Methods) {
        self.methods(methods);
    }

    fn summary_page(&self, terms: &[&str]) -> Page {
        let formula = self.formula.split('~').next().unwrap_or_default().trim();
        Page::new(self.name(), format!("{formula} by {}", terms.join(", ")))
            .line(self.data.source_line())
    }

    fn summary_grid(&self) -> Grid {
        let grid = Grid::new("").nested(["variable", "group"]);
        let grid = grid.numbers(["n", "observed", "expected"]);
        grid.of_block([self.statistic_name(), "df", "p"], Align::Right)
    }

    fn summary_rows(&self, term: &str) -> Vec<Vec<String>> {
        let df = self.df.map(|df| df.to_string()).unwrap_or_default();
        let statistic = self.statistic.map(estimate).unwrap_or_default();
        let test = [statistic, df, p_value(self.p)];
        let row = |(at, group): (usize, &GroupRecord)| {
            let first = |text: &str| if at == 0 { text.to_owned() } else { String::new() };
            let counts = [count(group.n), count(group.observed), rounded(group.expected, 4)];
            let label = group.label.strip_prefix(&format!("{term}=")).unwrap_or(&group.label);
            let head = [first(term), label.to_owned()].into_iter().chain(counts);
            head.chain(test.iter().map(|cell| first(cell))).collect()
        };
        self.groups.iter().enumerate().map(row).collect()
    }
}
