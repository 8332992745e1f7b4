//! The time axis: equal times are decided here, once.

use rayon::prelude::*;

use super::exits::Exits;
use crate::error::{DataError, Result};
use crate::numeric::sort::rank;

/// Relative distance within which computed times are one time.
pub(super) const TIE_TOLERANCE: f64 = 1e-9;
/// A range of whole numbers this long is always worth a table.
const SHORT_RANGE: u64 = 1 << 16;

/// Times as they come in.
#[derive(Debug, Clone, PartialEq)]
pub enum Times {
    /// Whole numbers (days, months).
    Integer(Vec<i32>),
    /// Real numbers.
    Number {
        /// The values.
        values: Vec<f64>,
        /// Whether different numbers are different times. Otherwise numbers within 1e-9 (relative)
        /// of the first of their group are one time, as they are after unit conversions.
        exact: bool,
    },
}

impl From<Vec<i32>> for Times {
    fn from(values: Vec<i32>) -> Self {
        Self::Integer(values)
    }
}

impl From<Vec<f64>> for Times {
    fn from(values: Vec<f64>) -> Self {
        Self::Number { values, exact: false }
    }
}

impl Times {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Integer(values) => values.len(),
            Self::Number { values, .. } => values.len(),
        }
    }

    /// Rows whose time is not a finite number ≥ 0.
    pub(super) fn check(&self, what: &str) -> Result<()> {
        if self.all(|time| time >= 0.0 && time.is_finite()) {
            return Ok(());
        }
        let mut error = DataError::new(format!("{what} must be a number that is not negative"))
            .help("exclude these rows or mend them; negative times are never taken as 0");
        for row in 0..self.len() {
            let time = self.get(row);
            if !(time >= 0.0 && time.is_finite()) {
                error.push(row, what, time);
            }
        }
        error.check()
    }

    /// Whether different numbers are different times.
    pub(super) fn is_exact(&self) -> bool {
        match self {
            Self::Integer(_) => true,
            Self::Number { exact, .. } => *exact,
        }
    }

    fn all(&self, rule: impl Fn(f64) -> bool + Sync) -> bool {
        match self {
            Self::Integer(values) => !any_block(values, |&value| !rule(f64::from(value))),
            Self::Number { values, .. } => !any_block(values, |&value| !rule(value)),
        }
    }

    pub(super) fn get(&self, row: usize) -> f64 {
        match self {
            Self::Integer(values) => f64::from(values[row]),
            Self::Number { values, .. } => values[row],
        }
    }

    /// Whole numbers in whatever form become integers.
    fn integral(self) -> Self {
        let whole = |&value: &f64| (value as i32) as f64 == value && value as i32 != i32::MAX;
        match self {
            Self::Number { values, .. } if !any_block(&values, |value| !whole(value)) => {
                Self::Integer(
                    values.into_par_iter().with_min_len(1 << 15).map(|v| v as i32).collect(),
                )
            }
            other => other,
        }
    }

    fn into_values(self) -> (Vec<f64>, bool) {
        match self {
            Self::Integer(values) => (values.into_iter().map(f64::from).collect(), true),
            Self::Number { values, exact } => (values, exact),
        }
    }
}

/// Whether any value breaks the rule, looked at in blocks so that the loop stays simple.
pub(super) fn any_block<T: Sync>(values: &[T], broken: impl Fn(&T) -> bool + Sync) -> bool {
    let block = |values: &[T]| values.iter().fold(false, |any, value| any | broken(value));
    if values.len() < 1 << 16 {
        return block(values);
    }
    values.par_chunks(1 << 14).any(block)
}

/// The distinct times of a cohort, in order; a rank is a place on it.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeAxis {
    /// Every whole number from `first` on, whether somebody leaves then or not.
    Integer {
        /// Time of rank 0.
        first: i32,
        /// Number of ranks.
        len: usize,
    },
    /// Any times, ascending.
    Values(Vec<f64>),
}

impl TimeAxis {
    /// The time of a rank.
    #[inline]
    pub fn time(&self, rank: u32) -> f64 {
        match self {
            Self::Integer { first, .. } => f64::from(*first) + f64::from(rank),
            Self::Values(values) => values[rank as usize],
        }
    }

