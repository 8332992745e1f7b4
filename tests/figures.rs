//! Figures as the command line writes them: what they show can be read back, and what cannot be
//! drawn is refused.

#![cfg(feature = "cli")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use riskset::cli::execute;
use roxmltree::{Document, Node};
use tempfile::TempDir;

const LUNG: &str = "fixtures/data/lung.csv";
const BY_SEX: &str = "Surv(time, status == 2) ~ sex";

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A path inside a folder, as an argument.
fn inside(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

/// The names of the files in a folder, in order.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|own| own.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn run(args: &[&str]) -> String {
    execute(args).unwrap_or_else(|failure| panic!("{args:?}: {failure}"))
}

/// Draws a figure and returns its bytes.
fn drawn(args: &[&str], name: &str) -> Vec<u8> {
    let folder = folder();
    let path = inside(&folder, name);
    run(&[args, &["--plot", &path]].concat());
    fs::read(path).unwrap()
}

fn svg(args: &[&str]) -> String {
    String::from_utf8(drawn(args, "figure.svg")).unwrap()
}

/// The message and exit status of what must not work.
fn refused(args: &[&str]) -> (u8, String) {
    let failure = execute(args).expect_err(&format!("{args:?} worked"));
    (failure.status(), failure.to_string())
}

// ---- Reading back.

fn of_class<'a, 'i>(node: Node<'a, 'i>, class: &str) -> Vec<Node<'a, 'i>> {
    node.descendants().filter(|own| own.attribute("class") == Some(class)).collect()
}

