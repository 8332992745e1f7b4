//! The beta product confidence procedure (Fay, Brittain and Proschan 2013,
//! doi:10.1093/biostatistics/kxt016).
//!
//! With n at risk the time of the next event leaves, of the survival probability there was, a share
//! that is Beta(n, 1); d events at once leave Beta(n − d + 1, d). S after the events so far is
//! stochastically at most W⁺ = Π Beta(n − d + 1, d), and until the next event comes it is at least
//! W⁻ = W⁺·Beta(n₊, 1) with n₊ at risk from then on. The limits are the α/2 quantile of W⁻ and the
//! 1 − α/2 quantile of W⁺. Products are taken for the beta variable with their mean and second
//! moment (the paper's method of moments); without censoring they are beta variables, and the
//! limits those of Clopper and Pearson.

use super::confidence::Side;
use crate::numeric::beta::beta_quantile;
use crate::risk::Moment;

/// Limits of S after each step, neither ever rising, and the lower one before the first.
#[derive(Debug, Clone)]
pub(super) struct BetaProduct {
    pub(super) before: f64,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl BetaProduct {
    pub(super) fn new(moments: impl ExactSizeIterator<Item = Moment> + Clone, level: f64) -> Self {
        let tail = 0.5 * (1.0 - level);
        let start = moments.clone().next().map_or(0.0, |first| first.n);
        let before = Product::ONE.lower_limit(start, tail);
        let (mut product, mut lower, mut upper) = (Product::ONE, before, 1.0f64);
        let limits = moments.map(|Moment { n, d, c, .. }| {
            if d > 0.0 {
                product = product.times(n - d + 1.0, d);
                upper = upper.min(product.quantile(1.0 - tail));
            }
            // The approximation by moments may rise by a little where the law itself cannot.
            lower = lower.min(product.lower_limit(n - d - c, tail));
            (lower, upper)
        });
        let (lower, upper) = limits.unzip();
        Self { before, lower, upper }
    }

    pub(super) fn at(&self, side: Side, step: usize) -> f64 {
        match side {
            Side::Lower => self.lower[step],
            Side::Upper => self.upper[step],
        }
    }
}

/// A product of independent beta variables, by its first two moments.
#[derive(Clone, Copy)]
struct Product {
    /// ln E\[W\].
    log_mean: f64,
    /// ln(E\[W²\]/E\[W\]²): a sum of small positive terms, where the variance would cancel.
    log_spread: f64,
}

impl Product {
    const ONE: Self = Self { log_mean: 0.0, log_spread: 0.0 };

    fn times(self, a: f64, b: f64) -> Self {
        Self {
            log_mean: self.log_mean - (b / a).ln_1p(),
            log_spread: self.log_spread + (b / (a * (a + b + 1.0))).ln_1p(),
        }
    }

    /// The quantile of the beta variable with these moments.
    fn quantile(self, p: f64) -> f64 {
        let (mean, rest) = (self.log_mean.exp(), -self.log_mean.exp_m1());
        let spread = self.log_spread.exp_m1();
        let size = (rest / mean - spread) / spread;
        beta_quantile(p, mean * size, rest * size)
    }

    /// With `left` still at risk; nothing is known below the survival of the last one.
    fn lower_limit(self, left: f64, tail: f64) -> f64 {
        if left > 0.0 { self.times(left, 1.0).quantile(tail) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests;
