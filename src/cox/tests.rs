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

mod plans {
    use super::super::frame::Frame;
    use super::super::likelihood::{Form, Point};
    use super::super::ties::Ties;
    use crate::cohort::{Cohort, Design, Factor, Groups, Weights};
    use crate::risk::RiskSets;
    use crate::table::Category;

    /// Numbers in [0, 1), the same in every run.
    fn numbers(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    struct Kind {
        rows: usize,
        times: f64,
        strata: usize,
        late: bool,
        weights: bool,
    }

    fn data(kind: &Kind) -> (Cohort, Design) {
        let mut next = numbers(7);
        let mut column =
            |scale: f64| -> Vec<f64> { (0..kind.rows).map(|_| scale * next()).collect() };
        let exit: Vec<i32> = column(kind.times).iter().map(|t| *t as i32 + 2).collect();
        let entry: Vec<i32> =
            column(0.9).iter().zip(&exit).map(|(u, t)| (u * f64::from(*t)) as i32).collect();
        let event = column(1.0).iter().map(|u| *u < 0.6).collect();
        let codes = column(kind.strata as f64).iter().map(|u| *u as u32).collect();
        let levels: Vec<String> = (0..kind.strata).map(|s| s.to_string()).collect();
        let category = Category { codes, levels: levels.into() };
        let mut builder = Cohort::builder(exit, event)
            .strata(Groups::cross(vec![Factor { name: "s".into(), category }]));
        if kind.late {
            builder = builder.entry(entry);
        }
        if kind.weights {
            builder = builder.weights(Weights::Sampling(column(2.0)));
        }
        let covariates = (0..7).map(|j| (format!("x{j}"), column(1.0 + f64::from(j)))).collect();
        (builder.build().unwrap(), Design::from_columns(covariates).unwrap())
    }

    fn close(a: f64, b: f64, scale: f64) -> bool {
        (a - b).abs() <= 1e-12 * scale
    }

    /// The table and the sweep are two ways to one likelihood.
    #[test]
    fn table_and_sweep_agree() {
        for rows in [130, 900, 13_000] {
            for (times, strata) in [(8.0, 1), (40.0, 3), (1e6, 1), (1e6, 5)] {
                for bits in 0..4 {
                    let kind =
                        Kind { rows, times, strata, late: bits & 1 > 0, weights: bits & 2 > 0 };
                    let (cohort, design) = data(&kind);
                    let beta = [0.3, -0.2, 0.1, 0.0, 0.05, -0.1, 0.02];
                    for ties in [Ties::Efron, Ties::Breslow] {
                        let sets = RiskSets::new(&cohort);
                        let swept = Frame::sweep(&sets, &cohort, &design);
                        let table = Frame::table(sets, &cohort, &design);
                        let form = Form { ties, members: None, penalised: None };
                        let a = Point::new(&table, form, beta.to_vec());
                        let b = Point::new(&swept, form, beta.to_vec());
                        // The mean of the covariates' products bounds what rounding may do.
                        assert!(close(a.log_likelihood, b.log_likelihood, a.log_likelihood.abs()));
                        let (a, b) = (a.derivatives(&table, form), b.derivatives(&swept, form));
                        for i in 0..7 {
                            let own = a.about_centre[i].sqrt();
                            assert!(close(a.score[i], b.score[i], own * (rows as f64).sqrt()));
                            for j in 0..=i {
                                let scale = own * a.about_centre[j].sqrt();
                                let (a, b) = (a.information.get(i, j), b.information.get(i, j));
                                assert!(
                                    close(a, b, scale),
                                    "{rows} {times} {strata} {bits}: {a} {b}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
