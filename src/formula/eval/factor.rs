//! Columns as categories.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::constants::{arg, text};
use super::label::number;
use super::value::Value;
use super::{Evaluator, in_words};
use crate::error::{DataError, Result};
use crate::formula::rows::{float, map};
use crate::formula::suggest::{closest, list};
use crate::formula::syntax::ast::{Argument, Node};
use crate::formula::syntax::date_text;
use crate::formula::syntax::function::Function;
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT};

/// Most levels that `factor()` makes of numbers; beyond, the column is no category.
const MAX_LEVELS: usize = 10_000;
/// The code of a level that is not among those known.
const UNKNOWN: u32 = MISSING_CODE - 1;
/// Whole numbers in a range this short are counted in a table.
const TABLE: u64 = 1 << 16;

/// A column as a category, or the refusal of one that has too many values.
pub(in crate::formula) enum Categorise {
    Category(Category),
    /// More distinct values than allowed.
    TooMany,
}

/// The values that each `factor()` of some rows was made of, so that it means the same in others.
#[derive(Debug, Clone, Default)]
pub(in crate::formula) struct FactorLevels {
    known: HashMap<String, Arc<Vec<String>>>,
    fixed: bool,
}

impl FactorLevels {
    pub(super) fn fixed(self) -> Self {
        Self { fixed: true, ..self }
    }
}

impl<'t> Evaluator<'t> {
    /// `factor(x, levels, labels, ref)`.
    pub(super) fn factor(&mut self, x: &Node, args: &[Argument], node: &Node) -> Result<Value<'t>> {
        let column = self.value(x)?.into_column(self.rows());
        let Categorise::Category(mut category) = categorise(column, MAX_LEVELS) else {
            let message = format!("{x} has more than {MAX_LEVELS} values");
            let error = self.misfit(&x.span, message);
            return Err(error.help("make classes: cut(x, c(…))").into());
        };
        category = self.remember(category, node)?;
        if let Some(levels) = arg(Function::Factor, args, "levels") {
            category = self.with_levels(category, levels, x)?;
        }
        if let Some(labels) = arg(Function::Factor, args, "labels") {
            category = self.with_labels(category, labels)?;
        }
        if let Some(reference) = arg(Function::Factor, args, "ref") {
            category = self.with_reference(category, reference)?;
        }
        Ok(Value::Column(Cow::Owned(Column::Category(category))))
    }

    /// Notes the values of a factor, or gives it those it had in the rows before.
    fn remember(&mut self, own: Category, node: &Node) -> Result<Category> {
        match self.levels.known.get(&node.to_string()) {
            Some(levels) if self.levels.fixed => in_levels(own, levels, &node.to_string()),
            _ => {
                self.levels.known.insert(node.to_string(), Arc::clone(&own.levels));
                Ok(own)
            }
        }
    }

    /// Keeps the levels named, in that order; all other values become missing and are counted.
    fn with_levels(&mut self, own: Category, node: &Node, x: &Node) -> Result<Category> {
        let levels = self.texts_of(node)?;
        let mut places: HashMap<&str, u32> = HashMap::new();
        for (code, level) in (0..).zip(&levels) {
            if places.insert(level, code).is_some() {
                let message = format!("level {level} is given twice");
                return Err(self.misfit(&node.span, message).into());
            }
        }
        let place = |level: &String| places.get(level.as_str()).copied().unwrap_or(MISSING_CODE);
        let new: Vec<u32> = own.levels.iter().map(place).collect();
        let mut lost = vec![0usize; new.len()];
        for &code in own.codes.iter().filter(|&&code| code != MISSING_CODE) {
            lost[code as usize] += usize::from(new[code as usize] == MISSING_CODE);
        }
        let codes = map(&own.codes, |&c| new.get(c as usize).copied().unwrap_or(MISSING_CODE));
        let rows: usize = lost.iter().sum();
        if rows > 0 {
            let names = own.levels.iter().zip(&lost).filter(|(_, lost)| **lost > 0);
            let names = list(names.map(|(level, _)| level.as_str()));
            let rows = in_words(rows);
            self.remark(format!("factor({x}): {rows} not in levels ({names}), taken as missing"));
        }
        Ok(Category { codes, levels: levels.into() })
    }

    fn with_labels(&mut self, own: Category, node: &Node) -> Result<Category> {
        let labels = self.texts_of(node)?;
        if labels.len() != own.levels.len() {
            let (given, needed) = (labels.len(), own.levels.len());
            let message = format!("{given} labels for {needed} levels");
            let help = format!("the levels are {}", list(own.levels.iter().map(String::as_str)));
            return Err(self.misfit(&node.span, message).help(help).into());
        }
        Ok(relabelled(own, &labels))
    }

    fn with_reference(&mut self, own: Category, node: &Node) -> Result<Category> {
        let scalar = self.constant(node)?;
        let wanted = text(&scalar).unwrap_or_default();
        let levels = || own.levels.iter().map(String::as_str);
        let Some(first) = levels().position(|level| level == wanted) else {
            let near = closest(&wanted, levels()).map(|near| format!("did you mean {near:?}? "));
            let help = format!("{}The levels are {}", near.unwrap_or_default(), list(levels()));
            let message = format!("there is no level {wanted:?}");
            return Err(self.misfit(&node.span, message).help(help).into());
        };
        let mut order: Vec<usize> = (0..own.levels.len()).collect();
        order[..=first].rotate_right(1);
        Ok(reordered(own, &order))
    }
}

