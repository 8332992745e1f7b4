//! Fits along a sequence of λ.

use super::CoxPath;
use super::climb::{Place, Problem, Top};
use crate::error::{Error, Result};

/// Fits that a path looks back over to see whether it still gains, as glmnet does.
const LOOK_BACK: usize = 4;
/// The least gain over them, as a share of the deviance explained.
const LEAST_GAIN: f64 = 1e-3;
/// Beyond this share of the deviance explained a path ends.
const SATURATED: f64 = 0.999;

/// Penalised fits from the largest λ to the smallest.
#[derive(Debug, Clone, PartialEq)]
pub struct PenalisedPath {
    fits: Vec<PenalisedFit>,
    null: f64,
    saturated: f64,
    n_obs: f64,
    n_events: f64,
}

/// The coefficients at one λ.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PenalisedFit {
    /// λ.
    pub lambda: f64,
    /// Coefficients of the design's columns as they are, in their order.
    pub coefficients: Vec<f64>,
    /// How many coefficients are not 0.
    pub nonzero: usize,
    /// The partial log-likelihood, without the penalty.
    pub log_likelihood: f64,
    /// The share of the null deviance that is explained, (ℓ − ℓ₀)/(ℓₛ − ℓ₀), with ℓₛ of the
    /// saturated model; none where even that is no better than the null model.
    pub deviance_ratio: Option<f64>,
}

impl PenalisedPath {
    /// The fits, from the largest λ to the smallest.
    pub fn fits(&self) -> &[PenalisedFit] {
        &self.fits
    }

    /// The partial log-likelihood at β = 0.
    pub fn null_log_likelihood(&self) -> f64 {
        self.null
    }

    /// The partial log-likelihood of a model with a parameter for every row: −Σ d·ln d over event
    /// times with d events by Breslow, −Σ ln d! by Efron.
    pub fn saturated_log_likelihood(&self) -> f64 {
        self.saturated
    }

    /// Number of rows; Σ of frequency weights.
    pub fn n_obs(&self) -> f64 {
        self.n_obs
    }

    /// Number of events; Σ of frequency weights.
    pub fn n_events(&self) -> f64 {
        self.n_events
    }

    fn fit(&self, lambda: f64, top: Top, coefficients: Vec<f64>) -> PenalisedFit {
        let nonzero = coefficients.iter().filter(|&&own| own != 0.0).count();
        let (gain, most) = (top.log_likelihood - self.null, self.saturated - self.null);
        let deviance_ratio = (most > 0.0).then(|| gain / most);
        PenalisedFit {
            lambda,
            coefficients,
            nonzero,
            log_likelihood: top.log_likelihood,
            deviance_ratio,
        }
    }

    /// Whether smaller λ would hardly explain more.
    fn levels_off(&self) -> bool {
        let ratio = |back: usize| {
            self.fits.iter().rev().nth(back).and_then(|fit: &PenalisedFit| fit.deviance_ratio)
        };
        match (ratio(0), ratio(LOOK_BACK)) {
            (Some(now), Some(then)) => now - then < LEAST_GAIN * now || now > SATURATED,
            _ => false,
        }
    }
}

/// Down the λ, each fit from where the last one ended.
pub(super) fn walk(
    options: &CoxPath,
    problem: &Problem<'_>,
    mut place: Place,
    lambdas: &[f64],
) -> Result<PenalisedPath> {
    let mut path = PenalisedPath {
        fits: Vec::with_capacity(lambdas.len()),
        null: place.log_likelihood,
        saturated: problem.saturated(),
        n_obs: problem.n_obs,
        n_events: problem.events(),
    };
    for &lambda in lambdas {
        let top = problem.climb(&mut place, options.penalty(lambda));
        let top = top.ok_or_else(|| not_converged(lambda))?;
        let coefficients = problem.columns.unscale(&top.b);
        let fit = path.fit(lambda, top, coefficients);
        path.fits.push(fit);
        if options.lambdas.is_none() && path.levels_off() {
            break;
        }
    }
    Ok(path)
}

fn not_converged(lambda: f64) -> Error {
    Error::analysis(format!(
        "the penalised fit did not converge at lambda {lambda}; give larger lambdas, or a smaller \
         alpha"
    ))
}
