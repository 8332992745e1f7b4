//! What a single value is by itself.

use super::cell::Cell;
use super::date::{boolean, iso_date};
use super::number::{integer, number};

/// A value as the kind that it has without its neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    Integer(i32),
    Number(f64),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    Text,
}

impl Value {
    /// Of a text without blanks around it.
    pub(crate) fn of(text: &[u8]) -> Self {
        let cell = Cell::new(text, text.len());
        if let Some(value) = integer(cell) {
            return Self::Integer(value);
        }
        if let Some(number) = number(cell) {
            return Self::Number(number.value);
        }
        match (boolean(text), iso_date(text)) {
            (Some(value), _) => Self::Boolean(value == 1),
            (None, Some(day)) => Self::Date(day),
            (None, None) => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_values() {
        let cases = [
            ("7", Value::Integer(7)),
            ("-3", Value::Integer(-3)),
            ("2.5", Value::Number(2.5)),
            ("3000000000", Value::Number(3e9)),
            ("TRUE", Value::Boolean(true)),
            ("2024-02-29", Value::Date(19_782)),
            ("2023-02-29", Value::Text),
            ("3,5", Value::Text),
            ("inf", Value::Text),
        ];
        for (text, expected) in cases {
            assert_eq!(Value::of(text.as_bytes()), expected, "{text}");
        }
    }
}
