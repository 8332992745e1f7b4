use super::{NA, booleans, days, integers, numbers, table, texts};
use crate::error::{Error, ErrorKind};
use crate::formula::Expr;
use crate::formula::eval::Evaluator;
use crate::note::Note;
use crate::table::{Category, Column, MISSING_CODE, Table};

fn sample() -> Table {
    table(vec![
        ("i", integers(&[1, 2, NA, 4])),
        ("x", numbers(&[0.5, -1.5, f64::NAN, 2.0])),
        ("b", booleans(&[0, 1, 2, 1])),
        ("s", texts(&["low", "high", "", "low"])),
        ("r", texts(&["high", "high", "low", ""])),
        ("d", days(&[0, 31, NA, 18262])),
        ("e", days(&[10, 31, 5, NA])),
        ("typo", texts(&["1", "2", "abc", "4"])),
    ])
}

fn value(text: &str) -> Column {
    Expr::parse(text).unwrap().evaluate(&sample()).unwrap_or_else(|e| panic!("{e}")).into_owned()
}

fn fail(text: &str) -> Error {
    Expr::parse(text).unwrap().evaluate(&sample()).expect_err(text)
}

/// Numbers with -99 where missing.
fn reals(text: &str) -> Vec<f64> {
    let known = |v: f64| if v.is_nan() { -99.0 } else { v };
    match value(text) {
        Column::Number { values, .. } => values.into_iter().map(known).collect(),
        Column::Integer(values) => {
            values.into_iter().map(|v| if v == NA { -99.0 } else { f64::from(v) }).collect()
        }
        other => panic!("{text}: {other:?}"),
    }
}

