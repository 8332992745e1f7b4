//! Rows as the kernel walks them: covariates row by row, centred, with their spans of event times.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use crate::cohort::{Cohort, Design, DesignColumn, Weights};
use crate::numeric::dense::PADDING;
use crate::risk::{PARALLEL_ROWS, RiskSets};

/// Blocks into which rows are cut at most, whatever the number of threads.
const BLOCKS: usize = 16;
/// Rows worth a block.
const BLOCK_ROWS: usize = 4096;
/// Rows moved at a time into row order, so that they stay in the cache.
const TRANSPOSED_ROWS: usize = 64;

/// Everything about the rows that does not change from one evaluation to the next.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) sets: RiskSets,
    pub(super) rows: Rows<'a>,
    /// Columns of the design.
    pub(super) width: usize,
    /// Covariates less their centre, row by row, in kernel order, and padding.
    pub(super) x: Vec<f64>,
    /// What was taken off each column.
    pub(super) centre: Vec<f64>,
    /// Events at every slot, which Efron's formula counts, and the mean of their weights.
    pub(super) tied: Vec<f64>,
    pub(super) mean_weight: Vec<f64>,
    pub(super) plan: Plan,
    /// Rows of every block.
    pub(super) blocks: Vec<Range<usize>>,
}

/// What rows carry besides covariates, in kernel order.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) event: Cow<'a, [bool]>,
    pub(super) weight: Option<Cow<'a, [f64]>>,
    /// Whether weights count identical rows.
    pub(super) repeated: bool,
    pub(super) offset: Option<Cow<'a, [f64]>>,
    /// The row of the cohort that each row is, where the order differs.
    pub(super) order: Option<Vec<u32>>,
}

/// How sums of covariates over risk sets are found.
#[derive(Debug)]
pub(super) enum Plan {
    /// In a table of all event times, with rows in any order.
    Table,
    /// By a sweep over rows in the order of their last slots.
    Sweep(Sweep),
}

/// Slots of every block of rows.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) slots: Vec<Range<usize>>,
    /// Where the stratum of each block's first slot ends, within the block.
    pub(super) heads: Vec<usize>,
    /// Where the rows of each slot begin.
    pub(super) starts: Vec<u32>,
    /// Rows in the order of the slots at which they enter, and where those of each slot begin.
    pub(super) entries: Option<(Vec<u32>, Vec<u32>)>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(cohort: &'a Cohort, design: &'a Design) -> Self {
        let sets = RiskSets::new(cohort);
        let n = cohort.n_rows();
        let blocks = n.div_ceil(BLOCK_ROWS).clamp(1, BLOCKS);
        if blocks == 1 || blocks * sets.len() * 4 <= n {
            return Self::tabled(sets, blocks, (cohort, design));
        }
        let rows = Rows::new(cohort, design);
        let (order, starts) = sets.by_slot(sets.to());
        let (blocks, slots) = cut_at_slots(&starts, blocks);
        let (sets, rows) = (sets.reorder(&order), rows.reorder(order));
        let entries = sets.from().map(|from| sets.by_slot(from));
        let heads = slots.iter().map(|own| sets.stratum_end(own.start).min(own.end)).collect();
        let plan = Plan::Sweep(Sweep { slots, heads, starts, entries });
        Self::build(sets, rows, design, plan, blocks)
    }

    fn tabled(sets: RiskSets, blocks: usize, (cohort, design): (&'a Cohort, &'a Design)) -> Self {
        let n = cohort.n_rows();
        let cut = |at: usize| at * n / blocks;
        let blocks = (0..blocks).map(|at| cut(at)..cut(at + 1)).collect();
        Self::build(sets, Rows::new(cohort, design), design, Plan::Table, blocks)
    }

    /// Rows as they come, whatever the number of event times.
    #[cfg(test)]
    pub(super) fn by_table(cohort: &'a Cohort, design: &'a Design) -> Self {
        Self::tabled(RiskSets::new(cohort), 3, (cohort, design))
    }

    fn build(
        sets: RiskSets,
        rows: Rows<'a>,
        design: &Design,
        plan: Plan,
        blocks: Vec<Range<usize>>,
    ) -> Self {
        let centre: Vec<f64> = design.columns().par_iter().map(mean).collect();
        let x = by_rows(design, &centre, rows.order.as_deref());
        let (tied, mean_weight) = rows.count_events(&sets);
        let width = design.n_columns();
        Self { sets, rows, width, x, centre, tied, mean_weight, plan, blocks }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.event.len()
    }

    /// Number of events, Σ of frequency weights.
    pub(super) fn events(&self) -> f64 {
        self.tied.iter().sum()
    }

    /// The covariates of a block of rows and what follows them.
    pub(super) fn rows_from(&self, row: usize) -> &[f64] {
        &self.x[row * self.width..]
    }

    /// The row of the cohort that a row is.
    pub(super) fn cohort_row(&self, row: usize) -> usize {
        self.rows.order.as_ref().map_or(row, |order| order[row] as usize)
    }

    /// Whether two events share a time anywhere.
    pub(super) fn has_ties(&self) -> bool {
        self.tied.iter().any(|&count| count > 1.0)
    }
}

