//! What a plan derives: `riskset derive`.

mod page;
mod rows;

use serde::Serialize;

use self::rows::Rows;
use super::record;
use super::subject::DataUse;
use crate::error::Result;
use crate::note::Note;
use crate::plan::{Plan, Prepared};

/// Every endpoint of a plan in every subject. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct EndpointsDocument {
    command: &'static str,
    schema_version: u32,
    plan: String,
    data: DataUse,
    cutoff: Option<String>,
    flow: Vec<StepRecord>,
    endpoints: Vec<EndpointRecord>,
    subjects: Rows,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
}

/// A condition on the way from the file to the analysis.
#[derive(Debug, Clone, Serialize)]
struct StepRecord {
    reason: String,
    left_out: usize,
    remaining: usize,
}

/// An endpoint in numbers.
#[derive(Debug, Clone, Serialize)]
struct EndpointRecord {
    name: String,
    rule: String,
    unit: &'static str,
    days_per_unit: f64,
    n: usize,
    events: usize,
    censored: usize,
    types: Vec<Counted>,
    sources: Vec<Counted>,
    left_out: Vec<Counted>,
}

/// A word, and in how many rows it stands.
#[derive(Debug, Clone, Serialize)]
struct Counted {
    label: String,
    rows: usize,
}

impl EndpointsDocument {
    /// Of a plan and what it made of its data.
    ///
    /// # Errors
    /// The times or events of an endpoint that stand in the data are none.
    pub fn new(plan: &Plan, name: &str, prepared: Prepared) -> Result<Self> {
        let source = match plan.file() {
            file if file.as_os_str() == "-" => "standard input".to_owned(),
            file => file.to_string_lossy().into_owned(),
        };
        let (rows, kept) = (prepared.flow.rows, prepared.table.rows());
        let steps = prepared.flow.steps.iter();
        let steps = steps.map(|own| StepRecord {
            reason: own.reason.clone(),
            left_out: own.left_out,
            remaining: own.remaining,
        });
        let flow = steps.collect();
        let given = plan.endpoints().iter().filter(|own| !own.is_derived());
        let given = given.map(|own| {
            let rule = own.sentence(None);
            Note::Remark(format!("{rule}; times are those of the data, also beyond the cutoff"))
        });
        let given: Vec<Note> = given.collect();
        let subjects = Rows::new(plan, &prepared.table)?;
        Ok(Self {
            command: "derive",
            schema_version: 1,
            plan: name.to_owned(),
            data: DataUse::new(source, rows, kept),
            cutoff: plan.cutoff(),
            flow,
            endpoints: subjects.records(plan),
            subjects,
            notes: [prepared.notes, given].concat(),
        })
    }
}
