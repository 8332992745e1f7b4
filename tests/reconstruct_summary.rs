//! Individuals from printed numbers alone: tasks with known data, a published paper, random cohorts.

use proptest::prelude::*;
use riskset::cohort::Cohort;
use riskset::curve::{ConfType, KaplanMeier, MedianInterval, MedianRule};
use riskset::published::{Printed, PrintedEstimate};
use riskset::reconstruct::ConstraintStatus;
use riskset::reconstruct::summary::{
    DayLattice, Family, FamilyOutcome, FamilyReconstruction, FollowUpKind, Grid, Summary,
    SummaryOutcome, SummaryReconstruction,
};

fn printed(text: &str) -> Printed {
    Printed::parse(text).unwrap()
}

fn estimate(text: &str) -> PrintedEstimate {
    PrintedEstimate::parse(text).unwrap()
}

fn months() -> Grid {
    Grid::days(30.4375).unwrap()
}

/// A row of Liu 2021 (Oncologist 26:383-388): n and a median in months.
fn row(n: u32, text: &str) -> Summary {
    Summary::new(n).median_estimate(&estimate(text)).grid(months())
}

fn feasible(summary: &Summary, draws: usize) -> SummaryReconstruction {
    match summary.reconstruct(1, draws).unwrap() {
        SummaryOutcome::Feasible(found) => found,
        other => panic!("{other:?}"),
    }
}

fn contradiction(summary: &Summary) -> Vec<String> {
    match summary.reconstruct(1, 1).unwrap() {
        SummaryOutcome::Infeasible { contradiction, .. } => contradiction,
        other => panic!("{other:?}"),
    }
}

fn all_met(found: &SummaryReconstruction) -> bool {
    found.constraints().iter().all(|own| own.status == ConstraintStatus::Met)
}

/// Rows of a small CSV file without its header, quotes dropped.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split(',').map(|own| own.trim_matches('"').to_owned()).collect();
    text.lines().skip(1).map(cells).collect()
}

fn tasks() -> Vec<(String, Summary)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reconstruction/summary/");
    let read = |name: &str| rows(&std::fs::read_to_string(format!("{folder}{name}")).unwrap());
    let rates = read("landmarks.csv");
    let task = |own: Vec<String>| {
        let summary = Summary::new(own[1].parse().unwrap()).events(own[2].parse().unwrap());
        let mut summary = summary
            .median(printed(&own[3]))
            .limits(printed(&own[4]), printed(&own[5]))
            .grid(months());
        for rate in rates.iter().filter(|rate| rate[0] == own[0]) {
            let text = format!("{}% ({}%-{}%)", rate[2], rate[3], rate[4]);
            summary = summary.rate(rate[1].parse().unwrap(), estimate(&text));
        }
        (own[0].clone(), summary)
    };
    read("tasks.csv").into_iter().map(task).collect()
}

#[test]
fn tasks_without_a_curve_come_out_to_the_printed_digit() {
    let tasks = tasks();
    assert_eq!(tasks.len(), 3);
    for (name, summary) in tasks {
        let found = feasible(&summary, 20);
        assert_eq!(found.draws().len(), 20, "{name}");
        assert!(all_met(&found), "{name}: {:?}", found.constraints());
    }
}

/// Every median of the paper with the groups it is printed for, but the one in the discussion.
const MAYO: [(u32, Option<u32>, &str); 23] = [
    (71, Some(23), "42.09 (15.64-NR)"),
    (12, Some(4), "NR (0.394-NR)"),
    (59, Some(19), "42.09 (15.64-NR)"),
    (20, None, "9.40 (2.96-16.07)"),
    (20, None, "41.23 (17.48-NR)"),
    (10, None, "9.13 (3.42-NR)"),
    (10, None, "NR (7.29-NR)"),
    (8, None, "2.94 (1.31-6.37)"),
    (8, None, "39.56 (2.10-NR)"),
    (7, None, "13.04 (0.89-NR)"),
    (7, None, "NR (8.28-NR)"),
    (2, None, "1.23 (0-NR)"),
    (2, None, "NR (NR-NR)"),
    (7, None, "13.04 (0.887-NR)"),
    (6, None, "17.18 (0.53-NR)"),
    (6, None, "NR (0.99-NR)"),
    (14, None, "7.70 (2.17-11.99)"),
    (14, None, "41.23 (13.80-NR)"),
    (10, None, "10.35 (1.45-17.18)"),
    (10, None, "41.23 (4.30-NR)"),
    (10, None, "4.44 (0.53-NR)"),
    (10, None, "NR (0.99-NR)"),
    (20, None, "9.4 (2.96-16.07)"),
];

