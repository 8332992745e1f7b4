//! What made a printed number: `riskset identify`.

mod page;

use std::io;

use serde::Serialize;

use super::csv::Csv;
use super::number::exact_or_empty;
use super::outline::Document;
use super::page::Page;
use super::record;
use super::results::{Place, Results, Stat};
use super::subject::{DataUse, Regression, Subject};
use crate::error::Result;
use crate::note::Note;
use crate::published::PrintedEstimate;
use crate::reproduce::identify::{Identify, Match, Rounding, Statistic};

/// What is asked.
#[derive(Debug, Clone)]
pub struct IdentifyPlan {
    /// What kind of number was printed.
    pub statistic: Statistic,
    /// The search for what made it.
    pub search: Identify,
    /// Data that are drawn.
    pub draws: u64,
    /// Their seed.
    pub seed: u64,
    /// The confidence level of the limits.
    pub conf_level: f64,
}

/// The conventions that make a printed number. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct IdentifyDocument {
    command: &'static str,
    schema_version: u32,
    formula: String,
    published: PrintedEstimate,
    statistic: String,
    conf_level: f64,
    data: DataUse,
    matches: Vec<Match>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nearest: Vec<Match>,
    tried: usize,
    draws: u64,
    seed: u64,
    chance_of_any: f64,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
}

impl IdentifyPlan {
    /// Looks at curves or at a comparison of groups.
    ///
    /// # Errors
    /// What the search does not do: see [`Identify::run`].
    pub fn run(&self, subject: Subject) -> Result<IdentifyDocument> {
        let found = self.search.run(&subject.cohort, None)?;
        let notes = [subject.notes, subject.cohort.notes().to_vec()].concat();
        Ok(self.document((subject.formula, subject.data, notes), found))
    }

    /// Looks at the coefficients of a model.
    ///
    /// # Errors
    /// What the search does not do: see [`Identify::run`].
    pub fn run_model(&self, model: Regression) -> Result<IdentifyDocument> {
        let found = self.search.run(&model.cohort, Some(&model.design))?;
        let notes = [model.notes, model.cohort.notes().to_vec()].concat();
        Ok(self.document((model.formula, model.data, notes), found))
    }

    fn document(
        &self,
        (formula, data, notes): (String, DataUse, Vec<Note>),
        found: crate::reproduce::identify::Identified,
    ) -> IdentifyDocument {
        IdentifyDocument {
            command: IdentifyDocument::COMMAND,
            schema_version: 1,
            formula,
            published: self.search.published().clone(),
            statistic: name(self.statistic),
            conf_level: self.conf_level,
            data,
            matches: found.matches,
            nearest: found.nearest,
            tried: found.tried,
            draws: self.draws,
            seed: self.seed,
            chance_of_any: found.chance_of_any,
            notes,
        }
    }
}

/// A statistic as the command line names it.
fn name(statistic: Statistic) -> String {
    match statistic {
        Statistic::Quantile(0.5) => "median".to_owned(),
        Statistic::Quantile(p) => format!("quantile {p}"),
        Statistic::Rate(at) => format!("rate@{at}"),
        Statistic::HazardRatio => "hr".to_owned(),
        Statistic::P => "p".to_owned(),
    }
}

impl IdentifyDocument {
    /// Whether some way makes the number.
    pub fn has_match(&self) -> bool {
        !self.matches.is_empty()
    }

    /// What there is to show: the matches, or else the nearest misses.
    fn shown(&self) -> &[Match] {
        if self.has_match() { &self.matches } else { &self.nearest }
    }
}

/// The cells of a choice that every rendering has.
const TITLES: [&str; 8] =
    ["group", "term", "interval", "median rule", "divisor", "ties", "method", "direction"];

fn cells(own: &Match) -> [String; 8] {
    let choice = &own.choice;
    let text = |name: Option<&'static str>| name.unwrap_or_default().to_owned();
    [
        choice.group.clone().unwrap_or_default(),
        choice.term.clone().unwrap_or_default(),
        text(choice.interval),
        text(choice.median_rule),
        text(choice.divisor),
        text(choice.ties),
        text(choice.method),
        text(choice.direction),
    ]
}

/// Names of roundings; `any` for all of them.
fn roundings(own: &[Rounding]) -> String {
    let names: Vec<&str> = own.iter().map(|own| own.name()).collect();
    if names.len() == Rounding::ALL.len() { "any".to_owned() } else { names.join(", ") }
}

fn packages(own: &Match) -> String {
    own.dialects.iter().map(|own| own.title()).collect::<Vec<_>>().join(", ")
}

impl Document for IdentifyDocument {
    const COMMAND: &'static str = "identify";

    fn page(&self) -> Page {
        self.whole_page()
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        let more = ["rounding", "packages", "computed", "estimate", "lower", "upper", "chance"];
        let titles = TITLES.iter().map(|title| title.replace(' ', "_"));
        let titles = ["match".to_owned()].into_iter().chain(titles);
        let titles: Vec<String> = titles.chain(more.map(str::to_owned)).collect();
        csv.header(leading, &titles)?;
        self.shown().iter().try_for_each(|own| {
            let made = [roundings(&own.rounding), packages(own), own.computed.clone()];
            let numbers = [own.estimate, own.lower, own.upper, own.chance].map(exact_or_empty);
            let first = [if self.has_match() { "yes" } else { "no" }.to_owned()];
            csv.record([&first[..], &cells(own), &made, &numbers].concat())
        })
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.data.statistics(results)?;
        self.shown().iter().try_for_each(|own| {
            let names = cells(own).into_iter().filter(|cell| !cell.is_empty());
            let place = Place::of(format!("{} {}", self.statistic, self.published));
            let place = place.level(names.collect::<Vec<_>>().join(", "));
            let values = [
                (Stat::ESTIMATE, own.estimate),
                (Stat::LOWER, own.lower),
                (Stat::UPPER, own.upper),
            ];
            results.all(&place, values)
        })
    }
}
