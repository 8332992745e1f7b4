//! Columns that are lent or given.

use crate::formula::rows::select;
use crate::table::{Column, Table};

/// A table that is lent, or one whose columns may be taken.
#[derive(Debug)]
pub(super) enum Source<'t> {
    Borrowed(&'t Table),
    Owned(Box<Table>),
}

/// A variable of the analysis.
#[derive(Debug)]
pub(super) enum Held {
    /// A column of the table as it is.
    Bare(String),
    /// What an expression gave.
    Computed(Column),
}

impl Source<'_> {
    pub(super) fn table(&self) -> &Table {
        match self {
            Self::Borrowed(table) => table,
            Self::Owned(table) => table,
        }
    }

    /// The values of a variable; `None` when the table lacks the column, which evaluation rules
    /// out.
    pub(super) fn peek<'s>(&'s self, held: &'s Held) -> Option<&'s Column> {
        match held {
            Held::Bare(name) => self.table().column(name),
            Held::Computed(column) => Some(column),
        }
    }

    /// The values of a variable in the rows given. `last`: nobody needs the column after this.
    pub(super) fn fetch(&mut self, held: Held, rows: Option<&[u32]>, last: bool) -> Option<Column> {
        match (held, rows) {
            (Held::Computed(column), None) => Some(column),
            (Held::Computed(column), Some(rows)) => Some(select(&column, rows)),
            (Held::Bare(name), Some(rows)) => Some(select(self.table().column(&name)?, rows)),
            (Held::Bare(name), None) => match self {
                Self::Owned(table) if last => table.take(&name),
                _ => self.table().column(&name).cloned(),
            },
        }
    }
}
