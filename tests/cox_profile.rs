//! Exact ties, profile likelihoods and Firth's penalty against R: `fixtures/golden/cox-profile.json`.

use std::collections::HashMap;
use std::fs;

use riskset::cohort::{Cohort, Design, Factor, Groups};
use riskset::cox::{Cox, CoxFit, Status, Ties};
use riskset::table::Category;
use serde_json::Value;

/// Columns of a data file as text; rows where one of `wanted` is missing are left out.
fn columns(data: &str, wanted: &[&str]) -> HashMap<String, Vec<String>> {
    let text = fs::read_to_string(format!("fixtures/data/{data}.csv")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect()
    };
    let mut lines = text.lines().map(cells);
    let names = lines.next().unwrap();
    let mut columns: HashMap<String, Vec<String>> = HashMap::new();
    for row in lines {
        let cell = |name: &&str| &row[names.iter().position(|own| own == name).unwrap()];
        if wanted.iter().all(|name| cell(name) != "NA") {
            for name in wanted {
                columns.entry((*name).to_owned()).or_default().push(cell(name).clone());
            }
        }
    }
    columns
}

struct Model {
    data: &'static str,
    entry: Option<&'static str>,
    time: &'static str,
    unit: Option<f64>,
    event: (&'static str, &'static str),
    x: &'static [&'static str],
    strata: Option<&'static str>,
    ties: Ties,
}

const LUNG: Model = Model {
    data: "lung",
    entry: None,
    time: "time",
    unit: None,
    event: ("status", "2"),
    x: &["age", "sex", "ph.karno"],
    strata: None,
    ties: Ties::Efron,
};

impl Model {
    fn build(&self) -> (Cohort, Design) {
        let mut wanted = vec![self.time, self.event.0];
        wanted.extend(self.x.iter().chain(&self.entry).chain(&self.strata));
        let columns = columns(self.data, &wanted);
        let numbers = |name: &str| -> Vec<f64> {
            columns[name].iter().map(|cell| cell.parse().unwrap()).collect()
        };
        let mut time = numbers(self.time);
        if let Some(unit) = self.unit {
            time.iter_mut().for_each(|time| *time = (*time / unit).ceil());
        }
        let event = columns[self.event.0].iter().map(|cell| cell == self.event.1).collect();
        let mut builder = Cohort::builder(time, event);
        if let Some(entry) = self.entry {
            builder = builder.entry(numbers(entry));
        }
        if let Some(strata) = self.strata {
            let mut levels = columns[strata].clone();
            levels.sort();
            levels.dedup();
            let code = |cell: &String| levels.iter().position(|own| own == cell).unwrap() as u32;
            let codes = columns[strata].iter().map(code).collect();
            let category = Category { codes, levels: levels.into() };
            builder = builder.strata(Groups::cross(vec![Factor { name: strata.into(), category }]));
        }
        let x = self.x.iter().map(|&name| (name.to_owned(), numbers(name))).collect();
        (builder.build().unwrap(), Design::from_columns(x).unwrap())
    }
}

fn models() -> Vec<(&'static str, Model)> {
    let heart = Model {
        data: "heart",
        entry: Some("start"),
        time: "stop",
        event: ("event", "1"),
        x: &["age", "year", "surgery", "transplant"],
        ties: Ties::Exact,
        ..LUNG
    };
    let veteran = Model {
        data: "veteran",
        event: ("status", "1"),
        x: &["trt", "karno", "age"],
        strata: Some("celltype"),
        ties: Ties::Exact,
        ..LUNG
    };
    let kidney = Model {
        data: "kidney",
        event: ("status", "1"),
        x: &["age", "sex"],
        ties: Ties::Breslow,
        ..LUNG
    };
    let ovarian = Model {
        data: "ovarian",
        time: "futime",
        event: ("fustat", "1"),
        x: &["age", "rx", "resid.ds"],
        ..LUNG
    };
    vec![
        ("lung", LUNG),
        ("lung-months-exact", Model { unit: Some(30.4375), ties: Ties::Exact, ..LUNG }),
        ("veteran-strata", Model { x: &["trt", "karno"], ties: Ties::Efron, ..veteran }),
        ("veteran-exact-strata", veteran),
        ("heart-late", Model { x: &["age", "surgery", "transplant"], ties: Ties::Efron, ..heart }),
        ("heart-exact-late", heart),
        ("kidney-breslow", kidney),
        ("ovarian", ovarian),
    ]
}

