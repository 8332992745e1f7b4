//! How well scores and predicted curves tell apart who fails early (discrimination), and how well
//! they say how many do (calibration).
//!
//! Nothing here knows where a score comes from: a linear predictor, a grade, a marker. Scores and
//! predictions are one a row of the [`Cohort`].

mod brier;
mod calibration;
mod concordance;
mod uno;

pub use brier::{Brier, BrierPoint, IntegratedBrier, brier};
pub use calibration::{Calibration, CalibrationGroup, ObservedExpected, calibration};
pub use concordance::{Concordance, concordance};
pub use uno::uno_c;

use crate::cohort::Cohort;
use crate::error::{DataError, Error, Result};

/// Whether there is one value a row, and every one obeys the rule.
fn check_values(
    cohort: &Cohort,
    (name, values): (&str, &[f64]),
    rule: &str,
    obeys: impl Fn(f64) -> bool,
) -> Result<()> {
    if values.len() != cohort.n_rows() {
        let (found, rows) = (values.len(), cohort.n_rows());
        return Err(Error::analysis(format!("{found} values of the {name}, but {rows} rows")));
    }
    let mut error = DataError::new(format!("a {name} must be {rule}"));
    for (row, &value) in values.iter().enumerate().filter(|(_, value)| !obeys(**value)) {
        error.push(row, name, value);
    }
    error.check()
}

/// Refuses delayed entry where rows must be followed from time 0.
fn check_followed_from_zero(cohort: &Cohort, what: &str) -> Result<()> {
    match cohort.entry() {
        None => Ok(()),
        Some(_) => Err(Error::analysis(format!(
            "{what} is defined for subjects followed from time 0, and some enter late; choose \
             Harrell's concordance, or a landmark"
        ))),
    }
}

/// Checks a time at which something is asked.
fn check_time(name: &str, time: f64) -> Result<()> {
    if time >= 0.0 && time.is_finite() {
        return Ok(());
    }
    Err(Error::option(format!("{name} {time}: give a time that is not negative")))
}
