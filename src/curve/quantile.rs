//! Quantiles of survival time with Brookmeyer–Crowley intervals.

use serde::{Deserialize, Serialize};

use super::confidence::Side;
use super::product_limit::{BLOCK, ProductLimit};
use super::step::LEVEL_TOLERANCE;
use super::{KaplanMeier, SurvivalCurve};
use crate::error::{Error, Result};

/// Which time is the quantile when a step of the curve lies exactly on its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MedianRule {
    /// The middle of the step (R `quantile`, SAS); the step's start when it is the last one.
    #[default]
    #[serde(rename = "midpoint")]
    Midpoint,
    /// The first time with S(t) ≤ level (SPSS, Stata).
    #[serde(rename = "inf")]
    FirstAtOrBelow,
    /// The first time with S(t) < level.
    #[serde(rename = "strict")]
    FirstBelow,
}

impl MedianRule {
    /// The name used on the command line and in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Midpoint => "midpoint",
            Self::FirstAtOrBelow => "inf",
            Self::FirstBelow => "strict",
        }
    }

    /// The time of a crossing from the first step at or below a level and the first below it.
    pub(crate) fn resolve(
        self,
        reached: usize,
        below: usize,
        time: impl Fn(usize) -> Option<f64>,
    ) -> Option<f64> {
        match self {
            Self::FirstAtOrBelow => time(reached),
            Self::FirstBelow => time(below),
            Self::Midpoint => match (time(reached), time(below)) {
                (Some(from), Some(to)) => Some(from + (to - from) / 2.0),
                (from, _) => from,
            },
        }
    }
}

/// How the interval of a quantile is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MedianInterval {
    /// The times at which the level lies within the curve's pointwise interval (Brookmeyer and
    /// Crowley 1982, doi:10.2307/2530286).
    #[default]
    BrookmeyerCrowley,
    /// SPSS: estimate ± 1.96 standard errors, cut at 0; of the level 0.95 only.
    Spss,
}

/// A quantile of survival time; `None` is "not reached".
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantile {
    /// The fraction that has failed.
    pub p: f64,
    /// The time by which it has.
    pub estimate: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Standard error, where the convention has one (SPSS).
    pub std_err: Option<f64>,
    /// False when S equals the level up to the end of follow-up, so that any later time would do.
    pub identified: bool,
}

impl SurvivalCurve {
    /// The median survival time; `None` is "not reached".
    pub fn median(&self) -> Option<f64> {
        self.survival().quantile(0.5, self.estimate().options.median_rule)
    }

    /// The time by which a fraction `p` has failed, with its interval.
    ///
    /// Estimate: by the [`MedianRule`] in use. Interval: {t : L(t) ≤ 1 − p ≤ U(t)} with L and U of
    /// the pointwise interval in use; a limit that is not reached is `None`. R: `quantile(fit, p)`.
    ///
    /// # Errors
    /// When `p` is not between 0 and 1, or SPSS's interval is to have another level than 0.95.
    pub fn quantile(&self, p: f64) -> Result<Quantile> {
        if !(p > 0.0 && p < 1.0) {
            return Err(Error::option(format!("quantile {p}: give a fraction between 0 and 1")));
        }
        self.estimate().options.check_median_interval()?;
        Ok(self.estimate().quantile(p))
    }
}

impl KaplanMeier {
    /// SPSS's limits are 1.96 standard errors away, whatever the level.
    fn check_median_interval(&self) -> Result<()> {
        if self.median_interval != MedianInterval::Spss || self.conf_level == 0.95 {
            return Ok(());
        }
        Err(Error::option(format!(
            "confidence level {}: SPSS's limits of a median are 1.96 standard errors away, which is \
             95 % and nothing else; leave the level at 0.95, or follow other conventions",
            self.conf_level
        )))
    }
}

impl ProductLimit {
    pub(super) fn quantile(&self, p: f64) -> Quantile {
        let estimate = self.estimate(1.0 - p);
        let identified = estimate.is_none() || self.leaves(1.0 - p);
        if self.options.median_interval == MedianInterval::Spss {
            return Quantile { identified, ..self.spss_quantile(p, estimate) };
        }
        let lower = self.limit_crossing(Side::Lower, 1.0 - p);
        let upper = self.limit_crossing(Side::Upper, 1.0 - p);
        Quantile { p, estimate, lower, upper, std_err: None, identified }
    }

    /// Whether the curve falls below a level or never reaches it: else it ends on it.
    fn leaves(&self, level: f64) -> bool {
        (self.last() - level).abs() > LEVEL_TOLERANCE
    }

    /// The time at which S reaches a level.
    fn estimate(&self, level: f64) -> Option<f64> {
        let reached = self.steps_while(|s| s > level + LEVEL_TOLERANCE);
        let below = self.steps_while(|s| s >= level - LEVEL_TOLERANCE);
        self.resolve(reached, below)
    }

    fn resolve(&self, reached: usize, below: usize) -> Option<f64> {
        let time = |step: usize| (step < self.len()).then(|| self.time(step));
        self.options.median_rule.resolve(reached, below, time)
    }

    /// The time at which a limit of the curve reaches a level.
    fn limit_crossing(&self, side: Side, level: f64) -> Option<f64> {
        if self.limit_before(side) <= level {
            return Some(0.0);
        }
        let reached = self.first_limit(side, level + LEVEL_TOLERANCE, 0)?;
        let below = self.first_limit(side, level - LEVEL_TOLERANCE, reached);
        let on_level = self
            .limit(side, reached, self.step(reached))
            .is_some_and(|limit| limit >= level - LEVEL_TOLERANCE);
        let below = if on_level { below.unwrap_or(usize::MAX) } else { reached };
        self.resolve(reached, below)
    }

