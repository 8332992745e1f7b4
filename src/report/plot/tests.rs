//! Layout by geometry: of random cohorts, nothing overlaps and nothing is lost.

use std::sync::Arc;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Curves, Heights, Labels, PlotStyle, PlotWidth, RiskTable, Told};
use crate::cohort::{Cohort, Factor, Groups};
use crate::convention::Conventions;
use crate::curve::SurvivalCurves;
use crate::figure::{Area, Figure, Node, Text};
use crate::numeric::stream::stream;
use crate::plan::Unit;
use crate::table::Category;

/// A cohort of groups with names of all lengths, on times of all sizes.
fn cohort(random: &mut ChaCha8Rng) -> Cohort {
    let groups = random.random_range(1..=8usize);
    let most = [8.0, 40.0, 300.0, 3000.0][random.random_range(0..4usize)];
    let n = groups + (most * random.random::<f64>()) as usize;
    let scale = 10f64.powi(random.random_range(-6..7));
    let events = [0.0, 0.1, 0.6, 1.0][random.random_range(0..4usize)];
    let time = |random: &mut ChaCha8Rng| -random.random::<f64>().ln() * scale;
    let times: Vec<f64> = (0..n).map(|_| time(random)).collect();
    let status: Vec<bool> = (0..n).map(|_| random.random::<f64>() < events).collect();
    let codes: Vec<u32> = (0..n).map(|row| (row % groups) as u32).collect();
    let words =
        ["NEC", "large cell", "Cis/Carbo + etoposide", "<b>&amp;", "小細胞", "Ki-67 ≥ 55 %"];
    let name = |at: usize, random: &mut ChaCha8Rng| {
        let count = random.random_range(1..5usize);
        let own: Vec<&str> =
            (0..count).map(|_| words[random.random_range(0..words.len())]).collect();
        format!("{at} {}", own.join(" "))
    };
    let names: Vec<String> = (0..groups).map(|at| name(at, random)).collect();
    let factor =
        Factor { name: "arm".to_owned(), category: Category { codes, levels: Arc::new(names) } };
    let groups = Groups::cross(vec![factor]);
    Cohort::builder(times, status).groups(groups).build().unwrap()
}

fn style(random: &mut ChaCha8Rng) -> PlotStyle {
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

fn of_class<'f>(figure: &'f Figure, class: &str) -> Vec<&'f Text> {
    figure.scene().root.texts().into_iter().filter(|own| own.class == class).collect()
}

fn nothing_overlaps(figure: &Figure, case: u64) {
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
