//! Dealing out labels: exact counts, else at random.

use rand::{Rng, RngExt};

use super::compiled::MISSING;
use super::problem::{Band, Label, LabelKind, Problem};
use crate::error::{Error, Result};

/// Changes of one value after which whole numbers with these properties are given up.
const CHANGES: usize = 40_000;
/// Standard deviations between the ends of a range of whole numbers.
const SPREAD: f64 = 7.0;

/// The labels of all rows, by label, then row.
pub(super) fn deal(problem: &Problem, rng: &mut impl Rng) -> Result<Vec<Vec<i32>>> {
    problem.labels.iter().map(|label| deal_one(label, problem.rows, rng)).collect()
}

fn deal_one(label: &Label, rows: usize, rng: &mut impl Rng) -> Result<Vec<i32>> {
    let mut values = match &label.kind {
        LabelKind::Levels { counts, .. } => {
            let repeat =
                |(level, &count): (usize, &usize)| std::iter::repeat_n(level as i32, count);
            counts.iter().enumerate().flat_map(repeat).collect()
        }
        LabelKind::Whole { missing, .. } => {
            let wanted = Wanted::new(label, rows - missing);
            wanted.and_then(|wanted| wanted.draw(rng)).ok_or_else(|| {
                Error::analysis(format!(
                    "no {} whole numbers were found with the smallest, the largest, the median and \
                     the counts of ranges given for label {}",
                    rows - missing,
                    label.name
                ))
            })?
        }
    };
    values.resize(rows, MISSING);
    shuffle(&mut values, rng);
    Ok(values)
}

pub(super) fn shuffle<T>(values: &mut [T], rng: &mut impl Rng) {
    for place in (1..values.len()).rev() {
        values.swap(place, rng.random_range(0..=place));
    }
}

/// What whole numbers should be like.
struct Wanted<'p> {
    n: usize,
    min: i64,
    max: i64,
    median: Option<f64>,
    bands: &'p [Band],
}

impl<'p> Wanted<'p> {
    fn new(label: &'p Label, n: usize) -> Option<Self> {
        match &label.kind {
            LabelKind::Whole { min, max, median, bands, .. } => {
                Some(Self { n, min: *min, max: *max, median: *median, bands })
            }
            LabelKind::Levels { .. } => None,
        }
    }

    /// Draws numbers about the median, then changes one at a time while that helps.
    fn draw(&self, rng: &mut impl Rng) -> Option<Vec<i32>> {
        let mut values: Vec<i64> = (0..self.n).map(|_| self.one(rng)).collect();
        if let [first, .., last] = values.as_mut_slice() {
            (*first, *last) = (self.min, self.max);
        }
        let mut off = self.off(&values);
        for _ in 0..CHANGES {
            if off == 0.0 {
                break;
            }
            let place = rng.random_range(0..self.n);
            let old = values[place];
            values[place] = if rng.random_bool(0.5) {
                self.one(rng)
            } else {
                rng.random_range(self.min..=self.max)
            };
            let now = self.off(&values);
            if now <= off {
                off = now;
            } else {
                values[place] = old;
            }
        }
        (off == 0.0).then(|| values.iter().map(|&own| own as i32).collect())
    }

    /// A number, roughly normal about the median.
    fn one(&self, rng: &mut impl Rng) -> i64 {
        let (low, high) = (self.min as f64, self.max as f64);
        let middle = self.median.unwrap_or(0.5 * (low + high));
        let sum: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        let value = (middle + sum * (high - low) / SPREAD).round();
        if value < low || value > high {
            rng.random_range(self.min..=self.max)
        } else {
            value as i64
        }
    }

    /// How far numbers are from what they should be like.
    fn off(&self, values: &[i64]) -> f64 {
        let count = |low: i64, high: i64| {
            values.iter().filter(|&&value| (low..=high).contains(&value)).count()
        };
        let bands: usize =
            self.bands.iter().map(|own| own.count.abs_diff(count(own.low, own.high))).sum();
        let ends = usize::from(count(self.min, self.min) == 0)
            + usize::from(count(self.max, self.max) == 0);
        let median = self.median.map_or(0.0, |median| off_median(values, median));
        (bands + ends) as f64 + median
    }
}

fn off_median(values: &[i64], median: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let (n, at) = (sorted.len(), |place: usize| sorted[place] as f64);
    if n == 0 {
        return 0.0;
    }
    // The two in the middle are the median's neighbours, so that no other row can move it; the
    // distance in rows tells the way where the middle itself does not move.
    let middle = (at((n - 1) / 2) - median.floor()).abs() + (at(n / 2) - median.ceil()).abs();
    let beyond = sorted.iter().filter(|&&own| (own as f64) > median).count();
    let before = sorted.iter().filter(|&&own| (own as f64) < median).count();
    let excess = before.max(beyond).saturating_sub(n / 2);
    if middle == 0.0 { 0.0 } else { 0.01 * middle + excess as f64 }
}

/// Which whole numbers of a label may replace one another without any printed property changing:
/// those of one class. The smallest, the largest and the middle have none.
#[derive(Debug)]
pub(super) struct Classes {
    min: i64,
    of: Vec<Option<u64>>,
    pub(super) middle: i32,
}

impl Classes {
    /// None for labels that are no numbers.
    pub(super) fn new(label: &Label) -> Option<Self> {
        let LabelKind::Whole { min, max, median, bands, .. } = &label.kind else { return None };
        let class = |value: i64| {
            let middle = median.is_some_and(|own| (value as f64 - own).abs() < 1.0);
            if value == *min || value == *max || middle {
                return None;
            }
            let side = u64::from(median.is_some_and(|own| value as f64 > own));
            let inside =
                bands.iter().map(|band| u64::from((band.low..=band.high).contains(&value)));
            Some(inside.fold(side, |class, own| class.wrapping_mul(2).wrapping_add(own)))
        };
        let middle = median.unwrap_or(0.5 * (min + max) as f64) as i32;
        Some(Self { min: *min, of: (*min..=*max).map(class).collect(), middle })
    }

    pub(super) fn of(&self, value: i32) -> Option<u64> {
        let place = usize::try_from(i64::from(value) - self.min).ok()?;
        self.of.get(place).copied().flatten()
    }
}
