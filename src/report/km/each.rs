//! Many Kaplan–Meier documents in one table.

use std::io;

use super::KmDocument;
use super::group::GroupRecord;
use crate::note::Note;
use crate::report::csv::Csv;
use crate::report::grid::{Align, Grid};
use crate::report::number::{count, p_value, percent, probability, probability_range, time};
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::results::Results;
use crate::report::subject::DataUse;
use crate::report::whole::Methods;

impl Document for KmDocument {
    const COMMAND: &'static str = "km";

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
        Page::new("Kaplan–Meier", format!("{formula} by {}", terms.join(", ")))
            .line(self.data.source_line())
    }

    fn summary_grid(&self) -> Grid {
        let interval = format!("{} CI", percent(self.conf_level));
        let rates = self.groups.first().map(|group| group.landmarks.as_slice()).unwrap_or_default();
        Grid::new("")
            .nested(["variable", "group"])
            .numbers(["n", "events"])
            .words([format!("median ({interval})")])
            .words(rates.iter().map(|own| format!("S({}) ({interval})", time(own.time))))
            .of_block(["p"], Align::Right)
    }

    fn summary_rows(&self, term: &str) -> Vec<Vec<String>> {
        let p = self.test.iter().flatten().next().map(|test| p_value(test.p));
        let row = |(at, group): (usize, &GroupRecord)| {
            let first = |text: &str| if at == 0 { text.to_owned() } else { String::new() };
            let head = [first(term), group.level(), count(group.n), count(group.events)];
            let tail = first(p.as_deref().unwrap_or_default());
            let rates = group.rates();
            head.into_iter().chain([group.median()]).chain(rates).chain([tail]).collect()
        };
        self.groups.iter().enumerate().map(row).collect()
    }
}

impl GroupRecord {
    /// The group without the name of the variable.
    fn level(&self) -> String {
        let levels: Vec<&str> = self.levels.iter().map(|(_, level)| level.as_str()).collect();
        levels.join(", ")
    }

    fn rates(&self) -> Vec<String> {
        let rates = self.landmarks.iter().map(|own| {
            let limits = probability_range([own.lower, own.upper]);
            format!("{} ({limits})", probability(own.survival))
        });
        rates.collect()
    }
}
