//! Values of formats that are not text, written as a CSV file would have them.

use super::grid::Grid;
use super::missing::Missing;
use super::part::Part;
use crate::error::{Error, Result};
use crate::io::options::Encoding;
use crate::table::Column;

/// The values of a column one behind the other, with a byte between them.
pub(crate) struct Written<'a> {
    source: &'a str,
    /// Where the next value is to be written.
    pub(crate) text: String,
    ends: Vec<u32>,
}

impl<'a> Written<'a> {
    /// Nothing yet, of some file.
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, text: String::new(), ends: vec![u32::MAX] }
    }

    /// The value is whole.
    pub(crate) fn end(&mut self) -> Result<()> {
        let end = u32::try_from(self.text.len());
        self.ends.push(end.map_err(|_| Error::file(self.source, "has a column of over 4 GiB"))?);
        self.text.push('\0');
        Ok(())
    }

    /// The column as the kind its values have.
    pub(crate) fn column(&self, missing: &Missing) -> Result<Column> {
        let (text, ends) = (self.text.as_bytes(), &*self.ends);
        let grid = Grid { text, ends, fields: 1, quoted: false };
        let part = match Part::typed(grid.cells(0), missing) {
            Part::Mixed => Part::text(grid.cells(0), missing),
            part => part,
        };
        let column = part.finish(Encoding::Utf8);
        column.map_err(|_| Error::file(self.source, "has text that is not UTF-8"))
    }
}
