//! What must hold of any fit, whatever its data.

use proptest::prelude::*;

use super::frame::{Frame, Plan};
use super::likelihood::Point;
use super::*;
use crate::cohort::{Cohort, Design, Factor, Groups, Weights};
use crate::curve::CurveOptions;
use crate::risk::RiskSets;
use crate::table::Category;

/// Rows of a study: entry, time at risk, event, stratum, weight, two covariates.
#[derive(Debug, Clone)]
pub(super) struct Study {
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) entry: u32,
    pub(super) stay: u32,
    pub(super) event: bool,
    pub(super) stratum: u32,
    pub(super) weight: u32,
    pub(super) x: [f64; 2],
}

prop_compose! {
    fn row()(
        entry in 0..4_u32, stay in 1..12_u32, event in prop::bool::weighted(0.7),
        stratum in 0..2_u32, weight in 1..4_u32, x in 0..6_u32, y in -1.0..1.0,
    ) -> Row {
        Row { entry, stay, event, stratum, weight, x: [f64::from(x), y] }
    }
}

/// Studies large enough that hardly any separates the events.
pub(super) fn study() -> impl Strategy<Value = Study> {
    prop::collection::vec(row(), 25..60).prop_map(|rows| Study { rows })
}

impl Study {
    pub(super) fn cohort(&self, weights: impl Fn(Vec<f64>) -> Weights) -> Cohort {
        let codes: Vec<u32> = self.rows.iter().map(|row| row.stratum).collect();
        let levels: Vec<String> = vec!["a".into(), "b".into()];
        let category = Category { codes, levels: levels.into() };
        let strata = Groups::cross(vec![Factor { name: "s".to_owned(), category }]);
        let exit: Vec<i32> = self.rows.iter().map(|row| (row.entry + row.stay) as i32).collect();
        let entry: Vec<i32> = self.rows.iter().map(|row| row.entry as i32).collect();
        let weight = self.rows.iter().map(|row| f64::from(row.weight)).collect();
        let event = self.rows.iter().map(|row| row.event).collect();
        let builder = Cohort::builder(exit, event).entry(entry).strata(strata);
        builder.weights(weights(weight)).build().unwrap()
    }

    pub(super) fn design(&self) -> Design {
        let column = |at: usize| self.rows.iter().map(|row| row.x[at]).collect();
        let columns = vec![("x".to_owned(), column(0)), ("y".to_owned(), column(1))];
        Design::from_columns(columns).unwrap()
    }

    /// Every row as often as its weight says.
    pub(super) fn repeated(&self) -> Self {
        let copies = |row: &Row| std::iter::repeat_n(*row, row.weight as usize);
        Self { rows: self.rows.iter().flat_map(copies).collect() }
    }
}

/// A fit, unless chance made one that has no maximum.
macro_rules! fit_or_skip {
    ($cox:expr, $cohort:expr, $design:expr) => {{
        let Ok(fit) = $cox.fit($cohort, $design) else { return Ok(()) };
        prop_assume!(fit.coefficients().iter().all(|own| own.std_err.is_some_and(|se| se < 3.0)));
        fit
    }};
}
pub(super) fn ties() -> impl Strategy<Value = Ties> {
    prop_oneof![Just(Ties::Efron), Just(Ties::Breslow)]
}

