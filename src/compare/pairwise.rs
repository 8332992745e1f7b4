//! Every pair of groups compared.

use super::log_rank::check;
use super::{Adjustment, LogRank};
use crate::cohort::Cohort;
use crate::error::Result;
use crate::risk::{Lane, Lanes, tabulate};

/// The comparison of two groups among several.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PairTest {
    /// The first group.
    pub a: String,
    /// The second group.
    pub b: String,
    /// χ² with one degree of freedom.
    pub statistic: f64,
    /// p; `None` when there was nothing to compare.
    pub p: Option<f64>,
    /// p adjusted for the number of pairs.
    pub p_adjusted: Option<f64>,
}

impl LogRank {
    /// Tests every pair of groups on the subjects of the two alone. R: `pairwise_survdiff` of
    /// survminer, or `survdiff` on each subset and `p.adjust`.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn pairwise(&self, cohort: &Cohort, adjustment: Adjustment) -> Result<Vec<PairTest>> {
        check(cohort)?;
        let lanes = tabulate(cohort, Lanes::strata_and_groups(cohort));
        let size = cohort.groups().len();
        let pairs = (0..size).flat_map(|a| (a + 1..size).map(move |b| (a, b)));
        let mut tests: Vec<PairTest> = pairs.map(|pair| self.pair(cohort, &lanes, pair)).collect();
        let p: Vec<f64> = tests.iter().filter_map(|test| test.p).collect();
        let mut adjusted = adjustment.adjust(&p).into_iter();
        for test in &mut tests {
            test.p_adjusted = test.p.and_then(|_| adjusted.next());
        }
        Ok(tests)
    }

    fn pair(&self, cohort: &Cohort, lanes: &[Lane], (a, b): (usize, usize)) -> PairTest {
        let size = cohort.groups().len();
        let of_pair = lanes.chunks(size).flat_map(|stratum| [&stratum[a], &stratum[b]]);
        let labels = [a, b].map(|group| cohort.groups().label(group));
        let test = self.fit_lanes(&of_pair.collect::<Vec<_>>(), &labels);
        let [a, b] = labels;
        PairTest { a, b, statistic: test.statistic(), p: test.p(), p_adjusted: None }
    }
}
