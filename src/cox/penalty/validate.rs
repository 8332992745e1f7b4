//! Cross-validation of λ.

use rayon::prelude::*;

use super::CoxPath;
use super::climb::Problem;
use super::folds::{FEWEST, check_length, distinct};
use super::path::PenalisedPath;
use crate::cohort::{Cohort, Design};
use crate::error::{Error, Result};

/// A path with the cross-validated deviance at each of its λ.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossValidated {
    path: PenalisedPath,
    lambdas: Vec<ValidatedLambda>,
    min: usize,
    one_se: usize,
}

/// How well fits at one λ predict those left out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ValidatedLambda {
    /// λ.
    pub lambda: f64,
    /// The deviance per event, a mean over folds weighted by their events.
    pub deviance: f64,
    /// Its standard error, from the differences between folds.
    pub std_err: f64,
    /// Coefficients of the fit to all rows that are not 0.
    pub nonzero: usize,
}

impl CrossValidated {
    /// The path fitted to all rows.
    pub fn path(&self) -> &PenalisedPath {
        &self.path
    }

    /// The deviance at each λ of the path.
    pub fn lambdas(&self) -> &[ValidatedLambda] {
        &self.lambdas
    }

    /// Place in the path of the largest λ with the smallest deviance: glmnet's `lambda.min`.
    pub fn index_min(&self) -> usize {
        self.min
    }

    /// Place in the path of the largest λ whose deviance is within one standard error of the
    /// smallest, that at the minimum: glmnet's `lambda.1se`.
    pub fn index_1se(&self) -> usize {
        self.one_se
    }

    /// λ with the smallest deviance.
    pub fn lambda_min(&self) -> f64 {
        self.lambdas[self.min].lambda
    }

    /// The largest λ within one standard error of it.
    pub fn lambda_1se(&self) -> f64 {
        self.lambdas[self.one_se].lambda
    }
}

/// One fold: the rows of all others, and the sum of its events' weights.
struct Fold {
    rest: Vec<u32>,
    events: f64,
}

impl CoxPath {
    /// Fits the path, and chooses λ by leaving out one fold after another.
    ///
    /// `folds` has a code a row; [`folds`](super::folds()) draws them. With β the coefficients of
    /// the fit at λ to all folds but k, the deviance of fold k is D(β) − D₋ₖ(β), D = 2(ℓₛ − ℓ) of
    /// all rows and of those without fold k: what the fold adds to the likelihood, its subjects
    /// among all others in the risk sets. It is divided by the fold's events d, and the mean over
    /// the K folds weighted by them; the standard error is √(Σ d(Dₖ/d − mean)²/Σ d/(K − 1)). Every
    /// fold is fitted at the λ of the path of all rows, on the scale of its own columns.
    ///
    /// R: `cv.glmnet(x, Surv(time, status), family = "cox", foldid = , lambda = )`; without `lambda`
    /// R interpolates between fits of each fold's own λ. Verweij and van Houwelingen 1993,
    /// doi:10.1002/sim.4780122407.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), of all rows and without each fold; fewer than 3 folds, codes of
    /// another length than the cohort, a fold without events, or one that has all of them.
    pub fn cross_validate(
        &self,
        cohort: &Cohort,
        design: &Design,
        folds: &[u32],
    ) -> Result<CrossValidated> {
        let path = self.fit(cohort, design)?;
        let parts = split(cohort, folds)?;
        let lambdas: Vec<f64> = path.fits().iter().map(|fit| fit.lambda).collect();
        let options = self.clone().lambdas(lambdas);
        let (whole, _) = Problem::new(&options, cohort, design);
        let each = |fold: &Fold| options.deviances(&whole, (cohort, design), fold);
        let deviances = parts.par_iter().map(each).collect::<Result<Vec<Vec<f64>>>>()?;
        Ok(CrossValidated::new(path, &parts, &deviances))
    }

    /// The deviance of a fold at each λ.
    fn deviances(
        &self,
        whole: &Problem<'_>,
        (cohort, design): (&Cohort, &Design),
        fold: &Fold,
    ) -> Result<Vec<f64>> {
        let path = self.fit(&cohort.select(&fold.rest)?, &design.select(&fold.rest))?;
        let top = whole.saturated() - path.saturated_log_likelihood();
        let fits = path.fits().iter();
        let gain = fits.map(|fit| whole.log_likelihood(&fit.coefficients) - fit.log_likelihood);
        Ok(gain.map(|gain| 2.0 * (top - gain)).collect())
    }
}

impl CrossValidated {
    fn new(path: PenalisedPath, folds: &[Fold], deviances: &[Vec<f64>]) -> Self {
        let summary = |(at, fit): (usize, &super::PenalisedFit)| {
            let (deviance, std_err) = summarise(folds, |fold| deviances[fold][at]);
            ValidatedLambda { lambda: fit.lambda, deviance, std_err, nonzero: fit.nonzero }
        };
        let lambdas: Vec<ValidatedLambda> = path.fits().iter().enumerate().map(summary).collect();
        let least = lambdas.iter().map(|own| own.deviance).fold(f64::INFINITY, f64::min);
        let first = |bound: f64| lambdas.iter().position(|own| own.deviance <= bound).unwrap_or(0);
        let min = first(least);
        let one_se = first(least + lambdas[min].std_err);
        Self { path, lambdas, min, one_se }
    }
}

/// The mean deviance per event, and its standard error.
fn summarise(folds: &[Fold], deviance: impl Fn(usize) -> f64) -> (f64, f64) {
    let events: f64 = folds.iter().map(|fold| fold.events).sum();
    let mean = (0..folds.len()).map(&deviance).sum::<f64>() / events;
    let square =
        |(at, fold): (usize, &Fold)| fold.events * (deviance(at) / fold.events - mean).powi(2);
    let spread = folds.iter().enumerate().map(square).sum::<f64>() / events;
    (mean, (spread / (folds.len() - 1) as f64).sqrt())
}

fn split(cohort: &Cohort, codes: &[u32]) -> Result<Vec<Fold>> {
    check_length(cohort, "folds", codes)?;
    let levels = distinct(codes);
    if levels.len() < FEWEST {
        let found = levels.len();
        return Err(Error::option(format!("{found} folds: cross-validation needs at least 3")));
    }
    let weight = |row: usize| f64::from(u8::from(cohort.event()[row])) * cohort.weights().of(row);
    let all: f64 = (0..codes.len()).map(weight).sum();
    let fold = |&level: &u32| {
        let (own, rest): (Vec<u32>, Vec<u32>) =
            (0..codes.len() as u32).partition(|&row| codes[row as usize] == level);
        let events: f64 = own.iter().map(|&row| weight(row as usize)).sum();
        let message = match (events > 0.0, events < all) {
            (true, true) => return Ok(Fold { rest, events }),
            (false, _) => format!("fold {level} has no events"),
            (true, false) => format!("fold {level} has all events: there are none without it"),
        };
        Err(Error::analysis(format!("{message}; use fewer folds, or spread events over them")))
    };
    levels.iter().map(fold).collect()
}
