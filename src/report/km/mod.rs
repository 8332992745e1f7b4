//! Kaplan–Meier: `riskset km`.

mod contrast;
mod csv;
mod each;
mod group;
mod methods;
mod page;
mod plan;
mod resampled;
mod results;
mod test;

use serde::Serialize;

use super::nesting::Nesting;
use super::plot::{Curves, PlotStyle, Plotted, Published, Told};
use super::ratio::{self, RatioRecord};
use super::record;
use super::subject::DataUse;
use crate::convention::{Conventions, Dialect, TimeZero};
use crate::curve::{ConfType, FollowUpRule, MeanRule, MedianInterval, MedianRule};
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::note::Note;
use contrast::RmstPair;
use group::GroupRecord;
use resampled::BootstrapRecord;
use test::TestRecord;

pub use plan::KmPlan;

/// The result of a Kaplan–Meier analysis. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct KmDocument {
    command: &'static str,
    schema_version: u32,
    formula: String,
    conf_level: f64,
    conf_type: Option<ConfType>,
    conventions: ConventionsRecord,
    data: DataUse,
    #[serde(flatten)]
    nesting: Nesting,
    #[serde(skip_serializing_if = "Option::is_none")]
    bootstrap: Option<BootstrapRecord>,
    groups: Vec<GroupRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rmst_comparison: Vec<RmstPair>,
    /// There when there are two groups or more; null when no test can be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<Option<TestRecord>>,
    /// There when the curves of two groups are to be drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    hazard_ratio: Option<RatioRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
    /// There when the curves are to be drawn.
    #[serde(skip)]
    curves: Option<Curves>,
}

impl KmDocument {
    /// The groups alone, for a document that has them as one of its parts.
    pub(in crate::report) fn groups(&self) -> &(impl Serialize + std::fmt::Debug + use<>) {
        &self.groups
    }

    /// With the only group called by a name.
    pub(in crate::report) fn named(mut self, name: Option<&str>) -> Self {
        if let ([only], Some(name)) = (self.groups.as_mut_slice(), name) {
            name.clone_into(&mut only.label);
        }
        self
    }
}

impl KmDocument {
    /// The curves with what was published beside them.
    pub(in crate::report) fn figure_with(
        &self,
        published: &[Published],
        caveat: &str,
        style: &PlotStyle,
    ) -> Result<Figure> {
        let curves =
            self.curves.as_ref().ok_or_else(|| Error::option("no figure was asked for"))?;
        let test = self.test.iter().flatten().map(TestRecord::brief).next();
        let (formula, notes) = (self.formula.as_str(), self.notes.as_slice());
        let ratio = self.ratio_line();
        curves.figure(&Told { formula, test, ratio, notes, published, caveat }, style)
    }

    /// What the figure says of the hazard ratio.
    fn ratio_line(&self) -> Option<String> {
        self.curves.as_ref()?;
        ratio::line(self.groups.len(), self.hazard_ratio.as_ref())
    }
}

impl Plotted for KmDocument {
    fn figure(&self, style: &PlotStyle) -> Result<Figure> {
        self.figure_with(&[], "", style)
    }
}

/// Every convention that made the numbers.
#[derive(Debug, Clone, Copy, Serialize)]
struct ConventionsRecord {
    dialect: Dialect,
    conf_type: Option<ConfType>,
    median_rule: MedianRule,
    median_interval: MedianInterval,
    variance: &'static str,
    follow_up: FollowUpRule,
    mean: MeanRule,
    time_zero: TimeZero,
    ties: &'static str,
    p: &'static str,
    #[serde(skip)]
    words: Conventions,
}

impl ConventionsRecord {
    fn new(own: Conventions, robust: bool) -> Self {
        Self {
            dialect: own.dialect,
            conf_type: own.conf_type,
            median_rule: own.median_rule,
            median_interval: own.median_interval,
            variance: if robust { "robust" } else { "greenwood" },
            follow_up: own.follow_up,
            mean: own.mean,
            time_zero: own.time_zero,
            ties: "events-before-censorings",
            p: "chi-squared, two-sided",
            words: own,
        }
    }

    /// All in one line.
    fn line(&self) -> String {
        format!("Conventions ({}): {}", self.dialect.title(), self.details())
    }

    fn details(&self) -> String {
        let own = &self.words;
        [
            format!("{} interval for S(t)", own.conf_type_name()),
            format!("median: {}, {}", own.median_rule_words(), own.median_interval_words()),
            format!("{} variance", if self.variance == "robust" { "robust" } else { "Greenwood" }),
            "events before censorings".to_owned(),
            format!("time 0 {}", own.time_zero_words()),
        ]
        .join("; ")
    }
}
