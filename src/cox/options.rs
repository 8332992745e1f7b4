//! What can be chosen about a fit.

use super::fit::CoxFit;
use super::newton::Control;
use super::ties::Ties;
use crate::cohort::{Cohort, Design};
use crate::error::{Error, Result};

const PROFILE_OF_DEPENDENT: &str = "no profile-likelihood intervals with sampling weights or \
    clusters, where the likelihood's fall has no chi-squared distribution: leave profile out, and \
    intervals are Wald's by the robust variance";

/// Cox's proportional hazards model: conventions, then [`fit`](Self::fit).
///
/// The hazard of a subject with covariates x is λ₀(t)·exp(x'β + offset), in every stratum with a
/// λ₀ of its own; β maximises the partial likelihood. At each event time with d events, mean weight
/// w̄ and S0, E0 = Σ w·exp(x'β) over those at risk and over those who fail, the logarithm of
/// Efron's denominator is w̄ Σ ln(S0 − (l/d)·E0), l = 0 … d − 1, and of Breslow's d·w̄·ln S0.
///
/// Frequency weights give the fit of the expanded rows; sampling weights and clusters the robust
/// variance. R: `coxph(Surv(entry, time, status) ~ x + strata(s), ties = "efron")`. Cox 1972,
/// doi:10.1111/j.2517-6161.1972.tb00899.x; Efron 1977, doi:10.1080/01621459.1977.10480613.
///
/// ```
/// use riskset::{cohort::{Cohort, Design}, cox::Cox};
/// let cohort = Cohort::builder(vec![1, 2, 3, 4, 5], vec![true, true, false, true, true]).build()?;
/// let design = Design::from_columns(vec![("x".into(), vec![1.0, 0.0, 1.0, 1.0, 0.0])])?;
/// let fit = Cox::default().fit(&cohort, &design)?;
/// let x = &fit.coefficients()[0];
/// assert!((x.coef.unwrap() - 0.5644).abs() < 1e-4);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cox {
    pub(super) ties: Ties,
    pub(super) conf_level: f64,
    pub(super) robust: Option<bool>,
    pub(super) small_sample: bool,
    pub(super) firth: bool,
    pub(super) profile: Option<bool>,
    pub(super) control: Control,
}

impl Default for Cox {
    fn default() -> Self {
        Self {
            ties: Ties::default(),
            conf_level: 0.95,
            robust: None,
            small_sample: false,
            firth: false,
            profile: None,
            control: Control { tolerance: 1e-9, max_iterations: 100 },
        }
    }
}

impl Cox {
    /// How events at one time are treated.
    pub fn ties(self, ties: Ties) -> Self {
        Self { ties, ..self }
    }

    /// Level of the confidence intervals, 0.95 unless given.
    pub fn conf_level(self, conf_level: f64) -> Self {
        Self { conf_level, ..self }
    }

    /// Whether the variance is the robust one; unless said, it is with clusters or sampling
    /// weights.
    pub fn robust(self, robust: bool) -> Self {
        Self { robust: Some(robust), ..self }
    }

    /// Whether the robust variance is multiplied by g/(g − 1), with g clusters (or subjects where
    /// there are none), as Stata does.
    pub fn small_sample(self, small_sample: bool) -> Self {
        Self { small_sample, ..self }
    }

    /// Whether the variance of a fit to these data is the robust one.
    pub(super) fn wants_robust(&self, cohort: &Cohort) -> bool {
        self.robust.unwrap_or(cohort.is_dependent())
    }

    /// Whether intervals and p of finite coefficients of a fit to these data are by the profile
    /// likelihood.
    pub(super) fn wants_profile(&self, cohort: &Cohort) -> bool {
        self.profile.unwrap_or(self.firth && !cohort.is_dependent())
    }

    /// Whether the likelihood is penalised by ½ ln det I(β), which keeps estimates finite and takes
    /// off their first-order bias.
    ///
    /// R: `coxphf(…)`. Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2001,
    /// doi:10.1111/j.0006-341X.2001.00114.x.
    pub fn firth(self, firth: bool) -> Self {
        Self { firth, ..self }
    }

    /// Whether intervals and p of coefficients are by the profile likelihood and not by Wald; unless
    /// said, they are with [`firth`](Self::firth), but not with clusters or sampling weights, where
    /// the profile's fall has no χ² distribution.
    pub fn profile(self, profile: bool) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// Newton steps after which a fit is given up, 100 unless given.
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.control.max_iterations = max_iterations;
        self
    }

    /// Fits the model.
    ///
    /// # Errors
    /// A design of another length than the cohort; no events; more coefficients than events, unless
    /// penalised; sampling weights or Firth's penalty with exact ties; the profile likelihood with
    /// sampling weights or clusters; no convergence, naming the covariate.
    pub fn fit<'a>(&self, cohort: &'a Cohort, design: &'a Design) -> Result<CoxFit<'a>> {
        self.check(cohort, design)?;
        CoxFit::new(*self, cohort, design)
    }

    pub(super) fn check(&self, cohort: &Cohort, design: &Design) -> Result<()> {
        if !(self.conf_level > 0.0 && self.conf_level < 1.0) {
            let level = self.conf_level;
            return Err(Error::option(format!("confidence level {level} is not between 0 and 1")));
        }
        if design.n_columns() > 0 && design.n_rows() != cohort.n_rows() {
            let (rows, found) = (cohort.n_rows(), design.n_rows());
            return Err(Error::analysis(format!("{found} rows of covariates for {rows} subjects")));
        }
        if self.ties == Ties::Exact && cohort.weights().is_sampling() {
            return Err(Error::option(
                "exact ties count subjects, which sampling weights do not: use efron or breslow",
            ));
        }
        if self.ties == Ties::Exact && self.firth {
            return Err(Error::option("Firth's penalty needs efron or breslow ties, not exact"));
        }
        if self.profile == Some(true) && cohort.is_dependent() {
            return Err(Error::option(PROFILE_OF_DEPENDENT));
        }
        if cohort.n_events() == 0 {
            return Err(Error::analysis("there are no events, so no hazard can be compared"));
        }
        Ok(())
    }
}
