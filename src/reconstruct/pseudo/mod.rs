//! Pseudo-cohorts: rows with covariates that print every figure of a paper together.

mod anneal;
mod check;
mod cohort;
mod compiled;
mod deal;
mod goal;
mod moves;
mod newton;
mod problem;
mod recompute;
mod search;
mod start;
mod state;
#[cfg(test)]
mod tests;
mod walk;

pub use cohort::{
    ClockColumns, LabelColumn, LabelValue, ModelRows, PseudoCohort, Recomputed, Trace,
};
pub use problem::{
    Band, Bound, Clock, Column, Condition, Figure, Label, LabelKind, Model, Problem, SameAs,
    Statistic, StatusRule,
};
pub use search::Search;
