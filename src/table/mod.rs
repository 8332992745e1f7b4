//! Typed columns: what a reader makes of a file and what formulas are bound to.

use std::sync::Arc;

use crate::note::Note;

/// The code of a missing category.
pub const MISSING_CODE: u32 = u32::MAX;
/// A missing whole number or date.
pub const MISSING_INT: i32 = i32::MIN;

/// One column of values; each kind has its own mark for "missing".
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Whole numbers; [`MISSING_INT`] is missing.
    Integer(Vec<i32>),
    /// Numbers; NaN is missing.
    Number {
        /// The values.
        values: Vec<f64>,
        /// Whether every value is an exact decimal of at most 12 significant digits, so that equal
        /// text is an equal number and nearby numbers are different ones. Computed values are not.
        exact: bool,
    },
    /// True or false: 1 or 0, anything else is missing.
    Boolean(Vec<u8>),
    /// Days since 1970-01-01; [`MISSING_INT`] is missing.
    Date(Vec<i32>),
    /// Text as codes into levels; [`MISSING_CODE`] is missing.
    Category(Category),
}

/// A categorical column.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// One code a row.
    pub codes: Vec<u32>,
    /// The text of each code. A reader orders them by [`level_order`].
    pub levels: Arc<Vec<String>>,
}

impl Category {
    /// Codes of the levels that are not finite numbers: what keeps a column that should be
    /// numbers from being one. "inf" and "nan" are among them, and what overflows.
    pub fn non_numeric(&self) -> Vec<u32> {
        let codes = self.levels.iter().zip(0..);
        codes.filter(|(level, _)| finite(level).is_none()).map(|(_, code)| code).collect()
    }
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Integer(values) | Self::Date(values) => values.len(),
            Self::Number { values, .. } => values.len(),
            Self::Boolean(values) => values.len(),
            Self::Category(category) => category.codes.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the value in a row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Integer(values) | Self::Date(values) => values[row] == MISSING_INT,
            Self::Number { values, .. } => values[row].is_nan(),
            Self::Boolean(values) => values[row] > 1,
            Self::Category(category) => category.codes[row] == MISSING_CODE,
        }
    }

    /// The rows given, in that order; they may repeat.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn gather(&self, rows: &[u32]) -> Self {
        fn take<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().map(|&row| values[row as usize]).collect()
        }
        match self {
            Self::Integer(values) => Self::Integer(take(values, rows)),
            Self::Date(values) => Self::Date(take(values, rows)),
            Self::Boolean(values) => Self::Boolean(take(values, rows)),
            Self::Number { values, exact } => {
                Self::Number { values: take(values, rows), exact: *exact }
            }
            Self::Category(Category { codes, levels }) => {
                Self::Category(Category { codes: take(codes, rows), levels: Arc::clone(levels) })
            }
        }
    }

    /// The kind in words, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) | Self::Number { .. } => "number",
            Self::Boolean(_) => "true/false",
            Self::Date(_) => "date",
            Self::Category(_) => "text",
        }
    }
}

/// Where the rows of a table came from, so that an error can name the line.
pub trait Origin: std::fmt::Debug + Send + Sync {
    /// The file as the user named it.
    fn name(&self) -> &str;
    /// The line, counted from 1, where a data row (counted from 0) begins. Called for errors only,
    /// so it may read the file again.
    fn line(&self, row: usize) -> Option<u64>;
    /// The row as the source counts, from 0; not a data row's number where a sheet has rows that
    /// are no data.
    fn row(&self, row: usize) -> usize {
        row
    }
}

/// Some rows of another source.
#[derive(Debug)]
struct Selected {
    whole: Arc<dyn Origin>,
    rows: Vec<u32>,
}

impl Origin for Selected {
    fn name(&self) -> &str {
        self.whole.name()
    }

    fn line(&self, row: usize) -> Option<u64> {
        self.whole.line(*self.rows.get(row)? as usize)
    }

