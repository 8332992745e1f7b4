//! Small curves: every order of events and censorings.
//!
//! Of at most 25 patients all orders are followed, gap by gap. Survival after the l-th who leaves
//! depends on the order alone, since tied events give what events one after the other give. A state
//! is (at risk, events, survival); nothing is left out, so where no state is left, no data set has
//! the numbers and stays within [`TOLERANCE`] of every click, itself up to a hand's width off in time.

use std::collections::BTreeSet;

use super::assemble::Task;
use super::fidelity::HAND;
use super::input::DigitisedCurve;
use super::stretch::Stretch;
use super::targets::{Aim, HALF_WAY};
use crate::error::{Error, Result};
use crate::reconstruct::{Constraint, ConstraintStatus};

/// Up to so many patients.
const FEW: u32 = 25;
/// A data set follows the curve when no click is farther away, in survival.
const TOLERANCE: f64 = 0.05;
/// States beyond which nothing is proven.
const MOST: usize = 100_000;
/// Survival is told apart in steps of this.
const STEP: f64 = 1e-9;

/// Numbers that no data set has together with the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// Patients.
    pub n: u32,
    /// `n`, `points` and what else contradicts them. None of these numbers can go: without it there
    /// is a data set, or too many states to tell.
    pub constraints: Vec<Constraint>,
    /// Why, in words.
    pub reason: String,
}

/// A number that may be taken away; those of a time by the time.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    AtRisk(f64),
    Censored(f64),
    Events,
    Median,
    Rate(f64),
}

/// What has to hold at a time.
#[derive(Clone, Copy)]
enum Check<'s> {
    Survival(Aim),
    /// The number at risk and censored where a stretch ends.
    Table(&'s Stretch),
}

/// At risk, events, survival in steps.
type State = (u32, u32, u64);

impl DigitisedCurve {
    /// The proof that no data set of at most 25 patients keeps all numbers within 0.05 of every
    /// click, with a smallest set of numbers that contradict each other: one after the other is left
    /// out as long as the rest still is impossible. `None` where there is a data set, and where
    /// nothing is proven.
    ///
    /// # Errors
    /// Those of [`reconstruct`](Self::reconstruct) but for this one.
    pub fn contradiction(&self) -> Result<Option<Contradiction>> {
        let task = self.task_of_points()?;
        if task.n > FEW || self.possible(&task) != Some(false) {
            return Ok(None);
        }
        let (mut own, mut needed) = (self.clone(), self.numbers());
        loop {
            let before = needed.len();
            needed.retain(|&number| {
                let without = own.without(number);
                let goes = without.is_impossible();
                if goes {
                    own = without;
                }
                !goes
            });
            if needed.len() == before {
                break;
            }
        }
        let n = impossible("n".to_owned(), task.n.to_string());
        let points = impossible("points".to_owned(), format!("{} points", self.points.time.len()));
        let others = needed.into_iter().filter_map(|number| self.named(number));
        Ok(Some(Contradiction {
            n: task.n,
            constraints: [n, points].into_iter().chain(others).collect(),
            reason: format!(
                "all orders of events and censorings of {} patients were tried, and none stays \
                 within {TOLERANCE} of every click",
                task.n
            ),
        }))
    }

    /// Refuses what no data set can have.
    pub(super) fn prove(&self) -> Result<()> {
        match self.contradiction()? {
            None => Ok(()),
            Some(own) => {
                let names: Vec<&str> =
                    own.constraints.iter().map(|own| own.name.as_str()).collect();
                let names = names.join(", ");
                Err(Error::analysis(format!("{names} contradict each other: {}", own.reason)))
            }
        }
    }

    /// What may be taken away.
    fn numbers(&self) -> Vec<Number> {
        let rows = || self.table.rows().iter().filter(|own| own.time > 0.0);
        let censored = rows().filter(|own| own.censored.is_some());
        let mut all: Vec<Number> = censored.map(|own| Number::Censored(own.time)).collect();
        all.extend(rows().map(|own| Number::AtRisk(own.time)));
        all.extend(self.events.map(|_| Number::Events));
        all.extend(self.median.as_ref().map(|_| Number::Median));
        all.extend(self.rates.iter().map(|own| Number::Rate(own.0)));
        all
    }

    fn without(&self, number: Number) -> Self {
        let mut own = self.clone();
        match number {
            Number::AtRisk(time) => own.table = own.table.without(time),
            Number::Censored(time) => own.table = own.table.without_censored(time),
            Number::Events => own.events = None,
            Number::Median => own.median = None,
            Number::Rate(time) => own.rates.retain(|rate| rate.0 != time),
        }
        own
    }

