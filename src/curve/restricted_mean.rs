//! Restricted mean survival time and the means that packages print.

use serde::{Deserialize, Serialize};

use super::SurvivalCurve;
use crate::error::{Error, Result};
use crate::numeric::tails::normal_two_sided;
use crate::risk::Moment;

/// Where the mean of a curve that does not reach 0 ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeanRule {
    /// At the group's last time (R `rmean = "individual"`, SPSS, Stata).
    #[default]
    LastTime,
    /// At the group's last event, the variance multiplied by m/(m − 1) for m events (SAS).
    LastEvent,
}

/// A mean survival time up to `tau`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The end of the integral.
    pub tau: f64,
    /// ∫₀^τ S(t) dt, in units of time.
    pub estimate: f64,
    /// Its standard error.
    pub std_err: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// Difference and ratio of two restricted means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RmstComparison {
    /// The second mean less the first.
    pub difference: Contrast,
    /// The second mean over the first, its interval on the log scale.
    pub ratio: Contrast,
}

/// An estimate with interval and two-sided p.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contrast {
    /// The contrast.
    pub estimate: f64,
    /// Standard error, on the log scale for a ratio.
    pub std_err: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Two-sided normal p; `None` where the standard error is 0.
    pub p: Option<f64>,
}

impl SurvivalCurve {
    /// Restricted mean survival time ∫₀^τ S(t) dt.
    ///
    /// Variance Σ_{t ≤ τ} (∫_t^τ S)² d/(n(n − d)); with sampling weights or clusters the
    /// infinitesimal jackknife. R: `print(fit, rmean = tau)`; the package survRM2 prints the same.
    /// Royston and Parmar 2013, doi:10.1186/1471-2288-13-152.
    ///
    /// # Errors
    /// When `tau` is not a positive number, or lies beyond the last follow-up of a curve that has
    /// not reached 0.
    pub fn rmst(&self, tau: f64) -> Result<Mean> {
        if !(tau > 0.0 && tau.is_finite()) {
            return Err(Error::option(format!("tau {tau}: give a time greater than 0")));
        }
        let last = self.last_time().unwrap_or(0.0);
        if tau > last && self.survival().values().last() != Some(&0.0) {
            return Err(Error::analysis(format!(
                "restricted mean: tau {tau} lies beyond the last follow-up of {} at {last}; choose \
                 a tau that every group reaches",
                self.label()
            )));
        }
        Ok(self.mean_until(tau, 1.0))
    }

    /// The mean that packages print beside the median, by the [`MeanRule`] in use; `None` without
    /// events.
    pub fn mean(&self) -> Option<Mean> {
        let last_event = self.moments().filter(|moment| moment.d > 0.0).last()?;
        let events = self.events();
        match self.estimate().options.mean_rule {
            MeanRule::LastTime => Some(self.mean_until(self.last_time()?, 1.0)),
            MeanRule::LastEvent if events > 1.0 => {
                let tau = self.axis().time(last_event.time);
                Some(self.mean_until(tau, events / (events - 1.0)))
            }
            MeanRule::LastEvent => None,
        }
    }

    fn mean_until(&self, tau: f64, variance_factor: f64) -> Mean {
        let areas = self.areas(tau);
        let first = if areas.is_empty() { tau } else { self.survival().time(0) };
        let estimate = areas.first().unwrap_or(&0.0) + first;
        let variance = match self.influence() {
            Some(influence) => influence.integral_variance(self.lane(), &areas),
            None => self.greenwood_of_areas(&areas),
        };
        let std_err = (variance * variance_factor).sqrt();
        let reach = self.estimate().z() * std_err;
        Mean { tau, estimate, std_err, lower: estimate - reach, upper: estimate + reach }
    }

    /// ∫_t^τ S at each of the curve's times t ≤ τ.
    fn areas(&self, tau: f64) -> Vec<f64> {
        let survival = self.survival();
        let mut areas = vec![0.0; survival.step_at(tau).map_or(0, |step| step + 1)];
        let (mut area, mut end) = (0.0, tau);
        for (step, slot) in areas.iter_mut().enumerate().rev() {
            let time = survival.time(step);
            area += survival.values()[step] * (end - time);
            (*slot, end) = (area, time);
        }
        areas
    }

    fn greenwood_of_areas(&self, areas: &[f64]) -> f64 {
        // Where everybody has failed no area is left, and nothing to vary.
        let varies = |moment: &Moment| moment.d > 0.0 && moment.n > moment.d;
        let moments = self.moments().zip(areas).filter(|(moment, _)| varies(moment));
        let term = |(at, area): (Moment, &f64)| area * area * at.d / (at.n * (at.n - at.d));
        moments.map(term).sum()
    }
}

impl Mean {
    /// Compares this mean (the reference) with another one at the same τ, as survRM2 does.
    pub fn compare(&self, other: &Self, conf_level: f64) -> RmstComparison {
        let z = crate::numeric::normal::normal_quantile(0.5 + conf_level / 2.0);
        let difference = other.estimate - self.estimate;
        let std_err = self.std_err.hypot(other.std_err);
        let log_ratio = (other.estimate / self.estimate).ln();
        let log_err = (self.std_err / self.estimate).hypot(other.std_err / other.estimate);
        let (low, high) = (log_ratio - z * log_err, log_ratio + z * log_err);
        RmstComparison {
            difference: Contrast {
                estimate: difference,
                std_err,
                lower: difference - z * std_err,
                upper: difference + z * std_err,
                p: p_value(difference, std_err),
            },
            ratio: Contrast {
                estimate: log_ratio.exp(),
                std_err: log_err,
                lower: low.exp(),
                upper: high.exp(),
                p: p_value(log_ratio, log_err),
            },
        }
    }
}

fn p_value(estimate: f64, std_err: f64) -> Option<f64> {
    (std_err > 0.0 && std_err.is_finite()).then(|| normal_two_sided(estimate / std_err).p)
}
