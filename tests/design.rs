//! Design matrices against R's (`fixtures/golden/design.json`), and laws that hold for any data.

use std::fs;

use proptest::prelude::*;
use riskset::cohort::Cohort;
use riskset::formula::{Binder, BoundModel, Expr, Formula, Missing};
use riskset::io::{ReadOptions, Reader};
use riskset::table::{Category, Column, MISSING_CODE, MISSING_INT, Table};
use serde_json::Value;

fn golden(table: &str) -> Vec<Value> {
    let text = fs::read_to_string("fixtures/golden/design.json").unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file[table].as_array().unwrap().clone()
}

fn data(name: &str) -> Table {
    let path = format!("fixtures/data/{name}.csv");
    Reader::open(path, ReadOptions::default()).unwrap().read_all().unwrap()
}

fn model_of(
    case: &Value,
    bind: impl Fn(&Binder<'_>, &Table) -> riskset::Result<BoundModel>,
) -> BoundModel {
    let formula = Formula::parse(case["formula"].as_str().unwrap()).unwrap();
    let mut binder = Binder::new(&formula);
    if let Some(condition) = case["where"].as_str() {
        binder = binder.filter(Expr::parse(condition).unwrap());
    }
    let table = data(case["data"].as_str().unwrap());
    bind(&binder, &table).unwrap_or_else(|error| panic!("{formula}: {error}"))
}

/// The rows of a table, which may repeat.
fn rows_of(table: &Table, rows: &[u32]) -> Table {
    fn take<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
        rows.iter().map(|&row| values[row as usize]).collect()
    }
    let mut out = Table::new(rows.len());
    for name in table.names() {
        let column = match table.column(name).unwrap() {
            Column::Integer(values) => Column::Integer(take(values, rows)),
            Column::Date(values) => Column::Date(take(values, rows)),
            Column::Boolean(values) => Column::Boolean(take(values, rows)),
            Column::Number { values, exact } => {
                Column::Number { values: take(values, rows), exact: *exact }
            }
            Column::Category(own) => Column::Category(Category {
                codes: take(&own.codes, rows),
                levels: own.levels.clone(),
            }),
        };
        out.push(name.as_str(), column);
    }
    out
}

/// What the R script keeps of a column.
fn check_digest(what: &str, values: &[f64], want: &Value) {
    let n = values.len();
    let size: f64 = values.iter().map(|x| x.abs()).sum::<f64>().max(1.0);
    let weight = |row: usize| ((row + 1) * 7919 % 1009) as f64 / 1009.0;
    let weighted = values.iter().enumerate().map(|(row, x)| x * weight(row)).sum::<f64>();
    let squares = values.iter().map(|x| x * x).sum::<f64>();
    let near = |name: &str, got: f64, scale: f64| {
        let want = want[name].as_f64().unwrap();
        assert!((got - want).abs() <= 1e-12 * scale, "{what} {name}: got {got}, want {want}");
    };
    near("sum", values.iter().sum(), size);
    near("weighted", weighted, size);
    near("squares", squares, squares.max(1.0));
    let place = |at| (1.0 + f64::from(at) * (n - 1) as f64 / 8.0).round_ties_even() as usize - 1;
    let mut places: Vec<usize> = (0..9).map(place).collect();
    places.dedup();
    let shown = want["values"].as_array().unwrap();
    assert_eq!(shown.len(), places.len(), "{what}");
    for (&place, shown) in places.iter().zip(shown) {
        let (got, want) = (values[place], shown.as_f64().unwrap());
        let scale = want.abs().max(1.0);
        assert!((got - want).abs() <= 1e-12 * scale, "{what}: got {got}, want {want}");
    }
}

