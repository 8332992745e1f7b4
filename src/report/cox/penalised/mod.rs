//! Penalised Cox regression: `riskset cox … --penalty`.

mod methods;
mod page;
mod plan;
mod results;

use std::io;

use serde::Serialize;

use super::LogLikelihoods;
use super::records::CoefficientRecord;
use crate::convention::{Dialect, TimeZero};
use crate::cox::{PenalisedFit, Status, ValidatedLambda};
use crate::note::Note;
use crate::report::csv::Csv;
use crate::report::nesting::Nesting;
use crate::report::number::{exact, exact_or_empty};
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::record;
use crate::report::results::Results;
use crate::report::subject::DataUse;
use crate::report::whole::Methods;

pub use plan::{LambdaChoice, PenaltyPlan};

/// The result of a penalised Cox regression. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct PenalisedDocument {
    command: &'static str,
    schema_version: u32,
    formula: String,
    ties: &'static str,
    conventions: ConventionsRecord,
    data: DataUse,
    #[serde(flatten)]
    nesting: Nesting,
    /// How many subjects, or rows.
    #[serde(skip)]
    people: String,
    #[serde(serialize_with = "record::count")]
    n: f64,
    #[serde(serialize_with = "record::count")]
    events: f64,
    loglik: LogLikelihoods,
    penalty: PenaltyRecord,
    /// The fits that were chosen, the first of which gives `coefficients` their `coef`.
    choices: Vec<FitRecord>,
    coefficients: Vec<ShrunkRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<FitRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
}

/// Every convention that made the numbers.
#[derive(Debug, Serialize)]
struct ConventionsRecord {
    dialect: Dialect,
    ties: &'static str,
    lambda: &'static str,
    standardized: bool,
    time_zero: TimeZero,
    #[serde(skip)]
    line: String,
}

/// The penalty, and how λ was chosen.
#[derive(Debug, Clone, Copy, Serialize)]
struct PenaltyRecord {
    alpha: f64,
    /// λ where it was given.
    lambda: Option<f64>,
    lambda_min: Option<f64>,
    lambda_1se: Option<f64>,
    folds: Option<usize>,
    seed: Option<u64>,
}

/// The fit at one λ.
#[derive(Debug, Clone, Serialize)]
struct FitRecord {
    /// `lambda`, `lambda_min`, `lambda_1se`; in a path both of these words, or null.
    choice: Option<String>,
    lambda: f64,
    nonzero: usize,
    deviance_ratio: Option<f64>,
    loglik: f64,
    /// Cross-validated deviance per event, and its standard error.
    cv_deviance: Option<f64>,
    cv_std_err: Option<f64>,
    /// In the order of `coefficients`.
    coef: Vec<f64>,
}

impl FitRecord {
    fn new(fit: &PenalisedFit, validated: Option<&ValidatedLambda>, choice: &[&str]) -> Self {
        Self {
            choice: (!choice.is_empty()).then(|| choice.join(" ")),
            lambda: fit.lambda,
            nonzero: fit.nonzero,
            deviance_ratio: fit.deviance_ratio,
            loglik: fit.log_likelihood,
            cv_deviance: validated.map(|own| own.deviance),
            cv_std_err: validated.map(|own| own.std_err),
            coef: fit.coefficients.clone(),
        }
    }
}

/// A coefficient; standard error, p and limits are null.
#[derive(Debug, Serialize)]
struct ShrunkRecord {
    #[serde(flatten)]
    own: CoefficientRecord,
    coef_1se: Option<f64>,
    hr_1se: Option<f64>,
}

impl ShrunkRecord {
    fn new([term, name]: [&str; 2], level: Option<&str>, coef: f64, coef_1se: Option<f64>) -> Self {
        let own = CoefficientRecord {
            term: term.to_owned(),
            level: level.map(str::to_owned),
            name: name.to_owned(),
            coef: Some(coef),
            hr: Some(coef.exp()),
            std_err: None,
            model_std_err: None,
            z: None,
            p: None,
            ln_p: None,
            hr_lower: None,
            hr_upper: None,
            status: Status::Estimated,
        };
        Self { own, coef_1se, hr_1se: coef_1se.map(f64::exp) }
    }
}

const TITLES: [&str; 12] = [
    "choice",
    "lambda",
    "nonzero",
    "deviance_ratio",
    "loglik",
    "cv_deviance",
    "cv_std_err",
    "term",
    "level",
    "coefficient",
    "coef",
    "hr",
];

impl PenalisedDocument {
    /// One record for every coefficient at every λ shown.
    fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        csv.header(leading, &TITLES.map(str::to_owned))?;
        let fits = if self.path.is_empty() { &self.choices } else { &self.path };
        for fit in fits {
            let numbers = [fit.deviance_ratio, Some(fit.loglik), fit.cv_deviance, fit.cv_std_err];
            let choice = fit.choice.clone().unwrap_or_default();
            let head = [choice, exact(fit.lambda), fit.nonzero.to_string()];
            let head: Vec<String> = head.into_iter().chain(numbers.map(exact_or_empty)).collect();
            for (ShrunkRecord { own, .. }, &coef) in self.coefficients.iter().zip(&fit.coef) {
                let level = own.level.clone().unwrap_or_default();
                let names = [own.term.clone(), level, own.name.clone()];
                let cells = head.iter().cloned().chain(names);
                csv.record(cells.chain([coef, coef.exp()].map(exact)).collect())?;
            }
        }
        Ok(())
    }
}

impl Document for PenalisedDocument {
    const COMMAND: &'static str = "cox";

    fn page(&self) -> Page {
        self.whole_page()
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        self.records(csv, leading)
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.statistics(results)
    }

    fn data(&self) -> Option<&DataUse> {
        Some(&self.data)
    }

    fn known(&self) -> &[Note] {
        &self.notes
    }

    fn tell(&self, methods: &mut Methods) {
        self.methods(methods);
    }
}