fn close(a: &[f64], b: &[f64], within: f64) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= within * a.abs().max(b.abs()).max(1.0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn martingale_residuals_sum_to_zero_in_every_stratum(study in study(), ties in ties()) {
        let (cohort, design) = (study.cohort(Weights::Sampling), study.design());
        let fit = fit_or_skip!(Cox::default().ties(ties), &cohort, &design);
        let mut sums = [0.0; 2];
        for (row, residual) in study.rows.iter().zip(fit.martingale_residuals()) {
            sums[row.stratum as usize] += f64::from(row.weight) * residual;
        }
        prop_assert!(sums.iter().all(|sum| sum.abs() < 1e-10), "{sums:?}");
    }

    #[test]
    fn score_residuals_sum_to_the_score(study in study(), ties in ties()) {
        let (cohort, design) = (study.cohort(Weights::Sampling), study.design());
        let fit = fit_or_skip!(Cox::default().ties(ties), &cohort, &design);
        let mut sums = [0.0; 2];
        let residuals = fit.score_residuals();
        for (at, row) in study.rows.iter().enumerate() {
            let own = residuals.row(at);
            sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += f64::from(row.weight) * own);
        }
        let score = fit.point.derivatives(&fit.frame, likelihood::Form { ties, members: None, penalised: None }).score;
        prop_assert!(close(&sums, &score, 1e-9), "{sums:?} {score:?}");
        // The events' residuals add up to the same.
        let mut sums = [0.0; 2];
        let schoenfeld = fit.schoenfeld_residuals();
        for (at, event) in schoenfeld.events.iter().enumerate() {
            let own = schoenfeld.residuals.row(at);
            let weight = f64::from(study.rows[event.row].weight);
            sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += weight * own);
        }
        prop_assert!(close(&sums, &score, 1e-9), "{sums:?} {score:?}");
    }

    #[test]
    fn frequency_weights_are_repeated_rows(study in study(), ties in ties()) {
        let (short, long) = (study.cohort(Weights::Frequency), study.repeated().cohort(|_| Weights::None));
        let (design, repeated) = (study.design(), study.repeated().design());
        let cox = Cox::default().ties(ties).robust(true).small_sample(true);
        let a = fit_or_skip!(cox, &short, &design);
        let b = fit_or_skip!(cox, &long, &repeated);
        for (i, j) in [(0, 0), (1, 0), (1, 1)] {
            prop_assert!(close(&[a.vcov(i, j)], &[b.vcov(i, j)], 1e-8));
        }
        let (copies, changes) = (b.dfbeta(), a.dfbeta());
        let mut copy = 0;
        for (at, row) in study.rows.iter().enumerate() {
            prop_assert!(close(&changes.row(at), &copies.row(copy), 1e-8));
            copy += row.weight as usize;
        }
    }

    #[test]
    fn a_shift_of_covariates_moves_no_residual(study in study(), ties in ties()) {
        let mut shifted = study.clone();
        shifted.rows.iter_mut().for_each(|row| row.x = [row.x[0] + 1e6, row.x[1] - 1e3]);
        let (cohort, design) = (study.cohort(Weights::Sampling), study.design());
        let far = shifted.design();
        let a = fit_or_skip!(Cox::default().ties(ties), &cohort, &design);
        let b = fit_or_skip!(Cox::default().ties(ties), &cohort, &far);
        for (a, b) in a.score_residuals().columns().iter().zip(b.score_residuals().columns()) {
            prop_assert!(close(a, b, 1e-8), "{a:?} {b:?}");
        }
    }
}

/// Leaving a row out changes the coefficients by about its dfbeta.
#[test]
fn dfbeta_is_nearly_the_change_without_a_row() {
    let n = 400_usize;
    let number = |at: usize, by: usize| ((at * by) % 397) as f64 / 397.0;
    let time: Vec<i32> = (0..n).map(|at| 1 + (at * 61 % 53) as i32).collect();
    let event: Vec<bool> = (0..n).map(|at| at % 3 != 0).collect();
    let x: Vec<f64> = (0..n).map(|at| number(at, 89) - 0.5 + f64::from(time[at]) / 100.0).collect();
    let cohort = Cohort::builder(time, event).build().unwrap();
    let design = Design::from_columns(vec![("x".to_owned(), x)]).unwrap();
    let fit = Cox::default().fit(&cohort, &design).unwrap();
    let (beta, std_err) = (fit.coefficients()[0].coef.unwrap(), fit.vcov(0, 0).sqrt());
    let dfbeta = fit.dfbeta();
    for (row, change) in dfbeta.columns()[0].iter().enumerate().step_by(37) {
        let rows: Vec<u32> = (0..n as u32).filter(|&own| own as usize != row).collect();
        let (cohort, design) = (cohort.select(&rows).unwrap(), design.select(&rows));
        let without = Cox::default().fit(&cohort, &design).unwrap();
        let changed = beta - without.coefficients()[0].coef.unwrap();
        assert!((changed - change).abs() < 0.05 * changed.abs() + 1e-4 * std_err, "{row}");
    }
}

