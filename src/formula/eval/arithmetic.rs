//! `+ - * / ^` on numbers, and days on dates.

use std::borrow::Cow;

use super::value::{Class, Numbers, Scalar, Value};
use super::{Evaluator, in_words};
use crate::error::{DataError, Error, Result};
use crate::formula::rows::{map, zip};
use crate::formula::syntax::ast::{BinaryOp, Link, Node};
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT};

impl<'t> Evaluator<'t> {
    pub(super) fn arithmetic(
        &mut self,
        left: &Value<'t>,
        right: &Value<'t>,
        link: &Link,
    ) -> Result<Value<'t>> {
        match (left.class(), right.class()) {
            (Class::Date, _) | (_, Class::Date) => self.dates(left, right, link),
            _ => {
                let (a, b) = (self.operand(left, right, link)?, self.operand(right, left, link)?);
                let result = calculate(link.op, a, b);
                if matches!(link.op, BinaryOp::Divide | BinaryOp::Power) {
                    let missing = || a.with(b, |a, b| a.is_nan() | b.is_nan());
                    let before = || missing().iter().filter(|&&missing| missing).count();
                    self.note_undefined(link.op.symbol(), &result, before);
                }
                Ok(numbers(result, a.is_scalar() && b.is_scalar()))
            }
        }
    }

    /// A number, for a calculation with `other`.
    fn operand<'v>(
        &self,
        own: &'v Value<'t>,
        other: &Value<'t>,
        link: &Link,
    ) -> Result<Numbers<'v>> {
        if let Some(numbers) = own.numbers() {
            return Ok(numbers);
        }
        if let Some(error) = self.misread(own) {
            return Err(error);
        }
        let (a, b) = (own.class().words(), other.class().words());
        let message = format!("{} does not work on {a} and {b}", link.op.symbol());
        Err(self.misfit(&link.at, message).into())
    }

    /// What has to be numbers: passes them on.
    pub(super) fn numeric(&self, value: Value<'t>, node: &Node) -> Result<Value<'t>> {
        if value.class().is_numeric() {
            return Ok(value);
        }
        Err(self.misread(&value).unwrap_or_else(|| {
            let message = format!("this is {}, not a number", value.class().words());
            self.misfit(&node.span, message).into()
        }))
    }

    /// The error of a column that would be numbers but for a few cells: lists those cells.
    pub(super) fn misread(&self, value: &Value<'t>) -> Option<Error> {
        let Value::Column(Cow::Borrowed(column @ Column::Category(category))) = value else {
            return None;
        };
        category.levels.iter().find(|level| is_number(level))?;
        let is_own =
            |name: &&String| self.table.column(name).is_some_and(|own| std::ptr::eq(own, *column));
        let name = self.table.names().iter().find(is_own)?;
        Some(not_numbers(name, name, category))
    }

    fn dates(&self, left: &Value<'t>, right: &Value<'t>, link: &Link) -> Result<Value<'t>> {
        let fail = |message: &str| self.misfit(&link.at, message);
        match (left.class(), link.op, right.class()) {
            (Class::Date, BinaryOp::Subtract, Class::Date) => Ok(days_between(right, left)),
            (Class::Date, BinaryOp::Add | BinaryOp::Subtract, Class::Number | Class::Missing)
            | (Class::Number | Class::Missing, BinaryOp::Add, Class::Date) => {
                Ok(shifted(left, right, link.op))
            }
            (Class::Date, _, Class::Date) => {
                Err(fail("dates can be subtracted only").help("subtract them: days").into())
            }
            (a, ..) => {
                let other = if a == Class::Date { right.class() } else { a };
                let message =
                    format!("{} does not work on a date and {}", link.op.symbol(), other.words());
                Err(fail(&message).help("dates subtract to days: (to - from) / 30.4375").into())
            }
        }
    }

    /// Counts rows that lost their value in a calculation, as R's "NaNs produced". `before` counts
    /// the rows that had none to begin with.
    pub(super) fn note_undefined(
        &mut self,
        what: &str,
        result: &[f64],
        before: impl FnOnce() -> usize,
    ) {
        let lost = crate::formula::rows::count(result, |value| value.is_nan());
        if lost == 0 {
            return;
        }
        let lost = lost - before().min(lost);
        if lost > 0 {
            let rows = in_words(lost);
            self.remark(format!(
                "{what} has no value in {rows} (as log(-1) and 0/0): taken as missing"
            ));
        }
    }
}

