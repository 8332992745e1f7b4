//! The partial likelihood with its gradient and information, by scatter, scan and gather.
//!
//! With r = exp(x'β + offset) and, at each event time, S0, S1 = Σ w r, Σ w r x over the risk set
//! and E0, E1 over its events, φ = S0 − f·E0:
//!
//! - Λ(t) = Σ w̄ Σ 1/φ over event times up to t, the cumulative baseline hazard;
//! - v = w r (Λ(to) − Λ(from) − δ Σ w̄ f/φ), the events expected of a row;
//! - score = Σ x (w δ − v);
//! - information = Σ v x x' − Σ over times of (S1 − f̄ E1)(S1 − f̄ E1)' Σ w̄/φ² + E1 E1' Σ w̄ (f − f̄)²/φ².
//!
//! The first sum of the information is one weighted Gram matrix over rows, the second one over
//! event times.

mod blur;
mod direct;
mod exact;
mod firth;
mod hazard;
mod information;
mod relative_risk;
mod state;

pub(super) use hazard::Hazard;
pub(super) use state::State;

use blur::blurred;
use direct::Direct;

use super::frame::{Frame, Plan};
use super::members::Members;
use super::ties::Ties;
use crate::numeric::linalg::SymMatrix;

/// Which likelihood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'m> {
    pub(super) ties: Ties,
    /// Needed for exact ties, for the penalty, and where running sums lose their digits.
    pub(super) members: Option<&'m Members<'m>>,
    /// The coefficients under Firth's penalty.
    pub(super) penalised: Option<&'m [bool]>,
}

/// The likelihood at one β, so far without derivatives.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) beta: Vec<f64>,
    pub(super) log_likelihood: f64,
    /// What a penalty adds.
    pub(super) penalty: f64,
    /// Whether the sums of the state have lost their digits.
    pub(super) blurred: bool,
    pub(super) state: State,
    pub(super) hazard: Hazard,
}

/// Gradient and information.
#[derive(Debug, Clone)]
pub(super) struct Derivatives {
    pub(super) score: Vec<f64>,
    pub(super) information: SymMatrix,
    /// Σ v x², of which the information is what the means over risk sets leave.
    pub(super) about_centre: Vec<f64>,
    /// The part of the score that is a penalty's.
    pub(super) penalty: Option<Vec<f64>>,
    /// How far off the weights of rows in the information may be, relative; the score is exact.
    pub(super) off: f64,
}

impl Point {
    pub(super) fn new(frame: &Frame<'_>, form: Form<'_>, beta: Vec<f64>) -> Self {
        let at_zero = form.foresees(frame) && beta.iter().all(|beta| *beta == 0.0);
        let foreseen = at_zero.then(|| Hazard::at_zero(frame, form.ties));
        Self::with(frame, form, beta, foreseen)
    }

    /// A point after a step from one whose derivatives are known.
    pub(super) fn after(
        frame: &Frame<'_>,
        form: Form<'_>,
        (from, derivatives): (&Self, &Derivatives),
        beta: Vec<f64>,
    ) -> Self {
        let step: Vec<f64> = beta.iter().zip(&from.beta).map(|(to, from)| to - from).collect();
        let foresee =
            |information| Hazard::foreseen((frame, form.ties), &from.state, information, &step);
        let foreseen = form.foresees(frame).then_some(&derivatives.information).and_then(foresee);
        Self::with(frame, form, beta, foreseen)
    }

    fn with(frame: &Frame<'_>, form: Form<'_>, beta: Vec<f64>, foreseen: Option<Hazard>) -> Self {
        let mut state = State::new(frame, &beta, foreseen);
        let hazard = Hazard::new(frame, form.ties, &state.risk, &state.events);
        let blurred = blurred(frame, &state, &hazard, form.blur());
        if let Plan::Sweep(_) = frame.plan {
            state.forget_sums(frame);
        }
        let breslow = match (blurred, form.members) {
            (false, _) => hazard.log_likelihood(&state),
            (true, Some(members)) => Direct::new(frame, members, form.ties, &beta).log_likelihood(),
            // No point to step on.
            (true, None) => f64::NEG_INFINITY,
        };
        let log_likelihood = breslow + form.over_breslow(&beta);
        let mut point = Self { beta, log_likelihood, penalty: 0.0, blurred, state, hazard };
        if let Some(penalised) = form.penalised {
            point.penalty = firth::penalty(&point.unpenalised(frame, form), penalised);
        }
        point
    }

