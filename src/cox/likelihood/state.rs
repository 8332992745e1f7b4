//! The first walk over the rows: relative risks and their sums over risk sets.

use std::ops::Range;

use rayon::prelude::*;

use crate::cox::frame::{Frame, Plan, Sweep};
use crate::numeric::panel::{ROWS, multiply_exp, predict, scatter};

/// Beyond this a linear predictor needs a shift before its exponential is taken.
const SAFE_PREDICTOR: f64 = 300.0;

/// Relative risks at one β and what they sum up to.
#[derive(Debug)]
pub(in crate::cox) struct State {
    /// w·r of every row of the kernel.
    pub(in crate::cox) theta: Vec<f64>,
    /// Σ w η over events.
    pub(super) events_predictor: f64,
    /// S0 and E0 at every slot.
    pub(in crate::cox) risk: Vec<f64>,
    pub(in crate::cox) events: Vec<f64>,
    pub(super) covariates: Covariates,
    /// What was taken off linear predictors before their exponentials, by slot.
    pub(in crate::cox) shift: Option<Vec<f64>>,
}

/// Sums of w·r·x, column after column.
#[derive(Debug)]
pub(super) enum Covariates {
    /// S1 and E1 at every slot.
    Table { risk: Vec<f64>, events: Vec<f64> },
    /// What a sweep carries into each block of rows from those after it.
    Carried(Vec<Vec<f64>>),
}

/// What one block of rows adds.
#[derive(Debug, Default)]
struct Part {
    events_predictor: f64,
    peak: f64,
    /// The slot of the first sum.
    first: usize,
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
        let shift = shifts(frame, beta);
        Self { shift: Some(shift.clone()), ..Self::walk(frame, beta, Some(&shift)).0 }
    }

    fn walk(frame: &Frame<'_>, beta: &[f64], shift: Option<&[f64]>) -> (Self, f64) {
        let mut theta = vec![0.0; frame.len()];
        let walk = Walk { frame, beta, shift };
        let parts: Vec<Part> = split(&mut theta, &frame.blocks)
            .into_par_iter()
            .zip(&frame.blocks)
            .map(|(theta, rows)| walk.block(rows.clone(), theta))
            .collect();
        let peak = parts.iter().map(|part| part.peak).fold(0.0, f64::max);
        let events_predictor = parts.iter().map(|part| part.events_predictor).sum();
        let (mut risk, events) = add_slots(frame, &parts);
        let covariates = match &frame.plan {
            Plan::Table => add_tables(frame, parts),
            Plan::Sweep(sweep) => carry(frame, sweep, &parts),
        };
        frame.sets.accumulate_backwards(&mut risk);
        // Rounding must not leave fewer at risk than fail.
        risk.iter_mut().zip(&events).for_each(|(risk, &events)| *risk = risk.max(events));
        (Self { theta, events_predictor, risk, events, covariates, shift: None }, peak)
    }
}

/// The largest linear predictor of each stratum, at all of its slots.
fn shifts(frame: &Frame<'_>, beta: &[f64]) -> Vec<f64> {
    let mut eta = vec![0.0; frame.len()];
    predict(&frame.columns, &frame.centre, beta, (0, &mut eta));
    let mut highest = vec![f64::NEG_INFINITY; frame.sets.len()];
    for (row, &slot) in frame.sets.to().iter().enumerate() {
        let own = &mut highest[slot as usize];
        *own = own.max(eta[row] + frame.rows.offset.as_ref().map_or(0.0, |offset| offset[row]));
    }
    for slots in frame.sets.strata() {
        let top = highest[slots.start + 1..slots.end].iter().copied();
        let top = top.fold(f64::NEG_INFINITY, f64::max);
        highest[slots.clone()].fill(if top.is_finite() { top } else { 0.0 });
    }
    highest
}

