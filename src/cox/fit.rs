//! A fitted model.

use super::coefficient::{Coefficient, Status, Term};
use super::frame::Frame;
use super::likelihood::{Derivatives, Point};
use super::newton::{Convergence, Scaled, Stop, climb};
use super::options::Cox;
use super::ties::Ties;
use crate::cohort::{Cohort, Design, Weights};
use crate::error::{Error, Result};
use crate::note::Note;
use crate::numeric::linalg::{Ldl, SymMatrix};
use crate::numeric::normal::normal_quantile;
use crate::numeric::tails::{Tail, chi2_upper};

/// A column of which risk sets leave less than this is constant within all of them.
const CONSTANT: f64 = 1e-12;

/// A fitted Cox model.
#[derive(Debug)]
pub struct CoxFit<'a> {
    pub(super) options: Cox,
    pub(super) cohort: &'a Cohort,
    pub(super) design: &'a Design,
    pub(super) frame: Frame<'a>,
    pub(super) point: Point,
    pub(super) status: Vec<Status>,
    /// Inverse of the information; zero for coefficients without an estimate.
    pub(super) model_vcov: SymMatrix,
    /// The robust variance, when it is in use.
    pub(super) robust_vcov: Option<SymMatrix>,
    null: f64,
    score: f64,
    convergence: Convergence,
    notes: Vec<Note>,
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
        let start = Point::new(&frame, options.ties, vec![0.0; frame.width()]);
        let derivatives = start.derivatives(&frame);
        let free = estimable(&derivatives);
        check_size(&free, frame.events())?;
        let null = start.log_likelihood;
        let score = score_statistic(&derivatives, &free);
        let solution = climb(&frame, options.ties, (start, derivatives), &free, options.control);
        if matches!(solution.convergence.reason, Stop::Iterations) {
            return Err(not_converged(design, &solution.derivatives, &solution.convergence));
        }
        let status = |free: &bool| if *free { Status::Estimated } else { Status::Aliased };
        let mut fit = Self {
            options,
            cohort,
            design,
            status: free.iter().map(status).collect(),
            model_vcov: Scaled::new(&solution.derivatives.information, &free).inverse(),
            robust_vcov: None,
            point: solution.point,
            frame,
            null,
            score,
            convergence: solution.convergence,
            notes: cohort.notes().to_vec(),
        };
        if options.wants_robust(cohort) {
            fit.robust_vcov = Some(fit.robust_variance()?);
        }
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
        self.null
    }

    /// The partial log-likelihood at the estimates.
    pub fn log_likelihood(&self) -> f64 {
        self.point.log_likelihood
    }

    /// Coefficients that have an estimate.
    pub fn df(&self) -> usize {
        self.status.iter().filter(|status| **status == Status::Estimated).count()
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
            match self.status[at] {
                Status::Estimated => {
                    let std_err = |vcov: &SymMatrix| vcov.get(at, at).sqrt();
                    let model = std_err(&self.model_vcov);
                    own.estimated(self.point.beta[at], std_err(self.vcov_in_use()), model, z)
                }
                _ => own,
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

    /// The covariance of two coefficients, by the variance in use.
    pub fn vcov(&self, i: usize, j: usize) -> f64 {
        self.vcov_in_use().get(i, j)
    }

    pub(super) fn vcov_in_use(&self) -> &SymMatrix {
        self.robust_vcov.as_ref().unwrap_or(&self.model_vcov)
    }

    /// Whether the variance in use is the robust one.
    pub fn is_robust(&self) -> bool {
        self.robust_vcov.is_some()
    }

    /// The likelihood-ratio test of all coefficients.
    pub fn likelihood_ratio_test(&self) -> Test {
        Test::new(2.0 * (self.log_likelihood() - self.null), self.df())
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
            own.iter().zip(&scale).map(|(&at, scale)| self.point.beta[at] / scale).collect();
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

/// Columns that are not aliased, by the information at the start.
fn estimable(derivatives: &Derivatives) -> Vec<bool> {
    let varies: Vec<bool> = derivatives
        .information
        .diagonal()
        .zip(&derivatives.about_centre)
        .map(|(own, &about)| own > CONSTANT * about)
        .collect();
    let aliased = Scaled::new(&derivatives.information, &varies).factor.aliased();
    aliased.into_iter().map(|aliased| !aliased).collect()
}

fn score_statistic(derivatives: &Derivatives, free: &[bool]) -> f64 {
    let step = Scaled::new(&derivatives.information, free).solve(&derivatives.score);
    step.iter().zip(&derivatives.score).map(|(step, score)| step * score).sum()
}

fn check_size(free: &[bool], events: f64) -> Result<()> {
    let coefficients = free.iter().filter(|&&free| free).count();
    if coefficients as f64 <= events {
        return Ok(());
    }
    let message = format!(
        "{coefficients} coefficients for {events} events: the likelihood has no maximum worth \
         reporting; use fewer terms, or a penalty (--firth, --penalty)"
    );
    Err(Error::analysis(message))
}

fn not_converged(design: &Design, at: &Derivatives, record: &Convergence) -> Error {
    let gradient = |own: (f64, f64)| if own.1 > 0.0 { own.0.abs() / own.1.sqrt() } else { 0.0 };
    let scores = at.score.iter().copied().zip(at.information.diagonal());
    let worst = scores.map(gradient).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    let name = worst.map_or("", |(at, _)| design.columns()[at].name.as_str());
    let Convergence { iterations, gradient, .. } = record;
    Error::analysis(format!(
        "the fit did not converge in {iterations} iterations: {name} is still {gradient:.1e} \
         standard errors from the maximum"
    ))
}
