//! The hazard at event times, and what it expects of rows.

use std::ops::RangeInclusive;

use rayon::prelude::*;

use super::State;
use super::relative_risk::{Relative, Walk};
use super::state::Covariates;
use crate::cox::frame::{Frame, Plan};
use crate::cox::ties::{Inner, Tied, Ties};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::panel::ROWS;
use crate::numeric::sum::sum_of_logs;
use crate::risk::PARALLEL_ROWS;

/// Sums over the tied events at every slot.
#[derive(Debug, Default)]
pub(in crate::cox) struct Hazard {
    /// Λ at every slot.
    pub(in crate::cox) cumulative: Vec<f64>,
    /// Σ w̄ ln φ over all slots, from sums at every slot.
    log: f64,
    /// Σ w̄/φ and Σ w̄/φ² at every slot, which is all there is of most.
    plain: Vec<f64>,
    /// The others, in order.
    tied: Vec<(u32, Inner)>,
    /// What is expected of a row with r = 1 that has been at risk from the beginning, by cell; empty
    /// in a sweep, which meets the slots in order.
    expected: Vec<f64>,
}

/// Slots of which the sums are found together.
const SLOTS: usize = 1024;

impl Hazard {
    /// From S0 and E0 at every slot.
    pub(super) fn new(frame: &Frame<'_>, ties: Ties, risk: &[f64], events: &[f64]) -> Self {
        let tied = |slot: usize| Tied {
            count: frame.tied[slot],
            mean_weight: frame.mean_weight(slot),
            risk: risk[slot],
            events: events[slot],
        };
        let inner = |slot: usize| match frame.tied[slot] {
            0.0 => Inner::default(),
            _ => tied(slot).inner(ties),
        };
        let own = Self::of(frame, inner);
        let log = |part: usize| {
            let slots = (part * SLOTS..frame.sets.len().min((part + 1) * SLOTS)).map(tied);
            let events = slots.filter(|tied| tied.count > 0.0);
            sum_of_logs(events.map(|tied| (tied.count * tied.mean_weight, tied.risk)))
        };
        let parts = (0..frame.sets.len().div_ceil(SLOTS)).into_par_iter();
        let logs: Vec<f64> = parts.with_min_len(PARALLEL_ROWS / SLOTS).map(log).collect();
        Self { log: own.log + logs.iter().sum::<f64>(), ..own }
    }

    /// From the sums at every slot.
    pub(super) fn of(frame: &Frame<'_>, inner: impl Fn(usize) -> Inner + Sync) -> Self {
        let slots = frame.sets.len();
        let [mut plain, mut cumulative] = [2 * slots, slots].map(|len| frame.spare.any(len));
        let pairs = plain.as_chunks_mut::<2>().0;
        let chunk = |(at, own): (usize, Places<'_>)| fill(at * SLOTS, own, &inner);
        let parts = pairs
            .par_chunks_mut(SLOTS)
            .zip(cumulative.par_chunks_mut(SLOTS))
            .enumerate()
            .with_min_len(PARALLEL_ROWS / SLOTS);
        let parts: Vec<(f64, Vec<(u32, Inner)>)> = parts.map(chunk).collect();
        let log = parts.iter().map(|(log, _)| log).sum();
        let tied = parts.into_iter().flat_map(|(_, tied)| tied).collect();
        frame.sets.accumulate_forwards(&mut cumulative);
        let own = Self { cumulative, log, plain, tied, expected: Vec::new() };
        match frame.plan {
            Plan::Table => Self { expected: own.by_cell(), ..own },
            Plan::Sweep(_) => own,
        }
    }

    pub(super) fn forget(&mut self, frame: &Frame<'_>) {
        let Self { cumulative, plain, .. } = std::mem::take(self);
        [cumulative, plain].into_iter().for_each(|own| frame.spare.keep(own));
    }

    fn plain(&self) -> &[[f64; 2]] {
        self.plain.as_chunks().0
    }

    fn by_cell(&self) -> Vec<f64> {
        let mut cells: Vec<f64> = self.cumulative.iter().flat_map(|own| [*own; 2]).collect();
        self.tied.iter().for_each(|(slot, own)| cells[2 * *slot as usize + 1] -= own.spared);
        cells
    }

    /// Σ w̄/φ² at some slots.
    pub(super) fn squares(&self, slots: RangeInclusive<usize>) -> impl Iterator<Item = f64> + '_ {
        self.plain()[slots].iter().map(|[_, square]| *square)
    }

    /// Those with several events of some slots.
    pub(super) fn tied(&self, slots: RangeInclusive<usize>) -> &[(u32, Inner)] {
        let until = |most: usize| self.tied.partition_point(|(slot, _)| (*slot as usize) < most);
        &self.tied[until(*slots.start())..until(slots.end() + 1)]
    }

    /// The sums at a slot, without the logarithm.
    pub(super) fn inner(&self, frame: &Frame<'_>, slot: usize) -> Inner {
        let tied = (frame.tied[slot] > 1.0).then(|| self.tied_at(slot)).flatten();
        tied.unwrap_or_else(|| plain(self.plain()[slot]))
    }

    fn tied_at(&self, slot: usize) -> Option<Inner> {
        let at = self.tied.binary_search_by_key(&slot, |(slot, _)| *slot as usize);
        at.ok().map(|at| self.tied[at].1)
    }

