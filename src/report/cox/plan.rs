//! What is asked of a Cox regression, and doing it.

use super::records::{
    CoefficientRecord, ConcordanceRecord, LogLikelihoods, TermRecord, Tests, Univariable,
};
use super::{ConventionsRecord, CoxDocument};
use crate::accuracy::concordance;
use crate::convention::Conventions;
use crate::cox::{Cox, CoxFit, Stop, Ties};
use crate::error::Result;
use crate::report::record::add_notes;
use crate::report::subject::Regression;

/// What a report of a Cox regression shall hold.
#[derive(Debug, Clone, Default)]
pub struct CoxPlan {
    /// The conventions to follow.
    pub conventions: Conventions,
    /// Ties, where the conventions' are not wanted.
    pub ties: Option<Ties>,
    /// Level of the intervals, 0.95 unless given.
    pub conf_level: Option<f64>,
    /// Whether the likelihood is penalised as Firth does.
    pub firth: bool,
    /// Whether intervals are by the profile likelihood.
    pub profile: bool,
}

impl CoxPlan {
    /// Fits the model.
    ///
    /// # Errors
    /// Those of the fit.
    pub fn run(
        &self,
        subject: Regression,
        alone: Vec<(String, Regression)>,
    ) -> Result<CoxDocument> {
        let model = self.model();
        let fit = model.fit(&subject.cohort, &subject.design)?;
        let univariable = alone.iter().map(|(term, own)| self.univariable(term, own, &subject));
        let univariable = univariable.collect::<Result<_>>()?;
        let mut notes = subject.notes.clone();
        add_notes(&mut notes, fit.notes());
        let convergence = fit.convergence();
        Ok(CoxDocument {
            command: "cox",
            schema_version: 1,
            conf_level: self.conf_level(),
            ties: fit.ties().name(),
            conventions: ConventionsRecord::new(self.conventions, fit.ties(), fit.is_robust()),
            n: fit.n_obs(),
            events: fit.n_events(),
            iterations: convergence.iterations,
            converged: convergence.reason != Stop::Iterations,
            convergence,
            loglik: LogLikelihoods { null: fit.null_log_likelihood(), model: fit.log_likelihood() },
            coefficients: coefficients(&fit),
            terms: terms(&fit)?,
            tests: Tests::new(&fit),
            concordance: ConcordanceRecord::new(concordance(
                &subject.cohort,
                &fit.linear_predictor(),
            )?),
            aic: fit.aic(),
            bic: fit.bic(),
            univariable,
            notes,
            formula: subject.formula.clone(),
            data: subject.data.clone(),
        })
    }

    fn conf_level(&self) -> f64 {
        self.conf_level.unwrap_or(0.95)
    }

    fn model(&self) -> Cox {
        let ties = self.ties.unwrap_or(self.conventions.cox_ties);
        let model = Cox::default().ties(ties).conf_level(self.conf_level()).firth(self.firth);
        let model = model.small_sample(self.conventions.small_sample);
        if self.profile { model.profile(true) } else { model }
    }

    fn univariable(&self, term: &str, own: &Regression, full: &Regression) -> Result<Univariable> {
        let fit = self.model().fit(&own.cohort, &own.design)?;
        Ok(Univariable {
            term: term.to_owned(),
            n: fit.n_obs(),
            events: fit.n_events(),
            same_sample: own.rows == full.rows,
            likelihood_ratio: fit.likelihood_ratio_test().into(),
            coefficients: coefficients(&fit),
        })
    }
}

fn terms(fit: &CoxFit<'_>) -> Result<Vec<TermRecord>> {
    fit.terms().into_iter().enumerate().map(|own| TermRecord::new(fit, own)).collect()
}

fn coefficients(fit: &CoxFit<'_>) -> Vec<CoefficientRecord> {
    fit.coefficients().into_iter().map(CoefficientRecord::from).collect()
}
