//! Layout by geometry: of random cohorts, nothing overlaps and nothing is lost.

use std::sync::Arc;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{
    Curves, Estimate, ForestPlot, Heights, Labels, Line, PhPanel, PhPlot, PlotStyle, PlotWidth,
    Published, RiskTable, Row, Step, SurvivalPlot, Told,
};
use crate::cohort::{Cohort, Factor, Groups};
use crate::convention::Conventions;
use crate::cox::{PhCurve, PhEvent, PhPoint};
use crate::curve::{ModelPoint, SurvivalCurves};
use crate::figure::{Area, Figure, Node, Point, Text};
use crate::numeric::stream::stream;
use crate::plan::Unit;
use crate::report::subject::Counted;
use crate::table::Category;

const WORDS: [&str; 6] =
    ["NEC", "large cell", "Cis/Carbo + etoposide", "<b>&amp;", "小細胞", "Ki-67 ≥ 55 %"];

/// One to four words.
pub(in crate::report) fn name(at: usize, random: &mut ChaCha8Rng) -> String {
    let count = random.random_range(1..5usize);
    let own: Vec<&str> = (0..count).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect();
    format!("{at} {}", own.join(" "))
}

/// From 5 rows on, as many orders of magnitude as one likes.
fn size(orders: f64, random: &mut ChaCha8Rng) -> usize {
    (5.0 * 10f64.powf(orders * random.random::<f64>())) as usize
}

/// A cohort of groups with names of all lengths, on times of all sizes.
fn cohort(random: &mut ChaCha8Rng) -> Cohort {
    let n = size(2.8, random);
    cohort_of(n, random)
}

fn cohort_of(n: usize, random: &mut ChaCha8Rng) -> Cohort {
    let groups = random.random_range(1..=8usize.min(n));
    let scale = 10f64.powi(random.random_range(-6..7));
    let events = [0.0, 0.1, 0.6, 1.0][random.random_range(0..4usize)];
    let time = |random: &mut ChaCha8Rng| -random.random::<f64>().ln() * scale;
    let times: Vec<f64> = (0..n).map(|_| time(random)).collect();
    let status: Vec<bool> = (0..n).map(|_| random.random::<f64>() < events).collect();
    let codes: Vec<u32> = (0..n).map(|row| (row % groups) as u32).collect();
    let names: Vec<String> = (0..groups).map(|at| name(at, random)).collect();
    let factor =
        Factor { name: "arm".to_owned(), category: Category { codes, levels: Arc::new(names) } };
    let groups = Groups::cross(vec![factor]);
    Cohort::builder(times, status).groups(groups).build().unwrap()
}

pub(in crate::report) fn style(random: &mut ChaCha8Rng) -> PlotStyle {
    let flag = |random: &mut ChaCha8Rng| random.random::<bool>();
    let widths = [PlotWidth::Single, PlotWidth::Middle, PlotWidth::Double];
    let tables = [RiskTable::AtRisk, RiskTable::Full, RiskTable::None];
    let title = "Overall survival after second-line chemotherapy by primary tumour and regimen";
    PlotStyle {
        width: widths[random.random_range(0..3usize)],
        title: flag(random).then(|| title.to_owned()),
        unit: flag(random).then(|| Unit::ALL[random.random_range(0..4usize)]),
        heights: if flag(random) { Heights::Failure } else { Heights::Survival },
        risk_table: tables[random.random_range(0..3usize)],
        band: flag(random),
        marks: flag(random),
        medians: flag(random),
        ..PlotStyle::default()
    }
}

fn curves(cohort: &Cohort) -> (Arc<SurvivalCurves>, Curves) {
    let conventions = Conventions::default();
    let fit = Arc::new(conventions.kaplan_meier(0.95).fit(cohort).unwrap());
    let curves = Curves::new(&fit, cohort, &conventions, None);
    (fit, curves)
}

fn told() -> Told<'static> {
    Told {
        formula: "Surv(time, event) ~ arm",
        test: Some("Log-rank p = 0.013".into()),
        ratio: Some("HR 0.59 (95 % CI 0.42–0.82), b against a".into()),
        notes: &[],
        published: &[],
        caveat: "",
    }
}

