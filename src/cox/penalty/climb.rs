//! The maximum of the penalised likelihood at one λ, by proximal Newton steps.

use super::CoxPath;
use super::columns::Columns;
use super::quadratic::{Penalty, Quadratic};
use crate::cohort::{Cohort, Design, Weights};
use crate::cox::alias::varying;
use crate::cox::frame::Frame;
use crate::cox::likelihood::{Form, Point};
use crate::cox::ties::Tied;
use crate::numeric::linalg::SymMatrix;

/// A step that moves no standardised coefficient by more is the last; the error that it leaves is
/// about its square.
const TOLERANCE: f64 = 1e-9;
/// A step below this that no point on its way betters, or that is hardly shorter than the one
/// before, is at the limit of rounding.
const ROUNDING: f64 = 1e-6;
const MAX_STEPS: usize = 100;
const MAX_HALVINGS: usize = 40;
/// A fall of the objective that rounding may cause, relative.
const NOISE: f64 = 1e-13;

/// The likelihood of a cohort, with coefficients of columns of standard deviation 1.
pub(super) struct Problem<'p> {
    frame: Frame<'p>,
    form: Form<'static>,
    pub(super) columns: Columns,
    /// Σ w.
    n: f64,
    /// Rows; Σ of frequency weights.
    pub(super) n_obs: f64,
}

/// Where the likelihood has been expanded.
pub(super) struct Place {
    pub(super) log_likelihood: f64,
    model: Quadratic,
}

/// Where the penalised likelihood is highest.
pub(super) struct Top {
    pub(super) b: Vec<f64>,
    pub(super) log_likelihood: f64,
}

impl<'p> Problem<'p> {
    /// The problem, and its likelihood at 0.
    pub(super) fn new(options: &CoxPath, cohort: &'p Cohort, design: &'p Design) -> (Self, Place) {
        let frame = Frame::new(cohort, design);
        let form = Form { ties: options.ties, members: None, penalised: None };
        let origin = Point::new(&frame, form, vec![0.0; design.n_columns()]);
        let varies = varying(&origin.derivatives(&frame, form));
        let columns = Columns::new(cohort, design, &varies, options.standardize);
        let n = (0..cohort.n_rows()).map(|row| cohort.weights().of(row)).sum();
        let counts = !matches!(cohort.weights(), Weights::Sampling(_));
        let n_obs = if counts { n } else { cohort.n_rows() as f64 };
        let problem = Self { frame, form, columns, n, n_obs };
        let start = problem.place(vec![0.0; problem.columns.len()], &origin);
        (problem, start)
    }

    /// Number of events, Σ of frequency weights.
    pub(super) fn events(&self) -> f64 {
        self.frame.events()
    }

    /// The log-likelihood of other coefficients.
    pub(super) fn log_likelihood(&self, beta: &[f64]) -> f64 {
        Point::new(&self.frame, self.form, beta.to_vec()).log_likelihood
    }

    /// The log-likelihood of a model with a parameter for every row: those who fail at a time share
    /// the risk set with nobody else.
    pub(super) fn saturated(&self) -> f64 {
        let slots = self.frame.sets.event_slots().filter(|&slot| self.frame.tied[slot] > 0.0);
        let log = |slot: usize| {
            let (count, mean_weight) = (self.frame.tied[slot], self.frame.mean_weight(slot));
            let alone = count * mean_weight;
            Tied { count, mean_weight, risk: alone, events: alone }.log(self.form.ties)
        };
        -slots.map(log).sum::<f64>()
    }

    /// The smallest λ at which all coefficients are zero.
    pub(super) fn largest(&self, origin: &Place, alpha: f64) -> f64 {
        let scores = origin.model.gradient.iter().zip(&self.columns.factor);
        scores.map(|(score, factor)| score.abs() / factor).fold(0.0, f64::max) / alpha
    }

    /// The likelihood about a point, divided by n.
    fn place(&self, b: Vec<f64>, point: &Point) -> Place {
        let own = point.derivatives(&self.frame, self.form);
        let each: Vec<(usize, f64)> = self.columns.each().collect();
        let entry = |i: usize, j: usize| {
            let ((i, sd_i), (j, sd_j)) = (each[i], each[j]);
            own.information.get(i, j) / sd_i / sd_j / self.n
        };
        let gradient = each.iter().map(|&(at, sd)| own.score[at] / sd / self.n).collect();
        let curvature = SymMatrix::from_lower(each.len(), entry);
        let model = Quadratic { at: b, gradient, curvature };
        Place { log_likelihood: point.log_likelihood, model }
    }

    /// The maximum, and in `from` the last place at which the likelihood was expanded; none without
    /// convergence.
    pub(super) fn climb(&self, from: &mut Place, penalty: Penalty) -> Option<Top> {
        let mut before = f64::INFINITY;
        for _ in 0..MAX_STEPS {
            let goal = from.model.maximise(penalty, &self.columns.factor);
            let ways = goal.iter().zip(&from.model.at).map(|(to, from)| (to - from).abs());
            let way = ways.fold(0.0, f64::max);
            let Some((b, point)) = self.advance(from, &goal, penalty) else {
                let top = Top { b: from.model.at.clone(), log_likelihood: from.log_likelihood };
                return (way <= ROUNDING).then_some(top);
            };
            if way <= TOLERANCE || (way <= ROUNDING && way > 0.5 * before) {
                return Some(Top { b, log_likelihood: point.log_likelihood });
            }
            *from = self.place(b, &point);
            before = way;
        }
        None
    }

    /// The first point on the way back from the goal at which the objective is not lower.
    fn advance(&self, from: &Place, goal: &[f64], penalty: Penalty) -> Option<(Vec<f64>, Point)> {
        let objective = |log_likelihood: f64, b: &[f64]| {
            log_likelihood / self.n - penalty.of(b, &self.columns.factor)
        };
        let origin = &from.model.at;
        let floor = objective(from.log_likelihood, origin);
        let floor = floor - NOISE * floor.abs();
        let mut length = 1.0;
        for _ in 0..=MAX_HALVINGS {
            let between = |(from, to): (&f64, &f64)| from + length * (to - from);
            // All the way, what is zero stays exactly zero.
            let b: Vec<f64> = match length {
                1.0 => goal.to_vec(),
                _ => origin.iter().zip(goal).map(between).collect(),
            };
            let point = Point::new(&self.frame, self.form, self.columns.unscale(&b));
            if objective(point.log_likelihood, &b) >= floor {
                return Some((b, point));
            }
            length *= 0.5;
        }
        None
    }
}
