//! What follows a fit, against R: `fixtures/golden/cox-fit.json`.

use serde_json::Value;

use super::*;
use crate::cohort::{Cohort, Design, DesignColumn, DesignTerm, Factor, Groups, Weights};
use crate::curve::CurveOptions;
use crate::table::Category;

fn numbers(value: &Value) -> Vec<f64> {
    let of = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    value.as_array().unwrap().iter().map(of).collect()
}

fn codes(value: &Value) -> Vec<u32> {
    numbers(value).iter().map(|&code| code as u32).collect()
}

/// Equal within a relative error, where below `scale` it is absolute.
#[track_caller]
fn near(what: &str, got: f64, want: f64, (relative, scale): (f64, f64)) {
    let within = (got - want).abs() <= relative * want.abs().max(scale);
    assert!(within || (got.is_nan() && want.is_nan()), "{what}: got {got}, want {want}");
}

#[track_caller]
fn all_near(what: &str, got: &[f64], want: &Value, tolerance: (f64, f64)) {
    let want = numbers(want);
    assert_eq!(got.len(), want.len(), "{what}");
    got.iter().zip(want).for_each(|(&got, want)| near(what, got, want, tolerance));
}

struct Case {
    cohort: Cohort,
    design: Design,
    ties: Ties,
    id: String,
    expect: Value,
}

