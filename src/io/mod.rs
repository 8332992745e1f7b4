//! Readers: from a file to a [`Table`] of typed columns.
//!
//! [`Reader::open`] looks at the file's first bytes, reads its header and no more;
//! [`Reader::read`] then reads the columns that are asked for, with all threads of the current
//! rayon pool. Any number of threads gives the same table.
//!
//! ```
//! use riskset::io::{ReadOptions, Reader};
//! use riskset::table::Column;
//!
//! let bytes = b"id,time,status\nA,5.5,TRUE\nB,NA,FALSE\n".to_vec();
//! let reader = Reader::from_bytes("trial.csv", bytes, ReadOptions::default())?;
//! assert_eq!(reader.header(), ["id", "time", "status"]);
//! let table = reader.read(&["status", "time"])?;
//! assert_eq!(table.column("status"), Some(&Column::Boolean(vec![1, 0])));
//! assert!(table.column("time").unwrap().is_missing(1));
//! assert_eq!(table.line(1), Some(3));
//! # Ok::<(), riskset::Error>(())
//! ```
//!
//! # What is read
//! Text with a header and a comma, semicolon, tab or `|` between fields, plain or gzip; lines
//! ending in LF or CRLF. A field in double quotes may hold separators, line breaks, and quotes
//! written twice. Blank lines are skipped. Spaces around a value are not part of it. An empty
//! field and `NA` are missing, quoted or not. The text is UTF-8, with or without a byte order
//! mark; where it is not, windows-1252.
//!
//! With the feature `spreadsheets`, a sheet of a workbook (xlsx, xlsm, xlsb, xls, ods): its header
//! is the first row that is not empty, formulas have the value they had when it was saved, `#N/A`
//! is missing. With the features `parquet`, `spss` and `stata`, those files. Labelled values of
//! SPSS and Stata are their labels, and what they declare as missing is missing.
//!
//! # Kinds of columns
//! A column is true/false (`true TRUE True`, …), whole numbers, numbers, ISO dates
//! (`2024-02-29`), or else text: one value that does not fit makes it text. `inf`, `nan` and what
//! overflows are no numbers. A column without any value is numbers, all missing.
//!
//! # Text that is dates or numbers
//! A column of text is looked at as a whole. It is numbers when it has nothing but numbers, some
//! with a decimal comma, and commas do not separate fields. It is dates when most values look
//! like dates; then all have to be, in one format:
//! - `2019-03-12`, `2019/03/12`, `12.03.2019`, `12-Mar-2019`, `12MAR2019` are sure;
//! - `12/03/2019` and `12-03-2019` are once some value has a part above 12, else the column is
//!   refused; [`ReadOptions::dates`] says the order;
//! - of `2019-03-12 14:30` the day is taken; with a time zone only at midnight;
//! - `2019-03`, `03.2019`, `03/2019` and `2019` among dates are completed by
//!   [`ReadOptions::partial_dates`], else refused.
//!
//! A column is refused only when it is asked for. What was guessed is in [`Table::notes`]; a plain
//! UTF-8 file with commas and ISO dates has none.

mod assemble;
mod delimited;
mod encoding;
mod fields;
mod kind;
mod names;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod record;
mod source;
#[cfg(feature = "spss")]
mod spss;
#[cfg(feature = "stata")]
mod stata;
mod stretch;
mod typing;
#[cfg(feature = "spreadsheets")]
mod workbook;

use std::path::Path;

use assemble::Raw;
pub use assemble::{Lenient, Refused};
use delimited::Delimited;
pub(crate) use encoding::Evidence;
pub use fields::TextRow;
use kind::Kind;
pub use options::{Encoding, PartialDate, ReadOptions};
#[cfg(feature = "parquet")]
use parquet::Parquet;
pub(crate) use record::write_record;
use source::Source;
#[cfg(feature = "spss")]
use spss::Spss;
#[cfg(feature = "stata")]
use stata::Stata;
pub(crate) use stretch::{Stretch, Whole, date_text};
use typing::Rules;
pub(crate) use typing::{Cell, Reading, Refusal, Texts, Value, comma_number, hash};
#[cfg(feature = "spreadsheets")]
use workbook::Workbook;

use crate::error::{DataError, Error, Result};
use crate::table::Table;

/// A data file whose header has been read.
#[derive(Debug)]
pub struct Reader {
    name: String,
    format: Format,
    rules: Rules,
}

/// The kinds of files; which one it is shows in the first bytes.
#[derive(Debug)]
enum Format {
    Delimited(Delimited),
    #[cfg(feature = "spreadsheets")]
    Workbook(Box<Workbook>),
    #[cfg(feature = "parquet")]
    Parquet(Box<Parquet>),
    #[cfg(feature = "spss")]
    Spss(Spss),
    #[cfg(feature = "stata")]
    Stata(Stata),
}

impl Format {
    /// The file, if it is text that can be read piece by piece.
    fn delimited(&self) -> Option<&Delimited> {
        match self {
            Self::Delimited(file) => Some(file),
            #[cfg(any(
                feature = "spreadsheets",
                feature = "parquet",
                feature = "spss",
                feature = "stata"
            ))]
            _ => None,
        }
    }
}

impl Reader {
    /// Opens a file, or standard input for `-`, and reads its header. What cannot be read at any
    /// place, such as standard input, gzip and workbooks, is read into memory.
    ///
    /// # Errors
    /// The file cannot be read, is empty, is not text, or names a column twice.
    pub fn open(path: impl AsRef<Path>, options: ReadOptions) -> Result<Self> {
        let source = Source::open(path.as_ref(), options.progress.as_ref())?;
        Self::new(source, options)
    }

