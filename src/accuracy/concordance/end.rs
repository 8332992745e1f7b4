//! Beginnings and ends of rows in the order of their scores.

use std::num::Wrapping;

use rayon::prelude::*;

use super::BLOCK;
use crate::cohort::Cohort;
use crate::numeric::digit_sums::Count;

/// The exit of a row, or its late entry: an end at which it stays, and which takes back what the
/// exit counts too much, pairs with events before the entry.
#[derive(Clone, Copy, Default)]
pub(super) struct End {
    /// Order of leaving: who is censored at a time is at risk at the events of that time.
    key: u32,
    /// The row, and whether it enters.
    row: u32,
    /// Twice the pairs that agree with the score (ties by half), and all comparable ones.
    pub(super) agreeing: Count,
    pub(super) all: Count,
}

/// More rows than there ever are.
const LATE: u32 = 1 << 31;

impl End {
    fn new(rank: u32, row: u32, event: bool) -> Self {
        Self { key: rank << 1 | u32::from(!event), row, ..Self::default() }
    }

    #[inline(always)]
    pub(super) fn key(&self) -> u32 {
        self.key
    }

    pub(super) fn row(&self) -> u32 {
        self.row & !LATE
    }

    pub(super) fn is_late(&self) -> bool {
        self.row >= LATE
    }

    /// How often it fails.
    #[inline(always)]
    pub(super) fn fails(&self) -> Count {
        Wrapping(!self.key & 1)
    }

    /// How often it stays where others fail.
    #[inline(always)]
    pub(super) fn stays(&self) -> Count {
        if self.is_late() { -Wrapping(1) } else { Wrapping(1) }
    }

    /// How often it fails while the other stays.
    #[inline(always)]
    fn fails_before(&self, other: &Self) -> Count {
        Wrapping(!self.key & u32::from(self.key < other.key))
    }

    /// Whether both fail at one time.
    #[inline(always)]
    pub(super) fn ties(&self, other: &Self) -> Count {
        Wrapping(!self.key & u32::from(self.key == other.key))
    }

    /// Compares with an end that comes later in the order of scores.
    #[inline(always)]
    pub(super) fn meet(&mut self, higher: &mut Self) {
        let (agree, differ) = (higher.fails_before(self), self.fails_before(higher));
        self.agreeing += agree + agree;
        self.all += agree + differ * higher.stays();
        higher.agreeing += (agree + agree) * self.stays();
        higher.all += agree * self.stays() + differ;
    }
}

/// The ends of rows in the order of the rows; an entry comes before the exit.
pub(super) fn ends(cohort: &Cohort, rows: &[u32]) -> Vec<End> {
    let (exit, event) = (cohort.exit(), cohort.event());
    let leave = |&row: &u32| End::new(exit[row as usize], row, event[row as usize]);
    match (cohort.entry(), rows.len() > BLOCK) {
        (None, false) => rows.iter().map(leave).collect(),
        (None, true) => rows.par_iter().with_min_len(BLOCK).map(leave).collect(),
        (Some(entry), _) => {
            let enter = |&row: &u32| End::new(entry[row as usize], row | LATE, false);
            rows.iter().flat_map(|row| [enter(row), leave(row)]).collect()
        }
    }
}

/// Adds half a pair for each two of one score, and puts those in the order of leaving; the pairs
/// tied in score, and those of events tied in time too.
pub(super) fn tie(ends: &mut [End], scores: &[f64]) -> [u64; 2] {
    let score = |end: &End| scores[end.row() as usize];
    let tied = |a: &End, b: &End| score(a) == score(b);
    let sum = |a: [u64; 2], b: [u64; 2]| [a[0] + b[0], a[1] + b[1]];
    match ends.len() > BLOCK {
        true => ends.par_chunk_by_mut(tied).map(tie_score).reduce(Default::default, sum),
        false => ends.chunk_by_mut(tied).map(tie_score).fold([0; 2], sum),
    }
}

fn tie_score(ends: &mut [End]) -> [u64; 2] {
    if ends.len() == 1 {
        return [0; 2];
    }
    ends.sort_unstable_by_key(End::key);
    let mut failed = Wrapping(0);
    let mut staying: Count = ends.iter().map(End::stays).sum();
    let [mut tied_x, mut tied_xy] = [0; 2];
    for same in ends.chunk_by_mut(|a, b| a.key() == b.key()) {
        let failing: Count = same.iter().map(End::fails).sum();
        staying -= same.iter().map(End::stays).sum::<Count>();
        same.iter_mut().for_each(|end| end.agreeing += failed + end.fails() * staying);
        failed += failing;
        tied_x += u64::from(failing.0) * u64::from(staying.0);
        tied_xy += pairs_among(failing);
    }
    [tied_x, tied_xy]
}

pub(super) fn pairs_among(count: Count) -> u64 {
    let count = u64::from(count.0);
    count * count.saturating_sub(1) / 2
}