    fn row(&self, row: usize) -> usize {
        self.rows.get(row).map_or(row, |&row| self.whole.row(row as usize))
    }
}

/// Columns of equal length with names.
#[derive(Debug, Clone, Default)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
    header: Vec<String>,
    rows: usize,
    origin: Option<Arc<dyn Origin>>,
    notes: Vec<Note>,
}

impl Table {
    /// A table of `rows` rows without columns.
    pub fn new(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// Adds a column.
    ///
    /// # Panics
    /// When its length is not the table's.
    pub fn push(&mut self, name: impl Into<String>, column: Column) {
        assert_eq!(column.len(), self.rows, "columns of a table have one length");
        self.names.push(name.into());
        self.columns.push(column);
    }

    /// Says which columns the source has, read or not (for "did you mean").
    pub fn with_header(mut self, header: Vec<String>) -> Self {
        self.header = header;
        self
    }

    /// Says where the rows came from.
    pub fn with_origin(mut self, origin: Arc<dyn Origin>) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The rows given, in that order; errors name the lines that they have in the source.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn select(&self, rows: &[u32]) -> Self {
        let selected = |whole: &Arc<dyn Origin>| -> Arc<dyn Origin> {
            Arc::new(Selected { whole: Arc::clone(whole), rows: rows.to_vec() })
        };
        Self {
            names: self.names.clone(),
            columns: self.columns.iter().map(|column| column.gather(rows)).collect(),
            header: self.header.clone(),
            rows: rows.len(),
            origin: self.origin.as_ref().map(selected),
            notes: self.notes.clone(),
        }
    }

    /// Says what was guessed or changed while the source was read.
    pub fn with_notes(mut self, notes: Vec<Note>) -> Self {
        self.notes = notes;
        self
    }

    /// The same source without any column, for naming rows after the columns are taken.
    pub(crate) fn without_columns(&self) -> Self {
        let (header, origin, notes) =
            (self.header.clone(), self.origin.clone(), self.notes.clone());
        Self { header, rows: self.rows, origin, notes, ..Self::default() }
    }

    /// What was guessed or changed while the source was read; nothing when it was plain.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Names of the columns that were read.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Names of all the columns that the source has.
    pub fn header(&self) -> &[String] {
        if self.header.is_empty() { &self.names } else { &self.header }
    }

    /// Looks a column up by its exact name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.names.iter().position(|own| own == name).map(|at| &self.columns[at])
    }

    /// Takes a column out, so that its memory can be used again.
    pub fn take(&mut self, name: &str) -> Option<Column> {
        let at = self.names.iter().position(|own| own == name)?;
        self.names.remove(at);
        Some(self.columns.remove(at))
    }

    /// The source's name, or a neutral word.
    pub fn source(&self) -> &str {
        self.origin.as_deref().map_or("data", Origin::name)
    }

    /// The line of the source where a row begins.
    pub fn line(&self, row: usize) -> Option<u64> {
        self.origin.as_deref().and_then(|origin| origin.line(row))
    }

    /// What an error names a data row by: its number as the source counts, from 0, and its line
    /// if it has one.
    pub fn place(&self, row: usize) -> (usize, Option<u64>) {
        let counted = self.origin.as_deref().map_or(row, |origin| origin.row(row));
        (counted, self.line(row))
    }
}

/// Sorts levels the way every output shows them: by number when all are numbers, else by code
/// point. Returns for each place in the order the index of the level that goes there.
pub fn level_order(levels: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..levels.len()).collect();
    let numbers: Option<Vec<f64>> = levels.iter().map(|level| finite(level)).collect();
    match numbers {
        Some(numbers) => order.sort_by(|&a, &b| {
            numbers[a].total_cmp(&numbers[b]).then_with(|| levels[a].cmp(&levels[b]))
        }),
        None => order.sort_by(|&a, &b| levels[a].cmp(&levels[b])),
    }
    order
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}
