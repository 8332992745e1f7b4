//! What is made of what.

use std::sync::Arc;

use super::derive::PARTS;
use super::population::Exclusion;
use super::section::Place;
use super::{Derived, Endpoint, Plan};
use crate::error::{Error, Result};
use crate::formula::MadeOf;

/// Something that a plan makes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made<'p> {
    Variable(&'p Derived),
    Endpoint(&'p Endpoint),
}

impl<'p> Made<'p> {
    /// Its name, which no other has: an endpoint's stands for all its columns.
    pub(super) fn name(self) -> &'p str {
        match self {
            Self::Variable(own) => &own.name,
            Self::Endpoint(own) => own.name(),
        }
    }

    pub(super) fn columns(self) -> Vec<String> {
        match self {
            Self::Variable(own) => own.expr.columns(),
            Self::Endpoint(own) => own.columns(),
        }
    }
}

impl Plan {
    /// What makes a column; `None` for one of the file.
    pub(super) fn maker(&self, column: &str) -> Option<Made<'_>> {
        if let Some(own) = self.derived.iter().find(|own| own.name == column) {
            return Some(Made::Variable(own));
        }
        let (name, part) = column.rsplit_once('.')?;
        let own = self.endpoint(name).filter(|own| own.is_derived() && PARTS.contains(&part))?;
        Some(Made::Endpoint(own))
    }

    /// The columns of the file behind some columns, each once.
    pub(super) fn sources(&self, names: &[String]) -> Vec<String> {
        let mut all = self.all_behind(names);
        all.retain(|name| self.maker(name).is_none());
        all
    }

    /// As [`sources`](Self::sources), not looking behind endpoints.
    fn sources_without_endpoints(&self, names: &[String]) -> Vec<String> {
        let mut all = Vec::new();
        for name in names {
            match self.maker(name) {
                Some(Made::Variable(own)) => {
                    all.extend(self.sources_without_endpoints(&own.expr.columns()));
                }
                Some(Made::Endpoint(_)) => {}
                None => all.push(name.clone()),
            }
        }
        all
    }

    /// Some columns and all that they are made of, each once.
    fn all_behind(&self, names: &[String]) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        let mut open: Vec<String> = names.iter().rev().cloned().collect();
        while let Some(name) = open.pop() {
            if seen.contains(&name) {
                continue;
            }
            if let Some(made) = self.maker(&name) {
                open.extend(made.columns().into_iter().rev());
            }
            seen.push(name);
        }
        seen
    }

    /// What every column that the plan makes is made of, for
    /// [`Binder::made_of`](crate::formula::Binder::made_of).
    pub fn made_of(&self) -> MadeOf {
        let variables = self.derived.iter();
        let variables =
            variables.map(|own| (own.name.clone(), self.dates_behind(&own.expr.columns())));
        // What an endpoint says is known at its end, but for when it begins.
        let parts = self.endpoints.iter().filter(|own| own.is_derived()).flat_map(|own| {
            PARTS.iter().map(|part| {
                let begins = matches!(*part, "origin" | "entry");
                let known = if begins { own.column(part) } else { own.column("date") };
                (own.column(part), vec![known])
            })
        });
        Arc::new(variables.chain(parts).collect())
    }

    /// The columns of the file behind some columns, and the ends of endpoints among them.
    fn dates_behind(&self, names: &[String]) -> Vec<String> {
        let ends = self.all_behind(names).into_iter().filter_map(|name| match self.maker(&name) {
            Some(Made::Endpoint(own)) => {
                let begins = [own.column("origin"), own.column("entry")].contains(&name);
                Some(if begins { name } else { own.column("date") })
            }
            _ => None,
        });
        ends.chain(self.sources_without_endpoints(names)).collect()
    }

    /// Refuses names that nobody could ask for, or that stand for two things.
    pub(super) fn check_names(&self, derived: &[Place], endpoints: &[Place]) -> Result<()> {
        let variables = self.derived.iter().map(|own| own.name.as_str()).zip(derived);
        let ends = self.endpoints.iter().map(Endpoint::name).zip(endpoints);
        for (name, place) in variables.chain(ends.clone()) {
            if name.is_empty() || name.contains('`') {
                let error = place.error("this cannot be a name");
                return Err(error.help("names have letters, digits, dots, spaces").into());
            }
        }
        for (name, place) in ends {
            if self.derived.iter().any(|own| own.name == name) {
                let error = place.error("a derived variable has this name too");
                return Err(error.help("give the two names of their own").into());
            }
        }
        Ok(())
    }

    /// Refuses what is made of itself.
    pub(super) fn check_circles(&self, derived: &[Place], endpoints: &[Place]) -> Result<()> {
        let variables = self.derived.iter().map(Made::Variable).zip(derived);
        let endpoints = self.endpoints.iter().map(Made::Endpoint).zip(endpoints);
        for (made, place) in variables.chain(endpoints) {
            let mut path = vec![made];
            if self.returns(&mut path) {
                let names: Vec<&str> = path.iter().map(|own| own.name()).collect();
                let error = place.error(format!("is made of itself: {}", names.join(" → ")));
                return Err(error.help("give the new variable a name of its own").into());
            }
        }
        Ok(())
    }

    /// Who is analysed does not depend on how follow-up ends.
    pub(super) fn check_populations(&self) -> Result<()> {
        let names: Vec<String> = self.exclusions.iter().flat_map(Exclusion::columns).collect();
        for name in self.all_behind(&names) {
            if let Some(Made::Endpoint(own)) = self.maker(&name) {
                return Err(Error::analysis(format!(
                    "{}: where and exclude choose rows before endpoints are derived, and {name} is \
                     of {}; write a condition over the data, or where in [endpoint.{}]",
                    self.path.display(),
                    own.name(),
                    own.name()
                )));
            }
        }
        Ok(())
    }

    /// Whether a path that begins with its first step comes back to it; the path is then the circle.
    fn returns<'p>(&'p self, path: &mut Vec<Made<'p>>) -> bool {
        let Some(&last) = path.last() else { return false };
        for column in last.columns() {
            let Some(made) = self.maker(&column) else { continue };
            if made.name() == path[0].name() {
                path.push(made);
                return true;
            }
            if path.iter().any(|own| own.name() == made.name()) {
                continue;
            }
            path.push(made);
            if self.returns(path) {
                return true;
            }
            path.pop();
        }
        false
    }
}
