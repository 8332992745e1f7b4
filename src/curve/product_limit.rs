//! The product-limit walk, and what can be asked of its result whether time runs to events
//! (survival) or to censorings (follow-up).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::beta_product::BetaProduct;
use super::confidence::Side;
use super::course::Course;
use super::{ConfType, KaplanMeier, StepFunction};
use crate::cohort::TimeAxis;
use crate::numeric::normal::normal_quantile;
use crate::risk::{Moment, Place};

/// Steps handled together: Greenwood's sum is kept once a block.
pub(super) const BLOCK: usize = 512;

/// S, the variance of log S, and the conventions of the interval.
#[derive(Debug, Clone)]
pub(super) struct ProductLimit {
    pub(super) survival: StepFunction,
    course: Course,
    variance: Variance,
    pub(super) options: KaplanMeier,
    z: f64,
    /// The limits, where they do not come from the variance.
    beta_product: Option<BetaProduct>,
}

/// The variance of log S after each step; infinite where S is 0.
#[derive(Debug, Clone)]
enum Variance {
    /// Greenwood's, by the beginnings of blocks; within a block it is summed anew.
    Greenwood(Vec<Start>),
    /// The robust one, of every step.
    Robust(Vec<f64>),
}

/// Where a block of steps begins, and Greenwood's sum before it.
#[derive(Debug, Clone, Copy)]
struct Start {
    place: Place,
    sum: f64,
}

impl ProductLimit {
    /// Walks the course; `robust` replaces Greenwood's variance.
    pub(super) fn new(
        options: KaplanMeier,
        axis: &Arc<TimeAxis>,
        course: Course,
        robust: Option<Vec<f64>>,
    ) -> Self {
        let bpcp = options.conf_type == ConfType::Bpcp;
        let beta_product = bpcp.then(|| BetaProduct::new(course.moments(), options.conf_level));
        let (values, starts) = walk(&course);
        Self {
            survival: StepFunction::on_axis(axis, &course.lane.time, values, 1.0),
            course,
            variance: robust.map_or(Variance::Greenwood(starts), Variance::Robust),
            options,
            z: normal_quantile(0.5 + options.conf_level / 2.0),
            beta_product,
        }
    }

    pub(super) fn z(&self) -> f64 {
        self.z
    }

    /// The variance of log S after a step.
    pub(super) fn variance(&self, step: usize) -> f64 {
        self.variances_in(step / BLOCK)[step % BLOCK]
    }

    /// The variance of log S after each step.
    pub(super) fn variances(&self) -> impl Iterator<Item = f64> + '_ {
        self.blocks(0).flat_map(|block| self.variances_in(block).into_owned())
    }

    pub(super) fn variances_in(&self, block: usize) -> Cow<'_, [f64]> {
        match &self.variance {
            Variance::Robust(all) => {
                all[block * BLOCK..].chunks(BLOCK).next().unwrap_or(&[]).into()
            }
            Variance::Greenwood(starts) => {
                let Start { place, mut sum } = starts[block];
                let add = |moment| {
                    sum += greenwood(&moment);
                    sum
                };
                self.course.moments_from(place).take(BLOCK).map(add).collect()
            }
        }
    }

    /// The blocks of steps from one on.
    pub(super) fn blocks(&self, first: usize) -> Range<usize> {
        first..self.survival.len().div_ceil(BLOCK)
    }

    /// The standard error of S after a step, S·√V; `None` where S is 0.
    pub(super) fn std_err(&self, step: usize, variance: f64) -> Option<f64> {
        let s = self.survival.values()[step];
        (s > 0.0).then(|| s * variance.sqrt())
    }

    /// A pointwise limit before the first step.
    pub(super) fn limit_before(&self, side: Side) -> f64 {
        match (&self.beta_product, side) {
            (Some(limits), Side::Lower) => limits.before,
            _ => 1.0,
        }
    }

    /// A pointwise limit after a step; `None` where S is 0, unless it is a beta product.
    pub(super) fn limit(&self, side: Side, step: usize, variance: f64) -> Option<f64> {
        if let Some(limits) = &self.beta_product {
            return Some(limits.at(side, step));
        }
        let s = self.survival.values()[step];
        (s > 0.0).then(|| self.options.conf_type.limit(side, s, variance, self.z))
    }

    /// The same, the variance being looked up.
    pub(super) fn limit_at(&self, side: Side, step: usize) -> Option<f64> {
        self.limit(side, step, self.variance(step))
    }

    /// Whether a limit is surely above a bound at all steps of a block, judged from its ends alone.
    /// For a given variance every limit is quasi-concave in S, the lower one falls with the variance
    /// and the upper one rises; Greenwood's sum never falls, so the least value over the block is no
    /// less than that of a corner. Beta products never rise.
    pub(super) fn stays_above(&self, side: Side, bound: f64, block: usize) -> bool {
        let values = self.survival.values();
        let (from, to) = (block * BLOCK, values.len().min((block + 1) * BLOCK) - 1);
        if let Some(limits) = &self.beta_product {
            return limits.at(side, to) > bound;
        }
        let Variance::Greenwood(starts) = &self.variance else { return false };
        let corner = match side {
            Side::Lower => starts.get(block + 1),
            Side::Upper => starts.get(block),
        };
        let Some(variance) = corner.map(|start| start.sum) else { return false };
        let above =
            |s: f64| s > 0.0 && self.options.conf_type.limit(side, s, variance, self.z) > bound;
        variance.is_finite() && above(values[from]) && above(values[to])
    }
}

/// S after each time, and Greenwood's sum at each block. Within a stretch in which nobody is
/// censored or enters, S is one division, so that an uncensored curve has no rounding to drift on.
fn walk(course: &Course) -> (Vec<f64>, Vec<Start>) {
    let mut survival = Vec::with_capacity(course.lane.len());
    let mut starts = Vec::with_capacity(course.lane.len().div_ceil(BLOCK));
    let (mut s, mut sum) = (1.0, 0.0);
    // The stretch: S at its start, at risk at its start, left after its last event.
    let (mut base, mut start, mut left) = (1.0, f64::NAN, f64::NAN);
    let mut moments = course.lane.moments();
    while moments.len() > 0 {
        starts.push(Start { place: moments.place(), sum });
        survival.extend(moments.by_ref().take(BLOCK).map(|moment| {
            let moment = course.end.seen(moment);
            if moment.d > 0.0 {
                if moment.n != left {
                    (base, start) = (s, moment.n);
                }
                left = moment.n - moment.d;
                s = base * (left / start);
                sum += greenwood(&moment);
            }
            s
        }));
    }
    (survival, starts)
}

/// A term of Greenwood's sum, d/(n(n − d)).
fn greenwood(moment: &Moment) -> f64 {
    if moment.d > 0.0 { moment.d / (moment.n * (moment.n - moment.d)) } else { 0.0 }
}
