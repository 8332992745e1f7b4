//! One lane: the occupied cells of a group along time.

use std::sync::Arc;

use super::Counts;
use crate::numeric::sum::DoubleDouble;

/// The times at which somebody leaves a group, with who leaves and who is at risk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lane {
    /// Ranks on the cohort's time axis, ascending.
    pub(crate) time: Arc<Vec<u32>>,
    /// Events at each time.
    pub(crate) event: Counts,
    /// Censorings at each time.
    pub(crate) censor: Counts,
    at_risk: AtRisk,
    entries: Option<Entries>,
}

#[derive(Debug, Clone, PartialEq)]
enum AtRisk {
    /// Nobody enters late: the number at risk is what is left of the total.
    Falling(f64),
    /// The number at risk at each time.
    Stored(Vec<f64>),
}

/// Who enters late: ranks, ascending, and how many.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entries {
    pub(crate) time: Vec<u32>,
    pub(crate) enter: Counts,
}

/// One time of a lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment {
    /// Rank on the time axis.
    pub(crate) time: u32,
    /// At risk just before.
    pub(crate) n: f64,
    /// Events.
    pub(crate) d: f64,
    /// Censorings.
    pub(crate) c: f64,
}

impl Moment {
    /// The same moment where time runs to censoring: whoever has the event is gone before the
    /// censorings. When all others are censored, rounding leaves nobody.
    pub(crate) fn reversed(self) -> Self {
        let left = self.n - self.d;
        let all = (left - self.c).abs() <= 1e-15 * self.n;
        Self { n: if all { self.c } else { left }, d: self.c, c: 0.0, ..self }
    }
}

impl Lane {
    pub(crate) fn new(
        time: Vec<u32>,
        event: Counts,
        censor: Counts,
        entries: Option<Entries>,
    ) -> Self {
        let (time, at_risk) = (Arc::new(time), AtRisk::Falling(0.0));
        let mut lane = Self { time, event, censor, at_risk, entries };
        lane.at_risk = match lane.entries.is_none() && lane.event.are_whole() {
            true => AtRisk::Falling(lane.sum()),
            false => AtRisk::Stored(lane.count_backwards()),
        };
        lane
    }

    /// The number at risk, summed from the last time to the first: exits still to come less entries
    /// still to come.
    fn count_backwards(&self) -> Vec<f64> {
        let mut at_risk = vec![0.0; self.time.len()];
        let mut balance = Balance::default();
        let mut pending = self.entries.as_ref().map_or(0, |entries| entries.time.len());
        for at in (0..self.time.len()).rev() {
            if let Some(entries) = &self.entries {
                while pending > 0 && entries.time[pending - 1] >= self.time[at] {
                    pending -= 1;
                    balance.subtract(entries.enter.get(pending));
                }
            }
            balance.add(self.event.get(at));
            balance.add(self.censor.get(at));
            at_risk[at] = balance.value();
        }
        at_risk
    }

    /// Number of times.
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }

    /// The times in order.
    pub(crate) fn moments(&self) -> Moments<'_> {
        self.moments_from(Place { at: 0, left: self.initial() })
    }

    /// The times from a place on that a walk has reached.
    pub(crate) fn moments_from(&self, place: Place) -> Moments<'_> {
        Moments { lane: self, place }
    }

    fn initial(&self) -> f64 {
        match self.at_risk {
            AtRisk::Falling(total) => total,
            AtRisk::Stored(_) => 0.0,
        }
    }

    /// Everybody who ever enters.
    pub(crate) fn total(&self) -> f64 {
        match self.at_risk {
            AtRisk::Falling(total) => total,
            AtRisk::Stored(_) => self.sum(),
        }
    }

    fn sum(&self) -> f64 {
        self.event.total() + self.censor.total()
    }

    /// Whether anybody enters late.
    pub(crate) fn has_entries(&self) -> bool {
        self.entries.is_some()
    }

    /// How many enter at ranks in [from, to).
    pub(crate) fn entering(&self, from: u32, to: u32) -> f64 {
        let Some(entries) = &self.entries else { return 0.0 };
        let first = entries.time.partition_point(|&time| time < from);
        let within = |at: &usize| entries.time.get(*at).is_some_and(|&time| time < to);
        (first..).take_while(within).map(|at| entries.enter.get(at)).sum()
    }

    /// Who leaves before a rank: with the event, and censored.
    pub(crate) fn left_before(&self, rank: u32) -> [f64; 2] {
        let until = self.time.partition_point(|&time| time < rank);
        [&self.event, &self.censor].map(|own| own.sum(0..until))
    }

    /// How many are at risk at a rank that need not be one of the lane's: exit ≥ rank, and entered
    /// before `entered` (the first rank at which an entry is too late).
    pub(crate) fn at_risk_at(&self, rank: u32, entered: u32) -> f64 {
        let first = self.time.partition_point(|&time| time < rank);
        match &self.at_risk {
            AtRisk::Falling(total) => return total - self.left_before(rank).iter().sum::<f64>(),
            AtRisk::Stored(counts) if self.entries.is_none() => {
                return counts.get(first).copied().unwrap_or(0.0);
            }
            AtRisk::Stored(_) => {}
        }
        let mut balance = Balance::default();
        for at in (first..self.len()).rev() {
            balance.add(self.event.get(at));
            balance.add(self.censor.get(at));
        }
        if let Some(entries) = &self.entries {
            for at in
                (entries.time.partition_point(|&time| time < entered)..entries.time.len()).rev()
            {
                balance.subtract(entries.enter.get(at));
            }
        }
        balance.value()
    }
}

/// How far a walk along a lane has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    at: usize,
    /// What is left of the total.
    left: f64,
}

/// Iterates over the times of a lane.
#[derive(Clone)]
pub(crate) struct Moments<'a> {
    lane: &'a Lane,
    place: Place,
}

impl Moments<'_> {
    /// Where the walk is.
    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

impl Iterator for Moments<'_> {
    type Item = Moment;

    #[inline(always)]
    fn next(&mut self) -> Option<Moment> {
        let (lane, Place { at, left }) = (self.lane, self.place);
        let time = *lane.time.get(at)?;
        let (d, c) = (lane.event.get(at), lane.censor.get(at));
        let n = match &lane.at_risk {
            AtRisk::Falling(_) => left,
            AtRisk::Stored(counts) => counts[at],
        };
        self.place = Place { at: at + 1, left: left - (d + c) };
        Some(Moment { time, n, d, c })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.lane.len() - self.place.at;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Moments<'_> {}

/// A running sum of weights that come and go, exact enough that an empty risk set is 0.
#[derive(Default)]
struct Balance {
    sum: DoubleDouble,
    peak: f64,
}

impl Balance {
    fn add(&mut self, value: f64) {
        self.sum.add(value);
        self.peak = self.peak.max(self.sum.value().abs());
    }

    fn subtract(&mut self, value: f64) {
        self.sum.sub(value);
    }

    fn value(&self) -> f64 {
        let value = self.sum.value();
        if value.abs() <= self.peak * 1e-15 { 0.0 } else { value }
    }
}
