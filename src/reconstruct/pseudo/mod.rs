//! Pseudo-cohorts: rows with covariates that print every figure of a paper together.

mod cohort;
mod problem;
mod search;

pub use cohort::{
    ClockColumns, LabelColumn, LabelValue, ModelRows, PseudoCohort, Recomputed, Trace,
};
pub use problem::{
    Band, Bound, Clock, Column, Condition, Figure, Label, LabelKind, Model, Problem, SameAs,
    Statistic, StatusRule,
};
pub use search::Search;
