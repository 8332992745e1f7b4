//! Passes over columns: in order, in parallel when there are many rows.

use std::sync::Arc;

use rayon::prelude::*;

use super::syntax::date_text;
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

/// The rows of a column whose mark is 1.
pub(super) fn kept(column: &Column, keep: &[u8]) -> Column {
    match column {
        Column::Integer(values) => Column::Integer(pack(values, keep)),
        Column::Date(values) => Column::Date(pack(values, keep)),
        Column::Boolean(values) => Column::Boolean(pack(values, keep)),
        Column::Number { values, exact } => {
            Column::Number { values: pack(values, keep), exact: *exact }
        }
        Column::Category(Category { codes, levels }) => {
            Column::Category(Category { codes: pack(codes, keep), levels: Arc::clone(levels) })
        }
    }
}

/// As [`kept`], in the memory of the column.
pub(super) fn keep(column: &mut Column, keep: &[u8]) {
    match column {
        Column::Integer(values) | Column::Date(values) => pack_in_place(values, keep),
        Column::Boolean(values) => pack_in_place(values, keep),
        Column::Number { values, .. } => pack_in_place(values, keep),
        Column::Category(category) => pack_in_place(&mut category.codes, keep),
    }
}

/// The columns named, in the rows whose mark is 1.
pub(super) fn kept_table(table: &Table, mask: &[u8], names: &[String]) -> Table {
    let rows = count(mask, |&keep| keep == 1);
    let mut out = Table::new(rows).with_header(table.header().to_vec());
    for name in names {
        if let Some(column) = table.column(name) {
            out.push(name.as_str(), kept(column, mask));
        }
    }
    out
}

/// The columns named, in the rows given.
pub(super) fn gathered_table(table: &Table, rows: &[u32], names: &[String]) -> Table {
    let mut out = Table::new(rows.len()).with_header(table.header().to_vec());
    for name in names {
        if let Some(column) = table.column(name) {
            out.push(name.as_str(), column.gather(rows));
        }
    }
    out
}

/// As [`kept_table`], in the memory of the columns.
pub(super) fn keep_table(mut table: Table, mask: &[u8], names: &[String]) -> Table {
    let rows = count(mask, |&keep| keep == 1);
    let mut out = Table::new(rows).with_header(table.header().to_vec());
    for name in names {
        if let Some(mut column) = table.take(name) {
            keep(&mut column, mask);
            out.push(name.as_str(), column);
        }
    }
    out
}

/// How many rows of each chunk stay.
fn chunks_kept(keep: &[u8]) -> Vec<usize> {
    let stay = |keep: &[u8]| keep.iter().map(|&keep| usize::from(keep == 1)).sum();
    keep.par_chunks(CHUNK).map(stay).collect()
}

fn pack<T: Copy + Default + Send + Sync>(values: &[T], keep: &[u8]) -> Vec<T> {
    let lengths = chunks_kept(keep);
    let mut out = vec![T::default(); lengths.iter().sum()];
    let mut rest = &mut out[..];
    let mut parts = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (part, others) = rest.split_at_mut(length);
        parts.push(part);
        rest = others;
    }
    let chunks = values.par_chunks(CHUNK).zip(keep.par_chunks(CHUNK));
    parts.into_par_iter().zip(chunks).for_each(|(out, (values, keep))| {
        let stay = values.iter().zip(keep).filter(|(_, keep)| **keep == 1);
        out.iter_mut().zip(stay).for_each(|(out, (value, _))| *out = *value);
    });
    out
}

/// First within every chunk, then the chunks are moved together.
fn pack_in_place<T: Copy + Send>(values: &mut Vec<T>, keep: &[u8]) {
    let chunks = values.par_chunks_mut(CHUNK).zip(keep.par_chunks(CHUNK));
    let lengths: Vec<usize> = chunks.map(|(values, keep)| pack_chunk(values, keep)).collect();
    let mut end = 0;
    for (chunk, length) in lengths.into_iter().enumerate() {
        values.copy_within(chunk * CHUNK..chunk * CHUNK + length, end);
        end += length;
    }
    values.truncate(end);
}

