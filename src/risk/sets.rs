//! Risk sets at the event times: which of them each row belongs to.

use std::ops::Range;

use rayon::prelude::*;

use super::PARALLEL_ROWS;
use crate::cohort::Cohort;
use crate::numeric::sum::{run_backwards, run_forwards};

/// The distinct event times of every stratum, and the span of them at which each row is at risk.
///
/// Times are numbered through all strata as *slots*; the first slot of a stratum stands for the
/// time before its first event. A row is at risk at the slots in (from, to].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RiskSets {
    /// Rank on the time axis of every slot; meaningless in the first of a stratum.
    time: Vec<u32>,
    /// The slots of every stratum, its first one included.
    strata: Vec<Range<usize>>,
    to: Vec<u32>,
    from: Option<Vec<u32>>,
}

impl RiskSets {
    pub(crate) fn new(cohort: &Cohort) -> Self {
        let cells = cohort.strata().len().saturating_mul(cohort.axis().len());
        if cells <= 4096 + 4 * cohort.n_rows() { by_table(cohort) } else { by_search(cohort) }
    }

    /// Number of slots.
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }

    /// The slots of every stratum; the first of them lies before its first event.
    pub(crate) fn strata(&self) -> &[Range<usize>] {
        &self.strata
    }

    /// The slots of event times.
    pub(crate) fn event_slots(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.strata.iter().flat_map(|slots| slots.start + 1..slots.end)
    }

    /// Rank on the time axis of a slot that is an event time.
    pub(crate) fn time(&self, slot: usize) -> u32 {
        self.time[slot]
    }

    /// The last slot of a stratum that is not after a rank.
    pub(crate) fn slot_at(&self, stratum: usize, rank: u32) -> usize {
        let slots = &self.strata[stratum];
        let events = &self.time[slots.start + 1..slots.end];
        slots.start + events.partition_point(|&time| time <= rank)
    }

    /// The last slot at which each row is at risk; an event's own slot.
    pub(crate) fn to(&self) -> &[u32] {
        &self.to
    }

    /// The slot before the first at which each row is at risk, unless all rows start at time 0.
    pub(crate) fn from(&self) -> Option<&[u32]> {
        self.from.as_deref()
    }

    /// The risk sets of a sweep: rows in another order, those from n on at the slots where they
    /// enter, and all at risk from their stratum's beginning.
    pub(crate) fn in_order(&self, order: &[u32]) -> Self {
        let n = self.to.len();
        let slot = |&row: &u32| match self.from() {
            Some(from) if row as usize >= n => from[row as usize - n],
            _ => self.to[row as usize],
        };
        let to = order.par_iter().with_min_len(PARALLEL_ROWS).map(slot).collect();
        Self { time: self.time.clone(), strata: self.strata.clone(), to, from: None }
    }

    /// Rows in the order of one of their slots, and where the rows of each slot begin.
    pub(crate) fn by_slot(&self, slots: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0_u32; self.len() + 1];
        slots.iter().for_each(|&slot| starts[slot as usize + 1] += 1);
        for slot in 0..self.len() {
            starts[slot + 1] += starts[slot];
        }
        let (mut next, mut rows) = (starts.clone(), vec![0; slots.len()]);
        for (row, &slot) in slots.iter().enumerate() {
            rows[next[slot as usize] as usize] = row as u32;
            next[slot as usize] += 1;
        }
        (rows, starts)
    }

    /// Turns what rows add at `to` and take away at `from` into sums over risk sets.
    pub(crate) fn accumulate_backwards(&self, sums: &mut [f64]) {
        for slots in &self.strata {
            run_backwards(&mut sums[slots.clone()]);
        }
    }

    /// Turns increments at event times into functions of time that begin at 0 in every stratum.
    pub(crate) fn accumulate_forwards(&self, values: &mut [f64]) {
        for slots in &self.strata {
            values[slots.start] = 0.0;
            run_forwards(&mut values[slots.clone()]);
        }
    }
}

/// Whether a row makes an event time.
fn counts(cohort: &Cohort) -> impl Fn(usize) -> bool + '_ {
    let (event, weights) = (cohort.event(), cohort.weights().values());
    move |row| event[row] && weights.is_none_or(|weights| weights[row] > 0.0)
}

