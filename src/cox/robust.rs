//! The robust variance: what varies independently of one another, and by how much.

use std::collections::HashSet;

use rayon::prelude::*;

use super::fit::CoxFit;
use super::gather::Gather;
use crate::cohort::Weights;
use crate::error::{Error, Result};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::panel::{Gram, Panel, ROWS};

/// Rows of one partial sum.
const BLOCK_ROWS: usize = 32 * ROWS;

/// What varies independently: clusters, or else rows.
pub(super) struct Units<'a> {
    cluster: Option<&'a [u32]>,
    /// What a row's influence is multiplied by: its weight; but a row that stands for k subjects,
    /// each on its own, has √k, so that its square counts k times.
    pub(super) factor: Vec<f64>,
    /// Number of codes.
    pub(super) len: usize,
    /// Number of clusters or subjects that count.
    count: f64,
}

impl<'a> Units<'a> {
    pub(super) fn new(fit: &CoxFit<'a>) -> Self {
        let (cluster, n) = (fit.cohort.cluster(), fit.cohort.n_rows());
        let weight = |row: usize| fit.cohort.weights().of(row);
        let repeated = matches!(fit.cohort.weights(), Weights::Frequency(_));
        let factor = |row| match cluster {
            None if repeated => weight(row).sqrt(),
            _ => weight(row),
        };
        let rows = (0..n).filter(|&row| weight(row) > 0.0);
        let (len, count) = match cluster {
            Some(codes) => {
                let len = codes.iter().max().map_or(0, |&code| code as usize + 1);
                (len, rows.map(|row| codes[row]).collect::<HashSet<u32>>().len() as f64)
            }
            None if repeated => (n, rows.map(weight).sum()),
            None => (n, rows.count() as f64),
        };
        Self { cluster, factor: (0..n).map(factor).collect(), len, count }
    }

    /// The unit of a row.
    pub(super) fn of(&self, row: usize) -> usize {
        self.cluster.map_or(row, |codes| codes[row] as usize)
    }

    /// g/(g − 1).
    pub(super) fn small_sample(&self) -> f64 {
        self.count / (self.count - 1.0)
    }

    /// Sums of rows by unit.
    pub(super) fn sums(&self, rows: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.len];
        let rows = rows.zip(&self.factor).enumerate();
        rows.for_each(|(row, (value, factor))| sums[self.of(row)] += factor * value);
        sums
    }
}

impl CoxFit<'_> {
    /// The sandwich V (Σ L L') V over units, with score residuals L and the model's variance V.
    pub(super) fn robust_variance(&self) -> Result<SymMatrix> {
        let units = Units::new(self);
        if units.count < 2.0 {
            return Err(Error::analysis(
                "a robust variance needs two clusters or more, and there is one",
            ));
        }
        let scores = Gather::new(self).scores();
        let sums: Vec<Vec<f64>> =
            scores.into_par_iter().map(|own| units.sums(own.into_iter())).collect();
        let robust = self.model_vcov.sandwich(&gram(&sums, units.len));
        let factor = self.small_sample_factor(&units);
        Ok(SymMatrix::from_lower(robust.size(), |i, j| factor * robust.get(i, j)))
    }

    pub(super) fn small_sample_factor(&self, units: &Units<'_>) -> f64 {
        if self.options.small_sample { units.small_sample() } else { 1.0 }
    }
}

/// The sums of squares and products of columns of `len` numbers.
fn gram(columns: &[Vec<f64>], len: usize) -> SymMatrix {
    let (width, none) = (columns.len(), vec![0.0; columns.len()]);
    let block = |first: &usize| {
        let (mut gram, mut panel) = (Gram::new(width), Panel::new(width));
        for first in (*first..len.min(first + BLOCK_ROWS)).step_by(ROWS) {
            panel.load(columns, &none, (first, ROWS.min(len - first)));
            gram.add(&panel, &[1.0; ROWS]);
        }
        gram.lower()
    };
    let blocks: Vec<usize> = (0..len).step_by(BLOCK_ROWS).collect();
    let parts: Vec<Vec<f64>> = blocks.par_iter().map(block).collect();
    let at = |i: usize, j: usize| i * (i + 1) / 2 + j;
    SymMatrix::from_lower(width, |i, j| parts.iter().map(|part| part[at(i, j)]).sum())
}
