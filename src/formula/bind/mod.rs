//! From a formula and a table to a cohort.

mod build;
mod event;
mod factors;
mod future;
mod model;
mod sample;
mod source;
mod variables;

pub use self::model::{BoundModel, ModelPart};

use std::collections::HashMap;
use std::sync::Arc;

use self::build::{Built, build};
use self::sample::{Rows, Sample};
use self::source::Source;
use self::variables::Variables;
use super::design::Missing;
use super::expr::{Expr, distinct};
use super::model::Formula;
use crate::cohort::{Cohort, Groups};
use crate::error::{Error, Result};
use crate::note::Note;
use crate::table::Table;

/// What a weight means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightKind {
    /// So many identical rows.
    Frequency,
    /// One of so many others.
    Sampling,
}

/// Binds a formula to tables; the options are those of the command line.
///
/// Rows that the condition leaves out, or that miss a variable in use, are dropped and counted.
///
/// ```
/// use riskset::formula::{Binder, Expr, Formula};
/// use riskset::note::Note;
/// use riskset::table::{Column, MISSING_INT, Table};
///
/// let mut table = Table::new(4);
/// table.push("time", Column::Integer(vec![5, 8, MISSING_INT, 12]));
/// table.push("dead", Column::Boolean(vec![1, 1, 0, 0]));
/// table.push("age", Column::Integer(vec![61, 47, 70, 59]));
/// let formula = Formula::parse("Surv(time, dead) ~ 1")?;
/// let bound = Binder::new(&formula).filter(Expr::parse("age > 50")?).bind(&table)?;
/// assert_eq!((bound.rows_read, bound.cohort.n_rows(), bound.dropped), (4, 2, 2));
/// assert_eq!(bound.notes[1], Note::Missing { variable: "time".into(), rows: 1 });
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Binder<'f> {
    formula: &'f Formula,
    condition: Option<Expr>,
    weights: Option<(Expr, WeightKind)>,
    by: Vec<Expr>,
    time_zero: Option<&'static str>,
    group_by_strata: bool,
    missing: Missing,
    future: bool,
    made_of: MadeOf,
}

/// The columns that computed columns were made of.
pub type MadeOf = Arc<HashMap<String, Vec<String>>>;

/// A formula bound to a table.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Bound {
    /// The subjects.
    pub cohort: Cohort,
    /// What the whole analysis is done by; one group when by nothing.
    pub by: Groups,
    /// Rows of the table.
    pub rows_read: usize,
    /// Rows that were left out.
    pub dropped: usize,
    /// What was found on the way.
    pub notes: Vec<Note>,
    rows: Rows,
}

/// One level of what an analysis is done by.
#[derive(Debug, Clone)]
pub struct Part {
    /// The level in words, as `centre=Bern`.
    pub label: String,
    /// Each variable and its level.
    pub levels: Vec<(String, String)>,
    /// The subjects of that level.
    pub cohort: Cohort,
    /// The table's row of each of its rows.
    pub rows: Vec<u32>,
}

impl<'f> Binder<'f> {
    /// Binds this formula.
    pub fn new(formula: &'f Formula) -> Self {
        Self {
            formula,
            condition: None,
            weights: None,
            by: Vec::new(),
            time_zero: None,
            group_by_strata: false,
            missing: Missing::Complete,
            future: false,
            made_of: MadeOf::default(),
        }
    }

    /// Says what columns of the table were computed from, so that none of them hides a date after
    /// the start of follow-up.
    pub fn made_of(mut self, columns: MadeOf) -> Self {
        self.made_of = columns;
        self
    }

    /// Keeps the rows for which a condition is true.
    pub fn filter(mut self, condition: Expr) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Weights of a stated kind.
    pub fn weights(mut self, weights: Expr, kind: WeightKind) -> Self {
        self.weights = Some((weights, kind));
        self
    }

    /// Divides the subjects by variables, for [`Bound::parts`] and
    /// [`bind_model_by`](Self::bind_model_by).
    pub fn by(mut self, by: Vec<Expr>) -> Self {
        self.by = by;
        self
    }

    /// Leaves out rows with time 0, naming whose rule that is.
    pub fn drop_time_zero(mut self, dialect: &'static str) -> Self {
        self.time_zero = Some(dialect);
        self
    }

    /// Lets `strata()` make groups, as R's `survfit` does.
    pub fn group_by_strata(mut self) -> Self {
        self.group_by_strata = true;
        self
    }

    /// What happens to rows that miss a covariate of a model.
    pub fn missing(mut self, rule: Missing) -> Self {
        self.missing = rule;
        self
    }

    /// Lets groups and covariates be made of dates after the start of follow-up, as a landmark
    /// analysis may. Else they are refused where the outcome's time is a difference of dates:
    /// whoever is treated later lived until then (immortal time).
    pub fn allow_future_covariates(mut self) -> Self {
        self.future = true;
        self
    }

