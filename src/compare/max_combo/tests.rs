use super::*;
use crate::cohort::{Cohort, Factor, Groups, Weights};
use crate::table::Category;

/// survival::aml: time, status, 0 for Maintained and 1 for Nonmaintained.
const AML: [(i32, bool, u32); 23] = [
    (9, true, 0),
    (13, true, 0),
    (13, false, 0),
    (18, true, 0),
    (23, true, 0),
    (28, false, 0),
    (31, true, 0),
    (34, true, 0),
    (45, false, 0),
    (48, true, 0),
    (161, false, 0),
    (5, true, 1),
    (5, true, 1),
    (8, true, 1),
    (8, true, 1),
    (12, true, 1),
    (16, false, 1),
    (23, true, 1),
    (27, true, 1),
    (30, true, 1),
    (33, true, 1),
    (43, true, 1),
    (45, true, 1),
];

/// U and V summed in R from the definition, then 1 − mvtnorm::pmvnorm(−max, max, corr =
/// cov2cor(V), algorithm = GenzBretz(maxpts = 5e6, abseps = 1e-9)), the mean of 8 runs.
const R_Z: [f64; 4] = [-1.84292937981, -1.66711713588, -1.62176238014, -1.2051902152];
const R_P: f64 = 0.128659515;
/// The same stratified by seq_along(time) %% 2.
const R_STRATIFIED_Z: [f64; 4] = [-1.64947245302, -1.5505425028, -1.36127281953, -1.04215581586];
const R_STRATIFIED_P: f64 = 0.187069647;

fn factor(codes: Vec<u32>) -> Groups {
    let levels = (0..=codes.iter().max().copied().unwrap_or(0)).map(|level| level.to_string());
    let category = Category { codes, levels: levels.collect::<Vec<_>>().into() };
    Groups::cross(vec![Factor { name: "g".into(), category }])
}

fn aml(strata: Groups) -> Cohort {
    let (time, event): (Vec<i32>, Vec<bool>) =
        AML.iter().map(|&(time, event, _)| (time, event)).unzip();
    let groups = factor(AML.iter().map(|row| row.2).collect());
    Cohort::builder(time, event).groups(groups).strata(strata).build().unwrap()
}

#[track_caller]
fn agrees(test: &MaxComboTest, z: [f64; 4], p: f64) {
    for (own, want) in test.components().iter().zip(z) {
        assert!((own.z.unwrap() - want).abs() < 1e-10, "{own:?}: {want}");
    }
    let largest = z.iter().fold(0.0, |most: f64, z| most.max(z.abs()));
    assert!((test.statistic().unwrap() - largest).abs() < 1e-10);
    assert!((test.p().unwrap() - p).abs() < 1e-6, "{:?}: {p}", test.p());
    assert!((test.ln_p().unwrap() - p.ln()).abs() < 1e-5);
}

#[test]
fn agrees_with_r() {
    agrees(&MaxCombo::default().fit(&aml(Groups::single())).unwrap(), R_Z, R_P);
    let strata = factor((1..=23).map(|row| row % 2).collect());
    let test = MaxCombo::default().fit(&aml(strata)).unwrap();
    agrees(&test, R_STRATIFIED_Z, R_STRATIFIED_P);
}

#[test]
fn the_first_component_is_the_log_rank_test() {
    let cohort = aml(Groups::single());
    let test = MaxCombo::default().fit(&cohort).unwrap();
    let log_rank = super::super::LogRank::default().fit(&cohort).unwrap();
    let z = test.components()[0].z.unwrap();
    assert!((z * z - log_rank.statistic()).abs() < 1e-12);
    assert_eq!(test.components()[3].weight, "fh(1,1)");
}

#[test]
fn exchanging_the_groups_changes_signs_alone() {
    let rows = AML.map(|(time, event, group)| (time, event, 1 - group));
    let (time, event): (Vec<i32>, Vec<bool>) = rows.iter().map(|row| (row.0, row.1)).unzip();
    let groups = factor(rows.iter().map(|row| row.2).collect());
    let turned = Cohort::builder(time, event).groups(groups).build().unwrap();
    let turned = MaxCombo::default().fit(&turned).unwrap();
    let test = MaxCombo::default().fit(&aml(Groups::single())).unwrap();
    for (a, b) in test.components().iter().zip(turned.components()) {
        assert!((a.z.unwrap() + b.z.unwrap()).abs() < 1e-12);
    }
    assert!((test.p().unwrap() - turned.p().unwrap()).abs() < 1e-12);
}

#[test]
fn components_without_variance_are_left_out() {
    // One event time: the late weights are 0 there, the early ones 1, so |Z| is that of the
    // log-rank test. Times 1, 2+, 2+, 2+: U = 1 − 1/2, V = 1·3/3·1/4, Z = 1.
    let event = vec![true, false, false, false];
    let cohort = Cohort::builder(vec![1, 2, 2, 2], event).groups(factor(vec![0, 0, 1, 1]));
    let test = MaxCombo::default().fit(&cohort.build().unwrap()).unwrap();
    let z: Vec<_> = test.components().iter().map(|component| component.z).collect();
    assert_eq!(z, [Some(1.0), Some(1.0), None, None]);
    assert_eq!(test.statistic(), Some(1.0));
    assert!((test.p().unwrap() - 0.317_310_507_862_914_1).abs() < 1e-12);
}

#[test]
fn no_events_no_p() {
    let cohort = Cohort::builder(vec![1, 2], vec![false; 2]).groups(factor(vec![0, 1]));
    let test = MaxCombo::default().fit(&cohort.build().unwrap()).unwrap();
    assert_eq!((test.statistic(), test.p(), test.ln_p()), (None, None, None));
}

#[test]
fn the_logarithm_survives_p() {
    // Two groups that never overlap: weights of 100,000 subjects behind every row.
    let time = (1..=8).collect::<Vec<i32>>();
    let cohort = Cohort::builder(time, vec![true; 8])
        .groups(factor(vec![0, 0, 0, 0, 1, 1, 1, 1]))
        .weights(Weights::Frequency(vec![1e5; 8]))
        .build()
        .unwrap();
    let test = MaxCombo::default().fit(&cohort).unwrap();
    let z = test.statistic().unwrap();
    assert_eq!(test.p(), Some(0.0));
    let ln_p = test.ln_p().unwrap();
    assert!(ln_p < -0.5 * z * z && ln_p > -0.5 * z * z - 20.0);
}

#[test]
fn three_groups_are_refused() {
    let cohort = Cohort::builder(vec![1, 2, 3], vec![true; 3]).groups(factor(vec![0, 1, 2]));
    let error = MaxCombo::default().fit(&cohort.build().unwrap()).unwrap_err();
    assert!(error.to_string().contains("there are 3"));
}
