//! From the steps of a curve to lines and areas.

use super::style::{Heights, PlotStyle};
use crate::curve::{CurveRow, ModelPoint};
use crate::figure::{Area, Point, Scale};

/// A step of a curve: from `time` on it has this height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Step {
    pub(in crate::report) time: f64,
    pub(in crate::report) survival: f64,
    /// Where there are limits.
    pub(in crate::report) limits: Option<(f64, f64)>,
    /// Where there is a simultaneous band.
    pub(super) band: Option<(f64, f64)>,
    pub(in crate::report) n_risk: f64,
    pub(in crate::report) n_event: f64,
    pub(in crate::report) n_censor: f64,
}

impl Step {
    /// A row of a Kaplan–Meier curve, with or without its limits.
    pub(super) fn of(row: &CurveRow, limits: bool) -> Self {
        Self {
            time: row.time,
            survival: row.survival,
            limits: row.lower.zip(row.upper).filter(|_| limits),
            band: None,
            n_risk: row.n_risk,
            n_event: row.n_event,
            n_censor: row.n_censor,
        }
    }

    /// A point of a predicted curve, at which nobody is counted.
    pub(in crate::report) fn of_model(own: &ModelPoint) -> Self {
        Self {
            time: own.time,
            survival: own.survival,
            limits: own.lower.zip(own.upper),
            band: None,
            n_risk: 0.0,
            n_event: 0.0,
            n_censor: 0.0,
        }
    }
}

impl Step {
    /// All that is drawn at this step.
    fn extent(&self) -> (f64, f64) {
        let inner = self.limits.unwrap_or((self.survival, self.survival));
        let outer = self.band.unwrap_or(inner);
        (inner.0.min(outer.0), inner.1.max(outer.1))
    }
}

/// Where heights and times are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    pub(super) x: Scale,
    pub(super) y: Scale,
    /// Whether curves rise.
    pub(super) failure: bool,
}

impl Plane {
    pub(super) fn x(&self, time: f64) -> f64 {
        self.x.place(time)
    }

    pub(super) fn y(&self, survival: f64) -> f64 {
        self.y.place(if self.failure { 1.0 - survival } else { survival })
    }
}

/// Steps up to which all are drawn.
const EXACT: usize = 4000;
/// Steps in a figure that is thinned.
const BUDGET: usize = 12_000;
/// Places on the axis that a printer tells apart, and those where marks of censorings stand apart.
const CELLS: usize = 3000;
const MARKS: f64 = 250.0;

/// Which steps of a curve are drawn: all, or of those in a cell of the axis the last, so that the
/// curve is right wherever it is followed by a gap; and one for a mark where somebody is censored.
#[derive(Debug, Clone)]
pub(in crate::report) struct Sieve {
    /// None where all are drawn.
    cells: Option<f64>,
    span: Span,
    /// Where the next mark has room.
    mark: f64,
}

/// What an axis shows of time.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Span {
    /// The first time above 0, where the axis is logarithmic.
    first: Option<f64>,
    end: f64,
}

impl Span {
    /// Of curves with these first times above 0 and last times.
    pub(in crate::report) fn new(
        curves: impl Iterator<Item = (f64, f64)>,
        style: &PlotStyle,
    ) -> Self {
        let (first, last) = curves.fold((f64::INFINITY, 0.0), |own: (f64, f64), (first, last)| {
            (own.0.min(first), own.1.max(last))
        });
        match style.heights {
            Heights::LogLog => Self { first: Some(first), end: last },
            _ => Self { first: None, end: style.end(last) },
        }
    }

    /// How far along the axis a time is.
    fn share(&self, time: f64) -> f64 {
        match self.first {
            Some(first) => (time / first).ln() / (self.end / first).ln(),
            None => time / self.end,
        }
    }
}

impl Sieve {
    /// For a curve of so many steps, in a figure of so many edges.
    pub(in crate::report) fn new(steps: usize, edges: usize, span: Span) -> Self {
        let cells = (BUDGET / edges.max(1)).clamp(64, CELLS);
        let all = steps * edges <= EXACT || steps <= cells;
        Self { cells: (!all).then_some(cells as f64), span, mark: 0.0 }
    }

    /// Whether a step is drawn, by the next one's time.
    pub(in crate::report) fn keeps(
        &mut self,
        time: f64,
        next: Option<f64>,
        censored: bool,
    ) -> bool {
        let Some(cells) = self.cells else { return true };
        let share = self.span.share(time);
        // Whatever is behind the axis is one cell.
        let cell = |time: f64| match time > self.span.end {
            true => f64::INFINITY,
            false => (self.span.share(time) * cells).floor(),
        };
        let is_last = next.is_none_or(|next| cell(next) != cell(time));
        let is_mark = censored && share >= self.mark && time <= self.span.end;
        if is_mark {
            self.mark = share + 1.0 / MARKS;
        }
        is_last || is_mark
    }

