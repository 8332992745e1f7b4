//! Times that are the same in all data sets.

use std::ops::ControlFlow;

use serde::Serialize;

use super::chain::{Chain, Ranges};
use super::exact::{EXACT, End, Enumeration};
use super::problem::Problem;
use super::search::ALLOWANCE;
use super::spec::Summary;
use super::walk::Move;
use crate::error::{Error, Result};

/// What all data sets with the printed numbers have in common.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Forced {
    /// Orders of events and censorings that can be dated; an order and its ties count once or
    /// more.
    pub orders: usize,
    /// Numbers of events that occur, least and greatest.
    pub events: (usize, usize),
    /// Patients whose time is the same in all data sets, in the order of time, counted from 1.
    pub patients: Vec<ForcedStep>,
    /// Events whose time is the same in all data sets, counted from 1.
    pub event_times: Vec<ForcedStep>,
    /// Neighbouring events whose times have the same sum in all data sets; `k` is the first.
    pub event_sums: Vec<ForcedStep>,
}

/// One step that is forced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ForcedStep {
    /// Which, counted from 1.
    pub k: usize,
    /// The step of the grid, or the sum of two.
    pub step: i32,
}

impl Summary {
    /// What is the same in all data sets with these printed numbers.
    ///
    /// # Errors
    /// For more than 22 patients, where not all orders can be tried; where there are none; for
    /// medians of follow-up and SPSS's intervals that tie several times together.
    pub fn forced(&self) -> Result<Forced> {
        self.check()?;
        if self.n as usize > EXACT {
            return Err(Error::analysis("forced times are known only for up to 22 patients"));
        }
        let problem = Problem::new(self, |_| true);
        let mut common = Common::new(problem.n);
        let end =
            Enumeration::of_all(&problem, ALLOWANCE).run(&mut |moves: &[Move]| match Chain::new(
                &problem, moves,
            )
            .and_then(|chain| chain.ranges())
            {
                Some(ranges) => {
                    common.add(moves, &ranges);
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(()),
            });
        match end {
            End::All if common.orders > 0 => Ok(common.forced()),
            End::All => Err(Error::analysis("no data set has these printed numbers")),
            _ => Err(Error::analysis("forced times: not all orders of patients can be tried")),
        }
    }
}

/// Least and greatest so far; `None` where one data set has none.
type Span = Option<(i32, i32)>;

struct Common {
    orders: usize,
    least: usize,
    greatest: usize,
    patients: Vec<Span>,
    events: Vec<Span>,
    sums: Vec<Span>,
}

impl Common {
    fn new(n: usize) -> Self {
        let all = vec![Some((i32::MAX, i32::MIN)); n];
        Self {
            orders: 0,
            least: n,
            greatest: 0,
            patients: all.clone(),
            events: all.clone(),
            sums: all,
        }
    }

    fn add(&mut self, moves: &[Move], ranges: &Ranges) {
        if ranges.single.is_empty() {
            return;
        }
        let patients = moves.iter().filter(|own| **own != Move::Cut);
        let places = patients.enumerate().filter(|(_, own)| own.is_event());
        let events: Vec<usize> = places.map(|(at, _)| at).collect();
        self.orders += 1;
        self.least = self.least.min(events.len());
        self.greatest = self.greatest.max(events.len());
        let patients = ranges.single.iter().copied();
        widen(&mut self.patients, patients);
        widen(&mut self.events, events.iter().map(|&at| ranges.single[at]));
        let sum = |pair: &[usize]| match ranges.sum {
            Some((from, to, lo, hi)) if [from, to] == pair => (lo, hi),
            _ => {
                let (a, b) = (ranges.single[pair[0]], ranges.single[pair[1]]);
                (a.0.saturating_add(b.0), a.1.saturating_add(b.1))
            }
        };
        widen(&mut self.sums, events.windows(2).map(sum));
    }

    fn forced(&self) -> Forced {
        let fixed = |spans: &[Span]| -> Vec<ForcedStep> {
            let spans = spans.iter().enumerate();
            let fixed = spans.filter_map(|(at, span)| {
                span.filter(|own| own.0 == own.1).map(|own| ForcedStep { k: at + 1, step: own.0 })
            });
            fixed.collect()
        };
        Forced {
            orders: self.orders,
            events: (self.least, self.greatest),
            patients: fixed(&self.patients),
            event_times: fixed(&self.events),
            event_sums: fixed(&self.sums),
        }
    }
}

/// Takes in the ranges of one order; where it has none, nothing is common.
fn widen(spans: &mut [Span], mut own: impl Iterator<Item = (i32, i32)>) {
    for span in spans {
        let wider = span.zip(own.next()).map(|(old, new)| (old.0.min(new.0), old.1.max(new.1)));
        *span = wider;
    }
}
