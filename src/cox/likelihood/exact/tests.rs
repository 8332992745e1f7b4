use super::super::{Form, Point};
use super::{Growing, Times, failing};
use crate::cohort::{Cohort, Design};
use crate::cox::frame::Frame;
use crate::cox::members::Members;
use crate::cox::sample::{Kind, Numbers, check_derivatives, cohort};
use crate::cox::{Cox, Ties};
use crate::numeric::linalg::quadratic_form;

/// Σ over all sets of `count` of these rows of Π r, by enumeration.
fn enumerated(risks: &[f64], count: usize) -> f64 {
    match (count, risks) {
        (0, _) => 1.0,
        (_, []) => 0.0,
        (_, [first, rest @ ..]) => first * enumerated(rest, count - 1) + enumerated(rest, count),
    }
}

#[test]
fn all_sets_by_enumeration() {
    let mut numbers = Numbers(3);
    for case in 0..40 {
        let kind = Kind {
            rows: 12,
            times: 3,
            strata: 1 + case % 2,
            late: case % 3 == 0,
            counts: case % 4 == 0,
            width: 2,
            values: 4,
        };
        let (cohort, design) = cohort(&mut numbers, kind);
        let frame = Frame::new(&cohort, &design);
        let members = Members::new(&frame, &cohort, &design);
        let beta = vec![0.7, -0.4];
        let mut wanted = 0.0;
        let eta = members.predictor(&beta);
        for (slot, end) in members.event_slots() {
            let copies = |row| std::iter::repeat_n(row, members.copies(row));
            let at_risk: Vec<usize> = members.at_risk(slot, end).flat_map(copies).collect();
            let failing: Vec<usize> =
                members.leaving(slot).filter(|&row| members.fails(row)).flat_map(copies).collect();
            let risks: Vec<f64> = at_risk.iter().map(|&row| eta[row].exp()).collect();
            wanted += failing.iter().map(|&row| eta[row]).sum::<f64>();
            wanted -= enumerated(&risks, failing.len()).ln();
        }
        let form = Form { ties: Ties::Exact, members: Some(&members), penalised: None };
        let got = Point::new(&frame, form, beta.clone()).log_likelihood;
        assert!((got - wanted).abs() < 1e-12 * (1.0 + wanted.abs()), "{got} {wanted}");
        check_derivatives(&cohort, &design, Ties::Exact, false, &beta);
    }
}

/// Times walked through together are what they are one by one.
#[test]
fn together_or_one_by_one() {
    let mut numbers = Numbers(5);
    for case in 0..60 {
        let kind = Kind {
            rows: 40,
            times: 12,
            strata: 1 + case % 3,
            late: false,
            counts: case % 4 == 0,
            width: 1 + case % 3,
            values: 5,
        };
        let (cohort, design) = cohort(&mut numbers, kind);
        let frame = Frame::new(&cohort, &design);
        let members = Members::new(&frame, &cohort, &design);
        let times = Times::new(&members, &[0.7, -0.4, 1.1][..design.n_columns()]);
        for own in members.sets.strata() {
            let growing = Growing::new((&members, &times.eta), own.clone());
            let few = |(slot, _): &&(usize, usize)| (2..=8).contains(&failing(&members, *slot));
            let mut tied: Vec<(usize, usize)> = times
                .tied
                .iter()
                .filter(|(slot, _)| own.contains(slot))
                .filter(few)
                .copied()
                .collect();
            tied.reverse();
            let Some(growing) = growing else {
                assert!(tied.is_empty());
                continue;
            };
            assert!(tied.iter().all(|(slot, _)| growing.holds(*slot)));
            let log: f64 =
                tied.iter().map(|&(slot, end)| times.at(slot, end).log_over_breslow()).sum();
            assert!((growing.log_over_breslow() - log).abs() < 1e-11 * (1.0 + log.abs()));
            let together = growing.moments();
            assert_eq!(together.len(), tied.len());
            for (own, &(slot, end)) in together.iter().zip(&tied) {
                let other = times.at(slot, end).moments(&members);
                let close =
                    |a: f64, b: f64| assert!((a - b).abs() < 1e-11 * (1.0 + b.abs()), "{a} {b}");
                for i in 0..members.width {
                    close(own.mean[i], other.mean[i]);
                    close(own.about_centre[i], other.about_centre[i]);
                    (0..=i).for_each(|j| close(own.variance.get(i, j), other.variance.get(i, j)));
                }
            }
        }
    }
}

