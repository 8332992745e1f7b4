//! The hazard at event times, and what it expects of rows.

use rayon::prelude::*;

use super::State;
use super::relative_risk::{Relative, Walk};
use super::state::Covariates;
use crate::cox::frame::Frame;
use crate::cox::ties::{Inner, Tied, Ties};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::panel::ROWS;
use crate::risk::PARALLEL_ROWS;

/// Sums over the tied events at every slot.
#[derive(Debug)]
pub(in crate::cox) struct Hazard {
    /// Λ at every slot.
    pub(in crate::cox) cumulative: Vec<f64>,
    pub(in crate::cox) inner: Vec<Inner>,
    /// What is expected of a row with r = 1 that has been at risk from the beginning, by cell.
    expected: Vec<f64>,
}

impl Hazard {
    /// From S0 and E0 at every slot.
    pub(super) fn new(frame: &Frame<'_>, ties: Ties, risk: &[f64], events: &[f64]) -> Self {
        let inner = |slot: usize| {
            let Frame { tied, mean_weight, .. } = frame;
            let (count, mean_weight) = (tied[slot], mean_weight[slot]);
            let tied = Tied { count, mean_weight, risk: risk[slot], events: events[slot] };
            match ties {
                _ if count == 0.0 => Inner::default(),
                Ties::Efron => tied.efron(),
                Ties::Breslow | Ties::Exact => tied.breslow(),
            }
        };
        let slots = 0..frame.sets.len();
        let inner = match frame.len() < PARALLEL_ROWS {
            true => slots.map(inner).collect(),
            false => slots.into_par_iter().map(inner).collect(),
        };
        Self::of(frame, inner)
    }

    pub(super) fn of(frame: &Frame<'_>, inner: Vec<Inner>) -> Self {
        let mut cumulative: Vec<f64> = inner.iter().map(|own| own.hazard).collect();
        frame.sets.accumulate_forwards(&mut cumulative);
        let mut expected = vec![0.0; 2 * inner.len()];
        let cells = expected.chunks_exact_mut(2).zip(cumulative.iter().zip(&inner));
        cells.for_each(|(cells, (own, inner))| cells.copy_from_slice(&[*own, own - inner.spared]));
        Self { cumulative, inner, expected }
    }

    /// With every increment multiplied, by a factor that is not negative.
    pub(in crate::cox) fn scaled(&self, frame: &Frame<'_>, factor: &[f64]) -> Self {
        let scaled = |(own, &factor): (&Inner, &f64)| own.scaled(factor);
        Self::of(frame, self.inner.iter().zip(factor).map(scaled).collect())
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
        self.inner.iter().zip(&other.inner).map(off).fold(0.0, worse)
    }

    /// The events expected of some rows, v.
    pub(super) fn expected(&self, frame: &Frame<'_>, own: &Relative<'_>) -> [f64; ROWS] {
        let mut expected = [0.0; ROWS];
        let rows = own.theta.iter().zip(&own.cells);
        for (expected, (theta, &cell)) in expected.iter_mut().zip(rows) {
            *expected = theta * self.expected[cell as usize];
        }
        if let Some(from) = frame.sets.from() {
            let from = own.theta.iter().zip(&from[own.first..]);
            let before = from.map(|(theta, &slot)| theta * self.cumulative[slot as usize]);
            expected.iter_mut().zip(before).for_each(|(expected, before)| *expected -= before);
        }
        expected
    }

    pub(super) fn log_likelihood(&self, frame: &Frame<'_>, state: &State) -> f64 {
        let logs: f64 = frame.sets.event_slots().map(|slot| self.inner[slot].log).sum();
        state.events_predictor - logs
    }
}