    /// Leaves out steps that are not drawn.
    pub(in crate::report) fn sift(mut self, steps: &mut Vec<Step>) {
        let times: Vec<f64> = steps.iter().map(|own| own.time).collect();
        let mut next = times.into_iter().skip(1);
        steps.retain(|own| self.keeps(own.time, next.next(), own.n_censor > 0.0));
    }
}

/// How finely heights are drawn: a change of less waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grain(f64);

impl Grain {
    /// What so many steps, drawn along so many edges, need.
    pub(super) fn new(steps: usize, edges: usize) -> Self {
        Self(if steps * edges <= EXACT { 0.0 } else { 0.05 })
    }

    /// Whether everything is drawn.
    pub(super) fn is_exact(self) -> bool {
        self.0 == 0.0
    }
}

/// A staircase: it starts at `start`, changes at the given places, and goes on to `end`.
///
/// A change that is finer than the grain waits until it has grown; the last is always drawn.
pub(super) fn staircase(
    start: Point,
    changes: impl Iterator<Item = Point>,
    end: f64,
    grain: Grain,
) -> Vec<Point> {
    let (mut points, mut last, mut waiting) = (vec![start], start, None);
    for change in changes {
        if change.0 > end {
            break;
        }
        if (change.1 - last.1).abs() < grain.0 {
            waiting = Some(change);
            continue;
        }
        step(&mut points, &mut last, change);
        waiting = None;
    }
    if let Some(change) = waiting {
        step(&mut points, &mut last, change);
    }
    if end > last.0 {
        points.push((end, last.1));
    }
    points
}

fn step(points: &mut Vec<Point>, last: &mut Point, change: Point) {
    if change.1 == last.1 {
        return;
    }
    points.extend([(change.0, last.1), change]);
    *last = change;
}

/// The curve until `end`.
pub(super) fn line(steps: &[Step], end: f64, plane: &Plane, grain: Grain) -> Vec<Point> {
    let changes = steps.iter().map(|own| (plane.x(own.time), plane.y(own.survival)));
    staircase((plane.x(0.0), plane.y(1.0)), changes, plane.x(end), grain)
}

/// The areas between the limits: one for every stretch of time that has them.
pub(super) fn bands(steps: &[Step], end: f64, plane: &Plane, grain: Grain) -> Vec<Vec<Point>> {
    let mut areas = Vec::new();
    let mut rest = steps;
    let mut before = (0.0, (1.0, 1.0));
    loop {
        let with = rest.iter().take_while(|own| own.limits.is_some()).count();
        let (own, after) = rest.split_at(with);
        let until = after.first().map_or(end, |own| own.time.min(end));
        if until > before.0 {
            areas.push(between(before, own, until, plane, grain));
        }
        // The next stretch begins with the next step that has limits.
        let none = after.iter().take_while(|own| own.limits.is_none()).count();
        rest = &after[none..];
        let Some((first, limits)) = rest.first().and_then(|own| Some((own.time, own.limits?)))
        else {
            return areas;
        };
        before = (first, limits);
    }
}

/// The area of steps that all have limits.
fn between(
    (start, limits): (f64, (f64, f64)),
    steps: &[Step],
    end: f64,
    plane: &Plane,
    grain: Grain,
) -> Vec<Point> {
    let edge = |from: f64, limit: fn((f64, f64)) -> f64| {
        let place = |own: &Step| Some((plane.x(own.time), plane.y(limit(own.limits?))));
        let changes = steps.iter().filter_map(place);
        staircase((plane.x(start), plane.y(from)), changes, plane.x(end), grain)
    };
    let mut points = edge(limits.0, |own| own.0);
    points.extend(edge(limits.1, |own| own.1).into_iter().rev());
    points
}

