//! Who is at risk when, row by row, for what is rare enough to look at every risk set.

use rayon::prelude::*;

use super::frame::Frame;
use crate::cohort::{Cohort, Design, Weights};
use crate::risk::{PARALLEL_ROWS, RiskSets};

/// Rows in the order of the cohort, with lists of those who leave and enter at every slot.
#[derive(Debug)]
pub(super) struct Members<'a> {
    pub(super) cohort: &'a Cohort,
    pub(super) sets: RiskSets,
    pub(super) width: usize,
    /// Covariates less their centre, row by row.
    x: Vec<f64>,
    offset: Option<&'a [f64]>,
    leave: Lists,
    enter: Option<Lists>,
}

/// Rows by slot, and where those of each slot begin.
type Lists = (Vec<u32>, Vec<u32>);

fn rows_of((rows, starts): &Lists, slot: usize) -> &[u32] {
    &rows[starts[slot] as usize..starts[slot + 1] as usize]
}

impl<'a> Members<'a> {
    pub(super) fn new(frame: &Frame<'_>, cohort: &'a Cohort, design: &'a Design) -> Self {
        let sets = RiskSets::new(cohort);
        let width = design.n_columns();
        let mut x = vec![0.0; cohort.n_rows() * width];
        for ((at, column), centre) in design.columns().iter().enumerate().zip(&frame.centre) {
            let own = x[at..].iter_mut().step_by(width);
            own.zip(&column.values).for_each(|(x, value)| *x = value - centre);
        }
        let (leave, enter) = (sets.by_slot(sets.to()), sets.from().map(|from| sets.by_slot(from)));
        Self { cohort, sets, width, x, offset: design.offset(), leave, enter }
    }

    /// Centred covariates of a row.
    pub(super) fn x(&self, row: usize) -> &[f64] {
        &self.x[row * self.width..][..self.width]
    }

    /// x'β of every row, without the offset.
    pub(super) fn along(&self, beta: &[f64]) -> Vec<f64> {
        let dot = |row| self.x(row).iter().zip(beta).map(|(x, b)| x * b).sum();
        let rows = (0..self.cohort.n_rows()).into_par_iter();
        rows.with_min_len(PARALLEL_ROWS / 8).map(dot).collect()
    }

    /// x'β + offset of every row.
    pub(super) fn predictor(&self, beta: &[f64]) -> Vec<f64> {
        let mut eta = self.along(beta);
        let offset = self.offset.unwrap_or_default();
        eta.iter_mut().zip(offset).for_each(|(eta, offset)| *eta += offset);
        eta
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.cohort.weights().values().map_or(1.0, |weights| weights[row])
    }

    /// How many identical rows a row stands for.
    pub(super) fn copies(&self, row: usize) -> usize {
        match self.cohort.weights() {
            Weights::Frequency(counts) => counts[row] as usize,
            _ => usize::from(self.weight(row) > 0.0),
        }
    }

    pub(super) fn fails(&self, row: usize) -> bool {
        self.cohort.event()[row]
    }

    /// Rows with a weight whose last slot this is; at an event time, who fails is among them.
    pub(super) fn leaving(&self, slot: usize) -> impl Iterator<Item = usize> + '_ {
        let rows = rows_of(&self.leave, slot).iter().map(|&row| row as usize);
        rows.filter(|&row| self.weight(row) > 0.0)
    }

    /// Rows with a weight that are at risk only after this slot.
    pub(super) fn entering(&self, slot: usize) -> impl Iterator<Item = usize> + '_ {
        let rows = self.enter.as_ref().map_or(&[][..], |lists| rows_of(lists, slot));
        rows.iter().map(|&row| row as usize).filter(|&row| self.weight(row) > 0.0)
    }

    /// Whether a row has entered by a slot.
    pub(super) fn entered(&self, row: usize, slot: usize) -> bool {
        self.sets.from().is_none_or(|from| (from[row] as usize) < slot)
    }

    /// The risk set of a slot, whose stratum ends at `end`.
    pub(super) fn at_risk(&self, slot: usize, end: usize) -> impl Iterator<Item = usize> + '_ {
        let rows = (slot..end).flat_map(|later| self.leaving(later));
        rows.filter(move |&row| self.entered(row, slot))
    }

    /// Slots of event times, each with the end of its stratum.
    pub(super) fn event_slots(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let strata = self.sets.strata().iter();
        strata.flat_map(|own| (own.start + 1..own.end).map(move |slot| (slot, own.end)))
    }
}
