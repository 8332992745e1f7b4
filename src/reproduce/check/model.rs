//! Printed numbers with the places where they stand.

use serde::Serialize;

use crate::curve::ConfType;
use crate::published::{Printed, PrintedEstimate};

/// Where a printed number was taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowId {
    /// The file.
    pub file: String,
    /// The line of the file, counted from 1.
    pub line: Option<u64>,
    /// The row's own name.
    pub id: String,
}

/// What kind of statistic a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A median time to an event.
    Median,
    /// A share that is free of the event at a time.
    SurvivalRate,
    /// A hazard ratio.
    HazardRatio,
    /// A median time of follow-up.
    FollowUp,
    /// Anything else, of which nothing is checked but that it is printed alike everywhere.
    Other,
}

/// What stands in the brackets after an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bracket {
    /// A confidence interval.
    Interval,
    /// Smallest and largest value.
    Range,
    /// Nothing.
    None,
}

/// One printed time-to-event statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedFigure {
    /// Where it was taken down.
    pub row: RowId,
    /// The paper.
    pub paper: String,
    /// The study that it is of, which the paper may only cite.
    pub study: String,
    /// The places in the paper.
    pub place: String,
    /// The patients.
    pub population: String,
    /// The part of them; the contrast of a hazard ratio.
    pub subgroup: String,
    /// What they were treated with.
    pub treatment: String,
    /// PFS, OS …
    pub endpoint: String,
    /// Where the clock starts.
    pub origin: String,
    /// The kind of statistic.
    pub measure: Measure,
    /// The time of a rate, in months.
    pub at: Option<f64>,
    /// days, weeks, months, years, percent, fraction, ratio.
    pub unit: String,
    /// Patients.
    pub n: Option<u64>,
    /// Events.
    pub events: Option<u64>,
    /// The estimate.
    pub estimate: Option<Printed>,
    /// Lower limit or smallest value.
    pub lower: Option<Printed>,
    /// Upper limit or largest value.
    pub upper: Option<Printed>,
    /// What the brackets are.
    pub bracket: Bracket,
    /// The confidence level.
    pub level: Option<f64>,
    /// The scale of the interval, if the paper says it or it is taken to be so.
    pub conf_type: Option<ConfType>,
    /// Whether the scale is only taken to be so: then what it excludes is not excluded.
    pub conf_type_assumed: bool,
    /// The printed p.
    pub p: Option<Printed>,
}

/// The responses of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedResponse {
    /// Where it was taken down.
    pub row: RowId,
    /// The paper.
    pub paper: String,
    /// The places in the paper.
    pub place: String,
    /// The patients.
    pub population: String,
    /// The part of them.
    pub subgroup: String,
    /// What they were treated with.
    pub treatment: String,
    /// Patients treated.
    pub n: Option<u64>,
    /// Patients with a response assessed, where that differs.
    pub evaluable: Option<u64>,
    /// Complete responses, partial responses, stable and progressive disease.
    pub counts: [Option<u64>; 4],
    /// Responders: their number and their percentage.
    pub orr: (Option<u64>, Option<Printed>),
    /// Patients with disease control: their number and their percentage.
    pub dcr: (Option<u64>, Option<Printed>),
}

/// A coefficient of a Cox model, or the overall test of a factor.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedCoefficient {
    /// Where it was taken down.
    pub row: RowId,
    /// The model.
    pub model: String,
    /// The covariate or level; `… (overall)` is the test of a factor.
    pub term: String,
    /// What the level is compared with.
    pub reference: String,
    /// The hazard ratio.
    pub hr: Option<Printed>,
    /// Its lower limit.
    pub lower: Option<Printed>,
    /// Its upper limit.
    pub upper: Option<Printed>,
    /// The printed p.
    pub p: Option<Printed>,
    /// Patients in the model.
    pub n: Option<u64>,
}

/// One count of a table of characteristics, in one column.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedCount {
    /// Where it was taken down.
    pub row: RowId,
    /// The table.
    pub place: String,
    /// The column's name.
    pub group: String,
    /// The variable; `n` is the size of the column.
    pub variable: String,
    /// Its level.
    pub level: String,
    /// Patients, if it is a count.
    pub count: Option<u64>,
    /// Their percentage.
    pub percent: Option<Printed>,
    /// Patients of whom the variable is not known, on the variable's first row.
    pub missing: Option<u64>,
}