/// The two ends of something, as the figure tells them to those who read it back.
fn ends(figure: &Figure, name: &str) -> [f64; 2] {
    let groups = figure.scene().root.nodes.iter().filter_map(|node| match node {
        Node::Group(group) if group.class == "curves" => Some(group),
        _ => None,
    });
    let data = groups.flat_map(|own| &own.data).find(|own| own.0 == name).unwrap();
    let (first, last) = data.1.split_once(' ').unwrap();
    [first.parse().unwrap(), last.parse().unwrap()]
}

pub(in crate::report) fn of_class<'f>(figure: &'f Figure, class: &str) -> Vec<&'f Text> {
    figure.scene().root.texts().into_iter().filter(|own| own.class == class).collect()
}

pub(in crate::report) fn nothing_overlaps(figure: &Figure, case: u64) {
    let scene = figure.scene();
    let canvas = Area { left: 0.0, top: 0.0, right: scene.width, bottom: scene.height };
    let texts = scene.root.texts();
    let areas: Vec<Area> = texts.iter().map(|own| own.area()).collect();
    for (at, own) in areas.iter().enumerate() {
        let words = &texts[at].words;
        let inside = own.left >= canvas.left && own.right <= canvas.right;
        assert!(inside && own.top >= canvas.top && own.bottom <= canvas.bottom, "{case}: {words}");
        for (other, text) in areas[..at].iter().zip(&texts) {
            assert!(!own.meets(other), "{case}: {words:?} and {:?}", text.words);
        }
    }
    for (x, y) in scene.root.shapes().iter().flat_map(|own| &own.points) {
        assert!((0.0..=scene.width).contains(x) && (0.0..=scene.height).contains(y), "{case}");
    }
}

/// Counts stand under the ticks of their times.
fn columns_are_aligned(figure: &Figure, case: u64) {
    let ticks: Vec<f64> = of_class(figure, "tick").iter().map(|own| own.at.0).collect();
    for count in of_class(figure, "count") {
        let near = ticks.iter().any(|tick| (tick - count.at.0).abs() < 0.05);
        assert!(near, "{case}: {}", count.words);
    }
}

/// Every corner of a path is a step of the estimator; of few steps none is left out.
fn paths_are_the_estimators(figure: &Figure, fit: &SurvivalCurves, failure: bool) {
    let paths: Vec<_> =
        figure.scene().root.shapes().into_iter().filter(|own| own.class == "estimate").collect();
    assert_eq!(paths.len(), fit.curves().len());
    let left = paths[0].points[0].0;
    let [bottom, top] = ends(figure, "y");
    let [_, until] = ends(figure, "time");
    let [_, edge] = ends(figure, "x");
    let all: usize = fit.curves().iter().map(|own| own.rows().count()).sum();
    for (path, curve) in paths.iter().zip(fit.curves()) {
        let time = |x: f64| (x - left) / (edge - left) * until;
        let height = |y: f64| {
            let share = (bottom - y) / (bottom - top);
            if failure { 1.0 - share } else { share }
        };
        let survival = curve.survival();
        for pair in path.points.windows(2) {
            let (x, y) = pair[1];
            if pair[0].0 == x {
                let (before, after) =
                    (survival.at(time(x) * (1.0 - 1e-9)), survival.at(time(x) * (1.0 + 1e-9)));
                let own = height(y);
                assert!(own >= after - 1e-9 && own <= before + 1e-9, "{own} {before} {after}");
            }
        }
        if all <= 300 {
            let steps = curve.rows().filter(|row| row.n_event > 0.0).count();
            let drawn = path.points.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
            assert_eq!(drawn, steps);
        }
        let end = time(path.points.last().unwrap().0);
        assert!((end - curve.last_time().unwrap()).abs() <= 1e-9 * until);
    }
}

