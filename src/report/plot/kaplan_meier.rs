//! Kaplan–Meier curves of a cohort as a figure.

use std::sync::Arc;

use super::course::Step;
use super::names;
use super::style::PlotStyle;
use super::survival::{Line, SurvivalPlot};
use crate::cohort::Cohort;
use crate::convention::Conventions;
use crate::curve::{SurvivalCurve, SurvivalCurves};
use crate::error::Result;
use crate::figure::Figure;
use crate::note::{BANNER, Note};
use crate::plan::Unit;
use crate::reconstruct::{AxisCorrection, DigitisedCurve};
use crate::report::number;
use crate::report::subject::Counted;

/// Curves that are to be drawn.
#[derive(Debug)]
pub(in crate::report) struct Curves {
    fit: Arc<SurvivalCurves>,
    /// Whether the conventions print an interval.
    limits: bool,
    counted: Counted,
    unit: Option<Unit>,
}

/// What a document tells beside its curves.
pub(in crate::report) struct Told<'d> {
    pub(in crate::report) formula: &'d str,
    /// The test, in a line.
    pub(in crate::report) test: Option<String>,
    /// The hazard ratio, in a line.
    pub(in crate::report) ratio: Option<String>,
    pub(in crate::report) notes: &'d [Note],
    /// Of every curve, what was published of it.
    pub(in crate::report) published: &'d [Published],
    /// What must stand under the figure, besides the notes of that kind.
    pub(in crate::report) caveat: &'d str,
}

/// What a publication shows of a curve that was reconstructed.
#[derive(Debug, Clone, Default)]
pub(in crate::report) struct Published {
    /// The digitised points, after correction of the axes.
    points: Vec<(f64, f64)>,
    /// The printed numbers at risk.
    n_risk: Vec<(f64, f64)>,
}

impl Published {
    pub(in crate::report) fn new(given: &DigitisedCurve, axis: AxisCorrection) -> Self {
        let points = given.points();
        let points = points.time().iter().copied().zip(points.survival().iter().copied());
        let rows = given.table().rows().iter();
        Self {
            points: points.map(|own| axis.apply(own)).collect(),
            n_risk: rows.map(|own| (own.time, f64::from(own.n_risk))).collect(),
        }
    }
}

impl Curves {
    /// The curves of a fit to a cohort.
    pub(in crate::report) fn new(
        fit: &Arc<SurvivalCurves>,
        cohort: &Cohort,
        conventions: &Conventions,
        unit: Option<Unit>,
    ) -> Self {
        let (limits, counted) = (conventions.conf_type.is_some(), Counted::new(cohort));
        Self { fit: Arc::clone(fit), limits, counted, unit }
    }

    /// Draws them.
    pub(in crate::report) fn figure(&self, told: &Told<'_>, style: &PlotStyle) -> Result<Figure> {
        let caveats = told.notes.iter().map(ToString::to_string);
        let caveats = caveats.filter(|note| note.starts_with(BANNER));
        let lines = self.fit.curves().iter().map(|curve| self.line(curve));
        let mut lines = lines.collect::<Result<Vec<_>>>()?;
        for (line, own) in lines.iter_mut().zip(told.published) {
            (line.dots, line.printed) = (own.points.clone(), own.n_risk.clone());
        }
        let plot = SurvivalPlot {
            lines,
            told: told.test.iter().chain(&told.ratio).cloned().collect(),
            caveats: caveats
                .chain((!told.caveat.is_empty()).then(|| told.caveat.to_owned()))
                .collect(),
            title: format!("Kaplan–Meier: {}", told.formula),
        };
        let unit = style.unit.or(self.unit);
        plot.draw(&PlotStyle { unit, ..style.clone() })
    }
}

impl Curves {
    fn line<'c>(&self, curve: &'c SurvivalCurve) -> Result<Line<'c>> {
        let steps: Vec<Step> = curve.rows().map(|row| Step::of(&row, self.limits)).collect();
        Ok(Line {
            label: names::group(curve.levels()),
            summary: summary(curve, self.counted)?,
            end: curve.last_time().unwrap_or(0.0),
            median: curve.median(),
            counts: Some(Box::new(counts(curve, &steps))),
            counted: self.counted,
            steps,
            dots: Vec::new(),
            printed: Vec::new(),
        })
    }
}

/// At risk at a time; events and censorings up to it, as R's `summary(fit, times)` adds them up.
fn counts<'a>(curve: &'a SurvivalCurve, steps: &[Step]) -> impl Fn(f64) -> [f64; 3] + use<'a> {
    let mut sums = [0.0, 0.0];
    let left: Vec<(f64, [f64; 2])> = steps
        .iter()
        .map(|own| {
            sums = [sums[0] + own.n_event, sums[1] + own.n_censor];
            (own.time, sums)
        })
        .collect();
    move |time| {
        let before = left.partition_point(|own| own.0 <= time);
        let [events, censored] = before.checked_sub(1).map_or([0.0; 2], |at| left[at].1);
        [at_risk(curve, time), events, censored]
    }
}

/// At risk at a time. Under delayed entry nobody is at risk before 0, so that those who enter at 0
/// count there.
fn at_risk(curve: &SurvivalCurve, time: f64) -> f64 {
    let own = curve.n_risk(time);
    if time == 0.0 { own.max(curve.n_risk(f64::MIN_POSITIVE)) } else { own }
}

/// `sex=1: 138 subjects, 112 events, median 270 (210–306)`.
fn summary(curve: &SurvivalCurve, counted: Counted) -> Result<String> {
    let name = names::group(curve.levels());
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    let median = curve.quantile(0.5)?;
    Ok(format!(
        "{name}{} {}, {} events{}, median {}",
        number::count(curve.n()),
        counted.noun(),
        number::count(curve.events()),
        counted.aside(),
        number::reached_interval(median.estimate, [median.lower, median.upper]),
    ))
}
