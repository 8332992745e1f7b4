//! The grid of times, and the windows on it that printed times leave open.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::published::Printed;

/// Points to a printed unit where times are not whole days: more than twice as many as patients in
/// an enumeration, so that every order of times finds room between two borders of rounding.
const FINE: f64 = 200.0;
/// The largest number of a grid point.
pub(super) const LAST: i32 = 1_000_000_000;

/// Times are whole numbers of steps: days where the paper's unit is a multiple of a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Grid {
    per_unit: f64,
    days: bool,
}

impl Grid {
    /// Whole days, so many to a unit: `Grid::days(30.4375)` for months.
    ///
    /// # Errors
    /// When the number is not positive and finite.
    pub fn days(per_unit: f64) -> Result<Self> {
        if per_unit.is_finite() && (0.001..=1e5).contains(&per_unit) {
            return Ok(Self { per_unit, days: true });
        }
        Err(Error::option(format!(
            "{per_unit} days to a unit: give a positive number, such as 30.4375 for months"
        )))
    }

    /// A grid much finer than numbers printed with so many decimals: time as good as continuous.
    pub(super) fn fine(decimals: u8) -> Self {
        Self { per_unit: FINE * 10f64.powi(i32::from(decimals.min(4))), days: false }
    }

    /// Steps to a unit of time.
    pub fn per_unit(&self) -> f64 {
        self.per_unit
    }

    /// Whether the steps are days.
    pub fn is_days(&self) -> bool {
        self.days
    }

    /// The time at a step.
    pub fn time(&self, step: i32) -> f64 {
        f64::from(step) / self.per_unit
    }

    /// The last step at or before a time, and whether it is that time.
    pub(super) fn floor(&self, time: f64) -> (i32, bool) {
        let step = ((time * self.per_unit).round() as i32).clamp(0, LAST);
        let own = self.time(step);
        match own.partial_cmp(&time) {
            Some(std::cmp::Ordering::Equal) => (step, true),
            Some(std::cmp::Ordering::Less) => (step, false),
            _ => (step - 1, false),
        }
    }

    /// The first step at or after a time.
    pub(super) fn ceil(&self, time: f64) -> i32 {
        let (step, exact) = self.floor(time);
        if exact { step } else { step + 1 }
    }
}

/// Steps that print as a number does; and sums of two steps whose middle does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) lo: i32,
    pub(super) hi: i32,
    pub(super) lo2: i32,
    pub(super) hi2: i32,
    /// The bounds themselves, in steps.
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Window {
    /// Of a printed time, read to at least so many decimals if it is a bare 0.
    pub(super) fn of(printed: &Printed, decimals: u8, grid: Grid) -> Option<Self> {
        let (low, high) = bounds(printed, decimals)?;
        let (lo, hi) = steps(low, high, grid.per_unit);
        let (lo2, hi2) = steps(low, high, 2.0 * grid.per_unit);
        let (from, to) = (low * grid.per_unit, high * grid.per_unit);
        Some(Self { lo, hi, lo2, hi2, from, to })
    }
}

/// The times that print so. A bare `0` among numbers with decimals is one whose zeros were dropped.
pub(super) fn bounds(printed: &Printed, decimals: u8) -> Option<(f64, f64)> {
    let (low, high) = printed.bounds()?;
    if printed.number() == Some(0.0) && printed.decimals() < decimals {
        let half = 0.5 * 10f64.powi(-i32::from(decimals));
        return Some((-half, half));
    }
    Some((low, high))
}

/// Whole numbers of steps within bounds, borders included with the slack of [`Printed::matches`].
fn steps(low: f64, high: f64, per_unit: f64) -> (i32, i32) {
    let slack = |bound: f64| 1e-9 * bound.abs() * per_unit;
    let lo = (low * per_unit - slack(low)).ceil().clamp(0.0, f64::from(LAST));
    let hi = (high * per_unit + slack(high)).floor().clamp(-1.0, f64::from(LAST));
    (lo as i32, hi as i32)
}

/// A number of days to a unit, and how well printed times agree with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayLattice {
    /// Days to a unit.
    pub per_unit: f64,
    /// Where the number comes from: `365.25/12`.
    pub name: &'static str,
    /// Printed times that a whole number of days prints as.
    pub whole: usize,
    /// Of the others, those that half a day prints as: the middle of two days.
    pub half: usize,
    /// Printed times that neither prints as.
    pub misfits: Vec<String>,
    /// How many of as many random numbers of that size would fit by chance, as a share.
    pub by_chance: f64,
}

impl DayLattice {
    /// The month lengths and year lengths in use, each with its name.
    pub const MONTHS: [(&'static str, f64); 11] = [
        ("365.25/12", 365.25 / 12.0),
        ("365.24/12", 365.24 / 12.0),
        ("365.2425/12", 365.2425 / 12.0),
        ("365/12", 365.0 / 12.0),
        ("30", 30.0),
        ("30.4", 30.4),
        ("30.42", 30.42),
        ("30.437", 30.437),
        ("30.44", 30.44),
        ("30.5", 30.5),
        ("28", 28.0),
    ];

    /// How printed times agree with so many days to a unit. Repeated values and zeros tell
    /// nothing and are left out.
    ///
    /// # Errors
    /// When the number of days is not positive and finite.
    pub fn judge(printed: &[Printed], name: &'static str, per_unit: f64) -> Result<Self> {
        let grid = Grid::days(per_unit)?;
        let mut judged =
            Self { per_unit, name, whole: 0, half: 0, misfits: Vec::new(), by_chance: 1.0 };
        for own in distinct(printed) {
            let Some(window) = Window::of(own, 0, grid) else { continue };
            let share = (2.0 * 2.0 * own.half_unit() * per_unit).min(1.0);
            judged.by_chance *= share;
            if window.lo <= window.hi {
                judged.whole += 1;
            } else if window.lo2 <= window.hi2 {
                judged.half += 1;
            } else {
                judged.misfits.push(own.text().to_owned());
            }
        }
        Ok(judged)
    }

    /// The month lengths under which most printed times are whole or half days, best first: all
    /// that no printed time speaks against, or else the list as a whole.
    pub fn find(printed: &[Printed]) -> Vec<Self> {
        let judge =
            |&(name, per_unit): &(&'static str, f64)| Self::judge(printed, name, per_unit).ok();
        let mut found: Vec<Self> = Self::MONTHS.iter().filter_map(judge).collect();
        found.sort_by_key(|own| (own.misfits.len(), own.half));
        found
    }
}

/// Printed numbers above 0, each value once.
fn distinct(printed: &[Printed]) -> Vec<&Printed> {
    let mut kept: Vec<&Printed> = Vec::new();
    for own in printed.iter().filter(|own| own.number().is_some_and(|value| value > 0.0)) {
        if kept.iter().all(|other| other.number() != own.number()) {
            kept.push(own);
        }
    }
    kept
}
