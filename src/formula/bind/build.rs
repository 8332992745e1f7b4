//! From the columns of complete rows to a cohort.

use super::factors::{self, Kind};
use super::variables::{Slot, Variable, Variables};
use super::{WeightKind, event};
use crate::cohort::{Cohort, CohortBuilder, Factor, Groups, Pieces, Times, Weights};
use crate::error::Result;
use crate::formula::eval::{dense, in_words, is_number, not_numbers};
use crate::formula::expr::Expr;
use crate::formula::rows::{floats, map};
use crate::note::Note;
use crate::table::{Category, Column, MISSING_CODE};

/// What curves and tests of groups that subjects pass through are.
const MOVING_GROUPS: &str = "groups by tdc() hold who is in that state at the moment: curves are \
                             Simon and Makuch's, not those of fixed groups of patients, and the \
                             log-rank test is Mantel and Byar's";

/// A cohort and what goes with it, row by row.
pub(super) struct Built {
    pub(super) cohort: Cohort,
    pub(super) by: Groups,
    pub(super) covariates: Vec<Column>,
    pub(super) offset: Vec<(Expr, Column)>,
    /// The pieces of follow-up, where it was cut.
    pub(super) pieces: Option<Pieces>,
}

/// Columns by purpose.
#[derive(Default)]
struct Parts {
    entry: Option<Times>,
    time: Option<Times>,
    events: Vec<bool>,
    /// `None` holds the place of a switch.
    groups: Vec<Option<Factor>>,
    covariates: Vec<Option<Column>>,
    switches: Vec<(String, Times)>,
    strata: Vec<Factor>,
    by: Vec<Factor>,
    cluster: Option<Vec<u32>>,
    offset: Vec<(Expr, Column)>,
    weights: Weights,
}

/// Makes the cohort of variables' columns.
pub(super) fn build(
    variables: &Variables,
    columns: Vec<Column>,
    notes: &mut Vec<Note>,
) -> Result<Built> {
    let mut parts = Parts::default();
    for (variable, column) in variables.iter().zip(columns) {
        parts.place(variable, column, variables, notes)?;
    }
    let builder = parts.builder();
    let (builder, pieces) = parts.split(builder, notes)?;
    if pieces.is_some() && !variables.model {
        notes.push(Note::Remark(MOVING_GROUPS.to_owned()));
    }
    let groups = parts.groups.into_iter().flatten().collect();
    let by = Groups::cross(parts.by);
    Ok(Built {
        cohort: builder.groups(Groups::cross(groups)).build()?,
        by: match &pieces {
            Some(pieces) => by.select(&pieces.rows),
            None => by,
        },
        covariates: parts.covariates.into_iter().flatten().collect(),
        offset: parts.offset,
        pieces,
    })
}

/// The groups that an analysis is done by.
pub(super) fn build_by(variables: &Variables, columns: Vec<Column>) -> Result<Groups> {
    let factor = |(variable, column): (&Variable, Column)| {
        factors::factor(&variable.expr, column, Kind::Group)
    };
    let factors: Result<Vec<Factor>> = variables.iter().zip(columns).map(factor).collect();
    Ok(Groups::cross(factors?))
}

impl Parts {
    fn place(
        &mut self,
        Variable { slot, expr, name }: &Variable,
        column: Column,
        variables: &Variables,
        notes: &mut Vec<Note>,
    ) -> Result<()> {
        match slot {
            Slot::Entry => self.entry = Some(times("entry", expr, column)?),
            Slot::Time => self.time = Some(times("time", expr, column)?),
            Slot::Event => self.events = event::events(expr, column, notes)?,
            Slot::Group => self.groups.push(Some(factors::factor(expr, column, Kind::Group)?)),
            Slot::Stratum => self.strata.push(factors::factor(expr, column, Kind::Stratum)?),
            Slot::By => self.by.push(factors::factor(expr, column, Kind::Group)?),
            Slot::Covariate => self.covariates.push(Some(column)),
            Slot::Cluster => self.cluster = Some(dense(column)),
            Slot::Offset => self.offset.push((expr.clone(), column)),
            Slot::Weight => self.weights = weights(variables.weight, expr, column)?,
            Slot::Switch => {
                self.switches.push((name.clone(), change(column)));
                match variables.model {
                    true => self.covariates.push(None),
                    false => self.groups.push(None),
                }
            }
        }
        Ok(())
    }

    /// A builder of all but the groups, which may change.
    fn builder(&mut self) -> CohortBuilder {
        use std::mem::take;
        let time = self.time.take().unwrap_or_else(|| Vec::<i32>::new().into());
        let mut builder = Cohort::builder(time, take(&mut self.events))
            .weights(take(&mut self.weights))
            .strata(Groups::cross(take(&mut self.strata)));
        if let Some(entry) = self.entry.take() {
            builder = builder.entry(entry);
        }
        if let Some(cluster) = self.cluster.take() {
            builder = builder.cluster(cluster);
        }
        builder
    }

