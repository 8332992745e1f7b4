//! The log-rank family: `riskset logrank`.

mod csv;
mod each;
mod methods;
mod page;
mod plan;
mod results;

use serde::Serialize;

use super::nesting::Nesting;
use super::number::p_brief;
use super::plot::{Curves, PlotStyle, Plotted, Told};
use super::ratio::{self, RatioRecord};
use super::record;
use super::subject::DataUse;
use crate::compare::{Component, PairTest, Trend};
use crate::convention::{Conventions, Dialect, TimeZero};
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::note::Note;

pub use plan::{LogRankPlan, Weighting};

/// The result of a test of the log-rank family. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct LogRankDocument {
    command: &'static str,
    schema_version: u32,
    formula: String,
    weight: String,
    conventions: ConventionsRecord,
    data: DataUse,
    #[serde(flatten)]
    nesting: Nesting,
    groups: Vec<GroupRecord>,
    statistic: Option<f64>,
    /// None for MaxCombo, whose statistic is no χ².
    df: Option<usize>,
    p: Option<f64>,
    ln_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<Trend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairwise: Option<Pairs>,
    /// Covariance of the weighted O − E.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variance: Vec<Vec<f64>>,
    /// The statistics among which MaxCombo takes the largest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permutation: Option<PermutationRecord>,
    /// There when the curves of two groups are to be drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    hazard_ratio: Option<RatioRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
    #[serde(skip)]
    kind: Weighting,
    /// There when the curves are to be drawn.
    #[serde(skip)]
    curves: Option<Curves>,
}

impl Plotted for LogRankDocument {
    fn figure(&self, style: &PlotStyle) -> Result<Figure> {
        let curves =
            self.curves.as_ref().ok_or_else(|| Error::option("no figure was asked for"))?;
        let name = self.name();
        let test = format!("{} {}", name.trim_end_matches(" test"), p_brief(self.p));
        let (formula, notes) = (self.formula.as_str(), self.notes.as_slice());
        let (test, ratio) = (Some(test), self.ratio_line());
        curves.figure(&Told { formula, test, ratio, notes, published: &[], caveat: "" }, style)
    }
}

impl LogRankDocument {
    /// What the figure says of the hazard ratio.
    fn ratio_line(&self) -> Option<String> {
        self.curves.as_ref()?;
        ratio::line(self.groups.len(), self.hazard_ratio.as_ref())
    }
}

/// A group.
#[derive(Debug, Clone, Serialize)]
struct GroupRecord {
    label: String,
    /// Each variable and its level.
    #[serde(skip)]
    levels: Vec<(String, String)>,
    #[serde(serialize_with = "record::count")]
    n: f64,
    #[serde(serialize_with = "record::count")]
    observed: f64,
    expected: f64,
}

/// A permutation p.
#[derive(Debug, Clone, Copy, Serialize)]
struct PermutationRecord {
    p: Option<f64>,
    exact: bool,
    permutations: u64,
    seed: Option<u64>,
}

/// Every pair of groups.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
struct Pairs {
    tests: Vec<PairTest>,
    #[serde(skip)]
    adjustment: &'static str,
}

/// Every convention that made the numbers.
#[derive(Debug, Clone, Copy, Serialize)]
struct ConventionsRecord {
    dialect: Dialect,
    variance: &'static str,
    time_zero: TimeZero,
    ties: &'static str,
    p: &'static str,
    #[serde(skip)]
    words: Conventions,
}

impl ConventionsRecord {
    fn new(own: Conventions, kind: Weighting) -> Self {
        Self {
            dialect: own.dialect,
            variance: "hypergeometric",
            time_zero: own.time_zero,
            ties: "events-before-censorings",
            p: match kind {
                Weighting::One(_) => "chi-squared, two-sided",
                Weighting::MaxCombo => "joint normal, two-sided",
            },
            words: own,
        }
    }

    /// All in one line.
    fn line(&self) -> String {
        let time_zero = self.words.time_zero_words();
        format!(
            "Conventions ({}): {} variance; observed and expected unweighted; events before \
             censorings; time 0 {time_zero}",
            self.dialect.title(),
            self.variance,
        )
    }
}
