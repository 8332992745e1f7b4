//! Columns as groups and strata.

use crate::cohort::Factor;
use crate::error::{Error, Result};
use crate::formula::eval::{Categorise, categorise};
use crate::formula::expr::Expr;
use crate::formula::rows::any;
use crate::table::{Category, Column};

/// More distinct numbers than this are a measurement, not a grouping.
const MAX_NUMERIC_GROUPS: usize = 50;
/// More distinct numbers than this are no strata.
const MAX_NUMERIC_STRATA: usize = 10_000;

/// What a factor is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    Stratum,
}

/// A column as a factor, named as R names it.
pub(super) fn factor(expr: &Expr, column: Column, kind: Kind) -> Result<Factor> {
    if matches!(column, Column::Date(_)) {
        let error = expr.misfit(format!("{expr} is a date, which makes no groups"));
        let help = format!("compare it, as {expr} >= 2015-01-01, or cut years({expr}, …)");
        return Err(error.help(help).into());
    }
    let (rows, limit) = (column.len(), limit(&column, kind));
    let numbers = matches!(column, Column::Integer(_) | Column::Number { .. });
    match categorise(column, limit) {
        Categorise::Category(own) if numbers && kind == Kind::Stratum && alone(&own, rows) => {
            let strata = own.levels.len();
            Err(measurement(expr, format!("{expr} makes {strata} strata of {rows} rows")))
        }
        Categorise::Category(category) => Ok(Factor { name: expr.to_string(), category }),
        Categorise::TooMany => {
            Err(measurement(expr, format!("{expr} has more than {limit} different values")))
        }
    }
}

/// Numbers that are not whole are a measurement sooner.
fn limit(column: &Column, kind: Kind) -> usize {
    let fractions = match column {
        Column::Number { values, .. } => any(values, |value| value.fract() != 0.0),
        _ => false,
    };
    if kind == Kind::Group || fractions { MAX_NUMERIC_GROUPS } else { MAX_NUMERIC_STRATA }
}

/// Whether nearly every row is a stratum by itself, where nothing can be compared.
fn alone(category: &Category, rows: usize) -> bool {
    let levels = category.levels.len();
    levels > MAX_NUMERIC_GROUPS && 10 * levels > 9 * rows
}

fn measurement(expr: &Expr, message: String) -> Error {
    let help = format!("make classes: cut({expr}, c(…)); if these are categories, factor({expr})");
    expr.misfit(message).help(help).into()
}
