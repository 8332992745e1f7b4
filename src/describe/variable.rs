//! A column described.

use super::contingency::Contingency;
use super::difference::{level_difference, number_difference};
use super::levels::{Levels, distinct, numbers};
use super::means::{anova, welch};
use super::numbers::{NumberSummary, QuantileRule};
use super::ranks::{kruskal_wallis, wilcoxon};
use super::test::{Test, Untested};
use crate::table::{Column, MISSING_CODE};

/// Below how many distinct values numbers are categories, unless it is said otherwise.
const FEW: usize = 10;
/// Below which expected count the exact test is asked for, unless it is said otherwise.
const FEW_EXPECTED: f64 = 5.0;
/// Distinct levels that a described column may have.
const MOST_LEVELS: usize = 1000;

/// How numbers are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TestChoice {
    /// By ranks: Wilcoxon for two groups, Kruskal–Wallis for more.
    #[default]
    Ranks,
    /// By means: Welch's t for two groups, analysis of variance for more.
    Means,
}

/// How columns are described, and tested between groups.
///
/// ```
/// use riskset::describe::{Describe, Kind, Levels};
/// use riskset::table::Column;
///
/// let arms = Levels::of(&Column::Integer(vec![1, 1, 1, 2, 2, 2]), 20).unwrap();
/// let ages = Column::Number { values: vec![61.5, 47.0, 70.0, 59.0, 66.0, f64::NAN], exact: true };
/// let described = Describe::default().categories_below(3).describe(&ages, &arms).unwrap();
/// assert_eq!(described.kind(), Kind::Continuous);
/// assert_eq!(described.groups()[1].missing(), 1);
/// assert_eq!(described.groups()[0].numbers().unwrap().quartiles()[1], Some(61.5));
/// assert_eq!(described.test().unwrap().p(), 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Describe {
    test: TestChoice,
    fisher_below: f64,
    quantiles: QuantileRule,
    categories_below: usize,
}

/// What a column is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Continuous,
    /// Levels.
    Categorical,
    /// True or false, or 0 and 1: the second of two levels is counted.
    Dichotomous,
}

/// A column in each group and in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    kind: Kind,
    levels: Vec<String>,
    groups: Vec<Summary>,
    overall: Summary,
    test: Result<Test, Untested>,
    difference: Result<f64, Untested>,
    exact_left: bool,
}

/// A column in some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    n: usize,
    missing: usize,
    counts: Vec<u64>,
    numbers: Option<NumberSummary>,
}

impl Default for Describe {
    fn default() -> Self {
        Self {
            test: TestChoice::default(),
            fisher_below: FEW_EXPECTED,
            quantiles: QuantileRule::default(),
            categories_below: FEW,
        }
    }
}

impl Describe {
    /// How numbers are tested.
    pub fn test(self, test: TestChoice) -> Self {
        Self { test, ..self }
    }

    /// Levels are tested by Fisher's test where a smaller count is expected, else by Pearson's
    /// [default: 5, as gtsummary has it].
    pub fn fisher_below(self, fisher_below: f64) -> Self {
        Self { fisher_below, ..self }
    }

    /// How quartiles fall between values.
    pub fn quantiles(self, quantiles: QuantileRule) -> Self {
        Self { quantiles, ..self }
    }

    /// Numbers with fewer distinct values are levels [default: 10, as gtsummary has it].
    pub fn categories_below(self, categories_below: usize) -> Self {
        Self { categories_below, ..self }
    }

    /// What a column is taken for; nothing for dates, and for text of more than a thousand levels.
    pub fn kind(&self, column: &Column) -> Option<Kind> {
        match column {
            Column::Date(_) => None,
            Column::Boolean(_) => Some(Kind::Dichotomous),
            Column::Category(_) => Levels::of(column, MOST_LEVELS).ok().map(|_| Kind::Categorical),
            Column::Integer(_) | Column::Number { .. } => Some(self.kind_of(&numbers(column))),
        }
    }

    fn kind_of(&self, values: &[f64]) -> Kind {
        match distinct(values, self.categories_below.max(3) - 1) {
            Some(own) if own.is_empty() => Kind::Continuous,
            Some(own) if own.iter().all(|value| [0.0, 1.0].contains(value)) => Kind::Dichotomous,
            Some(own) if own.len() < self.categories_below => Kind::Categorical,
            _ => Kind::Continuous,
        }
    }

    /// Describes a column of as many rows as the groups have; rows without a group are left out.
    /// Nothing for what has no [`kind`](Self::kind).
    pub fn describe(&self, column: &Column, groups: &Levels) -> Option<Described> {
        match self.kind(column)? {
            Kind::Continuous => Some(self.continuous(&numbers(column), groups)),
            kind => Some(self.levels(kind, &levels_of(kind, column)?, groups)),
        }
    }

