//! Percentile bootstrap intervals of what is read off a Kaplan–Meier curve.

mod percentile;
mod replicate;

use serde::Serialize;

use super::{SurvivalCurve, SurvivalCurves};
use crate::error::{Error, Result};
use percentile::percentiles;
use replicate::Replicates;

/// What to resample, and how often: conventions for [`SurvivalCurves::bootstrap`].
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    replicates: usize,
    seed: u64,
    pub(super) quantiles: Vec<f64>,
    pub(super) rates: Vec<f64>,
    pub(super) means: Vec<f64>,
}

impl Default for Bootstrap {
    fn default() -> Self {
        let (rates, means) = (Vec::new(), Vec::new());
        Self { replicates: 9_999, seed: 1, quantiles: vec![0.5], rates, means }
    }
}

impl Bootstrap {
    /// How many resamples; 9,999 by default, with which the usual percentiles are order statistics.
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self }
    }

    /// The seed.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Fractions failed whose times are wanted; the median alone by default.
    pub fn quantiles(self, quantiles: impl Into<Vec<f64>>) -> Self {
        Self { quantiles: quantiles.into(), ..self }
    }

    /// Times at which survival is wanted.
    pub fn rates(self, times: impl Into<Vec<f64>>) -> Self {
        Self { rates: times.into(), ..self }
    }

    /// Restriction times of the means that are wanted.
    pub fn means(self, taus: impl Into<Vec<f64>>) -> Self {
        Self { means: taus.into(), ..self }
    }
}

/// The bootstrap of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupBootstrap {
    /// The group in words.
    pub label: String,
    /// Quantiles, `at` a fraction failed.
    pub quantiles: Vec<BootstrapInterval>,
    /// Survival, `at` a time.
    pub rates: Vec<BootstrapInterval>,
    /// Restricted means, `at` a restriction time.
    pub means: Vec<BootstrapInterval>,
}

/// An estimate with its percentile interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BootstrapInterval {
    /// What was asked for: a fraction failed, a time, or a restriction time.
    pub at: f64,
    /// The estimate from the data themselves.
    pub estimate: Option<f64>,
    /// The standard deviation over replicates; `None` when a quantile was not reached in some.
    pub std_err: Option<f64>,
    /// Lower percentile; `None` where it falls among replicates that did not reach the quantile.
    pub lower: Option<f64>,
    /// Upper percentile; `None` where it falls among replicates that did not reach the quantile.
    pub upper: Option<f64>,
    /// Replicates in which the quantile was not reached. For a rate or a mean: in which follow-up
    /// ended before that time with S above 0; there S was carried forward.
    pub not_reached: usize,
}

impl SurvivalCurves {
    /// Bootstrap intervals: in each replicate every group's subjects are drawn anew with
    /// replacement, as many as there are, and the curve is estimated again.
    ///
    /// With B replicates and confidence level 1 − α the limits are the order statistics at
    /// (B + 1)α/2 and (B + 1)(1 − α/2), with linear interpolation between neighbours (R's quantile
    /// type 6, and `boot.ci(type = "perc")` wherever (B + 1)α/2 is whole; `boot` interpolates on
    /// the normal scale elsewhere). A quantile that a replicate does not reach counts as later than
    /// all others. Quantiles follow the fit's median rule. Draws are over cells (events and
    /// censorings at a time), which gives the same law as over rows; replicate b of group g comes
    /// from a random stream of its own, so that the number of threads does not matter. Efron 1981,
    /// J Am Stat Assoc 76:312–319.
    ///
    /// # Errors
    /// With sampling weights, clusters or delayed entry; when fewer replicates are asked for than
    /// (B + 1)α/2 ≥ 1 needs; for quantiles outside (0, 1), and for times or restriction times that
    /// are not finite, negative, or (means) beyond a group's follow-up.
    ///
    /// ```
    /// use riskset::{cohort::Cohort, curve::{Bootstrap, KaplanMeier}};
    /// let cohort = Cohort::builder((1..=99).collect::<Vec<i32>>(), vec![true; 99]).build()?;
    /// let fit = KaplanMeier::default().fit(&cohort)?;
    /// let groups = fit.bootstrap(&Bootstrap::default().replicates(999))?;
    /// let median = groups[0].quantiles[0];
    /// assert_eq!(median.estimate, Some(50.0));
    /// // The order statistics 50 ± 1.96·√99/2 ≈ 40 to 60.
    /// assert!((median.lower.unwrap() - 40.0).abs() < 3.0);
    /// assert!((median.upper.unwrap() - 60.0).abs() < 3.0);
    /// # Ok::<(), riskset::Error>(())
    /// ```
    pub fn bootstrap(&self, options: &Bootstrap) -> Result<Vec<GroupBootstrap>> {
        self.check(options)?;
        let group = |(group, curve): (usize, &SurvivalCurve)| curve.bootstrap(options, group);
        self.curves().iter().enumerate().map(group).collect()
    }

