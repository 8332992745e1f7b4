//! Score and information: from what a hazard that was foreseen has found, or by a second walk.

use std::ops::Range;

use rayon::prelude::*;

use super::relative_risk::Relative;
use super::state::{Ahead, Covariates};
use super::{Derivatives, Hazard, State};
use crate::cox::frame::{Frame, Plan, Sweep};
use crate::cox::ties::Inner;
use crate::numeric::linalg::SymMatrix;
use crate::numeric::panel::{AHEAD, Gram, Panel, ROWS, prefetch, run_backwards};

/// A hazard that was foreseen may be off by this much, relative, for its sums to be mended from some
/// of the rows, and by this much for Newton's method not to notice.
const MENDABLE: f64 = 0.5;
const NEAR: f64 = 1e-4;
/// Of so many panels one is looked at to mend sums over rows, in blocks with so many at least.
const SOME: usize = 8;
const MANY: usize = 32;

/// Score and information.
pub(super) fn walk(frame: &Frame<'_>, state: &State, hazard: &Hazard) -> Derivatives {
    let walk = Walk { frame, state, hazard };
    let blocks = (0..frame.blocks.len()).into_par_iter();
    let parts: Vec<Part> = blocks.map(|block| walk.block(block)).collect();
    let width = frame.width();
    let (mut score, mut rows, mut times) =
        (vec![0.0; width], vec![0.0; pairs(width)], vec![0.0; pairs(width)]);
    for part in &parts {
        add(&mut score, &part.score);
        add(&mut rows, &part.rows);
        add(&mut times, &part.times);
    }
    if let Covariates::Table { risk, events } = &state.covariates {
        times = walk.over_table(risk, events);
    }
    derivatives(score, (&rows, &times), 0.0)
}

/// The same from what a hazard found that was foreseen, if it was near; the score is not touched by
/// how near it was: by event time it is E1 − Σ w̄/φ S1 + Σ w̄ f/φ E1.
pub(super) fn ahead(frame: &Frame<'_>, state: &State, hazard: &Hazard) -> Option<Derivatives> {
    let (Some(ahead), Covariates::Table { risk, events }) = (&state.ahead, &state.covariates)
    else {
        return None;
    };
    let Ahead { hazard: foreseen, rows } = ahead;
    let off = foreseen.off(hazard);
    let few = frame.len() < MANY * ROWS * frame.blocks.len();
    if off > if few { NEAR } else { MENDABLE } {
        return None;
    }
    let (risk, events) = (risk.as_slice(), events.as_slice());
    let walk = Walk { frame, state, hazard };
    let times = walk.over_table(risk, events);
    let mut rows = rows.clone();
    if off > NEAR {
        let mend = |block: &Range<usize>| walk.mend(block.clone(), foreseen);
        let parts: Vec<Vec<f64>> = frame.blocks.par_iter().map(mend).collect();
        parts.iter().for_each(|part| add(&mut rows, part));
    }
    let slots = frame.sets.len();
    let columns = frame.observed().x.iter();
    let columns = columns.zip(risk.chunks_exact(slots).zip(events.chunks_exact(slots)));
    let inner = hazard.all();
    let score = columns.map(|(observed, (risk, events))| {
        let own = risk.iter().zip(events).zip(&inner);
        let expected = own.map(|((s1, e1), inner)| inner.hazard * s1 - inner.spared * e1);
        observed - expected.sum::<f64>()
    });
    Some(derivatives(score.collect(), (&rows, &times), off))
}

/// Pairs of columns, those with themselves included.
fn pairs(width: usize) -> usize {
    width * (width + 1) / 2
}

/// With the information's two sums, over rows and over times, as lower triangles.
fn derivatives(score: Vec<f64>, (rows, times): (&[f64], &[f64]), off: f64) -> Derivatives {
    let at = |i: usize, j: usize| pairs(i) + j;
    let width = score.len();
    Derivatives {
        score,
        information: SymMatrix::from_lower(width, |i, j| rows[at(i, j)] - times[at(i, j)]),
        about_centre: (0..width).map(|j| rows[at(j, j)]).collect(),
        penalty: None,
        off,
    }
}

