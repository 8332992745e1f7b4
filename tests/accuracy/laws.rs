//! Laws that need no oracle.

use proptest::collection::vec;
use proptest::prelude::*;
use riskset::accuracy::{Concordance, brier, calibration, concordance, uno_c};
use riskset::cohort::{Cohort, Weights};
use riskset::curve::KaplanMeier;

use super::factor;

#[derive(Debug, Clone)]
struct Row {
    entry: i32,
    exit: i32,
    event: bool,
    score: i32,
    stratum: u32,
    count: u32,
    weight: f64,
}

fn row() -> impl Strategy<Value = Row> {
    let counts = (0..2u32, 0..4u32, 0.1f64..3.0);
    (0..8i32, 1..8i32, any::<bool>(), 0..6i32, counts).prop_map(
        |(entry, stay, event, score, (stratum, count, weight))| {
            let exit = entry + stay;
            Row { entry, exit, event, score, stratum, count, weight }
        },
    )
}

/// At least one row has a count.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec(row(), 2..30).prop_map(|mut rows| {
        rows[0].count = 1;
        rows
    })
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    None,
    Frequency,
    Sampling,
}

fn cohort(rows: &[Row], delayed: bool, kind: Kind) -> Cohort {
    let events = rows.iter().map(|row| row.event).collect();
    let exit: Vec<i32> = rows.iter().map(|row| row.exit).collect();
    let strata = factor("site", rows.iter().map(|row| row.stratum).collect());
    let mut builder = Cohort::builder(exit, events).strata(strata).weights(match kind {
        Kind::None => Weights::None,
        Kind::Frequency => {
            Weights::Frequency(rows.iter().map(|row| f64::from(row.count)).collect())
        }
        Kind::Sampling => Weights::Sampling(rows.iter().map(|row| row.weight).collect()),
    });
    if delayed {
        builder = builder.entry(rows.iter().map(|row| row.entry).collect::<Vec<i32>>());
    }
    builder.build().unwrap()
}

fn scores(rows: &[Row]) -> Vec<f64> {
    rows.iter().map(|row| f64::from(row.score)).collect()
}

/// Concordant, discordant and tied pairs by their definition, two rows at a time.
fn pairs(rows: &[Row], delayed: bool, weight: impl Fn(usize) -> f64) -> [f64; 5] {
    let mut counts = [0.0; 5];
    for (i, one) in rows.iter().enumerate().filter(|(_, row)| row.event) {
        for (j, other) in rows.iter().enumerate().filter(|(_, row)| row.stratum == one.stratum) {
            let stays = other.exit > one.exit || (other.exit == one.exit && !other.event);
            let at_risk = !delayed || other.entry < one.exit;
            let both = other.event && other.exit == one.exit && j > i;
            let place = match (stays && at_risk, both, one.score.cmp(&other.score)) {
                (true, _, std::cmp::Ordering::Greater) => 0,
                (true, _, std::cmp::Ordering::Less) => 1,
                (true, ..) => 2,
                (_, true, std::cmp::Ordering::Equal) => 4,
                (_, true, _) => 3,
                _ => continue,
            };
            counts[place] += weight(i) * weight(j);
        }
    }
    counts
}

fn index([concordant, discordant, tied, ..]: [f64; 5]) -> f64 {
    (concordant + tied / 2.0) / (concordant + discordant + tied)
}

fn counts(c: &Concordance) -> [f64; 5] {
    [c.concordant, c.discordant, c.tied_x, c.tied_y, c.tied_xy]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * a.abs().max(b.abs()).max(1.0)
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => close(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn same(a: &Concordance, b: &Concordance) -> Result<(), TestCaseError> {
    prop_assert!(near(a.estimate, b.estimate), "{:?} {:?}", a, b);
    prop_assert!(near(a.std_err, b.std_err), "{:?} {:?}", a, b);
    for (a_count, b_count) in counts(a).into_iter().zip(counts(b)) {
        prop_assert!(close(a_count, b_count), "{:?} {:?}", a, b);
    }
    Ok(())
}

fn shuffled(rows: &[Row], mut state: u64) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        rows.swap(at, (state >> 33) as usize % (at + 1));
    }
    rows
}

fn expanded(rows: &[Row]) -> Vec<Row> {
    rows.iter().flat_map(|row| std::iter::repeat_n(row.clone(), row.count as usize)).collect()
}

