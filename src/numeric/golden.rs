//! The distribution functions against R's tables in `fixtures/golden/special.json`.

use serde_json::Value;

use super::beta::beta_quantile;
use super::linalg::SymMatrix;
use super::mvn::{exceedance, rectangle};
use super::normal::normal_quantile;
use super::tails::{chi2_upper, normal_upper};

fn table(name: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/golden/special.json");
    let tables: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rows = tables[name].as_array().unwrap().clone();
    assert!(rows.len() > 10);
    rows
}

fn number(row: &Value, name: &str) -> f64 {
    row[name].as_f64().unwrap_or_else(|| panic!("{row} has no number {name}"))
}

#[track_caller]
fn close(row: &Value, got: f64, want: f64, relative: f64) {
    // Denormal probabilities have fewer digits to compare.
    let scale = want.abs().max(f64::MIN_POSITIVE);
    assert!((got - want).abs() <= relative * scale, "{row}: got {got}, want {want}");
}

#[test]
fn chi_squared_tails() {
    for row in table("chisq") {
        let tail = chi2_upper(number(&row, "x"), number(&row, "df"));
        // R's table leaves p out where a double cannot hold it.
        if let Some(p) = row["p"].as_f64() {
            close(&row, tail.p, p, 1e-11);
        }
        close(&row, tail.ln_p, number(&row, "ln_p"), 1e-12);
    }
}

#[test]
fn normal_tails_and_quantiles() {
    for row in table("normal") {
        let tail = normal_upper(number(&row, "z"));
        close(&row, tail.ln_p, number(&row, "ln_p_upper"), 1e-13);
    }
    for row in table("qnorm") {
        close(&row, -normal_quantile(number(&row, "p")), number(&row, "z_upper"), 1e-14);
    }
}

#[test]
fn beta_quantiles() {
    for row in table("qbeta") {
        let got = beta_quantile(number(&row, "p"), number(&row, "a"), number(&row, "b"));
        close(&row, got, number(&row, "x"), 1e-11);
    }
}

#[test]
fn normal_rectangles() {
    for row in table("mvn") {
        let entry = |i: usize, j: usize| row["corr"][i][j].as_f64().unwrap();
        let corr = SymMatrix::from_lower(row["corr"].as_array().unwrap().len(), entry);
        let got = rectangle(&corr, number(&row, "limit")).unwrap();
        assert!((got - number(&row, "p")).abs() <= 1e-7, "{row}: got {got}");
        if let Some(outside) = row["p_outside"].as_f64() {
            close(&row, exceedance(&corr, number(&row, "limit")).unwrap(), outside, 1e-6);
        }
    }
}
