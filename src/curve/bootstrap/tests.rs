use super::*;
use crate::cohort::{Cohort, Factor, Groups, Weights};
use crate::curve::KaplanMeier;
use crate::table::Category;

fn fit(time: Vec<i32>, event: Vec<bool>) -> SurvivalCurves {
    KaplanMeier::default().fit(&Cohort::builder(time, event).build().unwrap()).unwrap()
}

/// 60 subjects, a third of them censored, the last one with an event.
fn sixty() -> SurvivalCurves {
    let time = (0..60).map(|i| 1 + (i * 17) % 40).collect();
    fit(time, (0..60).map(|i| i % 3 != 1).collect())
}

fn one(fit: &SurvivalCurves, options: &Bootstrap) -> GroupBootstrap {
    fit.bootstrap(options).unwrap().remove(0)
}

/// P(Bin(n, p) ≤ k).
fn binomial_cdf(n: i32, p: f64, k: i32) -> f64 {
    let term = |j: i32| {
        let ways: f64 = (0..j).map(|i| f64::from(n - i) / f64::from(i + 1)).product();
        ways * p.powi(j) * (1.0 - p).powi(n - j)
    };
    (0..=k).map(term).sum()
}

#[test]
fn the_median_of_uncensored_data_has_its_exact_bootstrap_law() {
    // Of n = 15 distinct times the resampled median is beyond the k-th iff at most 7 of 15 draws
    // fall on the first k: P = P(Bin(15, k/15) ≤ 7).
    let options = Bootstrap::default().replicates(39_999).seed(3);
    let median = one(&fit((1..=15).collect(), vec![true; 15]), &options).quantiles[0];
    let beyond = |k: i32| binomial_cdf(15, f64::from(k) / 15.0, 7);
    let percentile = |p: f64| (1..15).find(|&k| 1.0 - beyond(k) >= p).map(f64::from);
    assert_eq!((median.estimate, median.not_reached), (Some(8.0), 0));
    assert_eq!((median.lower, median.upper), (percentile(0.025), percentile(0.975)));
    let mass = |k: i32| beyond(k - 1) - beyond(k);
    let mean: f64 = (1..=15).map(|k| f64::from(k) * mass(k)).sum();
    let variance: f64 = (1..=15).map(|k| (f64::from(k) - mean).powi(2) * mass(k)).sum();
    let std_err = median.std_err.unwrap();
    assert!((std_err / variance.sqrt() - 1.0).abs() < 0.02, "{std_err}, not {}", variance.sqrt());
}

#[test]
fn an_uncensored_rate_is_a_binomial_proportion() {
    // 20 of 50 survive time 30: the standard error is √(0.4·0.6/50), the mean one that of S.
    let options = Bootstrap::default().rates([30.0]).means([50.0]).replicates(19_999);
    let group = one(&fit((1..=50).collect(), vec![true; 50]), &options);
    let (rate, mean) = (group.rates[0], group.means[0]);
    assert_eq!((rate.estimate, rate.not_reached), (Some(0.4), 0));
    assert!((rate.std_err.unwrap() / (0.24f64 / 50.0).sqrt() - 1.0).abs() < 0.03);
    // Until the end the mean is that of 1..50: its variance is (50² − 1)/12/50.
    assert!((mean.estimate.unwrap() - 25.5).abs() < 1e-12);
    assert!((mean.std_err.unwrap() / (2499.0f64 / 600.0).sqrt() - 1.0).abs() < 0.03);
}

#[test]
fn with_censoring_it_is_near_greenwood() {
    let fit = sixty();
    let group = one(&fit, &Bootstrap::default().rates([20.0]).means([35.0]));
    let curve = &fit.curves()[0];
    let close = |own: f64, other: f64| (own / other - 1.0).abs() < 0.1;
    assert!(close(group.rates[0].std_err.unwrap(), curve.at(20.0).std_err.unwrap()));
    assert!(close(group.means[0].std_err.unwrap(), curve.rmst(35.0).unwrap().std_err));
    assert!(group.rates[0].lower < group.rates[0].estimate);
    assert!(group.rates[0].upper > group.rates[0].estimate);
}

#[test]
fn what_is_asked_beside_does_not_matter() {
    // The walk stops where nothing more is wanted; that must not change what was.
    let fit = sixty();
    let alone = one(&fit, &Bootstrap::default());
    let all = Bootstrap::default().quantiles([0.25, 0.5, 0.9]).rates([39.0]).means([40.0]);
    let all = one(&fit, &all);
    assert_eq!(alone.quantiles[0], all.quantiles[1]);
    let rate = one(&fit, &Bootstrap::default().quantiles([]).rates([39.0]));
    assert_eq!(rate.rates, all.rates);
    assert!(rate.quantiles.is_empty());
}

