//! Where rows come from: a file, or what a plan makes of one.

use std::path::{Path, PathBuf};

use super::args::{OutputArgs, ReadingArgs, SourceArgs};
use super::progress;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::formula::{Formula, Outcome};
use crate::io::{ReadOptions, Reader};
use crate::note::Note;
use crate::plan::Plan;
use crate::table::{Column, Table};

/// The data of a command.
pub(super) struct Data<'a> {
    source: &'a SourceArgs,
    plan: Option<Plan>,
    shared: Option<&'a Shared>,
}

/// What was read: the rows that a plan keeps, with what it says about them.
pub(super) struct Rows {
    pub(super) table: Table,
    pub(super) left_out: usize,
    pub(super) notes: Vec<Note>,
}

impl<'a> Data<'a> {
    /// What several analyses share, a file, or the plan that a TOML file is.
    pub(super) fn new(source: &'a SourceArgs, shared: Option<&'a Shared>) -> Result<Self> {
        if shared.is_none() && !is_plan(&source.data) {
            return Ok(Self { source, plan: None, shared });
        }
        refuse_reading_options(&source.reading)?;
        let plan = match shared {
            Some(shared) => shared.plan().clone(),
            None => Plan::open(&source.data)?,
        };
        Ok(Self { source, plan: Some(plan), shared })
    }

    /// As [`new`](Self::new); where the formula names an endpoint and the file is of CDISC's ADTTE
    /// form, the endpoint is one of its parameters.
    pub(super) fn with_endpoint(
        source: &'a SourceArgs,
        shared: Option<&'a Shared>,
        formula: &Formula,
    ) -> Result<Self> {
        let own = Self::new(source, shared)?;
        match formula.outcome() {
            Outcome::Endpoint(name) if own.plan.is_none() && source.data != "-" => {
                let reader = Reader::open(&source.data, source.reading.options())?;
                let plan = Plan::adtte(&source.data, reader.header(), &name.columns().concat())?;
                Ok(Self { plan, ..own })
            }
            _ => Ok(own),
        }
    }

    pub(super) fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// The data as reports call them.
    pub(super) fn name(&self) -> String {
        match (&self.plan, self.source.data.as_str()) {
            (Some(plan), _) if self.shared.is_some() => plan.data().to_owned(),
            (Some(plan), _) => plan.file().to_string_lossy().into_owned(),
            (None, "-") => "standard input".to_owned(),
            (None, file) => file.to_owned(),
        }
    }

    /// Reads the columns that are chosen of those that there are, all for `None`. One that is not
    /// there is left to whoever uses it, who can say where it stands. The options are those of a
    /// file without a plan.
    pub(super) fn read(
        &self,
        options: ReadOptions,
        output: &OutputArgs,
        choose: impl FnOnce(&[String]) -> Result<Option<Vec<String>>>,
    ) -> Result<Rows> {
        let opened;
        let reader = match self.shared {
            Some(shared) => shared.reader(),
            None => {
                opened = self.open(options, output)?;
                &opened
            }
        };
        let Some(plan) = &self.plan else {
            let table = match choose(reader.header())? {
                None => reader.read_all()?,
                Some(names) => {
                    let wanted = among(reader.header(), &names);
                    let table = reader.read(&with_origin(wanted, reader))?;
                    one_draw(&table, &names)?;
                    table
                }
            };
            let notes = [table.notes(), &pseudo(&table)].concat();
            return Ok(Rows { left_out: 0, notes, table });
        };
        let header = [reader.header(), &plan.variables()].concat();
        let names = choose(&header)?.unwrap_or(header);
        let columns = plan.columns(&names, reader.header());
        let table = reader.read(&with_origin(columns.iter().collect(), reader))?;
        one_draw(&table, &names)?;
        let pseudo = pseudo(&table);
        let prepared = plan.prepare(table, &names, self.source.strict)?;
        let left_out = prepared.flow.left_out();
        let notes = [prepared.notes, pseudo].concat();
        Ok(Rows { table: prepared.table, left_out, notes })
    }

    fn open(&self, options: ReadOptions, output: &OutputArgs) -> Result<Reader> {
        let options = match &self.plan {
            Some(plan) if is_plan(&self.source.data) => plan.options(),
            _ => options,
        };
        Reader::open(self.path(), progress::shown(options, output.quiet))
    }

    fn path(&self) -> PathBuf {
        match &self.plan {
            Some(plan) => plan.file(),
            None => (&self.source.data).into(),
        }
    }
}

