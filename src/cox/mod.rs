//! Cox's proportional hazards model.
//!
//! [`Cox`] holds the options, [`Cox::fit`] gives a [`CoxFit`] with the coefficients, their
//! variance, the tests, and everything that rests on a fit.
//!
//! The likelihood is evaluated in two walks over the rows (`likelihood`): relative risks are added
//! up by event time, the hazard is found by a scan over event times, and is read back at rows,
//! where the information is one weighted matrix product.

mod alias;
mod coefficient;
mod fit;
mod frame;
mod gather;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
mod likelihood;
mod maximum;
mod members;
mod newton;
mod options;
mod penalty;
mod predict;
mod profile;
mod remarks;
mod residuals;
mod robust;
#[cfg(test)]
mod sample;
mod secant;
mod separation;
#[cfg(test)]
mod tests;
mod ties;

pub use coefficient::{Coefficient, Interval, Status, Term};
pub use fit::{CoxFit, Test};
pub use newton::{Convergence, Stop};
pub use options::Cox;
pub use penalty::{CoxPath, CrossValidated, PenalisedFit, PenalisedPath, ValidatedLambda, folds};
pub use residuals::{EventResiduals, EventRow, Residuals};
pub use ties::Ties;
