//! From what was kept of a column to what it is: the same as its reader would make of it.

use super::gather::Gathered;
use super::spread::{Quartiles, quartiles};
use super::tally::{Distinct, Seen};
use crate::error::DataError;
use crate::io::{Encoding, Reader, Reading, Refusal, Value};
use crate::table::level_order;

/// With at most so many distinct values a text is a category whatever the number of rows.
const FEW: u64 = 20;
/// A category has at most one distinct value for so many rows.
const ROWS_A_LEVEL: u64 = 4;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// True and false.
    Boolean,
    /// Dates.
    Date,
    /// Text with values that come again.
    Category,
    /// Text.
    Text,
}

impl Kind {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Category => "category",
            Self::Text => "text",
        }
    }

    /// The name in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Integer => "whole numbers",
            Self::Number => "numbers",
            Self::Boolean => "true/false",
            Self::Date => "dates",
            Self::Category => "categories",
            Self::Empty | Self::Text => self.name(),
        }
    }

    /// Whether it holds numbers.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// Whether it holds text.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Category | Self::Text)
    }
}

/// A distinct value.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) text: String,
    pub(super) seen: Seen,
    /// What it is by itself, or by the column's decimal comma.
    pub(super) number: Option<f64>,
    /// The day it is by the column's format.
    pub(super) day: Option<i32>,
}

/// A column as it is.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Values that are there, and that are not.
    pub(super) n: u64,
    pub(super) missing: u64,
    pub(super) distinct: u64,
    /// Whether `distinct` is counted and `levels` are all, or a sample.
    pub(super) exact: bool,
    /// In the order in which outputs show levels.
    pub(super) levels: Vec<Level>,
    pub(super) quartiles: Option<Quartiles>,
    pub(super) days: Option<(i32, i32)>,
    pub(super) comma: bool,
    /// The format of dates, where it was guessed.
    pub(super) format: Option<String>,
    pub(super) short_years: bool,
    /// Dates that a rule completed, and times of day that were cut off.
    pub(super) completed: u64,
    pub(super) cut: u64,
    /// Why the reader does not take the column for what it seems to be.
    pub(super) refusal: Option<Refusal>,
    pub(super) failed: Option<Failed>,
    /// Values that are no text in the file's encoding.
    pub(super) undecoded: Vec<Level>,
}

/// Why a column is not read, whatever its values are.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) message: String,
    pub(super) rows: u64,
    pub(super) first: Vec<u64>,
}

impl Failed {
    fn of(error: &DataError) -> Self {
        let help = error.help.as_ref().map(|own| format!(": {own}")).unwrap_or_default();
        let first = error.problems.iter().filter_map(|own| own.row).map(|row| row as u64);
        let message = format!("{}{help}", error.summary);
        Self { message, rows: error.total as u64, first: first.collect() }
    }
}

/// The name of a column and what a reader says of it beforehand.
pub(super) struct Known<'r> {
    pub(super) name: &'r str,
    pub(super) reader: &'r Reader,
    pub(super) encoding: Encoding,
    pub(super) failed: Option<&'r DataError>,
}

impl Known<'_> {
    /// What a column is.
    pub(super) fn profile(self, mut gathered: Gathered) -> Profile {
        let tally = std::mem::replace(&mut gathered.tally, super::tally::Tally::new(1));
        let Distinct { values, count, exact } = tally.finish();
        let (levels, undecoded) = self.levels(values);
        let mut profile = Profile {
            name: self.name.to_owned(),
            kind: Kind::Text,
            n: gathered.kinds.all(),
            missing: gathered.missing,
            distinct: count,
            exact,
            levels,
            quartiles: None,
            days: None,
            comma: false,
            format: None,
            short_years: false,
            completed: 0,
            cut: 0,
            refusal: None,
            failed: self.failed.map(Failed::of),
            undecoded,
        };
        profile.kind = kind(&gathered, self.reader.doubts_points());
        if profile.kind == Kind::Text {
            profile.read(self.reader);
        }
        if profile.kind == Kind::Integer {
            profile.whole_dates(self.reader);
        }
        profile.sum_up(&gathered);
        profile
    }

    fn levels(&self, values: Vec<(Box<[u8]>, Seen)>) -> (Vec<Level>, Vec<Level>) {
        let (mut texts, mut undecoded) = (Vec::new(), Vec::new());
        for (bytes, seen) in values {
            match self.encoding.decode(&bytes) {
                Some(text) => texts.push((text.into_owned(), seen)),
                None => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    undecoded.push(Level::new(text.clone(), seen));
                    texts.push((text, seen));
                }
            }
        }
        undecoded.sort_by_key(|level| level.seen.rows[0]);
        let (names, seen): (Vec<String>, Vec<Seen>) = texts.into_iter().unzip();
        let order = level_order(&names);
        let levels = order.iter().map(|&at| Level::new(names[at].clone(), seen[at]));
        (levels.collect(), undecoded)
    }
}

impl Level {
    fn new(text: String, seen: Seen) -> Self {
        let (number, day) = match Value::of(text.as_bytes()) {
            Value::Integer(value) => (Some(value.into()), None),
            Value::Number(value) => (Some(value), None),
            Value::Date(day) => (None, Some(day)),
            Value::Boolean(_) | Value::Text => (None, None),
        };
        Self { text, seen, number, day }
    }

