//! Laws that need no oracle: what must not change when the data are written down differently.

use proptest::collection::vec;
use proptest::prelude::*;
use riskset::cohort::{Cohort, Factor, Groups, Weights};
use riskset::compare::{LogRank, LogRankTest, TestWeight};
use riskset::curve::{ConfType, KaplanMeier, SurvivalCurve, SurvivalCurves};
use riskset::table::Category;

/// One row: entry, time at risk, event, group, stratum, frequency.
#[derive(Debug, Clone)]
struct Row {
    entry: i32,
    exit: i32,
    event: bool,
    group: u32,
    stratum: u32,
    count: u32,
}

fn row() -> impl Strategy<Value = Row> {
    (0..15i32, 1..15i32, any::<bool>(), 0..3u32, 0..2u32, 1..4u32).prop_map(
        |(entry, stay, event, group, stratum, count)| Row {
            entry,
            exit: entry + stay,
            event,
            group,
            stratum,
            count,
        },
    )
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec(row(), 4..40)
}

fn factor(name: &str, codes: Vec<u32>) -> Groups {
    let top = codes.iter().max().map_or(0, |&code| code + 1);
    let levels: Vec<String> = (0..top).map(|level| level.to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    Groups::cross(vec![Factor { name: name.into(), category }])
}

#[derive(Clone, Copy, Default)]
struct Form {
    delayed: bool,
    stratified: bool,
    counted: bool,
    scale: Option<f64>,
}

fn cohort(rows: &[Row], form: Form) -> Cohort {
    let time = |value: fn(&Row) -> i32| -> riskset::cohort::Times {
        match form.scale {
            None => rows.iter().map(value).collect::<Vec<i32>>().into(),
            Some(scale) => {
                rows.iter().map(|row| f64::from(value(row)) * scale).collect::<Vec<f64>>().into()
            }
        }
    };
    let events = rows.iter().map(|row| row.event).collect();
    let mut builder = Cohort::builder(time(|row| row.exit), events)
        .groups(factor("group", rows.iter().map(|row| row.group).collect()));
    if form.delayed {
        builder = builder.entry(time(|row| row.entry));
    }
    if form.stratified {
        builder = builder.strata(factor("site", rows.iter().map(|row| row.stratum).collect()));
    }
    if form.counted {
        let counts = rows.iter().map(|row| f64::from(row.count)).collect();
        builder = builder.weights(Weights::Frequency(counts));
    }
    builder.build().unwrap()
}

const WEIGHTS: [TestWeight; 5] = [
    TestWeight::LogRank,
    TestWeight::Gehan,
    TestWeight::TaroneWare,
    TestWeight::Peto,
    TestWeight::FlemingHarrington { rho: 0.5, gamma: 1.0 },
];

fn fit(cohort: &Cohort) -> SurvivalCurves {
    KaplanMeier::default().fit(cohort).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs())) || (a.is_infinite() && a == b)
}

