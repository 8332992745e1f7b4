//! A smallest set of printed numbers that no data set has together.

use std::ops::ControlFlow;

use super::SummaryOutcome;
use super::beam::{Beam, WIDTHS};
use super::chain::{Chain, Dates};
use super::exact::{EXACT, End, Enumeration};
use super::problem::{Number, Problem};
use super::search::{self, ALLOWANCE};
use super::spec::Summary;
use super::verify::Measured;
use super::walk::Move;
use crate::error::Result;
use crate::numeric::stream::stream;
use crate::published::Printed;
use crate::reconstruct::ConstraintStatus;

/// Sets of numbers as bits in the order of [`Summary::numbers`].
type Set = u64;

/// Nodes of an enumeration that only adds to what is said.
const SHORT: u64 = 1_000_000;
/// Numbers that a set can hold.
const MOST: usize = 60;
/// Smaller sets that are tried after one that nothing can be left out of.
const SMALLER: usize = 400;

/// What arithmetic alone says: more events than patients, or an interval of SPSS that is not
/// symmetric around its median.
pub(super) fn by_counting(summary: &Summary) -> Option<SummaryOutcome> {
    let found = |names: &[&str], reason: String| SummaryOutcome::Infeasible {
        contradiction: names.iter().map(|&name| name.to_owned()).collect(),
        grid_matters: false,
        reason,
    };
    if let Some(events) = summary.events.filter(|&events| events > summary.n) {
        let reason = format!("{events} events among {} patients", summary.n);
        return Some(found(&["n", "events"], reason));
    }
    let bounds = |own: &Option<Printed>| super::grid::bounds(own.as_ref()?, summary.decimals());
    let (median, lower) = (bounds(&summary.median)?, bounds(&summary.lower)?);
    let upper = bounds(&summary.upper)?;
    let (below, above) =
        ((median.0 - lower.1, median.1 - lower.0), (upper.0 - median.1, upper.1 - median.0));
    let apart = below.0 > above.1 + 1e-9 || above.0 > below.1 + 1e-9;
    // A lower limit that would be negative is printed as 0.
    if !summary.rules.is_spss() || !apart || lower.0 <= 0.0 {
        return None;
    }
    let reason = "SPSS's interval is symmetric around the median".to_owned();
    Some(found(&["median", "median_lower", "median_upper"], reason))
}

/// Why no data set was found; `end` is how the search through all orders ended.
pub(super) fn explain(summary: &Summary, end: End) -> Result<SummaryOutcome> {
    let n = summary.n as usize;
    if n > EXACT {
        return Ok(SummaryOutcome::NotFound {
            reason: format!("the search found no data set of {n} patients; that proves nothing"),
        });
    }
    let count = summary.numbers().len();
    if count > MOST {
        let reason = format!("no data set was found, and {count} numbers are too many for a proof");
        return Ok(SummaryOutcome::NotFound { reason });
    }
    let mut oracle = Oracle::new(summary);
    let all: Set = (1 << count) - 1;
    let Some(smallest) = oracle.smallest(all, end)? else {
        let reason = oracle.last.open().to_owned();
        return Ok(SummaryOutcome::NotFound { reason });
    };
    let numbers = summary.numbers();
    let named = (0..numbers.len()).filter(|&at| smallest >> at & 1 == 1);
    let names: Vec<String> = named.map(|at| summary.name(numbers[at])).collect();
    let grid_matters = summary.grid.is_some() && continuous(summary, smallest)?;
    let mut reason = reason(summary, &names, grid_matters);
    if names.iter().any(|name| is_limit(name)) {
        let possible = otherwise(summary, all)?;
        if !possible.is_empty() {
            reason.push_str(&format!("; with {} some have all numbers", possible.join(", ")));
        }
    }
    let contradiction = std::iter::once("n".to_owned()).chain(names).collect();
    Ok(SummaryOutcome::Infeasible { contradiction, grid_matters, reason })
}

fn reason(summary: &Summary, names: &[String], grid_matters: bool) -> String {
    let n = summary.n;
    let patients = if n == 1 { "1 patient has".to_owned() } else { format!("{n} patients has") };
    let by = match names {
        _ if names.iter().any(|name| is_limit(name)) => {
            format!(" (by {})", summary.conventions_in_words())
        }
        _ if names.iter().any(|name| name == "median") => {
            format!(" (by median {})", summary.rules.median_rule.name())
        }
        _ => String::new(),
    };
    let names = names.join(", ");
    let on_grid = match (summary.grid, grid_matters) {
        (Some(grid), true) => format!(
            " with times in whole days, {} to a unit; with other times some can",
            grid.per_unit()
        ),
        _ => ", whatever their times".to_owned(),
    };
    format!("no order of events and censorings of {patients} {names}{by}{on_grid}")
}

fn is_limit(name: &str) -> bool {
    name.contains("_lower") || name.contains("_upper")
}

/// The other intervals with which some data set has all numbers, as far as a short search finds out.
fn otherwise(summary: &Summary, all: Set) -> Result<Vec<String>> {
    let mut possible = Vec::new();
    for rules in summary.rules.others() {
        let other = Summary { rules, ..summary.clone() };
        let mut oracle = Oracle { allowance: SHORT, ..Oracle::new(&other) };
        if by_counting(&other).is_none() && oracle.judge(all)? == Some(true) {
            possible.push(rules.limits());
        }
    }
    Ok(possible)
}

