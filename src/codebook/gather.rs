//! What is kept of a column while the file goes by.

use super::spread::Spread;
use super::tally::{Seen, Tally};
use crate::io::{Evidence, Texts, Value, comma_number};
use crate::table::MISSING_CODE;

/// A column so far.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) missing: u64,
    pub(super) kinds: Kinds,
    /// Values that are numbers, with a point or a comma.
    pub(super) spread: Spread,
    /// The range of ISO dates.
    pub(super) days: Option<(i32, i32)>,
    pub(super) tally: Tally,
    pub(super) evidence: Evidence,
}

/// How many values are of each kind by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) integers: u64,
    pub(super) numbers: u64,
    pub(super) booleans: u64,
    pub(super) dates: u64,
    pub(super) texts: u64,
}

impl Kinds {
    pub(super) fn all(&self) -> u64 {
        self.integers + self.numbers + self.booleans + self.dates + self.texts
    }
}

impl Gathered {
    /// Nothing yet; so many distinct values are to be kept.
    pub(super) fn new(cap: usize) -> Self {
        Self {
            missing: 0,
            kinds: Kinds::default(),
            spread: Spread::default(),
            days: None,
            tally: Tally::new(cap),
            evidence: Evidence::default(),
        }
    }

    /// Takes in a stretch of rows behind those seen so far.
    pub(super) fn add(&mut self, texts: &Texts, first: usize) {
        let mut seen = vec![Seen::default(); texts.levels.len()];
        for (row, &code) in (first as u64..).zip(&texts.codes) {
            match seen.get_mut(code as usize) {
                Some(own) => own.add(row),
                None => self.missing += u64::from(code == MISSING_CODE),
            }
        }
        let levels = texts.levels.iter().zip(&seen).filter(|(_, seen)| seen.count > 0);
        levels.for_each(|(text, seen)| self.level(text, seen));
    }

    fn level(&mut self, text: &[u8], seen: &Seen) {
        let count = seen.count;
        match Value::of(text) {
            Value::Integer(value) => {
                self.kinds.integers += count;
                self.spread.add(value.into(), count);
            }
            Value::Number(value) => {
                self.kinds.numbers += count;
                self.spread.add(value, count);
            }
            Value::Boolean(_) => self.kinds.booleans += count,
            Value::Date(day) => {
                self.kinds.dates += count;
                let (low, high) = self.days.unwrap_or((day, day));
                self.days = Some((low.min(day), high.max(day)));
            }
            Value::Text => self.text(text, count),
        }
        self.tally.add(text, seen);
    }

    fn text(&mut self, text: &[u8], count: u64) {
        self.kinds.texts += count;
        self.evidence.add(text);
        let comma = || comma_number(std::str::from_utf8(text).ok()?);
        if let Some(value) = text.contains(&b',').then(comma).flatten() {
            self.spread.add(value, count);
        }
    }
}
