//! Ranks of values, with close values counted as one.

use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::marks::{BITS, Marks};
use super::{Sorted, sort};

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
    rows: Vec<u32>,
    /// The places in `rows` at which a group begins.
    opens: Marks,
}

/// Positions handled together.
const BLOCK: usize = 1 << 16;

/// Orders the values and groups those no further than `tolerance` times the
/// group's first value above it: zero keeps different values apart. The
/// distance is always to the first value, so groups do not chain.
pub(crate) fn rank(values: Vec<f64>, tolerance: f64) -> Ranked {
    let Sorted { values, rows } = sort(values);
    let far = |value: f64, first: f64| value - first > tolerance * first;
    let after = |position: usize| values[position - 1];
    // What is far from the value before it is far from every smaller one, in floating point too.
    let mut opens = Marks::new(values.len(), |at| at == 0 || far(values[at], after(at)));
    let mut merged = 0;
    if tolerance > 0.0 {
        let different = Marks::new(values.len(), |at| at == 0 || values[at] != after(at)).count();
        open_far(&mut opens, &values, far);
        merged = different - opens.count();
    }
    let distinct = firsts(values, &opens);
    Ranked { order: Order { rows, opens }, distinct, merged }
}

/// Marks the values that are close to the one before, but far from the first of their group.
fn open_far(opens: &mut Marks, values: &[f64], far: impl Fn(f64, f64) -> bool) {
    let mut first = 0;
    let mut position = opens.next_gap(0);
    while position < values.len() {
        if opens.has(position - 1) {
            first = position - 1;
        }
        if far(values[position], values[first]) {
            opens.add(position);
        }
        position = opens.next_gap(position + 1);
    }
}

/// The first value of each group, moved down in place: a second long column would cost more.
fn firsts(mut values: Vec<f64>, opens: &Marks) -> Vec<f64> {
    let groups = opens.count();
    if groups < values.len() {
        let mut group = 0;
        for position in 0..values.len() {
            values[group] = values[position];
            group += usize::from(opens.has(position));
        }
        values.truncate(groups);
    }
    values
}

impl Order {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in order.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Whether surely no value has more than 255 rows.
    pub(crate) fn has_few_ties(&self) -> bool {
        self.opens.is_dense()
    }

    /// The order cut into blocks; a group is never cut.
    pub(crate) fn blocks(&self) -> Vec<Block<'_>> {
        let mut rank = 0;
        let counts = self.opens.counts(BLOCK / BITS).enumerate();
        let block = |(at, groups): (usize, usize)| {
            let (from, to) = (self.opens.next(at * BLOCK), self.opens.next((at + 1) * BLOCK));
            rank += groups as u32;
            Block { order: self, from, rows: &self.rows[from..to], rank: rank - groups as u32 }
        };
        counts.map(block).collect()
    }

    /// The group of each row. Each row occurs once in the order, so the
    /// writes never meet; atomics say so without unsafe code.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let ranks: Vec<AtomicU32> =
            self.rows.par_iter().with_min_len(BLOCK).map(|_| AtomicU32::new(0)).collect();
        self.blocks().into_par_iter().for_each(|block| {
            block.ranked().for_each(|(row, rank)| ranks[row as usize].store(rank, Relaxed));
        });
        ranks.into_iter().map(AtomicU32::into_inner).collect()
    }
}

/// Whole groups of an order.
pub(crate) struct Block<'a> {
    order: &'a Order,
    from: usize,
    rows: &'a [u32],
    /// The first group.
    rank: u32,
}

impl<'a> Block<'a> {
    pub(crate) fn rows(&self) -> &'a [u32] {
        self.rows
    }

    /// The rows with their groups.
    #[inline]
    pub(crate) fn ranked(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut next = self.rank;
        self.rows.iter().zip(self.from..).map(move |(&row, position)| {
            next += u32::from(self.order.opens.has(position));
            (row, next - 1)
        })
    }
}
