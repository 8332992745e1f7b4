//! What each row adds to the score, and the robust variance that follows.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use super::frame::Frame;
use super::likelihood::Point;
use super::means::Means;
use crate::cohort::Cohort;
use crate::error::{Error, Result};
use crate::numeric::dense::{BLOCK, Gram, PADDING, scatter_rows};
use crate::numeric::linalg::SymMatrix;

/// Reads the score residual of a row off the means over risk sets.
pub(super) struct Scores<'a> {
    frame: &'a Frame<'a>,
    point: &'a Point,
    means: Means<'a>,
}

impl<'a> Scores<'a> {
    pub(super) fn new(frame: &'a Frame<'a>, point: &'a Point) -> Self {
        Self { frame, point, means: Means::new(frame, point) }
    }

    /// Adds factor·L to `out`, with
    /// L = δ (x − x̄(exit)) − r ∫ (x − x̄) dΛ over the time at risk, of one subject of the row.
    pub(super) fn add(&self, row: usize, factor: f64, out: &mut [f64]) {
        let (frame, sets) = (self.frame, &self.frame.sets);
        let (event, to) = (frame.rows.event[row], sets.to()[row] as usize);
        let risk = factor * self.point.relative_risk(frame, row);
        let residual = factor * self.point.martingale(frame, row);
        let x = &frame.rows_from(row)[..frame.width];
        out.iter_mut().zip(x).for_each(|(out, x)| *out += residual * x);
        out.iter_mut().zip(self.means.drift(to)).for_each(|(out, m)| *out += risk * m);
        if let Some(from) = sets.from() {
            let drift = self.means.drift(from[row] as usize);
            out.iter_mut().zip(drift).for_each(|(out, m)| *out -= risk * m);
        }
        if event {
            self.means.add_mean(to, -factor, out);
            self.means.add_spared(to, -risk, out);
        }
    }

    /// factor·L of some rows, and padding; rows without weight took no part.
    fn rows(&self, rows: Range<usize>, factor: impl Fn(f64) -> f64) -> Vec<f64> {
        let width = self.frame.width;
        let mut out = vec![0.0; rows.len() * width + PADDING];
        for (own, row) in out.chunks_exact_mut(width.max(1)).zip(rows) {
            let weight = self.frame.rows.weight(row);
            if weight > 0.0 {
                self.add(row, factor(weight), own);
            }
        }
        out
    }

    /// factor·L of all rows in kernel order.
    pub(super) fn all(&self, factor: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
        let mut parts: Vec<Vec<f64>> = Vec::new();
        let blocks = self.frame.blocks.par_iter();
        blocks.map(|rows| self.rows(rows.clone(), &factor)).collect_into_vec(&mut parts);
        let width = self.frame.width;
        let rows = self.frame.blocks.iter().zip(&parts);
        rows.flat_map(|(rows, part)| &part[..rows.len() * width]).copied().collect()
    }

    /// Σ L L' over what varies independently: clusters, or else subjects.
    pub(super) fn spread(&self, cluster: Option<&[u32]>) -> SymMatrix {
        let gram = match cluster {
            None => self.over_rows(),
            Some(cluster) => self.over_clusters(cluster),
        };
        SymMatrix::from_lower(self.frame.width, |i, j| gram.get(i, j))
    }

    /// A row that stands for identical subjects counts once for each, a sampled one as w·L.
    fn over_rows(&self) -> Gram {
        let rows = &self.frame.rows;
        let square =
            |row: usize| if rows.repeated { rows.weight(row) } else { rows.weight(row).powi(2) };
        let block = |block: &Range<usize>| {
            let mut gram = Gram::new(self.frame.width);
            for first in block.clone().step_by(BLOCK) {
                let own = first..block.end.min(first + BLOCK);
                let weights: Vec<f64> = own.clone().map(square).collect();
                gram.add(&self.rows(own, |_| 1.0), &weights);
            }
            gram
        };
        let parts: Vec<Gram> = self.frame.blocks.par_iter().map(block).collect();
        merged(parts, self.frame.width)
    }

    fn over_clusters(&self, cluster: &[u32]) -> Gram {
        let width = self.frame.width;
        let size = cluster.iter().max().map_or(0, |&code| code as usize + 1);
        let codes: Vec<u32> =
            (0..self.frame.len()).map(|row| cluster[self.frame.cohort_row(row)]).collect();
        let mut sums = vec![0.0; size * width + PADDING];
        scatter_rows(&mut sums, width, &self.all(|weight| weight), &vec![1.0; codes.len()], &codes);
        let mut gram = Gram::new(width);
        for first in (0..size).step_by(BLOCK) {
            gram.add(&sums[first * width..], &vec![1.0; BLOCK.min(size - first)]);
        }
        gram
    }
}

fn merged(parts: Vec<Gram>, width: usize) -> Gram {
    let mut sum = Gram::new(width);
    parts.iter().for_each(|part| sum.merge(part));
    sum
}

/// The sandwich V (Σ L L') V of Lin and Wei (1989), doi:10.1080/01621459.1989.10478874, times
/// g/(g − 1) for `small_sample`, with g clusters or subjects.
pub(super) fn robust_variance(
    (frame, point): (&Frame<'_>, &Point),
    cohort: &Cohort,
    model: &SymMatrix,
    small_sample: bool,
) -> Result<SymMatrix> {
    let units = units(frame, cohort);
    if units < 2.0 {
        return Err(Error::analysis(
            "a robust variance needs two clusters or more; there is one: ask for the model's",
        ));
    }
    let factor = if small_sample { units / (units - 1.0) } else { 1.0 };
    let spread = Scores::new(frame, point).spread(cohort.cluster());
    let robust = model.sandwich(&spread);
    Ok(SymMatrix::from_lower(frame.width, |i, j| factor * robust.get(i, j)))
}

/// Clusters, or subjects without them.
fn units(frame: &Frame<'_>, cohort: &Cohort) -> f64 {
    let weighted = (0..frame.len()).filter(|&row| frame.rows.weight(row) > 0.0);
    match cohort.cluster() {
        Some(codes) => {
            let codes: HashSet<u32> = weighted.map(|row| codes[frame.cohort_row(row)]).collect();
            codes.len() as f64
        }
        None if frame.rows.repeated => weighted.map(|row| frame.rows.weight(row)).sum(),
        None => weighted.count() as f64,
    }
}