/// The same from rows in any order, in a table or by a sweep.
#[test]
fn both_plans_give_the_same_residuals() {
    let n = 20_000_usize;
    let spread = |at: usize, by: usize| ((at * by) % 19_997) as f64 / 19_997.0;
    let time: Vec<f64> =
        (0..n).map(|at| 1.0 + (spread(at, 7_919) * 8_000.0).round() / 7.0).collect();
    let entry: Vec<f64> = time.iter().enumerate().map(|(at, t)| t * 0.4 * spread(at, 31)).collect();
    let event = (0..n).map(|at| at % 5 < 3).collect();
    let x = (0..2).map(|j| {
        let of = |at: usize| spread(at, 104_729 + 2 * j) + time[at] / 1000.0;
        (format!("x{j}"), (0..n).map(of).collect())
    });
    let cohort = Cohort::builder(time.clone(), event).entry(entry).build().unwrap();
    let design = Design::from_columns(x.collect()).unwrap();
    let swept = Cox::default().robust(true).fit(&cohort, &design).unwrap();
    assert!(matches!(swept.frame.plan, Plan::Sweep(_)));
    let mut tabled = Cox::default().robust(true).fit(&cohort, &design).unwrap();
    tabled.frame = Frame::table(RiskSets::new(&cohort), &cohort, &design);
    tabled.point = Point::new(
        &tabled.frame,
        likelihood::Form { ties: Ties::Efron, members: None, penalised: None },
        tabled.point.beta.clone(),
    );
    for (a, b) in swept.score_residuals().columns().iter().zip(tabled.score_residuals().columns()) {
        assert!(close(a, b, 1e-11));
    }
    let table = tabled.robust_variance().unwrap();
    for (i, j) in [(0, 0), (1, 0), (1, 1)] {
        assert!(close(&[table.get(i, j)], &[swept.vcov(i, j)], 1e-11));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The rows twice, in two strata: information doubles, and what one row does stays.
    #[test]
    fn two_strata_alike_say_the_same_twice(study in study(), ties in ties()) {
        let mut one = study.clone();
        one.rows.iter_mut().for_each(|row| row.stratum = 0);
        let mut two = one.clone();
        two.rows.extend(one.rows.iter().map(|row| Row { stratum: 1, ..*row }));
        let (single, double) = (one.cohort(Weights::Frequency), two.cohort(Weights::Frequency));
        let (design, both) = (one.design(), two.design());
        let cox = Cox::default().ties(ties).robust(true);
        let a = fit_or_skip!(cox, &single, &design);
        let b = fit_or_skip!(cox, &double, &both);
        let halves = [a.vcov(0, 0), a.vcov(1, 0), a.vcov(1, 1)].map(|own| own / 2.0);
        prop_assert!(close(&halves, &[b.vcov(0, 0), b.vcov(1, 0), b.vcov(1, 1)], 1e-8));
        for transform in PhTransform::ALL.into_iter().filter(|own| *own != PhTransform::Rank) {
            let statistic = |fit: &CoxFit<'_>| fit.ph_test(transform).unwrap().global.statistic;
            prop_assert!(close(&[2.0 * statistic(&a)], &[statistic(&b)], 1e-7));
        }
        let (a, b) = (a.baseline(), b.baseline());
        for own in &b {
            prop_assert!(close(&a[0].ln_cumulative_hazard, &own.ln_cumulative_hazard, 1e-8));
        }
    }

    /// Profiles shifted with the covariates have the same curves, and offsets common to all none.
    #[test]
    fn a_shift_of_covariates_moves_no_curve(study in study(), ties in ties(), robust in any::<bool>()) {
        let mut shifted = study.clone();
        shifted.rows.iter_mut().for_each(|row| row.x = [row.x[0] + 1e6, row.x[1] - 1e3]);
        let (cohort, design) = (study.cohort(Weights::Frequency), study.design());
        let far = shifted.design().with_offset(vec![-450.0; study.rows.len()]).unwrap();
        let cox = Cox::default().ties(ties).robust(robust);
        let a = fit_or_skip!(cox, &cohort, &design);
        let b = fit_or_skip!(cox, &cohort, &far);
        let pick = |design: &Design| design.select(&[0, 7]);
        let a_curves = a.survival(&pick(&design), CurveOptions::default()).unwrap();
        let b_curves = b.survival(&pick(&far), CurveOptions::default()).unwrap();
        for (a, b) in a_curves.iter().zip(&b_curves) {
            for (a, b) in a.curve.points().zip(b.curve.points()) {
                prop_assert!(close(&[a.survival], &[b.survival], 1e-8));
                let (a, b) = (a.std_err.unwrap_or(0.0), b.std_err.unwrap_or(0.0));
                prop_assert!(close(&[a], &[b], 1e-7), "{a} {b}");
            }
        }
        let beta: Vec<f64> = a.coefficients().iter().map(|own| own.coef.unwrap()).collect();
        let moved = 1e6 * beta[0] - 1e3 * beta[1] - 450.0;
        for (a, b) in a.baseline().iter().zip(b.baseline()) {
            for (a, b) in a.ln_cumulative_hazard.iter().zip(b.ln_cumulative_hazard) {
                // β is known to about 1e-10, and is multiplied by a million.
                prop_assert!((a - moved - b).abs() < 1e-3 + 1e-9 * moved.abs(), "{a} {b}");
            }
        }
    }

    /// Everybody alike: the average is the curve of one.
    #[test]
    fn an_average_of_equals_is_each_of_them(study in study(), ties in ties(), robust in any::<bool>()) {
        let mut one = study.clone();
        one.rows.iter_mut().for_each(|row| row.stratum = 0);
        let mut alike = one.clone();
        alike.rows.iter_mut().for_each(|row| row.x = [2.0, 0.25]);
        let (cohort, design) = (one.cohort(Weights::Frequency), one.design());
        let fit = fit_or_skip!(Cox::default().ties(ties).robust(robust), &cohort, &design);
        let same = alike.design();
        let average = fit.adjusted_survival(&[("all", &same)], CurveOptions::default()).unwrap();
        let own = fit.survival(&same.select(&[0]), CurveOptions::default()).unwrap();
        prop_assert_eq!(&average[0].label, "all");
        for (a, b) in average[0].curve.points().zip(own[0].curve.points()) {
            prop_assert!(close(&[a.survival], &[b.survival], 1e-12));
            let (a, b) = (a.std_err.unwrap_or(0.0), b.std_err.unwrap_or(0.0));
            prop_assert!(close(&[a], &[b], 1e-10), "{a} {b}");
        }
    }
}

/// A study with strata, late entries, ties, clusters and uneven weights.
fn uneven() -> Study {
    let row = |at: u32| Row {
        entry: at * 7 % 5,
        stay: 1 + at * 11 % 13,
        event: at % 4 != 1,
        stratum: u32::from(at.is_multiple_of(3)),
        weight: 1 + at % 3,
        x: [f64::from(at * 5 % 7), f64::from(at * 13 % 11) / 10.0],
    };
    Study { rows: (0..48).map(row).collect() }
}

/// The infinitesimal jackknife is made of the derivatives by the weights of rows: of curves of one
/// profile, and of averages over a cohort whose own weights stay.
#[test]
fn the_jackknife_is_the_derivative_by_weights() {
    let study = uneven();
    let (n, design) = (study.rows.len(), study.design());
    let cluster: Vec<u32> = (0..n as u32).map(|at| at % 17).collect();
    let codes = cluster.clone();
    let base = study.cohort(Weights::Sampling);
    let weights = base.weights().values().unwrap().to_vec();
    let cohort = |weights: Vec<f64>| {
        let time = |ranks: &[u32]| -> Vec<f64> {
            ranks.iter().map(|&rank| base.axis().time(rank)).collect()
        };
        let builder = Cohort::builder(time(base.exit()), base.event().to_vec());
        let builder = builder.entry(time(base.entry().unwrap())).strata(base.strata().clone());
        builder.weights(Weights::Sampling(weights)).cluster(codes.clone()).build().unwrap()
    };
    let options = CurveOptions::default();
    let (profile, time) = (design.select(&[5]), 8.0);
    // Survival of one profile in stratum b, and the mean over rows in their strata.
    let values = |fit: &CoxFit<'_>| {
        let curves = fit.survival(&design, options).unwrap();
        let at = |row: usize, stratum: usize| curves[2 * row + stratum].curve.at(time).unwrap();
        let mean =
            (0..n).map(|row| weights[row] * at(row, study.rows[row].stratum as usize).survival);
        [at(5, 1).survival, mean.sum::<f64>() / weights.iter().sum::<f64>()]
    };
    let whole = cohort(weights.clone());
    let fit = Cox::default().fit(&whole, &design).unwrap();
    let mut moved = vec![[0.0; 2]; 17];
    for row in 0..n {
        let step = 1e-4;
        let [up, down] = [step, -step].map(|step| {
            let mut weights = weights.clone();
            weights[row] *= 1.0 + step;
            let cohort = cohort(weights);
            values(&Cox::default().fit(&cohort, &design).unwrap())
        });
        for at in 0..2 {
            moved[cluster[row] as usize][at] += (up[at] - down[at]) / (2.0 * step);
        }
    }
    let std_err = |at: usize| moved.iter().map(|own| own[at] * own[at]).sum::<f64>().sqrt();
    let one = fit.survival(&profile, options).unwrap()[1].curve.at(time).unwrap();
    let all = fit.adjusted_survival(&[("", &design)], options).unwrap()[0].curve.at(time).unwrap();
    for (got, want) in [(one.std_err.unwrap(), std_err(0)), (all.std_err.unwrap(), std_err(1))] {
        assert!((got / want - 1.0).abs() < 1e-6, "got {got}, want {want}");
    }
    assert!(close(&[one.survival, all.survival], &values(&fit), 1e-13));
}
