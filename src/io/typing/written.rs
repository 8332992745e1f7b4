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
            Part::Mixed | Part::Dotted(_) => Part::text(grid.cells(0), missing),
            part => part,
        };
        let column = part.finish(Encoding::Utf8);
        column.map_err(|_| Error::file(self.source, "has text that is not UTF-8"))
    }
}

/// Formats that hold numbers and days as such.
#[cfg(any(feature = "parquet", feature = "spss", feature = "stata"))]
impl Written<'_> {
    /// Writes a value.
    pub(crate) fn value(&mut self, value: impl std::fmt::Display) {
        // Writing to a string does not fail.
        let _ = std::fmt::Write::write_fmt(&mut self.text, format_args!("{value}"));
    }

    /// Writes a day, counted from 1970-01-01.
    pub(crate) fn date(&mut self, days: i64) {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let since = jiff::Span::new().try_days(days);
        match since.and_then(|since| epoch.checked_add(since)) {
            Ok(date) => self.value(date),
            Err(_) => self.value(format_args!("day {days}")),
        }
    }

    /// Writes a day and time, counted from 1970 in parts of which `a_day` are a day.
    pub(crate) fn moment(&mut self, value: i64, a_day: i64, greenwich: bool) {
        self.date(value.div_euclid(a_day));
        let parts = i128::from(value.rem_euclid(a_day)) * 86_400;
        let (seconds, rest) = (parts / i128::from(a_day), parts % i128::from(a_day));
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        // Of a part of a second only matters that it is there.
        let fraction = if rest > 0 { ".5" } else { "" };
        let zone = if greenwich { "Z" } else { "" };
        self.value(format_args!("T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"));
    }
}
