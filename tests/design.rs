//! Design matrices against R's (`fixtures/golden/design.json`), and laws that hold for any data.

use std::fs;

use proptest::prelude::*;
use riskset::cohort::{Design, DesignColumn};
use riskset::formula::{Binder, BoundModel, Expr, Formula};
use riskset::io::{ReadOptions, Reader};
use riskset::table::{Category, Column, MISSING_CODE, MISSING_INT, Table};
use serde_json::Value;

fn golden() -> Vec<Value> {
    let text = fs::read_to_string("fixtures/golden/design.json").unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["designs"].as_array().unwrap().clone()
}

fn data(name: &str) -> Table {
    let path = format!("fixtures/data/{name}.csv");
    Reader::open(path, ReadOptions::default()).unwrap().read_all().unwrap()
}

fn model(case: &Value) -> BoundModel {
    let formula = Formula::parse(case["formula"].as_str().unwrap()).unwrap();
    let mut binder = Binder::new(&formula);
    if let Some(condition) = case["where"].as_str() {
        binder = binder.filter(Expr::parse(condition).unwrap());
    }
    let table = data(case["data"].as_str().unwrap());
    let lent = binder.bind_model(&table).unwrap_or_else(|error| panic!("{formula}: {error}"));
    let given = binder.bind_model_owned(table.clone()).unwrap();
    assert_eq!((&lent.design, &lent.notes), (&given.design, &given.notes), "{formula}");
    // The recipe makes the same columns of the rows that it was learnt from.
    let again = lent.recipe.columns(&rows_of(&table, &lent.table_rows())).unwrap();
    assert_eq!(again, lent.design, "{formula}");
    lent
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
    let cases = golden();
    assert!(cases.len() > 30);
    for case in cases {
        let name = case["formula"].as_str().unwrap();
        let model = model(&case);
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
