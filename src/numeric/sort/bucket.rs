//! Sorting one bucket in cache.

use rayon::prelude::*;

use super::ascending;
use super::buckets::{Scale, extremes};

/// Below this length sorting by insertion is fastest.
const SHORT: u32 = 16;
/// From this length on a sort is worth several threads.
const LONG: u32 = 1 << 17;

/// Room to sort a bucket in, used again for the next one.
#[derive(Default)]
pub(super) struct Room {
    ends: Vec<u32>,
    items: Vec<(f64, u32)>,
}

impl Room {
    /// Sorts a bucket that is in row order by value: a stable scatter once more, into parts of
    /// about one row, and a sort of each of these.
    pub(super) fn sort(&mut self, values: &mut [f64], rows: &mut [u32]) {
        if values.is_sorted() {
            return;
        }
        let (least, greatest) = extremes(values);
        let longest = self.scatter(values, rows, &Scale::new(least, greatest, values.len()));
        if longest >= SHORT {
            for ends in self.ends.windows(2) {
                sort_part(&mut self.items[ends[0] as usize..ends[1] as usize]);
            }
        }
        insert(&self.items, values, rows);
    }

    /// Fills the items part by part, part p from `ends[p]` to `ends[p + 1]`; the longest part's
    /// length.
    fn scatter(&mut self, values: &[f64], rows: &[u32], scale: &Scale) -> u32 {
        self.ends.clear();
        self.ends.resize(values.len() + 1, 0);
        values.iter().for_each(|&value| self.ends[scale.bucket(value) + 1] += 1);
        let (mut begin, mut longest) = (0, 0);
        for end in &mut self.ends[1..] {
            longest = longest.max(*end);
            begin += std::mem::replace(end, begin);
        }
        self.items.clear();
        self.items.resize(values.len(), (0.0, 0));
        for (&value, &row) in values.iter().zip(rows) {
            let end = &mut self.ends[scale.bucket(value) + 1];
            self.items[*end as usize] = (value, row);
            *end += 1;
        }
        longest
    }
}

/// Sorts a part that is too long to be sorted by insertion.
fn sort_part(part: &mut [(f64, u32)]) {
    let by_value = |a: &(f64, u32), b: &(f64, u32)| ascending(a.0, b.0);
    match part.len() as u32 {
        ..SHORT => {}
        LONG.. => part.par_sort_by(by_value),
        _ => part.sort_by(by_value),
    }
}

/// Writes items, which are nearly in order, each before all greater ones.
fn insert(items: &[(f64, u32)], values: &mut [f64], rows: &mut [u32]) {
    for (at, &(value, row)) in items.iter().enumerate() {
        let mut place = at;
        while place > 0 && values[place - 1] > value {
            (values[place], rows[place]) = (values[place - 1], rows[place - 1]);
            place -= 1;
        }
        (values[place], rows[place]) = (value, row);
    }
}