    /// Lets go of what takes memory by row and can be found again, where the next point needs none
    /// of it.
    pub(super) fn forget(&mut self, frame: &Frame<'_>) {
        if let Plan::Sweep(_) = frame.plan {
            self.leave(frame);
        }
    }

    /// Leaves its memory to the points to come.
    pub(super) fn leave(&mut self, frame: &Frame<'_>) {
        self.state.forget(frame);
        self.hazard.forget(frame);
    }

    /// Finds again what it let go of.
    pub(super) fn recall(&mut self, frame: &Frame<'_>, form: Form<'_>) {
        if self.state.theta.is_empty() {
            *self = Self::with(frame, form, std::mem::take(&mut self.beta), None);
        }
    }

    /// What is maximised.
    pub(super) fn objective(&self) -> f64 {
        self.log_likelihood + self.penalty
    }

    /// Gradient of what is maximised, and the information without the penalty.
    pub(super) fn derivatives(&self, frame: &Frame<'_>, form: Form<'_>) -> Derivatives {
        let mut derivatives = self.unpenalised(frame, form);
        if let (Some(penalised), Some(members)) = (form.penalised, form.members) {
            let gradient =
                firth::gradient(frame, (members, form.ties), &self.beta, (&derivatives, penalised));
            derivatives.score.iter_mut().zip(&gradient).for_each(|(score, own)| *score += own);
            derivatives.penalty = Some(gradient);
        }
        derivatives
    }

    /// The same, with no weight of a row foreseen.
    pub(super) fn walked_derivatives(&self, frame: &Frame<'_>) -> Derivatives {
        information::walk(frame, &self.state, &self.hazard)
    }

    /// Gradient and information by another hazard.
    pub(super) fn derivatives_by(&self, frame: &Frame<'_>, hazard: &Hazard) -> Derivatives {
        information::walk(frame, &self.state, hazard)
    }

    fn unpenalised(&self, frame: &Frame<'_>, form: Form<'_>) -> Derivatives {
        let exact = form.exact();
        let mut derivatives = match (exact, form.members.filter(|_| self.blurred)) {
            (_, Some(members)) => Direct::new(frame, members, form.ties, &self.beta)
                .derivatives(|slot| exact.is_none() || frame.tied[slot] <= 1.0),
            (None, None) => information::ahead(frame, &self.state, &self.hazard)
                .unwrap_or_else(|| information::walk(frame, &self.state, &self.hazard)),
            (Some(members), None) => {
                let untied = exact::untied(frame, members, &self.hazard);
                information::walk(frame, &self.state, &untied)
            }
        };
        if let Some(members) = exact {
            exact::add_tied(members, &self.beta, &mut derivatives);
        }
        derivatives
    }
}

impl<'m> Form<'m> {
    /// The rows, when ties are exact.
    fn exact(&self) -> Option<&'m Members<'m>> {
        self.members.filter(|_| self.ties == Ties::Exact)
    }

    /// Whether a hazard that is foreseen can spare a walk over the rows.
    fn foresees(&self, frame: &Frame<'_>) -> bool {
        self.ties != Ties::Exact && self.penalised.is_none() && matches!(frame.plan, Plan::Table)
    }

    fn blur(&self) -> f64 {
        BLUR[usize::from(self.members.is_none())]
    }

    fn over_breslow(&self, beta: &[f64]) -> f64 {
        self.exact().map_or(0.0, |members| exact::log_over_breslow(members, beta))
    }
}

/// A term this many times larger than what is left of a sum has spoilt it, when there is another
/// way to it and when there is none.
const BLUR: [f64; 2] = [1e5, 1e9];
