//! Comparisons and `%in%`.

use super::value::{Class, Numbers, Scalar, Value};
use super::{Evaluator, logic};
use crate::error::{Error, Result};
use crate::formula::rows::{map, zip};
use crate::formula::suggest::{closest, list};
use crate::formula::syntax::ast::{Comparison, Link, Node};
use crate::formula::syntax::date;
use crate::table::{Category, Column, MISSING_CODE};

impl<'t> Evaluator<'t> {
    pub(super) fn compare(
        &mut self,
        comparison: Comparison,
        left: &Value<'t>,
        right: &Value<'t>,
        link: &Link,
    ) -> Result<Value<'t>> {
        match (left.class(), right.class()) {
            (Class::Text, Class::Text) => self.texts(comparison, left, right, link),
            (Class::Text, Class::Missing) | (Class::Missing, Class::Text) => {
                Ok(logic::column(vec![logic::MISSING; self.rows()]))
            }
            (Class::Date, Class::Text) => {
                let right = self.as_date(right, &link.right)?;
                self.compare(comparison, left, &right, link)
            }
            (Class::Text, Class::Date) => {
                let left = self.as_date(left, &link.right)?;
                self.compare(comparison, &left, right, link)
            }
            (a, b) if a == b || a.is_numeric() && b.is_numeric() => {
                Ok(compare_numbers(comparison, left, right))
            }
            (Class::Date, Class::Missing) | (Class::Missing, Class::Date) => {
                Ok(compare_numbers(comparison, left, right))
            }
            // A column without any value has no kind.
            _ if is_empty(left) || is_empty(right) => {
                Ok(logic::column(vec![logic::MISSING; self.rows()]))
            }
            _ => Err(self.mismatch(left, right, link)),
        }
    }

    fn mismatch(&self, left: &Value<'t>, right: &Value<'t>, link: &Link) -> Error {
        let (a, b) = (left.class(), right.class());
        let message =
            format!("{} cannot compare {} with {}", link.op.symbol(), a.words(), b.words());
        let error = self.misfit(&link.at, message);
        let quoted = |value: &Value<'_>| matches!(value, Value::Scalar(Scalar::Text(_)));
        match (a, b) {
            (Class::Text, Class::Number) if matches!(right, Value::Scalar(_)) => {
                error.help(format!("write the value in quotes: \"{}\"", link.right)).into()
            }
            (Class::Number | Class::Boolean, Class::Text) if quoted(right) => {
                error.help("write the value without quotes").into()
            }
            (Class::Date, _) | (_, Class::Date) => error.help("write dates as 2024-06-30").into(),
            _ => error.into(),
        }
    }

    /// Text that stands beside a date must be one.
    pub(super) fn as_date(&self, value: &Value<'t>, node: &Node) -> Result<Value<'t>> {
        let Value::Scalar(Scalar::Text(text)) = value else {
            let error = self.misfit(&node.span, "this compares dates with a column of text");
            return Err(error.help("write dates as 2024-06-30").into());
        };
        match date(text.trim()) {
            Some(days) => Ok(Value::Scalar(Scalar::Date(days))),
            None => {
                let message = format!("{text:?} is not a date");
                Err(self.misfit(&node.span, message).help("write dates as 2024-06-30").into())
            }
        }
    }

    fn texts(
        &mut self,
        comparison: Comparison,
        left: &Value<'t>,
        right: &Value<'t>,
        link: &Link,
    ) -> Result<Value<'t>> {
        let flip = match comparison {
            Comparison::Equal => 0,
            Comparison::NotEqual => 1,
            _ => {
                let message =
                    format!("{} does not work on text, which has no order", link.op.symbol());
                let error = self.misfit(&link.at, message);
                return Err(error.help("use ==, != or %in% c(\"a\", \"b\")").into());
            }
        };
        let equal = match (category(left), category(right)) {
            (Some(a), Some(b)) => equal_columns(a, b),
            (Some(own), None) => self.level(own, right, &link.right)?,
            (None, Some(own)) => self.level(own, left, &link.right)?,
            (None, None) => {
                return Ok(Value::Scalar(Scalar::Boolean(same_text(left, right) ^ (flip == 1))));
            }
        };
        Ok(logic::column(map(&equal, |&own| if own > 1 { own } else { own ^ flip })))
    }

    fn level(&mut self, category: &Category, value: &Value<'t>, node: &Node) -> Result<Vec<u8>> {
        let Value::Scalar(Scalar::Text(text)) = value else { return Ok(Vec::new()) };
        let wanted = self.find_level(category, text, node)?.unwrap_or(MISSING_CODE - 1);
        Ok(map(&category.codes, |&code| {
            if code == MISSING_CODE { logic::MISSING } else { u8::from(code == wanted) }
        }))
    }

    /// The code of a level. One that does not occur is an error where an event depends on it: a
    /// typing error would silently censor everybody.
    pub(super) fn find_level(
        &mut self,
        category: &Category,
        text: &str,
        node: &Node,
    ) -> Result<Option<u32>> {
        if let Some(code) = category.levels.iter().position(|level| level == text) {
            return Ok(Some(code as u32));
        }
        let levels = || category.levels.iter().map(String::as_str);
        let help = match closest(text, levels()) {
            Some(near) => format!("did you mean {near:?}? The values are {}", list(levels())),
            None => format!("the values are {}", list(levels())),
        };
        if self.strict {
            let message = format!("no row has the value {text:?}");
            return Err(self.misfit(&node.span, message).help(help).into());
        }
        self.remark(format!("no row has the value {text:?}: {help}"));
        Ok(None)
    }

    /// `x %in% c(…)`; a missing x stays missing.
    pub(super) fn is_in(&mut self, left: &Value<'t>, link: &Link) -> Result<Value<'t>> {
        let list = self.constants(&link.right)?;
        if is_empty(left) {
            return Ok(logic::column(vec![logic::MISSING; self.rows()]));
        }
        if let Some(own) = category(left) {
            return self.level_in(own, &list, link);
        }
        let mut wanted = Vec::new();
        for scalar in list {
            let right = match (left.class(), scalar) {
                (_, Scalar::Missing) => continue,
                (Class::Date, scalar @ Scalar::Text(_)) => {
                    self.as_date(&Value::Scalar(scalar), &link.right)?
                }
                (_, scalar) => Value::Scalar(scalar),
            };
            match (left.class(), right.class(), right.numbers()) {
                (a, b, Some(Numbers::Scalar(number)))
                    if a == b || a.is_numeric() && b.is_numeric() =>
                {
                    wanted.push(number);
                }
                (Class::Text, Class::Text, _) => {
                    wanted.push(if same_text(left, &right) { 1.0 } else { 0.0 })
                }
                _ => return Err(self.mismatch(left, &right, link)),
            }
        }
        Ok(member(left, &wanted))
    }

    fn level_in(&mut self, own: &Category, list: &[Scalar], link: &Link) -> Result<Value<'t>> {
        let mut wanted = vec![0; own.levels.len()];
        for scalar in list {
            match scalar {
                Scalar::Missing => {}
                Scalar::Text(text) => {
                    if let Some(code) = self.find_level(own, text, &link.right)? {
                        wanted[code as usize] = 1;
                    }
                }
                _ => {
                    let error = self.misfit(&link.at, "%in% cannot compare text with a number");
                    return Err(error.help("write the values in quotes").into());
                }
            }
        }
        Ok(logic::column(map(&own.codes, |&code| {
            wanted.get(code as usize).copied().unwrap_or(logic::MISSING)
        })))
    }
}

