//! Cohorts made from cohorts: some of the rows, or the time after a landmark.

use std::sync::Arc;

use super::exits::Exits;
use super::{Cohort, Factor, Groups, TimeAxis};
use crate::error::{Error, Result};
use crate::note::Note;
use crate::table::Category;

impl Cohort {
    /// The rows given (ascending), on the same time axis.
    ///
    /// # Errors
    /// When no row is given.
    pub fn select(&self, rows: &[u32]) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::analysis("there are no rows to analyse"));
        }
        let take = |values: &[u32]| rows.iter().map(|&row| values[row as usize]).collect();
        Ok(Self {
            axis: Arc::clone(&self.axis),
            exits: Exits::from_ranks(take(self.exit())),
            entry: self.entry.as_deref().map(take),
            event: rows.iter().map(|&row| self.event[row as usize]).collect(),
            groups: self.groups.select(rows),
            strata: self.strata.select(rows),
            weights: self.weights.select(rows),
            cluster: self.cluster.as_deref().map(take),
            notes: self.notes.clone(),
        })
    }

    /// The same rows in other groups.
    ///
    /// # Errors
    /// When the groups are not of as many rows.
    pub fn regroup(&self, groups: Groups) -> Result<Self> {
        match (groups.codes().len(), self.n_rows()) {
            (found, rows) if found > 0 && found != rows => {
                Err(Error::analysis(format!("groups has {found} values, but time has {rows}")))
            }
            _ => Ok(Self { groups, ..self.clone() }),
        }
    }

    /// The rows that keep a condition on (row, exit time).
    ///
    /// # Errors
    /// When no row keeps it.
    pub fn retain(&self, keep: impl Fn(usize, f64) -> bool) -> Result<Self> {
        let exit = self.exit();
        let keeps = |&row: &u32| keep(row as usize, self.axis.time(exit[row as usize]));
        let rows: Vec<u32> = (0..self.n_rows() as u32).filter(keeps).collect();
        self.select(&rows)
    }

    /// The same rows with every stratum split by a code a row.
    pub(crate) fn split_strata(&self, name: &str, codes: Vec<u32>) -> Self {
        let top = codes.iter().max().map_or(0, |&code| code + 1);
        let levels: Vec<String> = (0..top).map(|level| level.to_string()).collect();
        let category = Category { codes, levels: levels.into() };
        let split = Groups::cross(vec![Factor { name: name.to_owned(), category }]);
        let strata = match self.strata.codes().is_empty() {
            true => split,
            false => self.strata.clone().times(split),
        };
        Self { strata, ..self.clone() }
    }

    /// Landmark analysis: only those still followed at `time`, whose clocks start there.
    ///
    /// Rows that end by the landmark are left out (and counted in a note); a later time t becomes
    /// t − `time`; whoever entered before the landmark enters at 0.
    ///
    /// # Errors
    /// When `time` is negative or not finite, or nobody is followed beyond it.
    pub fn landmark(&self, time: f64) -> Result<Self> {
        if !(time >= 0.0 && time.is_finite()) {
            return Err(Error::option(format!(
                "landmark {time}: give a time that is not negative"
            )));
        }
        let mut later = self
            .retain(|_, exit| exit > time)
            .map_err(|_| Error::analysis(format!("nobody is followed beyond landmark {time}")))?;
        // Rank 0 becomes the landmark itself.
        let beyond = self.axis.rank_beyond(time);
        let shift = |ranks: &[u32]| -> Vec<u32> {
            ranks.iter().map(|rank| (rank + 1).saturating_sub(beyond)).collect()
        };
        later.exits = Exits::from_ranks(shift(later.exit()));
        later.entry = later.entry.as_deref().map(shift);
        later.axis = Arc::new(self.axis.after_landmark(time, beyond));
        later.notes.push(Note::Landmark { time, rows: self.n_rows() - later.n_rows() });
        Ok(later)
    }
}

impl TimeAxis {
    fn after_landmark(&self, time: f64, beyond: u32) -> Self {
        let rest = (beyond..self.len() as u32).map(|rank| self.time(rank) - time);
        Self::Values(std::iter::once(0.0).chain(rest).collect())
    }
}
