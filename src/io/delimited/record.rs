//! Records with quotes, blank lines or a wrong number of fields: one byte after the other.

use memchr::{memchr, memchr2};

/// Walks over records.
pub(super) struct Walker<'a> {
    /// Whole records, the last of which may be cut.
    pub(super) text: &'a [u8],
    /// Where the next record begins.
    pub(super) at: usize,
    /// The byte between fields.
    pub(super) delimiter: u8,
    /// Whether a line of blanks is a record: it is where there is but one column.
    pub(super) single: bool,
}

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A record of so many fields.
    Record(usize),
    /// A line with nothing on it.
    Blank,
    /// The text ends within a record, and within a quoted field when that one's place is given.
    Cut(Option<usize>),
}

enum Field {
    Next,
    Last,
    Cut(Option<usize>),
}

impl Walker<'_> {
    /// Passes over a record or blank line and hands its fields to `fields`.
    pub(super) fn step(&mut self, fields: &mut Fields) -> Step {
        if let Some(end) = self.blank_line() {
            self.at = end;
            return Step::Blank;
        }
        loop {
            match self.field(fields) {
                Field::Next => {}
                Field::Last => return Step::Record(fields.end_record()),
                Field::Cut(quote) => return Step::Cut(quote),
            }
        }
    }

    /// The end of the line, newline included, when it is blank.
    fn blank_line(&self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let blanks = rest.iter().take_while(|&&byte| self.is_blank(byte)).count();
        (rest.get(blanks) == Some(&b'\n')).then_some(self.at + blanks + 1)
    }

    fn is_blank(&self, byte: u8) -> bool {
        let blank = byte == b'\r' || (!self.single && (byte == b' ' || byte == b'\t'));
        blank && byte != self.delimiter
    }

    fn field(&mut self, fields: &mut Fields) -> Field {
        if self.text.get(self.at) == Some(&b'"')
            && let Err(open) = self.quoted(fields)
        {
            return Field::Cut(Some(open));
        }
        self.plain(fields)
    }

    /// Up to the delimiter or newline, which is passed over.
    fn plain(&mut self, fields: &mut Fields) -> Field {
        let rest = &self.text[self.at..];
        let Some(len) = memchr2(self.delimiter, b'\n', rest) else { return Field::Cut(None) };
        self.at += len + 1;
        if rest[len] == self.delimiter {
            fields.end_field(&rest[..len]);
            return Field::Next;
        }
        fields.end_field(rest[..len].strip_suffix(b"\r").unwrap_or(&rest[..len]));
        Field::Last
    }

    /// Up to the quote that closes the field, which is passed over; else where it was opened.
    fn quoted(&mut self, fields: &mut Fields) -> Result<(), usize> {
        let open = self.at;
        loop {
            self.at += 1;
            let rest = &self.text[self.at..];
            let len = memchr(b'"', rest).ok_or(open)?;
            fields.push(&rest[..len]);
            self.at += len + 1;
            if self.text.get(self.at) != Some(&b'"') {
                return Ok(());
            }
            fields.push(b"\"");
        }
    }
}

/// Takes the fields that are wanted, one behind the other with a byte between them, and where
/// they end: the layout of a grid.
pub(super) struct Fields<'a> {
    pub(super) text: &'a mut Vec<u8>,
    pub(super) ends: &'a mut Vec<u32>,
    wanted: Wanted<'a>,
    field: usize,
    taken: usize,
}

/// Which fields of a record are wanted.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// Every one.
    All,
    /// These, ascending.
    These(&'a [usize]),
}

impl<'a> Fields<'a> {
    /// Begins with nothing.
    pub(super) fn new(text: &'a mut Vec<u8>, ends: &'a mut Vec<u32>, wanted: Wanted<'a>) -> Self {
        text.clear();
        ends.clear();
        ends.push(u32::MAX);
        Self { text, ends, wanted, field: 0, taken: 0 }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.is_wanted() {
            self.text.extend_from_slice(bytes);
        }
    }

    fn end_field(&mut self, bytes: &[u8]) {
        if self.is_wanted() {
            self.text.extend_from_slice(bytes);
            self.take();
        }
        self.field += 1;
    }

    fn take(&mut self) {
        self.ends.push(self.text.len() as u32);
        self.text.push(0);
        self.taken += 1;
    }

    fn is_wanted(&self) -> bool {
        match self.wanted {
            Wanted::All => true,
            Wanted::These(fields) => fields.get(self.taken) == Some(&self.field),
        }
    }

    /// Number of fields of the record that ends. What it lacks is empty, so that rows stay rows.
    fn end_record(&mut self) -> usize {
        if let Wanted::These(fields) = self.wanted {
            (self.taken..fields.len()).for_each(|_| self.take());
        }
        self.taken = 0;
        std::mem::take(&mut self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a text as lists of fields, and the last step.
    fn records(text: &str, wanted: Wanted) -> (Vec<String>, Step) {
        let (mut out, mut ends) = (Vec::new(), Vec::new());
        let mut fields = Fields::new(&mut out, &mut ends, wanted);
        let mut walker = Walker { text: text.as_bytes(), at: 0, delimiter: b',', single: false };
        loop {
            match walker.step(&mut fields) {
                Step::Cut(quote) => {
                    let texts = out.split(|&byte| byte == 0).map(String::from_utf8_lossy);
                    let mut texts: Vec<String> = texts.map(Into::into).collect();
                    texts.pop();
                    return (texts, Step::Cut(quote));
                }
                _ => continue,
            }
        }
    }

    #[test]
    fn quotes_hold_separators_line_breaks_and_quotes() {
        let (texts, end) = records("a,\"b,\"\"c\"\"\nd\",\"\"\r\n", Wanted::All);
        assert_eq!(texts, ["a", "b,\"c\"\nd", ""]);
        assert_eq!(end, Step::Cut(None));
    }

    #[test]
    fn quotes_within_plain_fields_are_characters() {
        assert_eq!(records("5\" pipe,\"x\"y\n", Wanted::All).0, ["5\" pipe", "xy"]);
    }

    #[test]
    fn only_wanted_fields_are_taken_and_missing_ones_are_empty() {
        let (texts, _) = records("a,b,c\nd\n\"e\",f\n", Wanted::These(&[0, 2]));
        assert_eq!(texts, ["a", "c", "d", "", "e", ""]);
    }

    #[test]
    fn a_quote_that_stays_open_is_told() {
        assert_eq!(records("a,b\nc,\"d\ne\n", Wanted::All).1, Step::Cut(Some(6)));
    }

    #[test]
    fn blank_lines_are_passed_over() {
        let steps = |single, text: &str| {
            let (mut out, mut ends) = (Vec::new(), Vec::new());
            let mut fields = Fields::new(&mut out, &mut ends, Wanted::All);
            let mut walker = Walker { text: text.as_bytes(), at: 0, delimiter: b'\t', single };
            let mut steps = Vec::new();
            while walker.at < text.len() {
                steps.push(walker.step(&mut fields));
            }
            steps
        };
        use Step::{Blank, Record};
        assert_eq!(steps(false, "\n \r\n\t\na\tb\n"), [Blank, Blank, Record(2), Record(2)]);
        assert_eq!(steps(true, "\n \r\n\r\na\n"), [Blank, Record(1), Blank, Record(1)]);
    }
}