    /// Reads from bytes; `name` is what messages call them.
    ///
    /// # Errors
    /// As for [`Reader::open`].
    pub fn from_bytes(name: &str, bytes: Vec<u8>, options: ReadOptions) -> Result<Self> {
        Self::new(Source::from_bytes(name, bytes)?, options)
    }

    fn new(source: Source, options: ReadOptions) -> Result<Self> {
        let (name, mut rules) = (source.name().to_owned(), Rules::new(&options)?);
        let format = match Kind::of(&source)? {
            #[cfg(feature = "spreadsheets")]
            Kind::Workbook => Format::Workbook(Box::new(Workbook::new(&source, &options)?)),
            #[cfg(feature = "parquet")]
            Kind::Parquet => Format::Parquet(Box::new(Parquet::new(&source, &options)?)),
            #[cfg(feature = "spss")]
            Kind::Spss => Format::Spss(Spss::new(&source, &options)?),
            #[cfg(feature = "stata")]
            Kind::Stata => Format::Stata(Stata::new(&source, &options)?),
            Kind::Text => {
                options.check_no_sheet()?;
                let file = Delimited::new(source, options)?;
                rules.commas_separate = file.commas_separate();
                Format::Delimited(file)
            }
            kind => return Err(Error::file(name, kind.refusal())),
        };
        Ok(Self { name, format, rules })
    }

    /// Calls the file by another name, as that which it has from another folder.
    pub fn called(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The file as messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of all columns, in the order of the file.
    pub fn header(&self) -> &[String] {
        match &self.format {
            Format::Delimited(file) => file.header(),
            #[cfg(feature = "spreadsheets")]
            Format::Workbook(book) => book.header(),
            #[cfg(feature = "parquet")]
            Format::Parquet(file) => file.header(),
            #[cfg(feature = "spss")]
            Format::Spss(file) => file.header(),
            #[cfg(feature = "stata")]
            Format::Stata(file) => file.header(),
        }
    }

    /// Reads some columns; the others cost next to nothing. The table has them in the order of
    /// the file.
    ///
    /// # Errors
    /// There is no column of a name, no row, a row with more or fewer fields than the header, a
    /// quote that is not closed, a row of more than 8 MiB, text that is not in the encoding; or a
    /// column is refused: its dates are ambiguous, of several formats, incomplete or impossible,
    /// its decimal marks differ, its formulas failed.
    pub fn read<S: AsRef<str>>(&self, columns: &[S]) -> Result<Table> {
        strict(self.read_lenient(columns)?)
    }

    /// Reads some columns, and those as text that [`Reader::read`] would refuse because it is not
    /// sure which dates or numbers they hold.
    ///
    /// ```
    /// use riskset::io::{ReadOptions, Reader};
    ///
    /// let bytes = b"dx,age\n03/04/2019,61\n05/06/2019,58\n".to_vec();
    /// let reader = Reader::from_bytes("trial.csv", bytes, ReadOptions::default())?;
    /// let read = reader.read_lenient(&["dx", "age"])?;
    /// assert_eq!(read.refused[0].column, "dx");
    /// assert_eq!(read.table.column("dx").unwrap().kind(), "text");
    /// # Ok::<(), riskset::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Reader::read`], but for columns that are refused.
    pub fn read_lenient<S: AsRef<str>>(&self, columns: &[S]) -> Result<Lenient> {
        let find = |name: &S| self.field(name.as_ref());
        let fields = columns.iter().map(find).collect::<Result<Vec<usize>>>()?;
        self.read_fields(fields)
    }

    /// Reads all columns, refused ones as text.
    ///
    /// # Errors
    /// As for [`Reader::read_lenient`].
    pub fn read_all_lenient(&self) -> Result<Lenient> {
        self.read_fields((0..self.header().len()).collect())
    }

    /// Reads all columns.
    ///
    /// # Errors
    /// As for [`Reader::read`].
    pub fn read_all(&self) -> Result<Table> {
        strict(self.read_all_lenient()?)
    }

    fn read_fields(&self, mut fields: Vec<usize>) -> Result<Lenient> {
        fields.sort_unstable();
        fields.dedup();
        Ok(self.raw(&fields)?.assemble(&self.rules))
    }

    /// Fields, ascending.
    fn raw(&self, fields: &[usize]) -> Result<Raw> {
        match &self.format {
            Format::Delimited(file) => file.read(fields, &self.rules),
            #[cfg(feature = "spreadsheets")]
            Format::Workbook(book) => book.read(fields),
            #[cfg(feature = "parquet")]
            Format::Parquet(file) => file.read(fields),
            #[cfg(feature = "spss")]
            Format::Spss(file) => file.read(fields),
            #[cfg(feature = "stata")]
            Format::Stata(file) => file.read(fields),
        }
    }

    fn field(&self, name: &str) -> Result<usize> {
        self.header().iter().position(|own| own == name).ok_or_else(|| {
            let mut error = DataError::new(format!("there is no column {name:?}"))
                .help(format!("the columns are {}", self.header().join(", ")));
            error.source = Some(self.name.clone());
            error.into()
        })
    }
}

/// The table, if no column was refused.
fn strict(read: Lenient) -> Result<Table> {
    match read.refused.into_iter().next() {
        Some(refused) => Err(refused.error),
        None => Ok(read.table),
    }
}
