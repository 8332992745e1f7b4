use super::{NA, booleans, days, integers, numbers, table, texts};
use crate::cohort::Weights;
use crate::error::Error;
use crate::formula::{Binder, Bound, Expr, Formula, WeightKind};
use crate::note::Note;
use crate::table::{Column, Table};

fn sample() -> Table {
    table(vec![
        ("time", integers(&[5, 8, 8, 12, NA, 3])),
        ("start", integers(&[0, 1, 2, 3, 4, 2])),
        ("half", numbers(&[0.5, 1.5, 2.5, 3.5, 4.5, 0.0])),
        ("status", integers(&[2, 1, 2, 1, 2, 2])),
        ("dead", booleans(&[1, 0, 1, 0, 1, 2])),
        ("stage", texts(&["IV", "II", "IV", "II", "II", "III"])),
        ("outcome", texts(&["Dead", "alive", "Dead", "alive", "alive", "Dead"])),
        ("age", integers(&[61, 47, 70, 59, 65, 80])),
        ("grade", numbers(&[10.0, 9.0, 2.5, 9.0, 10.0, 2.5])),
        ("id", integers(&[7, 7, -2, 7, -2, 100_000_000])),
        ("w", numbers(&[1.0, 2.0, 0.5, 2.0, 1.0, 1.0])),
        ("from", days(&[0, 0, 10, 10, 20, 20])),
        ("to", days(&[61, 31, 41, 71, 81, 25])),
        ("CNSR", integers(&[0, 1, 0, 1, 0, 0])),
        ("messy", texts(&["5", "n/a", "7", "x", "3", "2"])),
    ])
}

fn formula(text: &str) -> Formula {
    Formula::parse(text).unwrap()
}

fn bind(text: &str) -> Bound {
    Binder::new(&formula(text)).bind(&sample()).unwrap_or_else(|error| panic!("{error}"))
}

fn fail(text: &str) -> String {
    Binder::new(&formula(text)).bind(&sample()).expect_err(text).to_string()
}

/// Exit times and events.
fn rows(bound: &Bound) -> Vec<(f64, bool)> {
    let cohort = &bound.cohort;
    let time = |row: usize| cohort.axis().time(cohort.exit()[row]);
    (0..cohort.n_rows()).map(|row| (time(row), cohort.event()[row])).collect()
}

fn labels(bound: &Bound) -> Vec<String> {
    let groups = bound.cohort.groups();
    (0..groups.len()).map(|group| groups.label(group)).collect()
}

fn missing(variable: &str, rows: usize) -> Note {
    Note::Missing { variable: variable.to_owned(), rows }
}

#[test]
fn times_events_and_missing_rows() {
    let bound = bind("Surv(time, status == 2) ~ 1");
    let expected = [(5.0, true), (8.0, false), (8.0, true), (12.0, false), (3.0, true)];
    assert_eq!(rows(&bound), expected);
    assert_eq!((bound.rows_read, bound.dropped), (6, 1));
    assert_eq!(bound.notes, [missing("time", 1)]);
    assert_eq!(bound.table_rows(), [0, 1, 2, 3, 5]);

    let bound = bind("Surv(time, dead) ~ 1");
    assert_eq!(rows(&bound), expected[..4]);
    assert_eq!(bound.notes, [missing("time", 1), missing("dead", 1)]);

    let bound = bind("Surv((to - from) / 30.4375, outcome == \"Dead\") ~ 1");
    assert_eq!(bound.dropped, 0);
    assert_eq!(rows(&bound)[0], (61.0 / 30.4375, true));
    assert_eq!(rows(&bound)[5], (5.0 / 30.4375, true));
}

#[test]
fn a_row_counts_once_for_the_first_variable_it_misses() {
    let both = table(vec![
        ("t", integers(&[1, NA, NA, 4])),
        ("e", booleans(&[1, 2, 0, 2])),
        ("g", texts(&["a", "", "", ""])),
    ]);
    let bound = Binder::new(&formula("Surv(t, e) ~ g")).bind(&both).unwrap();
    assert_eq!(bound.notes, [missing("t", 2), missing("e", 1)]);
    assert_eq!((bound.dropped, bound.cohort.n_rows()), (3, 1));
    let whole = formula("Surv(t, TRUE) ~ g + sqrt(e - 2)");
    let error = Binder::new(&whole).bind(&both).unwrap_err().to_string();
    let text = "no rows are left to analyse: sqrt(e - 2) has no value in 2 rows (as log(-1) and \
                0/0): taken as missing; 2 rows left out: t is missing; 1 row left out: g is \
                missing; 1 row left out: sqrt(e - 2) is missing";
    assert_eq!(error, text);
}

