//! Times that are differences of dates.

use std::borrow::Cow;

use super::Evaluator;
use super::value::Class;
use crate::error::Result;
use crate::formula::expr::Expr;
use crate::formula::syntax::ast::{BinaryOp, Kind, Node, Span};
use crate::formula::syntax::function::Function::{Months, Years};
use crate::table::Column;

/// The two dates that a time runs between.
pub(in crate::formula) struct Elapsed<'n> {
    pub(in crate::formula) origin: &'n Node,
    pub(in crate::formula) end: &'n Node,
}

impl<'t> Evaluator<'t> {
    /// The dates in `(end - origin) / 30.4375` or `months(origin, end)`; several pairs where one of
    /// several differences is chosen.
    pub(in crate::formula) fn elapsed<'n>(&mut self, time: &'n Expr) -> Result<Vec<Elapsed<'n>>> {
        self.text = time.text().clone();
        let mut pairs = Vec::new();
        time.node().walk(&mut |node| pairs.extend(difference(node)));
        let mut dated = Vec::new();
        for pair in pairs {
            if self.is_date(pair.origin)? && self.is_date(pair.end)? {
                dated.push(pair);
            }
        }
        Ok(dated)
    }

    fn is_date(&mut self, node: &Node) -> Result<bool> {
        Ok(self.value(node)?.class() == Class::Date)
    }

    /// Days since 1970 of a date in a time's expression.
    pub(in crate::formula) fn days(&mut self, time: &Expr, node: &Node) -> Result<Vec<i32>> {
        self.text = time.text().clone();
        match self.value(node)?.into_column(self.rows()) {
            Column::Date(days) => Ok(days),
            _ => Ok(Vec::new()),
        }
    }

    /// The time at which something happened that has a date, on the scale of `time`; a number is
    /// on that scale already.
    pub(in crate::formula) fn switch_time(&mut self, time: &Expr, at: &Expr) -> Result<Column> {
        let column = self.column(at)?.into_owned();
        match column {
            Column::Integer(_) | Column::Number { .. } => Ok(column),
            Column::Date(_) => {
                let ends: Vec<Span> =
                    self.elapsed(time)?.into_iter().map(|own| own.end.span.clone()).collect();
                if ends.is_empty() || adds_several(time.node(), &ends) {
                    let error = at.misfit(format!("the time {time} is no difference of dates"));
                    let help = format!("give a number on its scale, as tdc({at} - diagnosis)");
                    return Err(error.help(help).into());
                }
                self.given = Some((ends, column));
                let switched = self.column(time).map(Cow::into_owned);
                self.given = None;
                switched
            }
            _ => {
                let error =
                    at.misfit(format!("tdc() needs a date or a time, this is {}", column.kind()));
                Err(error
                    .help("give the date on which it happened; missing stands for never")
                    .into())
            }
        }
    }
}

/// Whether a calculation joins several of these parts, so that they are no alternatives.
fn adds_several(node: &Node, parts: &[Span]) -> bool {
    let holds = |node: &Node| {
        parts.iter().any(|part| node.span.start <= part.start && part.end <= node.span.end)
    };
    let mut found = false;
    node.walk(&mut |node| {
        if let Kind::Chain { first, rest } = &node.kind {
            let operands = std::iter::once(&**first).chain(rest.iter().map(|link| &link.right));
            found |= operands.filter(|operand| holds(operand)).count() > 1;
        }
    });
    found
}

fn difference(node: &Node) -> Option<Elapsed<'_>> {
    match &node.kind {
        Kind::Chain { first, rest } if rest[0].op == BinaryOp::Subtract => {
            Some(Elapsed { origin: &rest[0].right, end: first })
        }
        Kind::Call { function: Months | Years, args } => {
            let slot = |slot| args.iter().find(|arg| arg.slot == slot).map(|arg| &arg.value);
            Some(Elapsed { origin: slot(0)?, end: slot(1)? })
        }
        _ => None,
    }
}
