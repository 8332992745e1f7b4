//! What a search finds.

use serde::Serialize;

use super::problem::{LabelKind, Problem};

/// Rows made up so that they print what a paper prints. They are not the patients.
#[derive(Debug, Clone, PartialEq)]
pub struct PseudoCohort {
    /// The block's name.
    pub block: String,
    /// The labels in the problem's order.
    pub labels: Vec<LabelColumn>,
    /// The clocks in the problem's order.
    pub clocks: Vec<ClockColumns>,
    /// The figures in the problem's order, recomputed from these rows by the estimators of this
    /// crate.
    pub figures: Vec<Recomputed>,
    /// Rows in each model, and whether that is the printed number.
    pub models: Vec<ModelRows>,
    /// How it was found.
    pub trace: Trace,
}

/// One label of every row.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelColumn {
    /// Its name.
    pub name: String,
    /// The values.
    pub values: Vec<LabelValue>,
}

/// A label of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelValue {
    /// Place of the level.
    Level(usize),
    /// A whole number.
    Whole(i64),
    /// None.
    Missing,
}

/// A clock's time and status of every row.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockColumns {
    /// Name of the column of times.
    pub time: String,
    /// Name of the column of statuses.
    pub status: String,
    /// Days, where the row has the clock.
    pub days: Vec<Option<i64>>,
    /// Whether they end in an event, where the row has the clock.
    pub event: Vec<Option<bool>>,
}

/// A figure, recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recomputed {
    /// The figure's name.
    pub id: String,
    /// The estimate in printed units; none where not reached or not estimable.
    pub estimate: Option<f64>,
    /// Its lower limit.
    pub lower: Option<f64>,
    /// Its upper limit.
    pub upper: Option<f64>,
    /// Whether it prints as the paper has it, and does not hang on the last bit of a step.
    pub met: bool,
}

/// Rows of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelRows {
    /// The model's name.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// Whether as printed, if printed.
    pub met: bool,
}

/// How a search went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The restart that was kept, counted from 0.
    pub restart: usize,
    /// Restarts begun.
    pub begun: usize,
    /// Moves tried in the restart that was kept.
    pub moves: u64,
}

impl PseudoCohort {
    /// Whether every figure and every model's number of rows is as printed. If not, these rows
    /// were *not found*; that none exist is not said.
    pub fn is_found(&self) -> bool {
        self.figures.iter().all(|own| own.met) && self.models.iter().all(|own| own.met)
    }

    /// Figures that are as printed.
    pub fn n_met(&self) -> usize {
        self.figures.iter().filter(|own| own.met).count()
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.labels.first().map_or_else(
            || self.clocks.first().map_or(0, |own| own.days.len()),
            |own| own.values.len(),
        )
    }

    /// A label as text; empty where missing.
    pub fn text(&self, problem: &Problem, label: usize, row: usize) -> String {
        match (self.labels[label].values[row], &problem.labels[label].kind) {
            (LabelValue::Level(level), LabelKind::Levels { levels, .. }) => levels[level].clone(),
            (LabelValue::Whole(value), _) => value.to_string(),
            _ => String::new(),
        }
    }
}