fn strata(own: &Value) -> Groups {
    let codes = codes(own).iter().map(|code| code - 1).collect::<Vec<u32>>();
    let levels: Vec<String> =
        (0..=*codes.iter().max().unwrap()).map(|code| (code + 1).to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    Groups::cross(vec![Factor { name: "s".to_owned(), category }])
}

fn cohort(own: &Value) -> Cohort {
    let event = numbers(&own["event"]).iter().map(|&event| event == 1.0).collect();
    let mut builder = Cohort::builder(numbers(&own["exit"]), event);
    if own["entry"].is_array() {
        builder = builder.entry(numbers(&own["entry"]));
    }
    if own["s"].is_array() {
        builder = builder.strata(strata(&own["s"]));
    }
    if own["cluster"].is_array() {
        builder = builder.cluster(codes(&own["cluster"]));
    }
    match own["weights"].as_str().unwrap() {
        "sampling" => builder = builder.weights(Weights::Sampling(numbers(&own["w"]))),
        "frequency" => builder = builder.weights(Weights::Frequency(numbers(&own["w"]))),
        _ => {}
    }
    builder.build().unwrap()
}

/// A design whose terms have the columns given.
fn design_of(columns: Vec<Vec<f64>>, terms: &Value) -> Design {
    let (rows, mut next) = (columns[0].len(), 0);
    let columns = columns.into_iter().enumerate();
    let columns = columns
        .map(|(at, values)| DesignColumn { name: format!("x{at}"), level: None, values })
        .collect();
    let terms = terms.as_array().unwrap().iter().map(|term| {
        let first = next;
        next += term.as_array().unwrap().len();
        DesignTerm { name: format!("t{first}"), columns: first..next }
    });
    Design::new(rows, columns, terms.collect()).unwrap()
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/golden/cox-fit.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = file["fits"].as_array().unwrap();
    assert!(cases.len() >= 14);
    cases.iter().map(case).collect()
}

fn case(case: &Value) -> Case {
    let own = &case["cohort"];
    let columns = own["x"].as_array().unwrap().iter().map(numbers).collect();
    let mut design = design_of(columns, &own["terms"]);
    if own["off"].is_array() {
        design = design.with_offset(numbers(&own["off"])).unwrap();
    }
    Case {
        cohort: cohort(own),
        design,
        ties: if own["ties"] == "efron" { Ties::Efron } else { Ties::Breslow },
        id: case["id"].as_str().unwrap().to_owned(),
        expect: case["expect"].clone(),
    }
}

/// Every case with its fit.
fn each(check: impl Fn(&str, &CoxFit<'_>, &Value)) {
    for case in cases() {
        let fit = Cox::default().ties(case.ties).fit(&case.cohort, &case.design).unwrap();
        check(&case.id, &fit, &case.expect);
    }
}

#[test]
fn coefficients_and_variances() {
    each(|id, fit, expect| {
        let beta: Vec<f64> = fit.coefficients().iter().map(|own| own.coef.unwrap()).collect();
        all_near(id, &beta, &expect["coef"], (1e-9, 1e-3));
        let width = beta.len();
        let model = |at: usize| fit.model_vcov.get(at / width, at % width);
        let model: Vec<f64> = (0..width * width).map(model).collect();
        all_near(id, &model, &expect["vcov"], (1e-8, 1e-6));
        assert_eq!(fit.is_robust(), expect["robust"].is_array(), "{id}");
        if fit.is_robust() {
            let robust: Vec<f64> =
                (0..width * width).map(|at| fit.vcov(at / width, at % width)).collect();
            all_near(id, &robust, &expect["robust"], (1e-8, 1e-6));
        }
    });
}

#[test]
fn residuals_of_rows() {
    each(|id, fit, expect| {
        let rows = codes(&expect["rows"]);
        let pick = |all: Vec<f64>| rows.iter().map(|&row| all[row as usize]).collect::<Vec<f64>>();
        let tolerance = (1e-8, 1e-2);
        all_near(id, &pick(fit.martingale_residuals()), &expect["martingale"], tolerance);
        all_near(id, &pick(fit.deviance_residuals()), &expect["deviance"], (1e-8, 1.0));
        let tables = [
            ("score", fit.score_residuals(), 1.0),
            ("dfbeta", fit.dfbeta(), 1e-3),
            ("dfbetas", fit.dfbetas(), 1e-1),
        ];
        for (name, table, scale) in tables {
            for (at, &row) in rows.iter().enumerate() {
                let want = &expect[name][at];
                let got = table.row(row as usize);
                all_near(&format!("{id} {name}"), &got, want, (1e-8, scale));
            }
        }
    });
}

#[test]
fn schoenfeld_residuals() {
    each(|id, fit, expect| {
        let (own, scaled) = (fit.schoenfeld_residuals(), fit.scaled_schoenfeld_residuals());
        let rows =
            own.events.iter().enumerate().map(|(at, own_row)| (*own_row, own.residuals.row(at)));
        let rows: Vec<(EventRow, Vec<f64>)> = rows.collect();
        for want in expect["schoenfeld"].as_array().unwrap() {
            let (stratum, time) = (want["stratum"].as_f64().unwrap(), want["time"].as_f64());
            let tied = (0..rows.len()).filter(|&at| {
                rows[at].0.stratum as f64 == stratum && Some(rows[at].0.time) == time
            });
            let own = numbers(&want["own"]);
            let distance =
                |at: &usize| rows[*at].1.iter().zip(&own).map(|(a, b)| (a - b).abs()).sum::<f64>();
            let at = tied.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap();
            all_near(id, &rows[at].1, &want["own"], (1e-7, 1e-1));
            all_near(id, &scaled.residuals.row(at), &want["scaled"], (1e-7, 1e-1));
        }
    });
}

#[test]
fn baseline_hazards() {
    each(|id, fit, expect| {
        for (own, want) in fit.baseline().iter().zip(expect["baseline"].as_array().unwrap()) {
            all_near(id, &own.times, &want["time"], (0.0, 0.0));
            let hazard: Vec<f64> = own.ln_cumulative_hazard.iter().map(|ln| ln.exp()).collect();
            all_near(id, &hazard, &want["hazard"], (1e-7, 0.0));
            assert_eq!(own.cumulative_hazard().values(), hazard);
        }
    });
}

/// Profiles as a design like the fit's.
fn profiles(fit: &CoxFit<'_>, rows: &Value) -> Design {
    let rows: Vec<Vec<f64>> = rows.as_array().unwrap().iter().map(numbers).collect();
    let mut columns = fit.design.columns().to_vec();
    for (at, column) in columns.iter_mut().enumerate() {
        column.values = rows.iter().map(|row| row[at]).collect();
    }
    Design::new(rows.len(), columns, fit.design.terms().to_vec()).unwrap()
}

#[test]
fn predicted_curves() {
    each(|id, fit, expect| {
        let profiles = profiles(fit, &expect["profiles"]);
        for own in fit.survival(&profiles, CurveOptions::default()).unwrap() {
            let want = &expect["curves"][own.profile][own.stratum];
            for (at, time) in numbers(&want["time"]).into_iter().enumerate() {
                let point = own.curve.at(time).unwrap();
                let value = |name: &str| want[name][at].as_f64().unwrap_or(f64::NAN);
                near(id, point.survival, value("survival"), (1e-8, 1e-3));
                near(id, point.std_err.unwrap_or(f64::NAN), value("std_err"), (1e-7, 1e-3));
                near(id, point.lower.unwrap_or(f64::NAN), value("lower"), (1e-7, 1e-3));
                near(id, point.upper.unwrap_or(f64::NAN), value("upper"), (1e-7, 1e-3));
            }
            if want["median"].is_array() {
                let median = own.curve.quantile(0.5).unwrap();
                let got = [median.estimate, median.lower, median.upper];
                let got = got.map(|own| own.unwrap_or(f64::NAN));
                all_near(id, &got, &want["median"], (0.0, 0.0));
            }
        }
    });
}

#[test]
fn tests_of_proportional_hazards() {
    each(|id, fit, expect| {
        for transform in PhTransform::ALL {
            let got = fit.ph_test(transform).unwrap();
            let want = expect["zph"][transform.name()].as_array().unwrap();
            let tests: Vec<&Test> =
                got.terms.iter().map(|(_, test)| test).chain([&got.global]).collect();
            assert_eq!(tests.len(), want.len());
            for (test, want) in tests.iter().zip(want) {
                let what = format!("{id} {}", transform.name());
                near(&what, test.statistic, want["statistic"].as_f64().unwrap(), (1e-7, 1e-4));
                assert_eq!(test.df as f64, want["df"].as_f64().unwrap(), "{what}");
                near(&what, test.p.unwrap(), want["p"].as_f64().unwrap(), (1e-6, 1e-6));
            }
        }
    });
}