/// The files that are read: the data, and those of a plan.
pub(super) fn files(source: &SourceArgs) -> Result<Vec<PathBuf>> {
    let plan = is_plan(&source.data).then(|| Plan::open(&source.data)).transpose()?;
    let data = PathBuf::from(&source.data);
    Ok(std::iter::once(data).chain(plan.map(|own| own.file())).collect())
}

/// The column that says whether rows are patients, and that of draws of a reconstruction.
const ORIGIN: [&str; 2] = ["origin", "draw"];

/// The columns and, where there are such, those of the rows' origin.
pub(super) fn with_origin<'h>(mut columns: Vec<&'h String>, reader: &'h Reader) -> Vec<&'h String> {
    let header = reader.header();
    if header.iter().any(|own| own == ORIGIN[0]) {
        let own = header.iter().filter(|own| ORIGIN.contains(&own.as_str()));
        let own: Vec<&String> = own.filter(|own| !columns.contains(own)).collect();
        columns.extend(own);
    }
    columns
}

fn is_pseudo(table: &Table) -> bool {
    match table.column(ORIGIN[0]) {
        Some(Column::Category(own)) => own.levels.iter().any(|level| level == "pseudo"),
        _ => false,
    }
}

/// What is to be said about rows that are no patients.
pub(super) fn pseudo(table: &Table) -> Vec<Note> {
    if is_pseudo(table) { vec![Note::PseudoCohort] } else { Vec::new() }
}

/// Several draws of one cohort are not so many times its rows.
fn one_draw(table: &Table, used: &[String]) -> Result<()> {
    let (Some(Column::Integer(draws)), true) = (table.column(ORIGIN[1]), is_pseudo(table)) else {
        return Ok(());
    };
    let several = draws.iter().any(|own| Some(own) != draws.first());
    match several && !used.iter().any(|own| own == ORIGIN[1]) {
        true => Err(Error::analysis(format!(
            "{}: the file holds several draws of one reconstructed cohort, not so many times its \
             rows; analyse each (--by draw) and give the range, or one (--where \"draw == 1\")",
            table.source()
        ))),
        false => Ok(()),
    }
}

fn among<'h>(header: &'h [String], names: &[String]) -> Vec<&'h String> {
    header.iter().filter(|name| names.contains(name)).collect()
}

/// A plan, where nothing else will do.
pub(super) fn whole_plan(file: &str) -> Result<Plan> {
    if !is_plan(file) {
        let message = format!("{file}: a plan is asked for, a file that ends in .toml");
        return Err(Error::option(message));
    }
    Plan::open(file)
}

/// Whether a file is a plan, by its name.
pub(super) fn is_plan(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|own| own.eq_ignore_ascii_case("toml"))
}

/// Words after --missing that say what is done about missing covariates of models.
pub(super) const RULES: [&str; 2] = ["level", "complete"];

/// A plan says itself how its file is read.
fn refuse_reading_options(reading: &ReadingArgs) -> Result<()> {
    let given = [
        ("--delimiter", reading.delimiter.is_some()),
        ("--decimal", reading.decimal.is_some()),
        ("--encoding", reading.encoding.is_some()),
        ("--dates", !reading.dates.is_empty()),
        ("--partial-dates", reading.partial_dates.is_some()),
        ("--sheet", reading.sheet.is_some()),
        ("--missing", reading.missing.iter().any(|word| !RULES.contains(&word.as_str()))),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Error::option(format!(
            "{option}: the plan says how its file is read; write it there, under data"
        ))),
        None => Ok(()),
    }
}

impl ReadingArgs {
    /// How the data are to be read.
    pub(super) fn options(&self) -> ReadOptions {
        let options = self.values();
        let options = apply(options, self.delimiter, ReadOptions::delimiter);
        let options = apply(options, self.encoding, ReadOptions::encoding);
        apply(options, self.sheet.as_deref(), ReadOptions::sheet)
    }

    /// How values are written, in the data and in files beside them.
    pub(super) fn values(&self) -> ReadOptions {
        let options = ReadOptions::default().missing(&self.missing).dates(&self.dates);
        let options = apply(options, self.decimal, ReadOptions::decimal);
        apply(options, self.partial_dates, ReadOptions::partial_dates)
    }
}

/// Sets an option that was given.
fn apply<T>(
    options: ReadOptions,
    value: Option<T>,
    set: impl FnOnce(ReadOptions, T) -> ReadOptions,
) -> ReadOptions {
    match value {
        Some(value) => set(options, value),
        None => options,
    }
}
