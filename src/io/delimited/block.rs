//! A stretch of the file, read and typed by one thread.
//!
//! A block owns the records that begin in its span. Where the first of them begins is found by
//! the first newline, which is wrong when that one is within quotes: the pass checks it against
//! the end of the block before, and has the block read again from the right place.

use memchr::{memchr, memchr_iter};

use super::problems::{Cut, Ragged};
use super::record::{Fields, Step, Walker, Wanted};
use super::scan::Scan;
use super::{Layout, MAX_RECORD};
use crate::error::Result;
use crate::io::source::Source;
use crate::io::typing::{Grid, Missing, Part};

/// How far beyond its span a block looks, to begin with, for the end of its last record.
const AHEAD: u64 = 1 << 12;

/// What to make of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Values of the kind they have.
    Typed,
    /// Text, for values of several kinds were seen.
    Text,
    /// Nothing: the column will be read again as text.
    Skip,
}

/// What all blocks have in common.
pub(super) struct Job<'a> {
    pub(super) source: &'a Source,
    pub(super) layout: &'a Layout,
    pub(super) missing: &'a Missing,
    /// Fields to read, ascending.
    pub(super) wanted: Vec<usize>,
    /// What to make of each of them.
    pub(super) plans: Vec<Plan>,
}

/// Where a block is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) to: u64,
    /// Where its first record begins, when that is known.
    pub(super) start: Option<u64>,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Where the first record was taken to begin.
    pub(super) start: Option<u64>,
    /// Where the next block's first record begins.
    pub(super) end: u64,
    pub(super) rows: usize,
    pub(super) lines: u64,
    pub(super) ragged: Ragged,
    /// A record that did not end.
    pub(super) cut: Option<Cut>,
    pub(super) parts: Vec<Part>,
}

/// Buffers that a thread uses again and again.
#[derive(Default)]
pub(super) struct Scratch {
    bytes: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<u32>,
}

/// Bytes in memory: records that begin in `first..limit`, and what follows.
struct Piece<'a> {
    text: &'a [u8],
    first: usize,
    limit: usize,
}

impl Job<'_> {
    /// Reads a block.
    pub(super) fn block(&self, span: Span, scratch: &mut Scratch) -> Result<Block> {
        let base = span.start.unwrap_or(span.from.saturating_sub(1));
        let limit = (span.to - base) as usize;
        let mut ahead = AHEAD;
        loop {
            let Scratch { bytes, text, ends } = &mut *scratch;
            let window = self.source.window(base..span.to + ahead, bytes)?;
            let Some(first) = first_record(window, limit, span.start.is_some()) else {
                return Ok(Block::default());
            };
            let last_try = ahead >= MAX_RECORD || span.to + ahead >= self.source.len();
            let piece = Piece { text: window, first, limit };
            let mut block = self.piece(&piece, text, ends);
            if block.cut.is_none() || last_try {
                block.place(base, first);
                return Ok(block);
            }
            ahead = (ahead * 8).min(MAX_RECORD);
        }
    }

    fn piece(&self, piece: &Piece, text: &mut Vec<u8>, ends: &mut Vec<u32>) -> Block {
        match self.regular(piece, ends) {
            Some(block) => block,
            None => self.walked(piece, text, ends),
        }
    }

    /// Records with the right number of fields and no quotes but around fields, as nearly all
    /// are.
    fn regular(&self, piece: &Piece, ends: &mut Vec<u32>) -> Option<Block> {
        let Piece { text, first, limit } = *piece;
        let Layout { delimiter, fields, .. } = *self.layout;
        let end = limit + memchr(b'\n', &text[limit - 1..])?;
        // With one column a blank line looks like a record.
        if fields == 1 {
            return None;
        }
        let (records, scan) = (&text[first..end], Scan { delimiter, fields });
        let quoted = memchr(b'"', records).is_some();
        let len = if quoted { scan.quoted(records, ends) } else { scan.plain(records, ends) }?;
        let grid = Grid { text: &text[first..], ends: &ends[..len], fields, quoted };
        let (rows, parts) = (grid.rows(), self.parts(&grid, &self.wanted));
        let lines = if quoted { memchr_iter(b'\n', records).count() } else { rows };
        let (end, lines) = (end as u64, lines as u64);
        Some(Block { end, rows, lines, parts, ..Block::default() })
    }

    /// Any records, one after the other.
    fn walked(&self, piece: &Piece, text: &mut Vec<u8>, ends: &mut Vec<u32>) -> Block {
        let mut block = Block::default();
        let mut fields = Fields::new(text, ends, Wanted::These(&self.wanted));
        let mut walker = self.layout.walker(piece.text, piece.first);
        while walker.at < piece.limit && block.cut.is_none() {
            let record = walker.at as u64;
            match walker.step(&mut fields) {
                Step::Record(found) => block.count(found, self.layout.fields),
                Step::Blank => {}
                Step::Cut(quote) => {
                    block.cut = Some(Cut { record, quote: quote.map(|at| at as u64) });
                }
            }
        }
        if block.cut.is_none() {
            let columns: Vec<usize> = (0..self.wanted.len()).collect();
            let grid = Grid { text, ends, fields: columns.len(), quoted: false };
            block.end = walker.at as u64;
            block.lines = memchr_iter(b'\n', &piece.text[piece.first..walker.at]).count() as u64;
            block.parts = self.parts(&grid, &columns);
        }
        block
    }

    fn parts(&self, grid: &Grid, columns: &[usize]) -> Vec<Part> {
        let columns = columns.iter().zip(&self.plans);
        columns.map(|(&column, plan)| self.part(grid, column, *plan)).collect()
    }

    fn part(&self, grid: &Grid, column: usize, plan: Plan) -> Part {
        match plan {
            Plan::Typed => Part::typed(grid.cells(column), self.missing),
            Plan::Text => Part::text(grid.cells(column), self.missing),
            Plan::Skip => Part::Mixed,
        }
    }
}

impl Layout {
    /// Walks over the records of a text from a place where one begins.
    pub(super) fn walker<'a>(&self, text: &'a [u8], at: usize) -> Walker<'a> {
        Walker { text, at, delimiter: self.delimiter, single: self.fields == 1 }
    }
}

impl Block {
    fn count(&mut self, found: usize, expected: usize) {
        if found != expected {
            self.ragged.push(self.rows, found);
        }
        self.rows += 1;
    }

    /// From places in a buffer to places in the file.
    fn place(&mut self, base: u64, first: usize) {
        self.start = Some(base + first as u64);
        self.end += base;
        if let Some(cut) = &mut self.cut {
            cut.record += base;
            cut.quote = cut.quote.map(|at| at + base);
        }
    }
}

/// Where the first record begins, if one begins before the limit.
fn first_record(window: &[u8], limit: usize, known: bool) -> Option<usize> {
    let first = if known { 0 } else { memchr(b'\n', window)? + 1 };
    (first < limit.min(window.len())).then_some(first)
}
