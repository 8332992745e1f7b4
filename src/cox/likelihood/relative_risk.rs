//! Relative risks block by block, with what each block adds to sums over risk sets.

use std::ops::Range;

use rayon::prelude::*;

use super::Hazard;
use crate::cox::frame::{Frame, Plan};
use crate::cox::slots::{Found, put_together, split};
use crate::numeric::panel::{AHEAD, Cells, Gram, Panel, ROWS, multiply_exp, prefetch};

/// What one block of rows adds.
pub(super) struct Part {
    /// The largest |η|.
    pub(super) peak: f64,
    /// The slot of the first sums.
    pub(super) first: usize,
    /// Sums of w·r by cell.
    pub(super) sums: Vec<f64>,
    pub(super) sums_x: Sums,
    /// Σ w δ x, where it was not known.
    pub(super) observed: Option<Vec<f64>>,
    /// Σ v x x', by a hazard that was foreseen.
    pub(super) ahead: Option<Vec<f64>>,
}

/// Sums of w·r·x.
pub(super) enum Sums {
    ByCell(Cells),
    /// Of the rows before the end of the stratum of the first.
    Head {
        end: usize,
        sums: Vec<f64>,
    },
}

/// The rows at one β.
pub(super) struct Walk<'a> {
    pub(super) frame: &'a Frame<'a>,
    pub(super) beta: &'a [f64],
    /// What is taken off linear predictors, by slot.
    pub(super) shift: Option<&'a [f64]>,
    pub(super) foreseen: Option<&'a Hazard>,
}

/// Rows of one panel: the first of them, w·r of each and the cell of each. Every slot has two cells,
/// of rows without and with an event.
pub(super) struct Relative<'t> {
    pub(super) first: usize,
    pub(super) theta: &'t [f64],
    pub(super) cells: [u32; ROWS],
}

impl<'t> Relative<'t> {
    pub(super) fn new(frame: &Frame<'_>, first: usize, theta: &'t [f64]) -> Self {
        let mut cells = [0; ROWS];
        let rows = first..first + theta.len();
        let slots = frame.sets.to()[rows.clone()].iter().zip(&frame.rows.event[rows]);
        let own = cells.iter_mut().zip(slots);
        own.for_each(|(cell, (slot, &event))| *cell = 2 * slot + u32::from(event));
        Self { first, theta, cells }
    }

    /// The first row and their number.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.first, self.theta.len())
    }

    /// Of the rows that enter late: where, with the opposite sign.
    fn entering(&self, from: &[u32]) -> ([u32; ROWS], [f64; ROWS]) {
        let (mut cells, mut factors) = ([0; ROWS], [0.0; ROWS]);
        cells.iter_mut().zip(&from[self.first..]).for_each(|(cell, slot)| *cell = 2 * slot);
        factors.iter_mut().zip(self.theta).for_each(|(factor, theta)| *factor = -theta);
        (cells, factors)
    }
}

