//! Text with a separator between fields: CSV, TSV and their kin.
//!
//! The file is cut into blocks that are read and typed by all threads and never held as a whole.
//! Plain records go through a vectorised scan; those with quotes, blank lines or a wrong number
//! of fields are walked byte by byte.

mod block;
mod head;
mod lines;
mod pass;
mod problems;
mod record;
mod scan;

use std::sync::Arc;

use block::{Job, Plan};
use head::Head;
use lines::Lines;
use pass::{Found, Pass};
use problems::not_utf8;

use super::options::ReadOptions;
use super::source::Source;
use super::typing::{Missing, NotText, Part};
use crate::error::{Error, Problem, Result};
use crate::table::{Column, Table};

/// A record longer than this is taken for a mistake.
const MAX_RECORD: u64 = 8 << 20;

/// How records are written.
#[derive(Debug, Clone)]
struct Layout {
    delimiter: u8,
    /// Fields in a record.
    fields: usize,
    /// Where the first record begins.
    start: u64,
}

/// A file whose header has been read.
#[derive(Debug)]
pub(super) struct Delimited {
    source: Arc<Source>,
    head: Head,
    missing: Missing,
    options: ReadOptions,
}

impl Delimited {
    /// Reads the header.
    pub(super) fn new(source: Source, options: ReadOptions) -> Result<Self> {
        if let Some(delimiter @ (b'"' | b'\n' | b'\r')) = options.delimiter {
            let delimiter = char::from(delimiter);
            return Err(Error::option(format!("the delimiter cannot be {delimiter:?}")));
        }
        let head = head::read_head(&source, options.delimiter)?;
        let missing = Missing::new(&options.missing);
        Ok(Self { source: Arc::new(source), head, missing, options })
    }

    /// Names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.head.names
    }

    /// Reads fields, ascending.
    pub(super) fn read(&self, wanted: &[usize]) -> Result<Table> {
        let mut found = self.pass(wanted, Plan::Typed)?;
        let parts = std::mem::take(&mut found.parts);
        let rows = found.rows;
        let lines = self.checked(found)?;
        let parts = self.without_mixed(wanted, parts)?;
        let mut table = Table::new(rows);
        for (&field, part) in wanted.iter().zip(parts) {
            let name = &self.head.names[field];
            table.push(name, column(part, name, &lines)?);
        }
        Ok(table.with_header(self.head.names.clone()).with_origin(Arc::new(lines)))
    }

    fn pass(&self, wanted: &[usize], plan: Plan) -> Result<Found> {
        let (wanted, plans) = (wanted.to_vec(), vec![plan; wanted.len()]);
        let (source, layout, missing) = (&*self.source, &self.head.layout, &self.missing);
        let job = Job { source, layout, missing, wanted, plans };
        let progress = self.options.progress.as_ref();
        Pass { job, block_size: self.options.block_size, progress }.run()
    }

    /// Complains of rows, else makes them findable.
    fn checked(&self, found: Found) -> Result<Lines> {
        let Found { rows, marks, ragged, .. } = found;
        if rows == 0 {
            return Err(Error::file(self.source.name(), "has a header but no rows"));
        }
        let lines = Lines { source: self.source.clone(), layout: self.head.layout.clone(), marks };
        let ragged = ragged.check(lines.layout.fields, |row| lines.problem(row));
        ragged.map_err(|error| error.locate(self.source.name(), |row| (row, None)))?;
        Ok(lines)
    }

    /// Reads again, as text, the columns that turned out to be of several kinds.
    fn without_mixed(&self, wanted: &[usize], mut parts: Vec<Part>) -> Result<Vec<Part>> {
        let is_mixed = |at: &usize| matches!(parts[*at], Part::Mixed);
        let mixed: Vec<usize> = (0..parts.len()).filter(is_mixed).collect();
        if !mixed.is_empty() {
            let fields: Vec<usize> = mixed.iter().map(|&at| wanted[at]).collect();
            let texts = self.pass(&fields, Plan::Text)?.parts;
            mixed.iter().zip(texts).for_each(|(&at, text)| parts[at] = text);
        }
        Ok(parts)
    }
}

fn column(part: Part, name: &str, lines: &Lines) -> Result<Column> {
    part.finish().map_err(|NotText { shown, total }| {
        let problem = |(row, text)| Problem {
            column: Some(name.to_owned()),
            found: format!("{text:?}"),
            ..lines.problem(row)
        };
        not_utf8(lines.source.name(), shown.into_iter().map(problem).collect(), total)
    })
}
