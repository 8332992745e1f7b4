//! The variables of a formula and what each is for.

use super::{Binder, WeightKind, event};
use crate::error::{Error, FormulaError, Result};
use crate::formula::design::Plan;
use crate::formula::expr::Expr;
use crate::formula::model::{Outcome, Role, Term};
use crate::formula::syntax::function::Function;

/// What a variable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Entry,
    Time,
    Event,
    Group,
    Covariate,
    /// When a group or a covariate changes: x of `tdc(x)`.
    Switch,
    Stratum,
    Cluster,
    Offset,
    Weight,
    By,
}

/// An expression with its purpose.
pub(super) struct Variable {
    pub(super) slot: Slot,
    pub(super) expr: Expr,
    /// As written in the formula.
    pub(super) name: String,
}

/// All variables, in the order in which missing values are counted.
pub(super) struct Variables {
    list: Vec<Variable>,
    pub(super) weight: Option<WeightKind>,
    /// Whether terms are covariates, not groups.
    pub(super) model: bool,
}

impl Variables {
    /// Terms make groups.
    pub(super) fn groups(binder: &Binder<'_>) -> Result<Self> {
        let mut own = Self::new(binder, false)?;
        for term in binder.formula.all_terms() {
            own.group_term(term, binder.group_by_strata)?;
        }
        own.weight(binder);
        own.extend(Slot::By, &binder.by);
        Ok(own)
    }

    /// Terms are covariates.
    pub(super) fn model(binder: &Binder<'_>, plan: &Plan) -> Result<Self> {
        let mut own = Self::new(binder, true)?;
        for variable in &plan.variables {
            let slot = if variable.is_switch() { Slot::Switch } else { Slot::Covariate };
            own.list.push(Variable::named(slot, &variable.expr, variable.name.clone()));
        }
        for term in binder.formula.all_terms().iter().filter(|own| own.role() != Role::Effect) {
            own.side_term(term)?;
        }
        own.weight(binder);
        Ok(own)
    }

    /// Only what the analysis is done by.
    pub(super) fn by(binder: &Binder<'_>) -> Self {
        let mut own = Self { list: Vec::new(), weight: None, model: false };
        own.extend(Slot::By, &binder.by);
        own
    }

    fn new(binder: &Binder<'_>, model: bool) -> Result<Self> {
        let weight = binder.weights.as_ref().map(|(_, kind)| *kind);
        let mut own = Self { list: Vec::new(), weight, model };
        own.outcome(binder.formula.outcome())?;
        Ok(own)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.list.iter()
    }

    /// The variables of one purpose.
    pub(super) fn of(&self, slot: Slot) -> impl Iterator<Item = &Variable> {
        self.iter().filter(move |own| own.slot == slot)
    }

    fn push(&mut self, slot: Slot, expr: &Expr) {
        self.list.push(Variable::named(slot, expr, expr.to_string()));
    }

    fn extend(&mut self, slot: Slot, exprs: &[Expr]) {
        exprs.iter().for_each(|expr| self.push(slot, expr));
    }

    fn weight(&mut self, binder: &Binder<'_>) {
        if let Some((expr, _)) = &binder.weights {
            self.push(Slot::Weight, expr);
        }
    }

    fn outcome(&mut self, outcome: &Outcome) -> Result<()> {
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

    fn group_term(&mut self, term: &Term, group_by_strata: bool) -> Result<()> {
        match term.role() {
            Role::Effect if term.parts().len() > 1 => Err(interaction(term).into()),
            Role::Effect => self.group(&term.parts()[0]),
            Role::Strata if group_by_strata => {
                self.extend(Slot::Group, term.parts());
                Ok(())
            }
            Role::Offset => {
                let error = term.misfit("offset() belongs to regression models");
                Err(error.help("leave it out here").into())
            }
            _ => self.side_term(term),
        }
    }

    fn group(&mut self, expr: &Expr) -> Result<()> {
        if expr.argument(Function::Spline).is_some() {
            let error = expr.misfit("ns() belongs to regression models");
            return Err(error.help("make classes for groups: cut(x, c(…))").into());
        }
        match expr.argument(Function::Tdc) {
            Some((x, _)) => self.list.push(Variable::named(Slot::Switch, &x, expr.to_string())),
            None => self.push(Slot::Group, expr),
        }
        Ok(())
    }

    /// `strata()`, `cluster()`, `offset()`.
    fn side_term(&mut self, term: &Term) -> Result<()> {
        let slot = match term.role() {
            Role::Effect | Role::Strata => Slot::Stratum,
            Role::Offset => Slot::Offset,
            Role::Cluster if self.of(Slot::Cluster).next().is_some() => {
                return Err(term.misfit("only one cluster() can be given").into());
            }
            Role::Cluster => Slot::Cluster,
        };
        self.extend(slot, term.parts());
        Ok(())
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
            self.of(slot).next().map(|own| own.name.clone())
        })
    }
}

impl Variable {
    fn named(slot: Slot, expr: &Expr, name: String) -> Self {
        Self { slot, expr: expr.clone(), name }
    }
}

fn interaction(term: &Term) -> FormulaError {
    let names: Vec<String> = term.parts().iter().map(Expr::to_string).collect();
    term.misfit("groups do not interact: they are the combinations of all terms")
        .help(format!("write {}", names.join(" + ")))
}
