//! What a formula says: an outcome and terms.

use std::fmt;
use std::sync::Arc;

use super::expand::expand;
use super::expr::{Expr, distinct, refuse_specials};
use super::syntax;
use super::syntax::ast::{Kind, Node, Span};
use super::syntax::function::Function;
use crate::error::{FormulaError, Result};

/// A survival formula, as `Surv(time, status == 2) ~ sex + strata(centre)`.
///
/// ```
/// use riskset::formula::Formula;
///
/// let formula = Formula::parse("Surv(os,dead) ~ age*sex + strata(centre)")?;
/// let names: Vec<String> = formula.terms().map(|term| term.name()).collect();
/// assert_eq!(names, ["age", "sex", "age:sex"]);
/// assert_eq!(formula.columns(), ["os", "dead", "age", "sex", "centre"]);
/// assert_eq!(formula.to_string(), "Surv(os, dead) ~ age * sex + strata(centre)");
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Formula {
    text: Arc<str>,
    left: Expr,
    right: String,
    outcome: Outcome,
    terms: Vec<Term>,
}

/// The left side.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// `Surv(time, event)` or `Surv(entry, exit, event)`.
    Surv {
        /// When a row comes under observation.
        entry: Option<Expr>,
        /// When its follow-up ends.
        time: Expr,
        /// Whether it ends in an event.
        event: Expr,
    },
    /// The name of an endpoint that a plan defines.
    Endpoint(Expr),
}

/// What a term is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A covariate, a group, or an interaction.
    Effect,
    /// `strata(…)`.
    Strata,
    /// `cluster(…)`.
    Cluster,
    /// `offset(…)`.
    Offset,
}

/// A term of the right side.
#[derive(Debug, Clone)]
pub struct Term {
    role: Role,
    parts: Vec<Expr>,
    span: Span,
}

impl Formula {
    /// Parses a formula.
    ///
    /// # Errors
    /// When the text is no formula; the error points at the characters.
    pub fn parse(text: &str) -> Result<Self> {
        let (left, right) = syntax::formula(text)?;
        let text: Arc<str> = text.into();
        let outcome = outcome(&text, &left)?;
        let terms = expand(&text, &right)?;
        Ok(Self {
            left: Expr::new(Arc::clone(&text), left),
            right: right.to_string(),
            outcome,
            terms,
            text,
        })
    }

    /// Parses a list of terms, as `age >= 60 + sex`… without a left side.
    ///
    /// # Errors
    /// When the text is no list of terms.
    pub fn parse_terms(text: &str) -> Result<Vec<Term>> {
        expand(&text.into(), &syntax::expression(text)?)
    }

    /// The same outcome with other terms.
    pub fn with_terms(&self, terms: Vec<Term>) -> Self {
        let names: Vec<String> = terms.iter().map(Term::to_string).collect();
        let right = if names.is_empty() { "1".to_owned() } else { names.join(" + ") };
        let text = format!("{} ~ {right}", self.left).into();
        Self { text, right, terms, ..self.clone() }
    }

    /// The same formula with what an endpoint's name stands for; its text stays.
    pub fn with_outcome(&self, outcome: Outcome) -> Self {
        Self { outcome, ..self.clone() }
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The left side.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Groups or covariates in R's order: main effects, then interactions by degree.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.with_role(Role::Effect)
    }

    /// The terms of one role, in order.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.role == role)
    }

    /// All terms, whatever their role, in order.
    pub fn all_terms(&self) -> &[Term] {
        &self.terms
    }

    /// The columns it names, each once, in order.
    pub fn columns(&self) -> Vec<String> {
        let parts = self.terms.iter().flat_map(|term| &term.parts);
        distinct(self.outcome.parts().chain(parts).flat_map(|expr| expr.node().names()))
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ~ {}", self.left, self.right)
    }
}

impl Outcome {
    /// The expressions in the order in which `Surv()` takes them.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let (first, rest) = match self {
            Self::Surv { entry, time, event } => (entry.as_ref(), vec![time, event]),
            Self::Endpoint(name) => (Some(name), Vec::new()),
        };
        first.into_iter().chain(rest)
    }
}

impl Term {
    pub(super) fn new(role: Role, parts: Vec<Expr>, span: Span) -> Self {
        Self { role, parts, span }
    }

    /// What it is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The variables it joins: one for a main effect, several for an interaction or `strata(a, b)`.
    pub fn parts(&self) -> &[Expr] {
        &self.parts
    }

    /// The label that R gives it: `age >= 60`, `age:sex`.
    pub fn name(&self) -> String {
        let names: Vec<String> = self.parts.iter().map(Expr::to_string).collect();
        names.join(if self.role == Role::Effect { ":" } else { ", " })
    }

    /// An error about all of it.
    pub(super) fn misfit(&self, message: impl Into<String>) -> FormulaError {
        FormulaError::misfit(self.parts[0].text(), self.span.clone(), message)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.role {
            Role::Effect => {
                let parts: Vec<String> = self.parts.iter().map(Expr::to_operand).collect();
                f.write_str(&parts.join(":"))
            }
            Role::Strata => write!(f, "strata({})", self.name()),
            Role::Cluster => write!(f, "cluster({})", self.name()),
            Role::Offset => write!(f, "offset({})", self.name()),
        }
    }
}

fn outcome(text: &Arc<str>, left: &Node) -> Result<Outcome> {
    let part = |node: &Node| -> Result<Expr> {
        refuse_specials(text, node)?;
        Ok(Expr::new(Arc::clone(text), node.clone()))
    };
    let args = match &left.bare().kind {
        Kind::Call { function: Function::Surv, args } => args,
        Kind::Name(_) => return Ok(Outcome::Endpoint(part(left)?)),
        _ => {
            let error =
                FormulaError::syntax(text, left.span.clone(), "the left side is not Surv()");
            return Err(error.help("write Surv(time, event) ~ …").into());
        }
    };
    let slot = |name: &str| {
        let slot = Function::Surv.slot(name);
        args.iter().find(|arg| Some(arg.slot) == slot).map(|arg| &arg.value)
    };
    // As in R, two arguments are time and event, three are entry, exit and event.
    match (slot("time"), slot("time2"), slot("event")) {
        (Some(entry), Some(time), Some(event)) => {
            Ok(Outcome::Surv { entry: Some(part(entry)?), time: part(time)?, event: part(event)? })
        }
        (Some(time), Some(event), None) | (Some(time), None, Some(event)) => {
            Ok(Outcome::Surv { entry: None, time: part(time)?, event: part(event)? })
        }
        _ => Err(FormulaError::syntax(text, left.span.clone(), "Surv() lacks the event")
            .help("write Surv(time, event); if all rows are events, Surv(time, TRUE)")
            .into()),
    }
}