#[test]
fn delayed_entry_weights_strata_and_clusters() {
    let whole = formula("Surv(start, time, status == 2) ~ stage + strata(grade) + cluster(id)");
    let weights = Expr::column("w");
    let bound = Binder::new(&whole).weights(weights, WeightKind::Sampling).bind(&sample()).unwrap();
    let cohort = &bound.cohort;
    let entry: Vec<f64> =
        cohort.entry().unwrap().iter().map(|&rank| cohort.axis().time(rank)).collect();
    assert_eq!(entry, [0.0, 1.0, 2.0, 3.0, 2.0]);
    assert_eq!(*cohort.weights(), Weights::Sampling(vec![1.0, 2.0, 0.5, 2.0, 1.0]));
    assert_eq!(cohort.strata().codes(), [2, 1, 0, 1, 0]);
    assert_eq!(cohort.strata().label(0), "grade=2.5");
    assert_eq!(cohort.cluster().unwrap(), [1, 1, 0, 1, 2]);
    assert_eq!(labels(&bound), ["stage=II", "stage=III", "stage=IV"]);

    let grouped = Binder::new(&whole).group_by_strata().bind(&sample()).unwrap();
    assert_eq!(grouped.cohort.strata().len(), 1);
    assert_eq!(labels(&grouped)[0], "stage=II, grade=9");
}

#[test]
fn groups_are_named_as_r_names_them() {
    let cases: [(&str, &[&str]); 11] = [
        ("1", &["overall"]),
        ("stage", &["stage=II", "stage=III", "stage=IV"]),
        ("age>=60", &["age >= 60=false", "age >= 60=true"]),
        ("(age>=60)", &["age >= 60=false", "age >= 60=true"]),
        ("I(age>=60)", &["I(age >= 60)=false", "I(age >= 60)=true"]),
        ("grade", &["grade=2.5", "grade=9", "grade=10"]),
        ("factor(status)", &["factor(status)=1", "factor(status)=2"]),
        (
            "factor(stage, ref = 'IV')",
            &[
                "factor(stage, ref = \"IV\")=IV",
                "factor(stage, ref = \"IV\")=II",
                "factor(stage, ref = \"IV\")=III",
            ],
        ),
        (
            "cut(age, c(0, 60, 100))",
            &["cut(age, c(0, 60, 100))=(0,60]", "cut(age, c(0, 60, 100))=(60,100]"],
        ),
        ("status + stage", &["status=1, stage=II", "status=2, stage=III", "status=2, stage=IV"]),
        ("stage + status", &["stage=II, status=1", "stage=III, status=2", "stage=IV, status=2"]),
    ];
    for (right, expected) in cases {
        assert_eq!(labels(&bind(&format!("Surv(time, status == 2) ~ {right}"))), expected);
    }
}

#[test]
fn conditions_come_first() {
    let whole = formula("Surv(time, status) ~ cut(age, c(0, 65))");
    // Status 1 and 2 would be refused, were the ones not filtered away.
    let condition = Expr::parse("status == 1").unwrap();
    let bound = Binder::new(&whole).filter(condition).bind(&sample()).unwrap();
    assert_eq!(rows(&bound), [(8.0, true), (12.0, true)]);
    let filtered = Note::Filtered { condition: "status == 1".to_owned(), rows: 4 };
    assert_eq!(bound.notes, [filtered]);
    assert_eq!((bound.table_rows(), bound.dropped), (vec![1, 3], 4));

    let whole = formula("Surv(time, status == 2) ~ cut(age, c(0, 65))");
    let condition = Expr::parse("stage != 'IV' & !is.na(dead)").unwrap();
    let bound = Binder::new(&whole).filter(condition.clone()).bind(&sample()).unwrap();
    assert_eq!((bound.dropped, bound.table_rows()), (4, vec![1, 3]));
    assert_eq!(bound.notes[1], missing("time", 1));
    let owned = Binder::new(&whole).filter(condition).bind_owned(sample()).unwrap();
    assert_eq!((owned.cohort.exit(), &owned.notes), (bound.cohort.exit(), &bound.notes));

    let binder = Binder::new(&whole).filter(Expr::parse("age").unwrap());
    let error = binder.bind(&sample()).unwrap_err().to_string();
    assert!(error.contains("this is number, not a condition"), "{error}");
    let binder = Binder::new(&whole).filter(Expr::parse("age > 200").unwrap());
    let error = binder.bind(&sample()).unwrap_err().to_string();
    assert_eq!(error, "no rows are left to analyse: 6 rows left out by the condition age > 200");
}

