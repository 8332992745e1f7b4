//! Kaplan–Meier curves of a cohort as a figure.

use std::sync::Arc;

use super::course::{Sieve, Span, Step};
use super::names;
use super::style::PlotStyle;
use super::survival::{Line, SurvivalPlot};
use crate::cohort::Cohort;
use crate::convention::Conventions;
use crate::curve::{Band, CurveRow, SurvivalCurve, SurvivalCurves};
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
    /// The simultaneous band of every curve that has one.
    bands: Vec<Option<Arc<Band>>>,
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
    /// The name of a curve that has none among the groups.
    pub(super) name: Option<String>,
    /// The digitised points, after correction of the axes.
    pub(super) points: Vec<(f64, f64)>,
    /// The printed numbers at risk.
    pub(super) n_risk: Vec<(f64, f64)>,
}

impl Published {
    pub(in crate::report) fn new(given: &DigitisedCurve, axis: AxisCorrection) -> Self {
        let points = given.points();
        let points = points.time().iter().copied().zip(points.survival().iter().copied());
        let rows = given.table().rows().iter();
        Self {
            name: None,
            points: points.map(|own| axis.apply(own)).collect(),
            n_risk: rows.map(|own| (own.time, f64::from(own.n_risk))).collect(),
        }
    }

    pub(in crate::report) fn named(self, name: Option<&str>) -> Self {
        Self { name: name.map(str::to_owned), ..self }
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
        Self { fit: Arc::clone(fit), limits, counted, unit, bands: Vec::new() }
    }

    pub(in crate::report) fn with_bands(self, bands: Vec<Option<Arc<Band>>>) -> Self {
        Self { bands, ..self }
    }

    /// Draws them.
    pub(in crate::report) fn figure(&self, told: &Told<'_>, style: &PlotStyle) -> Result<Figure> {
        let caveats = told.notes.iter().map(ToString::to_string);
        let caveats = caveats.filter(|note| note.starts_with(BANNER));
        let mut lines = self.lines(style)?;
        for (line, own) in lines.iter_mut().zip(told.published) {
            (line.dots, line.printed) = (own.points.clone(), own.n_risk.clone());
            line.label = own.name.clone().unwrap_or_else(|| line.label.clone());
        }
        let plot = SurvivalPlot {
            lines,
            told: told.test.iter().chain(&told.ratio).cloned().collect(),
            caveats: caveats
                .chain((!told.caveat.is_empty()).then(|| told.caveat.to_owned()))
                .chain(style.shows_band().then(|| self.key()).flatten())
                .collect(),
            title: format!("Kaplan–Meier: {}", told.formula),
        };
        let unit = style.unit.or(self.unit);
        plot.draw(&PlotStyle { unit, ..style.clone() })
    }

    /// Which area is which, where there are two of a curve.
    fn key(&self) -> Option<String> {
        let band = self.bands.iter().flatten().next()?;
        let (level, name) = (number::percent(band.conf_level), band.name());
        let limits = match self.limits {
            true => format!("Dark: pointwise {level} limits. Light"),
            false => "Shaded".to_owned(),
        };
        Some(format!("{limits}: simultaneous {level} {name}."))
    }

    fn lines(&self, style: &PlotStyle) -> Result<Vec<Line<'_>>> {
        let curves = self.fit.curves();
        let ends = curves.iter().map(|own| (own.first_time(), own.last_time().unwrap_or(0.0)));
        let span = Span::new(ends, style);
        let edges = style.edges(curves.len());
        let drawn = curves.iter().enumerate().map(|(at, curve)| {
            let band = self.bands.get(at).and_then(Option::as_deref);
            self.line(curve, band, Sieve::new(curve.n_rows(), edges, span))
        });
        drawn.collect()
    }
}

impl Curves {
    fn line<'c>(
        &self,
        curve: &'c SurvivalCurve,
        band: Option<&Band>,
        mut sieve: Sieve,
    ) -> Result<Line<'c>> {
        let mut kept = Vec::new();
        let rows = curve.rows_where(|own| {
            let keeps = sieve.keeps(own.time, own.next, own.is_censored);
            kept.extend(keeps.then_some(own.at));
            keeps
        });
        let rows: Vec<CurveRow> = rows.collect();
        let step = |(row, at): (&CurveRow, usize)| Step {
            band: band.and_then(|own| own.lower[at].zip(own.upper[at])),
            ..Step::of(row, self.limits)
        };
        Ok(Line {
            label: names::group(curve.levels()),
            summary: summary(curve, self.counted)?,
            end: curve.last_time().unwrap_or(0.0),
            median: curve.median(),
            counts: Some(Box::new(|time| counts(curve, time))),
            counted: self.counted,
            steps: rows.iter().zip(kept).map(step).collect(),
            dots: Vec::new(),
            printed: Vec::new(),
        })
    }
}

/// At risk at a time; events and censorings up to it, as R's `summary(fit, times)` adds them up.
fn counts(curve: &SurvivalCurve, time: f64) -> [f64; 3] {
    let [events, censored] = curve.left_by(time);
    [at_risk(curve, time), events, censored]
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