/// The same values coded by other levels, which must have all that occur.
pub(in crate::formula) fn in_levels(
    own: Category,
    levels: &Arc<Vec<String>>,
    name: &str,
) -> Result<Category> {
    let places: HashMap<&str, u32> =
        (0..).zip(levels.iter()).map(|(code, level)| (level.as_str(), code)).collect();
    let place = |level: &String| places.get(level.as_str()).copied().unwrap_or(UNKNOWN);
    let new: Vec<u32> = own.levels.iter().map(place).collect();
    let codes = map(&own.codes, |&code| new.get(code as usize).copied().unwrap_or(MISSING_CODE));
    let known = list(levels.iter().map(String::as_str));
    let mut error = DataError::new("a value that the model does not know")
        .help(format!("the values of {name} are {known}"));
    for (row, _) in codes.iter().enumerate().filter(|(_, code)| **code == UNKNOWN) {
        error.push(row, name, &own.levels[own.codes[row] as usize]);
    }
    error.check()?;
    Ok(Category { codes, levels: Arc::clone(levels) })
}

/// Labels may be equal: then the levels become one, as in R.
pub(super) fn relabelled(own: Category, labels: &[String]) -> Category {
    let mut levels: Vec<String> = Vec::new();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let new: Vec<u32> = labels
        .iter()
        .map(|label| {
            *places.entry(label).or_insert_with(|| {
                levels.push(label.clone());
                levels.len() as u32 - 1
            })
        })
        .collect();
    let codes = map(&own.codes, |&code| new.get(code as usize).copied().unwrap_or(MISSING_CODE));
    Category { codes, levels: levels.into() }
}

/// The same values with their levels in another order.
fn reordered(own: Category, order: &[usize]) -> Category {
    let mut new = vec![MISSING_CODE; order.len()];
    (0u32..).zip(order).for_each(|(code, &old)| new[old] = code);
    let codes = map(&own.codes, |&code| new.get(code as usize).copied().unwrap_or(MISSING_CODE));
    let levels: Vec<String> = order.iter().map(|&old| own.levels[old].clone()).collect();
    Category { codes, levels: levels.into() }
}

/// Makes codes of any column; numbers are sorted, text keeps its order.
pub(in crate::formula) fn categorise(column: Column, limit: usize) -> Categorise {
    let category = match column {
        Column::Category(category) => Some(category),
        Column::Boolean(values) => Some(truth(&values)),
        Column::Integer(values) => whole(values, limit, |value| number(f64::from(value))),
        Column::Date(values) => whole(values, limit, date_text),
        Column::Number { values, .. } => code_reals(&values, limit).map(|(codes, distinct)| {
            Category { codes, levels: distinct.into_iter().map(number).collect::<Vec<_>>().into() }
        }),
    };
    category.map_or(Categorise::TooMany, Categorise::Category)
}

/// A column as a category, however many values it has.
pub(in crate::formula) fn category(column: Column) -> Category {
    match categorise(column, usize::MAX) {
        Categorise::Category(category) => category,
        Categorise::TooMany => Category { codes: Vec::new(), levels: Arc::default() },
    }
}

/// Dense codes of a column whose values matter only as equal or not.
pub(in crate::formula) fn dense(column: Column) -> Vec<u32> {
    category(column).codes
}

fn truth(values: &[u8]) -> Category {
    let code = |&value: &u8| if value > 1 { MISSING_CODE } else { u32::from(value) };
    let levels = vec!["false".to_owned(), "true".to_owned()];
    Category { codes: map(values, code), levels: levels.into() }
}

fn whole(values: Vec<i32>, limit: usize, label: fn(i32) -> String) -> Option<Category> {
    let (low, high) = range(&values);
    let width = (i64::from(high) - i64::from(low) + 1).max(0) as u64;
    if width > TABLE.max(values.len() as u64) {
        let (codes, distinct) = code_reals(&map(&values, |&v| float(v)), limit)?;
        let levels: Vec<String> = distinct.into_iter().map(|value| label(value as i32)).collect();
        return Some(Category { codes, levels: levels.into() });
    }
    let place = |value: i32| (i64::from(value) - i64::from(low)) as usize;
    let mut table = vec![MISSING_CODE; width as usize];
    let mut levels = Vec::new();
    for value in occurring(&values, low, width as usize) {
        table[place(value)] = levels.len() as u32;
        levels.push(label(value));
    }
    if levels.len() > limit {
        return None;
    }
    let code = |value: i32| if value == MISSING_INT { MISSING_CODE } else { table[place(value)] };
    // Collecting from the vector itself keeps its memory.
    let codes = values.into_iter().map(code).collect();
    Some(Category { codes, levels: Arc::new(levels) })
}