/// Whether a set that contradicts itself on the grid is possible without it.
fn continuous(summary: &Summary, set: Set) -> Result<bool> {
    let free = Summary { grid: None, ..summary.clone() };
    let mut oracle = Oracle::new(&free);
    Ok(oracle.judge(set)? == Some(true))
}

/// Answers which sets of numbers some data set has.
struct Oracle<'a> {
    summary: &'a Summary,
    /// Sets that a data set was found for.
    possible: Vec<Set>,
    /// Sets that contradict themselves.
    impossible: Vec<Set>,
    /// How the last enumeration ended.
    last: End,
    /// Nodes of an enumeration.
    allowance: u64,
}

impl<'a> Oracle<'a> {
    fn new(summary: &'a Summary) -> Self {
        let (possible, impossible) = (Vec::new(), Vec::new());
        Self { summary, possible, impossible, last: End::Stopped, allowance: ALLOWANCE }
    }

    /// `None` where nothing is proven.
    fn judge(&mut self, set: Set) -> Result<Option<bool>> {
        if self.possible.iter().any(|&known| known & set == set) {
            return Ok(Some(true));
        }
        if self.impossible.iter().any(|&known| set | known == set) {
            return Ok(Some(false));
        }
        self.last = End::Stopped;
        let numbers = self.summary.numbers();
        let keep = |number: Number| {
            numbers.iter().position(|&own| own == number).is_some_and(|at| set >> at & 1 == 1)
        };
        let problem = Problem::new(self.summary, keep);
        if let Some(moves) = from_beam(&problem) {
            self.learn(&problem, &moves, set)?;
            return Ok(Some(true));
        }
        let mut found = None;
        let end = Enumeration::of_one(&problem, self.allowance).run(&mut |moves: &[Move]| {
            found = Some(moves.to_vec());
            ControlFlow::Break(())
        });
        self.last = end;
        match (end, found) {
            (End::Stopped, Some(moves)) => {
                self.learn(&problem, &moves, set)?;
                Ok(Some(true))
            }
            (End::All, _) => {
                self.impossible.push(set);
                Ok(Some(false))
            }
            _ => Ok(None),
        }
    }

    /// Notes all the numbers that a data set has, asked for or not.
    fn learn(&mut self, problem: &Problem, moves: &[Move], set: Set) -> Result<()> {
        let mut known = set;
        if let Some(draw) = search::date(problem, moves, &mut stream(0, 2)) {
            let measured = Measured::new(self.summary, &draw.subjects)?;
            for (at, number) in self.summary.numbers().into_iter().enumerate() {
                let met = measured.constraint(self.summary, number).status;
                known |= Set::from(met == ConstraintStatus::Met) << at;
            }
        }
        self.possible.push(known);
        Ok(())
    }

    /// A smallest subset that contradicts itself; `None` where that is not proven of the whole.
    /// Most contradictions are between two or three numbers and soon found. Of larger ones, first
    /// one from which nothing can be left out, then all smaller ones, unless they are too many.
    fn smallest(&mut self, all: Set, end: End) -> Result<Option<Set>> {
        for set in (1..=2).flat_map(|size| subsets(all, size)) {
            if self.judge(set)? == Some(false) {
                return Ok(Some(set));
            }
        }
        if end != End::All {
            self.last = end;
            return Ok(None);
        }
        let mut best = all;
        for at in 0..MOST {
            let without = best & !(1 << at);
            if without != best && self.judge(without)? == Some(false) {
                best = without;
            }
        }
        let smaller = (3..best.count_ones()).flat_map(|size| subsets(all, size));
        for set in smaller.take(SMALLER) {
            if self.judge(set)? == Some(false) {
                return Ok(Some(set));
            }
        }
        Ok(Some(best))
    }
}

/// The subsets of the lowest bits with so many of them, in ascending order.
fn subsets(all: Set, size: u32) -> impl Iterator<Item = Set> {
    let first: Set = (1 << size) - 1;
    let next = |&set: &Set| {
        let lowest = set & set.wrapping_neg();
        let carried = set + lowest;
        Some((((carried ^ set) >> 2) / lowest) | carried)
    };
    std::iter::successors(Some(first), next).take_while(move |&set| set <= all)
}

fn from_beam(problem: &Problem) -> Option<Vec<Move>> {
    let mut random = stream(0, 1);
    let beam = Beam::search(problem, WIDTHS[0], &mut random);
    let tries = beam.len().min(40);
    let step = |at: usize| at * beam.len() / tries.max(1);
    (0..tries).map(|at| beam.moves(step(at))).find(|moves| {
        let dates = Chain::new(problem, moves).map(|chain| chain.date(&mut random, 0));
        matches!(dates, Some(Dates::Found(_)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_of_a_size() {
        let sets: Vec<Set> = subsets(0b1111, 2).collect();
        assert_eq!(sets, [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100]);
        assert_eq!(subsets(0b111, 1).count(), 3);
    }
}