fn close_option(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => close(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Everything a curve says at its event times, with times divided by `scale`.
fn facts(curve: &SurvivalCurve, scale: f64) -> Vec<[f64; 6]> {
    let value = |limit: Option<f64>| limit.unwrap_or(-1.0);
    let rows = curve.rows().filter(|row| row.n_event > 0.0);
    rows.map(|row| {
        let limits = [value(row.lower), value(row.upper)];
        [row.time / scale, row.n_risk, row.n_event, row.survival, limits[0], limits[1]]
    })
    .collect()
}

fn same_curves(a: &SurvivalCurves, b: &SurvivalCurves, scale: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.curves().len(), b.curves().len());
    for (a, b) in a.curves().iter().zip(b.curves()) {
        let (a_facts, b_facts) = (facts(a, 1.0), facts(b, scale));
        prop_assert_eq!(a_facts.len(), b_facts.len());
        for (a, b) in a_facts.iter().flatten().zip(b_facts.iter().flatten()) {
            prop_assert!(close(*a, *b), "{} {}", a, b);
        }
        for p in [0.25, 0.5, 0.75] {
            let (a, b) = (a.quantile(p).unwrap(), b.quantile(p).unwrap());
            let unscale = |time: Option<f64>| time.map(|time| time / scale);
            prop_assert!(close_option(a.estimate, unscale(b.estimate)));
            prop_assert!(close_option(a.lower, unscale(b.lower)), "{:?} {:?}", a, b);
            prop_assert!(close_option(a.upper, unscale(b.upper)), "{:?} {:?}", a, b);
        }
    }
    Ok(())
}

fn tests(cohort: &Cohort) -> Vec<LogRankTest> {
    WEIGHTS.iter().filter_map(|&w| LogRank::default().weight(w).fit(cohort).ok()).collect()
}

fn same_tests(a: &Cohort, b: &Cohort) -> Result<(), TestCaseError> {
    for (a, b) in tests(a).iter().zip(&tests(b)) {
        prop_assert_eq!(a.df(), b.df());
        prop_assert!(close(a.statistic(), b.statistic()), "{} {}", a.statistic(), b.statistic());
    }
    Ok(())
}

fn expand(rows: &[Row]) -> Vec<Row> {
    rows.iter().flat_map(|row| std::iter::repeat_n(row.clone(), row.count as usize)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn row_order_does_not_matter(rows in rows(), delayed: bool, seed: u64) {
        let form = Form { delayed, stratified: true, ..Form::default() };
        let mut shuffled = rows.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let (a, b) = (cohort(&rows, form), cohort(&shuffled, form));
        same_curves(&fit(&a), &fit(&b), 1.0)?;
        same_tests(&a, &b)?;
    }

    #[test]
    fn counting_equal_rows_changes_nothing(rows in rows(), delayed: bool) {
        let counted = Form { delayed, counted: true, ..Form::default() };
        let (a, b) = (cohort(&rows, counted), cohort(&expand(&rows), Form { delayed, ..Form::default() }));
        let (fit_a, fit_b) = (fit(&a), fit(&b));
        same_curves(&fit_a, &fit_b, 1.0)?;
        same_tests(&a, &b)?;
        for (a, b) in fit_a.curves().iter().zip(fit_b.curves()) {
            prop_assert_eq!(a.n(), b.n());
            prop_assert!(close_option(a.follow_up().median, b.follow_up().median));
            prop_assert!(close_option(a.mean().map(|m| m.std_err), b.mean().map(|m| m.std_err)));
        }
    }

    /// Scaled times go through sorting, whole ones through the table: both plans, one answer.
    #[test]
    fn the_unit_of_time_does_not_matter(rows in rows(), delayed: bool, scale in 0.01f64..1000.0) {
        let form = Form { delayed, stratified: true, ..Form::default() };
        let (a, b) = (cohort(&rows, form), cohort(&rows, Form { scale: Some(scale), ..form }));
        same_curves(&fit(&a), &fit(&b), scale)?;
        same_tests(&a, &b)?;
    }

    /// A range of whole times too long for a table is sorted.
    #[test]
    fn sparse_whole_times_are_sorted_to_the_same_answer(rows in rows(), delayed: bool) {
        let form = Form { delayed, stratified: true, ..Form::default() };
        let far: Vec<Row> = rows
            .iter()
            .map(|row| Row { entry: row.entry * 1_000_000, exit: row.exit * 1_000_000, ..row.clone() })
            .collect();
        let (a, b) = (cohort(&rows, form), cohort(&far, form));
        same_curves(&fit(&a), &fit(&b), 1e6)?;
        same_tests(&a, &b)?;
    }

    #[test]
    fn splitting_rows_changes_nothing(rows in rows(), cut in 0.0f64..1.0) {
        let form = Form { delayed: true, stratified: true, ..Form::default() };
        let split = rows.iter().flat_map(|row| {
            let at = row.entry + ((f64::from(row.exit - row.entry)) * cut) as i32;
            let first = Row { exit: at, event: false, ..row.clone() };
            let rest = Row { entry: at, ..row.clone() };
            if at == row.entry { vec![rest] } else { vec![first, rest] }
        });
        let (a, b) = (cohort(&rows, form), cohort(&split.collect::<Vec<_>>(), form));
        same_curves(&fit(&a), &fit(&b), 1.0)?;
        same_tests(&a, &b)?;
    }

    #[test]
    fn a_stratum_of_one_subject_says_nothing(rows in rows(), event: bool) {
        let form = Form { stratified: true, ..Form::default() };
        let mut more = rows.clone();
        more.push(Row { entry: 0, exit: 7, event, group: 0, stratum: 2, count: 1 });
        let (a, b) = (cohort(&rows, form), cohort(&more, form));
        for (a, b) in tests(&a).iter().zip(&tests(&b)) {
            prop_assert!(close(a.statistic(), b.statistic()));
        }
    }

    #[test]
    fn leaving_before_the_first_event_says_nothing(rows in rows()) {
        let later: Vec<Row> =
            rows.iter().map(|row| Row { exit: row.exit + 5, ..row.clone() }).collect();
        let mut more = later.clone();
        more.extend(rows.iter().map(|row| Row { exit: 1 + row.exit % 5, event: false, ..row.clone() }));
        let (a, b) = (cohort(&later, Form::default()), cohort(&more, Form::default()));
        same_curves(&fit(&a), &fit(&b), 1.0)?;
        same_tests(&a, &b)?;
    }

    #[test]
    fn groups_may_be_named_in_any_order(rows in rows()) {
        let renamed: Vec<Row> =
            rows.iter().map(|row| Row { group: (row.group + 1) % 3, ..row.clone() }).collect();
        let form = Form { delayed: true, stratified: true, ..Form::default() };
        same_tests(&cohort(&rows, form), &cohort(&renamed, form))?;
    }

    #[test]
    fn observed_and_expected_add_up_to_the_same(rows in rows(), delayed: bool) {
        let form = Form { delayed, stratified: true, counted: true, ..Form::default() };
        for test in tests(&cohort(&rows, form)) {
            let observed: f64 = test.groups().iter().map(|group| group.observed).sum();
            let expected: f64 = test.groups().iter().map(|group| group.expected).sum();
            prop_assert!(close(observed, expected));
            prop_assert!(close(test.score().iter().sum::<f64>(), 0.0));
        }
    }

    /// With weights of 1 and every row a cluster of its own, the infinitesimal jackknife is
    /// Greenwood's variance (not so with delayed entry, where increments are not orthogonal).
    #[test]
    fn the_jackknife_of_equal_weights_is_greenwood(rows in rows()) {
        let plain = fit(&cohort(&rows, Form::default()));
        let builder = Cohort::builder(
            rows.iter().map(|row| row.exit).collect::<Vec<i32>>(),
            rows.iter().map(|row| row.event).collect(),
        )
        .groups(factor("group", rows.iter().map(|row| row.group).collect()))
        .weights(Weights::Sampling(vec![1.0; rows.len()]));
        let robust = fit(&builder.build().unwrap());
        for (a, b) in plain.curves().iter().zip(robust.curves()) {
            for (a, b) in a.rows().zip(b.rows()) {
                prop_assert!(close_option(a.std_err, b.std_err), "{:?} {:?}", a, b);
            }
            let (a, b) = (a.mean().map(|mean| mean.std_err), b.mean().map(|mean| mean.std_err));
            prop_assert!(close_option(a, b), "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn limits_enclose_the_curve_and_quantiles_the_estimate(rows in rows(), level in 0.5f64..0.99) {
        for conf_type in ConfType::ALL.into_iter().filter(|&kind| kind != ConfType::Bpcp) {
            let options = KaplanMeier::default().conf_type(conf_type).conf_level(level);
            for curve in options.fit(&cohort(&rows, Form::default())).unwrap().curves() {
                for row in curve.rows() {
                    prop_assert!(row.lower.is_none_or(|lower| (0.0..=row.survival).contains(&lower)));
                    prop_assert!(row.upper.is_none_or(|upper| (row.survival..=1.0).contains(&upper)));
                }
                let median = curve.quantile(0.5).unwrap();
                if let Some(estimate) = median.estimate {
                    prop_assert!(median.lower.is_none_or(|lower| lower <= estimate));
                    prop_assert!(median.upper.is_none_or(|upper| upper >= estimate));
                }
            }
        }
    }
}

/// A cohort large enough to be cut among threads, from a small generator of its own.
fn large(weights: bool, scale: Option<f64>) -> Cohort {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as i32
    };
    let n = 60_000;
    let time: Vec<i32> = (0..n).map(|_| 1 + next() % 120).collect();
    let event = (0..n).map(|_| next() % 3 == 0).collect();
    let codes = (0..n).map(|_| (next() % 3) as u32).collect();
    let builder = match scale {
        None => Cohort::builder(time, event),
        Some(scale) => {
            let jitter = |time: &i32| f64::from(*time) * scale;
            Cohort::builder(time.iter().map(jitter).collect::<Vec<f64>>(), event)
        }
    };
    let weight = |_| 0.1 + f64::from(next() % 1000) / 777.0;
    let weights =
        if weights { Weights::Sampling((0..n).map(weight).collect()) } else { Weights::None };
    builder.groups(factor("group", codes)).weights(weights).build().unwrap()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (weights, scale) in
        [(false, None), (false, Some(0.0328)), (true, None), (true, Some(0.0328))]
    {
        let digest = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let cohort = large(weights, scale);
                let fit = fit(&cohort);
                let mut bits: Vec<u64> = Vec::new();
                for row in fit.curves().iter().flat_map(|curve| curve.rows()) {
                    let limits = [row.lower, row.upper, row.std_err].map(|v| v.unwrap_or(-1.0));
                    bits.extend([row.time, row.n_risk, row.survival].map(f64::to_bits));
                    bits.extend(limits.map(f64::to_bits));
                }
                bits.extend(tests(&cohort).iter().map(|test| test.statistic().to_bits()));
                bits
            })
        };
        let one = digest(1);
        assert!(one.len() > 500);
        for threads in [2, 3, 7, 8] {
            assert!(digest(threads) == one, "{threads} threads, weights {weights}");
        }
    }
}