    fn named(&self, number: Number) -> Option<Constraint> {
        let row = |time: f64| self.table.rows().iter().find(|own| own.time == time);
        let (name, given) = match number {
            Number::AtRisk(time) => (format!("n_risk@{time}"), row(time)?.n_risk.to_string()),
            Number::Censored(time) => {
                (format!("n_censored@{time}"), row(time)?.censored?.to_string())
            }
            Number::Events => ("events".to_owned(), self.events?.to_string()),
            Number::Median => ("median".to_owned(), self.median.as_ref()?.text().to_owned()),
            Number::Rate(time) => {
                let rate = self.rates.iter().find(|own| own.0 == time)?;
                (format!("rate@{time}"), rate.1.text().to_owned())
            }
        };
        Some(impossible(name, given))
    }

    fn is_impossible(&self) -> bool {
        self.task_of_points().ok().and_then(|task| self.possible(&task)) == Some(false)
    }

    /// Whether a data set exists; `None` where there are too many states to tell.
    fn possible(&self, task: &Task) -> Option<bool> {
        let checks = self.checks(&task.stretches);
        let floors = floors(&checks);
        let most = self.events.unwrap_or(task.n);
        let mut states = BTreeSet::from([(task.n, 0, in_steps(1.0))]);
        let (mut n_risk, mut now) = (task.n, 0.0);
        for ((time, check), floor) in checks.into_iter().zip(floors) {
            if time > now {
                states = cross(floor, &states, most)?;
                now = time;
            }
            match check {
                Check::Survival(aim) => states.retain(|own| agrees(aim, own.2 as f64 * STEP)),
                Check::Table(stretch) => {
                    if let Some(leaving) = stretch.leaving {
                        n_risk = n_risk.saturating_sub(leaving);
                        states.retain(|own| own.0 == n_risk);
                    }
                    states = self.censored_as_printed(stretch, n_risk, states, task.n);
                }
            }
        }
        Some(states.iter().any(|own| self.events.is_none_or(|events| events == own.1)))
    }

    /// What has to hold when, by time. A click may be beside its drop: survival a hand's width before
    /// it is not far below it, and a hand's width after it not far above.
    fn checks<'s>(&self, stretches: &'s [Stretch]) -> Vec<(f64, Check<'s>)> {
        let end = stretches.last().map_or(0.0, |own| own.to);
        let clicks = self.points.time.last().copied().unwrap_or(0.0);
        let hand = HAND * clicks.max(end);
        let last = Self::last_height(stretches);
        let mut checks = Vec::new();
        for stretch in stretches {
            for gap in &stretch.gaps {
                match gap.aim {
                    Aim::Seen(seen, counts) if counts > HALF_WAY => {
                        let (low, high) = (Aim::Within(seen - TOLERANCE, 1.0), seen + TOLERANCE);
                        // The last click is where the line ends: no drop hides behind it.
                        let before = if gap.to < end || seen > last { gap.to - hand } else { end };
                        checks.push((before.max(0.0), Check::Survival(low)));
                        let high = Check::Survival(Aim::AtMost(high));
                        checks.push(((gap.to + hand).min(end), high));
                    }
                    Aim::Seen(..) => {}
                    aim => checks.push((gap.to, Check::Survival(aim))),
                }
            }
            checks.push((stretch.to, Check::Table(stretch)));
        }
        checks.sort_by(|a, b| a.0.total_cmp(&b.0));
        checks
    }

    /// The height of the last click.
    fn last_height(stretches: &[Stretch]) -> f64 {
        let aims = stretches.iter().flat_map(|own| &own.gaps).map(|gap| gap.aim);
        let seen = aims.filter_map(|aim| match aim {
            Aim::Seen(seen, _) => Some(seen),
            _ => None,
        });
        seen.fold(1.0, f64::min)
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

fn impossible(name: String, given: String) -> Constraint {
    Constraint { name, given, reached: String::new(), status: ConstraintStatus::Impossible }
}

fn in_steps(survival: f64) -> u64 {
    (survival / STEP).round() as u64
}

/// For every check the least survival that it and those after it allow.
fn floors(checks: &[(f64, Check<'_>)]) -> Vec<f64> {
    let mut floor = 0.0_f64;
    let mut floors: Vec<f64> = checks
        .iter()
        .rev()
        .map(|(_, check)| {
            if let Check::Survival(Aim::Within(low, _) | Aim::Above(low)) = check {
                floor = floor.max(*low);
            }
            floor
        })
        .collect();
    floors.reverse();
    floors
}

/// All states after some time in which survival stays above a floor.
fn cross(floor: f64, before: &BTreeSet<State>, events: u32) -> Option<BTreeSet<State>> {
    let mut reached = before.clone();
    let mut fresh: Vec<State> = before.iter().copied().collect();
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
        if e < events && after >= floor - 2.0 * STEP {
            offer((n - 1, e + 1, in_steps(after)));
        }
        if reached.len() > MOST {
            return None;
        }
    }
    Some(reached)
}

fn agrees(aim: Aim, survival: f64) -> bool {
    let edge = 2.0 * STEP;
    match aim {
        Aim::Seen(..) | Aim::Free => true,
        Aim::Within(low, high) => survival >= low - edge && survival <= high + edge,
        Aim::Above(level) => survival > level - edge,
        Aim::AtMost(level) => survival <= level + edge,
    }
}
