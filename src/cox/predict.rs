//! What a fit predicts for the rows it was fitted to.

use super::fit::CoxFit;
use crate::cohort::Groups;
use crate::error::Result;
use crate::numeric::panel::{ROWS, predict};
use crate::risk::RiskSets;

use rayon::prelude::*;

impl CoxFit<'_> {
    /// The linear predictor x'β + offset of every row, less a constant: covariates are taken less
    /// their centres.
    ///
    /// R: `fit$linear.predictors`, up to that constant.
    pub fn linear_predictor(&self) -> Vec<f64> {
        let mut eta =
            self.design.offset().map_or_else(|| vec![0.0; self.cohort.n_rows()], <[f64]>::to_vec);
        let columns: Vec<&[f64]> =
            self.design.columns().iter().map(|column| column.values.as_slice()).collect();
        let block = |(block, own): (usize, &mut [f64])| {
            predict(&columns, &self.frame.centre, &self.point.beta, (block * ROWS, own));
        };
        eta.par_chunks_mut(ROWS).enumerate().with_min_len(64).for_each(block);
        eta
    }
}

/// Survival of the rows of a fit at some times, as it predicts it.
#[derive(Debug, Clone)]
pub struct PredictedSurvival<'a> {
    strata: &'a Groups,
    predictor: Vec<f64>,
    /// The logarithm of the cumulative hazard, by stratum and time.
    ln_hazard: Vec<Vec<f64>>,
}

impl PredictedSurvival<'_> {
    /// S(t | x) of a row at the time at a place.
    pub fn at(&self, row: usize, time: usize) -> f64 {
        let ln_hazard = self.ln_hazard[self.strata.code(row) as usize][time];
        (-(ln_hazard + self.predictor[row]).exp()).exp()
    }
}

impl CoxFit<'_> {
    /// S(t | x) = exp(−Λ(t)·exp(x'β + offset)) of every row at some times, with the baseline of its
    /// stratum; beyond the last event of a stratum it stays where it was.
    ///
    /// R: `summary(survfit(fit, newdata = data), times = t)$surv`, without strata a column a row.
    ///
    /// # Errors
    /// A coefficient without a finite estimate.
    pub fn predicted_survival(&self, times: &[f64]) -> Result<PredictedSurvival<'_>> {
        self.check_finite("a prediction", |_| true)?;
        let (sets, axis) = (RiskSets::new(self.cohort), self.cohort.axis());
        let ln_hazard = |stratum: usize, time: f64| match axis.rank_beyond(time).checked_sub(1) {
            None => f64::NEG_INFINITY,
            Some(rank) => {
                let slot = sets.slot_at(stratum, rank);
                self.point.hazard.cumulative[slot].ln() - self.shift(slot)
            }
        };
        let of_stratum = |stratum| times.iter().map(|&time| ln_hazard(stratum, time)).collect();
        Ok(PredictedSurvival {
            strata: self.cohort.strata(),
            predictor: self.linear_predictor(),
            ln_hazard: (0..sets.strata().len()).map(of_stratum).collect(),
        })
    }
}