#[test]
fn layouts_hold_for_random_cohorts() {
    for case in 0..300 {
        let mut random = stream(60, case);
        let (cohort, mut style) = (cohort(&mut random), style(&mut random));
        let (fit, curves) = curves(&cohort);
        style.labels = if case % 4 == 0 { Labels::Direct } else { Labels::Legend };
        let figure = match curves.figure(&told(), &style) {
            Ok(figure) => figure,
            // Names that are too long to stand beside the curves are refused.
            Err(error) if style.labels == Labels::Direct => {
                assert!(error.to_string().contains("too long"), "{case}: {error}");
                style.labels = Labels::Legend;
                curves.figure(&told(), &style).unwrap()
            }
            Err(error) => panic!("{case}: {error}"),
        };
        nothing_overlaps(&figure, case);
        columns_are_aligned(&figure, case);
        paths_are_the_estimators(&figure, &fit, style.heights == Heights::Failure);
        assert_eq!(figure.svg(), curves.figure(&told(), &style).unwrap().svg());
    }
}

/// Where a drawn line is at a place, just after it.
fn height_at(points: &[Point], x: f64) -> f64 {
    let after = points.partition_point(|own| own.0 <= x);
    points[after.saturating_sub(1)].1
}

/// Nowhere is a line further from its curve than a printer shows.
fn paths_are_near(figure: &Figure, fit: &SurvivalCurves, failure: bool) {
    let ([bottom, top], [left, edge]) = (ends(figure, "y"), ends(figure, "x"));
    let until = ends(figure, "time")[1];
    let shapes = figure.scene().root.shapes();
    let paths = shapes.iter().filter(|own| own.class == "estimate");
    for (path, curve) in paths.zip(fit.curves()) {
        let last = curve.last_time().unwrap();
        for at in 0..500 {
            let x = left + (edge - left) * f64::from(at) / 500.0;
            let time = |x: f64| ((x - left) / (edge - left) * until).clamp(0.0, last);
            let y = |time: f64| {
                let own = curve.survival().at(time);
                bottom - (bottom - top) * if failure { 1.0 - own } else { own }
            };
            let (one, other) = (y(time(x - 1.0)), y(time(x + 1.0)));
            let own = height_at(&path.points, x);
            let near = own >= one.min(other) - 0.06 && own <= one.max(other) + 0.06;
            assert!(near || time(x) >= last, "{x}: {own} {one} {other}");
        }
    }
}

#[test]
fn layouts_hold_for_registries() {
    for (case, n) in [(0, 40_000), (1, 150_000), (2, 400_000), (3, 1_000_000)] {
        let mut random = stream(63, case);
        let (cohort, style) = (cohort_of(n, &mut random), style(&mut random));
        let (fit, curves) = curves(&cohort);
        let figure = curves.figure(&told(), &style).unwrap();
        let failure = style.heights == Heights::Failure;
        nothing_overlaps(&figure, case);
        columns_are_aligned(&figure, case);
        paths_are_the_estimators(&figure, &fit, failure);
        paths_are_near(&figure, &fit, failure);
        let svg = figure.svg();
        assert!(svg.len() < 450_000, "{case}: {} bytes", svg.len());
    }
}

/// Many early, and then few: what is thinned is right in the gaps.
#[test]
fn a_thinned_curve_is_right_where_gaps_follow() {
    let crowded = (0..20_000).map(|own| f64::from(own) * 1e-9);
    let times: Vec<f64> = crowded.chain((1..30).map(f64::from)).collect();
    let cohort = Cohort::builder(times.clone(), vec![true; times.len()]).build().unwrap();
    let (fit, curves) = curves(&cohort);
    let style = PlotStyle { width: PlotWidth::Double, ..PlotStyle::default() };
    let figure = curves.figure(&told(), &style).unwrap();
    paths_are_the_estimators(&figure, &fit, false);
    paths_are_near(&figure, &fit, false);
}

