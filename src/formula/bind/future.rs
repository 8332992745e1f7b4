//! What had not happened yet at the origin explains nothing: immortal time.

use super::Binder;
use super::variables::{Slot, Variable, Variables};
use crate::error::{DataError, Result};
use crate::formula::eval::Evaluator;
use crate::formula::expr::Expr;
use crate::formula::model::Outcome;
use crate::formula::syntax::date_text;
use crate::note::Note;
use crate::table::{Column, MISSING_INT, Table};

/// Refuses groups and covariates made of dates after the start of follow-up.
pub(super) fn refuse(binder: &Binder<'_>, table: &Table, variables: &Variables) -> Result<()> {
    let outcome = binder.formula.outcome();
    let Some(origin) = start(&mut Evaluator::new(table), outcome)? else { return Ok(()) };
    for variable in variables.iter().filter(|own| explains(own.slot)) {
        let names = variable.expr.columns();
        let sources = names.iter().filter_map(|name| binder.made_of.get(name)).flatten();
        for name in names.iter().chain(sources) {
            if let Some(Column::Date(days)) = table.column(name) {
                check(variable, name, days, &origin)?;
            }
        }
    }
    Ok(())
}

/// Says when a condition chooses rows by what came after the start of follow-up.
pub(super) fn chosen(binder: &Binder<'_>, table: &Table, condition: &Expr) -> Option<Note> {
    let origin = start(&mut Evaluator::new(table), binder.formula.outcome()).ok().flatten()?;
    let names = condition.columns();
    let sources = names.iter().filter_map(|name| binder.made_of.get(name)).flatten();
    let later = |name: &String| match table.column(name) {
        Some(Column::Date(days)) => {
            let pairs = days.iter().zip(&origin);
            pairs.filter(|(day, start)| day > start && **start != MISSING_INT).count()
        }
        _ => 0,
    };
    let column = names.iter().chain(sources).find(|name| later(name) > 0)?;
    Some(Note::Remark(format!(
        "the condition {condition} chooses rows by {column}, which lies after the start of follow-up: whoever \
         is chosen by what came later lived to see it (immortal time)"
    )))
}

fn explains(slot: Slot) -> bool {
    matches!(slot, Slot::Group | Slot::Covariate | Slot::Stratum | Slot::Offset | Slot::By)
}

/// The first day of follow-up: of delayed entry, if its time is a difference of dates, else the
/// origin of the outcome's time.
fn start(evaluator: &mut Evaluator<'_>, outcome: &Outcome) -> Result<Option<Vec<i32>>> {
    let Outcome::Surv { entry, time, .. } = outcome else { return Ok(None) };
    let delayed = |entry: &Expr, evaluator: &mut Evaluator<'_>| {
        let node = evaluator.elapsed(entry)?.first().map(|elapsed| elapsed.end);
        node.map(|node| evaluator.days(entry, node)).transpose()
    };
    if let Some(entry) = entry
        && let Some(days) = delayed(entry, evaluator)?
    {
        return Ok(Some(days));
    }
    let origin = evaluator.elapsed(time)?.first().map(|elapsed| elapsed.origin);
    origin.map(|node| evaluator.days(time, node)).transpose()
}

fn check(variable: &Variable, column: &str, days: &[i32], origin: &[i32]) -> Result<()> {
    let name = &variable.name;
    let mut error = DataError::new(format!(
        "{name} knows the future: {column} lies after the start of follow-up, and whoever lived to \
         see it lived that long"
    ))
    .help(format!(
        "tdc({column}) splits follow-up there; --landmark T leaves out who was not followed beyond T \
         (say {column} - origin <= T for what had happened by then); --allow-future-covariate does it all the \
         same"
    ));
    for (row, (&day, &start)) in days.iter().zip(origin).enumerate() {
        if day > start && start != MISSING_INT {
            let (day, start) = (date_text(day), date_text(start));
            error.push(row, column, format!("{day}, follow-up starts {start}"));
        }
    }
    error.check()
}
