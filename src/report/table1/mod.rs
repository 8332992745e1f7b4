//! Descriptive tables: `riskset table1`.

mod csv;
mod methods;
mod page;
mod plan;
mod results;

use std::io;

use serde::Serialize;

use super::csv::Csv;
use super::outline::Document;
use super::page::Page;
use super::record;
use super::results::Results;
use super::subject::DataUse;
use super::whole::Methods;
use crate::convention::Dialect;
use crate::describe::{Described, Kind, NumberSummary, Summary, Test, TestKind, Untested};
use crate::note::Note;

pub use plan::{Center, Spread, Table1Plan, Tested};

/// A descriptive table. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct Table1Document {
    command: &'static str,
    schema_version: u32,
    by: Option<String>,
    conventions: ConventionsRecord,
    data: DataUse,
    groups: Vec<GroupRecord>,
    variables: Vec<VariableRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
    #[serde(skip)]
    shown: Shown,
}

/// Every convention that made the numbers.
#[derive(Debug, Clone, Copy, Serialize)]
struct ConventionsRecord {
    dialect: Dialect,
    /// As R's `quantile(type = )`.
    quantile_type: u8,
    /// How numbers are tested; null without groups or tests.
    test: Option<&'static str>,
    fisher_below: f64,
    categories_below: usize,
}

/// What text shows of numbers.
#[derive(Debug, Clone, Copy)]
struct Shown {
    center: Center,
    spread: Spread,
    digits: Option<usize>,
    overall: bool,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct GroupRecord {
    level: String,
    n: usize,
}

/// A variable in all groups. A test or difference that was asked for and does not exist is null,
/// with the reason beside it.
#[derive(Debug, Clone, Serialize)]
struct VariableRecord {
    variable: String,
    kind: &'static str,
    n: usize,
    missing: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    levels: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<SummaryRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overall: Option<SummaryRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<Option<TestRecord>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_test: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smd: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_smd: Option<String>,
}

/// A variable in one group, or in all.
#[derive(Debug, Clone, Serialize)]
struct SummaryRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    n: usize,
    missing: usize,
    #[serde(flatten)]
    values: Values,
}

/// Counts of levels, or numbers in brief.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Values {
    Levels { counts: Vec<u64>, proportions: Vec<Option<f64>> },
    Numbers(NumberRecord),
}

/// Numbers in brief; null where there are too few.
#[derive(Debug, Clone, Copy, Serialize)]
struct NumberRecord {
    mean: Option<f64>,
    sd: Option<f64>,
    median: Option<f64>,
    q1: Option<f64>,
    q3: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
}

/// A test.
#[derive(Debug, Clone, Copy, Serialize)]
struct TestRecord {
    name: &'static str,
    statistic: Option<f64>,
    df: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    df_denominator: Option<f64>,
    p: f64,
    #[serde(skip)]
    kind: TestKind,
}

impl From<Test> for TestRecord {
    fn from(own: Test) -> Self {
        Self {
            name: own.kind().name(),
            statistic: own.statistic(),
            df: own.df(),
            df_denominator: own.df_denominator(),
            p: own.p(),
            kind: own.kind(),
        }
    }
}

impl From<&NumberSummary> for NumberRecord {
    fn from(own: &NumberSummary) -> Self {
        let ([q1, median, q3], [min, max]) = (own.quartiles(), own.range());
        Self { mean: own.mean(), sd: own.sd(), median, q1, q3, min, max }
    }
}

impl SummaryRecord {
    fn new(level: Option<&str>, own: &Summary) -> Self {
        let values = match own.numbers() {
            Some(numbers) => Values::Numbers(numbers.into()),
            None => {
                let (counts, proportions) = (own.counts().to_vec(), own.proportions());
                Values::Levels { counts, proportions }
            }
        };
        Self { level: level.map(str::to_owned), n: own.n(), missing: own.missing(), values }
    }
}

impl VariableRecord {
    /// Without test and difference.
    fn new(variable: String, own: &Described, groups: &[GroupRecord]) -> Self {
        let levels = groups.iter().map(|group| Some(group.level.as_str()));
        let summaries = levels.zip(own.groups()).map(|(level, own)| SummaryRecord::new(level, own));
        let (n, missing) = (own.overall().n(), own.overall().missing());
        Self {
            variable,
            kind: match own.kind() {
                Kind::Continuous => "continuous",
                Kind::Categorical => "categorical",
                Kind::Dichotomous => "dichotomous",
            },
            n,
            missing,
            levels: own.levels().to_vec(),
            groups: summaries.collect(),
            overall: None,
            test: None,
            no_test: None,
            smd: None,
            no_smd: None,
        }
    }

    fn with_overall(self, own: &Described) -> Self {
        Self { overall: Some(SummaryRecord::new(None, own.overall())), ..self }
    }

    fn with_test(self, test: Result<Test, Untested>) -> Self {
        let no_test = test.err().map(|reason| reason.to_string());
        Self { test: Some(test.ok().map(TestRecord::from)), no_test, ..self }
    }

    fn with_difference(self, difference: Result<f64, Untested>) -> Self {
        let no_smd = difference.err().map(|reason| reason.to_string());
        Self { smd: Some(difference.ok()), no_smd, ..self }
    }

    /// Places of the levels that are shown.
    fn shown_levels(&self) -> std::ops::Range<usize> {
        if self.kind == "dichotomous" { 1..2 } else { 0..self.levels.len() }
    }
}

impl Document for Table1Document {
    const COMMAND: &'static str = "table1";

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