    fn check(&self, options: &Bootstrap) -> Result<()> {
        if self.curves().iter().any(|curve| curve.is_robust() || curve.lane().has_entries()) {
            return Err(Error::analysis(
                "bootstrap: subjects with sampling weights, clusters or delayed entry cannot be \
                 drawn one by one",
            ));
        }
        let tail = 0.5 * (1.0 - self.options().conf_level);
        let least = (1.0 / tail - 1.0 - 1e-9).ceil();
        if (options.replicates as f64) < least {
            return Err(Error::option(format!(
                "bootstrap: {} replicates; the percentiles of this confidence level need at least \
                 {least}",
                options.replicates
            )));
        }
        match options.rates.iter().find(|&&time| !(time >= 0.0 && time.is_finite())) {
            None => Ok(()),
            Some(time) => Err(Error::option(format!(
                "bootstrap: time {time}: give a time that is not negative"
            ))),
        }
    }
}

impl SurvivalCurve {
    fn bootstrap(&self, options: &Bootstrap, group: usize) -> Result<GroupBootstrap> {
        let wanted = self.wanted(options)?;
        let replicates = Replicates::draw(self, options, group);
        let level = self.estimate().options.conf_level;
        let interval =
            |(column, wanted): (usize, &Wanted)| wanted.interval(&replicates, column, level);
        let mut intervals = wanted.iter().enumerate().map(interval);
        Ok(GroupBootstrap {
            label: self.label().to_owned(),
            quantiles: intervals.by_ref().take(options.quantiles.len()).collect(),
            rates: intervals.by_ref().take(options.rates.len()).collect(),
            means: intervals.collect(),
        })
    }

    /// What is wanted, with its estimate, in the order of the replicates' columns.
    fn wanted(&self, options: &Bootstrap) -> Result<Vec<Wanted>> {
        let mut wanted = Vec::new();
        for &at in &options.quantiles {
            let estimate = self.quantile(at)?.estimate;
            wanted.push(Wanted { at, estimate, is_quantile: true });
        }
        for &at in &options.rates {
            let estimate = self.at(at).survival;
            wanted.push(Wanted { at, estimate, is_quantile: false });
        }
        for &at in &options.means {
            let estimate = Some(self.rmst(at)?.estimate);
            wanted.push(Wanted { at, estimate, is_quantile: false });
        }
        Ok(wanted)
    }
}

struct Wanted {
    at: f64,
    estimate: Option<f64>,
    is_quantile: bool,
}

impl Wanted {
    fn interval(&self, replicates: &Replicates, column: usize, level: f64) -> BootstrapInterval {
        let values = replicates.column(column);
        let not_reached = if self.is_quantile {
            values.iter().filter(|value| value.is_infinite()).count()
        } else {
            replicates.ended_before(self.at)
        };
        // A rate beyond follow-up has no interval; a quantile not reached may have a lower limit.
        let exists = self.is_quantile || self.estimate.is_some();
        let (lower, upper, std_err) =
            if exists { percentiles(values, level) } else { (None, None, None) };
        let Self { at, estimate, .. } = *self;
        BootstrapInterval { at, estimate, std_err, lower, upper, not_reached }
    }
}

impl Bootstrap {
    pub(super) fn count(&self) -> usize {
        self.replicates
    }

    /// The random stream of a replicate.
    pub(super) fn stream(&self, group: usize, replicate: usize) -> impl rand::Rng {
        crate::numeric::stream::stream(self.seed, (group as u64) << 40 | replicate as u64)
    }
}

#[cfg(test)]
mod tests;
