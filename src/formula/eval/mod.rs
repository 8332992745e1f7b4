//! Expressions over columns: one pass a step, missing values carried along.

mod arithmetic;
mod branch;
mod calls;
mod compare;
mod constants;
mod cut;
mod elapsed;
mod factor;
mod label;
mod logic;
mod math;
mod spline;
mod value;

use std::borrow::Cow;
use std::sync::Arc;

pub(super) use arithmetic::{is_number, not_numbers};
pub(super) use factor::{Categorise, FactorLevels, categorise, category, dense, in_levels};
pub(super) use label::number as number_label;

use self::value::{Scalar, Value};
use super::expr::Expr;
use super::suggest::{closest, list};
use super::syntax::ast::{BinaryOp, Kind, Link, Node, Span, UnaryOp};
use super::syntax::quote_name;
use crate::error::{Error, FormulaError, Result};
use crate::note::Note;
use crate::table::{Column, Table};

/// Evaluates expressions over one table and collects what should be known about it.
pub(super) struct Evaluator<'t> {
    table: &'t Table,
    text: Arc<str>,
    /// Whether a comparison with a level that no row has is an error, not a note.
    strict: bool,
    /// What stands for parts of an expression, known by their bytes.
    given: Option<(Vec<Span>, Column)>,
    /// The levels that every `factor()` found.
    pub(super) levels: FactorLevels,
    pub(super) notes: Vec<Note>,
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        let (levels, notes) = (FactorLevels::default(), Vec::new());
        Self { table, text: "".into(), strict: false, given: None, levels, notes }
    }

    /// Evaluates over new rows: every `factor()` has the levels that it had.
    pub(super) fn again(table: &'t Table, levels: FactorLevels) -> Self {
        Self { levels: levels.fixed(), ..Self::new(table) }
    }

    /// The value of an expression in every row.
    pub(super) fn column(&mut self, expr: &Expr) -> Result<Cow<'t, Column>> {
        self.text = Arc::clone(expr.text());
        match self.value(expr.node())? {
            Value::Column(column) => Ok(column),
            scalar => Ok(Cow::Owned(scalar.into_column(self.table.rows()))),
        }
    }

    /// As [`column`](Self::column), refusing comparisons with levels that do not occur.
    pub(super) fn strict_column(&mut self, expr: &Expr) -> Result<Cow<'t, Column>> {
        self.strict = true;
        let column = self.column(expr);
        self.strict = false;
        column
    }

    fn value(&mut self, node: &Node) -> Result<Value<'t>> {
        if let Some((parts, column)) = &self.given
            && parts.contains(&node.span)
        {
            return Ok(Value::Column(Cow::Owned(column.clone())));
        }
        match &node.kind {
            Kind::Number { value, .. } => Ok(Value::Scalar(Scalar::Number(*value))),
            Kind::Text(text) => Ok(Value::Scalar(Scalar::Text(text.clone()))),
            Kind::Boolean(value) => Ok(Value::Scalar(Scalar::Boolean(*value))),
            Kind::Date(days) => Ok(Value::Scalar(Scalar::Date(*days))),
            Kind::Missing => Ok(Value::Scalar(Scalar::Missing)),
            Kind::Name(name) => self.name(name, node),
            Kind::Group(inner) => self.value(inner),
            Kind::Unary { op, operand } => self.unary(*op, operand),
            Kind::Chain { first, rest } => self.chain(first, rest),
            Kind::Call { function, args } => self.call(*function, args, node),
        }
    }

    fn name(&self, name: &str, node: &Node) -> Result<Value<'t>> {
        if let Some(column) = self.table.column(name) {
            return Ok(Value::Column(Cow::Borrowed(column)));
        }
        // As in R, T and F are truth values unless something has that name.
        match name {
            "T" | "F" => Ok(Value::Scalar(Scalar::Boolean(name == "T"))),
            _ => Err(unknown_column(&self.text, node.span.clone(), name, self.table)),
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &Node) -> Result<Value<'t>> {
        let value = self.value(operand)?;
        match op {
            UnaryOp::Not => self.not(&value, operand),
            UnaryOp::Plus => self.numeric(value, operand),
            UnaryOp::Minus => {
                let value = self.numeric(value, operand)?;
                Ok(math::negate(value))
            }
        }
    }

    fn chain(&mut self, first: &Node, rest: &[Link]) -> Result<Value<'t>> {
        let mut value = self.value(first)?;
        for link in rest {
            value = self.step(value, link)?;
        }
        Ok(value)
    }

    fn step(&mut self, left: Value<'t>, link: &Link) -> Result<Value<'t>> {
        if link.op == BinaryOp::In {
            return self.is_in(&left, link);
        }
        let right = self.value(&link.right)?;
        match link.op {
            BinaryOp::Or | BinaryOp::And => self.connect(&left, &right, link),
            BinaryOp::Compare(comparison) => self.compare(comparison, &left, &right, link),
            BinaryOp::Interact => {
                let error = self.misfit(&link.at, ": joins terms of a formula, not values");
                Err(error.help("write interactions outside of functions, as a:b").into())
            }
            _ => self.arithmetic(&left, &right, link),
        }
    }

    fn misfit(&self, span: &Span, message: impl Into<String>) -> FormulaError {
        FormulaError::misfit(&self.text, span.clone(), message)
    }

    fn rows(&self) -> usize {
        self.table.rows()
    }

    fn remark(&mut self, text: String) {
        let note = Note::Remark(text);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// The error of a name that no column has.
fn unknown_column(text: &str, span: Span, name: &str, table: &Table) -> Error {
    let names = || table.header().iter().map(String::as_str);
    let help = match closest(name, names()) {
        Some(near) => format!("did you mean {}?", quote_name(near)),
        None => format!("the columns are {}", list(names())),
    };
    FormulaError::misfit(text, span, format!("there is no column {name}")).help(help).into()
}

/// Rows in words.
pub(super) fn in_words(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}
