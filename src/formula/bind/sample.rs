//! Which rows stay, and why the others went.

use std::borrow::Cow;

use super::source::{Held, Source};
use super::variables::{Slot, Variable, Variables};
use super::{Binder, future};
use crate::cohort::Pieces;
use crate::error::{Error, FormulaError, Result};
use crate::formula::WeightKind;
use crate::formula::design::{Kind, Missing, Plan, Typical, summarise};
use crate::formula::eval::{Evaluator, FactorLevels, in_words};
use crate::formula::expr::Expr;
use crate::formula::rows::{
    Counted, any_missing, count, floats, gathered_table, map, missing, zip,
};
use crate::note::Note;
use crate::numeric::spline::NaturalSpline;
use crate::table::{Column, Table};

/// Rows on their way from the table to the cohort.
pub(super) struct Sample<'t> {
    source: Source<'t>,
    /// Name and lines of the source, whose columns may be gone.
    origin: Table,
    names: Vec<String>,
    held: Vec<Held>,
    /// The levels that every `factor()` found.
    pub(super) levels: FactorLevels,
    rows: Rows,
    pub(super) notes: Vec<Note>,
}

/// Which rows of the table a sample has.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// How many rows the table has.
    table: usize,
    /// The rows that were begun with; none: all.
    chosen: Option<Vec<u32>>,
    /// Marks 1 those of these that the condition kept; none: all.
    filtered: Option<Vec<u8>>,
    /// Marks 1 those of these that stay; none: all.
    complete: Option<Vec<u8>>,
    /// For each piece of follow-up which of these it is of; none: all, once.
    pieces: Option<Vec<u32>>,
}

impl<'t> Sample<'t> {
    pub(super) fn new(source: Source<'t>, names: Vec<String>) -> Self {
        let origin = source.table().without_columns();
        let (held, levels, notes) = (Vec::new(), FactorLevels::default(), Vec::new());
        let rows = Rows { table: origin.rows(), ..Rows::default() };
        Self { source, origin, names, held, levels, rows, notes }
    }

    /// Goes on with the rows given, as though there were no others.
    pub(super) fn choose(&mut self, rows: Vec<u32>) {
        let chosen = gathered_table(self.source.table(), &rows, &self.names);
        self.source = Source::Owned(Box::new(chosen));
        self.rows.chosen = Some(rows);
    }

    pub(super) fn n_rows(&self) -> usize {
        match &self.rows.complete {
            Some(mask) => count(mask, |&keep| keep == 1),
            None => self.source.table().rows(),
        }
    }

    /// Goes on with the rows for which the condition is true, as though there were no others.
    pub(super) fn filter(&mut self, condition: &Expr) -> Result<()> {
        let table = self.source.table();
        let mut evaluator = Evaluator::new(table);
        let found = evaluator.column(condition).and_then(|column| condition.truths(&column));
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
        self.rows.filtered = Some(keep);
        Ok(())
    }

    /// What to know about a condition that looks ahead.
    pub(super) fn chosen(&self, binder: &Binder<'_>, condition: &Expr) -> Option<Note> {
        future::chosen(binder, self.source.table(), condition)
    }

    pub(super) fn evaluate(&mut self, variables: &Variables) -> Result<()> {
        let mut evaluator = Evaluator::new(self.source.table());
        let time = variables.of(Slot::Time).next().map(|own| &own.expr);
        let mut held = Vec::new();
        for Variable { slot, expr, .. } in variables.iter() {
            let column = match (slot, time) {
                (Slot::Event, _) => evaluator.strict_column(expr),
                (Slot::Switch, Some(time)) => evaluator.switch_time(time, expr).map(Cow::Owned),
                _ => evaluator.column(expr),
            };
            let column = column.map_err(|error| self.locate(error))?;
            held.push(match (expr.core().name(), column) {
                (Some(name), Cow::Borrowed(_)) => Held::Bare(name.to_owned()),
                (_, column) => Held::Computed(column.into_owned()),
            });
        }
        self.notes.append(&mut evaluator.notes);
        self.levels = evaluator.levels;
        self.held = held;
        Ok(())
    }

    /// Refuses variables made of dates after the start of follow-up.
    pub(super) fn refuse_future(&self, binder: &Binder<'_>, variables: &Variables) -> Result<()> {
        future::refuse(binder, self.source.table(), variables).map_err(|error| self.locate(error))
    }

    /// The splines of a model, with knots by all rows that have the value, as R places them.
    pub(super) fn splines(&self, plan: &Plan) -> Result<Vec<Option<NaturalSpline>>> {
        let mut evaluator = Evaluator::new(self.source.table());
        let mut spline = |kind: &Kind| match kind {
            Kind::Spline(call) => evaluator.spline(call).map_err(|error| self.locate(error)),
            _ => Ok(None),
        };
        plan.variables.iter().map(|own| spline(&own.kind)).collect()
    }

    /// Typical values in the rows that stay.
    pub(super) fn typical(&self, plan: &Plan, variables: &Variables) -> Vec<Typical> {
        let offset: Vec<&Expr> = variables.of(Slot::Offset).map(|own| &own.expr).collect();
        let copies = self.copies(variables);
        let counted = Counted { mask: self.rows.complete.as_deref(), copies: copies.as_deref() };
        summarise(plan, &offset, self.source.table(), counted)
    }

