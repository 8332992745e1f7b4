//! How the axes were calibrated, judged by what is printed.

use serde::Serialize;

use super::input::{DigitisedCurve, rate_bounds};
use crate::error::{Error, Result};

/// Standard deviations of what calibrating an axis by hand misses.
const TIME_ERROR: f64 = 0.01;
const SURVIVAL_ERROR: f64 = 0.004;
/// Corrections are looked for within so many of these.
const REACH: i32 = 40;
/// A click may be off by this share of the time axis.
const HAND: f64 = 0.004;
/// What is left between a printed number and the corrected curve, at most.
const TOLERANCE: f64 = 0.05;

/// Factors by which times, survival and failure (1 less survival) of the points were multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AxisCorrection {
    /// Of times, by the printed median and rates.
    pub time: f64,
    /// Of survival, by the same.
    pub survival: f64,
    /// Of failure, by a total of many events.
    pub failure: f64,
}

impl AxisCorrection {
    const NONE: Self = Self { time: 1.0, survival: 1.0, failure: 1.0 };

    /// A point as it is after correction.
    pub fn apply(&self, (time, survival): (f64, f64)) -> (f64, f64) {
        let own = survival * self.survival;
        (time * self.time, (1.0 - (1.0 - own) * self.failure).max(0.0))
    }
}

/// The curve after correction.
#[derive(Debug, Clone)]
pub(super) struct Calibrated {
    pub(super) time: Vec<f64>,
    pub(super) survival: Vec<f64>,
    pub(super) correction: AxisCorrection,
}

impl Calibrated {
    /// The curve with its failures multiplied.
    pub(super) fn with_failure(&self, failure: f64) -> Self {
        let survival = self.survival.iter().map(|own| (1.0 - (1.0 - own) * failure).max(0.0));
        let correction = AxisCorrection { failure, ..self.correction };
        Self { time: self.time.clone(), survival: survival.collect(), correction }
    }
}

/// A printed survival: the time and the values that it stands for.
struct Anchor {
    name: String,
    time: f64,
    low: f64,
    high: f64,
}

impl DigitisedCurve {
    /// Finds the correction that printed median and rates ask for, if they do.
    pub(super) fn calibrate(&self) -> Result<Calibrated> {
        let anchors = self.anchors();
        let correction = match anchors.is_empty() {
            true => AxisCorrection::NONE,
            false => self.best(&anchors),
        };
        let calibrated = self.corrected(correction);
        for own in &anchors {
            check(own, &calibrated)?;
        }
        Ok(calibrated)
    }

    fn anchors(&self) -> Vec<Anchor> {
        let median = self.median.as_ref().and_then(|median| {
            let time = median.number()?;
            let name = format!("the median {median}");
            Some(Anchor { name, time, low: 0.5, high: 0.5 })
        });
        let rates = self.rates.iter().filter_map(|(time, rate)| {
            let (low, high) = rate_bounds(&rate.estimate)?;
            let name = format!("the rate {} at time {time}", rate.estimate);
            Some(Anchor { name, time: *time, low, high })
        });
        median.into_iter().chain(rates).collect()
    }

    /// Over a grid of corrections, the printed numbers against how unlikely a correction is.
    fn best(&self, anchors: &[Anchor]) -> AxisCorrection {
        let step = |at: i32, unit: f64| 1.0 + f64::from(at) * unit / 4.0;
        let noise = self.points.noise.max(0.001);
        let mut best = (f64::INFINITY, AxisCorrection::NONE);
        for at in -REACH..=REACH {
            let time = step(at, TIME_ERROR);
            for own in -REACH / 2..=REACH / 2 {
                let survival = step(own, SURVIVAL_ERROR);
                let prior = ((time - 1.0) / TIME_ERROR).powi(2)
                    + ((survival - 1.0) / SURVIVAL_ERROR).powi(2);
                let misfit = |anchor: &Anchor| {
                    let (low, high) = self.around(anchor.time / time);
                    let gap = (anchor.low - high * survival).max(low * survival - anchor.high);
                    (gap.max(0.0) / noise).powi(2)
                };
                let cost = prior + anchors.iter().map(misfit).sum::<f64>();
                if cost < best.0 {
                    best = (cost, AxisCorrection { time, survival, ..AxisCorrection::NONE });
                }
            }
        }
        best.1
    }

    /// Survival around a time.
    fn around(&self, time: f64) -> (f64, f64) {
        around(&self.points.time, &self.points.survival, time)
    }

    fn corrected(&self, correction: AxisCorrection) -> Calibrated {
        let time = self.points.time.iter().map(|own| own * correction.time).collect();
        let survival = self.points.survival.iter();
        let survival = survival.map(|own| (own * correction.survival).min(1.0)).collect();
        Calibrated { time, survival, correction }
    }
}

/// Survival a hand's width after a time and as much before it.
fn around(time: &[f64], survival: &[f64], at: f64) -> (f64, f64) {
    let hand = HAND * time.last().copied().unwrap_or(0.0);
    let last = survival.len() - 1;
    let before = time.partition_point(|&own| own < at - hand).saturating_sub(1);
    let after = time.partition_point(|&own| own <= at + hand).min(last);
    // Between two clicks survival may be that of either.
    (survival[after], survival[before])
}

fn check(anchor: &Anchor, curve: &Calibrated) -> Result<()> {
    let (low, high) = around(&curve.time, &curve.survival, anchor.time);
    let gap = (anchor.low - high).max(low - anchor.high);
    if gap <= TOLERANCE {
        return Ok(());
    }
    let crossing = curve.survival.iter().position(|&own| own <= anchor.high);
    let crossing = crossing.map_or("is not reached by the curve".to_owned(), |at| {
        format!("is reached by the curve at {:.3}", curve.time[at] / curve.correction.time)
    });
    let level = anchor.high;
    Err(Error::analysis(format!(
        "{} contradicts the points: there the curve is at {:.3}, and {level:.3} {crossing}",
        anchor.name, high
    )))
}
