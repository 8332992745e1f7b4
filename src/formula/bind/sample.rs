//! Which rows stay, and why the others went.

use super::source::{Held, Source};
use super::variables::{Slot, Variables};
use crate::error::{Error, Result};
use crate::formula::eval::Evaluator;
use crate::formula::expr::Expr;
use crate::formula::rows::{any, any_missing, count, map, missing, zip};
use crate::note::Note;
use crate::table::{Column, Table};

/// Rows on their way from the table to the cohort.
pub(super) struct Sample<'t> {
    source: Source<'t>,
    /// Name and lines of the source, whose columns may be gone.
    origin: Table,
    names: Vec<String>,
    held: Vec<Held>,
    /// Marks 1 the rows of the table that the condition kept; none: all.
    filtered: Option<Vec<u8>>,
    /// Marks 1 those of these that stay; none: all.
    complete: Option<Vec<u8>>,
    pub(super) notes: Vec<Note>,
}

impl<'t> Sample<'t> {
    pub(super) fn new(source: Source<'t>, names: Vec<String>) -> Self {
        let origin = source.table().without_columns();
        let (held, notes) = (Vec::new(), Vec::new());
        Self { source, origin, names, held, filtered: None, complete: None, notes }
    }

    pub(super) fn rows(&self) -> usize {
        match &self.complete {
            Some(mask) => count(mask, |&keep| keep == 1),
            None => self.source.table().rows(),
        }
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
        let condition = condition.to_string();
        self.notes.push(Note::Filtered { condition, rows: dropped });
        let source = std::mem::replace(&mut self.source, Source::Owned(Box::default()));
        self.source = source.filter(&keep, &self.names);
        self.filtered = Some(keep);
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
        self.complete = keep;
    }

    pub(super) fn drop_time_zero(&mut self, variables: &Variables<'_>, dialect: &'static str) {
        let time = variables.iter().zip(&self.held).find(|(own, _)| own.slot == Slot::Time);
        let later = match time.and_then(|(_, held)| self.source.peek(held)) {
            Some(Column::Integer(values)) => map(values, |&value| u8::from(value != 0)),
            Some(Column::Number { values, .. }) => map(values, |&value| u8::from(value != 0.0)),
            _ => return,
        };
        let before = self.rows();
        self.complete = Some(match &self.complete {
            Some(mask) => zip(mask, &later, |a, b| a & b),
            None => later,
        });
        let rows = before - self.rows();
        if rows > 0 {
            self.notes.push(Note::TimeZero { rows, dialect });
        }
    }

    /// The variables in the rows that stay. The table is not needed after this.
    pub(super) fn columns(&mut self) -> Vec<Column> {
        let held = std::mem::take(&mut self.held);
        let mut later: Vec<String> = held.iter().rev().filter_map(bare).collect();
        let mask = self.complete.as_deref();
        let fetch = |held: Held| {
            let own = bare(&held);
            if own.is_some() {
                later.pop();
            }
            let last = own.is_none_or(|own| !later.contains(&own));
            self.source.fetch(held, mask, last)
        };
        let columns = held.into_iter().filter_map(fetch).collect();
        // What only expressions needed is given back before the cohort is made.
        self.source = Source::Owned(Box::default());
        columns
    }

    /// Completes an error about rows of the sample with rows and lines of the table.
    pub(super) fn locate(&self, error: Error) -> Error {
        error.locate(self.origin.source(), |row| {
            let row = nth(self.complete.as_deref(), row);
            let row = nth(self.filtered.as_deref(), row);
            (row, self.origin.line(row))
        })
    }

    /// The notes, and marks of the table's rows that stayed, unless all did.
    pub(super) fn finish(self) -> (Vec<Note>, Option<Vec<u8>>) {
        let mask = match (self.filtered, self.complete) {
            (Some(outer), Some(inner)) => {
                let mut inner = inner.into_iter();
                let both = |keep| if keep == 1 { inner.next().unwrap_or(0) } else { 0 };
                Some(outer.into_iter().map(both).collect())
            }
            (outer, inner) => outer.or(inner),
        };
        (self.notes, mask)
    }
}

fn bare(held: &Held) -> Option<String> {
    match held {
        Held::Bare(name) => Some(name.clone()),
        Held::Computed(_) => None,
    }
}

/// The place of a row among those marked 1.
fn nth(mask: Option<&[u8]>, row: usize) -> usize {
    let Some(mask) = mask else { return row };
    let mut marked = (0..mask.len()).filter(|&place| mask[place] == 1);
    marked.nth(row).unwrap_or(row)
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
