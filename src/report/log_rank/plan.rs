//! What is asked of a comparison, and doing it.

use std::fmt;
use std::sync::Arc;

use super::{ConventionsRecord, GroupRecord, LogRankDocument, Pairs, PermutationRecord};
use crate::cohort::{Cohort, Groups};
use crate::compare::{
    Adjustment, GroupCounts, LogRank, LogRankTest, MaxCombo, Permutation, PermutationTest,
    TestWeight,
};
use crate::convention::Conventions;
use crate::error::{Error, Result};
use crate::note::Note;
use crate::report::nesting::Nesting;
use crate::report::plot::Curves;
use crate::report::ratio::RatioRecord;
use crate::report::record::add_notes;
use crate::report::subject::Subject;

/// Which statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weighting {
    /// One weight of event times.
    One(TestWeight),
    /// The largest of four.
    MaxCombo,
}

impl Default for Weighting {
    fn default() -> Self {
        Self::One(TestWeight::default())
    }
}

impl fmt::Display for Weighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(weight) => weight.fmt(f),
            Self::MaxCombo => f.write_str("maxcombo"),
        }
    }
}

/// What a report of the log-rank family shall hold.
#[derive(Debug, Clone, Default)]
pub struct LogRankPlan {
    /// The conventions to follow.
    pub conventions: Conventions,
    /// Level of the limits in a figure, 0.95 unless given; the tests have none.
    pub conf_level: Option<f64>,
    /// The weight of event times.
    pub weight: Weighting,
    /// Whether the test for trend is wanted.
    pub trend: bool,
    /// Whether every pair of groups is wanted, and how their p-values are adjusted.
    pub pairwise: Option<Adjustment>,
    /// Whether a permutation p is wanted, and how it is found.
    pub permutation: Option<Permutation>,
    /// Whether the curves are to be drawn.
    pub figure: bool,
    /// Whether the hazard ratio of two groups is wanted, which a figure shows.
    pub ratio: bool,
}

impl LogRankPlan {
    /// Makes the comparison.
    ///
    /// # Errors
    /// With fewer than two groups, those of the tests asked for, and when MaxCombo is asked for
    /// what belongs to a single weight.
    pub fn run(&self, subject: Subject) -> Result<LogRankDocument> {
        let mut noted = Vec::new();
        let curves = self.figure.then(|| self.curves(&subject)).transpose()?;
        let hazard_ratio = match self.ratio {
            true => self.ratio(&subject, &mut noted)?,
            false => None,
        };
        let mut document = match self.weight {
            Weighting::One(weight) => self.one(&LogRank::default().weight(weight), subject)?,
            Weighting::MaxCombo => self.max_combo(subject)?,
        };
        add_notes(&mut document.notes, &noted);
        Ok(LogRankDocument { curves, hazard_ratio, ..document })
    }

    /// What the figure shows besides the test.
    fn curves(&self, subject: &Subject) -> Result<Curves> {
        let fit = self.conventions.kaplan_meier(self.level()).fit(&subject.cohort)?;
        Ok(Curves::new(&Arc::new(fit), &subject.cohort, &self.conventions, subject.unit))
    }

    fn ratio(&self, subject: &Subject, notes: &mut Vec<Note>) -> Result<Option<RatioRecord>> {
        RatioRecord::new(&subject.cohort, &self.conventions, self.level(), notes)
    }

    fn level(&self) -> f64 {
        self.conf_level.unwrap_or(0.95)
    }

    fn one(&self, log_rank: &LogRank, subject: Subject) -> Result<LogRankDocument> {
        let cohort = &subject.cohort;
        let test = log_rank.fit(cohort)?;
        let pairs = |adjustment| Pairs::new(log_rank, cohort, adjustment);
        let pairwise = self.pairwise.map(pairs).transpose()?;
        let permute = |options| log_rank.permute(cohort, options).map(PermutationRecord::new);
        let permutation = self.permutation.map(permute).transpose()?;
        Ok(LogRankDocument {
            statistic: Some(test.statistic()),
            df: Some(test.df()),
            p: test.p(),
            ln_p: test.ln_p(),
            trend: self.trend.then(|| test.trend()),
            pairwise,
            variance: variance(&test),
            permutation,
            ..self.document(subject, &test)
        })
    }

    fn max_combo(&self, subject: Subject) -> Result<LogRankDocument> {
        if self.trend || self.pairwise.is_some() || self.permutation.is_some() {
            let message = "maxcombo has no trend, pairwise or permutation test; choose one weight";
            return Err(Error::option(message));
        }
        let test = MaxCombo::default().fit(&subject.cohort)?;
        let counts = LogRank::default().fit(&subject.cohort)?;
        Ok(LogRankDocument {
            statistic: test.statistic(),
            p: test.p(),
            ln_p: test.ln_p(),
            components: test.components().to_vec(),
            ..self.document(subject, &counts)
        })
    }

    /// What does not depend on the statistic.
    fn document(&self, subject: Subject, counts: &LogRankTest) -> LogRankDocument {
        let mut notes = subject.notes;
        add_notes(&mut notes, subject.cohort.notes());
        LogRankDocument {
            command: "logrank",
            schema_version: 1,
            nesting: Nesting::new(&subject.cohort, &subject.formula),
            formula: subject.formula,
            weight: self.weight.to_string(),
            conventions: ConventionsRecord::new(self.conventions, self.weight),
            data: subject.data,
            groups: group_records(subject.cohort.groups(), counts),
            statistic: None,
            df: None,
            p: None,
            ln_p: None,
            trend: None,
            pairwise: None,
            variance: Vec::new(),
            components: Vec::new(),
            permutation: None,
            hazard_ratio: None,
            notes,
            kind: self.weight,
            curves: None,
        }
    }
}

impl Pairs {
    fn new(log_rank: &LogRank, cohort: &Cohort, adjustment: Adjustment) -> Result<Self> {
        let tests = log_rank.pairwise(cohort, adjustment)?;
        Ok(Self { tests, adjustment: adjustment_name(adjustment) })
    }
}

impl PermutationRecord {
    fn new(own: PermutationTest) -> Self {
        let PermutationTest { p, exact, permutations, seed, .. } = own;
        Self { p, exact, permutations, seed }
    }
}

fn group_records(groups: &Groups, test: &LogRankTest) -> Vec<GroupRecord> {
    let record = |(group, own): (usize, &GroupCounts)| {
        let GroupCounts { label, n, observed, expected } = own.clone();
        let levels = groups.levels(group).iter().cloned();
        let levels = groups.terms().iter().cloned().zip(levels).collect();
        GroupRecord { label, levels, n, observed, expected }
    };
    test.groups().iter().enumerate().map(record).collect()
}

fn variance(test: &LogRankTest) -> Vec<Vec<f64>> {
    let size = test.groups().len();
    (0..size).map(|row| (0..size).map(|column| test.variance(row, column)).collect()).collect()
}

fn adjustment_name(adjustment: Adjustment) -> &'static str {
    match adjustment {
        Adjustment::None => "not adjusted",
        Adjustment::Bonferroni => "Bonferroni",
        Adjustment::Holm => "Holm",
        Adjustment::Bh => "Benjamini–Hochberg",
    }
}
