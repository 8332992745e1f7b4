//! Comma-separated values, record by record: a curve may have millions.

use std::io::{self, Write};

use crate::io::write_record;

/// Writes records under one header, with leading cells for what sets a document apart.
pub struct Csv<'w> {
    out: &'w mut dyn Write,
    leading: Vec<String>,
    started: bool,
}

impl<'w> Csv<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, leading: Vec::new(), started: false }
    }

    /// Writes the header, once: `leading` are the columns that set documents apart.
    pub(super) fn header(&mut self, leading: &[String], titles: &[String]) -> io::Result<()> {
        if std::mem::replace(&mut self.started, true) {
            return Ok(());
        }
        write_record(self.out, &[leading, titles].concat())
    }

    /// The leading cells from here on.
    pub(super) fn lead(&mut self, cells: Vec<String>) {
        self.leading = cells;
    }

    /// Writes a record.
    pub(super) fn record(&mut self, cells: Vec<String>) -> io::Result<()> {
        match self.leading.is_empty() {
            true => write_record(self.out, &cells),
            false => write_record(self.out, &[&self.leading[..], &cells].concat()),
        }
    }
}
