//! The permutation distribution of a test of the log-rank family.

use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::LogRank;
use super::arrangements::Arrangements;
use super::log_rank::check;
use crate::cohort::{Cohort, Groups, Weights};
use crate::error::{Error, Result};
use crate::numeric::stream::stream;
use crate::risk::{Lanes, tabulate};

/// Statistics this close (relative) are one value: rounding, not evidence.
const SLACK: f64 = 1e-9;

/// How a permutation p is found: conventions for [`LogRank::permute`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutation {
    draws: u64,
    exact_limit: u64,
    seed: u64,
}

impl Default for Permutation {
    fn default() -> Self {
        Self { draws: 10_000, exact_limit: 100_000, seed: 1 }
    }
}

impl Permutation {
    /// How many arrangements are drawn when there are too many to visit all; 10,000 by default.
    pub fn draws(self, draws: u64) -> Self {
        Self { draws, ..self }
    }

    /// Up to how many arrangements all are visited; 100,000 by default.
    pub fn exact_limit(self, exact_limit: u64) -> Self {
        Self { exact_limit, ..self }
    }

    /// The seed of the draws.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }
}

/// A permutation test.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PermutationTest {
    /// The share of arrangements whose statistic is at least the observed one; `None` when there
    /// is nothing to compare (no degrees of freedom).
    pub p: Option<f64>,
    /// The observed χ² statistic.
    pub statistic: f64,
    /// Whether every arrangement was visited.
    pub exact: bool,
    /// Arrangements visited: all of them, or the draws.
    pub permutations: u64,
    /// The seed; `None` when every arrangement was visited.
    pub seed: Option<u64>,
}

impl LogRank {
    /// The permutation p of the test: the labels of the groups are dealt out anew to the subjects
    /// of each stratum, the times and events staying where they are.
    ///
    /// With T the statistic of the test (each arrangement with its own variance), p is
    /// #{T* ≥ T}/M over all M distinct arrangements when there are at most
    /// [`exact_limit`](Permutation::exact_limit) of them, else (1 + #{T* ≥ T})/(N + 1) over N
    /// seeded draws (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585). Statistics within 1e-9
    /// (relative) count as equal. The test is valid when, under equal survival, follow-up is alike
    /// in the groups too. R: `coin::logrank_test(distribution = "exact")` permutes likewise, but
    /// its statistic keeps one variance for all arrangements, so that p may differ.
    ///
    /// Draw i comes from stream i of the seed: the result does not depend on the number of threads.
    ///
    /// # Errors
    /// As [`fit`](Self::fit); with weights of any kind or delayed entry, under which subjects
    /// cannot be exchanged; with no draws.
    ///
    /// ```
    /// use riskset::{cohort::{Cohort, Factor, Groups}, compare::{LogRank, Permutation}, table::Category};
    /// let codes = vec![0, 0, 0, 1, 1, 1];
    /// let category = Category { codes, levels: vec!["a".into(), "b".into()].into() };
    /// let arm = Factor { name: "arm".into(), category };
    /// let cohort = Cohort::builder(vec![1, 2, 3, 4, 5, 6], vec![true; 6])
    ///     .groups(Groups::cross(vec![arm]))
    ///     .build()?;
    /// let test = LogRank::default().permute(&cohort, Permutation::default())?;
    /// // Of the 6!/(3!·3!) arrangements only this one and its mirror image lie so far apart.
    /// assert_eq!((test.exact, test.permutations, test.p), (true, 20, Some(0.1)));
    /// # Ok::<(), riskset::Error>(())
    /// ```
    pub fn permute(&self, cohort: &Cohort, options: Permutation) -> Result<PermutationTest> {
        check(cohort)?;
        self.check_weight()?;
        check_exchangeable(cohort)?;
        if options.draws == 0 {
            return Err(Error::option("permutation: give at least one draw"));
        }
        Ok(Permuted { test: *self, cohort, options }.run())
    }
}

fn check_exchangeable(cohort: &Cohort) -> Result<()> {
    if !matches!(cohort.weights(), Weights::None) {
        return Err(Error::analysis(
            "permutation: rows with weights cannot be exchanged; give one row a subject",
        ));
    }
    if cohort.entry().is_some() {
        return Err(Error::analysis(
            "permutation: subjects who enter at different times cannot be exchanged",
        ));
    }
    Ok(())
}

/// A test whose groups are dealt out anew.
struct Permuted<'a> {
    test: LogRank,
    cohort: &'a Cohort,
    options: Permutation,
}

impl Permuted<'_> {
    fn run(&self) -> PermutationTest {
        let (statistic, df) = self.statistic(self.cohort.groups());
        let deck = Arrangements::new(self.cohort.strata(), self.cohort.groups());
        let total = deck.total(self.options.exact_limit);
        let reached = self.count(&deck, total.is_some(), statistic * (1.0 - SLACK));
        let permutations = total.unwrap_or(self.options.draws);
        let p = match total {
            Some(total) => reached as f64 / total as f64,
            None => (reached + 1) as f64 / (permutations + 1) as f64,
        };
        PermutationTest {
            p: (df > 0).then_some(p),
            statistic,
            exact: total.is_some(),
            permutations,
            seed: total.is_none().then_some(self.options.seed),
        }
    }

    /// How many arrangements have a statistic of at least `bound`.
    fn count(&self, deck: &Arrangements, exact: bool, bound: f64) -> u64 {
        let reaches = |groups: &mut Groups, index: usize| {
            if exact {
                deck.deal(groups.codes_mut(), index as u64);
            } else {
                let mut random = stream(self.options.seed, index as u64);
                deck.deal_shuffled(groups.codes_mut(), |hand| hand.shuffle(&mut random));
            }
            u64::from(self.statistic(groups).0 >= bound)
        };
        let arrangements = deck.total(self.options.exact_limit).unwrap_or(self.options.draws);
        (0..arrangements as usize)
            .into_par_iter()
            .with_min_len(64)
            .map_init(|| self.cohort.groups().clone(), reaches)
            .sum()
    }

    fn statistic(&self, groups: &Groups) -> (f64, usize) {
        let lanes = tabulate(self.cohort, Lanes::within_strata(self.cohort, groups));
        self.test.sums(&lanes, groups.len()).statistic()
    }
}

#[cfg(test)]
mod tests;
