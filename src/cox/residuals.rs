//! Residuals of a fitted model.
//!
//! A row with frequency weight k stands for k subjects alike: its residuals are those of one of
//! them. A row without weight took no part, and its residuals are 0.

use super::coefficient::Status;
use super::fit::CoxFit;
use super::frame::Frame;
use super::likelihood::Point;
use super::means::Means;
use super::scores::Scores;

/// Residuals with a number for every coefficient that was estimated, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Residuals {
    coefficients: Vec<usize>,
    values: Vec<f64>,
}

impl Residuals {
    /// The coefficients, as places among all.
    pub fn coefficients(&self) -> &[usize] {
        &self.coefficients
    }

    /// The rows, each with a number a coefficient.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.coefficients.len().max(1))
    }
}

/// Residuals of events, by stratum and time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventResiduals {
    /// The rows that end in an event.
    pub events: Vec<EventRow>,
    /// Their residuals.
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

impl Point {
    /// r of a row, for the hazard as it is kept; 0 for a row without weight.
    pub(super) fn relative_risk(&self, frame: &Frame<'_>, row: usize) -> f64 {
        let weight = frame.rows.weight(row);
        if weight > 0.0 { self.state.theta[row] / weight } else { 0.0 }
    }

    /// The events expected of one subject of a row.
    fn expected(&self, frame: &Frame<'_>, row: usize) -> f64 {
        self.relative_risk(frame, row) * self.hazard.expected(frame, row)
    }

    /// δ less the events expected; 0 for a row without weight.
    pub(super) fn martingale(&self, frame: &Frame<'_>, row: usize) -> f64 {
        let event = frame.rows.event[row] && frame.rows.weight(row) > 0.0;
        f64::from(u8::from(event)) - self.expected(frame, row)
    }

    /// sign(M)·√(−2(M + δ ln(δ − M))).
    fn deviance(&self, frame: &Frame<'_>, row: usize) -> f64 {
        let (residual, expected) = (self.martingale(frame, row), self.expected(frame, row));
        let log = if frame.rows.event[row] && expected > 0.0 { expected.ln() } else { 0.0 };
        (-2.0 * (residual + log)).max(0.0).sqrt().copysign(residual)
    }
}

