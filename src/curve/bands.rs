//! Simultaneous confidence bands for a survival curve.

mod critical;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::confidence::Side;
use super::product_limit::Step;
use super::{ConfType, SurvivalCurve};
use crate::error::{Error, Result};

/// Below this level the approximation behind the equal precision band means nothing.
const LEAST_LEVEL: f64 = 0.5;

/// The shape of a simultaneous band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BandType {
    /// Hall and Wellner 1980, doi:10.1093/biomet/67.1.133. SAS: `cb=hw`.
    #[default]
    HallWellner,
    /// Nair 1984, Technometrics 26:265–275: proportional to the pointwise interval. SAS:
    /// `cb=ep`.
    EqualPrecision,
}

/// A band that holds the whole curve over a range of times with the confidence of the fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Its shape.
    pub band_type: BandType,
    /// The scale on which it is symmetric.
    pub conf_type: ConfType,
    /// The confidence level.
    pub conf_level: f64,
    /// The first time at which it holds.
    pub from: f64,
    /// The last time at which a step of the curve has it.
    pub to: f64,
    /// a = nV/(1 + nV) at `from`.
    pub a_lower: f64,
    /// a at `to`.
    pub a_upper: f64,
    /// The critical value, in place of the normal quantile.
    pub critical: f64,
    /// The lower limit at every step of the curve; `None` outside the range.
    pub lower: Vec<Option<f64>>,
    /// The upper limit at every step of the curve; `None` outside the range.
    pub upper: Vec<Option<f64>>,
}

impl Band {
    /// Whose it is, and how sure.
    pub(crate) fn name(&self) -> &'static str {
        match self.band_type {
            BandType::HallWellner => "Hall–Wellner band",
            BandType::EqualPrecision => "equal-precision band",
        }
    }
}

impl SurvivalCurve {
    /// A simultaneous band over the steps in force between `from` and `to`, by default wherever
    /// 0 < S < 1; the range is cut to that.
    ///
    /// With n subjects, V(t) the variance of log S and a(t) = nV/(1 + nV), the limits are those of
    /// the pointwise interval of that `conf_type` with z√V replaced by
    ///
    /// - Hall–Wellner: k(1 + nV)/√n, k the 1 − α quantile of sup |B(u)| over a(from) ≤ u ≤ a(to)
    ///   for a Brownian bridge B, found numerically from the bridge's law between two barriers;
    /// - equal precision: c√V, c the root of
    ///   4φ(c)/c + φ(c)(c − 1/c)·ln[V(to)/V(from)] = α, the approximation of Miller and Siegmund
    ///   (1982, doi:10.2307/2529881) to sup |B(u)|/√(u(1 − u)) that SAS and the published tables
    ///   use too; for a very short range it is conservative.
    ///
    /// Klein and Moeschberger 2003, section 4.4, doi:10.1007/b97377, whose tables C.3 and C.4 are
    /// these c and k. R: `km.ci::km.ci(fit, method = "hall-wellner" | "loghall" | "epband" |
    /// "logep", tl, tu)`, which looks the rounded a up in those tables. With late entries n counts
    /// everybody who ever enters.
    ///
    /// # Errors
    /// When no step with 0 < S < 1 is in force between `from` and `to`; with sampling weights or
    /// clusters; for `Bpcp`, which has no band; at a confidence level below 0.5.
    ///
    /// ```
    /// use riskset::{cohort::Cohort, curve::{BandType, ConfType, KaplanMeier}};
    /// let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true; 4]).build()?;
    /// let fit = KaplanMeier::default().fit(&cohort)?;
    /// let band = fit.curves()[0].band(BandType::EqualPrecision, ConfType::LogLog, None, None)?;
    /// // nV = 1/3, 1 and 3: a from 1/4 to 3/4.
    /// assert!((band.a_lower - 0.25).abs() < 1e-15 && (band.a_upper - 0.75).abs() < 1e-15);
    /// assert!(band.lower[0].unwrap() < fit.curves()[0].at(1.0).lower.unwrap());
    /// assert_eq!(band.lower[3], None); // S is 0
    /// # Ok::<(), riskset::Error>(())
    /// ```
    pub fn band(
        &self,
        band_type: BandType,
        conf_type: ConfType,
        from: Option<f64>,
        to: Option<f64>,
    ) -> Result<Band> {
        self.check_band(conf_type)?;
        let Some(steps) = self.band_steps(from, to) else {
            return Err(Error::analysis(format!(
                "band: {} has no step with survival between 0 and 1 in that range",
                self.label()
            )));
        };
        let shape = Shape::new(self, band_type, &steps);
        let limit = |side: Side| {
            let own = |(at, step)| steps.contains(&at).then(|| shape.limit(conf_type, side, step));
            self.estimate().steps().enumerate().map(own).collect()
        };
        Ok(Band {
            band_type,
            conf_type,
            conf_level: self.estimate().options.conf_level,
            from: self.survival().time(*steps.start()).max(from.unwrap_or(0.0)),
            to: self.survival().time(*steps.end()),
            a_lower: shape.a(self, *steps.start()),
            a_upper: shape.a(self, *steps.end()),
            critical: shape.critical,
            lower: limit(Side::Lower),
            upper: limit(Side::Upper),
        })
    }

