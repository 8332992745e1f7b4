//! An endpoint over all rows: columns, counts, and what is wrong with the dates.

use std::borrow::Cow;
use std::sync::Arc;

use super::doubt::Doubts;
use super::endpoint::{Dates, Endpoint};
use super::follow_up::{Calendar, Dated, Decided, FollowUp, Left};
use crate::error::{DataError, Result};
use crate::formula::{Expr, cell};
use crate::note::Note;
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT, Table};

/// Rows shown of a column that should hold dates.
const SHOWN_TEXTS: usize = 5;
/// Rows from which on threads are worth their start.
const PARALLEL: usize = 1 << 15;

/// The follow-up of a row, or why it has none; `None` where the endpoint is not for it.
pub(super) type Row = Option<std::result::Result<FollowUp, Left>>;

/// What was derived.
pub(super) struct Derivation {
    pub(super) columns: Vec<(String, Column)>,
    /// Rows left out, by reason, in the order in which reasons are looked at.
    pub(super) left: Vec<(Left, usize)>,
    pub(super) doubts: Doubts,
}

/// The columns that an endpoint of dates makes.
pub(super) const PARTS: [&str; 8] =
    ["origin", "entry", "date", "event", "type", "source", "time", "left_out"];

impl Endpoint {
    /// Derives an endpoint of dates in every row of a table.
    pub(super) fn derive(
        &self,
        dates: &Dates,
        table: &Table,
        cutoff: Option<i32>,
    ) -> Result<Derivation> {
        let held = Held::evaluate(dates, table)?;
        let calendar = held.calendar(dates, cutoff);
        let rows = self.rows(&calendar, table.rows());
        let excluded = self.excluded(table)?;
        let rows: Vec<_> = match &excluded {
            None => rows,
            Some(keep) => {
                let kept = |(row, keep): (_, &u8)| if *keep == 1 { row } else { None };
                rows.into_iter().zip(keep).map(kept).collect()
            }
        };
        let mut doubts = Doubts::default();
        doubts.look(&calendar, dates, &rows);
        Ok(Derivation { columns: self.make(dates, &rows), left: count(&rows), doubts })
    }

    /// Marks 1 the rows that the endpoint is for.
    fn excluded(&self, table: &Table) -> Result<Option<Vec<u8>>> {
        self.condition.as_ref().map(|own| own.holds(table, &mut Vec::new())).transpose()
    }

    fn rows(&self, calendar: &Calendar<'_>, rows: usize) -> Vec<Row> {
        use rayon::prelude::*;
        let one = |row| Some(calendar.follow_up(row));
        match rows < PARALLEL {
            true => (0..rows).map(one).collect(),
            false => (0..rows).into_par_iter().map(one).collect(),
        }
    }

    fn make(&self, dates: &Dates, rows: &[Row]) -> Vec<(String, Column)> {
        let day = |pick: fn(&FollowUp) -> i32| {
            Column::Date(rows.iter().map(|row| followed(row).map_or(MISSING_INT, pick)).collect())
        };
        let event = |row| followed(row).map_or(u8::MAX, |own| u8::from(is_event(own)));
        let first = f64::from(u8::from(dates.first_day));
        let divisor = self.unit.days();
        let time = |own: &FollowUp| (f64::from(own.end - own.origin) + first) / divisor;
        let time = |row| followed(row).map_or(f64::NAN, time);
        let columns = [
            ("origin", day(|own| own.origin)),
            ("entry", day(|own| own.entry)),
            ("date", day(|own| own.end)),
            ("event", Column::Boolean(rows.iter().map(event).collect())),
            ("type", categories(rows, kinds(dates), kind_place)),
            ("source", categories(rows, sources(dates), |own| source_place(dates, own))),
            (
                "time",
                Column::Number { values: rows.iter().map(time).collect(), exact: divisor == 1.0 },
            ),
            ("left_out", reasons(dates, rows)),
        ];
        columns.into_iter().map(|(part, column)| (self.column(part), column)).collect()
    }
}

/// The columns that a derivation looks at.
struct Held<'t> {
    origin: Days<'t>,
    entry: Option<Days<'t>>,
    events: Vec<(Days<'t>, Option<Vec<u8>>)>,
    censor: Vec<Days<'t>>,
    censor_at: Vec<Days<'t>>,
    visits: Vec<Days<'t>>,
}

