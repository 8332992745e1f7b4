//! What counts as "missing".

use super::cell::Cell;
use crate::io::options::Encoding;

/// The texts that stand for a missing value: nothing, `NA`, and those the user gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Missing {
    extra: Vec<Vec<u8>>,
}

impl Missing {
    /// `NA`, nothing, and these in each of some encodings.
    pub(crate) fn new(texts: &[String], encodings: &[Encoding]) -> Self {
        let encoded = |text: &String| {
            let text = text.trim().to_owned();
            encodings.iter().filter_map(move |encoding| encoding.encode(&text))
        };
        let mut extra: Vec<Vec<u8>> = texts.iter().flat_map(encoded).collect();
        extra.sort_unstable();
        extra.dedup();
        Self { extra }
    }

    /// Whether a field has to be looked up before it is read: it may be both a value and missing.
    pub(crate) fn comes_first(&self) -> bool {
        !self.extra.is_empty()
    }

    /// Whether a text is missing.
    #[cfg(feature = "spreadsheets")]
    pub(crate) fn has_str(&self, text: &str) -> bool {
        self.has(Cell::new(text.as_bytes(), text.len()))
    }

    /// Whether a field is missing.
    #[inline(always)]
    pub(crate) fn has(&self, cell: Cell) -> bool {
        cell.len() == 0 || self.has_text(cell)
    }

    #[inline(never)]
    fn has_text(&self, cell: Cell) -> bool {
        match cell.trimmed().bytes() {
            b"" | b"NA" => true,
            text => self.extra.iter().any(|extra| extra == text),
        }
    }
}
