//! Covariates over risk sets at every event time: their sums, means, and the integral of the mean.

use super::frame::Frame;
use super::likelihood::Point;
use crate::numeric::panel::add_rows;

/// Sums of covariates over the risk set of every slot.
#[derive(Debug)]
pub(super) struct Means<'a> {
    frame: &'a Frame<'a>,
    point: &'a Point,
    /// S1, and E1 where Efron's formula needs it.
    risk: Vec<f64>,
    events: Option<Vec<f64>>,
    /// M(t) = Σ w̄ Σ (S1 − f E1)/φ² over event times up to t, which is ∫ x̄ dΛ.
    drift: Vec<f64>,
}

impl<'a> Means<'a> {
    pub(super) fn new(frame: &'a Frame<'a>, point: &'a Point) -> Self {
        let spreads = point.hazard.inner.iter().any(|own| own.spread > 0.0);
        let risk = over_risk_sets(frame, &point.state.theta);
        let events = spreads.then(|| over_events(frame, &point.state.theta));
        let mut means = Self { frame, point, risk, events, drift: Vec::new() };
        means.drift = means.integral();
        means
    }

    fn integral(&self) -> Vec<f64> {
        let width = self.frame.width;
        let mut drift = vec![0.0; self.risk.len()];
        for slot in self.frame.sets.event_slots() {
            let inner = &self.point.hazard.inner[slot];
            let own = &mut drift[slot * width..][..width];
            self.combine(slot, inner.square, -inner.centre * inner.square, own);
        }
        self.frame.sets.accumulate_rows_forwards(&mut drift, width);
        drift
    }

    /// Adds a·S1 + b·E1 of a slot to `out`.
    fn combine(&self, slot: usize, a: f64, b: f64, out: &mut [f64]) {
        let cells = slot * self.frame.width..(slot + 1) * self.frame.width;
        out.iter_mut().zip(&self.risk[cells.clone()]).for_each(|(out, x)| *out += a * x);
        if let Some(events) = &self.events {
            out.iter_mut().zip(&events[cells]).for_each(|(out, x)| *out += b * x);
        }
    }

    /// Adds factor·x̄ to `out`: the mean over the risk set with which a failure is compared, under
    /// Efron's formula averaged over the tied events.
    pub(super) fn add_mean(&self, slot: usize, factor: f64, out: &mut [f64]) {
        let inner = &self.point.hazard.inner[slot];
        let factor = factor / self.frame.tied[slot] / self.frame.mean_weight[slot];
        self.combine(slot, factor * inner.hazard, -factor * inner.spared, out);
    }

    /// Adds factor·Σ w̄ f (S1 − f E1)/φ² to `out`: the part of M that a tied event is spared.
    pub(super) fn add_spared(&self, slot: usize, factor: f64, out: &mut [f64]) {
        let inner = &self.point.hazard.inner[slot];
        let first = inner.centre * inner.square;
        let second = inner.spread + inner.centre * first;
        self.combine(slot, factor * first, -factor * second, out);
    }

    /// M at a slot.
    pub(super) fn drift(&self, slot: usize) -> &[f64] {
        &self.drift[slot * self.frame.width..][..self.frame.width]
    }
}

fn over_risk_sets(frame: &Frame<'_>, theta: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; frame.sets.len() * frame.width];
    scatter(frame, theta, frame.sets.to(), &mut sums);
    if let Some(from) = frame.sets.from() {
        let less: Vec<f64> = theta.iter().map(|theta| -theta).collect();
        scatter(frame, &less, from, &mut sums);
    }
    frame.sets.accumulate_rows_backwards(&mut sums, frame.width);
    sums
}

fn over_events(frame: &Frame<'_>, theta: &[f64]) -> Vec<f64> {
    let own = |(&theta, &event): (&f64, &bool)| if event { theta } else { 0.0 };
    let theta: Vec<f64> = theta.iter().zip(&*frame.rows.event).map(own).collect();
    let mut sums = vec![0.0; frame.sets.len() * frame.width];
    scatter(frame, &theta, frame.sets.to(), &mut sums);
    sums
}

/// Adds factor·x of every row to its slot.
fn scatter(frame: &Frame<'_>, factors: &[f64], slots: &[u32], table: &mut [f64]) {
    add_rows((table, frame.width), frame.rows_from(0), factors, slots);
}
