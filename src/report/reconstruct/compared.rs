//! Arms against the first one.

use serde::Serialize;

use super::cohort;
use crate::cohort::Design;
use crate::compare::LogRank;
use crate::cox::Cox;
use crate::error::Result;
use crate::reconstruct::Individual;

/// Hazard ratios by Cox regression (Efron), and the log-rank test of all arms.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Comparison {
    pub(super) reference: String,
    pub(super) hazard_ratios: Vec<Ratio>,
    /// Two-sided p of the log-rank test.
    pub(super) p: Option<f64>,
}

/// A hazard ratio.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ratio {
    pub(super) arm: String,
    pub(super) hr: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
}

/// Of two arms or more, with events.
pub(super) fn comparison(labels: &[&str], arms: &[&[Individual]]) -> Result<Option<Comparison>> {
    let events = arms.iter().copied().flatten().any(|own| own.event);
    if arms.len() < 2 || !events {
        return Ok(None);
    }
    let cohort = cohort(labels, arms)?;
    let groups = cohort.groups();
    let column = |arm: usize| {
        let own = |row| f64::from(u8::from(groups.code(row) as usize == arm));
        (labels[arm].to_owned(), (0..cohort.n_rows()).map(own).collect::<Vec<f64>>())
    };
    let design = Design::from_columns((1..arms.len()).map(column).collect())?;
    let fit = Cox::default().fit(&cohort, &design)?;
    let ratio = |own: &crate::cox::Coefficient| Ratio {
        arm: own.name.clone(),
        hr: own.hazard_ratio,
        lower: own.interval.lower,
        upper: own.interval.upper,
    };
    Ok(Some(Comparison {
        reference: labels[0].to_owned(),
        hazard_ratios: fit.coefficients().iter().map(ratio).collect(),
        p: LogRank::default().fit(&cohort)?.p(),
    }))
}