    /// How many identical rows each row stands for, where weights say so.
    fn copies(&self, variables: &Variables) -> Option<Vec<f64>> {
        if variables.weight != Some(WeightKind::Frequency) {
            return None;
        }
        let weight = variables.iter().position(|own| own.slot == Slot::Weight)?;
        match self.source.peek(&self.held[weight])? {
            Column::Number { values, .. } => Some(values.clone()),
            Column::Integer(values) => Some(floats(values)),
            _ => None,
        }
    }

    /// Drops rows that miss a variable; each counts for the first that it misses. A row may miss a
    /// switch, which then never comes, and a category that has a level for it.
    pub(super) fn drop_missing(&mut self, variables: &Variables, rule: Missing) -> Result<()> {
        let mut keep: Option<Vec<u8>> = None;
        for (variable, held) in variables.iter().zip(&self.held) {
            let Some(column) = self.source.peek(held).filter(|column| any_missing(column)) else {
                continue;
            };
            let by_level = variable.slot == Slot::Covariate && rule == Missing::Level;
            if variable.slot == Slot::Switch || by_level {
                continue;
            }
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
        self.rows.complete = keep;
        if rule == Missing::Level { self.refuse_missing_numbers(variables) } else { Ok(()) }
    }

    /// A number has no level for missing values.
    fn refuse_missing_numbers(&self, variables: &Variables) -> Result<()> {
        let covariates =
            variables.iter().zip(&self.held).filter(|(own, _)| own.slot == Slot::Covariate);
        for (variable, held) in covariates {
            let rows = match self.source.peek(held) {
                Some(Column::Category(_) | Column::Boolean(_)) | None => 0,
                Some(column) => self.count_missing(column),
            };
            if rows > 0 {
                return Err(no_level(variable, rows).into());
            }
        }
        Ok(())
    }

    /// How many of the rows that stay miss a value.
    fn count_missing(&self, column: &Column) -> usize {
        let missing = missing(column);
        match &self.rows.complete {
            Some(mask) => {
                count(&zip(&missing, mask, |missing, keep| missing & keep), |&both| both == 1)
            }
            None => count(&missing, |&missing| missing == 1),
        }
    }

    pub(super) fn drop_time_zero(&mut self, variables: &Variables, dialect: &'static str) {
        let time = variables.iter().zip(&self.held).find(|(own, _)| own.slot == Slot::Time);
        let later = match time.and_then(|(_, held)| self.source.peek(held)) {
            Some(Column::Integer(values)) => map(values, |&value| u8::from(value != 0)),
            Some(Column::Number { values, .. }) => map(values, |&value| u8::from(value != 0.0)),
            _ => return,
        };
        let before = self.n_rows();
        self.rows.complete = Some(match &self.rows.complete {
            Some(mask) => zip(mask, &later, |a, b| a & b),
            None => later,
        });
        let rows = before - self.n_rows();
        if rows > 0 {
            self.notes.push(Note::TimeZero { rows, dialect });
        }
    }

    /// The variables in the rows that stay. The table is not needed after this.
    pub(super) fn columns(&mut self) -> Vec<Column> {
        let held = std::mem::take(&mut self.held);
        let mut later: Vec<String> = held.iter().rev().filter_map(bare).collect();
        let mask = self.rows.complete.as_deref();
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

    /// Notes that follow-up was cut; gives how many rows have no piece.
    pub(super) fn cut(&mut self, pieces: Option<Pieces>) -> usize {
        let at_zero = pieces.as_ref().map_or(0, |pieces| pieces.at_zero);
        self.rows.pieces = pieces.map(|pieces| pieces.rows);
        at_zero
    }

    /// Completes an error about rows of the sample with rows and lines of the table.
    pub(super) fn locate(&self, error: Error) -> Error {
        error.locate(self.origin.source(), |row| {
            let row = self.rows.in_table(row);
            self.origin.place(row)
        })
    }

    /// The notes, and the rows of the table that stayed.
    pub(super) fn finish(self) -> (Vec<Note>, Rows) {
        (self.notes, self.rows)
    }
}

impl Rows {
    /// The row of the table.
    fn in_table(&self, row: usize) -> usize {
        let row = at(self.pieces.as_deref(), row);
        let row = nth(self.complete.as_deref(), row);
        at(self.chosen.as_deref(), nth(self.filtered.as_deref(), row))
    }

    /// All rows, as rows of the table.
    pub(super) fn all_in_table(&self) -> Vec<u32> {
        let all = self.chosen.clone().unwrap_or_else(|| (0..self.table as u32).collect());
        let kept = marked(marked(all, self.filtered.as_deref()), self.complete.as_deref());
        match &self.pieces {
            Some(pieces) => pieces.iter().map(|&row| kept[row as usize]).collect(),
            None => kept,
        }
    }
}

fn marked(mut rows: Vec<u32>, mask: Option<&[u8]>) -> Vec<u32> {
    if let Some(mask) = mask {
        let mut marks = mask.iter();
        rows.retain(|_| marks.next() == Some(&1));
    }
    rows
}

fn at(rows: Option<&[u32]>, row: usize) -> usize {
    rows.and_then(|rows| rows.get(row)).map_or(row, |&row| row as usize)
}

fn no_level(Variable { expr, name, .. }: &Variable, rows: usize) -> FormulaError {
    let (variable, rows) = (expr.variable(), in_words(rows));
    let classes = format!("make classes: cut({variable}, c(…))");
    expr.misfit(format!("{variable} is missing in {rows}, and {name} is a number"))
        .help(format!("{classes}; or leave the rows out: --where \"!is.na({variable})\""))
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
