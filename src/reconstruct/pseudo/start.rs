//! Where a search begins: labels at random, times from a lognormal law through what is printed of
//! the largest group, earlier where the printed hazard ratios say so.

use rand::{Rng, RngExt};

use super::compiled::{Compiled, PartKind};
use super::goal::{Goal, Goals, Values};
use super::problem::Clock;
use super::state::State;
use crate::error::{Error, Result};
use crate::numeric::tails::normal_upper;

/// Spread of the logarithm of time where nothing printed tells it, and its bounds.
const SPREAD: f64 = 1.0;
const SPREADS: [f64; 2] = [0.4, 1.6];
/// Trades of labels after which printed counts of rows are left to the search.
const TRADES: usize = 50_000;
/// How much of a row's place on an inner clock comes from the outer one.
const ALIKE: f64 = 0.7;

/// The law that times of a clock tend to: ln(days + 1) is normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Law {
    pub(super) mean: f64,
    pub(super) spread: f64,
}

impl Law {
    /// The law of a clock: through the median of its largest group, as wide as the landmark rates
    /// or else the median's interval say.
    fn new(state: &State<'_>, clock: usize) -> Self {
        let compiled = state.compiled;
        let curves = compiled.of_clock[clock].iter().filter_map(|&part| {
            let part = &compiled.parts[part];
            let PartKind::Curve(goals) = &part.kind else { return None };
            let n = state.truth[part.condition].iter().map(|&own| usize::from(own)).sum::<usize>();
            Some((n, goals))
        });
        let with_median = curves.filter(|(_, goals)| !goals.medians.is_empty());
        let largest = with_median.max_by_key(|&(n, _)| n);
        let fallback = compiled.problem.clocks[clock].max_days as f64 / 4.0;
        let Some((n, goals)) = largest else {
            return Self { mean: fallback.ln_1p(), spread: SPREAD };
        };
        let median = middle_of(&goals.medians[0]).unwrap_or(fallback);
        let mean = median.ln_1p();
        let by_rates = goals.rates.iter().filter_map(|(at, goal)| {
            let survival = goal.estimate.middle()?;
            let z = normal_quantile(1.0 - survival);
            (z.abs() > 0.2).then(|| (at.ln_1p() - mean) / z)
        });
        let by_rates: Vec<f64> = by_rates.collect();
        let spread = match by_rates.len() {
            0 => by_interval(&goals.medians[0], median, n).unwrap_or(SPREAD),
            len => by_rates.iter().sum::<f64>() / len as f64,
        };
        Self { mean, spread: spread.clamp(SPREADS[0], SPREADS[1]) }
    }

    pub(super) fn draw(&self, max: i64, rng: &mut impl Rng) -> i32 {
        let time = (self.mean + self.spread * normal(rng)).exp() - 1.0;
        time.round().clamp(0.0, max as f64) as i32
    }

    /// The logarithm of the density of ln(days + 1), but for a constant.
    pub(super) fn log_density(&self, days: i32) -> f64 {
        let z = (f64::from(days).ln_1p() - self.mean) / self.spread;
        -0.5 * z * z
    }
}

/// The middle of a printed median, or twice its lower limit where it is not reached.
fn middle_of(goals: &Goals) -> Option<f64> {
    let lower = |limits: [Goal; 2]| limits[0].middle().map(|lower| 2.0 * lower + 1.0);
    goals.estimate.middle().or_else(|| goals.limits.and_then(lower)).map(|own| own.max(1.0))
}

/// From the width of an interval: the standard error of S at the median over the density there.
fn by_interval(goals: &Goals, median: f64, n: usize) -> Option<f64> {
    let [lower, upper] = goals.limits?;
    let half = 0.5 * (upper.middle()? - lower.middle()?) / 1.96;
    // The density at the median is φ(0)/(spread·median), the error of S about 1/(2√n).
    (half > 0.0).then(|| half * 2.0 * (n as f64).sqrt() * 0.398_942 / median)
}

/// Rows in the state that a restart begins with, and the laws of the clocks.
pub(super) fn begin<'c>(
    compiled: &'c Compiled<'c>,
    labels: Vec<Vec<i32>>,
    rng: &mut impl Rng,
) -> Result<(State<'c>, Vec<Law>)> {
    let mut state = State::new(compiled, labels);
    meet_counts(&mut state, rng);
    let clocks = 0..compiled.problem.clocks.len();
    let laws: Vec<Law> = clocks.clone().map(|clock| Law::new(&state, clock)).collect();
    for clock in clocks {
        deal_times(&mut state, clock, laws[clock], rng);
    }
    for row in 0..compiled.problem.rows {
        make_valid(&mut state, row, &laws, rng)?;
    }
    state.keep();
    Ok((state, laws))
}

