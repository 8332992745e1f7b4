//! `& | !` with a third value, missing, as in R: `NA & FALSE` is false, `NA | TRUE` is true.

use std::borrow::Cow;

use super::Evaluator;
use super::value::{Class, Scalar, Value};
use crate::error::Result;
use crate::formula::syntax::ast::{BinaryOp, Link, Node};
use crate::table::Column;

/// The mark of a missing truth value.
pub(super) const MISSING: u8 = 2;

impl<'t> Evaluator<'t> {
    pub(super) fn connect(
        &mut self,
        left: &Value<'t>,
        right: &Value<'t>,
        link: &Link,
    ) -> Result<Value<'t>> {
        for value in [left, right] {
            if !value.class().is_numeric() {
                let message =
                    format!("{} joins conditions, not {}", link.op.symbol(), value.class().words());
                return Err(self
                    .misfit(&link.at, message)
                    .help("as (age >= 60) & (sex == 1)")
                    .into());
            }
        }
        let (Some(a), Some(b)) = (left.numbers(), right.numbers()) else {
            return Ok(Value::Scalar(Scalar::Missing));
        };
        let found = match link.op {
            BinaryOp::And => a.with(b, |a, b| and(truth(a), truth(b))),
            _ => a.with(b, |a, b| or(truth(a), truth(b))),
        };
        Ok(flags(found, a.is_scalar() && b.is_scalar()))
    }

    pub(super) fn not(&self, value: &Value<'t>, node: &Node) -> Result<Value<'t>> {
        let numbers = match value.numbers() {
            Some(numbers) if value.class() != Class::Date => numbers,
            _ => {
                let message = format!("! turns a condition round, not {}", value.class().words());
                return Err(self.misfit(&node.span, message).into());
            }
        };
        let found = numbers.each(|x| match truth(x) {
            MISSING => MISSING,
            known => known ^ 1,
        });
        Ok(flags(found, numbers.is_scalar()))
    }
}

/// As in R, a number that is not 0 is true.
#[inline]
fn truth(x: f64) -> u8 {
    if x.is_nan() { MISSING } else { u8::from(x != 0.0) }
}

#[inline]
fn and(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { a.max(b) }
}

#[inline]
fn or(a: u8, b: u8) -> u8 {
    if a == 1 || b == 1 { 1 } else { a.max(b) }
}

/// Truth values of rows.
pub(super) fn column(values: Vec<u8>) -> Value<'static> {
    Value::Column(Cow::Owned(Column::Boolean(values)))
}

/// Truth values: one constant, or one a row.
pub(super) fn flags(values: Vec<u8>, scalar: bool) -> Value<'static> {
    match (scalar, values.first()) {
        (true, Some(0)) => Value::Scalar(Scalar::Boolean(false)),
        (true, Some(1)) => Value::Scalar(Scalar::Boolean(true)),
        (true, _) => Value::Scalar(Scalar::Missing),
        (false, _) => column(values),
    }
}
