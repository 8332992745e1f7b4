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

    /// The bits of a fit do not depend on the number of threads.
    #[test]
    fn any_number_of_threads() {
        for (times, strata, late) in [(40.0, 1, false), (40.0, 3, true), (1e6, 1, false)] {
            let kind = Kind { rows: 70_000, times, strata, late, weights: true };
            let (cohort, design) = data(&kind);
            let fit = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| {
                    let fit = super::Cox::default().fit(&cohort, &design).unwrap();
                    let vcov: Vec<f64> = (0..7).map(|at| fit.vcov(at, 0)).collect();
                    let residuals = fit.martingale_residuals();
                    (fit.coefficients(), vcov, fit.log_likelihood(), residuals)
                })
            };
            let one = fit(1);
            assert!(one == fit(2), "2 threads, {times} times");
            assert!(one == fit(7), "7 threads, {times} times");
        }
    }

    /// A hazard that is foreseen touches no score, and the information as little as it says.
    #[test]
    fn foreseeing_spares_a_walk() {
        let beta = [0.3, -0.2, 0.1, 0.0, 0.05, -0.1, 0.02];
        for rows in [900, 90_000] {
            for bits in 0..4 {
                let (late, weights) = (bits & 1 > 0, bits & 2 > 0);
                let (cohort, design) = data(&Kind { rows, times: 40.0, strata: 3, late, weights });
                let frame = Frame::table(RiskSets::new(&cohort), &cohort, &design);
                for ties in [Ties::Efron, Ties::Breslow] {
                    let form = Form { ties, members: None, penalised: None };
                    let mut from = Point::new(&frame, form, vec![0.0; 7]);
                    let mut before = from.derivatives(&frame, form);
                    assert!(before.off < 1e-12, "at zero nothing has to be guessed");
                    for (length, most) in [(1.0, 2e-4), (1e-3, 1e-6), (1e-6, 1e-11)] {
                        let step = from.beta.iter().zip(&beta);
                        let to = step.map(|(from, beta)| from + length * beta).collect();
                        let point = Point::after(&frame, form, (&from, &before), to);
                        let own = point.derivatives(&frame, form);
                        let exact = point.walked_derivatives(&frame);
                        for i in 0..7 {
                            let scale = exact.about_centre[i].sqrt();
                            assert!(close(own.score[i], exact.score[i], scale * rows as f64));
                            for j in 0..=i {
                                let scale = scale * exact.about_centre[j].sqrt();
                                let off = own.information.get(i, j) - exact.information.get(i, j);
                                assert!(off.abs() < most * scale, "{rows} {length}: {off} {scale}");
                            }
                        }
                        (from, before) = (point, own);
                    }
                    // The last step was short: nearly nothing was off, but it was foreseen.
                    assert!(before.off > 0.0 && before.off < 1e-10, "{}", before.off);
                }
            }
        }
    }

    /// A long first step: the hazard was foreseen too far off to go by, and is mended.
    #[test]
    fn a_hazard_foreseen_far_off_is_mended() {
        let beta = [3.0, -0.9, 0.5, 0.0, 0.2, -0.3, 0.1];
        for late in [false, true] {
            let kind = Kind { rows: 90_000, times: 40.0, strata: 3, late, weights: true };
            let (cohort, design) = data(&kind);
            let frame = Frame::table(RiskSets::new(&cohort), &cohort, &design);
            let form = Form { ties: Ties::Efron, members: None, penalised: None };
            let origin = Point::new(&frame, form, vec![0.0; 7]);
            let before = origin.derivatives(&frame, form);
            let point = Point::after(&frame, form, (&origin, &before), beta.to_vec());
            let (own, exact) = (point.derivatives(&frame, form), point.walked_derivatives(&frame));
            assert!(own.off > 0.1 && own.off < 0.5, "{}", own.off);
            for (own, exact) in own.information.diagonal().zip(exact.information.diagonal()) {
                // As it was foreseen it is 3 to 7 % off.
                assert!((own / exact - 1.0).abs() < 1e-2, "{own} {exact}");
            }
        }
    }
}

/// What follows a fit to the small data set, as functions of r = exp(β).
mod after {
    use super::*;
    use crate::cohort::Weights;
    use crate::curve::CurveOptions;

    #[track_caller]
    fn close(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
        assert!(got.iter().zip(want).all(near), "got {got:?}, want {want:?}");
    }

