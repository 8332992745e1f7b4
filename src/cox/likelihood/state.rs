//! Relative risks of the rows and their sums over risk sets.

use rayon::prelude::*;

use super::Hazard;
use super::information::add;
use super::relative_risk::{Part, Sums, Walk, add_slots};
use crate::cox::frame::{Frame, Observed, Plan, Sweep};
use crate::numeric::panel::{Cells, predict};

/// Beyond this a linear predictor needs a shift before its exponential is taken.
const SAFE_PREDICTOR: f64 = 300.0;

/// Relative risks at one β and what they sum up to.
#[derive(Debug)]
pub(in crate::cox) struct State {
    /// w·r of every row of the kernel.
    pub(in crate::cox) theta: Vec<f64>,
    /// Σ w η over events.
    pub(super) events_predictor: f64,
    /// S0 and E0 at every slot; a sweep keeps them only until there is a hazard.
    pub(in crate::cox) risk: Vec<f64>,
    pub(in crate::cox) events: Vec<f64>,
    pub(super) covariates: Covariates,
    /// What was taken off linear predictors before their exponentials, by slot.
    pub(in crate::cox) shift: Option<Vec<f64>>,
    /// What the walk found besides, with a hazard that was foreseen.
    pub(super) ahead: Option<Ahead>,
}

/// Sums of w·r·x, column after column.
#[derive(Debug)]
pub(super) enum Covariates {
    /// S1 and E1 at every slot.
    Table { risk: Vec<f64>, events: Vec<f64> },
    /// What a sweep carries into each block of rows from those after it.
    Carried(Vec<Vec<f64>>),
}

/// Sums over rows for the derivatives, by a hazard that was foreseen.
#[derive(Debug)]
pub(super) struct Ahead {
    pub(super) hazard: Hazard,
    /// Σ v x x', the lower triangle.
    pub(super) rows: Vec<f64>,
}

impl State {
    /// A hazard that is foreseen spares a second walk, where there is a table of event times.
    pub(in crate::cox) fn new(frame: &Frame<'_>, beta: &[f64], foreseen: Option<Hazard>) -> Self {
        let walk = Walk { frame, beta, shift: None, foreseen: foreseen.as_ref() };
        let (theta, parts) = walk.run();
        let observed = || sums(parts.iter().filter_map(|part| part.observed.as_deref()));
        frame.observed.get_or_init(|| Observed::new(frame, observed()));
        let peak = parts.iter().map(|part| part.peak).fold(0.0, f64::max);
        if peak <= SAFE_PREDICTOR {
            let rows = sums(parts.iter().filter_map(|part| part.ahead.as_deref()));
            let state = Self::sum(walk, theta, parts);
            return Self { ahead: foreseen.map(|hazard| Ahead { hazard, rows }), ..state };
        }
        let shift = shifts(frame, beta);
        let walk = Walk { frame, beta, shift: Some(&shift), foreseen: None };
        let (theta, parts) = walk.run();
        let state = Self::sum(walk, theta, parts);
        Self { shift: Some(shift), ..state }
    }

    pub(super) fn forget_sums(&mut self, frame: &Frame<'_>) {
        for own in [&mut self.risk, &mut self.events] {
            frame.spare.keep(std::mem::take(own));
        }
    }

    pub(super) fn forget(&mut self, frame: &Frame<'_>) {
        self.forget_sums(frame);
        frame.spare.keep(std::mem::take(&mut self.theta));
    }

    fn sum(Walk { frame, beta, shift, .. }: Walk<'_>, theta: Vec<f64>, parts: Vec<Part>) -> Self {
        let (mut risk, events) = add_slots(frame, &parts);
        let covariates = match &frame.plan {
            Plan::Table => add_tables(frame, parts),
            Plan::Sweep(sweep) => carry(frame, sweep, &parts),
        };
        frame.sets.accumulate_backwards(&mut risk);
        // Rounding must not leave fewer at risk than fail.
        risk.iter_mut().zip(&events).for_each(|(risk, &events)| *risk = risk.max(events));
        let taken = |shift: &[f64]| -> f64 {
            frame.event_weights().zip(shift).map(|(weight, shift)| weight * shift).sum()
        };
        let events_predictor = frame.observed().predictor(beta) - shift.map_or(0.0, taken);
        Self { theta, events_predictor, risk, events, covariates, shift: None, ahead: None }
    }
}

/// Adds vectors up.
fn sums<'p>(mut parts: impl Iterator<Item = &'p [f64]>) -> Vec<f64> {
    let mut sum = parts.next().map(<[f64]>::to_vec).unwrap_or_default();
    parts.for_each(|part| add(&mut sum, part));
    sum
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

/// Adds the tables of blocks, and what is in them up to risk sets.
fn add_tables(frame: &Frame<'_>, parts: Vec<Part>) -> Covariates {
    let tables = parts.into_iter().filter_map(|part| match part.sums_x {
        Sums::ByCell(cells) => Some(cells),
        Sums::Head { .. } => None,
    });
    let add = |mut sum: Cells, part: Cells| {
        sum.add(&part);
        sum
    };
    let sum = tables.reduce(add).unwrap_or_else(|| Cells::new(0, 0));
    let (mut risk, mut events) = (Vec::new(), Vec::new());
    for at in 0..frame.width() {
        let cells: Vec<f64> = sum.column(at).collect();
        risk.extend(cells.chunks_exact(2).map(|pair| pair[0] + pair[1]));
        events.extend(cells.chunks_exact(2).map(|pair| pair[1]));
    }
    risk.par_chunks_exact_mut(frame.sets.len())
        .for_each(|own| frame.sets.accumulate_backwards(own));
    Covariates::Table { risk, events }
}

/// What reaches into each block from those after it.
fn carry(frame: &Frame<'_>, sweep: &Sweep, parts: &[Part]) -> Covariates {
    let mut carried = vec![vec![0.0; frame.width()]; parts.len()];
    for block in (1..parts.len()).rev() {
        let rows = &frame.blocks[block];
        let Sums::Head { sums, .. } = &parts[block].sums_x else { continue };
        if sweep.strata.binary_search(&rows.start).is_ok() {
            continue;
        }
        let whole = sweep.stratum_end(rows.start, frame.len()) >= rows.end;
        let (before, after) = carried.split_at_mut(block);
        for (j, own) in before[block - 1].iter_mut().enumerate() {
            *own = sums[j] + if whole { after[0][j] } else { 0.0 };
        }
    }
    Covariates::Carried(carried)
}
