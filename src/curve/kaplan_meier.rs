//! The product-limit estimator.

use std::sync::Arc;

use rayon::prelude::*;

use super::confidence::Side;
use super::course::{Course, End};
use super::pieces;
use super::product_limit::ProductLimit;
use super::{ConfType, FollowUpRule, MeanRule, MedianInterval, MedianRule, StepFunction};
use crate::cohort::{Cohort, Groups, TimeAxis};
use crate::error::{Error, Result};
use crate::note::Note;
use crate::risk::{Influence, Lane, Lanes, Moment, PARALLEL_ROWS, robust, tabulate};

/// Kaplan–Meier estimation: conventions, then [`fit`](Self::fit).
///
/// S(t) = Π_{u ≤ t} (1 − d(u)/n(u)) over event times u, with d(u) events and n(u) at risk: whoever
/// has entry < u ≤ exit, so that a censoring at u comes after an event at u. The variance of log S
/// is Greenwood's Σ d/(n(n − d)), or the infinitesimal jackknife for sampling weights and clusters.
///
/// R: `survfit(Surv(time, status) ~ group, conf.type = "log-log")`. Kaplan and Meier 1958,
/// doi:10.1080/01621459.1958.10501452.
///
/// ```
/// use riskset::{cohort::Cohort, curve::KaplanMeier};
/// let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true; 4]).build()?;
/// let fit = KaplanMeier::default().fit(&cohort)?;
/// assert_eq!(fit.curves()[0].survival().values(), [0.75, 0.5, 0.25, 0.0]);
/// assert_eq!(fit.curves()[0].median(), Some(2.5));
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanMeier {
    pub(super) conf_type: ConfType,
    pub(super) conf_level: f64,
    pub(super) median_rule: MedianRule,
    pub(super) median_interval: MedianInterval,
    pub(super) follow_up_rule: FollowUpRule,
    pub(super) mean_rule: MeanRule,
}

impl Default for KaplanMeier {
    fn default() -> Self {
        Self {
            conf_type: ConfType::default(),
            conf_level: 0.95,
            median_rule: MedianRule::default(),
            median_interval: MedianInterval::default(),
            follow_up_rule: FollowUpRule::default(),
            mean_rule: MeanRule::default(),
        }
    }
}

impl KaplanMeier {
    /// The pointwise interval.
    pub fn conf_type(self, conf_type: ConfType) -> Self {
        Self { conf_type, ..self }
    }

    /// The confidence level, between 0 and 1.
    pub fn conf_level(self, conf_level: f64) -> Self {
        Self { conf_level, ..self }
    }

    /// Which time is the quantile when a step lies on its level.
    pub fn median_rule(self, median_rule: MedianRule) -> Self {
        Self { median_rule, ..self }
    }

    /// How intervals of quantiles are found.
    pub fn median_interval(self, median_interval: MedianInterval) -> Self {
        Self { median_interval, ..self }
    }

    /// Who goes first at equal times in the reverse estimate of follow-up.
    pub fn follow_up_rule(self, follow_up_rule: FollowUpRule) -> Self {
        Self { follow_up_rule, ..self }
    }

    /// Where the mean ends and how its variance is scaled.
    pub fn mean_rule(self, mean_rule: MeanRule) -> Self {
        Self { mean_rule, ..self }
    }

    /// Estimates one curve a group.
    ///
    /// # Errors
    /// When the confidence level is not between 0 and 1, or the beta product interval is asked for
    /// with sampling weights, clusters or delayed entry.
    pub fn fit(&self, cohort: &Cohort) -> Result<SurvivalCurves> {
        if !(self.conf_level > 0.0 && self.conf_level < 1.0) {
            let message = format!("confidence level {}: give one between 0 and 1", self.conf_level);
            return Err(Error::option(message));
        }
        if self.conf_type == ConfType::Bpcp {
            check_beta_product(cohort)?;
        }
        let none = Groups::single();
        let spec = Lanes::groups(cohort, &none);
        let lanes = tabulate(cohort, spec);
        let robust = if cohort.is_dependent() { robust(cohort, spec, &lanes) } else { Vec::new() };
        let (mut robust, rows) = (robust.into_iter(), rows_per_group(cohort));
        let mut censored = pieces::censored(cohort, &lanes).into_iter().flatten();
        let source =
            |(lane, rows)| Source { lane, rows, robust: robust.next(), censored: censored.next() };
        let lanes: Vec<Source> = lanes.into_iter().zip(rows).map(source).collect();
        let curve = |(group, source)| SurvivalCurve::new(*self, cohort, group, source);
        let curves: Vec<SurvivalCurve> = if cohort.n_rows() < PARALLEL_ROWS {
            lanes.into_iter().enumerate().map(curve).collect()
        } else {
            lanes.into_par_iter().enumerate().map(curve).collect()
        };
        let notes =
            cohort.notes().iter().cloned().chain(curves.iter().flat_map(SurvivalCurve::notes));
        Ok(SurvivalCurves { notes: notes.collect(), options: *self, curves })
    }
}

