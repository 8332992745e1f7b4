//! One group of a Kaplan–Meier document.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::resampled::GroupIntervals;
use crate::curve::{
    Band, CurveRow, FollowUp, Landmark, Mean, Quantile, SurvivalCurve, SurvivalCurves,
};
use crate::report::record;

/// A group.
#[derive(Debug, Serialize)]
pub(super) struct GroupRecord {
    pub(super) label: String,
    #[serde(serialize_with = "record::object")]
    pub(super) levels: Vec<(String, String)>,
    #[serde(serialize_with = "record::count")]
    pub(super) n: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) events: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) censored: f64,
    pub(super) median: MedianRecord,
    pub(super) quantiles: Vec<QuantileRecord>,
    pub(super) landmarks: Vec<LandmarkRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rmst: Option<Mean>,
    /// There when a mean is asked for; null without events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mean: Option<Option<Mean>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) follow_up: Option<FollowUp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bootstrap: Option<GroupIntervals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) curve: Option<Steps>,
    /// The simultaneous band, for the figure.
    #[serde(skip)]
    pub(super) band: Option<Arc<Band>>,
}

/// The median.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct MedianRecord {
    pub(super) estimate: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) std_err: Option<f64>,
}

/// A quantile.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct QuantileRecord {
    pub(super) p: f64,
    pub(super) estimate: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
}

/// Survival at a time.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct LandmarkRecord {
    pub(super) time: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) n_risk: f64,
    pub(super) survival: Option<f64>,
    pub(super) std_err: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
}

/// A step of the curve.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct StepRecord {
    pub(super) time: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) n_risk: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) n_event: f64,
    #[serde(serialize_with = "record::count")]
    pub(super) n_censor: f64,
    pub(super) survival: f64,
    pub(super) std_err: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) cumulative_hazard: f64,
    pub(super) cumulative_hazard_std_err: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) band_lower: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) band_upper: Option<Option<f64>>,
}

/// All steps of a group's curve, made when they are written.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    pub(super) fit: Arc<SurvivalCurves>,
    pub(super) group: usize,
    /// Whether the conventions print an interval.
    pub(super) limits: bool,
    /// The band, if one is asked for and the group has one.
    pub(super) band: Option<Option<Arc<Band>>>,
}

impl GroupRecord {
    /// What every analysis has.
    pub(super) fn new(curve: &SurvivalCurve, median: Quantile) -> Self {
        let Quantile { estimate, lower, upper, std_err, .. } = median;
        Self {
            label: curve.label().to_owned(),
            levels: curve.levels().to_vec(),
            n: curve.n(),
            events: curve.events(),
            censored: curve.censored(),
            median: MedianRecord { estimate, lower, upper, std_err },
            quantiles: Vec::new(),
            landmarks: Vec::new(),
            rmst: None,
            mean: None,
            follow_up: None,
            bootstrap: None,
            curve: None,
            band: None,
        }
    }
}

impl From<Quantile> for QuantileRecord {
    fn from(Quantile { p, estimate, lower, upper, .. }: Quantile) -> Self {
        Self { p, estimate, lower, upper }
    }
}

impl LandmarkRecord {
    pub(super) fn new(own: Landmark, limits: bool) -> Self {
        let limit = |limit: Option<f64>| limit.filter(|_| limits);
        let Landmark { time, n_risk, survival, std_err, lower, upper } = own;
        Self { time, n_risk, survival, std_err, lower: limit(lower), upper: limit(upper) }
    }
}

impl StepRecord {
    fn new(row: CurveRow, limits: bool) -> Self {
        let limit = |limit: Option<f64>| limit.filter(|_| limits);
        Self {
            time: row.time,
            n_risk: row.n_risk,
            n_event: row.n_event,
            n_censor: row.n_censor,
            survival: row.survival,
            std_err: row.std_err,
            lower: limit(row.lower),
            upper: limit(row.upper),
            cumulative_hazard: row.cumulative_hazard,
            cumulative_hazard_std_err: row.cumulative_hazard_std_err,
            band_lower: None,
            band_upper: None,
        }
    }
}

impl Steps {
    pub(super) fn iter(&self) -> impl Iterator<Item = StepRecord> + '_ {
        let curve = &self.fit.curves()[self.group];
        curve.rows().enumerate().map(|(step, row)| StepRecord {
            band_lower: self.band_limit(|band| band.lower[step]),
            band_upper: self.band_limit(|band| band.upper[step]),
            ..StepRecord::new(row, self.limits)
        })
    }

    fn band_limit(&self, limit: impl Fn(&Band) -> Option<f64>) -> Option<Option<f64>> {
        self.band.as_ref().map(|band| band.as_deref().and_then(limit))
    }
}

impl Serialize for Steps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