fn texts(nodes: &[Node<'_, '_>]) -> Vec<String> {
    nodes.iter().map(|own| own.text().unwrap_or_default().to_owned()).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// `12.5 300` on the group of curves: what stands at the two ends of an axis, or where they are.
fn ends(curves: Node<'_, '_>, name: &str) -> [f64; 2] {
    let both = curves.attribute(name).unwrap();
    let (first, last) = both.split_once(' ').unwrap();
    [number(first), number(last)]
}

/// The corners of a path of moves, horizontal and vertical steps, all but the first relative.
fn corners(path: &str) -> Vec<(f64, f64)> {
    let (mut x, mut y) = (0.0, 0.0);
    let starts: Vec<usize> = path.match_indices(char::is_alphabetic).map(|own| own.0).collect();
    let stops = starts.iter().skip(1).copied().chain([path.len()]);
    let commands = starts.iter().zip(stops).map(|(&start, stop)| path[start..stop].split_at(1));
    let corner = |(command, rest): (&str, &str)| {
        let numbers: Vec<f64> = rest.split_whitespace().map(number).collect();
        match (command, numbers.as_slice()) {
            ("M", &[own_x, own_y]) => (x, y) = (own_x, own_y),
            ("h", &[dx]) => x += dx,
            ("v", &[dy]) => y += dy,
            other => panic!("{other:?} is no step of a survival curve"),
        }
        (x, y)
    };
    commands.map(corner).collect()
}

/// Times and survival along the one curve of a figure.
fn curve(figure: Node<'_, '_>) -> Vec<(f64, f64)> {
    let curves = of_class(figure, "curves")[0];
    let [time, x, y] = ["data-time", "data-x", "data-y"].map(|name| ends(curves, name));
    let is_failure = curves.attribute("data-height") == Some("failure");
    let share = |at: f64, [first, last]: [f64; 2]| (at - first) / (last - first);
    let point = |(across, down): (f64, f64)| {
        let height = share(down, y);
        let survival = if is_failure { 1.0 - height } else { height };
        (time[0] + share(across, x) * (time[1] - time[0]), survival)
    };
    let paths = of_class(figure, "estimate");
    assert_eq!(paths.len(), 1);
    corners(paths[0].attribute("d").unwrap()).into_iter().map(point).collect()
}

/// The times under the axis, and the first row of numbers below them.
fn at_risk(figure: Node<'_, '_>) -> Vec<(String, String)> {
    let axis = of_class(figure, "axis x")[0];
    let row = of_class(of_class(figure, "risk-table")[0], "row")[0];
    let (ticks, counts) = (of_class(axis, "tick"), of_class(row, "count"));
    let places = |nodes: &[Node<'_, '_>]| -> Vec<f64> {
        nodes.iter().map(|own| number(own.attribute("x").unwrap())).collect()
    };
    assert_eq!(places(&ticks), places(&counts), "columns stand under their ticks");
    texts(&ticks).into_iter().zip(texts(&counts)).collect()
}

fn description(figure: Node<'_, '_>) -> String {
    let own = figure.descendants().find(|own| own.has_tag_name("desc")).unwrap();
    own.text().unwrap().to_owned()
}

fn table<A: ToString, B: ToString>(header: &str, rows: &[(A, B)]) -> String {
    let mut text = format!("{header}\n");
    for (a, b) in rows {
        writeln!(text, "{},{}", a.to_string(), b.to_string()).unwrap();
    }
    text
}

/// `138 subjects, 112 events, median 270 (210–306)` without the limits.
fn summary(description: &str) -> [String; 3] {
    let own = description.split(". ").next().unwrap();
    let own = own.rsplit_once(": ").map_or(own, |own| own.1);
    let [n, events, median] = own.splitn(3, ", ").collect::<Vec<_>>().try_into().unwrap();
    let median = median.split(" (").next().unwrap();
    // 27.0004 weeks are told as 27.0, and 27 as 27.
    [n, events, median.trim_end_matches(".0")].map(str::to_owned)
}

/// Draws the curve of one arm, reconstructs patients from the figure, and draws theirs.
fn there_and_back(file: &str, formula: &str, more: &[&str]) {
    let first = svg(&[&["km", file, formula], more].concat());
    let first = Document::parse(&first).unwrap();
    let (told, numbers) = (summary(&description(first.root_element())), at_risk(first.root()));
    assert!(numbers.len() >= 4, "{file}: {numbers:?}");

    let folder = folder();
    let [points, risk, ipd] =
        ["points.csv", "risk.csv", "ipd.pseudo.csv"].map(|own| inside(&folder, own));
    fs::write(&points, table("time,survival", &curve(first.root()))).unwrap();
    fs::write(&risk, table("time,n_risk", &numbers)).unwrap();
    let [n, events] = [0, 1].map(|own: usize| told[own].split(' ').next().unwrap());
    let back = svg(&[
        "reconstruct",
        "--points",
        &points,
        "--at-risk",
        &risk,
        "--n",
        n,
        "--events",
        events,
        "--ipd",
        &ipd,
    ]);
    let back = Document::parse(&back).unwrap();
    assert_eq!(summary(&description(back.root_element())), told, "{file} {formula} {more:?}");
    // A reconstruction has its ticks at printed times, not always at all of them.
    let reached = at_risk(back.root());
    assert!(reached.len() >= 4 && reached.iter().all(|own| numbers.contains(own)), "{reached:?}");

    // The rows themselves say the same as the figure that was made of them.
    let patients = fs::read_to_string(&ipd).unwrap();
    let rows: Vec<Vec<&str>> =
        patients.lines().skip(1).map(|own| own.split(',').collect()).collect();
    assert_eq!(rows.len().to_string(), n);
    assert_eq!(rows.iter().filter(|own| own[2] == "1").count().to_string(), events);
    for (time, count) in &numbers {
        let left = rows.iter().filter(|own| number(own[1]) >= number(time)).count();
        assert_eq!(left.to_string(), *count, "{file}: at risk at {time}");
    }
}

#[test]
fn a_figure_of_lung_gives_its_patients_back() {
    for sex in ["sex == 1", "sex == 2"] {
        there_and_back(LUNG, "Surv(time, status == 2) ~ 1", &["--where", sex]);
    }
}

#[test]
fn figures_of_other_trials_give_their_patients_back() {
    let veteran = "fixtures/data/veteran.csv";
    for treatment in ["trt == 1", "trt == 2"] {
        there_and_back(veteran, "Surv(time, status) ~ 1", &["--where", treatment]);
    }
    let mayo = "fixtures/data/mayo-netg3-pfs.csv";
    there_and_back(mayo, "Surv(days, event) ~ 1", &[]);
    there_and_back("fixtures/data/aml.csv", "Surv(time, status) ~ 1", &["--every", "10"]);
}

#[test]
fn a_figure_of_failure_in_months_gives_its_patients_back() {
    let more = ["--heights", "failure", "--time-unit", "months", "--plot-width", "single"];
    let formula = "Surv(rfstime / 30.4375, status) ~ 1";
    let grade = ["--where", "grade == 1"];
    there_and_back("fixtures/data/gbsg.csv", formula, &[&more[..], &grade[..]].concat());
}

/// Who reads a figure back must know which way its curves go.
#[test]
fn a_figure_says_whether_its_curves_rise() {
    for heights in ["survival", "failure"] {
        let text = svg(&["km", LUNG, BY_SEX, "--heights", heights]);
        let figure = Document::parse(&text).unwrap();
        let curves = of_class(figure.root(), "curves")[0];
        assert_eq!(curves.attribute("data-height"), Some(heights));
        // Down the page is down the curve.
        for own in of_class(figure.root(), "estimate") {
            let own = corners(own.attribute("d").unwrap());
            let (first, last) = (own[0].1, own[own.len() - 1].1);
            assert_eq!(first < last, heights == "survival", "{first} {last}");
        }
    }
}

#[test]
fn those_who_enter_at_0_are_at_risk_at_0() {
    let text = svg(&[
        "km",
        "fixtures/data/heart.csv",
        "Surv(start, stop, event) ~ transplant",
        "--every",
        "200",
        "--until",
        "400",
    ]);
    let figure = Document::parse(&text).unwrap();
    // R at 0, 200, 400: 103, 6, 2, and 33, 24 for the transplanted, of whom R has 11 at 0.
    let counts = texts(&of_class(figure.root(), "count"));
    assert_eq!(counts, ["103", "6", "2", "0", "33", "24"]);
}

/// As R's `summary(survfit(Surv(time, status) ~ 1, aml), c(0, 13, 26))`, summed up.
#[test]
fn events_and_censorings_at_a_tick_count_there() {
    let text = svg(&[
        "km",
        "fixtures/data/aml.csv",
        "Surv(time, status) ~ 1",
        "--every",
        "13",
        "--until",
        "26",
        "--risk-table",
        "full",
    ]);
    let figure = Document::parse(&text).unwrap();
    let rows = of_class(figure.root(), "row").into_iter().map(|own| texts(&of_class(own, "count")));
    let expected = [["23", "17", "11"], ["0", "7", "10"], ["0", "1", "2"]];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}

/// Sums of weights stand as whole numbers, and it is said that they are rounded.
#[test]
fn weights_are_rounded_at_risk() {
    let folder = folder();
    let data = inside(&folder, "weights.csv");
    let rows: Vec<(u32, String)> = (1..=40).map(|at| (at, "1,1.375".to_owned())).collect();
    fs::write(&data, table("time,event,w", &rows)).unwrap();
    let args =
        ["km", &data, "Surv(time, event) ~ 1", "--weights", "w", "--weight-type", "sampling"];
    let text = svg(&[&args[..], &["--every", "10"]].concat());
    let figure = Document::parse(&text).unwrap();
    let counts = texts(&of_class(figure.root(), "count"));
    // 40, 31, 21, 11 and 1 rows of 1.375.
    assert_eq!(counts, ["55", "43", "29", "15", "1"]);
    assert!(text.contains("Number at risk (sums of weights, rounded)"), "{text}");
}

/// Leaders begin where curves end, which need not be at the edge.
#[test]
fn names_are_led_to_from_the_ends_of_curves() {
    let folder = folder();
    let data = inside(&folder, "data.csv");
    let rows = "4,1,short\n8,1,short\n10,0,short\n5,1,long\n20,1,long\n40,0,long\n";
    fs::write(&data, format!("time,event,arm\n{rows}")).unwrap();
    let text = svg(&["km", &data, "Surv(time, event) ~ arm", "--labels", "direct", "--no-test"]);
    let figure = Document::parse(&text).unwrap();
    let begins: Vec<(f64, f64)> = of_class(figure.root(), "leader")
        .iter()
        .map(|own| {
            let path = own.attribute("d").unwrap().strip_prefix('M').unwrap();
            let mut numbers = path.split(['h', 'l', 'v', ' ']).take(2).map(number);
            (numbers.next().unwrap(), numbers.next().unwrap())
        })
        .collect();
    let paths = of_class(figure.root(), "estimate");
    let ends: Vec<(f64, f64)> =
        paths.iter().map(|own| *corners(own.attribute("d").unwrap()).last().unwrap()).collect();
    let near = |own: &(f64, f64), other: &(f64, f64)| {
        (own.0 - other.0).abs() < 0.01 && (own.1 - other.1).abs() < 0.01
    };
    // The order of groups is that of their names: long, short.
    assert!(ends[1].0 < ends[0].0, "{ends:?}");
    assert!(begins.iter().any(|own| near(own, &ends[1])), "{begins:?} {ends:?}");
}

/// The simultaneous band lies around the pointwise limits, and a line says which is which.
#[test]
fn a_simultaneous_band_is_drawn() {
    let args = ["km", "fixtures/data/aml.csv", "Surv(time, status) ~ 1"];
    let plain = svg(&args);
    assert!(!plain.contains("simultaneous"));
    for (kind, name) in [("hall-wellner", "Hall–Wellner"), ("equal-precision", "equal-precision")]
    {
        let text = svg(&[&args[..], &["--band", kind]].concat());
        let figure = Document::parse(&text).unwrap();
        let caveat = texts(&of_class(figure.root(), "caveat")).join(" ");
        assert!(caveat.contains(&format!("simultaneous 95 % {name} band")), "{caveat}");
        let lowest = |class: &str| {
            let paths = of_class(figure.root(), class);
            let all =
                paths.iter().flat_map(|own| corners(&own.attribute("d").unwrap().replace('z', "")));
            all.map(|own| own.1).fold(0.0, f64::max)
        };
        assert!(lowest("simultaneous-band") > lowest("band"), "{kind}");
        let without = svg(&[&args[..], &["--band", kind, "--no-band"]].concat());
        assert!(!without.contains("simultaneous"), "{kind}");
    }
}

/// The one arm of a reconstruction is called what it was told.
#[test]
fn the_name_of_a_single_arm_is_shown() {
    let folder = folder();
    let [points, risk] = ["points.csv", "risk.csv"].map(|own| inside(&folder, own));
    fs::write(&points, "time,survival\n0,1\n5,0.8\n9,0.5\n12,0.5\n").unwrap();
    fs::write(&risk, "time,n_risk\n0,10\n6,8\n12,5\n").unwrap();
    let args = ["reconstruct", "--points", &points, "--at-risk", &risk];
    assert!(!svg(&args).contains("class=\"legend\""));
    let text = svg(&[&args[..], &["--label", "FOLFOX & more"]].concat());
    let figure = Document::parse(&text).unwrap();
    let legend = of_class(figure.root(), "legend")[0];
    let words: Vec<&str> = legend.descendants().filter_map(|own| own.text()).collect();
    assert!(words.contains(&"FOLFOX & more"), "{words:?}");
}

/// Ticks stand at printed numbers at risk; those without room go, whatever their distance was to be.
#[test]
fn printed_numbers_closer_than_they_can_stand() {
    let folder = folder();
    let [points, risk] = ["points.csv", "risk.csv"].map(|name| inside(&folder, name));
    let [mut curve, mut at_risk] = ["time,survival\n0,1\n", "time,n_risk\n"].map(str::to_owned);
    for at in 0..50 {
        writeln!(at_risk, "{},{}", 2 * at, 60 - at).unwrap();
        writeln!(curve, "{},{:.4}", 2 * at + 1, 1.0 - 0.01 * f64::from(at)).unwrap();
    }
    fs::write(&points, curve).unwrap();
    fs::write(&risk, at_risk).unwrap();
    let args = ["reconstruct", "--points", &points, "--at-risk", &risk, "--every", "2"];
    let text = svg(&args);
    let figure = Document::parse(&text).unwrap();
    assert!(of_class(figure.root(), "risk-table").len() == 1, "{text}");
}

// ---- What figures say is what the analyses say.

/// Where something is on the axes of the curves.
fn value((across, down): (f64, f64), figure: Node<'_, '_>) -> (f64, f64) {
    let curves = of_class(figure, "curves")[0];
    let [time, x, y] = ["data-time", "data-x", "data-y"].map(|name| ends(curves, name));
    let share = |at: f64, [first, last]: [f64; 2]| (at - first) / (last - first);
    (time[0] + share(across, x) * (time[1] - time[0]), share(down, y))
}

fn path(own: Node<'_, '_>) -> Vec<(f64, f64)> {
    corners(own.attribute("d").unwrap().trim_end_matches('z'))
}

#[test]
fn bands_marks_and_medians_are_the_estimators() {
    let json = run(&["km", LUNG, BY_SEX, "--curve", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let text = svg(&["km", LUNG, BY_SEX]);
    let figure = Document::parse(&text).unwrap();
    let root = figure.root();
    let medians = of_class(root, "medians")[0].children().filter(|own| own.has_tag_name("path"));
    let medians: Vec<f64> = medians.skip(1).map(|own| value(path(own)[0], root).0).collect();
    for (at, group) in json["groups"].as_array().unwrap().iter().enumerate() {
        let median = group["median"]["estimate"].as_f64().unwrap();
        assert!((medians[at] - median).abs() < 0.1, "{} {median}", medians[at]);
        let steps = group["curve"].as_array().unwrap();
        let number = |step: &serde_json::Value, name: &str| step[name].as_f64().unwrap();
        let band: Vec<_> =
            path(of_class(root, "band")[at]).iter().map(|&own| value(own, root)).collect();
        for step in steps.iter().filter(|own| number(own, "n_event") > 0.0 && own["lower"].is_f64())
        {
            for limit in ["lower", "upper"] {
                let near = |own: &&(f64, f64)| {
                    (own.0 - number(step, "time")).abs() < 0.1
                        && (own.1 - number(step, limit)).abs() < 1e-4
                };
                assert!(band.iter().any(|own| near(&own)), "{limit}: {step}");
            }
        }
        let marks = of_class(of_class(root, "curve")[at], "censored");
        let marks: Vec<f64> = marks.iter().map(|own| value(path(*own)[0], root).0).collect();
        let censored = steps.iter().filter(|own| number(own, "n_censor") > 0.0);
        let times: Vec<f64> = censored.map(|own| number(own, "time")).collect();
        assert_eq!(marks.len(), times.len());
        assert!(marks.iter().zip(&times).all(|(own, time)| (own - time).abs() < 0.1), "{marks:?}");
    }
}

/// R: `survdiff` and `coxph(Surv(time, status) ~ sex, lung)`: p 0.00131, 0.588 (0.424–0.816).
#[test]
fn test_and_ratio_are_those_of_the_groups() {
    let text = svg(&["km", LUNG, BY_SEX]);
    let figure = Document::parse(&text).unwrap();
    let expected = ["Log-rank p = 0.001", "HR 0.59 (95 % CI 0.42–0.82), sex = 2 against sex = 1"];
    assert_eq!(texts(&of_class(figure.root(), "test")), expected);
}

#[test]
fn a_group_has_one_colour() {
    let text = svg(&["km", LUNG, BY_SEX]);
    let figure = Document::parse(&text).unwrap();
    let colours = |nodes: Vec<Node<'_, '_>>, name: &str| -> Vec<String> {
        nodes.iter().map(|own| own.attribute(name).unwrap().to_owned()).collect()
    };
    let own = colours(of_class(figure.root(), "estimate"), "stroke");
    assert_ne!(own[0], own[1]);
    assert_eq!(colours(of_class(figure.root(), "band"), "fill"), own);
    assert_eq!(colours(of_class(figure.root(), "label"), "fill"), own);
    let legend = of_class(figure.root(), "legend")[0];
    let samples = legend.children().filter(|own| own.has_tag_name("path")).collect();
    assert_eq!(colours(samples, "stroke"), own);
}

/// R: `coxph` of sex and age alone (p 0.00149, 0.0419) and together (0.00218, 0.0646).
#[test]
fn a_forest_plot_keeps_its_models_apart() {
    let text = svg(&["cox", LUNG, "Surv(time, status == 2) ~ sex + age", "--univariable"]);
    let figure = Document::parse(&text).unwrap();
    let root = figure.root();
    assert_eq!(texts(&of_class(root, "p")), ["0.001", "0.002", "0.042", "0.065"]);
    assert_eq!(texts(&of_class(root, "count")), ["228", "165", "228", "165"]);
    let fills: Vec<bool> = of_class(root, "ratio")
        .iter()
        .map(|own| own.attribute("fill") == Some("#ffffff"))
        .collect();
    assert_eq!(fills, [true, false, true, false], "alone is hollow");
    for (line, square) in of_class(root, "interval").iter().zip(of_class(root, "ratio")) {
        let (line, square) = (path(*line), path(square));
        let middle = |own: &[(f64, f64)]| {
            let (low, high) =
                own.iter().fold((f64::MAX, 0.0f64), |own, at| (own.0.min(at.0), own.1.max(at.0)));
            (low + high) / 2.0
        };
        assert!((middle(&line) - middle(&square)).abs() < 0.01, "{line:?} {square:?}");
    }
}

#[test]
fn a_log_log_plot_rises() {
    let text = svg(&["km", LUNG, BY_SEX, "--heights", "log-log"]);
    let figure = Document::parse(&text).unwrap();
    for own in of_class(figure.root(), "estimate") {
        let path = path(own);
        assert!(
            path.windows(2).all(|own| own[1].0 >= own[0].0 && own[1].1 <= own[0].1),
            "{path:?}"
        );
    }
}

// ---- What every figure is.

/// Commands of all kinds of figures.
const FIGURES: [&[&str]; 8] = [
    &["km", LUNG, BY_SEX],
    &["km", LUNG, BY_SEX, "--heights", "log-log"],
    &["km", LUNG, BY_SEX, "--risk-table", "full", "--labels", "direct"],
    &["logrank", "fixtures/data/veteran.csv", "Surv(time, status) ~ celltype"],
    &["cox", LUNG, "Surv(time, status == 2) ~ sex + age + factor(ph.ecog)"],
    &["cox", LUNG, "Surv(time, status == 2) ~ sex + age", "--univariable"],
    &["cox", LUNG, "Surv(time, status == 2) ~ sex + age", "--ph-test", "--plot-kind", "ph-test"],
    &[
        "cox",
        LUNG,
        "Surv(time, status == 2) ~ sex + age",
        "--adjusted",
        "sex",
        "--curve",
        "--plot-kind",
        "curves",
    ],
];

/// Ticks are the numbers that they show: nobody is lost to 3 × 0.1 being more than 0.3.
#[test]
fn who_leaves_at_a_tick_is_at_risk_there() {
    let folder = folder();
    let data = inside(&folder, "tenths.csv");
    let rows: Vec<(String, u8)> = (1..=7).map(|tenth| (format!("0.{tenth}"), 1)).collect();
    std::fs::write(&data, table("time,status", &rows)).unwrap();
    let formula = "Surv(time, status) ~ 1";
    let figure = svg(&["km", &data, formula, "--every", "0.1", "--risk-table", "full"]);
    let figure = roxmltree::Document::parse(&figure).unwrap();
    let counts = texts(&of_class(figure.root_element(), "count"));
    assert_eq!(counts[..8], ["7", "7", "6", "5", "4", "3", "2", "1"]);
    assert_eq!(counts[8..16], ["0", "1", "2", "3", "4", "5", "6", "7"]);
}

#[test]
fn every_figure_is_well_formed_and_needs_no_other_file() {
    for args in FIGURES {
        let text = svg(args);
        let figure = Document::parse(&text).unwrap_or_else(|error| panic!("{args:?}: {error}"));
        let root = figure.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        for (at, name) in ["title", "desc"].into_iter().enumerate() {
            let own = root.children().filter(Node::is_element).nth(at).unwrap();
            assert!(own.has_tag_name(name) || own.tag_name().name() == name, "{args:?}: {name}");
            assert!(!own.text().unwrap_or_default().is_empty(), "{args:?}: {name}");
        }
        let rest = text.replacen("xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
        for outside in ["http:", "https:", "href", "@import", "<script", "<image", "file:"] {
            assert!(!rest.contains(outside), "{args:?}: {outside}");
        }
        let urls = rest.matches("url(").count();
        assert_eq!(urls, rest.matches("url(data:font/").count(), "{args:?}");
        let words = figure.descendants().filter(Node::is_text).filter_map(|own| own.text());
        for words in words {
            let nothing = ["p = 0.000", "p 0.000", "NaN", "inf"];
            assert!(!nothing.iter().any(|own| words.contains(own)), "{args:?}: {words}");
        }
        assert!(!texts(&of_class(root, "p")).contains(&"0.000".to_owned()), "{args:?}");
    }
}

#[test]
fn a_small_p_is_never_nothing() {
    let figure = svg(&["km", "fixtures/data/pbc.csv", "Surv(time, status == 2) ~ factor(edema)"]);
    let figure = Document::parse(&figure).unwrap();
    let told = texts(&of_class(figure.root(), "test"));
    assert!(told.iter().any(|own| own.contains("p < 0.001")), "{told:?}");
}

/// With and without threads, twice: the same bytes.
#[test]
fn the_same_input_draws_the_same_bytes() {
    let kinds: &[&str] =
        if cfg!(feature = "figures") { &["a.svg", "a.pdf", "a.png"] } else { &["a.svg"] };
    for args in [FIGURES[0], FIGURES[5]] {
        for kind in kinds {
            let on = |threads| drawn(&[args, &["--threads", threads]].concat(), kind);
            let once = on("1");
            assert!(once == on("1") && once == on("2"), "{args:?} {kind}");
        }
    }
}

#[cfg(feature = "figures")]
#[test]
fn pdf_and_png_are_what_their_names_say() {
    assert!(drawn(FIGURES[0], "a.PDF").starts_with(b"%PDF-"));
    assert!(drawn(FIGURES[0], "a.png").starts_with(b"\x89PNG\r\n\x1a\n"));
}

/// Two groups with all times distinct, from a generator written down here.
fn many(rows: u64) -> String {
    let mut state = 1u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    let mut text = "time,event,arm\n".to_owned();
    for row in 0..rows {
        let (event, censored) = (-uniform().ln() * 20.0, 60.0 * uniform());
        let (time, status) = (event.min(censored), u8::from(event <= censored));
        writeln!(text, "{time:.9},{status},{}", row % 2).unwrap();
    }
    text
}

#[test]
fn a_figure_of_a_registry_is_small() {
    let folder = folder();
    let data = inside(&folder, "registry.csv");
    fs::write(&data, many(200_000)).unwrap();
    let text = svg(&["km", &data, "Surv(time, event) ~ arm"]);
    assert!(text.len() < 200_000, "{} bytes", text.len());
    let figure = Document::parse(&text).unwrap();
    assert_eq!(of_class(figure.root(), "estimate").len(), 2);
    assert_eq!(of_class(figure.root(), "band").len(), 2);
    assert!(of_class(figure.root(), "censored").len() > 50);
    // What was left out cannot be seen: the curve is where an exponential with that rate is.
    let curves = of_class(figure.root(), "curves")[0];
    let [time, x, y] = ["data-time", "data-x", "data-y"].map(|name| ends(curves, name));
    for path in of_class(figure.root(), "estimate") {
        for (across, down) in corners(path.attribute("d").unwrap()) {
            let at = (across - x[0]) / (x[1] - x[0]) * time[1];
            let survival = (down - y[0]) / (y[1] - y[0]);
            let expected = (-at / 20.0).exp();
            assert!((survival - expected).abs() < 0.02, "{at}: {survival}, {expected}");
        }
    }
}

// ---- What people type.

#[test]
fn words_with_markup_are_words() {
    let folder = folder();
    let data = inside(&folder, "data.csv");
    let rows = "5,1,<b>A & B</b>\n7,1,\"x\"\"y'\"\n9,0,<b>A & B</b>\n11,1,\"x\"\"y'\"\n";
    fs::write(&data, format!("time,event,arm\n{rows}")).unwrap();
    let title = "</text><script>alert(1)</script> & \"co\"";
    let text = svg(&[
        "km",
        &data,
        "Surv(time, event) ~ arm",
        "--plot-title",
        title,
        "--x-label",
        "t < 5 & more",
        "--y-label",
        "]]>",
    ]);
    let figure = Document::parse(&text).unwrap();
    assert!(figure.descendants().all(|own| !own.has_tag_name("script")));
    let words: Vec<&str> = figure.descendants().filter_map(|own| own.text()).collect();
    let joined = texts(&of_class(figure.root(), "title")).join(" ");
    assert_eq!(joined, title);
    for own in ["t < 5 & more", "]]>", "<b>A & B</b>", "x\"y'"] {
        assert!(words.contains(&own), "{own}: {words:?}");
    }
    let groups: Vec<&str> = of_class(figure.root(), "curve")
        .iter()
        .map(|own| own.attribute("data-group").unwrap())
        .collect();
    assert_eq!(groups, ["<b>A & B</b>", "x\"y'"]);
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = folder();
    let path = inside(&folder, "no/such/folder/os.svg");
    let (status, message) = refused(&["km", LUNG, BY_SEX, "--plot", &path]);
    assert_eq!(status, 1, "{message}");
    assert!(message.contains("os.svg") && message.contains("there is no such folder"), "{message}");
    // A folder is no file.
    fs::create_dir(folder.path().join("taken.svg")).unwrap();
    let (status, message) = refused(&["km", LUNG, BY_SEX, "--plot", &inside(&folder, "taken.svg")]);
    assert!(status == 1 && message.contains("taken.svg"), "{message}");
    assert_eq!(names(&folder), ["taken.svg"]);
}

#[test]
fn a_name_must_say_what_is_drawn() {
    let folder = folder();
    for name in ["os.gif", "os", "os.svg.gz", ".svg", "os."] {
        let path = inside(&folder, name);
        let (status, message) = refused(&["km", LUNG, BY_SEX, "--plot", &path]);
        assert_eq!(status, 2, "{message}");
        assert!(message.contains(".svg, .pdf or .png") && message.contains(name), "{message}");
    }
    assert!(names(&folder).is_empty());
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let folder = folder();
    let path = inside(&folder, "os.svg");
    let cases = [
        ("--plot-width", ["0", "-5", "1e9", "nan", "inf", "wide"]),
        ("--plot-height", ["0", "-5", "1e9", "nan", "inf", "20"]),
        ("--every", ["0", "-1", "nan", "1e-9", "inf", "x"]),
        ("--until", ["0", "-1", "nan", "-1e9", "inf", "x"]),
    ];
    for (option, values) in cases {
        for value in values {
            let (status, message) = refused(&["km", LUNG, BY_SEX, "--plot", &path, option, value]);
            assert_eq!(status, 2, "{option} {value}: {message}");
            let says = ["can be drawn", "give", "above 0", "no room", "no number"];
            assert!(says.iter().any(|own| message.contains(own)), "{option} {value}: {message}");
        }
    }
    assert!(names(&folder).is_empty());
}

#[test]
fn more_groups_than_can_be_told_apart_are_refused_with_advice() {
    let folder = folder();
    let data = inside(&folder, "data.csv");
    let rows: String = (0..200).map(|row| format!("{},1,g{}\n", row + 1, row % 50)).collect();
    fs::write(&data, format!("time,event,arm\n{rows}")).unwrap();
    let path = inside(&folder, "os.svg");
    let (status, message) = refused(&["km", &data, "Surv(time, event) ~ arm", "--plot", &path]);
    assert_eq!(status, 1);
    for own in ["up to 8 groups", "50", "cut()", "--by"] {
        assert!(message.contains(own), "{message}");
    }
    assert_eq!(names(&folder), ["data.csv"]);
}

#[test]
fn options_of_a_figure_need_a_figure() {
    let (status, message) = refused(&["km", LUNG, BY_SEX, "--no-band"]);
    assert!(status == 2 && message.contains("--plot"), "{message}");
}

#[test]
fn nothing_is_written_over_what_is_read_or_written() {
    let folder = folder();
    let [data, os] = ["data.svg", "os.svg"].map(|own| inside(&folder, own));
    let own = fs::read(LUNG).unwrap();
    fs::write(&data, &own).unwrap();
    let (status, message) = refused(&["km", &data, BY_SEX, "--plot", &data]);
    assert!(status == 2 && message.contains("--plot names a file that is read"), "{message}");
    assert_eq!(fs::read(&data).unwrap(), own);

    let beside = folder.path().join(".").join("os.svg");
    let other = inside(&folder, "../").to_owned()
        + folder.path().file_name().unwrap().to_str().unwrap()
        + "/os.svg";
    for same in [os.as_str(), beside.to_str().unwrap(), &other] {
        let args = ["km", LUNG, BY_SEX, "--plot", &os, "--output", same];
        let (status, message) = refused(&args);
        assert!(status == 2 && message.contains("the same file"), "{same}: {message}");
    }
    assert_eq!(names(&folder), ["data.svg"]);
}

#[test]
fn a_reconstruction_keeps_what_it_is_made_of() {
    let folder = folder();
    let [points, risk] = ["points.svg", "risk.pseudo.csv"].map(|own| inside(&folder, own));
    fs::write(&points, "time,survival\n0,1\n5,0.8\n9,0.5\n12,0.5\n").unwrap();
    fs::write(&risk, "time,n_risk\n0,10\n6,8\n12,5\n").unwrap();
    let given = ["reconstruct", "--points", &points, "--at-risk", &risk];
    for (option, path) in
        [("--plot", &points), ("--output", &points), ("--output", &risk), ("--ipd", &risk)]
    {
        let (status, message) = refused(&[&given[..], &[option, path]].concat());
        let says = format!("{option} names a file that is read");
        assert!(status == 2 && message.contains(&says), "{option} {path}: {message}");
    }
    assert!(fs::read_to_string(&points).unwrap().starts_with("time,survival"));
    run(&given);
}

/// A plan, its data, and profiles are read as well.
#[test]
fn nothing_is_written_over_what_a_plan_reads() {
    let folder = folder();
    let [plan, data, profiles] = ["plan.toml", "data.svg", "p.svg"].map(|own| inside(&folder, own));
    let rows = "time,event,age\n5,1,50\n7,1,61\n9,0,55\n11,1,47\n12,1,70\n";
    fs::write(&data, rows).unwrap();
    fs::write(&profiles, "age\n50\n").unwrap();
    let endpoint = "[endpoint.OS]\ntime = \"time\"\nevent = \"event\"\nunit = \"months\"\n";
    fs::write(&plan, format!("[data]\nfile = \"data.svg\"\n\n{endpoint}")).unwrap();
    let cox = ["cox", &data, "Surv(time, event) ~ age", "--profiles", &profiles];
    let own = ["km", &plan, "OS ~ 1"];
    for (args, option, path) in [
        (&own[..], "--plot", &data),
        (&own, "--output", &data),
        (&own, "--output", &plan),
        (&cox, "--plot", &profiles),
        (&cox, "--output", &profiles),
    ] {
        let (status, message) = refused(&[args, &[option, path]].concat());
        let says = format!("{option} names a file that is read");
        assert!(status == 2 && message.contains(&says), "{option} {path}: {message}");
    }
    assert_eq!(fs::read_to_string(&data).unwrap(), rows);
    run(&own);
    run(&cox);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_data_is_the_data() {
    let folder = folder();
    let [data, link] = ["data.csv", "link.svg"].map(|own| inside(&folder, own));
    fs::copy(LUNG, &data).unwrap();
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let (status, message) = refused(&["km", &data, BY_SEX, "--plot", &link]);
    assert!(status == 2 && message.contains("a file that is read"), "{message}");
}

/// Levels that would lead out of the folder, and two that become one name.
#[test]
fn every_level_has_a_file_with_a_safe_name() {
    let folder = folder();
    let data = inside(&folder, "data.csv");
    let long = "somatostatin analogue ".repeat(20);
    let levels = ["../up", "..", "a b", "a_b", "C:\\x", "Ki-67 ≥ 55 %", "/etc", long.trim()];
    let mut rows = "time,event,site\n".to_owned();
    for (at, level) in levels.iter().enumerate() {
        for row in 0..4 {
            writeln!(rows, "{},1,{level}", 1 + at + row).unwrap();
        }
    }
    fs::write(&data, rows).unwrap();
    let path = inside(&folder, "os.svg");
    run(&["km", &data, "Surv(time, event) ~ 1", "--by", "site", "--plot", &path]);
    let files: Vec<String> = names(&folder).into_iter().filter(|own| own != "data.csv").collect();
    assert_eq!(files.len(), levels.len(), "{files:?}");
    for file in &files {
        assert!(file.starts_with("os-site=") && file.ends_with(".svg"), "{file}");
        assert!(!file.contains(['/', '\\', ' ', ':', '%']), "{file}");
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        let figure = Document::parse(&text).unwrap();
        assert!(description(figure.root_element()).starts_with("4 subjects"), "{file}");
    }
    let outside: Vec<PathBuf> = fs::read_dir(folder.path().parent().unwrap())
        .unwrap()
        .map(|own| own.unwrap().path())
        .filter(|own| own.extension().is_some_and(|own| own == "svg"))
        .collect();
    assert!(!outside.iter().any(|own| own.ends_with(Path::new("up.svg"))), "{outside:?}");
}

/// One level has no event: its log-log plot cannot be, and so none is written.
#[test]
fn either_all_figures_are_written_or_none() {
    let folder = folder();
    let data = inside(&folder, "data.csv");
    let rows = "1,1,a\n2,1,a\n3,0,a\n1,1,b\n2,1,b\n3,1,b\n1,0,c\n2,0,c\n3,0,c\n";
    fs::write(&data, format!("time,event,site\n{rows}")).unwrap();
    let path = inside(&folder, "os.svg");
    let args = ["km", &data, "Surv(time, event) ~ 1", "--by", "site", "--plot", &path];
    let (status, message) = refused(&[&args[..], &["--heights", "log-log"]].concat());
    assert!(status == 1 && message.contains("needs an event"), "{message}");
    assert_eq!(names(&folder), ["data.csv"]);
    run(&args);
    assert_eq!(names(&folder).len(), 4);
}