fn check_beta_product(cohort: &Cohort) -> Result<()> {
    if cohort.is_dependent() || cohort.entry().is_some() {
        return Err(Error::analysis(
            "bpcp: beta product intervals are not defined with sampling weights, clusters or \
             delayed entry; choose another interval",
        ));
    }
    Ok(())
}

/// Rows of each group, needed only where weights hide them.
fn rows_per_group(cohort: &Cohort) -> Vec<usize> {
    let mut rows = vec![0; cohort.groups().len()];
    if cohort.weights().is_sampling() {
        (0..cohort.n_rows()).for_each(|row| rows[cohort.groups().code(row) as usize] += 1);
    }
    rows
}

/// Kaplan–Meier curves, one a group.
#[derive(Debug, Clone)]
pub struct SurvivalCurves {
    options: KaplanMeier,
    curves: Vec<SurvivalCurve>,
    notes: Vec<Note>,
}

impl SurvivalCurves {
    /// The curves in the order of the groups.
    pub fn curves(&self) -> &[SurvivalCurve] {
        &self.curves
    }

    pub(crate) fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.curves.iter().map(|curve| &*curve.lane)
    }

    /// What the reader must know.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The conventions used.
    pub fn options(&self) -> &KaplanMeier {
        &self.options
    }
}

/// The Kaplan–Meier curve of one group.
#[derive(Debug, Clone)]
pub struct SurvivalCurve {
    label: String,
    levels: Vec<(String, String)>,
    n: f64,
    axis: Arc<TimeAxis>,
    lane: Arc<Lane>,
    /// Censorings at each time, where some rows only end because others go on.
    censored: Option<Vec<f64>>,
    estimate: ProductLimit,
    /// The rows behind a robust variance, where it is in use.
    influence: Option<Influence>,
}

/// What a group's curve is made from.
struct Source {
    lane: Lane,
    rows: usize,
    /// The robust variance and the rows behind it, where it is in use.
    robust: Option<(Vec<f64>, Influence)>,
    /// Censorings, where they are not those of the lane.
    censored: Option<Vec<f64>>,
}

/// One row of a curve: a time at which somebody leaves.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct CurveRow {
    /// The time.
    pub time: f64,
    /// At risk just before.
    pub n_risk: f64,
    /// Events.
    pub n_event: f64,
    /// Censorings; a row that another one of its cluster continues is none.
    pub n_censor: f64,
    /// S(time).
    pub survival: f64,
    /// Standard error of S; `None` where S is 0.
    pub std_err: Option<f64>,
    /// Lower limit of S; `None` where S is 0, unless it is a beta product.
    pub lower: Option<f64>,
    /// Upper limit of S; `None` where S is 0, unless it is a beta product.
    pub upper: Option<f64>,
    /// Nelson–Aalen estimate Σ d/n.
    pub cumulative_hazard: f64,
    /// Its standard error, √Σ d/n² (Aalen); `None` with sampling weights or clusters.
    pub cumulative_hazard_std_err: Option<f64>,
}

/// What there is to choose rows by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaving {
    /// Which row it is.
    pub(crate) at: usize,
    pub(crate) time: f64,
    /// The time of the next row.
    pub(crate) next: Option<f64>,
    pub(crate) is_censored: bool,
}

/// Survival at a chosen time.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Landmark {
    /// The time.
    pub time: f64,
    /// At risk: entry < time ≤ exit.
    pub n_risk: f64,
    /// S(time); `None` beyond the last follow-up unless S is 0 there.
    pub survival: Option<f64>,
    /// Standard error of S.
    pub std_err: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

impl SurvivalCurve {
    fn new(options: KaplanMeier, cohort: &Cohort, group: usize, source: Source) -> Self {
        let Source { lane, rows, robust, censored } = source;
        let (groups, axis, lane) = (cohort.groups(), Arc::clone(cohort.axis()), Arc::new(lane));
        let (variance, influence) = robust.unzip();
        let course = Course { lane: Arc::clone(&lane), end: End::Event };
        let estimate = ProductLimit::new(options, &axis, course, variance);
        let terms = groups.terms().iter().cloned().zip(groups.levels(group).iter().cloned());
        Self {
            label: groups.label(group),
            levels: terms.collect(),
            n: if cohort.weights().is_sampling() { rows as f64 } else { lane.total() },
            axis,
            lane,
            censored,
            estimate,
            influence,
        }
    }

    /// The group in words.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The group as (variable, level) pairs.
    pub fn levels(&self) -> &[(String, String)] {
        &self.levels
    }

    /// Subjects: rows, or Σ weights with frequency weights.
    pub fn n(&self) -> f64 {
        self.n
    }

    /// Events (weighted).
    pub fn events(&self) -> f64 {
        self.lane.event.total()
    }

    /// Censorings (weighted). A row that another one of its cluster continues in the same group,
    /// as pieces of one subject's follow-up do, is none.
    pub fn censored(&self) -> f64 {
        let sum = |own: &Vec<f64>| own.iter().sum();
        self.censored.as_ref().map_or_else(|| self.lane.censor.total(), sum)
    }

