//! Every order of patients, one after the other: where none can be dated, there is no data set.

use std::ops::ControlFlow;

use rand_chacha::ChaCha8Rng;

use super::chain::{Chain, Dates};
use super::problem::{Problem, Target};
use super::walk::{Move, Walk};
use crate::numeric::stream::stream;

/// Patients up to which all orders are tried.
pub(super) const EXACT: usize = 22;

/// Nodes that dating an order counts for.
const DATING: u64 = 20;

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Everything was looked at.
    All,
    /// The visitor had enough.
    Stopped,
    /// The allowance was used up.
    Limit,
    /// Every order but those with ties of events and censorings, which reverse estimates by the
    /// recipe leave out.
    WithoutTies,
    /// Every order, but whether one of them has dates stayed open.
    Undated,
}

impl End {
    /// Why nothing is proven by it.
    pub(super) fn open(self) -> &'static str {
        match self {
            Self::Limit => "the orders of patients were too many to try them all",
            Self::WithoutTies => {
                "no order without ties of events and censorings has them; orders with such ties are \
                 not tried where follow-up is by reverse Kaplan–Meier with R's, SAS's, SPSS's or \
                 Stata's rule for ties"
            }
            Self::Undated => "for some orders of patients dates were neither found nor excluded",
            Self::All | Self::Stopped => "an order of patients was found, but no dates for it",
        }
    }
}

/// A walk through all orders.
pub(super) struct Enumeration<'a> {
    problem: &'a Problem,
    /// Nodes that may still be visited.
    allowance: u64,
    /// Whether censorings that a rate's time could be after or before are only taken before it.
    canonical: bool,
    moves: Vec<Move>,
    random: ChaCha8Rng,
    sure: bool,
}

impl<'a> Enumeration<'a> {
    /// One that finds a solution if there is one, without going through equal ones.
    pub(super) fn of_one(problem: &'a Problem, allowance: u64) -> Self {
        // A censoring after a rate's time and before the next event may as well be before it,
        // unless times of censorings or of the first patient matter.
        let targets = [problem.reverse, problem.survivors, problem.plain, problem.first];
        let canonical = targets.iter().all(|&own| own == Target::Free);
        let canonical = canonical && problem.censored_from == 0;
        Self { canonical, ..Self::of_all(problem, allowance) }
    }

    /// One that finds all orders.
    pub(super) fn of_all(problem: &'a Problem, allowance: u64) -> Self {
        let moves = Vec::with_capacity(problem.n + problem.cuts.len());
        let random = stream(0, 0);
        Self { problem, allowance, canonical: false, moves, random, sure: true }
    }

    /// Shows every order that can be dated, until the visitor breaks.
    pub(super) fn run(mut self, visit: &mut dyn FnMut(&[Move]) -> ControlFlow<()>) -> End {
        let flow = self.descend(&Walk::start(), false, visit);
        match flow {
            ControlFlow::Break(end) => end,
            ControlFlow::Continue(()) if self.problem.parts_ties() => End::WithoutTies,
            ControlFlow::Continue(()) if !self.sure => End::Undated,
            ControlFlow::Continue(()) => End::All,
        }
    }

    fn descend(
        &mut self,
        walk: &Walk,
        no_more_events: bool,
        visit: &mut dyn FnMut(&[Move]) -> ControlFlow<()>,
    ) -> ControlFlow<End> {
        if self.allowance == 0 {
            return ControlFlow::Break(End::Limit);
        }
        self.allowance -= 1;
        if self.problem.complete(walk) {
            if self.datable() && visit(&self.moves).is_break() {
                return ControlFlow::Break(End::Stopped);
            }
            return ControlFlow::Continue(());
        }
        let mut next: [Option<(Move, Walk)>; 5] = [None; 5];
        let mut found = 0;
        self.problem.moves(walk, |own, walk| {
            next[found] = Some((own, walk));
            found += 1;
        });
        let passed = self.moves.last() == Some(&Move::Cut);
        for (own, walk) in next.into_iter().flatten() {
            if no_more_events && own.is_event() {
                continue;
            }
            let censored = matches!(own, Move::Censor | Move::TiedCensor);
            let ends = no_more_events || (self.canonical && passed && censored);
            self.moves.push(own);
            let sums = walk.paired || (self.problem.spss() && walk.low == walk.placed);
            if !sums || self.datable() {
                self.descend(&walk, ends, visit)?;
            }
            self.moves.pop();
        }
        ControlFlow::Continue(())
    }

    /// Whether there are dates for the moves so far, sums included.
    fn datable(&mut self) -> bool {
        self.allowance = self.allowance.saturating_sub(DATING);
        let Some(chain) = Chain::new(self.problem, &self.moves) else { return false };
        match chain.date(&mut self.random, 0) {
            Dates::Found(_) => true,
            Dates::None => false,
            Dates::Unknown => {
                self.sure = false;
                false
            }
        }
    }
}
