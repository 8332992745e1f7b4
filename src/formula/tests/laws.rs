use proptest::prelude::*;

use super::{NA, booleans, days, integers, numbers, table, texts};
use crate::formula::{Binder, Expr, Formula, Missing, WeightKind};
use crate::table::{Column, Table};

/// Expressions of every kind, sensible or not.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-c]",
        Just("`odd name`".to_owned()),
        Just("d".to_owned()),
        "[0-9]{1,3}",
        "[0-9]\\.[0-9]{1,2}(e-?[0-9])?",
        Just("TRUE".to_owned()),
        Just("NA".to_owned()),
        Just("Inf".to_owned()),
        Just("2020-02-29".to_owned()),
        "\"[ a-z\\\\n'é]{0,4}\"".prop_map(|text| text.replace('\\', "\\\\")),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "^", ":", "%in%", "&", "|", "**", " - -", " & !",
        ]);
        let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
        let function = prop::sample::select(vec![
            "log", "factor", "I", "is.na", "sqrt", "abs", "coalesce", "pmin", "c", "floor",
            "round", "ns", "tdc",
        ]);
        let two = prop::sample::select(vec!["cut", "months", "pmax", "coalesce", "log", "factor"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a}{op}{b}")),
            (inner.clone(), comparison, inner.clone())
                .prop_map(|(a, op, b)| format!("({a}){op} ({b})")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.clone().prop_map(|a| format!("!{a}")),
            (function, inner.clone()).prop_map(|(name, a)| format!("{name}({a})")),
            (two, inner.clone(), inner.clone()).prop_map(|(name, a, b)| format!("{name}({a},{b})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("ifelse({a}, no = {b}, yes={c})")),
        ]
    })
}

fn sample() -> Table {
    table(vec![
        ("a", integers(&[1, 2, NA, 0])),
        ("b", texts(&["x", "2", "", "x"])),
        ("c", booleans(&[0, 1, 2, 1])),
        ("d", days(&[0, NA, 20000, -5])),
        ("odd name", numbers(&[0.5, f64::NAN, -1e300, 2.0])),
    ])
}

/// Without the parentheses that hold everything.
fn printed(expr: &Expr) -> String {
    expr.node().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_and_parsing_agree(text in expression()) {
        // Nesting and chained comparisons are refused; then there is nothing to compare.
        if let Ok(expr) = Expr::parse(&text) {
            let again = Expr::parse(&printed(&expr)).unwrap();
            prop_assert_eq!(printed(&again), printed(&expr));
            prop_assert_eq!(again.columns(), expr.columns());
            let table = sample();
            let values = |expr: &Expr| expr.evaluate(&table).map(|column| format!("{column:?}")).ok();
            prop_assert_eq!(values(&again), values(&expr));
        }
    }

    #[test]
    fn evaluating_never_panics(text in expression(), right in expression()) {
        let table = sample();
        if let Ok(expr) = Expr::parse(&text)
            && let Ok(column) = expr.evaluate(&table)
        {
            prop_assert_eq!(column.len(), table.rows());
        }
        if let Ok(formula) = Formula::parse(&format!("Surv(a, {text}) ~ {right}")) {
            let again = Formula::parse(&formula.to_string()).unwrap();
            prop_assert_eq!(again.to_string(), formula.to_string());
            let terms = formula.all_terms().to_vec();
            prop_assert!(Formula::parse(formula.with_terms(terms).text()).is_ok());
            let _ = Binder::new(&formula).bind(&table);
            let _ = Binder::new(&formula).by(vec![Expr::column("b")]).bind_owned(table.clone());
            let _ = Binder::new(&formula).by(vec![Expr::column("b")]).bind_model_by(&table);
            if let Ok(model) = Binder::new(&formula).missing(Missing::Level).bind_model(&table) {
                prop_assert_eq!(model.design.n_rows(), model.cohort.n_rows());
                prop_assert_eq!(model.table_rows().len(), model.cohort.n_rows());
                let _ = model.recipe.columns(&table);
            }
        }
    }

    #[test]
    fn no_text_panics(text in "[a-cSurv(),~+*:^=<>!&|%in.0-9LeE\"'`\\\\ é-]{0,40}") {
        let _ = Formula::parse(&text).map(|formula| formula.to_string());
        let _ = Expr::parse(&text).map(|expr| expr.to_string());
    }

    #[test]
    fn no_bytes_panic(text in any::<String>(), at in 0usize..30) {
        let mut whole = "Surv(time, x == 2) ~ cut(a, c(1, 2), right = F)".to_owned();
        whole.insert_str(at, &text);
        for text in [text, whole] {
            if let Err(error) = Formula::parse(&text) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        rows in prop::collection::vec((0..9i32, 0..3u8, 0..4usize, 0..5i32, 1..4i32), 1..40),
        seed in any::<u64>(),
    ) {
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| hash(seed, row));
        prop_assert_eq!(bound(&rows), bound(&shuffled));
    }
}

type Row = (i32, u8, usize, i32, i32);

fn hash(seed: u64, row: &Row) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one((seed, row))
}

/// Subjects as sorted text, and the notes.
fn bound(rows: &[Row]) -> Result<(Vec<String>, Vec<String>), String> {
    let column = |value: fn(&Row) -> i32| Column::Integer(rows.iter().map(value).collect());
    let known = |value: i32| if value == 0 { NA } else { value };
    let names = ["", "low", "high", "mid"];
    let table = table(vec![
        ("t", Column::Integer(rows.iter().map(|row| known(row.0)).collect())),
        ("e", Column::Boolean(rows.iter().map(|row| row.1).collect())),
        ("g", texts(&rows.iter().map(|row| names[row.2]).collect::<Vec<_>>())),
        ("x", column(|row| row.3)),
        ("w", column(|row| row.4)),
    ]);
    let formula = Formula::parse("Surv(t, e) ~ g + cut(x, c(0, 2, 4))").unwrap();
    let binder = Binder::new(&formula)
        .filter(Expr::parse("x != 4 | t > 2").unwrap())
        .weights(Expr::column("w"), WeightKind::Frequency);
    let bound = binder.bind(&table).map_err(|error| error.to_string())?;
    let cohort = &bound.cohort;
    let subject = |row: usize| {
        let (time, group) = (cohort.axis().time(cohort.exit()[row]), cohort.groups().code(row));
        let weight = cohort.weights().values().map(|weights| weights[row]);
        format!(
            "{time} {} {} {weight:?}",
            cohort.event()[row],
            cohort.groups().label(group as usize)
        )
    };
    let mut subjects: Vec<String> = (0..cohort.n_rows()).map(subject).collect();
    subjects.sort();
    let counts = |note: &crate::note::Note| {
        // The note on breaks names values in the order of rows.
        let text = note.to_string();
        text.split(" (").next().unwrap_or("").to_owned()
    };
    Ok((subjects, bound.notes.iter().map(counts).collect()))
}
