//! Statistics one by one, in the spirit of CDISC's analysis results (ARS) and R's package cards.
//!
//! What a statistic is called, and how it is written for people, stands here and nowhere else.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::number::{
    NONE, count, estimate, hazard_ratio, p_value, probability, reached, rounded, time,
};

/// Writes one record a statistic.
pub struct Results<'w> {
    out: &'w mut dyn Write,
    context: &'static str,
    leading: Vec<(String, String)>,
    started: bool,
}

/// What a statistic is of.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    groups: Vec<(String, String)>,
    variable: String,
    level: Option<String>,
}

/// A statistic: its name, its label, and how it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stat {
    name: &'static str,
    label: &'static str,
    words: fn(f64) -> String,
    /// What is written where there is no number.
    none: &'static str,
}

/// Statistics that several documents have.
impl Stat {
    pub(super) const N: Self = Self::new("n", "N", count);
    pub(super) const EVENTS: Self = Self::new("events", "Events", count);
    pub(super) const CENSORED: Self = Self::new("censored", "Censored", count);
    pub(super) const AT_RISK: Self = Self::new("n_risk", "Number at risk", count);
    pub(super) const ROWS: Self = Self::new("rows", "Rows of the data", count);
    pub(super) const USED: Self = Self::new("used", "Rows analysed", count);
    pub(super) const DROPPED: Self = Self::new("dropped", "Rows left out", count);
    pub(super) const MISSING: Self = Self::new("missing", "Missing", count);
    pub(super) const STATISTIC: Self = Self::new("statistic", "Test statistic", three);
    pub(super) const COUNT: Self = Self::new("count", "Count", count);
    pub(super) const DF_DENOMINATOR: Self =
        Self::new("df_denominator", "Denominator degrees of freedom", three);
    pub(super) const DF: Self = Self::new("df", "Degrees of freedom", three);
    pub(super) const P: Self = Self::new("p", "p-value", p);
    pub(super) const LN_P: Self = Self::new("ln_p", "Logarithm of p", six);
    pub(super) const STD_ERR: Self = Self::new("std_err", "Standard error", estimate);
    pub(super) const ESTIMATE: Self = Self::new("estimate", "Estimate", estimate);
    pub(super) const LOWER: Self = Self::new("lower", "Lower limit", estimate);
    pub(super) const UPPER: Self = Self::new("upper", "Upper limit", estimate);
    pub(super) const HR: Self = Self::ESTIMATE.called("hr").named("Hazard ratio").ratio();
    pub(super) const HR_LOWER: Self = Self::LOWER.called("hr_lower").ratio();
    pub(super) const HR_UPPER: Self = Self::UPPER.called("hr_upper").ratio();

    pub(super) const fn new(
        name: &'static str,
        label: &'static str,
        words: fn(f64) -> String,
    ) -> Self {
        Self { name, label, words, none: NONE }
    }

    /// A test: statistic and degrees of freedom, p and its logarithm.
    pub(super) fn test(
        (statistic, df): (Option<f64>, Option<f64>),
        (p, ln_p): (Option<f64>, Option<f64>),
    ) -> [(Self, Option<f64>); 4] {
        [(Self::STATISTIC, statistic), (Self::DF, df), (Self::P, p), (Self::LN_P, ln_p)]
    }

    /// Under another name.
    pub(super) const fn called(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// Under another label.
    pub(super) const fn named(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    /// A time, which may not be reached.
    pub(super) const fn reached(self) -> Self {
        Self { words: until, none: super::number::NOT_REACHED, ..self }
    }

    /// A probability.
    pub(super) const fn share(self) -> Self {
        Self { words: chance, ..self }
    }

    /// A hazard ratio.
    pub(super) const fn ratio(self) -> Self {
        Self { words: hazard_ratio, ..self }
    }

    fn write(self, value: Option<f64>) -> String {
        value.filter(|value| value.is_finite()).map_or_else(|| self.none.to_owned(), self.words)
    }
}

fn three(value: f64) -> String {
    rounded(value, 3)
}

fn six(value: f64) -> String {
    rounded(value, 6)
}

fn p(value: f64) -> String {
    p_value(Some(value))
}

fn until(value: f64) -> String {
    reached(Some(value))
}

fn chance(value: f64) -> String {
    probability(Some(value))
}

impl Place {
    pub(super) fn of(variable: impl Into<String>) -> Self {
        Self { variable: variable.into(), ..Self::default() }
    }

    /// In a group.
    pub(super) fn within(self, groups: &[(String, String)]) -> Self {
        Self { groups: groups.to_vec(), ..self }
    }

    /// At a level.
    pub(super) fn level(self, level: impl Into<String>) -> Self {
        Self { level: Some(level.into()), ..self }
    }

    /// At a time.
    pub(super) fn at(self, at: f64) -> Self {
        self.level(time(at))
    }
}

/// A record.
struct Record<'r> {
    leading: &'r [(String, String)],
    place: &'r Place,
    context: &'static str,
    stat: Stat,
    value: Option<f64>,
    words: &'r str,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let groups = self.leading.iter().chain(&self.place.groups);
        if groups.clone().next().is_none() {
            map.serialize_entry("group1", &None::<&str>)?;
            map.serialize_entry("group1_level", &None::<&str>)?;
        }
        for (at, (column, level)) in groups.enumerate() {
            map.serialize_entry(&format!("group{}", at + 1), column)?;
            map.serialize_entry(&format!("group{}_level", at + 1), level)?;
        }
        map.serialize_entry("variable", &self.place.variable)?;
        map.serialize_entry("variable_level", &self.place.level)?;
        map.serialize_entry("context", self.context)?;
        map.serialize_entry("stat_name", self.stat.name)?;
        map.serialize_entry("stat_label", self.stat.label)?;
        map.serialize_entry("stat", &self.value.filter(|value| value.is_finite()))?;
        map.serialize_entry("stat_fmt", self.words)?;
        map.end()
    }
}

impl<'w> Results<'w> {
    pub(super) fn new(context: &'static str, out: &'w mut dyn Write) -> Self {
        Self { out, context, leading: Vec::new(), started: false }
    }

    /// What sets the records from here on apart.
    pub(super) fn lead(&mut self, leading: Vec<(String, String)>) {
        self.leading = leading;
    }

    /// Writes statistics of one place.
    pub(super) fn all<T: Into<Option<f64>>>(
        &mut self,
        place: &Place,
        stats: impl IntoIterator<Item = (Stat, T)>,
    ) -> io::Result<()> {
        stats.into_iter().try_for_each(|(stat, value)| {
            let value = value.into();
            self.one(place, (stat, value), &stat.write(value))
        })
    }

    /// Writes a statistic in words of its own.
    pub(super) fn one(
        &mut self,
        place: &Place,
        (stat, value): (Stat, Option<f64>),
        words: &str,
    ) -> io::Result<()> {
        self.out.write_all(if self.started { b",\n  " } else { b"[\n  " })?;
        self.started = true;
        let (leading, context) = (self.leading.as_slice(), self.context);
        let record = Record { leading, place, context, stat, value, words };
        serde_json::to_writer(&mut *self.out, &record)?;
        Ok(())
    }

    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(if self.started { b"\n]\n" } else { b"[]\n" })
    }
}
