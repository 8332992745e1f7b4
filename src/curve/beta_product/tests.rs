use super::*;
use crate::cohort::{Cohort, Weights};
use crate::curve::{ConfType, CurveRow, KaplanMeier, SurvivalCurve};
use crate::error::Result;

fn fit(cohort: &Cohort) -> Result<SurvivalCurve> {
    let fit = KaplanMeier::default().conf_type(ConfType::Bpcp).fit(cohort)?;
    Ok(fit.curves()[0].clone())
}

fn curve(time: Vec<i32>, event: Vec<bool>) -> SurvivalCurve {
    fit(&Cohort::builder(time, event).build().unwrap()).unwrap()
}

/// Eight subjects: 1 2+ 3 4+ 5 5 6+ 8.
fn eight() -> SurvivalCurve {
    let event = [true, false, true, false, true, true, false, true];
    curve(vec![1, 2, 3, 4, 5, 5, 6, 8], event.to_vec())
}

/// R: binom.test(x, 5)$conf.int for x = 5, 4, …, 0 survivors.
const CLOPPER_PEARSON: [(f64, f64); 6] = [
    (0.478176249895, 1.0),
    (0.283582063882, 0.994949236621),
    (0.146632799635, 0.947255049474),
    (0.052744950526, 0.853367200365),
    (0.005050763379, 0.716417936118),
    (0.0, 0.521823750105),
];

/// In R for [`eight`]: the first two moments of each product from prod(a / (a + b)) and
/// prod(a (a + 1) / ((a + b)(a + b + 1))), then qbeta at the beta variable that has them.
const MOMENTS: [(f64, f64); 7] = [
    (0.473490329125, 0.996840276469),
    (0.441385126462, 0.996840276469),
    (0.301897615284, 0.966004495768),
    (0.263367977575, 0.966004495768),
    (0.049513409748, 0.800497326625),
    (0.012898715999, 0.800497326625),
    (0.0, 0.624793414872),
];

/// In R: quantiles of 4 million simulated products of rbeta, so what the moments approximate.
const SIMULATED: [(f64, f64); 7] = [
    (0.47357, 0.99686),
    (0.44007, 0.99685),
    (0.30060, 0.96560),
    (0.25975, 0.96559),
    (0.04825, 0.79806),
    (0.00910, 0.79766),
    (0.00000, 0.61431),
];

#[track_caller]
fn agree(own: (f64, f64), want: (f64, f64), tolerance: f64) {
    let error = (own.0 - want.0).abs().max((own.1 - want.1).abs());
    assert!(error <= tolerance, "{own:?}, not {want:?}");
}

fn limits(row: CurveRow) -> (f64, f64) {
    (row.lower.unwrap(), row.upper.unwrap())
}

#[test]
fn without_censoring_they_are_clopper_and_pearsons() {
    let curve = curve(vec![1, 2, 3, 4, 5], vec![true; 5]);
    let before = curve.at(0.5);
    agree((before.lower.unwrap(), before.upper.unwrap()), CLOPPER_PEARSON[0], 1e-12);
    for (row, want) in curve.rows().zip(&CLOPPER_PEARSON[1..]) {
        agree(limits(row), *want, 1e-12);
    }
    // Beyond the last time S is still 0, and its limits are known.
    assert_eq!((curve.at(9.0).lower, curve.at(9.0).upper), (Some(0.0), curve.at(5.0).upper));
}

#[test]
fn ties_without_censoring_are_clopper_and_pearsons_too() {
    let curve = curve(vec![1, 1, 2, 2, 2], vec![true; 5]);
    let rows: Vec<_> = curve.rows().map(limits).collect();
    agree(rows[0], CLOPPER_PEARSON[2], 1e-12);
    agree(rows[1], CLOPPER_PEARSON[5], 1e-12);
}

#[test]
fn a_long_uncensored_curve_does_not_drift() {
    let n = 5_000;
    let curve = curve((1..=n).collect(), vec![true; n as usize]);
    for row in curve.rows().filter(|row| row.time % 499.0 == 0.0) {
        let (left, gone) = (row.n_risk - 1.0, row.time);
        let lower = beta_quantile(0.025, left, gone + 1.0);
        agree(limits(row), (lower, beta_quantile(0.975, left + 1.0, gone)), 1e-11);
    }
}

