//! From raw columns to a table: texts that are dates or numbers become so, and what was guessed
//! is noted.

use std::sync::Arc;

use rayon::prelude::*;

use super::options::PartialDate;
use super::typing::{Dates, Reading, Rules};
use crate::error::{DataError, Error};
use crate::note::Note;
use crate::table::{Category, Column, MISSING_INT, Origin, Table};

/// What a format's reader gives.
pub(crate) struct Raw {
    pub(crate) rows: usize,
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<RawColumn>,
    pub(crate) header: Vec<String>,
    pub(crate) origin: Arc<dyn Origin>,
    pub(crate) notes: Vec<Note>,
}

/// A column, and why it cannot be used if so.
pub(crate) struct RawColumn {
    pub(crate) column: Column,
    pub(crate) refused: Option<DataError>,
    /// The format of its dates, if it was guessed.
    pub(crate) guessed: Option<String>,
}

/// A file that knows rows by number only.
#[cfg(any(feature = "parquet", feature = "spss", feature = "stata"))]
#[derive(Debug)]
pub(crate) struct Rows(pub(crate) String);

#[cfg(any(feature = "parquet", feature = "spss", feature = "stata"))]
impl Origin for Rows {
    fn name(&self) -> &str {
        &self.0
    }

    fn line(&self, _row: usize) -> Option<u64> {
        None
    }
}

/// A table of which some columns stayed text because they were refused.
#[derive(Debug)]
pub struct Lenient {
    /// All columns; refused ones as the text that stands in the file.
    pub table: Table,
    /// Why each of the refused ones cannot be used as it is, in the order of the file.
    pub refused: Vec<Refused>,
}

/// A column that was refused.
#[derive(Debug)]
pub struct Refused {
    /// Its name.
    pub column: String,
    /// Why: what [`Reader::read`](super::Reader::read) fails with.
    pub error: Error,
}

/// What happened to columns while they were typed.
#[derive(Default)]
struct Findings {
    /// Columns by the format of their dates.
    formats: Vec<(String, Vec<String>)>,
    short_years: Vec<String>,
    commas: Vec<String>,
    points: Vec<String>,
    notes: Vec<Note>,
}

impl From<Column> for RawColumn {
    fn from(column: Column) -> Self {
        Self { column, refused: None, guessed: None }
    }
}

impl Raw {
    /// Types the columns.
    pub(crate) fn assemble(self, rules: &Rules) -> Lenient {
        let (mut refused, mut findings) = (Vec::new(), Findings::default());
        let mut table = Table::new(self.rows).with_header(self.header).with_origin(self.origin);
        for (name, raw) in self.names.into_iter().zip(self.columns) {
            if let Some(format) = &raw.guessed {
                findings.guessed(format, &name);
            }
            let (column, error) = match raw.refused {
                Some(error) => (raw.column, Some(error)),
                None => findings.typed(&name, raw.column, rules),
            };
            if let Some(error) = error {
                refused.push((name.clone(), error));
            }
            table.push(name, column);
        }
        let table = table.with_notes([self.notes, findings.notes(rules)].concat());
        let refused = refused.into_iter().map(|(column, error)| {
            let error = Error::from(error).locate(table.source(), |row| table.place(row));
            Refused { column, error }
        });
        let refused = refused.collect();
        Lenient { table, refused }
    }
}

impl Findings {
    /// The column as what it is, or as it was and why it is refused.
    fn typed(&mut self, name: &str, column: Column, rules: &Rules) -> (Column, Option<DataError>) {
        let category = match column {
            Column::Category(category) => category,
            Column::Integer(values) => {
                let dates = rules.numbers_as_dates(&values);
                return (dates.unwrap_or(Column::Integer(values)), None);
            }
            Column::Number { values, exact } => {
                if values.iter().any(|value| value.fract() != 0.0 && !value.is_nan()) {
                    self.points.push(name.to_owned());
                }
                return (Column::Number { values, exact }, None);
            }
            other => return (other, None),
        };
        match rules.classify(&category) {
            Reading::Text => (Column::Category(category), None),
            Reading::Numbers { values, exact } => {
                self.commas.push(name.to_owned());
                (Column::Number { values: by_code(&category, &values, f64::NAN), exact }, None)
            }
            Reading::Dates(dates) => {
                self.dates(name, &category, &dates, rules);
                (Column::Date(by_code(&category, &dates.days, MISSING_INT)), None)
            }
            Reading::Refused(refusal) => {
                let error = refusal.error(name, &category);
                (Column::Category(category), Some(error))
            }
        }
    }

    fn dates(&mut self, name: &str, category: &Category, dates: &Dates, rules: &Rules) {
        if let Some(format) = &dates.guessed {
            self.guessed(format, name);
        }
        if dates.short_years {
            self.short_years.push(name.to_owned());
        }
        let completed = rows(category, &dates.completed);
        if let (Some(rule), 1..) = (rules.partial_dates(), completed) {
            let (dates, rule) = (counted(completed, "incomplete date"), completion(rule));
            self.remark(format!("{name}: {dates} completed: {rule}"));
        }
        let cut = rows(category, &dates.cut);
        if cut > 0 {
            let dates = counted(cut, "date");
            self.remark(format!("{name}: {dates} with a time of day taken as the day"));
        }
    }

    fn guessed(&mut self, format: &str, name: &str) {
        match self.formats.iter_mut().find(|(own, _)| own == format) {
            Some((_, names)) => names.push(name.to_owned()),
            None => self.formats.push((format.to_owned(), vec![name.to_owned()])),
        }
    }

    fn remark(&mut self, text: String) {
        self.notes.push(Note::Remark(text));
    }

    fn notes(mut self, rules: &Rules) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut remark = |text| notes.push(Note::Remark(text));
        for (format, names) in &self.formats {
            remark(format!("dates read as {format}: {}", names.join(", ")));
        }
        if !self.short_years.is_empty() {
            let names = self.short_years.join(", ");
            remark(format!("years of two digits taken as 1969 to 2068: {names}"));
        }
        if !self.commas.is_empty() && !rules.doubts_points() {
            remark(format!("decimal comma: {}", self.commas.join(", ")));
            if !self.points.is_empty() {
                let names = self.points.join(", ");
                remark(format!(
                    "decimal point, in a file with decimal commas (say --decimal \",\" if it parts \
                     thousands): {names}"
                ));
            }
        }
        notes.append(&mut self.notes);
        notes
    }
}

fn completion(rule: PartialDate) -> &'static str {
    match rule {
        PartialDate::First => "1st of the month, 1 January",
        PartialDate::Middle => "15th of the month, 1 July",
        PartialDate::Last => "last of the month, 31 December",
    }
}

/// Shorter columns are not worth starting threads for.
const PARALLEL: usize = 1 << 16;

/// The value of each row by its code.
fn by_code<T: Copy + Send + Sync>(category: &Category, values: &[T], missing: T) -> Vec<T> {
    let value = |&code: &u32| values.get(code as usize).copied().unwrap_or(missing);
    match category.codes.len() < PARALLEL {
        true => category.codes.iter().map(value).collect(),
        false => category.codes.par_iter().map(value).collect(),
    }
}

/// How many rows have one of some levels.
fn rows(category: &Category, levels: &[bool]) -> usize {
    if !levels.contains(&true) {
        return 0;
    }
    let has = |&&code: &&u32| levels.get(code as usize).copied().unwrap_or(false);
    category.codes.iter().filter(has).count()
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
