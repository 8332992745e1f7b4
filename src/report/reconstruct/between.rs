//! What differs between data sets that agree equally well.

use rayon::prelude::*;
use serde::Serialize;

use super::compared::comparison;
use super::{ReconstructPlan, ReconstructedArm, cohort};
use crate::error::Result;
use crate::reconstruct::Individual;

/// The middle 95 % of the draws is between these fractions.
const TAILS: (f64, f64) = (0.025, 0.975);

/// Intervals between draws: they say how far the reconstruction leaves a number open, and nothing
/// about sampling.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Between {
    pub(super) draws: usize,
    pub(super) seed: u64,
    pub(super) statistics: Vec<Spread>,
}

/// A number over the draws.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Spread {
    /// `median`, `rmst`, `survival@36`, `hr`, `p`, `events`.
    pub(super) statistic: String,
    pub(super) arm: Option<String>,
    /// In how many draws there is a number.
    pub(super) known: usize,
    /// The 2.5th percentile, the middle and the 97.5th.
    pub(super) lower: Option<f64>,
    pub(super) middle: Option<f64>,
    pub(super) upper: Option<f64>,
}

/// Of two draws or more.
pub(super) fn between(
    plan: &ReconstructPlan,
    arms: &[ReconstructedArm],
) -> Result<Option<Between>> {
    let draws = arms.iter().map(|arm| arm.draws.len()).min().unwrap_or(0);
    if draws < 2 {
        return Ok(None);
    }
    let labels: Vec<&str> = arms.iter().map(|arm| arm.label.as_str()).collect();
    let of_draw = |draw: usize| {
        let people: Vec<&[Individual]> =
            arms.iter().map(|arm| arm.draws[draw].as_slice()).collect();
        numbers(plan, &labels, &people)
    };
    let rows: Vec<Vec<(Name, Option<f64>)>> =
        (0..draws).into_par_iter().map(of_draw).collect::<Result<_>>()?;
    let spread = |at: usize| {
        let (name, _) = &rows[0][at];
        let mut values: Vec<f64> = rows.iter().filter_map(|row| row[at].1).collect();
        values.sort_by(f64::total_cmp);
        Spread {
            statistic: name.0.clone(),
            arm: name.1.clone(),
            known: values.len(),
            lower: quantile(&values, TAILS.0),
            middle: quantile(&values, 0.5),
            upper: quantile(&values, TAILS.1),
        }
    };
    let statistics = (0..rows[0].len()).map(spread).collect();
    Ok(Some(Between { draws, seed: plan.seed, statistics }))
}

/// A statistic, and the arm that it is of.
type Name = (String, Option<String>);

/// The numbers of one draw, always the same ones in the same order.
fn numbers(
    plan: &ReconstructPlan,
    labels: &[&str],
    arms: &[&[Individual]],
) -> Result<Vec<(Name, Option<f64>)>> {
    let cohort = cohort(labels, arms)?;
    let fit = plan.conventions.kaplan_meier(0.95).fit(&cohort)?;
    let mut all = Vec::new();
    for (&label, curve) in labels.iter().zip(fit.curves()) {
        let mut add = |name: String, value| all.push(((name, Some(label.to_owned())), value));
        add("events".to_owned(), Some(curve.events()));
        add("median".to_owned(), curve.median());
        for &time in &plan.at {
            add(format!("survival@{time}"), curve.at(time).survival);
        }
        if let Some(tau) = plan.rmst {
            add("rmst".to_owned(), Some(curve.rmst(tau)?.estimate));
        }
    }
    if let Some(own) = comparison(labels, arms)? {
        all.extend(
            own.hazard_ratios.iter().map(|own| (("hr".to_owned(), Some(own.arm.clone())), own.hr)),
        );
        all.push((("p".to_owned(), None), own.p));
    }
    Ok(all)
}

/// By linear interpolation between order statistics.
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = p * (sorted.len().checked_sub(1)?) as f64;
    let (low, share) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(sorted.len() - 1);
    Some(sorted[low] + share * (sorted[high] - sorted[low]))
}
