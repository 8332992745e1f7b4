//! Cox regression: `riskset cox`.

mod accuracy;
mod csv;
mod each;
mod figure;
mod forest;
mod methods;
mod page;
mod penalised;
mod plan;
mod pooled;
mod predicted;
mod records;
mod residuals;
mod results;

use serde::Serialize;

use super::nesting::Nesting;
use super::record;
use super::subject::DataUse;
use crate::convention::{Conventions, Dialect, TimeZero};
use crate::cox::{Convergence, Ties};
use crate::curve::ConfType;
use crate::note::Note;

use accuracy::AccuracyRecord;
pub use figure::CoxFigure;
use figure::Drawn;
pub use penalised::{LambdaChoice, PenalisedDocument, PenaltyPlan};
pub use plan::{CoxPlan, Screened};
pub use pooled::PooledDocument;
use predicted::Predicted;
pub use predicted::{AdjustedTargets, Targets};
use records::{
    BaselineRecord, CoefficientRecord, ConcordanceRecord, LogLikelihoods, PhRecord, Selection,
    TermRecord, Tests, Unbounded, Univariable,
};
use residuals::ResidualRecords;
pub use residuals::ResidualType;

/// The result of a Cox regression. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct CoxDocument {
    command: &'static str,
    schema_version: u32,
    formula: String,
    conf_level: f64,
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
    iterations: usize,
    converged: bool,
    convergence: Convergence,
    loglik: LogLikelihoods,
    coefficients: Vec<CoefficientRecord>,
    terms: Vec<TermRecord>,
    tests: Tests,
    concordance: Option<ConcordanceRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ph_test: Vec<PhRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ph_transform: Option<&'static str>,
    aic: f64,
    bic: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    univariable: Vec<Univariable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selection: Option<Selection>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    baseline: Vec<BaselineRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    residuals: Option<ResidualRecords>,
    #[serde(flatten)]
    predicted: Predicted,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<AccuracyRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
    #[serde(skip)]
    figure: Option<Drawn>,
}

/// Every convention that made the numbers.
#[derive(Debug, Clone, Copy, Serialize)]
struct ConventionsRecord {
    dialect: Dialect,
    ties: &'static str,
    /// Firth's penalty, where the likelihood has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    penalty: Option<&'static str>,
    variance: &'static str,
    interval: &'static str,
    /// What those of estimates that are not finite are made by, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    infinite: Option<Unbounded>,
    /// The scale of intervals of predicted curves, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    conf_type: Option<ConfType>,
    time_zero: TimeZero,
    #[serde(skip)]
    words: Conventions,
}

impl ConventionsRecord {
    fn new(own: Conventions, ties: Ties, robust: bool, interval: &'static str) -> Self {
        Self {
            dialect: own.dialect,
            ties: ties.name(),
            penalty: None,
            variance: if robust { "robust" } else { "model" },
            interval,
            infinite: None,
            conf_type: None,
            time_zero: own.time_zero,
            words: own,
        }
    }

    /// All in one line.
    fn line(&self) -> String {
        let ties = match self.ties {
            "efron" => "Efron's ties",
            "breslow" => "Breslow's ties",
            _ => "exact (conditional) likelihood",
        };
        let variance = match self.variance {
            "robust" => "robust (sandwich) variance",
            _ => "model-based variance",
        };
        let penalty = self.penalty.map_or("", |_| "; Firth's penalised likelihood");
        let time_zero = self.words.time_zero_words();
        let curves = self.conf_type.map(|own| format!("; {} interval for S(t)", own.name()));
        format!(
            "Conventions ({}): {ties}{penalty}; {variance}; {} intervals and p{}{}; events before \
             censorings; time 0 {time_zero}",
            self.dialect.title(),
            self.interval,
            self.infinite.map_or_else(String::new, Unbounded::aside),
            curves.unwrap_or_default(),
        )
    }
}
