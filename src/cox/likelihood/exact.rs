//! The conditional likelihood of tied events: who fails, given how many.
//!
//! At a time with d events the likelihood is Π r over them divided by e_d, the sum over all sets of
//! d rows at risk of Π r. It is that of d successes among independent trials with odds λr, whatever
//! λ is: e_d = λ⁻ᵈ Π(1 + λr)·P(N = d), N the number of successes. With λ such that E N is about d,
//! P(N = d) is about 1/√(2π Var N), so the recursion over rows
//!
//! P(N = k) ← (1 − p) P(N = k) + p P(N = k − 1)
//!
//! adds positive probabilities that neither overflow nor vanish. The derivatives of ln e_d are the
//! mean and the variance of T, the sum of the covariates of those who succeed, given N = d. They
//! come from E(T; N = k), carried forward over rows, and P(N = k) of the rows still to come, in
//! O(rows·d·width). Times with few events among many rows go together (`growing`).
//!
//! Gail, Lubin and Rubinstein 1981, doi:10.1093/biomet/68.3.703.

mod growing;

use growing::Growing;
use rayon::prelude::*;

use super::{Derivatives, Hazard};
use crate::cox::frame::Frame;
use crate::cox::members::Members;
use crate::numeric::linalg::SymMatrix;

/// Rows from which on times with few events are not looked at one by one.
const MANY: usize = 1000;
/// Steps in the search of λ.
const STEPS: usize = 200;

/// What the conditional likelihood adds to Breslow's.
pub(super) fn log_over_breslow(members: &Members<'_>, beta: &[f64]) -> f64 {
    let times = Times::new(members, beta);
    let growing = times.growing();
    let over = |&(slot, end): &(usize, usize)| times.at(slot, end).log_over_breslow();
    let each: Vec<f64> = times.others(&growing).par_iter().map(over).collect();
    let together: Vec<f64> = growing.par_iter().map(Growing::log_over_breslow).collect();
    each.iter().chain(&together).sum()
}

/// Breslow's sums over the times with one event only.
pub(super) fn untied(frame: &Frame<'_>, members: &Members<'_>, hazard: &Hazard) -> Hazard {
    let mut inner = hazard.all();
    for (slot, _) in tied(members) {
        inner[slot] = Default::default();
    }
    Hazard::of(frame, |slot| inner[slot])
}

/// Adds the times with several events to the derivatives of the others.
pub(super) fn add_tied(members: &Members<'_>, beta: &[f64], sum: &mut Derivatives) {
    let times = Times::new(members, beta);
    let growing = times.growing();
    let own = |&(slot, end): &(usize, usize)| times.at(slot, end).moments(members);
    let parts: Vec<Moments> = times.others(&growing).par_iter().map(own).collect();
    let together: Vec<Vec<Moments>> = growing.par_iter().map(Growing::moments).collect();
    for part in parts.iter().chain(together.iter().flatten()) {
        for i in 0..members.width {
            sum.score[i] -= part.mean[i];
            sum.about_centre[i] += part.about_centre[i];
            for j in 0..=i {
                *sum.information.at_mut(i, j) += part.variance.get(i, j);
            }
        }
    }
}

/// Slots with several events, and where their strata end.
fn tied<'m>(members: &'m Members<'_>) -> impl Iterator<Item = (usize, usize)> + 'm {
    members.event_slots().filter(|&(slot, _)| failing(members, slot) > 1)
}

fn failing(members: &Members<'_>, slot: usize) -> usize {
    let rows = members.leaving(slot).filter(|&row| members.fails(row));
    rows.map(|row| members.copies(row)).sum()
}

struct Times<'m> {
    members: &'m Members<'m>,
    eta: Vec<f64>,
    tied: Vec<(usize, usize)>,
}

impl<'m> Times<'m> {
    fn new(members: &'m Members<'_>, beta: &[f64]) -> Self {
        Self { members, eta: members.predictor(beta), tied: tied(members).collect() }
    }

    /// Strata whose times with few events are walked through together, in large data.
    fn growing(&self) -> Vec<Growing<'_>> {
        if self.members.cohort.n_rows() < MANY {
            return Vec::new();
        }
        let strata = self.members.sets.strata().iter();
        strata.filter_map(|own| Growing::new((self.members, &self.eta), own.clone())).collect()
    }

    /// The times with several events that are not among these.
    fn others(&self, growing: &[Growing<'_>]) -> Vec<(usize, usize)> {
        let alone = |(slot, _): &&(usize, usize)| {
            let after = growing.partition_point(|own| own.begins() <= *slot);
            after == 0 || !growing[after - 1].holds(*slot)
        };
        self.tied.iter().filter(alone).copied().collect()
    }

    fn at(&self, slot: usize, end: usize) -> Trials {
        let copies = |row| std::iter::repeat_n(row, self.members.copies(row));
        let rows: Vec<usize> = self.members.at_risk(slot, end).flat_map(copies).collect();
        let top = rows.iter().map(|&row| self.eta[row]).fold(f64::NEG_INFINITY, f64::max);
        let risks: Vec<f64> = rows.iter().map(|&row| (self.eta[row] - top).exp()).collect();
        Trials::new(rows, &risks, failing(self.members, slot))
    }
}

