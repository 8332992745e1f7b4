//! Distinct values and how often they occur, in memory that does not grow with the file.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::io::{Cell, hash};

/// Longer texts are kept up to here.
const KEPT_BYTES: usize = 200;

/// How much of a text is kept: no half characters of UTF-8.
fn kept_bytes(text: &[u8]) -> usize {
    let whole = |&end: &usize| text.get(end).is_none_or(|byte| byte & 0xc0 != 0x80);
    (0..=text.len().min(KEPT_BYTES)).rev().find(whole).unwrap_or(0)
}

/// A row that is none.
pub(super) const NO_ROW: u64 = u64::MAX;

/// How often a value occurs, and its first two rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) count: u64,
    pub(super) rows: [u64; 2],
}

impl Default for Seen {
    fn default() -> Self {
        Self { count: 0, rows: [NO_ROW; 2] }
    }
}

impl Seen {
    /// Once more; rows come in their order.
    pub(super) fn add(&mut self, row: u64) {
        if let Some(own) = self.rows.get_mut(self.count as usize) {
            *own = row;
        }
        self.count += 1;
    }

    pub(super) fn append(&mut self, more: &Self) {
        let known = self.count.min(2) as usize;
        self.rows[known..].copy_from_slice(&more.rows[..2 - known]);
        self.count += more.count;
    }
}

/// Values by their hash: all of them up to a number, beyond it those with the smallest hashes,
/// which are a sample that does not depend on the order of rows. Counts of kept values are exact.
#[derive(Debug)]
pub(super) struct Tally {
    cap: usize,
    kept: HashMap<u64, (Box<[u8]>, Seen), BuildHasherDefault<Hashed>>,
    /// Larger hashes are not kept.
    limit: u64,
}

/// The distinct values of a column.
#[derive(Debug)]
pub(super) struct Distinct {
    pub(super) values: Vec<(Box<[u8]>, Seen)>,
    /// How many there are.
    pub(super) count: u64,
    /// Whether that is counted, and the values are all, or else estimated.
    pub(super) exact: bool,
}

impl Tally {
    pub(super) fn new(cap: usize) -> Self {
        Self { cap, kept: HashMap::default(), limit: u64::MAX }
    }

    /// Takes in a value that occurs so often in rows behind those seen so far.
    pub(super) fn add(&mut self, text: &[u8], seen: &Seen) {
        let hash = hash_of(text);
        if hash > self.limit {
            return;
        }
        let cut = &text[..kept_bytes(text)];
        let own = self.kept.entry(hash).or_insert_with(|| (cut.into(), Seen::default()));
        own.1.append(seen);
        if self.kept.len() >= 2 * self.cap {
            self.prune();
        }
    }

    fn prune(&mut self) {
        if self.kept.len() <= self.cap {
            return;
        }
        let mut hashes: Vec<u64> = self.kept.keys().copied().collect();
        let (_, limit, _) = hashes.select_nth_unstable(self.cap - 1);
        self.limit = *limit;
        self.kept.retain(|hash, _| *hash <= self.limit);
    }

    /// The values that are kept, in no order.
    pub(super) fn finish(mut self) -> Distinct {
        self.prune();
        let exact = self.limit == u64::MAX;
        let count = if exact { self.kept.len() as u64 } else { self.estimate() };
        Distinct { values: self.kept.into_values().collect(), count, exact }
    }

    /// As many values as leave so many hashes up to the limit.
    fn estimate(&self) -> u64 {
        let share = self.limit as f64 / u64::MAX as f64;
        ((self.cap as f64 - 1.0) / share).round() as u64
    }
}

/// A number in which every bit of a text counts, its high bits as good as its low ones.
pub(super) fn hash_of(text: &[u8]) -> u64 {
    let mut mixed = hash(Cell::new(text, text.len()));
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^ (mixed >> 33)
}

/// Keys that are hashes already.
#[derive(Debug, Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, value: u64) {
        // Of small hashes the high bits are all zero, and the table looks at both ends.
        self.0 = value.rotate_left(32);
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(cap: usize, values: impl Iterator<Item = u64>) -> Distinct {
        let mut tally = Tally::new(cap);
        for (row, value) in (0..).zip(values) {
            let mut seen = Seen::default();
            seen.add(row);
            tally.add(value.to_string().as_bytes(), &seen);
        }
        tally.finish()
    }

    fn sorted(distinct: &Distinct) -> Vec<(String, u64)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut own: Vec<_> =
            distinct.values.iter().map(|(bytes, seen)| (text(bytes), seen.count)).collect();
        own.sort();
        own
    }

    #[test]
    fn up_to_the_cap_counts_and_first_rows_are_exact() {
        let found = tally(100, (0..1000).map(|at| at % 100));
        assert!(found.exact);
        assert_eq!(found.count, 100);
        assert!(found.values.iter().all(|(_, seen)| seen.count == 10));
        let seven = found.values.iter().find(|(text, _)| **text == *b"7").unwrap();
        assert_eq!(seven.1.rows, [7, 107]);
    }

    #[test]
    fn beyond_the_cap_the_sample_does_not_depend_on_the_order() {
        let forward = tally(256, (0..20_000).map(|at| at % 10_000));
        let backward = tally(256, (0..20_000).rev().map(|at| at % 10_000));
        assert!(!forward.exact);
        assert_eq!(sorted(&forward), sorted(&backward));
        assert_eq!(forward.values.len(), 256);
        assert!(forward.values.iter().all(|(_, seen)| seen.count == 2));
        assert_eq!(forward.count, backward.count);
    }

    #[test]
    fn estimates_are_near() {
        let found = tally(4096, 0..300_000);
        assert!((270_000..330_000).contains(&found.count), "{}", found.count);
    }

    #[test]
    fn long_texts_are_told_apart_by_all_of_them() {
        let mut tally = Tally::new(10);
        for end in ["a", "b"] {
            tally.add(format!("{}{end}", "x".repeat(500)).as_bytes(), &Seen::default());
        }
        assert_eq!(tally.finish().count, 2);
    }
}
