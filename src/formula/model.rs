//! What a formula says: an outcome and terms.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::expr::{Expr, distinct, is_special, refuse_specials};
use super::syntax::ast::{BinaryOp, Kind, Link, Node, Span, UnaryOp};
use super::syntax::function::Function;
use super::syntax::{self};
use crate::error::{Error, FormulaError, Result};

/// Most terms that `*` and `:` may expand to.
const MAX_PRODUCTS: usize = 10_000;

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
        distinct(std::iter::once(&self.left).chain(parts).flat_map(|expr| expr.node().names()))
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

/// A term on its way: what it joins and where it stands.
#[derive(Clone)]
struct Draft<'n> {
    role: Role,
    parts: Vec<&'n Node>,
    span: Span,
}

/// The terms of a right side, in R's order, each once.
fn expand(text: &Arc<str>, right: &Node) -> Result<Vec<Term>> {
    let mut seen = HashSet::new();
    let mut drafts = Expander { text }.terms(right)?;
    drafts.retain(|draft| seen.insert(draft.key()));
    drafts.sort_by_key(|draft| if draft.role == Role::Effect { draft.parts.len() } else { 1 });
    for part in drafts.iter().flat_map(|draft| &draft.parts) {
        refuse_specials(text, part)?;
    }
    let expr = |node: &&Node| Expr::new(Arc::clone(text), (*node).clone());
    let term = |draft: Draft<'_>| Term {
        role: draft.role,
        parts: draft.parts.iter().map(expr).collect(),
        span: draft.span,
    };
    Ok(drafts.into_iter().map(term).collect())
}

impl<'n> Draft<'n> {
    fn one(node: &'n Node) -> Self {
        Self { role: Role::Effect, parts: vec![node], span: node.span.clone() }
    }

    /// What makes two terms the same: `a:b` is `b:a`.
    fn key(&self) -> (u8, Vec<String>) {
        let mut names: Vec<String> =
            self.parts.iter().map(|node| node.bare().to_string()).collect();
        if self.role == Role::Effect {
            names.sort_unstable();
        }
        (self.role as u8, names)
    }

    fn times(&self, other: &Self) -> Self {
        let mut parts = self.parts.clone();
        let known: HashSet<String> = parts.iter().map(|node| node.bare().to_string()).collect();
        parts.extend(other.parts.iter().filter(|node| !known.contains(&node.bare().to_string())));
        let start = self.span.start.min(other.span.start);
        let end = self.span.end.max(other.span.end);
        Self { role: Role::Effect, parts, span: start..end }
    }
}

struct Expander<'t> {
    text: &'t str,
}

