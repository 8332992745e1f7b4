//! Functions of one number.

use std::borrow::Cow;

use super::Evaluator;
use super::arithmetic::numbers;
use super::value::{Numbers, Scalar, Value};
use crate::error::Result;
use crate::formula::rows::map;
use crate::formula::syntax::ast::Node;
use crate::formula::syntax::function::Function;
use crate::table::{Column, MISSING_INT};

impl<'t> Evaluator<'t> {
    /// `sqrt`, `exp`, `abs` and their kin; `parameter` is a base or a number of digits.
    pub(super) fn math(
        &mut self,
        function: Function,
        node: &Node,
        parameter: Option<f64>,
    ) -> Result<Value<'t>> {
        let value = self.value(node)?;
        let value = self.numeric(value, node)?;
        let Some(input) = value.numbers() else { return Ok(value) };
        let result = apply(function, input, parameter);
        let what = format!("{}({node})", function.name());
        self.note_undefined(&what, &result, || input.count_missing());
        Ok(numbers(result, input.is_scalar()))
    }
}

fn apply(function: Function, x: Numbers<'_>, parameter: Option<f64>) -> Vec<f64> {
    match function {
        Function::Log => logarithm(x, parameter),
        Function::Log2 => x.map(f64::log2),
        Function::Log10 => x.map(f64::log10),
        Function::Sqrt => x.map(f64::sqrt),
        Function::Exp => x.map(f64::exp),
        Function::Floor => x.map(f64::floor),
        Function::Ceiling => x.map(f64::ceil),
        Function::Round => {
            let digits = parameter.unwrap_or(0.0);
            x.map(|x| round(x, digits))
        }
        _ => x.map(f64::abs),
    }
}

fn logarithm(x: Numbers<'_>, base: Option<f64>) -> Vec<f64> {
    match base {
        None => x.map(f64::ln),
        Some(2.0) => x.map(f64::log2),
        Some(10.0) => x.map(f64::log10),
        Some(base) => x.map(|x| x.ln() / base.ln()),
    }
}

/// As R: halves go to the even neighbour; with digits, to the nearer of the two decimals.
fn round(x: f64, digits: f64) -> f64 {
    let scale = 10f64.powi(digits.clamp(-300.0, 300.0) as i32);
    if digits == 0.0 || !(x * scale).is_finite() {
        return if digits == 0.0 { x.round_ties_even() } else { x };
    }
    let (below, above) = ((x * scale).floor(), (x * scale).ceil());
    let (low, high) = (below / scale, above / scale);
    let even_below = below % 2.0 == 0.0;
    match (x - low).partial_cmp(&(high - x)) {
        Some(std::cmp::Ordering::Less) => low,
        Some(std::cmp::Ordering::Equal) if even_below => low,
        _ => high,
    }
}

/// Changes the sign and keeps the kind of number.
pub(super) fn negate(value: Value<'_>) -> Value<'_> {
    let column = match &value {
        Value::Scalar(Scalar::Number(number)) => return Value::Scalar(Scalar::Number(-number)),
        Value::Scalar(Scalar::Boolean(own)) => {
            return Value::Scalar(Scalar::Number(-f64::from(u8::from(*own))));
        }
        Value::Scalar(_) => return value,
        Value::Column(column) => match &**column {
            // The mark for missing is its own negative.
            Column::Integer(values) => {
                debug_assert_eq!(MISSING_INT.wrapping_neg(), MISSING_INT);
                Column::Integer(map(values, |value| value.wrapping_neg()))
            }
            Column::Number { values, exact } => {
                Column::Number { values: map(values, |value| -value), exact: *exact }
            }
            Column::Boolean(values) => Column::Integer(map(values, |&value| match value {
                0 => 0,
                1 => -1,
                _ => MISSING_INT,
            })),
            _ => return value,
        },
    };
    Value::Column(Cow::Owned(column))
}
