//! Forest plots: hazard ratios with their intervals on a logarithmic axis.

use super::frame::{self, Axis, EDGE, GAP, LEADING, SIZE, words_width};
use super::style::PlotStyle;
use crate::error::{Error, Result};
use crate::figure::{
    Anchor, Area, Figure, GUIDE, Group, INK, MM, Pen, Scale, Scene, Shape, Text, colour,
};
use crate::report::number;

/// A ratio with its limits; none where there is no limit on that side.
#[derive(Debug, Clone)]
pub(in crate::report) struct Estimate {
    /// 0 or none (∞) where the estimate is infinite.
    pub(in crate::report) ratio: Option<f64>,
    pub(in crate::report) lower: Option<f64>,
    pub(in crate::report) upper: Option<f64>,
    /// Whether there is anything to draw.
    pub(in crate::report) exists: bool,
    /// `0.59 (0.42–0.82)`.
    pub(in crate::report) words: String,
    pub(in crate::report) p: String,
}

/// A line of the table.
#[derive(Debug, Clone, Default)]
pub(in crate::report) struct Row {
    pub(in crate::report) label: String,
    /// Whether it belongs to a row before.
    pub(in crate::report) indented: bool,
    pub(in crate::report) counts: Option<(f64, f64)>,
    /// Whether it is what others are compared with.
    pub(in crate::report) reference: bool,
    /// One for every model, where it has one.
    pub(in crate::report) estimates: Vec<Option<Estimate>>,
}

/// A forest plot.
#[derive(Debug)]
pub(in crate::report) struct ForestPlot {
    /// What the models are called; a single one needs no name.
    pub(in crate::report) models: Vec<&'static str>,
    /// The heads of the columns of every model: the estimate and what stands beside it.
    pub(in crate::report) heads: [String; 2],
    /// The name of the axis.
    pub(in crate::report) axis: &'static str,
    pub(in crate::report) rows: Vec<Row>,
    pub(in crate::report) title: String,
    pub(in crate::report) caveats: Vec<String>,
}

/// Height of a row with one estimate, where there is room and where there is little, and what
/// another estimate adds.
const ROW: f64 = 11.0;
const LOW: f64 = 8.2;
const MORE: f64 = 5.0;
/// Millimetres of height that journals print.
const PAGE: f64 = 230.0;
/// Half the side of a square.
const HALF: f64 = 2.3;
/// The least width of the panel, and what it keeps where labels are long.
const LEAST: f64 = 70.0;
const PANEL: f64 = 130.0;
/// Indentation of levels.
const INDENT: f64 = 8.0;
/// How far beyond the estimates limits are followed, as a factor.
const FAR: f64 = 6.0;

/// Where everything is.
struct Layout<'p> {
    plot: &'p ForestPlot,
    /// Those of this page.
    rows: &'p [Row],
    style: &'p PlotStyle,
    header: Vec<Text>,
    axis: Axis,
    panel: Area,
    columns: Columns,
    row: f64,
    width: f64,
    height: f64,
    footer: Vec<String>,
}

impl ForestPlot {
    /// Draws it.
    ///
    /// # Errors
    /// A width with no room for the words; nothing to draw.
    pub(in crate::report) fn draw(&self, style: &PlotStyle) -> Result<Figure> {
        self.check(style)?;
        Ok(Layout::new(self, &self.rows, style)?.draw())
    }

    /// Draws it on as many figures as it needs, none of them higher than a page of a journal.
    ///
    /// # Errors
    /// As for [one](Self::draw).
    pub(in crate::report) fn pages(&self, style: &PlotStyle) -> Result<Vec<Figure>> {
        self.check(style)?;
        let pages = self.split(self.room(style).most());
        let draw = |rows: &&[Row]| Ok(Layout::new(self, rows, style)?.draw());
        pages.iter().map(draw).collect()
    }

    fn check(&self, style: &PlotStyle) -> Result<()> {
        if self.rows.iter().all(|row| row.estimates.iter().flatten().next().is_none()) {
            return Err(Error::analysis(
                "a forest plot needs a coefficient, and the model has none",
            ));
        }
        style.check()
    }

    /// Pages of at most so many rows, about equally long; what belongs to a row before stays with
    /// it where it can.
    fn split(&self, most: usize) -> Vec<&[Row]> {
        let (mut pages, mut rest) = (Vec::new(), self.rows.as_slice());
        for left in (1..=self.rows.len().div_ceil(most)).rev() {
            let even = rest.len().div_ceil(left);
            let whole = |&at: &usize| rest.get(at).is_none_or(|row| !row.indented);
            let at = (even..=most.min(rest.len())).find(whole).unwrap_or(even);
            pages.push(&rest[..at]);
            rest = &rest[at..];
        }
        pages
    }

