//! What the crate's own curve makes of a data set, number by number.

use super::problem::Number;
use super::spec::{FollowUpKind, Rate, Summary};
use super::{Draw, Subject};
use crate::cohort::Cohort;
use crate::curve::{Quantile, SurvivalCurve};
use crate::error::Result;
use crate::published::Printed;
use crate::reconstruct::{Constraint, ConstraintStatus};

/// A data set as the crate sees it.
pub(super) struct Measured<'a> {
    subjects: &'a [Subject],
    curve: SurvivalCurve,
    median: Quantile,
}

impl<'a> Measured<'a> {
    pub(super) fn new(summary: &Summary, subjects: &'a [Subject]) -> Result<Self> {
        let times: Vec<f64> = subjects.iter().map(|own| own.time).collect();
        let events = subjects.iter().map(|own| own.event).collect();
        let cohort = Cohort::builder(times, events).build()?;
        let curves = summary.rules.kaplan_meier().fit(&cohort)?;
        let curve = curves.curves()[0].clone();
        let median = curve.quantile(0.5)?;
        Ok(Self { subjects, curve, median })
    }

    fn events(&self) -> usize {
        self.subjects.iter().filter(|own| own.event).count()
    }

    fn follow_up(&self, kind: FollowUpKind) -> Option<f64> {
        let keep = |own: &&Subject| kind == FollowUpKind::Plain || !own.event;
        let times = || self.subjects.iter().filter(keep).map(|own| own.time);
        match kind {
            FollowUpKind::Reverse => self.curve.follow_up().median,
            FollowUpKind::Survivors | FollowUpKind::Plain => middle(times().collect()),
        }
    }

    /// How a printed number stands to the data.
    pub(super) fn constraint(&self, summary: &Summary, number: Number) -> Constraint {
        let name = summary.name(number);
        let last = self.subjects.last().map(|own| own.time);
        let first = self.subjects.first().map(|own| own.time);
        match number {
            Number::Events => count(name, summary.events.unwrap_or(0) as usize, self.events()),
            Number::Median => judge(name, &summary.median, self.median.estimate),
            Number::Lower => judge(name, &summary.lower, self.median.lower),
            Number::Upper => judge(name, &summary.upper, self.median.upper),
            Number::FollowUp => {
                let own = summary.follow_up.as_ref();
                let value = own.and_then(|&(kind, _)| self.follow_up(kind));
                judge(name, &own.map(|own| own.1.clone()), value)
            }
            Number::First => judge(name, &summary.first, first),
            Number::Last => judge(name, &summary.last, last),
            Number::MinFollowUp => {
                let asked = summary.min_follow_up.unwrap_or(0.0);
                let own = self.subjects.iter().find(|own| !own.event).map(|own| own.time);
                let reached = own.map_or("nobody censored".to_owned(), |own| format!("{own:.4}"));
                let status = status(own.is_none_or(|own| own >= asked));
                Constraint { name, given: asked.to_string(), reached, status }
            }
            Number::Rate(at) | Number::RateLower(at) | Number::RateUpper(at) => {
                self.rate(name, &summary.rates[at], number)
            }
        }
    }

    fn rate(&self, name: String, rate: &Rate, number: Number) -> Constraint {
        let at = self.curve.at(rate.time);
        let limits = rate.printed.limits.as_ref();
        let (printed, value) = match number {
            Number::RateLower(_) => (limits.map(|own| own.0.clone()), at.lower),
            Number::RateUpper(_) => (limits.map(|own| own.1.clone()), at.upper),
            _ => (Some(rate.printed.estimate.clone()), at.survival),
        };
        judge(name, &printed, value.map(|own| own * rate.scale()))
    }
}

/// All constraints of a summary, `n` first.
pub(super) fn constraints(summary: &Summary, draw: &Draw) -> Result<Vec<Constraint>> {
    let measured = Measured::new(summary, &draw.subjects)?;
    let n = count("n".to_owned(), summary.n as usize, draw.subjects.len());
    let numbers = summary.numbers().into_iter();
    let rest = numbers.map(|number| measured.constraint(summary, number));
    Ok(std::iter::once(n).chain(rest).collect())
}

/// Whether a draw prints every printed digit.
pub(super) fn prints_all(summary: &Summary, draw: &Draw) -> Result<bool> {
    Ok(constraints(summary, draw)?.iter().all(|own| own.status == ConstraintStatus::Met))
}

fn count(name: String, given: usize, reached: usize) -> Constraint {
    let status = status(given == reached);
    Constraint { name, given: given.to_string(), reached: reached.to_string(), status }
}

fn judge(name: String, printed: &Option<Printed>, value: Option<f64>) -> Constraint {
    let given = printed.as_ref().map_or(String::new(), |own| own.text().to_owned());
    let reached = printed.as_ref().map_or(String::new(), |own| own.print_like(value));
    let met = printed.as_ref().is_none_or(|own| own.matches(value));
    Constraint { name, given, reached, status: status(met) }
}

fn status(met: bool) -> ConstraintStatus {
    if met { ConstraintStatus::Met } else { ConstraintStatus::Relaxed }
}

/// The median of numbers in ascending order.
fn middle(sorted: Vec<f64>) -> Option<f64> {
    let k = sorted.len();
    let upper = *sorted.get(k / 2)?;
    Some(f64::midpoint(sorted[(k - 1) / 2], upper))
}
