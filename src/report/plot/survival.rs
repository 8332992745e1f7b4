//! Survival curves: `km --plot`, and curves of models.

use super::course::{self, Grain, Plane, Sieve, Span, Step, bands, covered};
use super::frame::{self, Axis, EDGE, GAP, LEADING, SIZE, words_width};
use super::legend::{self, Legend};
use super::log_log;
use super::risk_table::Table;
use super::style::{Heights, Labels, PlotStyle};
use crate::error::{Error, Result};
use crate::figure::{
    Area, Figure, GUIDE, Group, MOST_GROUPS, Pen, Point, Scale, Scene, Shape, Text, colour, pen,
    ticks,
};
use crate::report::number;
use crate::report::subject::Counted;

/// At a time: how many are at risk, have had the event, were censored.
type Counts<'a> = Box<dyn Fn(f64) -> [f64; 3] + 'a>;

/// A group's curve.
pub(in crate::report) struct Line<'a> {
    pub(in crate::report) label: String,
    /// What is told about the group beside the pointer.
    pub(in crate::report) summary: String,
    pub(in crate::report) steps: Vec<Step>,
    /// When follow-up ends.
    pub(in crate::report) end: f64,
    pub(in crate::report) median: Option<f64>,
    /// None where nobody is counted, as for curves of a model.
    pub(in crate::report) counts: Option<Counts<'a>>,
    pub(in crate::report) counted: Counted,
    /// Points that the curve was made from: time and survival.
    pub(in crate::report) dots: Vec<(f64, f64)>,
    /// Numbers at risk as printed: time and number.
    pub(in crate::report) printed: Vec<(f64, f64)>,
}

impl Line<'_> {
    /// The counts at some times.
    pub(super) fn counts(&self, times: &[f64]) -> Option<Vec<[f64; 3]>> {
        let counts = self.counts.as_ref()?;
        Some(times.iter().map(|&time| counts(time)).collect())
    }
}

/// Survival curves with what is told about them.
pub(in crate::report) struct SurvivalPlot<'a> {
    pub(in crate::report) lines: Vec<Line<'a>>,
    /// Tests and ratios, line by line.
    pub(in crate::report) told: Vec<String>,
    /// What must stand under the figure, such as that the rows are no patients.
    pub(in crate::report) caveats: Vec<String>,
    /// What the figure shows, in a line.
    pub(in crate::report) title: String,
}

/// Where everything is.
struct Layout<'p, 'a> {
    plot: &'p SurvivalPlot<'a>,
    style: &'p PlotStyle,
    plane: Plane,
    panel: Area,
    times: Axis,
    shares: Axis,
    table: Option<Table>,
    grain: Grain,
    width: f64,
    height: f64,
    /// Lines of words above the panel.
    header: Vec<Text>,
    legend: Option<(Legend, f64)>,
    footer: Vec<String>,
}

/// Half the height of a censoring's mark.
const MARK: f64 = 2.2;
/// Hover areas in a figure.
const MOST_HOVER: usize = 600;
/// Share of the width that labels of the table may take.
const BESIDE: f64 = 0.3;
/// Least distance of ticks.
const TICKS: f64 = 30.0;
/// Height of the panel as a share of the figure's width.
const PANEL: f64 = 0.5;
/// The vertical axis before its place is known.
const SHARES: Scale = Scale { domain: (0.0, 1.0), range: (1.0, 0.0) };

