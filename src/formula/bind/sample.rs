//! Which rows stay, and why the others went.

use std::sync::Arc;

use rayon::prelude::*;

use super::source::{Held, Source};
use super::variables::{Slot, Variables};
use crate::error::{Error, Result};
use crate::formula::eval::Evaluator;
use crate::formula::expr::Expr;
use crate::formula::rows::{any, any_missing, count, map, missing, select_table, zip};
use crate::note::Note;
use crate::table::{Column, Table};

/// Rows on their way from the table to the cohort.
pub(super) struct Sample<'t> {
    source: Source<'t>,
    /// Name and lines of the source, whose columns may be gone.
    origin: Table,
    names: Vec<String>,
    held: Vec<Held>,
    /// Rows of the table that the condition kept; none: all.
    filtered: Option<Vec<u32>>,
    /// Of these, the complete ones; none: all.
    complete: Option<Vec<u32>>,
    pub(super) notes: Vec<Note>,
}

impl<'t> Sample<'t> {
    pub(super) fn new(source: Source<'t>, names: Vec<String>) -> Self {
        let origin = source.table().without_columns();
        let (held, notes) = (Vec::new(), Vec::new());
        Self { source, origin, names, held, filtered: None, complete: None, notes }
    }

    pub(super) fn rows(&self) -> usize {
        self.complete.as_ref().map_or(self.source.table().rows(), Vec::len)
    }

    /// Goes on with the rows for which the condition is true, as though there were no others.
    pub(super) fn filter(&mut self, condition: &Expr) -> Result<()> {
        let table = self.source.table();
        let mut evaluator = Evaluator::new(table);
        let found = evaluator.column(condition).and_then(|column| truths(&column, condition));
        let keep = found.map_err(|error| self.locate(error))?;
        self.notes.append(&mut evaluator.notes);
        let dropped = keep.len() - count(&keep, |&keep| keep == 1);
        if dropped == 0 {
            return Ok(());
        }
        let rows = kept(&keep);
        let condition = condition.to_string();
        self.notes.push(Note::Filtered { condition, rows: dropped });
        self.source = Source::Owned(Box::new(select_table(table, &rows, &self.names)));
        self.filtered = Some(rows);
        Ok(())
    }

    pub(super) fn evaluate(&mut self, variables: &Variables<'_>) -> Result<()> {
        let mut evaluator = Evaluator::new(self.source.table());
        let mut held = Vec::new();
        for variable in variables.iter() {
            let column = match variable.slot {
                Slot::Event => evaluator.strict_column(variable.expr),
                _ => evaluator.column(variable.expr),
            };
            let column = column.map_err(|error| self.locate(error))?;
            held.push(match (variable.expr.core().name(), column) {
                (Some(name), std::borrow::Cow::Borrowed(_)) => Held::Bare(name.to_owned()),
                (_, column) => Held::Computed(column.into_owned()),
            });
        }
        self.notes.append(&mut evaluator.notes);
        self.held = held;
        Ok(())
    }

    /// Drops rows that miss a variable; each counts for the first that it misses.
    pub(super) fn drop_missing(&mut self, variables: &Variables<'_>) {
        let mut keep: Option<Vec<u8>> = None;
        for (variable, held) in variables.iter().zip(&self.held) {
            let Some(column) = self.source.peek(held).filter(|column| any_missing(column)) else {
                continue;
            };
            let known = map(&missing(column), |missing| missing ^ 1);
            let kept = match &keep {
                Some(keep) => zip(keep, &known, |a, b| a & b),
                None => known,
            };
            let before = keep.as_ref().map_or(kept.len(), |keep| count(keep, |&keep| keep == 1));
            let rows = before - count(&kept, |&keep| keep == 1);
            if rows > 0 {
                self.notes.push(Note::Missing { variable: variable.expr.variable(), rows });
            }
            keep = Some(kept);
        }
        self.complete = keep.map(|keep| kept(&keep));
    }

    pub(super) fn drop_time_zero(&mut self, variables: &Variables<'_>, dialect: &'static str) {
        let time = variables.iter().zip(&self.held).find(|(own, _)| own.slot == Slot::Time);
        let Some(column) = time.and_then(|(_, held)| self.source.peek(held)) else { return };
        let is_zero = |row: u32| match column {
            Column::Integer(values) => values[row as usize] == 0,
            Column::Number { values, .. } => values[row as usize] == 0.0,
            _ => false,
        };
        let before = self.rows();
        let all = || (0..before as u32).collect();
        let mut rows = self.complete.clone().unwrap_or_else(all);
        rows.retain(|&row| !is_zero(row));
        if rows.len() < before {
            self.notes.push(Note::TimeZero { rows: before - rows.len(), dialect });
            self.complete = Some(rows);
        }
    }

    /// The variables in the rows that stay.
    pub(super) fn columns(&mut self) -> Vec<Column> {
        let held = std::mem::take(&mut self.held);
        let mut later: Vec<String> = held.iter().rev().filter_map(bare).collect();
        let rows = self.complete.as_deref();
        let fetch = |held: Held| {
            let own = bare(&held);
            if own.is_some() {
                later.pop();
            }
            let last = own.is_none_or(|own| !later.contains(&own));
            self.source.fetch(held, rows, last)
        };
        held.into_iter().filter_map(fetch).collect()
    }

    /// Completes an error about rows of the sample with rows and lines of the table.
    pub(super) fn locate(&self, error: Error) -> Error {
        error.locate(self.origin.source(), |row| {
            let row = pick(self.complete.as_deref(), row);
            let row = pick(self.filtered.as_deref(), row);
            (row, self.origin.line(row))
        })
    }

    /// The notes, and the table's row of every row, unless all stayed.
    pub(super) fn finish(self) -> (Vec<Note>, Option<Arc<Vec<u32>>>) {
        let rows = match (self.filtered, self.complete) {
            (Some(outer), Some(inner)) => Some(map(&inner, |&row| outer[row as usize])),
            (outer, inner) => outer.or(inner),
        };
        (self.notes, rows.map(Arc::new))
    }
}

fn bare(held: &Held) -> Option<String> {
    match held {
        Held::Bare(name) => Some(name.clone()),
        Held::Computed(_) => None,
    }
}

fn pick(rows: Option<&[u32]>, row: usize) -> usize {
    rows.and_then(|rows| rows.get(row)).map_or(row, |&row| row as usize)
}

/// The rows marked 1.
fn kept(keep: &[u8]) -> Vec<u32> {
    let rows = (0..keep.len() as u32).into_par_iter().with_min_len(1 << 14);
    rows.filter(|&row| keep[row as usize] == 1).collect()
}

/// A condition's truth values: 1 is true.
fn truths(column: &Column, condition: &Expr) -> Result<Vec<u8>> {
    match column {
        Column::Boolean(values) => Ok(values.clone()),
        Column::Integer(values) if !any(values, |&v| v > 1 || v < 0 && v != i32::MIN) => {
            Ok(map(values, |&v| u8::from(v == 1)))
        }
        _ => {
            let message = format!("this is {}, not a condition", column.kind());
            Err(condition.misfit(message).help("as age >= 60 or stage == \"IV\"").into())
        }
    }
}
