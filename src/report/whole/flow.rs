//! From the rows of a file to those of every analysis.

use super::ReportPart;
use crate::note::Note;
use crate::plan::{Flow, Step};
use crate::report::number::{count, range};

/// Who is left out of all analyses, and who of one.
pub(super) struct Flows<'r> {
    /// Rows of the file.
    pub(super) rows: usize,
    pub(super) steps: Vec<&'r Step>,
    /// Rows that all analyses begin with.
    pub(super) population: usize,
    pub(super) branches: Vec<Branch<'r>>,
}

/// An analysis and its rows.
pub(super) struct Branch<'r> {
    pub(super) title: &'r str,
    /// `56`, or `50–56` where its parts have different rows.
    pub(super) used: String,
    /// How many rows are left out of it, and why.
    pub(super) reasons: Vec<(usize, String)>,
}

impl<'r> Flows<'r> {
    pub(super) fn new(flow: &'r Flow, analyses: &'r [ReportPart]) -> Self {
        let steps: Vec<&Step> = flow.steps.iter().filter(|own| own.left_out > 0).collect();
        let population = flow.rows - flow.left_out();
        let branches = analyses.iter().map(|own| Branch::new(own, population)).collect();
        Self { rows: flow.rows, steps, population, branches }
    }
}

impl<'r> Branch<'r> {
    fn new(own: &'r ReportPart, population: usize) -> Self {
        let [fewest, most] = own.result.used().map(|rows| (rows, count(rows as f64)));
        let used = if fewest.0 == most.0 { most.1 } else { range(&fewest.1, &most.1) };
        let mut reasons = reasons(&own.result.known());
        let told: usize = reasons.iter().map(|own| own.0).sum();
        let others = population.saturating_sub(most.0 + told);
        if others > 0 {
            reasons.push((others, "as its notes say".to_owned()));
        }
        Self { title: &own.title, used, reasons }
    }
}

/// Notes of rows without an endpoint that say less than others: why it has no time.
pub(super) fn explained(known: &[&[Note]]) -> Vec<String> {
    let is_told = |own: &[Note], note: &Note| match note.core() {
        Note::Missing { variable, rows } => {
            let notes: Vec<&Note> = own.iter().map(Note::core).collect();
            endpoint_reasons(&notes, variable, *rows).is_some()
        }
        _ => false,
    };
    let of = |own: &&[Note]| -> Vec<String> {
        own.iter().filter(|note| is_told(own, note)).map(Note::to_string).collect()
    };
    known.iter().flat_map(of).collect()
}

/// What the notes of every document say; why an endpoint has no time in place of that it has none.
fn reasons(known: &[&[Note]]) -> Vec<(usize, String)> {
    let Some((first, others)) = known.split_first() else { return Vec::new() };
    let common = first.iter().filter(|note| others.iter().all(|own| own.contains(note)));
    let common: Vec<&Note> = common.map(Note::core).collect();
    let explained = |note: &&Note| match note {
        Note::Missing { variable, rows } => {
            let own = endpoint_reasons(&common, variable, *rows);
            own.unwrap_or_else(|| note.left_out().into_iter().collect())
        }
        note => note.left_out().into_iter().collect(),
    };
    common.iter().flat_map(explained).collect()
}

/// Why so many rows have no time of an endpoint, if notes say it of all of them.
fn endpoint_reasons(
    notes: &[&Note],
    variable: &str,
    missing: usize,
) -> Option<Vec<(usize, String)>> {
    let own = notes.iter().filter_map(|note| match note {
        Note::NoTime { endpoint, rows, reason } if endpoint == variable => {
            Some((*rows, format!("{endpoint} {reason}")))
        }
        _ => None,
    });
    let own: Vec<(usize, String)> = own.collect();
    (own.iter().map(|own| own.0).sum::<usize>() == missing).then_some(own)
}
