//! The replicates of one group.

use std::sync::Arc;

use rayon::prelude::*;

use super::Bootstrap;
use crate::curve::step::LEVEL_TOLERANCE;
use crate::curve::{MedianRule, StepFunction, SurvivalCurve};
use crate::risk::{BlockMoments, Moment, Resampler};

/// A table: one row a replicate, one column a statistic, and last the time at which follow-up ended
/// with S above 0, infinite if it did not end before the walk did.
pub(super) struct Replicates {
    width: usize,
    cells: Vec<f64>,
}

impl Replicates {
    pub(super) fn draw(curve: &SurvivalCurve, options: &Bootstrap, group: usize) -> Self {
        let plan = Plan::new(curve, options);
        let resampler = Resampler::new(curve.lane());
        let width = options.quantiles.len() + options.rates.len() + options.means.len() + 1;
        let mut cells = vec![0.0; width * options.count()];
        let replicate = |(survival, counts): &mut (StepFunction, _), (index, row): (usize, _)| {
            let random = options.stream(group, index);
            let mut walk = Walk::new(&plan, survival.values_mut());
            resampler.walk(random, counts, |moments| walk.visit(moments));
            let ended = walk.ended;
            plan.read(survival, ended, row);
        };
        let room = || (plan.room(curve), Vec::new());
        cells.par_chunks_mut(width).enumerate().with_min_len(16).for_each_init(room, replicate);
        Self { width, cells }
    }

    pub(super) fn column(&self, column: usize) -> Vec<f64> {
        self.cells[column..].iter().step_by(self.width).copied().collect()
    }

    /// In how many follow-up ended before a time with S above 0.
    pub(super) fn ended_before(&self, time: f64) -> usize {
        self.column(self.width - 1).into_iter().filter(|&ended| ended < time).count()
    }
}

/// What is read off every replicate, and how far that needs a walk.
struct Plan<'a> {
    options: &'a Bootstrap,
    rule: MedianRule,
    /// Steps at or before the last time asked for.
    steps: usize,
    /// Walks go on until S is below this; infinite without quantiles.
    level: f64,
}

impl<'a> Plan<'a> {
    fn new(curve: &SurvivalCurve, options: &'a Bootstrap) -> Self {
        let times = options.rates.iter().chain(&options.means).copied();
        let last = times.reduce(f64::max);
        let steps = last.and_then(|last| curve.estimate().step_at(last)).map_or(0, |step| step + 1);
        let levels = options.quantiles.iter().map(|p| 1.0 - p - 2.0 * LEVEL_TOLERANCE);
        let level = levels.reduce(f64::min).unwrap_or(f64::INFINITY);
        Self { options, rule: curve.estimate().options.median_rule, steps, level }
    }

    /// A curve whose values are written anew for every replicate.
    fn room(&self, curve: &SurvivalCurve) -> StepFunction {
        let values = Vec::with_capacity(curve.estimate().len());
        StepFunction::on_axis(&Arc::clone(curve.axis()), curve.times(), values, 1.0)
    }

    /// Reads what is wanted off the curve of a replicate.
    fn read(&self, survival: &StepFunction, ended: Option<usize>, row: &mut [f64]) {
        let (of_quantiles, rest) = row.split_at_mut(self.options.quantiles.len());
        let (of_rates, rest) = rest.split_at_mut(self.options.rates.len());
        for (cell, &p) in of_quantiles.iter_mut().zip(&self.options.quantiles) {
            *cell = survival.quantile(p, self.rule).unwrap_or(f64::INFINITY);
        }
        for (cell, &time) in of_rates.iter_mut().zip(&self.options.rates) {
            *cell = survival.at(time);
        }
        for (cell, &tau) in rest.iter_mut().zip(&self.options.means) {
            *cell = survival.integral(0.0, tau);
        }
        if let Some(cell) = rest.last_mut() {
            *cell = ended.map_or(f64::INFINITY, |step| survival.time(step));
        }
    }
}

/// S of a replicate, as far as it is needed.
struct Walk<'a> {
    plan: &'a Plan<'a>,
    values: &'a mut Vec<f64>,
    s: f64,
    /// The step that ended follow-up, if one did with S above 0.
    ended: Option<usize>,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a Plan<'a>, values: &'a mut Vec<f64>) -> Self {
        values.clear();
        Self { plan, values, s: 1.0, ended: None }
    }

    /// Takes S over some times; returns whether to go on. Whether somebody had the event is a coin
    /// toss here, so S is multiplied in any case: rounding is far below the tolerance of a quantile.
    ///
    /// Kept out of line, S stays in a register: inlined into the draws the walk takes twice as long.
    #[inline(never)]
    fn visit(&mut self, moments: BlockMoments<'_>) -> bool {
        let mut s = self.s;
        self.values.reserve(moments.len());
        for Moment { n, d, c, .. } in moments {
            s *= (n - d) / n;
            self.values.push(s);
            if n == d + c {
                self.ended = (s > 0.0).then(|| self.values.len() - 1);
                return false;
            }
        }
        self.s = s;
        s >= self.plan.level || self.values.len() < self.plan.steps
    }
}
