//! Scatter: rows into cells, by a table where it is small, by sorting where it is not.

mod order;

use rayon::prelude::*;

use super::counts::Increment;
use super::lane::{Entries, Lane};
use super::{Counts, PARALLEL_ROWS};
use crate::cohort::{Cohort, Groups, Weights};
use crate::numeric::sort::Order;

/// Blocks that weighted sums are cut into, whatever the number of threads: the order of additions,
/// and so every bit, is the same.
const WEIGHTED_BLOCKS: usize = 8;
/// Rows dealt to lanes by one task.
const DEALT_ROWS: usize = 1 << 18;

/// Which lane each row runs in.
#[derive(Clone, Copy)]
pub(crate) struct Lanes<'a> {
    outer: &'a Groups,
    inner: &'a Groups,
}

impl<'a> Lanes<'a> {
    /// One lane a group.
    pub(crate) fn groups(cohort: &'a Cohort, none: &'a Groups) -> Self {
        Self { outer: none, inner: cohort.groups() }
    }

    /// One lane of all rows.
    pub(crate) fn all(none: &'a Groups) -> Self {
        Self { outer: none, inner: none }
    }

    /// One lane for each group within each stratum.
    pub(crate) fn strata_and_groups(cohort: &'a Cohort) -> Self {
        Self::within_strata(cohort, cohort.groups())
    }

    /// The same for groups other than the cohort's own.
    pub(crate) fn within_strata(cohort: &'a Cohort, groups: &'a Groups) -> Self {
        Self { outer: cohort.strata(), inner: groups }
    }

    fn len(&self) -> usize {
        self.outer.len() * self.inner.len()
    }

    #[inline]
    fn of(&self, row: usize) -> usize {
        self.outer.code(row) as usize * self.inner.len() + self.inner.code(row) as usize
    }
}

/// Fills the lanes of a cohort.
pub(crate) fn tabulate(cohort: &Cohort, lanes: Lanes<'_>) -> Vec<Lane> {
    let few = cohort.order().is_some_and(Order::has_few_ties);
    match cohort.weights().values() {
        None if few => fill(cohort, lanes, |_| 1u8),
        None => fill(cohort, lanes, |_| 1u32),
        Some(weights) => fill(cohort, lanes, |row| weights[row]),
    }
}

/// Fills the lanes with subjects, who count once each however they were sampled.
pub(crate) fn tabulate_subjects(cohort: &Cohort, lanes: Lanes<'_>) -> Vec<Lane> {
    match cohort.weights() {
        Weights::Frequency(weights) => fill(cohort, lanes, |row| weights[row]),
        weights => fill(cohort, lanes, |row| u32::from(weights.of(row) > 0.0)),
    }
}

fn fill<C: Increment>(
    cohort: &Cohort,
    lanes: Lanes<'_>,
    weight: impl Fn(usize) -> C + Sync,
) -> Vec<Lane> {
    let exits = if prefers_table(cohort, lanes) {
        by_table(cohort, lanes, &weight)
    } else {
        by_sorting(cohort, lanes, &weight)
    };
    let entries = cohort.entry().map(|entry| enter(entry, lanes, &weight));
    let mut entries = entries.map(Vec::into_iter);
    let pair = |(time, event, censor): Exits| {
        Lane::new(time, event, censor, entries.as_mut().and_then(Iterator::next))
    };
    exits.into_iter().map(pair).collect()
}

/// Whether a table is small beside the rows. Where the order is known, only a table that fits the
/// cache can beat it.
fn prefers_table(cohort: &Cohort, lanes: Lanes<'_>) -> bool {
    let cells = lanes.len().saturating_mul(cohort.axis().len());
    let rows = cohort.n_rows();
    cells <= 4096 + if cohort.order().is_some() { rows / 8 } else { 4 * rows }
}

type Exits = (Vec<u32>, Counts, Counts);

/// The occupied cells of a lane, filled in the order of time.
#[derive(Clone)]
struct Cells<C> {
    time: Vec<u32>,
    event: Vec<C>,
    censor: Vec<C>,
}

impl<C> Default for Cells<C> {
    fn default() -> Self {
        Self { time: Vec::new(), event: Vec::new(), censor: Vec::new() }
    }
}

impl<C: Increment> Cells<C> {
    fn empty(len: usize) -> Self {
        Self { time: vec![0; len], event: vec![C::default(); len], censor: vec![C::default(); len] }
    }

    #[inline]
    fn add(&mut self, rank: u32, event: bool, weight: C) {
        if weight.is_none() {
            return;
        }
        if self.time.last() != Some(&rank) {
            self.time.push(rank);
            self.event.push(C::default());
            self.censor.push(C::default());
        }
        let cell = if event { &mut self.event } else { &mut self.censor };
        if let Some(sum) = cell.last_mut() {
            *sum += weight;
        }
    }

    fn into_exits(self) -> Exits {
        (self.time, C::pack(self.event), C::pack(self.censor))
    }
}