/// Cuts a slice at the ranges, which follow one another.
fn split<'s, T>(mut slice: &'s mut [T], ranges: &[Range<usize>]) -> Vec<&'s mut [T]> {
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
    fn block(&self, rows: Range<usize>, theta: &mut [f64]) -> Part {
        let mut part = self.empty(&rows);
        for (theta, first) in theta.chunks_mut(ROWS).zip(rows.clone().step_by(ROWS)) {
            self.risks(first, theta, &mut part);
            self.count(first, theta, &mut part);
            match &self.frame.plan {
                Plan::Table => self.to_table(first, theta, &mut part),
                Plan::Sweep(sweep) => {
                    let head = sweep.stratum_end(rows.start, self.frame.len());
                    self.to_block((first, theta), head, &mut part);
                }
            }
        }
        part
    }

    fn empty(&self, rows: &Range<usize>) -> Part {
        let Frame { sets, .. } = self.frame;
        let width = self.frame.width();
        let (first, slots, cells) = match &self.frame.plan {
            Plan::Table => (0, sets.len(), 2 * sets.len()),
            Plan::Sweep(_) => {
                let (first, last) = (sets.to()[rows.start], sets.to()[rows.end - 1]);
                (first as usize, (last - first) as usize + 1, 1)
            }
        };
        let (sums, sums_x) = (vec![[0.0; 2]; slots], vec![0.0; width * cells]);
        Part { first, sums, sums_x, ..Part::default() }
    }

    /// w·r of some rows.
    fn risks(&self, first: usize, theta: &mut [f64], part: &mut Part) {
        let Frame { sets, rows, columns, centre, .. } = self.frame;
        let mut eta = [0.0; ROWS];
        let eta = &mut eta[..theta.len()];
        predict(columns, centre, self.beta, (first, eta));
        for (row, eta) in (first..).zip(eta.iter_mut()) {
            if let Some(offset) = &rows.offset {
                *eta += offset[row];
            }
            if let Some(shift) = self.shift {
                *eta -= shift[sets.to()[row] as usize];
            }
            if rows.event[row] {
                part.events_predictor += rows.weight(row) * *eta;
            }
            part.peak = part.peak.max(eta.abs());
        }
        match &rows.weight {
            Some(weight) => theta.copy_from_slice(&weight[first..][..theta.len()]),
            None => theta.fill(1.0),
        }
        multiply_exp(eta, theta);
    }

    /// Adds to S0 and E0.
    fn count(&self, first: usize, theta: &[f64], part: &mut Part) {
        let Frame { sets, rows, .. } = self.frame;
        for (row, theta) in (first..).zip(theta) {
            let slot = sets.to()[row] as usize - part.first;
            part.sums[slot][usize::from(rows.event[row])] += theta;
        }
        if let Some(from) = sets.from() {
            for (row, theta) in (first..).zip(theta) {
                part.sums[from[row] as usize][0] -= theta;
            }
        }
    }

    fn to_table(&self, first: usize, theta: &[f64], part: &mut Part) {
        let Frame { sets, rows, columns, centre, .. } = self.frame;
        let (mut at, cells) = ([0_u32; ROWS], 2 * sets.len());
        for (row, own) in (first..first + theta.len()).zip(&mut at) {
            *own = 2 * sets.to()[row] + u32::from(rows.event[row]);
        }
        scatter(columns, centre, (first, theta, &at), (&mut part.sums_x, cells));
        let Some(from) = sets.from() else { return };
        let mut less = [0.0; ROWS];
        less.iter_mut().zip(theta).for_each(|(less, theta)| *less = -theta);
        at.iter_mut().zip(&from[first..]).for_each(|(own, slot)| *own = 2 * slot);
        scatter(columns, centre, (first, &less[..theta.len()], &at), (&mut part.sums_x, cells));
    }

    /// Adds up the rows of a block that belong to the stratum of its first row.
    fn to_block(&self, (first, theta): (usize, &[f64]), head: usize, part: &mut Part) {
        let len = theta.len().min(head.saturating_sub(first));
        for ((column, centre), sum) in
            self.frame.columns.iter().zip(&self.frame.centre).zip(&mut part.sums_x)
        {
            let products = column[first..first + len].iter().zip(theta);
            *sum += products.map(|(x, theta)| theta * (x - centre)).sum::<f64>();
        }
    }
}

/// S0, so far by slot, and E0.
fn add_slots(frame: &Frame<'_>, parts: &[Part]) -> (Vec<f64>, Vec<f64>) {
    let (mut risk, mut events) = (vec![0.0; frame.sets.len()], vec![0.0; frame.sets.len()]);
    for part in parts {
        for (slot, own) in (part.first..).zip(&part.sums) {
            risk[slot] += own[0] + own[1];
            events[slot] += own[1];
        }
    }
    (risk, events)
}

/// Adds the tables of blocks, and what is in them up to risk sets.
fn add_tables(frame: &Frame<'_>, parts: Vec<Part>) -> Covariates {
    let mut parts = parts.into_iter();
    let mut sum = parts.next().unwrap_or_default().sums_x;
    for part in parts {
        sum.iter_mut().zip(&part.sums_x).for_each(|(own, other)| *own += other);
    }
    let mut risk: Vec<f64> = sum.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect();
    let events = sum.chunks_exact(2).map(|pair| pair[1]).collect();
    risk.chunks_exact_mut(frame.sets.len()).for_each(|own| frame.sets.accumulate_backwards(own));
    Covariates::Table { risk, events }
}

/// What reaches into each block from those after it.
fn carry(frame: &Frame<'_>, sweep: &Sweep, parts: &[Part]) -> Covariates {
    let mut carried = vec![vec![0.0; frame.width()]; parts.len()];
    for block in (1..parts.len()).rev() {
        let rows = &frame.blocks[block];
        if sweep.strata.binary_search(&rows.start).is_ok() {
            continue;
        }
        let whole = sweep.stratum_end(rows.start, frame.len()) >= rows.end;
        let (before, after) = carried.split_at_mut(block);
        for (j, own) in before[block - 1].iter_mut().enumerate() {
            *own = parts[block].sums_x[j] + if whole { after[0][j] } else { 0.0 };
        }
    }
    Covariates::Carried(carried)
}
