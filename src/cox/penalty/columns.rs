//! Coefficients on the scale of columns with standard deviation 1.

use rayon::prelude::*;

use crate::cohort::{Cohort, Design, Weights};

/// The columns that vary within risk sets.
#[derive(Debug)]
pub(super) struct Columns {
    /// Columns of the design.
    pub(super) width: usize,
    at: Vec<usize>,
    /// Standard deviations, with denominator Σ w.
    sd: Vec<f64>,
    /// What a coefficient is multiplied with before it is penalised.
    pub(super) factor: Vec<f64>,
}

impl Columns {
    pub(super) fn new(
        cohort: &Cohort,
        design: &Design,
        varies: &[bool],
        standardize: bool,
    ) -> Self {
        let width = design.n_columns();
        let at: Vec<usize> = (0..width).filter(|&at| varies[at]).collect();
        let own = |&at: &usize| deviation(&design.columns()[at].values, cohort.weights());
        let sd: Vec<f64> = at.par_iter().map(own).collect();
        let factor = sd.iter().map(|sd| if standardize { 1.0 } else { 1.0 / sd }).collect();
        Self { width, at, sd, factor }
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// Columns of the design, each with its standard deviation.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.at.iter().copied().zip(self.sd.iter().copied())
    }

    /// Coefficients of the design's columns as they are.
    pub(super) fn unscale(&self, b: &[f64]) -> Vec<f64> {
        let mut beta = vec![0.0; self.width];
        self.each().zip(b).for_each(|((at, sd), b)| beta[at] = b / sd);
        beta
    }
}

fn deviation(values: &[f64], weights: &Weights) -> f64 {
    let mean = |of: &dyn Fn(f64) -> f64| {
        let terms = values.iter().enumerate().map(|(row, &x)| (weights.of(row), of(x)));
        let (total, sum) = terms.fold((0.0, 0.0), |(n, sum), (w, x)| (n + w, sum + w * x));
        sum / total
    };
    // From a first mean near the values, the second mean loses no digits.
    let near = mean(&|x| x);
    let centre = near + mean(&|x| x - near);
    mean(&|x| (x - centre) * (x - centre)).sqrt()
}
