//! What must hold of any penalised fit.

use proptest::prelude::*;

use super::*;
use crate::cohort::Weights;
use crate::cox::frame::Frame;
use crate::cox::laws::study;
use crate::cox::likelihood::{Form, Point};
use crate::cox::sample::{Kind, Numbers, cohort};
use crate::cox::{CoxFit, Status};

#[track_caller]
fn close(got: &[f64], want: &[f64], within: f64) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= within * want.abs().max(1.0), "got {got}, want {want}");
    }
}

/// Standard deviations of columns, and Σ w, as the definition has them.
fn deviations(cohort: &Cohort, design: &Design) -> (Vec<f64>, f64) {
    let weights: Vec<f64> = (0..cohort.n_rows()).map(|row| cohort.weights().of(row)).collect();
    let n: f64 = weights.iter().sum();
    let mean = |x: &[f64]| x.iter().zip(&weights).map(|(x, w)| w * x).sum::<f64>() / n;
    let own = |x: &[f64]| {
        let centre = mean(x);
        mean(&x.iter().map(|x| (x - centre).powi(2)).collect::<Vec<f64>>()).sqrt()
    };
    (design.columns().iter().map(|column| own(&column.values)).collect(), n)
}

/// The conditions of optimality, on the score at the coefficients.
#[track_caller]
fn check_optimal(options: &CoxPath, cohort: &Cohort, design: &Design) {
    let path = options.fit(cohort, design).unwrap();
    let frame = Frame::new(cohort, design);
    let form = Form { ties: options.ties, members: None, penalised: None };
    let (sd, n) = deviations(cohort, design);
    for fit in path.fits() {
        let point = Point::new(&frame, form, fit.coefficients.clone());
        assert_eq!(point.log_likelihood, fit.log_likelihood);
        let score = point.derivatives(&frame, form).score;
        for (at, &beta) in fit.coefficients.iter().enumerate().filter(|(at, _)| sd[*at] > 0.0) {
            let scale = if options.standardize { sd[at] } else { 1.0 };
            let (b, pull) = (beta * scale, score[at] / scale / n);
            let Penalty { absolute, square } = options.penalty(fit.lambda);
            let slack = 1e-10 * (1.0 + 1.0 / scale);
            match b == 0.0 {
                true => assert!(pull.abs() <= absolute + slack, "{at}: {pull} {absolute}"),
                false => close(&[pull], &[absolute.copysign(b) + square * b], slack),
            }
        }
    }
}

fn ties() -> impl Strategy<Value = Ties> {
    prop_oneof![Just(Ties::Breslow), Just(Ties::Efron)]
}

fn shares() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(0.3), Just(1.0)]
}

