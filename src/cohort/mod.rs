//! The validated cohort: the only way into the estimators.
//!
//! Whatever is inside is valid: columns have one length, times are finite, not negative and coded
//! as ranks on one [`TimeAxis`], every entry lies before its exit, weights are of a stated kind.
//! Estimators never check again and never compare floating-point times.

mod axis;
mod builder;
mod design;
mod exits;
mod groups;
mod split;
mod subset;
mod weights;

use std::sync::Arc;

pub use axis::{TimeAxis, Times};
pub use builder::CohortBuilder;
pub use design::{Design, DesignColumn, DesignTerm};
pub use groups::{Factor, Groups};
pub use split::Pieces;
pub use weights::Weights;

use exits::Exits;

use crate::note::Note;
use crate::numeric::sort::Order;

/// Subjects under observation, immutable.
///
/// A row is at risk at time t when entry < t ≤ exit.
#[derive(Debug, Clone)]
pub struct Cohort {
    axis: Arc<TimeAxis>,
    exits: Exits,
    entry: Option<Vec<u32>>,
    event: Vec<bool>,
    groups: Groups,
    strata: Groups,
    weights: Weights,
    cluster: Option<Vec<u32>>,
    notes: Vec<Note>,
}

impl Cohort {
    /// Begins a cohort from exit times and event indicators, one a row.
    ///
    /// ```
    /// use riskset::cohort::Cohort;
    /// let cohort = Cohort::builder(vec![5, 8, 12], vec![true, false, true]).build()?;
    /// assert_eq!((cohort.n_rows(), cohort.n_events()), (3, 2));
    /// # Ok::<(), riskset::Error>(())
    /// ```
    pub fn builder(exit: impl Into<Times>, event: Vec<bool>) -> CohortBuilder {
        CohortBuilder::new(exit.into(), event)
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.exits.len()
    }

    /// Number of rows that end in an event.
    pub fn n_events(&self) -> usize {
        self.event.iter().filter(|&&event| event).count()
    }

    /// The distinct times behind the ranks.
    pub fn axis(&self) -> &Arc<TimeAxis> {
        &self.axis
    }

    /// Exit rank of every row.
    pub fn exit(&self) -> &[u32] {
        self.exits.ranks()
    }

    /// Entry rank of every row, if any row enters late.
    pub fn entry(&self) -> Option<&[u32]> {
        self.entry.as_deref()
    }

    /// Whether each row ends in an event.
    pub fn event(&self) -> &[bool] {
        &self.event
    }

    /// The groups to compare.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// The strata within which comparisons are made.
    pub fn strata(&self) -> &Groups {
        &self.strata
    }

    /// The weights and their kind.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Cluster code of every row, if rows are not independent.
    pub fn cluster(&self) -> Option<&[u32]> {
        self.cluster.as_deref()
    }

    /// Whether rows are weighted or clustered so that they are no independent observations.
    pub(crate) fn is_dependent(&self) -> bool {
        self.weights.is_sampling() || self.cluster.is_some()
    }

    /// What was found on the way in.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The rows by exit time, where coding the times found that order anyway.
    pub(crate) fn order(&self) -> Option<&Order> {
        self.exits.order()
    }
}