    /// The room beside the rows.
    fn room(&self, style: &PlotStyle) -> Room {
        let inner = style.width.millimetres() / MM - 2.0 * EDGE;
        let header = frame::title(style, inner);
        let footer = frame::footer(&self.caveats, inner);
        let heads = if self.models.len() > 1 { 2.0 } else { 1.0 };
        Room {
            top: EDGE + frame::title_height(&header) + LEADING * heads + GAP,
            under: frame::below(true) + EDGE + LEADING * footer.len() as f64,
            more: MORE * (self.models.len() - 1) as f64,
            header,
            footer,
        }
    }

    /// Whether any row has subjects and events.
    fn counts(&self) -> bool {
        self.rows.iter().any(|row| row.counts.is_some())
    }

    fn estimates(&self) -> impl Iterator<Item = &Estimate> {
        self.rows.iter().flat_map(|row| row.estimates.iter().flatten()).filter(|own| own.exists)
    }

    /// The ends of the axis: all limits, but not further from the estimates than a factor. Of an
    /// infinite estimate the one limit that it has counts as the estimate.
    fn domain(&self) -> (f64, f64) {
        let finite = |own: &f64| own.is_finite() && *own > 0.0;
        let known = |own: &Estimate| {
            let ratio = own.ratio.filter(finite);
            ratio.or(own.lower.filter(finite)).or(own.upper.filter(finite))
        };
        let ratios: Vec<f64> = self.estimates().filter_map(known).collect();
        let least = ratios.iter().copied().fold(1.0, f64::min);
        let most = ratios.iter().copied().fold(1.0, f64::max);
        let limits =
            |of: fn(&Estimate) -> Option<f64>| self.estimates().filter_map(of).filter(finite);
        let lower = limits(|own| own.lower).fold(least, f64::min).max(least / FAR);
        let upper = limits(|own| own.upper).fold(most, f64::max).min(most * FAR);
        // So that 1 and something on both sides is on the axis.
        (lower.min(0.8) * 0.9, upper.max(1.25) * 1.1)
    }
}

/// What stands above and below the rows, and the room that is left to them.
struct Room {
    header: Vec<Text>,
    footer: Vec<String>,
    top: f64,
    under: f64,
    /// What a row is higher by than one with a single estimate.
    more: f64,
}

impl Room {
    fn rows(&self) -> f64 {
        PAGE / MM - self.top - GAP - self.under
    }

    /// Rows that a page has room for.
    fn most(&self) -> usize {
        ((self.rows() / (LOW + self.more)) as usize).max(1)
    }

    /// The height of one of so many.
    fn row(&self, rows: usize) -> f64 {
        let (low, usual) = (LOW + self.more, ROW + self.more);
        (self.rows() / rows as f64).clamp(low, usual)
    }
}