    /// Number of ranks.
    pub fn len(&self) -> usize {
        match self {
            Self::Integer { len, .. } => *len,
            Self::Values(values) => values.len(),
        }
    }

    /// Whether there is no time.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first rank whose time is at least `time`.
    pub fn rank_at_least(&self, time: f64) -> u32 {
        self.first_rank(|own| own >= time)
    }

    /// The first rank whose time is beyond `time`.
    pub fn rank_beyond(&self, time: f64) -> u32 {
        self.first_rank(|own| own > time)
    }

    fn first_rank(&self, reached: impl Fn(f64) -> bool) -> u32 {
        match self {
            Self::Values(values) => values.partition_point(|&own| !reached(own)) as u32,
            Self::Integer { len, .. } => {
                let (mut low, mut high) = (0, *len as u32);
                while low < high {
                    let middle = low + (high - low) / 2;
                    if reached(self.time(middle)) { high = middle } else { low = middle + 1 }
                }
                low
            }
        }
    }
}

/// Times as ranks.
pub(super) struct Coded {
    pub(super) axis: TimeAxis,
    pub(super) exits: Exits,
    pub(super) entry: Option<Vec<u32>>,
    pub(super) merged: usize,
}

/// Codes valid times: whole numbers in a short range by subtraction, all others by sorting.
pub(super) fn code(exit: Times, entry: Option<Times>) -> Coded {
    let (exit, entry) = (exit.integral(), entry.map(Times::integral));
    match (exit, entry) {
        (Times::Integer(exit), None) => code_integers(exit, None),
        (Times::Integer(exit), Some(Times::Integer(entry))) => code_integers(exit, Some(entry)),
        (exit, entry) => code_values(exit, entry),
    }
}

fn code_integers(exit: Vec<i32>, entry: Option<Vec<i32>>) -> Coded {
    let (mut low, mut high) = range(&exit);
    if let Some(entry) = &entry {
        let (entry_low, entry_high) = range(entry);
        (low, high) = (low.min(entry_low), high.max(entry_high));
    }
    let len = (i64::from(high) - i64::from(low) + 1).max(0) as u64;
    if len > SHORT_RANGE.max(exit.len() as u64) {
        return code_values(Times::Integer(exit), entry.map(Times::Integer));
    }
    // Collecting from the vector itself keeps its memory.
    let shift = |values: Vec<i32>| values.into_iter().map(|v| (v - low) as u32).collect();
    Coded {
        axis: TimeAxis::Integer { first: low, len: len as usize },
        exits: Exits::from_ranks(shift(exit)),
        entry: entry.map(shift),
        merged: 0,
    }
}

fn range(values: &[i32]) -> (i32, i32) {
    let block = |values: &[i32]| {
        values.iter().fold((i32::MAX, i32::MIN), |(low, high), &v| (low.min(v), high.max(v)))
    };
    let join = |a: (i32, i32), b: (i32, i32)| (a.0.min(b.0), a.1.max(b.1));
    if values.len() < 1 << 16 {
        return block(values);
    }
    values.par_chunks(1 << 15).map(block).reduce(|| (i32::MAX, i32::MIN), join)
}

fn code_values(exit: Times, entry: Option<Times>) -> Coded {
    let n = exit.len();
    let (mut values, mut exact) = exit.into_values();
    let delayed = entry.is_some();
    if let Some(entry) = entry {
        let (entry, entry_exact) = entry.into_values();
        values.extend(entry);
        exact &= entry_exact;
    }
    let ranked = rank(values, if exact { 0.0 } else { TIE_TOLERANCE });
    let (axis, merged) = (TimeAxis::Values(ranked.distinct), ranked.merged);
    if !delayed {
        return Coded { axis, exits: Exits::from_order(ranked.order), entry: None, merged };
    }
    let mut exit = ranked.order.ranks();
    let entry = Some(exit.split_off(n));
    Coded { axis, exits: Exits::from_ranks(exit), entry, merged }
}