/// Brier scores of predictions that depend on the score alone.
fn brier_points(rows: &[Row], cohort: &Cohort) -> Vec<(Option<f64>, Option<f64>)> {
    let predicted = |row: usize, at: usize| 1.0 / f64::from(2 + rows[row].score + at as i32);
    let fit = brier(cohort, &[2.0, 3.5, 5.0, 9.0], predicted).unwrap();
    fit.points().iter().map(|point| (point.score, point.reference)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_tree_counts_pairs(rows in rows(), delayed: bool, weighted: bool) {
        let kind = if weighted { Kind::Sampling } else { Kind::None };
        let weight = |row: usize| if weighted { rows[row].weight } else { 1.0 };
        let got = concordance(&cohort(&rows, delayed, kind), &scores(&rows)).unwrap();
        let want = pairs(&rows, delayed, weight);
        for (got, want) in counts(&got).into_iter().zip(want) {
            let right = if weighted { close(got, want) } else { got == want };
            prop_assert!(right && (got == 0.0) == (want == 0.0), "{} {}", got, want);
        }
        prop_assert_eq!(got.estimate.is_some(), want[..3].iter().any(|&count| count > 0.0));
        if let Some(estimate) = got.estimate {
            prop_assert!(close(estimate, index(want)));
        }
    }

    /// The jackknife against the slope of C in each weight.
    #[test]
    fn the_standard_error_is_made_of_slopes(rows in rows(), delayed: bool) {
        let weights = |moved: usize, by: f64| {
            let rows = rows.clone();
            move |row: usize| rows[row].weight + if row == moved { by } else { 0.0 }
        };
        let c = |moved, by| index(pairs(&rows, delayed, weights(moved, by)));
        let slope = |row: usize| (c(row, 1e-4) - c(row, -1e-4)) / 2e-4;
        let variance: f64 = (0..rows.len()).map(|row| (rows[row].weight * slope(row)).powi(2)).sum();
        let got = concordance(&cohort(&rows, delayed, Kind::Sampling), &scores(&rows)).unwrap();
        if let Some(std_err) = got.std_err {
            prop_assert!((std_err - variance.sqrt()).abs() < 1e-5, "{} {}", std_err, variance.sqrt());
        }
    }

    #[test]
    fn row_order_does_not_matter(rows in rows(), delayed: bool, seed: u64) {
        let other = shuffled(&rows, seed);
        let (a, b) = (cohort(&rows, delayed, Kind::Sampling), cohort(&other, delayed, Kind::Sampling));
        let (x, y) = (scores(&rows), scores(&other));
        same(&concordance(&a, &x).unwrap(), &concordance(&b, &y).unwrap())?;
        if !delayed {
            same(&uno_c(&a, &x, 6.0).unwrap(), &uno_c(&b, &y, 6.0).unwrap())?;
            for (a, b) in brier_points(&rows, &a).into_iter().zip(brier_points(&other, &b)) {
                prop_assert!(near(a.0, b.0) && near(a.1, b.1));
            }
        }
    }

    #[test]
    fn counting_equal_rows_changes_nothing(rows in rows(), delayed: bool, groups in 1..4usize) {
        let each = expanded(&rows);
        let (a, b) = (cohort(&rows, delayed, Kind::Frequency), cohort(&each, delayed, Kind::None));
        let (x, y) = (scores(&rows), scores(&each));
        same(&concordance(&a, &x).unwrap(), &concordance(&b, &y).unwrap())?;
        if delayed || groups > rows.len().min(each.len()) {
            return Ok(());
        }
        same(&uno_c(&a, &x, 6.0).unwrap(), &uno_c(&b, &y, 6.0).unwrap())?;
        for (a, b) in brier_points(&rows, &a).into_iter().zip(brier_points(&each, &b)) {
            prop_assert!(near(a.0, b.0) && near(a.1, b.1));
        }
        let risk = |scores: &[f64]| scores.iter().map(|score| score / 6.0).collect::<Vec<f64>>();
        let fit = |cohort, scores| {
            calibration(cohort, &risk(scores), 4.0, groups, KaplanMeier::default()).unwrap()
        };
        let (a, b) = (fit(&a, &x), fit(&b, &y));
        prop_assert_eq!(a.groups.len(), b.groups.len());
        for (a, b) in a.groups.iter().chain([&a.overall]).zip(b.groups.iter().chain([&b.overall])) {
            prop_assert!(a.n == b.n && close(a.predicted, b.predicted));
            prop_assert!(near(a.observed, b.observed) && near(a.upper, b.upper), "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn only_the_order_of_scores_counts(rows in rows(), delayed: bool) {
        let cohort = cohort(&rows, delayed, Kind::Sampling);
        let bent: Vec<f64> = scores(&rows).iter().map(|score| (score * 0.7).exp() - 9.0).collect();
        prop_assert_eq!(concordance(&cohort, &bent).unwrap(), concordance(&cohort, &scores(&rows)).unwrap());
    }

    #[test]
    fn the_reverse_score_mirrors(rows in rows(), delayed: bool) {
        let cohort = cohort(&rows, delayed, Kind::Sampling);
        let reverse: Vec<f64> = scores(&rows).iter().map(|score| -score).collect();
        let there = concordance(&cohort, &scores(&rows)).unwrap();
        let back = concordance(&cohort, &reverse).unwrap();
        let mirrored = Concordance {
            estimate: back.estimate.map(|estimate| 1.0 - estimate),
            concordant: back.discordant,
            discordant: back.concordant,
            ..back
        };
        same(&there, &mirrored)?;
    }

    /// Pieces of one subject, taken as a cluster, are the subject.
    #[test]
    fn splitting_rows_changes_nothing(rows in rows(), cut in 0.0f64..1.0) {
        let (mut pieces, mut subject) = (Vec::new(), Vec::new());
        for (at, row) in rows.iter().enumerate() {
            let middle = row.entry + (f64::from(row.exit - row.entry) * cut) as i32;
            if middle > row.entry {
                pieces.push(Row { exit: middle, event: false, ..row.clone() });
                subject.push(at as u32);
            }
            pieces.push(Row { entry: middle, ..row.clone() });
            subject.push(at as u32);
        }
        let exit: Vec<i32> = pieces.iter().map(|row| row.exit).collect();
        let entry: Vec<i32> = pieces.iter().map(|row| row.entry).collect();
        let split = Cohort::builder(exit, pieces.iter().map(|row| row.event).collect())
            .entry(entry)
            .strata(factor("site", pieces.iter().map(|row| row.stratum).collect()))
            .cluster(subject)
            .build()
            .unwrap();
        let whole = concordance(&cohort(&rows, true, Kind::None), &scores(&rows)).unwrap();
        same(&whole, &concordance(&split, &scores(&pieces)).unwrap())?;
    }

    #[test]
    fn without_censoring_uno_is_harrell(rows in rows()) {
        let rows: Vec<Row> = rows.into_iter().map(|row| Row { event: true, ..row }).collect();
        let cohort = cohort(&rows, false, Kind::Sampling);
        let harrell = concordance(&cohort, &scores(&rows)).unwrap();
        prop_assert_eq!(uno_c(&cohort, &scores(&rows), 99.0).unwrap(), harrell);
    }

    /// The inverse-censoring estimate of survival is Kaplan–Meier's, so that predicting "dead"
    /// errs by S, "alive" by 1 − S, and S itself by S(1 − S).
    #[test]
    fn brier_weights_are_kaplan_meier(rows in rows(), time in 0.0f64..16.0, weighted: bool) {
        let kind = if weighted { Kind::Sampling } else { Kind::None };
        let cohort = cohort(&rows, false, kind);
        let s = KaplanMeier::default().fit(&cohort).unwrap().curves()[0].at(time).survival;
        let score = |survival: f64| brier(&cohort, &[time], |_, _| survival).unwrap().points()[0];
        prop_assert_eq!(score(0.0).score.is_some(), s.is_some());
        prop_assert!(near(score(0.0).score, s));
        prop_assert!(near(score(1.0).score, s.map(|s| 1.0 - s)));
        prop_assert!(near(score(0.5).reference, s.map(|s| s * (1.0 - s))));
    }

    #[test]
    fn calibration_groups_are_the_rows(rows in rows(), groups in 1..9usize) {
        let groups = groups.min(rows.len());
        let cohort = cohort(&rows, false, Kind::None);
        let risk: Vec<f64> = scores(&rows).iter().map(|score| score / 6.0).collect();
        let fit = calibration(&cohort, &risk, 4.0, groups, KaplanMeier::default()).unwrap();
        let sum: f64 = fit.groups.iter().map(|group| group.n * group.predicted).sum();
        prop_assert!(close(sum, risk.iter().sum()));
        prop_assert!(close(sum, fit.overall.n * fit.overall.predicted));
        prop_assert!(fit.groups.is_sorted_by(|a, b| a.predicted < b.predicted));
        prop_assert!(fit.groups.len() <= groups);
        if groups == 1 {
            prop_assert_eq!(fit.groups[0], fit.overall);
        }
    }
}

/// A cohort large enough to be cut among threads.
fn large(strata: u32, delayed: bool) -> (Cohort, Vec<f64>) {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as i32
    };
    let n = 60_000;
    let time: Vec<i32> = (0..n).map(|_| 1 + next() % 5000).collect();
    let event = (0..n).map(|_| next() % 3 == 0).collect();
    let codes = (0..n).map(|_| next() as u32 % strata).collect();
    let weights = (0..n).map(|_| 0.1 + f64::from(next() % 1000) / 777.0).collect();
    let scores = (0..n).map(|_| f64::from(next() % 9000).sqrt()).collect();
    let mut builder = Cohort::builder(time.clone(), event).strata(factor("site", codes));
    if delayed {
        builder = builder.entry(time.iter().map(|time| time / 3).collect::<Vec<i32>>());
    }
    (builder.weights(Weights::Sampling(weights)).build().unwrap(), scores)
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (strata, delayed) in [(1, false), (5, false), (1, true)] {
        let digest = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let (cohort, scores) = large(strata, delayed);
                let mut text = format!("{:?}", concordance(&cohort, &scores).unwrap());
                if !delayed {
                    text += &format!("{:?}", uno_c(&cohort, &scores, 3000.0).unwrap());
                    let predicted = |row: usize, _| 1.0 / (1.0 + scores[row]);
                    text += &format!("{:?}", brier(&cohort, &[500.0, 2500.0], predicted).unwrap());
                }
                text
            })
        };
        let one = digest(1);
        assert!(one.contains("Some"));
        for threads in [2, 3, 7] {
            assert_eq!(digest(threads), one, "{threads} threads");
        }
    }
}
