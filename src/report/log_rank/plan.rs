//! What is asked of a comparison, and doing it.

use super::{ConventionsRecord, GroupRecord, LogRankDocument, Pairs};
use crate::compare::{Adjustment, GroupCounts, LogRank, LogRankTest, TestWeight};
use crate::convention::Conventions;
use crate::error::Result;
use crate::report::record::add_notes;
use crate::report::subject::Subject;

/// What a report of the log-rank family shall hold.
#[derive(Debug, Clone, Default)]
pub struct LogRankPlan {
    /// The conventions to follow.
    pub conventions: Conventions,
    /// The weight of event times.
    pub weight: TestWeight,
    /// Whether the test for trend is wanted.
    pub trend: bool,
    /// Whether every pair of groups is wanted, and how their p-values are adjusted.
    pub pairwise: Option<Adjustment>,
}

impl LogRankPlan {
    /// Makes the comparison.
    ///
    /// # Errors
    /// With fewer than two groups, and those of the tests asked for.
    pub fn run(&self, subject: Subject) -> Result<LogRankDocument> {
        let log_rank = LogRank::default().weight(self.weight);
        let test = log_rank.fit(&subject.cohort)?;
        let pairs = |adjustment| log_rank.pairwise(&subject.cohort, adjustment);
        let pairwise = self.pairwise.map(|adjustment| {
            pairs(adjustment).map(|tests| Pairs { tests, adjustment: adjustment_name(adjustment) })
        });
        let pairwise = pairwise.transpose()?;
        let mut notes = subject.notes;
        add_notes(&mut notes, subject.cohort.notes());
        Ok(LogRankDocument {
            command: "logrank",
            schema_version: 1,
            formula: subject.formula,
            weight: self.weight.to_string(),
            conventions: ConventionsRecord::new(self.conventions),
            data: subject.data,
            groups: test.groups().iter().map(GroupRecord::new).collect(),
            statistic: test.statistic(),
            df: Some(test.df()),
            p: test.p(),
            ln_p: test.ln_p(),
            trend: self.trend.then(|| test.trend()),
            pairwise,
            variance: variance(&test),
            notes,
            kind: self.weight,
        })
    }
}

impl GroupRecord {
    fn new(own: &GroupCounts) -> Self {
        let GroupCounts { label, n, observed, expected } = own.clone();
        Self { label, n, observed, expected }
    }
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