/// Independent trials, of which `count` succeed: to fail, or to be spared when those are fewer.
struct Trials {
    rows: Vec<usize>,
    /// Probabilities of success and of its contrary.
    chances: Vec<[f64; 2]>,
    count: usize,
    /// Whether success is to fail.
    failing: bool,
    /// d ln Σ r − ln e_d but for P(N = d).
    log: f64,
}

/// Mean and variance of T, and E Σ x².
struct Moments {
    mean: Vec<f64>,
    variance: SymMatrix,
    about_centre: Vec<f64>,
}

impl Trials {
    fn new(rows: Vec<usize>, risks: &[f64], events: usize) -> Self {
        let log_tilt = tilt(risks, events as f64);
        let odds: Vec<f64> = risks.iter().map(|risk| (log_tilt + risk.ln()).exp()).collect();
        let log = events as f64 * (risks.iter().sum::<f64>().ln() + log_tilt)
            - odds.iter().map(|odds| odds.ln_1p()).sum::<f64>();
        let failing = 2 * events <= rows.len();
        let chance = |odds: &f64| match failing {
            true => [1.0 / (1.0 + 1.0 / odds), 1.0 / (1.0 + odds)],
            false => [1.0 / (1.0 + odds), 1.0 / (1.0 + 1.0 / odds)],
        };
        let count = if failing { events } else { rows.len() - events };
        Self { chances: odds.iter().map(chance).collect(), rows, count, failing, log }
    }

    /// d ln Σ r − ln e_d.
    fn log_over_breslow(&self) -> f64 {
        let mut front = Front::new(self.count, 0);
        self.chances.iter().for_each(|&chance| front.pass(chance, &[]));
        self.log - front.probability[self.count].ln()
    }

    fn moments(&self, members: &Members<'_>) -> Moments {
        let mut sums = Sums::new(self, members);
        let mut front = Front::new(self.count, members.width);
        let rest = Rest::new(&self.chances, self.count);
        let total = rest.kept[0][self.count];
        for (block, first) in (0..self.rows.len()).step_by(rest.block).enumerate() {
            let later = rest.within(&self.chances, block);
            for (row, later) in (first..).zip(&later) {
                let chance = self.chances[row];
                let (inclusion, with) = front.joint(later);
                sums.add(self.rows[row], chance[0] / total * inclusion, (chance[0] / total, &with));
                front.pass(chance, &sums.x);
            }
        }
        sums.finish()
    }
}

/// Rows that went by: P(N = k) and E(T; N = k).
struct Front {
    probability: Vec<f64>,
    sums: Vec<f64>,
    width: usize,
    passed: usize,
}

impl Front {
    fn new(count: usize, width: usize) -> Self {
        let mut probability = vec![0.0; count + 1];
        probability[0] = 1.0;
        Self { probability, sums: vec![0.0; (count + 1) * width], width, passed: 0 }
    }

    fn pass(&mut self, [success, contrary]: [f64; 2], x: &[f64]) {
        let Self { probability, sums, width, passed } = self;
        *passed += 1;
        for k in (1..probability.len().min(*passed + 1)).rev() {
            let before = probability[k - 1];
            probability[k] = contrary * probability[k] + success * before;
            let (fewer, own) = sums.split_at_mut(k * *width);
            let fewer = &fewer[(k - 1) * *width..];
            for ((own, fewer), x) in own.iter_mut().zip(fewer).zip(x) {
                *own = contrary * *own + success * (fewer + before * x);
            }
        }
        probability[0] *= contrary;
    }

    /// Σ P(N = k) and Σ E(T; N = k), each times the probability that the rows to come make the
    /// number full after one more success.
    fn joint(&self, later: &[f64]) -> (f64, Vec<f64>) {
        let (mut inclusion, mut with) = (0.0, vec![0.0; self.width]);
        let full = self.probability.len() - 1;
        for k in 0..full.min(self.passed + 1) {
            let rest = later[full - 1 - k];
            inclusion += rest * self.probability[k];
            let sums = &self.sums[k * self.width..][..self.width];
            with.iter_mut().zip(sums).for_each(|(with, sum)| *with += rest * sum);
        }
        (inclusion, with)
    }
}

