//! A search over states: at every stop, how many are at risk and how many events there were.
//!
//! A state keeps the best way to it. The cost of a way is (S − s)²/(2σ²) at every click s, what its
//! censorings cost, and what it costs to miss a printed number; at a number at risk only states
//! that have it go on.

use super::schedule::{Begin, Schedule};
use super::stretch::Stretch;
use super::walk::{Beam, Belief, Cell, Step, Way};

/// A click leaves so many events open, whatever its noise: its neighbours tell.
const WIDE: f64 = 6.0;

/// A path through all gaps of all stretches.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) steps: Vec<Vec<Step>>,
    pub(super) events: u32,
    /// Still at risk at the end of follow-up.
    pub(super) remaining: u32,
}

/// The search itself.
pub(super) struct Search<'a> {
    pub(super) stretches: &'a [Stretch],
    pub(super) n: u32,
    pub(super) events: Option<u32>,
    pub(super) noise: f64,
    /// The clicks are believed less by this factor.
    pub(super) doubt: f64,
    /// Survival is never farther from a click than this.
    pub(super) bound: f64,
    /// States kept at a stop.
    pub(super) beam: Beam,
    /// Shares of the censorings of each stretch by gap.
    pub(super) weights: &'a [Vec<f64>],
}

impl Search<'_> {
    /// The best path to every final number of events, best first.
    pub(super) fn paths(&self) -> Vec<Path> {
        let mut states = vec![Cell { n_risk: self.n, events: 0, survival: 1.0, cost: 0.0 }];
        let mut trail = Vec::new();
        let mut n_risk = self.n;
        let mut rate = 0.0;
        let belief =
            Belief { noise: self.noise * self.doubt, wide: WIDE * self.doubt, bound: self.bound };
        for (stretch, weights) in self.stretches.iter().zip(self.weights) {
            let Some(begin) = self.begin(&states, rate) else { return Vec::new() };
            let schedule = Schedule::new(stretch, begin, weights);
            let end = stretch.leaving.map(|leaving| n_risk.saturating_sub(leaving));
            for gap in 0..stretch.gaps.len() {
                let crossing = schedule.crossing(stretch, gap, (end, belief));
                let (next, ways) = crossing.cross(&states, self.beam);
                states = next;
                trail.push(ways);
            }
            let person_time = (stretch.to - stretch.from)
                * (f64::from(n_risk) + f64::from(end.unwrap_or(n_risk)))
                / 2.0;
            rate = schedule.censored.iter().sum::<f64>() / person_time.max(f64::MIN_POSITIVE);
            n_risk = end.unwrap_or(n_risk);
        }
        self.ends(&states, &trail)
    }

    /// What the states at a number at risk have in common.
    fn begin(&self, states: &[Cell], rate: f64) -> Option<Begin> {
        let best = states.iter().min_by(|a, b| a.cost.total_cmp(&b.cost))?;
        let near = states.iter().filter(|own| own.cost < best.cost + 12.0);
        let far = near.map(|own| f64::from(own.events.abs_diff(best.events))).fold(0.0, f64::max);
        let events = self.events.map(|events| events.saturating_sub(best.events));
        let Cell { n_risk, survival, .. } = *best;
        let censored = self.n - n_risk - best.events;
        let spread = far.min(8.0);
        Some(Begin { n_risk, survival, n: self.n, censored, rate, events, spread })
    }

    fn ends(&self, states: &[Cell], trail: &[Vec<Way>]) -> Vec<Path> {
        let given = |own: &&Cell| self.events.is_none_or(|events| events == own.events);
        let mut ends: Vec<(usize, &Cell)> =
            states.iter().enumerate().filter(|(_, own)| given(own)).collect();
        ends.sort_by(|a, b| a.1.cost.total_cmp(&b.1.cost));
        let mut seen = std::collections::BTreeSet::new();
        ends.retain(|(_, own)| seen.insert(own.events));
        ends.into_iter().map(|(at, own)| self.path((at, own), trail)).collect()
    }

    fn path(&self, (mut at, last): (usize, &Cell), trail: &[Vec<Way>]) -> Path {
        let back = trail.iter().rev().map(|ways| {
            let way = ways[at];
            at = way.parent as usize;
            way.step
        });
        let back: Vec<Step> = back.collect();
        let mut forth = back.into_iter().rev();
        let take = |stretch: &Stretch| forth.by_ref().take(stretch.gaps.len()).collect();
        let steps = self.stretches.iter().map(take).collect();
        Path { steps, events: last.events, remaining: last.n_risk }
    }
}
