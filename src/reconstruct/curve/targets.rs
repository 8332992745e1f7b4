//! What survival is to be where: clicks, and what is printed.

use super::axis::Calibrated;
use super::input::{DigitisedCurve, rate_bounds};
use super::walk::MISS;

/// Times closer than this share of the axis are one time to a clicking hand.
const HAND: f64 = 0.02;

/// What a click counts that has two others of its plateau on either side.
const INSIDE: f64 = 0.02;
/// What a click counts that is half-way down a drop.
pub(super) const HALF_WAY: f64 = 0.05;
/// Clicks closer than this share of the axis may be on one drop.
const ONE_DROP: f64 = 0.008;

/// What is known about survival at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    /// A click, and what it counts.
    Seen(f64, f64),
    /// Nothing but that time passes.
    Free,
    /// Between two values, ends included.
    Within(f64, f64),
    /// Above a value.
    Above(f64),
    /// At most a value.
    AtMost(f64),
}

impl Aim {
    /// How badly a survival misses it.
    #[inline]
    pub(super) fn cost(self, s: f64, weight: f64) -> f64 {
        const EDGE: f64 = 1e-9;
        let miss = |by: f64| if by > 0.0 { MISS + by * by * weight } else { 0.0 };
        match self {
            Self::Seen(seen, counts) => (s - seen) * (s - seen) * weight * counts,
            Self::Free => 0.0,
            Self::Within(low, high) => miss((low - s).max(s - high) - EDGE),
            Self::Above(level) => miss(level + EDGE - s),
            Self::AtMost(level) => miss(s - level - EDGE),
        }
    }
}

/// A stop of the search: a time, what is known there, and about where survival is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    pub(super) time: f64,
    pub(super) aim: Aim,
    pub(super) about: f64,
    /// Survival at the next click.
    pub(super) below: f64,
}

impl DigitisedCurve {
    /// All stops after time 0, by time.
    pub(super) fn stops(&self, curve: &Calibrated) -> Vec<Stop> {
        let mut curve = curve.clone();
        let printed = self.printed_stops(&mut curve);
        let counts = self.counts(&curve);
        let clicks = curve.time.iter().zip(curve.survival.iter().zip(counts));
        let seen = |(&time, (&own, counts)): (&f64, (&f64, f64))| Stop {
            time,
            aim: Aim::Seen(own, counts),
            about: own,
            below: own,
        };
        let mut stops: Vec<Stop> = clicks.map(seen).filter(|own| own.time > 0.0).collect();
        stops.extend(printed);
        let last = curve.time.last().copied().unwrap_or(0.0);
        let end = self.end().max(last);
        let free = |time, about| Stop { time, aim: Aim::Free, about, below: about };
        if end > last {
            stops.push(free(end, curve.survival.last().copied().unwrap_or(1.0)));
        }
        let inside = self.table.rows().iter().filter(|row| row.time > 0.0 && row.time < end);
        // An event at the very time of a number at risk is still counted there: it comes after.
        stops.splice(0..0, inside.map(|row| free(row.time, f64::NAN)));
        stops.sort_by(|a, b| a.time.total_cmp(&b.time));
        if self.table.rows().iter().any(|row| row.time == end) {
            before_end(&mut stops);
        }
        fill(&mut stops);
        stops
    }

    /// What each click counts. Clicks on one plateau err alike, so a long row of them counts as two;
    /// one half-way down a single event's drop, where a thick line was traced, counts little.
    fn counts(&self, curve: &Calibrated) -> Vec<f64> {
        let (survival, noise) = (&curve.survival, self.points.noise);
        let mut counts = Vec::with_capacity(survival.len());
        while counts.len() < survival.len() {
            let rest = &survival[counts.len()..];
            let same = rest.iter().take_while(|own| rest[0] - **own <= noise / 2.0).count();
            let ends = |at: usize| if at.min(same - 1 - at) < 2 { 0.5 } else { INSIDE };
            counts.extend(
                (0..same).map(|at| if same < 4 { 2.0 / same.max(2) as f64 } else { ends(at) }),
            );
        }
        for (at, counts) in counts.iter_mut().enumerate() {
            if self.half_way(curve, at) {
                *counts = HALF_WAY;
            }
        }
        counts
    }

