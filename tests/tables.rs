//! Descriptive tables: laws that need no oracle, corners, and statistics one by one.

#![cfg(feature = "cli")]

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::*;
use riskset::describe::{
    Contingency, Describe, Described, Kind, Levels, NumberSummary, QuantileRule, Test, TestChoice,
    TestKind, Untested, anova, kruskal_wallis, level_difference, number_difference, welch,
    wilcoxon,
};
use riskset::table::{Column, MISSING_INT};
use serde_json::Value;

/// A group, and a value that may be missing; none are 0 and 1, which would be counted.
fn rows() -> impl Strategy<Value = Vec<(i32, Option<i32>)>> {
    vec((0..3i32, proptest::option::weighted(0.9, 2..10i32)), 2..40)
}

fn columns(rows: &[(i32, Option<i32>)]) -> (Column, Levels) {
    let value = |row: &(i32, Option<i32>)| row.1.unwrap_or(MISSING_INT);
    let groups = Column::Integer(rows.iter().map(|row| row.0).collect());
    let column = Column::Integer(rows.iter().map(value).collect());
    (column, Levels::of(&groups, 20).unwrap())
}

/// As numbers by ranks, as numbers by means, and as levels.
fn described(rows: &[(i32, Option<i32>)]) -> [Described; 3] {
    let (column, groups) = columns(rows);
    let numbers = Describe::default().categories_below(0);
    [numbers, numbers.test(TestChoice::Means), Describe::default()]
        .map(|own| own.describe(&column, &groups).unwrap())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9)
}

fn same_test(a: Result<Test, Untested>, b: Result<Test, Untested>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a.kind() == b.kind() && near(a.p(), b.p()),
        (a, b) => a == b,
    }
}