impl<'t> Expander<'t> {
    fn terms<'n>(&self, node: &'n Node) -> Result<Vec<Draft<'n>>> {
        match &node.kind {
            // Parentheses hold a condition together; around anything else they mean nothing.
            Kind::Group(inner) if is_condition(inner) => Ok(vec![Draft::one(node)]),
            Kind::Group(inner) => self.terms(inner),
            Kind::Chain { first, rest } if is_algebra(node) => self.chain(first, rest),
            Kind::Call { function, args } if is_special(*function) => {
                let role = self.role(*function, node)?;
                let parts = args.iter().map(|arg| &arg.value).collect();
                Ok(vec![Draft { role, parts, span: node.span.clone() }])
            }
            Kind::Number { text, .. } if text == "1" => Ok(Vec::new()),
            Kind::Name(_) | Kind::Call { .. } => Ok(vec![Draft::one(node)]),
            Kind::Chain { .. } | Kind::Unary { op: UnaryOp::Not, .. } => {
                self.refuse_loose_plus(node)?;
                Ok(vec![Draft::one(node)])
            }
            Kind::Unary { .. } => Err(self.arithmetic(node.span.clone(), "a sign")),
            Kind::Number { .. }
            | Kind::Text(_)
            | Kind::Boolean(_)
            | Kind::Date(_)
            | Kind::Missing => {
                let error =
                    FormulaError::syntax(self.text, node.span.clone(), "this is no variable");
                Err(error.help("name a column; ~ 1 stands for all rows together").into())
            }
        }
    }

    /// `sex + age >= 60` is `(sex + age) >= 60` to R; few who write it mean that.
    fn refuse_loose_plus(&self, node: &Node) -> Result<()> {
        let Some(span) = loose_plus(node) else { return Ok(()) };
        let error = FormulaError::syntax(self.text, span, "+ binds tighter than a condition");
        Err(error.help("put the condition in parentheses, as sex + (age >= 60)").into())
    }

    fn role(&self, function: Function, node: &Node) -> Result<Role> {
        match function {
            Function::Strata => Ok(Role::Strata),
            Function::Cluster => Ok(Role::Cluster),
            Function::Offset => Ok(Role::Offset),
            _ => {
                let span = node.span.clone();
                Err(FormulaError::syntax(self.text, span, "Surv() belongs to the left of ~").into())
            }
        }
    }

    fn chain<'n>(&self, first: &'n Node, rest: &'n [Link]) -> Result<Vec<Draft<'n>>> {
        let mut terms = self.terms(first)?;
        for link in rest {
            if !matches!(link.op, BinaryOp::Add | BinaryOp::Interact | BinaryOp::Multiply) {
                return Err(self.arithmetic(link.at.clone(), link.op.symbol()));
            }
            let right = self.terms(&link.right)?;
            match link.op {
                BinaryOp::Add => terms.extend(right),
                BinaryOp::Interact => terms = self.product(&terms, &right, link)?,
                _ => {
                    let product = self.product(&terms, &right, link)?;
                    terms.extend(right);
                    terms.extend(product);
                }
            }
        }
        Ok(terms)
    }

    fn product<'n>(&self, a: &[Draft<'n>], b: &[Draft<'n>], link: &Link) -> Result<Vec<Draft<'n>>> {
        let fail = |message: &str| FormulaError::syntax(self.text, link.at.clone(), message);
        if a.iter().chain(b).any(|draft| draft.role != Role::Effect) {
            let error = fail("strata(), cluster() and offset() cannot interact");
            return Err(error.help("join them with +").into());
        }
        if a.is_empty() || b.is_empty() {
            return Err(fail("1 cannot interact").into());
        }
        if a.len().saturating_mul(b.len()) > MAX_PRODUCTS || a[0].parts.len() > 50 {
            return Err(fail("this expands to too many terms").into());
        }
        Ok(a.iter().flat_map(|a| b.iter().map(|b| a.times(b))).collect())
    }

    fn arithmetic(&self, span: Span, what: &str) -> Error {
        let message = format!("{what} does no arithmetic on terms");
        FormulaError::syntax(self.text, span, message)
            .help("write arithmetic inside I(), as I(age / 10); every term is named by itself")
            .into()
    }
}

fn is_condition(node: &Node) -> bool {
    match &node.kind {
        Kind::Chain { .. } => !is_algebra(node),
        Kind::Unary { op, .. } => *op == UnaryOp::Not,
        _ => false,
    }
}

/// Whether the outermost operator joins terms (or would do arithmetic on them).
fn is_algebra(node: &Node) -> bool {
    use BinaryOp::{Add, Divide, Interact, Multiply, Power, Subtract};
    match &node.kind {
        Kind::Group(inner) => is_algebra(inner),
        Kind::Chain { rest, .. } => rest
            .iter()
            .all(|link| matches!(link.op, Add | Subtract | Multiply | Divide | Interact | Power)),
        _ => false,
    }
}

/// A `+` inside a condition, outside parentheses.
fn loose_plus(node: &Node) -> Option<Span> {
    match &node.kind {
        Kind::Chain { first, rest } => {
            let plus = rest.iter().find(|link| link.op == BinaryOp::Add);
            plus.map(|link| link.at.clone())
                .or_else(|| loose_plus(first))
                .or_else(|| rest.iter().find_map(|link| loose_plus(&link.right)))
        }
        Kind::Unary { operand, .. } => loose_plus(operand),
        _ => None,
    }
}