impl<'a> Rows<'a> {
    fn new(cohort: &'a Cohort, design: &'a Design) -> Self {
        Self {
            event: Cow::Borrowed(cohort.event()),
            weight: cohort.weights().values().map(Cow::Borrowed),
            repeated: matches!(cohort.weights(), Weights::Frequency(_)),
            offset: design.offset().map(Cow::Borrowed),
            order: None,
        }
    }

    fn reorder(self, order: Vec<u32>) -> Self {
        fn take<T: Copy>(own: &[T], order: &[u32]) -> Cow<'static, [T]> {
            Cow::Owned(order.iter().map(|&row| own[row as usize]).collect())
        }
        Self {
            event: take(&self.event, &order),
            weight: self.weight.map(|own| take(&own, &order)),
            offset: self.offset.map(|own| take(&own, &order)),
            order: Some(order),
            repeated: self.repeated,
        }
    }

    /// The weight of a row.
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weight.as_ref().map_or(1.0, |weight| weight[row])
    }

    fn count_events(&self, sets: &RiskSets) -> (Vec<f64>, Vec<f64>) {
        let (mut rows, mut sums) = (vec![0.0; sets.len()], vec![0.0; sets.len()]);
        for (row, &slot) in sets.to().iter().enumerate().filter(|(row, _)| self.event[*row]) {
            let weight = self.weight(row);
            let one = if self.repeated { weight } else { f64::from(u8::from(weight > 0.0)) };
            rows[slot as usize] += one;
            sums[slot as usize] += weight;
        }
        sums.iter_mut()
            .zip(&rows)
            .filter(|(_, rows)| **rows > 0.0)
            .for_each(|(sum, rows)| *sum /= rows);
        (rows, sums)
    }
}

impl Sweep {
    /// The block that owns a slot.
    pub(super) fn block_of(&self, slot: usize) -> usize {
        self.slots.partition_point(|own| own.end <= slot)
    }

    /// Whether the risk sets of the slots before `block` reach into it.
    pub(super) fn continues(&self, block: usize, sets: &RiskSets) -> bool {
        !sets.is_first(self.slots[block].start)
    }
}

/// Cuts rows in the order of slots into blocks of whole slots.
fn cut_at_slots(starts: &[u32], blocks: usize) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let n = starts[starts.len() - 1] as usize;
    let cut = |at: usize| starts.partition_point(|&start| (start as usize) < at * n / blocks);
    let slots: Vec<Range<usize>> = (0..blocks)
        .map(|at| cut(at)..if at + 1 == blocks { starts.len() - 1 } else { cut(at + 1) })
        .filter(|slots| !slots.is_empty())
        .collect();
    let rows = |slots: &Range<usize>| starts[slots.start] as usize..starts[slots.end] as usize;
    (slots.iter().map(rows).collect(), slots)
}

/// The mean of a column; of a constant one its value, so that nothing is left of it.
fn mean(column: &DesignColumn) -> f64 {
    if let Some(first) = column.values.first().filter(|own| column.values.iter().all(|x| x == *own))
    {
        return *first;
    }
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let sums: Vec<f64> = column.values.chunks(BLOCK_ROWS).map(sum).collect();
    sums.iter().sum::<f64>() / column.values.len().max(1) as f64
}

/// The design, column by column, as centred rows.
fn by_rows(design: &Design, centre: &[f64], order: Option<&[u32]>) -> Vec<f64> {
    let (n, width) = (design.n_rows(), design.n_columns());
    let mut x = vec![0.0; n * width + PADDING];
    if width == 0 {
        return x;
    }
    let fill = |(block, rows): (usize, &mut [f64])| {
        let first = block * TRANSPOSED_ROWS;
        for ((at, column), centre) in design.columns().iter().enumerate().zip(centre) {
            let own = rows[at..].iter_mut().step_by(width).zip(first..n);
            match order {
                None => own.for_each(|(x, row)| *x = column.values[row] - centre),
                Some(order) => {
                    own.for_each(|(x, row)| *x = column.values[order[row] as usize] - centre);
                }
            }
        }
    };
    let blocks = x.par_chunks_mut(TRANSPOSED_ROWS * width).enumerate();
    blocks.with_min_len(PARALLEL_ROWS / TRANSPOSED_ROWS).for_each(fill);
    x
}