#[test]
fn every_row_of_the_paper_is_feasible_by_itself() {
    for (n, events, text) in MAYO {
        let summary = row(n, text);
        let summary = events.map_or(summary.clone(), |events| summary.events(events));
        let found = feasible(&summary, 5);
        assert!(all_met(&found), "{text}");
    }
}

#[test]
fn days_are_forced() {
    let ep = row(8, "2.94 (1.31-6.37)").forced().unwrap();
    let day = |k: usize| ep.event_times.iter().find(|own| own.k == k).map(|own| own.step);
    assert_eq!((day(1), day(7)), (Some(40), Some(194)));
    assert_eq!(ep.event_sums.iter().find(|own| own.k == 4).map(|own| own.step), Some(179));
    assert_eq!(day(4), None);

    let everolimus = row(2, "1.23 (0-NR)");
    let forced = everolimus.forced().unwrap();
    let days: Vec<i32> = forced.event_times.iter().map(|own| own.step).collect();
    assert_eq!((days, forced.events), (vec![0, 75], (2, 2)));
    let found = feasible(&everolimus, 10);
    assert_eq!(found.draws().len(), 1);
    assert!(row(23, "2.94 (1.31-6.37)").forced().is_err());
}

/// An odd group without censorings has its median on a day, and 2.94 months are none (89.5 days).
/// A censoring before the median makes it the middle of two days, so that 2.94 (1.31-NR) alone can
/// be of 7 patients; with the upper limit of the table it cannot.
#[test]
fn seven_patients_contradict_the_table() {
    let names = contradiction(&row(7, "2.94 (1.31-6.37)"));
    assert_eq!(names, ["n", "median", "median_upper"]);
    let continuous = Summary::new(7).median_estimate(&estimate("2.94 (1.31-6.37)"));
    assert!(all_met(&feasible(&continuous, 3)));

    assert!(all_met(&feasible(&row(7, "2.94 (1.31-NR)"), 3)));
    let uncensored = row(7, "2.94 (1.31-NR)").events(7);
    assert_eq!(contradiction(&uncensored), ["n", "events", "median"]);
}

