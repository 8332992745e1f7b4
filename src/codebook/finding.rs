//! What may be wrong with a file.

use super::tally::NO_ROW;

/// Rows that a finding names.
const SHOWN: usize = 5;

/// What may be wrong, or has to be known.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule, as a short name that stays the same.
    pub rule: &'static str,
    /// The column, unless it is about several.
    pub column: Option<String>,
    /// How many rows are concerned.
    pub rows: u64,
    /// The first of them, counted from 0.
    pub first_rows: Vec<usize>,
    /// Their lines, where the file has lines.
    pub lines: Vec<u64>,
    /// What was found and what to do, in a sentence or two.
    pub message: String,
    /// Whether it may well be right as it is.
    pub question: bool,
}

impl Finding {
    /// Something that is so.
    pub(super) fn new(rule: &'static str, column: &str, message: impl Into<String>) -> Self {
        Self {
            rule,
            column: Some(column.to_owned()),
            rows: 0,
            first_rows: Vec::new(),
            lines: Vec::new(),
            message: message.into(),
            question: false,
        }
    }

    /// Something that may be meant.
    pub(super) fn question(self) -> Self {
        Self { question: true, ..self }
    }

    /// So many rows, of which these are among the first.
    pub(super) fn rows(mut self, count: u64, first: impl IntoIterator<Item = u64>) -> Self {
        let mut first: Vec<usize> =
            first.into_iter().filter(|&row| row != NO_ROW).map(|row| row as usize).collect();
        first.sort_unstable();
        first.dedup();
        first.truncate(SHOWN);
        (self.rows, self.first_rows) = (count, first);
        self
    }
}

/// `1 row`, `2 rows`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
