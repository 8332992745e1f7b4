//! `fixtures/golden/accuracy.json`: what R says of scores and predictions on the data sets.

use std::collections::HashMap;
use std::fs;

use riskset::accuracy::{CalibrationGroup, Concordance, brier, calibration, concordance, uno_c};
use riskset::cohort::{Cohort, Weights};
use riskset::curve::KaplanMeier;
use serde_json::Value;

use super::factor;

/// The rows of a case: those complete in its columns.
struct Rows {
    columns: HashMap<String, Vec<String>>,
}

impl Rows {
    fn read(case: &Value) -> Self {
        let path = format!("fixtures/data/{}.csv", case["data"].as_str().unwrap());
        let text = fs::read_to_string(path).unwrap();
        let cells = |line: &str| -> Vec<String> {
            line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect()
        };
        let header = cells(text.lines().next().unwrap());
        let place = |name: &str| header.iter().position(|own| own == name).unwrap();
        let used: Vec<usize> = names(case).iter().map(|name| place(name)).collect();
        let keeps = |row: &Vec<String>| {
            let number = |name: &Value| row[place(name.as_str().unwrap())].parse::<f64>().unwrap();
            let complete = used.iter().all(|&at| row[at] != "NA");
            let wanted = |rule: &[Value]| number(&rule[0]) == rule[1].as_f64().unwrap();
            complete
                && case["where"].as_array().is_none_or(|rule| wanted(rule))
                && (case["start"].is_null() || number(&case["start"]) < number(&case["time"]))
        };
        let rows: Vec<Vec<String>> = text.lines().skip(1).map(cells).filter(keeps).collect();
        let column = |at: usize| rows.iter().map(|row| row[at].clone()).collect();
        let columns = header.iter().enumerate().map(|(at, name)| (name.clone(), column(at)));
        Self { columns: columns.collect() }
    }

    fn numbers(&self, name: &Value) -> Vec<f64> {
        let column = &self.columns[name.as_str().unwrap()];
        column.iter().map(|cell| cell.parse().unwrap()).collect()
    }

    /// Places among the sorted distinct values.
    fn codes(&self, name: &Value) -> Vec<u32> {
        let column = &self.columns[name.as_str().unwrap()];
        let mut levels: Vec<&String> = column.iter().collect();
        levels.sort_unstable();
        levels.dedup();
        column.iter().map(|cell| levels.partition_point(|level| *level < cell) as u32).collect()
    }

    fn cohort(&self, case: &Value) -> Cohort {
        let wanted = case["event"][1].as_f64().unwrap();
        let event = self.numbers(&case["event"][0]).into_iter().map(|value| value == wanted);
        let mut builder = Cohort::builder(self.numbers(&case["time"]), event.collect());
        if !case["start"].is_null() {
            builder = builder.entry(self.numbers(&case["start"]));
        }
        if !case["strata"].is_null() {
            builder = builder.strata(factor("stratum", self.codes(&case["strata"])));
        }
        if !case["cluster"].is_null() {
            builder = builder.cluster(self.codes(&case["cluster"]));
        }
        builder.weights(self.weights(case)).build().unwrap()
    }

    fn weights(&self, case: &Value) -> Weights {
        match case["weight_type"].as_str() {
            Some("frequency") => Weights::Frequency(self.numbers(&case["weights"])),
            Some(_) => Weights::Sampling(self.numbers(&case["weights"])),
            None => Weights::None,
        }
    }

    /// The scores as committed, or their linear combination of columns.
    fn scores(&self, case: &Value) -> Vec<f64> {
        if case["scores"].is_array() {
            return numbers(&case["scores"]);
        }
        let mut scores = vec![0.0; self.numbers(&case["time"]).len()];
        for (name, slope) in case["score"].as_object().unwrap() {
            let column = self.numbers(&Value::from(name.as_str()));
            let slope = slope.as_f64().unwrap();
            scores.iter_mut().zip(column).for_each(|(score, value)| *score += slope * value);
        }
        scores
    }
}

