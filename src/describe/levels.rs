//! Columns as levels.

use std::collections::HashSet;

use crate::table::{Column, MISSING_CODE, MISSING_INT};

/// The level of every row, and the names of the levels that occur, in order: numbers by size, false
/// before true, text in the order of the column.
///
/// ```
/// use riskset::describe::Levels;
/// use riskset::table::Column;
///
/// let levels = Levels::of(&Column::Integer(vec![2, 10, 2, 1]), 20).unwrap();
/// assert_eq!(levels.names(), ["1", "2", "10"]);
/// assert_eq!(levels.codes(), [1, 2, 1, 0]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    codes: Vec<u32>,
    names: Vec<String>,
}

/// Why a column has no levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlevelled {
    /// More distinct values than are allowed.
    TooMany,
    /// It holds dates.
    Dates,
}

impl Levels {
    /// The levels of a column that has at most `most` of them. Missing values have none.
    ///
    /// # Errors
    /// There are more, or they are dates.
    pub fn of(column: &Column, most: usize) -> Result<Self, Unlevelled> {
        let own = match column {
            Column::Date(_) => return Err(Unlevelled::Dates),
            Column::Category(own) => Self { codes: own.codes.clone(), names: own.levels.to_vec() },
            Column::Boolean(values) => Self::flags(values),
            Column::Integer(_) | Column::Number { .. } => {
                Self::numbers(&numbers(column), most).ok_or(Unlevelled::TooMany)?
            }
        };
        let own = own.in_use();
        if own.len() > most { Err(Unlevelled::TooMany) } else { Ok(own) }
    }

    /// All rows in one level.
    pub fn one(rows: usize) -> Self {
        Self { codes: vec![0; rows], names: vec!["all".to_owned()] }
    }

    /// Given levels; a code beyond them is missing.
    pub(super) fn new(codes: Vec<u32>, names: Vec<String>) -> Self {
        Self { codes, names }
    }

    /// The level of every row; [`MISSING_CODE`] where there is none.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The names of the levels.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of levels.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How many rows each level has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        for &code in &self.codes {
            counts.get_mut(code as usize).into_iter().for_each(|n| *n += 1);
        }
        counts
    }

    /// How many rows have no level.
    pub fn missing(&self) -> usize {
        self.codes.len() - self.counts().iter().sum::<usize>()
    }

    fn flags(values: &[u8]) -> Self {
        let code = |&value: &u8| if value > 1 { MISSING_CODE } else { u32::from(value) };
        Self::new(values.iter().map(code).collect(), ["false", "true"].map(str::to_owned).into())
    }

    fn numbers(values: &[f64], most: usize) -> Option<Self> {
        let distinct = distinct(values, most)?;
        let code = |value: &f64| {
            let place = distinct.binary_search_by(|own| own.total_cmp(value));
            place.map_or(MISSING_CODE, |place| place as u32)
        };
        let names = distinct.iter().map(f64::to_string).collect();
        Some(Self { codes: values.iter().map(code).collect(), names })
    }

    /// Without levels that no row has.
    fn in_use(self) -> Self {
        let counts = self.counts();
        let mut next = 0;
        let place = |&n: &usize| if n == 0 { MISSING_CODE } else { (next, next += 1).0 };
        let places: Vec<u32> = counts.iter().map(place).collect();
        let code = |code: &u32| places.get(*code as usize).copied().unwrap_or(MISSING_CODE);
        let names = self.names.into_iter().zip(counts).filter(|(_, n)| *n > 0);
        Self {
            codes: self.codes.iter().map(code).collect(),
            names: names.map(|(name, _)| name).collect(),
        }
    }
}

/// The distinct numbers in order, if there are at most so many.
pub(super) fn distinct(values: &[f64], most: usize) -> Option<Vec<f64>> {
    let mut seen = HashSet::new();
    for value in values.iter().filter(|value| !value.is_nan()) {
        seen.insert(value.to_bits());
        if seen.len() > most {
            return None;
        }
    }
    let mut distinct: Vec<f64> = seen.into_iter().map(f64::from_bits).collect();
    distinct.sort_by(f64::total_cmp);
    Some(distinct)
}

/// Numbers and truth values as numbers; NaN is missing, minus zero is zero.
pub(super) fn numbers(column: &Column) -> Vec<f64> {
    let whole = |&value: &i32| if value == MISSING_INT { f64::NAN } else { f64::from(value) };
    match column {
        Column::Integer(values) => values.iter().map(whole).collect(),
        Column::Number { values, .. } => values.iter().map(|value| value + 0.0).collect(),
        Column::Boolean(values) => {
            let flag = |&value: &u8| if value > 1 { f64::NAN } else { f64::from(value) };
            values.iter().map(flag).collect()
        }
        Column::Date(values) => vec![f64::NAN; values.len()],
        Column::Category(category) => vec![f64::NAN; category.codes.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Category;

    #[test]
    fn levels_that_do_not_occur_are_none() {
        let category = Category {
            codes: vec![2, MISSING_CODE, 0, 2],
            levels: ["a", "b", "c"].map(str::to_owned).to_vec().into(),
        };
        let levels = Levels::of(&Column::Category(category), 9).unwrap();
        assert_eq!(
            (levels.names(), levels.codes()),
            (&["a", "c"].map(str::to_owned)[..], &[1, MISSING_CODE, 0, 1][..])
        );
        assert_eq!((levels.counts(), levels.missing()), (vec![1, 2], 1));
    }

    #[test]
    fn minus_zero_is_zero_and_too_many_are_refused() {
        let column = Column::Number { values: vec![-0.0, 0.0, 0.5, f64::NAN], exact: true };
        assert_eq!(Levels::of(&column, 2).unwrap().names(), ["0", "0.5"]);
        assert_eq!(Levels::of(&column, 1), Err(Unlevelled::TooMany));
        assert_eq!(Levels::of(&Column::Date(vec![1]), 5), Err(Unlevelled::Dates));
    }
}
