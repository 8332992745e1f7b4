//! Beginnings and ends of rows in the order of their scores.

use std::num::Wrapping;

use rayon::prelude::*;

use crate::cohort::Cohort;
use crate::numeric::digit_sums::Count;

/// Ends handled by one task.
pub(super) const PART: usize = 1 << 14;

/// The exit of a row, or its late entry: an end at which it stays, and which takes back what the
/// exit counts too much, pairs with events before the entry.
#[derive(Clone, Copy, Default)]
pub(super) struct End {
    time: u32,
    pub(super) row: u32,
    /// Twice the pairs that agree with the score (ties by half), and all comparable ones.
    pub(super) agreeing: Count,
    pub(super) all: Count,
    event: bool,
    pub(super) late: bool,
    /// Whether the end before this one has the same score.
    tied: bool,
}

impl End {
    /// The order of leaving: who is censored at a time is at risk at the events of that time.
    #[inline]
    pub(super) fn key(&self) -> u64 {
        u64::from(self.time) << 1 | u64::from(!self.event)
    }

    /// How often it fails.
    #[inline]
    pub(super) fn fails(&self) -> Count {
        Wrapping(u32::from(self.event))
    }

    /// How often it stays where others fail.
    #[inline]
    pub(super) fn stays(&self) -> Count {
        if self.late { -Wrapping(1) } else { Wrapping(1) }
    }

    /// How often it fails while the other stays.
    #[inline]
    fn fails_before(&self, other: &Self) -> Count {
        Wrapping(u32::from(self.event && self.key() < other.key()))
    }

    /// Compares with an end that comes later in the order of scores.
    #[inline]
    pub(super) fn meet(&mut self, higher: &mut Self) {
        let (agree, differ) = (higher.fails_before(self), self.fails_before(higher));
        self.agreeing += agree + agree;
        self.all += agree + differ * higher.stays();
        higher.agreeing += (agree + agree) * self.stays();
        higher.all += agree * self.stays() + differ;
    }
}

/// The ends of rows that are in the order of their scores; of one score, the later end is last.
pub(super) fn ends(cohort: &Cohort, scores: &[f64], rows: &[u32]) -> Vec<End> {
    let score = |at: usize| scores[rows[at] as usize];
    let exit = |at: usize| {
        let (row, tied) = (rows[at], at > 0 && score(at) == score(at - 1));
        let (time, event) = (cohort.exit()[row as usize], cohort.event()[row as usize]);
        End { time, row, event, tied, ..End::default() }
    };
    let both = |at: usize, entry: &[u32]| {
        let exit = exit(at);
        let time = entry[exit.row as usize];
        [End { time, event: false, late: true, ..exit }, End { tied: true, ..exit }]
    };
    let places = 0..rows.len();
    match (cohort.entry(), rows.len() > PART) {
        (None, false) => places.map(exit).collect(),
        (None, true) => places.into_par_iter().with_min_len(PART).map(exit).collect(),
        (Some(entry), _) => places.flat_map(|at| both(at, entry)).collect(),
    }
}

/// Adds half a pair for each two of one score; the pairs tied in score, and those of events tied in
/// time too.
pub(super) fn tie(ends: &mut [End]) -> [u64; 2] {
    let tied = |_: &End, next: &End| next.tied;
    let sum = |a: [u64; 2], b: [u64; 2]| [a[0] + b[0], a[1] + b[1]];
    match ends.len() > PART {
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
