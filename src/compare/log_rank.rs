//! The log-rank test and its weighted relatives.

use std::borrow::Borrow;

use super::TestWeight;
use super::test_weight::Running;
use crate::cohort::Cohort;
use crate::curve::SurvivalCurves;
use crate::error::{Error, Result};
use crate::numeric::linalg::{SymMatrix, quadratic_form};
use crate::numeric::tails::{Tail, chi2_upper};
use crate::risk::{Lane, Lanes, Pooled, pool, tabulate};

/// A test of equal hazards in all groups: conventions, then [`fit`](Self::fit).
///
/// At each event time of each stratum with d events among n at risk, group g has d·n_g/n expected
/// events and the hypergeometric covariance d(n − d)/(n − 1)·(n_g/n)(δ_gh − n_h/n). With
/// U = Σ w(O − E) and V = Σ w²·covariance, summed over times and strata, the statistic is Uᵀ V⁻ U,
/// χ² with one degree of freedom less than there are groups with a positive expected number.
/// For weight 1 this is the score test of the Cox model with the exact (discrete) likelihood.
///
/// R: `survdiff(Surv(time, status) ~ group + strata(s))`. Mantel 1966; Fleming and Harrington 1991,
/// doi:10.1002/9781118150672.
///
/// ```
/// use riskset::{cohort::{Cohort, Factor, Groups}, compare::LogRank, table::Category};
/// let category = Category { codes: vec![0, 0, 1, 1], levels: vec!["a".into(), "b".into()].into() };
/// let arm = Factor { name: "arm".into(), category };
/// let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true; 4])
///     .groups(Groups::cross(vec![arm]))
///     .build()?;
/// let test = LogRank::default().fit(&cohort)?;
/// // O − E in group a: 2 − (1/2 + 1/3); V = 1/4 + 2/9.
/// assert!((test.statistic() - (7.0f64 / 6.0).powi(2) / (17.0 / 36.0)).abs() < 1e-12);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LogRank {
    weight: TestWeight,
}

impl LogRank {
    /// The weight of each event time.
    pub fn weight(self, weight: TestWeight) -> Self {
        Self { weight }
    }

    /// Makes the test.
    ///
    /// # Errors
    /// With fewer than two groups; with a negative ρ or γ; with sampling weights or clusters, under
    /// which the hypergeometric variance is wrong.
    pub fn fit(&self, cohort: &Cohort) -> Result<LogRankTest> {
        check(cohort)?;
        self.check_weight()?;
        let lanes = tabulate(cohort, Lanes::strata_and_groups(cohort));
        let labels = cohort.groups().labels();
        Ok(self.fit_lanes(&lanes, &labels))
    }

    /// The test on curves of the cohort that are at hand: their lanes are not filled again.
    pub(crate) fn fit_curves(&self, cohort: &Cohort, fit: &SurvivalCurves) -> Result<LogRankTest> {
        if cohort.strata().len() > 1 {
            return self.fit(cohort);
        }
        check(cohort)?;
        self.check_weight()?;
        let lanes: Vec<&Lane> = fit.lanes().collect();
        Ok(self.fit_lanes(&lanes, &cohort.groups().labels()))
    }

    pub(super) fn check_weight(&self) -> Result<()> {
        match self.weight {
            TestWeight::FlemingHarrington { rho, gamma }
                if !(rho >= 0.0 && gamma >= 0.0 && rho.is_finite() && gamma.is_finite()) =>
            {
                Err(Error::option(format!("fh({rho},{gamma}): rho and gamma must be ≥ 0")))
            }
            _ => Ok(()),
        }
    }

    /// The test on lanes, group within stratum.
    pub(super) fn fit_lanes<L: Borrow<Lane>>(&self, lanes: &[L], labels: &[String]) -> LogRankTest {
        let size = labels.len();
        let sums = self.sums(lanes, size);
        let of_group = |group: usize| lanes.iter().skip(group).step_by(size);
        let total = |group: usize| of_group(group).map(|lane| lane.borrow().total()).sum();
        LogRankTest::new(self.weight, sums, |group| (labels[group].clone(), total(group)))
    }

    /// The sums over lanes, `size` groups within each stratum.
    pub(super) fn sums<L: Borrow<Lane>>(&self, lanes: &[L], size: usize) -> Sums {
        let mut sums = Sums::new(size);
        for stratum in lanes.chunks(size) {
            let mut running = Running::new();
            pool(stratum, |at| {
                let weight = self.weight.at(&running.step(at));
                sums.add(at, weight);
            });
        }
        sums
    }
}

/// What every comparison of groups needs.
pub(super) fn check(cohort: &Cohort) -> Result<()> {
    if cohort.groups().len() < 2 {
        return Err(Error::analysis(
            "a comparison needs at least two groups; name a grouping variable after ~",
        ));
    }
    if cohort.is_dependent() {
        return Err(Error::analysis(
            "the log-rank family has no valid variance with sampling weights or clusters; use a \
             Cox model with its robust variance",
        ));
    }
    Ok(())
}

/// O, E, U and V, summed over event times.
pub(super) struct Sums {
    observed: Vec<f64>,
    expected: Vec<f64>,
    score: Vec<f64>,
    variance: SymMatrix,
}

impl Sums {
    fn new(size: usize) -> Self {
        let zeros = || vec![0.0; size];
        let variance = SymMatrix::zeros(size);
        Self { observed: zeros(), expected: zeros(), score: zeros(), variance }
    }