#[test]
fn design_matrices_are_those_of_r() {
    let cases = golden("designs");
    assert!(cases.len() > 30);
    for case in cases {
        let name = case["formula"].as_str().unwrap();
        let model = model_of(&case, |binder, table| binder.bind_model(table));
        let owned = model_of(&case, |binder, table| binder.bind_model_owned(table.clone()));
        assert_eq!((&model.design, &model.notes), (&owned.design, &owned.notes), "{name}");
        let rows = model.table_rows();
        assert_eq!(Some(model.design.n_rows() as u64), case["rows"].as_u64(), "{name}");
        assert_eq!((rows.len(), model.cohort.n_rows()), (model.design.n_rows(), rows.len()));
        if case["where"].is_null() {
            let sum: u64 = rows.iter().map(|&row| u64::from(row) + 1).sum();
            assert_eq!(Some(sum), case["row_sum"].as_u64(), "{name}");
        }
        let terms: Vec<&str> = model.design.terms().iter().map(|own| own.name.as_str()).collect();
        let wanted: Vec<&str> =
            case["terms"].as_array().unwrap().iter().map(|own| own.as_str().unwrap()).collect();
        assert_eq!(terms, wanted, "{name}");
        let columns = case["columns"].as_array().unwrap();
        let names = model.design.columns().iter().map(|own| Some(own.name.as_str()));
        let wanted: Vec<_> = columns.iter().map(|own| own["name"].as_str()).collect();
        assert_eq!(names.collect::<Vec<_>>(), wanted, "{name}");
        for (own, want) in model.design.columns().iter().zip(columns) {
            check_digest(&format!("{name}: {}", own.name), &own.values, want);
        }
        match (model.design.offset(), &case["offset"]) {
            (None, Value::Null) => {}
            (Some(own), want) => check_digest(&format!("{name}: offset"), own, want),
            (None, _) => panic!("{name} has no offset"),
        }
    }
}

/// Entry, exit and event of a row; nobody enters late: from 0.
fn times(cohort: &Cohort, row: usize) -> (f64, f64, bool) {
    let at = |rank: u32| cohort.axis().time(rank);
    let entry = cohort.entry().map_or(0.0, |entry| at(entry[row]));
    (entry, at(cohort.exit()[row]), cohort.event()[row])
}

#[test]
fn follow_up_is_split_as_by_tmerge() {
    for case in golden("splits") {
        let numbers = |name: &str| -> Vec<f64> {
            case[name].as_array().unwrap().iter().map(|own| own.as_f64().unwrap()).collect()
        };
        let own = model_of(&case, |binder, table| binder.bind_model(table));
        let rows: Vec<f64> = own.table_rows().iter().map(|&row| f64::from(row) + 1.0).collect();
        assert_eq!(rows, numbers("row"));
        assert_eq!(own.design.columns()[0].values, numbers("after"));
        let pieces = (0..rows.len()).map(|row| times(&own.cohort, row));
        let want = numbers("start").into_iter().zip(numbers("stop")).zip(numbers("event"));
        let want = want.map(|((start, stop), event)| (start, stop, event == 1.0));
        assert!(pieces.eq(want));
    }
}

/// Rows of made-up data: time, event, number, category, truth value; 0 and 3 are missing.
type Row = (i32, u8, i32, u32, u8);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((1..20i32, 0..2u8, 0..9i32, 0..4u32, 0..4u8), 8..60)
}

fn made_up(rows: &[Row]) -> Table {
    let mut table = Table::new(rows.len());
    let integers = |value: fn(&Row) -> i32| Column::Integer(rows.iter().map(value).collect());
    let known = |value: i32| if value == 0 { MISSING_INT } else { value };
    table.push("t", integers(|row| row.0));
    table.push("e", Column::Boolean(rows.iter().map(|row| row.1).collect()));
    table.push("x", Column::Integer(rows.iter().map(|row| known(row.2)).collect()));
    table.push("y", integers(|row| row.0 * 7 % 11));
    let code = |row: &Row| if row.3 == 3 { MISSING_CODE } else { row.3 };
    let levels = vec!["low".to_owned(), "mid".to_owned(), "top".to_owned()].into();
    let codes = rows.iter().map(code).collect();
    table.push("g", Column::Category(Category { codes, levels }));
    table.push("b", Column::Boolean(rows.iter().map(|row| row.4.min(2)).collect()));
    table
}

const RIGHT_SIDES: [&str; 7] = [
    "factor(x, ref = 4):y + factor(b, labels = c('no', 'yes'))",
    "x + g * b",
    "g:b + ns(y, df = 2)",
    "factor(x) + g:x",
    "b + y:g:b + offset(x)",
    "cut(x, c(0, 3, 6, 9)) * g + strata(b)",
    "I(x > 4) + ns(x, knots = 4.5):b",
];

