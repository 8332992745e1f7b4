//! Firth's penalty ½ ln det I and its gradient.
//!
//! The gradient is ½ tr(I⁻¹ ∂I/∂βⱼ). Every tied event adds to I the covariance of the covariates
//! under weights θ/φ, and so to ∂I/∂βⱼ their third central moments. With V = I⁻¹, q = x'Vx, and m
//! and S the means of x and xx',
//!
//! Σ π (xⱼ − mⱼ)(x − m)'V(x − m) = [mean of q·x − mean of q·m − 2 (S V m − m·m'Vm)]ⱼ,
//!
//! so one sweep over the rows that carries sums of 1, x, xx', q and qx is enough.
//!
//! Heinze and Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x.

use std::ops::Range;

use rayon::prelude::*;

use super::Derivatives;
use crate::cox::frame::Frame;
use crate::cox::members::Members;
use crate::cox::newton::Scaled;
use crate::cox::ties::Ties;

/// ½ ln det of the information of the penalised coefficients.
pub(super) fn penalty(derivatives: &Derivatives, penalised: &[bool]) -> f64 {
    let scaled = Scaled::new(&derivatives.information, penalised);
    let wanted = penalised.iter().filter(|own| **own).count();
    if scaled.factor.rank() < wanted {
        return f64::NEG_INFINITY;
    }
    let kept = scaled.scale.iter().zip(penalised).filter(|(_, own)| **own);
    0.5 * scaled.factor.ln_determinant() + kept.map(|(scale, _)| scale.ln()).sum::<f64>()
}

/// The penalty's gradient.
pub(super) fn gradient(
    frame: &Frame<'_>,
    (members, ties): (&Members<'_>, Ties),
    beta: &[f64],
    (derivatives, penalised): (&Derivatives, &[bool]),
) -> Vec<f64> {
    let inverse = Scaled::new(&derivatives.information, penalised).inverse();
    let pairs = (0..members.width).flat_map(|i| (0..members.width).map(move |j| (i, j)));
    let inverse = pairs.map(|(i, j)| inverse.get(i, j)).collect();
    let walk = Walk { frame, members, ties, eta: members.predictor(beta), inverse };
    let strata: Vec<Vec<f64>> =
        members.sets.strata().par_iter().map(|slots| walk.stratum(slots.clone())).collect();
    let own = |j: usize| 0.5 * strata.iter().map(|part| part[j]).sum::<f64>();
    (0..members.width).map(|j| if penalised[j] { own(j) } else { 0.0 }).collect()
}

struct Walk<'a> {
    frame: &'a Frame<'a>,
    members: &'a Members<'a>,
    ties: Ties,
    eta: Vec<f64>,
    /// V, whole.
    inverse: Vec<f64>,
}

/// Sums of θ times 1, x, xx', q and qx.
struct Sums {
    one: f64,
    x: Vec<f64>,
    xx: Vec<f64>,
    q: f64,
    qx: Vec<f64>,
}

/// What the tied events of one time have in common: with s = S1 and e = E1, the vectors Vs and Ve,
/// and S2 and E2 times each.
struct Common {
    risk: [Vec<f64>; 2],
    risk_second: [Vec<f64>; 2],
    events_second: [Vec<f64>; 2],
}

impl Walk<'_> {
    fn stratum(&self, slots: Range<usize>) -> Vec<f64> {
        let rows = slots.clone().flat_map(|slot| self.members.leaving(slot));
        let top = rows.map(|row| self.eta[row]).fold(f64::NEG_INFINITY, f64::max);
        let width = self.members.width;
        let (mut risk, mut gradient) = (Sums::new(width), vec![0.0; width]);
        for slot in (slots.start + 1..slots.end).rev() {
            let mut events = Sums::new(width);
            for row in self.members.leaving(slot) {
                self.add(row, 1.0, top, &mut risk);
                if self.members.fails(row) && self.ties == Ties::Efron {
                    self.add(row, 1.0, top, &mut events);
                }
            }
            // Those who enter here are at risk only later.
            self.members.entering(slot).for_each(|row| self.add(row, -1.0, top, &mut risk));
            self.time(slot, &risk, &events, &mut gradient);
        }
        gradient
    }

    fn add(&self, row: usize, sign: f64, top: f64, sums: &mut Sums) {
        let x = self.members.x(row);
        let theta = sign * self.members.weight(row) * (self.eta[row] - top).exp();
        let q: f64 = product(&self.inverse, x).iter().zip(x).map(|(v, x)| v * x).sum();
        sums.one += theta;
        sums.q += theta * q;
        for (i, xi) in x.iter().enumerate() {
            sums.x[i] += theta * xi;
            sums.qx[i] += theta * q * xi;
            let own = &mut sums.xx[i * x.len()..][..x.len()];
            own.iter_mut().zip(x).for_each(|(sum, xj)| *sum += theta * xi * xj);
        }
    }

    /// Adds the third central moments of every tied event of a time, contracted with V.
    fn time(&self, slot: usize, risk: &Sums, events: &Sums, gradient: &mut [f64]) {
        let (count, weight) = (self.frame.tied[slot], self.frame.mean_weight(slot));
        let common = self.common(risk, events);
        if self.ties != Ties::Efron {
            return common.third(count * weight, 0.0, [risk, events], gradient);
        }
        for l in 0..count as usize {
            common.third(weight, l as f64 / count, [risk, events], gradient);
        }
    }

    fn common(&self, risk: &Sums, events: &Sums) -> Common {
        let own = [&risk.x, &events.x].map(|x| product(&self.inverse, x));
        let second = |sums: &Sums| [product(&sums.xx, &own[0]), product(&sums.xx, &own[1])];
        Common { risk_second: second(risk), events_second: second(events), risk: own }
    }
}

impl Common {
    /// Of the event that leaves the fraction `f` of the tied events out of the risk set.
    fn third(&self, weight: f64, f: f64, [risk, events]: [&Sums; 2], gradient: &mut [f64]) {
        let total = risk.one - f * events.one;
        let mean = |j: usize| (risk.x[j] - f * events.x[j]) / total;
        let v_mean = |j: usize| (self.risk[0][j] - f * self.risk[1][j]) / total;
        let square: f64 = (0..gradient.len()).map(|j| mean(j) * v_mean(j)).sum();
        for (j, gradient) in gradient.iter_mut().enumerate() {
            let of_risk = self.risk_second[0][j] - f * self.risk_second[1][j];
            let of_events = self.events_second[0][j] - f * self.events_second[1][j];
            let second = (of_risk - f * of_events) / (total * total);
            let with_q = risk.qx[j] - f * events.qx[j] - mean(j) * (risk.q - f * events.q);
            *gradient += weight * (with_q / total - 2.0 * (second - mean(j) * square));
        }
    }
}

impl Sums {
    fn new(width: usize) -> Self {
        let zeros = || vec![0.0; width];
        Self { one: 0.0, x: zeros(), xx: vec![0.0; width * width], q: 0.0, qx: zeros() }
    }
}

/// A square matrix, row by row, times a vector.
fn product(matrix: &[f64], x: &[f64]) -> Vec<f64> {
    let rows = matrix.chunks_exact(x.len().max(1));
    rows.map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
}

#[cfg(test)]
mod tests;
