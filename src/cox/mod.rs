//! Cox's proportional hazards model.
//!
//! [`Cox`] holds the options, [`Cox::fit`] gives a [`CoxFit`] with the coefficients, their
//! variance, the tests, and everything that rests on a fit.
//!
//! The likelihood is evaluated by walks over the rows (`likelihood`): relative risks are added up by
//! event time, the hazard is found by a scan over event times, and is read back at rows, where the
//! information is one weighted matrix product. Where event times are few, one walk does it all.

mod adjusted;
mod alias;
mod baseline;
mod coefficient;
mod contrast;
mod curves;
mod fit;
mod frame;
mod gather;
#[cfg(test)]
mod golden;
mod jackknife;
#[cfg(test)]
mod laws;
mod likelihood;
mod maximum;
mod members;
mod newton;
mod options;
mod penalty;
mod ph_curve;
mod pool;
mod predict;
mod profile;
mod proportional;
mod remarks;
mod residuals;
mod robust;
#[cfg(test)]
mod sample;
mod secant;
mod separation;
mod slots;
#[cfg(test)]
mod tests;
mod ties;

pub use adjusted::AdjustedCurve;
pub use baseline::Baseline;
pub use coefficient::{Coefficient, Interval, Status, Term};
pub use contrast::LinearContrast;
pub use curves::ProfileCurve;
pub use fit::{CoxFit, Test};
pub use newton::{Convergence, Stop};
pub use options::Cox;
pub use penalty::{
    CoxPath, CrossValidated, PenalisedFit, PenalisedPath, ValidatedLambda, folds, folds_by,
};
pub use ph_curve::{PhCurve, PhEvent, PhPoint};
pub use pool::{Estimates, Pooled, PooledCoefficient, pool};
pub use predict::PredictedSurvival;
pub use proportional::{PhTest, PhTransform};
pub use residuals::{EventResiduals, EventRow, Residuals};
pub use ties::Ties;
