//! The second walk over the rows: score and information.

use std::ops::Range;

use rayon::prelude::*;

use super::state::Covariates;
use super::{Derivatives, Hazard, State};
use crate::cox::frame::{Frame, Plan, Sweep};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::panel::{Gram, Panel, ROWS, run_backwards};

/// Score and information.
pub(super) fn walk(frame: &Frame<'_>, state: &State, hazard: &Hazard) -> Derivatives {
    let walk = Walk { frame, state, hazard };
    let blocks = (0..frame.blocks.len()).into_par_iter();
    let mut parts: Vec<Part> = blocks.map(|block| walk.block(block)).collect();
    if let Covariates::Table { risk, events } = &state.covariates {
        let slots = slot_blocks(frame).into_par_iter();
        parts.par_extend(slots.map(|slots| walk.table(slots, risk, events)));
    }
    let width = frame.width();
    let (mut score, mut rows, mut times) =
        (vec![0.0; width], vec![0.0; width * (width + 1) / 2], vec![0.0; width * (width + 1) / 2]);
    for part in &parts {
        add(&mut score, &part.score);
        add(&mut rows, &part.rows);
        add(&mut times, &part.times);
    }
    let at = |i: usize, j: usize| i * (i + 1) / 2 + j;
    Derivatives {
        score,
        information: SymMatrix::from_lower(width, |i, j| rows[at(i, j)] - times[at(i, j)]),
        about_centre: (0..width).map(|j| rows[at(j, j)]).collect(),
        penalty: None,
    }
}

fn add(sum: &mut [f64], part: &[f64]) {
    sum.iter_mut().zip(part).for_each(|(own, other)| *own += other);
}

/// Slots in blocks of a fixed size.
fn slot_blocks(frame: &Frame<'_>) -> Vec<Range<usize>> {
    let (len, slots) = (8 * ROWS, frame.sets.len());
    (0..slots).step_by(len).map(|first| first..slots.min(first + len)).collect()
}

struct Walk<'a> {
    frame: &'a Frame<'a>,
    state: &'a State,
    hazard: &'a Hazard,
}

/// What a block adds; the sums over rows and over event times are lower triangles.
#[derive(Default)]
struct Part {
    score: Vec<f64>,
    rows: Vec<f64>,
    times: Vec<f64>,
}

impl Walk<'_> {
    fn block(&self, block: usize) -> Part {
        let Frame { columns, centre, blocks, .. } = self.frame;
        let (rows, width) = (blocks[block].clone(), self.frame.width());
        let (mut gram, mut panel, mut score) =
            (Gram::new(width), Panel::new(width), vec![0.0; width]);
        let mut times = self.times(block);
        for first in rows.clone().step_by(ROWS).collect::<Vec<_>>().into_iter().rev() {
            let len = ROWS.min(rows.end - first);
            let (expected, residual) = self.residuals(first, len);
            panel.load(columns, centre, (first, len));
            panel.add_products(&residual, &mut score);
            gram.add(&panel, &expected);
            if let Some(times) = &mut times {
                times.sweep(self, &panel, (first, len));
            }
        }
        Part { score, rows: gram.lower(), times: times.map_or_else(Vec::new, Times::finish) }
    }

    /// The sums over event times that a sweep finds on the way.
    fn times(&self, block: usize) -> Option<Times<'_>> {
        match (&self.frame.plan, &self.state.covariates) {
            (Plan::Sweep(sweep), Covariates::Carried(carried)) => {
                Some(Times::new(sweep, carried[block].clone()))
            }
            _ => None,
        }
    }

    /// Expected events of some rows, and observed less expected.
    fn residuals(&self, first: usize, len: usize) -> ([f64; ROWS], [f64; ROWS]) {
        let Frame { sets, rows, .. } = self.frame;
        let (mut expected, mut residual) = ([0.0; ROWS], [0.0; ROWS]);
        for (at, row) in (first..first + len).enumerate() {
            let to = sets.to()[row] as usize;
            let event = f64::from(u8::from(rows.event[row]));
            let own = self.hazard.cumulative[to] - event * self.hazard.inner[to].spared;
            expected[at] = own * self.state.theta[row];
            residual[at] = event * rows.weight(row) - expected[at];
        }
        if let Some(from) = sets.from() {
            for (at, row) in (first..first + len).enumerate() {
                let before = self.hazard.cumulative[from[row] as usize] * self.state.theta[row];
                expected[at] -= before;
                residual[at] += before;
            }
        }
        (expected, residual)
    }

    /// The sums over some event times, from tables of S1 and E1.
    fn table(&self, slots: Range<usize>, risk: &[f64], events: &[f64]) -> Part {
        let (width, len) = (self.frame.width(), self.frame.sets.len());
        let (mut gram, mut panel) = (Gram::new(width), Panel::new(width));
        let (risk, events) = (columns_of(risk, len), columns_of(events, len));
        let none = vec![0.0; width];
        for first in slots.clone().step_by(ROWS) {
            let inner = &self.hazard.inner[first..slots.end.min(first + ROWS)];
            let (mut square, mut spread) = ([0.0; ROWS], [0.0; ROWS]);
            for (at, inner) in inner.iter().enumerate() {
                (square[at], spread[at]) = (inner.square, inner.spread);
            }
            if spread.iter().any(|&spread| spread > 0.0) {
                panel.load(&events, &none, (first, inner.len()));
                gram.add(&panel, &spread);
            }
            panel.load(&risk, &none, (first, inner.len()));
            for (at, events) in events.iter().enumerate() {
                let tied = inner.iter().zip(&events[first..]);
                let own = panel.column_mut(at).iter_mut().zip(tied);
                own.for_each(|(own, (inner, events))| *own -= inner.centre * events);
            }
            gram.add(&panel, &square);
        }
        Part { times: gram.lower(), ..Part::default() }
    }
}

