//! One stratum walked in both directions of time, the rows that were met kept by score.

use super::pairs::Pairs;
use super::{Found, Met};
use crate::cohort::{Cohort, Weights};
use crate::numeric::rank_sums::{RankSums, Split};
use crate::numeric::sort;
use crate::risk::{Instant, PARALLEL_ROWS, Passage};

/// The weight of the pairs that agree, and of all.
type Sums = [f64; 2];

/// What the walk must know of a row.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Place of the score among the distinct ones of the stratum.
    pub(super) rank: u32,
    pub(super) event: bool,
    pub(super) weight: f64,
}

/// The rows of one stratum and their scores.
pub(super) struct Walk {
    passage: Passage,
    instants: Vec<Instant>,
    /// By exit and by entry.
    exits: Vec<Row>,
    entries: Vec<Row>,
    /// Distinct scores.
    distinct: usize,
    /// Whether weights count copies of a row.
    copies: bool,
}

impl Walk {
    pub(super) fn new(cohort: &Cohort, scores: &[f64], passage: Passage) -> Self {
        let (exits, entries) = (passage.exits(), passage.entries());
        let own: Vec<f64> = exits.iter().map(|&row| scores[row as usize]).collect();
        let ranked = sort::rank(own, 0.0);
        let distinct = ranked.distinct;
        let look = |(&row, rank): (&u32, u32)| Row {
            rank,
            event: cohort.event()[row as usize],
            weight: cohort.weights().of(row as usize),
        };
        let place = |&row: &u32| distinct.partition_point(|&own| own < scores[row as usize]) as u32;
        Self {
            instants: passage.instants(cohort),
            exits: exits.iter().zip(ranked.order.ranks()).map(look).collect(),
            entries: entries.iter().zip(entries.iter().map(place)).map(look).collect(),
            distinct: distinct.len(),
            copies: matches!(cohort.weights(), Weights::Frequency(_)),
            passage,
        }
    }

    /// The ranks of the times at which somebody leaves.
    pub(super) fn times(&self) -> Vec<u32> {
        self.instants.iter().map(|instant| instant.time).collect()
    }

    /// Walks both ways; an event counts as often as `counts` says at each time.
    pub(super) fn run(self, counts: &[f64]) -> Found<Met> {
        let fail = || self.failing(counts);
        let stay = || self.staying(counts);
        let ((pairs, failing), [staying, early]) = match self.exits.len() < PARALLEL_ROWS {
            true => (fail(), stay()),
            false => rayon::join(fail, stay),
        };
        let (exits, entries) = (self.passage.exits(), self.passage.entries());
        let exits = exits.iter().zip(failing.iter().zip(&staying));
        let met = |row: u32, agreeing: f64, all: f64| Met { row, agreeing, all };
        let exits = exits.map(|(&row, (a, b))| met(row, a[0] + b[0], a[1] + b[1]));
        // Staying, a row is compared with events before its entry too.
        let entries = entries.iter().zip(&early).map(|(&row, sums)| met(row, -sums[0], -sums[1]));
        Found { pairs, met: exits.chain(entries).collect() }
    }

    /// From the last time to the first: every event against those at risk who stay.
    fn failing(&self, counts: &[f64]) -> (Pairs, Vec<Sums>) {
        let mut at_risk = RankSums::new(self.distinct);
        let (mut pairs, mut met) = (Pairs::default(), vec![[0.0; 2]; self.exits.len()]);
        for (instant, &counts) in self.instants.iter().zip(counts).rev() {
            let leaving = &self.exits[instant.leaving.clone()];
            // Who is censored at a time is at risk at the events of that time, and stays.
            add(&mut at_risk, leaving, false, 1.0);
            let met = leaving.iter().zip(&mut met[instant.leaving.clone()]);
            for (row, met) in met.filter(|(row, _)| row.event) {
                let others = at_risk.split(row.rank);
                pairs.compare(counts * row.weight, others);
                *met = agreement(others.below, others).map(|weight| counts * weight);
            }
            pairs.tie(leaving, counts, self.copies);
            add(&mut at_risk, leaving, true, 1.0);
            let late = &self.entries[instant.late.clone()];
            late.iter().for_each(|row| at_risk.remove(row.rank, row.weight));
        }
        (pairs, met)
    }

    /// From the first time to the last: every row against the events until it leaves, and against
    /// those until it enters.
    fn staying(&self, counts: &[f64]) -> [Vec<Sums>; 2] {
        let mut failed = RankSums::new(self.distinct);
        let [mut met, mut early] =
            [&self.exits, &self.entries].map(|rows| vec![[0.0; 2]; rows.len()]);
        for (instant, &counts) in self.instants.iter().zip(counts) {
            let late = &self.entries[instant.late.clone()];
            let met = &mut met[instant.leaving.clone()];
            let leaving = &self.exits[instant.leaving.clone()];
            meet(&failed, late, &mut early[instant.late.clone()], |_| true);
            meet(&failed, leaving, met, |row| row.event);
            add(&mut failed, leaving, true, counts);
            meet(&failed, leaving, met, |row| !row.event);
        }
        [met, early]
    }
}

/// Adds those who leave by the event, or those censored.
fn add(sums: &mut RankSums, leaving: &[Row], event: bool, counts: f64) {
    let rows = leaving.iter().filter(|row| row.event == event);
    rows.for_each(|row| sums.add(row.rank, counts * row.weight));
}

/// What some rows made of the events so far: the higher score should have failed.
fn meet(failed: &RankSums, rows: &[Row], met: &mut [Sums], which: impl Fn(&Row) -> bool) {
    for (row, met) in rows.iter().zip(met).filter(|(row, _)| which(row)) {
        let others = failed.split(row.rank);
        *met = agreement(others.above, others);
    }
}

fn agreement(concordant: f64, Split { below, equal, above }: Split) -> Sums {
    [concordant + equal / 2.0, below + equal + above]
}