const KIND: Kind =
    Kind { rows: 40, times: 12, strata: 2, late: true, counts: true, width: 6, values: 5 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_fit_is_optimal(
        seed in any::<u64>(), alpha in shares(), ties in ties(), standardize in any::<bool>(),
    ) {
        let (cohort, design) = cohort(&mut Numbers(seed), KIND);
        let options = CoxPath::elastic_net(alpha).ties(ties).standardize(standardize);
        check_optimal(&options.n_lambda(12), &cohort, &design);
    }

    #[test]
    fn every_fit_is_optimal_with_more_columns_than_rows(seed in any::<u64>(), alpha in shares()) {
        let kind = Kind { rows: 14, strata: 1, late: false, counts: false, width: 25, ..KIND };
        let (cohort, design) = cohort(&mut Numbers(seed), kind);
        prop_assume!(cohort.n_events() > 0);
        check_optimal(&CoxPath::elastic_net(alpha).n_lambda(20), &cohort, &design);
    }

    #[test]
    fn without_a_penalty_it_is_the_plain_fit(study in study(), ties in ties()) {
        let (cohort, design) = (study.cohort(Weights::Sampling), study.design());
        let plain = Cox::default().ties(ties).robust(false).fit(&cohort, &design);
        let Ok(plain) = plain else { return Ok(()) };
        let sure = |own: &crate::cox::Coefficient| {
            own.status == Status::Estimated && own.std_err.is_some_and(|se| se < 3.0)
        };
        prop_assume!(plain.coefficients().iter().all(sure));
        let beta = |fit: &CoxFit<'_>| -> Vec<f64> {
            fit.coefficients().iter().map(|own| own.coef.unwrap()).collect()
        };
        for alpha in [0.0, 0.5, 1.0] {
            let options = CoxPath::elastic_net(alpha).ties(ties).lambdas([0.0, 1e-9, 0.01]);
            let path = options.fit(&cohort, &design).unwrap();
            close(&path.fits()[1].coefficients, &beta(&plain), 1e-6);
            close(&path.fits()[2].coefficients, &beta(&plain), 1e-8);
            close(&[path.fits()[2].log_likelihood], &[plain.log_likelihood()], 1e-12);
        }
    }

    #[test]
    fn the_first_lambda_is_the_smallest_that_leaves_nothing(
        seed in any::<u64>(), alpha in 0.05_f64..=1.0, standardize in any::<bool>(),
    ) {
        let (cohort, design) = cohort(&mut Numbers(seed), KIND);
        let options = CoxPath::elastic_net(alpha).standardize(standardize);
        let first = options.fit(&cohort, &design).unwrap().fits()[0].clone();
        prop_assert_eq!(first.nonzero, 0);
        let below = options.lambdas([first.lambda * (1.0 - 1e-6)]).fit(&cohort, &design).unwrap();
        prop_assert!(below.fits()[0].nonzero > 0);
    }

    #[test]
    fn more_of_a_penalty_explains_less(seed in any::<u64>(), alpha in shares()) {
        let (cohort, design) = cohort(&mut Numbers(seed), KIND);
        let path = CoxPath::elastic_net(alpha).fit(&cohort, &design).unwrap();
        let ratios: Vec<f64> = path.fits().iter().map(|fit| fit.deviance_ratio.unwrap()).collect();
        prop_assert!(ratios.is_sorted_by(|a, b| *a <= b + 1e-12), "{ratios:?}");
        prop_assert!(ratios.iter().all(|ratio| (-1e-12..1.0).contains(ratio)));
    }

    #[test]
    fn frequency_weights_are_repeated_rows(study in study(), alpha in shares(), ties in ties()) {
        let options = CoxPath::elastic_net(alpha).ties(ties).n_lambda(10);
        let short = options.fit(&study.cohort(Weights::Frequency), &study.design());
        let Ok(short) = short else { return Ok(()) };
        let long = study.repeated();
        let long = options.fit(&long.cohort(|_| Weights::None), &long.design()).unwrap();
        prop_assert_eq!((short.n_obs(), short.n_events()), (long.n_obs(), long.n_events()));
        for (a, b) in short.fits().iter().zip(long.fits()) {
            close(&[a.lambda, a.deviance_ratio.unwrap()], &[b.lambda, b.deviance_ratio.unwrap()], 1e-11);
            close(&a.coefficients, &b.coefficients, 1e-8);
        }
    }

    #[test]
    fn sampling_weights_have_no_unit(study in study(), alpha in shares()) {
        let options = CoxPath::elastic_net(alpha).n_lambda(10);
        let fit = |by: f64| {
            let weights = |own: Vec<f64>| Weights::Sampling(own.iter().map(|w| w * by).collect());
            options.fit(&study.cohort(weights), &study.design())
        };
        let (Ok(a), Ok(b)) = (fit(1.0), fit(0.37)) else { return Ok(()) };
        for (a, b) in a.fits().iter().zip(b.fits()) {
            close(&[a.lambda], &[b.lambda], 1e-12);
            close(&a.coefficients, &b.coefficients, 1e-8);
        }
    }

    #[test]
    fn neither_units_of_columns_nor_their_origin_matter(study in study(), alpha in shares()) {
        let mut other = study.clone();
        other.rows.iter_mut().for_each(|row| row.x = [row.x[0] * 1e3 + 1e5, 2.0 - row.x[1] / 8.0]);
        let cohort = study.cohort(Weights::Sampling);
        let options = CoxPath::elastic_net(alpha).n_lambda(10);
        let (a, b) = (options.fit(&cohort, &study.design()), options.fit(&cohort, &other.design()));
        let (Ok(a), Ok(b)) = (a, b) else { return Ok(()) };
        for (a, b) in a.fits().iter().zip(b.fits()) {
            let [x, y] = b.coefficients[..] else { unreachable!() };
            close(&a.coefficients, &[x * 1e3, -y / 8.0], 1e-7);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(study in study(), alpha in shares()) {
        let mut turned = study.clone();
        turned.rows.reverse();
        let folds: Vec<u32> = (0..study.rows.len() as u32).map(|row| row % 4).collect();
        let back: Vec<u32> = folds.iter().rev().copied().collect();
        let options = CoxPath::elastic_net(alpha).n_lambda(8);
        let run = |study: &crate::cox::laws::Study, folds: &[u32]| {
            options.cross_validate(&study.cohort(Weights::Sampling), &study.design(), folds)
        };
        let (Ok(a), Ok(b)) = (run(&study, &folds), run(&turned, &back)) else { return Ok(()) };
        for (a, b) in a.lambdas().iter().zip(b.lambdas()) {
            close(&[a.deviance, a.std_err], &[b.deviance, b.std_err], 1e-8);
        }
        for (a, b) in a.path().fits().iter().zip(b.path().fits()) {
            close(&a.coefficients, &b.coefficients, 1e-8);
        }
    }

    #[test]
    fn folds_share_out_events_and_keep_clusters_together(
        seed in any::<u64>(), k in 3_usize..6, size in 1_u32..4,
    ) {
        let n = 60_u32;
        let event: Vec<bool> = (0..n).map(|row| row % 7 < 4).collect();
        let cluster: Vec<u32> = (0..n).map(|row| row / size * 10).collect();
        let builder = Cohort::builder((1..=n as i32).collect::<Vec<i32>>(), event.clone());
        let cohort = builder.cluster(cluster.clone()).build().unwrap();
        let dealt = folds(&cohort, k, seed).unwrap();
        prop_assert_eq!(&dealt, &folds(&cohort, k, seed).unwrap());
        prop_assert_ne!(&dealt, &folds(&cohort, k, seed ^ 1).unwrap());
        let mut counts = vec![[0_i32; 2]; k];
        for first in (0..n).step_by(size as usize) {
            let rows = first as usize..n.min(first + size) as usize;
            let own = dealt[rows.start];
            prop_assert!(dealt[rows.clone()].iter().all(|&fold| fold == own));
            counts[own as usize - 1][usize::from(event[rows].contains(&true))] += 1;
        }
        let spread = |of: &dyn Fn(&[i32; 2]) -> i32| {
            counts.iter().map(of).max().unwrap() - counts.iter().map(of).min().unwrap()
        };
        prop_assert!(spread(&|own| own[1]) <= 1 && spread(&|own| own[0] + own[1]) <= 1);
    }
}

/// Cohorts of several blocks, in both plans.
#[test]
fn threads_do_not_matter() {
    for times in [30, 12_000] {
        let kind = Kind { rows: 12_000, times, late: false, counts: false, ..KIND };
        let (cohort, design) = cohort(&mut Numbers(7), kind);
        let options = CoxPath::elastic_net(0.5).n_lambda(6);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                options.cross_validate(&cohort, &design, &folds(&cohort, 5, 3).unwrap()).unwrap()
            })
        };
        let one = run(1);
        assert_eq!(one, run(2));
        assert_eq!(one, run(7));
    }
}

