//! The right side of a formula as a list of terms: `a * b` is `a + b + a:b`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::expr::{Expr, is_special, refuse_specials};
use super::model::{Role, Term};
use super::syntax::ast::{BinaryOp, Kind, Link, Node, Span, UnaryOp};
use super::syntax::function::Function;
use crate::error::{Error, FormulaError, Result};

/// Most terms that `*` and `:` may expand to.
const MAX_PRODUCTS: usize = 10_000;

/// A term on its way: what it joins and where it stands.
#[derive(Clone)]
struct Draft<'n> {
    role: Role,
    parts: Vec<&'n Node>,
    span: Span,
}

/// The terms of a right side, in R's order, each once.
pub(super) fn expand(text: &Arc<str>, right: &Node) -> Result<Vec<Term>> {
    let mut seen = HashSet::new();
    let mut drafts = Expander { text }.terms(right)?;
    order_parts(&mut drafts);
    drafts.retain(|draft| seen.insert(draft.key()));
    drafts.sort_by_key(|draft| if draft.role == Role::Effect { draft.parts.len() } else { 1 });
    for part in drafts.iter().flat_map(|draft| &draft.parts) {
        refuse_specials(text, part)?;
    }
    let expr = |node: &&Node| Expr::new(Arc::clone(text), (*node).clone());
    let term = |draft: Draft<'_>| {
        Term::new(draft.role, draft.parts.iter().map(expr).collect(), draft.span)
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

/// The variables of an interaction stand in the order in which the formula first names them:
/// `a + b + b:a` has the term `a:b`.
fn order_parts(drafts: &mut [Draft<'_>]) {
    if drafts.iter().all(|draft| draft.parts.len() < 2) {
        return;
    }
    let mut first: HashMap<String, usize> = HashMap::new();
    for part in drafts.iter().flat_map(|draft| &draft.parts) {
        let place = first.entry(part.bare().to_string()).or_insert(usize::MAX);
        *place = part.span.start.min(*place);
    }
    for draft in drafts.iter_mut().filter(|draft| draft.role == Role::Effect) {
        draft.parts.sort_by_key(|part| first[&part.bare().to_string()]);
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
