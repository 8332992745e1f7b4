//! Groups and strata: combinations of categorical variables that occur.

use rayon::prelude::*;

use crate::table::Category;

/// A categorical variable with a name, without missing values.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// The variable as written in the formula.
    pub name: String,
    /// Codes and levels; every code is below the number of levels.
    pub category: Category,
}

/// The groups that rows belong to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Groups {
    terms: Vec<String>,
    /// For each group the level of each term.
    levels: Vec<Vec<String>>,
    /// Empty when there is one group.
    codes: Vec<u32>,
}

/// Beyond this many possible pairs of levels, only those that occur are numbered.
const MANY_PAIRS: u64 = 1 << 16;

/// The distinct values in order, and the place of each value among them.
fn occurring(values: &[u64]) -> (Vec<u32>, Vec<u64>) {
    let mut distinct = values.to_vec();
    distinct.par_sort_unstable();
    distinct.dedup();
    let place = |value: &u64| distinct.partition_point(|own| own < value) as u32;
    (values.par_iter().map(place).collect(), distinct)
}

impl Groups {
    /// One group of all rows.
    pub fn single() -> Self {
        Self { levels: vec![Vec::new()], ..Self::default() }
    }

    /// The combinations of factors that occur, the first factor varying slowest.
    pub fn cross(factors: Vec<Factor>) -> Self {
        let groups = factors.into_iter().map(Self::from_factor);
        groups.reduce(Self::times).unwrap_or_else(Self::single)
    }

    fn from_factor(factor: Factor) -> Self {
        let Category { codes, levels } = factor.category;
        let levels = levels.iter().map(|level| vec![level.clone()]).collect();
        Self { terms: vec![factor.name], levels, codes }.without_empty()
    }

    /// The pairs of levels that occur.
    pub(super) fn times(self, inner: Self) -> Self {
        let width = inner.levels.len() as u64;
        let pairs = self.codes.par_iter().zip(&inner.codes).with_min_len(1 << 14);
        let pairs = pairs.map(|(&outer, &inner)| u64::from(outer) * width + u64::from(inner));
        // Few possible pairs need no search for those that occur.
        let (codes, kept): (Vec<u32>, Vec<u64>) = match self.levels.len() as u64 * width {
            few @ 0..=MANY_PAIRS => (pairs.map(|pair| pair as u32).collect(), (0..few).collect()),
            _ => occurring(&pairs.collect::<Vec<_>>()),
        };
        let level = |&pair: &u64| {
            let (outer, inner_level) = ((pair / width) as usize, (pair % width) as usize);
            [&self.levels[outer][..], &inner.levels[inner_level]].concat()
        };
        let levels = kept.iter().map(level).collect();
        Self { terms: [self.terms, inner.terms].concat(), levels, codes }.without_empty()
    }

    /// Leaves out levels that no row has.
    fn without_empty(mut self) -> Self {
        let mut used = vec![false; self.levels.len()];
        let mut unseen = used.len();
        // Nearly always the first rows show every level.
        for &code in &self.codes {
            unseen -= usize::from(!std::mem::replace(&mut used[code as usize], true));
            if unseen == 0 {
                return self;
            }
        }
        let mut next = 0;
        let renumbered: Vec<u32> = used
            .iter()
            .map(|&used| {
                next += u32::from(used);
                next.saturating_sub(1)
            })
            .collect();
        self.codes.iter_mut().for_each(|code| *code = renumbered[*code as usize]);
        let mut used = used.into_iter();
        self.levels.retain(|_| used.next() == Some(true));
        self
    }

    pub(crate) fn select(&self, rows: &[u32]) -> Self {
        let codes: Vec<u32> = match self.codes.is_empty() {
            true => return self.clone(),
            false => rows.iter().map(|&row| self.codes[row as usize]).collect(),
        };
        Self { terms: self.terms.clone(), levels: self.levels.clone(), codes }.without_empty()
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// Whether there is no group at all.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// The group of a row.
    #[inline]
    pub fn code(&self, row: usize) -> u32 {
        if self.codes.is_empty() { 0 } else { self.codes[row] }
    }

    /// One code a row; empty when there is one group.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The codes, to deal rows out anew among the same groups.
    pub(crate) fn codes_mut(&mut self) -> &mut [u32] {
        &mut self.codes
    }

    /// Names of the variables that make the groups.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The level of each variable in a group.
    pub fn levels(&self, group: usize) -> &[String] {
        &self.levels[group]
    }

    /// The group in words, as R writes it: `sex=1, ecog=0`; `overall` when nothing groups.
    pub fn label(&self, group: usize) -> String {
        if self.terms.is_empty() {
            return "overall".to_owned();
        }
        let pairs = self.terms.iter().zip(&self.levels[group]);
        let words: Vec<String> = pairs.map(|(term, level)| format!("{term}={level}")).collect();
        words.join(", ")
    }

    /// All groups in words.
    pub fn labels(&self) -> Vec<String> {
        (0..self.len()).map(|group| self.label(group)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(name: &str, levels: u32, codes: Vec<u32>) -> Factor {
        let levels: Vec<String> = (0..levels).map(|level| level.to_string()).collect();
        Factor { name: name.into(), category: Category { codes, levels: levels.into() } }
    }

    /// Few and many possible pairs take different ways to the same groups.
    #[test]
    fn only_pairs_that_occur_are_groups() {
        for levels in [3, 1000] {
            let a = factor("a", levels, vec![2, 0, 2, 2]);
            let b = factor("b", levels, vec![1, 2, 1, 0]);
            let groups = Groups::cross(vec![a, b]);
            assert_eq!(groups.labels(), ["a=0, b=2", "a=2, b=0", "a=2, b=1"]);
            assert_eq!(groups.codes(), [2, 0, 2, 1]);
        }
    }
}
