//! A Kaplan–Meier curve in one walk over rows in the order of time, as often as there are moves.
//!
//! This is the fast judge of the loop; what it finds is judged again by [`crate::curve`].

use super::compiled::CurveGoals;
use super::goal::{Goals, Values};
use super::problem::Problem;
use super::state::State;
use crate::cohort::Cohort;
use crate::curve::{ConfType, KaplanMeier, MedianRule};

/// Half a step of the density of SPSS's interval, in survival.
const REACH: f64 = 0.05;
/// Survival and limits are compared with one half to within this.
const TOLERANCE: f64 = 1e-12;
/// A step this close to 0.55 or 0.45 is a step that hangs on the last bit.
const HANGING: f64 = 1e-9;
/// SPSS's normal quantile.
const Z: f64 = 1.96;
/// The miss of a step that hangs.
const HANGS: f64 = 0.4;

/// A step of a curve: its time, S from there on, and Greenwood's sum.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    days: i32,
    survival: f64,
    variance: f64,
}

/// Room for the steps of a curve, and how medians and limits are found.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    steps: Vec<Step>,
    events: usize,
    last: i32,
    conf_type: ConfType,
    median_rule: MedianRule,
    /// Normal quantile of the limits.
    z: f64,
}

impl Walk {
    pub(super) fn new(problem: &Problem, z: f64) -> Self {
        let conf_type = problem.conventions.conf_type.unwrap_or_default();
        let median_rule = problem.conventions.median_rule;
        Self { steps: Vec::new(), events: 0, last: -1, conf_type, median_rule, z }
    }

    /// How far a curve is from all that is wanted of it.
    pub(super) fn miss(&mut self, state: &State<'_>, condition: usize, goals: &CurveGoals) -> f64 {
        let follow_up = |&(censored, ref goal): &(bool, Goals)| {
            goal.miss(spread(&times(state, condition, goals.clock, censored)))
        };
        let follow_ups: f64 = goals.follow_ups.iter().map(follow_up).sum();
        follow_ups + self.curve_miss(state, condition, goals)
    }

    pub(super) fn curve_miss(
        &mut self,
        state: &State<'_>,
        condition: usize,
        goals: &CurveGoals,
    ) -> f64 {
        // Beta products are not made from a variance.
        if self.conf_type == ConfType::Bpcp && !goals.spss && !goals.medians.is_empty() {
            return slow_miss(state, condition, goals).unwrap_or(f64::INFINITY);
        }
        let horizon = goals.rates.iter().map(|&(at, _)| at).fold(0.0, f64::max);
        let floor = if goals.medians.is_empty() { 1.0 } else { 0.5 - REACH };
        let whole = !goals.events.is_empty() || !(goals.spss || goals.medians.is_empty());
        self.run(state, condition, goals.clock, |step| {
            whole || f64::from(step.days) <= horizon || step.survival > floor - HANGING
        });
        let rates: f64 = goals.rates.iter().map(|(at, goal)| goal.miss(self.rate(*at, goal))).sum();
        let events = Values { estimate: Some(self.events as f64), ..Values::default() };
        let counts: f64 = goals.events.iter().map(|goal| goal.miss(events)).sum();
        if goals.medians.is_empty() {
            return rates + counts;
        }
        let (values, hanging) =
            if goals.spss { self.spss_median() } else { (self.crossed_median(), 0) };
        let limits = goals.medians.iter().any(|goal| goal.limits.is_some());
        let hanging = if limits { hanging as f64 } else { 0.0 };
        let medians: f64 = goals.medians.iter().map(|goal| goal.miss(values)).sum();
        rates + counts + medians + HANGS * hanging
    }

    /// Takes steps while the caller wants more, and one beyond.
    fn run(
        &mut self,
        state: &State<'_>,
        condition: usize,
        clock: usize,
        more: impl Fn(Step) -> bool,
    ) {
        self.steps.clear();
        let truth = &state.truth[condition];
        let (days, event) = (&state.days[clock], &state.event[clock]);
        let order = &state.order[clock];
        let mut at_risk: usize =
            order.iter().map(|&row| usize::from(truth[usize::from(row)])).sum();
        let (mut survival, mut variance) = (1.0, 0.0);
        (self.events, self.last) = (0, -1);
        let mut open: Option<(i32, usize, usize)> = None;
        let mut rows = order.iter().map(|&row| usize::from(row)).filter(|&row| truth[row] == 1);
        loop {
            let next = rows.next();
            if let Some((time, deaths, n)) = open
                && next.is_none_or(|row| !event[row] || days[row] != time)
            {
                let (d, n) = (deaths as f64, n as f64);
                survival *= (n - d) / n;
                variance += d / (n * (n - d));
                let step = Step { days: time, survival, variance };
                self.steps.push(step);
                self.events += deaths;
                open = None;
                if !more(step) {
                    return;
                }
            }
            let Some(row) = next else { return };
            self.last = days[row];
            if event[row] {
                let (time, deaths, n) = open.unwrap_or((days[row], 0, at_risk));
                open = Some((time, deaths + 1, n));
            }
            at_risk -= 1;
        }
    }

    /// Survival at a time, with limits where the goal has any; `None` after the last follow-up unless
    /// it is 0.
    fn rate(&self, at: f64, goal: &Goals) -> Values {
        let steps = self.steps.partition_point(|step| f64::from(step.days) <= at);
        let last = steps.checked_sub(1).map(|last| self.steps[last]);
        let step = last.unwrap_or(Step { days: 0, survival: 1.0, variance: 0.0 });
        if at > f64::from(self.last) && step.survival > 0.0 {
            return Values::default();
        }
        let limit = |of: fn(ConfType, f64, f64, f64) -> Option<f64>| {
            goal.limits.and_then(|_| of(self.conf_type, step.survival, step.variance, self.z))
        };
        Values {
            estimate: Some(step.survival),
            lower: limit(ConfType::lower),
            upper: limit(ConfType::upper),
        }
    }

