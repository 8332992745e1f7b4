//! Predicted against observed risk at a time.

use serde::Serialize;

use super::{check_followed_from_zero, check_time, check_values};
use crate::cohort::{Cohort, Factor, Groups};
use crate::curve::{KaplanMeier, SurvivalCurve};
use crate::error::{Error, Result};
use crate::numeric::sort;
use crate::table::Category;

/// Predicted and observed risk by a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// The time.
    pub time: f64,
    /// Groups of rows by predicted risk, ascending.
    pub groups: Vec<CalibrationGroup>,
    /// All rows: calibration in the large.
    pub overall: CalibrationGroup,
}

/// Rows of similar predicted risk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationGroup {
    /// Subjects: rows, or Σ weights with frequency weights.
    pub n: f64,
    /// The (weighted) mean of the predicted risks.
    pub predicted: f64,
    /// 1 − S(t), Kaplan–Meier; `None` beyond the last follow-up unless S is 0 there.
    pub observed: Option<f64>,
    /// Standard error of the observed risk.
    pub std_err: Option<f64>,
    /// Lower limit of the observed risk.
    pub lower: Option<f64>,
    /// Upper limit of the observed risk.
    pub upper: Option<f64>,
}

/// Observed over expected risk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ObservedExpected {
    /// Observed/predicted.
    pub ratio: f64,
    /// From the limits of the observed risk; the predicted one is taken as known.
    pub lower: Option<f64>,
    /// The same for the upper limit.
    pub upper: Option<f64>,
}

impl CalibrationGroup {
    /// Observed over expected (predicted) risk; `None` where nothing is predicted or observed.
    pub fn observed_expected(&self) -> Option<ObservedExpected> {
        let over = |risk: f64| risk / self.predicted;
        let observed = self.observed.filter(|_| self.predicted > 0.0)?;
        Some(ObservedExpected {
            ratio: over(observed),
            lower: self.lower.map(over),
            upper: self.upper.map(over),
        })
    }

    fn new(curve: &SurvivalCurve, time: f64, predicted: f64) -> Self {
        let at = curve.at(time);
        let risk = |survival: Option<f64>| survival.map(|survival| 1.0 - survival);
        Self {
            n: curve.n(),
            predicted,
            observed: risk(at.survival),
            std_err: at.std_err,
            lower: risk(at.upper),
            upper: risk(at.lower),
        }
    }
}

/// Calibration of predicted risks by `time`: mean predicted risk against 1 − S(time) of the rows, in
/// `groups` groups of similar risk and over all.
///
/// With F the (weighted) distribution of the predicted risks, a row is in group ⌈groups·F(risk)⌉:
/// equal risks are never parted, and a group in which nobody falls is left out. The observed risk
/// is Kaplan–Meier's, with the interval of `observed`.
///
/// R: `k <- ceiling(g * ecdf(risk)(risk))`, then `tapply(risk, k, mean)` and
/// `summary(survfit(y ~ k, conf.type = "log-log"), times = time)`.
///
/// # Errors
/// When there is not one risk in \[0, 1\] a row, no group is asked for, the time is negative, or
/// anybody enters late.
///
/// ```
/// use riskset::{accuracy::calibration, cohort::Cohort, curve::KaplanMeier};
/// let cohort = Cohort::builder(vec![1, 3, 4, 5], vec![true; 4]).build()?;
/// let fit = calibration(&cohort, &[0.75, 0.25, 0.5, 0.5], 3.0, 2, KaplanMeier::default())?;
/// assert_eq!((fit.overall.predicted, fit.overall.observed), (0.5, Some(0.5)));
/// let n: Vec<f64> = fit.groups.iter().map(|group| group.n).collect();
/// assert_eq!(n, [1.0, 3.0]);
/// # Ok::<(), riskset::Error>(())
/// ```
pub fn calibration(
    cohort: &Cohort,
    risk: &[f64],
    time: f64,
    groups: usize,
    observed: KaplanMeier,
) -> Result<Calibration> {
    check_time("time", time)?;
    check_followed_from_zero(cohort, "calibration")?;
    let probability = |risk: f64| (0.0..=1.0).contains(&risk);
    check_values(cohort, ("predicted risk", risk), "a probability", probability)?;
    if !(1..=risk.len()).contains(&groups) {
        let rows = risk.len();
        return Err(Error::option(format!("{groups} groups of {rows} rows: give 1 to {rows}")));
    }
    let of = |groups: Groups| -> Result<Vec<CalibrationGroup>> {
        let means = means(cohort, &groups, risk);
        let fit = observed.fit(&cohort.regroup(groups)?)?;
        let group = |(curve, mean): (&SurvivalCurve, Option<f64>)| {
            Some(CalibrationGroup::new(curve, time, mean?))
        };
        Ok(fit.curves().iter().zip(means).filter_map(group).collect())
    };
    let overall = of(Groups::single())?.remove(0);
    Ok(Calibration { time, groups: of(quantile_groups(cohort, risk, groups))?, overall })
}

/// Rows by ⌈groups·F(risk)⌉.
fn quantile_groups(cohort: &Cohort, risk: &[f64], groups: usize) -> Groups {
    let weight = |&row: &u32| cohort.weights().of(row as usize);
    let ranked = sort::rank(risk.to_vec(), 0.0);
    let order = ranked.order.rows();
    let total: f64 = order.iter().map(weight).sum();
    let (mut codes, mut until) = (vec![0; risk.len()], 0.0);
    for tied in order.chunk_by(|&a, &b| risk[a as usize] == risk[b as usize]) {
        until += tied.iter().map(weight).sum::<f64>();
        let group = (groups as f64 * until / total).ceil().clamp(1.0, groups as f64);
        tied.iter().for_each(|&row| codes[row as usize] = group as u32 - 1);
    }
    let levels: Vec<String> = (1..=groups).map(|group| group.to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    Groups::cross(vec![Factor { name: "predicted risk".into(), category }])
}

/// The weighted mean risk of each group that has any weight.
fn means(cohort: &Cohort, groups: &Groups, risk: &[f64]) -> Vec<Option<f64>> {
    let mut sums = vec![[0.0; 2]; groups.len()];
    for (row, risk) in risk.iter().enumerate() {
        let (weight, sum) = (cohort.weights().of(row), &mut sums[groups.code(row) as usize]);
        *sum = [sum[0] + weight, sum[1] + weight * risk];
    }
    sums.iter().map(|[weights, risks]| (*weights > 0.0).then(|| risks / weights)).collect()
}
