//! Directions along which the likelihood rises for ever.
//!
//! Along γ the likelihood never falls when at every event time those who fail have the highest x'γ
//! of the risk set (with exact ties: none of those spared has a higher one). Such γ form a cone.
//! Columns that are aliased left out, a γ ≠ 0 in it means that the likelihood has no maximum at a
//! finite β: the events are separated (Bryson and Johnson 1981, Technometrics 23:381–383;
//! Albert and Anderson 1984, doi:10.1093/biomet/71.1.1).
//!
//! A linear function c'γ is positive somewhere on the cone exactly when the projection of M⁻¹c on
//! it, in the metric M, is not 0. The score is positive on all of it, so projecting the Newton step
//! tells whether there is separation at all. The projection is a least-squares problem with
//! multipliers λ ≥ 0, one a pair of rows: γ = M⁻¹(c + Σ λ a), solved by the active-set method of
//! Lawson and Hanson with the most violated pair found by a sweep over the risk sets, so that no more
//! pairs than columns are ever held.

use std::collections::BinaryHeap;
use std::ops::Range;

use super::likelihood::Derivatives;
use super::members::Members;
use super::newton::Scaled;
use super::ties::Ties;
use crate::cohort::Cohort;
use crate::numeric::linalg::{Ldl, SymMatrix};

/// Squared cosine below which a projection is no direction but rounding.
const NOTHING: f64 = 1e-13;
/// A pair is violated beyond this cosine.
const VIOLATED: f64 = 1e-12;
/// Parts of a step below this, on the scale of standard errors, lead nowhere.
const SIDEWAYS: f64 = 1e-4;
/// Values of x'γ this close, relative to their range, are one; more than a pair may be violated.
const LEVEL: f64 = 1e-9;
/// Pairs tried for every column.
const TRIES: usize = 100;

/// The directions along which the likelihood never falls.
pub(super) struct Cone<'a> {
    members: &'a Members<'a>,
    ties: Ties,
    information: &'a SymMatrix,
    metric: Scaled,
}

/// A pair of rows that γ must order, as the difference of their covariates.
struct Pair {
    difference: Vec<f64>,
    /// M⁻¹ times it.
    solved: Vec<f64>,
    multiplier: f64,
}

impl<'a> Cone<'a> {
    /// With the metric of an information, among the free columns.
    pub(super) fn new(
        members: &'a Members<'a>,
        ties: Ties,
        derivatives: &'a Derivatives,
        free: &[bool],
    ) -> Self {
        let information = &derivatives.information;
        Self { members, ties, information, metric: Scaled::new(information, free) }
    }

    /// A direction of the cone, looked for near a step first, where there is little to mend.
    pub(super) fn direction(&self, step: &[f64], score: &[f64]) -> Option<Vec<f64>> {
        let size = |at: usize| step[at].abs() * self.metric.scale[at];
        let largest = (0..step.len()).map(size).fold(0.0, f64::max);
        let kept = |at: usize| if size(at) > SIDEWAYS * largest { step[at] } else { 0.0 };
        let near: Vec<f64> = (0..step.len()).map(kept).collect();
        let row = |i: usize| -> f64 {
            near.iter().enumerate().map(|(j, x)| self.information.get(i, j) * x).sum()
        };
        let near: Vec<f64> = (0..step.len()).map(row).collect();
        self.toward(&near).or_else(|| self.toward(score))
    }

    /// Whether a direction has this coefficient of this sign.
    pub(super) fn reaches(&self, at: usize, sign: f64) -> bool {
        let mut c = vec![0.0; self.metric.scale.len()];
        c[at] = sign;
        self.toward(&c).is_some()
    }

    /// A direction along which c'γ > 0, if there is one.
    pub(super) fn toward(&self, c: &[f64]) -> Option<Vec<f64>> {
        let start = self.metric.solve(c);
        let smallest = NOTHING * dot(c, &start);
        let (mut direction, mut active) = (start.clone(), Vec::new());
        for _ in 0..TRIES * c.len() {
            let size = dot(c, &direction);
            if size <= smallest {
                return None;
            }
            let Some(pair) = self.violated(&direction, size) else { return Some(direction) };
            active.push(pair);
            settle(&mut active, &start);
            direction = project(&active, &start);
        }
        None
    }

    /// The pair that γ, of squared length `size`, orders worst.
    fn violated(&self, direction: &[f64], size: f64) -> Option<Pair> {
        let (above, below) = self.worst(&self.members.along(direction))?;
        let rows = self.members.x(above).iter().zip(self.members.x(below));
        let difference: Vec<f64> = rows.map(|(above, below)| above - below).collect();
        let solved = self.metric.solve(&difference);
        let length = (dot(&difference, &solved) * size).sqrt();
        let violated = dot(&difference, direction) < -VIOLATED * length;
        violated.then_some(Pair { difference, solved, multiplier: 0.0 })
    }

