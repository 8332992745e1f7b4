//! Residuals of a fitted model.
//!
//! A row with frequency weight k stands for k subjects alike: its residuals are those of one of
//! them. A row without weight took no part, and its residuals are 0.

use super::coefficient::Status;
use super::fit::CoxFit;
use super::gather::{Covariate, Gather};
use crate::cohort::Weights;

/// Residuals with a column for every coefficient that was estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct Residuals {
    coefficients: Vec<usize>,
    columns: Vec<Vec<f64>>,
}

impl Residuals {
    /// The coefficients, as places among all.
    pub fn coefficients(&self) -> &[usize] {
        &self.coefficients
    }

    /// A column a coefficient, a number a row.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    /// The numbers of one row.
    pub fn row(&self, row: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[row]).collect()
    }
}

/// Residuals of events, by stratum and time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventResiduals {
    /// The rows that end in an event.
    pub events: Vec<EventRow>,
    /// Their residuals, in the same order.
    pub residuals: Residuals,
}

/// A row that ends in an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventRow {
    /// The row of the cohort.
    pub row: usize,
    /// Its time.
    pub time: f64,
    /// Its stratum.
    pub stratum: usize,
}

impl CoxFit<'_> {
    /// Martingale residuals M = δ − r ∫ dΛ, the events of each row less those expected.
    ///
    /// Under Efron's formula a tied event is spared part of its last increment. Σ w·M = 0 in every
    /// stratum. R: `residuals(fit, type = "martingale")`. Barlow and Prentice 1988,
    /// doi:10.1093/biomet/75.1.65.
    pub fn martingale_residuals(&self) -> Vec<f64> {
        Gather::new(self).martingale
    }

    /// Deviance residuals sign(M)·√(−2(M + δ ln(δ − M))) from martingale residuals M.
    ///
    /// R: `residuals(fit, type = "deviance")`. Therneau, Grambsch and Fleming 1990,
    /// doi:10.1093/biomet/77.1.147.
    pub fn deviance_residuals(&self) -> Vec<f64> {
        let gather = Gather::new(self);
        let own = |(row, &residual): (usize, &f64)| {
            let log = if gather.fails(row) { gather.expected(row).ln() } else { 0.0 };
            (-2.0 * (residual + log)).max(0.0).sqrt().copysign(residual)
        };
        gather.martingale.iter().enumerate().map(own).collect()
    }

    /// Score residuals L = δ (x − x̄) − r ∫ (x − x̄) dΛ, each row's part of the score.
    ///
    /// Not weighted: Σ w·L = 0. R: `residuals(fit, type = "score")`, which has none for exact ties;
    /// here those are of Breslow's formula. Therneau, Grambsch and Fleming 1990,
    /// doi:10.1093/biomet/77.1.147.
    pub fn score_residuals(&self) -> Residuals {
        let scores = Gather::new(self).scores();
        self.columns(|at| scores[at].clone())
    }

    /// What leaving a row out would take from the coefficients, to first order: w·L·V with score
    /// residuals L and the model's variance V; of one subject where weights count identical ones.
    ///
    /// R: `residuals(fit, type = "dfbeta")`. Cain and Lange 1984, Biometrics 40:493–499.
    pub fn dfbeta(&self) -> Residuals {
        let scores = Gather::new(self).scores();
        self.columns(|at| self.moved(&scores, at))
    }

    /// The same in standard errors of the model. R: `residuals(fit, type = "dfbetas")`.
    pub fn dfbetas(&self) -> Residuals {
        let scores = Gather::new(self).scores();
        self.columns(|at| {
            let std_err = self.model_vcov.get(at, at).sqrt();
            self.moved(&scores, at).iter().map(|change| change / std_err).collect()
        })
    }

    /// Schoenfeld residuals x − x̄ of events, x̄ being the weighted mean over the risk set, under
    /// Efron's formula averaged over the tied events.
    ///
    /// R: `residuals(fit, type = "schoenfeld")`. Schoenfeld 1982, doi:10.1093/biomet/69.1.239.
    pub fn schoenfeld_residuals(&self) -> EventResiduals {
        let (events, values) = self.schoenfeld();
        EventResiduals { events, residuals: self.columns(|at| values[at].clone()) }
    }

    /// β + D·V·s from Schoenfeld residuals s, the model's variance V and D = Σ w over events: an
    /// estimate of β(t) at each event, were it to change with time.
    ///
    /// R: `residuals(fit, type = "scaledsch")`, whose D counts events where they are weighted too.
    /// Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515.
    pub fn scaled_schoenfeld_residuals(&self) -> EventResiduals {
        let (events, values) = self.schoenfeld();
        let total: f64 = events.iter().map(|event| self.cohort.weights().of(event.row)).sum();
        let residuals = self.columns(|at| {
            let moved = combine(&values, |j| total * self.model_vcov.get(j, at));
            moved.iter().map(|moved| self.beta[at] + moved).collect()
        });
        EventResiduals { events, residuals }
    }

    /// Coefficients with an estimate.
    pub(super) fn estimated(&self) -> Vec<usize> {
        let estimated = |at: &usize| self.status[*at] == Status::Estimated;
        (0..self.status.len()).filter(estimated).collect()
    }

    fn columns(&self, column: impl Fn(usize) -> Vec<f64>) -> Residuals {
        let coefficients = self.estimated();
        Residuals { columns: coefficients.iter().map(|&at| column(at)).collect(), coefficients }
    }

    /// Changes of one coefficient.
    fn moved(&self, scores: &[Vec<f64>], at: usize) -> Vec<f64> {
        let mut moved = self.changes(scores, at);
        if let Weights::Sampling(weights) = self.cohort.weights() {
            moved.iter_mut().zip(weights).for_each(|(moved, weight)| *moved *= weight);
        }
        moved
    }

    /// The same of one subject of every row, whatever its weight.
    pub(super) fn changes(&self, scores: &[Vec<f64>], at: usize) -> Vec<f64> {
        combine(scores, |j| self.model_vcov.get(j, at))
    }

    /// Events in order, and x − x̄ of every column.
    fn schoenfeld(&self) -> (Vec<EventRow>, Vec<Vec<f64>>) {
        let gather = Gather::new(self);
        let to = gather.sets.to();
        let mut rows: Vec<usize> = (0..to.len()).filter(|&row| gather.fails(row)).collect();
        rows.sort_by_key(|&row| to[row]);
        let event = |&row: &usize| EventRow {
            row,
            time: self.cohort.axis().time(self.cohort.exit()[row]),
            stratum: self.cohort.strata().code(row) as usize,
        };
        let residual = |covariate: &Covariate<'_>| {
            rows.iter().map(|&row| covariate.value(row) - gather.mean(covariate, row)).collect()
        };
        let values = gather.covariates().iter().map(residual).collect();
        (rows.iter().map(event).collect(), values)
    }
}

/// Σ b·column.
fn combine(columns: &[Vec<f64>], b: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sum = vec![0.0; columns.first().map_or(0, Vec::len)];
    for (at, column) in columns.iter().enumerate() {
        let b = b(at);
        sum.iter_mut().zip(column).for_each(|(sum, x)| *sum += b * x);
    }
    sum
}
