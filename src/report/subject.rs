//! What is analysed.

use std::io;

use serde::Serialize;

use super::number::count;
use super::results::{Place, Results, Stat};
use crate::cohort::{Cohort, Design, Weights};
use crate::formula::Recipe;
use crate::note::Note;
use crate::plan::Unit;

/// A cohort with what a report says about its origin.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The formula as it was applied.
    pub formula: String,
    /// Rows of the data.
    pub data: DataUse,
    /// The rows that are analysed.
    pub cohort: Cohort,
    /// What was found on the way to the cohort (its own notes aside).
    pub notes: Vec<Note>,
    /// How far apart visits are at which events are found, where that is known.
    pub visit_interval: Option<f64>,
    /// In what times are counted, where that is known.
    pub unit: Option<Unit>,
}

/// How many rows of the data are analysed; `rows` = `used` + `dropped`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataUse {
    /// The source as the user named it.
    pub source: String,
    /// Rows of the data (of the stratum, after `--by`).
    pub rows: usize,
    /// Rows analysed.
    pub used: usize,
    /// Rows left out: missing values, the condition, landmark, time 0. The notes tell which.
    pub dropped: usize,
}

impl DataUse {
    /// Counts what is left out.
    pub fn new(source: impl Into<String>, rows: usize, used: usize) -> Self {
        Self { source: source.into(), rows, used, dropped: rows - used }
    }

    /// `trial.csv: 228 rows, 227 used, 1 left out`.
    pub(super) fn line(&self) -> String {
        format!("{}, {} used, {} left out", self.source_line(), self.used, self.dropped)
    }

    /// How many rows, as statistics.
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let counts =
            [(Stat::ROWS, self.rows), (Stat::USED, self.used), (Stat::DROPPED, self.dropped)];
        results.all(&Place::of("data"), counts.map(|(stat, n)| (stat, n as f64)))
    }

    /// `trial.csv: 228 rows`.
    pub(super) fn source_line(&self) -> String {
        let noun = if self.rows == 1 { "row" } else { "rows" };
        format!("{}: {} {noun}", self.source, self.rows)
    }
}

/// `227 subjects`; where rows were cut, `227 subjects in 300 pieces`; and where a row need not be a
/// subject, `172 rows of 103 clusters`.
pub(super) fn people(data: &DataUse, cohort: &Cohort) -> String {
    let rows = cohort.n_rows();
    if rows > data.used {
        return format!("{} subjects in {rows} pieces", data.used);
    }
    let subjects = match cohort.weights() {
        Weights::Frequency(weights) => weights.iter().sum(),
        _ => rows as f64,
    };
    let noun = |one: &str| format!("{} {one}{}", count(subjects), plural(subjects));
    match clusters(cohort) {
        Some(clusters) if clusters < rows => format!("{} of {clusters} clusters", noun("row")),
        None if cohort.entry().is_some() => noun("row"),
        _ => noun("subject"),
    }
}

/// How many clusters there are.
fn clusters(cohort: &Cohort) -> Option<usize> {
    let mut codes = cohort.cluster()?.to_vec();
    codes.sort_unstable();
    codes.dedup();
    Some(codes.len())
}

/// What counts in a figure are of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    /// Rows that need not be subjects.
    rows: bool,
    /// Sums of sampling weights.
    weighted: bool,
}

impl Counted {
    pub(super) fn new(cohort: &Cohort) -> Self {
        let rows = match clusters(cohort) {
            Some(clusters) => clusters < cohort.n_rows(),
            None => cohort.entry().is_some(),
        };
        Self { rows, weighted: cohort.weights().is_sampling() }
    }

    /// `subjects`, or `rows`.
    pub(super) fn noun(self) -> &'static str {
        if self.rows { "rows" } else { "subjects" }
    }

    /// What follows a number that is a sum of weights.
    pub(super) fn aside(self) -> &'static str {
        if self.weighted { " (weighted)" } else { "" }
    }
}

fn plural(n: f64) -> &'static str {
    if n == 1.0 { "" } else { "s" }
}

/// A regression's cohort and covariates, with what a report says about their origin.
#[derive(Debug, Clone)]
pub struct Regression {
    /// The formula as it was applied.
    pub formula: String,
    /// Rows of the data.
    pub data: DataUse,
    /// The subjects.
    pub cohort: Cohort,
    /// Their covariates.
    pub design: Design,
    /// How covariates are made of columns, for other rows.
    pub recipe: Recipe,
    /// The row of the data that each row is.
    pub rows: Vec<u32>,
    /// What was found on the way.
    pub notes: Vec<Note>,
}