fn flags(text: &str) -> Vec<u8> {
    match value(text) {
        Column::Boolean(values) => values,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn arithmetic_carries_missing_values() {
    let cases = [
        ("i + 1", [2.0, 3.0, -99.0, 5.0]),
        ("i - x", [0.5, 3.5, -99.0, 2.0]),
        ("i * i", [1.0, 4.0, -99.0, 16.0]),
        ("2 / i", [2.0, 1.0, -99.0, 0.5]),
        ("i ^ 2", [1.0, 4.0, -99.0, 16.0]),
        ("2 ^ i", [2.0, 4.0, -99.0, 16.0]),
        ("-i", [-1.0, -2.0, -99.0, -4.0]),
        ("-x", [-0.5, 1.5, -99.0, -2.0]),
        ("-b", [0.0, -1.0, -99.0, -1.0]),
        ("b + i", [1.0, 3.0, -99.0, 5.0]),
        ("2 * 3 + 1", [7.0; 4]),
        ("abs(x)", [0.5, 1.5, -99.0, 2.0]),
        ("floor(x)", [0.0, -2.0, -99.0, 2.0]),
        ("ceiling(x)", [1.0, -1.0, -99.0, 2.0]),
        // R: round(c(.5, -1.5, NA, 2)) is 0 -2 NA 2.
        ("round(x)", [0.0, -2.0, -99.0, 2.0]),
        ("round(x / 7, 2)", [0.07, -0.21, -99.0, 0.29]),
        ("round(i / 8, 2)", [0.12, 0.25, -99.0, 0.5]),
        ("round(0.15, 1)", [0.1; 4]),
        ("round(2.675, 2)", [2.67; 4]),
        ("sqrt(i * i)", [1.0, 2.0, -99.0, 4.0]),
        ("log2(2 ^ i)", [1.0, 2.0, -99.0, 4.0]),
        ("log10(10 ^ i)", [1.0, 2.0, -99.0, 4.0]),
        ("log(4 ^ i, 4)", [1.0, 2.0, -99.0, 4.0]),
        ("log(exp(x))", [0.5, -1.5, -99.0, 2.0]),
        ("pmin(i, 2)", [1.0, 2.0, -99.0, 2.0]),
        ("pmax(i, x, 1.5)", [1.5, 2.0, -99.0, 4.0]),
        ("pmax(i, 3, na.rm = TRUE)", [3.0, 3.0, 3.0, 4.0]),
        ("ifelse(b, i, 9)", [9.0, 2.0, -99.0, 4.0]),
        ("ifelse(b, x, i)", [1.0, -1.5, -99.0, 2.0]),
        ("ifelse(TRUE, i, 9)", [1.0, 2.0, -99.0, 4.0]),
        ("coalesce(i, 7)", [1.0, 2.0, 7.0, 4.0]),
        ("coalesce(NA, x, i, 0)", [0.5, -1.5, 0.0, 2.0]),
    ];
    for (text, expected) in cases {
        let found = reals(text);
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near, "{text}: {found:?}");
    }
}

#[test]
fn dates_subtract_to_days() {
    assert_eq!(value("e - d"), integers(&[10, 0, NA, NA]));
    assert_eq!(value("2020-01-01 - d"), integers(&[18262, 18231, NA, 0]));
    assert_eq!(value("d + 7"), days(&[7, 38, NA, 18269]));
    assert_eq!(value("d - 1.5"), days(&[-2, 29, NA, 18260]));
    assert_eq!(value("pmin(d, e)"), days(&[0, 31, NA, NA]));
    assert_eq!(value("pmin(d, e, na.rm = TRUE)"), days(&[0, 31, 5, 18262]));
    assert_eq!(value("coalesce(d, e)"), days(&[0, 31, 5, 18262]));
    assert_eq!(value("ifelse(is.na(d), NA, d)"), days(&[0, 31, NA, 18262]));
    assert_eq!(value("2020-03-01 - 2020-02-01"), integers(&[29; 4]));
    assert_eq!(reals("months(d, e)"), [10.0 / 30.4375, 0.0, -99.0, -99.0]);
    assert_eq!(reals("years(d, '2020-01-01')"), [18262.0 / 365.25, 18231.0 / 365.25, -99.0, 0.0]);
    assert_eq!(reals("(e - d) / 30.4375"), reals("months(from = d, to = e)"));
}

#[test]
fn conditions_know_three_values() {
    let cases = [
        ("i == 2", [0, 1, 2, 0]),
        ("i != 2", [1, 0, 2, 1]),
        ("i < x", [0, 0, 2, 0]),
        ("x <= 0.5", [1, 1, 2, 0]),
        ("2 > i", [1, 0, 2, 0]),
        ("i >= 2", [0, 1, 2, 1]),
        ("b == TRUE", [0, 1, 2, 1]),
        ("b == 1", [0, 1, 2, 1]),
        ("i == NA", [2; 4]),
        ("s == NA", [2; 4]),
        ("!b", [1, 0, 2, 0]),
        ("b & FALSE", [0, 0, 0, 0]),
        ("b & T", [0, 1, 2, 1]),
        ("b | TRUE", [1, 1, 1, 1]),
        ("b | F", [0, 1, 2, 1]),
        ("b & NA", [0, 2, 2, 2]),
        ("b | NA", [2, 1, 2, 1]),
        ("is.na(x)", [0, 0, 1, 0]),
        ("is.na(s)", [0, 0, 1, 0]),
        ("!is.na(d)", [1, 1, 0, 1]),
        ("is.na(NA)", [1; 4]),
        ("i %in% c(1, 4)", [1, 0, 2, 1]),
        ("i %in% 2", [0, 1, 2, 0]),
        ("b %in% TRUE", [0, 1, 2, 1]),
        ("s == \"low\"", [1, 0, 2, 1]),
        ("s != 'low'", [0, 1, 2, 0]),
        ("'low' == s", [1, 0, 2, 1]),
        ("s %in% c('low', 'high')", [1, 1, 2, 1]),
        ("s == r", [0, 1, 2, 2]),
        ("s != r", [1, 0, 2, 2]),
        ("d == 1970-02-01", [0, 1, 2, 0]),
        ("d >= '1970-02-01'", [0, 1, 2, 1]),
        ("'1970-02-01' <= d", [0, 1, 2, 1]),
        ("d < e", [1, 0, 2, 2]),
        ("d %in% c('1970-02-01', 2020-01-01)", [0, 1, 2, 1]),
        ("'a' == 'a'", [1; 4]),
        ("1 < 2 & 3 > 2", [1; 4]),
    ];
    for (text, expected) in cases {
        assert_eq!(flags(text), expected, "{text}");
    }
}

/// Codes (-1: missing) and levels of a category.
fn category(text: &str) -> (Vec<i64>, Vec<String>) {
    let Column::Category(Category { codes, levels }) = value(text) else { panic!("{text}") };
    let code = |&code: &u32| if code == MISSING_CODE { -1 } else { i64::from(code) };
    (codes.iter().map(code).collect(), levels.to_vec())
}

#[test]
fn factors_and_classes() {
    let cases: [(&str, [i64; 4], &[&str]); 15] = [
        ("factor(i)", [0, 1, -1, 2], &["1", "2", "4"]),
        ("factor(x)", [1, 0, -1, 2], &["-1.5", "0.5", "2"]),
        ("factor(b)", [0, 1, -1, 1], &["false", "true"]),
        ("factor(s)", [1, 0, -1, 1], &["high", "low"]),
        ("factor(s, ref = 'low')", [0, 1, -1, 0], &["low", "high"]),
        ("factor(i, ref = 2)", [1, 0, -1, 2], &["2", "1", "4"]),
        ("factor(s, levels = c('low', 'high'))", [0, 1, -1, 0], &["low", "high"]),
        ("factor(i, levels = c(4, 1))", [1, -1, -1, 0], &["4", "1"]),
        ("factor(i, c(4, 1), c('four', 'one'))", [1, -1, -1, 0], &["four", "one"]),
        ("factor(i, labels = c('a', 'b', 'a'))", [0, 1, -1, 0], &["a", "b"]),
        ("cut(i, c(0, 2, 4))", [0, 0, -1, 1], &["(0,2]", "(2,4]"]),
        ("cut(i, c(1, 2, 4), right = FALSE)", [0, 1, -1, -1], &["[1,2)", "[2,4)"]),
        (
            "cut(i, c(4, 1, 2), right = FALSE, include.lowest = TRUE)",
            [0, 1, -1, 1],
            &["[1,2)", "[2,4]"],
        ),
        ("cut(i, c(1, 2, Inf), include.lowest = TRUE)", [0, 0, -1, 1], &["[1,2]", "(2,Inf]"]),
        ("cut(x, c(-Inf, 0, Inf), c('neg', 'pos'))", [1, 0, -1, 1], &["neg", "pos"]),
    ];
    for (text, codes, levels) in cases {
        let (found_codes, found_levels) = category(text);
        assert_eq!(
            (&found_codes[..], &found_levels[..]),
            (&codes[..], &strings(levels)[..]),
            "{text}"
        );
    }
    assert_eq!(reals("cut(i, c(0, 2, 4), labels = FALSE)"), [1.0, 1.0, -99.0, 2.0]);
    let (codes, levels) = category("ifelse(b, s, 'other')");
    assert_eq!((codes, levels), (vec![2, 0, -1, 1], strings(&["high", "low", "other"])));
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn labels_of_classes_are_those_of_r() {
    // R 4.2.2: levels(cut(0, c(…))).
    let cases: [(&str, &[&str]); 8] = [
        ("18, 70, 76, 120", &["(18,70]", "(70,76]", "(76,120]"]),
        ("0, 1000, 20000", &["(0,1e+03]", "(1e+03,2e+04]"]),
        ("0, 1234, 1235", &["(0,1.23e+03]", "(1.23e+03,1.24e+03]"]),
        ("-Inf, 0, Inf", &["(-Inf,0]", "(0, Inf]"]),
        ("0.5, 0.25, 0.125", &["(0.125,0.25]", "(0.25,0.5]"]),
        ("1000.5, 1000.25, 3", &["(3,1000.2]", "(1000.2,1000.5]"]),
        ("0, 1e-13, 2", &["(0,1e-13]", "(1e-13,2]"]),
        ("1, 1.00000000000001, 2", &["Range_1", "Range_2"]),
    ];
    for (breaks, levels) in cases {
        assert_eq!(category(&format!("cut(i, c({breaks}))")).1, strings(levels), "{breaks}");
    }
    assert_eq!(category("cut(i, c(0, 1234, 1e5), dig.lab = 5)").1, ["(0,1234]", "(1234,1e+05]"]);
}

fn notes(text: &str) -> Vec<Note> {
    let table = sample();
    let mut evaluator = Evaluator::new(&table);
    evaluator.column(&Expr::parse(text).unwrap()).unwrap();
    evaluator.notes
}

#[test]
fn what_gets_lost_is_counted() {
    let cases = [
        ("log(x)", "log(x) has no value in 1 row (as log(-1) and 0/0): taken as missing"),
        ("(i - i) / (x - x)", "/ has no value in 3 rows (as log(-1) and 0/0): taken as missing"),
        (
            "cut(i, c(1, 2))",
            "cut(i, c(1, 2)): 2 rows outside the breaks 1 to 2 (1, 4), taken as missing",
        ),
        ("factor(s, levels = 'low')", "factor(s): 1 row not in levels (high), taken as missing"),
        (
            "s == 'lw'",
            "no row has the value \"lw\": did you mean \"low\"? The values are high, low",
        ),
        ("months(d, e)", "months(d, e): days divided by 30.4375"),
    ];
    for (text, note) in cases {
        assert_eq!(notes(text), [Note::Remark(note.to_owned())], "{text}");
    }
    for text in ["log(i)", "cut(i, c(0, 4))", "i / 2", "sqrt(b)"] {
        assert_eq!(notes(text), [], "{text}");
    }
}

#[test]
fn misfits_point_at_the_operator() {
    let cases = [
        ("s + 1", "+", "+ does not work on text and a number", ""),
        ("1 + s", "+", "+ does not work on text and a number", ""),
        ("d + e", "+", "dates can be subtracted only", "subtract"),
        ("d * 2", "*", "* does not work on a date and a number", "(to - from) / 30.4375"),
        ("2 - d", "-", "- does not work on a date and a number", ""),
        ("s == 1", "==", "== cannot compare text with a number", "in quotes: \"1\""),
        ("i == '1'", "==", "== cannot compare a number with text", "without quotes"),
        ("s < 'low'", "<", "< does not work on text", "%in%"),
        ("s %in% c(1, 2)", "%in%", "cannot compare text with a number", "in quotes"),
        ("d == 5", "==", "== cannot compare a date with a number", "2024-06-30"),
        ("d == 'May'", "'May'", "\"May\" is not a date", "2024-06-30"),
        ("d == s", "s", "compares dates with a column of text", ""),
        ("s & b", "&", "& joins conditions, not text", ""),
        ("!s", "s", "! turns a condition round, not text", ""),
        ("!d", "d", "not a date", ""),
        ("log(s)", "s", "this is text, not a number", ""),
        ("-d", "d", "this is a date, not a number", ""),
        ("agee > 1", "agee", "there is no column agee", "the columns are i, x, b"),
        ("typos > 1", "typos", "there is no column typos", "did you mean typo?"),
        ("I > 1", "I", "there is no column I", "did you mean i?"),
        ("cut(i, 3)", "3", "two breaks or more", "Inf"),
        ("cut(i, c(1, 1))", "c(1, 1)", "break 1 is given twice", ""),
        ("cut(i, c(1, 'a'))", "c(1, 'a')", "numbers must stand here", ""),
        ("cut(i, c(1, 2), c('a', 'b'))", "c('a', 'b')", "2 labels for 1 classes", ""),
        ("factor(s, ref = 'lo')", "'lo'", "there is no level \"lo\"", "did you mean \"low\"?"),
        ("factor(s, labels = 'a')", "'a'", "1 labels for 2 levels", "high, low"),
        ("factor(i, levels = c(1, 1))", "c(1, 1)", "level 1 is given twice", ""),
        ("ifelse(s, 1, 2)", "ifelse(s, 1, 2)", "begins with a condition", ""),
        ("ifelse(b, s, 2)", "ifelse(b, s, 2)", "this gives text or a number", "one kind"),
        ("pmin(d, i)", "i", "pmin() cannot mix dates and other values", ""),
        ("months(i, d)", "i", "this is a number, not a date", ""),
        ("i %in% x", "x", "a constant must stand here", "c(1, 2)"),
        ("c(1, 2)", "c(1, 2)", "c() can stand only where a list", "%in%"),
        ("ns(i, df = 3)", "ns(i, df = 3)", "ns() is a term of its own", "ns(age, df = 3)"),
        ("tdc(d)", "tdc(d)", "tdc() is a term of its own", "~ sex + tdc(surgery)"),
        ("i + x:b", ":", ": joins terms", "a:b"),
    ];
    for (text, at, message, help) in cases {
        let error = fail(text);
        let ErrorKind::Formula(found) = error.kind() else { panic!("{text}: {error}") };
        assert_eq!(&found.text[found.span.clone()], at, "{error}");
        assert!(found.message.contains(message), "{error}");
        assert!(found.help.as_deref().unwrap_or("").contains(help), "{error}");
        assert_eq!(error.exit_status(), 1);
    }
}

#[test]
fn a_few_cells_of_text_among_numbers_are_listed() {
    for text in ["typo + 1", "log(typo)", "2 * typo"] {
        let shown = fail(text).to_string();
        let start = "nen.csv: typo must be numbers\n  line 4, column typo: found \"abc\", expected a number\nhelp:";
        assert!(shown.starts_with(start), "{shown}");
    }
}

#[test]
fn a_column_without_any_value_compares_with_anything() {
    let mut table = Table::new(2);
    table.push("cause", Column::Number { values: vec![f64::NAN; 2], exact: true });
    for text in [
        "cause == \"tumour\"",
        "\"tumour\" == cause",
        "cause %in% c(\"a\", \"b\")",
        "cause > 2020-01-01",
    ] {
        let own = Expr::parse(text).unwrap().evaluate(&table).unwrap().into_owned();
        assert!((0..2).all(|row| own.is_missing(row)), "{text}");
    }
}
