//! What follows a Cox fit against R: `fixtures/golden/cox-after.json` and `cox-pooled.json`.

use std::fs;

use riskset::cohort::{Cohort, Design, DesignColumn};
use riskset::cox::{Coefficient, Cox, CoxFit, Residuals, Ties, pool};
use riskset::curve::{ConfType, CurveOptions};
use riskset::formula::{Binder, Expr, Formula, WeightKind};
use riskset::io::{ReadOptions, Reader};
use serde_json::Value;

fn golden(name: &str) -> Value {
    let text = fs::read_to_string(format!("fixtures/golden/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Equal within a share of the larger of the value and a scale.
#[track_caller]
fn near(what: &str, got: f64, want: f64, (share, scale): (f64, f64)) {
    let within = (got - want).abs() <= share * want.abs().max(scale);
    assert!(within, "{what}: got {got}, want {want}");
}

fn bind(data: &str, case: &Value) -> (Cohort, Design) {
    let text = |key: &str| case[key].as_str();
    let formula = Formula::parse(text("formula").unwrap()).unwrap();
    let mut binder = Binder::new(&formula);
    if let Some(condition) = text("where") {
        binder = binder.filter(Expr::parse(condition).unwrap());
    }
    if let Some(weights) = text("weights") {
        binder = binder.weights(Expr::column(weights), WeightKind::Sampling);
    }
    let reader = Reader::open(data, ReadOptions::default()).unwrap();
    let bound = binder.bind_model(&reader.read_all().unwrap()).unwrap();
    (bound.cohort, bound.design)
}

fn ties(case: &Value) -> Ties {
    match case["ties"].as_str().unwrap() {
        "efron" => Ties::Efron,
        "breslow" => Ties::Breslow,
        _ => Ties::Exact,
    }
}

/// Every case with its fit; how many have what is compared.
fn each(key: &str, at_least: usize, check: impl Fn(&str, &CoxFit<'_>, &Value)) {
    let file = golden("cox-after");
    let cases = list(&file["fits"]).iter().filter(|case| !case[key].is_null());
    let cases: Vec<&Value> = cases.collect();
    assert!(cases.len() >= at_least, "only {} cases with {key}", cases.len());
    for case in cases {
        let (cohort, design) = bind(case["data"].as_str().unwrap(), case);
        let fit = Cox::default().ties(ties(case)).fit(&cohort, &design).unwrap();
        check(case["id"].as_str().unwrap(), &fit, case);
    }
}

fn std_err(case: &Value, at: usize) -> f64 {
    number(&case["vcov"][at][at]).sqrt()
}

/// Solves a small system by elimination.
fn solve(matrix: &Value, right: &[f64]) -> Vec<f64> {
    let mut rows: Vec<Vec<f64>> = list(matrix).iter().map(numbers).collect();
    rows.iter_mut().zip(right).for_each(|(row, right)| row.push(*right));
    let n = right.len();
    for pivot in 0..n {
        for other in (0..n).filter(|&other| other != pivot) {
            let factor = rows[other][pivot] / rows[pivot][pivot];
            let own = rows[pivot].clone();
            rows[other].iter_mut().zip(own).for_each(|(x, own)| *x -= factor * own);
        }
    }
    (0..n).map(|at| rows[at][n] / rows[at][at]).collect()
}

/// With x'b as offset the model at 0 is the model at b: its log-likelihood, and U'I⁻¹U there.
#[test]
fn likelihood_score_and_information_at_given_coefficients() {
    each("at_fixed", 16, |id, fit, case| {
        let (cohort, design) = bind(case["data"].as_str().unwrap(), case);
        for (name, at) in case["at_fixed"].as_object().into_iter().flatten() {
            let b = numbers(&at["coef"]);
            let mut offset = design.offset().map_or(vec![0.0; design.n_rows()], <[f64]>::to_vec);
            for (column, b) in design.columns().iter().zip(&b) {
                offset.iter_mut().zip(&column.values).for_each(|(sum, x)| *sum += b * x);
            }
            let moved = design.clone().with_offset(offset).unwrap();
            let own = Cox::default().ties(fit.ties()).fit(&cohort, &moved).unwrap();
            let what = format!("{id} at {name}");
            near(&what, own.null_log_likelihood(), number(&at["loglik"]), (1e-11, 1.0));
            // R has neither for exact ties.
            if at["score"].is_null() {
                continue;
            }
            let score = numbers(&at["score"]);
            let step = solve(&at["information"], &score);
            let wanted: f64 = step.iter().zip(&score).map(|(a, b)| a * b).sum();
            near(&what, own.score_test().statistic, wanted, (1e-9, 1e-3));
            // Moved there, the estimates are what is left to go.
            for (at, (own, whole)) in own.coefficients().iter().zip(fit.coefficients()).enumerate()
            {
                let left = whole.coef.unwrap() - b[at];
                near(&what, own.coef.unwrap(), left, (1e-8, std_err(case, at)));
            }
        }
    });
}

#[test]
fn coefficients_variances_and_log_likelihoods() {
    each("coef", 17, |id, fit, case| {
        let own = fit.coefficients();
        assert_eq!(own.len(), list(&case["coef"]).len(), "{id}");
        for (i, coefficient) in own.iter().enumerate() {
            let se = std_err(case, i);
            near(id, coefficient.coef.unwrap(), number(&case["coef"][i]), (1e-9, se));
            if !case["model_vcov"].is_null() {
                let want = number(&case["model_vcov"][i][i]).sqrt();
                near(id, coefficient.model_std_err.unwrap(), want, (1e-8, 0.0));
            }
            for j in 0..own.len() {
                let (want, scale) = (number(&case["vcov"][i][j]), se * std_err(case, j));
                near(id, fit.vcov(i, j), want, (1e-8, scale));
            }
        }
        near(id, fit.log_likelihood(), number(&case["loglik"]), (1e-11, 0.0));
        if let Some(zero) = case["at_fixed"].get("zero") {
            near(id, fit.null_log_likelihood(), number(&zero["loglik"]), (1e-11, 0.0));
        }
    });
}

#[test]
fn baselines() {
    each("baseline", 17, |id, fit, case| {
        let own = fit.baseline();
        assert_eq!(own.len(), list(&case["baseline"]).len(), "{id}");
        for (own, want) in own.iter().zip(list(&case["baseline"])) {
            let hazard = own.cumulative_hazard();
            assert_eq!(own.times, numbers(&want["time"]), "{id}");
            let steps = hazard.values().iter().zip(numbers(&want["at_zero"]));
            steps.for_each(|(got, want)| near(id, *got, want, (1e-9, 0.0)));
        }
    });
}

#[test]
fn predicted_curves() {
    each("curves", 11, |id, fit, case| {
        let (_, design) = bind(case["data"].as_str().unwrap(), case);
        for profile in list(&case["curves"]) {
            let rows = profile_design(&design, &numbers(&profile["x"]));
            for (conf_type, key) in [(ConfType::LogLog, "log_log"), (ConfType::Log, "log")] {
                let options = CurveOptions { conf_type, ..CurveOptions::default() };
                let curves = fit.survival(&rows, options).unwrap();
                assert_eq!(curves.len(), list(&profile["strata"]).len(), "{id}");
                for (own, want) in curves.iter().zip(list(&profile["strata"])) {
                    for (at, time) in numbers(&want["time"]).into_iter().enumerate() {
                        let point = own.curve.at(time).unwrap();
                        let survival = number(&want["survival"][at]);
                        near(id, point.survival, survival, (1e-9, 1e-6));
                        let std_err = survival * number(&want["std_err_log"][at]);
                        near(id, point.std_err.unwrap(), std_err, (1e-8, 1e-6));
                        let limits = [("lower", point.lower), ("upper", point.upper)];
                        for (side, got) in limits {
                            near(id, got.unwrap(), number(&want[key][side][at]), (1e-8, 1e-6));
                        }
                    }
                }
            }
        }
    });
}

/// One row with the columns of a design.
fn profile_design(design: &Design, x: &[f64]) -> Design {
    let columns = design.columns().iter().zip(x);
    let columns = columns.map(|(own, &x)| DesignColumn { values: vec![x], ..own.clone() });
    Design::new(1, columns.collect(), design.terms().to_vec()).unwrap()
}

#[test]
fn residuals() {
    each("residuals", 9, |id, fit, case| {
        let want = &case["residuals"];
        let (cohort, _) = bind(case["data"].as_str().unwrap(), case);
        let weight = |row: usize| cohort.weights().of(row);
        let single = |what: &str, got: Vec<f64>| {
            let want = numbers(&want[what]);
            assert_eq!(got.len(), want.len(), "{id} {what}");
            got.iter().zip(want).for_each(|(got, want)| near(what, *got, want, (1e-8, 1.0)));
        };
        single("martingale", fit.martingale_residuals());
        if !want["deviance"].is_null() {
            single("deviance", fit.deviance_residuals());
        }
        let schoenfeld = &want["schoenfeld"];
        if schoenfeld.is_null() {
            return;
        }
        // R's are of a row as it is, ours of a row with its weight.
        let each_row = |what: &str, own: Residuals, divide: bool, scale: f64| {
            assert_eq!(list(&want[what]).len(), cohort.n_rows(), "{id} {what}");
            for (row, want) in list(&want[what]).iter().enumerate() {
                let by = if divide { weight(row) } else { 1.0 };
                for (got, want) in own.row(row).into_iter().zip(numbers(want)) {
                    near(what, got / by, want, (1e-8, scale));
                }
            }
        };
        each_row("score", fit.score_residuals(), false, 1.0);
        each_row("dfbeta", fit.dfbeta(), true, 1e-3);
        each_row("dfbetas", fit.dfbetas(), true, 1e-1);
        let own = fit.schoenfeld_residuals();
        let rows: Vec<usize> = own.events.iter().map(|event| event.row + 1).collect();
        let wanted = numbers(&schoenfeld["row"]).into_iter().map(|row| row as usize);
        assert_eq!(rows, wanted.collect::<Vec<_>>(), "{id}");
        let scaled = fit.scaled_schoenfeld_residuals();
        for at in 0..rows.len() {
            assert_eq!(own.events[at].time, number(&schoenfeld["time"][at]), "{id}");
            for (got, want) in
                own.residuals.row(at).into_iter().zip(numbers(&schoenfeld["value"][at]))
            {
                near(id, got, want, (1e-8, 1e-2));
            }
            if let Some(want) = schoenfeld.get("scaled") {
                for (got, want) in scaled.residuals.row(at).into_iter().zip(numbers(&want[at])) {
                    near(id, got, want, (1e-8, 1e-2));
                }
            }
        }
    });
}

#[test]
fn profile_limits() {
    each("profile_limits", 8, |id, _, case| {
        let (cohort, design) = bind(case["data"].as_str().unwrap(), case);
        let fit = Cox::default().ties(ties(case)).profile(true).fit(&cohort, &design).unwrap();
        for (at, own) in fit.coefficients().iter().enumerate() {
            let want = &case["profile_limits"][at];
            let limits = [("lower", own.interval.lower), ("upper", own.interval.upper)];
            for (side, got) in limits {
                near(id, got.unwrap().ln(), number(&want[side]), (1e-8, std_err(case, at)));
            }
        }
    });
}

#[test]
fn contrasts() {
    each("contrasts", 4, |id, fit, case| {
        let want = &case["contrasts"];
        for (at, row) in list(&want["rows"]).iter().enumerate() {
            let own = fit.contrast(&numbers(row)).unwrap();
            let scale = number(&want["std_err"][at]);
            let pairs = [
                ("estimate", own.estimate),
                ("std_err", own.std_err),
                ("lower", own.lower),
                ("upper", own.upper),
            ];
            for (key, got) in pairs {
                near(id, got, number(&want[key][at]), (1e-8, scale));
            }
            near(id, own.p.unwrap(), number(&want["p"][at]), (1e-7, 0.0));
        }
    });
}

/// Degrees of freedom go with the inverse square of the little that imputations differ by.
#[test]
fn pooled_fits() {
    let file = golden("cox-pooled");
    let cases = list(&file["pooled"]);
    assert_eq!(cases.len(), 3);
    for case in cases {
        let id = case["id"].as_str().unwrap();
        let args: Vec<&str> = list(&case["args"]).iter().map(|arg| arg.as_str().unwrap()).collect();
        let files: Vec<&str> = args.iter().copied().filter(|arg| arg.ends_with(".csv")).collect();
        let formula = args.iter().find(|arg| arg.starts_with("Surv(")).unwrap();
        let model = Cox::default().ties(ties(case));
        let spec = serde_json::json!({"formula": formula});
        let fits: Vec<_> = files
            .iter()
            .zip(list(&case["each"]))
            .map(|(file, want)| {
                let (cohort, design) = bind(file, &spec);
                let fit = model.fit(&cohort, &design).unwrap();
                check_each(id, &fit.coefficients(), want);
                near(id, fit.log_likelihood(), number(&want["loglik"]), (1e-11, 0.0));
                fit.estimates().unwrap()
            })
            .collect();
        let width = fits[0].names.len() as f64;
        let large = pool(&model, &fits, None).unwrap();
        let complete = number(&case["events"]) - width;
        let small = pool(&model, &fits, Some(complete)).unwrap();
        assert_eq!(large.imputations as f64, number(&case["imputations"]));
        let both = large.coefficients.iter().zip(&small.coefficients);
        for ((large, small), want) in both.zip(list(&case["coefficients"])) {
            let want = |key: &str| number(&want[key]);
            let se = want("std_err");
            near(id, large.coef, want("coef"), (1e-9, se));
            near(id, large.std_err, se, (1e-8, 0.0));
            near(id, large.within, want("within"), (1e-8, 0.0));
            near(id, large.between, want("between"), (1e-6, 0.0));
            near(id, large.df.unwrap(), want("df"), (1e-6, 0.0));
            near(id, large.p, want("p"), (1e-7, 0.0));
            near(id, large.lower, want("lower"), (1e-8, se));
            near(id, large.upper, want("upper"), (1e-8, se));
            let (riv, df) = (want("riv"), want("df"));
            near(
                id,
                large.missing_information,
                (riv + 2.0 / (df + 3.0)) / (riv + 1.0),
                (1e-6, 0.0),
            );
            near(id, small.df.unwrap(), want("df_barnard_rubin"), (1e-8, 0.0));
            near(id, small.p, want("p_barnard_rubin"), (1e-7, 0.0));
            near(id, small.lower, want("lower_barnard_rubin"), (1e-8, se));
            near(id, small.upper, want("upper_barnard_rubin"), (1e-8, se));
        }
    }
}

fn check_each(id: &str, own: &[Coefficient], want: &Value) {
    for (at, own) in own.iter().enumerate() {
        let se = number(&want["std_err"][at]);
        near(id, own.coef.unwrap(), number(&want["coef"][at]), (1e-9, se));
        near(id, own.std_err.unwrap(), se, (1e-8, 0.0));
    }
}
