//! From a summary to data sets: the beam first, all orders where it finds nothing.

use std::ops::ControlFlow;

use rand::{Rng, RngExt};
use rayon::prelude::*;

use super::beam::{Beam, WIDTHS};
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
        let mut found = self.draw(&problem, seed, draws.max(1))?;
        let mut end = End::Limit;
        if found.is_empty() && problem.n <= EXACT {
            let first;
            (end, first) = self.first_of_all(&problem, seed)?;
            found.extend(first);
        }
        if !found.is_empty() {
            return Ok(SummaryOutcome::Feasible(SummaryReconstruction::new(self, found)?));
        }
        contradiction::explain(self, end)
    }

    /// Different data sets, in parallel.
    fn draw(&self, problem: &Problem, seed: u64, draws: usize) -> Result<Vec<Draw>> {
        let batches = draws.div_ceil(BATCH);
        let mut found: Vec<Draw> = Vec::new();
        // Later rounds replace what came out twice, and search wider where nothing was found.
        for (round, width) in WIDTHS.into_iter().enumerate() {
            let width = if found.is_empty() { width } else { WIDTHS[0] };
            if found.is_empty() && round > 0 && problem.n <= EXACT {
                break;
            }
            let first = round * batches;
            let own = (first..first + batches).into_par_iter().map(|batch| {
                let mut random = stream(seed, batch as u64);
                self.batch(problem, width, &mut random, BATCH.min(draws))
            });
            for draw in own.collect::<Result<Vec<_>>>()?.into_iter().flatten() {
                if found.len() < draws && !found.contains(&draw) {
                    found.push(draw);
                }
            }
            if found.len() == draws {
                break;
            }
        }
        Ok(found)
    }

    /// Data sets from one beam.
    pub(super) fn batch(
        &self,
        problem: &Problem,
        width: usize,
        random: &mut impl Rng,
        draws: usize,
    ) -> Result<Vec<Draw>> {
        let beam = Beam::search(problem, width, random);
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

    /// The first order that can be dated, of all, and how the search for it ended.
    fn first_of_all(&self, problem: &Problem, seed: u64) -> Result<(End, Option<Draw>)> {
        let mut first = None;
        let end = Enumeration::of_one(problem, ALLOWANCE).run(&mut |moves: &[Move]| {
            first = Some(moves.to_vec());
            ControlFlow::Break(())
        });
        let dated = |moves: Vec<Move>| self.dated(problem, &moves, &mut stream(seed, 0));
        Ok((end, first.map_or(Ok(None), dated)?))
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
pub(super) fn horizon(problem: &Problem) -> i32 {
    let latest = problem.latest();
    if latest == 0 || latest >= LAST {
        return (12.0 * problem.grid.per_unit()).min(f64::from(LAST)) as i32;
    }
    latest.saturating_add(latest / 4 + 1)
}

fn subjects(problem: &Problem, moves: &[Move], steps: &[i32]) -> Vec<Subject> {
    let patients = moves.iter().filter(|own| **own != Move::Cut);
    let subject = |(own, &step): (&Move, &i32)| Subject {
        step,
        time: problem.grid.time(step),
        event: own.is_event(),
    };
    patients.zip(steps).map(subject).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::Cohort;
    use crate::curve::{ConfType, KaplanMeier};
    use crate::published::{Printed, PrintedEstimate};
    use crate::reconstruct::summary::Grid;
    use crate::reconstruct::summary::walk::Walk;

    /// Days and events of a made-up cohort, in the order of time with events first.
    fn cohort(n: usize, random: &mut impl Rng) -> Vec<(i32, bool)> {
        let subject = |random: &mut dyn FnMut() -> f64| {
            let event = -400.0 * (1.0 - random()).ln();
            let censored = 1200.0 * random();
            (event.min(censored).floor() as i32, event <= censored)
        };
        let mut uniform = || random.random::<f64>();
        let mut all: Vec<(i32, bool)> = (0..n).map(|_| subject(&mut uniform)).collect();
        all.sort_by_key(|&(day, event)| (day, !event));
        all
    }

    fn summary(subjects: &[(i32, bool)], conf_type: ConfType) -> Summary {
        let time = |day: i32| f64::from(day) / 30.4375;
        let times: Vec<f64> = subjects.iter().map(|own| time(own.0)).collect();
        let event: Vec<bool> = subjects.iter().map(|own| own.1).collect();
        let events = event.iter().filter(|own| **own).count();
        let cohort = Cohort::builder(times, event).build().unwrap();
        let fit = KaplanMeier::default().conf_type(conf_type).fit(&cohort).unwrap();
        let curve = &fit.curves()[0];
        let print = |value: Option<f64>, decimals: usize| {
            Printed::parse(&value.map_or("NR".to_owned(), |own| format!("{own:.decimals$}")))
        };
        let median = curve.quantile(0.5).unwrap();
        let summary = Summary::new(subjects.len() as u32)
            .events(events as u32)
            .median(print(median.estimate, 2).unwrap())
            .limits(print(median.lower, 2).unwrap(), print(median.upper, 2).unwrap())
            .conf_type(conf_type)
            .grid(Grid::days(30.4375).unwrap());
        [6.0, 12.0, 24.0].into_iter().fold(summary, |summary, time| {
            let at = curve.at(time);
            if at.survival.is_none() {
                return summary;
            }
            let limits = (print(at.lower, 2).unwrap(), print(at.upper, 2).unwrap());
            let estimate = print(at.survival, 2).unwrap();
            summary.rate(time, PrintedEstimate::new(estimate, Some(limits)))
        })
    }

    /// The moves that lead along known data.
    fn moves_of(problem: &Problem, subjects: &[(i32, bool)]) -> Option<Vec<Move>> {
        let (mut walk, mut moves) = (Walk::start(), Vec::new());
        for (at, &(day, event)) in subjects.iter().enumerate() {
            while problem.cuts.get(usize::from(walk.cuts)).is_some_and(|cut| cut.at < day) {
                moves.push(Move::Cut);
                walk = problem.after(&walk, Move::Cut)?;
            }
            let tied = subjects.get(at + 1) == Some(&(day, event));
            let (plain, hidden) = match event {
                true => (Move::Event, Move::TiedEvent),
                false => (Move::Censor, Move::TiedCensor),
            };
            let mut offered = Vec::new();
            problem.moves(&walk, |own, walk| offered.push((own, walk)));
            let wanted = offered.iter().find(|own| tied && own.0 == hidden);
            let wanted = wanted.or(offered.iter().find(|own| own.0 == plain));
            moves.push(wanted?.0);
            walk = wanted?.1;
        }
        while usize::from(walk.cuts) < problem.cuts.len() {
            moves.push(Move::Cut);
            walk = problem.after(&walk, Move::Cut)?;
        }
        problem.complete(&walk).then_some(moves)
    }

    /// No data set is outside the orders that are tried: a known one is found among them.
    #[test]
    fn known_data_are_among_the_orders() {
        let mut random = stream(3, 0);
        for case in 0..400 {
            let subjects = cohort(3 + case % 60, &mut random);
            let summary = summary(&subjects, ConfType::ALL[case % 5]);
            let problem = Problem::new(&summary, |_| true);
            let moves = moves_of(&problem, &subjects);
            let moves = moves.unwrap_or_else(|| panic!("{subjects:?} {summary:?}"));
            let chain = Chain::new(&problem, &moves).unwrap();
            assert!(matches!(chain.date(&mut random, 0), Dates::Found(_)));
        }
    }
}
