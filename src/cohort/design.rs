//! The design matrix of a regression: a column a coefficient, a few columns a term.

use std::ops::Range;

use rayon::prelude::*;

use super::axis::any_block;
use crate::error::{DataError, Error, Result};

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
        for column in &columns {
            check_values(&column.name, &column.values, rows)?;
        }
        check_terms(&terms, columns.len())?;
        Ok(Self { rows, columns, terms, offset: None })
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
        Self {
            rows: rows.len(),
            columns: self.columns.par_iter().map(column).collect(),
            terms: self.terms.clone(),
            offset: self.offset.as_deref().map(take),
        }
    }

    /// The terms given, in that order; the offset stays.
    pub fn with_terms(&self, terms: &[usize]) -> Self {
        let mut columns = Vec::new();
        let take = |&term: &usize| {
            let DesignTerm { name, columns: own } = &self.terms[term];
            let first = columns.len();
            columns.extend_from_slice(&self.columns[own.clone()]);
            DesignTerm { name: name.clone(), columns: first..columns.len() }
        };
        let terms = terms.iter().map(take).collect();
        Self { rows: self.rows, columns, terms, offset: self.offset.clone() }
    }
}

fn check_values(name: &str, values: &[f64], rows: usize) -> Result<()> {
    if values.len() != rows {
        let found = values.len();
        return Err(Error::analysis(format!("{name} has {found} values for {rows} rows")));
    }
    if !any_block(values, |value| !value.is_finite()) {
        return Ok(());
    }
    let mut error = DataError::new("a covariate must be a finite number")
        .help("exclude these rows, or transform the covariate");
    for (row, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_finite()) {
        error.push(row, name, value);
    }
    error.check()
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
        assert!(sample().with_offset(vec![f64::NAN, 0.0, 0.0]).is_err());
    }
}