    /// Uᵀ V⁻ U and the degrees of freedom.
    pub(super) fn statistic(&self) -> (f64, usize) {
        let positive = self.expected.iter().filter(|&&expected| expected > 0.0).count();
        let (statistic, rank) = quadratic_form(&self.variance, &self.score);
        (statistic, positive.saturating_sub(1).min(rank))
    }

    fn add(&mut self, at: &Pooled<'_>, weight: f64) {
        let rate = at.d / at.n;
        for (group, (&events, &at_risk)) in at.events.iter().zip(at.at_risk).enumerate() {
            let expected = at_risk * rate;
            self.observed[group] += events;
            self.expected[group] += expected;
            self.score[group] += weight * (events - expected);
        }
        let spread = weight * weight * hypergeometric(at);
        if spread > 0.0 {
            self.add_variance(at, spread);
        }
    }

    fn add_variance(&mut self, at: &Pooled<'_>, spread: f64) {
        for (row, &of_row) in at.at_risk.iter().enumerate() {
            let share = spread * of_row / at.n;
            for (column, &of_column) in at.at_risk[..row].iter().enumerate() {
                *self.variance.at_mut(row, column) -= share * of_column / at.n;
            }
            *self.variance.at_mut(row, row) += share * ((at.n - of_row) / at.n);
        }
    }
}

/// d(n − d)/(n − 1); nothing varies when one subject is at risk.
pub(super) fn hypergeometric(at: &Pooled<'_>) -> f64 {
    if at.n > 1.0 { at.d * (at.n - at.d) / (at.n - 1.0) } else { 0.0 }
}

/// The result of a test of the log-rank family.
#[derive(Debug, Clone)]
pub struct LogRankTest {
    weight: TestWeight,
    groups: Vec<GroupCounts>,
    score: Vec<f64>,
    variance: SymMatrix,
    statistic: f64,
    df: usize,
    tail: Option<Tail>,
}

/// Observed and expected events of a group, unweighted whatever the weight of the test.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct GroupCounts {
    /// The group in words.
    pub label: String,
    /// Subjects.
    pub n: f64,
    /// Events.
    pub observed: f64,
    /// Events expected under equal hazards.
    pub expected: f64,
}

/// A test for a trend over the groups in their order.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Trend {
    /// (Σ s·U)²/(sᵀVs) with scores s = 1, 2, …
    pub statistic: f64,
    /// 1, or 0 when nothing varies.
    pub df: usize,
    /// p; `None` without degrees of freedom.
    pub p: Option<f64>,
    /// Its natural logarithm.
    pub ln_p: Option<f64>,
}

impl LogRankTest {
    fn new(weight: TestWeight, sums: Sums, group: impl Fn(usize) -> (String, f64)) -> Self {
        let (statistic, df) = sums.statistic();
        let Sums { observed, expected, score, variance } = sums;
        let counts = observed.into_iter().zip(expected).enumerate();
        let groups = counts
            .map(|(at, (observed, expected))| {
                let (label, n) = group(at);
                GroupCounts { label, n, observed, expected }
            })
            .collect();
        let tail = tail(statistic, df);
        Self { weight, groups, score, variance, statistic, df, tail }
    }

    /// The weight used.
    pub fn weight(&self) -> TestWeight {
        self.weight
    }

    /// Observed and expected events by group.
    pub fn groups(&self) -> &[GroupCounts] {
        &self.groups
    }

    /// The weighted sum of O − E of each group.
    pub fn score(&self) -> &[f64] {
        &self.score
    }

    /// The covariance of the score, element (row, column).
    pub fn variance(&self, row: usize, column: usize) -> f64 {
        self.variance.get(row, column)
    }

    /// The χ² statistic.
    pub fn statistic(&self) -> f64 {
        self.statistic
    }

    /// Its degrees of freedom; 0 when there was nothing to compare.
    pub fn df(&self) -> usize {
        self.df
    }

    /// p; `None` without degrees of freedom. 0 only where a double has no smaller number: see
    /// [`ln_p`](Self::ln_p).
    pub fn p(&self) -> Option<f64> {
        self.tail.map(|tail| tail.p)
    }

    /// The natural logarithm of p, finite however small p is.
    pub fn ln_p(&self) -> Option<f64> {
        self.tail.map(|tail| tail.ln_p)
    }

    /// The test for trend with scores 1, 2, … in the order of the groups (Tarone 1975,
    /// doi:10.1093/biomet/62.3.679).
    pub fn trend(&self) -> Trend {
        let score = |group: usize| group as f64 + 1.0;
        let size = self.score.len();
        let sum: f64 = self.score.iter().enumerate().map(|(at, u)| score(at) * u).sum();
        let row = |a: usize| -> f64 {
            (0..size).map(|b| score(a) * score(b) * self.variance.get(a, b)).sum()
        };
        let variance: f64 = (0..size).map(row).sum();
        if variance <= 0.0 {
            return Trend { statistic: 0.0, df: 0, p: None, ln_p: None };
        }
        let statistic = sum * sum / variance;
        let tail = chi2_upper(statistic, 1.0);
        Trend { statistic, df: 1, p: Some(tail.p), ln_p: Some(tail.ln_p) }
    }
}

fn tail(statistic: f64, df: usize) -> Option<Tail> {
    (df > 0).then(|| chi2_upper(statistic, df as f64))
}