fn tables(name: &str) -> Vec<Value> {
    let text = fs::read_to_string("fixtures/golden/cox-profile.json").unwrap();
    let tables: Value = serde_json::from_str(&text).unwrap();
    tables[name].as_array().unwrap().clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|own| own.as_f64().unwrap()).collect()
}

fn of<'m>(models: &'m [(&str, Model)], case: &Value) -> &'m Model {
    let id = case["id"].as_str().unwrap();
    &models.iter().find(|(name, _)| *name == id).unwrap_or_else(|| panic!("{id}")).1
}

#[track_caller]
fn close(got: f64, wanted: f64, absolute: f64) {
    assert!((got - wanted).abs() <= absolute, "got {got}, want {wanted}");
}

#[test]
fn fits_limits_and_ratio_tests_of_r() {
    let models = models();
    let cases = tables("fits");
    assert_eq!(cases.len(), 6);
    for case in &cases {
        let model = of(&models, case);
        let (cohort, design) = model.build();
        let fit = Cox::default().ties(model.ties).fit(&cohort, &design).unwrap();
        let loglik = numbers(&case["loglik"]);
        close(fit.null_log_likelihood(), loglik[0], 1e-11 * loglik[0].abs());
        close(fit.log_likelihood(), loglik[1], 1e-11 * loglik[1].abs());
        close(fit.score_test().statistic, case["score"].as_f64().unwrap(), 1e-8);
        let (coef, se) = (numbers(&case["coef"]), numbers(&case["se"]));
        for (at, own) in fit.coefficients().iter().enumerate() {
            close(own.coef.unwrap(), coef[at], 1e-9 * se[at].max(coef[at].abs()));
            close(own.std_err.unwrap(), se[at], 1e-8 * se[at]);
            let wanted = numbers(&case["limits"][at]);
            let interval = fit.profile_interval(at).unwrap();
            close(interval.lower.unwrap().ln(), wanted[0], 1e-8);
            close(interval.upper.unwrap().ln(), wanted[1], 1e-8);
            let dropped = fit.term_likelihood_ratio(at).unwrap().unwrap();
            close(dropped.statistic, case["dropped"][at].as_f64().unwrap(), 1e-9);
            assert_eq!(dropped.df, 1);
        }
    }
}

fn twelve_rows() -> (Cohort, Design) {
    let status = (0..12).map(|row| row % 2 == 0).collect();
    let cohort = Cohort::builder((1..=12).collect::<Vec<i32>>(), status).build().unwrap();
    let x = (0..12).map(|row| f64::from(u8::from(row < 3))).collect();
    (cohort, Design::from_columns(vec![("x".into(), x)]).unwrap())
}

#[test]
fn firth_is_where_the_penalised_likelihood_is_highest() {
    let models = models();
    let cases = tables("firth");
    assert_eq!(cases.len(), 5);
    for case in &cases {
        let twelve = case["id"] == "twelve-rows";
        let (ties, (cohort, design)) = match twelve {
            true => (Ties::Efron, twelve_rows()),
            false => (of(&models, case).ties, of(&models, case).build()),
        };
        let fit = Cox::default().ties(ties).firth(true).fit(&cohort, &design).unwrap();
        let wanted = numbers(&case["penalised"]);
        let got = fit.penalised_log_likelihood().unwrap();
        close(got[0], wanted[0], 1e-10 * wanted[0].abs());
        close(got[1], wanted[1], 1e-10 * wanted[1].abs());
        for (own, wanted) in fit.coefficients().iter().zip(numbers(&case["coef"])) {
            close(own.coef.unwrap(), wanted, 1e-6 * own.std_err.unwrap());
        }
        assert!(fit.convergence().iterations < 20, "{:?}", fit.convergence());
    }
}

/// The 12 rows by hand: ℓ(β) = 2β − ln(3r + 9) − ln(r + 9) + …, I = 3r·9/(3r + 9)² + 9r/(r + 9)².
fn penalised_by_hand(beta: f64) -> f64 {
    let r = beta.exp();
    let information = 27.0 * r / (3.0 * r + 9.0).powi(2) + 9.0 * r / (r + 9.0).powi(2);
    2.0 * beta - (3.0 * r + 9.0).ln() - (r + 9.0).ln() + 0.5 * information.ln()
        - [8.0_f64, 6.0, 4.0, 2.0].iter().map(|n| n.ln()).sum::<f64>()
}

