//! Errors that say what was found, where, and what to do about it.

use std::fmt;

/// The result of anything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How many offending rows an error shows; the rest are counted.
pub const SHOWN_PROBLEMS: usize = 20;

/// An error; [`Error::kind`] tells which.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<ErrorKind>);

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file could not be opened, read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file as the user named it.
        path: String,
        /// What the system or the format said.
        reason: String,
    },
    /// Rows of the data break a rule.
    #[error("{0}")]
    Data(DataError),
    /// A formula or expression cannot be read, or names what is not there.
    #[error("{0}")]
    Formula(FormulaError),
    /// A plan file says what cannot be.
    #[error("{0}")]
    Plan(PlanError),
    /// An option has a value that it cannot have.
    #[error("{0}")]
    Option(String),
    /// The data are valid, but the analysis asked for cannot be done on them.
    #[error("{0}")]
    Analysis(String),
}

/// Rows that break one rule: the first [`SHOWN_PROBLEMS`] of them, and how many there are.
#[derive(Debug, Default)]
pub struct DataError {
    /// File (or other source) of the rows, once known.
    pub source: Option<String>,
    /// The rule that is broken, in one sentence.
    pub summary: String,
    /// The first offenders, in file order.
    pub problems: Vec<Problem>,
    /// How many offenders there are in all; at least `problems.len()`.
    pub total: usize,
    /// What to do.
    pub help: Option<String>,
}

/// One offending cell or row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// Row of the data, counted from 0, header not counted.
    pub row: Option<usize>,
    /// Line of the file, counted from 1, where the row begins.
    pub line: Option<u64>,
    /// Name of the column or variable.
    pub column: Option<String>,
    /// What stands there.
    pub found: String,
}

/// Trouble in a formula, pointing at the characters concerned.
#[derive(Debug)]
pub struct FormulaError {
    /// The whole text.
    pub text: String,
    /// Byte range in `text` that is at fault.
    pub span: std::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Whether the text alone is wrong (else: it does not fit the data).
    pub syntax: bool,
}

/// Trouble in a plan file, at a key.
#[derive(Debug)]
pub struct PlanError {
    /// The file as the user named it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The key with the tables that it is in, as `endpoint.PFS.origin`; empty for the whole file.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// The exit status the command line gives: 2 when the words of the call are at fault (an
    /// option's value, a formula that cannot be read), 1 when the data or the analysis are.
    pub fn exit_status(&self) -> i32 {
        match self.kind() {
            ErrorKind::Option(_) => 2,
            ErrorKind::Formula(error) if error.syntax => 2,
            _ => 1,
        }
    }

    /// An option has an impossible value.
    pub fn option(message: impl Into<String>) -> Self {
        ErrorKind::Option(message.into()).into()
    }

    /// The analysis cannot be done on these data.
    pub fn analysis(message: impl Into<String>) -> Self {
        ErrorKind::Analysis(message.into()).into()
    }

    /// A file failed.
    pub fn file(path: impl Into<String>, reason: impl fmt::Display) -> Self {
        ErrorKind::File { path: path.into(), reason: reason.to_string() }.into()
    }

    /// Gives the columns of a data error the names that the user knows them by.
    pub(crate) fn name_columns(mut self, name: impl Fn(&str) -> Option<String>) -> Self {
        if let ErrorKind::Data(error) = &mut *self.0 {
            for column in error.problems.iter_mut().filter_map(|own| own.column.as_mut()) {
                *column = name(column).unwrap_or_else(|| column.clone());
            }
        }
        self
    }

    /// Completes the rows of a data error with what only the reader knows: the source's name, the
    /// row in the file, and the line where it begins.
    pub fn locate(mut self, source: &str, place: impl Fn(usize) -> (usize, Option<u64>)) -> Self {
        if let ErrorKind::Data(error) = &mut *self.0 {
            error.source.get_or_insert_with(|| source.to_owned());
            for problem in &mut error.problems {
                if let (Some(row), None) = (problem.row, problem.line) {
                    let (row, line) = place(row);
                    (problem.row, problem.line) = (Some(row), line);
                }
            }
        }
        self
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        ErrorKind::Data(error).into()
    }
}

impl From<FormulaError> for Error {
    fn from(error: FormulaError) -> Self {
        ErrorKind::Formula(error).into()
    }
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        ErrorKind::Plan(error).into()
    }
}

impl PlanError {
    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl DataError {
    /// An error without rows yet.
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), ..Self::default() }
    }

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds an offender; beyond the first [`SHOWN_PROBLEMS`] it is only counted.
    pub fn push(&mut self, row: usize, column: &str, found: impl fmt::Display) {
        self.total += 1;
        if self.problems.len() < SHOWN_PROBLEMS {
            let (column, found) = (Some(column.to_owned()), found.to_string());
            self.problems.push(Problem { row: Some(row), line: None, column, found });
        }
    }

    /// Adds an offender that is a whole row.
    pub fn push_row(&mut self, row: usize, found: impl fmt::Display) {
        self.total += 1;
        if self.problems.len() < SHOWN_PROBLEMS {
            let found = found.to_string();
            self.problems.push(Problem { row: Some(row), line: None, column: None, found });
        }
    }

    /// `Err` when there is an offender.
    pub fn check(self) -> Result<()> {
        if self.total == 0 { Ok(()) } else { Err(self.into()) }
    }
}

impl FormulaError {
    /// A text that is wrong whatever the data are, at these bytes.
    pub fn syntax(text: &str, span: std::ops::Range<usize>, message: impl Into<String>) -> Self {
        Self { text: text.to_owned(), span, message: message.into(), help: None, syntax: true }
    }

    /// A text that does not fit the data, at these bytes.
    pub fn misfit(text: &str, span: std::ops::Range<usize>, message: impl Into<String>) -> Self {
        Self { syntax: false, ..Self::syntax(text, span, message) }
    }

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}: ")?;
        }
        write!(f, "{}", self.summary)?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        let rest = self.total.saturating_sub(self.problems.len());
        if rest > 0 {
            write!(f, "\n  and {rest} more")?;
        }
        write_help(f, self.help.as_deref())
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, key, message, .. } = self;
        match key.as_str() {
            "" => write!(f, "{file}: line {line}: {message}")?,
            key => write!(f, "{file}: line {line}, {key}: {message}")?,
        }
        write_help(f, self.help.as_deref())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        match (self.line, self.row) {
            (Some(line), _) => write!(f, "line {line}")?,
            (None, Some(row)) => write!(f, "row {}", row + 1)?,
            (None, None) => {}
        }
        if self.line.is_some() || self.row.is_some() {
            separator = ", ";
        }
        if let Some(column) = &self.column {
            write!(f, "{separator}column {column}")?;
            separator = ": ";
        } else if !separator.is_empty() {
            separator = ": ";
        }
        write!(f, "{separator}{}", self.found)
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line_start = self.text[..self.span.start].rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[line_start..].lines().next().unwrap_or("");
        let column = self.text[line_start..self.span.start].chars().count();
        let width = self.text[self.span.clone()].chars().count();
        let width = width.clamp(1, line.chars().count().saturating_sub(column).max(1));
        writeln!(f, "formula: {}", self.message)?;
        writeln!(f, "  {line}")?;
        write!(f, "  {}{}", " ".repeat(column), "^".repeat(width))?;
        write_help(f, self.help.as_deref())
    }
}

fn write_help(f: &mut fmt::Formatter<'_>, help: Option<&str>) -> fmt::Result {
    match help {
        Some(help) => write!(f, "\nhelp: {help}"),
        None => Ok(()),
    }
}