/// Trades labels between rows until printed counts of rows come out, as far as they do: how many
/// rows meet a condition, and how many a model has.
fn meet_counts(state: &mut State<'_>, rng: &mut impl Rng) {
    let compiled = state.compiled;
    let counted = compiled.parts.iter().filter(|part| match &part.kind {
        PartKind::Curve(_) => false,
        PartKind::Fit(goals) => goals.n.is_some(),
        PartKind::Count(_) => true,
    });
    let labels = counted.flat_map(|part| compiled.conditions[part.condition].labels());
    let labels: Vec<usize> = labels.collect();
    let mut off = off_counts(state);
    for _ in 0..TRADES {
        if off == 0.0 || labels.is_empty() {
            break;
        }
        let label = labels[rng.random_range(0..labels.len())];
        let rows = [(); 2].map(|()| rng.random_range(0..compiled.problem.rows));
        let old = rows.map(|row| state.labels[label][row]);
        if old[0] == old[1] {
            continue;
        }
        state.set_label(label, rows[0], old[1]);
        state.set_label(label, rows[1], old[0]);
        let now = off_counts(state);
        if now <= off {
            off = now;
            state.keep();
        } else {
            state.undo();
        }
    }
}

fn off_counts(state: &State<'_>) -> f64 {
    let rows = state.compiled.problem.rows;
    let off = |part: &super::compiled::Part| {
        let holds = |row: &usize| state.truth[part.condition][*row] == 1;
        match &part.kind {
            PartKind::Curve(_) => 0.0,
            PartKind::Count(goals) => {
                let estimate = Some((0..rows).filter(holds).count() as f64);
                goals.miss(Values { estimate, ..Values::default() })
            }
            PartKind::Fit(goals) => goals.n.map_or(0.0, |n| {
                let inside = |row: &usize| holds(row) && state.is_member(goals.clock, *row);
                (0..rows).filter(inside).count().abs_diff(n) as f64
            }),
        }
    };
    state.compiled.parts.iter().map(off).sum()
}

fn deal_times(state: &mut State<'_>, clock: usize, law: Law, rng: &mut impl Rng) {
    let own = &state.compiled.problem.clocks[clock];
    let rows: Vec<usize> =
        (0..state.compiled.problem.rows).filter(|&row| state.is_member(clock, row)).collect();
    let mut days: Vec<i32> = rows.iter().map(|_| law.draw(own.max_days, rng)).collect();
    days.sort_unstable();
    let mut scored: Vec<(f64, usize)> =
        rows.iter().map(|&row| (score(state, clock, row, rng), row)).collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (&(_, row), &days) in scored.iter().zip(&days) {
        let event = !may_be_censored(own, days) || rng.random_bool(0.6);
        state.set_ending(clock, row, Some((days, event)));
        state.follow(row);
    }
}

fn may_be_censored(clock: &Clock, days: i32) -> bool {
    clock.min_censoring.is_none_or(|least| i64::from(days) >= least)
}

/// The larger, the later.
fn score(state: &State<'_>, clock: usize, row: usize, rng: &mut impl Rng) -> f64 {
    let exponential = -(1.0 - rng.random::<f64>()).ln();
    let own = exponential.max(1e-9).ln() - linear_predictor(state, clock, row);
    let outer = state.compiled.problem.clocks[clock].bounds.first();
    match outer.and_then(|bound| state.ending(bound.clock, row)) {
        Some((days, _)) => ALIKE * f64::from(days).ln_1p() + (1.0 - ALIKE) * own,
        None => own,
    }
}

/// By the printed hazard ratios of the clock's models.
fn linear_predictor(state: &State<'_>, clock: usize, row: usize) -> f64 {
    let compiled = state.compiled;
    let fits =
        compiled.of_clock[clock].iter().filter_map(|&part| match &compiled.parts[part].kind {
            PartKind::Fit(goals) => Some(goals),
            _ => None,
        });
    let sums = fits.map(|goals| {
        let term = |&(column, goal): &(usize, Goals)| {
            let ratio = goal.estimate.middle().filter(|&ratio| ratio > 0.0).unwrap_or(1.0);
            ratio.ln() * state.covariates(goals.model, row)[column]
        };
        goals.ratios.iter().map(term).sum::<f64>()
    });
    sums.sum()
}

/// Draws a row's times anew until they obey the rules; at last all of them are events.
fn make_valid(state: &mut State<'_>, row: usize, laws: &[Law], rng: &mut impl Rng) -> Result<()> {
    for attempt in 0..200 {
        if state.is_valid(row) {
            return Ok(());
        }
        for (clock, law) in laws.iter().enumerate() {
            if state.is_member(clock, row) {
                let own = &state.compiled.problem.clocks[clock];
                let days = law.draw(own.max_days, rng);
                let event = attempt > 50 || !may_be_censored(own, days) || rng.random_bool(0.5);
                state.set_ending(clock, row, Some((days, event)));
            }
        }
        state.follow(row);
    }
    let name = &state.compiled.problem.name;
    Err(Error::analysis(format!(
        "block {name}: no times were found for a row that obey the bounds of its clocks"
    )))
}

/// A standard normal number.
pub(super) fn normal(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// Good to a hundredth, which is enough to begin with.
fn normal_quantile(p: f64) -> f64 {
    let tail = p.min(1.0 - p).max(1e-9);
    let root = (-2.0 * tail.ln()).sqrt();
    let z = root - (2.30753 + 0.27061 * root) / (1.0 + root * (0.99229 + 0.04481 * root));
    if p < 0.5 { -z } else { z }
}

/// The normal quantile that a tail of this probability lies beyond, by halving.
pub(super) fn normal_upper_quantile(tail: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if normal_upper(middle).p > tail { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