type Days<'t> = Cow<'t, [i32]>;

impl<'t> Held<'t> {
    fn evaluate(dates: &Dates, table: &'t Table) -> Result<Self> {
        let all = |exprs: &[Expr]| -> Result<Vec<Days<'t>>> {
            exprs.iter().map(|own| days(own, table)).collect()
        };
        let events = dates.events.iter().map(|event| {
            let when = event.when.as_ref().map(|when| when_known(when, table)).transpose()?;
            Ok((days(&event.date, table)?, when))
        });
        Ok(Self {
            origin: days(&dates.origin, table)?,
            entry: dates.entry.as_ref().map(|own| days(own, table)).transpose()?,
            events: events.collect::<Result<_>>()?,
            censor: all(&dates.censor)?,
            censor_at: all(&dates.censor_at)?,
            visits: all(&dates.visits)?,
        })
    }

    fn calendar<'h>(&'h self, dates: &Dates, cutoff: Option<i32>) -> Calendar<'h> {
        fn all<'h>(columns: &'h [Days<'_>]) -> Vec<&'h [i32]> {
            columns.iter().map(|own| &**own).collect()
        }
        let events = self.events.iter().zip(&dates.events);
        Calendar {
            origin: &self.origin,
            entry: self.entry.as_deref(),
            events: events
                .map(|((days, when), event)| Dated {
                    days,
                    when: when.as_deref(),
                    assessed: event.assessed,
                    is_death: event.is_death,
                })
                .collect(),
            censor: all(&self.censor),
            censor_at: all(&self.censor_at),
            visits: all(&self.visits),
            gap: dates.gap,
            event_at: dates.event_at,
            cutoff,
        }
    }
}

/// The days of a date, or an error that shows what the column holds instead.
fn days<'t>(expr: &Expr, table: &'t Table) -> Result<Days<'t>> {
    match expr.evaluate(table)? {
        Cow::Borrowed(Column::Date(days)) => Ok(Cow::Borrowed(days)),
        Cow::Owned(Column::Date(days)) => Ok(Cow::Owned(days)),
        // A column without any value has no kind.
        other if (0..other.len()).all(|row| other.is_missing(row)) => {
            Ok(Cow::Owned(vec![MISSING_INT; other.len()]))
        }
        other => Err(no_dates(expr, &other, table)),
    }
}

fn no_dates(expr: &Expr, column: &Column, table: &Table) -> crate::error::Error {
    let mut error = DataError::new(format!("{expr} holds no dates but {}", plural(column)))
        .help("say how days are written: dates = \"%d.%m.%Y\" under data; a word for missing goes into missing");
    let rows = (0..column.len()).filter(|&row| !column.is_missing(row));
    for row in rows {
        error.push(row, &expr.to_string(), shown(column, row));
        if error.problems.len() == SHOWN_TEXTS {
            break;
        }
    }
    let error: crate::error::Error = error.into();
    error.locate(table.source(), |row| table.place(row))
}

fn plural(column: &Column) -> &'static str {
    match column {
        Column::Integer(_) | Column::Number { .. } => "numbers",
        Column::Boolean(_) => "true and false",
        Column::Date(_) => "dates",
        Column::Category(_) => "texts",
    }
}

/// A value as text.
pub(super) fn shown(column: &Column, row: usize) -> String {
    cell(column, row).unwrap_or_else(|| "missing".to_owned())
}

/// Truth values in which what is not known stays so.
fn when_known(when: &Expr, table: &Table) -> Result<Vec<u8>> {
    let column = when.evaluate(table)?;
    let mut truths = when.truths(&column)?;
    for (row, truth) in truths.iter_mut().enumerate() {
        if column.is_missing(row) {
            *truth = u8::MAX;
        }
    }
    Ok(truths)
}

pub(super) fn followed(row: &Row) -> Option<&FollowUp> {
    row.as_ref().and_then(|row| row.as_ref().ok())
}

pub(super) fn is_event(own: &FollowUp) -> bool {
    matches!(own.decided, Decided::Event(_))
}

const CENSORED: &str = "censored";

/// What is no event, and the types of events by their place in the plan.
fn kinds(dates: &Dates) -> Vec<String> {
    let kinds = dates.events.iter().map(|own| own.kind.clone());
    [CENSORED.to_owned()].into_iter().chain(kinds).collect()
}

