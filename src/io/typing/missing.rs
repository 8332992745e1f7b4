//! What counts as "missing".

use super::cell::Cell;

/// The texts that stand for a missing value: nothing, `NA`, and those the user gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Missing {
    extra: Vec<Vec<u8>>,
}

impl Missing {
    /// `NA`, nothing, and these.
    pub(crate) fn new(texts: &[String]) -> Self {
        let extra = texts.iter().map(|text| text.trim().as_bytes().to_vec()).collect();
        Self { extra }
    }

    /// Whether a field has to be looked up before it is read: it may be both a value and missing.
    pub(crate) fn comes_first(&self) -> bool {
        !self.extra.is_empty()
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
