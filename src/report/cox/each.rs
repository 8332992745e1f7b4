//! Many Cox regressions in one table.

use std::io;

use super::CoxDocument;
use crate::note::Note;
use crate::report::csv::Csv;
use crate::report::grid::{Align, Grid};
use crate::report::number::{count, percent};
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::results::Results;
use crate::report::subject::DataUse;
use crate::report::whole::Methods;

impl Document for CoxDocument {
    const COMMAND: &'static str = "cox";

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
        Page::new("Cox regression", format!("{formula} by {}", terms.join(", ")))
            .line(self.data.source_line())
    }

    fn summary_grid(&self) -> Grid {
        let interval = format!("{} CI", percent(self.conf_level));
        Grid::new("")
            .nested(["variable", "level"])
            .of_block(["n", "events"], Align::Right)
            .numbers(["HR".to_owned(), interval, "p".to_owned()])
    }

    fn summary_rows(&self, term: &str) -> Vec<Vec<String>> {
        let own = self.coefficients.iter().filter(|own| own.term == term);
        let row = |(at, own): (usize, &super::CoefficientRecord)| {
            let first = |text: String| if at == 0 { text } else { String::new() };
            let name = if own.level.is_none() { own.name.clone() } else { first(own.term.clone()) };
            let head = [name, own.level.clone().unwrap_or_default()];
            let counts = [first(count(self.n)), first(count(self.events))];
            head.into_iter().chain(counts).chain(own.cells()).collect()
        };
        own.enumerate().map(row).collect()
    }
}
