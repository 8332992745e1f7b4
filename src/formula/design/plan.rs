//! Which variables a model has and how its terms code them.

use std::collections::{HashMap, HashSet};

use super::coding::Kind;
use crate::formula::expr::Expr;
use crate::formula::model::{Formula, Role, Term};
use crate::formula::syntax::function::Function;

/// The covariates of a formula: variables, and terms made of them.
#[derive(Debug, Clone)]
pub(in crate::formula) struct Plan {
    pub(in crate::formula) variables: Vec<Variable>,
    pub(super) terms: Vec<PlanTerm>,
}

/// An expression that becomes columns.
#[derive(Debug, Clone)]
pub(in crate::formula) struct Variable {
    /// As written in the formula.
    pub(in crate::formula) name: String,
    /// What is evaluated: x of `ns(x)` and `tdc(x)`.
    pub(in crate::formula) expr: Expr,
    pub(in crate::formula) kind: Kind,
}

/// A term and its variables.
#[derive(Debug, Clone)]
pub(super) struct PlanTerm {
    pub(super) name: String,
    pub(super) parts: Vec<Part>,
}

/// A variable in a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) variable: usize,
    /// Whether a category has a column for every level, the reference too.
    pub(super) full: bool,
}

impl Plan {
    pub(in crate::formula) fn new(formula: &Formula) -> Self {
        let mut own = Self { variables: Vec::new(), terms: Vec::new() };
        let mut places = HashMap::new();
        for term in formula.with_role(Role::Effect) {
            own.push(term, &mut places);
        }
        own.code();
        own
    }

    fn push(&mut self, term: &Term, places: &mut HashMap<String, usize>) {
        let variable = |part: &Expr| {
            *places.entry(part.to_string()).or_insert_with(|| {
                self.variables.push(Variable::new(part));
                self.variables.len() - 1
            })
        };
        let variables: Vec<usize> = term.parts().iter().map(variable).collect();
        let part = |variable| Part { variable, full: false };
        let parts = variables.into_iter().map(part).collect();
        self.terms.push(PlanTerm { name: term.name(), parts });
    }

    /// R's rule of marginality: a category is coded without its reference where a term before
    /// contains all the others of its term, for then that term (or the intercept, which a Cox
    /// model has in its baseline) already stands for the reference.
    ///
    /// J. M. Chambers and T. J. Hastie (1992), Statistical Models in S, page 38.
    fn code(&mut self) {
        let sets: Vec<HashSet<usize>> = self.terms.iter().map(PlanTerm::variables).collect();
        for (at, term) in self.terms.iter_mut().enumerate() {
            let has_others = |set: &HashSet<usize>, own: usize| {
                sets[at].iter().all(|&other| other == own || set.contains(&other))
            };
            for part in term.parts.iter_mut().filter(|_| sets[at].len() > 1) {
                part.full = !sets[..at].iter().any(|set| has_others(set, part.variable));
            }
        }
    }
}

impl Variable {
    fn new(part: &Expr) -> Self {
        let call = |function| part.argument(function).map(|(x, _)| x);
        let (expr, kind) = match (call(Function::Spline), call(Function::Tdc)) {
            (Some(x), _) => (x, Kind::Spline(part.clone())),
            (_, Some(x)) => (x, Kind::Switch),
            _ => (part.clone(), Kind::Plain),
        };
        Self { name: part.to_string(), expr, kind }
    }

    pub(in crate::formula) fn is_switch(&self) -> bool {
        matches!(self.kind, Kind::Switch)
    }
}

impl PlanTerm {
    fn variables(&self) -> HashSet<usize> {
        self.parts.iter().map(|part| part.variable).collect()
    }
}
