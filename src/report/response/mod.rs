//! Best overall response: `riskset response`.

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
use crate::describe::{Denominator, Proportion, Rate};
use crate::note::Note;

pub use plan::ResponsePlan;

/// Responses and their rates. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct ResponseDocument {
    command: &'static str,
    schema_version: u32,
    column: String,
    by: Option<String>,
    conf_level: f64,
    data: DataUse,
    categories: Vec<CategoryRecord>,
    groups: Vec<GroupRecord>,
    /// Every group against the first; there when there are two or more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    comparisons: Vec<ComparisonRecord>,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
}

/// A category.
#[derive(Debug, Clone, Serialize)]
struct CategoryRecord {
    category: String,
    class: &'static str,
}

/// A group.
#[derive(Debug, Clone, Serialize)]
struct GroupRecord {
    level: Option<String>,
    n: u64,
    /// In the order of the categories.
    counts: Vec<u64>,
    missing: u64,
    rates: Vec<RateRecord>,
}

/// A rate among all rows, or among those that can be evaluated; null among nobody.
#[derive(Debug, Clone, Copy, Serialize)]
struct RateRecord {
    rate: &'static str,
    denominator: &'static str,
    events: u64,
    n: u64,
    estimate: Option<f64>,
    clopper_pearson: Option<Limits>,
    wilson: Option<Limits>,
}

/// Limits.
#[derive(Debug, Clone, Copy, Serialize)]
struct Limits {
    lower: f64,
    upper: f64,
}

/// The rate of group `b` less that of group `a`, with Newcombe's limits and Fisher's p.
#[derive(Debug, Clone, Serialize)]
struct ComparisonRecord {
    a: String,
    b: String,
    rate: &'static str,
    denominator: &'static str,
    difference: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    p: Option<f64>,
}

impl From<[f64; 2]> for Limits {
    fn from([lower, upper]: [f64; 2]) -> Self {
        Self { lower, upper }
    }
}

impl RateRecord {
    fn new((rate, among): (Rate, Denominator), own: Proportion, level: f64) -> Self {
        Self {
            rate: rate.name(),
            denominator: among.name(),
            events: own.events(),
            n: own.n(),
            estimate: own.estimate(),
            clopper_pearson: own.clopper_pearson(level).map(Limits::from),
            wilson: own.wilson(level).map(Limits::from),
        }
    }
}

impl Document for ResponseDocument {
    const COMMAND: &'static str = "response";

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