/// The paper states log-log intervals; with R's default no group of that size has an upper limit.
#[test]
fn the_interval_is_not_the_default_of_r() {
    for (n, text) in [(8, "2.94 (1.31-6.37)"), (10, "10.35 (1.45-17.18)")] {
        let outcome = row(n, text).conf_type(ConfType::Log).reconstruct(1, 1).unwrap();
        let SummaryOutcome::Infeasible { contradiction, grid_matters, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!((contradiction, grid_matters), (vec!["n".into(), "median_upper".into()], false));
    }
}

#[test]
fn months_of_the_paper_are_days() {
    let values = [
        "0.394", "0.46", "0.53", "0.887", "0.89", "0.99", "1.23", "1.31", "1.45", "1.64", "2.10",
        "2.17", "2.94", "2.96", "3.42", "4.30", "4.44", "6.37", "7.29", "7.70", "8.28", "9.13",
        "9.20", "9.40", "10.35", "11.99", "13.04", "13.80", "15.64", "16.07", "17.18", "17.48",
        "18.91", "39.56", "41.23", "42.09", "47.80",
    ];
    let values: Vec<Printed> = values.map(printed).to_vec();
    let misfits = |days: f64| DayLattice::judge(&values, "", days).unwrap().misfits.len();
    let own = DayLattice::judge(&values, "365.25/12", 30.4375).unwrap();
    assert_eq!((own.whole, own.half, own.misfits.len()), (33, 4, 0));
    assert_eq!([30.0, 30.4, 30.42, 30.5, 30.44].map(misfits), [17, 9, 14, 17, 4]);
    let found = DayLattice::find(&values);
    assert_eq!(found[0].per_unit, 365.25 / 12.0);
}

fn joint(family: &Family, draws: usize) -> FamilyReconstruction {
    match family.reconstruct(1, draws).unwrap() {
        FamilyOutcome::Feasible(found) => found,
        other => panic!("{other:?}"),
    }
}

/// CAPTEM by Ki-67 and by line, and overall survival from diagnosis by Ki-67.
#[test]
fn parts_of_a_whole_are_feasible_together() {
    let captem = |whole: &str, ki67: [&str; 2], line: [&str; 2]| {
        Family::new(row(20, whole))
            .divided("ki67", vec![(">=55", row(6, ki67[0])), ("20-54", row(14, ki67[1]))])
            .divided("line", vec![("first", row(10, line[0])), ("second", row(10, line[1]))])
    };
    let pfs = captem(
        "9.40 (2.96-16.07)",
        ["17.18 (0.53-NR)", "7.70 (2.17-11.99)"],
        ["10.35 (1.45-17.18)", "4.44 (0.53-NR)"],
    );
    let os = captem(
        "41.23 (17.48-NR)",
        ["NR (0.99-NR)", "41.23 (13.80-NR)"],
        ["41.23 (4.30-NR)", "NR (0.99-NR)"],
    );
    let diagnosis = Family::new(row(71, "42.09 (15.64-NR)").events(23)).divided(
        "ki67",
        vec![
            (">=55", row(12, "NR (0.394-NR)").events(4)),
            ("20-54", row(59, "42.09 (15.64-NR)").events(19)),
        ],
    );
    for (name, family) in [("PFS", pfs), ("OS", os), ("OS from diagnosis", diagnosis)] {
        let found = joint(&family, 4);
        assert_eq!(found.draws().len(), 4, "{name}");
        assert!(found.constraints().iter().all(|own| own.status == ConstraintStatus::Met));
    }
}

/// Every data set of three or four on ten steps, two to a printed unit.
fn all_small(n: usize) -> Vec<Vec<(i32, bool)>> {
    let kinds: Vec<(i32, bool)> = (0..10).flat_map(|step| [(step, true), (step, false)]).collect();
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..n {
        let longer = all.iter().flat_map(|own| {
            let from = own.last().copied().unwrap_or(0);
            (from..kinds.len()).map(move |kind| [own.as_slice(), &[kind]].concat())
        });
        all = longer.collect();
    }
    all.into_iter().map(|own| own.into_iter().map(|kind| kinds[kind]).collect()).collect()
}

/// The numbers of one data set: median, limits, rate at 1 with limits, three kinds of follow-up,
/// the first and the last time, and the first censoring.
type Numbers = ([Option<f64>; 11], usize);

fn numbers(subjects: &[(i32, bool)], fit: &KaplanMeier) -> Numbers {
    let times: Vec<f64> = subjects.iter().map(|own| f64::from(own.0) / 2.0).collect();
    let event: Vec<bool> = subjects.iter().map(|own| own.1).collect();
    let events = event.iter().filter(|own| **own).count();
    let cohort = Cohort::builder(times.clone(), event).build().unwrap();
    let curve = fit.fit(&cohort).unwrap().curves()[0].clone();
    let (median, rate) = (curve.quantile(0.5).unwrap(), curve.at(1.0));
    let middle = |own: &[f64]| {
        let k = own.len();
        (k > 0).then(|| (own[(k - 1) / 2] + own[k / 2]) / 2.0)
    };
    let alive = times.iter().zip(subjects).filter(|own| !own.1.1).map(|own| *own.0);
    let alive: Vec<f64> = alive.collect();
    let values = [
        median.estimate,
        median.lower,
        median.upper,
        rate.survival,
        rate.lower,
        rate.upper,
        curve.follow_up().median,
        middle(&alive),
        middle(&times),
        times.first().copied(),
        times.last().copied(),
    ];
    (values, events)
}

/// Which of the numbers are printed, in the order of `Numbers`, and as what.
fn small_summary(n: usize, given: &[Option<Printed>; 11], events: Option<usize>) -> Summary {
    let mut own = Summary::new(n as u32).grid(Grid::days(2.0).unwrap());
    own = events.map_or(own.clone(), |events| own.events(events as u32));
    if let Some(median) = &given[0] {
        own = own.median(median.clone());
    }
    if let (Some(lower), Some(upper)) = (&given[1], &given[2]) {
        own = own.limits(lower.clone(), upper.clone());
    }
    if let Some(rate) = &given[3] {
        let limits = given[4].clone().zip(given[5].clone());
        own = own.rate(1.0, PrintedEstimate::new(rate.clone(), limits));
    }
    let kinds = [FollowUpKind::Reverse, FollowUpKind::Survivors, FollowUpKind::Plain];
    for (at, kind) in kinds.into_iter().enumerate() {
        if let Some(printed) = &given[6 + at] {
            own = own.follow_up(kind, printed.clone());
        }
    }
    own = given[9].iter().cloned().fold(own, Summary::min_time);
    given[10].iter().cloned().fold(own, Summary::max_time)
}

/// What is called infeasible has no data set among all of them, and what has one is found: every
/// interval and rule, every kind of number, the values at random.
#[test]
fn answers_agree_with_all_small_data_sets() {
    use rand::{RngExt, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let (mut possible, mut impossible) = (0, 0);
    for case in 0..16 {
        let n = 3 + case % 2;
        let conf_type = ConfType::ALL[case % 5];
        let spss = case % 4 == 3;
        let rule = [MedianRule::Midpoint, MedianRule::FirstAtOrBelow, MedianRule::FirstBelow];
        let rule = if spss { MedianRule::FirstAtOrBelow } else { rule[case % 3] };
        let interval = if spss { MedianInterval::Spss } else { MedianInterval::BrookmeyerCrowley };
        let fit =
            KaplanMeier::default().conf_type(conf_type).median_rule(rule).median_interval(interval);
        let all: Vec<Numbers> = all_small(n).iter().map(|own| numbers(own, &fit)).collect();
        for _ in 0..40 {
            // Two data sets lend their numbers, so that these fit together or not quite.
            let lenders = [0, 1].map(|_| random.random_range(0..all.len()));
            let mut one = |at: usize, share: f64| {
                let lender = lenders[usize::from(random.random::<f64>() < 0.25)];
                let value = all[lender].0[at];
                let decimals = usize::from((3..6).contains(&at));
                let text = value.map_or("NR".to_owned(), |own| format!("{own:.decimals$}"));
                (random.random::<f64>() < share).then(|| printed(&text))
            };
            let mut given: [Option<Printed>; 11] = Default::default();
            given[0] = one(0, 0.8);
            (given[1], given[2]) = (one(1, 1.0), one(2, 1.0));
            given[3] = one(3, 0.5).filter(|own| !own.is_not_reached());
            if one(0, 0.5).is_some() {
                (given[4], given[5]) = (one(4, 1.0), one(5, 1.0));
            }
            let follow_up =
                6 + usize::from(one(0, 0.6).is_some()) + usize::from(one(0, 0.5).is_some());
            given[follow_up] = one(follow_up, 0.4);
            (given[9], given[10]) = (one(9, 0.3), one(10, 1.0));
            let events = one(0, 0.5).map(|_| all[lenders[0]].1);
            if given[3].is_none() {
                (given[4], given[5]) = (None, None);
            }
            let agrees = |own: &Numbers| {
                let met = |(printed, value): (&Option<Printed>, &Option<f64>)| {
                    printed.as_ref().is_none_or(|printed| printed.matches(*value))
                };
                events.is_none_or(|events| events == own.1) && given.iter().zip(&own.0).all(met)
            };
            let summary = small_summary(n, &given, events)
                .conf_type(conf_type)
                .median_rule(rule)
                .median_interval(interval);
            let outcome = summary.reconstruct(1, 1).unwrap();
            match all.iter().any(agrees) {
                true => {
                    possible += 1;
                    assert!(matches!(outcome, SummaryOutcome::Feasible(_)), "{summary:?}");
                }
                false => {
                    impossible += 1;
                    let proven = matches!(outcome, SummaryOutcome::Infeasible { .. });
                    assert!(proven, "{outcome:?} {summary:?}");
                }
            }
        }
    }
    assert!(possible > 100 && impossible > 100, "{possible} {impossible}");
}

/// Exponential-like times with uniform censoring, from whole numbers so that proptest can shrink.
#[derive(Debug, Clone)]
struct Random {
    days: Vec<i32>,
    event: Vec<bool>,
}

fn random() -> impl Strategy<Value = Random> {
    let one = (0.0..1.0f64, 0.0..1.0f64);
    (proptest::collection::vec(one, 3..60), 0.3..3.0f64).prop_map(|(draws, censoring)| {
        let subject = |&(u, c): &(f64, f64)| {
            let (event, censored) = (-400.0 * (1.0 - u).ln(), 900.0 * censoring * c);
            (event.min(censored).ceil() as i32, event <= censored)
        };
        let (days, event) = draws.iter().map(subject).unzip();
        Random { days, event }
    })
}

/// What a paper would print about days of follow-up.
fn summary_of(random: &Random, conf_type: ConfType) -> Summary {
    let times: Vec<f64> = random.days.iter().map(|&day| f64::from(day) / 30.4375).collect();
    let cohort = Cohort::builder(times, random.event.clone()).build().unwrap();
    let fit = KaplanMeier::default().conf_type(conf_type).fit(&cohort).unwrap();
    let curve = &fit.curves()[0];
    let month =
        |time: Option<f64>| printed(&time.map_or("NR".to_owned(), |own| format!("{own:.2}")));
    let percent =
        |value: Option<f64>| value.map_or("NR".to_owned(), |own| format!("{:.0}%", 100.0 * own));
    let median = curve.quantile(0.5).unwrap();
    let events = random.event.iter().filter(|own| **own).count();
    let mut summary = Summary::new(random.days.len() as u32)
        .events(events as u32)
        .median(month(median.estimate))
        .limits(month(median.lower), month(median.upper))
        .conf_type(conf_type)
        .grid(months());
    for time in [6.0, 12.0, 24.0] {
        let at = curve.at(time);
        if at.survival.is_some() {
            let limits = format!("({}-{})", percent(at.lower), percent(at.upper));
            let text = format!("{} {limits}", percent(at.survival));
            summary = summary.rate(time, estimate(&text));
        }
    }
    summary
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Printed numbers of a random cohort give data sets with the same printed numbers.
    #[test]
    fn printed_numbers_come_back(random in random(), at in 0..5usize) {
        let summary = summary_of(&random, ConfType::ALL[at]);
        let found = match summary.reconstruct(7, 2).unwrap() {
            SummaryOutcome::Feasible(found) => found,
            other => return Err(TestCaseError::fail(format!("{other:?} of {summary:?}"))),
        };
        prop_assert!(all_met(&found));
        for draw in found.draws() {
            prop_assert_eq!(draw.subjects.len(), random.days.len());
            prop_assert!(draw.subjects.is_sorted_by_key(|own| own.step));
        }
    }
}

/// Times 1, 2, 4, 6, 7, 9 print 5 (2-7) with plain limits: what log-log limits exclude is said of
/// them, and that others do not.
#[test]
fn infeasible_is_said_of_an_interval() {
    let printed = Summary::new(6).events(6).median_estimate(&estimate("5 (2-7)"));
    let SummaryOutcome::Infeasible { reason, .. } = printed.reconstruct(1, 1).unwrap() else {
        panic!("log-log limits of six patients have no upper end")
    };
    for words in [
        "(by log-log limits, level 0.95, median midpoint)",
        "plain limits",
        "some have all numbers",
    ] {
        assert!(reason.contains(words), "{reason}");
    }
    feasible(&printed.clone().conf_type(ConfType::Plain), 1);
    assert!(printed.conventions_in_words().contains("median midpoint"));
    // Rates alone have no interval.
    let rates = Summary::new(4).rate(1.0, estimate("30%"));
    let SummaryOutcome::Infeasible { reason, .. } = rates.reconstruct(1, 1).unwrap() else {
        panic!("no four patients have 30 %")
    };
    assert!(!reason.contains("limits"), "{reason}");
}

/// Ties of events and censorings are left out where reverse estimates follow the recipe; the reason
/// is not that orders were too many.
#[test]
fn not_found_says_why() {
    let conventions = riskset::convention::Conventions::of(riskset::convention::Dialect::R);
    let printed = Summary::new(7).events(7).median(printed("5")).conventions(&conventions);
    let printed = printed.follow_up(FollowUpKind::Reverse, Printed::parse("6").unwrap());
    let SummaryOutcome::NotFound { reason } = printed.reconstruct(1, 1).unwrap() else {
        panic!("without ties nothing is proven")
    };
    assert!(reason.contains("ties of events and censorings"), "{reason}");
}