pub(super) fn add(sum: &mut [f64], part: &[f64]) {
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
            let expected = self.hazard.expected(self.frame, &self.relative(first, len));
            let observed = self.frame.rows.observed((first, len));
            let residual = std::array::from_fn(|at| observed[at] - expected[at]);
            panel.load(columns, centre, (first, len));
            if let Some(next) = first.checked_sub(AHEAD * ROWS) {
                prefetch(columns, next);
            }
            panel.add_products(&residual, &mut score);
            gram.add(&panel, &expected);
            if let Some(times) = &mut times {
                times.sweep(self, &panel, (first, len));
            }
        }
        Part { score, rows: gram.lower(), times: times.map_or_else(Vec::new, Times::finish) }
    }

    fn relative(&self, first: usize, len: usize) -> Relative<'_> {
        Relative::new(self.frame, first, &self.state.theta[first..first + len])
    }

    /// What the sum over the rows of a block lacks that was found by another hazard, estimated from
    /// some of its panels.
    fn mend(&self, rows: Range<usize>, foreseen: &Hazard) -> Vec<f64> {
        let Frame { columns, centre, .. } = self.frame;
        let width = self.frame.width();
        let (mut gram, mut panel, mut seen) = (Gram::new(width), Panel::new(width), 0);
        for first in rows.clone().step_by(ROWS * SOME) {
            let rows = self.relative(first, ROWS.min(rows.end - first));
            let [own, other] =
                [self.hazard, foreseen].map(|hazard| hazard.expected(self.frame, &rows));
            panel.load(columns, centre, rows.place());
            prefetch(columns, first + ROWS * SOME);
            gram.add(&panel, &std::array::from_fn(|at| own[at] - other[at]));
            seen += rows.theta.len();
        }
        let share = rows.len() as f64 / seen as f64;
        gram.lower().into_iter().map(|own| own * share).collect()
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

    /// The sums over event times from tables of S1 and E1.
    fn over_table(&self, risk: &[f64], events: &[f64]) -> Vec<f64> {
        let (slots, inner) = (slot_blocks(self.frame).into_par_iter(), self.hazard.all());
        let part = |slots: Range<usize>| self.table((slots.start, &inner[slots]), risk, events);
        let parts: Vec<Vec<f64>> = slots.map(part).collect();
        let mut sum = vec![0.0; pairs(self.frame.width())];
        parts.iter().for_each(|part| add(&mut sum, part));
        sum
    }

    /// The sums over the event times from one on, from tables of S1 and E1.
    fn table(&self, (from, inner): (usize, &[Inner]), risk: &[f64], events: &[f64]) -> Vec<f64> {
        let (width, len) = (self.frame.width(), self.frame.sets.len());
        let (mut gram, mut panel) = (Gram::new(width), Panel::new(width));
        let (risk, events) = (columns_of(risk, len), columns_of(events, len));
        let none = vec![0.0; width];
        for (first, inner) in (from..).step_by(ROWS).zip(inner.chunks(ROWS)) {
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
        gram.lower()
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
    /// S1 at the event times that were met, and Σ w̄/φ² there.
    met: Panel,
    square: [f64; ROWS],
    len: usize,
}

impl<'a> Times<'a> {
    fn new(sweep: &'a Sweep, carried: Vec<f64>) -> Self {
        let panel = || Panel::new(carried.len());
        let (risk, events, met) = (panel(), panel(), panel());
        let gram = Gram::new(carried.len());
        Self { sweep, carried, gram, risk, events, met, square: [0.0; ROWS], len: 0 }
    }

    fn finish(mut self) -> Vec<f64> {
        self.add_met();
        self.gram.lower()
    }

    fn sweep(&mut self, walk: &Walk<'_>, panel: &Panel, (first, len): (usize, usize)) {
        self.run(walk, panel, (first, len));
        let (mut spread, mut square) = ([0.0; ROWS], [0.0; ROWS]);
        let [low, high] = [first, first + len - 1].map(|row| walk.frame.sets.to()[row] as usize);
        // The first row of a slot is the last that the sweep meets.
        let met = self.sweep.slots[low..=high].iter().map(|&row| (row as usize).checked_sub(first));
        for (row, own) in met.zip(walk.hazard.squares(low..=high)) {
            if let Some(row) = row {
                square[row] = own;
            }
        }
        let tied = walk.hazard.tied(low..=high);
        for (slot, inner) in tied {
            if let Some(row) = (self.sweep.slots[*slot as usize] as usize).checked_sub(first) {
                spread[row] = inner.spread;
                self.tie(walk, row, (*slot as usize, inner.centre));
            }
        }
        if !tied.is_empty() {
            self.gram.add(&self.events, &spread);
        }
        let (mut at, mut count) = ([0; ROWS], 0);
        for (row, own) in square.iter().enumerate() {
            at[count] = row;
            count += usize::from(*own > 0.0);
        }
        // Nearly all of a panel is not worth copying.
        match 2 * count > len {
            true => self.gram.add(&self.risk, &square),
            false => self.meet(&at[..count], &square),
        }
    }

    /// Keeps S1 of some rows until there is a panel of them.
    fn meet(&mut self, at: &[usize], square: &[f64]) {
        let now = at.len().min(ROWS - self.len);
        let (rows, later) = at.split_at(now);
        self.met.take(&self.risk, rows, self.len);
        for (own, &row) in self.square[self.len..].iter_mut().zip(rows) {
            *own = square[row];
        }
        self.len += now;
        if self.len == ROWS {
            self.add_met();
        }
        if !later.is_empty() {
            self.meet(later, square);
        }
    }

    fn add_met(&mut self) {
        self.square[self.len..].fill(0.0);
        self.gram.add(&self.met, &self.square);
        self.len = 0;
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
    fn tie(&mut self, walk: &Walk<'_>, at: usize, (slot, centre_of_ties): (usize, f64)) {
        let Frame { rows, columns, centre, .. } = walk.frame;
        let own = self.sweep.slots[slot] as usize..self.sweep.slots[slot + 1] as usize;
        let own: Vec<usize> = own.filter(|&row| rows.event[row]).collect();
        for (j, (column, centre)) in columns.iter().zip(centre).enumerate() {
            let product = |&row: &usize| walk.state.theta[row] * (column[row] - centre);
            let sum: f64 = own.iter().map(product).sum();
            self.events.column_mut(j)[at] = sum;
            self.risk.column_mut(j)[at] -= centre_of_ties * sum;
        }
    }
}