    fn check_band(&self, conf_type: ConfType) -> Result<()> {
        if conf_type == ConfType::Bpcp {
            return Err(Error::option("band: bpcp is a pointwise interval; choose another scale"));
        }
        let level = self.estimate().options.conf_level;
        if level < LEAST_LEVEL {
            return Err(Error::option(format!(
                "band: confidence level {level}: simultaneous bands need at least {LEAST_LEVEL}"
            )));
        }
        if self.is_robust() {
            return Err(Error::analysis(
                "band: its critical values do not hold with sampling weights or clusters",
            ));
        }
        Ok(())
    }

    /// The steps in force somewhere between two times at which 0 < S < 1.
    fn band_steps(&self, from: Option<f64>, to: Option<f64>) -> Option<RangeInclusive<usize>> {
        let survival = self.survival();
        let first = survival.values().partition_point(|&s| s >= 1.0);
        let last = survival.values().partition_point(|&s| s > 0.0).checked_sub(1)?;
        let first = from.and_then(|from| survival.step_at(from)).map_or(first, |at| at.max(first));
        let last = match to {
            Some(to) => survival.step_at(to)?.min(last),
            None => last,
        };
        (first <= last).then_some(first..=last)
    }
}

/// A band's width as a multiple of its critical value.
struct Shape {
    band_type: BandType,
    n: f64,
    critical: f64,
}

impl Shape {
    fn new(curve: &SurvivalCurve, band_type: BandType, steps: &RangeInclusive<usize>) -> Self {
        let alpha = 1.0 - curve.estimate().options.conf_level;
        let variance = |step: &usize| curve.estimate().step(*step).variance;
        let mut shape = Self { band_type, n: curve.n(), critical: f64::NAN };
        let (from, to) = (shape.a(curve, *steps.start()), shape.a(curve, *steps.end()));
        shape.critical = match band_type {
            BandType::HallWellner => critical::hall_wellner(alpha, from, to),
            BandType::EqualPrecision => {
                critical::equal_precision(alpha, variance(steps.end()) / variance(steps.start()))
            }
        };
        shape
    }

    fn a(&self, curve: &SurvivalCurve, step: usize) -> f64 {
        let scaled = self.n * curve.estimate().step(step).variance;
        scaled / (1.0 + scaled)
    }

    fn limit(&self, conf_type: ConfType, side: Side, step: Step) -> f64 {
        let Step { s, variance } = step;
        let spread = match self.band_type {
            BandType::HallWellner => (1.0 + self.n * variance).powi(2) / self.n,
            BandType::EqualPrecision => variance,
        };
        conf_type.limit(side, s, spread, self.critical)
    }
}

#[cfg(test)]
mod tests;