impl SurvivalPlot<'_> {
    /// Draws it.
    ///
    /// # Errors
    /// More groups than can be told apart; a style that cannot be drawn.
    pub(in crate::report) fn draw(&self, style: &PlotStyle) -> Result<Figure> {
        style.check()?;
        if self.lines.len() > MOST_GROUPS {
            let groups = self.lines.len();
            return Err(Error::analysis(format!(
                "a figure shows up to {MOST_GROUPS} groups, and these are {groups}: make fewer, as \
                 with cut(), or a figure for each level with --by"
            )));
        }
        match style.heights {
            Heights::LogLog => log_log::draw(self, style),
            _ => Layout::new(self, style)?.draw(),
        }
    }

    /// Leaves out steps that no printer shows.
    pub(in crate::report) fn sift(&mut self, style: &PlotStyle) {
        let first = |line: &Line<'_>| {
            let time = line.steps.iter().map(|own| own.time).find(|time| *time > 0.0);
            time.unwrap_or(f64::INFINITY)
        };
        let span = Span::new(self.lines.iter().map(|line| (first(line), line.end)), style);
        let edges = style.edges(self.lines.len());
        for line in &mut self.lines {
            Sieve::new(line.steps.len(), edges, span).sift(&mut line.steps);
        }
    }

    /// The names of the curves, where there are several or one that has a name.
    fn names(&self) -> Vec<&str> {
        let names: Vec<&str> = self.lines.iter().map(|line| line.label.as_str()).collect();
        if names == [""] { Vec::new() } else { names }
    }

    /// The times at which numbers at risk were printed, where they were.
    fn printed_times(&self, end: f64) -> Option<Vec<f64>> {
        let times = self.lines.iter().flat_map(|line| &line.printed).map(|own| own.0);
        let mut times: Vec<f64> = times.filter(|own| *own <= end).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        (times.len() > 1).then_some(times)
    }

    fn end(&self, style: &PlotStyle) -> f64 {
        style.end(self.lines.iter().map(|line| line.end).fold(0.0, f64::max))
    }
}

/// What the ticks, the table under them and the panel's edges are fitted to.
struct Fitting<'p, 'a> {
    plot: &'p SurvivalPlot<'a>,
    style: &'p PlotStyle,
    width: f64,
    /// The end of the time axis.
    end: f64,
    /// How far left and right the panel may reach.
    room: (f64, f64),
    /// The times at which numbers were printed, where they were.
    printed: Option<Vec<f64>>,
}

/// The panel's edges, the ticks between them, and the table under these.
struct Columns {
    scale: Scale,
    ticks: Vec<f64>,
    table: Option<Table>,
    /// The widest number.
    widest: f64,
}

impl<'p, 'a> Fitting<'p, 'a> {
    fn new(plot: &'p SurvivalPlot<'a>, style: &'p PlotStyle, width: f64) -> Result<Self> {
        let (end, printed) = (plot.end(style), plot.printed_times(plot.end(style)));
        let axis = EDGE + frame::before(&shares(style).ticks, true);
        let names = plot.names();
        let right = match is_direct(plot, style) {
            true if legend::beside(&names) > width * 0.4 => {
                return Err(Error::option(
                    "the names of the groups are too long to stand at the ends of their curves; \
                     leave out --labels direct, or make the figure wider",
                ));
            }
            true => width - EDGE - legend::beside(&names),
            false => width - EDGE,
        };
        Ok(Self { plot, style, width, end, room: (axis, right), printed })
    }

    /// The numbers of the table and the distance of ticks depend on each other: the least distance
    /// grows until the numbers do not touch.
    fn fit(&self) -> Result<Columns> {
        let mut least = TICKS;
        loop {
            let own = self.columns(least);
            if own.apart() >= own.widest + GAP {
                return Ok(own);
            }
            if let (Some(every), None) = (self.style.every, &self.printed) {
                return Err(Error::option(format!(
                    "ticks every {} leave no room between their numbers; choose a greater distance \
                     or a wider figure",
                    number::time(every)
                )));
            }
            least = (least * 1.3).max(own.widest + GAP);
        }
    }

    /// With ticks that are at least so many points apart.
    fn columns(&self, least: f64) -> Columns {
        let ticks = self.ticks(least);
        let table =
            Table::new(&self.plot.lines, self.style.risk_table, &ticks, self.width * BESIDE);
        let widest = ticks.iter().map(|&own| words_width(&number::time(own)));
        let widest = widest.chain(table.as_ref().map(Table::widest)).fold(0.0, f64::max);
        let left = self.room.0.max(table.as_ref().map_or(0.0, Table::before));
        let scale = |right: f64| Scale { domain: (0.0, self.end), range: (left, right) };
        // The last number may hang over the right edge.
        let hang = ticks.last().map_or(0.0, |&last| {
            scale(self.room.1).place(last) + widest / 2.0 - (self.width - EDGE)
        });
        Columns { scale: scale(self.room.1 - hang.max(0.0)), ticks, table, widest }
    }

