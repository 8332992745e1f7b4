//! Paths of penalised fits and their cross-validation against R: `fixtures/golden/cox-penalised.json`.

use std::fs;

use riskset::cohort::{Cohort, Design};
use riskset::cox::{CoxPath, Ties, folds, folds_by};
use riskset::formula::{Binder, Expr, Formula};
use riskset::io::{ReadOptions, Reader};
use serde_json::Value;

fn file() -> Value {
    serde_json::from_str(&fs::read_to_string("fixtures/golden/cox-penalised.json").unwrap())
        .unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|own| own.as_f64().unwrap()).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// The model of a case.
fn model(case: &Value) -> (Cohort, Design) {
    let text = |key: &str| case[key].as_str();
    let reader = Reader::open(text("data").unwrap(), ReadOptions::default()).unwrap();
    let formula = Formula::parse(text("formula").unwrap()).unwrap();
    let mut binder = Binder::new(&formula);
    if let Some(condition) = text("where") {
        binder = binder.filter(Expr::parse(condition).unwrap());
    }
    let bound = binder.bind_model(&reader.read_all().unwrap()).unwrap();
    if case["n"].is_u64() {
        assert_eq!(bound.cohort.n_rows() as u64, case["n"].as_u64().unwrap());
    }
    (bound.cohort, bound.design)
}

/// Equal within a relative error, where below `scale` it is absolute.
#[track_caller]
fn close(what: &str, got: f64, want: f64, (relative, scale): (f64, f64)) {
    let bound = relative * want.abs().max(scale);
    assert!((got - want).abs() <= bound, "{what}: got {got}, want {want}");
}

fn path(case: &Value) -> CoxPath {
    CoxPath::elastic_net(number(&case["alpha"]))
}

#[test]
fn paths() {
    for case in file()["paths"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let (cohort, design) = model(case);
        let path = path(case).fit(&cohort, &design).unwrap();
        let lambda = numbers(&case["lambda"]);
        // glmnet judges where a path ends from solutions that are 6e-7 off.
        assert_eq!(path.fits().len(), lambda.len(), "{id}");
        assert_eq!(path.n_events(), number(&case["events"]));
        // Its first λ is that of a score in which it has rounded.
        for (fit, lambda) in path.fits().iter().zip(&lambda) {
            close(id, fit.lambda, *lambda, (1e-8, 0.0));
        }
        let path = self::path(case).lambdas(lambda.clone()).fit(&cohort, &design).unwrap();
        let scale = numbers(&case["scale"]);
        for want in case["solutions"].as_array().unwrap() {
            let place = lambda.iter().position(|own| *own == number(&want["lambda"])).unwrap();
            let fit = &path.fits()[place];
            let coef = numbers(&want["coef"]);
            for ((got, want), scale) in fit.coefficients.iter().zip(&coef).zip(&scale) {
                assert_eq!(*got == 0.0, *want == 0.0, "{id} {place}");
                close(id, got * scale, want * scale, (1e-10, 1e-2));
            }
            assert_eq!(fit.nonzero, coef.iter().filter(|own| **own != 0.0).count());
            close(id, fit.log_likelihood, number(&want["loglik"]), (1e-13, 0.0));
            let explained = fit.deviance_ratio.unwrap();
            close(id, explained, number(&want["deviance_explained"]), (1e-10, 1e-2));
        }
    }
}

#[test]
fn cross_validated() {
    for case in file()["cross_validated"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let (cohort, design) = model(case);
        let lambda = numbers(&case["lambda"]);
        let folds: Vec<u32> = numbers(&case["foldid"]).iter().map(|&fold| fold as u32).collect();
        let path = path(case).lambdas(lambda.clone());
        let found = path.cross_validate(&cohort, &design, &folds).unwrap();
        assert_eq!(found.lambdas().len(), lambda.len());
        let (deviance, std_err) = (numbers(&case["deviance"]), numbers(&case["deviance_std_err"]));
        for (at, got) in found.lambdas().iter().enumerate() {
            assert_eq!(got.lambda, lambda[at]);
            close(id, got.deviance, deviance[at], (1e-11, 0.0));
            close(id, got.std_err, std_err[at], (1e-10, 0.0));
        }
        assert_eq!(found.lambda_min(), number(&case["lambda_min"]), "{id}");
        assert_eq!(found.lambda_1se(), number(&case["lambda_1se"]), "{id}");
        assert_eq!(found.lambdas()[found.index_min()].lambda, found.lambda_min());
    }
}

/// survival's `ridge(theta, scale = FALSE)`: θ = nλ, on the columns as they are.
#[test]
fn ridge_of_survival() {
    for case in file()["ridge"].as_array().unwrap() {
        let (cohort, design) = model(case);
        let ties = if case["ties"] == "efron" { Ties::Efron } else { Ties::Breslow };
        let lambda = number(&case["theta"]) / cohort.n_rows() as f64;
        let options = CoxPath::elastic_net(0.0).ties(ties).standardize(false).lambdas([lambda]);
        let path = options.fit(&cohort, &design).unwrap();
        let fit = &path.fits()[0];
        for (got, want) in fit.coefficients.iter().zip(numbers(&case["coef"])) {
            close("ridge", *got, want, (1e-10, 1e-2));
        }
        close("ridge", fit.log_likelihood, number(&case["loglik"]), (1e-12, 0.0));
    }
}

#[test]
fn pieces_of_a_subject_stay_in_one_fold() {
    let text = "1,2,3,4,5,6,7,8,9,10,11,12";
    let times: Vec<f64> = text.split(',').map(|own| own.parse().unwrap()).collect();
    let event = (0..12).map(|row| row % 2 == 1).collect();
    let cohort = Cohort::builder(times, event).build().unwrap();
    let subjects: Vec<u32> = (0..12).map(|row| row / 2).collect();
    let parted = |folds: &[u32]| folds.chunks(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(parted(&folds_by(&cohort, &subjects, 3, 5).unwrap()), 0);
    assert!(parted(&folds(&cohort, 3, 5).unwrap()) > 0);
    assert!(folds_by(&cohort, &subjects[1..], 3, 5).is_err());
}
