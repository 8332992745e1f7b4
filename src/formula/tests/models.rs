use super::{NA, booleans, days, integers, numbers, table, texts};
use crate::cohort::Design;
use crate::formula::{Binder, BoundModel, Expr, Formula, Missing, WeightKind};
use crate::note::Note;
use crate::table::{Column, Table};

/// Days on which follow-up ends are 100 days apart from those on which it begins, or fewer.
fn sample() -> Table {
    table(vec![
        ("time", integers(&[5, 8, 8, 12, 9, 3])),
        ("dead", booleans(&[1, 0, 1, 0, 1, 1])),
        ("age", integers(&[61, 47, 70, 59, NA, 80])),
        ("sex", integers(&[1, 2, 1, 2, 2, 1])),
        ("stage", texts(&["IV", "II", "IV", "", "II", "III"])),
        ("grade", numbers(&[10.0, 9.0, 2.5, 9.0, 10.0, 2.5])),
        ("smokes", booleans(&[1, 0, 2, 1, 1, 0])),
        ("one", texts(&["a", "a", "a", "a", "a", "a"])),
        ("born", days(&[-9000, -8000, -7000, -6000, -5000, -4000])),
        ("dx", days(&[0, 0, 10, 10, 20, 20])),
        ("referral", days(&[5, 5, 15, 15, 25, 25])),
        ("last", days(&[100, 80, 90, 110, 60, 70])),
        ("prrt", days(&[40, NA, 90, 5, NA, 45])),
        ("prrt_day", integers(&[3, NA, 8, 0, NA, 1])),
        ("messy", texts(&["<5", "2", "3", "4", "5", "6"])),
    ])
}

fn bind(text: &str) -> BoundModel {
    Binder::new(&formula(text)).bind_model(&sample()).unwrap_or_else(|error| panic!("{error}"))
}

fn model(right: &str) -> BoundModel {
    bind(&format!("Surv(time, dead) ~ {right}"))
}

fn dated(right: &str) -> BoundModel {
    bind(&format!("Surv((last - dx) / 10, dead) ~ {right}"))
}

fn formula(text: &str) -> Formula {
    Formula::parse(text).unwrap()
}

fn fail(text: &str) -> String {
    Binder::new(&formula(text)).bind_model(&sample()).expect_err(text).to_string()
}

fn names(design: &Design) -> Vec<&str> {
    design.columns().iter().map(|own| own.name.as_str()).collect()
}

fn levels(design: &Design) -> Vec<Option<&str>> {
    design.columns().iter().map(|own| own.level.as_deref()).collect()
}

fn values(design: &Design, column: usize) -> &[f64] {
    &design.columns()[column].values
}

/// (entry, exit, event) of each row.
fn times(model: &BoundModel) -> Vec<(f64, f64, bool)> {
    let cohort = &model.cohort;
    let at = |rank: u32| cohort.axis().time(rank);
    let entry = |row: usize| cohort.entry().map_or(0.0, |entry| at(entry[row]));
    (0..cohort.n_rows())
        .map(|row| (entry(row), at(cohort.exit()[row]), cohort.event()[row]))
        .collect()
}

fn remarks(notes: &[Note]) -> Vec<String> {
    notes.iter().map(Note::to_string).collect()
}

#[test]
fn columns_have_names_and_levels() {
    let own = model("sex + stage + (age >= 60) + sex:stage + ns(grade, df = 2)");
    let expected = [
        "sex",
        "stageIII",
        "stageIV",
        "age >= 60true",
        "ns(grade, df = 2)1",
        "ns(grade, df = 2)2",
        "sex:stageIII",
        "sex:stageIV",
    ];
    assert_eq!(names(&own.design), expected);
    let expected = [
        None,
        Some("III"),
        Some("IV"),
        Some("true"),
        Some("1"),
        Some("2"),
        Some("III"),
        Some("IV"),
    ];
    assert_eq!(levels(&own.design), expected);
    assert_eq!(own.design.terms()[4].name, "sex:stage");
    assert_eq!(own.design.terms()[4].columns, 6..8);
    assert_eq!((own.rows_read, own.dropped), (6, 2));
    assert_eq!(own.table_rows(), [0, 1, 2, 5]);
    assert_eq!(values(&own.design, 7), [1.0, 0.0, 1.0, 0.0]);
    let levels = model("(age >= 60):stage").design.columns()[1].level.clone();
    assert_eq!(levels.as_deref(), Some("true:II"));
}

