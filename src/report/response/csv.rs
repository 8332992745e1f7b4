//! Responses as records: counts, rates, differences.

use std::io;

use super::{ComparisonRecord, Limits, RateRecord, ResponseDocument};
use crate::report::csv::Csv;
use crate::report::number::exact_or_empty as optional;

const TITLES: [&str; 13] = [
    "measure",
    "denominator",
    "group",
    "against",
    "count",
    "n",
    "estimate",
    "exact_lower",
    "exact_upper",
    "wilson_lower",
    "wilson_upper",
    "newcombe_lower",
    "newcombe_upper",
];

impl ResponseDocument {
    pub(super) fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        let titles: Vec<&str> = TITLES.into_iter().chain(["p"]).collect();
        csv.header(leading, &titles.into_iter().map(str::to_owned).collect::<Vec<_>>())?;
        for group in &self.groups {
            let level = group.level.clone().unwrap_or_default();
            let categories = self.categories.iter().map(|own| own.category.as_str());
            let counts = categories.zip(&group.counts).chain([("missing", &group.missing)]);
            for (category, count) in counts {
                let head = [category, "", &level, ""].map(str::to_owned);
                let counts = [count.to_string(), group.n.to_string()];
                csv.record(head.into_iter().chain(counts).chain(empty(8)).collect())?;
            }
            group.rates.iter().try_for_each(|own| csv.record(own.record(&level)))?;
        }
        self.comparisons.iter().try_for_each(|own| csv.record(own.record()))
    }
}

fn empty(cells: usize) -> impl Iterator<Item = String> {
    std::iter::repeat_n(String::new(), cells)
}

fn limits(own: Option<Limits>) -> [String; 2] {
    [own.map(|own| own.lower), own.map(|own| own.upper)].map(optional)
}

impl RateRecord {
    fn record(&self, level: &str) -> Vec<String> {
        let head = [self.rate, self.denominator, level, ""].map(str::to_owned);
        let counts = [self.events.to_string(), self.n.to_string(), optional(self.estimate)];
        let limits = limits(self.clopper_pearson).into_iter().chain(limits(self.wilson));
        head.into_iter().chain(counts).chain(limits).chain(empty(3)).collect()
    }
}

impl ComparisonRecord {
    fn record(&self) -> Vec<String> {
        let head = [self.rate, self.denominator, &self.b, &self.a].map(str::to_owned);
        let estimate = [String::new(), String::new(), optional(self.difference)];
        let tail = [self.lower, self.upper, self.p].map(optional);
        head.into_iter().chain(estimate).chain(empty(4)).chain(tail).collect()
    }
}
