//! The product-limit walk, and what can be asked of its result whether time runs to events
//! (survival) or to censorings (follow-up).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::beta_product::BetaProduct;
use super::confidence::Side;
use super::course::{Course, End};
use super::{ConfType, KaplanMeier, StepFunction};
use crate::cohort::TimeAxis;
use crate::numeric::normal::normal_quantile;
use crate::risk::{Counts, Lane, Moment, Place};

/// Steps between two places at which the walk is kept.
pub(super) const BLOCK: usize = 512;

/// S, the variance of log S, and the conventions of the interval. Where the walk was is kept once a
/// block; the steps in between are walked anew when they are asked for, and are the same bits.
#[derive(Debug, Clone)]
pub(super) struct ProductLimit {
    axis: Arc<TimeAxis>,
    course: Course,
    /// Before each block, and at the end.
    walks: Vec<Walk>,
    /// The first block: all there is of most curves, and then nothing is walked twice. Of a curve
    /// that was found otherwise, all steps.
    kept: Vec<Step>,
    /// The variance after each step where it is not Greenwood's.
    robust: Option<Vec<f64>>,
    survival: OnceLock<StepFunction>,
    pub(super) options: KaplanMeier,
    z: f64,
    /// The limits, where they do not come from the variance.
    beta_product: Option<BetaProduct>,
}

/// One step of a curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) s: f64,
    /// The variance of log S; infinite where S is 0.
    pub(super) variance: f64,
}

impl Step {
    /// The standard error of S, S·√V; `None` where S is 0.
    pub(super) fn std_err(self) -> Option<f64> {
        (self.s > 0.0).then(|| self.s * self.variance.sqrt())
    }
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
        let walks = walks(&course);
        Self {
            axis: Arc::clone(axis),
            kept: steps(&course, walks[0], robust.as_deref()),
            walks,
            course,
            robust,
            survival: OnceLock::new(),
            options,
            z: normal_quantile(0.5 + options.conf_level / 2.0),
            beta_product,
        }
    }

    /// From a curve found otherwise, S and the variance of log S at ranks of an axis.
    pub(super) fn from_curve(
        options: KaplanMeier,
        (axis, time): (&Arc<TimeAxis>, Vec<u32>),
        survival: &[f64],
        variance: Vec<f64>,
    ) -> Self {
        let nobody = Counts::Whole(vec![0; time.len()]);
        let lane = Arc::new(Lane::new(time, nobody.clone(), nobody, None));
        let start = Walk::new(lane.moments().place());
        let at = |block: &[f64]| Walk { s: block[block.len() - 1], ..start };
        let kept = survival.iter().zip(&variance).map(|(&s, &variance)| Step { s, variance });
        Self {
            axis: Arc::clone(axis),
            walks: std::iter::once(start).chain(survival.chunks(BLOCK).map(at)).collect(),
            kept: kept.collect(),
            course: Course { lane, end: End::Event },
            robust: Some(variance),
            survival: OnceLock::new(),
            options,
            z: normal_quantile(0.5 + options.conf_level / 2.0),
            beta_product: None,
        }
    }

    pub(super) fn z(&self) -> f64 {
        self.z
    }

    /// Number of steps.
    pub(super) fn len(&self) -> usize {
        self.course.lane.len()
    }

    /// The time of a step.
    pub(super) fn time(&self, step: usize) -> f64 {
        self.axis.time(self.course.lane.time[step])
    }

    /// The step in force at a time; `None` before the first.
    pub(super) fn step_at(&self, time: f64) -> Option<usize> {
        let beyond = self.axis.rank_beyond(time);
        self.course.lane.time.partition_point(|&own| own < beyond).checked_sub(1)
    }

    /// S of all steps, kept from the first call on.
    pub(super) fn survival(&self) -> &StepFunction {
        let values = || self.steps().map(|step| step.s).collect();
        self.survival.get_or_init(|| {
            StepFunction::on_axis(&self.axis, &self.course.lane.time, values(), 1.0)
        })
    }

    /// S after the last step.
    pub(super) fn last(&self) -> f64 {
        self.walks.last().map_or(1.0, |walk| walk.s)
    }

    pub(super) fn step(&self, at: usize) -> Step {
        self.steps_in(at / BLOCK)[at % BLOCK]
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.blocks(0).flat_map(|block| self.steps_in(block).into_owned())
    }

    /// The blocks from one on.
    pub(super) fn blocks(&self, first: usize) -> Range<usize> {
        first..self.walks.len() - 1
    }

    /// The steps of a block.
    pub(super) fn steps_in(&self, block: usize) -> Cow<'_, [Step]> {
        let from = block * BLOCK;
        if from < self.kept.len() || block == 0 {
            return Cow::Borrowed(&self.kept[from..self.kept.len().min(from + BLOCK)]);
        }
        let robust = self.robust.as_ref().and_then(|all| all.get(block * BLOCK..));
        Cow::Owned(steps(&self.course, self.walks[block], robust))
    }

    /// The number of steps up to which S keeps a rule that it breaks for good once it is low.
    pub(super) fn steps_while(&self, keeps: impl Fn(f64) -> bool) -> usize {
        let block = self.walks[1..].partition_point(|walk| keeps(walk.s));
        let within = self.steps_in(block).partition_point(|step| keeps(step.s));
        self.len().min(block * BLOCK + within)
    }

    /// A pointwise limit before the first step.
    pub(super) fn limit_before(&self, side: Side) -> f64 {
        match (&self.beta_product, side) {
            (Some(limits), Side::Lower) => limits.before,
            _ => 1.0,
        }
    }

    /// A pointwise limit after a step; `None` where S is 0, unless it is a beta product.
    pub(super) fn limit(&self, side: Side, at: usize, step: Step) -> Option<f64> {
        if let Some(limits) = &self.beta_product {
            return Some(limits.at(side, at));
        }
        let Step { s, variance } = step;
        (s > 0.0).then(|| self.options.conf_type.limit(side, s, variance, self.z))
    }

    /// Whether a limit is surely above a bound at all steps of a block, judged from its ends alone.
    /// For a given variance every limit is quasi-concave in S, the lower one falls with the variance
    /// and the upper one rises; Greenwood's sum never falls, so the least value over the block is no
    /// less than that of a corner. Beta products never rise.
    pub(super) fn stays_above(&self, side: Side, bound: f64, block: usize) -> bool {
        if let Some(limits) = &self.beta_product {
            return limits.at(side, self.len().min((block + 1) * BLOCK) - 1) > bound;
        }
        let (from, to) = (&self.walks[block], &self.walks[block + 1]);
        let variance = match side {
            Side::Lower => to.sum,
            Side::Upper => from.sum,
        };
        let above =
            |s: f64| s > 0.0 && self.options.conf_type.limit(side, s, variance, self.z) > bound;
        self.robust.is_none() && variance.is_finite() && above(from.s) && above(to.s)
    }
}

