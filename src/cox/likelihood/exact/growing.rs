//! Times with few events among many rows, all of a stratum in one walk.
//!
//! From the last time to the first the risk set only grows where nobody enters late, and with every
//! row so do the sums over all sets of k rows,
//!
//! e_k ← e_k + r e_{k−1}, and likewise those of T = Σ x and TT' over the set,
//!
//! in O(rows·d·width²) for all times of a stratum together. All terms of e_k are positive.

use std::ops::Range;

use super::{Moments, failing};
use crate::cox::members::Members;
use crate::numeric::linalg::SymMatrix;

/// Events of a time, at most.
const FEW: usize = 8;
/// Linear predictors no farther apart leave e_k far from the smallest number.
const SPREAD: f64 = 60.0;

/// A stratum to walk through.
pub(super) struct Growing<'g> {
    members: &'g Members<'g>,
    eta: &'g [f64],
    slots: Range<usize>,
    /// The largest linear predictor, and of how many events there are sums.
    top: f64,
    most: usize,
}

impl<'g> Growing<'g> {
    /// None where risk sets do not only grow, no time has few events, or predictors are far apart.
    pub(super) fn new(
        (members, eta): (&'g Members<'g>, &'g [f64]),
        slots: Range<usize>,
    ) -> Option<Self> {
        let events = |slot| failing(members, slot);
        let counts = (slots.start + 1..slots.end).map(events).filter(|count| is_few(*count));
        let most = counts.max().filter(|_| members.sets.from().is_none())?;
        let own = slots.clone().flat_map(|slot| members.leaving(slot)).map(|row| eta[row]);
        let ends = |[low, high]: [f64; 2], own: f64| [low.min(own), high.max(own)];
        let [low, top] = own.fold([f64::INFINITY, f64::NEG_INFINITY], ends);
        (top - low <= SPREAD).then_some(Self { members, eta, slots, top, most })
    }

    /// The first slot of the stratum.
    pub(super) fn begins(&self) -> usize {
        self.slots.start
    }

    /// Whether the time of a slot is among those walked through.
    pub(super) fn holds(&self, slot: usize) -> bool {
        self.slots.contains(&slot) && is_few(failing(self.members, slot))
    }

    /// d ln Σ r − ln e_d of every time.
    pub(super) fn log_over_breslow(&self) -> f64 {
        let mut log = 0.0;
        self.walk(0, |sums, count| {
            log += count as f64 * sums.sets[1].ln() - sums.sets[count].ln();
        });
        log
    }

    /// Mean and variance of T at every time.
    pub(super) fn moments(&self) -> Vec<Moments> {
        let mut all = Vec::new();
        self.walk(self.members.width, |sums, count| all.push(sums.moments(count)));
        all
    }

    fn walk(&self, width: usize, mut look: impl FnMut(&Sums, usize)) {
        let mut sums = Sums::new(self.most, width);
        for slot in (self.slots.start + 1..self.slots.end).rev() {
            for row in self.members.leaving(slot) {
                let risk = (self.eta[row] - self.top).exp();
                for _ in 0..self.members.copies(row) {
                    sums.add(risk, &self.members.x(row)[..width]);
                }
            }
            let count = failing(self.members, slot);
            if is_few(count) {
                look(&sums, count);
            }
        }
    }
}

fn is_few(count: usize) -> bool {
    (2..=FEW).contains(&count)
}

/// Sums over all sets of k rows so far, for every k.
struct Sums {
    width: usize,
    /// e_k.
    sets: Vec<f64>,
    /// Those of T, of Σ x² and of the lower triangle of TT'.
    first: Vec<f64>,
    squares: Vec<f64>,
    second: Vec<f64>,
}

impl Sums {
    fn new(most: usize, width: usize) -> Self {
        let zeros = |each: usize| vec![0.0; (most + 1) * each];
        let mut own = Self {
            width,
            sets: zeros(1),
            first: zeros(width),
            squares: zeros(width),
            second: zeros(pairs(width)),
        };
        own.sets[0] = 1.0;
        own
    }

    fn add(&mut self, risk: f64, x: &[f64]) {
        for k in (1..self.sets.len()).rev() {
            let below = self.sets[k - 1];
            let (firsts, first) = neighbours(&mut self.first, self.width, k);
            let (seconds, second) = neighbours(&mut self.second, pairs(self.width), k);
            let mut at = 0;
            for (i, xi) in x.iter().enumerate() {
                for (j, xj) in x[..=i].iter().enumerate() {
                    let with = xi * firsts[j] + xj * firsts[i] + xi * xj * below;
                    second[at] += risk * (seconds[at] + with);
                    at += 1;
                }
            }
            let (squares, square) = neighbours(&mut self.squares, self.width, k);
            for (at, x) in x.iter().enumerate() {
                first[at] += risk * (firsts[at] + x * below);
                square[at] += risk * (squares[at] + x * x * below);
            }
            self.sets[k] += risk * below;
        }
    }

    fn moments(&self, count: usize) -> Moments {
        let (width, sets) = (self.width, self.sets[count]);
        let own = |sums: &[f64], each: usize| -> Vec<f64> {
            sums[count * each..][..each].iter().map(|sum| sum / sets).collect()
        };
        let (mean, second) = (own(&self.first, width), own(&self.second, pairs(width)));
        let entry = |i: usize, j: usize| second[pairs(i) + j] - mean[i] * mean[j];
        let variance = SymMatrix::from_lower(width, entry);
        Moments { mean, variance, about_centre: own(&self.squares, width) }
    }
}

/// Pairs of columns, those with themselves included.
fn pairs(width: usize) -> usize {
    width * (width + 1) / 2
}

/// The sums of k − 1 and of k.
fn neighbours(sums: &mut [f64], each: usize, k: usize) -> (&[f64], &mut [f64]) {
    let (before, from) = sums.split_at_mut(k * each);
    (&before[(k - 1) * each..], &mut from[..each])
}
