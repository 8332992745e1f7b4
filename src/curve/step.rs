//! Right-continuous step functions of time.

use std::sync::Arc;

use super::MedianRule;
use crate::cohort::TimeAxis;

/// Survival probabilities equal to within this are one level: rounding in a product of fractions,
/// not a difference that data can make.
pub(super) const LEVEL_TOLERANCE: f64 = 1e-12;

/// A right-continuous step function: one value from each time (inclusive) to the next.
///
/// ```
/// use riskset::curve::{MedianRule, StepFunction};
/// let s = StepFunction::new(vec![2.0, 5.0], vec![0.5, 0.0], 1.0);
/// assert_eq!((s.just_before(2.0), s.at(2.0), s.at(9.0)), (1.0, 0.5, 0.0));
/// assert_eq!(s.integral(0.0, 5.0), 2.0 + 1.5);
/// assert_eq!(s.quantile(0.5, MedianRule::Midpoint), Some(3.5));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StepFunction {
    axis: Arc<TimeAxis>,
    time: Arc<Vec<u32>>,
    value: Vec<f64>,
    before: f64,
}

impl StepFunction {
    /// The function that is `before` up to the first time and `values[i]` from `times[i]` on.
    ///
    /// # Panics
    /// When `times` and `values` differ in length.
    pub fn new(times: Vec<f64>, values: Vec<f64>, before: f64) -> Self {
        assert_eq!(times.len(), values.len(), "a step function has one value a time");
        let time = Arc::new((0..times.len() as u32).collect());
        Self { axis: Arc::new(TimeAxis::Values(times)), time, value: values, before }
    }

    pub(super) fn on_axis(
        axis: &Arc<TimeAxis>,
        time: &Arc<Vec<u32>>,
        value: Vec<f64>,
        before: f64,
    ) -> Self {
        Self { axis: Arc::clone(axis), time: Arc::clone(time), value, before }
    }

    /// Lets the values be written anew, for the first of the times or for all of them.
    pub(super) fn values_mut(&mut self) -> &mut Vec<f64> {
        &mut self.value
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// Whether the function is constant.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The time of step `i`.
    pub fn time(&self, i: usize) -> f64 {
        self.axis.time(self.time[i])
    }

    /// The value from each step on.
    pub fn values(&self) -> &[f64] {
        &self.value
    }

    /// The value at a time: of the last step at or before it.
    pub fn at(&self, time: f64) -> f64 {
        self.value_after(self.steps_until(self.axis.rank_beyond(time)))
    }

    /// The value just before a time: of the last step strictly before it.
    pub fn just_before(&self, time: f64) -> f64 {
        self.value_after(self.steps_until(self.axis.rank_at_least(time)))
    }

    /// The values just before ascending ranks of its axis, or beyond it.
    pub(crate) fn just_before_ranks(&self, ranks: impl IntoIterator<Item = u32>) -> Vec<f64> {
        let mut step = 0;
        let before = |rank: u32| {
            step += self.time[step..].iter().take_while(|&&time| time < rank).count();
            self.value_after(step)
        };
        ranks.into_iter().map(before).collect()
    }

    /// The step in force at a time; `None` before the first.
    pub fn step_at(&self, time: f64) -> Option<usize> {
        self.steps_until(self.axis.rank_beyond(time)).checked_sub(1)
    }

    fn steps_until(&self, rank: u32) -> usize {
        self.time[..self.len()].partition_point(|&own| own < rank)
    }

    fn value_after(&self, steps: usize) -> f64 {
        steps.checked_sub(1).map_or(self.before, |step| self.value[step])
    }

    /// ∫ f(t) dt from `from` to `to`.
    pub fn integral(&self, from: f64, to: f64) -> f64 {
        let mut area = 0.0;
        let (mut start, mut height) = (from, self.at(from));
        let first = self.steps_until(self.axis.rank_beyond(from));
        for step in first..self.len() {
            let time = self.time(step);
            if time >= to {
                break;
            }
            area += height * (time - start);
            (start, height) = (time, self.value[step]);
        }
        area + height * (to - start).max(0.0)
    }

    /// The time at which a falling function reaches 1 − `p`, by a rule for the case that a step
    /// lies exactly on it; `None` when it is not reached.
    pub fn quantile(&self, p: f64, rule: MedianRule) -> Option<f64> {
        let level = 1.0 - p;
        let reached = self.value.partition_point(|&value| value > level + LEVEL_TOLERANCE);
        let below = self.value.partition_point(|&value| value >= level - LEVEL_TOLERANCE);
        let time = |step: usize| (step < self.len()).then(|| self.time(step));
        rule.resolve(reached, below, time)
    }
}
