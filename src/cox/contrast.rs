//! Linear combinations of coefficients.

use super::coefficient::{Interval, Status};
use super::fit::CoxFit;
use crate::cohort::Design;
use crate::error::{Error, Result};
use crate::numeric::normal::normal_quantile;
use crate::numeric::tails::{Tail, normal_two_sided};

/// A linear combination of coefficients: the logarithm of a hazard ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LinearContrast {
    /// c'β.
    pub estimate: f64,
    /// √(c'Vc), by the variance in use.
    pub std_err: f64,
    /// Limits of the estimate.
    pub lower: f64,
    /// Limits of the estimate.
    pub upper: f64,
    /// Wald's z; none without a standard error.
    pub z: Option<f64>,
    /// Its two-sided p.
    pub p: Option<f64>,
    /// The natural logarithm of p.
    pub ln_p: Option<f64>,
}

impl LinearContrast {
    /// exp(estimate).
    pub fn hazard_ratio(&self) -> f64 {
        self.estimate.exp()
    }

    /// Its limits.
    pub fn hazard_ratio_interval(&self) -> Interval {
        Interval { lower: Some(self.lower.exp()), upper: Some(self.upper.exp()) }
    }
}

impl CoxFit<'_> {
    /// c'β with Wald's interval and test, at the level of the fit.
    ///
    /// # Errors
    /// Another number of weights than coefficients; a weight for a coefficient without a finite
    /// estimate.
    pub fn contrast(&self, weights: &[f64]) -> Result<LinearContrast> {
        if weights.len() != self.status.len() {
            let (found, wanted) = (weights.len(), self.status.len());
            return Err(Error::analysis(format!("{found} weights for {wanted} coefficients")));
        }
        self.check_finite("a contrast", |at| weights[at] != 0.0)?;
        let aliased = |at: &usize| self.status[*at] == Status::Aliased && weights[*at] != 0.0;
        if let Some(at) = (0..weights.len()).find(aliased) {
            let name = &self.design.columns()[at].name;
            return Err(Error::analysis(format!(
                "{name} is aliased: it has no coefficient of its own to be contrasted"
            )));
        }
        let estimate = self.beta.iter().zip(weights).map(|(beta, own)| beta * own).sum();
        Ok(self.linear_contrast(estimate, self.vcov_in_use().form(weights).max(0.0).sqrt()))
    }

    fn linear_contrast(&self, estimate: f64, std_err: f64) -> LinearContrast {
        let width = normal_quantile(0.5 + 0.5 * self.options.conf_level) * std_err;
        let z = (std_err > 0.0).then(|| estimate / std_err);
        let (p, ln_p) = z.map(normal_two_sided).map(|Tail { p, ln_p }| (p, ln_p)).unzip();
        let (lower, upper) = (estimate - width, estimate + width);
        LinearContrast { estimate, std_err, lower, upper, z, p, ln_p }
    }

    /// The hazard of one profile relative to another, each the only row of a design with the
    /// columns of the fit; offsets count.
    ///
    /// # Errors
    /// Other columns, more rows than one; profiles that differ in a coefficient without a finite
    /// estimate.
    pub fn hazard_ratio(&self, profile: &Design, reference: &Design) -> Result<LinearContrast> {
        for design in [profile, reference] {
            self.check_columns(design)?;
            if design.n_rows() != 1 {
                let rows = design.n_rows();
                return Err(Error::analysis(format!("a profile is one row, not {rows}")));
            }
        }
        let columns = profile.columns().iter().zip(reference.columns());
        let weights: Vec<f64> = columns.map(|(a, b)| a.values[0] - b.values[0]).collect();
        let offset = |design: &Design| design.offset().map_or(0.0, |offset| offset[0]);
        let ratio = self.contrast(&weights)?;
        let shift = offset(profile) - offset(reference);
        Ok(self.linear_contrast(ratio.estimate + shift, ratio.std_err))
    }

    /// Refuses coefficients that separate the events where they are `used`.
    pub(super) fn check_finite(&self, what: &str, used: impl Fn(usize) -> bool) -> Result<()> {
        let separates = |at: &usize| {
            matches!(self.status[*at], Status::Infinite | Status::Undetermined) && used(*at)
        };
        match (0..self.status.len()).find(separates) {
            None => Ok(()),
            Some(at) => {
                let name = &self.design.columns()[at].name;
                Err(Error::analysis(format!(
                    "{name} separates the events, so its coefficient is not finite, and {what} \
                     needs one that is; leave it out, or penalise the fit (--firth)"
                )))
            }
        }
    }
}
