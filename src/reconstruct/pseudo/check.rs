//! Whether a problem says what can be searched for.

use super::newton::WIDEST;
use super::problem::{Clock, Column, Condition, Label, LabelKind, Model, Problem, Statistic};
use crate::cox::Ties;
use crate::error::{Error, Result};

/// The last day that a clock may show.
const LAST_DAY: i64 = 1_000_000;

/// Refuses a problem that contradicts itself, saying where.
pub(super) fn check(problem: &Problem) -> Result<()> {
    if problem.rows == 0 || problem.rows > usize::from(u16::MAX) {
        return refuse(problem, "give between 1 and 65,535 rows");
    }
    if !(problem.days_per_unit > 0.0 && problem.days_per_unit.is_finite()) {
        return refuse(problem, "days in a unit of time must be a positive number");
    }
    if !(problem.conf_level > 0.0 && problem.conf_level < 1.0) {
        return refuse(problem, "the confidence level must be between 0 and 1");
    }
    problem.labels.iter().try_for_each(|label| check_label(problem, label))?;
    for (place, clock) in problem.clocks.iter().enumerate() {
        check_clock(problem, place, clock)?;
    }
    problem.models.iter().try_for_each(|model| check_model(problem, model))?;
    for figure in &problem.figures {
        if !statistic_exists(problem, &figure.statistic) {
            let id = &figure.id;
            return refuse(problem, format!("figure {id} names what the problem does not have"));
        }
    }
    Ok(())
}

fn refuse<T>(problem: &Problem, why: impl std::fmt::Display) -> Result<T> {
    Err(Error::analysis(format!("block {}: {why}", problem.name)))
}

fn check_label(problem: &Problem, label: &Label) -> Result<()> {
    let (name, rows) = (&label.name, problem.rows);
    match &label.kind {
        LabelKind::Levels { levels, counts, missing } => {
            let sum = counts.iter().sum::<usize>() + missing;
            if levels.len() != counts.len() {
                return refuse(problem, format!("label {name} needs one count for each level"));
            }
            if sum != rows {
                let counts = format!("the counts of label {name} add up to {sum}, not {rows}");
                return refuse(problem, counts);
            }
        }
        LabelKind::Whole { min, max, bands, missing, .. } => {
            let small = |own: i64| own.abs() <= LAST_DAY;
            if min > max || !small(*min) || !small(*max) {
                let ends = format!("label {name} runs from {min} to {max}");
                return refuse(problem, ends);
            }
            if *missing > rows || bands.iter().any(|band| band.count > rows - missing) {
                return refuse(problem, format!("label {name} counts more rows than there are"));
            }
        }
    }
    Ok(())
}

fn check_clock(problem: &Problem, place: usize, clock: &Clock) -> Result<()> {
    let earlier = |other: usize| other < place;
    let same = clock
        .same_as
        .as_ref()
        .is_none_or(|same| earlier(same.clock) && condition_exists(problem, &same.rows));
    let name = &clock.time;
    if !clock.bounds.iter().all(|bound| earlier(bound.clock)) || !same {
        return refuse(problem, format!("clock {name} may lean only on clocks given before it"));
    }
    if !condition_exists(problem, &clock.members) {
        return refuse(problem, format!("the members of clock {name} name an unknown label"));
    }
    if !(0..=LAST_DAY).contains(&clock.max_days) || clock.without > problem.rows {
        return refuse(
            problem,
            format!("clock {name} has an impossible last day or number of rows"),
        );
    }
    Ok(())
}

fn check_model(problem: &Problem, model: &Model) -> Result<()> {
    let name = &model.name;
    if model.ties != Ties::Breslow {
        return Err(Error::option(format!(
            "model {name}: a search refits thousands of times a second, by Breslow's ties only"
        )));
    }
    if model.columns.is_empty() || model.columns.len() > WIDEST {
        return refuse(problem, format!("model {name} needs between 1 and {WIDEST} columns"));
    }
    let column = |own: &Column| match own {
        Column::Value { label } => {
            matches!(problem.labels.get(*label), Some(Label { kind: LabelKind::Whole { .. }, .. }))
        }
        Column::Indicator(condition) => condition_exists(problem, condition),
    };
    let known = model.columns.iter().all(column) && condition_exists(problem, &model.rows);
    if !known || model.clock >= problem.clocks.len() {
        return refuse(problem, format!("model {name} names what the problem does not have"));
    }
    Ok(())
}

fn condition_exists(problem: &Problem, condition: &Condition) -> bool {
    let kind = |label: usize| problem.labels.get(label).map(|own| &own.kind);
    match condition {
        Condition::Always => true,
        Condition::Is { label, level } => {
            matches!(kind(*label), Some(LabelKind::Levels { levels, .. }) if *level < levels.len())
        }
        Condition::Missing { label } => kind(*label).is_some(),
        Condition::Range { label, .. } => matches!(kind(*label), Some(LabelKind::Whole { .. })),
        Condition::Not(inner) => condition_exists(problem, inner),
        Condition::All(inner) | Condition::Any(inner) => {
            inner.iter().all(|own| condition_exists(problem, own))
        }
    }
}

fn statistic_exists(problem: &Problem, statistic: &Statistic) -> bool {
    let clock = |clock: usize| clock < problem.clocks.len();
    let column = |model: usize, column: usize| {
        problem.models.get(model).is_some_and(|own| column < own.columns.len())
    };
    match statistic {
        Statistic::Median { clock: own, rows }
        | Statistic::Events { clock: own, rows }
        | Statistic::FollowUp { clock: own, rows, .. } => {
            clock(*own) && condition_exists(problem, rows)
        }
        Statistic::Rate { clock: own, at, rows } => {
            clock(*own) && at.is_finite() && *at >= 0.0 && condition_exists(problem, rows)
        }
        Statistic::HazardRatio { model, column: own } => column(*model, *own),
        Statistic::WaldP { model, columns } => {
            !columns.is_empty() && columns.iter().all(|&own| column(*model, own))
        }
        Statistic::Count { rows } => condition_exists(problem, rows),
    }
}
