//! Small curves: every order of events and censorings.
//!
//! Of at most 25 patients all orders are followed, gap by gap. Survival after the l-th who leaves
//! depends on the order alone, since tied events give what events one after the other give. A state
//! is (at risk, events, survival); nothing is left out, so where no state is left, no data set has
//! the numbers and stays within [`TOLERANCE`] of every click.

use std::collections::BTreeSet;

use super::assemble::Task;
use super::input::DigitisedCurve;
use super::stretch::{Gap, Stretch};
use super::targets::{Aim, HALF_WAY};
use crate::error::{Error, Result};

/// Up to so many patients.
const FEW: u32 = 25;
/// A data set follows the curve when no click is farther away, in survival.
const TOLERANCE: f64 = 0.05;
/// States beyond which nothing is proven.
const MOST: usize = 100_000;
/// Survival is told apart in steps of this.
const STEP: f64 = 1e-9;

/// A number by name, and how to leave it out.
type Removable = (String, Box<dyn Fn(&DigitisedCurve) -> DigitisedCurve>);

/// At risk, events, survival in steps.
type State = (u32, u32, u64);

impl DigitisedCurve {
    /// Refuses what no data set can have.
    pub(super) fn prove(&self) -> Result<()> {
        let task = self.task()?;
        if task.n > FEW || self.possible(&task) != Some(false) {
            return Ok(());
        }
        let mut own = self.clone();
        let mut names = Vec::new();
        // What is left after all that can be taken away contradicts itself.
        for (name, removed) in own.removable() {
            let without = removed(&own);
            match without.task().ok().and_then(|task| without.possible(&task)) {
                Some(false) => own = without,
                _ => names.push(name),
            }
        }
        Err(Error::analysis(format!(
            "no data set of {} patients follows the points within {TOLERANCE} and has {}: all \
             orders of events and censorings were tried",
            task.n,
            if names.is_empty() { "this curve".to_owned() } else { names.join(" and ") }
        )))
    }

    /// What may be taken away, by name.
    fn removable(&self) -> Vec<Removable> {
        let mut all: Vec<Removable> = Vec::new();
        for row in self.table.rows().iter().filter(|own| own.time > 0.0) {
            let time = row.time;
            let name = format!("{} at risk at time {time}", row.n_risk);
            let without = move |own: &Self| {
                let at = own.table.rows().iter().position(|row| row.time == time);
                let table = at.map_or(own.table.clone(), |at| own.table.without(at));
                Self { table, ..own.clone() }
            };
            all.push((name, Box::new(without)));
        }
        if let Some(events) = self.events {
            let without = |own: &Self| Self { events: None, ..own.clone() };
            all.push((format!("{events} events"), Box::new(without)));
        }
        if let Some(median) = &self.median {
            let without = |own: &Self| Self { median: None, ..own.clone() };
            all.push((format!("median {median}"), Box::new(without)));
        }
        for (time, rate) in &self.rates {
            let time = *time;
            let without = move |own: &Self| {
                let mut own = own.clone();
                own.rates.retain(|rate| rate.0 != time);
                own
            };
            all.push((format!("rate {rate} at time {time}"), Box::new(without)));
        }
        all
    }

    /// Whether a data set exists; `None` where there are too many states to tell.
    fn possible(&self, task: &Task) -> Option<bool> {
        let mut states = BTreeSet::from([(task.n, 0, in_steps(1.0))]);
        let mut n_risk = task.n;
        for stretch in &task.stretches {
            for gap in &stretch.gaps {
                states = cross(gap, &states, self.events.unwrap_or(task.n))?;
            }
            if let Some(leaving) = stretch.leaving {
                n_risk = n_risk.saturating_sub(leaving);
                states.retain(|own| own.0 == n_risk);
            }
            states = self.censored_as_printed(stretch, n_risk, states, task.n);
        }
        Some(states.iter().any(|own| self.events.is_none_or(|events| events == own.1)))
    }

    /// Keeps the states whose cumulative number of censored is the one of the table.
    fn censored_as_printed(
        &self,
        stretch: &Stretch,
        n_risk: u32,
        mut states: BTreeSet<State>,
        n: u32,
    ) -> BTreeSet<State> {
        let row = self.table.rows().iter().find(|own| own.time == stretch.to);
        if let Some(censored) = row.filter(|own| own.n_risk == n_risk).and_then(|own| own.censored)
        {
            states.retain(|own| n - own.0 - own.1 == censored);
        }
        states
    }
}

fn in_steps(survival: f64) -> u64 {
    (survival / STEP).round() as u64
}

/// All states after a gap.
fn cross(gap: &Gap, before: &BTreeSet<State>, events: u32) -> Option<BTreeSet<State>> {
    let mut reached = before.clone();
    let mut fresh: Vec<State> = before.iter().copied().collect();
    let lowest = match gap.aim {
        Aim::Seen(seen, counts) if counts > HALF_WAY => seen - TOLERANCE,
        _ => 0.0,
    };
    while let Some((n, e, s)) = fresh.pop() {
        if n == 0 {
            continue;
        }
        let survival = s as f64 * STEP;
        let after = survival * (1.0 - 1.0 / f64::from(n));
        let mut offer = |own: State| {
            if reached.insert(own) {
                fresh.push(own);
            }
        };
        offer((n - 1, e, s));
        if e < events && after >= lowest - STEP {
            offer((n - 1, e + 1, in_steps(after)));
        }
        if reached.len() > MOST {
            return None;
        }
    }
    reached.retain(|own| agrees(gap.aim, own.2 as f64 * STEP));
    Some(reached)
}

fn agrees(aim: Aim, survival: f64) -> bool {
    let edge = 2.0 * STEP;
    match aim {
        Aim::Seen(seen, counts) => counts <= HALF_WAY || (survival - seen).abs() <= TOLERANCE,
        Aim::Free => true,
        Aim::Within(low, high) => survival >= low - edge && survival <= high + edge,
        Aim::Above(level) => survival > level - edge,
        Aim::AtMost(level) => survival <= level + edge,
    }
}
