//! The design matrix of a regression: a column a coefficient, a few columns a term.

use std::ops::Range;

use rayon::prelude::*;

use super::Cohort;
use crate::error::{DataError, Error, Result};

/// Values whose range is found at once, and as many as are worth several threads.
const RANGED: usize = 1 << 14;
const RANGED_BY_BLOCKS: usize = 1 << 16;

/// Covariates of a regression: one column a coefficient, grouped by terms, and an offset.
///
/// R: `model.matrix(coxph(…))`, without an intercept.
///
/// ```
/// use riskset::cohort::Design;
///
/// let design = Design::from_columns(vec![("age".to_owned(), vec![61.0, 47.0, 70.0])])?;
/// assert_eq!((design.n_rows(), design.n_columns()), (3, 1));
/// assert_eq!(design.terms()[0].name, "age");
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    rows: usize,
    columns: Vec<DesignColumn>,
    terms: Vec<DesignTerm>,
    offset: Option<Vec<f64>>,
    /// The smallest and the largest value of every column.
    ranges: Vec<[f64; 2]>,
}

/// One coefficient's values.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignColumn {
    /// The coefficient as R names it: `age`, `sexmale`, `age:sexmale`.
    pub name: String,
    /// The level of a categorical term, those of an interaction joined by `:`; none for numbers.
    pub level: Option<String>,
    /// One finite number a row.
    pub values: Vec<f64>,
}

/// Columns that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignTerm {
    /// The term as written in the formula.
    pub name: String,
    /// Its columns; none when it has one level only.
    pub columns: Range<usize>,
}

impl Design {
    /// A design of `rows` rows; terms follow one another and share the columns out.
    ///
    /// # Errors
    /// Columns of another length, terms that leave a gap or overlap; and, naming the rows, values
    /// that are not finite.
    pub fn new(rows: usize, columns: Vec<DesignColumn>, terms: Vec<DesignTerm>) -> Result<Self> {
        let range = |own: &DesignColumn| check_values(&own.name, &own.values, rows);
        let ranges = columns.iter().map(range).collect::<Result<_>>()?;
        check_terms(&terms, columns.len())?;
        Ok(Self { rows, columns, terms, offset: None, ranges })
    }

    /// Every group of a cohort but the first as a column of 0 and 1, all of them one term.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_groups(cohort: &Cohort) -> Result<Self> {
        let groups = cohort.groups();
        let column = |group: usize| DesignColumn {
            name: groups.label(group),
            level: None,
            values: (0..cohort.n_rows())
                .map(|row| f64::from(u8::from(groups.code(row) as usize == group)))
                .collect(),
        };
        let columns: Vec<DesignColumn> = (1..groups.len()).map(column).collect();
        let term = DesignTerm { name: groups.terms().join(", "), columns: 0..columns.len() };
        Self::new(cohort.n_rows(), columns, vec![term])
    }

    /// A design of numeric covariates, each a term of its own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_columns(columns: Vec<(String, Vec<f64>)>) -> Result<Self> {
        let rows = columns.first().map_or(0, |(_, values)| values.len());
        let term = |(at, (name, _)): (usize, &(String, _))| DesignTerm {
            name: name.clone(),
            columns: at..at + 1,
        };
        let terms = columns.iter().enumerate().map(term).collect();
        let column = |(name, values)| DesignColumn { name, level: None, values };
        Self::new(rows, columns.into_iter().map(column).collect(), terms)
    }

    /// Adds a known part of the linear predictor.
    ///
    /// # Errors
    /// Another length, or values that are not finite.
    pub fn with_offset(mut self, offset: Vec<f64>) -> Result<Self> {
        check_values("offset", &offset, self.rows)?;
        self.offset = Some(offset);
        Ok(self)
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.rows
    }

    /// Number of columns, which is that of coefficients.
    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// The columns, in R's order.
    pub fn columns(&self) -> &[DesignColumn] {
        &self.columns
    }

    /// The terms, in R's order.
    pub fn terms(&self) -> &[DesignTerm] {
        &self.terms
    }

    /// The smallest and the largest value of a column.
    pub(crate) fn range(&self, column: usize) -> [f64; 2] {
        self.ranges[column]
    }

    /// The known part of the linear predictor, one number a row.
    pub fn offset(&self) -> Option<&[f64]> {
        self.offset.as_deref()
    }

    /// The rows given.
    pub fn select(&self, rows: &[u32]) -> Self {
        let take = |values: &[f64]| rows.iter().map(|&row| values[row as usize]).collect();
        let column = |own: &DesignColumn| DesignColumn {
            name: own.name.clone(),
            level: own.level.clone(),
            values: take(&own.values),
        };
        let columns: Vec<DesignColumn> = self.columns.par_iter().map(column).collect();
        Self {
            rows: rows.len(),
            ranges: columns.iter().map(|own| range(&own.values).unwrap_or_default()).collect(),
            columns,
            terms: self.terms.clone(),
            offset: self.offset.as_deref().map(take),
        }
    }

    /// The terms given, in that order; the offset stays.
    pub fn with_terms(&self, terms: &[usize]) -> Self {
        let (mut columns, mut ranges) = (Vec::new(), Vec::new());
        let take = |&term: &usize| {
            let DesignTerm { name, columns: own } = &self.terms[term];
            let first = columns.len();
            columns.extend_from_slice(&self.columns[own.clone()]);
            ranges.extend_from_slice(&self.ranges[own.clone()]);
            DesignTerm { name: name.clone(), columns: first..columns.len() }
        };
        let terms = terms.iter().map(take).collect();
        Self { rows: self.rows, columns, terms, offset: self.offset.clone(), ranges }
    }
}

