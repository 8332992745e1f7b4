//! Building a cohort: every rule is checked here, and only here.

use std::sync::Arc;

use super::axis::{self, Times};
use super::{Cohort, Groups, Weights};
use crate::error::{DataError, Error, Result};
use crate::note::Note;

/// Collects columns; [`build`](Self::build) checks them.
#[derive(Debug, Clone)]
pub struct CohortBuilder {
    pub(super) exit: Times,
    pub(super) event: Vec<bool>,
    pub(super) entry: Option<Times>,
    pub(super) groups: Groups,
    pub(super) strata: Groups,
    pub(super) weights: Weights,
    pub(super) cluster: Option<Vec<u32>>,
}

impl CohortBuilder {
    pub(super) fn new(exit: Times, event: Vec<bool>) -> Self {
        let (groups, strata) = (Groups::single(), Groups::single());
        Self { exit, event, entry: None, groups, strata, weights: Weights::None, cluster: None }
    }

    /// Entry times: a row is at risk in (entry, exit].
    pub fn entry(mut self, entry: impl Into<Times>) -> Self {
        self.entry = Some(entry.into());
        self
    }

    /// Groups to compare.
    pub fn groups(mut self, groups: Groups) -> Self {
        self.groups = groups;
        self
    }

    /// Strata to compare within.
    pub fn strata(mut self, strata: Groups) -> Self {
        self.strata = strata;
        self
    }

    /// Case weights.
    pub fn weights(mut self, weights: Weights) -> Self {
        self.weights = weights;
        self
    }

    /// Codes of clusters of rows that are not independent: the variance becomes the robust one.
    pub fn cluster(mut self, codes: Vec<u32>) -> Self {
        self.cluster = Some(codes);
        self
    }

    /// Checks and codes the columns.
    ///
    /// # Errors
    /// Columns of different lengths, no rows, more than 4 thousand million rows; and, naming the
    /// rows: times that are negative or not finite, entry not before exit, weights that are
    /// negative, not finite, all zero, or (frequency weights) not whole.
    pub fn build(self) -> Result<Cohort> {
        self.check()?;
        let coded = axis::code(self.exit, self.entry);
        if let Some(entry) = &coded.entry {
            check_ranks(entry, coded.exits.ranks(), &coded.axis)?;
        }
        let merged = Note::MergedTimes { merged: coded.merged };
        Ok(Cohort {
            axis: Arc::new(coded.axis),
            exits: coded.exits,
            entry: coded.entry,
            event: self.event,
            groups: self.groups,
            strata: self.strata,
            weights: self.weights,
            cluster: self.cluster,
            notes: if coded.merged > 0 { vec![merged] } else { Vec::new() },
        })
    }

    pub(super) fn check(&self) -> Result<()> {
        self.check_lengths()?;
        self.exit.check("time")?;
        if let Some(entry) = &self.entry {
            entry.check("entry")?;
            check_order(entry, &self.exit)?;
        }
        check_weights(&self.weights)
    }

    fn check_lengths(&self) -> Result<()> {
        let rows = self.exit.len();
        if rows == 0 {
            return Err(Error::analysis("there are no rows to analyse"));
        }
        if rows >= u32::MAX as usize / 2 {
            return Err(Error::analysis("more than 2,147,483,646 rows; split the data"));
        }
        let optional = |len: usize, name: &'static str| (len > 0).then_some((name, len));
        let lengths = [
            Some(("event", self.event.len())),
            self.entry.as_ref().map(|entry| ("entry", entry.len())),
            optional(self.groups.codes().len(), "groups"),
            optional(self.strata.codes().len(), "strata"),
            self.weights.values().map(|weights| ("weights", weights.len())),
            self.cluster.as_ref().map(|codes| ("cluster", codes.len())),
        ];
        match lengths.into_iter().flatten().find(|(_, len)| *len != rows) {
            None => Ok(()),
            Some((name, len)) => {
                Err(Error::analysis(format!("{name} has {len} values, but time has {rows}")))
            }
        }
    }
}

fn check_order(entry: &Times, exit: &Times) -> Result<()> {
    let mut error = entry_error();
    for row in 0..exit.len() {
        let (from, to) = (entry.get(row), exit.get(row));
        if from >= to {
            error.push(row, "entry", format!("enters at {from}, leaves at {to}"));
        }
    }
    error.check()
}

/// Computed times may be different numbers and yet one time.
fn check_ranks(entry: &[u32], exit: &[u32], axis: &axis::TimeAxis) -> Result<()> {
    let mut error = entry_error();
    for (row, (&from, &to)) in entry.iter().zip(exit).enumerate() {
        if from >= to {
            let time = axis.time(to);
            error.push(row, "entry", format!("enters and leaves at {time} (within 1e-9)"));
        }
    }
    error.check()
}

fn entry_error() -> DataError {
    DataError::new("entry must lie before exit")
        .help("a subject is at risk in (entry, exit]; exclude these rows or mend them")
}

fn check_weights(weights: &Weights) -> Result<()> {
    let Some(values) = weights.values() else { return Ok(()) };
    let whole = matches!(weights, Weights::Frequency(_));
    let rule = if whole { "a whole number, not negative" } else { "a number, not negative" };
    let mut error = DataError::new(format!("a weight must be {rule}"));
    if whole {
        error = error.help("weights that are not counts are sampling weights");
    }
    for (row, &weight) in values.iter().enumerate() {
        if !(weight >= 0.0 && weight.is_finite() && !(whole && weight.fract() != 0.0)) {
            error.push(row, "weights", weight);
        }
    }
    error.check()?;
    if values.iter().all(|&weight| weight == 0.0) {
        return Err(Error::analysis("all weights are zero"));
    }
    Ok(())
}
