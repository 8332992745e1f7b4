//! A fit read back at the rows of its cohort, in their own order.
//!
//! At a slot, with f, φ and w̄ as in `ties`: the mean of a covariate over the risk set is
//! x̄ = (S1 Σ 1/φ − E1 Σ f/φ)/d, its integral grows by Σ w̄ (S1 − f E1)/φ², and a tied event is
//! spared Σ w̄ f (S1 − f E1)/φ² of that.

use rayon::prelude::*;

use super::fit::CoxFit;
use super::ties::Inner;
use crate::risk::RiskSets;

/// Relative risks and residuals of the rows.
pub(super) struct Gather<'a> {
    pub(super) fit: &'a CoxFit<'a>,
    pub(super) sets: RiskSets,
    /// r of one subject of every row, on the scale of the hazard as it is kept; 0 without weight.
    pub(super) risk: Vec<f64>,
    /// δ less the events expected.
    pub(super) martingale: Vec<f64>,
}

/// A covariate, less its centre, over risk sets.
pub(super) struct Covariate<'a> {
    values: &'a [f64],
    centre: f64,
    inner: &'a [Inner],
    /// S1, and E1 where events are tied by Efron's formula.
    risk: Vec<f64>,
    events: Option<Vec<f64>>,
    /// M(t) = ∫ x̄ dΛ.
    pub(super) drift: Vec<f64>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(fit: &'a CoxFit<'a>) -> Self {
        let sets = RiskSets::new(fit.cohort);
        let weights = fit.cohort.weights();
        let risk = |(row, (eta, &to)): (usize, (f64, &u32))| match weights.of(row) > 0.0 {
            true => (eta - fit.shift(to as usize)).exp(),
            false => 0.0,
        };
        let rows = fit.linear_predictor().into_iter().zip(sets.to()).enumerate();
        let risk = rows.map(risk).collect();
        let mut gather = Self { fit, sets, risk, martingale: Vec::new() };
        let martingale = |row| f64::from(u8::from(gather.fails(row))) - gather.expected(row);
        gather.martingale = (0..fit.cohort.n_rows()).map(martingale).collect();
        gather
    }

    /// Whether a row ends in an event that counts.
    pub(super) fn fails(&self, row: usize) -> bool {
        self.fit.cohort.event()[row] && self.weight(row) > 0.0
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.fit.cohort.weights().of(row)
    }

    /// The events expected of one subject of a row.
    pub(super) fn expected(&self, row: usize) -> f64 {
        let spared = |slot: usize| self.inner()[slot].spared;
        self.risk[row] * self.over_stay(row, &self.fit.point.hazard.cumulative, spared)
    }

    /// What a function of event times grows by while a row is at risk, less what its event spares.
    pub(super) fn over_stay(
        &self,
        row: usize,
        values: &[f64],
        spared: impl Fn(usize) -> f64,
    ) -> f64 {
        let to = self.sets.to()[row] as usize;
        let passed = values[to] - values[self.from(row)];
        passed - if self.fails(row) { spared(to) } else { 0.0 }
    }

    /// The slot after which a row is at risk.
    pub(super) fn from(&self, row: usize) -> usize {
        match self.sets.from() {
            Some(from) => from[row] as usize,
            None => self.sets.strata()[self.fit.cohort.strata().code(row) as usize].start,
        }
    }

    pub(super) fn inner(&self) -> &'a [Inner] {
        &self.fit.point.hazard.inner
    }

    /// Σ w over the events of a slot.
    pub(super) fn event_weight(&self, slot: usize) -> f64 {
        self.fit.frame.tied[slot] * self.fit.frame.mean_weight[slot]
    }

    pub(super) fn covariate(&self, at: usize) -> Covariate<'a> {
        let (inner, values) = (self.inner(), self.fit.design.columns()[at].values.as_slice());
        let centre = self.fit.frame.centre[at];
        let theta = |row: usize| self.weight(row) * self.risk[row] * (values[row] - centre);
        let mut risk = vec![0.0; self.sets.len()];
        let to = self.sets.to();
        to.iter().enumerate().for_each(|(row, &to)| risk[to as usize] += theta(row));
        if let Some(from) = self.sets.from() {
            from.iter().enumerate().for_each(|(row, &from)| risk[from as usize] -= theta(row));
        }
        self.sets.accumulate_backwards(&mut risk);
        let events = inner.iter().any(|own| own.spread > 0.0).then(|| {
            let mut events = vec![0.0; self.sets.len()];
            let rows = (0..to.len()).filter(|&row| self.fails(row));
            rows.for_each(|row| events[to[row] as usize] += theta(row));
            events
        });
        let mut covariate = Covariate { values, centre, inner, risk, events, drift: Vec::new() };
        let growth = |slot| covariate.remaining(slot, inner[slot].centre) * inner[slot].square;
        covariate.drift = (0..self.sets.len()).map(growth).collect();
        self.sets.accumulate_forwards(&mut covariate.drift);
        covariate
    }

    /// All covariates.
    pub(super) fn covariates(&self) -> Vec<Covariate<'a>> {
        (0..self.fit.frame.width()).into_par_iter().map(|at| self.covariate(at)).collect()
    }

    /// L = δ (x − x̄) − r ∫ (x − x̄) dΛ of one subject of every row; 0 for rows without weight.
    fn score(&self, covariate: &Covariate<'_>) -> Vec<f64> {
        let own = |row: usize| {
            let drift = self.over_stay(row, &covariate.drift, |slot| covariate.spared(slot));
            let mean = if self.fails(row) { self.mean(covariate, row) } else { 0.0 };
            covariate.value(row) * self.martingale[row] + self.risk[row] * drift - mean
        };
        (0..self.risk.len()).map(own).collect()
    }

    /// Score residuals, column by column.
    pub(super) fn scores(&self) -> Vec<Vec<f64>> {
        let columns = (0..self.fit.frame.width()).into_par_iter();
        columns.map(|at| self.score(&self.covariate(at))).collect()
    }

    /// The mean with which the failure of a row is compared.
    pub(super) fn mean(&self, covariate: &Covariate<'_>, row: usize) -> f64 {
        let slot = self.sets.to()[row] as usize;
        let Inner { hazard, spared, .. } = self.inner()[slot];
        let events = covariate.events.as_ref().map_or(0.0, |events| events[slot]);
        (covariate.risk[slot] * hazard - events * spared) / self.event_weight(slot)
    }
}

impl Covariate<'_> {
    /// The value of a row, less the centre.
    pub(super) fn value(&self, row: usize) -> f64 {
        self.values[row] - self.centre
    }

    /// S1 − f E1.
    fn remaining(&self, slot: usize, f: f64) -> f64 {
        self.risk[slot] - f * self.events.as_ref().map_or(0.0, |events| events[slot])
    }

    fn spared(&self, slot: usize) -> f64 {
        let Inner { square, centre, spread, .. } = self.inner[slot];
        let events = self.events.as_ref().map_or(0.0, |events| events[slot]);
        centre * square * self.remaining(slot, centre) - spread * events
    }
}