/// Two of three fail, x = 1, 0, 0 and the first among them: L = r·1 / (2r + 1).
#[test]
fn by_hand() {
    let cohort = Cohort::builder(vec![1, 1, 2, 3], vec![true, true, false, true]).build().unwrap();
    let x = vec![1.0, 0.0, 0.0, 1.0];
    let design = Design::from_columns(vec![("x".into(), x)]).unwrap();
    // At 1 two of four fail, one of each kind: r·1 / (r² + 4r + 1); maximal at r = 1.
    let fit = Cox::default().ties(Ties::Exact).fit(&cohort, &design).unwrap();
    assert!(fit.coefficients()[0].coef.unwrap().abs() < 1e-9);
    assert!((fit.log_likelihood() + 6.0_f64.ln()).abs() < 1e-14);
    // −d²/dβ² ln L at r = 1: the hypergeometric variance 2·2·2·2/(4·4·3) = 1/3.
    assert!((fit.vcov(0, 0) - 3.0).abs() < 1e-12);
}

/// At β = 0 the score test is the log-rank test.
#[test]
fn score_test_is_the_log_rank_test() {
    let mut numbers = Numbers(11);
    let kind =
        Kind { rows: 300, times: 6, strata: 2, late: true, counts: true, width: 1, values: 2 };
    let (cohort, design) = cohort(&mut numbers, kind);
    let frame = Frame::new(&cohort, &design);
    let members = Members::new(&frame, &cohort, &design);
    let form = Form { ties: Ties::Exact, members: Some(&members), penalised: None };
    let got = Point::new(&frame, form, vec![0.0]).derivatives(&frame, form);
    let (mut score, mut variance) = (0.0, 0.0);
    for (slot, end) in members.event_slots() {
        let one = |row: usize| design.columns()[0].values[row];
        let sum = |rows: &mut dyn Iterator<Item = usize>, value: &dyn Fn(usize) -> f64| -> f64 {
            rows.map(|row| members.weight(row) * value(row)).sum()
        };
        let n = sum(&mut members.at_risk(slot, end), &|_| 1.0);
        let n1 = sum(&mut members.at_risk(slot, end), &one);
        let fails = |row: &usize| members.fails(*row);
        let d = sum(&mut members.leaving(slot).filter(fails), &|_| 1.0);
        score += sum(&mut members.leaving(slot).filter(fails), &one) - d * n1 / n;
        variance += d * (n - d) / (n - 1.0).max(1.0) * n1 / n * (1.0 - n1 / n);
    }
    assert!((got.score[0] - score).abs() < 1e-11 * variance, "{} {score}", got.score[0]);
    assert!((got.information.get(0, 0) / variance - 1.0).abs() < 1e-12);
    assert!(quadratic_form(&got.information, &got.score).0 > 0.0);
}

/// 200 of 1,000 fail at once, some a hundred million times as likely as others.
#[test]
fn many_ties_stay_in_range() {
    let n = 1000;
    let x: Vec<f64> = (0..n).map(|row| f64::from((row * 7919) % n) / f64::from(n)).collect();
    let event: Vec<bool> = (0..n).map(|row| (row * 31) % 5 == 0).collect();
    let cohort = Cohort::builder(vec![1; n as usize], event).build().unwrap();
    let design = Design::from_columns(vec![("x".into(), x)]).unwrap();
    let frame = Frame::new(&cohort, &design);
    let members = Members::new(&frame, &cohort, &design);
    let form = Form { ties: Ties::Exact, members: Some(&members), penalised: None };
    let at = |beta: f64| Point::new(&frame, form, vec![beta]);
    // C(1000, 200) sets are equally likely at β = 0.
    let sets: f64 = (0..200).map(|k| (f64::from(1000 - k) / f64::from(200 - k)).ln()).sum();
    assert!((at(0.0).log_likelihood + sets).abs() < 1e-11 * sets);
    for beta in [-20.0, 20.0] {
        let point = at(beta);
        assert!(point.log_likelihood.is_finite() && point.log_likelihood < -sets);
        let slope = (at(beta + 1e-5).log_likelihood - at(beta - 1e-5).log_likelihood) / 2e-5;
        let score = point.derivatives(&frame, form).score[0];
        assert!((slope / score - 1.0).abs() < 1e-6, "{slope} {score}");
    }
}