#[test]
fn a_model_without_columns_has_rows() {
    for right in ["1", "one", "strata(sex)"] {
        let own = model(right);
        assert_eq!((own.design.n_rows(), own.design.n_columns()), (6, 0));
    }
    let own = model("one + sex");
    assert_eq!(own.design.terms()[0].columns, 0..0);
    assert_eq!(remarks(&own.notes), ["one is a in every row: it has no coefficient"]);
    let own = model("factor(sex, levels = c(1, 2, 3))");
    assert_eq!(names(&own.design), ["factor(sex, levels = c(1, 2, 3))2"]);
    assert!(remarks(&own.notes)[0].contains("no row has the level 3"));
}

#[test]
fn strata_clusters_and_offsets_stand_beside() {
    let own = model("age + strata(sex) + cluster(stage) + offset(grade) + offset(grade / 2)");
    assert_eq!(own.cohort.strata().labels(), ["sex=1", "sex=2"]);
    assert_eq!(own.cohort.groups().len(), 1);
    assert_eq!(own.cohort.cluster().unwrap(), [2, 0, 2, 1]);
    assert_eq!(own.design.offset().unwrap(), [15.0, 13.5, 3.75, 3.75]);
    // Who has no cluster is left out and counted.
    let expected = [("age", 1), ("stage", 1)]
        .map(|(variable, rows)| Note::Missing { variable: variable.to_owned(), rows });
    assert_eq!(own.notes, expected);
}

#[test]
fn missing_may_be_a_level() {
    let whole = formula("Surv(time, dead) ~ stage + smokes + sex");
    let own = Binder::new(&whole).missing(Missing::Level).bind_model(&sample()).unwrap();
    assert_eq!(own.dropped, 0);
    let expected =
        ["stageIII", "stageIV", "stage(missing)", "smokestrue", "smokes(missing)", "sex"];
    assert_eq!(names(&own.design), expected);
    assert_eq!(values(&own.design, 2), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(own.recipe.columns(&sample()).unwrap(), own.design);
    let profiles = own.recipe.profiles(&["stage = NA", "smokes = TRUE"]).unwrap();
    assert_eq!(values(&profiles, 2), [1.0, 0.0]);

    let whole = formula("Surv(time, dead) ~ stage + age");
    let error = Binder::new(&whole).missing(Missing::Level).bind_model(&sample()).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("age is missing in 1 row, and age is a number"), "{error}");
    assert!(error.contains("cut(age, c(…))"), "{error}");
    // A class of a number is a category.
    let whole = formula("Surv(time, dead) ~ age >= 60");
    let own = Binder::new(&whole).missing(Missing::Level).bind_model(&sample()).unwrap();
    assert_eq!(levels(&own.design), [Some("true"), Some("(missing)")]);
}

/// Copies of a row counted by a weight, and the copies themselves, have one typical value.
#[test]
fn typical_values_count_copies() {
    let typical = |copies: &[usize], weighted: bool| -> Vec<String> {
        let rows: Vec<usize> = match weighted {
            true => (0..4).collect(),
            false => (0..4).flat_map(|row| vec![row; copies[row]]).collect(),
        };
        let pick = |own: [i32; 4]| integers(&rows.iter().map(|&row| own[row]).collect::<Vec<_>>());
        let stage = ["II", "III", "III", "IV"];
        let stage: Vec<&str> = rows.iter().map(|&row| stage[row]).collect();
        let counts: Vec<i32> = rows.iter().map(|&row| copies[row] as i32).collect();
        let data = table(vec![
            ("time", pick([5, 8, 9, 12])),
            ("dead", pick([1, 1, 0, 1])),
            ("age", pick([61, 47, NA, 59])),
            ("ecog", pick([0, 1, 1, 2])),
            ("stage", texts(&stage)),
            ("n", integers(&counts)),
        ]);
        let whole = formula("Surv(time, dead) ~ age + factor(ecog) + stage");
        let binder = Binder::new(&whole);
        let binder = match weighted {
            true => binder.weights(Expr::column("n"), WeightKind::Frequency),
            false => binder,
        };
        let own = binder.bind_model(&data).unwrap();
        own.recipe.typical().iter().map(|own| format!("{} {}", own.name, own.value)).collect()
    };
    let copies = [1, 2, 9, 5];
    assert_eq!(typical(&copies, true), ["age 56.25", "ecog 2", "stage IV"]);
    assert_eq!(typical(&copies, true), typical(&copies, false));
}