/// Days from one date to another.
pub(super) fn days_between(from: &Value<'_>, to: &Value<'_>) -> Value<'static> {
    let (Some(from), Some(to)) = (from.numbers(), to.numbers()) else {
        return Value::Scalar(Scalar::Missing);
    };
    let days = |from: i32, to: i32| {
        if (from == MISSING_INT) | (to == MISSING_INT) {
            MISSING_INT
        } else {
            to.wrapping_sub(from)
        }
    };
    let values = match (from, to) {
        (Numbers::Whole(from), Numbers::Whole(to)) => zip(from, to, |&a, &b| days(a, b)),
        (Numbers::Whole(from), Numbers::Scalar(to)) => map(from, |&a| days(a, to as i32)),
        (Numbers::Scalar(from), Numbers::Whole(to)) => map(to, |&b| days(from as i32, b)),
        (from, to) => return numbers(from.with(to, |a, b| b - a), true),
    };
    Value::Column(Cow::Owned(Column::Integer(values)))
}

/// A date so many days later or earlier.
fn shifted(left: &Value<'_>, right: &Value<'_>, op: BinaryOp) -> Value<'static> {
    let (Some(a), Some(b)) = (left.numbers(), right.numbers()) else {
        return Value::Scalar(Scalar::Missing);
    };
    let sign = if op == BinaryOp::Subtract { -1.0 } else { 1.0 };
    let days = a.with(b, |a, b| day(a + sign * b));
    match (a.is_scalar() && b.is_scalar(), days.first()) {
        (true, Some(&MISSING_INT)) => Value::Scalar(Scalar::Missing),
        (true, Some(&day)) => Value::Scalar(Scalar::Date(day)),
        _ => Value::Column(Cow::Owned(Column::Date(days))),
    }
}

/// The day of a number of days since 1970; missing when there is no such date.
pub(super) fn day(days: f64) -> i32 {
    // Years -9999 to 9999.
    if (-4_371_587.0..2_932_897.0).contains(&days) { days.floor() as i32 } else { MISSING_INT }
}

pub(super) fn calculate(op: BinaryOp, a: Numbers<'_>, b: Numbers<'_>) -> Vec<f64> {
    match op {
        BinaryOp::Add => a.with(b, |a, b| a + b),
        BinaryOp::Subtract => a.with(b, |a, b| a - b),
        BinaryOp::Multiply => a.with(b, |a, b| a * b),
        BinaryOp::Divide => a.with(b, |a, b| a / b),
        // R squares by multiplying.
        _ => a.with(b, |a, b| if b == 2.0 { a * a } else { a.powf(b) }),
    }
}

/// Computed numbers: one constant, or one a row.
pub(super) fn numbers(values: Vec<f64>, scalar: bool) -> Value<'static> {
    match (scalar, values.first()) {
        (true, Some(&value)) => Value::Scalar(Scalar::Number(value)),
        _ => Value::Column(Cow::Owned(Column::Number { values, exact: false })),
    }
}

/// The cells of a text column that are no numbers.
pub(in crate::formula) fn not_numbers(what: &str, column: &str, category: &Category) -> Error {
    let mut error = DataError::new(format!("{what} must be numbers"))
        .help("mend these cells, or say that they are missing: --missing \"NA,…\"");
    for (row, &code) in category.codes.iter().enumerate() {
        let level = category.levels.get(code as usize).map_or("", String::as_str);
        if code != MISSING_CODE && !is_number(level) {
            error.push(row, column, format!("found {level:?}, expected a number"));
        }
    }
    error.into()
}

/// Whether a level reads as a finite number.
pub(in crate::formula) fn is_number(level: &str) -> bool {
    level.trim().parse::<f64>().is_ok_and(f64::is_finite)
}
