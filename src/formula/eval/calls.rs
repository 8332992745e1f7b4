//! Which function does what.

use std::borrow::Cow;

use super::arithmetic::{calculate, days_between, numbers};
use super::constants::arg;
use super::value::{Class, Numbers, Scalar, Value};
use super::{Evaluator, logic};
use crate::error::{Error, Result};
use crate::formula::rows;
use crate::formula::syntax::ast::{Argument, BinaryOp, Node};
use crate::formula::syntax::function::{Function, REPEATED};
use crate::table::Column;

/// Days of a month and of a year, on average over the Julian calendar.
const MONTH: f64 = 30.4375;
const YEAR: f64 = 365.25;

impl<'t> Evaluator<'t> {
    pub(super) fn call(
        &mut self,
        function: Function,
        args: &[Argument],
        node: &Node,
    ) -> Result<Value<'t>> {
        // Only functions of repeated arguments can lack a first one.
        let first = args.iter().find(|arg| matches!(arg.slot, 0 | REPEATED)).map(|arg| &arg.value);
        let Some(first) = first else { return Err(self.not_here(function, node)) };
        match function {
            Function::AsIs => self.value(first),
            Function::Factor => self.factor(first, args, node),
            Function::Cut => self.cut(first, args, node),
            Function::IsNa => self.is_missing(first),
            Function::Pmin | Function::Pmax => self.extreme(function, args),
            Function::IfElse => self.if_else(args, node),
            Function::Coalesce => self.coalesce(args, node),
            Function::Months => self.span(args, node, MONTH),
            Function::Years => self.span(args, node, YEAR),
            Function::Log => self.math_with(function, first, arg(function, args, "base")),
            Function::Round => self.math_with(function, first, arg(function, args, "digits")),
            Function::Log2
            | Function::Log10
            | Function::Sqrt
            | Function::Exp
            | Function::Abs
            | Function::Floor
            | Function::Ceiling => self.math(function, first, None),
            _ => Err(self.not_here(function, node)),
        }
    }

    fn not_here(&self, function: Function, node: &Node) -> Error {
        let name = function.name();
        let message = match function {
            Function::Spline | Function::Tdc => {
                format!("{name}() is a term of its own, not part of an expression")
            }
            Function::Combine => "c() can stand only where a list is asked for".to_owned(),
            _ => format!("{name}() cannot stand here"),
        };
        let error = self.misfit(&node.span, message);
        match function {
            Function::Combine => error.help("as in x %in% c(1, 2) or cut(x, c(0, 55, 101))").into(),
            Function::Spline => error.help("as in ~ sex + ns(age, df = 3)").into(),
            Function::Tdc => error.help("as in ~ sex + tdc(surgery)").into(),
            _ => error.into(),
        }
    }

    fn math_with(
        &mut self,
        function: Function,
        first: &Node,
        parameter: Option<&Node>,
    ) -> Result<Value<'t>> {
        let parameter = parameter.map(|node| self.number(node)).transpose()?;
        self.math(function, first, parameter)
    }

    fn is_missing(&mut self, node: &Node) -> Result<Value<'t>> {
        Ok(match self.value(node)? {
            Value::Scalar(scalar) => Value::Scalar(Scalar::Boolean(scalar == Scalar::Missing)),
            Value::Column(column) => logic::column(rows::missing(&column)),
        })
    }

    /// Months or years between dates.
    fn span(&mut self, args: &[Argument], node: &Node, unit: f64) -> Result<Value<'t>> {
        let mut ends = [Value::Scalar(Scalar::Missing), Value::Scalar(Scalar::Missing)];
        for (slot, end) in ends.iter_mut().enumerate() {
            if let Some(arg) = args.iter().find(|arg| arg.slot == slot) {
                *end = self.date(&arg.value)?;
            }
        }
        self.remark(format!("{node}: days divided by {unit}"));
        let days = days_between(&ends[0], &ends[1]);
        match days.numbers() {
            Some(a) => {
                Ok(numbers(calculate(BinaryOp::Divide, a, Numbers::Scalar(unit)), a.is_scalar()))
            }
            None => Ok(days),
        }
    }

    /// A date, also as a quoted constant.
    fn date(&mut self, node: &Node) -> Result<Value<'t>> {
        let value = self.value(node)?;
        match (value.class(), &value) {
            (Class::Date | Class::Missing, _) => Ok(value),
            (_, Value::Scalar(Scalar::Text(_))) => self.as_date(&value, node),
            (class, _) => {
                let message = format!("this is {}, not a date", class.words());
                Err(self.misfit(&node.span, message).into())
            }
        }
    }

    /// `pmin` and `pmax`: missing when any is, unless `na.rm = TRUE`.
    fn extreme(&mut self, function: Function, args: &[Argument]) -> Result<Value<'t>> {
        let remove = self.switch(arg(function, args, "na.rm"), false)?;
        let largest = function == Function::Pmax;
        let rule = move |a: f64, b: f64| match (a.is_nan(), b.is_nan()) {
            (true, _) => {
                if remove {
                    b
                } else {
                    a
                }
            }
            (_, true) => {
                if remove {
                    a
                } else {
                    b
                }
            }
            _ if (a < b) == largest => b,
            _ => a,
        };
        let mut best: Option<Value<'t>> = None;
        let mut dates = false;
        for arg in args.iter().filter(|arg| arg.slot == REPEATED) {
            let value = self.value(&arg.value)?;
            let is_date = value.class() == Class::Date;
            if best.is_some() && value.class() != Class::Missing && dates != is_date {
                let message = format!("{}() cannot mix dates and other values", function.name());
                return Err(self.misfit(&arg.value.span, message).into());
            }
            dates |= is_date;
            let value = if dates { value } else { self.numeric(value, &arg.value)? };
            best = Some(match best {
                None => value,
                Some(best) => pair(&best, &value, rule),
            });
        }
        Ok(best.map_or(
            Value::Scalar(Scalar::Missing),
            |best| if dates { as_dates(best) } else { best },
        ))
    }
}

fn pair(a: &Value<'_>, b: &Value<'_>, rule: impl Fn(f64, f64) -> f64 + Sync) -> Value<'static> {
    match (a.numbers(), b.numbers()) {
        (Some(a), Some(b)) => numbers(a.with(b, rule), a.is_scalar() && b.is_scalar()),
        _ => Value::Scalar(Scalar::Missing),
    }
}

/// Days back to dates.
fn as_dates(value: Value<'_>) -> Value<'_> {
    if value.class() == Class::Date {
        return value;
    }
    let Some(days) = value.numbers() else { return value };
    let dates = days.each(super::arithmetic::day);
    match (days.is_scalar(), dates.first()) {
        (true, Some(&day)) => Value::Scalar(Scalar::Date(day)),
        _ => Value::Column(Cow::Owned(Column::Date(dates))),
    }
}
