//! The parts of a Cox document.

use serde::Serialize;

use super::forest::ForestTerm;
use crate::accuracy::Concordance;
use crate::cox::{Baseline, Coefficient, CoxFit, PhTest, Status, Term, Test};
use crate::error::Result;
use crate::report::record;
use crate::report::whole::Source;

/// A coefficient; what does not exist is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct CoefficientRecord {
    pub(super) term: String,
    pub(super) level: Option<String>,
    pub(super) name: String,
    pub(super) coef: Option<f64>,
    pub(super) hr: Option<f64>,
    pub(super) std_err: Option<f64>,
    pub(super) model_std_err: Option<f64>,
    pub(super) z: Option<f64>,
    pub(super) p: Option<f64>,
    pub(super) ln_p: Option<f64>,
    pub(super) hr_lower: Option<f64>,
    pub(super) hr_upper: Option<f64>,
    pub(super) status: Status,
}

/// What limit and p of estimates of 0 and ∞ are made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unbounded {
    ProfileLikelihood,
    None,
}

impl Unbounded {
    /// Of the coefficients of some models.
    pub(super) fn of<'c>(all: impl Iterator<Item = &'c CoefficientRecord>) -> Option<Self> {
        let infinite: Vec<_> = all.filter(|own| own.status == Status::Infinite).collect();
        let profiled = infinite.iter().any(|own| own.p.is_some());
        let own = if profiled { Self::ProfileLikelihood } else { Self::None };
        (!infinite.is_empty()).then_some(own)
    }

    /// As it stands in a line of conventions.
    pub(super) fn aside(self) -> String {
        let by = match self {
            Self::ProfileLikelihood => "profile likelihood",
            Self::None => "neither",
        };
        format!(" (of estimates that are not finite: {by})")
    }

    /// As a sentence goes on.
    pub(super) fn words(self) -> String {
        match self {
            Self::ProfileLikelihood => {
                format!(
                    "; those of estimates that are not finite are by the profile likelihood {}",
                    Source::Venzon
                )
            }
            Self::None => "; estimates that are not finite have neither".to_owned(),
        }
    }
}

impl From<Coefficient> for CoefficientRecord {
    fn from(own: Coefficient) -> Self {
        Self {
            z: own.z(),
            term: own.term,
            level: own.level,
            name: own.name,
            coef: own.coef,
            hr: own.hazard_ratio,
            std_err: own.std_err,
            model_std_err: own.model_std_err,
            p: own.p,
            ln_p: own.ln_p,
            hr_lower: own.interval.lower,
            hr_upper: own.interval.upper,
            status: own.status,
        }
    }
}

/// A χ² test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct TestRecord {
    pub(super) statistic: f64,
    pub(super) df: usize,
    pub(super) p: Option<f64>,
    pub(super) ln_p: Option<f64>,
}

impl From<Test> for TestRecord {
    fn from(own: Test) -> Self {
        Self { statistic: own.statistic, df: own.df, p: own.p, ln_p: own.ln_p }
    }
}

/// The tests of all coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Tests {
    pub(super) likelihood_ratio: TestRecord,
    pub(super) wald: TestRecord,
    pub(super) score: TestRecord,
}

impl Tests {
    pub(super) fn new(fit: &CoxFit<'_>) -> Self {
        Self {
            likelihood_ratio: fit.likelihood_ratio_test().into(),
            wald: fit.wald_test().into(),
            score: fit.score_test().into(),
        }
    }
}

/// A term with its tests; null where a test does not exist.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct TermRecord {
    pub(super) term: String,
    pub(super) df: usize,
    pub(super) wald: Option<TestRecord>,
    /// Null for a term that an interaction contains.
    pub(super) likelihood_ratio: Option<TestRecord>,
}

impl TermRecord {
    /// The term at a place.
    pub(super) fn new(fit: &CoxFit<'_>, (at, term): (usize, Term)) -> Result<Self> {
        let wald = (term.df > 0).then(|| fit.wald_test_of(term.coefficients.clone()).into());
        let likelihood_ratio = fit.term_likelihood_ratio(at)?.map(TestRecord::from);
        Ok(Self { term: term.name, df: term.df, wald, likelihood_ratio })
    }
}

impl TermRecord {
    /// The test to show when there is room for one: the likelihood ratio, which has no χ²
    /// distribution where the variance must be robust.
    pub(super) fn overall(&self, robust: bool) -> Option<TestRecord> {
        self.likelihood_ratio.filter(|_| !robust).or(self.wald)
    }
}

/// The test of proportional hazards of a term, or of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PhRecord {
    pub(super) term: String,
    #[serde(flatten)]
    pub(super) test: TestRecord,
}

/// The rows of a test of proportional hazards, `GLOBAL` last.
pub(super) fn ph_records(own: PhTest) -> Vec<PhRecord> {
    let all = own.terms.into_iter().chain([("GLOBAL".to_owned(), own.global)]);
    all.map(|(term, test)| PhRecord { term, test: test.into() }).collect()
}

/// The baseline cumulative hazard of a stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct BaselineRecord {
    pub(super) stratum: String,
    #[serde(serialize_with = "record::object")]
    pub(super) levels: Vec<(String, String)>,
    pub(super) time: Vec<f64>,
    pub(super) cumulative_hazard: Vec<f64>,
}

impl From<Baseline> for BaselineRecord {
    fn from(own: Baseline) -> Self {
        let cumulative_hazard = own.cumulative_hazard().values().to_vec();
        Self { stratum: own.stratum, levels: own.levels, time: own.times, cumulative_hazard }
    }
}

/// The log-likelihoods at 0 and at the estimates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct LogLikelihoods {
    pub(super) null: f64,
    pub(super) model: f64,
}

/// Harrell's C.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct ConcordanceRecord {
    pub(super) estimate: f64,
    pub(super) std_err: Option<f64>,
}

impl ConcordanceRecord {
    pub(super) fn new(own: Concordance) -> Option<Self> {
        own.estimate.map(|estimate| Self { estimate, std_err: own.std_err })
    }
}

/// A term alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Univariable {
    pub(super) term: String,
    #[serde(serialize_with = "record::count")]
    pub(super) n: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) events: f64,
    pub(super) same_sample: bool,
    pub(super) likelihood_ratio: TestRecord,
    pub(super) coefficients: Vec<CoefficientRecord>,
    /// There when there is to be a forest plot.
    #[serde(skip)]
    pub(super) forest: Vec<ForestTerm>,
}

/// How terms were chosen for the multivariable model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Selection {
    pub(super) rule: String,
    pub(super) kept: Vec<String>,
    pub(super) left_out: Vec<String>,
}
