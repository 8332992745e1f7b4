//! One record a subject and endpoint.

use std::io;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::{Counted, EndpointRecord};
use crate::error::Result;
use crate::formula::{Outcome, cell};
use crate::plan::{Endpoint, Plan};
use crate::report::csv::Csv;
use crate::table::{Column, Table};

/// Columns of the records after subject and endpoint.
const TITLES: [&str; 9] =
    ["time", "unit", "event", "type", "source", "origin", "entry", "date", "left_out"];

/// The subjects and their endpoints, by columns.
#[derive(Debug)]
pub(super) struct Rows {
    /// Name of the column of subjects, and the subjects; without one, rows are counted.
    subject: Option<(String, Column)>,
    rows: usize,
    endpoints: Vec<Derived>,
}

/// The columns of an endpoint.
#[derive(Debug)]
struct Derived {
    name: String,
    unit: &'static str,
    time: Column,
    event: Column,
    /// Type, source, origin, entry, date, and why it was left out.
    others: Vec<Option<Column>>,
}

/// A record.
#[derive(Serialize)]
struct Record<'r> {
    subject: String,
    endpoint: &'r str,
    time: Option<f64>,
    unit: &'static str,
    event: Option<bool>,
    r#type: Option<String>,
    source: Option<String>,
    origin: Option<String>,
    entry: Option<String>,
    date: Option<String>,
    left_out: Option<String>,
}

impl Rows {
    pub(super) fn new(plan: &Plan, table: &Table) -> Result<Self> {
        let subject = plan.subject().and_then(|name| Some((name, table.column(name)?)));
        let endpoints = plan.endpoints().iter().map(|own| Derived::new(own, table));
        Ok(Self {
            subject: subject.map(|(name, column)| (name.to_owned(), column.clone())),
            rows: table.rows(),
            endpoints: endpoints.collect::<Result<_>>()?,
        })
    }

    /// What was derived, in numbers.
    pub(super) fn records(&self, plan: &Plan) -> Vec<EndpointRecord> {
        let cutoff = plan.cutoff();
        let endpoints = plan.endpoints().iter().zip(&self.endpoints);
        endpoints.map(|(own, columns)| columns.record(own, cutoff.as_deref())).collect()
    }

    pub(super) fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        let subject = self.subject.as_ref().map_or("row", |(name, _)| name);
        let titles = [subject, "endpoint"].into_iter().chain(TITLES).map(str::to_owned);
        csv.header(leading, &titles.collect::<Vec<_>>())?;
        for row in 0..self.rows {
            for endpoint in &self.endpoints {
                csv.record(self.record(endpoint, row).cells())?;
            }
        }
        Ok(())
    }

    fn record<'r>(&'r self, endpoint: &'r Derived, row: usize) -> Record<'r> {
        let subject = self.subject.as_ref().map(|(_, column)| cell(column, row));
        let other = |at: usize| endpoint.others[at].as_ref().and_then(|own| cell(own, row));
        Record {
            subject: subject.map_or_else(|| (row + 1).to_string(), Option::unwrap_or_default),
            endpoint: &endpoint.name,
            time: number(&endpoint.time, row),
            unit: endpoint.unit,
            event: number(&endpoint.event, row).map(|event| event == 1.0),
            r#type: other(0),
            source: other(1),
            origin: other(2),
            entry: other(3),
            date: other(4),
            left_out: other(5),
        }
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.rows * self.endpoints.len()))?;
        for row in 0..self.rows {
            for endpoint in &self.endpoints {
                all.serialize_element(&self.record(endpoint, row))?;
            }
        }
        all.end()
    }
}

impl Derived {
    fn new(endpoint: &Endpoint, table: &Table) -> Result<Self> {
        let part = |part: &str| table.column(&endpoint.column(part)).cloned();
        let (time, event) = match endpoint.outcome()? {
            Outcome::Surv { time, event, .. } => {
                (time.evaluate(table)?.into_owned(), event.evaluate(table)?.into_owned())
            }
            Outcome::Endpoint(name) => return Err(unresolved(&name.to_string())),
        };
        let parts = ["type", "source", "origin", "entry", "date", "left_out"];
        Ok(Self {
            name: endpoint.name().to_owned(),
            unit: endpoint.unit().name(),
            time,
            event,
            others: parts.map(part).into(),
        })
    }

    fn record(&self, endpoint: &Endpoint, cutoff: Option<&str>) -> EndpointRecord {
        let followed = |&row: &usize| number(&self.time, row).is_some();
        let is_event = |&row: &usize| number(&self.event, row) == Some(1.0);
        let n = (0..self.time.len()).filter(followed).count();
        let events = (0..self.time.len()).filter(followed).filter(is_event).count();
        EndpointRecord {
            name: self.name.clone(),
            rule: endpoint.sentence(cutoff),
            unit: self.unit,
            days_per_unit: endpoint.unit().days(),
            n,
            events,
            censored: n - events,
            types: counted(self.others[0].as_ref()),
            sources: counted(self.others[1].as_ref()),
            left_out: counted(self.others[5].as_ref()),
        }
    }
}

fn unresolved(name: &str) -> crate::error::Error {
    crate::error::Error::analysis(format!("{name} has no times"))
}

impl Record<'_> {
    fn cells(self) -> Vec<String> {
        let time = self.time.map(crate::report::number::exact);
        let event = self.event.map(|event| u8::from(event).to_string());
        let words = [self.r#type, self.source, self.origin, self.entry, self.date, self.left_out];
        let mut cells = vec![self.subject, self.endpoint.to_owned()];
        cells.push(time.unwrap_or_default());
        cells.push(self.unit.to_owned());
        cells.push(event.unwrap_or_default());
        cells.extend(words.map(Option::unwrap_or_default));
        cells
    }
}

/// How many rows have each level that occurs.
fn counted(column: Option<&Column>) -> Vec<Counted> {
    let Some(Column::Category(category)) = column else { return Vec::new() };
    let mut rows = vec![0; category.levels.len()];
    for &code in &category.codes {
        if let Some(own) = rows.get_mut(code as usize) {
            *own += 1;
        }
    }
    let levels = category.levels.iter().zip(rows).filter(|(_, rows)| *rows > 0);
    levels.map(|(label, rows)| Counted { label: label.clone(), rows }).collect()
}

fn number(column: &Column, row: usize) -> Option<f64> {
    if column.is_missing(row) {
        return None;
    }
    match column {
        Column::Integer(values) => Some(f64::from(values[row])),
        Column::Number { values, .. } => Some(values[row]),
        Column::Boolean(values) => Some(f64::from(values[row])),
        Column::Date(_) | Column::Category(_) => None,
    }
}
