//! Figures of what a document found: from its numbers to marks and their places.

mod course;
mod forest;
mod frame;
mod kaplan_meier;
mod legend;
mod log_log;
mod names;
mod panels;
mod risk_table;
mod style;
mod survival;
#[cfg(test)]
mod tests;

pub(super) use course::Step;
pub(super) use forest::{Estimate, ForestPlot, Row};
pub(super) use kaplan_meier::{Curves, Told};
pub(super) use names::in_words;
pub(super) use panels::{PhPanel, PhPlot};
pub use style::{Heights, Labels, PlotStyle, PlotWidth, RiskTable};
pub(super) use survival::{Line, SurvivalPlot};

use crate::error::Result;
use crate::figure::Figure;

/// What can be drawn.
pub trait Plotted {
    /// Draws it.
    ///
    /// # Errors
    /// What cannot be drawn so: too many groups, a size with no room for the words.
    fn figure(&self, style: &PlotStyle) -> Result<Figure>;
}
