//! Figures of what a document found: from its numbers to marks and their places.

mod course;
mod frame;
mod kaplan_meier;
mod legend;
mod risk_table;
mod style;
mod survival;
#[cfg(test)]
mod tests;

pub(super) use kaplan_meier::{Curves, Told};
pub use style::{Labels, PlotStyle, PlotWidth, RiskTable};

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
