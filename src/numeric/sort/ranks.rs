//! Ranks of values, with close values counted as one.

use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::sorted_order;

/// A column of values put in order and grouped.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    /// The rows in order.
    pub(crate) order: Order,
    /// The smallest value of each group, ascending.
    pub(crate) distinct: Vec<f64>,
    /// How many different values joined the group of a smaller one.
    pub(crate) merged: usize,
}

/// Rows by ascending value, and where the groups of equal ones begin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    /// Row numbers, equal values in row order.
    pub(crate) rows: Vec<u32>,
    /// Where each group begins in `rows`.
    pub(crate) starts: Vec<u32>,
}

/// Orders the values and groups those no further than `tolerance` times the
/// group's first value above it: zero keeps different values apart. The
/// distance is always to the first value, so groups do not chain.
pub(crate) fn rank(values: &[f64], tolerance: f64) -> Ranked {
    let rows = sorted_order(values);
    let sorted: Vec<f64> =
        rows.par_iter().with_min_len(BLOCK).map(|&row| values[row as usize]).collect();
    let Groups { starts, distinct, merged } = Groups::find(sorted, tolerance);
    Ranked { order: Order { rows, starts }, distinct, merged }
}

struct Groups {
    starts: Vec<u32>,
    distinct: Vec<f64>,
    merged: usize,
}

/// Positions handled together when ranks are written.
const BLOCK: usize = 1 << 16;

impl Groups {
    fn find(sorted: Vec<f64>, tolerance: f64) -> Groups {
        let opens = |&position: &usize| position == 0 || sorted[position] != sorted[position - 1];
        let block = |block: usize| {
            let positions = block * BLOCK..sorted.len().min((block + 1) * BLOCK);
            positions.filter(opens).map(|position| position as u32).collect()
        };
        let blocks: Vec<Vec<u32>> =
            (0..sorted.len().div_ceil(BLOCK)).into_par_iter().map(block).collect();
        let mut starts = blocks.concat();
        let different = starts.len();
        if tolerance > 0.0 {
            join_close(&mut starts, &sorted, tolerance);
        }
        let merged = different - starts.len();
        // In place: a second copy of a long column costs more than moving its values down.
        let mut distinct = sorted;
        for (group, &start) in starts.iter().enumerate() {
            distinct[group] = distinct[start as usize];
        }
        distinct.truncate(starts.len());
        Groups { merged, starts, distinct }
    }
}

impl Order {
    /// The group of each row. Each row occurs once in the order, so the
    /// writes never meet; atomics say so without unsafe code.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let ranks: Vec<AtomicU32> =
            self.rows.par_iter().with_min_len(BLOCK).map(|_| AtomicU32::new(0)).collect();
        self.rows.par_chunks(BLOCK).enumerate().for_each(|(block, rows)| {
            self.write_block(block * BLOCK, rows, &ranks);
        });
        ranks.into_iter().map(AtomicU32::into_inner).collect()
    }

    /// Writes the ranks of rows at consecutive positions from `begin`.
    fn write_block(&self, begin: usize, rows: &[u32], ranks: &[AtomicU32]) {
        let mut next = self.starts.partition_point(|&start| start as usize <= begin);
        for (position, &row) in (begin..).zip(rows) {
            if self.starts.get(next).is_some_and(|&start| start as usize == position) {
                next += 1;
            }
            ranks[row as usize].store((next - 1) as u32, Relaxed);
        }
    }
}

/// Drops the starts whose value lies within the tolerance of the start kept
/// before them.
fn join_close(starts: &mut Vec<u32>, sorted: &[f64], tolerance: f64) {
    let mut first = f64::NEG_INFINITY;
    starts.retain(|&start| {
        let value = sorted[start as usize];
        let opens = value - first > tolerance * first;
        if opens {
            first = value;
        }
        opens
    });
}
