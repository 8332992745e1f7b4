//! Times that are differences of dates.

use super::Evaluator;
use super::value::Class;
use crate::error::Result;
use crate::formula::expr::Expr;
use crate::formula::syntax::ast::{BinaryOp, Kind, Node};
use crate::formula::syntax::function::Function::{Months, Years};
use crate::table::Column;

/// The two dates that a time runs between.
pub(in crate::formula) struct Elapsed<'n> {
    pub(in crate::formula) origin: &'n Node,
    pub(in crate::formula) end: &'n Node,
}

impl<'t> Evaluator<'t> {
    /// The dates in `(end - origin) / 30.4375` or `months(origin, end)`, if there are any.
    pub(in crate::formula) fn elapsed<'n>(
        &mut self,
        time: &'n Expr,
    ) -> Result<Option<Elapsed<'n>>> {
        self.text = time.text().clone();
        let mut pairs = Vec::new();
        time.node().walk(&mut |node| pairs.extend(difference(node)));
        for pair in pairs {
            if self.is_date(pair.origin)? && self.is_date(pair.end)? {
                return Ok(Some(pair));
            }
        }
        Ok(None)
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
                let Some(elapsed) = self.elapsed(time)? else {
                    let error = at.misfit(format!("the time {time} is no difference of dates"));
                    let help = format!("give a number on its scale, as tdc({at} - diagnosis)");
                    return Err(error.help(help).into());
                };
                self.given = Some((elapsed.end.span.clone(), column));
                let switched = self.column(time).map(std::borrow::Cow::into_owned);
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
