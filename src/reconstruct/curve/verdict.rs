//! How individuals stand to what was given, and the events that carry printed times.

use super::assemble::Task;
use super::input::{DigitisedCurve, rate_unit};
use super::outcome::Individual;
use super::place::in_order;
use crate::cohort::Cohort;
use crate::curve::SurvivalCurves;
use crate::error::Result;
use crate::published::Printed;
use crate::reconstruct::{Constraint, ConstraintStatus};

/// An event is moved by no more than this share of the time axis.
const HAND: f64 = 0.03;

/// Each thing that was given against the data set.
pub(super) fn constraints(
    curve: &DigitisedCurve,
    task: &Task,
    people: &[Individual],
) -> Result<Vec<Constraint>> {
    let mut all = counts(curve, task, people);
    let fit = fit(curve, people)?;
    let own = &fit.curves()[0];
    let median = own.quantile(0.5)?;
    let mut times = vec![("median", curve.median.as_ref(), median.estimate)];
    if let Some((lower, upper)) = &curve.limits {
        times.push(("median_lower", Some(lower), median.lower));
        times.push(("median_upper", Some(upper), median.upper));
    }
    for (name, printed, value) in times {
        all.extend(printed.map(|printed| against(name.to_owned(), printed, value)));
    }
    for (time, rate) in &curve.rates {
        let at = own.at(*time);
        let percent = |own: Option<f64>, printed: &Printed| own.map(|own| own * rate_unit(printed));
        let own = percent(at.survival, &rate.estimate);
        all.push(against(format!("rate@{time}"), &rate.estimate, own));
        if let Some((lower, upper)) = &rate.limits {
            let (low, high) =
                (percent(at.lower, &rate.estimate), percent(at.upper, &rate.estimate));
            all.push(against(format!("rate_lower@{time}"), lower, low));
            all.push(against(format!("rate_upper@{time}"), upper, high));
        }
    }
    Ok(all)
}

fn counts(curve: &DigitisedCurve, task: &Task, people: &[Individual]) -> Vec<Constraint> {
    let mut all = vec![counted("n".to_owned(), task.n, people.len())];
    if let Some(events) = curve.events {
        let own = people.iter().filter(|own| own.event).count();
        all.push(counted("events".to_owned(), events, own));
    }
    for row in curve.table.rows() {
        let own = people.iter().filter(|own| own.time >= row.time).count();
        all.push(counted(format!("n_risk@{}", row.time), row.n_risk, own));
        if let Some(censored) = row.censored {
            let own = people.iter().filter(|own| !own.event && own.time < row.time).count();
            all.push(counted(format!("n_censored@{}", row.time), censored, own));
        }
    }
    all
}

fn counted(name: String, given: u32, reached: usize) -> Constraint {
    let status = status(given as usize == reached);
    Constraint { name, given: given.to_string(), reached: reached.to_string(), status }
}

pub(super) fn against(name: String, printed: &Printed, value: Option<f64>) -> Constraint {
    let (given, reached) = (printed.text().to_owned(), printed.print_like(value));
    Constraint { name, given, reached, status: status(printed.matches(value)) }
}

fn status(met: bool) -> ConstraintStatus {
    if met { ConstraintStatus::Met } else { ConstraintStatus::Relaxed }
}

fn fit(curve: &DigitisedCurve, people: &[Individual]) -> Result<SurvivalCurves> {
    let times: Vec<f64> = people.iter().map(|own| own.time).collect();
    let events = people.iter().map(|own| own.event).collect();
    let cohort = Cohort::builder(times, events).build()?;
    curve.conventions.kaplan_meier(0.95).fit(&cohort)
}

/// Moves the events that carry the median and its limits to the printed times, where that keeps
/// everything else that is met.
pub(super) fn snapped(
    curve: &DigitisedCurve,
    task: &Task,
    mut people: Vec<Individual>,
) -> Result<Vec<Individual>> {
    let printed = [
        (curve.median.as_ref(), 0),
        (curve.limits.as_ref().map(|own| &own.0), 1),
        (curve.limits.as_ref().map(|own| &own.1), 2),
    ];
    if printed.iter().all(|own| own.0.is_none()) {
        return Ok(people);
    }
    let mut met = number_met(curve, task, &people)?;
    for (printed, which) in printed {
        let Some(target) = printed.and_then(Printed::number) else { continue };
        let median = fit(curve, &people)?.curves()[0].quantile(0.5)?;
        let now = [median.estimate, median.lower, median.upper][which];
        let Some(now) = now.filter(|now| (now - target).abs() <= HAND * curve.end()) else {
            continue;
        };
        let mut moved = people.clone();
        carry(&mut moved, now, target);
        let own = number_met(curve, task, &moved)?;
        if own > met || (own == met && now == target) {
            (people, met) = (moved, own);
        }
    }
    Ok(people)
}

fn number_met(curve: &DigitisedCurve, task: &Task, people: &[Individual]) -> Result<usize> {
    let all = constraints(curve, task, people)?;
    Ok(all.iter().filter(|own| own.status == ConstraintStatus::Met).count())
}

/// Moves the events between a time and a target to the target; where the time is the middle between
/// two events, those two by the same distance.
fn carry(people: &mut [Individual], now: f64, target: f64) {
    let (low, high) = (now.min(target), now.max(target));
    let there = |own: &Individual, time: f64| own.event && (own.time - time).abs() < 1e-9 * now;
    if people.iter().any(|own| there(own, now)) {
        for own in people.iter_mut().filter(|own| own.event) {
            if own.time >= low - 1e-9 * now && own.time <= high + 1e-9 * now {
                own.time = target;
            }
        }
    } else {
        let events = |own: &&Individual| own.event;
        let before = people.iter().filter(events).map(|own| own.time).filter(|&own| own < now);
        let before = before.fold(f64::NEG_INFINITY, f64::max);
        let after = people.iter().filter(events).map(|own| own.time).filter(|&own| own > now);
        let after = after.fold(f64::INFINITY, f64::min);
        for own in people.iter_mut().filter(|own| own.event) {
            if own.time == before || own.time == after {
                own.time = (own.time + target - now).max(0.0);
            }
        }
    }
    in_order(people);
}
