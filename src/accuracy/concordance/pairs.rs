//! Weights of pairs of rows.

use super::walk::Row;
use crate::numeric::rank_sums::Split;
use crate::numeric::sum::DoubleDouble;

/// Concordant, discordant, tied in score, tied in event time, tied in both.
#[derive(Default)]
pub(super) struct Pairs([DoubleDouble; 5]);

impl Pairs {
    /// Pairs counted by ones.
    pub(super) fn whole(counts: [u64; 5]) -> Self {
        Self(counts.map(|count| DoubleDouble::from_iter([count as f64])))
    }

    /// Adds the pairs of an event with those who stay.
    pub(super) fn compare(&mut self, weight: f64, others: Split) {
        let [concordant, discordant, tied, ..] = &mut self.0;
        concordant.add(weight * others.below);
        discordant.add(weight * others.above);
        tied.add(weight * others.equal);
    }

    /// Adds the pairs of events at one time, each counted `counts` times; `copies` of a row are
    /// rows of their own.
    pub(super) fn tie(&mut self, leaving: &[Row], counts: f64, copies: bool) {
        let mut events: Vec<&Row> = leaving.iter().filter(|row| row.event).collect();
        events.sort_by_key(|row| row.rank);
        let [.., tied_y, tied_xy] = &mut self.0;
        let mut before = 0.0;
        for tied in events.chunk_by(|a, b| a.rank == b.rank) {
            let mut same = 0.0;
            for weight in tied.iter().map(|row| row.weight) {
                let own = if copies { (weight - 1.0) / 2.0 } else { 0.0 };
                tied_y.add(counts * weight * before);
                tied_xy.add(counts * weight * (same + own));
                same += weight;
            }
            before += same;
        }
    }

    /// Adds the pairs of another stratum.
    pub(super) fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.values()).for_each(|(sum, value)| sum.add(value));
    }

    pub(super) fn values(&self) -> [f64; 5] {
        self.0.map(DoubleDouble::value)
    }
}
