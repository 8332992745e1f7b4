//! The rows of a pseudo-cohort as a file.

use std::io::{self, Write};

use super::spec::Spec;
use crate::io::write_record;
use crate::reconstruct::pseudo::{Problem, PseudoCohort};

/// A pseudo-cohort as the records of a CSV file, block after block.
#[derive(Debug, Clone)]
pub struct PseudoRows {
    header: Vec<String>,
    records: Vec<Vec<String>>,
}

impl PseudoRows {
    pub(in crate::reproduce) fn new(spec: &Spec, blocks: &[(Problem, PseudoCohort)]) -> Self {
        let mut header = vec!["id".to_owned(), "origin".to_owned()];
        header.extend(spec.column.clone());
        let mut add = |name: &String| {
            if !header.contains(name) {
                header.push(name.clone());
            }
        };
        for (problem, _) in blocks {
            problem.labels.iter().for_each(|own| add(&own.name));
        }
        for (problem, _) in blocks {
            problem.clocks.iter().for_each(|own| {
                add(&own.time);
                add(&own.status);
            });
        }
        let mut records = Vec::new();
        for (problem, cohort) in blocks {
            for row in 0..cohort.rows() {
                let id = format!("PSEUDO-{:04}", records.len() + 1);
                let cell = |name: &String| cell(spec, (problem, cohort), row, name);
                let rest = header.iter().skip(2).map(cell);
                records.push([id, "pseudo".to_owned()].into_iter().chain(rest).collect());
            }
        }
        Self { header, records }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write_record(out, &self.header)?;
        self.records.iter().try_for_each(|own| write_record(out, own))
    }
}

fn cell(
    spec: &Spec,
    (problem, cohort): (&Problem, &PseudoCohort),
    row: usize,
    name: &String,
) -> String {
    if spec.column.as_ref() == Some(name) {
        return cohort.block.clone();
    }
    if let Some(label) = problem.labels.iter().position(|own| own.name == *name) {
        return cohort.text(problem, label, row);
    }
    for clock in &cohort.clocks {
        if clock.time == *name {
            return clock.days[row].map_or_else(String::new, |own| own.to_string());
        }
        if clock.status == *name {
            return clock.event[row].map_or_else(String::new, |own| u8::from(own).to_string());
        }
    }
    String::new()
}