    fn fit<T>(ties: Ties, robust: bool, then: impl Fn(&CoxFit<'_>, f64) -> T) -> T {
        let (cohort, design) = small();
        let fit = Cox::default().ties(ties).robust(robust).fit(&cohort, &design).unwrap();
        let r = fit.coefficients()[0].hazard_ratio.unwrap();
        then(&fit, r)
    }

    /// Hazards at 1, 6 and 9; rows leave at 1, 1, 6, 6, 8 and 9.
    #[test]
    fn breslow_residuals_by_hand() {
        fit(Ties::Breslow, true, |fit, r| {
            let (h1, h6, h9) = (1.0 / (3.0 * r + 3.0), 2.0 / (r + 3.0), 1.0);
            let martingale = [
                1.0 - r * h1,
                -r * h1,
                1.0 - r * (h1 + h6),
                1.0 - h1 - h6,
                -h1 - h6,
                1.0 - h1 - h6 - h9,
            ];
            close(&fit.martingale_residuals(), &martingale);
            let (m1, m6) = (r / (r + 1.0), r / (r + 3.0));
            let score = [
                (1.0 - m1) * (1.0 - r * h1),
                -(1.0 - m1) * r * h1,
                -(1.0 - m1) * r * h1 + (1.0 - m6) * (1.0 - r * h6),
                m1 * h1 - m6 * (1.0 - h6),
                m1 * h1 + m6 * h6,
                m1 * h1 + m6 * h6,
            ];
            close(&fit.score_residuals().columns()[0], &score);
            let schoenfeld = fit.schoenfeld_residuals();
            close(&schoenfeld.residuals.columns()[0], &[1.0 - m1, 1.0 - m6, -m6, 0.0]);
            assert_eq!(
                schoenfeld.events.iter().map(|own| own.row).collect::<Vec<_>>(),
                [0, 2, 3, 5]
            );
            let information = r / (r + 1.0).powi(2) + 6.0 * r / (r + 3.0).powi(2);
            let squares: f64 = score.iter().map(|own| own * own).sum();
            close(&[fit.vcov(0, 0)], &[squares / information.powi(2)]);
            let dfbetas: Vec<f64> = score.iter().map(|own| own / information.sqrt()).collect();
            close(&fit.dfbetas().columns()[0], &dfbetas);
            let hazard = fit.baseline()[0].cumulative_hazard();
            close(hazard.values(), &[h1, h1 + h6, h1 + h6 + h9]);
        });
    }

    /// The tied events at 6 share the denominators r + 3 and (r + 5)/2.
    #[test]
    fn efron_residuals_by_hand() {
        fit(Ties::Efron, false, |fit, r| {
            let (h1, first, second) = (1.0 / (3.0 * r + 3.0), 1.0 / (r + 3.0), 2.0 / (r + 5.0));
            let martingale = fit.martingale_residuals();
            close(
                &martingale[2..4],
                &[1.0 - r * (h1 + first + second / 2.0), 1.0 - (h1 + first + second / 2.0)],
            );
            close(&martingale[4..5], &[-(h1 + first + second)]);
            let (m1, m6, m6_later) = (r / (r + 1.0), r / (r + 3.0), r / (r + 5.0));
            let (late, mean) = (1.0 - m6_later, (m6 + m6_later) / 2.0);
            let score = -(1.0 - m1) * r * h1 + (1.0 - mean)
                - r * ((1.0 - m6) * first + late * second / 2.0);
            close(&fit.score_residuals().columns()[0][2..3], &[score]);
            let hazard = fit.baseline()[0].cumulative_hazard();
            close(&hazard.values()[1..2], &[h1 + first + second]);
        });
    }

    /// χ² = U²/(J₂₂ − J₁₂²/J₁₁) with g = 1, 6, 9 and variances 0 at 9.
    #[test]
    fn proportional_hazards_by_hand() {
        fit(Ties::Breslow, false, |fit, r| {
            let (v1, v6) = (r / (r + 1.0).powi(2), 6.0 * r / (r + 3.0).powi(2));
            let score = 1.0 - r / (r + 1.0) + 6.0 * (1.0 - 2.0 * r / (r + 3.0));
            let (one, two) = (v1 + 6.0 * v6, v1 + 36.0 * v6);
            let want = score * score / (two - one * one / (v1 + v6));
            let test = fit.ph_test(PhTransform::Identity).unwrap();
            close(&[test.global.statistic, test.terms[0].1.statistic], &[want, want]);
            // KM before 1, 6 and 9: 1, 5/6, 5/12. Mean ranks 1.5, 3.5 and 6.
            let g = |g1: f64, g6: f64| {
                let score = g1 * (1.0 - r / (r + 1.0)) + g6 * (1.0 - 2.0 * r / (r + 3.0));
                let (one, two) = (g1 * v1 + g6 * v6, g1 * g1 * v1 + g6 * g6 * v6);
                score * score / (two - one * one / (v1 + v6))
            };
            let statistic = |transform| fit.ph_test(transform).unwrap().global.statistic;
            close(&[statistic(PhTransform::Km)], &[g(0.0, 1.0 / 6.0)]);
            close(&[statistic(PhTransform::Rank)], &[g(1.5, 3.5)]);
            close(&[statistic(PhTransform::Log)], &[g(0.0, 6_f64.ln())]);
        });
    }

    /// Λ(6 | x) = r^x (h1 + h6); its variance r^2x (h1² + h6²/2 + q²/I), q = xΛ − x̄1 h1 − x̄6 h6.
    #[test]
    fn curves_by_hand() {
        fit(Ties::Breslow, false, |fit, r| {
            let (h1, h6) = (1.0 / (3.0 * r + 3.0), 2.0 / (r + 3.0));
            let information = r / (r + 1.0).powi(2) + 6.0 * r / (r + 3.0).powi(2);
            let drift = r / (r + 1.0) * h1 + r / (r + 3.0) * h6;
            for x in [0.0, 1.0, -2.5] {
                let profile = Design::from_columns(vec![("x".into(), vec![x])]).unwrap();
                let curves = fit.survival(&profile, CurveOptions::default()).unwrap();
                let point = curves[0].curve.at(7.0).unwrap();
                let hazard = r.powf(x) * (h1 + h6);
                let q = x * (h1 + h6) - drift;
                let variance = r.powf(2.0 * x) * (h1 * h1 + h6 * h6 / 2.0 + q * q / information);
                close(&[point.survival, point.cumulative_hazard], &[(-hazard).exp(), hazard]);
                close(&[point.std_err.unwrap()], &[(-hazard).exp() * variance.sqrt()]);
                assert_eq!(curves[0].curve.at(9.5), None);
                assert_eq!(curves[0].curve.at(0.5).unwrap().survival, 1.0);
            }
        });
    }

    #[test]
    fn contrasts() {
        fit(Ties::Efron, false, |fit, r| {
            let own = &fit.coefficients()[0];
            let contrast = fit.contrast(&[-2.0]).unwrap();
            close(
                &[contrast.estimate, contrast.std_err],
                &[-2.0 * r.ln(), 2.0 * own.std_err.unwrap()],
            );
            close(&[contrast.p.unwrap()], &[own.p.unwrap()]);
            let at = |x: f64| {
                let design = Design::from_columns(vec![("x".into(), vec![x])]).unwrap();
                design.with_offset(vec![x * 10.0]).unwrap()
            };
            let ratio = fit.hazard_ratio(&at(0.3), &at(-0.2)).unwrap();
            close(
                &[ratio.estimate, ratio.std_err],
                &[0.5 * r.ln() + 5.0, 0.5 * own.std_err.unwrap()],
            );
            assert_eq!(fit.contrast(&[0.0]).unwrap().p, None);
            assert!(fit.contrast(&[1.0, 2.0]).is_err());
            let other = Design::from_columns(vec![("y".into(), vec![1.0])]).unwrap();
            let message = fit.hazard_ratio(&other, &at(0.0)).unwrap_err().to_string();
            assert_eq!(message, "profiles have the columns y; the fit has x");
        });
    }

    #[test]
    fn what_an_aliased_coefficient_is_refused() {
        let (cohort, _) = small();
        let x = vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        let columns = vec![("x".into(), x.clone()), ("again".into(), x)];
        let design = Design::from_columns(columns).unwrap();
        let fit = Cox::default().robust(true).fit(&cohort, &design).unwrap();
        assert_eq!(fit.dfbeta().coefficients(), [0]);
        assert!(fit.contrast(&[1.0, 0.0]).is_ok());
        let message = fit.contrast(&[0.0, 1.0]).unwrap_err().to_string();
        assert!(message.starts_with("again is aliased"), "{message}");
        assert!(fit.estimates().unwrap_err().to_string().starts_with("again has no estimate"));
        let test = fit.ph_test(PhTransform::Km).unwrap();
        assert_eq!((test.terms.len(), test.global.df), (1, 1));
    }

    /// t = 1 … 12, events at odd times, x = 1 in the first three rows.
    #[test]
    fn what_a_separating_covariate_is_refused() {
        let event = (1..=12).map(|time| time % 2 == 1).collect();
        let cohort = Cohort::builder((1..=12).collect::<Vec<i32>>(), event).build().unwrap();
        let x = (0..12).map(|row| f64::from(u8::from(row < 3))).collect();
        let z = (0..12).map(|row| f64::from(row * 5 % 7)).collect();
        let design = Design::from_columns(vec![("x".into(), x), ("z".into(), z)]).unwrap();
        let fit = Cox::default().fit(&cohort, &design).unwrap();
        let message = fit.contrast(&[1.0, 0.0]).unwrap_err().to_string();
        assert!(message.starts_with("x separates the events"), "{message}");
        let own = &fit.coefficients()[1];
        close(&[fit.contrast(&[0.0, 1.0]).unwrap().estimate], &[own.coef.unwrap()]);
        assert!(fit.survival(&design, CurveOptions::default()).is_err());
        assert_eq!(fit.score_residuals().coefficients(), [1]);
        let test = fit.ph_test(PhTransform::Km).unwrap();
        assert_eq!((test.terms[0].0.as_str(), test.global.df), ("z", 1));
    }

    /// One cluster has no variance; Stata's factor is g/(g − 1).
    #[test]
    fn clusters() {
        let (cohort, design) = small();
        let exit: Vec<f64> = cohort.exit().iter().map(|&rank| cohort.axis().time(rank)).collect();
        let with = |codes: Vec<u32>| {
            let builder = Cohort::builder(exit.clone(), cohort.event().to_vec());
            builder.cluster(codes).build().unwrap()
        };
        let one = with(vec![4; 6]);
        let message = Cox::default().fit(&one, &design).unwrap_err().to_string();
        assert!(message.starts_with("a robust variance needs two clusters"), "{message}");
        assert!(!Cox::default().robust(false).fit(&one, &design).unwrap().is_robust());
        let three = with(vec![9, 0, 9, 0, 5, 5]);
        let plain = Cox::default().fit(&three, &design).unwrap();
        let stata = Cox::default().small_sample(true).fit(&three, &design).unwrap();
        close(&[stata.vcov(0, 0)], &[1.5 * plain.vcov(0, 0)]);
        let scores = plain.score_residuals();
        let [a, b, c] = [[0, 2], [1, 3], [4, 5]]
            .map(|rows| rows.iter().map(|&row| scores.row(row)[0]).sum::<f64>());
        let model = plain.coefficients()[0].model_std_err.unwrap();
        close(&[plain.vcov(0, 0)], &[model.powi(4) * (a * a + b * b + c * c)]);
    }

    /// Without covariates Breslow's baseline is Nelson and Aalen's estimate; Efron's is Σ 1/(n − l).
    #[test]
    fn a_model_without_covariates() {
        let (cohort, _) = small();
        let design = Design::new(6, Vec::new(), Vec::new()).unwrap();
        let fit = Cox::default().ties(Ties::Breslow).fit(&cohort, &design).unwrap();
        close(fit.baseline()[0].cumulative_hazard().values(), &[1.0 / 6.0, 2.0 / 3.0, 5.0 / 3.0]);
        let fit = Cox::default().robust(true).fit(&cohort, &design).unwrap();
        close(fit.baseline()[0].cumulative_hazard().values(), &[1.0 / 6.0, 0.75, 1.75]);
        assert_eq!(fit.ph_test(PhTransform::Km).unwrap().global.p, None);
        assert_eq!(fit.survival(&design, CurveOptions::default()).unwrap().len(), 6);
    }

    /// Rows without weight take no part, whether or not they end in an event.
    #[test]
    fn rows_without_weight() {
        let (cohort, design) = small();
        let weights = vec![0.0, 2.0, 1.0, 0.5, 0.0, 1.5];
        let exit: Vec<f64> = cohort.exit().iter().map(|&rank| cohort.axis().time(rank)).collect();
        let builder = Cohort::builder(exit, cohort.event().to_vec());
        let weighted = builder.weights(Weights::Sampling(weights)).build().unwrap();
        let (all, some) = (weighted.clone(), weighted.select(&[1, 2, 3, 5]).unwrap());
        let fewer = design.select(&[1, 2, 3, 5]);
        let (a, b) = (Cox::default().ties(Ties::Breslow), Cox::default().ties(Ties::Breslow));
        let (a, b) = (a.fit(&all, &design).unwrap(), b.fit(&some, &fewer).unwrap());
        close(&[a.vcov(0, 0)], &[b.vcov(0, 0)]);
        let (long, short) = (a.martingale_residuals(), b.martingale_residuals());
        close(&long, &[0.0, short[0], short[1], short[2], 0.0, short[3]]);
        assert_eq!(a.deviance_residuals()[0], 0.0);
        assert_eq!(a.score_residuals().row(4), [0.0]);
        let test = |fit: &CoxFit<'_>| fit.ph_test(PhTransform::Rank).unwrap().global.statistic;
        close(&[test(&a)], &[test(&b)]);
    }
}
