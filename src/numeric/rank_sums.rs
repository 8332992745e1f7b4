//! Sums of weights by rank, asked on both sides of a rank.

use std::array::from_fn;

/// Children of a node: two cache lines.
const FAN: usize = 16;

/// A table of weights by rank with sums over ranges of ranks, so that adding, removing and asking
/// cost O(log₁₆ n). Every answer is a sum of what is there, nothing is found by subtraction: a side
/// on which nobody stands is exactly 0.
#[derive(Debug, Clone)]
pub(crate) struct RankSums {
    /// The first level has a weight a rank, each next one the sums of `FAN` of the level before.
    levels: Vec<Vec<f64>>,
    /// How many stand at each rank.
    standing: Vec<u32>,
}

/// Weights below, at and above a rank.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Split {
    pub(crate) below: f64,
    pub(crate) equal: f64,
    pub(crate) above: f64,
}

impl RankSums {
    /// No weight at any of `len` ranks.
    pub(crate) fn new(len: usize) -> Self {
        let mut levels = vec![vec![0.0; len.next_multiple_of(FAN)]];
        while let Some(level) = levels.last().filter(|level| level.len() > FAN) {
            levels.push(vec![0.0; (level.len() / FAN).next_multiple_of(FAN)]);
        }
        Self { levels, standing: vec![0; len] }
    }

    /// Adds somebody at a rank.
    pub(crate) fn add(&mut self, rank: u32, weight: f64) {
        let mut at = rank as usize;
        self.standing[at] += 1;
        for level in &mut self.levels {
            level[at] += weight;
            at /= FAN;
        }
    }

    /// Removes somebody who was added; sums are taken anew, so that they do not drift.
    pub(crate) fn remove(&mut self, rank: u32, weight: f64) {
        let mut at = rank as usize;
        self.standing[at] -= 1;
        let left = self.levels[0][at] - weight;
        self.levels[0][at] = if self.standing[at] == 0 { 0.0 } else { left };
        for level in 1..self.levels.len() {
            at /= FAN;
            let children = &self.levels[level - 1][at * FAN..][..FAN];
            self.levels[level][at] = total(from_fn(|child| children[child]));
        }
    }

    /// What stands below, at and above a rank.
    pub(crate) fn split(&self, rank: u32) -> Split {
        let mut at = rank as usize;
        let (mut below, mut above) = ([0.0; FAN], [0.0; FAN]);
        for level in &self.levels {
            let (own, block) = (at % FAN, &level[at - at % FAN..][..FAN]);
            for (child, sum) in block.iter().enumerate() {
                below[child] += if child < own { *sum } else { 0.0 };
                above[child] += if child > own { *sum } else { 0.0 };
            }
            at /= FAN;
        }
        Split { below: total(below), equal: self.levels[0][rank as usize], above: total(above) }
    }
}

/// The sum by halves, which may be done side by side.
fn total(terms: [f64; FAN]) -> f64 {
    let eight: [f64; 8] = from_fn(|at| terms[at] + terms[at + 8]);
    let four: [f64; 4] = from_fn(|at| eight[at] + eight[at + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_of_a_rank_are_those_of_a_list() {
        for len in [1, 2, 15, 16, 17, 256, 257, 5000] {
            let (mut sums, mut list) = (RankSums::new(len), vec![0.0; len]);
            let ranks = (0..3 * len).map(|at| (at * 7919 + at / 3) % len);
            for (turn, rank) in ranks.enumerate() {
                let weight = (turn % 9) as f64;
                sums.add(rank as u32, weight);
                list[rank] += weight;
                if turn % 4 == 3 {
                    sums.remove(rank as u32, weight);
                    list[rank] -= weight;
                }
                let at = (turn * 31) % len;
                let want = Split {
                    below: list[..at].iter().sum(),
                    equal: list[at],
                    above: list[at + 1..].iter().sum(),
                };
                assert_eq!(sums.split(at as u32), want, "{len} ranks, turn {turn}");
            }
        }
    }

    #[test]
    fn who_has_left_leaves_nothing() {
        let mut sums = RankSums::new(40);
        let weights = [0.1, 0.2, 0.7, 1.0 / 3.0, 1e-9];
        (0..40).for_each(|rank| weights.iter().for_each(|&weight| sums.add(rank, weight)));
        (0..40).for_each(|rank| weights.iter().for_each(|&weight| sums.remove(rank, weight)));
        assert!((0..40).all(|rank| sums.split(rank) == Split::default()));
    }
}