#[test]
fn columns_may_be_taken() {
    for text in [
        "Surv(time, status == 2) ~ stage + status",
        "Surv(start, time, dead) ~ start + strata(stage) + cluster(id)",
        "Surv(half, half > 2) ~ half + (half)",
    ] {
        let whole = formula(text);
        let binder = Binder::new(&whole).by(vec![Expr::column("stage")]);
        let (lent, given) = (binder.bind(&sample()).unwrap(), binder.bind_owned(sample()).unwrap());
        assert_eq!(rows(&lent), rows(&given));
        assert_eq!(lent.cohort.groups(), given.cohort.groups());
        assert_eq!(lent.cohort.strata(), given.cohort.strata());
        assert_eq!(lent.cohort.cluster(), given.cohort.cluster());
        assert_eq!((lent.by, lent.notes), (given.by, given.notes));
    }
}

#[test]
fn analyses_by_level() {
    let whole = formula("Surv(time, status == 2) ~ age >= 60");
    let by = vec![Expr::column("stage"), Expr::column("status")];
    let binder = Binder::new(&whole).by(by);
    assert_eq!(binder.columns(), ["time", "status", "age", "stage"]);
    let parts = binder.bind(&sample()).unwrap().parts().unwrap();
    let found: Vec<(&str, usize)> =
        parts.iter().map(|part| (part.label.as_str(), part.cohort.n_rows())).collect();
    let expected =
        [("stage=II, status=1", 2), ("stage=III, status=2", 1), ("stage=IV, status=2", 2)];
    assert_eq!(found, expected);
    assert_eq!(parts[2].levels[0], ("stage".to_owned(), "IV".to_owned()));
    let single = bind("Surv(time, status == 2) ~ 1").parts().unwrap();
    assert_eq!((single.len(), single[0].label.as_str()), (1, "overall"));
}

#[test]
fn time_zero_by_dialect() {
    let whole = formula("Surv(half, status == 2) ~ 1");
    let bound = Binder::new(&whole).drop_time_zero("Stata").bind(&sample()).unwrap();
    assert_eq!(bound.notes, [Note::TimeZero { rows: 1, dialect: "Stata" }]);
    assert_eq!((bound.table_rows(), bound.dropped), (vec![0, 1, 2, 3, 4], 1));
    assert_eq!(Binder::new(&whole).bind(&sample()).unwrap().cohort.n_rows(), 6);
}

#[test]
fn the_event_is_never_guessed() {
    let cases = [
        ("status", "which value of status is the event? Found 1 (2), 2 (3)", "status == 2"),
        ("outcome", "Found \"Dead\" (3), \"alive\" (2)", "outcome == \"Dead\""),
        ("CNSR", "CNSR is 1 for censored rows", "CNSR == 0"),
        ("I(CNSR)", "CNSR is 1 for censored rows", "CNSR == 0"),
        ("to", "It holds dates", "!is.na(to)"),
        ("half", "Found 0 (1), 0.5 (1), 1.5 (1), 2.5 (1), 3.5 (1)", ""),
        ("outcome == 'daed'", "no row has the value \"daed\"", "did you mean \"Dead\"?"),
        ("outcome %in% c('Dead', 'alve')", "no row has the value \"alve\"", "\"alive\"?"),
        ("outcome == 2", "== cannot compare text with a number", ""),
    ];
    for (event, message, help) in cases {
        let found = fail(&format!("Surv(time, {event}) ~ 1"));
        assert!(found.contains(message) && found.contains(help), "{found}");
        assert!(found.contains("^"), "{found}");
    }
    for one in [0, 1] {
        for column in [integers(&[one; 3]), numbers(&[f64::from(one); 3])] {
            let table = table(vec![("t", integers(&[1, 2, 3])), ("e", column)]);
            let bound = Binder::new(&formula("Surv(t, e) ~ 1")).bind(&table).unwrap();
            assert_eq!(bound.cohort.n_events(), 3 * one as usize);
        }
    }
    let never = bind("Surv(time, status == 3) ~ 1");
    let note = "status == 3 is true in no row: there are no events";
    assert_eq!(never.notes[1], Note::Remark(note.to_owned()));
    assert_eq!(bind("Surv(time, CNSR == 0) ~ 1").cohort.n_events(), 3);
    assert_eq!(bind("Surv(time, TRUE) ~ 1").cohort.n_events(), 5);
}

