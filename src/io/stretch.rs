//! A file handed over stretch by stretch, as text, to whoever sums up and keeps nothing.

use std::sync::Arc;

use super::Reader;
use super::assemble::Raw;
use super::encoding::Evidence;
use super::options::Encoding;
use super::typing::{Cell, Levels, Reading, Texts};
use crate::error::{DataError, Result};
use crate::note::Note;
use crate::table::{Column, MISSING_CODE, MISSING_INT, Origin};

/// Rows that stand one after the other.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// Rows before it.
    pub(crate) first: usize,
    /// The columns that were asked for.
    pub(crate) columns: Vec<Texts>,
}

/// What is known of a file once every stretch was handed over.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) rows: usize,
    pub(crate) origin: Arc<dyn Origin>,
    pub(crate) notes: Vec<Note>,
    /// Why a column cannot be used whatever its texts are, by column.
    pub(crate) refused: Vec<Option<DataError>>,
    /// The format of dates that are days already, if it was guessed, by column.
    pub(crate) guessed: Vec<Option<String>>,
}

impl Reader {
    /// Hands some fields over, ascending, in the order of the file. Text files are never held as a
    /// whole.
    pub(crate) fn visit(
        &self,
        fields: &[usize],
        take: &mut dyn FnMut(Vec<Stretch>),
    ) -> Result<Whole> {
        let Some(file) = self.format.delimited() else { return self.visit_at_once(fields, take) };
        let (rows, origin) = file.visit(fields, take)?;
        let refused = fields.iter().map(|_| None).collect();
        Ok(Whole { rows, origin, notes: Vec::new(), refused, guessed: vec![None; fields.len()] })
    }

    /// Hands over what was read as a whole.
    fn visit_at_once(&self, fields: &[usize], take: &mut dyn FnMut(Vec<Stretch>)) -> Result<Whole> {
        let Raw { rows, columns, origin, notes, .. } = self.raw(fields)?;
        let (mut stretch, mut refused, mut guessed) = (Vec::new(), Vec::new(), Vec::new());
        for raw in columns {
            stretch.push(texts(raw.column));
            refused.push(raw.refused);
            guessed.push(raw.guessed);
        }
        take(vec![Stretch { first: 0, columns: stretch }]);
        Ok(Whole { rows, origin, notes, refused, guessed })
    }

    /// What levels are, each of which occurs so often, as the reader of a whole column takes them.
    pub(crate) fn classify(&self, levels: Vec<String>, counts: &[u64]) -> Reading {
        self.rules.classify_levels(levels, counts)
    }

    /// The days that whole numbers are by a given format without separators, as `%Y%m%d`.
    pub(crate) fn numbers_as_dates(&self, values: &[i32]) -> Option<Vec<i32>> {
        match self.rules.numbers_as_dates(values) {
            Some(Column::Date(days)) => Some(days),
            _ => None,
        }
    }

    /// Whether numbers with a point are looked at as text.
    pub(crate) fn doubts_points(&self) -> bool {
        self.rules.doubts_points()
    }

    /// The encoding, given what the values look like.
    pub(crate) fn encoding(&self, values: Evidence) -> Encoding {
        self.format.delimited().map_or(Encoding::Utf8, |file| file.encoding(values))
    }

    /// What stands between fields, if anything does.
    pub(crate) fn delimiter(&self) -> Option<char> {
        self.format.delimited().map(|file| char::from(file.delimiter()))
    }
}

/// A column as the texts that CSV would have.
fn texts(column: Column) -> Texts {
    let mut texts = Texts::default();
    let Texts { codes, levels } = &mut texts;
    match column {
        Column::Category(category) => {
            category.levels.iter().for_each(|text| {
                code(levels, text);
            });
            *codes = category.codes;
        }
        Column::Integer(values) => each(&values, codes, |&value| {
            (value != MISSING_INT).then(|| code(levels, &value.to_string()))
        }),
        Column::Date(values) => each(&values, codes, |&value| {
            (value != MISSING_INT).then(|| code(levels, &date_text(value)))
        }),
        Column::Number { values, .. } => each(&values, codes, |&value| {
            (!value.is_nan()).then(|| code(levels, &value.to_string()))
        }),
        Column::Boolean(values) => each(&values, codes, |&value| {
            (value < 2).then(|| code(levels, if value == 1 { "true" } else { "false" }))
        }),
    }
    texts
}

fn each<T>(values: &[T], codes: &mut Vec<u32>, code: impl FnMut(&T) -> Option<u32>) {
    let own = values.iter().map(code);
    codes.extend(own.map(|code| code.unwrap_or(MISSING_CODE)));
}

fn code(levels: &mut Levels, text: &str) -> u32 {
    levels.code(Cell::new(text.as_bytes(), text.len()))
}

/// A day, counted from 1970-01-01, as ISO writes it.
pub(crate) fn date_text(days: i32) -> String {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    epoch.saturating_add(jiff::Span::new().days(days)).to_string()
}
