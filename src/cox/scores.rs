//! What each row adds to the score, and the robust variance that follows.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use super::fit::CoxFit;
use super::frame::Frame;
use super::likelihood::Point;
use super::means::Means;
use crate::error::{Error, Result};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::panel::{Gram, Panel, ROWS, add_rows};

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

    /// factor·L of some rows; rows without weight took no part.
    fn rows(&self, rows: Range<usize>, factor: impl Fn(f64) -> f64) -> Vec<f64> {
        let width = self.frame.width;
        let mut out = vec![0.0; rows.len() * width];
        for (own, row) in out.chunks_exact_mut(width.max(1)).zip(rows) {
            let weight = self.frame.rows.weight(row);
            if weight > 0.0 {
                self.add(row, factor(weight), own);
            }
        }
        out
    }

    /// factor·L of all rows.
    pub(super) fn all(&self, factor: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
        let panels = panels(0..self.frame.len()).into_par_iter();
        let parts: Vec<Vec<f64>> = panels.map(|rows| self.rows(rows, &factor)).collect();
        parts.concat()
    }

    /// Σ L L' over what varies independently: clusters, or else subjects.
    pub(super) fn spread(&self, cluster: Option<&[u32]>) -> SymMatrix {
        let width = self.frame.width;
        let sums = match cluster {
            None => self.over_rows(),
            Some(cluster) => self.over_clusters(cluster),
        };
        SymMatrix::from_lower(width, |i, j| sums[i * (i + 1) / 2 + j])
    }

    /// A row that stands for identical subjects counts once for each, a sampled one as w·L.
    fn over_rows(&self) -> Vec<f64> {
        let rows = &self.frame.rows;
        let square =
            |row: usize| if rows.repeated { rows.weight(row) } else { rows.weight(row).powi(2) };
        let block = |block: &Range<usize>| {
            let mut squares = Squares::new(self.frame.width);
            for own in panels(block.clone()) {
                let weights: Vec<f64> = own.clone().map(square).collect();
                squares.add(&self.rows(own, |_| 1.0), &weights);
            }
            squares.gram.lower()
        };
        let parts: Vec<Vec<f64>> = self.frame.blocks.par_iter().map(block).collect();
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |sum, part| sum.iter().zip(&part).map(|(a, b)| a + b).collect())
    }

    fn over_clusters(&self, cluster: &[u32]) -> Vec<f64> {
        let width = self.frame.width;
        let size = cluster.iter().max().map_or(0, |&code| code as usize + 1);
        let mut sums = vec![0.0; size * width];
        let scores = self.all(|weight| weight);
        add_rows((&mut sums, width), &scores, &vec![1.0; cluster.len()], cluster);
        let mut squares = Squares::new(width);
        for own in sums.chunks((ROWS * width).max(1)) {
            squares.add(own, &[1.0; ROWS][..own.len() / width]);
        }
        squares.gram.lower()
    }
}

/// Rows in ranges of a panel.
fn panels(rows: Range<usize>) -> Vec<Range<usize>> {
    let end = rows.end;
    rows.step_by(ROWS).map(|first| first..end.min(first + ROWS)).collect()
}

/// A sum of weighted squares and products of rows.
struct Squares {
    panel: Panel,
    gram: Gram,
    width: usize,
}

impl Squares {
    fn new(width: usize) -> Self {
        Self { panel: Panel::new(width), gram: Gram::new(width), width }
    }

    fn add(&mut self, rows: &[f64], weights: &[f64]) {
        let mut factors = [0.0; ROWS];
        factors[..weights.len()].copy_from_slice(weights);
        self.panel.load_rows(rows, self.width);
        self.gram.add(&self.panel, &factors);
    }
}

impl CoxFit<'_> {
    /// The sandwich V (Σ L L') V of Lin and Wei (1989), doi:10.1080/01621459.1989.10478874, times
    /// g/(g − 1) where small samples are corrected for, with g clusters or subjects.
    pub(super) fn robust_variance(&self) -> Result<SymMatrix> {
        let units = self.units();
        if units < 2.0 {
            return Err(Error::analysis(
                "a robust variance needs two clusters or more; there is one: ask for the model's",
            ));
        }
        let factor = if self.options.small_sample { units / (units - 1.0) } else { 1.0 };
        let spread = Scores::new(self.frame(), self.point()).spread(self.cohort.cluster());
        let robust = self.model_vcov.sandwich(&spread);
        Ok(SymMatrix::from_lower(self.beta.len(), |i, j| factor * robust.get(i, j)))
    }

    /// Clusters, or subjects without them.
    fn units(&self) -> f64 {
        let rows = &self.frame().rows;
        let weighted = (0..self.frame().len()).filter(|&row| rows.weight(row) > 0.0);
        match self.cohort.cluster() {
            Some(codes) => weighted.map(|row| codes[row]).collect::<HashSet<u32>>().len() as f64,
            None if rows.repeated => weighted.map(|row| rows.weight(row)).sum(),
            None => weighted.count() as f64,
        }
    }
}
