//! The second walk over the rows: score and information.

use rayon::prelude::*;

use super::{Derivatives, Hazard, State};
use crate::cox::frame::{Frame, Plan, Sweep};
use crate::cox::ties::Inner;
use crate::numeric::dense::{BLOCK, Gram, PADDING, add_scaled_rows};
use crate::numeric::linalg::SymMatrix;

/// Score and information.
pub(super) fn walk(frame: &Frame<'_>, state: &State, hazard: &Hazard) -> Derivatives {
    let walk = Walk { frame, state, hazard };
    let parts: Vec<Part> = match &frame.plan {
        Plan::Table => {
            let rows = frame.blocks.par_iter().map(|rows| walk.rows(rows.clone()));
            let mut parts: Vec<Part> = rows.collect();
            parts.par_extend(slot_blocks(frame).into_par_iter().map(|slots| walk.slots(&slots)));
            parts
        }
        Plan::Sweep(sweep) => {
            let block = |at: usize| walk.swept(sweep, at);
            (0..frame.blocks.len()).into_par_iter().map(block).collect()
        }
    };
    let mut sum = Part::new(frame.width);
    for part in &parts {
        sum.score.iter_mut().zip(&part.score).for_each(|(own, other)| *own += other);
        sum.rows.merge(&part.rows);
        sum.times.merge(&part.times);
    }
    let information = |i, j| sum.rows.get(i, j) - sum.times.get(i, j);
    Derivatives {
        score: sum.score,
        information: SymMatrix::from_lower(frame.width, information),
        about_centre: (0..frame.width).map(|j| sum.rows.get(j, j)).collect(),
        penalty: None,
    }
}

/// Event slots in blocks of a fixed size.
fn slot_blocks(frame: &Frame<'_>) -> Vec<Vec<usize>> {
    let slots: Vec<usize> = frame.sets.event_slots().collect();
    slots.chunks(8 * BLOCK).map(<[usize]>::to_vec).collect()
}

struct Walk<'a> {
    frame: &'a Frame<'a>,
    state: &'a State,
    hazard: &'a Hazard,
}

struct Part {
    score: Vec<f64>,
    /// Over rows and over event times.
    rows: Gram,
    times: Gram,
}

impl Part {
    fn new(width: usize) -> Self {
        Self { score: vec![0.0; width], rows: Gram::new(width), times: Gram::new(width) }
    }
}

impl Walk<'_> {
    fn rows(&self, rows: std::ops::Range<usize>) -> Part {
        let mut part = Part::new(self.frame.width);
        self.add_rows(rows, &mut part);
        part
    }

    fn add_rows(&self, rows: std::ops::Range<usize>, part: &mut Part) {
        let (mut expected, mut residual) = ([0.0; BLOCK], [0.0; BLOCK]);
        for first in rows.clone().step_by(BLOCK) {
            let len = BLOCK.min(rows.end - first);
            for (at, row) in (first..first + len).enumerate() {
                expected[at] = self.state.theta[row] * self.hazard.expected(self.frame, row);
                let events =
                    if self.frame.rows.event[row] { self.frame.rows.weight(row) } else { 0.0 };
                residual[at] = events - expected[at];
            }
            let x = self.frame.rows_from(first);
            add_scaled_rows(&mut part.score, x, &residual[..len]);
            part.rows.add(x, &expected[..len]);
        }
    }

    /// Event times, from tables.
    fn slots(&self, slots: &[usize]) -> Part {
        let width = self.frame.width;
        let mut part = Part::new(width);
        let mut factors = Factors::new(width);
        for &slot in slots {
            let risk = &self.state.risk_x[slot * width..][..width];
            let events = &self.state.events_x[slot * width..][..width];
            factors.push(&self.hazard.inner[slot], risk, events, &mut part.times);
        }
        factors.flush(&mut part.times);
        part
    }

    /// Rows of a block and its event times, with S1 carried along.
    fn swept(&self, sweep: &Sweep, block: usize) -> Part {
        let (frame, width) = (self.frame, self.frame.width);
        let mut part = Part::new(width);
        self.add_rows(frame.blocks[block].clone(), &mut part);
        let mut risk = self.state.risk_x[block * width..][..width].to_vec();
        let mut events = vec![0.0; width];
        let mut factors = Factors::new(width);
        for slot in sweep.slots[block].clone().rev() {
            if frame.sets.is_first(slot) {
                risk.fill(0.0);
                continue;
            }
            let rows = sweep.starts[slot] as usize..sweep.starts[slot + 1] as usize;
            let theta = &self.state.theta[rows.clone()];
            add_scaled_rows(&mut risk, frame.rows_from(rows.start), theta);
            self.leave(sweep, slot, &mut risk);
            events.fill(0.0);
            if self.hazard.inner[slot].spread > 0.0 {
                for row in rows.filter(|&row| frame.rows.event[row]) {
                    add_scaled_rows(
                        &mut events,
                        frame.rows_from(row),
                        &self.state.theta[row..=row],
                    );
                }
            }
            factors.push(&self.hazard.inner[slot], &risk, &events, &mut part.times);
        }
        factors.flush(&mut part.times);
        part
    }

    /// Takes out of a risk set the rows that enter at its slot.
    fn leave(&self, sweep: &Sweep, slot: usize, risk: &mut [f64]) {
        let Some((rows, starts)) = &sweep.entries else { return };
        for &row in &rows[starts[slot] as usize..starts[slot + 1] as usize] {
            let row = row as usize;
            add_scaled_rows(risk, self.frame.rows_from(row), &[-self.state.theta[row]]);
        }
    }
}

/// Rows whose Gram matrix is the information of event times.
struct Factors {
    x: Vec<f64>,
    weights: Vec<f64>,
    width: usize,
}

impl Factors {
    fn new(width: usize) -> Self {
        let x = Vec::with_capacity(BLOCK * width + PADDING);
        Self { x, weights: Vec::with_capacity(BLOCK), width }
    }

    /// Adds (S1 − f̄ E1) with weight Σ w̄/φ², and E1 with weight Σ w̄ (f − f̄)²/φ².
    fn push(&mut self, inner: &Inner, risk: &[f64], events: &[f64], sum: &mut Gram) {
        if self.weights.len() + 2 > BLOCK {
            self.flush(sum);
        }
        self.weights.push(inner.square);
        if inner.spread > 0.0 {
            self.x
                .extend(risk.iter().zip(events).map(|(risk, events)| risk - inner.centre * events));
            self.x.extend_from_slice(events);
            self.weights.push(inner.spread);
        } else {
            self.x.extend_from_slice(risk);
        }
    }

    fn flush(&mut self, sum: &mut Gram) {
        self.x.resize(self.weights.len() * self.width + PADDING, 0.0);
        sum.add(&self.x, &self.weights);
        self.x.clear();
        self.weights.clear();
    }
}