    fn ticks(&self, least: f64) -> Vec<f64> {
        let (left, right) = self.room;
        let least = least * self.end / (right - left);
        let (every, fitting) = (self.style.every, self.style.steps().at_least(least));
        match &self.printed {
            // What was printed stands where it was, as far as there is room.
            Some(times) => thinned(times, every.unwrap_or(0.0).max(fitting)),
            None => ticks(every.unwrap_or(fitting), self.end),
        }
    }
}

impl Columns {
    /// How far the two closest ticks are apart: printed times need not be equally far.
    fn apart(&self) -> f64 {
        let place = |tick: f64| self.scale.place(tick);
        let gaps = self.ticks.windows(2).map(|own| place(own[1]) - place(own[0]));
        gaps.fold(f64::INFINITY, f64::min)
    }
}

/// Whether groups are named at the ends of their curves.
fn is_direct(plot: &SurvivalPlot<'_>, style: &PlotStyle) -> bool {
    style.labels == Labels::Direct && plot.lines.len() > 1
}

impl<'p, 'a> Layout<'p, 'a> {
    fn new(plot: &'p SurvivalPlot<'a>, style: &'p PlotStyle) -> Result<Self> {
        let width = points(style.width.millimetres());
        let Columns { scale, ticks, table, .. } = Fitting::new(plot, style, width)?.fit()?;
        let (left, right) = scale.range;
        let (names, inner) = (plot.names(), width - 2.0 * EDGE);
        let legend = !names.is_empty() && !is_direct(plot, style);
        let words = |own: &f64| (*own, number::time(*own));
        let steps = plot.lines.iter().map(|line| line.steps.len()).max().unwrap_or(0);
        let mut own = Self {
            plot,
            style,
            plane: Plane { x: scale, y: SHARES, failure: style.heights == Heights::Failure },
            panel: Area { left, top: 0.0, right, bottom: 0.0 },
            times: Axis {
                scale,
                name: style.time_label(),
                ticks: ticks.iter().map(words).collect(),
            },
            shares: shares(style),
            table,
            grain: Grain::new(steps, style.edges(plot.lines.len())),
            width,
            height: 0.0,
            header: frame::title(style, inner),
            legend: legend.then(|| (Legend::new(&names, right - left), 0.0)),
            footer: frame::footer(&plot.caveats, inner),
        };
        own.stack()?;
        Ok(own)
    }

    /// Puts everything one below the other, and what is told where it covers no curve.
    fn stack(&mut self) -> Result<()> {
        let told: &[String] = if self.style.test { &self.plot.told } else { &[] };
        self.place(0)?;
        if told.is_empty() {
            return Ok(());
        }
        if let Some(place) = self.free_corner(told) {
            self.tell(told, place);
            return Ok(());
        }
        self.place(told.len())?;
        let top = self.panel.top - GAP - LEADING * told.len() as f64;
        self.tell(told, (self.panel.left, top + SIZE));
        Ok(())
    }

    /// The heights, with so many lines between legend and panel.
    fn place(&mut self, told: usize) -> Result<()> {
        let mut y = EDGE + frame::title_height(&self.header);
        if !self.header.is_empty() {
            y += GAP;
        }
        if let Some((legend, top)) = &mut self.legend {
            *top = y;
            y += legend.height();
        }
        y += LEADING * told as f64 + GAP;
        let under = frame::below(!self.times.name.is_empty());
        let table = self.table.as_ref().map_or(0.0, Table::height);
        let footer = match self.footer.len() {
            0 => 0.0,
            lines => GAP + LEADING * lines as f64,
        };
        let rest = under + table + footer + EDGE;
        let panel = match self.style.height {
            Some(height) => points(height) - y - rest,
            None => (self.width * PANEL).clamp(120.0, 320.0),
        };
        if panel < 40.0 {
            let needs = (y + rest + 40.0) * crate::figure::MM;
            return Err(Error::option(format!(
                "the figure is too low for its words and numbers: make it {needs:.0} mm high or \
                 more, or leave out --plot-height"
            )));
        }
        (self.panel.top, self.panel.bottom) = (y, y + panel);
        self.height = y + panel + rest;
        let scale = Scale { domain: (0.0, 1.0), range: (self.panel.bottom, self.panel.top) };
        (self.plane.y, self.shares.scale) = (scale, scale);
        Ok(())
    }

