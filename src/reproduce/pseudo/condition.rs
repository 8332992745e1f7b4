//! Expressions over labels as conditions that a search can test on one row.
//!
//! Labels have few values, so an expression is evaluated once, by the formula language itself, on
//! every combination of the values of the labels that it names; the combinations for which it is
//! true are then written as ranges and levels.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::formula::Expr;
use crate::plan::Plan;
use crate::reconstruct::pseudo::{Condition, Label, LabelKind};
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT, Table, level_order};

/// Combinations beyond which an expression is refused.
const MOST: usize = 200_000;

/// A value of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Level(usize),
    Whole(i64),
    Missing,
}

/// Every combination of the values of some labels.
pub(super) struct Combinations<'l> {
    labels: Vec<(usize, &'l Label)>,
    cells: Vec<Vec<Cell>>,
    table: Table,
}

impl<'l> Combinations<'l> {
    /// Of the labels behind some columns.
    pub(super) fn new(plan: &Plan, labels: &'l [Label], columns: &[String]) -> Result<Self> {
        let header: Vec<String> = labels.iter().map(|own| own.name.clone()).collect();
        let used = plan.columns(columns, &header);
        let labels: Vec<(usize, &Label)> =
            labels.iter().enumerate().filter(|(_, own)| used.contains(&own.name)).collect();
        // Counted before any is made: a range may have a billion of them.
        let rows = labels.iter().try_fold(1usize, |all, (_, own)| {
            all.checked_mul(size(&own.kind)).filter(|&all| all <= MOST)
        });
        let Some(rows) = rows else {
            let names = labels.iter().map(|(_, own)| own.name.as_str()).collect::<Vec<_>>();
            return Err(Error::analysis(format!(
                "a condition over {} has more than {MOST} combinations of values",
                names.join(", ")
            )));
        };
        let cells: Vec<Vec<Cell>> = labels.iter().map(|(_, own)| cells(&own.kind)).collect();
        let mut table = Table::new(rows);
        let mut after = rows;
        for ((_, label), own) in labels.iter().zip(&cells) {
            after /= own.len();
            let cell = |row: usize| own[row / after % own.len()];
            table.push(label.name.as_str(), column(label, (0..rows).map(cell)));
        }
        let names: Vec<String> = table.names().to_vec();
        let table = plan.prepare(table.with_header(names), columns, false)?.table;
        Ok(Self { labels, cells, table })
    }

    /// The labels concerned, by their places.
    pub(super) fn labels(&self) -> &[(usize, &'l Label)] {
        &self.labels
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// The condition that holds for the combinations marked.
    pub(super) fn condition(&self, holds: &[bool]) -> Condition {
        self.split(0, holds)
    }

    fn split(&self, at: usize, holds: &[bool]) -> Condition {
        if holds.iter().all(|&own| own) {
            return Condition::Always;
        }
        if !holds.contains(&true) {
            return Condition::Any(Vec::new());
        }
        let (label, _) = self.labels[at];
        let size = holds.len() / self.cells[at].len();
        let mut parts: Vec<(Condition, Vec<Cell>)> = Vec::new();
        for (cell, holds) in self.cells[at].iter().zip(holds.chunks(size)) {
            let rest = self.split(at + 1, holds);
            match parts.iter_mut().find(|(own, _)| *own == rest) {
                Some((_, cells)) => cells.push(*cell),
                None => parts.push((rest, vec![*cell])),
            }
        }
        let parts = parts.into_iter().filter(|(rest, _)| *rest != Condition::Any(Vec::new()));
        let parts = parts.map(|(rest, cells)| match rest {
            Condition::Always => among(label, &cells),
            rest => Condition::All(vec![among(label, &cells), rest]),
        });
        any(parts.collect())
    }
}

/// The condition that an expression is.
pub(super) fn condition(plan: &Plan, labels: &[Label], expr: &Expr) -> Result<Condition> {
    let all = Combinations::new(plan, labels, &expr.columns())?;
    let holds = expr.holds(all.table(), &mut Vec::new())?;
    Ok(all.condition(&holds.iter().map(|&own| own == 1).collect::<Vec<_>>()))
}

fn any(mut parts: Vec<Condition>) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => Condition::Any(parts),
    }
}

/// The label has one of these values.
fn among(label: usize, cells: &[Cell]) -> Condition {
    let mut parts: Vec<Condition> = Vec::new();
    for cell in cells {
        match *cell {
            Cell::Level(level) => parts.push(Condition::Is { label, level }),
            Cell::Missing => parts.push(Condition::Missing { label }),
            Cell::Whole(value) => match parts.last_mut() {
                Some(Condition::Range { high, .. }) if *high + 1 == value => *high = value,
                _ => parts.push(Condition::Range { label, low: value, high: value }),
            },
        }
    }
    any(parts)
}

/// At least as many as there are [`cells`].
fn size(kind: &LabelKind) -> usize {
    let (values, missing) = match kind {
        LabelKind::Levels { counts, missing, .. } => (counts.len(), *missing),
        LabelKind::Whole { min, max, missing, .. } => (
            usize::try_from(max.abs_diff(*min)).map_or(usize::MAX, |own| own.saturating_add(1)),
            *missing,
        ),
    };
    values.saturating_add(usize::from(missing > 0))
}

/// The values that occur.
fn cells(kind: &LabelKind) -> Vec<Cell> {
    let (mut own, missing): (Vec<Cell>, usize) = match kind {
        LabelKind::Levels { counts, missing, .. } => {
            let occurs = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            (occurs.map(|(level, _)| Cell::Level(level)).collect(), *missing)
        }
        LabelKind::Whole { min, max, missing, .. } => {
            ((*min..=*max).map(Cell::Whole).collect(), *missing)
        }
    };
    if missing > 0 {
        own.push(Cell::Missing);
    }
    own
}

/// A column as a reader would type it.
fn column(label: &Label, cells: impl Iterator<Item = Cell>) -> Column {
    let LabelKind::Levels { levels, .. } = &label.kind else {
        let value = |cell| match cell {
            Cell::Whole(value) => value as i32,
            _ => MISSING_INT,
        };
        return Column::Integer(cells.map(value).collect());
    };
    let numbers: Option<Vec<i32>> = levels.iter().map(|own| own.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let value = |cell| match cell {
            Cell::Level(level) => numbers[level],
            _ => MISSING_INT,
        };
        return Column::Integer(cells.map(value).collect());
    }
    let order = level_order(levels);
    let mut codes = vec![0; levels.len()];
    for (code, &level) in (0u32..).zip(&order) {
        codes[level] = code;
    }
    let code = |cell| match cell {
        Cell::Level(level) => codes[level],
        _ => MISSING_CODE,
    };
    let codes = cells.map(code).collect();
    let levels = order.iter().map(|&level| levels[level].clone()).collect();
    Column::Category(Category { codes, levels: Arc::new(levels) })
}