    /// Cuts follow-up at the switches, and repeats every column as it is cut.
    fn split(
        &mut self,
        builder: CohortBuilder,
        notes: &mut Vec<Note>,
    ) -> Result<(CohortBuilder, Option<Pieces>)> {
        if self.switches.is_empty() {
            return Ok((builder, None));
        }
        let (names, changes): (Vec<String>, Vec<Times>) =
            std::mem::take(&mut self.switches).into_iter().unzip();
        let (builder, mut pieces) = builder.split(&changes)?;
        self.repeat(&pieces.rows);
        for (name, after) in names.iter().zip(std::mem::take(&mut pieces.after)) {
            notes.push(switched(name, &pieces.rows, &after));
            self.fill(name, after);
        }
        notes.extend(left_out(pieces.at_zero));
        Ok((builder, Some(pieces)))
    }

    fn repeat(&mut self, rows: &[u32]) {
        for column in self.covariates.iter_mut().flatten() {
            *column = column.gather(rows);
        }
        for (_, column) in &mut self.offset {
            *column = column.gather(rows);
        }
        for factor in self.groups.iter_mut().flatten() {
            factor.category.codes =
                rows.iter().map(|&row| factor.category.codes[row as usize]).collect();
        }
    }

    /// Puts a switch into the first place that is held for one.
    fn fill(&mut self, name: &str, after: Vec<bool>) {
        if let Some(place) = self.covariates.iter_mut().find(|own| own.is_none()) {
            *place = Some(Column::Integer(after.into_iter().map(i32::from).collect()));
        } else if let Some(place) = self.groups.iter_mut().find(|own| own.is_none()) {
            let levels = vec!["false".to_owned(), "true".to_owned()].into();
            let codes = after.into_iter().map(u32::from).collect();
            *place = Some(Factor { name: name.to_owned(), category: Category { codes, levels } });
        }
    }
}

fn left_out(at_zero: usize) -> Option<Note> {
    let text = "left out: with tdc() a row is at risk in (entry, exit], and theirs ends at 0";
    (at_zero > 0).then(|| Note::Remark(format!("{} {text}", in_words(at_zero))))
}

/// How many rows change.
fn switched(name: &str, rows: &[u32], after: &[bool]) -> Note {
    let mut changed: Vec<u32> =
        rows.iter().zip(after).filter(|(_, after)| **after).map(|(row, _)| *row).collect();
    changed.dedup();
    let mut all = rows.to_vec();
    all.dedup();
    let (changed, all) = (changed.len(), all.len());
    Note::Remark(format!("{name}: {changed} of {all} rows change; follow-up is cut there"))
}

/// The times of a change, NaN for never.
fn change(column: Column) -> Times {
    match column {
        Column::Number { values, exact } => Times::Number { values, exact },
        Column::Integer(values) => Times::Number { values: floats(&values), exact: true },
        // Evaluation gives numbers only.
        other => Times::Number { values: vec![f64::NAN; other.len()], exact: true },
    }
}

fn weights(kind: Option<WeightKind>, expr: &Expr, column: Column) -> Result<Weights> {
    let values = match times("weights", expr, column)? {
        Times::Integer(values) => floats(&values),
        Times::Number { values, .. } => values,
    };
    Ok(match kind {
        Some(WeightKind::Frequency) => Weights::Frequency(values),
        Some(WeightKind::Sampling) => Weights::Sampling(values),
        None => Weights::None,
    })
}

/// A column of numbers.
fn times(what: &str, expr: &Expr, column: Column) -> Result<Times> {
    match column {
        Column::Integer(values) => Ok(Times::Integer(values)),
        Column::Number { values, exact } => Ok(Times::Number { values, exact }),
        Column::Category(category) if category.levels.iter().all(|level| is_number(level)) => {
            let number = |level: &String| level.trim().parse().unwrap_or(f64::NAN);
            let numbers: Vec<f64> = category.levels.iter().map(number).collect();
            let number = |&code: &u32| match code {
                MISSING_CODE => f64::NAN,
                code => numbers[code as usize],
            };
            Ok(Times::Number { values: map(&category.codes, number), exact: true })
        }
        Column::Category(category) => Err(not_numbers(what, &expr.to_string(), &category)),
        Column::Date(_) => {
            let error = expr.misfit(format!("{what} must be a number, this is a date"));
            Err(error.help(format!("subtract the date of origin: {expr} - diagnosis")).into())
        }
        Column::Boolean(_) => {
            Err(expr.misfit(format!("{what} must be a number, this is true/false")).into())
        }
    }
}