#[test]
fn quantiles_not_reached_are_the_latest() {
    // 10 subjects, events at 1..5, the rest censored at 6: S ends on 1/2, so that about half of
    // the replicates do not get there.
    let fit = fit((1..=10).map(|i| i.min(6)).collect(), (1..=10).map(|i| i <= 5).collect());
    let median = one(&fit, &Bootstrap::default()).quantiles[0];
    // P(Bin(10, 1/2) < 5) = 0.377 never reach it.
    assert!((median.not_reached as f64 / 9_999.0 - 0.377).abs() < 0.02, "{median:?}");
    assert!(median.lower.is_some());
    assert_eq!((median.upper, median.std_err), (None, None));
    let ninth = one(&fit, &Bootstrap::default().quantiles([0.9])).quantiles[0];
    assert_eq!((ninth.estimate, ninth.upper), (None, None));
}

#[test]
fn follow_up_that_ends_early_is_carried_forward_and_counted() {
    // Whoever is censored last is missing from (1 − 1/3)³ = 8/27 of the replicates of three.
    let fit = fit(vec![1, 2, 9], vec![true, false, false]);
    let options = Bootstrap::default().quantiles([]).rates([8.0]).replicates(19_999);
    let rate = one(&fit, &options).rates[0];
    // In 1/27 of all everybody has the event, and S is known to be 0.
    assert!((rate.not_reached as f64 / 19_999.0 - 7.0 / 27.0).abs() < 0.013, "{rate:?}");
    let beyond = one(&fit, &options.rates([10.0])).rates[0];
    assert_eq!((beyond.estimate, beyond.lower, beyond.upper), (None, None, None));
}

#[test]
fn threads_do_not_change_a_bit() {
    let fit = sixty();
    let options = Bootstrap::default().rates([10.0]).means([20.0]).replicates(999);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit.bootstrap(&options).unwrap())
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(7));
    assert_ne!(run(1), fit.bootstrap(&options.clone().seed(2)).unwrap());
}

#[test]
fn frequency_weights_are_subjects_and_groups_are_drawn_apart() {
    let category =
        Category { codes: vec![0, 0, 0, 1, 1, 1], levels: vec!["a".into(), "b".into()].into() };
    let groups = Groups::cross(vec![Factor { name: "g".into(), category }]);
    let weights = Weights::Frequency(vec![2.0, 1.0, 3.0, 2.0, 1.0, 3.0]);
    let event = vec![true, false, true, true, false, true];
    let cohort = Cohort::builder(vec![1, 2, 3, 1, 2, 3], event).groups(groups).weights(weights);
    let weighted = KaplanMeier::default().fit(&cohort.build().unwrap()).unwrap();
    let expanded = fit(vec![1, 1, 2, 3, 3, 3], vec![true, true, false, true, true, true]);
    let options = Bootstrap::default().rates([1.0]);
    let both = weighted.bootstrap(&options).unwrap();
    let alone = one(&expanded, &options);
    assert_eq!((&both[0].quantiles, &both[0].rates), (&alone.quantiles, &alone.rates));
    // The same data in the second group, but other draws.
    assert_ne!(both[0].rates[0].std_err, both[1].rates[0].std_err);
}

#[test]
fn what_cannot_be_drawn_or_read_is_refused() {
    let error = |fit: &SurvivalCurves, options| fit.bootstrap(&options).unwrap_err().to_string();
    let default = Bootstrap::default;
    let builder = || Cohort::builder(vec![3, 4], vec![true, false]);
    let fit = |cohort: Cohort| KaplanMeier::default().fit(&cohort).unwrap();
    let late = fit(builder().entry(vec![0, 1]).build().unwrap());
    assert!(error(&late, default()).contains("delayed entry"));
    let weights = Weights::Sampling(vec![0.5, 1.5]);
    let weighted = fit(builder().weights(weights).build().unwrap());
    assert!(error(&weighted, default()).contains("sampling weights"));
    let plain = fit(builder().build().unwrap());
    assert!(error(&plain, default().replicates(38)).contains("at least 39"));
    assert!(plain.bootstrap(&default().replicates(39)).is_ok());
    assert!(error(&plain, default().quantiles([1.0])).contains("quantile 1"));
    assert!(error(&plain, default().rates([-1.0])).contains("time -1"));
    assert!(error(&plain, default().means([5.0])).contains("beyond"));
}
