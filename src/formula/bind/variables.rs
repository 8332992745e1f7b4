//! The variables of a formula and what each is for.

use super::factors::{self, Kind};
use super::{Binder, WeightKind, event};
use crate::cohort::{Cohort, Factor, Groups, Times, Weights};
use crate::error::{Error, FormulaError, Result};
use crate::formula::eval::{dense, is_number, not_numbers};
use crate::formula::expr::Expr;
use crate::formula::model::{Outcome, Role, Term};
use crate::formula::rows::{floats, map};
use crate::note::Note;
use crate::table::{Column, MISSING_CODE};

/// What a variable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Entry,
    Time,
    Event,
    Group,
    Stratum,
    Cluster,
    Weight,
    By,
}

/// An expression with its purpose.
pub(super) struct Variable<'f> {
    pub(super) slot: Slot,
    pub(super) expr: &'f Expr,
}

/// All variables, in the order in which missing values are counted.
pub(super) struct Variables<'f> {
    list: Vec<Variable<'f>>,
    weight: Option<WeightKind>,
}

impl<'f> Variables<'f> {
    pub(super) fn new(binder: &'f Binder<'f>) -> Result<Self> {
        let mut own =
            Self { list: Vec::new(), weight: binder.weights.as_ref().map(|(_, kind)| *kind) };
        own.outcome(binder.formula.outcome())?;
        for term in binder.formula.all_terms() {
            own.term(term, binder.group_by_strata)?;
        }
        if let Some((expr, _)) = &binder.weights {
            own.push(Slot::Weight, expr);
        }
        binder.by.iter().for_each(|expr| own.push(Slot::By, expr));
        Ok(own)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Variable<'f>> {
        self.list.iter()
    }

    fn push(&mut self, slot: Slot, expr: &'f Expr) {
        self.list.push(Variable { slot, expr });
    }

    fn outcome(&mut self, outcome: &'f Outcome) -> Result<()> {
        let (entry, time, event) = match outcome {
            Outcome::Surv { entry, time, event } => (entry, time, event),
            Outcome::Endpoint(name) => {
                let error = name.misfit(format!("there is no endpoint {name}"));
                return Err(error.help("write Surv(time, event), or give a plan file").into());
            }
        };
        if let Some(entry) = entry {
            self.push(Slot::Entry, entry);
        }
        self.push(Slot::Time, time);
        event::check_name(event)?;
        self.push(Slot::Event, event);
        Ok(())
    }

    fn term(&mut self, term: &'f Term, group_by_strata: bool) -> Result<()> {
        let slot = match term.role() {
            Role::Effect if term.parts().len() > 1 => return Err(interaction(term).into()),
            Role::Effect => Slot::Group,
            Role::Strata if group_by_strata => Slot::Group,
            Role::Strata => Slot::Stratum,
            Role::Cluster if self.list.iter().any(|own| own.slot == Slot::Cluster) => {
                return Err(term.misfit("only one cluster() can be given").into());
            }
            Role::Cluster => Slot::Cluster,
            Role::Offset => {
                let error = term.misfit("offset() belongs to regression models");
                return Err(error.help("leave it out here").into());
            }
        };
        term.parts().iter().for_each(|part| self.push(slot, part));
        Ok(())
    }

    /// Makes the cohort, and the groups that the analysis is done by.
    pub(super) fn build(
        &self,
        columns: Vec<Column>,
        notes: &mut Vec<Note>,
    ) -> Result<(Cohort, Groups)> {
        let mut entry = None;
        let mut time = Times::Integer(Vec::new());
        let mut events = Vec::new();
        let (mut groups, mut strata, mut by) = (Vec::new(), Vec::new(), Vec::new());
        let mut weights = Weights::None;
        let mut cluster = None;
        for (Variable { slot, expr }, column) in self.list.iter().zip(columns) {
            match slot {
                Slot::Entry => entry = Some(times("entry", expr, column)?),
                Slot::Time => time = times("time", expr, column)?,
                Slot::Event => events = event::events(expr, column, notes)?,
                Slot::Group => groups.push(factors::factor(expr, column, Kind::Group)?),
                Slot::Stratum => strata.push(factors::factor(expr, column, Kind::Stratum)?),
                Slot::By => by.push(factors::factor(expr, column, Kind::Group)?),
                Slot::Weight => weights = self.weights(expr, column)?,
                Slot::Cluster => cluster = Some(dense(column)),
            }
        }
        let mut builder = Cohort::builder(time, events).weights(weights);
        builder = builder.groups(cross(groups)).strata(cross(strata));
        if let Some(entry) = entry {
            builder = builder.entry(entry);
        }
        if let Some(cluster) = cluster {
            builder = builder.cluster(cluster);
        }
        Ok((builder.build()?, cross(by)))
    }

    fn weights(&self, expr: &Expr, column: Column) -> Result<Weights> {
        let values = match times("weights", expr, column)? {
            Times::Integer(values) => floats(&values),
            Times::Number { values, .. } => values,
        };
        Ok(match self.weight {
            Some(WeightKind::Frequency) => Weights::Frequency(values),
            Some(WeightKind::Sampling) => Weights::Sampling(values),
            None => Weights::None,
        })
    }

    /// Puts the user's words for the cohort's.
    pub(super) fn rename(&self, error: Error) -> Error {
        error.name_columns(|column| {
            let slot = match column {
                "time" => Slot::Time,
                "entry" => Slot::Entry,
                "weights" => Slot::Weight,
                _ => return None,
            };
            self.list.iter().find(|own| own.slot == slot).map(|own| own.expr.to_string())
        })
    }
}

fn cross(factors: Vec<Factor>) -> Groups {
    Groups::cross(factors)
}

fn interaction(term: &Term) -> FormulaError {
    let names: Vec<String> = term.parts().iter().map(Expr::to_string).collect();
    term.misfit("groups do not interact: they are the combinations of all terms")
        .help(format!("write {}", names.join(" + ")))
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
