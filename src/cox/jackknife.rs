//! How uncertain a cumulative hazard is, by the model or by the infinitesimal jackknife.
//!
//! On the scale of the hazard as it is kept, the estimate for covariates x (less the centre) moves
//! by A(t) + q'D: A(t) is what rows move it by at given coefficients, q = xΛ(t) − M(t), and D what
//! they move the coefficients by. By the model A(t) has variance G(t) = Σ w̄ Σ 1/φ², apart from D.
//! By the jackknife row i moves A(t) by w (δ ḡ − r ∫ dG) over its time at risk, where its own event
//! adds ḡ = Σ 1/φ / d; and what rows of one cluster do is added up before it is squared.

use super::gather::Gather;
use super::robust::Units;
use crate::numeric::linalg::SymMatrix;
use crate::risk::Clusters;

/// The variance of A(t) and its covariance with the coefficients, at every slot.
pub(super) struct Uncertainty<'a> {
    vcov: &'a SymMatrix,
    own: Vec<f64>,
    /// Column by column; none by the model.
    with_coefficients: Vec<Vec<f64>>,
}

impl<'a> Uncertainty<'a> {
    pub(super) fn new(gather: &Gather<'a>) -> Self {
        let (vcov, squares) = (gather.fit.vcov_in_use(), squares(gather));
        if !gather.fit.is_robust() {
            return Self { vcov, own: squares, with_coefficients: Vec::new() };
        }
        let influence = Influence::new(gather, squares);
        let (own, with_coefficients) = influence.by_slot();
        Self { vcov, own, with_coefficients }
    }

    /// The variance of A(t) + q'D.
    pub(super) fn variance(&self, slot: usize, q: &[f64]) -> f64 {
        let covariance: f64 =
            self.with_coefficients.iter().zip(q).map(|(column, q)| column[slot] * q).sum();
        (self.own[slot] + 2.0 * covariance + self.vcov.form(q)).max(0.0)
    }
}

/// G at every slot.
pub(super) fn squares(gather: &Gather<'_>) -> Vec<f64> {
    let mut squares: Vec<f64> = gather.inner().iter().map(|own| own.square).collect();
    gather.sets.accumulate_forwards(&mut squares);
    squares
}

/// What every row moves A(t) and the coefficients by.
pub(super) struct Influence<'g, 'a> {
    gather: &'g Gather<'a>,
    pub(super) units: Units<'a>,
    squares: Vec<f64>,
    /// Changes of the coefficients by unit, column by column.
    pub(super) changes: Vec<Vec<f64>>,
    /// What variances are multiplied by.
    pub(super) scale: f64,
}

impl<'g, 'a> Influence<'g, 'a> {
    pub(super) fn new(gather: &'g Gather<'a>, squares: Vec<f64>) -> Self {
        let units = Units::new(gather.fit);
        let scores = gather.scores();
        let column = |at| units.sums(gather.fit.changes(&scores, at).into_iter());
        let changes = (0..scores.len()).map(column).collect();
        let scale = gather.fit.small_sample_factor(&units);
        Self { gather, units, squares, changes, scale }
    }

    /// What a row has moved A by once it has left.
    fn settled(&self, row: usize) -> f64 {
        let Gather { risk, sets, .. } = self.gather;
        let spared = |slot: usize| {
            let inner = self.gather.inner()[slot];
            inner.centre * inner.square
        };
        let expected = risk[row] * self.gather.over_stay(row, &self.squares, spared);
        let slot = sets.to()[row] as usize;
        let event = match self.gather.fails(row) {
            true => self.gather.inner()[slot].hazard / self.gather.event_weight(slot),
            false => 0.0,
        };
        self.units.factor[row] * (event - expected)
    }

    /// What a row has moved A by at a slot of its stratum.
    pub(super) fn at(&self, row: usize, slot: usize) -> f64 {
        let from = self.gather.from(row);
        if self.gather.sets.to()[row] as usize <= slot {
            return self.settled(row);
        }
        let passed = self.squares[slot.max(from)] - self.squares[from];
        -self.units.factor[row] * self.gather.risk[row] * passed
    }

