//! The panel of a plot: its axes with ticks and names.

use super::style::PlotStyle;
use crate::figure::{Anchor, Area, Group, INK, Pen, Scale, Shape, Text, wrapped};

/// Size of the words at axes and in tables.
pub(super) const SIZE: f64 = 7.0;
/// Size of a figure's title.
const TITLE: f64 = 9.0;
/// From one line of words to the next.
pub(super) const LEADING: f64 = 9.5;
/// Room around a figure.
pub(super) const EDGE: f64 = 6.0;
/// Room between things.
pub(super) const GAP: f64 = 4.0;

const TICK: f64 = 3.0;
const AXIS: Pen = Pen::new(INK, 0.6);

/// An axis: its scale, its name, and where ticks stand with their words.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) scale: Scale,
    pub(super) name: String,
    pub(super) ticks: Vec<(f64, String)>,
}

/// The lines of a figure's title.
pub(super) fn title(style: &PlotStyle, width: f64) -> Vec<Text> {
    let Some(title) = &style.title else { return Vec::new() };
    let lines = wrapped(title, width, TITLE * 1.08);
    let text = |(at, words): (usize, String)| {
        Text::new((EDGE, EDGE + TITLE + LEADING * 1.2 * at as f64), words, TITLE)
            .bold()
            .class("title")
    };
    lines.into_iter().enumerate().map(text).collect()
}

/// Room that the lines of a title take.
pub(super) fn title_height(lines: &[Text]) -> f64 {
    LEADING * 1.2 * lines.len() as f64
}

/// Lines of what must stand under a figure.
pub(super) fn footer(caveats: &[String], width: f64) -> Vec<String> {
    caveats.iter().flat_map(|own| wrapped(own, width, SIZE)).collect()
}

/// These lines from `top` on.
pub(super) fn caveats(lines: &[String], top: f64) -> impl Iterator<Item = Text> {
    lines.iter().enumerate().map(move |(at, words)| {
        let place = (EDGE, top + SIZE + LEADING * at as f64);
        Text::new(place, words, SIZE).class("caveat")
    })
}

/// Room that a horizontal axis takes under its line.
pub(super) fn below(named: bool) -> f64 {
    TICK + 2.0 + LEADING + if named { LEADING + 2.0 } else { 0.0 }
}

/// Room that a vertical axis takes before its line.
pub(super) fn before(ticks: &[(f64, String)], named: bool) -> f64 {
    let widest = ticks.iter().map(|(_, words)| words_width(words)).fold(0.0, f64::max);
    TICK + 2.0 + widest + if named { LEADING + 2.0 } else { 0.0 }
}

/// The width of words at axes and in tables.
pub(super) fn words_width(words: &str) -> f64 {
    Text::new((0.0, 0.0), words, SIZE).width()
}

/// The axis at the bottom.
pub(super) fn bottom(axis: &Axis, panel: &Area) -> Group {
    let line = Shape::line(vec![(panel.left, panel.bottom), (panel.right, panel.bottom)], AXIS);
    let mut group = Group::new("axis x").with([line]);
    let baseline = panel.bottom + TICK + 2.0 + SIZE;
    for (value, words) in &axis.ticks {
        let x = axis.scale.place(*value);
        group.push(Shape::line(vec![(x, panel.bottom), (x, panel.bottom + TICK)], AXIS));
        group.push(Text::new((x, baseline), words, SIZE).anchor(Anchor::Middle).class("tick"));
    }
    if !axis.name.is_empty() {
        let middle = (panel.left + panel.right) / 2.0;
        let name = Text::new((middle, baseline + LEADING + 2.0), &axis.name, SIZE);
        group.push(name.anchor(Anchor::Middle).fitted(panel.width()));
    }
    group
}

/// The axis at the left.
pub(super) fn left(axis: &Axis, panel: &Area) -> Group {
    let line = Shape::line(vec![(panel.left, panel.top), (panel.left, panel.bottom)], AXIS);
    let mut group = Group::new("axis y").with([line]);
    for (value, words) in &axis.ticks {
        let y = axis.scale.place(*value);
        group.push(Shape::line(vec![(panel.left - TICK, y), (panel.left, y)], AXIS));
        let at = (panel.left - TICK - 2.0, y + SIZE * 0.36);
        group.push(Text::new(at, words, SIZE).anchor(Anchor::End).class("tick"));
    }
    if !axis.name.is_empty() {
        let x = panel.left - before(&axis.ticks, true) + SIZE;
        let name = Text::new((x, (panel.top + panel.bottom) / 2.0), &axis.name, SIZE);
        group.push(name.anchor(Anchor::Middle).upright().fitted(panel.height()));
    }
    group
}
