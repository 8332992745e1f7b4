//! Tests of the whole language, with tables built by hand.

mod binding;
mod evaluation;
mod laws;
mod models;
mod syntax;

use std::sync::Arc;

use crate::table::{Category, Column, MISSING_CODE, Origin, Table, level_order};

/// Missing whole number.
const NA: i32 = crate::table::MISSING_INT;

/// A file whose rows begin on line 2.
#[derive(Debug)]
struct File;

impl Origin for File {
    fn name(&self) -> &str {
        "nen.csv"
    }

    fn line(&self, row: usize) -> Option<u64> {
        Some(row as u64 + 2)
    }
}

/// A table read from `nen.csv`.
fn table(columns: Vec<(&str, Column)>) -> Table {
    let mut table = Table::new(columns[0].1.len()).with_origin(Arc::new(File));
    columns.into_iter().for_each(|(name, column)| table.push(name, column));
    table
}

fn integers(values: &[i32]) -> Column {
    Column::Integer(values.to_vec())
}

fn numbers(values: &[f64]) -> Column {
    Column::Number { values: values.to_vec(), exact: true }
}

fn booleans(values: &[u8]) -> Column {
    Column::Boolean(values.to_vec())
}

fn days(values: &[i32]) -> Column {
    Column::Date(values.to_vec())
}

/// A text column; the empty text is missing.
fn texts(values: &[&str]) -> Column {
    let mut levels: Vec<String> = values.iter().map(|text| (*text).to_owned()).collect();
    levels.retain(|level| !level.is_empty());
    levels.sort_unstable();
    levels.dedup();
    let levels: Vec<String> =
        level_order(&levels).into_iter().map(|place| levels[place].clone()).collect();
    let code = |text: &&str| levels.iter().position(|own| own == text);
    let codes =
        values.iter().map(|text| code(text).map_or(MISSING_CODE, |code| code as u32)).collect();
    Column::Category(Category { codes, levels: levels.into() })
}