fn same_difference(a: Result<f64, Untested>, b: Result<f64, Untested>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => near(a, b),
        (a, b) => a.is_err() && b.is_err(),
    }
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(rows in rows(), seed in any::<u64>()) {
        let mut other = rows.clone();
        let len = other.len();
        (0..len).for_each(|at| other.swap(at, (seed as usize).wrapping_mul(at + 7) % len));
        for (a, b) in described(&rows).iter().zip(&described(&other)) {
            prop_assert!(same_test(a.test(), b.test()), "{:?} {:?}", a.test(), b.test());
            prop_assert!(same_difference(a.difference(), b.difference()));
            prop_assert_eq!(a.overall().n(), b.overall().n());
            let [a, b] = [a, b].map(|own| own.overall().numbers().map(|own| own.quartiles()));
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn the_names_of_groups_do_not_matter(rows in rows()) {
        let renamed: Vec<_> = rows.iter().map(|&(group, value)| (7 - 3 * group, value)).collect();
        for (a, b) in described(&rows).iter().zip(&described(&renamed)) {
            prop_assert!(same_test(a.test(), b.test()), "{:?} {:?}", a.test(), b.test());
            prop_assert!(same_difference(a.difference(), b.difference()));
            let counts = |own: &Described| {
                let mut all: Vec<_> =
                    own.groups().iter().map(|own| (own.n(), own.counts().to_vec())).collect();
                all.sort();
                all
            };
            prop_assert_eq!(counts(a), counts(b));
        }
    }

    #[test]
    fn the_unit_of_numbers_does_not_matter(rows in rows()) {
        let scaled: Vec<_> =
            rows.iter().map(|&(group, value)| (group, value.map(|value| 4 * value + 9))).collect();
        let [ranks, means, _] = described(&rows);
        let [other_ranks, other_means, _] = described(&scaled);
        prop_assert!(same_test(ranks.test(), other_ranks.test()));
        prop_assert!(same_test(means.test(), other_means.test()));
        prop_assert!(same_difference(means.difference(), other_means.difference()));
    }

    #[test]
    fn doubling_doubles_chi_squared_and_keeps_shares(counts in vec(vec(0..9u64, 3), 2..4)) {
        let double = counts.iter().map(|row| row.iter().map(|n| 2 * n).collect()).collect();
        let (one, two) = (Contingency::new(counts), Contingency::new(double));
        match (one.pearson(), two.pearson()) {
            (Ok(a), Ok(b)) => {
                prop_assert!(near(2.0 * a.statistic().unwrap(), b.statistic().unwrap()));
                prop_assert_eq!(a.df(), b.df());
            }
            (a, b) => prop_assert_eq!(a, b),
        }
        prop_assert!(same_difference(level_difference(&one), level_difference(&two)));
    }

    #[test]
    fn what_is_there_is_a_number(rows in rows()) {
        for own in described(&rows) {
            if let Ok(test) = own.test() {
                prop_assert!((0.0..=1.0).contains(&test.p()));
                prop_assert!(test.statistic().is_none_or(f64::is_finite));
            }
            prop_assert!(own.difference().is_ok_and(f64::is_finite) || own.difference().is_err());
            let numbers = own.groups().iter().filter_map(|own| own.numbers());
            for own in numbers {
                let all = [own.mean(), own.sd(), own.range()[0], own.quartiles()[1]];
                prop_assert!(all.into_iter().flatten().all(f64::is_finite));
                prop_assert_eq!(own.mean().is_some(), own.n() > 0);
                prop_assert_eq!(own.sd().is_some(), own.n() > 1);
            }
        }
    }

    /// Of two groups Kruskal and Wallis's χ² is the square of Wilcoxon's z without correction, and F
    /// that of the pooled t.
    #[test]
    fn two_groups_are_a_case_of_many(a in vec(0..30i32, 2..20), b in vec(0..30i32, 2..20)) {
        let [a, b] = [a, b].map(|own| own.into_iter().map(f64::from).collect::<Vec<f64>>());
        let (Ok(two), Ok(many)) = (wilcoxon(&a, &b), kruskal_wallis(&[&a, &b])) else {
            return Ok(());
        };
        let (m, n) = (a.len() as f64, b.len() as f64);
        let centred = two.statistic().unwrap() - 0.5 * m * n;
        let z2 = many.statistic().unwrap();
        prop_assert!(centred != 0.0 || z2 < 1e-20);
        prop_assert!(two.kind() != TestKind::Wilcoxon || two.p() >= many.p() - 1e-12);
        let of = |own: &Vec<f64>| NumberSummary::new(own.clone(), QuantileRule::Type7);
        let (Ok(t), Ok(f)) = (welch(&of(&a), &of(&b)), anova(&[of(&a), of(&b)])) else {
            return Ok(());
        };
        if a.len() == b.len() {
            prop_assert!(near(t.statistic().unwrap().powi(2), f.statistic().unwrap()));
        }
        prop_assert!(number_difference(&[of(&a), of(&b)]).is_ok());
    }
}

#[test]
fn what_does_not_exist_says_why() {
    let groups = Levels::of(&Column::Integer(vec![1, 1, 2, 2]), 20).unwrap();
    let describe = |values: Vec<i32>, by: &Levels| {
        let own = Describe::default().categories_below(0);
        own.describe(&Column::Integer(values), by).unwrap()
    };
    let missing = MISSING_INT;
    let constant = describe(vec![5; 4], &groups);
    assert_eq!(
        (constant.test(), constant.difference()),
        (Err(Untested::Constant), Err(Untested::Constant))
    );
    let none = describe(vec![missing; 4], &groups);
    assert_eq!((none.kind(), none.test()), (Kind::Continuous, Err(Untested::NoValues)));
    assert_eq!((none.overall().n(), none.overall().missing()), (0, 4));
    let one_sided = describe(vec![5, 6, missing, missing], &groups);
    assert_eq!(
        (one_sided.test(), one_sided.difference()),
        (Err(Untested::OneGroup), Err(Untested::OneGroup))
    );
    let alone = describe(vec![5, 6, 7, 8], &Levels::one(4));
    assert_eq!(alone.test(), Err(Untested::OneGroup));
    let flags = Describe::default().describe(&Column::Boolean(vec![2; 4]), &groups).unwrap();
    assert_eq!(flags.groups()[0].proportions(), [None, None]);
}

const COMMANDS: [&[&str]; 8] = [
    &[
        "km",
        "fixtures/data/lung.csv",
        "Surv(time, status == 2) ~ sex + ph.ecog",
        "--at",
        "180,365",
        "--quantiles",
        "0.25",
        "--follow-up",
        "--mean",
    ],
    &[
        "km",
        "fixtures/data/lung.csv",
        "Surv(time, status == 2) ~ sex",
        "--rmst",
        "500",
        "--curve",
        "--bootstrap",
        "40",
        "--at",
        "90",
        "--band",
        "equal-precision",
    ],
    &["table1", "fixtures/data/pbc.csv", "--by", "trt", "--overall", "--smd"],
    &["table1", "fixtures/data/gbsg.csv", "--by", "grade", "--test", "parametric"],
    &[
        "response",
        "fixtures/data/veteran.csv",
        "celltype",
        "--by",
        "trt",
        "--responder",
        "adeno",
        "--control",
        "large,squamous",
        "--not-evaluable",
        "smallcell",
    ],
    &[
        "logrank",
        "fixtures/data/veteran.csv",
        "Surv(time, status) ~ celltype",
        "--trend",
        "--pairwise",
        "holm",
        "--permutations",
        "50",
    ],
    &[
        "cox",
        "fixtures/data/lung.csv",
        "Surv(time, status == 2) ~ age + factor(ph.ecog)",
        "--ph-test",
        "--univariable",
        "--accuracy",
        "365",
    ],
    &[
        "cox",
        "fixtures/data/lung.csv",
        "Surv(time, status == 2) ~ age + sex",
        "--adjusted",
        "sex",
        "--at",
        "180",
        "--baseline",
    ],
];

/// Numbers of a document that are no statistics: what was asked for, and where.
const ASKED: [&str; 12] = [
    "schema_version",
    "conf_level",
    "time",
    "tau",
    "replicates",
    "seed",
    "fisher_below",
    "convergence",
    "quantile_type",
    "categories_below",
    "from",
    "to",
];

fn run(args: &[&str], format: &str) -> Value {
    let args = args.iter().copied().chain(["--format", format]);
    serde_json::from_str(&riskset::cli::execute(args).unwrap()).unwrap()
}

/// The numbers under a value, with where they stand.
fn numbers(path: &str, value: &Value, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Number(number) => found.push((path.to_owned(), number.as_f64().unwrap())),
        Value::Array(all) => all.iter().for_each(|own| numbers(path, own, found)),
        Value::Object(all) => {
            for (key, own) in all.iter().filter(|(key, _)| !ASKED.contains(&key.as_str())) {
                let fraction = key == "p" && path.ends_with("quantiles");
                let pieces = path.ends_with("integrated_brier") && key == "times";
                if !fraction && !pieces && key != "last_time" {
                    numbers(&format!("{path}.{key}"), own, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_statistic_of_a_document_is_a_record() {
    for args in COMMANDS {
        let (document, records) = (run(args, "json"), run(args, "ars"));
        let records = records.as_array().unwrap();
        let known: HashSet<u64> =
            records.iter().filter_map(|own| own["stat"].as_f64()).map(f64::to_bits).collect();
        let mut found = Vec::new();
        numbers("", &document, &mut found);
        let lost: Vec<_> =
            found.iter().filter(|(_, number)| !known.contains(&number.to_bits())).collect();
        assert!(lost.is_empty(), "{args:?}: {lost:?}");
        assert!(found.len() > 20 && records.len() >= 20, "{args:?}");
    }
}

#[test]
fn a_record_says_of_what_it_is() {
    for args in COMMANDS {
        for own in run(args, "ars").as_array().unwrap() {
            let keys: Vec<&str> = own.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys[..2], ["group1", "group1_level"]);
            let last = [
                "variable",
                "variable_level",
                "context",
                "stat_name",
                "stat_label",
                "stat",
                "stat_fmt",
            ];
            assert_eq!(keys[keys.len() - 7..], last);
            assert_eq!(own["context"], args[0]);
            assert!(own["stat_fmt"].as_str().is_some_and(|words| !words.is_empty()), "{own}");
        }
    }
}

/// The words are those of the text table.
#[test]
fn words_are_those_of_the_table() {
    let args = ["table1", "fixtures/data/pbc.csv", "age + stage", "--by", "trt"];
    let text = riskset::cli::execute(args).unwrap();
    let records = run(&args, "ars");
    let word = |variable: &str, level: Value, stat: &str| {
        let own = records.as_array().unwrap().iter().find(|own| {
            own["variable"] == variable
                && own["variable_level"] == level
                && own["stat_name"] == stat
                && own["group1_level"] != "2"
        });
        own.unwrap()["stat_fmt"].as_str().unwrap().to_owned()
    };
    let age = ["median", "q1", "q3"].map(|stat| word("age", Value::Null, stat));
    assert!(text.contains(&format!("{} ({}–{})", age[0], age[1], age[2])), "{age:?}\n{text}");
    let stage = ["count", "proportion"].map(|stat| word("stage", "1".into(), stat));
    assert!(text.contains(&format!("{} ({})", stage[0], stage[1])), "{stage:?}\n{text}");
}

#[test]
fn strata_and_terms_lead_the_groups() {
    let km = ["km", "fixtures/data/lung.csv", "Surv(time, status == 2) ~ 1", "--each", "sex"];
    let by = run(&[&km[..], &["--by", "ph.ecog"]].concat(), "ars");
    let first = by.as_array().unwrap().iter().find(|own| own["variable"] == "median").unwrap();
    let groups = ["group1", "group2", "group2_level", "group3"].map(|key| first[key].clone());
    assert_eq!(groups, ["ph.ecog", "term", "sex", "sex"].map(Value::from));
}

#[test]
fn any_number_of_threads_gives_the_same_table() {
    let args = ["table1", "fixtures/data/rotterdam.csv", "--by", "size", "--smd", "--threads"];
    let with = |threads| run(&[&args[..], &[threads]].concat(), "json");
    assert_eq!(with("1"), with("3"));
}