fn bind(right: &str, table: &Table, rule: Missing) -> riskset::Result<BoundModel> {
    let formula = Formula::parse(&format!("Surv(t, e) ~ {right}")).unwrap();
    Binder::new(&formula).missing(rule).bind_model(table)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn new_rows_are_coded_as_those_learnt_from(
        rows in rows(),
        right in prop::sample::select(RIGHT_SIDES.to_vec()),
        level in any::<bool>(),
        seed in any::<prop::sample::Index>(),
    ) {
        let table = made_up(&rows);
        let rule = if level { Missing::Level } else { Missing::Complete };
        let Ok(model) = bind(right, &table, rule) else { return Ok(()) };
        let used = model.table_rows();
        prop_assert_eq!(&model.recipe.columns(&rows_of(&table, &used)).unwrap(), &model.design);
        // One row, or some of them, are coded as they were among the others.
        let some = [seed.index(used.len()) as u32, 0];
        let own = [used[some[0] as usize], used[0]];
        let again = model.recipe.columns(&rows_of(&table, &own)).unwrap();
        prop_assert_eq!(again, model.design.select(&some));
    }

    #[test]
    fn the_order_of_rows_is_that_of_the_columns(
        rows in rows(),
        right in prop::sample::select(RIGHT_SIDES.to_vec()),
        by in any::<u32>(),
    ) {
        let table = made_up(&rows);
        let Ok(model) = bind(right, &table, Missing::Complete) else { return Ok(()) };
        let turn = by as usize % rows.len();
        let order: Vec<u32> = (0..rows.len()).map(|row| ((row + turn) % rows.len()) as u32).collect();
        let turned = bind(right, &rows_of(&table, &order), Missing::Complete).unwrap();
        let place = |row: u32| model.table_rows().iter().position(|&own| own == row).unwrap() as u32;
        let places: Vec<u32> =
            turned.table_rows().iter().map(|&row| place(order[row as usize])).collect();
        prop_assert_eq!(turned.design, model.design.select(&places));
    }

    /// A term binds alone as it does among others where no row is dropped.
    #[test]
    fn main_effects_do_not_depend_on_each_other(rows in rows()) {
        let mut rows = rows;
        rows.iter_mut().for_each(|row| (row.2, row.3, row.4) = (row.2 + 1, row.3 % 3, row.4 % 2));
        let table = made_up(&rows);
        let all = bind("x + g + b + ns(y, df = 2)", &table, Missing::Complete);
        let Ok(all) = all else { return Ok(()) };
        for (at, term) in ["x", "g", "b", "ns(y, df = 2)"].into_iter().enumerate() {
            let alone = bind(term, &table, Missing::Complete).unwrap();
            prop_assert_eq!(all.design.with_terms(&[at]), alone.design);
        }
    }

    #[test]
    fn pieces_of_follow_up_are_the_whole(
        rows in rows(),
        entries in prop::collection::vec(0..8i32, 60),
        first in prop::collection::vec(-2..25i32, 60),
        second in prop::collection::vec(-2..25i32, 60),
    ) {
        let mut table = made_up(&rows);
        let exits: Vec<i32> = rows.iter().zip(&entries).map(|(row, entry)| row.0 + entry).collect();
        let changes = |values: &[i32]| -> Vec<i32> {
            let never = |&value: &i32| if value > 22 { MISSING_INT } else { value };
            values[..rows.len()].iter().map(never).collect()
        };
        let (a, b) = (changes(&first), changes(&second));
        table.push("from", Column::Integer(entries[..rows.len()].to_vec()));
        table.push("to", Column::Integer(exits.clone()));
        table.push("a", Column::Integer(a.clone()));
        table.push("b2", Column::Integer(b.clone()));
        let formula = Formula::parse("Surv(from, to, e) ~ tdc(a) + y + tdc(b2) + strata(y)").unwrap();
        let model = Binder::new(&formula).bind_model(&table).unwrap();
        let mut at = vec![0; rows.len()];
        for (row, entry) in at.iter_mut().zip(&entries) {
            *row = *entry;
        }
        for (piece, &row) in model.table_rows().iter().enumerate() {
            let row = row as usize;
            let (entry, exit, event) = times(&model.cohort, piece);
            // Pieces of a row follow one another, and only the last has the event.
            prop_assert_eq!(entry, f64::from(at[row]));
            prop_assert_eq!(event, exit == f64::from(exits[row]) && rows[row].1 == 1);
            at[row] = exit as i32;
            // Throughout a piece both indicators say what is the case.
            for (column, changes) in [(0, &a), (2, &b)] {
                let after = changes[row] != MISSING_INT && f64::from(changes[row]) <= entry;
                prop_assert_eq!(model.design.columns()[column].values[piece] == 1.0, after);
                let within = f64::from(changes[row]) > entry && f64::from(changes[row]) < exit;
                prop_assert!(!within);
            }
            let (y, stratum) = (table.column("y").unwrap(), model.cohort.strata().code(piece));
            let Column::Integer(y) = y else { panic!() };
            prop_assert_eq!(model.design.columns()[1].values[piece], f64::from(y[row]));
            prop_assert_eq!(&model.cohort.strata().levels(stratum as usize)[0], &y[row].to_string());
        }
        prop_assert_eq!(at, exits);
    }
}
