//! Sorting a column of values.

mod bucket;
mod buckets;
mod marks;
mod ranks;

use rayon::prelude::*;
use std::cmp::Ordering;

use bucket::Room;
use buckets::Buckets;
pub(crate) use ranks::{Block, Order, rank};

/// Below this length one ordinary sort is fastest.
const SHORT: usize = 1 << 13;

/// A column in ascending order.
#[derive(Debug, Clone, PartialEq)]
struct Sorted {
    values: Vec<f64>,
    /// Where each value stood, equal values in row order.
    rows: Vec<u32>,
}

/// Sorts values that are finite.
///
/// One stable scatter of values and rows into buckets linear in the value, then a sort of each
/// bucket in cache, so that nothing is fetched by row number afterwards; the result is the same for
/// any number of threads, because it is the only one in order.
///
/// # Panics
///
/// When there are more than `u32::MAX` values.
fn sort(values: Vec<f64>) -> Sorted {
    let rows = u32::try_from(values.len()).expect("row numbers are u32");
    if values.len() < SHORT {
        let mut rows: Vec<u32> = (0..rows).collect();
        rows.sort_by(|&a, &b| ascending(values[a as usize], values[b as usize]));
        return Sorted { values: rows.iter().map(|&row| values[row as usize]).collect(), rows };
    }
    let mut buckets = Buckets::scatter(values);
    let parts = buckets.split().into_par_iter();
    parts.for_each_init(Room::default, |room, (values, rows)| room.sort(values, rows));
    buckets.sorted
}

fn ascending(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests;
