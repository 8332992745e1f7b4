use super::*;
use crate::cohort::Factor;
use crate::compare::TestWeight;
use crate::table::Category;

fn factor(codes: Vec<u32>) -> Groups {
    let levels = (0..=codes.iter().max().copied().unwrap_or(0)).map(|level| level.to_string());
    let category = Category { codes, levels: levels.collect::<Vec<_>>().into() };
    Groups::cross(vec![Factor { name: "g".into(), category }])
}

fn cohort(time: Vec<i32>, event: Vec<bool>, codes: Vec<u32>) -> Cohort {
    Cohort::builder(time, event).groups(factor(codes)).build().unwrap()
}

/// 20 subjects, some censored, some tied, in two groups.
fn twenty() -> Cohort {
    let time = (0..20).map(|i| (i * 7) % 13 + i / 5).collect();
    let event = (0..20).map(|i| i % 4 != 1).collect();
    cohort(time, event, (0..20).map(|i| u32::from(i % 3 == 0 || i > 15)).collect())
}

#[test]
fn four_subjects_by_hand() {
    // Times 1..4, all events. Group a = {1, 2}: U = 2 − 5/6 = 7/6, V = 17/36, T = 49/17; its
    // mirror image has the same T. {1, 3}: U = 2 − (1/2 + 1/3 + 1/2) = 2/3, V = 1/4 + 2/9 + 1/4,
    // T = 16/26. {1, 4}: U = 2 − (1/2 + 1/3 + 1/2 + 1) = −1/3, V as before, T = 4/26.
    let exact = |codes: [u32; 4]| {
        let cohort = cohort(vec![1, 2, 3, 4], vec![true; 4], codes.to_vec());
        LogRank::default().permute(&cohort, Permutation::default()).unwrap()
    };
    let far = exact([0, 0, 1, 1]);
    assert!((far.statistic - 49.0 / 17.0).abs() < 1e-14);
    assert_eq!((far.permutations, far.exact, far.seed), (6, true, None));
    assert_eq!(far.p, Some(2.0 / 6.0));
    assert_eq!(exact([0, 1, 0, 1]).p, Some(4.0 / 6.0));
    assert_eq!(exact([0, 1, 1, 0]).p, Some(1.0));
}

#[test]
fn draws_estimate_the_exact_p() {
    let cohort = twenty();
    let exact = LogRank::default().permute(&cohort, Permutation::default().exact_limit(200_000));
    let exact = exact.unwrap();
    assert!(exact.exact);
    let drawn = Permutation::default().exact_limit(0).draws(40_000).seed(7);
    let drawn = LogRank::default().permute(&cohort, drawn).unwrap();
    assert_eq!((drawn.exact, drawn.permutations, drawn.seed), (false, 40_000, Some(7)));
    let (p, q) = (exact.p.unwrap(), drawn.p.unwrap());
    assert!(p > 0.02 && p < 0.98, "p {p} tells nothing");
    // Four standard errors of 40,000 draws.
    assert!((p - q).abs() < 4.0 * (p * (1.0 - p) / 40_000.0).sqrt(), "{p} against {q}");
}

#[test]
fn threads_do_not_change_a_bit() {
    let cohort = twenty();
    let options = Permutation::default().exact_limit(0).draws(3_000);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| LogRank::default().permute(&cohort, options).unwrap())
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(7));
    let other = LogRank::default().permute(&cohort, options.seed(2)).unwrap();
    assert_ne!(run(1).p, other.p);
}

#[test]
fn labels_are_dealt_within_strata() {
    // Within each stratum of two a change of labels is all there is: 2·2 arrangements. Earlier
    // deaths all in group 0: U = ±1/2 ± 1/2 and V = 1/2, so that T = 2, 0, 0, 2.
    let strata = factor(vec![0, 0, 1, 1]);
    let cohort = Cohort::builder(vec![1, 2, 1, 2], vec![true; 4])
        .groups(factor(vec![0, 1, 0, 1]))
        .strata(strata)
        .build()
        .unwrap();
    let test = LogRank::default().permute(&cohort, Permutation::default()).unwrap();
    assert_eq!((test.statistic, test.permutations, test.p), (2.0, 4, Some(0.5)));
}

#[test]
fn three_groups_and_other_weights() {
    // Six subjects in three pairs: 90 arrangements. The observed one, in blocks of time, and the
    // 3! − 1 relabellings of it are the most extreme ones by Gehan's weight.
    let cohort = cohort(vec![1, 2, 3, 4, 5, 6], vec![true; 6], vec![0, 0, 1, 1, 2, 2]);
    let test = LogRank::default().weight(TestWeight::Gehan);
    let test = test.permute(&cohort, Permutation::default()).unwrap();
    assert_eq!((test.permutations, test.p), (90, Some(6.0 / 90.0)));
}

#[test]
fn nothing_to_compare_has_no_p() {
    let cohort = cohort(vec![1, 2, 3], vec![false; 3], vec![0, 1, 1]);
    let test = LogRank::default().permute(&cohort, Permutation::default()).unwrap();
    assert_eq!((test.statistic, test.p), (0.0, None));
}

#[test]
fn who_cannot_be_exchanged_is_refused() {
    let groups = || factor(vec![0, 1]);
    let builder = || Cohort::builder(vec![3, 4], vec![true; 2]).groups(groups());
    let refused = |cohort: Cohort, options: Permutation| {
        LogRank::default().permute(&cohort, options).unwrap_err().to_string()
    };
    let default = Permutation::default();
    let weighted = builder().weights(Weights::Frequency(vec![2.0, 1.0])).build().unwrap();
    assert!(refused(weighted, default).contains("weights"));
    let late = builder().entry(vec![0, 1]).build().unwrap();
    assert!(refused(late, default).contains("enter at different times"));
    let one = Cohort::builder(vec![3, 4], vec![true; 2]).build().unwrap();
    assert!(refused(one, default).contains("two groups"));
    assert!(refused(builder().build().unwrap(), default.draws(0)).contains("draw"));
}
