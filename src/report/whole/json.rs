//! A report as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::{DataFile, PlanFile, ReportDocument};
use crate::plan::Step;
use crate::report::record;

/// All but the results.
#[derive(Debug, Serialize)]
struct Record<'r> {
    command: &'static str,
    schema_version: u32,
    riskset: &'static str,
    title: String,
    call: String,
    plan: &'r PlanFile,
    data: DataRecord<'r>,
    flow: Vec<StepRecord<'r>>,
    definitions: &'r [String],
    methods: &'r [String],
    references: &'r [&'static str],
    #[serde(serialize_with = "record::notes")]
    notes: &'r [crate::note::Note],
    analyses: Vec<AnalysisRecord<'r>>,
}

#[derive(Debug, Serialize)]
struct DataRecord<'r> {
    #[serde(flatten)]
    file: &'r DataFile,
    rows: usize,
}

#[derive(Debug, Serialize)]
struct StepRecord<'r> {
    reason: &'r str,
    left_out: usize,
    remaining: usize,
}

#[derive(Debug, Serialize)]
struct AnalysisRecord<'r> {
    title: &'r str,
    call: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
}

impl<'r> From<&'r Step> for StepRecord<'r> {
    fn from(own: &'r Step) -> Self {
        Self { reason: &own.reason, left_out: own.left_out, remaining: own.remaining }
    }
}

impl ReportDocument {
    /// All of it.
    pub(super) fn json(&self) -> io::Result<Value> {
        let results = self.analyses.iter().map(|own| own.result.json().map(Some));
        let results = results.collect::<io::Result<Vec<_>>>()?;
        Ok(serde_json::to_value(self.record(results))?)
    }

    /// All of it, as text.
    pub(super) fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, &self.json()?)?;
        writeln!(out)
    }

    /// All but the results.
    pub(super) fn write_frame(&self, out: &mut dyn Write) -> io::Result<()> {
        let none = self.analyses.iter().map(|_| None).collect();
        serde_json::to_writer_pretty(out, &self.record(none)).map_err(io::Error::from)
    }

    fn record(&self, results: Vec<Option<Value>>) -> Record<'_> {
        let analyses = self.analyses.iter().zip(results);
        let analyses = analyses.map(|(own, result)| AnalysisRecord {
            title: &own.title,
            call: &own.call,
            result,
        });
        Record {
            command: "report",
            schema_version: 1,
            riskset: crate::VERSION,
            title: self.title(),
            call: self.call(),
            plan: &self.plan,
            data: DataRecord { file: &self.data, rows: self.population.rows },
            flow: self.population.steps.iter().map(StepRecord::from).collect(),
            definitions: &self.definitions,
            methods: &self.told.paragraphs,
            references: &self.told.sources,
            notes: &self.notes,
            analyses: analyses.collect(),
        }
    }
}