/// The columns that a case uses.
fn names(case: &Value) -> Vec<String> {
    let single = ["time", "start", "strata", "weights", "cluster"].map(|key| &case[key]);
    let single = single.into_iter().chain([&case["event"][0]]);
    let scores = case["score"].as_object().unwrap().keys().cloned();
    single.filter_map(|name| name.as_str().map(str::to_owned)).chain(scores).collect()
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn cases(name: &str, least: usize) -> Vec<Value> {
    let text = fs::read_to_string("fixtures/golden/accuracy.json").unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases = file[name].as_array().unwrap().clone();
    assert!(cases.len() >= least, "only {} cases of {name}", cases.len());
    cases
}

#[track_caller]
fn close(case: &Value, name: &str, got: Option<f64>, want: &Value) {
    let (id, want) = (&case["id"], want.as_f64().unwrap());
    let got = got.unwrap_or_else(|| panic!("{id}: no {name}"));
    assert!((got - want).abs() <= 1e-12 * want.abs(), "{id}: {name} is {got}, want {want}");
}

#[test]
fn concordance_as_in_r() {
    for case in cases("concordance", 38) {
        let rows = Rows::read(&case);
        let (cohort, scores) = (rows.cohort(&case), rows.scores(&case));
        let got = match case["tau"].as_f64() {
            None => concordance(&cohort, &scores).unwrap(),
            Some(tau) => uno_c(&cohort, &scores, tau).unwrap(),
        };
        let want = &case["expect"];
        close(&case, "estimate", got.estimate, &want["estimate"]);
        close(&case, "std_err", got.std_err, &want["std_err"]);
        for (name, count) in counts(&got) {
            // G⁻² is not a whole number; every other weight is a multiple of 1/8.
            match case["tau"].is_null() {
                true => assert_eq!(Some(count), want[name].as_f64(), "{}: {name}", case["id"]),
                false => close(&case, name, Some(count), &want[name]),
            }
        }
    }
}

fn counts(c: &Concordance) -> [(&'static str, f64); 5] {
    [
        ("concordant", c.concordant),
        ("discordant", c.discordant),
        ("tied_x", c.tied_x),
        ("tied_y", c.tied_y),
        ("tied_xy", c.tied_xy),
    ]
}

/// S(t) = exp(−H(t)·exp(lp)) of every row.
fn survival(hazard: f64, lp: f64) -> f64 {
    (-hazard * lp.exp()).exp()
}

#[test]
fn brier_scores_as_in_r() {
    for case in cases("predictions", 4) {
        let cohort = Rows::read(&case).cohort(&case);
        let [lp, times, hazard] = ["lp", "times", "cumhaz"].map(|name| numbers(&case[name]));
        let got = brier(&cohort, &times, |row, at| survival(hazard[at], lp[row])).unwrap();
        let want = &case["expect"];
        for (at, point) in got.points().iter().enumerate() {
            close(&case, "score", point.score, &want["score"][at]);
            close(&case, "reference", point.reference, &want["reference"][at]);
        }
        let (got, want) = (got.integrated().unwrap(), &want["integrated"]);
        close(&case, "integrated score", Some(got.score), &want["score"]);
        close(&case, "integrated reference", Some(got.reference), &want["reference"]);
    }
}

#[test]
fn calibration_as_in_r() {
    for case in cases("predictions", 4) {
        let cohort = Rows::read(&case).cohort(&case);
        let hazard = case["cumhaz_at"].as_f64().unwrap();
        let risk: Vec<f64> =
            numbers(&case["lp"]).into_iter().map(|lp| 1.0 - survival(hazard, lp)).collect();
        let (at, groups) = (case["at"].as_f64().unwrap(), case["groups"].as_u64().unwrap());
        let fit = calibration(&cohort, &risk, at, groups as usize, KaplanMeier::default()).unwrap();
        let want = &case["expect"];
        same_group(&case, &fit.overall, &want["overall"]);
        assert_eq!(fit.groups.len(), want["groups"].as_array().unwrap().len());
        for (group, want) in fit.groups.iter().zip(want["groups"].as_array().unwrap()) {
            same_group(&case, group, want);
        }
    }
}

fn same_group(case: &Value, got: &CalibrationGroup, want: &Value) {
    close(case, "n", Some(got.n), &want["n"]);
    close(case, "predicted", Some(got.predicted), &want["predicted"]);
    close(case, "observed", got.observed, &want["observed"]);
    close(case, "std_err", got.std_err, &want["std_err"]);
    close(case, "lower", got.lower, &want["lower"]);
    close(case, "upper", got.upper, &want["upper"]);
}