    /// The same at all slots.
    pub(in crate::cox) fn all(&self) -> Vec<Inner> {
        let mut all: Vec<Inner> = self.plain().iter().copied().map(plain).collect();
        self.tied.iter().for_each(|(slot, own)| all[*slot as usize] = *own);
        all
    }

    /// With every increment multiplied, by a factor that is not negative.
    pub(in crate::cox) fn scaled(&self, frame: &Frame<'_>, factor: &[f64]) -> Self {
        Self { log: 0.0, ..Self::of(frame, |slot| self.inner(frame, slot).scaled(factor[slot])) }
    }

    /// The hazard at β = 0, which takes no covariates.
    pub(super) fn at_zero(frame: &Frame<'_>, ties: Ties) -> Self {
        let walk = Walk { frame, beta: &[], shift: None, foreseen: None };
        let [risk, events] = walk.without_covariates();
        Self::new(frame, ties, &risk, &events)
    }

    /// The hazard after a step, as the sums at a state and the information there let it foresee:
    /// along a step s, ln S0 changes by x̄'s + s'Vs/2 with V the variance over the risk set, of which
    /// only the mean over events is known. None where there are no sums of covariates by time.
    pub(super) fn foreseen(
        (frame, ties): (&Frame<'_>, Ties),
        state: &State,
        information: &SymMatrix,
        step: &[f64],
    ) -> Option<Self> {
        let (Covariates::Table { risk: risk_x, events: events_x }, None) =
            (&state.covariates, &state.shift)
        else {
            return None;
        };
        let spread = 0.5 * information.form(step) / frame.event_weights().sum::<f64>();
        let after = |sums: &[f64], sums_x: &[f64]| -> Vec<f64> {
            let mut along = vec![0.0; sums.len()];
            for (sums_x, step) in sums_x.chunks_exact(sums.len()).zip(step) {
                along.iter_mut().zip(sums_x).for_each(|(along, sum)| *along += step * sum);
            }
            let own = |(&sum, along): (&f64, f64)| match sum > 0.0 {
                true => sum * (along / sum + spread).exp(),
                false => 0.0,
            };
            sums.iter().zip(along).map(own).collect()
        };
        let (risk, events) = (after(&state.risk, risk_x), after(&state.events, events_x));
        Some(Self::new(frame, ties, &risk, &events))
    }

    /// How far off this one is from another: the largest relative difference of an increment, with
    /// or without what its own events are spared. What it expects of a row is off by no more, however
    /// short the stay.
    pub(super) fn off(&self, other: &Self) -> f64 {
        let off = |(own, other): (&Inner, &Inner)| {
            let [own_less, other_less] = [own, other].map(|inner| inner.hazard - inner.spared);
            match other.hazard > 0.0 {
                true => {
                    let by = (own.hazard - other.hazard).abs().max((own_less - other_less).abs());
                    by / other.hazard
                }
                false => 0.0,
            }
        };
        // What is not a number is far off.
        let worse = |far: f64, own: f64| if own.is_nan() { f64::INFINITY } else { far.max(own) };
        self.all().iter().zip(&other.all()).map(off).fold(0.0, worse)
    }

    /// The events expected of some rows, v.
    pub(super) fn expected(&self, frame: &Frame<'_>, own: &Relative<'_>) -> [f64; ROWS] {
        let mut expected = [0.0; ROWS];
        let rows = expected.iter_mut().zip(own.theta.iter().zip(&own.cells));
        match frame.plan {
            Plan::Table => rows.for_each(|(expected, (theta, &cell))| {
                *expected = theta * self.expected[cell as usize];
            }),
            Plan::Sweep(_) => rows.for_each(|(expected, (theta, &cell))| {
                *expected = theta * self.cumulative[cell as usize / 2];
            }),
        }
        if let (Plan::Sweep(_), false) = (&frame.plan, self.tied.is_empty()) {
            let fails = own.cells.iter().enumerate().filter(|(_, cell)| !cell.is_multiple_of(2));
            for (at, &cell) in fails.take_while(|(at, _)| *at < own.theta.len()) {
                expected[at] -= own.theta[at] * self.inner(frame, cell as usize / 2).spared;
            }
        }
        if let Some(from) = frame.sets.from() {
            let from = own.theta.iter().zip(&from[own.first..]);
            let before = from.map(|(theta, &slot)| theta * self.cumulative[slot as usize]);
            expected.iter_mut().zip(before).for_each(|(expected, before)| *expected -= before);
        }
        expected
    }

    pub(super) fn log_likelihood(&self, state: &State) -> f64 {
        state.events_predictor - self.log
    }
}

/// The sums of a slot without several events.
fn plain([hazard, square]: [f64; 2]) -> Inner {
    Inner { hazard, square, ..Inner::default() }
}

/// Where the sums of some slots go: what is plain of them, and the increments of the hazard.
type Places<'a> = (&'a mut [[f64; 2]], &'a mut [f64]);

/// Writes the sums at the slots from one on; the sum of their logarithms, and those of tied events.
fn fill(
    first: usize,
    (plain, increments): Places<'_>,
    inner: &impl Fn(usize) -> Inner,
) -> (f64, Vec<(u32, Inner)>) {
    let (mut log, mut tied) = (0.0, Vec::new());
    for (slot, (plain, increment)) in (first..).zip(plain.iter_mut().zip(increments)) {
        let own = inner(slot);
        (*plain, *increment) = ([own.hazard, own.square], own.hazard);
        log += own.log;
        if own.spared != 0.0 || own.spread != 0.0 {
            tied.push((slot as u32, own));
        }
    }
    (log, tied)
}
