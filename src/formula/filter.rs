//! Rows for which a condition is true.

use super::bind::truths;
use super::eval::Evaluator;
use super::expr::Expr;
use super::rows::{count, kept_table};
use crate::error::Result;
use crate::note::Note;
use crate::table::Table;

impl Expr {
    /// The rows of a table for which this is true, and what was found on the way: how many rows are
    /// left out, and levels that do not occur.
    ///
    /// # Errors
    /// When it names what is not there, mixes kinds of values, or is no condition.
    pub fn filter(&self, table: Table) -> Result<(Table, Vec<Note>)> {
        let mut evaluator = Evaluator::new(&table);
        let truths = evaluator.column(self).and_then(|column| truths(&column, self));
        let keep =
            truths.map_err(|error| error.locate(table.source(), |row| (row, table.line(row))))?;
        let mut notes = evaluator.notes;
        let rows = keep.len() - count(&keep, |&keep| keep == 1);
        if rows == 0 {
            return Ok((table, notes));
        }
        notes.push(Note::Filtered { condition: self.to_string(), rows });
        let names = table.names().to_vec();
        Ok((kept_table(&table, &keep, &names), notes))
    }
}
