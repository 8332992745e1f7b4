//! A stable parallel scatter of row numbers into buckets of close values.

use rayon::prelude::*;
use std::slice::IterMut;

/// Entries, bucket after bucket; within a bucket in row order. An entry holds
/// the row below and, above it, where in its bucket the value lies.
pub(super) struct Buckets {
    entries: Vec<u64>,
    sizes: Vec<usize>,
}

/// The position within the bucket: never decreases as the value increases.
pub(super) fn key(entry: u64) -> u64 {
    entry >> ROW_BITS
}

const ROW_BITS: u32 = 32;
const KEY_MASK: u64 = !0 << ROW_BITS;

/// Rows per bucket aimed at: 8 bytes each, half of a first-level cache.
const BUCKET_ROWS: usize = 2048;
/// More buckets than this and the scatter misses the address cache.
const MOST_BUCKETS: usize = 4096;

impl Buckets {
    pub(super) fn scatter(values: &[f64]) -> Buckets {
        let scale = Scale::of(values);
        let chunk = values.len().div_ceil(rayon::current_num_threads()).max(1);
        let counts: Vec<Vec<usize>> =
            values.par_chunks(chunk).map(|part| count(part, &scale)).collect();
        let mut entries = vec![0; values.len()];
        let parts = values.par_chunks(chunk).zip(slots(&mut entries, &counts));
        parts.enumerate().for_each(|(index, (part, slots))| {
            fill(part, index * chunk, &scale, slots);
        });
        let sizes = (0..scale.buckets).map(|b| counts.iter().map(|c| c[b]).sum()).collect();
        Buckets { entries, sizes }
    }

    /// The buckets, each with its part of `order`.
    pub(super) fn split<'a>(
        &'a mut self,
        order: &'a mut [u32],
    ) -> Vec<(&'a mut [u64], &'a mut [u32])> {
        let (mut entries, mut order) = (self.entries.as_mut_slice(), order);
        let sizes = self.sizes.iter().filter(|&&size| size > 0);
        sizes.map(|&size| (take(&mut entries, size), take(&mut order, size))).collect()
    }
}

/// How many values of a part go to each bucket.
fn count(part: &[f64], scale: &Scale) -> Vec<usize> {
    let mut counts = vec![0; scale.buckets];
    part.iter().for_each(|&value| counts[bucket(scale.code(value))] += 1);
    counts
}

/// For each part, the places of its entries in each bucket: bucket by bucket,
/// and within a bucket part by part, which keeps row order.
fn slots<'a>(mut entries: &'a mut [u64], counts: &[Vec<usize>]) -> Vec<Vec<IterMut<'a, u64>>> {
    let buckets = counts.first().map_or(0, Vec::len);
    let mut slots: Vec<Vec<_>> = counts.iter().map(|_| Vec::with_capacity(buckets)).collect();
    for bucket in 0..buckets {
        for (part, counts) in slots.iter_mut().zip(counts) {
            part.push(take(&mut entries, counts[bucket]).iter_mut());
        }
    }
    slots
}

fn fill(part: &[f64], first_row: usize, scale: &Scale, mut slots: Vec<IterMut<u64>>) {
    for (row, &value) in (first_row as u64..).zip(part) {
        let code = scale.code(value);
        if let Some(slot) = slots[bucket(code)].next() {
            *slot = (code << ROW_BITS) & KEY_MASK | row;
        }
    }
}

/// Cuts the first `length` items off a slice.
fn take<'a, T>(slice: &mut &'a mut [T], length: usize) -> &'a mut [T] {
    let (front, back) = std::mem::take(slice).split_at_mut(length);
    *slice = back;
    front
}

fn bucket(code: u64) -> usize {
    (code >> ROW_BITS) as usize
}

/// The map from values to codes: linear from the smallest value up to where
/// the tail gets thin, constant above. It never decreases, so ordering codes
/// and then the values of equal codes orders the values.
struct Scale {
    least: f64,
    factor: f64,
    buckets: usize,
}

impl Scale {
    fn of(values: &[f64]) -> Scale {
        let buckets = (values.len() / BUCKET_ROWS).next_power_of_two().min(MOST_BUCKETS);
        let extremes = || (f64::INFINITY, f64::NEG_INFINITY);
        let (least, greatest) = values
            .par_iter()
            .fold(extremes, |(low, high), &v| (low.min(v), high.max(v)))
            .reduce(extremes, |a, b| (a.0.min(b.0), a.1.max(b.1)));
        let top = greatest.min(least + 2.0 * (upper_percentile(values) - least));
        let codes = (buckets as f64) * (1_u64 << ROW_BITS) as f64;
        Scale { least, factor: codes / (top - least), buckets }
    }

    /// Below `buckets · 2³²`; the bucket is in the upper half.
    fn code(&self, value: f64) -> u64 {
        let largest = ((self.buckets as u64) << ROW_BITS) - 1;
        // The conversion saturates, and turns the NaN of 0·∞ into zero.
        (((value - self.least) * self.factor) as u64).min(largest)
    }
}

/// The 99th percentile of a thousand values spread over the rows.
fn upper_percentile(values: &[f64]) -> f64 {
    let mut sample: Vec<f64> = values.iter().step_by(values.len() / 1000 + 1).copied().collect();
    let place = sample.len() * 99 / 100;
    *sample.select_nth_unstable_by(place, f64::total_cmp).1
}
