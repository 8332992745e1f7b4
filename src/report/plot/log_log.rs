//! ln(−ln S(t)) against ln t: of proportional hazards the curves are parallel.

use super::frame::{self, Axis, EDGE, GAP, LEADING};
use super::legend::Legend;
use super::style::PlotStyle;
use super::survival::{Line, SurvivalPlot};
use crate::error::{Error, Result};
use crate::figure::{
    Area, Figure, Group, MM, Point, Scale, Scene, Shape, Steps, pen, ticks_between,
};
use crate::report::number;

/// Draws the curves of a survival plot so.
///
/// # Errors
/// No event after time 0 with somebody left; a style that cannot be drawn.
pub(super) fn draw(plot: &SurvivalPlot<'_>, style: &PlotStyle) -> Result<Figure> {
    let lines: Vec<Vec<Point>> = plot.lines.iter().map(staircase).collect();
    let all = || lines.iter().flatten();
    if all().next().is_none() {
        return Err(Error::analysis(
            "ln(-ln S(t)) needs an event after time 0, before all have had it",
        ));
    }
    let span = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |own, value| {
            (own.0.min(value), own.1.max(value))
        });
        let more = if high > low { 0.04 * (high - low) } else { 0.5 };
        (low - more, high + more)
    };
    let x = span(&mut all().map(|own| own.0));
    let y = span(&mut all().map(|own| own.1));
    let width = style.width.millimetres() / MM;
    let inner = width - 2.0 * EDGE;
    let step = Steps::Decimal.at_least((y.1 - y.0) / 6.0);
    let heights: Vec<(f64, String)> =
        ticks_between(step, y).into_iter().map(|own| (own, number::tick(own))).collect();
    let (left, right) = (EDGE + frame::before(&heights, true), width - 2.0 * EDGE);
    let header = frame::title(style, inner);
    let names: Vec<&str> = plot.lines.iter().map(|own| own.label.as_str()).collect();
    let legend = (names.len() > 1).then(|| Legend::new(&names, right - left));
    let gap = if header.is_empty() { 0.0 } else { GAP };
    let top = EDGE + frame::title_height(&header) + gap;
    let panel_top = top + legend.as_ref().map_or(0.0, Legend::height) + GAP;
    let panel = Area { left, top: panel_top, right, bottom: panel_top + 0.5 * width };
    let across = Scale { domain: x, range: (left, right) };
    let down = Scale { domain: y, range: (panel.bottom, panel.top) };
    let ticks = super::forest::ticks((x.0.exp(), x.1.exp()), right - left);
    let ticks = ticks.into_iter().map(|(value, words)| (value.ln(), words)).collect();
    let times = Axis { scale: across, name: format!("{}, logarithmic", style.time_label()), ticks };
    let name = style.y_label.clone().unwrap_or_else(|| "ln(−ln S(t))".to_owned());
    let heights = Axis { scale: down, name, ticks: heights };
    let mut root = Group::new("log-log-plot").with(header);
    root = root.with(legend.map(|own| own.draw(left, top, right - left)));
    let place = |points: &Vec<Point>| {
        points.iter().map(|own| (across.place(own.0), down.place(own.1))).collect::<Vec<_>>()
    };
    for (at, (points, line)) in lines.iter().zip(&plot.lines).enumerate() {
        let mut group = Group::new("curve").data("group", &line.label).titled(&line.summary);
        group.push(Shape::line(place(points), pen(at, 1.2)).class("estimate"));
        root.push(group);
    }
    root = root.with([frame::bottom(&times, &panel), frame::left(&heights, &panel)]);
    let (bottom, footer) = (panel.bottom + frame::below(true), frame::footer(&plot.caveats, inner));
    root = root.with(frame::caveats(&footer, bottom));
    Ok(Figure::new(Scene {
        width,
        height: bottom + LEADING * footer.len() as f64 + EDGE,
        title: style.title.clone().unwrap_or_else(|| plot.title.clone()),
        description: plot
            .lines
            .iter()
            .map(|own| own.summary.clone())
            .collect::<Vec<_>>()
            .join(". "),
        root,
    }))
}

/// The curve where both logarithms exist.
fn staircase(line: &Line<'_>) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for own in &line.steps {
        if !(own.time > 0.0 && own.survival > 0.0 && own.survival < 1.0) {
            continue;
        }
        let place = (own.time.ln(), (-own.survival.ln()).ln());
        if let Some(&(_, before)) = points.last() {
            points.push((place.0, before));
        }
        points.push(place);
    }
    points
}
