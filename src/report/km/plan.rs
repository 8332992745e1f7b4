//! What is asked of a Kaplan–Meier analysis, and doing it.

use std::sync::Arc;

use super::group::{GroupRecord, LandmarkRecord, Steps};
use super::{ConventionsRecord, KmDocument, contrast, test};
use crate::convention::Conventions;
use crate::curve::{Band, BandType, Landmark, Quantile, SurvivalCurve, SurvivalCurves};
use crate::error::{ErrorKind, Result};
use crate::note::Note;
use crate::report::nesting::Nesting;
use crate::report::number::estimate;
use crate::report::plot::Curves;
use crate::report::ratio::RatioRecord;
use crate::report::record::add_notes;
use crate::report::subject::Subject;

/// What a Kaplan–Meier report shall hold.
#[derive(Debug, Clone, Default)]
pub struct KmPlan {
    /// The conventions to follow.
    pub conventions: Conventions,
    /// The confidence level; 0.95 unless given.
    pub conf_level: Option<f64>,
    /// Times at which survival is wanted.
    pub at: Vec<f64>,
    /// Quantiles besides the median, as fractions failed.
    pub quantiles: Vec<f64>,
    /// The end of the restricted mean.
    pub rmst: Option<f64>,
    /// Whether the mean is wanted whatever the dialect.
    pub mean: bool,
    /// Whether follow-up is wanted.
    pub follow_up: bool,
    /// Whether all steps of the curves are wanted.
    pub curve: bool,
    /// The simultaneous band that the steps shall have.
    pub band: Option<BandType>,
    /// How often to resample for bootstrap intervals, and the seed.
    pub bootstrap: Option<(usize, u64)>,
    /// Whether the curves are to be drawn.
    pub figure: bool,
    /// Whether the hazard ratio of two groups is wanted, which a figure shows.
    pub ratio: bool,
}

impl KmPlan {
    /// Makes the analysis.
    ///
    /// # Errors
    /// Those of the estimators asked for.
    pub fn run(&self, subject: Subject) -> Result<KmDocument> {
        let conf_level = self.conf_level.unwrap_or(0.95);
        let fit = Arc::new(self.conventions.kaplan_meier(conf_level).fit(&subject.cohort)?);
        let mut notes = subject.notes;
        add_notes(&mut notes, fit.notes());
        let group = |at: usize| self.group(&fit, at, &mut notes);
        let mut groups = (0..fit.curves().len()).map(group).collect::<Result<Vec<_>>>()?;
        for (group, own) in groups.iter_mut().zip(self.resample(&fit)?.into_iter().flatten()) {
            group.bootstrap = Some(own);
        }
        let medians = groups.iter().filter_map(|group| group.median.estimate);
        notes.extend(coarse_visits(subject.visit_interval, medians));
        let test = test::test(&subject.cohort, &fit, &mut notes)?;
        let robust = fit.curves().iter().any(SurvivalCurve::is_robust);
        let hazard_ratio = match self.ratio {
            true => RatioRecord::new(&subject.cohort, &self.conventions, conf_level, &mut notes)?,
            false => None,
        };
        let bands = groups.iter().map(|group| group.band.clone()).collect();
        let curves = Curves::new(&fit, &subject.cohort, &self.conventions, subject.unit);
        let curves = curves.with_bands(bands);
        Ok(KmDocument {
            command: "km",
            schema_version: 1,
            nesting: Nesting::new(&subject.cohort, &subject.formula),
            formula: subject.formula,
            conf_level,
            conf_type: self.conventions.conf_type,
            conventions: ConventionsRecord::new(self.conventions, robust),
            data: subject.data,
            bootstrap: self.bootstrap_record(),
            rmst_comparison: contrast::pairs(&groups, conf_level),
            groups,
            test,
            hazard_ratio,
            notes,
            curves: self.figure.then_some(curves),
        })
    }

    fn group(
        &self,
        fit: &Arc<SurvivalCurves>,
        at: usize,
        notes: &mut Vec<Note>,
    ) -> Result<GroupRecord> {
        let curve = &fit.curves()[at];
        let mut quantile = |p: f64| quantile(curve, p, notes);
        let median = quantile(0.5)?;
        let quantiles = self.quantiles.iter().map(|&p| quantile(p).map(Into::into));
        let quantiles = quantiles.collect::<Result<Vec<_>>>()?;
        let mean = self.mean || self.conventions.prints_mean;
        let limits = self.conventions.conf_type.is_some();
        let band = self.band.map(|kind| self.band(curve, kind, notes)).transpose()?;
        notes.extend(self.follow_up.then(|| curve.follow_up_note()).flatten());
        Ok(GroupRecord {
            quantiles,
            landmarks: self.landmarks(curve, notes),
            rmst: self.rmst.map(|tau| curve.rmst(tau)).transpose()?,
            mean: mean.then(|| curve.mean()),
            follow_up: self.follow_up.then(|| curve.follow_up()),
            band: band.clone().flatten(),
            curve: self.curve.then(|| Steps { fit: Arc::clone(fit), group: at, limits, band }),
            ..GroupRecord::new(curve, median)
        })
    }

    /// The band; where a group has none, a note says why and every limit is null.
    fn band(
        &self,
        curve: &SurvivalCurve,
        kind: BandType,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Arc<Band>>> {
        let conf_type = self.conventions.conf_type.unwrap_or_default();
        match curve.band(kind, conf_type, None, None) {
            Ok(band) => Ok(Some(Arc::new(band))),
            Err(error) => match error.kind() {
                ErrorKind::Analysis(reason) => {
                    notes.push(Note::Remark(reason.clone()));
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }

    fn landmarks(&self, curve: &SurvivalCurve, notes: &mut Vec<Note>) -> Vec<LandmarkRecord> {
        let rates: Vec<Landmark> = self.at.iter().map(|&time| curve.at(time)).collect();
        notes.extend(beyond_follow_up(curve, &rates));
        let limits = self.conventions.conf_type.is_some();
        rates.into_iter().map(|rate| LandmarkRecord::new(rate, limits)).collect()
    }
}

/// A quantile, with the note that is due.
fn quantile(curve: &SurvivalCurve, p: f64, notes: &mut Vec<Note>) -> Result<Quantile> {
    let own = curve.quantile(p)?;
    if let (false, Some(time)) = (own.identified, own.estimate) {
        notes.push(Note::QuantileUnidentified { group: curve.label().to_owned(), p, time });
    }
    Ok(own)
}

/// Visits so far apart that they shape the curve: a quarter of the shortest median or more.
fn coarse_visits(interval: Option<f64>, medians: impl Iterator<Item = f64>) -> Option<Note> {
    let (interval, median) = (interval?, medians.min_by(f64::total_cmp)?);
    (interval > median / 4.0).then(|| {
        let (interval, median) = (estimate(interval), estimate(median));
        Note::Remark(format!(
            "events are found at visits {interval} apart, more than a quarter of the median of \
             {median}: the curve falls when visits are due; event_at = \"middle\" and \"earliest\" in the \
             plan show how much that matters"
        ))
    })
}

/// One note a group, about the earliest time that is too late.
fn beyond_follow_up(curve: &SurvivalCurve, rates: &[Landmark]) -> Option<Note> {
    let late = rates.iter().filter(|rate| rate.survival.is_none()).map(|rate| rate.time);
    let time = late.min_by(f64::total_cmp)?;
    Some(Note::BeyondFollowUp { group: curve.label().to_owned(), time, last: curve.last_time()? })
}