/// An estimate of any size, finite or not, with limits or without.
fn estimate(random: &mut ChaCha8Rng) -> Estimate {
    let ln = 4.0 * random.random::<f64>() - 2.0;
    let width = 10f64.powf(4.0 * random.random::<f64>() - 2.0);
    let (low, high) = ((ln - width).exp(), (ln + width).exp());
    let (ratio, lower, upper) = match random.random_range(0..6u32) {
        0 => (Some(0.0), Some(0.0), Some(high)),
        1 => (None, Some(low), None),
        2 => (Some(ln.exp()), None, Some(high)),
        _ => (Some(ln.exp()), Some(low), Some(high)),
    };
    Estimate {
        ratio,
        lower,
        upper,
        exists: random.random_range(0..9u32) > 0,
        words: format!("{:.2} ({low:.1e}–{high:.1e})", ln.exp()),
        p: "<0.001".to_owned(),
    }
}

fn forest(rows: usize, random: &mut ChaCha8Rng) -> ForestPlot {
    let models = random.random_range(1..=2usize);
    let row = |at: usize, random: &mut ChaCha8Rng| {
        let reference = random.random_range(0..5u32) == 0;
        let estimates = (0..models)
            .map(|_| (!reference && random.random_range(0..4u32) > 0).then(|| estimate(random)));
        let estimates: Vec<_> = estimates.collect();
        Row {
            label: name(at, random),
            indented: at > 0 && random.random(),
            counts: random.random::<bool>().then_some((1e6 * random.random::<f64>().round(), 17.0)),
            reference,
            estimates,
        }
    };
    let mut rows: Vec<Row> = (0..rows).map(|at| row(at, random)).collect();
    (rows[0].reference, rows[0].estimates[0]) = (false, Some(estimate(random)));
    ForestPlot {
        models: vec!["Univariable", "Multivariable"][..models].to_vec(),
        heads: ["HR (95 % CI)".to_owned(), "p".to_owned()],
        axis: "Hazard ratio",
        rows,
        title: "Forest".to_owned(),
        caveats: vec!["PSEUDO-COHORT – NOT PATIENTS. Built by optimisation".to_owned()],
    }
}

/// Every square and every end of a line is where its ratio is on the axis.
pub(in crate::report) fn marks_are_on_the_axis(figure: &Figure, rows: &[Row], case: u64) {
    let ticks: Vec<(f64, f64)> = of_class(figure, "tick")
        .iter()
        .map(|own| (own.words.parse::<f64>().unwrap().ln(), own.at.0))
        .collect();
    let [(low, left), .., (high, right)] = ticks.as_slice() else { return };
    let place = |ratio: f64| left + (ratio.ln() - low) / (high - low) * (right - left);
    let drawn: Vec<f64> = figure
        .scene()
        .root
        .shapes()
        .iter()
        .filter(|own| own.class == "ratio")
        .map(|own| (own.points[0].0 + own.points[2].0) / 2.0)
        .collect();
    let own = rows.iter().flat_map(|row| row.estimates.iter().flatten());
    let ratios = own.filter(|own| own.exists).filter_map(|own| own.ratio);
    let expected: Vec<f64> = ratios.filter(|own| *own > 0.0).map(place).collect();
    assert_eq!(drawn.len(), expected.len(), "{case}");
    for (drawn, expected) in drawn.iter().zip(&expected) {
        assert!((drawn - expected).abs() < 0.1, "{case}: {drawn} {expected}");
    }
}

#[test]
fn forest_plots_hold_for_random_models() {
    let mut drawn = 0;
    for case in 0..300 {
        let mut random = stream(64, case);
        let rows = random.random_range(1..=40usize);
        let plot = forest(rows, &mut random);
        let style = PlotStyle { width: PlotWidth::Double, ..style(&mut random) };
        match plot.draw(&style) {
            Ok(figure) => {
                drawn += 1;
                nothing_overlaps(&figure, case);
                marks_are_on_the_axis(&figure, &plot.rows, case);
            }
            Err(error) => {
                assert!(error.to_string().contains("mm wide or more"), "{case}: {error}");
                let style = PlotStyle { width: PlotWidth::Millimetres(400.0), ..style };
                nothing_overlaps(&plot.draw(&style).unwrap(), case);
            }
        }
    }
    assert!(drawn > 100, "{drawn}");
}

