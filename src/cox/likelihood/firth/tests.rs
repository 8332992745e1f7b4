use crate::cohort::{Cohort, Design};
use crate::cox::sample::{Kind, Numbers, check_derivatives, cohort};
use crate::cox::{Cox, Ties};

#[test]
fn gradient_against_differences() {
    let mut numbers = Numbers(5);
    for case in 0..24 {
        let kind = Kind {
            rows: 40,
            times: 5,
            strata: 1 + case % 2,
            late: case % 3 == 0,
            counts: case % 4 == 0,
            width: 3,
            values: 4,
        };
        let (cohort, design) = cohort(&mut numbers, kind);
        for ties in [Ties::Efron, Ties::Breslow] {
            check_derivatives(&cohort, &design, ties, true, &[0.3, -0.5, 0.2]);
        }
    }
}

/// Two rows, x = 1 fails first: ℓ* = ln π + ½ ln π(1 − π) with π = r/(r + 1), maximal where
/// 1 − π + ½ (1 − 2π) = 0, at π = ¾ and r = 3.
#[test]
fn by_hand() {
    let cohort = Cohort::builder(vec![1, 2], vec![true, false]).build().unwrap();
    let design = Design::from_columns(vec![("x".into(), vec![1.0, 0.0])]).unwrap();
    let fit = Cox::default().firth(true).fit(&cohort, &design).unwrap();
    let own = &fit.coefficients()[0];
    assert!((own.hazard_ratio.unwrap() - 3.0).abs() < 1e-8);
    assert!((own.std_err.unwrap().powi(-2) - 3.0 / 16.0).abs() < 1e-9);
    let wanted = [0.5_f64.ln() + 0.5 * 0.25_f64.ln(), 0.75_f64.ln() + 0.5 * (3.0_f64 / 16.0).ln()];
    let got = fit.penalised_log_likelihood().unwrap();
    assert!((got[0] - wanted[0]).abs() < 1e-14 && (got[1] - wanted[1]).abs() < 1e-14);
}
