//! The first walk over the rows: relative risks and their sums over risk sets.

use std::ops::Range;

use rayon::prelude::*;

use crate::cox::frame::{Frame, Plan, Sweep};
use crate::numeric::dense::{BLOCK, add_scaled_rows, multiply, scatter_rows};

/// Beyond this a linear predictor needs a shift before its exponential is taken.
const SAFE_PREDICTOR: f64 = 300.0;

/// Relative risks at one β and what they sum up to.
#[derive(Debug)]
pub(in crate::cox) struct State {
    /// w·r of every row.
    pub(in crate::cox) theta: Vec<f64>,
    /// Σ w η over events.
    pub(super) events_predictor: f64,
    /// S0 and E0 at every slot.
    pub(in crate::cox) risk: Vec<f64>,
    pub(in crate::cox) events: Vec<f64>,
    /// S1 and E1 at every slot by a table; the sums of every block by a sweep.
    pub(super) risk_x: Vec<f64>,
    pub(super) events_x: Vec<f64>,
}

/// What one block of rows adds.
#[derive(Debug, Default)]
struct Part {
    events_predictor: f64,
    peak: f64,
    /// Sums of w·r by slot, of rows without and with an event.
    sums: Vec<[f64; 2]>,
    sums_x: Vec<f64>,
}

impl State {
    pub(in crate::cox) fn new(frame: &Frame<'_>, beta: &[f64]) -> Self {
        let (state, peak) = Self::walk(frame, beta, None);
        if peak <= SAFE_PREDICTOR {
            return state;
        }
        Self::walk(frame, beta, Some(&shifts(frame, beta))).0
    }

    fn walk(frame: &Frame<'_>, beta: &[f64], shift: Option<&[f64]>) -> (Self, f64) {
        let mut theta = vec![0.0; frame.len()];
        let walk = Walk { frame, beta, shift };
        let parts: Vec<Part> = split(&mut theta, &frame.blocks)
            .into_par_iter()
            .enumerate()
            .map(|(block, theta)| walk.block(block, theta))
            .collect();
        let peak = parts.iter().map(|part| part.peak).fold(0.0, f64::max);
        let events_predictor = parts.iter().map(|part| part.events_predictor).sum();
        let mut state = match &frame.plan {
            Plan::Table => from_tables(frame, parts),
            Plan::Sweep(sweep) => from_blocks(frame, sweep, parts, &theta),
        };
        frame.sets.accumulate_backwards(&mut state.risk);
        // Rounding must not leave fewer at risk than fail.
        let pairs = state.risk.iter_mut().zip(&state.events);
        pairs.for_each(|(risk, &events)| *risk = risk.max(events));
        (Self { theta, events_predictor, ..state }, peak)
    }

    fn empty() -> Self {
        let none = Vec::new;
        let (theta, risk, events, risk_x, events_x) = (none(), none(), none(), none(), none());
        Self { theta, events_predictor: 0.0, risk, events, risk_x, events_x }
    }
}

/// The largest linear predictor of each stratum, at all of its slots.
fn shifts(frame: &Frame<'_>, beta: &[f64]) -> Vec<f64> {
    let mut eta = vec![0.0; frame.len()];
    multiply(&frame.x, beta, &mut eta);
    let mut highest = vec![f64::NEG_INFINITY; frame.sets.len()];
    for (row, &slot) in frame.sets.to().iter().enumerate() {
        let own = &mut highest[slot as usize];
        *own = own.max(eta[row] + frame.rows.offset.as_ref().map_or(0.0, |offset| offset[row]));
    }
    for slots in frame.sets.strata() {
        let top =
            highest[slots.start + 1..slots.end].iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        highest[slots.clone()].fill(if top.is_finite() { top } else { 0.0 });
    }
    highest
}

/// Cuts a slice at the ranges, which follow one another.
pub(super) fn split<'s, T>(mut slice: &'s mut [T], ranges: &[Range<usize>]) -> Vec<&'s mut [T]> {
    let cut = |range: &Range<usize>| {
        let (own, rest) = std::mem::take(&mut slice).split_at_mut(range.len());
        slice = rest;
        own
    };
    ranges.iter().map(cut).collect()
}

struct Walk<'a> {
    frame: &'a Frame<'a>,
    beta: &'a [f64],
    shift: Option<&'a [f64]>,
}

