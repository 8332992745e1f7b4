//! What a column of text is: dates, numbers with a decimal comma, text, or none of these for sure.

use std::sync::Arc;

use super::format::DateFormat;
use super::refusal::Refusal;
use super::{dates, decimal};
use crate::error::{Error, Result};
use crate::io::options::{PartialDate, ReadOptions};
use crate::table::{Category, Column, MISSING_INT};

const DOTTED: &str = "%d.%m.%Y";

/// What the user said about values, and what the file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(super) decimal: Option<u8>,
    pub(super) formats: Vec<DateFormat>,
    pub(super) partial: Option<PartialDate>,
    /// Whether commas stand between the fields of the file.
    pub(crate) commas_separate: bool,
}

/// What the levels of a column are, by code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// Nothing but text.
    Text,
    /// Numbers with a decimal comma.
    Numbers {
        /// The value of each level.
        values: Vec<f64>,
        /// Whether all are exact short decimals.
        exact: bool,
    },
    /// Dates.
    Dates(Dates),
    /// It seems to be dates or numbers, but which ones is not sure.
    Refused(Refusal),
}

/// The days of a column of dates.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dates {
    /// The day of each level.
    pub(crate) days: Vec<i32>,
    /// The format, when it was guessed and is not ISO's.
    pub(crate) guessed: Option<String>,
    /// Whether some format has years of two digits.
    pub(crate) short_years: bool,
    /// Whether a level was completed by the rule for partial dates.
    pub(crate) completed: Vec<bool>,
    /// Whether a level had a time of day that was cut off.
    pub(crate) cut: Vec<bool>,
}

impl Rules {
    /// The rules of some options.
    ///
    /// # Errors
    /// A format of dates is none, or the decimal mark is neither point nor comma.
    pub(crate) fn new(options: &ReadOptions) -> Result<Self> {
        if let Some(mark) = options.decimal.filter(|mark| !b",.".contains(mark)) {
            let mark = char::from(mark);
            return Err(Error::option(format!("the decimal mark is , or ., not {mark:?}")));
        }
        let formats = options.dates.iter().map(|text| DateFormat::new(text));
        Ok(Self {
            decimal: options.decimal,
            formats: formats.collect::<Result<_>>()?,
            partial: options.partial_dates,
            commas_separate: false,
        })
    }

    /// Whether numbers with a point have to be looked at as text.
    pub(crate) fn doubts_points(&self) -> bool {
        self.decimal == Some(b',')
    }

    /// Whether a date with dots may be another day than it seems.
    pub(crate) fn doubts_dots(&self) -> bool {
        self.formats.iter().any(|format| format.text() != DOTTED)
    }

    /// The format of dates with dots, unless it was given.
    pub(crate) fn guessed_dots(&self) -> Option<String> {
        self.formats.is_empty().then(|| DOTTED.to_owned())
    }

    /// The day that stands for partial dates.
    pub(crate) fn partial_dates(&self) -> Option<PartialDate> {
        self.partial
    }

    /// What a column of text is.
    pub(crate) fn classify(&self, category: &Category) -> Reading {
        self.classify_counted(category, None)
    }

    /// The same, of levels without codes that occur so often.
    pub(crate) fn classify_levels(&self, levels: Vec<String>, counts: &[u64]) -> Reading {
        let category = Category { codes: Vec::new(), levels: Arc::new(levels) };
        self.classify_counted(&category, Some(counts))
    }

    fn classify_counted(&self, category: &Category, counts: Option<&[u64]>) -> Reading {
        decimal::numbers(category, self)
            .or_else(|| dates::dates(category, counts, self))
            .unwrap_or(Reading::Text)
    }

    /// Whole numbers that are dates by a format without separators, as `%Y%m%d`.
    pub(crate) fn numbers_as_dates(&self, values: &[i32]) -> Option<Column> {
        let day = |format: &DateFormat, value| match value {
            MISSING_INT => Some(MISSING_INT),
            value => format.day_of_number(value),
        };
        if values.iter().all(|&value| value == MISSING_INT) {
            return None;
        }
        self.formats.iter().find_map(|format| {
            values.iter().map(|&value| day(format, value)).collect::<Option<_>>().map(Column::Date)
        })
    }
}
