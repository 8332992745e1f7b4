//! Rows that are described.

use super::subject::DataUse;
use crate::describe::{Levels, Unlevelled};
use crate::error::{Error, Result};
use crate::formula::Expr;
use crate::note::Note;
use crate::table::Table;

/// Levels that groups may be made of.
const MOST_GROUPS: usize = 20;

/// A table with what a report says about its origin.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Where it came from, and how many of its rows are here.
    pub data: DataUse,
    /// The rows.
    pub table: Table,
    /// What was found on the way.
    pub notes: Vec<Note>,
}

/// What makes the groups, and the group of every row.
#[derive(Debug, Clone)]
pub(super) struct Division {
    /// None when all rows are one group.
    pub(super) by: Option<String>,
    pub(super) groups: Levels,
}

impl Frame {
    /// Divides the rows; those without a group are left out, and noted.
    pub(super) fn divide(&mut self, by: Option<&Expr>) -> Result<Division> {
        let rows = self.table.rows();
        if rows == 0 {
            return Err(self.no_rows());
        }
        let Some(by) = by else { return Ok(Division { by: None, groups: Levels::one(rows) }) };
        let column = by.evaluate_noting(&self.table, &mut self.notes)?;
        let groups = Levels::of(&column, MOST_GROUPS)
            .map_err(|reason| no_groups(&by.to_string(), reason))?;
        let missing = groups.missing();
        if missing > 0 {
            self.notes.push(Note::Missing { variable: by.to_string(), rows: missing });
            self.data.used -= missing;
            self.data.dropped += missing;
        }
        if groups.is_empty() {
            return Err(self.no_rows());
        }
        Ok(Division { by: Some(by.to_string()), groups })
    }

    fn no_rows(&self) -> Error {
        let notes: Vec<String> = self.notes.iter().map(Note::to_string).collect();
        let why = if notes.is_empty() { String::new() } else { format!(": {}", notes.join("; ")) };
        Error::analysis(format!("no rows are left to describe{why}"))
    }
}

fn no_groups(by: &str, reason: Unlevelled) -> Error {
    Error::analysis(match reason {
        Unlevelled::TooMany => format!(
            "--by {by}: more than {MOST_GROUPS} values make no groups; make classes, as \
             --by \"cut({by}, c(0, 50, 65, Inf))\" or --by \"{by} >= 65\""
        ),
        Unlevelled::Dates => format!(
            "--by {by}: dates make no groups; compare with one, as --by \"{by} >= 2020-01-01\""
        ),
    })
}
