use super::super::{Form, Point};
use super::Direct;
use crate::cohort::{Cohort, Design};
use crate::cox::frame::Frame;
use crate::cox::members::Members;
use crate::cox::sample::{Kind, Numbers, cohort};
use crate::cox::{Cox, Ties};

#[test]
fn the_same_as_by_running_sums() {
    let mut numbers = Numbers(8);
    for case in 0..20 {
        let kind = Kind {
            rows: 60,
            times: 8,
            strata: 1 + case % 2,
            late: case % 3 > 0,
            counts: case % 4 == 0,
            width: 3,
            values: 5,
        };
        let (cohort, design) = cohort(&mut numbers, kind);
        let frame = Frame::new(&cohort, &design);
        let members = Members::new(&frame, &cohort, &design);
        for ties in [Ties::Efron, Ties::Breslow] {
            let beta = [0.5, -0.3, 0.2];
            let form = Form { ties, members: None, penalised: None };
            let wanted = Point::new(&frame, form, beta.to_vec());
            let direct = Direct::new(&frame, &members, ties, &beta);
            let close =
                |a: f64, b: f64| assert!((a - b).abs() < 1e-11 * (1.0 + b.abs()), "{a} {b}");
            close(direct.log_likelihood(), wanted.log_likelihood);
            let (own, wanted) = (direct.derivatives(|_| true), wanted.derivatives(&frame, form));
            for i in 0..3 {
                close(own.score[i], wanted.score[i]);
                close(own.about_centre[i], wanted.about_centre[i]);
                (0..=i)
                    .for_each(|j| close(own.information.get(i, j), wanted.information.get(i, j)));
            }
        }
    }
}

/// Who comes late has 10³⁰ times the risk of those before; the events of both have one odds ratio.
#[test]
fn rows_that_drown_others_later() {
    let exit = vec![1, 2, 3, 4, 11, 12, 13, 14];
    let entry = vec![0, 0, 0, 0, 10, 10, 10, 10];
    let event = vec![true, true, true, false, true, true, true, false];
    let x = vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0];
    let late: Vec<f64> = entry.iter().map(|&from| if from > 0 { 70.0 } else { 0.0 }).collect();
    let cohort = Cohort::builder(exit, event).entry(entry).build().unwrap();
    let plain = Design::from_columns(vec![("x".into(), x)]).unwrap();
    let drowned = plain.clone().with_offset(late).unwrap();
    for ties in [Ties::Efron, Ties::Breslow, Ties::Exact] {
        let fit = |design| {
            let fit = Cox::default().ties(ties).fit(&cohort, design).unwrap();
            (fit.log_likelihood(), fit.coefficients()[0].coef.unwrap(), fit.vcov(0, 0))
        };
        let (own, wanted) = (fit(&drowned), fit(&plain));
        assert!((own.0 - wanted.0).abs() < 1e-12, "{ties:?} {own:?} {wanted:?}");
        assert!((own.1 - wanted.1).abs() < 1e-9 && (own.2 - wanted.2).abs() < 1e-9);
    }
}