    /// The first step, from `start` on, whose limit is at most `bound`. Where S is 0 the limits do
    /// not exist and the last ones hold, so those steps never are the first.
    fn first_limit(&self, side: Side, bound: f64, start: usize) -> Option<usize> {
        let find = |block: usize| {
            let (from, steps) = (block * BLOCK, self.steps_in(block));
            let below = |&at: &usize| {
                self.limit(side, at, steps[at - from]).is_some_and(|limit| limit <= bound)
            };
            (start.max(from)..from + steps.len()).find(below)
        };
        let blocks = self.blocks(start / BLOCK);
        blocks.filter(|&block| !self.stays_above(side, bound, block)).find_map(find)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::Cohort;
    use crate::curve::{ConfType, KaplanMeier};

    /// Over many blocks of steps, the search finds what a walk along all rows finds.
    #[test]
    fn limits_cross_where_the_rows_say() {
        let mixed = |row: u32| (row.wrapping_mul(0x9e37_79b1) >> 8) % 7919;
        let times: Vec<f64> = (0..6000).map(|row| f64::from(mixed(row)) / 7.0).collect();
        let event = (0..6000).map(|row| mixed(row + 6000) % 3 > 0).collect();
        let cohort = Cohort::builder(times, event).build().unwrap();
        for conf_type in ConfType::ALL.into_iter().filter(|&own| own != ConfType::Bpcp) {
            let rule = MedianRule::FirstAtOrBelow;
            let fit = KaplanMeier::default().conf_type(conf_type).median_rule(rule);
            let curves = fit.fit(&cohort).unwrap();
            let curve = &curves.curves()[0];
            for p in [0.01, 0.25, 0.5, 0.9] {
                let level = 1.0 - p + LEVEL_TOLERANCE;
                let first = |limit: fn(&crate::curve::CurveRow) -> Option<f64>| {
                    let mut rows = curve.rows();
                    rows.find(|row| limit(row).is_some_and(|own| own <= level)).map(|row| row.time)
                };
                let found = curve.quantile(p).unwrap();
                assert_eq!(found.estimate, first(|row| Some(row.survival)));
                assert_eq!(found.lower, first(|row| row.lower));
                assert_eq!(found.upper, first(|row| row.upper));
            }
        }
    }

    /// A level that the limits do not have is not printed with them.
    #[test]
    fn spss_has_limits_of_one_level() {
        let cohort = Cohort::builder((1..=20).collect::<Vec<i32>>(), vec![true; 20]).build();
        let cohort = cohort.unwrap();
        let median = |level: f64| {
            let own = KaplanMeier::default().median_interval(MedianInterval::Spss);
            own.conf_level(level).fit(&cohort).unwrap().curves()[0].quantile(0.5)
        };
        assert!(median(0.95).unwrap().lower.is_some());
        for level in [0.9, 0.99] {
            let error = median(level).unwrap_err().to_string();
            assert!(error.contains("1.96 standard errors"), "{error}");
        }
    }

    /// Long curves with a robust variance are searched to their end.
    #[test]
    fn robust_limits_cross_where_the_rows_say() {
        let times: Vec<f64> = (0..1200).map(|row| f64::from(row) / 7.0).collect();
        let event = (0..1200).map(|row| row % 4 == 0).collect();
        let weights = (0..1200).map(|row| f64::from(row % 5 + 1)).collect();
        let weights = crate::cohort::Weights::Sampling(weights);
        let cohort = Cohort::builder(times, event).weights(weights).build().unwrap();
        let fit = KaplanMeier::default().median_rule(MedianRule::FirstAtOrBelow);
        let curves = fit.fit(&cohort).unwrap();
        let curve = &curves.curves()[0];
        for p in [0.1, 0.3, 0.5, 0.999] {
            let found = curve.quantile(p).unwrap();
            let level = 1.0 - p + LEVEL_TOLERANCE;
            let row = curve.rows().find(|row| row.survival <= level);
            assert_eq!(found.estimate, row.map(|row| row.time));
            let row = curve.rows().find(|row| row.upper.is_some_and(|own| own <= level));
            assert_eq!(found.upper, row.map(|row| row.time));
        }
    }

    /// Steps walked anew are the steps of one walk.
    #[test]
    fn rows_and_the_step_function_agree() {
        let times: Vec<f64> = (0..2000).map(|row| f64::from(row) / 3.0).collect();
        let event = (0..2000).map(|row| row % 5 != 0).collect();
        let curves =
            KaplanMeier::default().fit(&Cohort::builder(times, event).build().unwrap()).unwrap();
        let curve = &curves.curves()[0];
        let (mut s, mut sum) = (1.0, 0.0);
        for row in curve.rows() {
            s *= 1.0 - row.n_event / row.n_risk;
            sum += row.n_event / (row.n_risk * (row.n_risk - row.n_event));
            assert!((row.survival - s).abs() < 1e-12);
            assert!(row.std_err.is_none_or(|own| (own - row.survival * sum.sqrt()).abs() < 1e-12));
            assert_eq!(curve.at(row.time).survival, Some(row.survival));
            assert_eq!(curve.survival().at(row.time), row.survival);
        }
    }
}
