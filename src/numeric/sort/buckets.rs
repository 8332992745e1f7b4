//! A stable parallel scatter of values into buckets of close ones.

use rayon::prelude::*;
use std::iter::Zip;
use std::slice::IterMut;

use super::Sorted;

/// Values and rows, bucket after bucket; within a bucket in row order.
pub(super) struct Buckets {
    pub(super) sorted: Sorted,
    sizes: Vec<usize>,
}

/// Rows per bucket aimed at: with the room to sort them in, half of a second-level cache.
const BUCKET_ROWS: usize = 1 << 14;
/// More buckets than this and the scatter misses the address cache.
const MOST_BUCKETS: usize = 2048;

/// Values and rows of a bucket, or of what one thread puts there.
type Places<'a> = (&'a mut [f64], &'a mut [u32]);
type Slots<'a> = Zip<IterMut<'a, f64>, IterMut<'a, u32>>;

impl Buckets {
    pub(super) fn scatter(values: Vec<f64>) -> Buckets {
        let scale = scale_of(&values);
        let chunk = values.len().div_ceil(rayon::current_num_threads()).max(1);
        let counts: Vec<Vec<usize>> =
            values.par_chunks(chunk).map(|part| count(part, &scale)).collect();
        let mut sorted = Sorted { values: vec![0.0; values.len()], rows: vec![0; values.len()] };
        let parts = values.par_chunks(chunk).zip(slots(&mut sorted, &counts));
        parts.enumerate().for_each(|(index, (part, slots))| {
            fill(part, (index * chunk) as u32, &scale, slots);
        });
        let sizes = (0..scale.buckets).map(|b| counts.iter().map(|c| c[b]).sum()).collect();
        Buckets { sorted, sizes }
    }

    pub(super) fn split(&mut self) -> Vec<Places<'_>> {
        let mut rest = self.sorted.places();
        self.sizes.iter().map(|&size| take(&mut rest, size)).collect()
    }
}

impl Sorted {
    fn places(&mut self) -> Places<'_> {
        (&mut self.values, &mut self.rows)
    }
}

/// How many values of a part go to each bucket.
fn count(part: &[f64], scale: &Scale) -> Vec<usize> {
    let mut counts = vec![0; scale.buckets];
    part.iter().for_each(|&value| counts[scale.bucket(value)] += 1);
    counts
}

/// For each part, the places of its rows in each bucket: bucket by bucket, and within a bucket part
/// by part, which keeps row order.
fn slots<'a>(sorted: &'a mut Sorted, counts: &[Vec<usize>]) -> Vec<Vec<Slots<'a>>> {
    let buckets = counts.first().map_or(0, Vec::len);
    let mut slots: Vec<Vec<_>> = counts.iter().map(|_| Vec::with_capacity(buckets)).collect();
    let mut rest = sorted.places();
    for bucket in 0..buckets {
        for (part, counts) in slots.iter_mut().zip(counts) {
            let (values, rows) = take(&mut rest, counts[bucket]);
            part.push(values.iter_mut().zip(rows));
        }
    }
    slots
}

fn fill(part: &[f64], first_row: u32, scale: &Scale, mut slots: Vec<Slots<'_>>) {
    for (row, &value) in (first_row..).zip(part) {
        if let Some(slot) = slots[scale.bucket(value)].next() {
            (*slot.0, *slot.1) = (value, row);
        }
    }
}

/// Cuts the first places off.
fn take<'a>((values, rows): &mut Places<'a>, length: usize) -> Places<'a> {
    let (values, rows) = (values.split_off_mut(..length), rows.split_off_mut(..length));
    (values.unwrap_or_default(), rows.unwrap_or_default())
}

/// The map from values to buckets: linear from the smallest value up to a top, constant above. It
/// never decreases, so ordering buckets and then the values in each orders the values.
pub(super) struct Scale {
    least: f64,
    factor: f64,
    buckets: usize,
}

impl Scale {
    pub(super) fn new(least: f64, top: f64, buckets: usize) -> Scale {
        Scale { least, factor: buckets as f64 / (top - least), buckets }
    }

    #[inline]
    pub(super) fn bucket(&self, value: f64) -> usize {
        // The conversion saturates, and turns the NaN of 0·∞ into zero.
        (((value - self.least) * self.factor) as u32 as usize).min(self.buckets - 1)
    }
}

/// Linear up to where the tail gets thin.
fn scale_of(values: &[f64]) -> Scale {
    let join = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
    let blocks = values.par_chunks(1 << 16).map(extremes);
    let (least, greatest) = blocks.reduce(|| extremes(&[]), join);
    let top = greatest.min(least + 2.0 * (upper_percentile(values) - least));
    Scale::new(least, top, (values.len() / BUCKET_ROWS).clamp(1, MOST_BUCKETS))
}

/// The smallest and the greatest value.
pub(super) fn extremes(values: &[f64]) -> (f64, f64) {
    let join = |(low, high): (f64, f64), &value: &f64| (low.min(value), high.max(value));
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), join)
}

/// The 99th percentile of a thousand values spread over the rows.
fn upper_percentile(values: &[f64]) -> f64 {
    let mut sample: Vec<f64> = values.iter().step_by(values.len() / 1000 + 1).copied().collect();
    let place = sample.len() * 99 / 100;
    *sample.select_nth_unstable_by(place, f64::total_cmp).1
}
