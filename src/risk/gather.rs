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

use super::{Lane, Lanes, Moment, Passage, passages};
use crate::cohort::Cohort;

/// For every lane the variance of log S at every time, and what its rows may still be asked.
pub(crate) fn robust(
    cohort: &Cohort,
    spec: Lanes<'_>,
    lanes: &[Lane],
) -> Vec<(Vec<f64>, Influence)> {
    let lane = |(passage, lane): (Passage, &Lane)| {
        let exits = passage.exits();
        let late = cohort.entry().map(|_| passage.entries());
        let stays = exits.iter().map(|&row| Stay::new(cohort, lane, row)).collect();
        (Sweep::new(cohort, exits, late).run(lane), Influence { stays })
    };
    passages(cohort, spec).into_iter().zip(lanes).map(lane).collect()
}

/// The rows of a lane, by what they move its curve.
#[derive(Debug, Clone)]
pub(crate) struct Influence {
    stays: Vec<Stay>,
}

/// How long a row is at risk, in times of its lane.
#[derive(Debug, Clone)]
struct Stay {
    /// How many times of the lane are over when it enters, and when it has left.
    from: usize,
    to: usize,
    event: bool,
    cluster: usize,
    weight: f64,
}

impl Stay {
    fn new(cohort: &Cohort, lane: &Lane, row: u32) -> Self {
        let (cluster, weight) = place(cohort, row);
        let row = row as usize;
        let over = |rank: u32| lane.time.partition_point(|&time| time <= rank);
        let from = cohort.entry().map_or(0, |entry| over(entry[row]));
        let (to, event) = (over(cohort.exit()[row]), cohort.event()[row]);
        Self { from, to, event, cluster, weight }
    }
}

impl Influence {
    /// The variance of ∫₀^τ S from A(u) = ∫_u^τ S at the times u ≤ τ: a row moves the integral by
    /// w·(H(exit) − H(entry)) with H = Σ A·g, and after an event by
    /// w·(H(exit−) − H(entry) − A(exit)/n(exit)).
    pub(crate) fn integral_variance(&self, lane: &Lane, areas: &[f64]) -> f64 {
        let moments: Vec<Moment> = lane.moments().take(areas.len()).collect();
        let mut sums = vec![0.0];
        for (at, (moment, area)) in moments.iter().zip(areas).enumerate() {
            let spread = moment.n * (moment.n - moment.d);
            sums.push(sums[at] + if *area > 0.0 { area * moment.d / spread } else { 0.0 });
        }
        let mut clusters =
            vec![0.0; self.stays.iter().map(|stay| stay.cluster + 1).max().unwrap_or(0)];
        for stay in &self.stays {
            let (from, to) = (stay.from.min(areas.len()), stay.to.min(areas.len()));
            let moved = match stay.to <= areas.len() && stay.event && to > 0 {
                true => sums[to - 1] - areas[to - 1] / moments[to - 1].n,
                false => sums[to],
            };
            clusters[stay.cluster] += stay.weight * (moved - sums[from]);
        }
        clusters.iter().map(|sum| sum * sum).sum()
    }
}

/// The cluster of a row (its own number without clusters) and its weight.
fn place(cohort: &Cohort, row: u32) -> (usize, f64) {
    let row = row as usize;
    let cluster = cohort.cluster().map_or(row, |codes| codes[row] as usize);
    (cluster, cohort.weights().of(row))
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
        let (cluster, weight) = place(self.cohort, row);
        self.clusters.update(cluster, weight, -weight * total);
    }

    /// Rows that leave at a time settle what they contribute.
    fn release(&mut self, moment: &Moment, before: f64, after: f64) {
        let exit = self.cohort.exit();
        let due = self.exits.iter().take_while(|&&row| exit[row as usize] <= moment.time).count();
        for &row in &self.exits[..due] {
            let (cluster, weight) = place(self.cohort, row);
            let event = self.cohort.event()[row as usize];
            let settled = if event { before - 1.0 / moment.n } else { after };
            self.clusters.update(cluster, -weight, weight * settled);
        }
        self.exits = &self.exits[due..];
    }
}

/// The form a·G + b of every cluster, and the sums over clusters of a², ab and b².
pub(crate) struct Clusters {
    forms: Vec<(f64, f64)>,
    squares: [f64; 3],
}

impl Clusters {
    pub(crate) fn new(size: usize) -> Self {
        Self { forms: vec![(0.0, 0.0); size], squares: [0.0; 3] }
    }

    pub(crate) fn update(&mut self, cluster: usize, a: f64, b: f64) {
        let form = &mut self.forms[cluster];
        let [aa, ab, bb] = &mut self.squares;
        *aa += a * (2.0 * form.0 + a);
        *ab += form.0 * b + a * form.1 + a * b;
        *bb += b * (2.0 * form.1 + b);
        *form = (form.0 + a, form.1 + b);
    }

    pub(crate) fn variance(&self, total: f64) -> f64 {
        let [aa, ab, bb] = self.squares;
        (total * total * aa + 2.0 * total * ab + bb).max(0.0)
    }
}