#[test]
fn firth_on_twelve_rows_by_hand() {
    let (cohort, design) = twelve_rows();
    let fit = Cox::default().firth(true).fit(&cohort, &design).unwrap();
    let x = &fit.coefficients()[0];
    let beta = x.coef.unwrap();
    let [null, top] = fit.penalised_log_likelihood().unwrap();
    close(null, penalised_by_hand(0.0), 1e-12);
    close(top, penalised_by_hand(beta), 1e-12);
    let step = 1e-5;
    let slope = (penalised_by_hand(beta + step) - penalised_by_hand(beta - step)) / (2.0 * step);
    assert!(slope.abs() < 1e-9, "{slope}");
    for limit in [x.interval.lower.unwrap(), x.interval.upper.unwrap()] {
        close(2.0 * (top - penalised_by_hand(limit.ln())), 3.841_458_820_694_124, 1e-7);
    }
    let statistic = 2.0 * (top - null);
    close(fit.likelihood_ratio_test().statistic, statistic, 1e-12);
    assert_eq!(x.p, fit.likelihood_ratio_test().p);
    let wald = Cox::default().firth(true).profile(false).fit(&cohort, &design).unwrap();
    let wald = &wald.coefficients()[0];
    close(
        wald.interval.upper.unwrap().ln(),
        beta + 1.959_963_984_540_054 * x.std_err.unwrap(),
        1e-9,
    );
}

/// At its limits the profile has fallen by half the quantile: refits with an offset say so.
#[test]
fn limits_are_where_the_profile_has_fallen() {
    let (cohort, design) = LUNG.build();
    for firth in [false, true] {
        let options = Cox::default().conf_level(0.9);
        let fit = options.firth(firth).fit(&cohort, &design).unwrap();
        let interval = fit.profile_interval(1).unwrap();
        if firth {
            assert_eq!(fit.coefficients()[1].interval, interval);
            continue;
        }
        for limit in [interval.lower.unwrap(), interval.upper.unwrap()] {
            let offset = design.columns()[1].values.iter().map(|x| x * limit.ln()).collect();
            let others = design.with_terms(&[0, 2]).with_offset(offset).unwrap();
            let refit = options.fit(&cohort, &others).unwrap();
            let fall = 2.0 * (fit.log_likelihood() - refit.log_likelihood());
            close(fall, 2.705_543_454_095_404, 1e-7);
        }
        let profiled = options.profile(true).fit(&cohort, &design).unwrap();
        assert_eq!(profiled.coefficients()[1].interval, interval);
    }
}

#[test]
fn terms_within_interactions_are_not_dropped() {
    let (cohort, design) = LUNG.build();
    let [age, sex] = [0, 1].map(|at: usize| design.columns()[at].values.clone());
    let both = age.iter().zip(&sex).map(|(a, b)| a * b).collect();
    let columns = vec![("age".into(), age), ("sex".into(), sex), ("age:sex".into(), both)];
    let design = Design::from_columns(columns).unwrap();
    let fit = Cox::default().fit(&cohort, &design).unwrap();
    assert_eq!(fit.term_likelihood_ratio(0).unwrap(), None);
    assert_eq!(fit.term_likelihood_ratio(1).unwrap(), None);
    assert_eq!(fit.term_likelihood_ratio(2).unwrap().unwrap().df, 1);
    assert!(fit.term_likelihood_ratio(3).is_err());
}

fn statuses(fit: &CoxFit<'_>) -> Vec<Status> {
    fit.coefficients().iter().map(|own| own.status).collect()
}

#[test]
fn firth_makes_separated_estimates_finite() {
    let (cohort, design) = twelve_rows();
    let plain = Cox::default().fit(&cohort, &design).unwrap();
    let firth = Cox::default().firth(true).fit(&cohort, &design).unwrap();
    assert_eq!(statuses(&plain), [Status::Infinite]);
    assert_eq!(statuses(&firth), [Status::Estimated]);
    assert!(firth.coefficients()[0].std_err.is_some());
}

#[test]
fn exact_ties_refuse_what_they_cannot_do() {
    let weights = riskset::cohort::Weights::Sampling(vec![1.5; 12]);
    let status = (0..12).map(|row| row % 2 == 0).collect();
    let cohort = Cohort::builder((1..=12).collect::<Vec<i32>>(), status).weights(weights);
    let (cohort, (plain, design)) = (cohort.build().unwrap(), twelve_rows());
    let exact = Cox::default().ties(Ties::Exact);
    let message = exact.fit(&cohort, &design).unwrap_err().to_string();
    assert!(message.contains("sampling weights"), "{message}");
    let message = exact.firth(true).fit(&plain, &design).unwrap_err().to_string();
    assert!(message.contains("Firth"), "{message}");
}
