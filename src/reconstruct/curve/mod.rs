//! Individuals from a digitised curve, its numbers at risk and what is printed beside it.
//!
//! The points are brought to one scale and order ([`Points`]); a search over states (number at
//! risk, events so far) finds how many fail at each drop and how many are censored between two
//! numbers at risk; what is printed is kept and comes back as [`Constraint`](super::Constraint)s.
//!
//! ```
//! use riskset::reconstruct::{AtRisk, AtRiskTable, DigitisedCurve, Points};
//! let points = Points::new(&[(0.0, 1.0), (2.0, 1.0), (2.0, 0.75), (5.0, 0.75), (5.0, 0.375)])?;
//! let table = AtRiskTable::new(&[AtRisk::new(0.0, 4), AtRisk::new(4.0, 2)])?;
//! let curve = DigitisedCurve::new(points).at_risk(table).events(2);
//! let made = curve.reconstruct(1, 1)?;
//! let events = made.draws()[0].iter().filter(|own| own.event).count();
//! assert_eq!((made.draws()[0].len(), events), (4, 2));
//! # Ok::<(), riskset::Error>(())
//! ```

mod assemble;
mod axis;
mod candidates;
mod check;
mod draw;
mod exact;
mod fidelity;
mod input;
mod outcome;
mod place;
mod points;
mod relax;
mod schedule;
mod search;
mod stretch;
mod table;
mod targets;
#[cfg(test)]
mod tests;
mod verdict;
mod walk;

pub use axis::AxisCorrection;
pub(super) use candidates::Candidates;
pub use exact::Contradiction;
pub use fidelity::Fidelity;
pub use input::DigitisedCurve;
pub use outcome::{CurveReconstruction, Individual};
pub use points::{Points, Scale};
pub use table::{AtRisk, AtRiskTable};
