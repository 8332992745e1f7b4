//! Every golden value: `fixtures/golden/*.json` hold command lines and what R computed for them.

#![cfg(feature = "cli")]

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

/// Where values differ, and how.
struct Failures {
    case: String,
    tolerance: Map<String, Value>,
    /// The standard error beside the value, the unit of a coefficient's absolute tolerance.
    std_err: f64,
    found: Vec<String>,
}

fn cases() -> Vec<(String, Value)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir("fixtures/golden").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let parsed = files.iter().map(|file| {
        let text = fs::read_to_string(file).unwrap();
        (file.file_stem().unwrap().to_string_lossy().into_owned(), text)
    });
    parsed.flat_map(|(name, text)| of_file(&name, &text)).collect()
}

/// The cases of a file; tables of distribution functions have none. What the file tolerates, each
/// of its cases does.
fn of_file(name: &str, text: &str) -> Vec<(String, Value)> {
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
    let own = |mut case: Value| {
        case["tolerance"] = merged(&file["tolerance"], &case["tolerance"]);
        (name.to_owned(), case)
    };
    cases.into_iter().map(own).collect()
}

fn merged(file: &Value, case: &Value) -> Value {
    let entries = [file, case].into_iter().filter_map(Value::as_object).flatten();
    Value::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// What the engine says.
fn document(case: &Value) -> Result<Value, String> {
    let args = case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap());
    let text = riskset::cli::execute(args.chain(["--format", "json"]));
    let text = text.map_err(|failure| failure.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

impl Failures {
    fn new(case: String, tolerance: Map<String, Value>) -> Self {
        Self { case, tolerance, std_err: 1.0, found: Vec::new() }
    }

    fn compare(&mut self, path: &str, got: &Value, want: &Value) {
        match (got, want) {
            (Value::Object(got), Value::Object(want)) => {
                let beside = want.get("std_err").and_then(Value::as_f64).unwrap_or(1.0);
                let outer = std::mem::replace(&mut self.std_err, beside);
                for (key, want) in want {
                    self.compare(&format!("{path}.{key}"), got.get(key).unwrap_or(&MISSING), want);
                }
                self.std_err = outer;
            }
            (Value::Array(got), Value::Array(want)) if got.len() == want.len() => {
                for (at, (got, want)) in got.iter().zip(want).enumerate() {
                    self.compare(&format!("{path}[{at}]"), got, want);
                }
            }
            (Value::Number(got), Value::Number(want)) => {
                let (got, want) = (got.as_f64().unwrap(), want.as_f64().unwrap());
                if !self.near(path, got, want) {
                    self.found.push(format!("{}{path}: got {got}, want {want}", self.case));
                }
            }
            (got, want) if got == want => {}
            (got, want) => {
                let [got, want] =
                    [got, want].map(|value| value.to_string().chars().take(90).collect::<String>());
                self.found.push(format!("{}{path}: got {got}, want {want}", self.case));
            }
        }
    }

    fn near(&self, path: &str, got: f64, want: f64) -> bool {
        let key = path.rsplit('.').next().unwrap().trim_end_matches(|c| "[]0123456789".contains(c));
        match key {
            _ if self.tolerance.contains_key(key) => {
                let (relative, absolute) = given(&self.tolerance[key]);
                let unit = if key == "coef" { self.std_err } else { 1.0 };
                close(got, want, relative, absolute * unit)
            }
            "n" | "events" | "censored" | "n_risk" | "n_event" | "n_censor" | "observed" | "df"
            | "rows" | "used" | "dropped" => got == want,
            "statistic" => close(got, want, 1e-10, 1e-12),
            "p" | "ln_p" | "p_adjusted" => close(got, want, 1e-8, 0.0),
            // The fixtures have MaxCombo's components without their sign.
            "z" => close(got.abs(), want, 1e-12, 1e-12),
            _ => close(got, want, 1e-12, 1e-12),
        }
    }
}

static MISSING: Value = Value::String(String::new());

/// A number is a relative tolerance, a pair a relative and an absolute one.
fn given(tolerance: &Value) -> (f64, f64) {
    let relative = tolerance.get(0).unwrap_or(tolerance).as_f64().unwrap();
    (relative, tolerance.get(1).and_then(Value::as_f64).unwrap_or(0.0))
}

fn close(got: f64, want: f64, relative: f64, absolute: f64) -> bool {
    (got - want).abs() <= (relative * want.abs()).max(absolute)
}

#[test]
fn golden_values() {
    let cases = cases();
    assert!(cases.len() >= 420, "only {} cases were found", cases.len());
    let (mut failed, mut lines) = (0, Vec::new());
    for (file, case) in &cases {
        let case_name = format!("{file}/{}", case["id"].as_str().unwrap());
        let tolerance = case.get("tolerance").and_then(Value::as_object).cloned();
        let tolerance = tolerance.unwrap_or_default();
        let mut failures = Failures::new(case_name, tolerance);
        match document(case) {
            Ok(got) => failures.compare("", &got, &case["expect"]),
            Err(message) => failures.found.push(format!("{}: {message}", failures.case)),
        }
        failed += usize::from(!failures.found.is_empty());
        lines.append(&mut failures.found);
    }
    assert!(lines.is_empty(), "{failed} of {} cases fail:\n{}", cases.len(), lines.join("\n"));
}

#[test]
fn a_wrong_value_is_found() {
    let want = serde_json::json!({"a": [{"n": 3, "p": 0.5, "lower": null}]});
    let wrong = [
        serde_json::json!({"a": [{"n": 4, "p": 0.5, "lower": null}]}),
        serde_json::json!({"a": [{"n": 3, "p": 0.500001, "lower": null}]}),
        serde_json::json!({"a": [{"n": 3, "p": 0.5}]}),
        serde_json::json!({"a": []}),
    ];
    for got in wrong {
        let mut failures = Failures::new(String::new(), Map::new());
        failures.compare("", &got, &want);
        assert_eq!(failures.found.len(), 1, "{got}");
    }
}

#[test]
fn a_coefficient_may_differ_by_a_part_of_its_standard_error() {
    let file = r#"{"tolerance": {"coef": [1e-9, 1e-9], "p": 1e-7},
        "cases": [{"tolerance": {"p": 1e-3}, "expect": {"coef": 0.01, "std_err": 5.0, "p": 0.5}}]}"#;
    let (_, case) = of_file("", file).remove(0);
    for (coef, p, differ) in [(4e-9, 4e-4, 0), (6e-9, 0.0, 1), (0.0, 6e-4, 1), (0.1, 0.1, 2)] {
        let got = serde_json::json!({"coef": 0.01 + coef, "std_err": 5.0, "p": 0.5 + p});
        let tolerance = case["tolerance"].as_object().unwrap().clone();
        let mut failures = Failures::new(String::new(), tolerance);
        failures.compare("", &got, &case["expect"]);
        assert_eq!(failures.found.len(), differ, "{got}");
    }
}