fn pair() -> (Cohort, Design) {
    let cohort = Cohort::builder(vec![1, 2], vec![true, true]).build().unwrap();
    (cohort, Design::from_columns(vec![("x".into(), vec![1.0, 0.0])]).unwrap())
}

/// ℓ = β − ln(1 + e^β), n = 2, s = 1/2: the lasso has 1/(1 + e^β) = λ, ridge 1/(1 + e^β) = λβ/2.
#[test]
fn two_subjects_by_hand() {
    let (cohort, design) = pair();
    let lasso = CoxPath::elastic_net(1.0);
    assert_eq!(lasso.fit(&cohort, &design).unwrap().fits()[0].lambda, 0.5);
    let path = lasso.lambdas([0.25]).fit(&cohort, &design).unwrap();
    let fit = &path.fits()[0];
    close(&fit.coefficients, &[3_f64.ln()], 1e-14);
    let explained = 1.0 - (4.0 / 3_f64).ln() / 2_f64.ln();
    close(&[fit.log_likelihood, fit.deviance_ratio.unwrap()], &[0.75_f64.ln(), explained], 1e-14);
    let ridge = CoxPath::elastic_net(0.0);
    let path = ridge.clone().lambdas([0.5 / 3_f64.ln()]).fit(&cohort, &design).unwrap();
    close(&path.fits()[0].coefficients, &[3_f64.ln()], 1e-14);
    // On the column as it is the penalty of |β| is twice that of |b|.
    let raw = CoxPath::elastic_net(1.0).standardize(false).lambdas([0.125]);
    close(&raw.fit(&cohort, &design).unwrap().fits()[0].coefficients, &[3_f64.ln()], 1e-14);
}

#[test]
fn columns_that_say_nothing_and_columns_that_say_the_same() {
    let (cohort, design) = cohort(&mut Numbers(5), Kind { width: 2, ..KIND });
    let columns = design.columns();
    let named = |name: &str, values: &[f64]| (name.to_owned(), values.to_vec());
    let stratum = cohort.strata().codes().iter().map(|&code| f64::from(code)).collect();
    let more = Design::from_columns(vec![
        named("x", &columns[0].values),
        named("twin", &columns[0].values),
        named("constant", &vec![3.1; cohort.n_rows()]),
        ("stratum".to_owned(), stratum),
        named("y", &columns[1].values),
    ])
    .unwrap();
    // The twins count as one coefficient under the lasso, and share it under ridge, where two halves
    // cost half of one whole.
    let lambdas = [0.02, 0.01, 0.001];
    let lasso = CoxPath::elastic_net(1.0).lambdas(lambdas);
    let (few, many) = (lasso.fit(&cohort, &design).unwrap(), lasso.fit(&cohort, &more).unwrap());
    assert!(few.fits()[2].nonzero == 2);
    for (a, b) in few.fits().iter().zip(many.fits()) {
        let [x, twin, constant, stratum, y] = b.coefficients[..] else { unreachable!() };
        assert_eq!((constant, stratum), (0.0, 0.0));
        close(&[x + twin, y], &a.coefficients, 1e-9);
    }
    let ridge = CoxPath::elastic_net(0.0).lambdas(lambdas).fit(&cohort, &more).unwrap();
    for fit in ridge.fits() {
        assert!(fit.coefficients[0].abs() > 1e-4);
        close(&[fit.coefficients[0]], &[fit.coefficients[1]], 1e-10);
        assert_eq!(fit.nonzero, 3);
    }
}