    /// Whether a click lies between two close ones that a single event is apart.
    fn half_way(&self, curve: &Calibrated, at: usize) -> bool {
        let (time, survival) = (&curve.time, &curve.survival);
        let one = survival[at] / self.about_at_risk(time[at], survival[at]).max(1.0);
        let apart = (0.2 * one).max(self.points.noise / 4.0);
        let close = ONE_DROP * self.end();
        let before = (0..at).rev().take_while(|&own| time[at] - time[own] <= close);
        let mut before = before.filter(|&own| survival[own] - survival[at] > apart);
        let Some(before) = before.next() else { return false };
        let after = (at + 1..time.len()).take_while(|&own| time[own] - time[before] <= close);
        let mut after = after.filter(|&own| survival[at] - survival[own] > apart);
        after.next().is_some_and(|own| survival[before] - survival[own] <= 1.3 * one)
    }

    /// About how many are at risk: between the numbers given, or as if nobody were censored.
    fn about_at_risk(&self, time: f64, survival: f64) -> f64 {
        let rows = self.table.rows();
        let next = rows.partition_point(|own| own.time <= time);
        let n = f64::from(self.patients().unwrap_or(1));
        let before = next.checked_sub(1).map(|at| rows[at]);
        let (t0, n0) = before.map_or((0.0, n), |own| (own.time, f64::from(own.n_risk)));
        match rows.get(next) {
            Some(own) => {
                let share = (time - t0) / (own.time - t0);
                n0 + share * (f64::from(own.n_risk) - n0)
            }
            None if before.is_some() => n0,
            None => n * survival,
        }
    }

    /// Stops that printed numbers ask for; clicks just on the wrong side of the median move there.
    fn printed_stops(&self, curve: &mut Calibrated) -> Vec<Stop> {
        let stop = |time, aim| Stop { time, aim, about: f64::NAN, below: f64::NAN };
        let mut stops = Vec::new();
        if let Some((low, high)) = self.median_window() {
            clip(curve, (low, high), HAND * self.end());
            stops.push(stop(low, Aim::Above(0.5)));
            stops.push(stop(high, Aim::AtMost(0.5)));
        }
        for (time, rate) in &self.rates {
            if let Some((low, high)) = rate_bounds(&rate.estimate) {
                stops.push(stop(*time, Aim::Within(low, high)));
            }
        }
        if self.median.as_ref().is_some_and(|median| median.is_not_reached()) {
            stops.push(stop(self.end(), Aim::Above(0.5)));
        }
        stops
    }

    /// The times that the printed median stands for, cut to where nothing else is.
    pub(super) fn median_window(&self) -> Option<(f64, f64)> {
        let median = self.median.as_ref()?;
        let (low, high) = (median.number()?, median.half_unit());
        let half = high.min(0.001 * self.end());
        Some((low - half, low + half))
    }
}

/// Drops at the very end go just before it, so that those at risk there are the ones who remain.
fn before_end(stops: &mut [Stop]) {
    let Some((last, others)) = stops.split_last_mut() else { return };
    let just_before = 0.999 * last.time;
    for own in others.iter_mut().filter(|own| own.time > just_before) {
        own.time = just_before;
    }
}

/// Moves clicks within a hand's reach of a window to the side where their survival belongs.
fn clip(curve: &mut Calibrated, (low, high): (f64, f64), reach: f64) {
    for (time, &own) in curve.time.iter_mut().zip(&curve.survival) {
        if own > 0.5 && *time > low && *time < high + reach {
            *time = low;
        } else if own <= 0.5 && *time < high && *time > low - reach {
            *time = high;
        }
    }
}

/// Survival at stops that are no clicks: between those beside them.
fn fill(stops: &mut [Stop]) {
    let seen: Vec<(f64, f64)> = std::iter::once((0.0, 1.0))
        .chain(stops.iter().filter(|own| !own.about.is_nan()).map(|own| (own.time, own.about)))
        .collect();
    for own in stops.iter_mut().filter(|own| own.about.is_nan()) {
        let next = seen.partition_point(|&(time, _)| time < own.time);
        let (t1, s1) = seen[next.min(seen.len() - 1)];
        let (t0, s0) = seen[next.saturating_sub(1)];
        let share = if t1 > t0 { ((own.time - t0) / (t1 - t0)).clamp(0.0, 1.0) } else { 1.0 };
        own.about = s0 + share * (s1 - s0);
        own.below = s1;
    }
}
