//! Finds the line of a row by reading a block again.

use std::sync::Arc;

use memchr::memchr_iter;

use super::Layout;
use super::problems::line_of;
use super::record::{Fields, Step, Wanted};
use crate::error::Problem;
use crate::io::source::Source;
use crate::table::Origin;

/// Where a block begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Place in the file.
    pub(super) offset: u64,
    /// Rows before it.
    pub(super) row: usize,
    /// Lines before it, header not counted.
    pub(super) lines: u64,
}

/// The lines of a file's rows.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) source: Arc<Source>,
    pub(super) layout: Layout,
    pub(super) marks: Vec<Mark>,
}

impl Lines {
    /// A problem at a row.
    pub(super) fn problem(&self, row: usize) -> Problem {
        Problem { row: Some(row), line: self.line(row), ..Problem::default() }
    }

    /// Newlines between a place where a record begins and the record `skip` records on.
    fn lines_within(&self, text: &[u8], skip: usize) -> Option<u64> {
        let (mut buffer, mut ends) = (Vec::new(), Vec::new());
        let mut fields = Fields::new(&mut buffer, &mut ends, Wanted::These(&[]));
        let mut walker = self.layout.walker(text, 0);
        let mut rows = 0;
        loop {
            let start = walker.at;
            match walker.step(&mut fields) {
                Step::Record(_) if rows == skip => {
                    return Some(memchr_iter(b'\n', &text[..start]).count() as u64);
                }
                Step::Record(_) => rows += 1,
                Step::Blank => {}
                Step::Cut(_) => return None,
            }
        }
    }
}

impl Origin for Lines {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn line(&self, row: usize) -> Option<u64> {
        let next = self.marks.partition_point(|mark| mark.row <= row);
        let mark = self.marks.get(next.checked_sub(1)?)?;
        let end = self.marks.get(next).map_or(self.source.len(), |mark| mark.offset);
        let mut buffer = Vec::new();
        let text = self.source.window(mark.offset..end, &mut buffer).ok()?;
        let within = self.lines_within(text, row - mark.row)?;
        let header = line_of(&self.source, self.layout.start).ok()?;
        Some(header + mark.lines + within)
    }
}
