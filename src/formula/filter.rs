//! Rows for which a condition is true.

use super::expr::Expr;
use super::rows::count;
use crate::error::Result;
use crate::note::Note;
use crate::table::Table;

impl Expr {
    /// The rows of a table for which this is true, and what was found on the way: how many rows are
    /// left out, and levels that do not occur. Errors about them name the lines of the source.
    ///
    /// # Errors
    /// When it names what is not there, mixes kinds of values, or is no condition.
    pub fn filter(&self, table: Table) -> Result<(Table, Vec<Note>)> {
        let mut notes = Vec::new();
        let keep = self.holds(&table, &mut notes)?;
        let rows = keep.len() - count(&keep, |&keep| keep == 1);
        if rows == 0 {
            return Ok((table, notes));
        }
        notes.push(Note::Filtered { condition: self.to_string(), rows });
        let kept = (0..keep.len() as u32).filter(|&row| keep[row as usize] == 1);
        Ok((table.select(&kept.collect::<Vec<u32>>()), notes))
    }
}
