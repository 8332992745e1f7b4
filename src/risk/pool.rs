//! Lanes walked together: every event time of a stratum with the counts of each group.

use std::borrow::Borrow;

use super::lane::{Lane, Moment};

/// One event time of a stratum.
#[derive(Debug)]
pub(crate) struct Pooled<'a> {
    /// At risk in each group.
    pub(crate) at_risk: &'a [f64],
    /// Events in each group.
    pub(crate) events: &'a [f64],
    /// At risk in all.
    pub(crate) n: f64,
    /// Events in all.
    pub(crate) d: f64,
}

/// Visits the event times of the lanes of one stratum in order.
pub(crate) fn pool<L: Borrow<Lane>>(lanes: &[L], mut visit: impl FnMut(&Pooled<'_>)) {
    let mut heads: Vec<Head<'_>> = lanes.iter().map(|lane| Head::new(lane.borrow())).collect();
    let (mut at_risk, mut events) = (vec![0.0; lanes.len()], vec![0.0; lanes.len()]);
    while let Some(time) = heads.iter().filter_map(Head::time).min() {
        let (mut n, mut d) = (0.0, 0.0);
        for (group, head) in heads.iter_mut().enumerate() {
            at_risk[group] = head.at_risk(time);
            events[group] = head.take(time);
            n += at_risk[group];
            d += events[group];
        }
        if d > 0.0 {
            visit(&Pooled { at_risk: &at_risk, events: &events, n, d });
        }
    }
}

/// A lane and how far it has been walked.
struct Head<'a> {
    lane: &'a Lane,
    moments: super::lane::Moments<'a>,
    next: Option<Moment>,
    /// Entries not yet at risk, where the lane has any.
    falls_only: bool,
}

impl<'a> Head<'a> {
    fn new(lane: &'a Lane) -> Self {
        let mut moments = lane.moments();
        let next = moments.next();
        Self { lane, moments, next, falls_only: !lane.has_entries() }
    }

    fn time(&self) -> Option<u32> {
        self.next.map(|moment| moment.time)
    }

    /// At risk at a time that is not beyond the next one of this lane.
    fn at_risk(&self, time: u32) -> f64 {
        match self.next {
            Some(moment) if self.falls_only || moment.time == time => moment.n,
            Some(moment) => moment.n - self.lane.entering(time, moment.time),
            None => 0.0,
        }
    }

    /// Events at the time, after which the lane moves on.
    fn take(&mut self, time: u32) -> f64 {
        match self.next {
            Some(moment) if moment.time == time => {
                self.next = self.moments.next();
                moment.d
            }
            _ => 0.0,
        }
    }
}