/// What is longer than a page goes on the next, and no row is lost.
#[test]
fn long_forest_plots_have_pages() {
    for (case, rows) in (0..).zip([1, 20, 59, 71, 79, 90, 150, 400]) {
        let mut random = stream(65, case);
        let plot = forest(rows, &mut random);
        let style = PlotStyle { width: PlotWidth::Millimetres(300.0), ..PlotStyle::default() };
        let pages = plot.pages(&style).unwrap();
        let labels = |own: &Figure| -> Vec<String> {
            let whole = |text: &&Text| text.title.clone().unwrap_or_else(|| text.words.clone());
            of_class(own, "label").iter().map(whole).collect()
        };
        let shown: Vec<String> = pages.iter().flat_map(labels).collect();
        assert_eq!(shown, plot.rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>());
        for page in &pages {
            assert!(page.height() <= 230.01, "{rows}: {}", page.height());
            nothing_overlaps(page, case);
        }
        let least = pages.iter().map(|own| labels(own).len()).min().unwrap();
        assert!(rows < 50 || least > 20, "{rows}: {least}");
    }
}

/// Between the limits of the smooth at every point, upper edge first; the panel ends at the data.
#[test]
fn the_band_of_a_panel_is_its_limits() {
    let event = |at: u32| PhEvent {
        time: f64::from(at),
        g: f64::from(at) / 10.0,
        beta: f64::from(at % 3) - 1.0,
    };
    let point = |own: &PhEvent| PhPoint {
        g: own.g,
        estimate: 0.2 * own.g,
        lower: 0.2 * own.g - 0.5,
        upper: 0.2 * own.g + 0.7,
    };
    let events: Vec<PhEvent> = (0..11).map(event).collect();
    let smooth: Vec<PhPoint> = events.iter().map(point).collect();
    let curve = PhCurve { coefficient: 0, events, smooth: smooth.clone() };
    let panel = PhPanel { name: "age".to_owned(), told: String::new(), coef: 0.1, curve };
    let plot = PhPlot { panels: vec![panel], title: String::new(), caveats: Vec::new() };
    let figure = plot.draw(&PlotStyle::default()).unwrap();
    let shapes = figure.scene().root.shapes();
    let points = |class: &str| &shapes.iter().find(|own| own.class == class).unwrap().points;
    let (band, line) = (points("band"), points("smooth"));
    assert_eq!(band.len(), 2 * smooth.len());
    // Heights by the line, whose ends are 0 and 0.2.
    let unit = (line[0].1 - line[10].1) / 0.2;
    let (upper, lower) = band.split_at(smooth.len());
    for (at, own) in smooth.iter().enumerate() {
        let (x, y) = line[at];
        for ((drawn_x, drawn_y), limit) in [(upper[at], own.upper), (lower[10 - at], own.lower)] {
            let away = (y - drawn_y) / unit;
            assert!((drawn_x - x).abs() < 1e-9 && (away - (limit - own.estimate)).abs() < 1e-9);
        }
    }
}

#[test]
fn panels_of_coefficients_hold() {
    for case in 0..100 {
        let mut random = stream(66, case);
        let scale = 10f64.powi(random.random_range(-6..7));
        let events = size(2.0, &mut random);
        let panel = |at: usize, random: &mut ChaCha8Rng| {
            let mut times: Vec<f64> = (0..events).map(|_| scale * random.random::<f64>()).collect();
            times.sort_by(f64::total_cmp);
            let event = |(at, time)| PhEvent {
                time,
                g: at as f64 / events as f64,
                beta: scale * (random.random::<f64>() - 0.5),
            };
            let events: Vec<PhEvent> = times.into_iter().enumerate().map(event).collect();
            let smooth = |own: &PhEvent| PhPoint {
                g: own.g,
                estimate: own.beta,
                lower: own.beta - 3.0 * scale,
                upper: own.beta + 3.0 * scale,
            };
            let smooth = events.iter().take(40).map(smooth).collect();
            PhPanel {
                name: name(at, random),
                told: "Proportional hazards: p < 0.001 (factor(celltype), 3 df)".to_owned(),
                coef: scale * random.random::<f64>(),
                curve: PhCurve { coefficient: at, events, smooth },
            }
        };
        let count = random.random_range(1..=9usize);
        let panels: Vec<PhPanel> = (0..count).map(|at| panel(at, &mut random)).collect();
        let plot = PhPlot { panels, title: "Panels".to_owned(), caveats: Vec::new() };
        let figure = plot.draw(&style(&mut random)).unwrap();
        nothing_overlaps(&figure, case);
        let of = |class: &str| {
            figure.scene().root.shapes().iter().filter(|own| own.class == class).count()
        };
        assert_eq!((of("residual"), of("smooth")), (count * events, count));
    }
}

