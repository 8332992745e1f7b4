//! The time between two numbers at risk.

use super::table::AtRisk;
use super::targets::{Aim, Stop};

/// A gap between two stops; events fall inside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) from: f64,
    pub(super) to: f64,
    /// What is known at its end.
    pub(super) aim: Aim,
    /// About where survival is at its end.
    pub(super) about: f64,
    /// Survival at the next click: the least that it can be about here.
    pub(super) below: f64,
}

/// Gaps from one number at risk to the next.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) gaps: Vec<Gap>,
    /// Censor marks inside.
    pub(super) marks: Vec<f64>,
    /// How many leave until its end; not known after the last number.
    pub(super) leaving: Option<u32>,
    /// How many of them are censored, where printed.
    pub(super) censored: Option<u32>,
}

impl Stretch {
    /// Cuts at these stops.
    pub(super) fn new((from, to): (f64, f64), stops: &[Stop]) -> Self {
        let mut gaps: Vec<Gap> = Vec::with_capacity(stops.len());
        let mut before = from;
        for stop in stops {
            let Stop { time, aim, about, below } = *stop;
            gaps.push(Gap { from: before, to: time, aim, about, below });
            before = time;
        }
        Self { from, to, gaps, marks: Vec::new(), leaving: None, censored: None }
    }

    /// Takes over how many leave, and how many of them are censored.
    pub(super) fn leave(&mut self, before: AtRisk, after: AtRisk) {
        self.leaving = Some(before.n_risk.saturating_sub(after.n_risk));
        let censored = after.censored.zip(before.censored);
        self.censored = censored.map(|(now, was)| now.saturating_sub(was));
    }

    /// The share of the stretch that each gap is.
    pub(super) fn shares(&self) -> Vec<f64> {
        let length = (self.to - self.from).max(f64::MIN_POSITIVE);
        self.gaps.iter().map(|gap| (gap.to - gap.from) / length).collect()
    }

    /// Censor marks in each gap; the last one takes those at the very end.
    pub(super) fn marks_by_gap(&self) -> Vec<u32> {
        let mut counts = vec![0; self.gaps.len()];
        for mark in &self.marks {
            let at = self.gaps.partition_point(|gap| gap.to <= *mark).min(counts.len() - 1);
            counts[at] += 1;
        }
        counts
    }

    /// Expected events in each gap, of so many at risk of whom some are censored: survival follows
    /// what is about there.
    pub(super) fn expected(
        &self,
        (n_risk, mut survival): (f64, f64),
        censored: &[f64],
    ) -> Vec<f64> {
        let mut left = n_risk;
        let all = self.gaps.iter().zip(censored).map(|(gap, censored)| {
            let at_risk = (left - censored / 2.0).max(0.0);
            let mut events = 0.0;
            if gap.about < survival && survival > 0.0 {
                events = at_risk * (1.0 - gap.about / survival);
                survival = gap.about;
            }
            left = (left - censored - events).max(0.0);
            events
        });
        all.collect()
    }
}
