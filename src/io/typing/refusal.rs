//! Why a column of text cannot be taken for what it seems to be.

use crate::error::{DataError, Problem, SHOWN_PROBLEMS};
use crate::table::Category;

/// Rows shown of each kind, where the kinds contradict each other.
const SHOWN_OF_EACH: usize = 3;

/// A column that looks like dates or numbers but is neither for sure: what is wrong, and with
/// which of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What is wrong, after the column's name.
    pub(crate) summary: String,
    /// What to do.
    pub(crate) help: String,
    /// The values at fault, by what they are.
    pub(crate) kinds: Vec<Kind>,
}

/// Values that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What they are; may be empty.
    pub(crate) what: String,
    /// Whether a level is among them, by code.
    pub(crate) codes: Vec<bool>,
}

impl Refusal {
    /// Values of one kind.
    pub(super) fn of(summary: impl Into<String>, codes: Vec<bool>) -> Self {
        let kinds = vec![Kind { what: String::new(), codes }];
        Self { summary: summary.into(), help: String::new(), kinds }
    }

    /// What to do.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// The error it is in a column.
    pub(crate) fn error(&self, name: &str, category: &Category) -> DataError {
        let mut error = DataError::new(format!("{name} {}", self.summary)).help(self.help.clone());
        let shown = if self.kinds.len() > 1 { SHOWN_OF_EACH } else { SHOWN_PROBLEMS };
        for kind in &self.kinds {
            let problem = |row: usize, code: u32| Problem {
                row: Some(row),
                column: Some(name.to_owned()),
                found: kind.found(&category.levels[code as usize]),
                ..Problem::default()
            };
            let rows = || category.codes.iter().enumerate().filter(|&(_, &code)| kind.has(code));
            error.problems.extend(rows().take(shown).map(|(row, &code)| problem(row, code)));
            error.total += rows().count();
        }
        error.problems.sort_by_key(|problem| problem.row);
        error.problems.truncate(SHOWN_PROBLEMS);
        error
    }
}

impl Kind {
    fn has(&self, code: u32) -> bool {
        self.codes.get(code as usize).copied().unwrap_or(false)
    }

    fn found(&self, text: &str) -> String {
        if self.what.is_empty() { format!("{text:?}") } else { format!("{text:?} ({})", self.what) }
    }
}
