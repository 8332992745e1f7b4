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
use problems::not_decoded;

use super::assemble::{Raw, RawColumn};
use super::encoding::Evidence;
use super::options::{Encoding, ReadOptions};
use super::source::Source;
use super::stretch::Stretch;
use super::typing::{Missing, NotText, Part, Rules};
use crate::error::{Error, Problem, Result};
use crate::note::Note;
use crate::table::Origin;

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
        let head = head::read_head(&source, &options)?;
        let encodings = options.encoding.map_or(Encoding::ALL.to_vec(), |encoding| vec![encoding]);
        let missing = Missing::new(&options.missing, &encodings);
        Ok(Self { source: Arc::new(source), head, missing, options })
    }

    /// Names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.head.names
    }

    /// Whether commas stand between fields.
    pub(super) fn commas_separate(&self) -> bool {
        self.head.layout.delimiter == b','
    }

    /// Reads fields, ascending.
    pub(super) fn read(&self, wanted: &[usize], rules: &Rules) -> Result<Raw> {
        let mut found = self.pass(wanted, Plan::Typed)?;
        let parts = std::mem::take(&mut found.parts);
        let rows = found.rows;
        let lines = self.checked(found)?;
        let parts = self.without_mixed(wanted, parts, rules)?;
        let evidence = parts.iter().fold(self.head.evidence, |own, part| own.and(part.evidence()));
        let encoding = evidence.encoding(self.options.encoding);
        let names: Vec<String> =
            wanted.iter().map(|&field| self.head.names[field].clone()).collect();
        let column = |(name, part): (&String, Part)| {
            let guessed = matches!(part, Part::Dotted(_)).then(|| rules.guessed_dots()).flatten();
            match part.finish(encoding) {
                Ok(column) => Ok(RawColumn { guessed, ..column.into() }),
                Err(error) => Err(not_text(error, name, &lines, encoding)),
            }
        };
        let columns = names.iter().zip(parts).map(column).collect::<Result<_>>()?;
        let guessed = self.options.encoding.is_none() && encoding != Encoding::Utf8;
        let note = || Note::Remark(format!("read as {}: it is not UTF-8", encoding.name()));
        let notes = guessed.then(note).into_iter().collect();
        let header = self.head.names.clone();
        Ok(Raw { rows, names, columns, header, origin: Arc::new(lines), notes })
    }

    /// Hands fields over as text, ascending, stretch by stretch; says how many rows there are and
    /// where they stand.
    pub(super) fn visit(
        &self,
        wanted: &[usize],
        take: &mut dyn FnMut(Vec<Stretch>),
    ) -> Result<(usize, Arc<dyn Origin>)> {
        let found = self.begin(wanted, Plan::Text).visit(take)?;
        Ok((found.rows, Arc::new(self.checked(found)?)))
    }

    /// What stands between fields.
    pub(super) fn delimiter(&self) -> u8 {
        self.head.layout.delimiter
    }

    /// The encoding, given what the values look like.
    pub(super) fn encoding(&self, values: Evidence) -> Encoding {
        self.head.evidence.and(values).encoding(self.options.encoding)
    }

    fn pass(&self, wanted: &[usize], plan: Plan) -> Result<Found> {
        self.begin(wanted, plan).run()
    }

    fn begin(&self, wanted: &[usize], plan: Plan) -> Pass<'_> {
        let (wanted, plans) = (wanted.to_vec(), vec![plan; wanted.len()]);
        let (source, layout, missing) = (&*self.source, &self.head.layout, &self.missing);
        let job = Job { source, layout, missing, wanted, plans };
        let progress = self.options.progress.as_ref();
        Pass { job, block_size: self.options.block_size, progress }
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

    /// Reads again, as text, the columns that turned out to be of several kinds, and those that
    /// may not be what they seem by the rules given.
    fn without_mixed(
        &self,
        wanted: &[usize],
        mut parts: Vec<Part>,
        rules: &Rules,
    ) -> Result<Vec<Part>> {
        let is_mixed = |at: &usize| match parts[*at] {
            Part::Mixed => true,
            Part::Number(_) => rules.doubts_points(),
            Part::Dotted(_) => rules.doubts_dots(),
            _ => false,
        };
        let mixed: Vec<usize> = (0..parts.len()).filter(is_mixed).collect();
        if !mixed.is_empty() {
            let fields: Vec<usize> = mixed.iter().map(|&at| wanted[at]).collect();
            let texts = self.pass(&fields, Plan::Text)?.parts;
            mixed.iter().zip(texts).for_each(|(&at, text)| parts[at] = text);
        }
        Ok(parts)
    }
}

fn not_text(error: NotText, name: &str, lines: &Lines, encoding: Encoding) -> Error {
    let problem = |(row, text)| Problem {
        column: Some(name.to_owned()),
        found: format!("{text:?}"),
        ..lines.problem(row)
    };
    let problems = error.shown.into_iter().map(problem).collect();
    not_decoded(lines.source.name(), encoding, (problems, error.total))
}