/// The range of values that are as many as rows, and finite.
fn check_values(name: &str, values: &[f64], rows: usize) -> Result<[f64; 2]> {
    if values.len() != rows {
        let found = values.len();
        return Err(Error::analysis(format!("{name} has {found} values for {rows} rows")));
    }
    if let Some(range) = range(values) {
        return Ok(range);
    }
    let mut error = DataError::new("a covariate must be a finite number")
        .help("exclude these rows, or transform the covariate");
    for (row, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_finite()) {
        error.push(row, name, value);
    }
    error.check().map(|()| <[f64; 2]>::default())
}

/// The smallest and the largest of finite values, 0 and 0 without any; none when some are not
/// finite.
fn range(values: &[f64]) -> Option<[f64; 2]> {
    let blocks: Vec<Option<[f64; 2]>> = match values.len() < RANGED_BY_BLOCKS {
        true => values.chunks(RANGED).map(range_of_block).collect(),
        false => values.par_chunks(RANGED).map(range_of_block).collect(),
    };
    let wider = |a: [f64; 2], b: [f64; 2]| [a[0].min(b[0]), a[1].max(b[1])];
    let whole: Option<Vec<[f64; 2]>> = blocks.into_iter().collect();
    Some(whole?.into_iter().reduce(wider).unwrap_or_default())
}

/// Eight values side by side, as vectors do.
fn range_of_block(values: &[f64]) -> Option<[f64; 2]> {
    let (mut low, mut high, mut finite) = ([values[0]; 8], [values[0]; 8], [0.0; 8]);
    for eight in values.chunks(8) {
        for (at, &value) in eight.iter().enumerate() {
            low[at] = if value < low[at] { value } else { low[at] };
            high[at] = if value > high[at] { value } else { high[at] };
            // Not a number from the first infinity on.
            finite[at] += value * 0.0;
        }
    }
    let finite = finite.iter().sum::<f64>() == 0.0;
    let all = low.iter().copied().fold(values[0], f64::min);
    finite.then(|| [all, high.iter().copied().fold(values[0], f64::max)])
}

/// Every column belongs to one term, and terms stand in the order of their columns.
fn check_terms(terms: &[DesignTerm], columns: usize) -> Result<()> {
    let mut next = 0;
    for term in terms {
        if term.columns.start != next || term.columns.end < next {
            return Err(Error::analysis(format!("the columns of {} are out of place", term.name)));
        }
        next = term.columns.end;
    }
    match next == columns {
        true => Ok(()),
        false => Err(Error::analysis(format!("terms have {next} columns, the design {columns}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, level: Option<&str>, values: &[f64]) -> DesignColumn {
        let level = level.map(str::to_owned);
        DesignColumn { name: name.to_owned(), level, values: values.to_vec() }
    }

    fn term(name: &str, columns: Range<usize>) -> DesignTerm {
        DesignTerm { name: name.to_owned(), columns }
    }

    fn sample() -> Design {
        let columns = vec![
            column("age", None, &[61.0, 47.0, 70.0]),
            column("ecog1", Some("1"), &[0.0, 1.0, 0.0]),
            column("ecog2", Some("2"), &[1.0, 0.0, 0.0]),
        ];
        let terms = vec![term("age", 0..1), term("one", 1..1), term("ecog", 1..3)];
        Design::new(3, columns, terms).unwrap().with_offset(vec![0.5, 0.0, -1.0]).unwrap()
    }

    #[test]
    fn rows_and_terms_are_taken_out() {
        let design = sample().select(&[2, 0]).with_terms(&[2, 1, 0]);
        assert_eq!(design.n_rows(), 2);
        let names: Vec<&str> = design.columns().iter().map(|own| own.name.as_str()).collect();
        assert_eq!(names, ["ecog1", "ecog2", "age"]);
        assert_eq!(design.terms(), [term("ecog", 0..2), term("one", 2..2), term("age", 2..3)]);
        assert_eq!(design.columns()[2].values, [70.0, 61.0]);
        assert_eq!(design.offset(), Some(&[-1.0, 0.5][..]));
    }

    #[test]
    fn what_is_no_design_is_refused() {
        let fail = |columns: &[f64], terms| {
            let columns = vec![column("x", None, columns)];
            Design::new(2, columns, terms).unwrap_err().to_string()
        };
        assert_eq!(fail(&[1.0], vec![term("x", 0..1)]), "x has 1 values for 2 rows");
        assert_eq!(fail(&[1.0, 2.0], vec![]), "terms have 0 columns, the design 1");
        let gap = vec![term("x", 0..1), term("y", 2..2)];
        assert_eq!(fail(&[1.0, 2.0], gap), "the columns of y are out of place");
        let infinite = fail(&[1.0, f64::INFINITY], vec![term("x", 0..1)]);
        assert!(infinite.contains("row 2, column x: inf"), "{infinite}");
        assert_eq!(range(&[3.0, -1.0, 2.0]), Some([-1.0, 3.0]));
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut values = vec![1.0; 100_000];
            values[70_001] = odd;
            assert_eq!(range(&values), None);
        }
        assert!(sample().with_offset(vec![f64::NAN, 0.0, 0.0]).is_err());
    }
}
