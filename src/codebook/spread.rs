//! Range and quartiles of numbers: exact from counted values, or about from a histogram whose
//! buckets are fixed beforehand, so that neither order nor cutting of the data matters.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::tally::Hashed;

/// Bits of a double's fraction that a bucket does not tell: 256 buckets for each power of two.
const DROPPED: u32 = 44;

/// Smallest, quartiles and largest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// The smallest value.
    pub min: f64,
    /// A quarter is at or below.
    pub q1: f64,
    /// The middle.
    pub median: f64,
    /// Three quarters are at or below.
    pub q3: f64,
    /// The largest value.
    pub max: f64,
    /// Whether the quartiles are exact; else they are within 0.2 % of an order statistic.
    pub exact: bool,
}

/// Numbers on their way.
#[derive(Debug)]
pub(super) struct Spread {
    count: u64,
    min: f64,
    max: f64,
    buckets: HashMap<u32, u64, BuildHasherDefault<Hashed>>,
}

impl Default for Spread {
    fn default() -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { count: 0, min, max, buckets: HashMap::default() }
    }
}

impl Spread {
    /// Takes in a number that occurs so often.
    pub(super) fn add(&mut self, value: f64, count: u64) {
        self.count += count;
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        *self.buckets.entry(bucket(value)).or_default() += count;
    }

    /// Quartiles by the histogram.
    pub(super) fn about(&self) -> Option<Quartiles> {
        let mut buckets: Vec<(u32, u64)> =
            self.buckets.iter().map(|(&own, &count)| (own, count)).collect();
        buckets.sort_unstable();
        let values: Vec<(f64, u64)> =
            buckets.iter().map(|&(own, count)| (self.middle(own), count)).collect();
        let own = quartiles(&values)?;
        Some(Quartiles { min: self.min, max: self.max, exact: false, ..own })
    }

    fn middle(&self, bucket: u32) -> f64 {
        let (low, high) = (edge(bucket), edge(bucket.saturating_add(1)));
        let middle = if high.is_finite() { low + (high - low) / 2.0 } else { low };
        middle.clamp(self.min, self.max)
    }
}

/// The bucket of a number; larger numbers have larger ones.
fn bucket(value: f64) -> u32 {
    let bits = (value + 0.0).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
    (ordered >> DROPPED) as u32
}

/// The least number of a bucket.
fn edge(bucket: u32) -> f64 {
    let ordered = u64::from(bucket) << DROPPED;
    f64::from_bits(if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered })
}

/// Quartiles of ascending values with counts, as R's `quantile` has them by default.
pub(super) fn quartiles(values: &[(f64, u64)]) -> Option<Quartiles> {
    let count: u64 = values.iter().map(|own| own.1).sum();
    let (min, max) = (values.first()?.0, values.last()?.0);
    let [q1, median, q3] = [0.25, 0.5, 0.75].map(|share| {
        let at = (count - 1) as f64 * share;
        let (low, high) = (ranked(values, at.floor() as u64), ranked(values, at.ceil() as u64));
        low + (at - at.floor()) * (high - low)
    });
    Some(Quartiles { min, q1, median, q3, max, exact: true })
}

/// The value with so many below it.
fn ranked(values: &[(f64, u64)], rank: u64) -> f64 {
    let mut below = 0;
    let found = values.iter().find(|own| {
        below += own.1;
        below > rank
    });
    found.map_or(f64::NAN, |own| own.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_r() {
        // quantile(c(1, 2, 2, 7, 10))
        let own = quartiles(&[(1.0, 1), (2.0, 2), (7.0, 1), (10.0, 1)]).unwrap();
        assert_eq!((own.min, own.q1, own.median, own.q3, own.max), (1.0, 2.0, 2.0, 7.0, 10.0));
        // quantile(c(1, 2, 3, 5))
        let own = quartiles(&[(1.0, 1), (2.0, 1), (3.0, 1), (5.0, 1)]).unwrap();
        assert_eq!((own.q1, own.median, own.q3), (1.75, 2.5, 3.5));
        assert_eq!(quartiles(&[]), None);
    }

    #[test]
    fn buckets_keep_the_order_and_are_narrow() {
        let values = [-1e9, -3.5, -1e-9, 0.0, 1e-9, 0.5, 1.0, 1.5, 100.0, 1e300];
        assert!(values.windows(2).all(|pair| bucket(pair[0]) < bucket(pair[1])));
        for value in values.into_iter().filter(|&value| value > 0.0) {
            let (low, high) = (edge(bucket(value)), edge(bucket(value) + 1));
            assert!(low <= value && value < high && high / low < 1.0040, "{value}");
        }
        assert_eq!(bucket(-0.0), bucket(0.0));
    }

    #[test]
    fn about_is_near_and_range_is_exact() {
        let mut spread = Spread::default();
        (0..=100_000).for_each(|at| spread.add(f64::from(at) / 100.0, 1));
        let own = spread.about().unwrap();
        assert_eq!((own.min, own.max, own.exact), (0.0, 1000.0, false));
        for (found, expected) in [(own.q1, 250.0), (own.median, 500.0), (own.q3, 750.0)] {
            assert!((found / expected - 1.0_f64).abs() < 0.002, "{found}");
        }
    }
}
