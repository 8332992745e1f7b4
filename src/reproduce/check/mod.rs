//! Contradictions among printed numbers, found by arithmetic and with no data.
//!
//! [`PrintedNumbers`] holds what papers print: medians, rates and hazard ratios, responses,
//! coefficients of models, counts of tables. [`check`] asks of every number, and of numbers that
//! belong together, whether any data could have made them, and answers with [`Finding`]s whose
//! sentences show the arithmetic. A printed number stands for all that rounds to it, so a finding
//! says that *none* of these fits.
//!
//! The parts are of use by themselves: [`wald_range`] (the p that an interval implies),
//! [`joint_wald_p`] (what one contrast allows a factor's p to be), [`percentage`] (which counts
//! print a percentage; the GRIM test), [`tenth_lattice`] (whether times in whole printed units can
//! have a symmetric interval), [`log_log_attainable`] (whether any data of a size have a median and
//! limits that are reached or not).
//!
//! GRIM: Brown and Heathers 2017, doi:10.1177/1948550616673876.

mod counts;
mod figures;
mod finding;
mod intervals;
mod joins;
mod lattice;
mod limits;
mod model;
mod percentage;
mod printings;
mod ratios;
mod read;
mod responses;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod wald;
mod words;

pub use finding::{Finding, Severity};
pub use lattice::{OnLattice, prints_from_doubles, tenth_lattice};
pub use limits::{Reached, fewest_for_upper, log_log_attainable};
pub use model::{
    Bracket, Measure, PrintedCoefficient, PrintedCount, PrintedFigure, PrintedNumbers,
    PrintedResponse, RowId,
};
pub use percentage::{Percentage, percentage};
pub use wald::{WaldRange, joint_wald_p, wald_range};

pub(super) use model::months;
pub(super) use ratios::truncated;
pub(super) use words::overlap;

use finding::Findings;

/// Every contradiction that arithmetic finds, in the order of the rows.
pub fn check(numbers: &PrintedNumbers) -> Vec<Finding> {
    let mut found = Findings::default();
    figures::check(numbers, &mut found);
    intervals::check(numbers, &mut found);
    printings::check(numbers, &mut found);
    responses::check(numbers, &mut found);
    ratios::check(numbers, &mut found);
    counts::check(numbers, &mut found);
    joins::check(numbers, &mut found);
    found.finish(numbers)
}
