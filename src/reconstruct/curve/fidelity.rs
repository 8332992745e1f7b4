//! How far a reconstructed curve is from the points.

use serde::Serialize;

use super::axis::Calibrated;
use super::outcome::Individual;

/// A click may be off by this share of the time axis.
pub(super) const HAND: f64 = 0.004;

/// Differences of survival between points and reconstruction.
///
/// A point is compared with the drawn line, steps and risers, within 0.4 % of the time axis: a click
/// beside a drop may be on either side of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fidelity {
    /// Mean absolute difference.
    pub mean_abs: f64,
    /// Root of the mean square.
    pub rmse: f64,
    /// The largest.
    pub max_abs: f64,
}

/// Survival after each distinct event time, of individuals by time.
pub(super) fn steps(people: &[Individual]) -> Vec<(f64, f64)> {
    let (mut steps, mut survival, mut at) = (Vec::new(), 1.0, 0);
    while at < people.len() {
        let time = people[at].time;
        let next = at + people[at..].iter().take_while(|own| own.time == time).count();
        let events = people[at..next].iter().filter(|own| own.event).count();
        if events > 0 {
            survival *= 1.0 - events as f64 / (people.len() - at) as f64;
            steps.push((time, survival));
        }
        at = next;
    }
    steps
}

/// Survival at a time, from the steps.
pub(super) fn survival_at(steps: &[(f64, f64)], time: f64) -> f64 {
    let after = steps.partition_point(|own| own.0 <= time);
    after.checked_sub(1).map_or(1.0, |at| steps[at].1)
}

impl Fidelity {
    pub(super) fn of(people: &[Individual], curve: &Calibrated) -> Self {
        let steps = steps(people);
        let close = HAND * curve.time.last().copied().unwrap_or(0.0);
        let (mut sum, mut squares, mut max_abs) = (0.0, 0.0, 0.0f64);
        for (&time, &seen) in curve.time.iter().zip(&curve.survival) {
            let high = survival_at(&steps, time - close);
            let low = survival_at(&steps, time + close);
            let off = (seen - high).max(low - seen).max(0.0);
            sum += off;
            squares += off * off;
            max_abs = max_abs.max(off);
        }
        let count = curve.time.len() as f64;
        Self { mean_abs: sum / count, rmse: (squares / count).sqrt(), max_abs }
    }
}