/// A product-limit walk on its way.
#[derive(Debug, Clone, Copy)]
struct Walk {
    place: Place,
    s: f64,
    /// Greenwood's sum.
    sum: f64,
    /// The stretch: S at its start, at risk at its start, left after its last event.
    base: f64,
    start: f64,
    left: f64,
}

impl Walk {
    fn new(place: Place) -> Self {
        Self { place, s: 1.0, sum: 0.0, base: 1.0, start: f64::NAN, left: f64::NAN }
    }

    /// Within a stretch in which nobody is censored or enters, S is one division, so that an
    /// uncensored curve has no rounding to drift on.
    #[inline]
    fn pass(&mut self, &Moment { n, d, .. }: &Moment) {
        if d > 0.0 {
            if n != self.left {
                (self.base, self.start) = (self.s, n);
            }
            self.left = n - d;
            self.s = self.base * (self.left / self.start);
            self.sum += d / (n * self.left);
        }
    }
}

/// S after each time of a course.
pub(super) fn survival_along(course: &Course) -> Vec<f64> {
    let mut walk = Walk::new(course.lane.moments().place());
    let survival = |moment: Moment| {
        walk.pass(&moment);
        walk.s
    };
    course.moments().map(survival).collect()
}

/// The steps of the block that a walk has come to, with a variance other than Greenwood's from there
/// on if there is one.
fn steps(course: &Course, mut walk: Walk, robust: Option<&[f64]>) -> Vec<Step> {
    let moments = course.moments_from(walk.place).take(BLOCK);
    let step = |(at, moment): (usize, Moment)| {
        walk.pass(&moment);
        Step { s: walk.s, variance: robust.map_or(walk.sum, |all| all[at]) }
    };
    moments.enumerate().map(step).collect()
}

/// The walk before each block, and at the end.
fn walks(course: &Course) -> Vec<Walk> {
    let mut walks = Vec::with_capacity(course.lane.len() / BLOCK + 2);
    let mut moments = course.lane.moments();
    let mut walk = Walk::new(moments.place());
    walks.push(walk);
    while moments.len() > 0 {
        moments.by_ref().take(BLOCK).for_each(|moment| walk.pass(&course.end.seen(moment)));
        walk.place = moments.place();
        walks.push(walk);
    }
    walks
}
