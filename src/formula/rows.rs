//! Passes over columns: in order, in parallel when there are many rows.

use rayon::prelude::*;

use crate::table::{Category, Column, MISSING_CODE, MISSING_INT, Table};

/// Below this many rows threads cost more than they bring.
const PARALLEL: usize = 20_000;
/// Rows a thread takes at a time.
const CHUNK: usize = 1 << 14;

/// One value a row.
pub(super) fn map<T: Sync, U: Clone + Default + Send>(
    values: &[T],
    rule: impl Fn(&T) -> U + Sync,
) -> Vec<U> {
    let mut out = vec![U::default(); values.len()];
    let block = |out: &mut [U], values: &[T]| {
        out.iter_mut().zip(values).for_each(|(out, value)| *out = rule(value));
    };
    if values.len() < PARALLEL {
        block(&mut out, values);
    } else {
        out.par_chunks_mut(CHUNK).zip(values.par_chunks(CHUNK)).for_each(|(a, b)| block(a, b));
    }
    out
}

/// One value a row from two columns of equal length.
pub(super) fn zip<T: Sync, S: Sync, U: Clone + Default + Send>(
    left: &[T],
    right: &[S],
    rule: impl Fn(&T, &S) -> U + Sync,
) -> Vec<U> {
    let mut out = vec![U::default(); left.len()];
    let block = |out: &mut [U], left: &[T], right: &[S]| {
        let pairs = left.iter().zip(right);
        out.iter_mut().zip(pairs).for_each(|(out, (a, b))| *out = rule(a, b));
    };
    if left.len() < PARALLEL {
        block(&mut out, left, right);
    } else {
        out.par_chunks_mut(CHUNK)
            .zip(left.par_chunks(CHUNK).zip(right.par_chunks(CHUNK)))
            .for_each(|(out, (left, right))| block(out, left, right));
    }
    out
}

/// How many values keep a rule.
pub(super) fn count<T: Sync>(values: &[T], rule: impl Fn(&T) -> bool + Sync) -> usize {
    let block = |values: &[T]| values.iter().map(|value| usize::from(rule(value))).sum();
    if values.len() < PARALLEL {
        return block(values);
    }
    values.par_chunks(CHUNK).map(block).sum()
}

/// Whether any value keeps a rule.
pub(super) fn any<T: Sync>(values: &[T], rule: impl Fn(&T) -> bool + Sync) -> bool {
    let block = |values: &[T]| values.iter().fold(false, |any, value| any | rule(value));
    if values.len() < PARALLEL {
        return block(values);
    }
    values.par_chunks(CHUNK).any(block)
}

/// Whether any row of a column is missing.
pub(super) fn any_missing(column: &Column) -> bool {
    match column {
        Column::Integer(values) | Column::Date(values) => any(values, |&v| v == MISSING_INT),
        Column::Number { values, .. } => any(values, |v| v.is_nan()),
        Column::Boolean(values) => any(values, |&v| v > 1),
        Column::Category(category) => any(&category.codes, |&code| code == MISSING_CODE),
    }
}

/// Truth values: 1 where a row is missing, else 0.
pub(super) fn missing(column: &Column) -> Vec<u8> {
    match column {
        Column::Integer(values) | Column::Date(values) => {
            map(values, |&v| u8::from(v == MISSING_INT))
        }
        Column::Number { values, .. } => map(values, |v| u8::from(v.is_nan())),
        Column::Boolean(values) => map(values, |&v| u8::from(v > 1)),
        Column::Category(category) => map(&category.codes, |&c| u8::from(c == MISSING_CODE)),
    }
}

/// The rows given.
pub(super) fn select(column: &Column, rows: &[u32]) -> Column {
    match column {
        Column::Integer(values) => Column::Integer(take(values, rows)),
        Column::Date(values) => Column::Date(take(values, rows)),
        Column::Boolean(values) => Column::Boolean(take(values, rows)),
        Column::Number { values, exact } => {
            Column::Number { values: take(values, rows), exact: *exact }
        }
        Column::Category(Category { codes, levels }) => Column::Category(Category {
            codes: take(codes, rows),
            levels: std::sync::Arc::clone(levels),
        }),
    }
}

fn take<T: Copy + Default + Send + Sync>(values: &[T], rows: &[u32]) -> Vec<T> {
    map(rows, |&row| values[row as usize])
}

/// The rows of a table, of the columns named only.
pub(super) fn select_table(table: &Table, rows: &[u32], names: &[String]) -> Table {
    let mut out = Table::new(rows.len()).with_header(table.header().to_vec());
    for name in names {
        if let Some(column) = table.column(name) {
            out.push(name.as_str(), select(column, rows));
        }
    }
    out
}

/// Whole numbers as real ones, missing as NaN.
pub(super) fn floats(values: &[i32]) -> Vec<f64> {
    map(values, |&value| float(value))
}

/// A whole number as a real one, missing as NaN.
#[inline]
pub(super) fn float(value: i32) -> f64 {
    if value == MISSING_INT { f64::NAN } else { f64::from(value) }
}

/// A truth value as a number, missing as NaN.
#[inline]
pub(super) fn flag(value: u8) -> f64 {
    if value > 1 { f64::NAN } else { f64::from(value) }
}
