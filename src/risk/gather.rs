//! Gather: what each row moves a curve by, and the variance that follows.
//!
//! The infinitesimal jackknife of a weighted Kaplan–Meier curve. With g(u) = d/(n(n − d)) and
//! G(t) = Σ_{u ≤ t} g(u), row i with weight w moves log S(t) by w·I(t), where
//!
//! - I(t) = G(t) − G(entry) while the row is at risk,
//! - I(t) = G(exit) − G(entry) once it was censored,
//! - I(t) = G(exit−) − G(entry) − 1/n(exit) once it had the event.
//!
//! The variance of log S(t) is the sum over clusters of the squared sum of w·I(t). Every row keeps
//! the form a·G(t) + b, so a cluster does too, and all times together cost one pass.

use super::scatter::{Lanes, rows_by_lane, sorted_rows};
use super::{Lane, Moment};
use crate::cohort::Cohort;

/// The variance of log S at every time of every lane.
pub(crate) fn robust_variance(cohort: &Cohort, spec: Lanes<'_>, lanes: &[Lane]) -> Vec<Vec<f64>> {
    let exits = rows_by_lane(spec, &sorted_rows(cohort.exit()));
    let entries = cohort.entry().map(|entry| rows_by_lane(spec, &sorted_rows(entry)));
    let lane = |at: usize| {
        let late = entries.as_ref().map(|entries| &entries[at][..]);
        Sweep::new(cohort, &exits[at], late).run(&lanes[at])
    };
    (0..lanes.len()).map(lane).collect()
}

/// Rows of one lane in time order, and the state of every cluster.
struct Sweep<'a> {
    cohort: &'a Cohort,
    exits: &'a [u32],
    entries: Option<&'a [u32]>,
    clusters: Clusters,
}

impl<'a> Sweep<'a> {
    fn new(cohort: &'a Cohort, exits: &'a [u32], entries: Option<&'a [u32]>) -> Self {
        let size = cohort.cluster().map_or(cohort.n_rows(), |codes| {
            codes.iter().max().map_or(0, |&code| code as usize + 1)
        });
        let mut sweep = Self { cohort, exits, entries, clusters: Clusters::new(size) };
        if entries.is_none() {
            exits.iter().for_each(|&row| sweep.enter(row, 0.0));
        }
        sweep
    }

    fn run(mut self, lane: &Lane) -> Vec<f64> {
        let mut total = 0.0;
        let variance = |moment: Moment| {
            self.admit(moment.time, total);
            let before = total;
            total += moment.d / (moment.n * (moment.n - moment.d));
            if !total.is_finite() {
                return f64::INFINITY;
            }
            self.release(&moment, before, total);
            self.clusters.variance(total)
        };
        lane.moments().map(variance).collect()
    }

    /// Rows that enter before a time are at risk from it on.
    fn admit(&mut self, time: u32, total: f64) {
        let (Some(rows), Some(entry)) = (self.entries, self.cohort.entry()) else { return };
        let due = rows.iter().take_while(|&&row| entry[row as usize] < time).count();
        rows[..due].iter().for_each(|&row| self.enter(row, total));
        self.entries = Some(&rows[due..]);
    }

    fn enter(&mut self, row: u32, total: f64) {
        let (cluster, weight) = self.place(row);
        self.clusters.update(cluster, weight, -weight * total);
    }

    /// Rows that leave at a time settle what they contribute.
    fn release(&mut self, moment: &Moment, before: f64, after: f64) {
        let exit = self.cohort.exit();
        let due = self.exits.iter().take_while(|&&row| exit[row as usize] <= moment.time).count();
        for &row in &self.exits[..due] {
            let (cluster, weight) = self.place(row);
            let event = self.cohort.event()[row as usize];
            let settled = if event { before - 1.0 / moment.n } else { after };
            self.clusters.update(cluster, -weight, weight * settled);
        }
        self.exits = &self.exits[due..];
    }

    fn place(&self, row: u32) -> (usize, f64) {
        let row = row as usize;
        let cluster = self.cohort.cluster().map_or(row, |codes| codes[row] as usize);
        (cluster, self.cohort.weights().values().map_or(1.0, |weights| weights[row]))
    }
}

/// The form a·G + b of every cluster, and the sums over clusters of a², ab and b².
struct Clusters {
    forms: Vec<(f64, f64)>,
    squares: [f64; 3],
}

impl Clusters {
    fn new(size: usize) -> Self {
        Self { forms: vec![(0.0, 0.0); size], squares: [0.0; 3] }
    }

    fn update(&mut self, cluster: usize, a: f64, b: f64) {
        let form = &mut self.forms[cluster];
        let [aa, ab, bb] = &mut self.squares;
        *aa += a * (2.0 * form.0 + a);
        *ab += form.0 * b + a * form.1 + a * b;
        *bb += b * (2.0 * form.1 + b);
        *form = (form.0 + a, form.1 + b);
    }

    fn variance(&self, total: f64) -> f64 {
        let [aa, ab, bb] = self.squares;
        (total * total * aa + 2.0 * total * ab + bb).max(0.0)
    }
}
