//! Residuals of a Cox regression as records.

use serde::Serialize;

use crate::cox::{CoxFit, EventResiduals, Residuals};
use crate::report::number::exact;

/// Which residuals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResidualType {
    /// Observed less expected events.
    Martingale,
    /// Martingale residuals made symmetric.
    Deviance,
    /// Covariates at events less their means over the risk sets.
    Schoenfeld,
    /// Parts of the score.
    Score,
    /// What leaving out a row would change coefficients by.
    Dfbeta,
}

impl ResidualType {
    /// Every type.
    pub const ALL: [Self; 5] =
        [Self::Martingale, Self::Deviance, Self::Schoenfeld, Self::Score, Self::Dfbeta];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Martingale => "martingale",
            Self::Deviance => "deviance",
            Self::Schoenfeld => "schoenfeld",
            Self::Score => "score",
            Self::Dfbeta => "dfbeta",
        }
    }
}

/// Residuals of rows of the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ResidualRecords {
    #[serde(rename = "type")]
    kind: ResidualType,
    /// Names of the columns: coefficients, or the type itself.
    columns: Vec<String>,
    /// Rows of the data, counted from 1, header not counted.
    row: Vec<u32>,
    /// A record of numbers for every row.
    values: Vec<Vec<f64>>,
}

impl ResidualRecords {
    pub(super) fn new(fit: &CoxFit<'_>, kind: ResidualType, rows: &[u32]) -> Self {
        let single = |values: Vec<f64>| {
            let values = values.into_iter().map(|value| vec![value]).collect();
            Self { kind, columns: vec![kind.name().to_owned()], row: numbers(rows), values }
        };
        match kind {
            ResidualType::Martingale => single(fit.martingale_residuals()),
            ResidualType::Deviance => single(fit.deviance_residuals()),
            ResidualType::Score => Self::of_rows(fit, kind, rows, &fit.score_residuals()),
            ResidualType::Dfbeta => Self::of_rows(fit, kind, rows, &fit.dfbeta()),
            ResidualType::Schoenfeld => {
                let EventResiduals { events, residuals, .. } = fit.schoenfeld_residuals();
                let rows: Vec<u32> = events.iter().map(|event| rows[event.row]).collect();
                Self::of_rows(fit, kind, &rows, &residuals)
            }
        }
    }

    fn of_rows(fit: &CoxFit<'_>, kind: ResidualType, rows: &[u32], own: &Residuals) -> Self {
        let names = fit.coefficients();
        let columns = own.coefficients().iter().map(|&at| names[at].name.clone()).collect();
        let values = (0..rows.len()).map(|row| own.row(row)).collect();
        Self { kind, columns, row: numbers(rows), values }
    }

    pub(super) fn titles(&self) -> Vec<String> {
        ["row".to_owned()].into_iter().chain(self.columns.iter().cloned()).collect()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        let cells = |(row, values): (&u32, &Vec<f64>)| {
            [row.to_string()].into_iter().chain(values.iter().copied().map(exact)).collect()
        };
        self.row.iter().zip(&self.values).map(cells)
    }
}

/// Rows counted from 1.
fn numbers(rows: &[u32]) -> Vec<u32> {
    rows.iter().map(|row| row + 1).collect()
}