/// Adds every row to its cell of a lanes × times table: no sorting, any row order.
fn by_table<C: Increment>(
    cohort: &Cohort,
    lanes: Lanes<'_>,
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Exits> {
    let times = cohort.axis().len();
    let cells = lanes.len() * times;
    let (exit, event) = (cohort.exit(), cohort.event());
    let block = |rows: std::ops::Range<usize>| {
        let mut table = vec![[C::default(); 2]; cells];
        for row in rows {
            let at = lanes.of(row) * times + exit[row] as usize;
            table[at][usize::from(event[row])] += weight(row);
        }
        table
    };
    let table = in_blocks(cohort, cells, block);
    table.chunks_exact(times).map(compact).collect()
}

/// Runs a table-filling function over blocks of rows and adds the tables in order.
fn in_blocks<C: Increment>(
    cohort: &Cohort,
    cells: usize,
    block: impl Fn(std::ops::Range<usize>) -> Vec<[C; 2]> + Sync,
) -> Vec<[C; 2]> {
    let n = cohort.n_rows();
    let whole = cohort.weights().values().is_none();
    // Whole counts are the same however rows are cut, so there they may follow the threads.
    let blocks = if whole { rayon::current_num_threads() } else { WEIGHTED_BLOCKS };
    if n < PARALLEL_ROWS || blocks < 2 || cells * blocks > 2 * n {
        return block(0..n);
    }
    let cut = |at: usize| at * n / blocks;
    let tables: Vec<_> =
        (0..blocks).into_par_iter().map(|at| block(cut(at)..cut(at + 1))).collect();
    let mut tables = tables.into_iter();
    let mut sum = tables.next().unwrap_or_default();
    for table in tables {
        for (own, other) in sum.iter_mut().zip(table) {
            own[0] += other[0];
            own[1] += other[1];
        }
    }
    sum
}

fn compact<C: Increment>(cells: &[[C; 2]]) -> Exits {
    let occupied = |cell: &&[C; 2]| !(cell[0].is_none() && cell[1].is_none());
    let len = cells.iter().filter(occupied).count();
    let (mut time, mut event, mut censor) =
        (Vec::with_capacity(len), Vec::with_capacity(len), Vec::with_capacity(len));
    for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| occupied(cell)) {
        time.push(at as u32);
        censor.push(cell[0]);
        event.push(cell[1]);
    }
    (time, C::pack(event), C::pack(censor))
}

/// Walks the rows in the order of lane and time: for continuous times, where a table would be as
/// long as the data.
fn by_sorting<C: Increment>(
    cohort: &Cohort,
    lanes: Lanes<'_>,
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Exits> {
    match cohort.order() {
        Some(order) => order::by_order(cohort, order, lanes, weight),
        None => by_rank(cohort, lanes, weight),
    }
}

fn by_rank<C: Increment>(
    cohort: &Cohort,
    lanes: Lanes<'_>,
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Exits> {
    let exit = cohort.exit();
    let rows = rows_by_lane(lanes, &sorted_rows(exit));
    let lane = |rows: Vec<u32>| run(&rows, exit, cohort.event(), weight);
    rows.into_par_iter().with_min_len(lanes_a_task(cohort, lanes)).map(lane).collect()
}

/// Lanes worth a task of their own.
fn lanes_a_task(cohort: &Cohort, lanes: Lanes<'_>) -> usize {
    (lanes.len() * PARALLEL_ROWS).div_ceil(cohort.n_rows())
}

/// Rows in the order of their ranks, equal ranks in row order.
pub(super) fn sorted_rows(rank: &[u32]) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..rank.len() as u32).collect();
    if rows.len() < PARALLEL_ROWS {
        rows.sort_unstable_by_key(|&row| (rank[row as usize], row));
        return rows;
    }
    // Ranks are dense: each has its place once those below are counted.
    let top = rank.iter().max().map_or(0, |&rank| rank as usize + 1);
    let mut next = vec![0u32; top + 1];
    rank.iter().for_each(|&rank| next[rank as usize + 1] += 1);
    for at in 1..=top {
        next[at] += next[at - 1];
    }
    for (row, &rank) in rank.iter().enumerate() {
        let place = &mut next[rank as usize];
        rows[*place as usize] = row as u32;
        *place += 1;
    }
    rows
}

/// Deals rows out to their lanes, in blocks that are put together again in order.
pub(crate) fn rows_by_lane(lanes: Lanes<'_>, order: &[u32]) -> Vec<Vec<u32>> {
    let deal = |rows: &[u32]| {
        let mut hands = vec![Vec::with_capacity(rows.len() / lanes.len()); lanes.len()];
        rows.iter().for_each(|&row| hands[lanes.of(row as usize)].push(row));
        hands
    };
    if lanes.len() == 1 {
        return vec![order.to_vec()];
    }
    let blocks: Vec<Vec<Vec<u32>>> = order.par_chunks(DEALT_ROWS).map(deal).collect();
    let lane = |at| blocks.iter().flat_map(|hands: &Vec<Vec<u32>>| &hands[at]).copied().collect();
    (0..lanes.len()).into_par_iter().map(lane).collect()
}

/// Adds up the rows of each time in one lane.
fn run<C: Increment>(
    rows: &[u32],
    exit: &[u32],
    event: &[bool],
    weight: &impl Fn(usize) -> C,
) -> Exits {
    let mut cells = Cells::default();
    for &row in rows {
        cells.add(exit[row as usize], event[row as usize], weight(row as usize));
    }
    cells.into_exits()
}

/// Adds up late entries by lane and time.
fn enter<C: Increment>(
    entry: &[u32],
    lanes: Lanes<'_>,
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Entries> {
    let rows = rows_by_lane(lanes, &sorted_rows(entry));
    rows.iter()
        .map(|rows| {
            let (mut time, mut enter) = (Vec::new(), Vec::new());
            for tied in rows.chunk_by(|&a, &b| entry[a as usize] == entry[b as usize]) {
                let mut sum = C::default();
                tied.iter().for_each(|&row| sum += weight(row as usize));
                time.push(entry[tied[0] as usize]);
                enter.push(sum);
            }
            Entries { time, enter: C::pack(enter) }
        })
        .collect()
}

#[cfg(test)]
mod tests;
