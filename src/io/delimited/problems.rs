//! What can be wrong with a delimited file, in words.

use memchr::memchr_iter;

use super::MAX_RECORD;
use crate::error::{DataError, Error, Problem, Result, SHOWN_PROBLEMS};
use crate::io::options::Encoding;
use crate::io::source::Source;

const ROW_NAMES: &str = "every row has one field more than the header: if R wrote row names \
     without a header for them, write with col.names = NA or row.names = FALSE";
const QUOTE: &str = "close the quote; a quote within a quoted field is written twice";
const FIELDS: &str = "a field that holds the separator or a line break has to be in double quotes";

/// A record that does not end where it could be expected to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Where the record begins.
    pub(super) record: u64,
    /// Where the quoted field begins that does not end.
    pub(super) quote: Option<u64>,
}

impl Cut {
    /// The error it is, at the line where the quote, or else the record, begins.
    pub(super) fn error(self, source: &Source) -> Error {
        let line = match line_of(source, self.quote.unwrap_or(self.record)) {
            Ok(line) => Some(line),
            Err(error) => return error,
        };
        let (found, help) = self.words(source);
        let mut error = DataError::new("a row does not end").help(help);
        error.source = Some(source.name().to_owned());
        error.problems = vec![Problem { line, found, ..Problem::default() }];
        error.total = 1;
        error.into()
    }

    fn words(self, source: &Source) -> (String, &'static str) {
        let limit = MAX_RECORD >> 20;
        let left = source.len().saturating_sub(self.record);
        let end = match left > MAX_RECORD {
            true => format!("is longer than {limit} MiB"),
            false => "is not closed before the file ends".to_owned(),
        };
        match self.quote {
            Some(_) => (format!("the quoted field that begins here {end}"), QUOTE),
            None => (format!("the row that begins here {end}"), "is this a delimited text file?"),
        }
    }
}

/// The line, counted from 1, of a position.
pub(super) fn line_of(source: &Source, offset: u64) -> Result<u64> {
    const STEP: u64 = 1 << 20;
    let mut buffer = Vec::new();
    let mut line = 1;
    for start in (0..offset).step_by(STEP as usize) {
        let window = source.window(start..offset.min(start + STEP), &mut buffer)?;
        line += memchr_iter(b'\n', window).count() as u64;
    }
    Ok(line)
}

/// Rows with another number of fields than the header.
#[derive(Debug, Default)]
pub(super) struct Ragged {
    /// The first rows, with the number of fields they have.
    shown: Vec<(usize, usize)>,
    /// How many rows there are.
    total: usize,
}

impl Ragged {
    /// Adds a row.
    pub(super) fn push(&mut self, row: usize, found: usize) {
        self.total += 1;
        if self.shown.len() < SHOWN_PROBLEMS {
            self.shown.push((row, found));
        }
    }

    /// Adds the rows of a stretch that begins at row `first`.
    pub(super) fn append(&mut self, first: usize, other: &Self) {
        let space = SHOWN_PROBLEMS - self.shown.len();
        self.shown.extend(other.shown.iter().take(space).map(|&(row, found)| (first + row, found)));
        self.total += other.total;
    }

    /// `Err` when there is a row.
    pub(super) fn check(&self, expected: usize, place: impl Fn(usize) -> Problem) -> Result<()> {
        let one_more = self.shown.iter().all(|&(_, found)| found == expected + 1);
        let mut error = DataError::new("rows do not have as many fields as the header")
            .help(if one_more { ROW_NAMES } else { FIELDS });
        error.problems = self
            .shown
            .iter()
            .map(|&(row, found)| Problem {
                found: format!("expected {}, found {found}", fields(expected)),
                ..place(row)
            })
            .collect();
        error.total = self.total;
        error.check()
    }
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

/// Bytes that are no text in an encoding: the first, and how many there are.
pub(super) fn not_decoded(
    source: &str,
    encoding: Encoding,
    (problems, total): (Vec<Problem>, usize),
) -> Error {
    let (summary, help) = match encoding {
        Encoding::Utf8 => (
            "the text is not UTF-8",
            "save the file as UTF-8, or say that it is not: --encoding windows-1252",
        ),
        Encoding::Windows1252 => (
            "the text is neither UTF-8 nor windows-1252",
            "save the file as UTF-8, or convert it: iconv -f ENCODING -t UTF-8 FILE > NEW",
        ),
    };
    let mut error = DataError::new(summary).help(help);
    error.source = Some(source.to_owned());
    (error.problems, error.total) = (problems, total);
    error.into()
}