    /// The median by Brookmeyer and Crowley: where the curve and its limits reach one half.
    fn crossed_median(&self) -> Values {
        let (conf_type, z) = (self.conf_type, self.z);
        Values {
            estimate: self.crossing(|own| Some(own.survival)),
            lower: self.crossing(|own| conf_type.lower(own.survival, own.variance, z)),
            upper: self.crossing(|own| conf_type.upper(own.survival, own.variance, z)),
        }
    }

    /// The time at which a value of the steps reaches one half.
    fn crossing(&self, value: impl Fn(&Step) -> Option<f64>) -> Option<f64> {
        let first = |from: usize, bound: f64| {
            let below = |step: &Step| value(step).is_some_and(|own| own <= bound);
            self.steps[from..].iter().position(below).map(|at| from + at)
        };
        let reached = first(0, 0.5 + TOLERANCE)?;
        let below = first(reached, 0.5 - TOLERANCE).unwrap_or(usize::MAX);
        let on_level = value(&self.steps[reached]).is_some_and(|own| own >= 0.5 - TOLERANCE);
        let time = |step: usize| self.steps.get(step).map(|own| f64::from(own.days));
        self.median_rule.resolve(reached, if on_level { below } else { reached }, time)
    }

    /// SPSS's median with its limits, and how many steps hang on what the density is made of.
    fn spss_median(&self) -> (Values, usize) {
        let above = |bound: f64| self.steps.partition_point(|step| step.survival > bound);
        let median = above(0.5 + TOLERANCE);
        let Some(step) = self.steps.get(median) else { return (Values::default(), 0) };
        let estimate = f64::from(step.days);
        let (upper, lower) = (0.5 + REACH, 0.5 - REACH);
        let high = self.steps.partition_point(|step| step.survival >= upper - TOLERANCE);
        let low = above(lower + TOLERANCE);
        let bare = Values { estimate: Some(estimate), ..Values::default() };
        let (Some(high), Some(low)) = (high.checked_sub(1), self.steps.get(low)) else {
            return (bare, 0);
        };
        let high = self.steps[high];
        let near = |step: &Step| {
            (step.survival - upper).abs() < HANGING || (step.survival - lower).abs() < HANGING
        };
        let density = (high.survival - low.survival) / f64::from(low.days - high.days);
        let error = Z * step.survival * step.variance.sqrt() / density;
        if !error.is_finite() {
            return (bare, 0);
        }
        let limit = |limit: f64| Some(limit.max(0.0));
        let values = Values {
            estimate: Some(estimate),
            lower: limit(estimate - error),
            upper: limit(estimate + error),
        };
        (values, self.steps.iter().filter(|step| near(step)).count())
    }
}

/// The times of a clock in their order, of all rows or the censored ones.
pub(super) fn times(state: &State<'_>, condition: usize, clock: usize, censored: bool) -> Vec<i32> {
    let rows = state.order[clock].iter().map(|&row| usize::from(row));
    let wanted =
        |row: &usize| state.truth[condition][*row] == 1 && !(censored && state.event[clock][*row]);
    rows.filter(wanted).map(|row| state.days[clock][row]).collect()
}

/// Median and range of times in their order.
pub(super) fn spread(times: &[i32]) -> Values {
    let n = times.len();
    let middle = || 0.5 * f64::from(times[(n - 1) / 2]) + 0.5 * f64::from(times[n / 2]);
    Values {
        estimate: (n > 0).then(middle),
        lower: times.first().map(|&own| f64::from(own)),
        upper: times.last().map(|&own| f64::from(own)),
    }
}

/// The same by the estimator itself.
pub(super) fn slow_miss(state: &State<'_>, condition: usize, goals: &CurveGoals) -> Option<f64> {
    let truth = &state.truth[condition];
    let rows = state.order[goals.clock].iter().map(|&row| usize::from(row));
    let rows: Vec<usize> = rows.filter(|&row| truth[row] == 1).collect();
    let days: Vec<i32> = rows.iter().map(|&row| state.days[goals.clock][row]).collect();
    let event: Vec<bool> = rows.iter().map(|&row| state.event[goals.clock][row]).collect();
    let events = event.iter().filter(|&&own| own).count();
    let problem = state.compiled.problem;
    let estimator: KaplanMeier = problem.conventions.kaplan_meier(problem.conf_level);
    let curves = estimator.fit(&Cohort::builder(days, event).build().ok()?).ok()?;
    let curve = &curves.curves()[0];
    let found = curve.quantile(0.5).ok()?;
    let values = Values { estimate: found.estimate, lower: found.lower, upper: found.upper };
    let medians: f64 = goals.medians.iter().map(|goal| goal.miss(values)).sum();
    let rate = |at: f64| {
        let found = curve.at(at);
        Values { estimate: found.survival, lower: found.lower, upper: found.upper }
    };
    let rates: f64 = goals.rates.iter().map(|(at, goal)| goal.miss(rate(*at))).sum();
    let events = Values { estimate: Some(events as f64), ..Values::default() };
    let counts: f64 = goals.events.iter().map(|goal| goal.miss(events)).sum();
    Some(medians + rates + counts)
}
