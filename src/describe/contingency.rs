//! Counts of levels in groups.

use super::fisher;
use super::levels::Levels;
use super::test::{Test, TestKind, Untested};
use crate::numeric::tails::chi2_upper;

/// How many rows have each level in each group.
///
/// ```
/// use riskset::describe::Contingency;
///
/// let tea = Contingency::new(vec![vec![3, 1], vec![1, 3]]);
/// assert_eq!(tea.pearson().unwrap().statistic(), Some(2.0));
/// let p = tea.fisher().unwrap().p();
/// assert!((p - 34.0 / 70.0).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contingency {
    /// By group, then by level.
    counts: Vec<Vec<u64>>,
}

impl Contingency {
    /// Counts by group, then by level.
    ///
    /// # Panics
    /// When the groups have unlike numbers of levels.
    pub fn new(counts: Vec<Vec<u64>>) -> Self {
        let levels = counts.first().map_or(0, Vec::len);
        assert!(counts.iter().all(|own| own.len() == levels), "every group has every level");
        Self { counts }
    }

    /// Counts rows that have both a group and a level.
    pub fn count(groups: &Levels, levels: &Levels) -> Self {
        let mut counts = vec![vec![0; levels.len()]; groups.len()];
        for (&group, &level) in groups.codes().iter().zip(levels.codes()) {
            let cell = counts.get_mut(group as usize).and_then(|own| own.get_mut(level as usize));
            cell.into_iter().for_each(|cell| *cell += 1);
        }
        Self { counts }
    }

    /// The counts by group, then by level.
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    /// The counts of all groups together.
    pub fn totals(&self) -> Vec<u64> {
        let levels = self.counts.first().map_or(0, Vec::len);
        (0..levels).map(|at| self.counts.iter().map(|own| own[at]).sum()).collect()
    }

    /// The smallest count that is expected of a group and a level that occur.
    pub fn least_expected(&self) -> Option<f64> {
        let (groups, levels) = self.margins();
        let least = |margin: &[u64]| margin.iter().copied().filter(|&n| n > 0).min();
        let total: u64 = groups.iter().sum();
        Some(least(&groups)? as f64 * least(&levels)? as f64 / total as f64)
    }

    /// Pearson's χ² without continuity correction, Σ (O − E)²/E with E = group · level / n, on
    /// (groups − 1)(levels − 1) degrees of freedom. R: `chisq.test(correct = FALSE)`.
    ///
    /// # Errors
    /// There are not two groups with values and two levels.
    pub fn pearson(&self) -> Result<Test, Untested> {
        let own = self.occurring()?;
        let (groups, levels) = own.margins();
        let total = groups.iter().sum::<u64>() as f64;
        let cells = own.counts.iter().zip(&groups).flat_map(|(row, &group)| {
            row.iter().zip(&levels).map(move |(&count, &level)| (count, group, level))
        });
        let term = |(count, group, level): (u64, u64, u64)| {
            let expected = group as f64 * level as f64 / total;
            (count as f64 - expected).powi(2) / expected
        };
        let statistic = cells.map(term).sum();
        let df = ((groups.len() - 1) * (levels.len() - 1)) as f64;
        let p = chi2_upper(statistic, df).p;
        Ok(Test::new(TestKind::Pearson, p).statistic_on(statistic, [Some(df), None]))
    }

    /// Fisher's exact test: the probability, given the margins, of tables that are no likelier than
    /// this one (within 1e-7, relative, as in R). R: `fisher.test`.
    ///
    /// # Errors
    /// There are not two groups with values and two levels, or the tables are too many.
    pub fn fisher(&self) -> Result<Test, Untested> {
        let p = fisher::exact_p(&self.occurring()?.counts).ok_or(Untested::TooMuchWork)?;
        Ok(Test::new(TestKind::Fisher, p))
    }

    /// Fisher's test where a count below `below` is expected, else Pearson's; Pearson's too where
    /// Fisher's would be too much work.
    pub(super) fn test(&self, below: f64) -> Result<Test, Untested> {
        if self.least_expected().is_none_or(|least| least >= below) {
            return self.pearson();
        }
        match self.fisher() {
            Err(Untested::TooMuchWork) => self.pearson(),
            done => done,
        }
    }

    /// Groups with values, and levels that one of them has.
    fn occurring(&self) -> Result<Self, Untested> {
        let (groups, levels) = self.margins();
        let some = |margin: &[u64]| margin.iter().filter(|&&n| n > 0).count();
        match (some(&groups), some(&levels)) {
            (0, _) => return Err(Untested::NoValues),
            (1, _) => return Err(Untested::OneGroup),
            (_, 1) => return Err(Untested::Constant),
            _ => {}
        }
        let keep = |row: &Vec<u64>| {
            let kept = row.iter().zip(&levels).filter(|(_, total)| **total > 0);
            kept.map(|(&count, _)| count).collect()
        };
        let rows = self.counts.iter().zip(&groups).filter(|(_, total)| **total > 0);
        Ok(Self { counts: rows.map(|(row, _)| keep(row)).collect() })
    }

    /// Sums of groups and of levels.
    fn margins(&self) -> (Vec<u64>, Vec<u64>) {
        (self.counts.iter().map(|own| own.iter().sum()).collect(), self.totals())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_groups_and_levels_do_not_count() {
        let full = Contingency::new(vec![vec![8, 2, 3], vec![1, 5, 7]]);
        let empty = vec![vec![8, 2, 0, 3], vec![0; 4], vec![1, 5, 0, 7]];
        let empty = Contingency::new(empty);
        assert_eq!(full.pearson(), empty.pearson());
        assert_eq!(full.fisher(), empty.fisher());
        assert_eq!(full.least_expected(), empty.least_expected());
    }

    #[test]
    fn no_test_says_why() {
        let of = |counts: &[&[u64]]| {
            Contingency::new(counts.iter().map(|own| own.to_vec()).collect()).test(5.0).unwrap_err()
        };
        assert_eq!(of(&[&[0, 0], &[0, 0]]), Untested::NoValues);
        assert_eq!(of(&[&[3, 4], &[0, 0]]), Untested::OneGroup);
        assert_eq!(of(&[&[3, 0], &[9, 0]]), Untested::Constant);
        assert_eq!(of(&[]), Untested::NoValues);
    }

    /// Cochran's rule: 4.9 expected asks for the exact test, 5 does not.
    #[test]
    fn few_expected_ask_for_the_exact_test() {
        let of = |counts: [[u64; 2]; 2]| {
            Contingency::new(counts.map(Vec::from).into()).test(5.0).unwrap().kind()
        };
        assert_eq!(of([[5, 15], [5, 15]]), TestKind::Pearson);
        assert_eq!(of([[5, 15], [4, 16]]), TestKind::Fisher);
    }
}