    pub(super) fn count(&self) -> u64 {
        self.seen.count
    }
}

/// The kind of values that are all of one; text otherwise.
fn kind(gathered: &Gathered, doubts_points: bool) -> Kind {
    let kinds = gathered.kinds;
    match kinds.all() {
        0 => Kind::Empty,
        all if all == kinds.integers => Kind::Integer,
        all if all == kinds.integers + kinds.numbers && !doubts_points => Kind::Number,
        all if all == kinds.booleans => Kind::Boolean,
        all if all == kinds.dates => Kind::Date,
        _ => Kind::Text,
    }
}

impl Profile {
    /// Takes text for what the reader takes it.
    fn read(&mut self, reader: &Reader) {
        let texts = self.levels.iter().map(|level| level.text.clone()).collect();
        let counts: Vec<u64> = self.levels.iter().map(Level::count).collect();
        match reader.classify(texts, &counts) {
            Reading::Text => {}
            Reading::Refused(refusal) => self.refusal = Some(refusal),
            Reading::Numbers { values, .. } => {
                (self.kind, self.comma) = (Kind::Number, true);
                for (level, value) in self.levels.iter_mut().zip(values) {
                    level.number = Some(value);
                }
            }
            Reading::Dates(dates) => {
                self.kind = Kind::Date;
                self.completed = self.rows_of(&dates.completed);
                self.cut = self.rows_of(&dates.cut);
                (self.format, self.short_years) = (dates.guessed, dates.short_years);
                self.set_days(&dates.days);
            }
        }
    }

    /// Whole numbers that a given format makes dates of.
    fn whole_dates(&mut self, reader: &Reader) {
        let whole = self.levels.iter().map(|level| level.number.map(|own| own as i32));
        let days =
            whole.collect::<Option<Vec<i32>>>().and_then(|own| reader.numbers_as_dates(&own));
        if let Some(days) = days {
            self.kind = Kind::Date;
            self.set_days(&days);
        }
    }

    fn set_days(&mut self, days: &[i32]) {
        for (level, &day) in self.levels.iter_mut().zip(days) {
            level.day = Some(day);
        }
    }

    /// Rows with one of some levels.
    pub(super) fn rows_of(&self, levels: &[bool]) -> u64 {
        let own = self.levels.iter().zip(levels).filter(|(_, own)| **own);
        own.map(|(level, _)| level.count()).sum()
    }

    fn sum_up(&mut self, gathered: &Gathered) {
        if self.kind.is_numeric() {
            let values = merged(&self.levels);
            if self.exact {
                self.distinct = values.len() as u64;
            }
            let about = || gathered.spread.about();
            self.quartiles = if self.exact { quartiles(&values) } else { about() };
        }
        if self.kind == Kind::Date {
            let days = || self.levels.iter().filter_map(|level| level.day);
            let of_levels = days().min().zip(days().max());
            let iso = self.n == gathered.kinds.dates;
            self.days = if iso { gathered.days } else { of_levels };
        }
        if self.kind == Kind::Text && self.refusal.is_none() && self.is_category() {
            self.kind = Kind::Category;
        }
    }

    fn is_category(&self) -> bool {
        let short = self.levels.iter().all(|level| level.text.chars().count() <= 60);
        short && (self.distinct <= FEW || self.distinct * ROWS_A_LEVEL <= self.n)
    }

    /// The number of values that stand for one of some kinds, as a share of all.
    pub(super) fn share(&self, is: impl Fn(&Level) -> bool) -> f64 {
        let all: u64 = self.levels.iter().map(Level::count).sum();
        let own: u64 = self.levels.iter().filter(|level| is(level)).map(Level::count).sum();
        own as f64 / all.max(1) as f64
    }

    /// Whether its values are these whole numbers or some of them, and more than one.
    pub(super) fn is_coded(&self, codes: &[f64]) -> bool {
        let coded = |level: &Level| level.number.is_some_and(|own| codes.contains(&own));
        self.kind == Kind::Integer && self.distinct > 1 && self.levels.iter().all(coded)
    }

    /// Whether it would be dates, were it not for what the reader refuses.
    pub(super) fn should_be_dates(&self) -> bool {
        let about =
            |own: &Refusal| ["date", "days", "times"].iter().any(|word| own.summary.contains(word));
        self.refusal.as_ref().is_some_and(about)
    }

    /// Levels, most frequent first.
    pub(super) fn by_count(&self) -> Vec<&Level> {
        let mut levels: Vec<&Level> = self.levels.iter().collect();
        levels.sort_by_key(|level| std::cmp::Reverse(level.count()));
        levels
    }
}

/// Ascending numbers with their counts.
fn merged(levels: &[Level]) -> Vec<(f64, u64)> {
    let numbers = levels.iter().filter_map(|level| Some((level.number?, level.count())));
    let mut numbers: Vec<(f64, u64)> = numbers.collect();
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    numbers.dedup_by(|next, own| {
        let same = next.0 == own.0;
        own.1 += if same { next.1 } else { 0 };
        same
    });
    numbers
}