    /// S(t) as a step function.
    pub fn survival(&self) -> &StepFunction {
        self.estimate.survival()
    }

    /// The last time at which anybody is followed; `None` when all weights are zero.
    pub fn last_time(&self) -> Option<f64> {
        self.lane.time.last().map(|&rank| self.axis.time(rank))
    }

    /// The first time above 0 at which anybody leaves; infinite where there is none.
    pub(crate) fn first_time(&self) -> f64 {
        let mut times = self.lane.time.iter().map(|&rank| self.axis.time(rank));
        times.find(|time| *time > 0.0).unwrap_or(f64::INFINITY)
    }

    /// Whether the variance is the robust one.
    pub fn is_robust(&self) -> bool {
        self.influence.is_some()
    }

    pub(super) fn influence(&self) -> Option<&Influence> {
        self.influence.as_ref()
    }

    /// Every time at which somebody leaves.
    pub fn rows(&self) -> impl Iterator<Item = CurveRow> + '_ {
        self.rows_where(|_| true)
    }

    /// Some of them: limits are found for those that are chosen alone.
    pub(crate) fn rows_where<'a>(
        &'a self,
        mut chosen: impl FnMut(Leaving) -> bool + 'a,
    ) -> impl Iterator<Item = CurveRow> + 'a {
        let mut hazard = (0.0, 0.0);
        let steps = self.lane.moments().zip(self.estimate.steps()).enumerate();
        steps.filter_map(move |(at, (moment, step))| {
            hazard.0 += moment.d / moment.n;
            hazard.1 += moment.d / (moment.n * moment.n);
            let time = self.axis.time(moment.time);
            let next = self.lane.time.get(at + 1).map(|&rank| self.axis.time(rank));
            let own = Leaving { at, time, next, is_censored: moment.c > 0.0 };
            chosen(own).then(|| CurveRow {
                time,
                n_risk: moment.n,
                n_event: moment.d,
                n_censor: self.censored.as_ref().map_or(moment.c, |own| own[at]),
                survival: step.s,
                std_err: step.std_err(),
                lower: self.estimate.limit(Side::Lower, at, step),
                upper: self.estimate.limit(Side::Upper, at, step),
                cumulative_hazard: hazard.0,
                cumulative_hazard_std_err: (!self.is_robust()).then(|| hazard.1.sqrt()),
            })
        })
    }

    /// Number of rows.
    pub(crate) fn n_rows(&self) -> usize {
        self.lane.len()
    }

    /// Who has left by a time, that included: with the event, and censored.
    pub(crate) fn left_by(&self, time: f64) -> [f64; 2] {
        self.lane.left_before(self.axis.rank_beyond(time))
    }

    /// Survival at a time with its interval. R: `summary(fit, times = time)`, but S is `None`
    /// beyond the last follow-up, and the number at risk is counted at that time.
    pub fn at(&self, time: f64) -> Landmark {
        let beyond = self.last_time().is_none_or(|last| time > last);
        let n_risk = self.n_risk(time);
        if beyond && self.estimate.last() > 0.0 {
            let none = None;
            return Landmark {
                time,
                n_risk,
                survival: none,
                std_err: none,
                lower: none,
                upper: none,
            };
        }
        let step = self.estimate.step_at(time).map(|at| (at, self.estimate.step(at)));
        let limit = |side| match step {
            None => Some(self.estimate.limit_before(side)),
            Some((at, step)) => self.estimate.limit(side, at, step),
        };
        Landmark {
            time,
            n_risk,
            survival: Some(step.map_or(1.0, |(_, step)| step.s)),
            std_err: step.map_or(Some(0.0), |(_, step)| step.std_err()),
            lower: limit(Side::Lower),
            upper: limit(Side::Upper),
        }
    }

    /// How many are at risk at a time: entry < time ≤ exit.
    pub fn n_risk(&self, time: f64) -> f64 {
        self.lane.at_risk_at(self.axis.rank_at_least(time), self.axis.rank_at_least(time))
    }

    pub(super) fn estimate(&self) -> &ProductLimit {
        &self.estimate
    }

    pub(super) fn moments(&self) -> impl ExactSizeIterator<Item = Moment> + Clone + '_ {
        self.lane.moments()
    }

    pub(super) fn lane(&self) -> &Arc<Lane> {
        &self.lane
    }

    pub(super) fn axis(&self) -> &Arc<TimeAxis> {
        &self.axis
    }

    pub(super) fn times(&self) -> &Arc<Vec<u32>> {
        &self.lane.time
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let group = self.label.clone();
        if self.events() == 0.0 {
            notes.push(Note::NoEvents { group: group.clone() });
        }
        let emptied = self.estimate.steps_while(|s| s > 0.0);
        if emptied + 1 < self.estimate.len() {
            notes.push(Note::RiskSetEmptied { group, time: self.estimate.time(emptied) });
        }
        notes
    }
}