/// By a table of strata and times: no order of rows is needed.
fn by_table(cohort: &Cohort) -> RiskSets {
    let (times, strata) = (cohort.axis().len(), cohort.strata());
    let (exit, counts) = (cohort.exit(), counts(cohort));
    let mut table = vec![0_u32; strata.len() * times];
    let at = |row: usize, rank: u32| strata.code(row) as usize * times + rank as usize;
    for row in (0..cohort.n_rows()).filter(|&row| counts(row)) {
        table[at(row, exit[row])] = 1;
    }
    let (mut time, mut ranges) = (Vec::new(), Vec::new());
    for ranks in table.chunks_exact_mut(times) {
        let start = time.len();
        time.push(0);
        for (rank, own) in ranks.iter_mut().enumerate() {
            if *own == 1 {
                time.push(rank as u32);
            }
            *own = time.len() as u32 - 1;
        }
        ranges.push(start..time.len());
    }
    let slots = |ranks: &[u32]| map_rows(ranks, |row, rank| table[at(row, rank)]);
    let (to, from) = (slots(exit), cohort.entry().map(slots));
    RiskSets { time, strata: ranges, to, from }
}

/// By searching each row's times among the event times of its stratum.
fn by_search(cohort: &Cohort) -> RiskSets {
    let (exit, strata, counts) = (cohort.exit(), cohort.strata(), counts(cohort));
    let key = |row: usize, rank: u32| u64::from(strata.code(row)) << 32 | u64::from(rank);
    let events = (0..cohort.n_rows()).filter(|&row| counts(row));
    let mut keys: Vec<u64> = events.map(|row| key(row, exit[row])).collect();
    keys.par_sort_unstable();
    keys.dedup();
    let first = |stratum: usize| keys.partition_point(|&key| key < (stratum as u64) << 32);
    let firsts: Vec<usize> = (0..=strata.len()).map(first).collect();
    // Every stratum has one slot more than event times.
    let ranges = (0..strata.len()).map(|own| firsts[own] + own..firsts[own + 1] + own + 1);
    let mut time = Vec::with_capacity(keys.len() + strata.len());
    for own in 0..strata.len() {
        time.push(0);
        time.extend(keys[firsts[own]..firsts[own + 1]].iter().map(|&key| key as u32));
    }
    let slot = |row: usize, rank: u32| {
        let own = strata.code(row) as usize;
        let over = keys[firsts[own]..firsts[own + 1]].partition_point(|&k| k <= key(row, rank));
        (firsts[own] + own + over) as u32
    };
    let slots = |ranks: &[u32]| map_rows(ranks, slot);
    let (to, from) = (slots(exit), cohort.entry().map(slots));
    RiskSets { strata: ranges.collect(), time, to, from }
}

fn map_rows(ranks: &[u32], slot: impl Fn(usize, u32) -> u32 + Sync) -> Vec<u32> {
    let rows = ranks.par_iter().enumerate().with_min_len(PARALLEL_ROWS);
    rows.map(|(row, &rank)| slot(row, rank)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::{Factor, Groups};
    use crate::table::Category;

    fn cohort() -> Cohort {
        let codes = vec![0, 0, 0, 1, 1, 1];
        let levels: Vec<String> = vec!["a".into(), "b".into()];
        let category = Category { codes, levels: levels.into() };
        let strata = Groups::cross(vec![Factor { name: "s".into(), category }]);
        Cohort::builder(vec![2, 4, 4, 1, 3, 5], vec![true, true, false, false, true, false])
            .entry(vec![0, 2, 1, 0, 0, 3])
            .strata(strata)
            .build()
            .unwrap()
    }

    #[test]
    fn spans_of_rows() {
        let sets = RiskSets::new(&cohort());
        // Stratum a: events at 2 and 4 (slots 1, 2); b: at 3 (slot 4).
        assert_eq!(sets.strata(), [0..3, 3..5]);
        assert_eq!(sets.event_slots().collect::<Vec<_>>(), [1, 2, 4]);
        assert_eq!(sets.to(), [1, 2, 2, 3, 4, 4]);
        assert_eq!(sets.from().unwrap(), [0, 1, 0, 3, 3, 4]);
        let mut n_risk = vec![0.0; sets.len()];
        for (&to, &from) in sets.to().iter().zip(sets.from().unwrap()) {
            n_risk[to as usize] += 1.0;
            n_risk[from as usize] -= 1.0;
        }
        sets.accumulate_backwards(&mut n_risk);
        // At 4 in stratum a: rows 1 and 2; at 3 in b: row 4 alone, since row 5 enters at 3.
        assert_eq!([n_risk[1], n_risk[2], n_risk[4]], [2.0, 2.0, 1.0]);
    }

    #[test]
    fn searching_finds_what_the_table_says() {
        let cohort = cohort();
        let (table, search) = (by_table(&cohort), by_search(&cohort));
        assert_eq!((table.to, table.from), (search.to, search.from));
        assert_eq!((table.strata, table.time), (search.strata, search.time));
    }
}