    /// All columns in use, each once.
    pub fn columns(&self) -> Vec<String> {
        let condition = self.condition.iter().flat_map(Expr::columns).collect::<Vec<_>>();
        let variables = self.variables();
        distinct(variables.iter().chain(&condition).map(String::as_str))
    }

    /// The columns in use after the condition.
    fn variables(&self) -> Vec<String> {
        let others = self.weights.iter().map(|(expr, _)| expr).chain(&self.by);
        let mut names = self.formula.columns();
        names.extend(others.flat_map(Expr::columns));
        let origins = names.iter().filter_map(|name| self.made_of.get(name)).flatten();
        let origins: Vec<String> = origins.cloned().collect();
        names.extend(origins);
        names
    }

    /// The columns in use that a source has, which is all that must be read. One that it lacks is
    /// an error of binding, which can point at the name and say what was meant.
    pub fn columns_of(&self, header: &[String]) -> Vec<String> {
        let mut columns = self.columns();
        columns.retain(|name| header.contains(name));
        columns
    }

    /// Binds to a table that is used again; what is needed is copied. Terms make groups; a
    /// subject changes group at `tdc(x)`, and its follow-up is cut there.
    ///
    /// # Errors
    /// When the formula names what the table does not have, mixes kinds of values, or means an
    /// event that is not clear; and, naming the rows, for all that a [`Cohort`] refuses.
    pub fn bind(&self, table: &Table) -> Result<Bound> {
        self.run(Source::Borrowed(table))
    }

    /// As [`bind`](Self::bind), taking columns over where that saves a copy.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub fn bind_owned(&self, table: Table) -> Result<Bound> {
        self.run(Source::Owned(Box::new(table)))
    }

    fn run(&self, source: Source<'_>) -> Result<Bound> {
        let variables = Variables::groups(self)?;
        let rows_read = source.table().rows();
        let mut sample = self.sample(source);
        self.filter_sample(&mut sample)?;
        self.complete(&mut sample, &variables, Missing::Complete)?;
        let mut dropped = rows_read - sample.n_rows();
        let columns = sample.columns();
        let built = build(&variables, columns, &mut sample.notes);
        let Built { cohort, by, pieces, .. } =
            built.map_err(|error| sample.locate(variables.rename(error)))?;
        dropped += sample.cut(pieces);
        sample.notes.extend_from_slice(cohort.notes());
        let (notes, rows) = sample.finish();
        Ok(Bound { cohort, by, rows_read, dropped, notes, rows })
    }

    fn sample<'t>(&self, source: Source<'t>) -> Sample<'t> {
        Sample::new(source, distinct(self.variables().iter().map(String::as_str)))
    }

    fn filter_sample(&self, sample: &mut Sample<'_>) -> Result<()> {
        let Some(condition) = &self.condition else { return Ok(()) };
        let known = self.future || self.formula.columns().is_empty();
        let note = (!known).then(|| sample.chosen(self, condition)).flatten();
        sample.filter(condition)?;
        sample.notes.extend(note);
        Ok(())
    }

    /// Evaluates the variables and drops rows that miss one.
    fn complete(
        &self,
        sample: &mut Sample<'_>,
        variables: &Variables,
        missing: Missing,
    ) -> Result<()> {
        let begun = sample.n_rows();
        sample.evaluate(variables)?;
        if !self.future {
            sample.refuse_future(self, variables)?;
        }
        sample.drop_missing(variables, missing)?;
        if let Some(dialect) = self.time_zero {
            sample.drop_time_zero(variables, dialect);
        }
        match sample.n_rows() {
            0 if begun > 0 || !sample.notes.is_empty() => Err(none_left(&sample.notes)),
            _ => Ok(()),
        }
    }
}

fn none_left(notes: &[Note]) -> Error {
    let notes: Vec<String> = notes.iter().map(Note::to_string).collect();
    Error::analysis(format!("no rows are left to analyse: {}", notes.join("; ")))
}

impl Bound {
    /// The table's row of each row of the cohort; `tdc()` repeats it for every piece.
    pub fn table_rows(&self) -> Vec<u32> {
        self.rows.all_in_table()
    }

    /// The subjects in each level of what the analysis is done by, in level order.
    ///
    /// # Errors
    /// None that a bound cohort can meet.
    pub fn parts(&self) -> Result<Vec<Part>> {
        let in_table = self.table_rows();
        let mut rows = vec![Vec::new(); self.by.len()];
        for row in 0..self.cohort.n_rows() {
            rows[self.by.code(row) as usize].push(row as u32);
        }
        let part = |(group, rows): (usize, Vec<u32>)| {
            let names = self.by.terms().iter().cloned();
            Ok(Part {
                label: self.by.label(group),
                levels: names.zip(self.by.levels(group).iter().cloned()).collect(),
                cohort: self.cohort.select(&rows)?,
                rows: rows.iter().map(|&row| in_table[row as usize]).collect(),
            })
        };
        rows.into_iter().enumerate().map(part).collect()
    }
}
