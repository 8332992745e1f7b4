//! Rows as the kernel walks them: covariates by columns, with the spans of event times.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::slots::{Found, put_together};
use crate::cohort::{Cohort, Design, DesignColumn, Weights};
use crate::numeric::panel::{ROWS, gather};
use crate::numeric::spare::Spare;
use crate::risk::{PARALLEL_ROWS, RiskSets};

/// Blocks into which rows are cut at most, whatever the number of threads.
const BLOCKS: usize = 16;
/// Rows worth a block: whole panels.
const BLOCK_ROWS: usize = 32 * ROWS;
/// Rows looked at for the centre of a column.
const CENTRED_ROWS: usize = 512;

/// Everything about the rows that does not change from one evaluation to the next.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// Where each row is at risk, in kernel order.
    pub(super) sets: RiskSets,
    pub(super) rows: Rows<'a>,
    /// Covariates by columns, in kernel order.
    pub(super) columns: Vec<Cow<'a, [f64]>>,
    /// What is taken off each column, near its mean.
    pub(super) centre: Vec<f64>,
    /// Events at every slot, which Efron's formula counts.
    pub(super) tied: Vec<f64>,
    /// The mean of their weights, where there are weights.
    mean_weight: Option<Vec<f64>>,
    pub(super) plan: Plan,
    /// Whether rows enter late.
    pub(super) late: bool,
    /// Rows of every block.
    pub(super) blocks: Vec<Range<usize>>,
    /// Found by the first walk over the rows.
    pub(super) observed: OnceLock<Observed>,
    /// What one evaluation has used and the next one may.
    pub(super) spare: Spare,
}

/// Sums over events.
#[derive(Debug)]
pub(super) struct Observed {
    /// Σ w x, with x less the centre.
    pub(super) x: Vec<f64>,
    /// Σ w of the offset.
    offset: f64,
}

/// What rows carry besides covariates, in kernel order.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) event: Cow<'a, [bool]>,
    pub(super) weight: Option<Cow<'a, [f64]>>,
    /// Whether weights count identical rows.
    pub(super) repeated: bool,
    pub(super) offset: Option<Cow<'a, [f64]>>,
}

/// How sums over risk sets are found.
#[derive(Debug)]
pub(super) enum Plan {
    /// In a table of all event times, with the rows of the cohort as they are.
    Table,
    /// By a sweep over rows in the order of their last slots. A row that enters late is there
    /// twice: a second time with the opposite weight at the slot where it enters.
    Sweep(Sweep),
}

/// Where slots and strata begin among rows in order.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) slots: Vec<u32>,
    pub(super) strata: Vec<usize>,
}

impl<'a> Frame<'a> {
    /// The plan that is cheaper.
    pub(super) fn new(cohort: &'a Cohort, design: &'a Design) -> Self {
        let sets = RiskSets::new(cohort);
        let blocks = blocks(cohort.n_rows());
        if blocks.len() == 1 || blocks.len() * sets.len() * 4 <= cohort.n_rows() {
            Self::table(sets, cohort, design)
        } else {
            Self::sweep(&sets, cohort, design)
        }
    }

    /// With the rows of the cohort as they are.
    pub(super) fn table(sets: RiskSets, cohort: &'a Cohort, design: &'a Design) -> Self {
        let columns = design.columns().iter().map(|own| Cow::Borrowed(&own.values[..])).collect();
        Self::build((sets, Plan::Table), Rows::new(cohort, design), (design, columns))
    }

    /// With rows in the order of their slots.
    pub(super) fn sweep(sets: &RiskSets, cohort: &'a Cohort, design: &'a Design) -> Self {
        let n = cohort.n_rows() as u32;
        let entries = sets.from().unwrap_or_default();
        let (order, slots) = sets.by_slot(&[sets.to(), entries].concat());
        let strata = sets.strata().iter().map(|own| slots[own.start] as usize).collect();
        let rows: Vec<u32> = order.iter().map(|&row| if row < n { row } else { row - n }).collect();
        let column = |own: &DesignColumn| Cow::Owned(gather(&own.values, &rows));
        let columns = design.columns().par_iter().map(column).collect();
        let plan = Plan::Sweep(Sweep { slots, strata });
        let own = Rows::new(cohort, design).in_order(&order, &rows);
        Self::build((sets.in_order(&order), plan), own, (design, columns))
    }