#[test]
fn with_censoring_moments_are_matched() {
    let curve = eight();
    // Before the first event: the α/2 quantile of Beta(8, 1).
    agree((curve.at(0.0).lower.unwrap(), 1.0), (0.025f64.powf(0.125), 1.0), 1e-12);
    for ((row, want), simulated) in curve.rows().zip(MOMENTS).zip(SIMULATED) {
        agree(limits(row), want, 1e-11);
        agree(limits(row), simulated, 0.011);
    }
}

#[test]
fn two_factors_by_hand() {
    // 1, 2+, 3 of 3: W⁻ after 2 is Beta(3, 1)·Beta(1, 1), with mean 3/4·1/2 = 3/8 and second moment
    // 3/5·1/3 = 1/5, so the beta variable has a = m(m − q)/(q − m²) = 21/19 and b = 35/19.
    let curve = curve(vec![1, 2, 3], vec![true, false, true]);
    let want = beta_quantile(0.025, 21.0 / 19.0, 35.0 / 19.0);
    agree((curve.at(2.0).lower.unwrap(), 0.0), (want, 0.0), 1e-13);
}

#[test]
fn the_interval_of_the_median_reads_these_limits() {
    // Lower limits of eight(): 0.631 before 1, then 0.473, so ≤ 0.5 from time 1 on; the upper
    // limits stay above 0.5.
    let median = eight().quantile(0.5).unwrap();
    assert_eq!((median.estimate, median.lower, median.upper), (Some(5.0), Some(1.0), None));
    // Of five subjects even the first lower limit is below 0.5: nothing excludes a median near 0.
    let median = curve(vec![1, 2, 3, 4, 5], vec![true; 5]).quantile(0.5).unwrap();
    assert_eq!((median.lower, median.upper), (Some(0.0), None));
    // Of six uncensored ones the last upper limit is 1 − 0.025^(1/6) = 0.459.
    let median = curve(vec![1, 2, 3, 4, 5, 6], vec![true; 6]).quantile(0.5).unwrap();
    assert_eq!((median.lower, median.upper), (Some(1.0), Some(6.0)));
}

#[test]
fn limits_never_rise_and_censorings_lower_them() {
    let event = (0..60).map(|i| i % 3 != 0).collect();
    let curve = curve((0..60).map(|i| i / 2).collect(), event);
    let rows: Vec<_> = curve.rows().map(limits).collect();
    assert!(rows.windows(2).all(|pair| pair[1].0 <= pair[0].0 && pair[1].1 <= pair[0].1));
    let rows: Vec<_> = eight().rows().map(limits).collect();
    assert!(rows[1].0 < rows[0].0 && rows[1].1 == rows[0].1);
}

#[test]
fn follow_up_uses_them_on_censorings() {
    // Reversed, eight() has its events at 2, 4 and 6 with 7, 5 and 2 at risk: 1, 3 and 5 5 are
    // gone before. S = 6/7, 24/35, 12/35.
    let follow_up = eight().follow_up();
    let reversed = curve(
        vec![1, 2, 3, 4, 5, 5, 6, 8],
        [false, true, false, true, false, false, true, false].to_vec(),
    );
    let median = reversed.quantile(0.5).unwrap();
    assert_eq!(follow_up.median, Some(6.0));
    assert_eq!((follow_up.lower, follow_up.upper), (median.lower, median.upper));
}

#[test]
fn frequency_weights_change_nothing() {
    let compressed = Cohort::builder(
        vec![1, 2, 3, 4, 5, 6, 8],
        vec![true, false, true, false, true, false, true],
    )
    .weights(Weights::Frequency(vec![1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0]))
    .build()
    .unwrap();
    let compressed = fit(&compressed).unwrap();
    assert!(compressed.rows().map(limits).eq(eight().rows().map(limits)));
}

#[test]
fn what_it_is_not_defined_for_is_refused() {
    let builder = || Cohort::builder(vec![3, 4], vec![true; 2]);
    let error = |cohort: Cohort| fit(&cohort).unwrap_err().to_string();
    let late = builder().entry(vec![0, 1]).build().unwrap();
    assert!(error(late).contains("delayed entry"));
    let weighted = builder().weights(Weights::Sampling(vec![0.5, 1.5])).build().unwrap();
    assert!(error(weighted).contains("bpcp"));
    let clustered = builder().cluster(vec![0, 1]).build().unwrap();
    assert!(error(clustered).contains("clusters"));
}