/// Whether a column has no value in any row.
fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Column(column) => match &**column {
            Column::Number { values, .. } => values.iter().all(|value| value.is_nan()),
            _ => false,
        },
        Value::Scalar(_) => false,
    }
}

fn member(left: &Value<'_>, wanted: &[f64]) -> Value<'static> {
    let Some(numbers) = left.numbers() else {
        return Value::Scalar(Scalar::Boolean(wanted.contains(&1.0)));
    };
    let found =
        numbers.each(|x| if x.is_nan() { logic::MISSING } else { u8::from(wanted.contains(&x)) });
    logic::flags(found, numbers.is_scalar())
}

fn compare_numbers(comparison: Comparison, left: &Value<'_>, right: &Value<'_>) -> Value<'static> {
    let (Some(a), Some(b)) = (left.numbers(), right.numbers()) else {
        return Value::Scalar(Scalar::Missing);
    };
    let found = match comparison {
        Comparison::Equal => test(a, b, |a, b| a == b),
        Comparison::NotEqual => test(a, b, |a, b| a != b),
        Comparison::Less => test(a, b, |a, b| a < b),
        Comparison::LessOrEqual => test(a, b, |a, b| a <= b),
        Comparison::Greater => test(a, b, |a, b| a > b),
        Comparison::GreaterOrEqual => test(a, b, |a, b| a >= b),
    };
    logic::flags(found, a.is_scalar() && b.is_scalar())
}

fn test(a: Numbers<'_>, b: Numbers<'_>, rule: impl Fn(f64, f64) -> bool + Sync) -> Vec<u8> {
    a.with(b, |a, b| {
        // Without a branch, so that the loop stays straight.
        let known = u8::from(!(a.is_nan() | b.is_nan()));
        (known & u8::from(rule(a, b))) | ((known ^ 1) << 1)
    })
}

fn category<'v>(value: &'v Value<'_>) -> Option<&'v Category> {
    match value {
        Value::Column(column) => match &**column {
            Column::Category(category) => Some(category),
            _ => None,
        },
        Value::Scalar(_) => None,
    }
}

fn same_text(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => left == right,
        _ => false,
    }
}

/// Whether two text columns agree, row by row; their codes differ, so levels are matched once.
fn equal_columns(left: &Category, right: &Category) -> Vec<u8> {
    let places: std::collections::HashMap<&str, u32> =
        (0u32..).zip(left.levels.iter()).map(|(code, level)| (level.as_str(), code)).collect();
    let code = |level: &String| places.get(level.as_str()).copied().unwrap_or(MISSING_CODE - 1);
    let translated: Vec<u32> = right.levels.iter().map(code).collect();
    zip(&left.codes, &right.codes, |&a, &b| match (a, b) {
        (MISSING_CODE, _) | (_, MISSING_CODE) => logic::MISSING,
        _ => u8::from(translated[b as usize] == a),
    })
}
