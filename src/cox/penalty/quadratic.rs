//! The maximum of a quadratic less an elastic-net penalty.
//!
//! Coordinate descent finds which coefficients are zero; the others solve a linear system as long as
//! none of them changes its sign. Both only ever climb, and there are finitely many patterns of
//! signs, so near-collinear columns do not slow it down.

use crate::cox::newton::Scaled;
use crate::numeric::linalg::SymMatrix;

/// Rounds of descent and solution at most.
const ROUNDS: usize = 200;
/// A round that moves no coefficient by more is the last.
const SETTLED: f64 = 1e-12;
/// A gradient beyond the threshold by less is rounding, and wakes no coefficient.
const ROUNDING: f64 = 1e-12;

/// Added to the curvature, relative to its diagonal: a flat direction then is walked along until a
/// coefficient vanishes, and any other costs one more round.
const FLOOR: f64 = 1e-11;

/// Weights of Σ|f·b| and of Σ(f·b)²/2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Penalty {
    pub(super) absolute: f64,
    pub(super) square: f64,
}

impl Penalty {
    pub(super) fn of(self, b: &[f64], factor: &[f64]) -> f64 {
        let terms = b.iter().zip(factor).map(|(b, f)| f * b);
        terms.map(|b| self.absolute * b.abs() + 0.5 * self.square * b * b).sum()
    }
}

/// gradient·d − d'·curvature·d/2, with d the distance from `at`.
#[derive(Debug)]
pub(super) struct Quadratic {
    pub(super) at: Vec<f64>,
    pub(super) gradient: Vec<f64>,
    pub(super) curvature: SymMatrix,
}

impl Quadratic {
    /// Where it is highest, less the penalty.
    pub(super) fn maximise(&self, penalty: Penalty, factor: &[f64]) -> Vec<f64> {
        let (b, slope) = (self.at.clone(), self.gradient.clone());
        let mut search = Search { quadratic: self, penalty, factor, b, slope };
        for _ in 0..ROUNDS {
            let moved = search.descend();
            search.solve();
            let size = search.b.iter().fold(1.0, |size: f64, b| size.max(b.abs()));
            if moved <= SETTLED * size {
                break;
            }
        }
        search.b
    }

    /// The gradient at another place.
    fn slope(&self, b: &[f64]) -> Vec<f64> {
        let distance: Vec<f64> = b.iter().zip(&self.at).map(|(b, at)| b - at).collect();
        let bend = self.curvature.times(&distance);
        self.gradient.iter().zip(bend).map(|(gradient, bend)| gradient - bend).collect()
    }
}

struct Search<'q> {
    quadratic: &'q Quadratic,
    penalty: Penalty,
    factor: &'q [f64],
    b: Vec<f64>,
    /// The quadratic's gradient at b.
    slope: Vec<f64>,
}

impl Search<'_> {
    fn absolute(&self, at: usize) -> f64 {
        self.penalty.absolute * self.factor[at]
    }

    fn square(&self, at: usize) -> f64 {
        self.penalty.square * self.factor[at] * self.factor[at]
    }

    /// Every coefficient in turn to where it is best; the longest way that one goes.
    fn descend(&mut self) -> f64 {
        let mut longest: f64 = 0.0;
        for at in 0..self.b.len() {
            let step = self.best(at) - self.b[at];
            if step != 0.0 {
                self.b[at] += step;
                let curvature = &self.quadratic.curvature;
                let slopes = self.slope.iter_mut().enumerate();
                slopes.for_each(|(other, slope)| *slope -= curvature.get(other, at) * step);
                longest = longest.max(step.abs());
            }
        }
        longest
    }

    fn best(&self, at: usize) -> f64 {
        let (own, threshold) = (self.quadratic.curvature.get(at, at), self.absolute(at));
        let pull = self.slope[at] + own * self.b[at];
        let bend = own + self.square(at);
        let beyond = pull.abs() - threshold;
        if beyond <= ROUNDING * threshold {
            return 0.0;
        }
        // Without curvature it may rise for ever.
        if bend > 0.0 { beyond.copysign(pull) / bend } else { self.b[at] }
    }

    /// Goes to the maximum among coefficients of the same signs; where one vanishes on the way, on
    /// without it.
    fn solve(&mut self) {
        for _ in 0..=self.b.len() {
            let face: Vec<usize> = (0..self.b.len()).filter(|&at| self.moves(at)).collect();
            let step = self.newton(&face);
            let ends = self.first_zero(&face, &step);
            let length = ends.map_or(1.0, |(length, _)| length);
            face.iter().zip(&step).for_each(|(&at, step)| self.b[at] += length * step);
            if let Some((_, at)) = ends {
                self.b[at] = 0.0;
            }
            self.slope = self.quadratic.slope(&self.b);
            if ends.is_none() {
                return;
            }
        }
    }

    /// Whether the penalty is smooth around a coefficient.
    fn moves(&self, at: usize) -> bool {
        self.b[at] != 0.0 || self.penalty.absolute == 0.0
    }

    fn newton(&self, face: &[usize]) -> Vec<f64> {
        let entry = |i: usize, j: usize| {
            let own = self.quadratic.curvature.get(face[i], face[j]);
            if i == j { (1.0 + FLOOR) * own + self.square(face[i]) } else { own }
        };
        let rise = |&at: &usize| {
            let pull = if self.b[at] == 0.0 { 0.0 } else { self.absolute(at) };
            self.slope[at] - pull.copysign(self.b[at]) - self.square(at) * self.b[at]
        };
        let rises: Vec<f64> = face.iter().map(rise).collect();
        Scaled::new(&SymMatrix::from_lower(face.len(), entry), &vec![true; face.len()])
            .solve(&rises)
    }

    /// How far along the step a coefficient vanishes first, and which.
    fn first_zero(&self, face: &[usize], step: &[f64]) -> Option<(f64, usize)> {
        let crosses = |(&at, &step): (&usize, &f64)| {
            let length = -self.b[at] / step;
            (length > 0.0 && length <= 1.0).then_some((length, at))
        };
        let all = face.iter().zip(step).filter_map(crosses);
        all.filter(|_| self.penalty.absolute > 0.0).min_by(|a, b| a.0.total_cmp(&b.0))
    }
}