fn kind_place(own: &FollowUp) -> usize {
    if let Decided::Event(at) = own.decided { at + 1 } else { 0 }
}

/// The dates that can decide, in words.
fn sources(dates: &Dates) -> Vec<String> {
    let events = dates.events.iter().map(|own| own.date.to_string());
    let censor = dates.censor.iter().map(Expr::to_string);
    let at = dates.censor_at.iter().map(|own| format!("before {own}"));
    let others = ["cutoff".to_owned(), "missed visits".to_owned()];
    events.chain(censor).chain(at).chain(others).collect()
}

fn source_place(dates: &Dates, own: &FollowUp) -> usize {
    let (events, censor) = (dates.events.len(), dates.censor.len());
    let fixed = events + censor + dates.censor_at.len();
    match own.decided {
        Decided::Event(at) => at,
        Decided::Censor(at) => events + at,
        Decided::CensorAt(at) => events + censor + at,
        Decided::Cutoff => fixed,
        Decided::Gap => fixed + 1,
    }
}

/// A category of places in a list, in which equal names are one level.
fn categories(rows: &[Row], names: Vec<String>, place: impl Fn(&FollowUp) -> usize) -> Column {
    let mut levels: Vec<String> = Vec::new();
    let mut codes = Vec::new();
    for name in names {
        let known = levels.iter().position(|own| *own == name);
        codes.push(known.unwrap_or(levels.len()) as u32);
        if known.is_none() {
            levels.push(name);
        }
    }
    let code = |row| followed(row).map_or(MISSING_CODE, |own| codes[place(own)]);
    Column::Category(Category { codes: rows.iter().map(code).collect(), levels: Arc::new(levels) })
}

/// Why rows have no follow-up; missing where they have.
fn reasons(dates: &Dates, rows: &[Row]) -> Column {
    const NOT_FOR_IT: &str = "the endpoint is not for it";
    let words = Left::ALL.iter().map(|own| own.words(dates));
    let levels: Vec<String> = words.chain([NOT_FOR_IT.to_owned()]).collect();
    let place = |own: &Left| Left::ALL.iter().position(|other| other == own).unwrap_or(0) as u32;
    let code = |row: &Row| match row {
        Some(Ok(_)) => MISSING_CODE,
        Some(Err(own)) => place(own),
        None => Left::ALL.len() as u32,
    };
    let codes = rows.iter().map(code).collect();
    Column::Category(Category { codes, levels: Arc::new(levels) })
}

/// Rows without follow-up by reason.
fn count(rows: &[Row]) -> Vec<(Left, usize)> {
    Left::ALL
        .into_iter()
        .map(|reason| {
            let left = rows.iter().filter(|row| matches!(row, Some(Err(own)) if *own == reason));
            (reason, left.count())
        })
        .filter(|(_, rows)| *rows > 0)
        .collect()
}

impl Left {
    /// All of them.
    pub(super) const ALL: [Self; 8] = [
        Self::NoOrigin,
        Self::AfterCutoff,
        Self::UnknownEvent,
        Self::UndatedEvent,
        Self::NoEnd,
        Self::EndsBefore,
        Self::NoEntry,
        Self::EntryTooLate,
    ];

    /// Why, as the end of a sentence.
    pub(super) fn words(self, dates: &Dates) -> String {
        let origin = &dates.origin;
        let entry = dates.entry.as_ref().map(Expr::to_string).unwrap_or_default();
        match self {
            Self::NoOrigin => format!("without {origin}"),
            Self::AfterCutoff => format!("{origin} after the data cutoff"),
            Self::UnknownEvent => "not known whether there was an event".to_owned(),
            Self::UndatedEvent => "event without a date".to_owned(),
            Self::NoEnd => "neither an event nor a date of censoring".to_owned(),
            Self::EndsBefore => format!("follow-up ends before {origin}"),
            Self::NoEntry => format!("without {entry}"),
            Self::EntryTooLate => format!("{entry} not before the end of follow-up"),
        }
    }
}

/// One note a reason.
pub(super) fn left_notes(name: &str, left: &[(Left, usize)], dates: &Dates) -> Vec<Note> {
    let note = |&(reason, rows): &(Left, usize)| Note::NoTime {
        endpoint: name.to_owned(),
        rows,
        reason: reason.words(dates),
    };
    left.iter().map(note).collect()
}