impl Walk<'_> {
    /// w·r of every row, and the parts of the blocks.
    pub(super) fn run(&self) -> (Vec<f64>, Vec<Part>) {
        let mut theta = self.frame.spare.any(self.frame.len());
        let blocks = split(&mut theta, &self.frame.blocks).into_par_iter();
        let blocks = blocks.zip(&self.frame.blocks);
        let parts = blocks.map(|(theta, rows)| self.block(rows.clone(), theta)).collect();
        (theta, parts)
    }

    /// S0 and E0 at every slot with x'β = 0.
    pub(super) fn without_covariates(&self) -> [Vec<f64>; 2] {
        let Frame { sets, blocks, .. } = self.frame;
        let block = |rows: &Range<usize>| {
            let (mut part, mut theta) = (Part::new(0, sets.len()), [0.0; ROWS]);
            for first in rows.clone().step_by(ROWS) {
                let theta = &mut theta[..ROWS.min(rows.end - first)];
                self.risks([0.0; ROWS], (first, theta), &mut part);
                self.count(&Relative::new(self.frame, first, theta), &mut part);
            }
            part
        };
        let parts: Vec<Part> = blocks.par_iter().map(block).collect();
        let (mut risk, events) = add_slots(self.frame, &parts);
        sets.accumulate_backwards(&mut risk);
        [risk, events]
    }

    fn block(&self, rows: Range<usize>, theta: &mut [f64]) -> Part {
        let Frame { columns, centre, .. } = self.frame;
        let (mut part, mut panel) = (self.part(&rows), Panel::new(self.frame.width()));
        let mut ahead = self.foreseen.map(|hazard| (hazard, Gram::new(self.frame.width())));
        for (theta, first) in theta.chunks_mut(ROWS).zip(rows.step_by(ROWS)) {
            panel.load(columns, centre, (first, theta.len()));
            prefetch(columns, first + AHEAD * ROWS);
            let mut eta = [0.0; ROWS];
            panel.predict(self.beta, &mut eta);
            self.risks(eta, (first, theta), &mut part);
            let own = Relative::new(self.frame, first, theta);
            self.count(&own, &mut part);
            self.add_covariates(&own, &panel, &mut part.sums_x);
            if let Some(observed) = &mut part.observed {
                panel.add_products(&self.frame.rows.observed(own.place()), observed);
            }
            if let Some((hazard, gram)) = &mut ahead {
                gram.add(&panel, &hazard.expected(self.frame, &own));
            }
        }
        part.ahead = ahead.map(|(_, gram)| gram.lower());
        part
    }

    /// A part to which nothing was added.
    fn part(&self, rows: &Range<usize>) -> Part {
        let Frame { sets, plan, .. } = self.frame;
        let width = self.frame.width();
        let mut part = match plan {
            Plan::Table => Part::new(0, sets.len()),
            Plan::Sweep(_) => {
                let [first, last] = [rows.start, rows.end - 1].map(|row| sets.to()[row] as usize);
                Part::new(first, last - first + 1)
            }
        };
        part.sums_x = match plan {
            Plan::Table => Sums::ByCell(Cells::new(2 * sets.len(), width)),
            Plan::Sweep(sweep) => {
                let head = sweep.stratum_end(rows.start, self.frame.len());
                Sums::Head { end: head.min(rows.end), sums: vec![0.0; width] }
            }
        };
        part.observed = self.frame.observed.get().is_none().then(|| vec![0.0; width]);
        part
    }

    /// w·r of the rows from `first` on, of which x'β is known.
    fn risks(&self, mut eta: [f64; ROWS], (first, theta): (usize, &mut [f64]), part: &mut Part) {
        let Frame { sets, rows, .. } = self.frame;
        let len = theta.len();
        let eta = &mut eta[..len];
        if let Some(offset) = &rows.offset {
            eta.iter_mut().zip(&offset[first..]).for_each(|(eta, offset)| *eta += offset);
        }
        if let Some(shift) = self.shift {
            let slots = &sets.to()[first..];
            eta.iter_mut().zip(slots).for_each(|(eta, &slot)| *eta -= shift[slot as usize]);
        }
        match &rows.weight {
            Some(weight) => theta.copy_from_slice(&weight[first..first + len]),
            None => theta.fill(1.0),
        }
        part.peak = part.peak.max(multiply_exp(eta, theta));
    }

    /// Adds to S0 and E0.
    fn count(&self, own: &Relative<'_>, part: &mut Part) {
        for (theta, &cell) in own.theta.iter().zip(&own.cells) {
            part.sums[cell as usize - 2 * part.first] += theta;
        }
        if let Some(from) = self.frame.sets.from() {
            for (theta, &slot) in own.theta.iter().zip(&from[own.first..]) {
                part.sums[2 * (slot as usize - part.first)] -= theta;
            }
        }
    }

    /// Adds w·r·x.
    fn add_covariates(&self, own: &Relative<'_>, panel: &Panel, sums: &mut Sums) {
        let mut factors = [0.0; ROWS];
        factors[..own.theta.len()].copy_from_slice(own.theta);
        match sums {
            Sums::Head { end, sums } if own.first < *end => {
                factors[(*end - own.first).min(ROWS)..].fill(0.0);
                panel.add_products(&factors, sums);
            }
            Sums::Head { .. } => {}
            Sums::ByCell(table) => {
                panel.scatter(&factors, &own.cells, table);
                if let Some(from) = self.frame.sets.from() {
                    let (cells, factors) = own.entering(from);
                    panel.scatter(&factors, &cells, table);
                }
            }
        }
    }
}

/// S0, so far by slot, and E0.
pub(super) fn add_slots(frame: &Frame<'_>, parts: &[Part]) -> (Vec<f64>, Vec<f64>) {
    let [mut risk, mut events] = [(); 2].map(|()| frame.spare.any(frame.sets.len()));
    let found = parts.iter().map(|part| Found { first: part.first, sums: part.sums.as_chunks().0 });
    let found: Vec<Found<'_>> = found.collect();
    put_together(&found, [&mut risk, &mut events]);
    risk.iter_mut().zip(&events).for_each(|(risk, events)| *risk += events);
    (risk, events)
}

impl Part {
    fn new(first: usize, slots: usize) -> Self {
        Self {
            peak: 0.0,
            first,
            sums: vec![0.0; 2 * slots],
            sums_x: Sums::Head { end: 0, sums: Vec::new() },
            observed: None,
            ahead: None,
        }
    }
}
