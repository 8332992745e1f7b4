//! What is asked of a Cox regression, and doing it.

use rayon::prelude::*;

use super::accuracy::AccuracyRecord;
use super::pooled::PooledDocument;
use super::predicted::{Predicted, Targets};
use super::records::{
    BaselineRecord, CoefficientRecord, ConcordanceRecord, LogLikelihoods, Selection, TermRecord,
    Tests, Unbounded, Univariable, ph_records,
};
use super::residuals::{ResidualRecords, ResidualType};
use super::{ConventionsRecord, CoxDocument, CoxFigure, forest};
use crate::accuracy::concordance;
use crate::convention::Conventions;
use crate::cox::{Coefficient, Cox, CoxFit, Estimates, PhTransform, Status, Stop, Ties, pool};
use crate::curve::ConfType;
use crate::error::{Error, ErrorKind, Result};
use crate::note::Note;
use crate::report::nesting::Nesting;
use crate::report::record::add_notes;
use crate::report::subject::{Regression, people};

const NO_BASELINE: &str = "no baseline hazard: covariates separate the events, and it would depend \
                           on where the search for the maximum ended";
const ROWS_AVERAGED: &str = "adjusted curves are means over rows: with several rows a subject, who \
                             has more of them counts more";

/// Whether some coefficient is not finite.
fn separated(fit: &CoxFit<'_>) -> bool {
    let finite = |own: &Coefficient| matches!(own.status, Status::Estimated | Status::Aliased);
    !fit.coefficients().iter().all(finite)
}

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
    /// The function of time against which proportional hazards are tested, if they are.
    pub ph_test: Option<PhTransform>,
    /// Whether the baseline hazard is wanted.
    pub baseline: bool,
    /// Residuals that are wanted.
    pub residuals: Option<ResidualType>,
    /// Times at which predicted survival is wanted.
    pub at: Vec<f64>,
    /// Whether all steps of predicted curves are wanted.
    pub curve: bool,
    /// The scale of their intervals, where the conventions' is not wanted.
    pub conf_type: Option<ConfType>,
    /// The time up to which accuracy is wanted.
    pub accuracy: Option<f64>,
    /// What is to be drawn.
    pub figure: Option<CoxFigure>,
}

impl CoxPlan {
    /// Fits the model, and predicts.
    ///
    /// # Errors
    /// Those of the fit and of what rests on it.
    pub fn run(
        &self,
        subject: Regression,
        screened: Screened,
        targets: Targets,
    ) -> Result<CoxDocument> {
        let model = self.model();
        let fit = model.fit(&subject.cohort, &subject.design)?;
        let same = |own: Alone| Univariable { same_sample: own.rows == subject.rows, ..own.result };
        let univariable: Vec<Univariable> = screened.alone.into_iter().map(same).collect();
        let coefficients = coefficients(&fit);
        let alone = univariable.iter().flat_map(|own| &own.coefficients);
        let infinite = Unbounded::of(alone.chain(&coefficients));
        let mut notes = subject.notes.clone();
        add_notes(&mut notes, fit.notes());
        add_notes(&mut notes, &aliases(&fit));
        let convergence = fit.convergence();
        let ph_test = self.ph_test.map(|transform| fit.ph_test(transform)).transpose()?;
        let residuals = |kind| ResidualRecords::new(&fit, kind, &subject.rows);
        let recipe = (&fit, &subject.recipe);
        if targets.adjusted.is_some() && subject.cohort.entry().is_some() {
            notes.push(Note::Remark(ROWS_AVERAGED.to_owned()));
        }
        let predicted = Predicted::new(self, recipe, targets, &mut notes)?;
        let accuracy = |tau| AccuracyRecord::new(self, (&fit, &subject.cohort), tau, &mut notes);
        let accuracy = self.accuracy.map(accuracy).transpose()?;
        if self.baseline && separated(&fit) {
            notes.push(Note::Remark(NO_BASELINE.to_owned()));
        }
        let baseline = self.baseline && !separated(&fit);
        let baseline = if baseline { fit.baseline() } else { Vec::new() };
        Ok(CoxDocument {
            command: "cox",
            schema_version: 1,
            conf_level: self.conf_level(),
            ties: fit.ties().name(),
            conventions: ConventionsRecord {
                conf_type: (predicted.has_curves() || accuracy.is_some())
                    .then(|| self.curve_options().conf_type),
                infinite,
                penalty: self.penalty(),
                ..ConventionsRecord::new(
                    self.conventions,
                    fit.ties(),
                    fit.is_robust(),
                    if fit.is_profiled() { "profile-likelihood" } else { "Wald" },
                )
            },
            nesting: Nesting::new(&subject.cohort, &subject.formula),
            people: people(&subject.data, &subject.cohort),
            n: fit.n_obs(),
            events: fit.n_events(),
            iterations: convergence.iterations,
            converged: convergence.reason != Stop::Iterations,
            convergence,
            loglik: LogLikelihoods { null: fit.null_log_likelihood(), model: fit.log_likelihood() },
            coefficients,
            terms: terms(&fit)?,
            tests: Tests::new(&fit),
            concordance: ConcordanceRecord::new(concordance(
                &subject.cohort,
                &fit.linear_predictor(),
            )?),
            aic: fit.aic(),
            bic: fit.bic(),
            ph_transform: self.ph_test.map(PhTransform::name),
            ph_test: ph_test.clone().map(ph_records).unwrap_or_default(),
            baseline: baseline.into_iter().map(BaselineRecord::from).collect(),
            residuals: self.residuals.map(residuals),
            predicted,
            accuracy,
            univariable,
            selection: screened.selection,
            figure: self.drawn((&fit, &subject), ph_test.as_ref())?,
            notes,
            formula: subject.formula.clone(),
            data: subject.data.clone(),
        })
    }