    fn levels(&self, kind: Kind, levels: &Levels, groups: &Levels) -> Described {
        let table = Contingency::count(groups, levels);
        let rows = groups.counts();
        let summary =
            |(counts, rows): (&Vec<u64>, &usize)| Summary::of_levels(counts.clone(), *rows);
        let test = table.test(self.fisher_below);
        let few = table.least_expected().is_some_and(|least| least < self.fisher_below);
        let pearson = test.is_ok_and(|test| test.statistic().is_some());
        Described {
            kind,
            levels: levels.names().to_vec(),
            groups: table.counts().iter().zip(&rows).map(summary).collect(),
            overall: Summary::of_levels(table.totals(), rows.iter().sum()),
            test,
            difference: level_difference(&table),
            exact_left: few && pearson,
        }
    }

    fn continuous(&self, values: &[f64], groups: &Levels) -> Described {
        let rows = groups.counts();
        let mut parts: Vec<Vec<f64>> = vec![Vec::new(); groups.len()];
        let known = values.iter().zip(groups.codes()).filter(|(value, _)| !value.is_nan());
        for (&value, &group) in known {
            parts.get_mut(group as usize).into_iter().for_each(|part| part.push(value));
        }
        let numbers = |values: Vec<f64>| NumberSummary::new(values, self.quantiles);
        let overall = Summary::of_numbers(numbers(parts.concat()), rows.iter().sum());
        let summaries: Vec<NumberSummary> = parts.iter().cloned().map(numbers).collect();
        Described {
            kind: Kind::Continuous,
            levels: Vec::new(),
            test: self.number_test(&parts, &summaries),
            difference: number_difference(&summaries),
            groups: summaries
                .into_iter()
                .zip(rows)
                .map(|(own, n)| Summary::of_numbers(own, n))
                .collect(),
            overall,
            exact_left: false,
        }
    }

    /// Two groups that have values are compared as two, whatever others there are.
    fn number_test(
        &self,
        parts: &[Vec<f64>],
        summaries: &[NumberSummary],
    ) -> Result<Test, Untested> {
        let parts: Vec<&[f64]> = parts.iter().map(Vec::as_slice).collect();
        let own: Vec<NumberSummary> = summaries.iter().copied().filter(|own| own.n() > 0).collect();
        match (self.test, &super::ranks::with_values(&parts)?[..], &own[..]) {
            (TestChoice::Ranks, [first, second], _) => wilcoxon(first, second),
            (TestChoice::Ranks, all, _) => kruskal_wallis(all),
            (TestChoice::Means, _, [first, second]) => welch(first, second),
            (TestChoice::Means, _, all) => anova(all),
        }
    }
}

/// The levels of a column; of a dichotomous one always both.
fn levels_of(kind: Kind, column: &Column) -> Option<Levels> {
    if kind == Kind::Categorical {
        return Levels::of(column, MOST_LEVELS).ok();
    }
    let words = if matches!(column, Column::Boolean(_)) { ["false", "true"] } else { ["0", "1"] };
    let code = |value: &f64| if value.is_nan() { MISSING_CODE } else { *value as u32 };
    let codes = numbers(column).iter().map(code).collect();
    Some(Levels::new(codes, words.map(str::to_owned).into()))
}

impl Summary {
    fn of_levels(counts: Vec<u64>, rows: usize) -> Self {
        let n = counts.iter().sum::<u64>() as usize;
        Self { n, missing: rows - n, counts, numbers: None }
    }

    fn of_numbers(numbers: NumberSummary, rows: usize) -> Self {
        let n = numbers.n();
        Self { n, missing: rows - n, counts: Vec::new(), numbers: Some(numbers) }
    }

    /// Rows with a value.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Rows without one.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Rows of each level; empty for numbers.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The share of each level among rows with a value; none where there is no such row.
    pub fn proportions(&self) -> Vec<Option<f64>> {
        let share = |&count: &u64| (self.n > 0).then(|| count as f64 / self.n as f64);
        self.counts.iter().map(share).collect()
    }

    /// The summary of numbers.
    pub fn numbers(&self) -> Option<&NumberSummary> {
        self.numbers.as_ref()
    }
}

impl Described {
    /// What the column was taken for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its levels; empty for numbers.
    pub fn levels(&self) -> &[String] {
        &self.levels
    }

    /// Each group.
    pub fn groups(&self) -> &[Summary] {
        &self.groups
    }

    /// All groups together.
    pub fn overall(&self) -> &Summary {
        &self.overall
    }

    /// The test of the groups.
    ///
    /// # Errors
    /// Why there is none.
    pub fn test(&self) -> Result<Test, Untested> {
        self.test
    }

    /// The standardised mean difference, without sign; of more than two groups the largest.
    ///
    /// # Errors
    /// Why there is none.
    pub fn difference(&self) -> Result<f64, Untested> {
        self.difference
    }

    /// Whether Pearson's test stands for Fisher's, which would be too much work.
    pub fn exact_left(&self) -> bool {
        self.exact_left
    }
}