    fn build(
        (sets, plan): (RiskSets, Plan),
        rows: Rows<'a>,
        (design, columns): (&Design, Vec<Cow<'a, [f64]>>),
    ) -> Self {
        let own = columns.iter().enumerate();
        let centre = own.map(|(at, column)| centre(column, design.range(at))).collect();
        let blocks = blocks(rows.event.len());
        let (tied, mean_weight) = rows.count_events((&sets, &plan), &blocks);
        let late = sets.from().is_some() || rows.event.len() > design.n_rows();
        let observed = OnceLock::new();
        let spare = Spare::default();
        Self { sets, rows, columns, centre, tied, mean_weight, plan, late, blocks, observed, spare }
    }

    /// Σ w over the events of every slot.
    pub(super) fn event_weights(&self) -> impl Iterator<Item = f64> + '_ {
        self.tied.iter().enumerate().map(|(slot, count)| count * self.mean_weight(slot))
    }

    /// The mean weight of the events of a slot.
    pub(super) fn mean_weight(&self, slot: usize) -> f64 {
        match &self.mean_weight {
            Some(own) => own[slot],
            None => f64::from(u8::from(self.tied[slot] > 0.0)),
        }
    }

    /// Sums over events, known since the first walk over the rows.
    pub(super) fn observed(&self) -> &Observed {
        self.observed.get().expect("a walk came first")
    }

    /// Number of rows of the kernel.
    pub(super) fn len(&self) -> usize {
        self.rows.event.len()
    }

    /// Number of columns.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Number of events, Σ of frequency weights.
    pub(super) fn events(&self) -> f64 {
        self.tied.iter().sum()
    }
}

/// Cuts rows into blocks of whole panels.
fn blocks(rows: usize) -> Vec<Range<usize>> {
    let len = rows.div_ceil(BLOCKS).next_multiple_of(ROWS).max(BLOCK_ROWS);
    (0..rows).step_by(len).map(|first| first..rows.min(first + len)).collect()
}

impl<'a> Rows<'a> {
    fn new(cohort: &'a Cohort, design: &'a Design) -> Self {
        Self {
            event: Cow::Borrowed(cohort.event()),
            weight: cohort.weights().values().map(Cow::Borrowed),
            repeated: matches!(cohort.weights(), Weights::Frequency(_)),
            offset: design.offset().map(Cow::Borrowed),
        }
    }

    /// Rows in another order; those that stand elsewhere in `order` are entries.
    fn in_order(self, order: &[u32], rows: &[u32]) -> Self {
        let own = || order.par_iter().zip(rows).with_min_len(PARALLEL_ROWS);
        let event = own().map(|(own, &row)| *own == row && self.event[row as usize]).collect();
        let weight = |(own, &row): (&u32, &u32)| match *own == row {
            true => self.weight(row as usize),
            false => -self.weight(row as usize),
        };
        let signed = order.len() > self.event.len() || self.weight.is_some();
        Self {
            event: Cow::Owned(event),
            weight: signed.then(|| own().map(weight).collect()),
            repeated: self.repeated,
            offset: self.offset.map(|own| Cow::Owned(gather(&own, rows))),
        }
    }

