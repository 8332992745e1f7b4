//! Which number gives way where the curve and the numbers contradict each other.

use rayon::prelude::*;

use super::assemble::{BEAM, Task};
use super::fidelity::Fidelity;
use super::input::DigitisedCurve;
use super::outcome::Individual;
use super::place::even;
use super::search::Search;
use super::walk::Beam;
use crate::error::{Error, Result};

/// A curve is followed when no click is farther off than this and one patient.
const FOLLOWED: f64 = 0.03;
/// States kept at a stop while pairs of numbers are tried.
const SCREENED: usize = 200;

/// Standard deviations that a rounding of clicks is wide: those of values on a grid are half of its
/// step at least.
const ROUNDING: f64 = 2.0;

/// The best data set, and what was searched for it.
#[derive(Clone)]
pub(super) struct Settled {
    /// The curve without the numbers that gave way, if any did.
    pub(super) curve: DigitisedCurve,
    pub(super) task: Task,
    pub(super) best: Vec<Individual>,
    /// What gave way.
    pub(super) relaxed: Vec<String>,
}

/// Numbers by name, and the curve without them.
type Without = (Vec<String>, DigitisedCurve);

impl DigitisedCurve {
    /// Searches with all numbers; where the curve cannot be followed, without one of them; where no
    /// single one helps, without two.
    pub(super) fn settle(&self) -> Result<Settled> {
        let whole = self.attempt(Vec::new(), BEAM).and_then(|own| self.nearer(own));
        if whole.as_ref().is_ok_and(Settled::follows) {
            return whole;
        }
        let ones = self.without_one();
        if let Some(own) = self.fewest(&ones, BEAM) {
            return Ok(own);
        }
        let Some(two) = self.fewest(&without_two(&ones), SCREENED) else { return whole };
        let again = two.curve.attempt(two.relaxed.clone(), BEAM);
        Ok(again.ok().filter(Settled::follows).unwrap_or(two))
    }

    /// A data set within a rounding of every click where there is one: the search itself weighs
    /// clicks against the pace of censoring.
    fn nearer(&self, own: Settled) -> Result<Settled> {
        let bound = ROUNDING * self.points.noise;
        if own.misfit() <= bound {
            return Ok(own);
        }
        let weights = even(&own.task.stretches);
        let search = Search { bound, ..self.search(&own.task, &weights, Beam::new(BEAM)) };
        let Some(path) = search.paths().into_iter().next() else { return Ok(own) };
        let best = self.placed(&own.task, &path)?;
        let other = Settled { best, ..own.clone() };
        Ok(if other.misfit() < own.misfit() { other } else { own })
    }

    /// Of the curves without some numbers that can be followed, the one that misses the fewest
    /// patients.
    fn fewest(&self, all: &[Without], beam: usize) -> Option<Settled> {
        let tried = all.par_iter().map(|(names, own)| own.attempt(names.clone(), beam).ok());
        let tried: Vec<Option<Settled>> = tried.collect();
        let follow = tried.into_iter().flatten().filter(Settled::follows);
        follow.min_by_key(|own| self.missing(&own.best))
    }

    fn attempt(&self, relaxed: Vec<String>, beam: usize) -> Result<Settled> {
        let task = self.task()?;
        let paths = self.paths(&task, &even(&task.stretches), beam)?;
        let path = paths.first().ok_or_else(|| Error::analysis("no path was found"))?;
        let best = self.placed(&task, path)?;
        Ok(Settled { curve: self.clone(), task, best, relaxed })
    }

    /// The curve without each number in turn that could be a misprint.
    fn without_one(&self) -> Vec<Without> {
        let mut others = Vec::new();
        if let Some(events) = self.events {
            let without = Self { events: None, ..self.clone() };
            others.push((vec![format!("{events} events")], without));
        }
        for row in self.table.rows().iter().filter(|own| own.time > 0.0) {
            let name = format!("{} at risk at time {}", row.n_risk, row.time);
            let without = Self { table: self.table.without(row.time), ..self.clone() };
            others.push((vec![name], without));
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

/// The curve without each two numbers.
fn without_two(ones: &[Without]) -> Vec<Without> {
    let pairs = ones.iter().enumerate().flat_map(|(at, (first, without))| {
        // Those after the first, which is gone.
        let seconds = without.without_one().into_iter().skip(at);
        seconds.map(move |(second, own)| ([first.as_slice(), &second].concat(), own))
    });
    pairs.collect()
}

impl Settled {
    fn follows(&self) -> bool {
        self.misfit() <= FOLLOWED + 1.0 / f64::from(self.task.n)
    }

    fn misfit(&self) -> f64 {
        Fidelity::of(&self.best, &self.task.curve).max_abs
    }

    /// What gave way, or that nothing helped, for a reader.
    pub(super) fn note(&self) -> Option<String> {
        let names = self.relaxed.join(" and ");
        match self.relaxed.len() {
            0 if self.follows() => None,
            0 => Some(format!(
                "no data set was found that follows the curve: it is {:.3} off, and leaving out a \
                 number at risk, the total of events or two of these does not help",
                self.misfit()
            )),
            1 => Some(format!(
                "{names} could not be kept: with it, no data set was found that follows the curve"
            )),
            _ => Some(format!(
                "{names} could not be kept: with both or either of them, no data set was found that \
                 follows the curve"
            )),
        }
    }
}
