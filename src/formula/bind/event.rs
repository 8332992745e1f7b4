//! What an event is: never guessed.

use crate::error::{Error, Result};
use crate::formula::eval::{Categorise, categorise};
use crate::formula::expr::Expr;
use crate::formula::rows::{any, map};
use crate::formula::syntax::ast::{BinaryOp, Kind};
use crate::note::Note;
use crate::table::{Category, Column, MISSING_CODE};

/// Different values that a message can count.
const COUNTED: usize = 1_000;
/// Different values that a message shows.
const SHOWN: usize = 10;

/// Words that mean an event when a text column holds them.
const EVENTS: [&str; 12] = [
    "event",
    "dead",
    "death",
    "died",
    "deceased",
    "exitus",
    "progression",
    "progressed",
    "relapse",
    "recurrence",
    "failure",
    "yes",
];

/// ADaM's CNSR is 1 for censored: the wrong way round if taken as an event.
pub(super) fn check_name(expr: &Expr) -> Result<()> {
    match expr.core().name() {
        Some(name) if name.eq_ignore_ascii_case("cnsr") => {
            let message = format!("{name} is 1 for censored rows, so it is no event indicator");
            Err(expr.misfit(message).help(format!("write {name} == 0")).into())
        }
        _ => Ok(()),
    }
}

/// Truth values, 0/1, or an error that shows what there is.
pub(super) fn events(expr: &Expr, column: Column, notes: &mut Vec<Note>) -> Result<Vec<bool>> {
    let events = match column {
        // Collecting from the vector itself keeps its memory.
        Column::Boolean(values) => values.into_iter().map(|value| value == 1).collect(),
        Column::Integer(values) if !any(&values, |value| !(0..=1).contains(value)) => {
            map(&values, |&value| value == 1)
        }
        Column::Number { values, .. } if !any(&values, |&value| value != 0.0 && value != 1.0) => {
            map(&values, |&value| value == 1.0)
        }
        other => return Err(unclear(expr, other)),
    };
    if is_comparison(expr) && !any(&events, |&event| event) {
        notes.push(Note::Remark(format!("{expr} is true in no row: there are no events")));
    }
    Ok(events)
}

fn is_comparison(expr: &Expr) -> bool {
    match &expr.core().kind {
        Kind::Chain { rest, .. } => {
            rest.iter().any(|link| matches!(link.op, BinaryOp::Compare(_) | BinaryOp::In))
        }
        _ => false,
    }
}

fn unclear(expr: &Expr, column: Column) -> Error {
    let message = format!("which value of {expr} is the event?");
    if matches!(column, Column::Date(_)) {
        let error = expr.misfit(format!("{message} It holds dates"));
        return error.help(format!("if a date means an event, !is.na({expr})")).into();
    }
    let text = matches!(column, Column::Category(_));
    let Categorise::Category(category) = categorise(column, COUNTED) else {
        let error = expr.misfit(format!("{message} It has more than {COUNTED} different values"));
        return error.help("the event is 0/1, true/false or a comparison").into();
    };
    let counts = counts(&category);
    let value = |level: &str| if text { format!("{level:?}") } else { level.to_owned() };
    let shown = counts.iter().take(SHOWN);
    let shown: Vec<String> =
        shown.map(|(level, rows)| format!("{} ({rows})", value(level))).collect();
    let more = if counts.len() > SHOWN { ", …" } else { "" };
    let error = expr.misfit(format!("{message} Found {}{more}", shown.join(", ")));
    let likely = value(likely(&counts, text));
    error.help(format!("the event is 0/1, true/false or a comparison: {expr} == {likely}")).into()
}

/// Values that occur with the number of their rows.
fn counts(category: &Category) -> Vec<(&str, usize)> {
    let mut counts: Vec<(&str, usize)> =
        category.levels.iter().map(|level| (level.as_str(), 0)).collect();
    for &code in category.codes.iter().filter(|&&code| code != MISSING_CODE) {
        counts[code as usize].1 += 1;
    }
    counts.retain(|(_, rows)| *rows > 0);
    counts
}

/// The value that the advice names.
fn likely<'c>(counts: &[(&'c str, usize)], text: bool) -> &'c str {
    let levels = || counts.iter().map(|(level, _)| *level);
    let event = |level: &&str| match text {
        true => EVENTS.contains(&level.trim().to_lowercase().as_str()),
        false => *level == "1" && levels().any(|level| level == "0"),
    };
    levels().find(event).or_else(|| levels().next_back()).unwrap_or("1")
}