/// P(N = k) of the rows to come, kept at every √rows-th row and found anew in between.
struct Rest {
    block: usize,
    kept: Vec<Vec<f64>>,
}

impl Rest {
    fn new(chances: &[[f64; 2]], count: usize) -> Self {
        let block = (chances.len() as f64).sqrt().ceil().max(1.0) as usize;
        let mut back = Front::new(count, 0);
        let mut kept = vec![back.probability.clone()];
        for chances in chances.chunks(block).rev() {
            chances.iter().rev().for_each(|&chance| back.pass(chance, &[]));
            kept.push(back.probability.clone());
        }
        kept.reverse();
        Self { block, kept }
    }

    /// For every row of a block, of the rows after it.
    fn within(&self, chances: &[[f64; 2]], block: usize) -> Vec<Vec<f64>> {
        let start = block * self.block;
        let end = chances.len().min(start + self.block);
        let mut back = Front::new(self.kept[0].len() - 1, 0);
        back.passed = chances.len() - end;
        back.probability.clone_from(&self.kept[block + 1]);
        let step = |&chance: &[f64; 2]| {
            let own = back.probability.clone();
            back.pass(chance, &[]);
            own
        };
        let mut later: Vec<Vec<f64>> = chances[start..end].iter().rev().map(step).collect();
        later.reverse();
        later
    }
}

/// Sums over rows, with covariates less their mean among those who succeed independently.
struct Sums<'m> {
    members: &'m Members<'m>,
    failing: bool,
    centre: Vec<f64>,
    x: Vec<f64>,
    /// E T, and the lower triangle of E TT'.
    first: Vec<f64>,
    second: Vec<f64>,
    mean: Vec<f64>,
    about_centre: Vec<f64>,
}

impl<'m> Sums<'m> {
    fn new(trials: &Trials, members: &'m Members<'_>) -> Self {
        let zeros = || vec![0.0; members.width];
        let mut centre = zeros();
        for (&row, chance) in trials.rows.iter().zip(&trials.chances) {
            centre.iter_mut().zip(members.x(row)).for_each(|(sum, x)| *sum += chance[0] * x);
        }
        let total: f64 = trials.chances.iter().map(|chance| chance[0]).sum();
        if total > 0.0 {
            centre.iter_mut().for_each(|sum| *sum /= total);
        }
        let second = vec![0.0; members.width * (members.width + 1) / 2];
        let (x, first, mean, about_centre) = (zeros(), zeros(), zeros(), zeros());
        Self { members, failing: trials.failing, centre, x, first, second, mean, about_centre }
    }

    /// Adds a row that succeeds with probability `inclusion`; `before` holds E(T; it succeeds) of
    /// the rows before it, but for a factor.
    fn add(&mut self, row: usize, inclusion: f64, (factor, before): (f64, &[f64])) {
        let fails = if self.failing { inclusion } else { 1.0 - inclusion };
        let x = self.members.x(row);
        for (j, &x) in x.iter().enumerate() {
            self.x[j] = x - self.centre[j];
            self.first[j] += inclusion * self.x[j];
            self.mean[j] += fails * x;
            self.about_centre[j] += fails * x * x;
        }
        let mut second = self.second.iter_mut();
        for i in 0..x.len() {
            let (own, with) = (inclusion * self.x[i] + factor * before[i], factor * self.x[i]);
            for ((x, before), sum) in self.x.iter().zip(before).zip(second.by_ref().take(i + 1)) {
                *sum += own * x + with * before;
            }
        }
    }

    fn finish(self) -> Moments {
        let at = |i: usize, j: usize| self.second[i * (i + 1) / 2 + j];
        let variance = |i, j| at(i, j) - self.first[i] * self.first[j];
        let variance = SymMatrix::from_lower(self.members.width, variance);
        Moments { mean: self.mean, variance, about_centre: self.about_centre }
    }
}

/// ln λ with which about `count` of the trials succeed.
fn tilt(risks: &[f64], count: f64) -> f64 {
    let mut tilt = (count / risks.iter().sum::<f64>()).ln();
    for _ in 0..STEPS {
        let (mut mean, mut variance) = (0.0, 0.0);
        for risk in risks {
            let success = 1.0 / (1.0 + 1.0 / (tilt + risk.ln()).exp());
            mean += success;
            variance += success * (1.0 - success);
        }
        if (mean - count).abs() <= 0.1 * (0.1 + variance.sqrt()) {
            break;
        }
        tilt += ((count - mean) / variance.max(0.01)).clamp(-5.0, 5.0);
    }
    tilt
}

#[cfg(test)]
mod tests;
