//! A fitted model.

use super::alias::aliases;
use super::coefficient::{Coefficient, Profiled, Status, Term};
use super::frame::Frame;
use super::likelihood::{Derivatives, Point};
use super::maximum::{Extras, Maximum, Problem};
use super::newton::{Convergence, Scaled};
use super::options::Cox;
use super::ties::Ties;
use crate::cohort::{Cohort, Design, Weights};
use crate::error::Result;
use crate::note::Note;
use crate::numeric::linalg::{Ldl, SymMatrix};
use crate::numeric::normal::normal_quantile;
use crate::numeric::tails::{Tail, chi2_upper};

/// A fitted Cox model.
#[derive(Debug)]
pub struct CoxFit<'a> {
    pub(super) options: Cox,
    pub(super) cohort: &'a Cohort,
    pub(super) design: &'a Design,
    pub(super) frame: Frame<'a>,
    pub(super) extras: Extras<'a>,
    /// Where Newton's method ended: with separation far out, and no maximum.
    pub(super) point: Point,
    /// The estimates; with separation, in the limit.
    pub(super) beta: Vec<f64>,
    pub(super) status: Vec<Status>,
    /// 1/√information at β = 0, a first guess of standard errors.
    pub(super) units: Vec<f64>,
    /// Whether an infinite coefficient is +∞.
    pub(super) upwards: Vec<bool>,
    /// The columns that an aliased one is a combination of.
    aliases: Vec<Vec<usize>>,
    pub(super) profiled: Vec<Option<Profiled>>,
    /// Inverse of the information; zero for aliased columns, generalised in the limit.
    pub(super) model_vcov: SymMatrix,
    /// The robust variance, when it is in use.
    pub(super) robust_vcov: Option<SymMatrix>,
    /// The log-likelihood and the penalty at 0 and at the maximum.
    null: (f64, f64),
    maximum: (f64, f64),
    score: f64,
    convergence: Convergence,
    pub(super) notes: Vec<Note>,
}

/// A χ² test.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Test {
    /// χ².
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// p; none without degrees of freedom.
    pub p: Option<f64>,
    /// The natural logarithm of p.
    pub ln_p: Option<f64>,
}

impl Test {
    pub(super) fn new(statistic: f64, df: usize) -> Self {
        let tail = (df > 0).then(|| chi2_upper(statistic.max(0.0), df as f64));
        let (p, ln_p) = (tail.map(|Tail { p, .. }| p), tail.map(|Tail { ln_p, .. }| ln_p));
        Self { statistic, df, p, ln_p }
    }
}

impl<'a> CoxFit<'a> {
    pub(super) fn new(options: Cox, cohort: &'a Cohort, design: &'a Design) -> Result<Self> {
        let frame = Frame::new(cohort, design);
        let extras = Extras::new(options, cohort, design, &frame);
        let problem = Problem::new(options, (cohort, design), &frame, &extras);
        let width = design.n_columns();
        let found = problem.maximise(vec![0.0; width], &vec![true; width])?;
        let (status, upwards) = problem.judge(&found);
        let notes = [cohort.notes().to_vec(), problem.remarks(&found, &status)].concat();
        let Maximum { origin, limit, derivatives, .. } = found;
        let units = origin.derivatives.information.diagonal().map(|own| own.sqrt().recip());
        let mut fit = Self {
            options,
            cohort,
            design,
            score: score_statistic(&origin.derivatives, &origin.free),
            aliases: aliases(&origin.derivatives, &origin.free),
            units: units.collect(),
            null: (origin.log_likelihood, origin.penalty),
            maximum: (found.log_likelihood, found.penalty),
            model_vcov: Scaled::new(&derivatives.information, &limit.free).inverse(),
            robust_vcov: None,
            point: found.point,
            beta: found.beta,
            convergence: found.convergence,
            profiled: vec![None; width],
            status,
            upwards,
            notes,
            frame,
            extras,
        };
        if options.wants_robust(cohort) {
            fit.robust_vcov = Some(fit.robust_variance()?);
        }
        fit.profile_coefficients()?;
        Ok(fit)
    }

    /// How ties are treated.
    pub fn ties(&self) -> Ties {
        self.options.ties
    }

    /// Number of rows; Σ of frequency weights.
    pub fn n_obs(&self) -> f64 {
        match self.cohort.weights() {
            Weights::Frequency(weights) => weights.iter().sum(),
            _ => self.cohort.n_rows() as f64,
        }
    }

    /// Number of events; Σ of frequency weights.
    pub fn n_events(&self) -> f64 {
        self.frame.events()
    }

    /// The partial log-likelihood at β = 0.
    pub fn null_log_likelihood(&self) -> f64 {
        self.null.0
    }

    /// The partial log-likelihood at the estimates; with infinite coefficients its supremum.
    pub fn log_likelihood(&self) -> f64 {
        self.maximum.0
    }

    /// The log-likelihood with Firth's penalty ½ ln det I(β), at β = 0 and at the estimates.
    pub fn penalised_log_likelihood(&self) -> Option<[f64; 2]> {
        let sum = |(own, penalty): (f64, f64)| own + penalty;
        self.extras.penalised.as_ref().map(|_| [sum(self.null), sum(self.maximum)])
    }