fn pack_chunk<T: Copy>(values: &mut [T], keep: &[u8]) -> usize {
    let mut end = 0;
    for (row, &keep) in keep.iter().enumerate() {
        // Written always and counted or not: no branch to guess.
        values[end] = values[row];
        end += usize::from(keep == 1);
    }
    end
}

/// How often rows count: those marked 1, or all, as often as there are copies of them.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) mask: Option<&'a [u8]>,
    pub(super) copies: Option<&'a [f64]>,
}

impl Counted<'_> {
    fn of(self, row: usize) -> f64 {
        match self.mask.is_none_or(|mask| mask[row] == 1) {
            true => self.copies.map_or(1.0, |copies| copies[row]),
            false => 0.0,
        }
    }
}

/// The mean of the known numbers (truth values, days).
pub(super) fn mean(column: &Column, counted: Counted<'_>) -> Option<f64> {
    let (sum, rows) = match column {
        Column::Integer(values) | Column::Date(values) => total(values, counted, |&v| float(v)),
        Column::Number { values, .. } => total(values, counted, |&v| v),
        Column::Boolean(values) => total(values, counted, |&v| flag(v)),
        Column::Category(_) => return None,
    };
    (rows > 0.0).then(|| sum / rows)
}

/// Sum and number of known values; blocks are added in order.
fn total<T: Sync>(
    values: &[T],
    counted: Counted<'_>,
    number: impl Fn(&T) -> f64 + Sync,
) -> (f64, f64) {
    let block = |(at, values): (usize, &[T])| {
        let (mut sum, mut rows) = (0.0, 0.0);
        for (row, value) in values.iter().enumerate() {
            let (x, copies) = (number(value), counted.of(at * CHUNK + row));
            if !x.is_nan() && copies > 0.0 {
                sum += copies * x;
                rows += copies;
            }
        }
        (sum, rows)
    };
    let blocks: Vec<(f64, f64)> = values.par_chunks(CHUNK).enumerate().map(block).collect();
    blocks.into_iter().fold((0.0, 0.0), |(sum, rows), (x, n)| (sum + x, rows + n))
}

/// How many rows have each code.
pub(super) fn count_codes(codes: &[u32], counted: Counted<'_>, levels: usize) -> Vec<f64> {
    let mut counts = vec![0.0; levels];
    let known = codes.iter().enumerate().filter(|(_, code)| **code != MISSING_CODE);
    for (row, &code) in known {
        let copies = counted.of(row);
        counts[code as usize] += if copies > 0.0 { copies } else { 0.0 };
    }
    counts
}

/// A value as text, unless it is missing.
pub(crate) fn cell(column: &Column, row: usize) -> Option<String> {
    if column.is_missing(row) {
        return None;
    }
    Some(match column {
        Column::Integer(values) => values[row].to_string(),
        Column::Number { values, .. } => values[row].to_string(),
        Column::Boolean(values) => (values[row] == 1).to_string(),
        Column::Date(values) => date_text(values[row]),
        Column::Category(category) => category.levels[category.codes[row] as usize].clone(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_the_marked_rows_in_order() {
        for rows in [0, 1, CHUNK - 1, CHUNK, 3 * CHUNK + 7] {
            let values: Vec<i32> = (0..rows as i32).collect();
            for step in [1, 2, 3, 1000] {
                let mask: Vec<u8> =
                    values.iter().map(|value| u8::from(value % step == 0)).collect();
                let expected: Vec<i32> =
                    values.iter().copied().filter(|value| value % step == 0).collect();
                assert_eq!(pack(&values, &mask), expected);
                let mut column = Column::Integer(values.clone());
                keep(&mut column, &mask);
                assert_eq!(column, Column::Integer(expected));
            }
        }
    }
}
