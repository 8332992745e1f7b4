//! Rows of a lane in the order of time, where each matters by itself.

use super::scatter::{Lanes, rows_by_lane, sorted_rows};
use crate::cohort::Cohort;

/// The rows of one lane in the order in which they leave and, where anybody enters late, enter.
#[derive(Debug, Clone)]
pub(crate) struct Passage {
    exits: Vec<u32>,
    entries: Option<Vec<u32>>,
}

/// A time at which somebody leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant<'a> {
    /// Rank on the time axis.
    pub(crate) time: u32,
    /// Who entered since the instant before: at risk from this one on.
    pub(crate) late: &'a [u32],
    /// Who leaves.
    pub(crate) leaving: &'a [u32],
}

/// The passage of every lane.
pub(crate) fn passages(cohort: &Cohort, lanes: Lanes<'_>) -> Vec<Passage> {
    let exits = match cohort.order() {
        Some(order) => rows_by_lane(lanes, &order.rows),
        None => rows_by_lane(lanes, &sorted_rows(cohort.exit())),
    };
    let entries = cohort.entry().map(|entry| rows_by_lane(lanes, &sorted_rows(entry)));
    let mut entries = entries.map(Vec::into_iter);
    let passage = |exits| Passage { exits, entries: entries.as_mut().and_then(Iterator::next) };
    exits.into_iter().map(passage).collect()
}

impl Passage {
    /// The rows by exit.
    pub(crate) fn exits(&self) -> &[u32] {
        &self.exits
    }

    /// The rows by entry, where anybody enters late.
    pub(crate) fn entries(&self) -> Option<&[u32]> {
        self.entries.as_deref()
    }

    /// The times at which somebody leaves, in either direction.
    pub(crate) fn instants<'a>(
        &'a self,
        cohort: &'a Cohort,
    ) -> impl DoubleEndedIterator<Item = Instant<'a>> {
        let exit = cohort.exit();
        let time = |&at: &usize| exit[self.exits[at] as usize];
        let opens = |at: &usize| *at == 0 || time(at) != time(&(at - 1));
        let mut starts: Vec<usize> = (0..self.exits.len()).filter(opens).collect();
        let count = starts.len();
        starts.push(self.exits.len());
        (0..count).map(move |at| {
            let (from, to) = (starts[at], starts[at + 1]);
            let since = from.checked_sub(1).map_or(0, |before| time(&before));
            let late = self.entering(cohort, since, time(&from));
            Instant { time: time(&from), late, leaving: &self.exits[from..to] }
        })
    }

    /// Who enters at ranks in [from, to).
    fn entering(&self, cohort: &Cohort, from: u32, to: u32) -> &[u32] {
        let (Some(rows), Some(entry)) = (self.entries(), cohort.entry()) else { return &[] };
        let before = |rank: u32| rows.partition_point(|&row| entry[row as usize] < rank);
        &rows[before(from)..before(to)]
    }
}