    /// Who fails although another at risk is highest above him, and that other.
    fn worst(&self, level: &[f64]) -> Option<(usize, usize)> {
        let strata = self.members.sets.strata().iter();
        let worst = strata.filter_map(|slots| self.worst_of(slots.clone(), level));
        worst.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, pair)| pair)
    }

    /// The same in one stratum, and by how much.
    fn worst_of(&self, slots: Range<usize>, level: &[f64]) -> Option<(f64, (usize, usize))> {
        let (mut at_risk, mut worst) = (BinaryHeap::new(), None);
        for slot in (slots.start + 1..slots.end).rev() {
            let leaving = || self.members.leaving(slot);
            // With exact ties those who fail together do not compete.
            let (late, rivals): (Vec<usize>, Vec<usize>) =
                leaving().partition(|&row| self.ties == Ties::Exact && self.members.fails(row));
            at_risk.extend(rivals.into_iter().map(|row| Ranked::new(level, row)));
            // Who has not entered here is at risk at no earlier slot either.
            while at_risk.peek().is_some_and(|top| !self.members.entered(top.row, slot)) {
                at_risk.pop();
            }
            let failing = leaving().filter(|&row| self.members.fails(row));
            let lowest = failing.min_by(|&a, &b| level[a].total_cmp(&level[b]));
            if let (Some(lowest), Some(highest)) = (lowest, at_risk.peek()) {
                let lead = level[lowest] - level[highest.row];
                if lead < worst.map_or(0.0, |(least, _)| least) {
                    worst = Some((lead, (lowest, highest.row)));
                }
            }
            at_risk.extend(late.into_iter().map(|row| Ranked::new(level, row)));
        }
        worst
    }
}

/// A row that is ordered by its level.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    key: i64,
    row: usize,
}

impl Ranked {
    fn new(level: &[f64], row: usize) -> Self {
        let bits = level[row].to_bits() as i64;
        // Negative numbers in two's complement order, as in f64::total_cmp.
        Self { key: bits ^ (((bits >> 63) as u64) >> 1) as i64, row }
    }
}

/// Makes the multipliers those of least squares, leaving out pairs where they would be negative.
fn settle(active: &mut Vec<Pair>, start: &[f64]) {
    loop {
        let wanted = least_squares(active, start);
        let shrinks = active.iter().zip(&wanted).filter(|(_, wanted)| **wanted <= 0.0);
        let step = shrinks
            .map(|(pair, wanted)| pair.multiplier / (pair.multiplier - wanted))
            .fold(f64::INFINITY, f64::min);
        if step == f64::INFINITY {
            active.iter_mut().zip(wanted).for_each(|(pair, own)| pair.multiplier = own);
            return;
        }
        let step = if step.is_nan() { 0.0 } else { step };
        let mut keep = Vec::with_capacity(active.len());
        for (pair, wanted) in active.iter_mut().zip(wanted) {
            let own = pair.multiplier;
            pair.multiplier += step * (wanted - own);
            keep.push(wanted > 0.0 || own / (own - wanted) > step);
        }
        let mut keep = keep.into_iter();
        active.retain(|_| keep.next() == Some(true));
        if active.is_empty() {
            return;
        }
    }
}

fn least_squares(active: &[Pair], start: &[f64]) -> Vec<f64> {
    let lag: Vec<f64> = active.iter().map(|pair| -dot(&pair.difference, start)).collect();
    gram(active).solve(&lag)
}

fn gram(active: &[Pair]) -> Ldl {
    let entry = |i: usize, j: usize| dot(&active[i].difference, &active[j].solved);
    Ldl::new(&SymMatrix::from_lower(active.len(), entry))
}

/// M⁻¹(c + Σ λ a), made orthogonal to the active pairs twice over.
fn project(active: &[Pair], start: &[f64]) -> Vec<f64> {
    let mut direction = start.to_vec();
    for pair in active {
        add(&mut direction, pair.multiplier, &pair.solved);
    }
    let factor = gram(active);
    for _ in 0..2 {
        let off: Vec<f64> = active.iter().map(|pair| dot(&pair.difference, &direction)).collect();
        for (pair, off) in active.iter().zip(factor.solve(&off)) {
            add(&mut direction, -off, &pair.solved);
        }
    }
    direction
}

fn add(sum: &mut [f64], factor: f64, x: &[f64]) {
    sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += factor * x);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The cohort of the limit along γ: rows compete only with those of the same x'γ.
///
/// Of a risk set only those who keep up with who fails are left, as β goes to infinity; whom they
/// compete with is whom a stratum for every value of x'γ leaves.
pub(super) fn limit(cohort: &Cohort, members: &Members<'_>, direction: &[f64]) -> Cohort {
    let level = members.along(direction);
    let mut order: Vec<usize> = (0..level.len()).collect();
    order.sort_by(|&a, &b| level[a].total_cmp(&level[b]));
    let range = order.last().map_or(0.0, |&last| level[last] - level[order[0]]);
    let (mut codes, mut code) = (vec![0; level.len()], 0);
    for pair in order.windows(2) {
        code += u32::from(level[pair[1]] - level[pair[0]] > LEVEL * range);
        codes[pair[1]] = code;
    }
    cohort.split_strata("x'γ", codes)
}

#[cfg(test)]
mod tests;