/// Points beside a curve and numbers at risk at times of their own.
fn published(fit: &SurvivalCurves, at: usize, random: &mut ChaCha8Rng) -> Published {
    let curve = &fit.curves()[at];
    let until = curve.last_time().unwrap();
    let mut times = |most: usize| -> Vec<f64> {
        let count = random.random_range(0..most);
        let mut own: Vec<f64> = (0..count).map(|_| 1.1 * until * random.random::<f64>()).collect();
        own.sort_by(f64::total_cmp);
        own
    };
    let (points, counted) = (times(60), times(20));
    let noise = |random: &mut ChaCha8Rng| 0.1 * (random.random::<f64>() - 0.5);
    let point = |time: f64| (time, curve.survival().at(time) + noise(random));
    Published {
        points: points.into_iter().map(point).collect(),
        n_risk: counted.into_iter().map(|own| (own, curve.n_risk(own))).collect(),
        name: random.random::<bool>().then(|| name(at, random)),
    }
}

/// Every digitised point within the panel is drawn where it is.
fn points_are_in_place(figure: &Figure, own: &[Published], case: u64) {
    let ([bottom, top], [left, edge]) = (ends(figure, "y"), ends(figure, "x"));
    let until = ends(figure, "time")[1];
    let place = |(time, survival): (f64, f64)| {
        (left + (edge - left) * time / until, bottom - (bottom - top) * survival)
    };
    let inside = |own: &&Point| own.0 <= until && (0.0..=1.0).contains(&own.1);
    let points = own.iter().flat_map(|own| &own.points).filter(inside);
    let expected: Vec<Point> = points.map(|&own| place(own)).collect();
    let shapes = figure.scene().root.shapes();
    let drawn: Vec<_> = shapes.iter().filter(|own| own.class == "digitised").collect();
    assert_eq!(drawn.len(), expected.len(), "{case}");
    for (shape, (x, y)) in drawn.iter().zip(expected) {
        let middle = (shape.points[0].0, shape.points[1].1);
        assert!((middle.0 - x).abs() < 1e-6 && (middle.1 - y).abs() < 1e-6, "{case}");
    }
}

#[test]
fn reconstructions_over_what_was_published_hold() {
    for case in 0..300 {
        let mut random = stream(67, case);
        let cohort = cohort(&mut random);
        let style = PlotStyle { heights: Heights::Survival, ..style(&mut random) };
        let (fit, curves) = curves(&cohort);
        let each = 0..fit.curves().len();
        let published: Vec<Published> = each.map(|at| published(&fit, at, &mut random)).collect();
        let caveat = "PSEUDO-COHORT – NOT PATIENTS. Built by optimisation";
        let told = Told { published: &published, caveat, ..told() };
        let figure = curves.figure(&told, &style).unwrap();
        nothing_overlaps(&figure, case);
        columns_are_aligned(&figure, case);
        paths_are_the_estimators(&figure, &fit, false);
        points_are_in_place(&figure, &published, case);
    }
}