/// Ticks of a logarithmic axis: so dense as there is room for.
pub(super) fn ticks((low, high): (f64, f64), room: f64) -> Vec<(f64, String)> {
    const DENSE: &[f64] =
        &[1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    const SERIES: [&[f64]; 5] =
        [DENSE, &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let tick = |value: f64| (value, number::time(value));
    let on = |series: &[f64], every: i32| -> Vec<(f64, String)> {
        let decades = (first..=last).filter(|power| power % every == 0);
        let all = decades.flat_map(|power| series.iter().map(move |own| own * 10f64.powi(power)));
        all.filter(|own| (low..=high).contains(own)).map(tick).collect()
    };
    let fits = |ticks: &[(f64, String)]| {
        let place = |value: f64| (value / low).ln() / (high / low).ln() * room;
        ticks.windows(2).all(|own| {
            let needs = (words_width(&own[0].1) + words_width(&own[1].1)) / 2.0 + GAP;
            place(own[1].0) - place(own[0].0) >= needs
        })
    };
    let candidates = SERIES.iter().map(|own| on(own, 1)).chain((2..400).map(|own| on(&[1.0], own)));
    let mut candidates = candidates.filter(|own| fits(own));
    candidates.next().unwrap_or_else(|| vec![tick(1.0)])
}

/// How wide the words are.
struct Widths {
    label: f64,
    /// n and events, where rows have them.
    counts: Option<[f64; 2]>,
    /// An estimate and what stands beside it, for every model.
    models: Vec<[f64; 2]>,
}

impl Widths {
    fn new(plot: &ForestPlot) -> Self {
        let indented =
            |row: &Row| words_width(&row.label) + if row.indented { INDENT } else { 0.0 };
        let counts = |which: fn(&(f64, f64)) -> f64, name: &str| {
            let words = plot.rows.iter().filter_map(|row| row.counts.as_ref());
            let widths = words.map(|own| words_width(&number::count(which(own))));
            widths.chain([bold_width(name)]).fold(0.0, f64::max)
        };
        let counts = || [counts(|own| own.0, "n"), counts(|own| own.1, "Events")];
        Self {
            label: plot.rows.iter().map(indented).fold(0.0, f64::max),
            counts: plot.counts().then(counts),
            models: (0..plot.models.len()).map(|model| Self::of_model(plot, model)).collect(),
        }
    }

    fn of_model(plot: &ForestPlot, model: usize) -> [f64; 2] {
        let [interval, beside] = &plot.heads;
        let own = || plot.rows.iter().filter_map(|row| row.estimates.get(model)?.as_ref());
        let heads =
            [bold_width(interval), bold_width(plot.models[model]), words_width("Reference")];
        let estimates = own().map(|own| words_width(&own.words)).chain(heads);
        let p = own().map(|own| words_width(&own.p)).chain([bold_width(beside)]);
        [estimates.fold(0.0, f64::max), p.fold(0.0, f64::max)]
    }

    /// Those of the columns between label and panel.
    fn before(&self) -> f64 {
        self.counts.map_or(0.0, |[n, events]| n + events + 4.0 * GAP) + 3.0 * GAP
    }

    /// Those of the columns after the panel.
    fn after(&self) -> f64 {
        self.models.iter().map(|own| own[0] + own[1] + 4.0 * GAP).sum()
    }

    /// What labels may take: a third, and more where the panel does not need it.
    fn label_within(&self, width: f64) -> f64 {
        let spare = width - 2.0 * EDGE - self.before() - self.after() - PANEL;
        self.label.min(spare.max(width * 0.34))
    }
}

fn bold_width(words: &str) -> f64 {
    Text::new((0.0, 0.0), words, SIZE).bold().width()
}

/// Where columns are.
struct Columns {
    /// Room for labels.
    label: f64,
    /// Right edges of the columns before the panel: n, events.
    before: [f64; 2],
    /// The edges of the panel.
    panel: (f64, f64),
    /// Left edges of the columns after it: an estimate and its p for every model.
    after: Vec<(f64, f64)>,
}

impl Columns {
    fn new(widths: &Widths, width: f64) -> Result<Self> {
        let label = widths.label_within(width);
        let left = EDGE + label + widths.before();
        let right = width - EDGE - widths.after();
        if right - left < LEAST {
            let least = (width + LEAST - (right - left)) * MM;
            return Err(Error::option(format!(
                "the table beside the forest plot leaves it no room: make the figure {least:.0} mm \
                 wide or more (--plot-width)"
            )));
        }
        let [n, events] = widths.counts.unwrap_or_default();
        let n = EDGE + label + 2.0 * GAP + n;
        let mut x = right;
        let column = |own: &[f64; 2]| {
            let estimate = x + 2.0 * GAP;
            let p = estimate + own[0] + GAP;
            x = p + own[1] + GAP;
            (estimate, p)
        };
        let after = widths.models.iter().map(column).collect();
        Ok(Self { label, before: [n, n + 2.0 * GAP + events], panel: (left, right), after })
    }
}

impl<'p> Layout<'p> {
    fn new(plot: &'p ForestPlot, rows: &'p [Row], style: &'p PlotStyle) -> Result<Self> {
        let width = style.width.millimetres() / MM;
        let columns = Columns::new(&Widths::new(plot), width)?;
        let (left, right) = columns.panel;
        let room = plot.room(style);
        let row = room.row(rows.len());
        let bottom = room.top + row * rows.len() as f64 + GAP;
        let domain = plot.domain();
        let scale = Scale { domain: (domain.0.ln(), domain.1.ln()), range: (left, right) };
        let ticks = ticks(domain, right - left);
        let ticks = ticks.into_iter().map(|(value, words)| (value.ln(), words)).collect();
        let name = style.x_label.clone().unwrap_or_else(|| plot.axis.to_owned());
        Ok(Self {
            plot,
            rows,
            style,
            axis: Axis { scale, name, ticks },
            panel: Area { left, top: room.top, right, bottom },
            columns,
            row,
            width,
            height: bottom + room.under,
            header: room.header,
            footer: room.footer,
        })
    }

    fn draw(&self) -> Figure {
        let mut root = Group::new("forest-plot").with(self.header.iter().cloned());
        root.push(self.head());
        root.push(self.unity());
        root.push(frame::bottom(&self.axis, &self.panel));
        root = root.with((0..self.rows.len()).map(|at| self.draw_row(at)));
        let y = self.panel.bottom + frame::below(true);
        root = root.with(frame::caveats(&self.footer, y));
        Figure::new(Scene {
            width: self.width,
            height: self.height,
            title: self.style.title.clone().unwrap_or_else(|| self.plot.title.clone()),
            description: self.description(),
            root,
        })
    }

    fn description(&self) -> String {
        let words = |row: &Row| {
            let own: Vec<String> = row
                .estimates
                .iter()
                .flatten()
                .map(|own| format!("{}, {}", own.words, own.p))
                .collect();
            format!("{}: {}", row.label, own.join("; "))
        };
        let rows = self.rows.iter().filter(|row| row.estimates.iter().any(Option::is_some));
        let all: Vec<String> = rows.map(words).chain(self.plot.caveats.clone()).collect();
        all.join(". ")
    }

    fn head(&self) -> Group {
        let baseline = self.panel.top - GAP - 1.0;
        let bold = |x: f64, words: &str| Text::new((x, baseline), words, SIZE).bold();
        let mut group = Group::new("head");
        if self.plot.counts() {
            group.push(bold(self.columns.before[0], "n").anchor(Anchor::End));
            group.push(bold(self.columns.before[1], "Events").anchor(Anchor::End));
        }
        let [interval, beside] = &self.plot.heads;
        for (at, (&(estimate, p), name)) in
            self.columns.after.iter().zip(&self.plot.models).enumerate()
        {
            group.push(bold(estimate, interval));
            group.push(bold(p, beside));
            if self.plot.models.len() > 1 {
                let above = Text::new((estimate, baseline - LEADING), *name, SIZE).bold();
                group.push(above.colour(self.ink(at)));
            }
        }
        let rule = vec![(EDGE, self.panel.top - 2.0), (self.width - EDGE, self.panel.top - 2.0)];
        group.push(Shape::line(rule, Pen::new(INK, 0.5)));
        group
    }

    /// Two models are told apart by colour and by their marks.
    fn ink(&self, model: usize) -> &'static str {
        if self.plot.models.len() > 1 { colour(model) } else { INK }
    }

    fn unity(&self) -> Shape {
        let x = self.axis.scale.place(0.0);
        let points = vec![(x, self.panel.top), (x, self.panel.bottom)];
        Shape::line(points, Pen::new(GUIDE, 0.8))
    }

    fn draw_row(&self, at: usize) -> Group {
        let row = &self.rows[at];
        let middle = self.panel.top + self.row * (at as f64 + 0.5) + GAP / 2.0;
        let baseline = middle + SIZE * 0.36;
        let mut group = Group::new("row").data("row", &row.label);
        let indent = if row.indented { INDENT } else { 0.0 };
        let label = Text::new((EDGE + indent, baseline), &row.label, SIZE);
        group.push(label.fitted(self.columns.label - indent + 0.01).class("label"));
        if let Some((n, events)) = row.counts {
            for (x, own) in self.columns.before.into_iter().zip([n, events]) {
                let text = Text::new((x, baseline), number::count(own), SIZE);
                group.push(text.anchor(Anchor::End).class("count"));
            }
        }
        if row.reference {
            group.push(
                Text::new((self.columns.after[0].0, baseline), "Reference", SIZE).class("estimate"),
            );
            group.push(self.square((self.axis.scale.place(0.0), middle), INK, true));
        }
        let several = row.estimates.len() > 1;
        for (model, own) in row.estimates.iter().enumerate() {
            let Some(own) = own else { continue };
            let (estimate, p) = self.columns.after[model];
            group.push(Text::new((estimate, baseline), &own.words, SIZE).class("estimate"));
            group.push(Text::new((p, baseline), &own.p, SIZE).class("p"));
            let shift = if several { (model as f64 - 0.5) * 6.0 } else { 0.0 };
            group = group.with(self.mark(own, middle + shift, model));
        }
        group
    }

    /// A square at the estimate and a line to its limits; an arrow where these leave the axis.
    fn mark(&self, own: &Estimate, y: f64, model: usize) -> Vec<Shape> {
        if !own.exists {
            return Vec::new();
        }
        let ink = self.ink(model);
        let place = |ratio: f64| self.axis.scale.place(ratio.ln());
        let Area { left, right, .. } = self.panel;
        let lower = own.lower.filter(|own| *own > 0.0).map_or(f64::NEG_INFINITY, place);
        let upper = own.upper.map_or(f64::INFINITY, place);
        let ends = (lower.clamp(left, right), upper.clamp(left, right));
        let pen = Pen::new(ink, 0.9);
        let mut shapes = vec![Shape::line(vec![(ends.0, y), (ends.1, y)], pen).class("interval")];
        if lower < left {
            shapes.push(arrow((left, y), 1.0, ink));
        }
        if upper > right {
            shapes.push(arrow((right, y), -1.0, ink));
        }
        let ratio = own.ratio.filter(|own| *own > 0.0).map(place);
        if let Some(x) = ratio.filter(|x| (left..=right).contains(x)) {
            let hollow = model + 1 < self.plot.models.len();
            shapes.push(self.square((x, y), ink, hollow).class("ratio"));
        }
        shapes
    }

    fn square(&self, (x, y): (f64, f64), ink: &'static str, hollow: bool) -> Shape {
        let area = Area { left: x, top: y, right: x, bottom: y }.grown(HALF);
        let fill = if hollow { "#ffffff" } else { ink };
        Shape { pen: Some(Pen::new(ink, 0.8)), ..Shape::area(area, fill, 1.0) }
    }
}

/// The head of an arrow at the edge of the panel.
fn arrow((x, y): (f64, f64), inwards: f64, ink: &'static str) -> Shape {
    let base = x + inwards * 3.5;
    Shape::filled(vec![(x, y), (base, y - 2.0), (base, y + 2.0)], ink, 1.0).class("arrow")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(ratio: Option<f64>, lower: Option<f64>, upper: Option<f64>) -> Estimate {
        Estimate { ratio, lower, upper, exists: true, words: "1 (1–1)".into(), p: "1.00".into() }
    }

    fn plot(estimates: Vec<Estimate>) -> ForestPlot {
        let row = |own| Row { label: "age".into(), estimates: vec![Some(own)], ..Row::default() };
        ForestPlot {
            models: vec![""],
            heads: ["HR".into(), "p".into()],
            axis: "Hazard ratio",
            rows: estimates.into_iter().map(row).collect(),
            title: String::new(),
            caveats: Vec::new(),
        }
    }

    fn shapes(figure: &Figure, class: &str) -> usize {
        figure.scene().root.shapes().iter().filter(|own| own.class == class).count()
    }

    #[test]
    fn a_limit_that_leaves_the_axis_has_an_arrow() {
        let own = plot(vec![
            estimate(Some(2.0), Some(0.5), Some(400.0)),
            estimate(Some(0.0), Some(0.0), Some(0.4)),
            estimate(None, Some(3.0), None),
        ]);
        let figure = own.draw(&PlotStyle::default()).unwrap();
        assert_eq!((shapes(&figure, "arrow"), shapes(&figure, "ratio")), (3, 1));
    }

    #[test]
    fn what_lies_on_the_axis_has_none() {
        let figure = plot(vec![estimate(Some(0.7), Some(0.5), Some(0.9))]);
        let figure = figure.draw(&PlotStyle::default()).unwrap();
        assert_eq!((shapes(&figure, "arrow"), shapes(&figure, "ratio")), (0, 1));
    }

    #[test]
    fn ticks_of_a_logarithmic_axis_have_room() {
        for (low, high, room) in [(0.5, 2.0, 100.0), (0.01, 100.0, 80.0), (1e-30, 1e30, 70.0)] {
            let own = ticks((low, high), room);
            assert!(own.iter().any(|(value, _)| *value == 1.0), "{own:?}");
            let place = |value: f64| (value / low).ln() / (high / low).ln() * room;
            let apart = own.windows(2).all(|own| place(own[1].0) - place(own[0].0) > 4.0);
            assert!(apart && own.len() < 30, "{own:?}");
        }
    }

    #[test]
    fn too_narrow_a_figure_says_how_wide() {
        use crate::report::PlotWidth;
        let own = plot(vec![estimate(Some(0.7), Some(0.5), Some(0.9))]);
        let style = PlotStyle { width: PlotWidth::Millimetres(50.0), ..PlotStyle::default() };
        let error = own.draw(&style).unwrap_err().to_string();
        assert!(error.contains("mm wide or more"), "{error}");
    }
}
