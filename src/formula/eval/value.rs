//! Values on the way: constants and columns.

use std::borrow::Cow;

use crate::formula::rows::{count, flag, float, floats, map, zip};
use crate::table::{Category, Column, MISSING_INT};

/// What an expression is worth.
#[derive(Debug, Clone)]
pub(super) enum Value<'t> {
    Scalar(Scalar),
    Column(Cow<'t, Column>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Missing,
    Number(f64),
    Boolean(bool),
    Text(String),
    Date(i32),
}

/// The kinds between which operators choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Missing,
    Number,
    Boolean,
    Text,
    Date,
}

/// Numbers (or truth values, or days) as arithmetic and comparisons see them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers<'v> {
    Scalar(f64),
    Whole(&'v [i32]),
    Real(&'v [f64]),
    Flags(&'v [u8]),
}

impl Value<'_> {
    pub(super) fn class(&self) -> Class {
        match self {
            Self::Scalar(Scalar::Missing) => Class::Missing,
            Self::Scalar(Scalar::Number(_)) => Class::Number,
            Self::Scalar(Scalar::Boolean(_)) => Class::Boolean,
            Self::Scalar(Scalar::Text(_)) => Class::Text,
            Self::Scalar(Scalar::Date(_)) => Class::Date,
            Self::Column(column) => match &**column {
                Column::Integer(_) | Column::Number { .. } => Class::Number,
                Column::Boolean(_) => Class::Boolean,
                Column::Date(_) => Class::Date,
                Column::Category(_) => Class::Text,
            },
        }
    }

    /// The numbers behind numbers, truth values and dates.
    pub(super) fn numbers(&self) -> Option<Numbers<'_>> {
        Some(match self {
            Self::Scalar(scalar) => Numbers::Scalar(scalar.number()?),
            Self::Column(column) => match &**column {
                Column::Integer(values) | Column::Date(values) => Numbers::Whole(values),
                Column::Number { values, .. } => Numbers::Real(values),
                Column::Boolean(values) => Numbers::Flags(values),
                Column::Category(_) => return None,
            },
        })
    }

    /// Constants become columns.
    pub(super) fn into_column(self, rows: usize) -> Column {
        match self {
            Self::Column(column) => column.into_owned(),
            Self::Scalar(scalar) => scalar.repeat(rows),
        }
    }
}

impl Class {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Missing => "NA",
            Self::Number => "a number",
            Self::Boolean => "true/false",
            Self::Text => "text",
            Self::Date => "a date",
        }
    }

    /// Numbers, and what counts as them.
    pub(super) fn is_numeric(self) -> bool {
        matches!(self, Self::Number | Self::Boolean | Self::Missing)
    }
}

impl Scalar {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Missing => Some(f64::NAN),
            Self::Number(value) => Some(*value),
            Self::Boolean(value) => Some(f64::from(u8::from(*value))),
            Self::Date(days) => Some(f64::from(*days)),
            Self::Text(_) => None,
        }
    }

    fn repeat(self, rows: usize) -> Column {
        match self {
            Self::Missing => Column::Integer(vec![MISSING_INT; rows]),
            Self::Number(value) if value == value.trunc() && value.abs() < 1e9 => {
                Column::Integer(vec![value as i32; rows])
            }
            Self::Number(value) => Column::Number { values: vec![value; rows], exact: false },
            Self::Boolean(value) => Column::Boolean(vec![u8::from(value); rows]),
            Self::Date(days) => Column::Date(vec![days; rows]),
            Self::Text(text) => {
                Column::Category(Category { codes: vec![0; rows], levels: vec![text].into() })
            }
        }
    }
}

impl<'v> Numbers<'v> {
    /// Applies a rule to every number; missing ones are NaN.
    pub(super) fn map(self, rule: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
        self.each(rule)
    }

    /// A rule with any result; a constant gives one value.
    pub(super) fn each<U: Clone + Default + Send>(self, rule: impl Fn(f64) -> U + Sync) -> Vec<U> {
        match self {
            Self::Scalar(value) => vec![rule(value)],
            Self::Whole(values) => map(values, |&value| rule(float(value))),
            Self::Real(values) => map(values, |&value| rule(value)),
            Self::Flags(values) => map(values, |&value| rule(flag(value))),
        }
    }

    /// Applies a rule to pairs; two constants give one value.
    pub(super) fn with<U: Clone + Default + Send>(
        self,
        other: Self,
        rule: impl Fn(f64, f64) -> U + Sync,
    ) -> Vec<U> {
        match (self, other) {
            (a, Self::Scalar(b)) => a.each(|a| rule(a, b)),
            (Self::Scalar(a), b) => b.each(|b| rule(a, b)),
            (a, b) => zip(&a.reals(), &b.reals(), |&a, &b| rule(a, b)),
        }
    }

    pub(super) fn reals(self) -> Cow<'v, [f64]> {
        match self {
            Self::Scalar(value) => Cow::Owned(vec![value]),
            Self::Whole(values) => Cow::Owned(floats(values)),
            Self::Real(values) => Cow::Borrowed(values),
            Self::Flags(values) => Cow::Owned(map(values, |&value| flag(value))),
        }
    }

    pub(super) fn is_scalar(self) -> bool {
        matches!(self, Self::Scalar(_))
    }

    /// Rows without a value.
    pub(super) fn count_missing(self) -> usize {
        match self {
            Self::Scalar(value) => usize::from(value.is_nan()),
            Self::Whole(values) => count(values, |&value| value == MISSING_INT),
            Self::Real(values) => count(values, |value| value.is_nan()),
            Self::Flags(values) => count(values, |&value| value > 1),
        }
    }
}