#[test]
fn typical_values_fill_a_profile() {
    let own = model("age + factor(sex) + stage + smokes + years(born, dx)");
    let typical: Vec<String> =
        own.recipe.typical().iter().map(|own| format!("{} {}", own.name, own.value)).collect();
    // The rows in use are 0, 1 and 5.
    let expected = [
        "age 62.666666666666664",
        "sex 1",
        "stage II",
        "smokes false",
        "born 1950-11-02",
        "dx 1970-01-08",
    ];
    assert_eq!(typical, expected);
    let profiles = own.recipe.profiles(&["age=50, sex=\"2\"", "stage = IV, born = 1940-01-01"]);
    let profiles = profiles.unwrap();
    assert_eq!(values(&profiles, 0), [50.0, 188.0 / 3.0]);
    assert_eq!(values(&profiles, 1), [1.0, 0.0]);
    assert_eq!(values(&profiles, 3), [0.0, 1.0]);
    assert_eq!(values(&profiles, 4), [0.0, 0.0]);
    let cases = [
        ("", "a profile cannot be empty", "age = 60"),
        ("age", "age has no value", "name = value"),
        ("age = 60 sex = 2", "an operator is missing", ""),
        ("ages = 60", "the model has no variable ages", "did you mean age?"),
        ("age = 60, age = 61", "age is given twice", ""),
        ("age = old", "age must be a number", ""),
        ("age = -Inf", "a covariate must be a finite number", ""),
        ("age = NA", "a covariate is missing", ""),
        ("stage = V", "stage has no value \"V\"", "the values are II, III, IV"),
        ("smokes = often", "smokes must be true or false", ""),
        ("born = 1", "born must be a date", "as 1950-11-02"),
        ("sex = 3", "a value that the model does not know", "are 1, 2"),
    ];
    for (text, message, help) in cases {
        let error = own.recipe.profiles(&[text]).expect_err(text).to_string();
        assert!(error.contains(message) && error.contains(help), "{text}: {error}");
    }
}

#[test]
fn knots_and_levels_are_remembered() {
    let own = model("factor(sex, labels = c('m', 'w'), ref = 'w') + ns(grade, df = 2) + stage");
    assert_eq!(levels(&own.design)[0], Some("m"));
    let new = table(vec![
        ("sex", integers(&[1, 1])),
        ("grade", numbers(&[2.5, 20.0])),
        ("stage", texts(&["IV", "II"])),
    ]);
    let columns = own.recipe.columns(&new).unwrap();
    assert_eq!(values(&columns, 0), [1.0, 1.0]);
    assert_eq!(values(&columns, 1)[0], 0.0);
    assert_eq!(values(&columns, 3), [0.0, 0.0]);
    assert_eq!(values(&columns, 4), [1.0, 0.0]);
    let unknown = |name: &str, column: Column| {
        let mut columns = vec![("sex", integers(&[1])), ("grade", numbers(&[3.0]))];
        columns.push(("stage", texts(&["IV"])));
        columns.iter_mut().filter(|own| own.0 == name).for_each(|own| own.1 = column.clone());
        own.recipe.columns(&table(columns)).unwrap_err().to_string()
    };
    let error = unknown("sex", integers(&[3]));
    assert!(error.contains("nen.csv: a value that the model does not know\n  line 2"), "{error}");
    assert!(error.contains(": 3") && error.contains("are 1, 2"), "{error}");
    let error = unknown("stage", texts(&["I"]));
    assert!(error.contains("column stage: I") && error.contains("are II, III, IV"), "{error}");
    let error = unknown("grade", numbers(&[f64::NAN]));
    assert!(error.contains("a covariate is missing"), "{error}");
    let error = unknown("grade", texts(&["high"]));
    assert!(error.contains("must be numbers"), "{error}");
    let error = own.recipe.columns(&table(vec![("sex", integers(&[1]))])).unwrap_err();
    assert!(error.to_string().contains("there is no column grade"), "{error}");
}

