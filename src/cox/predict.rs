//! What a fit predicts for the rows it was fitted to.

use super::fit::CoxFit;
use crate::numeric::panel::{ROWS, predict};

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
