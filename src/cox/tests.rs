use super::*;
use crate::cohort::{Cohort, Design};

/// Therneau and Grambsch's small data set with ties; likelihood as functions of r = exp(β).
fn small() -> (Cohort, Design) {
    let cohort =
        Cohort::builder(vec![1, 1, 6, 6, 8, 9], vec![true, false, true, true, false, true]);
    let x = vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    (cohort.build().unwrap(), Design::from_columns(vec![("x".into(), x)]).unwrap())
}

#[test]
fn breslow_by_hand() {
    // ln L = 2β − ln(3r + 3) − 2 ln(r + 3).
    let (cohort, design) = small();
    let fit = Cox::default().ties(Ties::Breslow).fit(&cohort, &design).unwrap();
    let r = fit.coefficients()[0].hazard_ratio.unwrap();
    let score = 2.0 - r / (r + 1.0) - 2.0 * r / (r + 3.0);
    assert!(score.abs() < 1e-10, "{score}");
    let log_likelihood = 2.0 * r.ln() - (3.0 * r + 3.0).ln() - 2.0 * (r + 3.0).ln();
    assert!((fit.log_likelihood() - log_likelihood).abs() < 1e-13);
    let information = r / (r + 1.0).powi(2) + 6.0 * r / (r + 3.0).powi(2);
    assert!((fit.vcov(0, 0) * information - 1.0).abs() < 1e-12);
}

#[test]
fn efron_by_hand() {
    let (cohort, design) = small();
    let fit = Cox::default().fit(&cohort, &design).unwrap();
    let r = fit.coefficients()[0].hazard_ratio.unwrap();
    let log_likelihood =
        2.0 * r.ln() - (3.0 * r + 3.0).ln() - (r + 3.0).ln() - (0.5 * r + 2.5).ln();
    assert!((fit.log_likelihood() - log_likelihood).abs() < 1e-13);
    let score = 2.0 - r / (r + 1.0) - r / (r + 3.0) - r / (r + 5.0);
    assert!(score.abs() < 1e-10, "{score}");
}