fn range(values: &[i32]) -> (i32, i32) {
    let block = |values: &[i32]| {
        let known = |v: i32| if v == MISSING_INT { i32::MAX } else { v };
        values.iter().fold((i32::MAX, i32::MIN), |(low, high), &v| (low.min(known(v)), high.max(v)))
    };
    values
        .par_chunks(1 << 15)
        .map(block)
        .reduce(|| (i32::MAX, i32::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// The values that occur, ascending.
fn occurring(values: &[i32], low: i32, width: usize) -> Vec<i32> {
    let block = |mut seen: Vec<bool>, values: &[i32]| {
        for &value in values.iter().filter(|&&value| value != MISSING_INT) {
            seen[(i64::from(value) - i64::from(low)) as usize] = true;
        }
        seen
    };
    let join = |mut a: Vec<bool>, b: Vec<bool>| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
        a
    };
    let pieces = (values.len() / rayon::current_num_threads()).max(1 << 15);
    let seen = values
        .par_chunks(pieces)
        .map(|values| block(vec![false; width], values))
        .reduce(|| vec![false; width], join);
    let places = (0i64..).zip(seen).filter(|(_, seen)| *seen);
    places.map(|(place, _)| (i64::from(low) + place) as i32).collect()
}

/// Codes of real numbers and the numbers, ascending; `None` beyond the limit.
fn code_reals(values: &[f64], limit: usize) -> Option<(Vec<u32>, Vec<f64>)> {
    if limit == usize::MAX {
        return Some(code_all_reals(values));
    }
    let mut distinct = BTreeSet::new();
    let mut last = None;
    for value in values.iter().filter(|value| !value.is_nan()) {
        let key = key(*value);
        if last != Some(key) {
            distinct.insert(key);
            last = Some(key);
        }
        if distinct.len() > limit {
            return None;
        }
    }
    let keys: Vec<i64> = distinct.into_iter().collect();
    Some(find_codes(values, keys))
}

fn code_all_reals(values: &[f64]) -> (Vec<u32>, Vec<f64>) {
    let mut keys: Vec<i64> = values.iter().filter(|v| !v.is_nan()).map(|&v| key(v)).collect();
    keys.par_sort_unstable();
    keys.dedup();
    find_codes(values, keys)
}

fn find_codes(values: &[f64], keys: Vec<i64>) -> (Vec<u32>, Vec<f64>) {
    let codes = map(values, |&value| match value.is_nan() {
        true => MISSING_CODE,
        false => keys.partition_point(|&own| own < key(value)) as u32,
    });
    (codes, keys.into_iter().map(value).collect())
}

/// A number as an integer of the same order; both zeros are one.
fn key(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits() as i64;
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

fn value(key: i64) -> f64 {
    f64::from_bits(if key < 0 { key ^ i64::MAX } else { key } as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_order_and_value() {
        let numbers = [f64::NEG_INFINITY, -1e300, -2.5, -1e-300, 0.0, 1e-300, 0.1, 3.0, 1e300];
        for pair in numbers.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{pair:?}");
            assert_eq!(value(key(pair[0])), pair[0]);
        }
        assert_eq!(key(-0.0), key(0.0));
    }

    #[test]
    fn wide_ranges_and_tables_agree() {
        let narrow = Column::Integer(vec![3, MISSING_INT, -1, 3]);
        let wide = Column::Integer(vec![2_000_000_000, MISSING_INT, -2_000_000_000, 2_000_000_000]);
        for (column, levels) in [(narrow, ["-1", "3"]), (wide, ["-2000000000", "2000000000"])] {
            let Categorise::Category(category) = categorise(column, 5) else { panic!() };
            assert_eq!(category.codes, [1, MISSING_CODE, 0, 1]);
            assert_eq!(*category.levels, levels);
        }
        let many = Column::Integer((0..7).collect());
        assert!(matches!(categorise(many, 6), Categorise::TooMany));
    }

    #[test]
    fn missing_values_do_not_widen_the_range() {
        assert_eq!(range(&[MISSING_INT, 4, 2]), (2, 4));
        let none = categorise(Column::Integer(vec![MISSING_INT; 2]), 5);
        let Categorise::Category(none) = none else { panic!() };
        assert!(none.levels.is_empty());
    }
}
