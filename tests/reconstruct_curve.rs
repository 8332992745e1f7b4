//! How near reconstructions come to the truth, on the curves of fixtures/reconstruction.

use std::fs;

use riskset::cohort::{Cohort, Design};
use riskset::cox::Cox;
use riskset::curve::{KaplanMeier, SurvivalCurves};
use riskset::published::{Printed, PrintedEstimate};
use riskset::reconstruct::{
    AtRisk, AtRiskTable, ConstraintStatus, CurveReconstruction, DigitisedCurve, Individual, Points,
    Trial,
};

fn rows(file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(format!("fixtures/reconstruction/{file}")).unwrap();
    let row = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).map(row).collect()
}

fn pairs(file: &str) -> Vec<(f64, f64)> {
    let number = |row: &[String], at: usize| row.get(at).map_or(0.0, |own| own.parse().unwrap());
    rows(file).iter().map(|row| (number(row, 0), number(row, 1))).collect()
}

/// A curve with its numbers at risk.
fn curve(name: &str) -> DigitisedCurve {
    let points = Points::new(&pairs(&format!("input/{name}_points.csv"))).unwrap();
    let at_risk: Vec<AtRisk> = pairs(&format!("input/{name}_nrisk.csv"))
        .into_iter()
        .map(|(time, n)| AtRisk::new(time, n as u32))
        .collect();
    DigitisedCurve::new(points).at_risk(AtRiskTable::new(&at_risk).unwrap())
}

fn truth(case: &str, arm: &str) -> Vec<Individual> {
    let own = rows(&format!("truth/{case}.csv")).into_iter().filter(|row| row[2] == arm);
    own.map(|row| Individual { time: row[0].parse().unwrap(), event: row[1] == "1" }).collect()
}

fn fit(people: &[Individual]) -> SurvivalCurves {
    let times: Vec<f64> = people.iter().map(|own| own.time).collect();
    let events = people.iter().map(|own| own.event).collect();
    KaplanMeier::default().fit(&Cohort::builder(times, events).build().unwrap()).unwrap()
}

fn all_met(made: &CurveReconstruction) {
    for own in made.constraints() {
        assert_eq!(own.status, ConstraintStatus::Met, "{own:?}");
    }
}

/// Mean |ΔS| over the time axis, and the ratio of medians.
fn distance(made: &[Individual], truth: &[Individual], end: f64) -> (f64, f64) {
    let (made, truth) = (fit(made), fit(truth));
    let (a, b) = (&made.curves()[0], &truth.curves()[0]);
    let times = (0..2000).map(|at| end * (f64::from(at) + 0.5) / 2000.0);
    let off = times.map(|time| (a.survival().at(time) - b.survival().at(time)).abs());
    (off.sum::<f64>() / 2000.0, a.median().unwrap() / b.median().unwrap())
}

fn log_hazard_ratio(first: &[Individual], second: &[Individual]) -> f64 {
    let people: Vec<&Individual> = first.iter().chain(second).collect();
    let times: Vec<f64> = people.iter().map(|own| own.time).collect();
    let events = people.iter().map(|own| own.event).collect();
    let x = (0..people.len()).map(|row| f64::from(u8::from(row >= first.len()))).collect();
    let cohort = Cohort::builder(times, events).build().unwrap();
    let design = Design::from_columns(vec![("x".into(), x)]).unwrap();
    Cox::default().fit(&cohort, &design).unwrap().coefficients()[0].coef.unwrap()
}

/// Both arms of a case with known individuals; returns the error of ln HR.
fn known(case: &str, arms: [(&str, Option<u32>); 2], marks: bool) -> f64 {
    let made = arms.map(|(arm, events)| {
        let name = format!("{case}_{arm}");
        let mut own = curve(&name);
        if let Some(events) = events {
            own = own.events(events);
        }
        if marks {
            let marks = pairs(&format!("input/{name}_marks.csv"));
            own = own.marks(marks.into_iter().map(|own| own.0).collect());
        }
        let end = own.points().end();
        let made = own.reconstruct(1, 1).unwrap();
        all_met(&made);
        let truth = truth(case, arm);
        let people = made.into_draws().swap_remove(0);
        assert_eq!(people.len(), truth.len());
        let (off, ratio) = distance(&people, &truth, end);
        assert!(off <= 0.003, "{name}: mean |dS| {off}");
        assert!((ratio - 1.0).abs() <= 0.008, "{name}: median off by {ratio}");
        (people, truth)
    });
    let [(a, true_a), (b, true_b)] = &made;
    log_hazard_ratio(a, b) - log_hazard_ratio(true_a, true_b)
}

#[test]
fn dense_traces() {
    let error = known("S03", [("placebo", Some(60)), ("dpca", Some(65))], false);
    assert!(error.abs() <= 0.015, "{error}");
}

#[test]
fn clicks_with_censor_marks() {
    let error = known("S04", [("stage1", Some(15)), ("stage3", Some(17))], true);
    assert!(error.abs() <= 0.015, "{error}");
}

#[test]
fn few_clicks_without_totals_of_events() {
    let error = known("S05", [("trtA", None), ("trtB", None)], false);
    assert!(error.abs() <= 0.015, "{error}");
}

fn printed(text: &str) -> Printed {
    Printed::parse(text).unwrap()
}

/// Medians, hazard ratio with its limits, and p: every digit as printed.
#[test]
fn icon7_as_printed() {
    let arms =
        vec![curve("S01_chemo").median(printed("17.3")), curve("S01_bev").median(printed("19.0"))];
    let made = Trial::new(arms)
        .hazard_ratio(PrintedEstimate::parse("0.81 (0.70-0.94)").unwrap())
        .log_rank_p(printed("0.0041"))
        .reconstruct(1, 1)
        .unwrap();
    for own in made.constraints() {
        assert_eq!(own.status, ConstraintStatus::Met, "{own:?}");
    }
    made.arms().iter().for_each(all_met);
    let people = made.arms().iter().map(|arm| arm.draws()[0].as_slice()).collect::<Vec<_>>();
    let ratio = log_hazard_ratio(people[0], people[1]).exp();
    assert!(printed("0.81").matches(Some(ratio)), "{ratio}");
}

/// Six thousand patients an arm: events and numbers at risk exact.
#[test]
fn europa_is_exact_in_its_counts() {
    let [a, b] = [("S02_placebo", 603), ("S02_perindopril", 488)].map(|(name, events)| {
        let made = curve(name).events(events).reconstruct(1, 1).unwrap();
        all_met(&made);
        assert!(made.fidelity().mean_abs < 0.001, "{:?}", made.fidelity());
        made.into_draws().swap_remove(0)
    });
    let error = log_hazard_ratio(&a, &b) - 0.8f64.ln();
    assert!(error.abs() <= 0.023, "{error}");
}
