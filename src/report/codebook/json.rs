//! The codebook's JSON names.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::CodebookDocument;
use crate::codebook::{Codebook, Column, Finding, LikelyRole, Quartiles};
use crate::io::date_text;

impl Serialize for CodebookDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("command", "inspect")?;
        map.serialize_entry("schema_version", &1)?;
        map.serialize_entry("file", &own.file)?;
        map.serialize_entry("rows", &own.rows)?;
        map.serialize_entry("reading", &reading(own))?;
        let columns: Vec<Value> = own.columns.iter().map(|column| of_column(own, column)).collect();
        map.serialize_entry("columns", &columns)?;
        map.serialize_entry("problems", &own.findings.iter().map(problem).collect::<Vec<_>>())?;
        map.serialize_entry("adtte", &own.adtte)?;
        map.serialize_entry("commands", &own.commands)?;
        map.serialize_entry("plan", &own.plan)?;
        let notes: Vec<String> = own.notes.iter().map(ToString::to_string).collect();
        map.serialize_entry("notes", &notes)?;
        map.end()
    }
}

fn reading(own: &Codebook) -> Value {
    let reading = &own.reading;
    json!({
        "delimiter": reading.delimiter,
        "encoding": reading.encoding,
        "decimal_comma": reading.decimal_commas,
        "dates": reading.dates,
    })
}

fn of_column(codebook: &Codebook, own: &Column) -> Value {
    let values = own.values.iter().map(|(value, n)| json!({ "value": value, "n": n }));
    let (distinct, n) = own.other_values;
    json!({
        "name": own.name,
        "kind": own.kind.name(),
        "n": own.n,
        "missing": own.missing,
        "distinct": own.distinct,
        "distinct_exact": own.distinct_exact,
        "numbers": own.quartiles.as_ref().map(numbers),
        "dates": own.days.map(|(earliest, latest)| json!({
            "earliest": date_text(earliest),
            "latest": date_text(latest),
            "format": own.date_format,
        })),
        "decimal_comma": own.decimal_comma,
        "values": values.collect::<Vec<_>>(),
        "other_values": { "distinct": distinct, "n": n },
        "examples": own.examples,
        "role": own.role.as_ref().map(role),
        "problems": codebook.findings_of(&own.name).map(problem).collect::<Vec<_>>(),
    })
}

fn numbers(own: &Quartiles) -> Value {
    let Quartiles { min, q1, median, q3, max, exact } = *own;
    json!({ "min": min, "q1": q1, "median": median, "q3": q3, "max": max, "exact": exact })
}

fn role(own: &LikelyRole) -> Value {
    json!({ "role": own.role.name(), "reason": own.reason })
}

fn problem(own: &Finding) -> Value {
    let first_rows: Vec<usize> = own.first_rows.iter().map(|row| row + 1).collect();
    json!({
        "rule": own.rule,
        "column": own.column,
        "rows": own.rows,
        "lines": own.lines,
        "first_rows": first_rows,
        "question": own.question,
        "message": own.message,
    })
}