    /// Where lines of words cover no curve: the baseline of the first.
    fn free_corner(&self, told: &[String]) -> Option<(f64, f64)> {
        let width = told.iter().map(|own| words_width(own)).fold(0.0, f64::max);
        let (pad, height) = (5.0, LEADING * told.len() as f64);
        let Area { left, top, right, bottom } = self.panel;
        let corners = [
            (left + pad, bottom - pad - height),
            (right - pad - width, top + pad),
            (left + pad, top + pad),
            (right - pad - width, bottom - pad - height),
        ];
        let free = |&(x, y): &(f64, f64)| {
            let own = Area { left: x, top: y, right: x + width, bottom: y + height }.grown(3.0);
            own.left >= left && own.right <= right && !self.is_covered(&own)
        };
        corners.iter().find(|own| free(own)).map(|&(x, y)| (x, y + SIZE))
    }

    fn is_covered(&self, own: &Area) -> bool {
        let by_line = |line: &Line<'_>| {
            covered(&line.steps, line.end, (own.left, own.right), &self.plane)
                .is_some_and(|area| area.grown(MARK).meets(own))
        };
        let leaders = legend::leaders(&self.direct_ends(), &self.panel);
        self.plot.lines.iter().any(by_line)
            || self.guides().iter().any(|guide| guide.meets(own))
            || leaders.iter().any(|leader| own.meets_line(*leader))
    }

    fn tell(&mut self, told: &[String], (x, y): (f64, f64)) {
        for (at, words) in told.iter().enumerate() {
            let text = Text::new((x, y + LEADING * at as f64), words, SIZE).class("test");
            self.header.push(text.fitted(self.width - EDGE - x));
        }
    }

    /// The medians that are shown: place on the axis, group.
    fn medians(&self) -> Vec<(f64, usize)> {
        if !self.style.medians {
            return Vec::new();
        }
        let last = self.times.scale.domain.1;
        let of = |(at, line): (usize, &Line<'_>)| {
            line.median.filter(|&median| median <= last).map(|median| (self.plane.x(median), at))
        };
        self.plot.lines.iter().enumerate().filter_map(of).collect()
    }

    /// What the lines to the medians cover.
    fn guides(&self) -> Vec<Area> {
        let (half, bottom, left) = (self.plane.y(0.5), self.panel.bottom, self.panel.left);
        let medians = self.medians();
        let far = medians.iter().map(|own| own.0).fold(left, f64::max);
        let across = Area { left, top: half, right: far, bottom: half }.grown(0.5);
        let down =
            |&(x, _): &(f64, usize)| Area { left: x, top: half, right: x, bottom }.grown(0.5);
        let across = (!medians.is_empty()).then_some(across);
        across.into_iter().chain(medians.iter().map(down)).collect()
    }

    fn draw(&self) -> Result<Figure> {
        let mut root = Group::new("survival-plot")
            .with(self.header.iter().cloned())
            .with(self.legend())
            .with([self.rules(), self.panel(), frame::bottom(&self.times, &self.panel)])
            .with([frame::left(&self.shares, &self.panel)]);
        let mut y = self.panel.bottom + frame::below(!self.times.name.is_empty());
        if let Some(table) = &self.table {
            root.push(table.draw(y, &self.times.scale, &self.panel));
            y += table.height();
        }
        root = root.with(frame::caveats(&self.footer, y + GAP));
        Ok(Figure::new(Scene {
            width: self.width,
            height: self.height,
            title: self.style.title.clone().unwrap_or_else(|| self.plot.title.clone()),
            description: self.description(),
            root,
        }))
    }

    fn description(&self) -> String {
        let lines = self.plot.lines.iter().map(|line| line.summary.clone());
        let told = if self.style.test { self.plot.told.clone() } else { Vec::new() };
        let all: Vec<String> = lines.chain(told).chain(self.plot.caveats.clone()).collect();
        all.join(". ")
    }

    fn legend(&self) -> Option<Group> {
        if let Some((legend, top)) = &self.legend {
            return Some(legend.draw(self.panel.left, *top, self.panel.width()));
        }
        let names: Vec<(&str, Point)> =
            self.plot.names().into_iter().zip(self.direct_ends()).collect();
        (!names.is_empty()).then(|| legend::direct(&names, &self.panel))
    }

    /// Where the lines end that are named there.
    fn direct_ends(&self) -> Vec<Point> {
        let end = |line: &Line<'_>| {
            let last = self.end(line);
            let before = line.steps.partition_point(|own| own.time <= last);
            let survival = before.checked_sub(1).map_or(1.0, |at| line.steps[at].survival);
            (self.plane.x(last), self.plane.y(survival))
        };
        let direct = is_direct(self.plot, self.style);
        self.plot.lines.iter().filter(|_| direct).map(end).collect()
    }

    /// Lines to the medians.
    fn rules(&self) -> Group {
        let mut group = Group::new("medians");
        let (half, bottom) = (self.plane.y(0.5), self.panel.bottom);
        let medians = self.medians();
        let Some(far) = medians.iter().map(|own| own.0).max_by(f64::total_cmp) else {
            return group;
        };
        let guide = Pen::new(GUIDE, 0.7).dashed(&[2.0, 2.0]);
        group.push(Shape::line(vec![(self.panel.left, half), (far, half)], guide));
        for (x, at) in medians {
            let pen = Pen::new(colour(at), 0.6).dashed(&[2.0, 2.0]);
            group.push(Shape::line(vec![(x, half), (x, bottom)], pen));
        }
        group
    }

    fn panel(&self) -> Group {
        let domain = self.times.scale.domain;
        let rising = if self.plane.failure { "failure" } else { "survival" };
        let mut group = Group::new("curves")
            .data("time", format!("{} {}", number::exact(domain.0), number::exact(domain.1)))
            .data("x", ends(self.times.scale.range))
            .data("y", ends(self.shares.scale.range))
            .data("height", rising);
        let hover =
            self.plot.lines.iter().map(|line| line.steps.len()).sum::<usize>() <= MOST_HOVER;
        // Bands lie under every line.
        if self.style.band {
            group = group.with(self.plot.lines.iter().enumerate().flat_map(|own| self.band(own)));
        }
        group = group.with(self.plot.lines.iter().enumerate().map(|own| self.curve(own)));
        if hover {
            group = group.with(self.plot.lines.iter().map(|line| self.hover(line)));
        }
        group
    }

    /// Where a curve ends in the figure.
    fn end(&self, line: &Line<'_>) -> f64 {
        line.end.min(self.times.scale.domain.1)
    }

    fn band(&self, (at, line): (usize, &Line<'_>)) -> Vec<Shape> {
        let simultaneous = || -> Vec<Step> {
            line.steps.iter().map(|own| Step { limits: own.band, ..*own }).collect()
        };
        let areas = |steps: &[Step], class: &'static str, opacity: f64| -> Vec<Shape> {
            if steps.iter().all(|own| own.limits.is_none()) {
                return Vec::new();
            }
            let areas = bands(steps, self.end(line), &self.plane, self.grain);
            let area = |points| Shape::filled(points, colour(at), opacity).class(class);
            areas.into_iter().map(area).collect()
        };
        let mut shapes = areas(&simultaneous(), "simultaneous-band", 0.1);
        shapes.extend(areas(&line.steps, "band", 0.14));
        shapes
    }

    fn curve(&self, (at, line): (usize, &Line<'_>)) -> Group {
        let points = course::line(&line.steps, self.end(line), &self.plane, self.grain);
        let mut group = Group::new("curve").data("group", &line.label).titled(&line.summary);
        group.push(Shape::line(points, pen(at, 1.2)).class("estimate"));
        if self.style.marks {
            group = group.with(self.marks(at, line));
        }
        group.with(self.dots(at, line))
    }

    /// The points that the curve was made from.
    fn dots(&self, at: usize, line: &Line<'_>) -> Vec<Shape> {
        let end = self.times.scale.domain.1;
        let inside = line.dots.iter().filter(|own| own.0 <= end && (0.0..=1.0).contains(&own.1));
        let dot = |&(time, survival): &(f64, f64)| {
            let (x, y) = (self.plane.x(time), self.plane.y(survival));
            let points = vec![(x, y - 1.6), (x + 1.6, y), (x, y + 1.6), (x - 1.6, y)];
            let shape = Shape::filled(points, "#ffffff", 1.0).class("digitised");
            Shape { pen: Some(Pen::new(colour(at), 0.5)), ..shape }
        };
        inside.map(dot).collect()
    }

    /// A stroke at every censoring; where strokes would touch, one stands for several.
    fn marks(&self, at: usize, line: &Line<'_>) -> Vec<Shape> {
        let apart = if self.grain.is_exact() { 0.0 } else { 1.5 };
        let mut last = f64::NEG_INFINITY;
        let mut marks = Vec::new();
        let end = self.end(line);
        for own in line.steps.iter().filter(|own| own.n_censor > 0.0) {
            let (x, y) = (self.plane.x(own.time), self.plane.y(own.survival));
            if x - last >= apart && own.time <= end {
                let points = vec![(x, y - MARK), (x, y + MARK)];
                marks.push(Shape::line(points, Pen::new(colour(at), 0.7)).class("censored"));
                last = x;
            }
        }
        marks
    }

    /// What is shown beside the pointer at every step.
    fn hover(&self, line: &Line<'_>) -> Group {
        let mut group = Group::new("hover");
        let end = self.end(line);
        for own in line.steps.iter().filter(|own| own.n_event > 0.0 && own.time <= end) {
            let (x, y) = (self.plane.x(own.time), self.plane.y(own.survival));
            let area = Area { left: x, top: y, right: x, bottom: y }.grown(2.5);
            group.push(Shape::area(area, "#ffffff", 0.0).titled(told_of(line, own)));
        }
        group
    }
}

