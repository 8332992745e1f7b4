//! Kaplan–Meier curves of a cohort as a figure.

use std::sync::Arc;

use super::course::Step;
use super::names;
use super::style::PlotStyle;
use super::survival::{Line, SurvivalPlot};
use crate::cohort::{Cohort, Design};
use crate::convention::Conventions;
use crate::cox::Cox;
use crate::curve::{SurvivalCurve, SurvivalCurves};
use crate::error::Result;
use crate::figure::Figure;
use crate::note::{BANNER, Note};
use crate::plan::Unit;
use crate::reconstruct::{AxisCorrection, DigitisedCurve};
use crate::report::number;

/// Curves that are to be drawn.
#[derive(Debug)]
pub(in crate::report) struct Curves {
    fit: Arc<SurvivalCurves>,
    /// Whether the conventions print an interval.
    limits: bool,
    ratio: Option<Ratio>,
    unit: Option<Unit>,
}

/// What a document tells beside its curves.
pub(in crate::report) struct Told<'d> {
    pub(in crate::report) formula: &'d str,
    /// The test, in a line.
    pub(in crate::report) test: Option<String>,
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
    /// The curves of a cohort, and of two groups their hazard ratio.
    pub(in crate::report) fn new(
        fit: &Arc<SurvivalCurves>,
        cohort: &Cohort,
        (conventions, conf_level): (&Conventions, f64),
        unit: Option<Unit>,
    ) -> Self {
        Self {
            fit: Arc::clone(fit),
            limits: conventions.conf_type.is_some(),
            ratio: Ratio::new(cohort, conventions, conf_level),
            unit,
        }
    }

    /// Draws them.
    pub(in crate::report) fn figure(&self, told: &Told<'_>, style: &PlotStyle) -> Result<Figure> {
        let caveats = told.notes.iter().map(ToString::to_string);
        let caveats = caveats.filter(|note| note.starts_with(BANNER));
        let lines = self.fit.curves().iter().map(|curve| line(curve, self.limits));
        let mut lines = lines.collect::<Result<Vec<_>>>()?;
        for (line, own) in lines.iter_mut().zip(told.published) {
            (line.dots, line.printed) = (own.points.clone(), own.n_risk.clone());
        }
        let plot = SurvivalPlot {
            lines,
            told: told.test.iter().cloned().chain(self.ratio.iter().map(Ratio::line)).collect(),
            caveats: caveats
                .chain((!told.caveat.is_empty()).then(|| told.caveat.to_owned()))
                .collect(),
            title: format!("Kaplan–Meier: {}", told.formula),
        };
        let unit = style.unit.or(self.unit);
        plot.draw(&PlotStyle { unit, ..style.clone() })
    }
}

/// The hazard ratio of two groups, by a Cox model of the groups alone.
#[derive(Debug, Clone)]
struct Ratio {
    estimate: Option<f64>,
    limits: [Option<f64>; 2],
    conf_level: f64,
    groups: [String; 2],
}

impl Ratio {
    /// There for two groups whose hazards a Cox model can compare.
    fn new(cohort: &Cohort, conventions: &Conventions, conf_level: f64) -> Option<Self> {
        let groups = cohort.groups();
        if groups.len() != 2 {
            return None;
        }
        let design = Design::of_groups(cohort).ok()?;
        let cox = Cox::default()
            .ties(conventions.cox_ties)
            .conf_level(conf_level)
            .small_sample(conventions.small_sample);
        let own = cox.fit(cohort, &design).ok()?.coefficients().into_iter().next()?;
        Some(Self {
            estimate: own.hazard_ratio,
            limits: [own.interval.lower, own.interval.upper],
            conf_level,
            groups: [0, 1].map(|group| {
                let levels = groups.levels(group).iter().cloned();
                names::group(&groups.terms().iter().cloned().zip(levels).collect::<Vec<_>>())
            }),
        })
    }

    /// `HR 0.59 (95 % CI 0.42–0.82), sex=2 against sex=1`.
    fn line(&self) -> String {
        let [reference, other] = &self.groups;
        let ratio = |own: Option<f64>| own.map_or_else(|| "∞".to_owned(), number::hazard_ratio);
        let [lower, upper] = self.limits.map(ratio);
        let level = number::percent(self.conf_level);
        let (estimate, limits) = (ratio(self.estimate), number::range(&lower, &upper));
        format!("HR {estimate} ({level} CI {limits}), {other} against {reference}")
    }
}

fn line(curve: &SurvivalCurve, limits: bool) -> Result<Line<'_>> {
    let steps: Vec<Step> = curve.rows().map(|row| Step::of(&row, limits)).collect();
    Ok(Line {
        label: names::group(curve.levels()),
        summary: summary(curve)?,
        end: curve.last_time().unwrap_or(0.0),
        median: curve.median(),
        counts: Some(Box::new(counts(curve, &steps))),
        steps,
        dots: Vec::new(),
        printed: Vec::new(),
    })
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
        [curve.n_risk(time), events, censored]
    }
}

/// `sex=1: 138 subjects, 112 events, median 270 (210–306)`.
fn summary(curve: &SurvivalCurve) -> Result<String> {
    let name = names::group(curve.levels());
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    let median = curve.quantile(0.5)?;
    Ok(format!(
        "{name}{} subjects, {} events, median {}",
        number::count(curve.n()),
        number::count(curve.events()),
        number::reached_interval(median.estimate, [median.lower, median.upper]),
    ))
}
