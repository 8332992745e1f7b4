//! The conventions of one way, by name.

use serde::Serialize;

/// A number of data units in a printed unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Divisor {
    /// How it is written.
    pub name: &'static str,
    /// The number.
    pub value: f64,
}

/// What times in the data are divided by: nothing, a month of days, a week, a year.
pub const DIVISORS: [Divisor; 13] = [
    Divisor { name: "1", value: 1.0 },
    Divisor { name: "30.4375", value: 30.4375 },
    Divisor { name: "365.24/12", value: 365.24 / 12.0 },
    Divisor { name: "365/12", value: 365.0 / 12.0 },
    Divisor { name: "30", value: 30.0 },
    Divisor { name: "30.4", value: 30.4 },
    Divisor { name: "30.42", value: 30.42 },
    Divisor { name: "30.44", value: 30.44 },
    Divisor { name: "30.5", value: 30.5 },
    Divisor { name: "28", value: 28.0 },
    Divisor { name: "7", value: 7.0 },
    Divisor { name: "365.25", value: 365.25 },
    Divisor { name: "12", value: 12.0 },
];

/// One way to compute a number; what does not matter for it is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Choice {
    /// The group of a curve, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The coefficient of a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The interval of a curve: a scale, or SPSS's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<&'static str>,
    /// The rule of the median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_rule: Option<&'static str>,
    /// What times are divided by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub divisor: Option<&'static str>,
    /// Ties of a Cox model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ties: Option<&'static str>,
    /// Wald or profile limits; the test of a p.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// Whether a hazard ratio is as the data are coded or the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<&'static str>,
}
