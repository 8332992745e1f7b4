//! Rows of fields in a buffer, by the positions where the fields end.

use super::cell::Cell;

/// `fields` fields a row. Field `i` of the whole goes from one past `ends[i]` to `ends[i + 1]`;
/// `ends[0]` is `u32::MAX`, one before the buffer.
pub(crate) struct Grid<'a> {
    /// The buffer; what follows the last field may be anything.
    pub(crate) text: &'a [u8],
    /// Where fields end.
    pub(crate) ends: &'a [u32],
    /// Fields in a row.
    pub(crate) fields: usize,
    /// Whether fields may stand in quotes, which are not part of them.
    pub(crate) quoted: bool,
}

/// One field of every row.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    grid: &'a Grid<'a>,
    field: usize,
}

impl Grid<'_> {
    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.ends.len().saturating_sub(1) / self.fields.max(1)
    }

    /// One field of every row.
    pub(crate) fn cells(&self, field: usize) -> Cells<'_> {
        Cells { grid: self, field }
    }
}

impl<'a> Cells<'a> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.grid.rows()
    }

    /// The field in one row, empty when there is none.
    #[inline(always)]
    pub(crate) fn get(&self, row: usize) -> Cell<'a> {
        self.from(row).next().unwrap_or(Cell::new(b"", 0))
    }

    /// The fields from a row on.
    #[inline(always)]
    pub(crate) fn from(&self, row: usize) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let Grid { text, ends, fields, quoted } = *self.grid;
        let first = (row * fields + self.field).min(ends.len());
        let pairs = ends[first..].windows(2).step_by(fields.max(1));
        pairs.map(move |pair| {
            let cell = cell(text, pair[0].wrapping_add(1), pair[1]);
            if quoted { cell.unquoted() } else { cell }
        })
    }
}

#[inline(always)]
fn cell(text: &[u8], start: u32, end: u32) -> Cell<'_> {
    let len = end.saturating_sub(start) as usize;
    Cell::new(text.get(start as usize..).unwrap_or_default(), len)
}