/// A predicted curve: it falls at events that all share, and nobody is counted.
fn predicted(at: usize, times: &[f64], random: &mut ChaCha8Rng) -> Line<'static> {
    let mut survival = 1.0;
    let limits = random.random_range(0..3u32) > 0;
    let step = |&time: &f64| {
        survival *= 1.0 - 0.3 * random.random::<f64>();
        let limit = |power: f64| limits.then(|| survival.powf(power));
        let (lower, upper) = (limit(1.5), limit(0.5));
        let cumulative_hazard = -survival.ln();
        let std_err = None;
        Step::of_model(&ModelPoint { time, survival, cumulative_hazard, std_err, lower, upper })
    };
    let steps: Vec<Step> = times.iter().map(step).collect();
    Line {
        label: name(at, random),
        summary: String::new(),
        median: steps.iter().find(|own| own.survival <= 0.5).map(|own| own.time),
        steps,
        end: times[times.len() - 1] * 1.2,
        counts: None,
        counted: Counted::default(),
        dots: Vec::new(),
        printed: Vec::new(),
    }
}

/// Every fall of a line is a step of its curve, to its height; no step is left out.
fn falls_are_steps(figure: &Figure, lines: &[Line<'_>], failure: bool) {
    let ([bottom, top], [left, edge]) = (ends(figure, "y"), ends(figure, "x"));
    let until = ends(figure, "time")[1];
    let shapes = figure.scene().root.shapes();
    let paths: Vec<_> = shapes.iter().filter(|own| own.class == "estimate").collect();
    assert_eq!(paths.len(), lines.len());
    for (path, line) in paths.iter().zip(lines) {
        let falls: Vec<Point> =
            path.points.windows(2).filter(|own| own[0].0 == own[1].0).map(|own| own[1]).collect();
        assert_eq!(falls.len(), line.steps.len());
        for ((x, y), step) in falls.into_iter().zip(&line.steps) {
            let height = if failure { 1.0 - step.survival } else { step.survival };
            assert!((x - (left + (edge - left) * step.time / until)).abs() < 1e-6);
            assert!((y - (bottom - (bottom - top) * height)).abs() < 1e-6);
        }
    }
}

#[test]
fn predicted_curves_hold() {
    for case in 0..300 {
        let mut random = stream(68, case);
        let scale = 10f64.powi(random.random_range(-6..7));
        let events = random.random_range(1..=80usize);
        let mut times: Vec<f64> = (0..events).map(|_| scale * random.random::<f64>()).collect();
        times.sort_by(f64::total_cmp);
        let count = random.random_range(1..=8usize);
        let lines = (0..count).map(|at| predicted(at, &times, &mut random)).collect();
        let title = "Predicted survival: Surv(time, event) ~ arm + age".to_owned();
        let plot = SurvivalPlot { lines, told: Vec::new(), caveats: Vec::new(), title };
        let style = PlotStyle { risk_table: RiskTable::None, ..style(&mut random) };
        let figure = plot.draw(&style).unwrap();
        nothing_overlaps(&figure, case);
        falls_are_steps(&figure, &plot.lines, style.heights == Heights::Failure);
    }
}

#[test]
fn log_log_plots_hold_too() {
    for case in 0..100 {
        let mut random = stream(62, case);
        let (cohort, style) = (cohort(&mut random), style(&mut random));
        let (heights, risk_table) = (Heights::LogLog, RiskTable::AtRisk);
        let style = PlotStyle { heights, risk_table, ..style };
        match curves(&cohort).1.figure(&told(), &style) {
            Ok(figure) => nothing_overlaps(&figure, case),
            Err(error) => assert!(error.to_string().contains("needs an event"), "{case}: {error}"),
        }
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let mut random = stream(61, 0);
    let cohort = cohort(&mut random);
    let (_, curves) = curves(&cohort);
    let refused = |style: PlotStyle| curves.figure(&told(), &style).unwrap_err().to_string();
    let plain = PlotStyle::default();
    let low =
        refused(PlotStyle { height: Some(50.0), risk_table: RiskTable::Full, ..plain.clone() });
    assert!(low.contains("mm high or more"), "{low}");
    let thin = refused(PlotStyle { width: PlotWidth::Millimetres(10.0), ..plain.clone() });
    assert!(thin.contains("cannot be 10 mm wide"), "{thin}");
    let close = refused(PlotStyle { every: Some(1e-9), ..plain });
    assert!(close.contains("no room"), "{close}");
}