    /// Coefficients that are not aliased: the degrees of freedom.
    pub fn df(&self) -> usize {
        self.status.iter().filter(|status| **status != Status::Aliased).count()
    }

    /// Akaike's criterion, −2ℓ + 2·df.
    pub fn aic(&self) -> f64 {
        2.0 * self.df() as f64 - 2.0 * self.log_likelihood()
    }

    /// Schwarz's criterion with the number of events, −2ℓ + df·ln(events).
    pub fn bic(&self) -> f64 {
        self.df() as f64 * self.n_events().ln() - 2.0 * self.log_likelihood()
    }

    /// The coefficients in the order of the design.
    pub fn coefficients(&self) -> Vec<Coefficient> {
        let z = normal_quantile(0.5 + 0.5 * self.options.conf_level);
        let terms = self.design.terms().iter();
        let places = terms.flat_map(|term| term.columns.clone().map(move |at| (at, &term.name)));
        let coefficient = |(at, term): (usize, &String)| {
            let column = &self.design.columns()[at];
            let own =
                Coefficient::unknown(&column.name, term, column.level.as_deref(), self.status[at]);
            let own = match self.status[at] {
                Status::Estimated => {
                    let std_err = |vcov: &SymMatrix| vcov.get(at, at).sqrt();
                    let model = std_err(&self.model_vcov);
                    own.estimated(self.beta[at], std_err(self.vcov_in_use()), model, z)
                }
                Status::Infinite if !self.upwards[at] => {
                    Coefficient { hazard_ratio: Some(0.0), ..own }
                }
                _ => own,
            };
            match self.profiled[at] {
                Some(profiled) => own.profiled(profiled),
                None => own,
            }
        };
        places.map(coefficient).collect()
    }

    /// The terms in the order of the design.
    pub fn terms(&self) -> Vec<Term> {
        let estimated = |at: &usize| self.status[*at] == Status::Estimated;
        let terms = self.design.terms().iter().map(|term| Term {
            name: term.name.clone(),
            coefficients: term.columns.clone(),
            df: term.columns.clone().filter(estimated).count(),
        });
        terms.collect()
    }

    /// The covariance of two coefficients, by the variance in use; 0 when one has no estimate.
    pub fn vcov(&self, i: usize, j: usize) -> f64 {
        let estimated = |at: usize| self.status[at] == Status::Estimated;
        if estimated(i) && estimated(j) { self.vcov_in_use().get(i, j) } else { 0.0 }
    }

    /// Names of the columns of which an aliased one is a combination (and of a constant, within
    /// risk sets); none when it is constant within every risk set.
    pub fn aliased_with(&self, coefficient: usize) -> Vec<String> {
        let name = |&at: &usize| self.design.columns()[at].name.clone();
        self.aliases[coefficient].iter().map(name).collect()
    }

    pub(super) fn vcov_in_use(&self) -> &SymMatrix {
        self.robust_vcov.as_ref().unwrap_or(&self.model_vcov)
    }

    /// Whether the variance in use is the robust one.
    pub fn is_robust(&self) -> bool {
        self.robust_vcov.is_some()
    }

    /// Whether intervals and p of finite coefficients are by the profile likelihood.
    pub fn is_profiled(&self) -> bool {
        self.options.wants_profile(self.cohort)
    }

    /// The likelihood-ratio test of all coefficients, also of infinite ones; with Firth's penalty of
    /// the penalised likelihood.
    pub fn likelihood_ratio_test(&self) -> Test {
        let (null, maximum) = (self.null.0 + self.null.1, self.maximum.0 + self.maximum.1);
        Test::new(2.0 * (maximum - null), self.df())
    }

    /// The score test of all coefficients.
    pub fn score_test(&self) -> Test {
        Test::new(self.score, self.df())
    }

    /// Wald's test of all coefficients, by the variance in use.
    pub fn wald_test(&self) -> Test {
        self.wald_test_of(0..self.frame.width())
    }

    /// Wald's test of some coefficients, as those of a term.
    pub fn wald_test_of(&self, coefficients: std::ops::Range<usize>) -> Test {
        let own: Vec<usize> =
            coefficients.filter(|&at| self.status[at] == Status::Estimated).collect();
        let vcov = self.vcov_in_use();
        let scale: Vec<f64> = own.iter().map(|&at| vcov.get(at, at).sqrt()).collect();
        let entry = |i: usize, j: usize| vcov.get(own[i], own[j]) / scale[i] / scale[j];
        let factor = Ldl::new(&SymMatrix::from_lower(own.len(), entry));
        let z: Vec<f64> =
            own.iter().zip(&scale).map(|(&at, scale)| self.beta[at] / scale).collect();
        Test::new(factor.quadratic_form(&z), factor.rank())
    }

    /// How the fit converged.
    pub fn convergence(&self) -> Convergence {
        self.convergence
    }

    /// What to know about the data and the fit.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

fn score_statistic(derivatives: &Derivatives, free: &[bool]) -> f64 {
    let step = Scaled::new(&derivatives.information, free).solve(&derivatives.score);
    step.iter().zip(&derivatives.score).map(|(step, score)| step * score).sum()
}