    pub(super) fn conf_level(&self) -> f64 {
        self.conf_level.unwrap_or(0.95)
    }

    pub(super) fn ties(&self) -> Ties {
        self.ties.unwrap_or(self.conventions.cox_ties)
    }

    /// The penalty of the likelihood, if it has one.
    pub(super) fn penalty(&self) -> Option<&'static str> {
        self.firth.then_some("firth")
    }

    fn model(&self) -> Cox {
        let model =
            Cox::default().ties(self.ties()).conf_level(self.conf_level()).firth(self.firth);
        let model = model.small_sample(self.conventions.small_sample);
        if self.profile { model.profile(true) } else { model }
    }

    /// Pools the fits of imputed data sets.
    ///
    /// # Errors
    /// Those of the fits and of pooling.
    pub fn pool(&self, subjects: Vec<Regression>) -> Result<PooledDocument> {
        let model = self.model();
        let estimates = |own: &Regression| -> Result<Estimates> {
            model.fit(&own.cohort, &own.design)?.estimates()
        };
        let fits = subjects.iter().map(estimates).collect::<Result<Vec<_>>>()?;
        let pooled = pool(&model, &fits, None)?;
        Ok(PooledDocument::new(self, &subjects, pooled))
    }

    /// Fits every term alone, in parallel.
    ///
    /// # Errors
    /// Those of the fits, naming the term.
    pub fn screen(&self, alone: Vec<(String, Regression)>) -> Result<Screened> {
        let fit = |(term, own): (String, Regression)| {
            self.alone(&term, own).map_err(|error| match error.kind() {
                ErrorKind::Analysis(message) => Error::analysis(format!("{term} alone: {message}")),
                _ => error,
            })
        };
        let alone = alone.into_par_iter().map(fit).collect::<Result<_>>()?;
        Ok(Screened { alone, selection: None })
    }

    fn alone(&self, term: &str, own: Regression) -> Result<Alone> {
        let fit = self.model().fit(&own.cohort, &own.design)?;
        let result = Univariable {
            term: term.to_owned(),
            n: fit.n_obs(),
            events: fit.n_events(),
            same_sample: true,
            likelihood_ratio: fit.likelihood_ratio_test().into(),
            coefficients: coefficients(&fit),
            forest: forest::terms(self.figure, &own),
        };
        let passing = if fit.is_robust() { fit.wald_test() } else { fit.likelihood_ratio_test() };
        Ok(Alone { result, p: passing.p, robust: fit.is_robust(), rows: own.rows })
    }
}

/// Terms fitted alone, and which of them go on to the multivariable model.
#[derive(Debug, Default)]
pub struct Screened {
    alone: Vec<Alone>,
    selection: Option<Selection>,
}

#[derive(Debug)]
struct Alone {
    result: Univariable,
    /// That of the test by which it passes: Wald's where the variance is robust.
    p: Option<f64>,
    robust: bool,
    rows: Vec<u32>,
}

impl Screened {
    /// Keeps the terms whose p, alone, is below a limit; returns their names. The p is that of the
    /// likelihood ratio, or with a robust variance Wald's.
    pub fn select(&mut self, limit: f64) -> Vec<String> {
        let passes = |own: &&Alone| own.p.is_some_and(|p| p < limit);
        let name = |own: &Alone| own.result.term.clone();
        let (kept, left_out): (Vec<&Alone>, Vec<&Alone>) = self.alone.iter().partition(passes);
        let (kept, left_out): (Vec<_>, Vec<_>) =
            (kept.into_iter().map(name).collect(), left_out.into_iter().map(name).collect());
        let robust = self.alone.iter().any(|own| own.robust);
        let test = if robust { "Wald, robust" } else { "likelihood ratio" };
        let rule = format!("p < {limit} alone ({test})");
        self.selection = Some(Selection { rule, kept: kept.clone(), left_out });
        kept
    }
}

fn terms(fit: &CoxFit<'_>) -> Result<Vec<TermRecord>> {
    fit.terms().into_iter().enumerate().map(|own| TermRecord::new(fit, own)).collect()
}

/// What aliased columns are combinations of.
fn aliases(fit: &CoxFit<'_>) -> Vec<Note> {
    let own = fit.coefficients().into_iter().enumerate();
    let aliased = own.filter(|(_, own)| own.status == Status::Aliased);
    let note = |(at, own): (usize, Coefficient)| {
        let others = fit.aliased_with(at);
        let why = match others.as_slice() {
            [] => "does not vary among those at risk together".to_owned(),
            _ => format!("is a combination of {}", others.join(", ")),
        };
        Note::Remark(format!("{} {why}: it has no estimate of its own", own.name))
    };
    aliased.map(note).collect()
}

fn coefficients(fit: &CoxFit<'_>) -> Vec<CoefficientRecord> {
    fit.coefficients().into_iter().map(CoefficientRecord::from).collect()
}