/// Nearly the same columns, 1e-7 of their spread apart, where plain coordinate descent creeps.
#[test]
fn nearly_collinear_columns_are_fitted() {
    let (cohort, design) = cohort(&mut Numbers(11), Kind { rows: 200, values: 50, ..KIND });
    let mut numbers = Numbers(3);
    let near = design.columns()[0].values.iter().map(|x| x + 1e-5 * numbers.next()).collect();
    let columns = design.columns().iter().map(|own| (own.name.clone(), own.values.clone()));
    let columns = columns.chain([("near".to_owned(), near)]).collect();
    let design = Design::from_columns(columns).unwrap();
    for (alpha, least) in [(0.0, 1e-6), (0.5, 1e-3), (1.0, 1e-3)] {
        let options = CoxPath::elastic_net(alpha).lambdas([0.1, 1e-2, least]);
        check_optimal(&options, &cohort, &design);
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let (cohort, design) = cohort(&mut Numbers(1), KIND);
    let fail = |options: CoxPath| options.fit(&cohort, &design).unwrap_err().to_string();
    let net = || CoxPath::elastic_net(0.5);
    assert_eq!(fail(CoxPath::elastic_net(1.5)), "alpha 1.5 is not between 0 and 1");
    assert!(fail(CoxPath::elastic_net(f64::NAN)).contains("NaN"));
    assert!(fail(net().lambdas([0.1, -0.1])).starts_with("lambda -0.1: "));
    assert!(fail(net().lambdas([])).starts_with("no lambda"));
    assert!(fail(net().n_lambda(0)).starts_with("no lambda"));
    assert!(fail(net().min_ratio(1.0)).contains("ratio 1 "));
    assert!(fail(net().ties(Ties::Exact)).contains("not exact"));
    let check = |codes: &[u32]| {
        net().n_lambda(3).cross_validate(&cohort, &design, codes).unwrap_err().to_string()
    };
    assert!(check(&[1, 2, 3]).contains("3 codes of folds for 40 rows"));
    let halves: Vec<u32> = (0..40).map(|row| row % 2).collect();
    assert!(check(&halves).starts_with("2 folds: "));
    let all: Vec<u32> =
        (0..40).map(|row| if cohort.event()[row] { 9 } else { row as u32 % 2 }).collect();
    let uneven = check(&all);
    assert!(uneven.contains("fold 0 has no events"), "{uneven}");
    let most: Vec<u32> = all.iter().map(|code| 9 - code).collect();
    assert!(check(&most).contains("fold 0 has all events"));
    assert!(folds(&cohort, 2, 1).unwrap_err().to_string().starts_with("2 folds"));
    assert!(folds(&cohort, 41, 1).unwrap_err().to_string().starts_with("41 folds for "));
}

#[test]
fn without_a_maximum_there_is_no_fit() {
    // Who has x fails first.
    let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true; 4]).build().unwrap();
    let design = |x: Vec<f64>| Design::from_columns(vec![("x".into(), x)]).unwrap();
    let apart = design(vec![1.0, 1.0, 0.0, 0.0]);
    let error = CoxPath::elastic_net(1.0).lambdas([0.1, 0.0]).fit(&cohort, &apart).unwrap_err();
    assert!(error.to_string().contains("lambda 0 the likelihood has no maximum"), "{error}");
    let finite = CoxPath::elastic_net(1.0).lambdas([1e-6]).fit(&cohort, &apart).unwrap();
    assert!(finite.fits()[0].coefficients[0] > 5.0);
    let flat = CoxPath::elastic_net(1.0).fit(&cohort, &design(vec![2.0; 4])).unwrap_err();
    assert!(flat.to_string().contains("nothing to penalise"), "{flat}");
    let censored = Cohort::builder(vec![1, 2, 3, 4], vec![false; 4]).build().unwrap();
    let error = CoxPath::elastic_net(1.0).fit(&censored, &apart).unwrap_err();
    assert!(error.to_string().contains("no events"), "{error}");
}
