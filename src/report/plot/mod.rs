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
pub(super) mod tests;

pub(super) use course::Step;
pub(super) use forest::{Estimate, ForestPlot, Row};
pub(super) use kaplan_meier::Published;
pub(super) use kaplan_meier::{Curves, Told};
pub(super) use names::{group as group_name, in_words};
pub(super) use panels::{PhPanel, PhPlot};
pub use style::{Heights, Labels, PlotStyle, PlotWidth, RiskTable};
pub(super) use survival::{Line, SurvivalPlot};

use crate::error::Result;
use crate::figure::Figure;

/// What can be drawn.
///
/// ```
/// use riskset::report::{DataUse, KmPlan, PlotStyle, PlotWidth, Plotted, Subject};
/// use riskset::cohort::Cohort;
/// let cohort = Cohort::builder(vec![5, 8, 12, 20], vec![true, false, true, true]).build()?;
/// let subject = Subject {
///     formula: "Surv(time, dead) ~ 1".to_owned(),
///     data: DataUse::new("trial", 4, 4),
///     cohort,
///     notes: Vec::new(),
///     visit_interval: None,
///     unit: None,
/// };
/// let document = KmPlan { figure: true, ratio: true, ..KmPlan::default() }.run(subject)?;
/// let figure = document.figure(&PlotStyle { width: PlotWidth::Single, ..PlotStyle::default() })?;
/// assert!(figure.svg().starts_with("<svg"));
/// assert_eq!(figure.width().round(), 85.0);
/// # Ok::<(), riskset::Error>(())
/// ```
pub trait Plotted {
    /// Draws it.
    ///
    /// # Errors
    /// What cannot be drawn so: too many groups, a size with no room for the words.
    fn figure(&self, style: &PlotStyle) -> Result<Figure>;

    /// Draws it, as several figures where one would be higher than the page of a journal.
    ///
    /// # Errors
    /// As for [one](Self::figure).
    fn figures(&self, style: &PlotStyle) -> Result<Vec<Figure>> {
        Ok(vec![self.figure(style)?])
    }
}