/// What a curve and its limits cover between two places on the axis.
pub(super) fn covered(
    steps: &[Step],
    last: f64,
    (left, right): (f64, f64),
    plane: &Plane,
) -> Option<Area> {
    let after = |place: f64| steps.partition_point(|own| plane.x(own.time) <= place);
    if plane.x(last) < left {
        return None;
    }
    let first = after(left).checked_sub(1).map(|at| steps[at]);
    let within = &steps[after(left)..after(right).max(after(left))];
    let start = first.map_or((1.0, (1.0, 1.0)), |own| (own.survival, own.extent()));
    let all = within.iter().map(Step::extent).chain([start.1, (start.0, start.0)]);
    let extremes = all.fold((1.0f64, 0.0f64), |own, (low, high)| (own.0.min(low), own.1.max(high)));
    let (low, high) = (plane.y(extremes.0), plane.y(extremes.1));
    Some(Area { left, right, top: low.min(high), bottom: low.max(high) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Grain = Grain(0.0);

    fn plane() -> Plane {
        let x = Scale { domain: (0.0, 10.0), range: (0.0, 100.0) };
        let y = Scale { domain: (0.0, 1.0), range: (50.0, 0.0) };
        Plane { x, y, failure: false }
    }

    fn at(time: f64, survival: f64, limits: Option<(f64, f64)>) -> Step {
        Step { time, survival, limits, band: None, n_risk: 1.0, n_event: 1.0, n_censor: 0.0 }
    }

    #[test]
    fn a_line_falls_at_its_steps_and_ends_where_follow_up_ends() {
        let steps = [at(2.0, 0.5, None), at(3.0, 0.5, None), at(4.0, 0.0, None)];
        let expected = [(0.0, 0.0), (20.0, 0.0), (20.0, 25.0), (40.0, 25.0), (40.0, 50.0)];
        assert_eq!(line(&steps, 4.0, &plane(), ALL), expected);
        assert_eq!(line(&steps[..2], 9.0, &plane(), ALL).last(), Some(&(90.0, 25.0)));
        assert_eq!(line(&[], 5.0, &plane(), ALL), [(0.0, 0.0), (50.0, 0.0)]);
    }

    #[test]
    fn a_band_stops_where_there_are_no_limits_and_goes_on_after() {
        let steps =
            [at(1.0, 0.8, Some((0.6, 0.9))), at(2.0, 0.5, None), at(3.0, 0.4, Some((0.2, 0.6)))];
        let areas = bands(&steps, 5.0, &plane(), ALL);
        assert_eq!(areas.len(), 2);
        assert_eq!(areas[0].iter().map(|own| own.0).fold(0.0, f64::max), 20.0);
        let (left, right) = areas[1]
            .iter()
            .fold((99.0f64, 0.0f64), |own, point| (own.0.min(point.0), own.1.max(point.0)));
        assert_eq!((left, right), (30.0, 50.0));
    }

    #[test]
    fn thinning_keeps_the_end_and_stays_close() {
        let n = 100_000;
        let mut steps: Vec<Step> = (1..=n)
            .map(|own| at(10.0 * own as f64 / n as f64, 1.0 - own as f64 / n as f64, None))
            .collect();
        let (all, span) = (steps.len(), Span { first: None, end: 10.0 });
        Sieve::new(all, 3, span).sift(&mut steps);
        let grain = Grain::new(all, 3);
        let points = line(&steps, 10.0, &plane(), grain);
        assert!(points.len() < 6100 && points.len() > 1500, "{}", points.len());
        assert_eq!(points.last(), Some(&(100.0, 50.0)));
        for (x, y) in points {
            assert!((y - x / 2.0).abs() < 0.11, "{x} {y}");
        }
    }

    #[test]
    fn the_last_step_of_a_cell_is_kept_and_one_for_a_mark() {
        let span = Span { first: None, end: 1.0 };
        let mut own = Sieve { cells: Some(10.0), span, mark: 0.0 };
        let mut keeps = |time, next, censored| own.keeps(time, next, censored);
        assert!(!keeps(0.11, Some(0.12), false));
        assert!(keeps(0.12, Some(0.123), true));
        assert!(!keeps(0.123, Some(0.13), true), "no room for a mark");
        assert!(keeps(0.19, Some(0.9), false), "a gap follows");
        assert!(keeps(1.0, Some(1.1), false), "the end of the axis");
        assert!(!keeps(1.1, Some(5.0), true), "behind the axis");
        assert!(keeps(5.0, None, false), "the last");
    }

    #[test]
    fn few_steps_are_all_kept() {
        let span = Span { first: None, end: 1.0 };
        for (steps, edges, all) in [(4000, 1, true), (4001, 1, false), (499, 24, true)] {
            let mut own = Sieve::new(steps, edges, span);
            assert_eq!(own.keeps(0.5, Some(0.5 + 1e-9), false), all, "{steps} {edges}");
        }
    }

    #[test]
    fn what_a_curve_covers_is_between_its_limits() {
        let steps = [at(2.0, 0.8, Some((0.6, 0.9))), at(6.0, 0.4, Some((0.2, 0.6)))];
        let own = covered(&steps, 8.0, (30.0, 50.0), &plane()).unwrap();
        assert!((own.top - 5.0).abs() < 1e-9 && (own.bottom - 20.0).abs() < 1e-9, "{own:?}");
        let own = covered(&steps, 8.0, (50.0, 70.0), &plane()).unwrap();
        assert!((own.bottom - 40.0).abs() < 1e-9, "{own:?}");
        assert_eq!(covered(&steps, 8.0, (81.0, 90.0), &plane()), None);
    }
}
