//! Columns that are lent or given.

use crate::formula::rows::{keep, keep_table, kept, kept_table};
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

    /// The columns named, in the rows whose mark is 1.
    pub(super) fn filter(self, mask: &[u8], names: &[String]) -> Self {
        Self::Owned(Box::new(match self {
            Self::Borrowed(table) => kept_table(table, mask, names),
            Self::Owned(table) => keep_table(*table, mask, names),
        }))
    }

    /// The values of a variable in the rows whose mark is 1, or in all. `last`: nobody needs the
    /// column after this.
    pub(super) fn fetch(&mut self, held: Held, mask: Option<&[u8]>, last: bool) -> Option<Column> {
        let mut column = match (held, self, mask) {
            (Held::Computed(column), ..) => column,
            (Held::Bare(name), Self::Owned(table), _) if last => table.take(&name)?,
            (Held::Bare(name), own, Some(mask)) => {
                return Some(kept(own.table().column(&name)?, mask));
            }
            (Held::Bare(name), own, None) => own.table().column(&name)?.clone(),
        };
        if let Some(mask) = mask {
            keep(&mut column, mask);
        }
        Some(column)
    }
}