/// Everything printed that is to be compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PrintedNumbers {
    /// Medians, rates, hazard ratios.
    pub figures: Vec<PrintedFigure>,
    /// Responses.
    pub responses: Vec<PrintedResponse>,
    /// Coefficients of models.
    pub coefficients: Vec<PrintedCoefficient>,
    /// Counts of tables.
    pub counts: Vec<PrintedCount>,
}

impl PrintedNumbers {
    /// Adds those of another source.
    pub fn extend(&mut self, other: Self) {
        self.figures.extend(other.figures);
        self.responses.extend(other.responses);
        self.coefficients.extend(other.coefficients);
        self.counts.extend(other.counts);
    }

    /// All rows in the order in which findings are given.
    pub(super) fn rows(&self) -> impl Iterator<Item = &RowId> {
        let figures = self.figures.iter().map(|own| &own.row);
        let responses = self.responses.iter().map(|own| &own.row);
        let coefficients = self.coefficients.iter().map(|own| &own.row);
        figures.chain(responses).chain(coefficients).chain(self.counts.iter().map(|own| &own.row))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        let counts = self.counts.iter().map(|own| &own.row).collect::<Vec<_>>();
        let distinct = counts.iter().enumerate().filter(|(at, row)| !counts[..*at].contains(row));
        self.figures.len() + self.responses.len() + self.coefficients.len() + distinct.count()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
            && self.responses.is_empty()
            && self.coefficients.is_empty()
            && self.counts.is_empty()
    }
}

/// What marks the second printing of a figure at the end of its id.
const SECOND: [&str; 5] = ["-table", "-text", "-discussion", "-results", "-alternative"];

/// An id without the mark of a second printing, and the mark.
pub(super) fn printing(id: &str) -> (&str, &str) {
    let mark = SECOND.iter().find(|mark| id.ends_with(**mark));
    mark.map_or((id, ""), |mark| id.split_at(id.len() - mark.len()))
}

/// Months in a unit of time.
pub(in crate::reproduce) fn months(unit: &str) -> f64 {
    match unit {
        "weeks" => 7.0 / 30.4375,
        "days" => 1.0 / 30.4375,
        "years" => 12.0,
        _ => 1.0,
    }
}

impl PrintedFigure {
    /// Takes over an estimate and its limits, with brackets that are a confidence interval.
    pub fn with_estimate(mut self, printed: PrintedEstimate) -> Self {
        self.estimate = Some(printed.estimate);
        if let Some((lower, upper)) = printed.limits {
            (self.lower, self.upper) = (Some(lower), Some(upper));
            self.bracket = Bracket::Interval;
        }
        self
    }

    /// `7.4 (6.3-8.4)`, as far as it is printed.
    pub(super) fn text(&self) -> String {
        let own = self.estimate.as_ref().map_or("", Printed::text);
        match (&self.lower, &self.upper) {
            (None, None) => own.to_owned(),
            (lower, upper) => {
                let text = |limit: &Option<Printed>| {
                    limit.as_ref().map_or("", |own| own.text()).to_owned()
                };
                format!("{own} ({}-{})", text(lower), text(upper))
            }
        }
    }

    /// The limits, if both are printed and are an interval.
    pub(super) fn interval(&self) -> Option<(&Printed, &Printed)> {
        if self.bracket != Bracket::Interval {
            return None;
        }
        Some((self.lower.as_ref()?, self.upper.as_ref()?))
    }

    /// The group and endpoint in words.
    pub(super) fn subject(&self) -> String {
        let parts = [&self.study, &self.population, &self.subgroup, &self.treatment];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        let group = parts.map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.endpoint.is_empty() { group } else { format!("{group}: {}", self.endpoint) }
    }

    /// Whether both are of the same patients in the same paper.
    pub(super) fn same_group(&self, other: &Self) -> bool {
        let key = |own: &Self| {
            [&own.paper, &own.study, &own.population, &own.subgroup, &own.treatment]
                .map(Clone::clone)
        };
        key(self) == key(other)
    }

    /// What 1 is printed for: months in a unit of time, 100 per cent in a fraction.
    pub(super) fn scale(&self) -> f64 {
        match self.unit.as_str() {
            "fraction" => 100.0,
            unit => months(unit),
        }
    }

    /// A rate with its unit.
    pub(super) fn rate_text(&self) -> String {
        let unit = if self.unit == "fraction" { "" } else { "%" };
        let own = super::words::text(&self.estimate);
        format!("{}{unit}", own.trim_end_matches('%'))
    }
}
