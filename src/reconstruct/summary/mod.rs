//! Individuals from printed numbers alone: n, events, a median with its interval, rates at a few
//! times, follow-up.
//!
//! Only the order of events and censorings decides where a Kaplan–Meier curve and its limits reach
//! one half; times then need only be put on the printed values. So patterns are searched, not times:
//! all of them up to 22 patients, a beam of them beyond, and every order found is dated
//! within the windows that rounding leaves. What comes out is fitted with the crate's own
//! [`KaplanMeier`](crate::curve::KaplanMeier) and kept only if that prints every printed digit.
//!
//! Assumed: censorings at the time of an event are after it; events may be tied, and so may
//! censorings; times are whole steps of a [`Grid`] from 0 on. Without a grid of days the steps are
//! 1/200 of the last printed digit, which leaves any order of 22 patients room between two borders
//! of rounding.

mod anneal;
mod beam;
mod chain;
mod contradiction;
mod exact;
mod family;
mod forced;
mod grid;
mod problem;
mod reading;
mod search;
mod spec;
mod verify;
mod walk;

use serde::Serialize;

use super::Constraint;
use crate::error::Result;

pub use family::{Family, FamilyDraw, FamilyOutcome, FamilyReconstruction};
pub use forced::{Forced, ForcedStep};
pub use grid::{DayLattice, Grid};
pub use spec::{FollowUpKind, Summary};

/// What became of a summary.
#[derive(Debug, Clone, PartialEq)]
pub enum SummaryOutcome {
    /// Data sets that print every printed digit.
    Feasible(SummaryReconstruction),
    /// There is none.
    Infeasible {
        /// Names of a smallest set of printed numbers that no data set has together, `n` first:
        /// the orders tried are those of n patients.
        contradiction: Vec<String>,
        /// Whether they contradict each other only on the grid of days.
        grid_matters: bool,
        /// The same in words.
        reason: String,
    },
    /// The search found none, which proves nothing.
    NotFound {
        /// In words.
        reason: String,
    },
}

/// Data sets that agree with a summary.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryReconstruction {
    draws: Vec<Draw>,
    constraints: Vec<Constraint>,
    grid: Grid,
}

impl SummaryReconstruction {
    fn new(summary: &Summary, draws: Vec<Draw>) -> Result<Self> {
        let constraints = verify::constraints(summary, &draws[0])?;
        Ok(Self { draws, constraints, grid: summary.own_grid() })
    }

    /// The data sets, no two of them the same.
    pub fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// Each printed number, and what all draws make of it.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The grid of times.
    pub fn grid(&self) -> Grid {
        self.grid
    }
}

/// One data set, in the order of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draw {
    /// Its members; never the patients themselves.
    pub subjects: Vec<Subject>,
}

/// One member of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Subject {
    /// Time in steps of the grid.
    pub step: i32,
    /// Time in the printed unit.
    pub time: f64,
    /// Whether the event was seen.
    pub event: bool,
}
