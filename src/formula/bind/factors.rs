//! Columns as groups and strata.

use crate::cohort::Factor;
use crate::error::Result;
use crate::formula::eval::{Categorise, categorise};
use crate::formula::expr::Expr;
use crate::table::Column;

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
    let limit = if kind == Kind::Group { MAX_NUMERIC_GROUPS } else { MAX_NUMERIC_STRATA };
    match categorise(column, limit) {
        Categorise::Category(category) => Ok(Factor { name: expr.to_string(), category }),
        Categorise::TooMany => {
            let error = expr.misfit(format!("{expr} has more than {limit} different values"));
            let help =
                format!("make classes: cut({expr}, c(…)); if these are categories, factor({expr})");
            Err(error.help(help).into())
        }
    }
}
