//! Restarts.

use super::cohort::PseudoCohort;
use super::problem::Problem;
use crate::error::Result;

/// How long to look for a pseudo-cohort, and where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    pub(super) seed: u64,
    pub(super) restarts: usize,
    pub(super) moves: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self { seed: 1, restarts: 8, moves: 0 }
    }
}

impl Search {
    /// The seed, 1 unless given.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How often to begin anew before giving up, 8 unless given.
    pub fn restarts(self, restarts: usize) -> Self {
        Self { restarts, ..self }
    }

    /// Moves in one restart; by the size of the problem unless given.
    pub fn moves(self, moves: u64) -> Self {
        Self { moves, ..self }
    }

    /// Looks for rows that print every figure of a problem.
    ///
    /// What comes back meets every count, bound and rule of the problem, and as many figures as
    /// could be met: see [`PseudoCohort::is_found`].
    ///
    /// # Errors
    /// When the problem contradicts itself: counts that do not add up, places that do not exist,
    /// statistics that cannot be computed.
    pub fn run(&self, problem: &Problem) -> Result<PseudoCohort> {
        let _ = problem;
        Err(crate::error::Error::analysis("the search is not in place yet"))
    }

    /// Looks at several blocks side by side; each as [`run`](Self::run) does alone.
    ///
    /// # Errors
    /// The first block's error.
    pub fn run_all(&self, problems: &[Problem]) -> Result<Vec<PseudoCohort>> {
        use rayon::prelude::*;
        problems.par_iter().map(|problem| self.run(problem)).collect()
    }
}
