//! The product-limit walk, and what can be asked of its result whether time runs to events
//! (survival) or to censorings (follow-up).

use std::sync::Arc;

use super::beta_product::BetaProduct;
use super::confidence::Side;
use super::{ConfType, KaplanMeier, StepFunction};
use crate::cohort::TimeAxis;
use crate::numeric::normal::normal_quantile;
use crate::risk::Moment;

/// S, the variance of log S, and the conventions of the interval.
#[derive(Debug, Clone)]
pub(super) struct ProductLimit {
    pub(super) survival: StepFunction,
    /// The variance of log S after each step; infinite where S is 0.
    pub(super) variance: Vec<f64>,
    pub(super) options: KaplanMeier,
    z: f64,
    /// The limits, where they do not come from the variance.
    beta_product: Option<BetaProduct>,
}

impl ProductLimit {
    /// Walks the moments; `variance` replaces Greenwood's.
    pub(super) fn new(
        options: KaplanMeier,
        (axis, time): (&Arc<TimeAxis>, &Arc<Vec<u32>>),
        moments: impl ExactSizeIterator<Item = Moment> + Clone,
        variance: Option<Vec<f64>>,
    ) -> Self {
        let bpcp = options.conf_type == ConfType::Bpcp;
        let beta_product = bpcp.then(|| BetaProduct::new(moments.clone(), options.conf_level));
        let (values, greenwood) = walk(moments, variance.is_none());
        Self {
            survival: StepFunction::on_axis(axis, time, values, 1.0),
            variance: variance.unwrap_or(greenwood),
            options,
            z: normal_quantile(0.5 + options.conf_level / 2.0),
            beta_product,
        }
    }

    /// From a curve found otherwise, and the variance of its logarithm.
    pub(super) fn from_curve(
        options: KaplanMeier,
        survival: StepFunction,
        variance: Vec<f64>,
    ) -> Self {
        let z = normal_quantile(0.5 + options.conf_level / 2.0);
        Self { survival, variance, options, z, beta_product: None }
    }

    pub(super) fn z(&self) -> f64 {
        self.z
    }

    /// The standard error of S after a step: S·√V; `None` where S is 0.
    pub(super) fn std_err(&self, step: usize) -> Option<f64> {
        let s = self.survival.values()[step];
        (s > 0.0).then(|| s * self.variance[step].sqrt())
    }

    /// A pointwise limit before the first step.
    pub(super) fn limit_before(&self, side: Side) -> f64 {
        match (&self.beta_product, side) {
            (Some(limits), Side::Lower) => limits.before,
            _ => 1.0,
        }
    }

    /// A pointwise limit after a step; `None` where S is 0, unless it is a beta product.
    pub(super) fn limit(&self, side: Side, step: usize) -> Option<f64> {
        if let Some(limits) = &self.beta_product {
            return Some(limits.at(side, step));
        }
        let s = self.survival.values()[step];
        (s > 0.0).then(|| self.options.conf_type.limit(side, s, self.variance[step], self.z))
    }

    /// Whether a limit is above a bound at all steps `from..=to`, judged from the ends alone. For a
    /// given variance every limit is quasi-concave in S, the lower one falls with the variance and
    /// the upper one rises, so the least value over the block is at a corner. Beta products never
    /// rise.
    pub(super) fn stays_above(&self, side: Side, bound: f64, from: usize, to: usize) -> bool {
        if let Some(limits) = &self.beta_product {
            return limits.at(side, to) > bound;
        }
        let variance = match side {
            Side::Lower => self.variance[to],
            Side::Upper => self.variance[from],
        };
        let above = |step: usize| {
            let s = self.survival.values()[step];
            s > 0.0 && self.options.conf_type.limit(side, s, variance, self.z) > bound
        };
        variance.is_finite() && above(from) && above(to)
    }
}

/// S and the Greenwood sum after each time. Within a stretch in which nobody is censored or enters,
/// S is one division, so that an uncensored curve has no rounding to drift on.
pub(super) fn walk(
    moments: impl ExactSizeIterator<Item = Moment>,
    greenwood: bool,
) -> (Vec<f64>, Vec<f64>) {
    let mut survival = Vec::with_capacity(moments.len());
    let mut variance = Vec::with_capacity(if greenwood { moments.len() } else { 0 });
    let (mut s, mut sum) = (1.0, 0.0);
    // The stretch: S at its start, at risk at its start, left after its last event.
    let (mut base, mut start, mut left) = (1.0, f64::NAN, f64::NAN);
    for Moment { n, d, .. } in moments {
        if d > 0.0 {
            if n != left {
                (base, start) = (s, n);
            }
            left = n - d;
            s = base * (left / start);
            sum += d / (n * left);
        }
        survival.push(s);
        if greenwood {
            variance.push(sum);
        }
    }
    (survival, variance)
}
