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
    /// Whether a row ends in an event that counts.
    fails: Vec<bool>,
    /// w·r.
    theta: Vec<f64>,
    inner: Vec<Inner>,
}

/// A covariate, less its centre, over risk sets; all but the values are by slot.
pub(super) struct Covariate<'a> {
    values: &'a [f64],
    centre: f64,
    /// x̄.
    mean: Vec<f64>,
    /// M(t) = ∫ x̄ dΛ, and what a tied event is spared of its growth.
    pub(super) drift: Vec<f64>,
    spared: Vec<f64>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(fit: &'a CoxFit<'a>) -> Self {
        let sets = RiskSets::new(fit.cohort);
        let (event, weights) = (fit.cohort.event(), fit.cohort.weights());
        let risk = |(row, (eta, &to)): (usize, (f64, &u32))| match weights.of(row) > 0.0 {
            true => (eta - fit.shift(to as usize)).exp(),
            false => 0.0,
        };
        let rows = fit.linear_predictor().into_iter().zip(sets.to()).enumerate();
        let risk: Vec<f64> = rows.map(risk).collect();
        let fails = (0..event.len()).map(|row| event[row] && weights.of(row) > 0.0).collect();
        let theta = risk.iter().enumerate().map(|(row, risk)| weights.of(row) * risk).collect();
        let (martingale, inner) = (Vec::new(), fit.point.hazard.all());
        let mut gather = Self { fit, sets, risk, martingale, fails, theta, inner };
        let martingale = |row| f64::from(u8::from(gather.fails(row))) - gather.expected(row);
        gather.martingale = (0..event.len()).map(martingale).collect();
        gather
    }

    pub(super) fn fails(&self, row: usize) -> bool {
        self.fails[row]
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.fit.cohort.weights().of(row)
    }

    /// The events expected of one subject of a row.
    pub(super) fn expected(&self, row: usize) -> f64 {
        let spared = |slot: usize| self.inner()[slot].spared;
        self.risk[row] * self.over_stay(row, &self.fit.point.hazard.cumulative, spared)
    }

    /// What a function of event times, 0 at first, grows by while a row is at risk, less what its
    /// event is spared.
    pub(super) fn over_stay(
        &self,
        row: usize,
        values: &[f64],
        spared: impl Fn(usize) -> f64,
    ) -> f64 {
        let to = self.sets.to()[row] as usize;
        let before = self.sets.from().map_or(0.0, |from| values[from[row] as usize]);
        values[to] - before - if self.fails(row) { spared(to) } else { 0.0 }
    }

    /// The slot after which a row is at risk.
    pub(super) fn from(&self, row: usize) -> usize {
        match self.sets.from() {
            Some(from) => from[row] as usize,
            None => self.sets.strata()[self.fit.cohort.strata().code(row) as usize].start,
        }
    }

    pub(super) fn inner(&self) -> &[Inner] {
        &self.inner
    }

    /// Σ w over the events of a slot.
    pub(super) fn event_weight(&self, slot: usize) -> f64 {
        self.fit.frame.tied[slot] * self.fit.frame.mean_weight(slot)
    }

    pub(super) fn covariate(&self, at: usize) -> Covariate<'a> {
        let (inner, len) = (self.inner(), self.sets.len());
        let values = self.fit.design.columns()[at].values.as_slice();
        let centre = self.fit.frame.centre[at];
        let risk = self.over_risk_sets((values, centre));
        let tied = inner.iter().any(|own| own.spread > 0.0);
        let events = if tied { self.over_events((values, centre)) } else { vec![0.0; len] };
        let mean = |slot: usize| match self.event_weight(slot) {
            0.0 => 0.0,
            weight => {
                (risk[slot] * inner[slot].hazard - events[slot] * inner[slot].spared) / weight
            }
        };
        let left = |slot: usize| risk[slot] - inner[slot].centre * events[slot];
        let spared = |slot: usize| {
            let Inner { square, centre, spread, .. } = inner[slot];
            centre * square * left(slot) - spread * events[slot]
        };
        let mut drift: Vec<f64> = (0..len).map(|slot| left(slot) * inner[slot].square).collect();
        self.sets.accumulate_forwards(&mut drift);
        let (mean, spared) = ((0..len).map(mean).collect(), (0..len).map(spared).collect());
        Covariate { values, centre, mean, drift, spared }
    }

    /// S1.
    fn over_risk_sets(&self, (values, centre): (&[f64], f64)) -> Vec<f64> {
        let mut sums = vec![0.0; self.sets.len()];
        let rows = || values.iter().zip(&self.theta).map(|(x, theta)| theta * (x - centre));
        self.sets.to().iter().zip(rows()).for_each(|(&to, own)| sums[to as usize] += own);
        if let Some(from) = self.sets.from() {
            from.iter().zip(rows()).for_each(|(&from, own)| sums[from as usize] -= own);
        }
        self.sets.accumulate_backwards(&mut sums);
        sums
    }

    /// E1.
    fn over_events(&self, (values, centre): (&[f64], f64)) -> Vec<f64> {
        let (mut sums, to) = (vec![0.0; self.sets.len()], self.sets.to());
        for row in (0..to.len()).filter(|&row| self.fails(row)) {
            sums[to[row] as usize] += self.theta[row] * (values[row] - centre);
        }
        sums
    }

    /// All covariates.
    pub(super) fn covariates(&self) -> Vec<Covariate<'a>> {
        (0..self.fit.frame.width()).into_par_iter().map(|at| self.covariate(at)).collect()
    }

    /// L = δ (x − x̄) − r ∫ (x − x̄) dΛ of one subject of every row; 0 for rows without weight.
    fn score(&self, covariate: &Covariate<'_>) -> Vec<f64> {
        let own = |row: usize| {
            let drift = self.over_stay(row, &covariate.drift, |slot| covariate.spared[slot]);
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
        covariate.mean[self.sets.to()[row] as usize]
    }
}

impl Covariate<'_> {
    /// The value of a row, less the centre.
    pub(super) fn value(&self, row: usize) -> f64 {
        self.values[row] - self.centre
    }
}
