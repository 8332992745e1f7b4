//! From the columns of a file to the columns that an analysis asks for.

use super::Plan;
use super::derive::{Derivation, PARTS, left_notes, shown};
use super::endpoint::{Dates, Endpoint, Rule};
use super::follow_up::Left;
use super::graph::Made;
use super::population::{Exclusion, Step};
use crate::error::{DataError, Error, ErrorKind, Result};
use crate::note::Note;
use crate::table::{Column, Table};

/// A table with everything that was asked for, in the rows that a plan keeps.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Prepared {
    /// The columns of the file in use, and those that were made.
    pub table: Table,
    /// How the rows of the file became these.
    pub flow: Flow,
    /// The rules, and what was found on the way.
    pub notes: Vec<Note>,
}

/// From the rows of the file to those that are analysed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// Rows of the file.
    pub rows: usize,
    /// Every condition, with how many rows it left out.
    pub steps: Vec<Step>,
}

impl Flow {
    /// Rows that the plan left out.
    pub fn left_out(&self) -> usize {
        self.steps.iter().map(|step| step.left_out).sum()
    }
}

/// A table on its way.
struct Work<'p> {
    plan: &'p Plan,
    strict: bool,
    table: Table,
    notes: Vec<Note>,
}

impl Plan {
    /// The columns of the file that an analysis of these columns needs, also for the population.
    pub fn columns(&self, names: &[String], header: &[String]) -> Vec<String> {
        let mut all = names.to_vec();
        all.extend(self.exclusions.iter().flat_map(Exclusion::columns));
        all.extend(self.subject.iter().chain(&self.cluster).cloned());
        let mut columns = self.sources(&all);
        columns.retain(|name| header.contains(name));
        columns
    }

    /// Leaves out whom the plan leaves out, and makes the columns asked for.
    ///
    /// # Errors
    /// An expression does not fit the data, a date is none, dates cannot be, or all origins lie
    /// after the cutoff; with `strict`, also dates that are only doubtful.
    pub fn prepare(&self, table: Table, names: &[String], strict: bool) -> Result<Prepared> {
        let rows = table.rows();
        let notes = table.notes().to_vec();
        let mut work = Work { plan: self, strict, table, notes };
        work.check_names()?;
        work.name_variables();
        let steps = work.select()?;
        work.check_subjects()?;
        for name in names {
            work.make(name)?;
        }
        let Work { table, notes, .. } = work;
        Ok(Prepared { table, flow: Flow { rows, steps }, notes })
    }
}

