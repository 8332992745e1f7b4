//! Small plots side by side: β(t) for the test of proportional hazards.

use std::collections::HashSet;

use super::frame::{self, Axis, EDGE, GAP, LEADING, SIZE, words_width};
use super::style::PlotStyle;
use crate::cox::{PhCurve, PhPoint};
use crate::error::{Error, Result};
use crate::figure::{
    Area, FAINT, Figure, GUIDE, Group, MM, Pen, Point, Scale, Scene, Shape, Steps, Text, colour,
    ticks_between,
};
use crate::report::number;

/// β(t) of a coefficient.
#[derive(Debug, Clone)]
pub(in crate::report) struct PhPanel {
    pub(in crate::report) name: String,
    /// The test of its term, in a line.
    pub(in crate::report) told: String,
    pub(in crate::report) coef: f64,
    pub(in crate::report) curve: PhCurve,
}

/// β(t) of every coefficient.
#[derive(Debug)]
pub(in crate::report) struct PhPlot {
    pub(in crate::report) panels: Vec<PhPanel>,
    pub(in crate::report) title: String,
    pub(in crate::report) caveats: Vec<String>,
}

/// The least width of a panel with its axis.
const LEAST: f64 = 150.0;
/// Height of a panel as a share of its width.
const SHAPE: f64 = 0.62;
/// Half the side of a mark.
const HALF: f64 = 0.9;
/// Marks up to which all are drawn.
const MOST: usize = 2000;

impl PhPlot {
    /// Draws it.
    ///
    /// # Errors
    /// Nothing to draw; a style that cannot be drawn.
    pub(in crate::report) fn draw(&self, style: &PlotStyle) -> Result<Figure> {
        style.check()?;
        if self.panels.iter().all(|own| own.curve.events.is_empty()) {
            return Err(Error::analysis("the model has no coefficient with an estimate to draw"));
        }
        let width = style.width.millimetres() / MM;
        let inner = width - 2.0 * EDGE;
        let columns = ((inner / LEAST).floor().max(1.0) as usize).min(self.panels.len());
        let cell = inner / columns as f64;
        let header = frame::title(style, inner);
        let top = EDGE + frame::title_height(&header);
        let height = cell * SHAPE + 2.0 * LEADING + GAP + frame::below(true);
        let mut root = Group::new("ph-plot").with(header);
        for (at, panel) in self.panels.iter().enumerate() {
            let (row, column) = (at / columns, at % columns);
            let (left, top) = (EDGE + cell * column as f64, top + height * row as f64);
            let cell = Area { left, top, right: left + cell - 2.0 * GAP, bottom: top + height };
            root.push(draw_panel(panel, &cell, style));
        }
        let rows = self.panels.len().div_ceil(columns);
        let (bottom, footer) = (top + height * rows as f64, frame::footer(&self.caveats, inner));
        root = root.with(frame::caveats(&footer, bottom));
        let words = |own: &PhPanel| format!("{}: {}", own.name, own.told);
        let description: Vec<String> = self.panels.iter().map(words).collect();
        Ok(Figure::new(Scene {
            width,
            height: bottom + LEADING * footer.len() as f64 + EDGE,
            title: style.title.clone().unwrap_or_else(|| self.title.clone()),
            description: description.join(". "),
            root,
        }))
    }
}

/// The range of values, a little wider.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|own| own.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |own, value| {
            (own.0.min(value), own.1.max(value))
        });
    let more = if high > low { 0.03 * (high - low) } else { 0.5 };
    (low - more, high + more)
}

fn draw_panel(own: &PhPanel, cell: &Area, style: &PlotStyle) -> Group {
    let (events, smooth) = (&own.curve.events, &own.curve.smooth);
    let heights = events.iter().map(|own| own.beta).chain(smooth.iter().map(|own| own.estimate));
    let y = range(heights.chain([0.0, own.coef]));
    let x = range(events.iter().map(|own| own.g));
    let step = Steps::Decimal.at_least((y.1 - y.0) / 5.0);
    let y_ticks: Vec<(f64, String)> =
        ticks_between(step, y).into_iter().map(|own| (own, number::tick(own))).collect();
    let top = cell.top + 2.0 * LEADING + GAP;
    let bottom = cell.bottom - frame::below(true);
    let panel =
        Area { left: cell.left + frame::before(&y_ticks, true), top, right: cell.right, bottom };
    let across = Scale { domain: x, range: (panel.left, panel.right) };
    let down = Scale { domain: y, range: (panel.bottom, panel.top) };
    let room = cell.right - cell.left;
    let mut group = Group::new("panel").data("coefficient", &own.name);
    group.push(Text::new((cell.left, cell.top + SIZE), &own.name, SIZE).bold().fitted(room));
    group.push(Text::new((cell.left, cell.top + SIZE + LEADING), &own.told, SIZE).fitted(room));
    let level = |height: f64, pen: Pen| {
        let y = down.place(height);
        Shape::line(vec![(panel.left, y), (panel.right, y)], pen)
    };
    group.push(level(0.0, Pen::new(GUIDE, 0.7)));
    group.push(level(own.coef, Pen::new(colour(1), 0.8).dashed(&[4.0, 2.0])));
    let within = |(x, y): Point| (x, y.clamp(panel.top, panel.bottom));
    let at = |own: &PhPoint, height: f64| within((across.place(own.g), down.place(height)));
    if !smooth.is_empty() {
        let upper = smooth.iter().map(|own| at(own, own.upper));
        let lower = smooth.iter().rev().map(|own| at(own, own.lower));
        group.push(Shape::filled(upper.chain(lower).collect(), colour(0), 0.14).class("band"));
    }
    let places = events.iter().map(|own| (across.place(own.g), down.place(own.beta)));
    group = group.with(apart(places.collect()).into_iter().map(|(x, y)| {
        let area = Area { left: x, top: y, right: x, bottom: y }.grown(HALF);
        Shape::area(area, FAINT, 1.0).class("residual")
    }));
    if !smooth.is_empty() {
        let line = smooth.iter().map(|own| at(own, own.estimate)).collect();
        group.push(Shape::line(line, Pen::new(colour(0), 1.2)).class("smooth"));
    }
    let times = Axis { scale: across, name: style.time_label(), ticks: times(own, &across) };
    let name = style.y_label.clone().unwrap_or_else(|| "β(t)".to_owned());
    let heights = Axis { scale: down, name, ticks: y_ticks };
    group.with([frame::bottom(&times, &panel), frame::left(&heights, &panel)])
}

/// Of very many marks those that do not cover one another to the eye.
fn apart(mut places: Vec<Point>) -> Vec<Point> {
    if places.len() > MOST {
        let mut taken = HashSet::new();
        let cell = |own: f64| (own / (HALF / 2.0)).floor() as i64;
        places.retain(|own| taken.insert((cell(own.0), cell(own.1))));
    }
    places
}

/// Times of events that stand apart on the axis, which is no scale of time.
fn times(own: &PhPanel, scale: &Scale) -> Vec<(f64, String)> {
    let mut free = f64::NEG_INFINITY;
    let mut ticks = Vec::new();
    for event in &own.curve.events {
        let (place, words) = (scale.place(event.g), number::significant(event.time, 3));
        let half = words_width(&words) / 2.0;
        let ahead = scale.range.1 + 2.0 * GAP - half;
        if place - half >= free && place <= ahead {
            free = place + half + 6.0 * GAP;
            ticks.push((event.g, words));
        }
    }
    ticks
}
