//! Sheets of workbooks: xlsx, xlsm, xlsb, xls and ods. A cell becomes the text that a CSV file
//! would have in its place, so that everything after is the same.

use std::fmt::Write;
use std::io::Cursor;
use std::sync::Arc;

use calamine::{
    CellErrorType, Data, ExcelDateTime, Ods, OdsError, Range, Reader, SheetType, SheetVisible,
    Sheets, Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};
use memchr::memmem;

use super::assemble::{Raw, RawColumn};
use super::names::check_unique;
use super::options::{Encoding, ReadOptions};
use super::source::Source;
use super::typing::{Missing, Written};
use crate::error::{DataError, Error, Problem, Result};
use crate::note::Note;
use crate::table::Origin;

type Bytes = Cursor<Vec<u8>>;

/// A sheet whose header has been read.
#[derive(Debug)]
pub(super) struct Workbook {
    names: Vec<String>,
    cells: Range<Data>,
    /// Rows of the range that hold data.
    rows: Vec<usize>,
    origin: Arc<SheetRows>,
    missing: Missing,
    notes: Vec<Note>,
}

/// Where data rows are in the sheet.
#[derive(Debug)]
struct SheetRows {
    name: String,
    rows: Vec<usize>,
}

impl Workbook {
    /// Reads the sheet that was asked for, or the first with anything in it.
    pub(super) fn new(source: &Source, options: &ReadOptions) -> Result<Self> {
        let failed = |reason: String| Error::file(source.name(), reason);
        let mut book = open(source.whole()?).map_err(failed)?;
        let (cells, notes) = match &options.sheet {
            Some(sheet) => (asked(&mut book, sheet).map_err(failed)?, Vec::new()),
            None => first(&mut book).map_err(failed)?,
        };
        let from = cells.start().map_or(0, |(row, _)| row as usize);
        let mut filled = (0..cells.height()).filter(|&row| !is_blank(&cells, row));
        let header = filled.next().ok_or_else(|| failed("the sheet is empty".to_owned()))?;
        let rows: Vec<usize> = filled.collect();
        if rows.is_empty() {
            return Err(failed("has a header but no rows".to_owned()));
        }
        let names = names(&cells, header);
        let place = Problem { row: Some(from + header), ..Problem::default() };
        check_unique(&names, source.name(), &place)?;
        let in_sheet = rows.iter().map(|row| from + row).collect();
        let origin = Arc::new(SheetRows { name: source.name().to_owned(), rows: in_sheet });
        let missing = Missing::new(&options.missing, &[Encoding::Utf8]);
        Ok(Self { names, cells, rows, origin, missing, notes })
    }

    /// Names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.names
    }

    /// Reads columns, ascending.
    pub(super) fn read(&self, wanted: &[usize]) -> Result<Raw> {
        let columns = wanted.iter().map(|&column| self.column(column)).collect::<Result<_>>()?;
        Ok(Raw {
            rows: self.rows.len(),
            names: wanted.iter().map(|&column| self.names[column].clone()).collect(),
            columns,
            header: self.names.clone(),
            origin: self.origin.clone(),
            notes: self.notes.clone(),
        })
    }

    fn column(&self, column: usize) -> Result<RawColumn> {
        let mut written = Written::new(&self.origin.name);
        let comma = self.has_commas(column);
        for cell in self.cells(column) {
            push(&mut written.text, cell, comma);
            written.end()?;
        }
        let refused = self.failed_formulas(column);
        Ok(RawColumn { refused, ..written.column(&self.missing)?.into() })
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &Data> {
        self.rows.iter().map(move |&row| self.cells.get((row, column)).unwrap_or(&Data::Empty))
    }

    /// Whether numbers stand as text with a decimal comma, and none with a point.
    fn has_commas(&self, column: usize) -> bool {
        let with = |mark: char| {
            self.cells(column).any(|cell| match cell {
                Data::String(text) => {
                    let rest = text.trim().trim_start_matches('-');
                    let number = |c: char| c.is_ascii_digit() || c == mark;
                    rest.contains(mark) && rest.chars().all(number)
                }
                _ => false,
            })
        };
        with(',') && !with('.')
    }

    /// Formulas that gave no value. `#N/A` says that there is none, which is a missing value.
    fn failed_formulas(&self, column: usize) -> Option<DataError> {
        let name = &self.names[column];
        let mut error = DataError::new(format!("{name} has formulas that failed"))
            .help("mend them, or say that they are missing: --missing \"#DIV/0!\"");
        for (row, cell) in self.cells(column).enumerate() {
            if let Data::Error(kind) = cell
                && *kind != CellErrorType::NA
                && !self.missing.has_str(&kind.to_string())
            {
                error.push(row, name, kind);
            }
        }
        (error.total > 0).then_some(error)
    }
}

/// Writes a cell; numbers with the decimal mark of the column's texts.
fn push(text: &mut String, cell: &Data, comma: bool) {
    // Writing to a string does not fail.
    let _ = match cell {
        Data::Empty | Data::Error(CellErrorType::NA) => Ok(()),
        Data::String(own) | Data::DateTimeIso(own) | Data::DurationIso(own) => {
            text.write_str(own.trim())
        }
        Data::Int(value) => write!(text, "{value}"),
        Data::Float(value) if comma => text.write_str(&value.to_string().replace('.', ",")),
        Data::Float(value) => write!(text, "{value}"),
        Data::Bool(value) => write!(text, "{value}"),
        Data::DateTime(value) => text.write_str(&date_time(value)),
        Data::Error(kind) => write!(text, "{kind}"),
    };
}

