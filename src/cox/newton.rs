//! Newton's method with step halving.

use super::frame::Frame;
use super::likelihood::{Derivatives, Form, Point};
use super::secant::Curvature;
use crate::numeric::linalg::{Ldl, SymMatrix};

/// Halvings of one step before it counts as no step at all.
const MAX_HALVINGS: usize = 40;
/// A gradient below this, in standard errors, that no step can better is at the limit of rounding.
const ROUNDING: f64 = 1e-6;
/// Weights of rows that are off by less, relative, leave a variance ten digits at least.
const EXACT: f64 = 1e-10;
/// A fall of the log-likelihood that rounding may cause, relative.
const NOISE: f64 = 1e-13;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Control {
    pub(super) tolerance: f64,
    pub(super) max_iterations: usize,
}

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The gradient is below the tolerance.
    Gradient,
    /// The gradient is small and no step makes it smaller: rounding.
    Rounding,
    /// The likelihood rises without end along some direction.
    Separation,
    /// Too many iterations.
    Iterations,
    /// Nothing was estimated: all coefficients were given, or there are none.
    Nothing,
}

/// The record of how a fit converged.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Convergence {
    /// Newton steps taken.
    pub iterations: usize,
    /// Steps that had to be halved, each time counted.
    pub halvings: usize,
    /// The largest |score|/√information of a coefficient at the end: how far off it is at most, in
    /// standard errors.
    pub gradient: f64,
    /// Why it stopped.
    pub reason: Stop,
}

/// Where Newton's method ended.
pub(super) struct Solution {
    pub(super) point: Point,
    pub(super) derivatives: Derivatives,
    pub(super) convergence: Convergence,
    /// The last step: where the likelihood rises for ever, if it does.
    pub(super) step: Vec<f64>,
}

impl Solution {
    /// Before any step.
    pub(super) fn nowhere((point, derivatives): (Point, Derivatives)) -> Self {
        let convergence = Convergence {
            iterations: 0,
            halvings: 0,
            gradient: f64::INFINITY,
            reason: Stop::Iterations,
        };
        Self { step: vec![0.0; point.beta.len()], point, derivatives, convergence }
    }
}

/// The information with every coefficient on the scale of its own standard error.
pub(super) struct Scaled {
    pub(super) scale: Vec<f64>,
    pub(super) factor: Ldl,
}

impl Scaled {
    /// Coefficients that are not `free` stay where they are.
    pub(super) fn new(information: &SymMatrix, free: &[bool]) -> Self {
        let scale: Vec<f64> =
            information.diagonal().map(|own| if own > 0.0 { own.sqrt() } else { 0.0 }).collect();
        let entry = |i: usize, j: usize| match free[i] && free[j] && scale[i] * scale[j] > 0.0 {
            true => information.get(i, j) / scale[i] / scale[j],
            false => 0.0,
        };
        let matrix = SymMatrix::from_lower(information.size(), entry);
        Self { factor: Ldl::new(&matrix), scale }
    }

    /// The Newton step.
    pub(super) fn solve(&self, score: &[f64]) -> Vec<f64> {
        let divide = |value: f64, scale: f64| if scale > 0.0 { value / scale } else { 0.0 };
        let scaled: Vec<f64> =
            score.iter().zip(&self.scale).map(|(&own, &scale)| divide(own, scale)).collect();
        let solved = self.factor.solve(&scaled);
        solved.iter().zip(&self.scale).map(|(&own, &scale)| divide(own, scale)).collect()
    }

    /// The inverse of the information, zero in aliased rows.
    pub(super) fn inverse(&self) -> SymMatrix {
        let inverse = self.factor.inverse();
        let entry = |i: usize, j: usize| match inverse.get(i, j) {
            0.0 => 0.0,
            own => own / self.scale[i] / self.scale[j],
        };
        SymMatrix::from_lower(self.scale.len(), entry)
    }

    /// The largest score of a free coefficient in units of its standard error.
    fn gradient(&self, score: &[f64], free: &[bool]) -> f64 {
        let own = |((score, scale), free): ((&f64, &f64), &bool)| match *free && *scale > 0.0 {
            true => score.abs() / scale,
            false => 0.0,
        };
        score.iter().zip(&self.scale).zip(free).map(own).fold(0.0, f64::max)
    }
}

/// Climbs from `start`; only `free` coefficients move.
pub(super) fn climb(
    frame: &Frame<'_>,
    form: Form<'_>,
    start: (Point, Derivatives),
    free: &[bool],
    control: Control,
) -> Solution {
    let (mut point, mut derivatives) = start;
    let mut record =
        Convergence { iterations: 0, halvings: 0, gradient: 0.0, reason: Stop::Iterations };
    let mut curvature = Curvature::new(&derivatives);
    let mut taken = vec![0.0; point.beta.len()];
    loop {
        let scaled = Scaled::new(&derivatives.information, free);
        record.gradient = scaled.gradient(&derivatives.score, free);
        if record.gradient <= control.tolerance {
            record.reason = Stop::Gradient;
            break;
        }
        if record.iterations == control.max_iterations {
            break;
        }
        let bent = curvature.added_to(&derivatives.information);
        let bent = bent.map(|bent| Scaled::new(&bent, free));
        // Not positive definite, it does not lead uphill.
        let bent = bent.filter(|bent| bent.factor.rank() == scaled.factor.rank());
        let step = bent.as_ref().unwrap_or(&scaled).solve(&derivatives.score);
        point.forget(frame);
        let from = (&point, &derivatives);
        let Some(next) = advance(frame, form, from, &step, &mut record.halvings) else {
            point.recall(frame, form);
            if record.gradient <= ROUNDING {
                record.reason = Stop::Rounding;
            }
            break;
        };
        record.iterations += 1;
        let after = next.derivatives(frame, form);
        taken = next.beta.iter().zip(&point.beta).map(|(to, from)| to - from).collect();
        curvature.learn(&taken, &derivatives, &after);
        std::mem::replace(&mut point, next).leave(frame);
        derivatives = after;
    }
    if derivatives.off > EXACT {
        derivatives = point.walked_derivatives(frame);
    }
    frame.spare.clear();
    if !free.contains(&true) {
        record.reason = Stop::Nothing;
    }
    Solution { point, derivatives, convergence: record, step: taken }
}

/// The first point on the way to a full step at which the likelihood is not lower.
fn advance(
    frame: &Frame<'_>,
    form: Form<'_>,
    (from, derivatives): (&Point, &Derivatives),
    step: &[f64],
    halvings: &mut usize,
) -> Option<Point> {
    let floor = (from.objective() - NOISE * from.objective().abs()).max(f64::MIN);
    let mut length = 1.0;
    for _ in 0..=MAX_HALVINGS {
        let beta = from.beta.iter().zip(step).map(|(beta, step)| beta + length * step).collect();
        let next = Point::after(frame, form, (from, derivatives), beta);
        if next.objective().is_finite() && next.objective() >= floor {
            return (next.beta != from.beta).then_some(next);
        }
        *halvings += 1;
        length *= 0.5;
    }
    None
}
