//! Sorting row numbers by a column of values.

mod buckets;
mod ranks;

use rayon::prelude::*;
use std::cmp::Ordering;

use buckets::{Buckets, key};
pub(crate) use ranks::{Order, rank};

/// Below this length one ordinary sort is fastest.
const SHORT: usize = 1 << 13;

/// From this length a single bucket is worth several threads.
const LONG_BUCKET: usize = 1 << 17;

/// Row numbers by ascending value, equal values in row order.
///
/// The values are finite and not NaN. One scatter into buckets linear in the
/// value, then a sort of each bucket in cache; the result is the same for any
/// number of threads, because it is the only one in order.
///
/// # Panics
///
/// When there are more than `u32::MAX` values.
pub(crate) fn sorted_order(values: &[f64]) -> Vec<u32> {
    let rows = u32::try_from(values.len()).expect("row numbers are u32");
    if values.len() < SHORT {
        let mut order: Vec<u32> = (0..rows).collect();
        order.sort_by(|&a, &b| by_value(values, a, b));
        return order;
    }
    let mut buckets = Buckets::scatter(values);
    let mut order = vec![0; values.len()];
    buckets.split(&mut order).into_par_iter().for_each(|(entries, rows)| {
        sort_bucket(entries, values);
        rows.iter_mut().zip(entries).for_each(|(row, entry)| *row = row_of(*entry));
    });
    order
}

/// Sorts entries by key and row, then those of equal key by value and row.
fn sort_bucket(entries: &mut [u64], values: &[f64]) {
    if entries.len() < LONG_BUCKET {
        entries.sort_unstable();
    } else {
        entries.par_sort_unstable();
    }
    for run in entries.chunk_by_mut(|&a, &b| key(a) == key(b)) {
        if run.len() > 1 {
            sort_run(run, values);
        }
    }
}

/// Sorts a run that is in row order by value.
fn sort_run(run: &mut [u64], values: &[f64]) {
    let by_value = |a: &u64, b: &u64| by_value(values, row_of(*a), row_of(*b));
    if run.is_sorted_by(|a, b| by_value(a, b).is_le()) {
        return;
    }
    if run.len() < LONG_BUCKET {
        run.sort_by(by_value);
    } else {
        run.par_sort_by(by_value);
    }
}

fn row_of(entry: u64) -> u32 {
    entry as u32
}

fn by_value(values: &[f64], a: u32, b: u32) -> Ordering {
    let (a, b) = (values[a as usize], values[b as usize]);
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests;
