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
use crate::numeric::linalg::SymMatrix;

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
    inverse: SymMatrix,
}

/// Sums of θ times 1, x, xx', q and qx.
#[derive(Clone)]
struct Sums {
    one: f64,
    x: Vec<f64>,
    xx: SymMatrix,
    q: f64,
    qx: Vec<f64>,
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
                if self.members.fails(row) {
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
            for (j, xj) in x[..=i].iter().enumerate() {
                *sums.xx.at_mut(i, j) += theta * xi * xj;
            }
        }
    }

    /// The tied events of one time.
    fn time(&self, slot: usize, risk: &Sums, events: &Sums, gradient: &mut [f64]) {
        let (count, weight) = (self.frame.tied[slot], self.frame.mean_weight[slot]);
        if self.ties != Ties::Efron {
            return self.third(count * weight, risk, gradient);
        }
        for l in 0..count as usize {
            self.third(weight, &risk.less(l as f64 / count, events), gradient);
        }
    }

    /// Adds `weight` times the third central moments, contracted with V.
    fn third(&self, weight: f64, sums: &Sums, gradient: &mut [f64]) {
        let mean: Vec<f64> = sums.x.iter().map(|x| x / sums.one).collect();
        let v_mean = product(&self.inverse, &mean);
        let square: f64 = v_mean.iter().zip(&mean).map(|(v, mean)| v * mean).sum();
        let second = product(&sums.xx, &v_mean);
        for (j, gradient) in gradient.iter_mut().enumerate() {
            let about_q = (sums.qx[j] - mean[j] * sums.q) / sums.one;
            let about_mean = second[j] / sums.one - mean[j] * square;
            *gradient += weight * (about_q - 2.0 * about_mean);
        }
    }
}

impl Sums {
    fn new(width: usize) -> Self {
        let zeros = || vec![0.0; width];
        Self { one: 0.0, x: zeros(), xx: SymMatrix::zeros(width), q: 0.0, qx: zeros() }
    }

    /// These sums without a fraction of others.
    fn less(&self, fraction: f64, other: &Self) -> Self {
        let take = |own: &[f64], other: &[f64]| -> Vec<f64> {
            own.iter().zip(other).map(|(own, other)| own - fraction * other).collect()
        };
        let entry = |i, j| self.xx.get(i, j) - fraction * other.xx.get(i, j);
        Self {
            one: self.one - fraction * other.one,
            x: take(&self.x, &other.x),
            xx: SymMatrix::from_lower(self.x.len(), entry),
            q: self.q - fraction * other.q,
            qx: take(&self.qx, &other.qx),
        }
    }
}

fn product(matrix: &SymMatrix, x: &[f64]) -> Vec<f64> {
    let row = |i: usize| x.iter().enumerate().map(|(j, x)| matrix.get(i, j) * x).sum();
    (0..x.len()).map(row).collect()
}

#[cfg(test)]
mod tests;
