//! What is known about one arm.

use super::points::Points;
use super::table::AtRiskTable;
use crate::convention::Conventions;
use crate::published::{Printed, PrintedEstimate};

/// A digitised curve with what is printed about it: options, then
/// [`reconstruct`](Self::reconstruct).
///
/// R: `IPDfromKM::getIPD`, `survHE::digitise`; Stata: `ipdfc`. The interval-by-interval recursion of
/// Guyot et al. 2012, doi:10.1186/1471-2288-12-9, is replaced by a search that keeps every number
/// at risk and the total of events.
#[derive(Debug, Clone)]
pub struct DigitisedCurve {
    pub(super) points: Points,
    pub(super) n: Option<u32>,
    pub(super) events: Option<u32>,
    pub(super) table: AtRiskTable,
    pub(super) marks: Vec<f64>,
    pub(super) median: Option<Printed>,
    pub(super) limits: Option<(Printed, Printed)>,
    pub(super) rates: Vec<(f64, PrintedEstimate)>,
    pub(super) max_time: Option<f64>,
    pub(super) step: Option<f64>,
    pub(super) conventions: Conventions,
}

impl DigitisedCurve {
    /// Begins with the points.
    pub fn new(points: Points) -> Self {
        Self {
            points,
            n: None,
            events: None,
            table: AtRiskTable::default(),
            marks: Vec::new(),
            median: None,
            limits: None,
            rates: Vec::new(),
            max_time: None,
            step: None,
            conventions: Conventions::default(),
        }
    }

    /// The printed numbers at risk.
    pub fn table(&self) -> &AtRiskTable {
        &self.table
    }

    /// The number of patients; without it, the number at risk at time 0.
    pub fn n(self, n: u32) -> Self {
        Self { n: Some(n), ..self }
    }

    /// The total of events.
    pub fn events(self, events: u32) -> Self {
        Self { events: Some(events), ..self }
    }

    /// Numbers at risk.
    pub fn at_risk(self, table: AtRiskTable) -> Self {
        Self { table, ..self }
    }

    /// Times of censor ticks.
    pub fn marks(self, mut marks: Vec<f64>) -> Self {
        marks.sort_by(f64::total_cmp);
        Self { marks, ..self }
    }

    /// The printed median.
    pub fn median(self, median: Printed) -> Self {
        Self { median: Some(median), ..self }
    }

    /// The printed limits of the median.
    pub fn median_limits(self, lower: Printed, upper: Printed) -> Self {
        Self { limits: Some((lower, upper)), ..self }
    }

    /// A printed survival rate at a time: a fraction, or in per cent.
    pub fn rate(mut self, time: f64, rate: PrintedEstimate) -> Self {
        self.rates.push((time, rate));
        self.rates.sort_by(|a, b| a.0.total_cmp(&b.0));
        self
    }

    /// The longest follow-up; without it, the end of the curve.
    pub fn max_time(self, max_time: f64) -> Self {
        Self { max_time: Some(max_time), ..self }
    }

    /// Times are multiples of this (one day in the unit of the curve).
    pub fn lattice(self, step: f64) -> Self {
        Self { step: Some(step), ..self }
    }

    /// By which conventions the printed numbers were computed.
    pub fn conventions(self, conventions: Conventions) -> Self {
        Self { conventions, ..self }
    }

    /// The points as they were brought to one scale and order.
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The number of patients, given or at risk at time 0.
    pub fn patients(&self) -> Option<u32> {
        self.n.or(self.table.at_start())
    }

    /// The end of follow-up: of the curve, or as long as somebody is known to be at risk.
    pub(super) fn end(&self) -> f64 {
        let rows = self.table.rows().iter().filter(|own| own.n_risk > 0);
        let last = rows.map(|own| own.time).fold(0.0, f64::max);
        self.curve_end().max(last)
    }

    /// The end of the curve.
    pub(super) fn curve_end(&self) -> f64 {
        self.max_time.unwrap_or(0.0).max(self.points.end())
    }
}

/// The survival, as fractions, that a printed rate stands for.
pub(super) fn rate_bounds(rate: &Printed) -> Option<(f64, f64)> {
    let unit = rate_unit(rate);
    rate.bounds().map(|(low, high)| (low / unit, high / unit))
}

/// 100 for per cent, else 1.
pub(super) fn rate_unit(rate: &Printed) -> f64 {
    if rate.is_percent() || rate.number().is_some_and(|own| own > 1.0) { 100.0 } else { 1.0 }
}
