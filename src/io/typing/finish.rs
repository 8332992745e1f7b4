//! From a part that is the whole column to the column.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::levels::Levels;
use super::part::{MISSING_BYTE, Part, Texts};
use crate::io::encoding::Evidence;
use crate::io::options::Encoding;
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT, level_order};

/// Rows of a column whose text is not in the file's encoding.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct NotText {
    /// The first of them, as many as an error shows, with what stands there.
    pub(crate) shown: Vec<(usize, String)>,
    /// How many there are.
    pub(crate) total: usize,
}

impl Part {
    /// What the texts look like.
    pub(crate) fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        if let Self::Text(texts) = self {
            texts.levels.iter().for_each(|text| evidence.add(text));
        }
        evidence
    }

    /// The finished column.
    pub(crate) fn finish(self, encoding: Encoding) -> Result<Column, NotText> {
        Ok(match self {
            Self::Missing(count) => no_numbers(count),
            Self::Small(values) => Column::Integer(widened(&values)),
            Self::Integer(values) => Column::Integer(values),
            Self::Number(numbers) => {
                Column::Number { values: numbers.values, exact: numbers.exact }
            }
            Self::Boolean(values) => Column::Boolean(values),
            Self::Date(values) | Self::Dotted(values) => Column::Date(values),
            Self::Text(texts) => Column::Category(category(texts, encoding)?),
            Self::Mixed => no_numbers(0),
        })
    }
}

/// What is shorter is not worth starting threads for.
const PARALLEL: usize = 1 << 16;

fn widened(values: &[u8]) -> Vec<i32> {
    match values.len() < PARALLEL {
        true => values.iter().map(wide).collect(),
        false => values.par_iter().map(wide).collect(),
    }
}

fn no_numbers(count: usize) -> Column {
    Column::Number { values: vec![f64::NAN; count], exact: true }
}

fn wide(value: &u8) -> i32 {
    if *value == MISSING_BYTE { MISSING_INT } else { i32::from(*value) }
}

fn category(texts: Texts, encoding: Encoding) -> Result<Category, NotText> {
    let Texts { mut codes, levels } = texts;
    let names = names(&levels, encoding);
    let mut names = names.ok_or_else(|| not_text(&codes, &levels, encoding))?;
    let order = level_order(&names);
    let mut ranks = vec![MISSING_CODE; names.len()];
    for (rank, &code) in order.iter().enumerate() {
        ranks[code] = rank as u32;
    }
    let rank = |code: &mut u32| *code = ranks.get(*code as usize).copied().unwrap_or(MISSING_CODE);
    match codes.len() < PARALLEL {
        true => codes.iter_mut().for_each(rank),
        false => codes.par_iter_mut().for_each(rank),
    }
    let levels = order.iter().map(|&code| std::mem::take(&mut names[code])).collect();
    Ok(Category { codes, levels: Arc::new(levels) })
}

fn names(levels: &Levels, encoding: Encoding) -> Option<Vec<String>> {
    levels.iter().map(|text| encoding.decode(text).map(Cow::into_owned)).collect()
}

fn not_text(codes: &[u32], levels: &Levels, encoding: Encoding) -> NotText {
    let bad: Vec<bool> = levels.iter().map(|text| encoding.decode(text).is_none()).collect();
    let is_bad = |code: u32| bad.get(code as usize).copied().unwrap_or(false);
    let rows = || codes.iter().enumerate().filter(|&(_, &code)| is_bad(code));
    let text = |code: u32| String::from_utf8_lossy(levels.get(code as usize)).into_owned();
    let shown = rows().take(crate::error::SHOWN_PROBLEMS);
    NotText { shown: shown.map(|(row, &code)| (row, text(code))).collect(), total: rows().count() }
}
