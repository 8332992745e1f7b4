//! Which number gives way where the curve and the numbers contradict each other.

use super::assemble::{BEAM, Task};
use super::fidelity::Fidelity;
use super::input::DigitisedCurve;
use super::outcome::Individual;
use super::place::even;
use crate::error::{Error, Result};

/// A curve is followed when no click is farther off than this and one patient.
const FOLLOWED: f64 = 0.03;

/// The best data set, and what was searched for it.
pub(super) struct Settled {
    /// The curve without the number that gave way, if one did.
    pub(super) curve: DigitisedCurve,
    pub(super) task: Task,
    pub(super) best: Vec<Individual>,
    /// What gave way.
    pub(super) relaxed: Option<String>,
}

impl DigitisedCurve {
    /// Searches with all numbers; where the curve cannot be followed, without one of them.
    pub(super) fn settle(&self) -> Result<Settled> {
        let whole = self.attempt(None);
        let follows = |own: &Settled| own.misfit() <= FOLLOWED + 1.0 / f64::from(own.task.n);
        if whole.as_ref().is_ok_and(follows) {
            return whole;
        }
        let others = self.without_one().into_iter();
        let others = others.filter_map(|(name, own)| own.attempt(Some(name)).ok());
        let mut others: Vec<(u64, Settled)> =
            others.filter(follows).map(|own| (self.missing(&own.best), own)).collect();
        others.sort_by_key(|own| own.0);
        match (others.into_iter().next(), whole) {
            (Some((_, own)), _) => Ok(own),
            (None, Ok(own)) => Ok(own),
            (None, Err(error)) => Err(error),
        }
    }

    fn attempt(&self, relaxed: Option<String>) -> Result<Settled> {
        let task = self.task()?;
        let paths = self.paths(&task, &even(&task.stretches), BEAM)?;
        let path = paths.first().ok_or_else(|| Error::analysis("no path was found"))?;
        let best = self.placed(&task, path)?;
        Ok(Settled { curve: self.clone(), task, best, relaxed })
    }

    /// The curve without each number in turn that could be a misprint.
    fn without_one(&self) -> Vec<(String, Self)> {
        let mut others = Vec::new();
        if let Some(events) = self.events {
            others.push((format!("{events} events"), Self { events: None, ..self.clone() }));
        }
        for (at, row) in self.table.rows().iter().enumerate().filter(|(_, own)| own.time > 0.0) {
            let name = format!("{} at risk at time {}", row.n_risk, row.time);
            others.push((name, Self { table: self.table.without(at), ..self.clone() }));
        }
        others
    }

    /// Patients by whom numbers at risk and events are missed.
    fn missing(&self, people: &[Individual]) -> u64 {
        let rows = self.table.rows().iter().map(|row| {
            let own = people.iter().filter(|own| own.time >= row.time).count();
            own.abs_diff(row.n_risk as usize)
        });
        let events = people.iter().filter(|own| own.event).count();
        let events = self.events.map_or(0, |given| events.abs_diff(given as usize));
        rows.sum::<usize>() as u64 + events as u64
    }
}

impl Settled {
    fn misfit(&self) -> f64 {
        Fidelity::of(&self.best, &self.task.curve).max_abs
    }

    /// What gave way, for a reader.
    pub(super) fn note(&self) -> Option<String> {
        let relaxed = self.relaxed.as_ref()?;
        Some(format!(
            "{relaxed} could not be kept: with it, no data set was found that follows the curve"
        ))
    }
}
