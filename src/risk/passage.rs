//! Rows of a lane in the order of time, where each matters by itself.

use std::ops::Range;

use super::scatter::{Lanes, rows_by_lane, sorted_rows};
use crate::cohort::Cohort;

/// The rows of one lane in the order in which they leave and, where anybody enters late, enter.
#[derive(Debug, Clone)]
pub(crate) struct Passage {
    exits: Vec<u32>,
    entries: Vec<u32>,
}

/// A time at which somebody leaves.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Instant {
    /// Rank on the time axis.
    pub(crate) time: u32,
    /// Places among the entries: who entered since the instant before, at risk from this one on.
    pub(crate) late: Range<usize>,
    /// Places among the exits: who leaves.
    pub(crate) leaving: Range<usize>,
}

/// The passage of every lane.
pub(crate) fn passages(cohort: &Cohort, lanes: Lanes<'_>) -> Vec<Passage> {
    let exits = match cohort.order() {
        Some(order) => rows_by_lane(lanes, order.rows()),
        None => rows_by_lane(lanes, &sorted_rows(cohort.exit())),
    };
    let entries = cohort.entry().map(|entry| rows_by_lane(lanes, &sorted_rows(entry)));
    let mut entries = entries.into_iter().flatten();
    let passage = |exits| Passage { exits, entries: entries.next().unwrap_or_default() };
    exits.into_iter().map(passage).collect()
}

impl Passage {
    /// The rows by exit.
    pub(crate) fn exits(&self) -> &[u32] {
        &self.exits
    }

    /// The rows by entry; none where nobody enters late.
    pub(crate) fn entries(&self) -> &[u32] {
        &self.entries
    }

    /// The times at which somebody leaves, in order.
    pub(crate) fn instants(&self, cohort: &Cohort) -> Vec<Instant> {
        let (exit, entry) = (cohort.exit(), cohort.entry().unwrap_or_default());
        let (mut at, mut entered) = (0, 0);
        let instant = |leaving: &[u32]| {
            let time = exit[leaving[0] as usize];
            let due = self.entries[entered..].iter();
            let due = due.take_while(|&&row| entry[row as usize] < time).count();
            (at, entered) = (at + leaving.len(), entered + due);
            Instant { time, late: entered - due..entered, leaving: at - leaving.len()..at }
        };
        let tied = self.exits.chunk_by(|&a, &b| exit[a as usize] == exit[b as usize]);
        tied.map(instant).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::Groups;

    #[test]
    fn who_enters_and_leaves_when() {
        let cohort = Cohort::builder(vec![5, 3, 5, 8], vec![true, true, false, true]);
        let cohort = cohort.entry(vec![3, 0, 1, 4]).build().unwrap();
        let none = Groups::single();
        let passage = passages(&cohort, Lanes::all(&none)).remove(0);
        assert_eq!((passage.exits(), passage.entries()), (&[1, 0, 2, 3][..], &[1, 2, 0, 3][..]));
        let instant = |time, late, leaving| Instant { time, late, leaving };
        let want = [instant(3, 0..2, 0..1), instant(5, 2..4, 1..3), instant(8, 4..4, 3..4)];
        assert_eq!(passage.instants(&cohort), want);
    }
}
