//! The first line: encoding, delimiter and names.

use super::problems::{Cut, not_decoded};
use super::record::{Fields, Step, Walker, Wanted};
use super::{Layout, MAX_RECORD};
use crate::error::{Error, Problem, Result};
use crate::io::encoding::Evidence;
use crate::io::names::check_unique;
use crate::io::options::{Encoding, ReadOptions};
use crate::io::source::Source;

const BOM: &[u8] = b"\xef\xbb\xbf";
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
const FIRST_LOOK: u64 = 1 << 16;

/// What the header says.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) names: Vec<String>,
    pub(super) layout: Layout,
    /// What the names say about the encoding.
    pub(super) evidence: Evidence,
}

/// Reads the header; without a delimiter, guesses it.
pub(super) fn read_head(source: &Source, options: &ReadOptions) -> Result<Head> {
    let mut buffer = Vec::new();
    let mut size = FIRST_LOOK;
    loop {
        let window = source.window(0..size, &mut buffer)?;
        let at = start_of_text(source, window)?;
        let text = Text { source, window, at, encoding: options.encoding };
        text.check_mark()?;
        match text.head(options.delimiter)? {
            Ok(head) => return Ok(head),
            Err(cut) if size >= source.len().min(MAX_RECORD) => return Err(cut.error(source)),
            Err(_) => size = (size * 8).min(MAX_RECORD),
        }
    }
}

/// Where the first line with anything on it begins.
fn start_of_text(source: &Source, window: &[u8]) -> Result<usize> {
    let failed = |reason| Err(Error::file(source.name(), reason));
    if window.starts_with(b"\xff\xfe") || window.starts_with(b"\xfe\xff") {
        return failed("is UTF-16 text; save it as UTF-8");
    }
    if memchr::memchr(0, window).is_some() {
        return failed("is a binary file (it has zero bytes), not delimited text");
    }
    let mut at = if window.starts_with(BOM) { BOM.len() } else { 0 };
    for line in window[at..].split_inclusive(|&byte| byte == b'\n') {
        if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
            return Ok(at);
        }
        at += line.len();
    }
    failed("the file is empty")
}

/// The beginning of a file.
struct Text<'a> {
    source: &'a Source,
    window: &'a [u8],
    at: usize,
    encoding: Option<Encoding>,
}

impl Text<'_> {
    fn head(&self, delimiter: Option<u8>) -> Result<Result<Head, Cut>> {
        let line = outside_quotes(&self.window[self.at..]);
        self.check_line_ends(&line)?;
        let delimiter = delimiter.unwrap_or_else(|| guess(&line));
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        let mut fields = Fields::new(&mut text, &mut ends, Wanted::All);
        // A header of blanks was passed over already.
        let mut walker = Walker { text: self.window, at: self.at, delimiter, single: true };
        if let Step::Cut(quote) = walker.step(&mut fields) {
            return Ok(Err(Cut { record: self.at as u64, quote: quote.map(|at| at as u64) }));
        }
        let start = walker.at as u64;
        let (names, evidence) = self.names(&text, &ends)?;
        let layout = Layout { delimiter, fields: names.len(), start };
        Ok(Ok(Head { names, layout, evidence }))
    }

    /// A byte order mark says that the text is UTF-8.
    fn check_mark(&self) -> Result<()> {
        match self.encoding {
            Some(Encoding::Windows1252) if self.window.starts_with(BOM) => {
                let reason = "begins with the mark of UTF-8 text, so it is not windows-1252";
                Err(Error::file(self.source.name(), reason))
            }
            _ => Ok(()),
        }
    }

    fn check_line_ends(&self, line: &[u8]) -> Result<()> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.contains(&b'\r') {
            return Ok(());
        }
        let reason = "its lines end in a carriage return alone; save it with line feeds";
        Err(Error::file(self.source.name(), reason))
    }

    /// Number of the header's line.
    fn line(&self) -> u64 {
        1 + memchr::memchr_iter(b'\n', &self.window[..self.at]).count() as u64
    }

    fn names(&self, text: &[u8], ends: &[u32]) -> Result<(Vec<String>, Evidence)> {
        let field = |pair: &[u32]| text.get(pair[0].wrapping_add(1) as usize..pair[1] as usize);
        let fields = || ends.windows(2).filter_map(field);
        let mut evidence = Evidence::default();
        fields().for_each(|field| evidence.add(field));
        let encoding = evidence.encoding(self.encoding);
        let mut names = Vec::new();
        for field in fields() {
            let Some(name) = encoding.decode(field) else {
                let found = format!("header {:?}", String::from_utf8_lossy(field));
                let problem = Problem { line: Some(self.line()), found, ..Problem::default() };
                return Err(not_decoded(self.source.name(), encoding, (vec![problem], 1)));
            };
            names.push(name.trim().to_owned());
        }
        let place = Problem { line: Some(self.line()), ..Problem::default() };
        check_unique(&names, self.source.name(), &place)?;
        Ok((names, evidence))
    }
}

/// The first line without what is quoted.
fn outside_quotes(text: &[u8]) -> Vec<u8> {
    let mut quoted = false;
    let toggled = text.iter().map(|&byte| {
        quoted ^= byte == b'"';
        (byte, quoted)
    });
    let line = toggled.take_while(|&(byte, quoted)| quoted || byte != b'\n');
    line.filter(|&(_, quoted)| !quoted).map(|(byte, _)| byte).collect()
}

/// The most frequent candidate; the comma when there is none.
fn guess(line: &[u8]) -> u8 {
    let count = |candidate: u8| memchr::memchr_iter(candidate, line).count();
    // Of equals `max_by_key` takes the last.
    CANDIDATES.into_iter().rev().max_by_key(|&candidate| count(candidate)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_most_frequent_outside_quotes() {
        for (line, expected) in [
            ("a,b;c,d\n;;;;", b','),
            ("a;b\n", b';'),
            ("a\tb,c\td\n", b'\t'),
            ("\"a;b;c\",d\n", b','),
            ("a\n", b','),
            ("a;b,c\n", b','),
        ] {
            assert_eq!(guess(&outside_quotes(line.as_bytes())), expected, "{line}");
        }
    }
}
