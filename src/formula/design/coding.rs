//! How one variable becomes columns.

use std::sync::Arc;

use super::plan::Variable;
use crate::error::{DataError, Error, FormulaError, Result};
use crate::formula::eval::{category, in_levels, is_number, not_numbers};
use crate::formula::expr::Expr;
use crate::formula::rows::{any_missing, flag, floats, map};
use crate::note::Note;
use crate::numeric::spline::NaturalSpline;
use crate::table::{Category, Column, MISSING_CODE};

/// Categories with more levels than this are no covariates.
const MAX_LEVELS: usize = 500;
/// The level of missing values.
pub(crate) const MISSING_LEVEL: &str = "(missing)";

/// What happens to rows that miss a covariate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// They are left out and counted.
    #[default]
    Complete,
    /// In categories missing becomes a level, `(missing)`, the last; numbers may not be missing.
    Level,
}

/// What kind of variable it is.
#[derive(Debug, Clone)]
pub(in crate::formula) enum Kind {
    /// A number or a category.
    Plain,
    /// x of this call of `ns`.
    Spline(Expr),
    /// x of `tdc(x)`.
    Switch,
}

/// How the values of a variable become columns; learnt once, applied to any rows.
#[derive(Debug, Clone)]
pub(super) enum Scheme {
    Number,
    /// One column a level.
    Levels(Arc<Vec<String>>),
    Spline(NaturalSpline),
}

/// Values ready for columns.
pub(super) enum Coded {
    /// One list of values a column.
    Numbers(Vec<Vec<f64>>),
    /// The level of each row.
    Codes(Vec<u32>),
}

/// The columns that a scheme makes: what the name gets, and the level.
pub(super) struct Label {
    pub(super) suffix: String,
    pub(super) level: Option<String>,
}

impl Scheme {
    /// Learns the scheme of a variable from complete rows, and codes them.
    pub(super) fn learn(
        variable: &Variable,
        column: Column,
        spline: Option<NaturalSpline>,
        notes: &mut Vec<Note>,
    ) -> Result<(Self, Coded)> {
        let scheme = match (spline, &column) {
            (Some(spline), _) => Self::Spline(spline),
            (None, Column::Category(_) | Column::Boolean(_)) => {
                return learn_levels(variable, column, notes);
            }
            (None, _) => Self::Number,
        };
        let coded = scheme.code(&variable.name, column)?;
        Ok((scheme, coded))
    }

    /// Codes new rows, which must have a value.
    pub(super) fn code_new(&self, name: &str, column: Column) -> Result<Coded> {
        let by_level = matches!(self, Self::Levels(levels) if has_missing_level(levels));
        if !by_level && any_missing(&column) {
            return Err(missing_rows(name, &column));
        }
        self.code(name, column)
    }

    /// Codes complete rows.
    fn code(&self, name: &str, column: Column) -> Result<Coded> {
        match self {
            Self::Levels(levels) => {
                let mut codes = in_levels(category(column), levels, name)?.codes;
                if has_missing_level(levels) {
                    fill_missing(&mut codes, levels.len() as u32 - 1);
                }
                Ok(Coded::Codes(codes))
            }
            Self::Number => Ok(Coded::Numbers(vec![reals(name, column)?])),
            Self::Spline(spline) => {
                let values = reals(name, column)?;
                let own = |column| map(&values, |&x| spline.value(column, x));
                Ok(Coded::Numbers((0..spline.n_columns()).map(own).collect()))
            }
        }
    }

    /// The level that has no column of its own.
    pub(super) fn reference(&self) -> Option<&str> {
        match self {
            Self::Levels(levels) => levels.first().map(String::as_str),
            Self::Number | Self::Spline(_) => None,
        }
    }

    /// The columns in a term; `full`: the reference level has one too.
    pub(super) fn labels(&self, full: bool) -> Vec<Label> {
        match self {
            Self::Number => vec![Label { suffix: String::new(), level: None }],
            // R does not number a single column.
            Self::Spline(spline) if spline.n_columns() == 1 => Self::Number.labels(full),
            Self::Spline(spline) => {
                (1..=spline.n_columns()).map(|at| Label::new(&at.to_string())).collect()
            }
            Self::Levels(levels) => {
                levels.iter().skip(usize::from(!full)).map(|level| Label::new(level)).collect()
            }
        }
    }
}