fn columns_of(table: &[f64], len: usize) -> Vec<&[f64]> {
    table.chunks_exact(len).collect()
}

/// The sums over event times, as a sweep from the last row to the first meets them.
struct Times<'a> {
    sweep: &'a Sweep,
    /// S1 so far.
    carried: Vec<f64>,
    gram: Gram,
    /// S1 at every row of a panel, and E1 at some.
    risk: Panel,
    events: Panel,
}

impl<'a> Times<'a> {
    fn new(sweep: &'a Sweep, carried: Vec<f64>) -> Self {
        let width = carried.len();
        let (risk, events) = (Panel::new(width), Panel::new(width));
        Self { sweep, carried, gram: Gram::new(width), risk, events }
    }

    fn finish(self) -> Vec<f64> {
        self.gram.lower()
    }

    fn sweep(&mut self, walk: &Walk<'_>, panel: &Panel, (first, len): (usize, usize)) {
        self.run(walk, panel, (first, len));
        let (mut square, mut spread) = ([0.0; ROWS], [0.0; ROWS]);
        let slots = &walk.frame.sets.to()[first..first + len];
        for (at, &slot) in slots.iter().enumerate() {
            // The first row of a slot is the last that the sweep meets.
            if self.sweep.slots[slot as usize] as usize == first + at {
                let inner = &walk.hazard.inner[slot as usize];
                (square[at], spread[at]) = (inner.square, inner.spread);
            }
        }
        if spread.iter().any(|&spread| spread > 0.0) {
            for (at, &slot) in slots.iter().enumerate().filter(|(at, _)| spread[*at] > 0.0) {
                self.tie(walk, at, slot as usize);
            }
            self.gram.add(&self.events, &spread);
        }
        self.gram.add(&self.risk, &square);
    }

    /// S1 at every row; a stratum begins anew.
    fn run(&mut self, walk: &Walk<'_>, panel: &Panel, (first, len): (usize, usize)) {
        let mut theta = [0.0; ROWS];
        theta[..len].copy_from_slice(&walk.state.theta[first..first + len]);
        let begins = &self.sweep.strata;
        let starts = begins.partition_point(|&row| row <= first)
            ..begins.partition_point(|&row| row < first + len);
        let mut end = len;
        for &start in begins[starts].iter().rev() {
            run_backwards(panel, &theta, start - first..end, (&mut self.carried, &mut self.risk));
            self.carried.fill(0.0);
            end = start - first;
        }
        run_backwards(panel, &theta, 0..end, (&mut self.carried, &mut self.risk));
        if begins.binary_search(&first).is_ok() {
            self.carried.fill(0.0);
        }
    }

    /// E1 of a slot with ties, at the row where the slot is met.
    fn tie(&mut self, walk: &Walk<'_>, at: usize, slot: usize) {
        let Frame { rows, columns, centre, .. } = walk.frame;
        let own = self.sweep.slots[slot] as usize..self.sweep.slots[slot + 1] as usize;
        let own: Vec<usize> = own.filter(|&row| rows.event[row]).collect();
        for (j, (column, centre)) in columns.iter().zip(centre).enumerate() {
            let product = |&row: &usize| walk.state.theta[row] * (column[row] - centre);
            let sum: f64 = own.iter().map(product).sum();
            self.events.column_mut(j)[at] = sum;
            self.risk.column_mut(j)[at] -= walk.hazard.inner[slot].centre * sum;
        }
    }
}
