//! One expression with its text.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::eval::Evaluator;
use super::rows::{any, map};
use super::syntax::ast::{Argument, BinaryOp, Kind, Node};
use super::syntax::function::Function;
use super::syntax::{self, quote_name};
use crate::error::{FormulaError, Result};
use crate::note::Note;
use crate::table::{Column, Table};

/// An expression over columns, as `age >= 60 & stage == "IV"`.
///
/// ```
/// use riskset::formula::Expr;
/// use riskset::table::{Column, Table};
///
/// let mut table = Table::new(3);
/// table.push("age", Column::Integer(vec![47, 60, 71]));
/// let old = Expr::parse("age>=60")?;
/// assert_eq!(*old.evaluate(&table)?, Column::Boolean(vec![0, 1, 1]));
/// assert_eq!(old.to_string(), "age >= 60");
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Expr {
    text: Arc<str>,
    node: Arc<Node>,
    /// What a reader knows it as, if not by its text.
    alias: Option<Arc<str>>,
}

impl Expr {
    /// Parses an expression.
    ///
    /// # Errors
    /// When the text is no expression; the error points at the characters.
    pub fn parse(text: &str) -> Result<Self> {
        let node = syntax::expression(text)?;
        refuse_specials(text, &node)?;
        Ok(Self::new(text.into(), node))
    }

    /// The expression that is one column, whatever characters its name has.
    pub fn column(name: &str) -> Self {
        let text = quote_name(name);
        let node = Node::new(Kind::Name(name.to_owned()), 0..text.len());
        Self::new(text.into(), node)
    }

    pub(super) fn new(text: Arc<str>, node: Node) -> Self {
        Self { text, node: Arc::new(node), alias: None }
    }

    /// Gives it the name under which missing values are counted.
    pub fn called(self, alias: &str) -> Self {
        Self { alias: Some(alias.into()), ..self }
    }

    /// The columns it names, each once, in order.
    pub fn columns(&self) -> Vec<String> {
        distinct(self.node.names().into_iter())
    }

    /// The value in every row. A bare column is borrowed.
    ///
    /// # Errors
    /// When it names what is not there, or mixes kinds of values.
    pub fn evaluate<'t>(&self, table: &'t Table) -> Result<Cow<'t, Column>> {
        self.evaluate_noting(table, &mut Vec::new())
    }

    /// As [`evaluate`](Self::evaluate), adding what was found on the way: levels that do not occur.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_noting<'t>(
        &self,
        table: &'t Table,
        notes: &mut Vec<Note>,
    ) -> Result<Cow<'t, Column>> {
        let mut evaluator = Evaluator::new(table);
        let column = evaluator
            .column(self)
            .map_err(|error| error.locate(table.source(), |row| table.place(row)))?;
        notes.append(&mut evaluator.notes);
        Ok(column)
    }

    /// Marks 1 the rows for which it is true.
    pub(crate) fn holds(&self, table: &Table, notes: &mut Vec<Note>) -> Result<Vec<u8>> {
        self.truths(self.evaluate_noting(table, notes)?.as_ref())
    }

    /// A condition's truth values: 1 is true.
    pub(crate) fn truths(&self, column: &Column) -> Result<Vec<u8>> {
        match column {
            Column::Boolean(values) => Ok(values.clone()),
            Column::Integer(values) if !any(values, |&v| v > 1 || v < 0 && v != i32::MIN) => {
                Ok(map(values, |&v| u8::from(v == 1)))
            }
            _ => {
                let message = format!("this is {}, not a condition", column.kind());
                Err(self.misfit(message).help("as age >= 60 or stage == \"IV\"").into())
            }
        }
    }

    /// The text that errors point into.
    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    /// The expression without parentheses or `I()` around all of it.
    pub(super) fn core(&self) -> &Node {
        let mut node = self.node.bare();
        while let Kind::Call { function: Function::AsIs, args } = &node.kind {
            node = args[0].value.bare();
        }
        node
    }

    /// What `ns(x)` or `tdc(x)` is about, when the expression is just that.
    pub(super) fn argument(&self, of: Function) -> Option<(Self, &[Argument])> {
        match &self.core().kind {
            Kind::Call { function, args } if *function == of => {
                let x = args.iter().find(|arg| arg.slot == 0)?;
                Some((Self::new(Arc::clone(&self.text), x.value.clone()), args))
            }
            _ => None,
        }
    }

    /// What a reader calls it when a value is missing: the column, when missing values can come
    /// from that one column only, else the whole expression.
    pub(super) fn variable(&self) -> String {
        if let Some(alias) = &self.alias {
            return alias.to_string();
        }
        let mut simple = true;
        self.node.walk(&mut |node| simple &= keeps_missing(node));
        match &self.columns()[..] {
            [column] if simple => column.clone(),
            _ => self.core().to_string(),
        }
    }

    /// Its text where an operator follows: in parentheses unless it is one thing already.
    pub(super) fn to_operand(&self) -> String {
        match self.node.kind {
            Kind::Chain { .. } | Kind::Unary { .. } => format!("({})", self.node),
            _ => self.node.to_string(),
        }
    }

    /// An error about all of it.
    pub(super) fn misfit(&self, message: impl Into<String>) -> FormulaError {
        FormulaError::misfit(&self.text, self.node.span.clone(), message)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.bare().fmt(f)
    }
}

/// Whether a node is missing exactly where what it is made of is.
fn keeps_missing(node: &Node) -> bool {
    use BinaryOp::{Compare, In};
    match &node.kind {
        Kind::Chain { rest, .. } => rest.iter().all(|link| matches!(link.op, Compare(_) | In)),
        Kind::Call { function: Function::AsIs | Function::Combine, .. } => true,
        Kind::Call { function: Function::Factor, args } => args.len() == 1,
        Kind::Call { .. } => false,
        _ => true,
    }
}

/// `Surv`, `strata`, `cluster` and `offset` are no values.
pub(super) fn refuse_specials(text: &str, node: &Node) -> Result<()> {
    let mut found = None;
    node.walk(&mut |node| match &node.kind {
        Kind::Call { function, .. } if found.is_none() && is_special(*function) => {
            found = Some((*function, node.span.clone()));
        }
        _ => {}
    });
    let Some((function, span)) = found else { return Ok(()) };
    let name = function.name();
    let error = FormulaError::syntax(text, span, format!("{name}() cannot stand here"));
    Err(error
        .help(match function {
            Function::Surv => "Surv() is the left side of a formula".to_owned(),
            _ => format!("{name}() is a term of its own on the right side: ~ group + {name}(x)"),
        })
        .into())
}

pub(super) fn is_special(function: Function) -> bool {
    use Function::{Cluster, Offset, Strata, Surv};
    matches!(function, Surv | Strata | Cluster | Offset)
}

/// Each name once, at its first place.
pub(super) fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    names.filter(|name| seen.insert(*name)).map(str::to_owned).collect()
}
