//! Ridge, lasso and elastic net: paths of penalised fits, and cross-validation along them.
//!
//! `columns` puts coefficients on the scale that is penalised, `climb` finds the maximum at one λ by
//! proximal Newton steps, of which `quadratic` solves each, `path` walks down the λ, `folds` and
//! `validate` choose among them.

mod climb;
mod columns;
mod folds;
#[cfg(test)]
mod laws;
mod path;
mod quadratic;
mod validate;

pub use folds::{folds, folds_by};
pub use path::{PenalisedFit, PenalisedPath};
pub use validate::{CrossValidated, ValidatedLambda};

use climb::Problem;
use quadratic::Penalty;

use super::options::Cox;
use super::ties::Ties;
use crate::cohort::{Cohort, Design};
use crate::error::{Error, Result};
use crate::note::Note;

/// Ridge counts as this α where the first λ is sought, as with glmnet: no λ makes it all zeros.
const RIDGE: f64 = 1e-3;

/// The elastic net for Cox's model along a sequence of λ: conventions, then [`fit`](Self::fit) or
/// [`cross_validate`](Self::cross_validate).
///
/// At each λ the coefficients β maximise ℓ(β)/n − λ Σ (α|b| + (1 − α)b²/2), with ℓ the partial
/// log-likelihood, n the sum of weights (rows, without them), and b = s·β, where s is the column's
/// standard deviation with denominator n. This is glmnet's scale of λ. A column that is constant
/// within every risk set has coefficient 0.
///
/// Unless given, λ falls geometrically from the smallest one at which all coefficients are 0,
/// max |∂ℓ/∂b|/(nα) at b = 0 with α at least 0.001, to 0.0001 of it (0.01 with fewer rows than
/// columns) over 100 values. Such a path ends early, as glmnet's, when four steps have raised the
/// share of deviance explained by less than a thousandth of it, or when the share exceeds 0.999.
///
/// R: `glmnet(x, Surv(time, status), family = "cox", alpha = )`. Simon et al. 2011,
/// doi:10.18637/jss.v039.i05.
///
/// ```
/// use riskset::{cohort::{Cohort, Design}, cox::CoxPath};
/// let cohort = Cohort::builder(vec![1, 2, 3, 4, 5], vec![true, true, false, true, true]).build()?;
/// let design = Design::from_columns(vec![("x".into(), vec![1.0, 0.0, 1.0, 1.0, 0.0])])?;
/// let path = CoxPath::elastic_net(1.0).fit(&cohort, &design)?;
/// assert_eq!(path.fits()[0].nonzero, 0);
/// assert!(path.fits()[1].coefficients[0] > 0.0);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CoxPath {
    alpha: f64,
    ties: Ties,
    standardize: bool,
    lambdas: Option<Vec<f64>>,
    n_lambda: usize,
    min_ratio: Option<f64>,
}

impl CoxPath {
    /// The elastic net with α the share of the absolute penalty: 1 is the lasso, 0 ridge. Ties by
    /// Breslow, as glmnet.
    pub fn elastic_net(alpha: f64) -> Self {
        let (lambdas, min_ratio) = (None, None);
        let (ties, standardize, n_lambda) = (Ties::Breslow, true, 100);
        Self { alpha, ties, standardize, lambdas, n_lambda, min_ratio }
    }

    /// How events at one time are treated: by Breslow, or by Efron.
    pub fn ties(self, ties: Ties) -> Self {
        Self { ties, ..self }
    }

    /// Whether the penalty is on coefficients of columns of standard deviation 1; else on those of
    /// the columns as they are. True unless said.
    pub fn standardize(self, standardize: bool) -> Self {
        Self { standardize, ..self }
    }

    /// The λ to fit at, in any order; the path has them from the largest to the smallest.
    pub fn lambdas(self, lambdas: impl Into<Vec<f64>>) -> Self {
        let mut lambdas: Vec<f64> = lambdas.into();
        lambdas.sort_by(|a, b| b.total_cmp(a));
        Self { lambdas: Some(lambdas), ..self }
    }

    /// How many λ, where none are given; 100 unless said.
    pub fn n_lambda(self, n_lambda: usize) -> Self {
        Self { n_lambda, ..self }
    }

    /// The smallest λ as a fraction of the largest, where none are given.
    pub fn min_ratio(self, min_ratio: f64) -> Self {
        Self { min_ratio: Some(min_ratio), ..self }
    }

    /// Fits the path.
    ///
    /// # Errors
    /// α outside 0 to 1; a λ that is negative or not finite, or none; a ratio outside 0 to 1; exact
    /// ties; no events; a design of another length than the cohort; no covariate that varies within
    /// a risk set; with λ = 0 whatever keeps [`Cox`] from a fit, and separation; no convergence,
    /// naming λ.
    pub fn fit(&self, cohort: &Cohort, design: &Design) -> Result<PenalisedPath> {
        self.check()?;
        Cox::default().ties(self.ties).check(cohort, design)?;
        let (problem, start) = Problem::new(self, cohort, design);
        if problem.columns.len() == 0 {
            return Err(Error::analysis(
                "no covariate varies within a risk set: there is nothing to penalise",
            ));
        }
        let lambdas = match &self.lambdas {
            Some(lambdas) => lambdas.clone(),
            None => self.sequence(problem.largest(&start, self.alpha.max(RIDGE)), &problem),
        };
        if lambdas.contains(&0.0) {
            self.check_maximum(cohort, design)?;
        }
        path::walk(self, &problem, start, &lambdas)
    }

    /// Without a penalty the likelihood may rise for ever.
    fn check_maximum(&self, cohort: &Cohort, design: &Design) -> Result<()> {
        let plain = Cox::default().ties(self.ties).robust(false).fit(cohort, design)?;
        let separated = plain.notes().iter().any(|note| matches!(note, Note::Separation { .. }));
        match separated {
            false => Ok(()),
            true => Err(Error::analysis(
                "the events are separated, so that with lambda 0 the likelihood has no maximum; \
                 give lambdas above 0",
            )),
        }
    }

    fn penalty(&self, lambda: f64) -> Penalty {
        Penalty { absolute: lambda * self.alpha, square: lambda * (1.0 - self.alpha) }
    }

    fn sequence(&self, largest: f64, problem: &Problem<'_>) -> Vec<f64> {
        let few = problem.n_obs < problem.columns.width as f64;
        let ratio = self.min_ratio.unwrap_or(if few { 1e-2 } else { 1e-4 });
        let steps = (self.n_lambda - 1).max(1) as f64;
        (0..self.n_lambda).map(|step| largest * ratio.powf(step as f64 / steps)).collect()
    }

    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::option(message));
        if !(0.0..=1.0).contains(&self.alpha) {
            return refuse(format!("alpha {} is not between 0 and 1", self.alpha));
        }
        let given = self.lambdas.as_deref().unwrap_or_default();
        if let Some(lambda) = given.iter().find(|own| !(**own >= 0.0 && own.is_finite())) {
            return refuse(format!("lambda {lambda}: give a number that is not negative"));
        }
        if self.n_lambda == 0 || self.lambdas.as_ref().is_some_and(Vec::is_empty) {
            return refuse("no lambda is given: a path needs at least one".to_owned());
        }
        if let Some(ratio) = self.min_ratio.filter(|own| !(*own > 0.0 && *own < 1.0)) {
            return refuse(format!("the smallest lambda's ratio {ratio} is not between 0 and 1"));
        }
        if self.ties == Ties::Exact {
            return refuse("a penalised path needs breslow or efron ties, not exact".to_owned());
        }
        Ok(())
    }
}
