//! Tests of groups, and why there is none.

use std::fmt;

/// Which test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestKind {
    /// Pearson's χ², no continuity correction.
    Pearson,
    /// Fisher's exact test.
    Fisher,
    /// Wilcoxon's rank-sum test, exact.
    WilcoxonExact,
    /// Wilcoxon's rank-sum test, normal with continuity correction.
    Wilcoxon,
    /// Kruskal and Wallis's test.
    KruskalWallis,
    /// Welch's t test.
    Welch,
    /// One-way analysis of variance.
    Anova,
}

impl TestKind {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Fisher => "fisher",
            Self::WilcoxonExact => "wilcoxon-exact",
            Self::Wilcoxon => "wilcoxon",
            Self::KruskalWallis => "kruskal-wallis",
            Self::Welch => "welch",
            Self::Anova => "anova",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pearson => "χ²",
            Self::Fisher => "Fisher",
            Self::WilcoxonExact => "Wilcoxon (exact)",
            Self::Wilcoxon => "Wilcoxon",
            Self::KruskalWallis => "Kruskal–Wallis",
            Self::Welch => "Welch t",
            Self::Anova => "ANOVA",
        }
    }
}

/// A test of groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    kind: TestKind,
    statistic: Option<f64>,
    df: [Option<f64>; 2],
    p: f64,
}

impl Test {
    pub(super) fn new(kind: TestKind, p: f64) -> Self {
        Self { kind, statistic: None, df: [None; 2], p: p.clamp(0.0, 1.0) }
    }

    pub(super) fn statistic_on(mut self, statistic: f64, df: [Option<f64>; 2]) -> Self {
        (self.statistic, self.df) = (Some(statistic), df);
        self
    }

    /// Which one.
    pub fn kind(&self) -> TestKind {
        self.kind
    }

    /// χ², W of the first group, H, t of the first group less the second, or F. Fisher's test has
    /// none.
    pub fn statistic(&self) -> Option<f64> {
        self.statistic
    }

    /// Degrees of freedom, those of the numerator for F.
    pub fn df(&self) -> Option<f64> {
        self.df[0]
    }

    /// Degrees of freedom of F's denominator.
    pub fn df_denominator(&self) -> Option<f64> {
        self.df[1]
    }

    /// Two-sided p.
    pub fn p(&self) -> f64 {
        self.p
    }
}

/// Why there is no test, or no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untested {
    /// Every value is missing.
    NoValues,
    /// Only one group has values.
    OneGroup,
    /// All values are the same.
    Constant,
    /// Values do not vary within the groups.
    ConstantWithin,
    /// A group has a single value, so that its variance is unknown.
    SingleValue,
    /// The groups have no level in common, so that they lie infinitely far apart.
    Apart,
    /// The tables to go through are too many.
    TooMuchWork,
}

impl fmt::Display for Untested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoValues => "every value is missing",
            Self::OneGroup => "only one group has values",
            Self::Constant => "all values are the same",
            Self::ConstantWithin => "values do not vary within the groups",
            Self::SingleValue => "a group has a single value",
            Self::Apart => "the groups have no level in common",
            Self::TooMuchWork => "there are too many tables to go through",
        })
    }
}