#[test]
fn follow_up_is_split_at_a_date() {
    let own = dated("sex + tdc(prrt) + sex:tdc(prrt) + strata(grade)");
    assert_eq!(names(&own.design), ["sex", "tdc(prrt)", "sex:tdc(prrt)"]);
    let expected = [
        (0.0, 4.0, false),
        (4.0, 10.0, true),
        (0.0, 8.0, false),
        // The day of the last scan is too late, a day before the diagnosis is from the start.
        (0.0, 8.0, true),
        (0.0, 10.0, false),
        (0.0, 4.0, true),
        (0.0, 2.5, false),
        (2.5, 5.0, true),
    ];
    assert_eq!(times(&own), expected);
    assert_eq!(values(&own.design, 1), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(values(&own.design, 2), [0.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0]);
    assert_eq!(own.table_rows(), [0, 0, 1, 2, 3, 4, 5, 5]);
    assert_eq!(own.cohort.strata().codes(), [2, 2, 1, 0, 1, 2, 0, 0]);
    assert_eq!((own.dropped, levels(&own.design)[1]), (0, None));
    let note = "tdc(prrt): 3 of 6 rows change; follow-up is cut there";
    assert_eq!(remarks(&own.notes), [note]);
    assert_eq!(values(&own.recipe.profiles(&["tdc(prrt) = 1", "sex = 2"]).unwrap(), 1), [1.0, 0.0]);
}

#[test]
fn a_switch_is_on_the_scale_of_the_time() {
    let days = times(&dated("tdc(prrt)"));
    for (time, scale) in [("months(dx, last)", 10.0 / 30.4375), ("last - dx", 10.0)] {
        let own = times(&bind(&format!("Surv({time}, dead) ~ tdc(prrt)")));
        assert_eq!(own.len(), days.len());
        for (own, days) in own.iter().zip(&days) {
            let near = |a: f64, b: f64| (a - b * scale).abs() < 1e-12;
            assert!(near(own.0, days.0) && near(own.1, days.1), "{time}: {own:?} {days:?}");
        }
    }
    // Also a time that is the first of several dates.
    let own = bind("Surv(pmin(last, dx + 50) - dx, dead) ~ tdc(prrt)");
    assert_eq!(times(&own)[..2], [(0.0, 40.0, false), (40.0, 50.0, true)]);
    // Also one of several differences, whichever is taken.
    let own = bind("Surv(ifelse(dead, last - dx, last - 1 - dx), dead) ~ tdc(prrt)");
    assert_eq!(times(&own)[..3], [(0.0, 40.0, false), (40.0, 100.0, true), (0.0, 79.0, false)]);
    // A number is on the scale already.
    let own = model("tdc(prrt_day)");
    assert_eq!(times(&own)[..2], [(0.0, 3.0, false), (3.0, 5.0, true)]);
    assert_eq!(values(&own.design, 0), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn late_entry_and_several_switches() {
    let own = bind("Surv(referral - dx, last - dx, dead) ~ tdc(prrt) + tdc(referral + 10)");
    let expected = [
        (5.0, 15.0, false),
        (15.0, 40.0, false),
        (40.0, 100.0, true),
        (5.0, 15.0, false),
        (15.0, 80.0, false),
    ];
    assert_eq!(times(&own)[..5], expected);
    assert_eq!(values(&own.design, 0)[..5], [0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(values(&own.design, 1)[..5], [0.0, 1.0, 1.0, 0.0, 1.0]);
    // Treated before entry: from the start.
    assert_eq!(values(&own.design, 0)[7..9], [1.0, 1.0]);
}

#[test]
fn groups_may_change_too() {
    let whole = formula("Surv((last - dx) / 10, dead) ~ tdc(prrt) + sex");
    let bound = Binder::new(&whole).bind(&sample()).unwrap();
    let groups = bound.cohort.groups();
    let expected = [
        "tdc(prrt)=false, sex=1",
        "tdc(prrt)=false, sex=2",
        "tdc(prrt)=true, sex=1",
        "tdc(prrt)=true, sex=2",
    ];
    assert_eq!(groups.labels(), expected);
    assert_eq!(groups.codes(), [0, 2, 1, 0, 3, 1, 0, 2]);
    assert_eq!(bound.table_rows(), [0, 0, 1, 2, 3, 4, 5, 5]);
}

#[test]
fn switches_that_cannot_be() {
    let cases = [
        ("Surv(time, dead) ~ tdc(prrt)", "the time time is no difference of dates", "tdc(prrt - "),
        ("Surv((last - dx) - (referral - dx), dead) ~ tdc(prrt)", "is no difference of dates", ""),
        ("Surv(last - dx, dead) ~ tdc(stage)", "tdc() needs a date or a time", "never"),
        ("Surv(last - dx, dead) ~ tdc(prrt) == 1", "tdc() is a term of its own", ""),
        ("Surv(last - dx, dead) ~ strata(tdc(prrt))", "tdc() is a term of its own", ""),
        ("Surv(last - dx, dead) ~ tdc(prtr)", "there is no column prtr", "did you mean prrt?"),
    ];
    for (text, message, help) in cases {
        let found = fail(text);
        assert!(found.contains(message) && found.contains(help), "{found}");
    }
    // Time 0 cannot be at risk in (0, 0].
    let zero =
        table(vec![("t", integers(&[0, 4])), ("e", booleans(&[1, 1])), ("s", integers(&[NA, 2]))]);
    let own = Binder::new(&formula("Surv(t, e) ~ tdc(s)")).bind_model(&zero).unwrap();
    assert_eq!(times(&own), [(0.0, 2.0, false), (2.0, 4.0, true)]);
    assert!(remarks(&own.notes)[1].starts_with("1 row left out: with tdc()"), "{:?}", own.notes);
    assert_eq!((own.table_rows(), own.dropped), (vec![1, 1], 1));
}

#[test]
fn what_happens_later_explains_nothing() {
    let refused = [
        "!is.na(prrt)",
        "sex + (prrt - dx <= 30)",
        "strata(is.na(prrt))",
        "offset(last - dx)",
        "sex:I(years(born, prrt) > 20)",
    ];
    for right in refused {
        let whole = formula(&format!("Surv((last - dx) / 10, dead) ~ {right}"));
        let error = Binder::new(&whole).bind_model(&sample()).expect_err(right).to_string();
        assert!(error.contains("knows the future"), "{error}");
        assert!(error.contains("--landmark T") && error.contains("tdc("), "{error}");
        assert!(Binder::new(&whole).allow_future_covariates().bind_model(&sample()).is_ok());
    }
    let error = fail("Surv(last - dx, dead) ~ is.na(prrt)");
    let start = "nen.csv: is.na(prrt) knows the future: prrt lies after the start of follow-up";
    assert!(error.starts_with(start), "{error}");
    assert!(
        error.contains("\n  line 2, column prrt: 1970-02-10, follow-up starts 1970-01-01\n"),
        "{error}"
    );
    assert!(!error.contains("line 5"), "{error}");
    let whole = formula("Surv(last - dx, dead) ~ is.na(prrt)");
    for binder in [
        Binder::new(&whole),
        Binder::new(&formula("Surv(last - dx, dead) ~ 1")).by(vec![Expr::column("prrt")]),
    ] {
        assert!(binder.bind(&sample()).unwrap_err().to_string().contains("knows the future"));
    }
    // Known at the start, at entry, or not known to be later.
    for text in [
        "Surv(last - dx, dead) ~ years(born, dx) + tdc(prrt)",
        "Surv(referral - dx, last - dx, dead) ~ I(referral - dx > 5)",
        "Surv(time, dead) ~ is.na(prrt)",
    ] {
        bind(text);
    }
    assert!(fail("Surv(last - dx, dead) ~ I(referral - dx > 5)").contains("knows the future"));
}

#[test]
fn each_level_has_its_own_model() {
    let whole = formula("Surv(time, dead) ~ age + stage");
    let binder =
        Binder::new(&whole).by(vec![Expr::column("sex")]).filter(Expr::parse("time > 3").unwrap());
    let parts = binder.bind_model_by(&sample()).unwrap();
    let labels: Vec<&str> = parts.iter().map(|part| part.label.as_str()).collect();
    assert_eq!(labels, ["sex=1", "sex=2"]);
    assert_eq!(parts[1].levels, [("sex".to_owned(), "2".to_owned())]);
    let [men, women] = [&parts[0].model, &parts[1].model];
    assert_eq!((men.rows_read, men.dropped, men.table_rows()), (2, 0, vec![0, 2]));
    assert_eq!((women.rows_read, women.dropped, women.table_rows()), (3, 2, vec![1]));
    assert_eq!(names(&men.design), ["age"]);
    let notes = [
        "of all levels together: 1 row left out by the condition time > 3",
        "1 row left out: age is missing",
        "1 row left out: stage is missing",
        "stage is II in every row: it has no coefficient",
    ];
    assert_eq!(remarks(&women.notes), notes);
    let bad = formula("Surv(time - 8, dead) ~ age");
    let error = Binder::new(&bad).by(vec![Expr::column("sex")]).bind_model_by(&sample());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("line 2, column time - 8: -3\n  line 7"), "{error}");
}

#[test]
fn misfits() {
    let cases = [
        ("factor(sex, ref = 3)", "there is no level \"3\"", "The levels are 1, 2"),
        ("ns(stage, df = 2)", "a spline needs numbers, stage is text", "write stage alone"),
        ("ns(smokes, df = 2)", "a spline needs numbers, smokes is true/false", ""),
        ("ns(messy, df = 2)", "must be numbers", "mend these cells"),
        ("ns(grade, df = 0)", "df must be a whole number from 1 to 100", ""),
        ("ns(grade, df = 2.5)", "df must be a whole number", ""),
        ("ns(grade, df = 5)", "grade runs from 2.5 to 10, the knots are 2.5", "smaller df"),
        ("ns(grade, knots = 12)", "the knots are 12", "knots must lie between the ends"),
        ("log(ns(grade, df = 2))", "ns() is a term of its own", ""),
        ("log(sex - 1)", "a covariate must be a finite number", "column log(sex - 1): -inf"),
        ("cluster(age) + cluster(sex)", "only one cluster()", ""),
    ];
    for (right, message, help) in cases {
        let found = fail(&format!("Surv(time, dead) ~ {right}"));
        assert!(found.contains(message) && found.contains(help), "{found}");
    }
}

#[test]
fn measurements_are_no_categories() {
    let rows = 600;
    let column = |value: fn(i32) -> i32| Column::Integer((0..rows).map(value).collect());
    let half: Vec<f64> = (0..rows).map(|row| f64::from(row / 2) + 0.5).collect();
    let mut lab: Vec<String> = (0..rows).map(|row| (row / 3).to_string()).collect();
    lab[7] = "<5".to_owned();
    let many = table(vec![
        ("t", column(|row| row + 1)),
        ("id", column(|row| row)),
        ("pair", column(|row| row / 2)),
        ("half", numbers(&half)),
        ("lab", texts(&lab.iter().map(String::as_str).collect::<Vec<_>>())),
    ]);
    let fail = |right: &str| {
        let whole = formula(&format!("Surv(t, TRUE) ~ {right}"));
        Binder::new(&whole).bind_model(&many).expect_err(right).to_string()
    };
    let error = fail("factor(id)");
    assert!(error.contains("factor(id) has 600 levels, each a coefficient"), "{error}");
    assert!(error.contains("leave factor() away"), "{error}");
    assert!(fail("strata(id)").contains("id makes 600 strata of 600 rows"));
    assert!(fail("strata(half)").contains("half has more than 50 different values"));
    let error = fail("lab");
    assert!(error.contains("lab must be numbers\n  line 9, column lab: found \"<5\""), "{error}");
    let error = fail("factor(pair):factor(pair / 2)");
    assert!(error.contains("more than 10000 coefficients"), "{error}");
    for right in ["strata(pair)", "factor(pair)", "cluster(id)", "strata(factor(half))"] {
        let whole = formula(&format!("Surv(t, TRUE) ~ {right}"));
        Binder::new(&whole).bind_model(&many).unwrap_or_else(|error| panic!("{error}"));
    }
}