/// `A, time 3.2: 0.810 (0.701–0.900), 34 at risk, 1 event`.
fn told_of(line: &Line<'_>, own: &Step) -> String {
    let name = if line.label.is_empty() { String::new() } else { format!("{}, ", line.label) };
    let limits = own.limits.map_or_else(String::new, |(low, high)| {
        format!(" ({})", number::probability_range([Some(low), Some(high)]))
    });
    format!(
        "{name}time {}: {}{limits}, {} at risk, {} with the event",
        number::time(own.time),
        number::probability(Some(own.survival)),
        number::count(own.n_risk),
        number::count(own.n_event),
    )
}

/// Times that are at least so far apart.
fn thinned(times: &[f64], step: f64) -> Vec<f64> {
    let mut kept: Vec<f64> = Vec::new();
    for &time in times {
        // A tick that is a rounding error too close is not.
        if kept.last().is_none_or(|last| time - last >= step * (1.0 - 1e-9)) {
            kept.push(time);
        }
    }
    kept
}

/// The vertical axis, its scale still to be set.
fn shares(style: &PlotStyle) -> Axis {
    let name = match (&style.y_label, style.heights) {
        (Some(own), _) => own.clone(),
        (None, Heights::Failure) => "Cumulative failure".to_owned(),
        (None, _) => "Survival probability".to_owned(),
    };
    let tick = |tenth: u32| {
        let value = f64::from(tenth) / 10.0;
        (value, format!("{value:.1}"))
    };
    let ticks = [0, 2, 4, 6, 8, 10].map(tick).to_vec();
    Axis { scale: SHARES, name, ticks }
}

/// Two places, so that what is drawn can be read back.
fn ends((first, last): (f64, f64)) -> String {
    format!("{} {}", number::exact(first), number::exact(last))
}

/// Millimetres as points.
fn points(millimetres: f64) -> f64 {
    millimetres / crate::figure::MM
}
