//! The test of a Kaplan–Meier document.

use std::io;

use serde::Serialize;

use crate::cohort::Cohort;
use crate::compare::LogRank;
use crate::curve::SurvivalCurves;
use crate::error::{ErrorKind, Result};
use crate::note::Note;
use crate::report::nesting::Nesting;
use crate::report::number;
use crate::report::results::{Place, Results, Stat};
use crate::report::whole::Source;

/// A test of the groups.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TestRecord {
    name: &'static str,
    statistic: f64,
    df: usize,
    pub(super) p: Option<f64>,
    ln_p: Option<f64>,
}

/// The test, there with two groups or more; a note instead where it cannot be made.
pub(super) fn test(
    cohort: &Cohort,
    fit: &SurvivalCurves,
    notes: &mut Vec<Note>,
) -> Result<Option<Option<TestRecord>>> {
    if cohort.groups().len() < 2 {
        return Ok(None);
    }
    let name = if cohort.strata().len() > 1 { "stratified log-rank" } else { "log-rank" };
    match LogRank::default().fit_curves(cohort, fit) {
        Ok(own) => Ok(Some(Some(TestRecord {
            name,
            statistic: own.statistic(),
            df: own.df(),
            p: own.p(),
            ln_p: own.ln_p(),
        }))),
        Err(error) => match error.kind() {
            ErrorKind::Analysis(reason) => {
                notes.push(Note::NoTest { reason: reason.clone() });
                Ok(Some(None))
            }
            _ => Err(error),
        },
    }
}

impl TestRecord {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let own = (Some(self.statistic), Some(self.df as f64));
        results.all(&Place::of(format!("{} test", self.name)), Stat::test(own, (self.p, self.ln_p)))
    }

    /// `Groups were compared by the log-rank test [1], two-sided`.
    pub(super) fn words(&self, nesting: &Nesting) -> String {
        let (name, strata) = (self.name, nesting.strata_words());
        format!("Groups were compared by the {name} test {}{strata}, two-sided", Source::Mantel)
    }

    /// `Log-rank test: χ² = 10.3 on 1 df, p = 0.001`.
    pub(super) fn line(&self) -> String {
        let name = format!("{} test", self.title());
        number::chi_squared(&name, (self.statistic, self.df), (self.p, self.ln_p))
    }

    /// `Log-rank p = 0.001`.
    pub(super) fn brief(&self) -> String {
        format!("{} {}", self.title(), number::p_brief(self.p))
    }

    fn title(&self) -> &'static str {
        if self.name == "log-rank" { "Log-rank" } else { "Stratified log-rank" }
    }
}
