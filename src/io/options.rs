//! How a file is to be read.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};

/// How to read a file; the default suits most.
///
/// ```
/// use riskset::io::{ReadOptions, Reader};
///
/// let options = ReadOptions::default().delimiter(b';').missing([".", "-99"]);
/// let bytes = b"time;status\n5;1\n.;0\n".to_vec();
/// let table = Reader::from_bytes("trial.csv", bytes, options)?.read_all()?;
/// assert!(table.column("time").unwrap().is_missing(1));
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReadOptions {
    pub(crate) delimiter: Option<u8>,
    pub(crate) missing: Vec<String>,
    pub(crate) decimal: Option<u8>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) dates: Vec<String>,
    pub(crate) partial_dates: Option<PartialDate>,
    pub(crate) sheet: Option<String>,
    pub(crate) progress: Option<Progress>,
    pub(crate) block_size: u64,
}

/// How the bytes of a text file stand for characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Western European Windows; Latin-1 is a part of it.
    Windows1252,
}

/// Which day stands for a date of which only month and year, or only the year, is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartialDate {
    /// The first of the month; 1 January.
    First,
    /// The 15th of the month; 1 July.
    Middle,
    /// The last of the month; 31 December.
    Last,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Utf8, Self::Windows1252];

    /// The name that options and messages use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The encoding of a name, in any case; `latin1`, `iso-8859-1` and `cp1252` are names of
    /// windows-1252.
    ///
    /// # Errors
    /// There is no such encoding here.
    pub fn parse(name: &str) -> Result<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "windows-1252" | "cp1252" | "latin1" | "latin-1" | "iso-8859-1" => {
                Ok(Self::Windows1252)
            }
            _ => Err(Error::option(format!(
                "there is no encoding {name:?} here: give utf-8 or windows-1252"
            ))),
        }
    }
}

impl PartialDate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Middle, Self::Last];

    /// The name that options and messages use.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Middle => "middle",
            Self::Last => "last",
        }
    }
}

/// What is called with the bytes read so far and, if known, how many there are.
#[derive(Clone)]
pub(crate) struct Progress(pub(crate) Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl ReadOptions {
    /// The byte between fields. Unless given, it is the one of `,` `;` tab and `|` that is most
    /// frequent in the header line.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Texts that stand for a missing value, besides an empty field and `NA`.
    pub fn missing<T: Into<String>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.missing = texts.into_iter().map(Into::into).collect();
        self
    }

    /// The decimal mark, `,` or `.`. Unless given, it is the point, and the comma in columns that
    /// have numbers with one and a file whose fields are not separated by commas.
    pub fn decimal(mut self, mark: u8) -> Self {
        self.decimal = Some(mark);
        self
    }

    /// The encoding of a text file. Unless given, it is UTF-8, or windows-1252 where the bytes
    /// are not UTF-8.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// How dates are written, as formats of `strftime`: `%d.%m.%Y`. ISO dates need none. With
    /// several, a column may hold dates of each.
    pub fn dates<T: Into<String>>(mut self, formats: impl IntoIterator<Item = T>) -> Self {
        self.dates = formats.into_iter().map(Into::into).collect();
        self
    }

    /// The day that stands for a date without day, or without month. Unless given, a column with
    /// such dates is refused.
    pub fn partial_dates(mut self, rule: PartialDate) -> Self {
        self.partial_dates = Some(rule);
        self
    }

    /// The sheet of a workbook, by its name or its number from 1. Unless given, it is the first
    /// that has anything in it.
    pub fn sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    /// Calls `tell` with the bytes read so far, and how many there are if that is known. The
    /// bytes are those of the file as it is stored.
    pub fn progress(mut self, tell: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Progress(Arc::new(tell)));
        self
    }

    /// Only workbooks have sheets.
    pub(crate) fn check_no_sheet(&self) -> Result<()> {
        match &self.sheet {
            None => Ok(()),
            Some(sheet) => Err(Error::option(format!(
                "sheet {sheet:?}: the data are a text file, which has no sheets"
            ))),
        }
    }

    /// Bytes that one thread reads at a time; for tests.
    #[doc(hidden)]
    pub fn block_size(mut self, bytes: u32) -> Self {
        self.block_size = u64::from(bytes.clamp(1, 1 << 26));
        self
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        // Block and positions together stay in the second-level cache.
        Self {
            delimiter: None,
            missing: Vec::new(),
            decimal: None,
            encoding: None,
            dates: Vec::new(),
            partial_dates: None,
            sheet: None,
            progress: None,
            block_size: 1 << 18,
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