    /// The weight of a row.
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weight.as_ref().map_or(1.0, |weight| weight[row])
    }

    /// w δ of the rows of a panel.
    pub(super) fn observed(&self, (first, len): (usize, usize)) -> [f64; ROWS] {
        let mut observed = [0.0; ROWS];
        let own = observed.iter_mut().zip(&self.event[first..first + len]);
        match &self.weight {
            Some(weight) => own.zip(&weight[first..]).for_each(|((own, &event), &weight)| {
                *own = if event { weight } else { 0.0 };
            }),
            None => own.for_each(|(own, &event)| *own = f64::from(u8::from(event))),
        }
        observed
    }

    /// Events at every slot, and the mean of their weights if there are any.
    fn count_events(
        &self,
        (sets, plan): (&RiskSets, &Plan),
        blocks: &[Range<usize>],
    ) -> (Vec<f64>, Option<Vec<f64>>) {
        let few = sets.len() * blocks.len() <= self.event.len();
        let part = |rows: &Range<usize>| match plan {
            Plan::Table => (0, self.count_block((sets.to(), 0..sets.len()), rows.clone())),
            Plan::Sweep(_) => {
                let [first, last] = [rows.start, rows.end - 1].map(|row| sets.to()[row] as usize);
                (first, self.count_block((sets.to(), first..last + 1), rows.clone()))
            }
        };
        let parts: Vec<(usize, Vec<[f64; 2]>)> = match plan {
            Plan::Table if !few => vec![part(&(0..self.event.len()))],
            _ => blocks.par_iter().map(part).collect(),
        };
        let found = parts.iter().map(|(first, sums)| Found { first: *first, sums });
        let found: Vec<Found<'_>> = found.collect();
        let (mut rows, mut weights) = (vec![0.0; sets.len()], vec![0.0; sets.len()]);
        put_together(&found, [&mut rows, &mut weights]);
        let mean = |(rows, weight): (&f64, f64)| if *rows > 0.0 { weight / rows } else { 0.0 };
        let weighted = self.weight.is_some();
        let mean_weight = weighted.then(|| rows.iter().zip(weights).map(mean).collect());
        (rows, mean_weight)
    }

    /// Events and their weight at some slots, those of the rows among them.
    fn count_block(
        &self,
        (to, slots): (&[u32], Range<usize>),
        rows: Range<usize>,
    ) -> Vec<[f64; 2]> {
        let mut counts = vec![[0.0; 2]; slots.len()];
        for ((row, &slot), &event) in rows.clone().zip(&to[rows.clone()]).zip(&self.event[rows]) {
            let weight = if event { self.weight(row) } else { 0.0 };
            let one = if self.repeated { weight } else { f64::from(u8::from(weight > 0.0)) };
            let own = &mut counts[slot as usize - slots.start];
            own[0] += one;
            own[1] += weight;
        }
        counts
    }
}

impl Observed {
    pub(super) fn new(frame: &Frame<'_>, x: Vec<f64>) -> Self {
        let Rows { event, offset, .. } = &frame.rows;
        let weighted = |offset: &[f64]| -> f64 {
            let events = event.iter().zip(offset).enumerate().filter(|(_, (event, _))| **event);
            events.map(|(row, (_, offset))| frame.rows.weight(row) * offset).sum()
        };
        Self { x, offset: offset.as_deref().map_or(0.0, weighted) }
    }

    /// Σ w η over events.
    pub(super) fn predictor(&self, beta: &[f64]) -> f64 {
        self.x.iter().zip(beta).map(|(x, beta)| x * beta).sum::<f64>() + self.offset
    }
}

impl Sweep {
    /// Where the stratum of a row ends, among `len` rows.
    pub(super) fn stratum_end(&self, row: usize, len: usize) -> usize {
        self.strata.get(self.strata.partition_point(|&start| start <= row)).copied().unwrap_or(len)
    }
}

/// About the mean of a column, from rows spread over it; of a constant one its value, so that
/// nothing is left of it.
fn centre(column: &[f64], [low, high]: [f64; 2]) -> f64 {
    let step = column.len().div_ceil(CENTRED_ROWS).max(1);
    let some = || column.iter().step_by(step);
    let mean = some().sum::<f64>() / some().count().max(1) as f64;
    // Rounding may take it off the range.
    mean.clamp(low, high)
}
