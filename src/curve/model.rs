//! Survival curves that a model predicts.

use std::sync::Arc;

use super::confidence::Side;
use super::product_limit::ProductLimit;
use super::{ConfType, KaplanMeier, MedianRule, Quantile, StepFunction};
use crate::cohort::TimeAxis;
use crate::error::{Error, Result};

/// How intervals of a predicted curve and of its quantiles are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveOptions {
    /// The scale of the pointwise interval; not the beta product.
    pub conf_type: ConfType,
    /// The confidence level, between 0 and 1.
    pub conf_level: f64,
    /// Which time is the quantile when a step lies on its level.
    pub median_rule: MedianRule,
}

impl Default for CurveOptions {
    fn default() -> Self {
        let KaplanMeier { conf_type, conf_level, median_rule, .. } = KaplanMeier::default();
        Self { conf_type, conf_level, median_rule }
    }
}

impl CurveOptions {
    /// # Errors
    /// A level that is not between 0 and 1; the beta product, which is not made from a variance.
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.conf_level > 0.0 && self.conf_level < 1.0) {
            let level = self.conf_level;
            return Err(Error::option(format!("confidence level {level} is not between 0 and 1")));
        }
        if self.conf_type == ConfType::Bpcp {
            return Err(Error::option(
                "bpcp: beta product intervals belong to Kaplan-Meier curves; choose another",
            ));
        }
        Ok(())
    }
}

/// A predicted survival curve with its pointwise intervals.
#[derive(Debug, Clone)]
pub struct ModelCurve {
    estimate: ProductLimit,
    cumulative_hazard: Vec<f64>,
    last_time: f64,
}

/// One point of a predicted curve.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ModelPoint {
    /// The time.
    pub time: f64,
    /// S(time).
    pub survival: f64,
    /// Standard error of S; `None` where S is 0.
    pub std_err: Option<f64>,
    /// Lower limit of S; `None` where S is 0.
    pub lower: Option<f64>,
    /// Upper limit of S; `None` where S is 0.
    pub upper: Option<f64>,
    /// −ln S(time).
    pub cumulative_hazard: f64,
}

impl ModelCurve {
    /// From −ln S and the variance of ln S at ranks of an axis; `last_time` ends the follow-up.
    pub(crate) fn new(
        options: CurveOptions,
        (axis, time): (&Arc<TimeAxis>, &Arc<Vec<u32>>),
        (cumulative_hazard, variance): (Vec<f64>, Vec<f64>),
        last_time: f64,
    ) -> Self {
        let values: Vec<f64> = cumulative_hazard.iter().map(|hazard| (-hazard).exp()).collect();
        let options = KaplanMeier::default()
            .conf_type(options.conf_type)
            .conf_level(options.conf_level)
            .median_rule(options.median_rule);
        let time = time.as_ref().clone();
        let estimate = ProductLimit::from_curve(options, (axis, time), &values, variance);
        Self { estimate, cumulative_hazard, last_time }
    }

    /// S(t).
    pub fn survival(&self) -> &StepFunction {
        self.estimate.survival()
    }

    /// Every time at which the curve falls.
    pub fn points(&self) -> impl ExactSizeIterator<Item = ModelPoint> + '_ {
        (0..self.survival().len()).map(|step| self.point(self.survival().time(step), Some(step)))
    }

    /// The curve at a time; `None` beyond the last follow-up.
    pub fn at(&self, time: f64) -> Option<ModelPoint> {
        (time <= self.last_time).then(|| self.point(time, self.survival().step_at(time)))
    }

    fn point(&self, time: f64, step: Option<usize>) -> ModelPoint {
        let Some(step) = step else {
            let (survival, cumulative_hazard, one) = (1.0, 0.0, Some(1.0));
            let std_err = Some(0.0);
            return ModelPoint {
                time,
                survival,
                std_err,
                lower: one,
                upper: one,
                cumulative_hazard,
            };
        };
        let own = self.estimate.step(step);
        ModelPoint {
            time,
            survival: own.s,
            std_err: own.std_err(),
            lower: self.estimate.limit(Side::Lower, step, own),
            upper: self.estimate.limit(Side::Upper, step, own),
            cumulative_hazard: self.cumulative_hazard[step],
        }
    }

    /// The last time of follow-up behind the curve.
    pub fn last_time(&self) -> f64 {
        self.last_time
    }

    /// The time by which a fraction `p` has failed, with the times at which 1 − p lies within the
    /// pointwise interval. R: `quantile(survfit(fit, newdata), p)`.
    ///
    /// # Errors
    /// When `p` is not between 0 and 1.
    pub fn quantile(&self, p: f64) -> Result<Quantile> {
        if !(p > 0.0 && p < 1.0) {
            return Err(Error::option(format!("quantile {p}: give a fraction between 0 and 1")));
        }
        Ok(self.estimate.quantile(p))
    }
}
