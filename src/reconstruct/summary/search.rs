//! From a summary to data sets: the beam first, all orders where it finds nothing.

use std::ops::ControlFlow;

use rand::{Rng, RngExt};
use rayon::prelude::*;

use super::beam::Beam;
use super::chain::{Chain, Dates};
use super::contradiction;
use super::exact::{EXACT, End, Enumeration};
use super::grid::LAST;
use super::problem::Problem;
use super::spec::Summary;
use super::verify;
use super::walk::Move;
use super::{Draw, Subject, SummaryOutcome, SummaryReconstruction};
use crate::error::Result;
use crate::numeric::stream::stream;

/// Draws from one beam.
const BATCH: usize = 8;
/// Orders of a beam that are tried for one draw.
const TRIES: usize = 60;
/// Nodes of an enumeration.
pub(super) const ALLOWANCE: u64 = 40_000_000;

impl Summary {
    /// Data sets that print every printed digit: as many as asked for, all different, or fewer
    /// where there are no more. The same seed gives the same data sets on any number of threads.
    ///
    /// Up to 22 patients the answer "infeasible" is a proof (by all orders of events and
    /// censorings, ties included), and comes with a smallest set of printed numbers that
    /// contradict each other. Beyond, a search that finds nothing proves nothing.
    ///
    /// # Errors
    /// When the summary asks for what cannot be searched: no patients, more than 5000, a rate
    /// without a number, beta product intervals.
    pub fn reconstruct(&self, seed: u64, draws: usize) -> Result<SummaryOutcome> {
        self.check()?;
        if let Some(contradiction) = contradiction::by_counting(self) {
            return Ok(contradiction);
        }
        let problem = Problem::new(self, |_| true);
        let found = self.draw(&problem, seed, draws.max(1))?;
        if !found.is_empty() {
            return Ok(SummaryOutcome::Feasible(SummaryReconstruction::new(self, found)?));
        }
        contradiction::explain(self)
    }

    /// Different data sets, in parallel.
    fn draw(&self, problem: &Problem, seed: u64, draws: usize) -> Result<Vec<Draw>> {
        let batches = draws.div_ceil(BATCH);
        let mut found: Vec<Draw> = Vec::new();
        // A second round replaces what came out twice.
        for round in 0..2 {
            let first = round * batches;
            let own = (first..first + batches).into_par_iter().map(|batch| {
                let mut random = stream(seed, batch as u64);
                self.batch(problem, &mut random, BATCH.min(draws))
            });
            for draw in own.collect::<Result<Vec<_>>>()?.into_iter().flatten() {
                if found.len() < draws && !found.contains(&draw) {
                    found.push(draw);
                }
            }
            if found.len() == draws || (found.is_empty() && round == 1) {
                break;
            }
        }
        if found.is_empty() && problem.n <= EXACT {
            found.extend(self.first_of_all(problem, seed)?);
        }
        Ok(found)
    }

    fn batch(&self, problem: &Problem, random: &mut impl Rng, draws: usize) -> Result<Vec<Draw>> {
        let beam = Beam::search(problem, random);
        let mut found = Vec::new();
        if beam.len() == 0 {
            return Ok(found);
        }
        for _ in 0..draws {
            for _ in 0..TRIES {
                let moves = beam.moves(random.random_range(0..beam.len()));
                if let Some(draw) = self.dated(problem, &moves, random)? {
                    found.push(draw);
                    break;
                }
            }
        }
        Ok(found)
    }

    /// The first order that can be dated, of all.
    fn first_of_all(&self, problem: &Problem, seed: u64) -> Result<Option<Draw>> {
        let mut first = None;
        let end = Enumeration::of_one(problem, ALLOWANCE).run(&mut |moves: &[Move]| {
            first = Some(moves.to_vec());
            ControlFlow::Break(())
        });
        match first.filter(|_| end == End::Stopped) {
            Some(moves) => self.dated(problem, &moves, &mut stream(seed, 0)),
            None => Ok(None),
        }
    }

    /// Dates an order, and looks whether the crate prints what was printed.
    pub(super) fn dated(
        &self,
        problem: &Problem,
        moves: &[Move],
        random: &mut impl Rng,
    ) -> Result<Option<Draw>> {
        let Some(draw) = date(problem, moves, random) else { return Ok(None) };
        Ok(verify::prints_all(self, &draw)?.then_some(draw))
    }
}

/// Dates an order.
pub(super) fn date(problem: &Problem, moves: &[Move], random: &mut impl Rng) -> Option<Draw> {
    let chain = Chain::new(problem, moves)?;
    let Dates::Found(steps) = chain.date(random, horizon(problem)) else { return None };
    Some(Draw { subjects: subjects(problem, moves, &steps) })
}

/// Where times that nothing bounds end: a little after the last printed time.
fn horizon(problem: &Problem) -> i32 {
    let latest = problem.latest();
    if latest == 0 || latest >= LAST {
        return (12.0 * problem.grid.per_unit()).min(f64::from(LAST)) as i32;
    }
    latest.saturating_add(latest / 4 + 1)
}

fn subjects(problem: &Problem, moves: &[Move], steps: &[i32]) -> Vec<Subject> {
    let patients = moves.iter().filter(|own| **own != Move::Cut);
    let subject = |(own, &step): (&Move, &i32)| {
        Subject { step, time: problem.grid.time(step), event: own.is_event() }
    };
    patients.zip(steps).map(subject).collect()
}