impl Label {
    fn new(level: &str) -> Self {
        Self { suffix: level.to_owned(), level: Some(level.to_owned()) }
    }
}

fn has_missing_level(levels: &[String]) -> bool {
    levels.last().is_some_and(|level| level == MISSING_LEVEL)
}

/// Numbers in the memory that they are in, if that may be.
pub(super) fn reals(name: &str, column: Column) -> Result<Vec<f64>> {
    match column {
        Column::Number { values, .. } => Ok(values),
        Column::Integer(values) | Column::Date(values) => Ok(floats(&values)),
        Column::Boolean(values) => Ok(map(&values, |&value| flag(value))),
        Column::Category(category) => Err(not_numbers(name, name, &category)),
    }
}

fn missing_rows(name: &str, column: &Column) -> Error {
    let mut error = DataError::new("a covariate is missing").help("give every row a value");
    for row in (0..column.len()).filter(|&row| column.is_missing(row)) {
        error.push(row, name, "missing");
    }
    error.into()
}

fn learn_levels(
    variable: &Variable,
    column: Column,
    notes: &mut Vec<Note>,
) -> Result<(Scheme, Coded)> {
    let computed = variable.expr.core().name().is_none();
    let category = category(column);
    if !computed {
        refuse_misread(variable, &category)?;
    }
    let (category, unused) = used_levels(category);
    if category.levels.len() > MAX_LEVELS {
        return Err(too_many(variable, &category).into());
    }
    notes.extend(level_note(variable, &category, if computed { &unused } else { &[] }));
    Ok((Scheme::Levels(category.levels), Coded::Codes(category.codes)))
}

/// A text column that would be numbers but for a few cells is no category.
fn refuse_misread(variable: &Variable, category: &Category) -> Result<(), Error> {
    let odd = category.non_numeric().len();
    if odd > 0 && category.levels.len() > 20 + 10 * odd {
        return Err(not_numbers(&variable.name, &variable.name, category));
    }
    Ok(())
}

/// Only levels that occur make columns; the others are given back. Missing is the last level.
fn used_levels(own: Category) -> (Category, Vec<String>) {
    let Category { mut codes, levels } = own;
    let missing = levels.len() as u32;
    fill_missing(&mut codes, missing);
    let mut seen = vec![false; levels.len() + 1];
    codes.iter().for_each(|&code| seen[code as usize] = true);
    if seen.iter().position(|seen| !seen) == Some(levels.len()) {
        return (Category { codes, levels }, Vec::new());
    }
    let all = levels.iter().cloned().chain([MISSING_LEVEL.to_owned()]).zip(&seen);
    let (used, mut unused): (Vec<_>, Vec<_>) = all.partition(|(_, seen)| **seen);
    if !seen[levels.len()] {
        unused.pop();
    }
    let mut next = 0;
    let place = |&seen: &bool| {
        next += u32::from(seen);
        next.saturating_sub(1)
    };
    let places: Vec<u32> = seen.iter().map(place).collect();
    let codes = map(&codes, |&code| places[code as usize]);
    let levels = |list: Vec<(String, &bool)>| list.into_iter().map(|(level, _)| level).collect();
    (Category { codes, levels: Arc::new(levels(used)) }, levels(unused))
}

fn fill_missing(codes: &mut [u32], level: u32) {
    codes.iter_mut().filter(|code| **code == MISSING_CODE).for_each(|code| *code = level);
}

fn level_note(variable: &Variable, category: &Category, unused: &[String]) -> Option<Note> {
    let name = &variable.name;
    if let [only] = &category.levels[..] {
        return Some(Note::Remark(format!("{name} is {only} in every row: it has no coefficient")));
    }
    let levels = unused.join(", ");
    let text = || format!("{name}: no row has the level {levels}; it has no coefficient");
    (!unused.is_empty()).then(|| Note::Remark(text()))
}

fn too_many(variable: &Variable, category: &Category) -> FormulaError {
    let (name, levels) = (&variable.name, category.levels.len());
    let numbers = category.levels.iter().filter(|level| is_number(level)).count();
    let error = variable.expr.misfit(format!("{name} has {levels} levels, each a coefficient"));
    let help = match 2 * numbers > levels {
        true => {
            "if these are measurements, leave factor() away or mend the cells that are no numbers"
        }
        false => "if rows of one level belong together, strata() or cluster(); else join levels",
    };
    error.help(help)
}