#[test]
fn misfits() {
    let cases = [
        ("Surv(tme, status == 2) ~ 1", "there is no column tme", "did you mean time?"),
        ("Surv(to, status == 2) ~ 1", "time must be a number, this is a date", "to - diagnosis"),
        ("Surv(dead, status == 2) ~ 1", "time must be a number, this is true/false", ""),
        ("Surv(time, dead) ~ stage * age", "groups do not interact", "write stage + age"),
        ("Surv(time, dead) ~ to", "to is a date, which makes no groups", "years(to, …)"),
        ("Surv(time, dead) ~ offset(age)", "offset() belongs to regression", "leave it out"),
        ("Surv(time, dead) ~ cluster(id) + cluster(age)", "only one cluster()", ""),
        ("PFS ~ stage", "there is no endpoint PFS", "plan"),
        ("Surv(time, dead) ~ ns(age, df = 3)", "ns() belongs to regression models", "cut(x, c(…))"),
        ("Surv(time, dead) ~ log(tdc(age))", "tdc() is a term of its own", "~ sex + tdc(surgery)"),
    ];
    for (text, message, help) in cases {
        let found = fail(text);
        assert!(found.contains(message) && found.contains(help), "{found}");
    }
    let many = table(vec![("t", integers(&[1; 51])), ("x", Column::Integer((0..51).collect()))]);
    let too_many = formula("Surv(t, TRUE) ~ x");
    let found = Binder::new(&too_many).bind(&many).unwrap_err().to_string();
    assert!(found.contains("x has more than 50 different values"), "{found}");
    assert!(found.contains("cut(x, c(…)); if these are categories, factor(x)"), "{found}");
    let factor = formula("Surv(t, TRUE) ~ factor(x)");
    assert_eq!(Binder::new(&factor).bind(&many).unwrap().cohort.groups().len(), 51);
}

fn located(text: &str, condition: &str) -> Error {
    let whole = formula(text);
    let condition = Expr::parse(condition).unwrap();
    Binder::new(&whole).filter(condition).bind(&sample()).expect_err(text)
}

#[test]
fn errors_about_rows_name_the_line() {
    let found = located("Surv(messy, dead) ~ 1", "age < 70").to_string();
    let start = "nen.csv: time must be numbers\n  line 3, column messy: found \"n/a\", expected a \
                 number\n  line 5, column messy: found \"x\", expected a number\nhelp: ";
    assert!(found.starts_with(start), "{found}");

    let found = located("Surv(time - 8, dead) ~ 1", "age > 0 & age != 47").to_string();
    let start =
        "nen.csv: time must be a number that is not negative\n  line 2, column time - 8: -3\n";
    assert!(found.starts_with(start), "{found}");

    // The row without a time comes before the one at fault.
    let found = located("Surv(start, time - 2, TRUE) ~ 1", "age >= 65").to_string();
    let start =
        "nen.csv: entry must lie before exit\n  line 7, column start: enters at 2, leaves at 1\n";
    assert!(found.starts_with(start), "{found}");

    let whole = formula("Surv(time, dead) ~ 1");
    let binder = Binder::new(&whole).weights(Expr::column("w"), WeightKind::Frequency);
    let found = binder.bind(&sample()).unwrap_err().to_string();
    assert!(found.contains("\n  line 4, column w: 0.5\n"), "{found}");
    let binder = Binder::new(&whole).weights(Expr::column("ww"), WeightKind::Frequency);
    let found = binder.bind(&sample()).unwrap_err().to_string();
    assert!(
        found.contains("there is no column ww") && found.contains("did you mean w?"),
        "{found}"
    );
}

#[test]
fn an_empty_table_has_no_rows_to_analyse() {
    let empty = table(vec![("t", integers(&[])), ("e", integers(&[])), ("g", texts(&[]))]);
    let whole = formula("Surv(t, e == 2) ~ g + cut(t, c(0, 1)) + ifelse(TRUE, g, g)");
    let error = Binder::new(&whole).bind(&empty).unwrap_err().to_string();
    assert_eq!(error, "there are no rows to analyse");
}
