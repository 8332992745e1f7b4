//! Restarts.

use rayon::prelude::*;

use super::anneal::Anneal;
use super::check::check;
use super::cohort::{PseudoCohort, Trace};
use super::compiled::Compiled;
use super::deal::deal;
use super::problem::Problem;
use super::recompute::recompute;
use super::start::{begin, normal_upper_quantile};
use crate::error::Result;
use crate::numeric::stream::stream;

/// Restarts that run side by side. It is fixed so that the number of threads does not matter.
const ABREAST: usize = 2;
/// Moves after which restarts are compared.
const ROUND: u64 = 20_000;
/// Moves until the first restarts are cold for the first time: this many, and as many more for each
/// row and figure. Every ten restarts have twice as many, up to a limit.
const MOVES: u64 = 2_000;
const MOVES_A_NUMBER: u64 = 200;
const USUALLY_AT_MOST: u64 = 600_000;
/// More than any machine makes.
const MOST_MOVES: u64 = 1 << 50;
const RESTARTS_ALIKE: usize = 10;
const MOST_DOUBLINGS: usize = 3;
/// How often as many moves are made before the longest restarts are given up. Shorter ones are given
/// up sooner: what is not met when it is cold hardly ever is, and to begin anew costs less.
const PATIENCE: u64 = 4;

/// How long to look for a pseudo-cohort, and where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    seed: u64,
    restarts: usize,
    moves: Option<u64>,
}

impl Default for Search {
    fn default() -> Self {
        Self { seed: 1, restarts: 24, moves: None }
    }
}

impl Search {
    /// The seed, 1 unless given.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How often to begin anew before giving up, 24 unless given.
    pub fn restarts(self, restarts: usize) -> Self {
        Self { restarts: restarts.max(1), ..self }
    }

    /// Moves in which the first ten restarts cool down; every next ten have twice as many, three
    /// times over. Unless given, it is by the number of rows and figures, and at most 600,000. Those
    /// with the most go on until they have made four times as many, others for a quarter.
    pub fn moves(self, moves: u64) -> Self {
        Self { moves: Some(moves.clamp(1, MOST_MOVES)), ..self }
    }

    /// Looks for rows that print every figure of a problem.
    ///
    /// What comes back obeys every count, bound and rule of the problem, and as many figures as
    /// could be met: see [`PseudoCohort::is_found`]. The same seed gives the same rows on any
    /// number of threads.
    ///
    /// # Errors
    /// When the problem contradicts itself: counts that do not add up, places that do not exist,
    /// statistics that cannot be computed.
    pub fn run(&self, problem: &Problem) -> Result<PseudoCohort> {
        check(problem)?;
        let compiled = Compiled::new(problem);
        let mut best: Option<(f64, PseudoCohort)> = None;
        for first in (0..self.restarts).step_by(ABREAST) {
            let wave = first..(first + ABREAST).min(self.restarts);
            if best.as_ref().is_some_and(|(_, found)| found.is_found()) {
                break;
            }
            for (miss, found) in self.wave(&compiled, wave)? {
                let done = found.is_found();
                if done || best.as_ref().is_none_or(|(least, _)| miss < *least) {
                    best = Some((miss, found));
                }
                if done {
                    break;
                }
            }
        }
        best.map(|(_, found)| found)
            .ok_or_else(|| crate::error::Error::option("a search needs at least one restart"))
    }

    /// Looks at several blocks side by side; each as [`run`](Self::run) does alone.
    ///
    /// # Errors
    /// The first block's error.
    pub fn run_all(&self, problems: &[Problem]) -> Result<Vec<PseudoCohort>> {
        problems.par_iter().map(|problem| self.run(problem)).collect()
    }

    /// Restarts side by side until one of them is met or all have cooled; the ones that are met
    /// first, else all.
    fn wave(
        &self,
        compiled: &Compiled<'_>,
        wave: std::ops::Range<usize>,
    ) -> Result<Vec<(f64, PseudoCohort)>> {
        let problem = compiled.problem;
        let numbers = (problem.rows * problem.figures.len()) as u64;
        let longest = self.moves.map_or(USUALLY_AT_MOST, |moves| moves << MOST_DOUBLINGS);
        let first = self.moves.unwrap_or(MOVES + MOVES_A_NUMBER * numbers);
        let doublings = (wave.start / RESTARTS_ALIKE).min(MOST_DOUBLINGS);
        let cool = (first << doublings).min(longest);
        let last = if cool < longest { cool + cool / 4 } else { PATIENCE.saturating_mul(cool) };
        let z = normal_upper_quantile(0.5 * (1.0 - problem.conf_level));
        let begun = |restart: usize| {
            let mut rng = stream(self.seed, place(&problem.name, restart));
            let labels = deal(problem, &mut rng)?;
            let (state, laws) = begin(compiled, labels, &mut rng)?;
            Ok((restart, rng, Anneal::new(compiled, state, laws, z)))
        };
        let begun: Result<Vec<_>> = wave.clone().into_par_iter().map(begun).collect();
        let mut running = begun?;
        loop {
            running.par_iter_mut().for_each(|(_, rng, anneal)| {
                anneal.run(anneal.done + ROUND, cool, rng);
            });
            let over = running.iter().all(|(_, _, anneal)| anneal.done >= last);
            let met = running.iter().any(|(_, _, anneal)| anneal.is_met());
            if !over && !met {
                continue;
            }
            let mut found = Vec::new();
            for (restart, _, anneal) in &mut running {
                anneal.refresh();
                let trace = Trace { restart: *restart, begun: wave.end, moves: anneal.done };
                if over || anneal.is_met() {
                    let (miss, rows) = (anneal.total(), recompute(&anneal.state, trace)?);
                    if rows.is_found() {
                        return Ok(vec![(miss, rows)]);
                    }
                    found.push((miss, rows));
                }
            }
            if over {
                return Ok(found);
            }
            // What the loop took for met was not, by a hair: on it goes.
            running.iter_mut().for_each(|(_, rng, anneal)| anneal.stir(rng));
        }
    }
}

/// The stream of a restart of a block: blocks are told apart by name (FNV-1a), not by place.
fn place(name: &str, restart: usize) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    (hash << 16) | (restart as u64 & 0xffff)
}