impl Origin for SheetRows {
    fn name(&self) -> &str {
        &self.name
    }

    fn line(&self, _row: usize) -> Option<u64> {
        None
    }

    fn row(&self, row: usize) -> usize {
        self.rows.get(row).copied().unwrap_or(row)
    }
}

/// A serial date as ISO text. Day 60 of the 1900 system is 29 February 1900, which no calendar
/// has; it is left to be found as such.
fn date_time(value: &ExcelDateTime) -> String {
    let serial = value.as_f64();
    if value.is_duration() || serial < 0.0 {
        return format!("{serial} days");
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}.{milli:03}");
    let is_midnight = (hour, minute, second, milli) == (0, 0, 0, 0);
    match (serial < 1.0 && year < 1900, is_midnight) {
        (true, _) => time,
        (false, true) => format!("{year:04}-{month:02}-{day:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02}T{time}"),
    }
}

/// Opens a workbook by what its bytes are.
fn open(bytes: Vec<u8>) -> std::result::Result<Sheets<Bytes>, String> {
    let has = |text: &str| memmem::find(&bytes, text.as_bytes()).is_some();
    let (is_ods, is_xlsb) = (has("opendocument.spreadsheet"), has("xl/workbook.bin"));
    let is_zip = bytes.starts_with(b"PK");
    let encrypted = !is_zip && has(&wide("EncryptedPackage"));
    let bytes = Cursor::new(bytes);
    if encrypted {
        return Err(PROTECTED.to_owned());
    }
    if !is_zip {
        return Xls::new(bytes).map(Sheets::Xls).map_err(|error| match error {
            XlsError::Password => PROTECTED.to_owned(),
            error => broken("xls", error),
        });
    }
    if is_ods {
        return Ods::new(bytes).map(Sheets::Ods).map_err(|error| match error {
            OdsError::Password => PROTECTED.to_owned(),
            error => broken("ods", error),
        });
    }
    if is_xlsb {
        return Xlsb::new(bytes).map(Sheets::Xlsb).map_err(|error| match error {
            XlsbError::Password => PROTECTED.to_owned(),
            error => broken("xlsb", error),
        });
    }
    Xlsx::new(bytes).map(Sheets::Xlsx).map_err(|error| match error {
        XlsxError::Password => PROTECTED.to_owned(),
        error => broken("xlsx", error),
    })
}

const PROTECTED: &str = "is protected by a password; open it in a spreadsheet program and save it \
     without";

fn broken(kind: &str, error: impl std::fmt::Display) -> String {
    format!("is no {kind} workbook that can be read: {error}")
}

/// As names stand in the directory of an old container.
fn wide(text: &str) -> String {
    text.chars().flat_map(|c| [c, '\0']).collect()
}

/// The sheet of a name or number.
fn asked(book: &mut Sheets<Bytes>, sheet: &str) -> std::result::Result<Range<Data>, String> {
    let names = book.sheet_names();
    let by_number =
        || sheet.trim().parse::<usize>().ok()?.checked_sub(1).and_then(|at| names.get(at));
    let found = names.iter().find(|name| name.trim() == sheet.trim()).or_else(by_number);
    let Some(name) = found.cloned() else {
        let listed: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        return Err(format!("has no sheet {sheet:?}; its sheets are {}", listed.join(", ")));
    };
    book.worksheet_range(&name).map_err(|error| broken_sheet(&name, error))
}

/// The first visible sheet that has anything in it, and a note if there are more.
fn first(book: &mut Sheets<Bytes>) -> std::result::Result<(Range<Data>, Vec<Note>), String> {
    let is_visible = |sheet: &&calamine::Sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    };
    let names: Vec<String> =
        book.sheets_metadata().iter().filter(is_visible).map(|sheet| sheet.name.clone()).collect();
    let mut found: Option<(String, Range<Data>)> = None;
    let mut others = Vec::new();
    for name in names {
        match (book.worksheet_range(&name), &found) {
            (Ok(range), _) if range.used_cells().next().is_none() => {}
            (Ok(range), None) => found = Some((name, range)),
            (Err(error), None) => return Err(broken_sheet(&name, error)),
            (_, Some(_)) => others.push(name),
        }
    }
    let (name, range) = found.ok_or_else(|| "no sheet has anything in it".to_owned())?;
    let others = others.join(", ");
    let note =
        || Note::Remark(format!("read from the first sheet, {name}; not from {others} (--sheet)"));
    let notes = (!others.is_empty()).then(note).into_iter().collect();
    Ok((range, notes))
}

fn broken_sheet(name: &str, error: impl std::fmt::Display) -> String {
    format!("sheet {name:?} cannot be read: {error}")
}

fn is_blank(cells: &Range<Data>, row: usize) -> bool {
    (0..cells.width()).all(|column| match cells.get((row, column)) {
        None | Some(Data::Empty) => true,
        Some(Data::String(text)) => text.trim().is_empty(),
        _ => false,
    })
}

/// The header up to the last column that has a name or a value.
fn names(cells: &Range<Data>, header: usize) -> Vec<String> {
    let text = |column| match cells.get((header, column)) {
        None | Some(Data::Empty) => String::new(),
        Some(Data::DateTime(value)) => date_time(value),
        Some(cell) => cell.to_string().trim().to_owned(),
    };
    let is_empty = |column: usize| {
        (header..cells.height())
            .all(|row| matches!(cells.get((row, column)), None | Some(Data::Empty)))
    };
    let end = (0..cells.width()).rev().find(|&column| !is_empty(column)).map_or(0, |last| last + 1);
    (0..end).map(text).collect()
}