impl Walk<'_> {
    fn block(&self, block: usize, theta: &mut [f64]) -> Part {
        let mut part = Part::default();
        let rows = self.frame.blocks[block].clone();
        let (slots, cells) = match &self.frame.plan {
            Plan::Table => (self.frame.sets.len(), 2 * self.frame.sets.len()),
            Plan::Sweep(sweep) => (sweep.slots[block].len(), sweep.slots.len()),
        };
        part.sums = vec![[0.0; 2]; slots];
        part.sums_x = vec![0.0; cells * self.frame.width];
        for (theta, first) in theta.chunks_mut(BLOCK).zip(rows.step_by(BLOCK)) {
            self.risks(first, theta, &mut part);
            match &self.frame.plan {
                Plan::Table => self.to_table(first, theta, &mut part),
                Plan::Sweep(sweep) => self.to_block(sweep, block, (first, theta), &mut part),
            }
        }
        part
    }

    /// w·r of some rows.
    fn risks(&self, first: usize, theta: &mut [f64], part: &mut Part) {
        let Frame { sets, rows, .. } = self.frame;
        multiply(self.frame.rows_from(first), self.beta, theta);
        for (row, own) in (first..).zip(theta) {
            let mut eta = *own;
            if let Some(offset) = &rows.offset {
                eta += offset[row];
            }
            if let Some(shift) = self.shift {
                eta -= shift[sets.to()[row] as usize];
            }
            let weight = rows.weight(row);
            if rows.event[row] {
                part.events_predictor += weight * eta;
            }
            part.peak = part.peak.max(eta.abs());
            *own = weight * eta.exp();
        }
    }

    fn to_table(&self, first: usize, theta: &[f64], part: &mut Part) {
        let Frame { sets, rows, width, .. } = self.frame;
        let mut at = [0_u32; BLOCK];
        for ((row, own), theta) in (first..).zip(&mut at).zip(theta) {
            let event = u32::from(rows.event[row]);
            let slot = sets.to()[row];
            *own = 2 * slot + event;
            part.sums[slot as usize][event as usize] += theta;
        }
        let x = self.frame.rows_from(first);
        scatter_rows(&mut part.sums_x, *width, x, theta, &at);
        if let Some(from) = sets.from() {
            let (mut less, mut slots) = ([0.0; BLOCK], [0_u32; BLOCK]);
            for (row, theta) in theta.iter().enumerate() {
                let slot = from[first + row];
                (less[row], slots[row]) = (-theta, 2 * slot);
                part.sums[slot as usize][0] -= theta;
            }
            scatter_rows(&mut part.sums_x, *width, x, &less[..theta.len()], &slots);
        }
    }

    fn to_block(
        &self,
        sweep: &Sweep,
        block: usize,
        (first, theta): (usize, &[f64]),
        part: &mut Part,
    ) {
        let Frame { sets, rows, width, .. } = self.frame;
        let (own, head) = (&sweep.slots[block], sweep.heads[block]);
        let slots = &sets.to()[first..][..theta.len()];
        for ((row, &slot), theta) in (first..).zip(slots).zip(theta) {
            part.sums[slot as usize - own.start][usize::from(rows.event[row])] += theta;
        }
        let in_head = slots.partition_point(|&slot| (slot as usize) < head);
        let x = self.frame.rows_from(first);
        let sums = &mut part.sums_x[block * width..][..*width];
        add_scaled_rows(sums, x, &theta[..in_head]);
        if let Some(from) = sets.from() {
            let (mut less, mut blocks) = ([0.0; BLOCK], [0_u32; BLOCK]);
            for (row, theta) in theta.iter().enumerate() {
                let slot = from[first + row] as usize;
                let block = sweep.block_of(slot);
                let counts = slot < sweep.heads[block];
                (less[row], blocks[row]) = (if counts { -theta } else { 0.0 }, block as u32);
            }
            scatter_rows(&mut part.sums_x, *width, x, &less[..theta.len()], &blocks);
        }
    }
}

/// Adds tables of all slots, and the tables of covariates up to risk sets.
fn from_tables(frame: &Frame<'_>, parts: Vec<Part>) -> State {
    let mut parts = parts.into_iter();
    let mut sum = parts.next().unwrap_or_default();
    for part in parts {
        for (own, other) in sum.sums.iter_mut().zip(&part.sums) {
            *own = [own[0] + other[0], own[1] + other[1]];
        }
        sum.sums_x.iter_mut().zip(&part.sums_x).for_each(|(own, other)| *own += other);
    }
    let width = frame.width;
    let both =
        |pair: &[f64]| -> Vec<f64> { (0..width).map(|j| pair[j] + pair[width + j]).collect() };
    let pairs = || sum.sums_x.chunks_exact(2 * width.max(1));
    let mut risk_x: Vec<f64> = pairs().flat_map(both).collect();
    if width > 0 {
        frame.sets.accumulate_rows_backwards(&mut risk_x, width);
    }
    State {
        risk: sum.sums.iter().map(|own| own[0] + own[1]).collect(),
        events: sum.sums.iter().map(|own| own[1]).collect(),
        events_x: pairs().flat_map(|pair| pair[width..].iter().copied()).collect(),
        risk_x,
        ..State::empty()
    }
}

/// Puts the slots of blocks together; what reaches from later blocks into each is carried back.
fn from_blocks(frame: &Frame<'_>, sweep: &Sweep, parts: Vec<Part>, theta: &[f64]) -> State {
    let width = frame.width;
    let slots = || parts.iter().flat_map(|part| &part.sums);
    let mut risk: Vec<f64> = slots().map(|own| own[0] + own[1]).collect();
    let events = slots().map(|own| own[1]).collect();
    for (from, theta) in frame.sets.from().unwrap_or_default().iter().zip(theta) {
        risk[*from as usize] -= theta;
    }
    let mut sums = vec![0.0; sweep.slots.len() * width];
    for part in &parts {
        sums.iter_mut().zip(&part.sums_x).for_each(|(own, other)| *own += other);
    }
    let mut risk_x = vec![0.0; sweep.slots.len() * width];
    for block in (0..sweep.slots.len().saturating_sub(1)).rev() {
        let next = block + 1;
        if !sweep.continues(next, &frame.sets) {
            continue;
        }
        let whole = sweep.heads[next] == sweep.slots[next].end;
        for j in 0..width {
            let beyond = if whole { risk_x[next * width + j] } else { 0.0 };
            risk_x[block * width + j] = beyond + sums[next * width + j];
        }
    }
    State { risk, events, risk_x, ..State::empty() }
}
