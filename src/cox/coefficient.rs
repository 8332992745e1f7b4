//! What is said about a coefficient and about a term.

use super::fit::Test;
use crate::numeric::tails::{Tail, normal_two_sided};

/// What became of a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It has an estimate.
    Estimated,
    /// Its column is a combination of those before it.
    Aliased,
    /// The likelihood rises for ever as it grows, or falls: it separates the events.
    Infinite,
    /// Any value is as good as another: its column tells apart only rows that others separate.
    Undetermined,
}

/// A coefficient.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Coefficient {
    /// As R names it.
    pub name: String,
    /// The term it belongs to.
    pub term: String,
    /// The level of a categorical term.
    pub level: Option<String>,
    /// What became of it.
    pub status: Status,
    /// The logarithm of the hazard ratio for one unit.
    pub coef: Option<f64>,
    /// exp(coef); 0 or none (∞) when the coefficient is infinite.
    pub hazard_ratio: Option<f64>,
    /// Standard error by the variance in use.
    pub std_err: Option<f64>,
    /// Standard error by the inverse of the information.
    pub model_std_err: Option<f64>,
    /// Limits of the hazard ratio.
    pub interval: Interval,
    /// p and its logarithm: Wald's, or when infinite the likelihood-ratio test's; none when infinite
    /// with sampling weights or clusters.
    pub p: Option<f64>,
    /// The natural logarithm of p, which does not underflow.
    pub ln_p: Option<f64>,
}

/// Limits of a hazard ratio; none where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// The lower limit.
    pub lower: Option<f64>,
    /// The upper limit.
    pub upper: Option<f64>,
}

/// What the profile likelihood says about a coefficient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profiled {
    pub(super) interval: Interval,
    /// The likelihood-ratio test of 0.
    pub(super) test: Test,
}

/// A term of the formula.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Term {
    /// As written.
    pub name: String,
    /// Its coefficients, as places among all.
    pub coefficients: std::ops::Range<usize>,
    /// Coefficients with an estimate.
    pub df: usize,
}

impl Coefficient {
    /// Wald's z.
    pub fn z(&self) -> Option<f64> {
        self.coef.zip(self.std_err).map(|(coef, std_err)| coef / std_err)
    }

    /// With the interval and p of the profile likelihood.
    pub(super) fn profiled(self, Profiled { interval, test }: Profiled) -> Self {
        Self { interval, p: test.p, ln_p: test.ln_p, ..self }
    }

    pub(super) fn unknown(name: &str, term: &str, level: Option<&str>, status: Status) -> Self {
        Self {
            name: name.to_owned(),
            term: term.to_owned(),
            level: level.map(str::to_owned),
            status,
            coef: None,
            hazard_ratio: None,
            std_err: None,
            model_std_err: None,
            interval: Interval::default(),
            p: None,
            ln_p: None,
        }
    }

    /// With an estimate, standard errors in use and by the model, and the normal quantile of the
    /// interval.
    pub(super) fn estimated(self, coef: f64, std_err: f64, model_std_err: f64, z: f64) -> Self {
        let Tail { p, ln_p } = normal_two_sided(coef / std_err);
        let interval = Interval {
            lower: Some((coef - z * std_err).exp()),
            upper: Some((coef + z * std_err).exp()),
        };
        Self {
            coef: Some(coef),
            hazard_ratio: Some(coef.exp()),
            std_err: Some(std_err),
            model_std_err: Some(model_std_err),
            interval,
            p: Some(p),
            ln_p: Some(ln_p),
            ..self
        }
    }
}
