//! Small random cohorts for the tests.

use super::frame::Frame;
use super::likelihood::{Form, Point};
use super::members::Members;
use super::ties::Ties;
use crate::cohort::{Cohort, Design, Factor, Groups, Weights};
use crate::table::Category;

/// Numbers in [0, 1), the same in every run.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> f64 {
        // Steele, Lea and Flood's splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn below(&mut self, top: usize) -> usize {
        (self.next() * top as f64) as usize
    }
}

/// What a cohort is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) rows: usize,
    pub(super) times: usize,
    pub(super) strata: usize,
    pub(super) late: bool,
    pub(super) counts: bool,
    /// Columns, and values that each takes.
    pub(super) width: usize,
    pub(super) values: usize,
}

pub(super) fn strata(codes: Vec<u32>) -> Groups {
    let top = codes.iter().max().map_or(0, |&code| code + 1);
    let levels: Vec<String> = (0..top).map(|level| level.to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    Groups::cross(vec![Factor { name: "s".into(), category }])
}

/// A cohort of the kind.
pub(super) fn cohort(numbers: &mut Numbers, kind: Kind) -> (Cohort, Design) {
    let mut take =
        |top: usize| -> Vec<usize> { (0..kind.rows).map(|_| numbers.below(top)).collect() };
    let entry: Vec<i32> =
        take(if kind.late { kind.times } else { 1 }).iter().map(|&t| t as i32).collect();
    let exit: Vec<i32> =
        take(kind.times).iter().zip(&entry).map(|(&t, from)| t as i32 + 1 + from).collect();
    let event: Vec<bool> = take(3).iter().map(|&own| own > 0).collect();
    let codes = take(kind.strata).iter().map(|&code| code as u32).collect();
    let counts = take(3).iter().map(|&count| 1.0 + count as f64).collect();
    let mut builder = Cohort::builder(exit, event).strata(strata(codes));
    if kind.late {
        builder = builder.entry(entry);
    }
    if kind.counts {
        builder = builder.weights(Weights::Frequency(counts));
    }
    let column =
        |j: usize| (format!("x{j}"), take(kind.values).iter().map(|&x| x as f64).collect());
    let columns = (0..kind.width).map(column).collect();
    (builder.build().unwrap(), Design::from_columns(columns).unwrap())
}

/// The score against differences of what is maximised, and the information against differences of
/// the score without penalty.
#[track_caller]
pub(super) fn check_derivatives(
    cohort: &Cohort,
    design: &Design,
    ties: Ties,
    firth: bool,
    beta: &[f64],
) {
    let frame = Frame::new(cohort, design);
    let members = Members::new(&frame, cohort, design);
    let all = vec![true; beta.len()];
    let plain = Form { ties, members: Some(&members), penalised: None };
    let form = Form { penalised: firth.then_some(&all[..]), ..plain };
    let at = |form, j: usize, by: f64| {
        let mut beta = beta.to_vec();
        beta[j] += by;
        let point = Point::new(&frame, form, beta);
        let derivatives = point.derivatives(&frame, form);
        (point.objective(), derivatives)
    };
    let (_, own) = at(form, 0, 0.0);
    let step = 1e-4;
    // Differences over two steps, extrapolated to none: the error is of the fourth order.
    let slope = |value: &dyn Fn(f64) -> f64| {
        let over = |h: f64| (value(h) - value(-h)) / (2.0 * h);
        (4.0 * over(step) - over(2.0 * step)) / 3.0
    };
    for j in 0..beta.len() {
        let score = slope(&|h| at(form, j, h).0);
        let scale = 1.0 + score.abs();
        assert!((score - own.score[j]).abs() < 1e-8 * scale, "score {j}: {score} {}", own.score[j]);
        for i in 0..beta.len() {
            let information = -slope(&|h| at(plain, j, h).1.score[i]);
            let got = own.information.get(i, j);
            let scale = 1.0 + own.information.max_diagonal();
            assert!((information - got).abs() < 1e-8 * scale, "{i} {j}: {information} {got}");
        }
    }
}
