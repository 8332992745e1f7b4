//! The curvature of a penalty, learnt from its gradient along the way.

use super::likelihood::Derivatives;
use crate::numeric::linalg::SymMatrix;

/// An update whose denominator is smaller, relative to its factors, is left out.
const SMALLEST: f64 = 1e-8;

/// What is added to the information in a Newton step: the symmetric rank-one approximation of the
/// penalty's negative second derivatives.
///
/// Steps by the information alone converge linearly, about by half a step in small samples.
/// Dennis, Gay and Welsch 1981, doi:10.1145/355958.355965, treat least squares in this way.
pub(super) struct Curvature(Option<SymMatrix>);

impl Curvature {
    pub(super) fn new(derivatives: &Derivatives) -> Self {
        let width = derivatives.score.len();
        Self(derivatives.penalty.as_ref().map(|_| SymMatrix::zeros(width)))
    }

    /// The information and the curvature of the penalty.
    pub(super) fn added_to(&self, information: &SymMatrix) -> Option<SymMatrix> {
        let entry = |own: &SymMatrix, i, j| information.get(i, j) + own.get(i, j);
        let own = self.0.as_ref()?;
        Some(SymMatrix::from_lower(own.size(), |i, j| entry(own, i, j)))
    }

    /// Learns from a step and the derivatives before and after it.
    pub(super) fn learn(&mut self, step: &[f64], before: &Derivatives, after: &Derivatives) {
        let (Some(own), Some(before), Some(after)) = (&mut self.0, &before.penalty, &after.penalty)
        else {
            return;
        };
        let change = before.iter().zip(after).map(|(before, after)| before - after);
        let foreseen = |i: usize| -> f64 {
            step.iter().enumerate().map(|(j, step)| own.get(i, j) * step).sum()
        };
        let missed: Vec<f64> = change.enumerate().map(|(i, own)| own - foreseen(i)).collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let along = dot(&missed, step);
        if along.abs() <= SMALLEST * (dot(&missed, &missed) * dot(step, step)).sqrt() {
            return;
        }
        for i in 0..step.len() {
            for j in 0..=i {
                *own.at_mut(i, j) += missed[i] * missed[j] / along;
            }
        }
    }
}