    /// The variance of A and its covariance with the coefficients at every slot: each cluster keeps
    /// the form a·G + b, so that all slots together cost one pass over the rows.
    fn by_slot(&self) -> (Vec<f64>, Vec<Vec<f64>>) {
        let sets = &self.gather.sets;
        let mut own = vec![0.0; sets.len()];
        let mut with = vec![vec![0.0; sets.len()]; self.changes.len()];
        let calendar = Calendar::new(self.gather);
        for slots in sets.strata() {
            let mut forms = Forms::new(self);
            for slot in slots.clone() {
                calendar.leaving(slot).for_each(|row| forms.leave(row));
                own[slot] = self.scale * forms.clusters.variance(self.squares[slot]);
                for (with, sums) in with.iter_mut().zip(&forms.with_changes) {
                    with[slot] = self.scale * (sums[0] * self.squares[slot] + sums[1]);
                }
                calendar.entering(slot).for_each(|row| forms.enter(row));
            }
        }
        (own, with)
    }
}

/// Who enters and leaves at every slot; not those who are at risk at none.
struct Calendar {
    leaving: (Vec<u32>, Vec<u32>),
    entering: (Vec<u32>, Vec<u32>),
    stays: Vec<bool>,
}

impl Calendar {
    fn new(gather: &Gather<'_>) -> Self {
        let (sets, rows) = (&gather.sets, 0..gather.risk.len());
        let from: Vec<u32> = rows.clone().map(|row| gather.from(row) as u32).collect();
        let stays = rows.map(|row| from[row] < sets.to()[row]).collect();
        Self { leaving: sets.by_slot(sets.to()), entering: sets.by_slot(&from), stays }
    }

    fn leaving(&self, slot: usize) -> impl Iterator<Item = usize> {
        self.rows(&self.leaving, slot)
    }

    fn entering(&self, slot: usize) -> impl Iterator<Item = usize> {
        self.rows(&self.entering, slot)
    }

    fn rows(
        &self,
        (rows, starts): &(Vec<u32>, Vec<u32>),
        slot: usize,
    ) -> impl Iterator<Item = usize> {
        let own = &rows[starts[slot] as usize..starts[slot + 1] as usize];
        own.iter().map(|&row| row as usize).filter(|&row| self.stays[row])
    }
}

/// The form a·G + b of every cluster, and Σ a·D and Σ b·D over clusters.
struct Forms<'i, 'g, 'a> {
    influence: &'i Influence<'g, 'a>,
    clusters: Clusters,
    with_changes: Vec<[f64; 2]>,
}

impl<'i, 'g, 'a> Forms<'i, 'g, 'a> {
    fn new(influence: &'i Influence<'g, 'a>) -> Self {
        let clusters = Clusters::new(influence.units.len);
        let with_changes = vec![[0.0; 2]; influence.changes.len()];
        Self { influence, clusters, with_changes }
    }

    fn enter(&mut self, row: usize) {
        let (a, b) = self.at_risk(row);
        self.add(row, a, b);
    }

    fn leave(&mut self, row: usize) {
        let (a, b) = self.at_risk(row);
        self.add(row, -a, self.influence.settled(row) - b);
    }

    /// The form while a row is at risk.
    fn at_risk(&self, row: usize) -> (f64, f64) {
        let Influence { gather, units, squares, .. } = self.influence;
        let a = -units.factor[row] * gather.risk[row];
        (a, -a * squares[gather.from(row)])
    }

    fn add(&mut self, row: usize, a: f64, b: f64) {
        let unit = self.influence.units.of(row);
        self.clusters.update(unit, a, b);
        for (sums, changes) in self.with_changes.iter_mut().zip(&self.influence.changes) {
            sums[0] += a * changes[unit];
            sums[1] += b * changes[unit];
        }
    }
}