impl Work<'_> {
    /// A derived variable must not hide a column of the file.
    fn check_names(&self) -> Result<()> {
        let derived =
            self.plan.derived.iter().map(|own| (format!("derive.{}", own.name), own.name.clone()));
        let ends = self.plan.endpoints.iter().filter(|own| own.is_derived());
        let ends = ends.flat_map(|own| {
            PARTS.map(|part| (format!("endpoint.{}", own.name()), own.column(part)))
        });
        match derived.chain(ends).find(|(_, name)| self.table.header().contains(name)) {
            None => Ok(()),
            Some((key, name)) => Err(Error::analysis(format!(
                "{}: {key}: {} has a column {name} already; give the new one another name",
                self.plan.path.display(),
                self.table.source()
            ))),
        }
    }

    /// A name that is mistyped may be meant for a variable that the plan makes.
    fn name_variables(&mut self) {
        let header = [self.table.header(), &self.plan.variables()].concat();
        self.table = std::mem::take(&mut self.table).with_header(header);
    }

    /// One row a subject.
    fn check_subjects(&self) -> Result<()> {
        let Some(name) = self.plan.subject.as_deref() else { return Ok(()) };
        let Some(column) = self.table.column(name) else {
            return Err(Error::analysis(format!(
                "{}: subject: {} has no column {name}",
                self.plan.path.display(),
                self.table.source()
            )));
        };
        let mut error = DataError::new("subjects have more than one row").help(
            "keep one row a subject, as by where = '…'; without subject in the plan, rows are subjects",
        );
        let mut first = std::collections::HashMap::new();
        for row in (0..column.len()).filter(|&row| !column.is_missing(row)) {
            let before = *first.entry(key(column, row)).or_insert(row);
            if before < row {
                let line = self.table.line(before);
                let place = line.map_or_else(String::new, |line| format!(", also in line {line}"));
                error.push(row, name, format_args!("{}{place}", shown(column, row)));
            }
        }
        error.check().map_err(|error| self.locate(error))
    }

    /// Applies conditions and exclusions.
    fn select(&mut self) -> Result<Vec<Step>> {
        let plan = self.plan;
        for name in plan.exclusions.iter().flat_map(Exclusion::columns) {
            self.make(&name)?;
        }
        let mut keep = vec![1; self.table.rows()];
        let mut steps = Vec::new();
        for exclusion in &plan.exclusions {
            let step = exclusion.apply(&self.table, &mut keep, &mut self.notes);
            let step = step.map_err(|error| match error.kind() {
                ErrorKind::Formula(_) => self.in_plan("where and exclude", &error),
                _ => error,
            });
            steps.push(step?);
        }
        if keep.contains(&0) {
            let rows = (0..keep.len() as u32).filter(|&row| keep[row as usize] == 1);
            self.table = self.table.select(&rows.collect::<Vec<u32>>());
        }
        let left_out = steps.iter().filter(|own| own.left_out > 0);
        self.notes.extend(left_out.map(|own| Note::Remark(own.sentence())));
        Ok(steps)
    }

    /// Makes a column that is not there yet.
    fn make(&mut self, name: &str) -> Result<()> {
        if self.table.column(name).is_some() {
            return Ok(());
        }
        let Some(made) = self.plan.maker(name) else { return Ok(()) };
        for column in made.columns() {
            self.make(&column)?;
        }
        match made {
            Made::Variable(own) => {
                let mut notes = Vec::new();
                let made = own.expr.evaluate_noting(&self.table, &mut notes);
                let column =
                    made.map_err(|error| self.in_plan(&format!("derive.{name}"), &error))?;
                let column = column.into_owned();
                self.notes.append(&mut notes);
                self.table.push(name, column);
            }
            Made::Endpoint(own) => self.endpoint(own)?,
        }
        Ok(())
    }

    fn endpoint(&mut self, own: &Endpoint) -> Result<()> {
        let plan = self.plan;
        let Rule::Dates(dates) = &own.rule else { return Ok(()) };
        let cutoff = plan.settings.cutoff;
        let done = own.derive(dates, &self.table, cutoff);
        let done = done.map_err(|error| match error.kind() {
            ErrorKind::Formula(_) => self.in_plan(&format!("endpoint.{}", own.name()), &error),
            _ => error,
        })?;
        self.check_cutoff(own, &done)?;
        let subject = |row| self.subject(row);
        if let Some(error) = done.doubts.error(self.strict, &plan.allowed, subject) {
            let error = error.help(EXCLUDE);
            return Err(self.locate(error.into()));
        }
        let text = own.sentence(plan.settings.cutoff_text().as_deref());
        let mut notes = vec![Note::Remark(text)];
        notes.extend(left_notes(own.name(), &done.left, dates));
        notes.extend(self.suggested_entry(own, dates));
        notes.extend(done.doubts.notes(own.name(), subject));
        self.notes.extend(notes);
        for (name, column) in done.columns {
            self.table.push(name, column);
        }
        Ok(())
    }

    /// A cutoff before all began is a slip of the pen.
    fn check_cutoff(&self, own: &Endpoint, done: &Derivation) -> Result<()> {
        let rows = |reason| done.left.iter().find(|(own, _)| *own == reason).map_or(0, |own| own.1);
        let late = rows(Left::AfterCutoff);
        let all = late > 0 && late + rows(Left::NoOrigin) == self.table.rows();
        match self.plan.cutoff() {
            Some(cutoff) if all => Err(Error::analysis(format!(
                "{}: data.cutoff: {cutoff} lies before every origin of {}",
                self.plan.path.display(),
                own.name()
            ))),
            _ => Ok(()),
        }
    }

    /// Who comes to a centre long after the diagnosis lived until then.
    fn suggested_entry(&self, own: &Endpoint, dates: &Dates) -> Option<Note> {
        let origin = dates.origin.to_string().to_lowercase();
        if dates.entry.is_some() || !["diag", "dx"].iter().any(|word| origin.contains(word)) {
            return None;
        }
        let later = |name: &&String| {
            let name = name.to_lowercase();
            REFERRALS.iter().any(|word| name.contains(word))
        };
        let column = self.table.header().iter().find(later)?;
        Some(Note::Remark(format!(
            "{}: time counts from {}, and the data have {column}: if patients are known to the centre \
             from then on only, entry = \"{column}\" counts them from then on (delayed entry)",
            own.name(),
            dates.origin
        )))
    }

    /// `subject 17: `, where subjects have names.
    fn subject(&self, row: usize) -> String {
        let column = self.plan.subject.as_deref().and_then(|name| self.table.column(name));
        let name = column.map(|column: &Column| format!("subject {}: ", shown(column, row)));
        name.unwrap_or_default()
    }

    /// Says in which entry of the plan an expression stands.
    fn in_plan(&self, key: &str, error: &Error) -> Error {
        Error::analysis(format!("{}: {key}: {error}", self.plan.path.display()))
    }

    fn locate(&self, error: Error) -> Error {
        error.locate(self.table.source(), |row| self.table.place(row))
    }
}

/// A value that is there as a number that no other value of the column has.
fn key(column: &Column, row: usize) -> u64 {
    match column {
        Column::Integer(values) | Column::Date(values) => u64::from(values[row] as u32),
        Column::Number { values, .. } => values[row].to_bits(),
        Column::Boolean(values) => u64::from(values[row]),
        Column::Category(category) => u64::from(category.codes[row]),
    }
}

/// Parts of names of the day on which a patient came to a centre.
const REFERRALS: [&str; 6] = ["referr", "registr", "enrol", "inclusion", "zuweis", "aufnahme"];

const EXCLUDE: &str = "correct the dates, or leave the subjects out: [[exclude]] with ids = [\"…\"] (and subject = \
                       \"…\") or where = '…'; allow = [\"contact after death\"] lets a rule pass";