impl CoxFit<'_> {
    /// Martingale residuals δ − r ∫ dΛ, the events of each row less those expected.
    ///
    /// Under Efron's formula a tied event is spared part of its last increment. Σ w·M = 0 in every
    /// stratum. R: `residuals(fit, type = "martingale")`. Barlow and Prentice 1988,
    /// doi:10.1093/biomet/75.1.65.
    pub fn martingale_residuals(&self) -> Vec<f64> {
        self.by_row(|row| self.point().martingale(self.frame(), row))
    }

    /// Deviance residuals sign(M)·√(−2(M + δ ln(δ − M))) from martingale residuals M.
    ///
    /// R: `residuals(fit, type = "deviance")`. Therneau, Grambsch and Fleming 1990,
    /// doi:10.1093/biomet/77.1.147.
    pub fn deviance_residuals(&self) -> Vec<f64> {
        self.by_row(|row| self.point().deviance(self.frame(), row))
    }

    /// Score residuals L = δ (x − x̄) − r ∫ (x − x̄) dΛ, each row's part of the score.
    ///
    /// Not weighted: Σ w·L = 0. R: `residuals(fit, type = "score")`, which has none for exact ties;
    /// here those of Breslow's formula are given. Therneau, Grambsch and Fleming 1990.
    pub fn score_residuals(&self) -> Residuals {
        let scores = Scores::new(self.frame(), self.point()).all(|_| 1.0);
        self.selected(&scores, |row| row.to_vec())
    }

    /// What leaving a row out would change the coefficients by, to first order: w·L·V with score
    /// residuals L and the model's variance V.
    ///
    /// R: `residuals(fit, type = "dfbeta")`. Cain and Lange 1984, doi:10.2307/2531402.
    pub fn dfbeta(&self) -> Residuals {
        self.influence(|change, _| change)
    }

    /// The same in standard errors of the model. R: `residuals(fit, type = "dfbetas")`.
    pub fn dfbetas(&self) -> Residuals {
        self.influence(|change, std_err| change / std_err)
    }

    /// Schoenfeld residuals x − x̄ of events, x̄ being the weighted mean over the risk set, under
    /// Efron's formula averaged over the tied events.
    ///
    /// R: `residuals(fit, type = "schoenfeld")`. Schoenfeld 1982, doi:10.1093/biomet/69.1.239.
    pub fn schoenfeld_residuals(&self) -> EventResiduals {
        self.schoenfeld(|row| row.to_vec())
    }

    /// β + D·V·s from Schoenfeld residuals s, the model's variance V and D = Σ w over events: an
    /// estimate of β(t) at each event, were it to change with time.
    ///
    /// R: `residuals(fit, type = "scaledsch")`, whose D counts events where they are weighted too.
    /// Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515.
    pub fn scaled_schoenfeld_residuals(&self) -> EventResiduals {
        let events = self.frame().sets.event_slots();
        let total: f64 =
            events.map(|at| self.frame().tied[at] * self.frame().mean_weight[at]).sum();
        self.schoenfeld(|row| {
            let moved = self.model_vcov.times(row);
            moved.iter().zip(&self.beta).map(|(moved, beta)| beta + total * moved).collect()
        })
    }

    /// A number for every row of the cohort.
    fn by_row(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        (0..self.frame().len()).map(value).collect()
    }

    /// The estimated coefficients' part of every row, after `change`.
    fn selected(&self, values: &[f64], change: impl Fn(&[f64]) -> Vec<f64>) -> Residuals {
        let coefficients = self.estimated();
        let rows = values.chunks_exact(self.frame().width.max(1));
        let part = |row: &[f64]| {
            let row = change(row);
            coefficients.iter().map(move |&at| row[at]).collect::<Vec<f64>>()
        };
        Residuals { values: rows.flat_map(part).collect(), coefficients }
    }

    fn influence(&self, scale: impl Fn(f64, f64) -> f64) -> Residuals {
        let repeated = self.frame().rows.repeated;
        let scores = Scores::new(self.frame(), self.point())
            .all(|weight| if repeated { 1.0 } else { weight });
        let std_err: Vec<f64> = self.model_vcov.diagonal().map(f64::sqrt).collect();
        self.selected(&scores, |row| {
            let moved = self.model_vcov.times(row);
            moved.iter().zip(&std_err).map(|(&own, &std_err)| scale(own, std_err)).collect()
        })
    }

    fn schoenfeld(&self, change: impl Fn(&[f64]) -> Vec<f64>) -> EventResiduals {
        let (frame, means) = (self.frame(), Means::new(self.frame(), self.point()));
        let fails = |&row: &usize| frame.rows.event[row] && frame.rows.weight(row) > 0.0;
        let mut rows: Vec<usize> = (0..frame.len()).filter(fails).collect();
        rows.sort_unstable_by_key(|&row| (frame.sets.to()[row], row));
        let mut values = Vec::with_capacity(rows.len() * frame.width);
        for &row in &rows {
            let mut own = frame.rows_from(row)[..frame.width].to_vec();
            means.add_mean(frame.sets.to()[row] as usize, -1.0, &mut own);
            values.append(&mut own);
        }
        let events = rows.iter().map(|&row| self.event_row(row)).collect();
        EventResiduals { events, residuals: self.selected(&values, change) }
    }

    fn event_row(&self, row: usize) -> EventRow {
        let slot = self.frame().sets.to()[row] as usize;
        let time = self.cohort.axis().time(self.frame().sets.time(slot));
        EventRow { row, time, stratum: self.cohort.strata().code(row) as usize }
    }

    /// Coefficients with an estimate.
    pub(super) fn estimated(&self) -> Vec<usize> {
        let estimated = |at: &usize| self.status[*at] == Status::Estimated;
        (0..self.frame().width).filter(estimated).collect()
    }
}
