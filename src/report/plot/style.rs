//! What a reader may choose about a figure.

use crate::error::{Error, Result};
use crate::figure::Steps;
use crate::plan::Unit;

/// The width of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum PlotWidth {
    /// One column of a journal: 85 mm.
    Single,
    /// One column and a half: 130 mm.
    #[default]
    Middle,
    /// Two columns: 175 mm.
    Double,
    /// So many millimetres.
    Millimetres(f64),
}

/// What stands under the time axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RiskTable {
    /// How many are at risk.
    #[default]
    AtRisk,
    /// How many are at risk, and how many have had the event or were censored by then.
    Full,
    /// Nothing.
    None,
}

/// What is drawn against time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heights {
    /// S(t).
    #[default]
    Survival,
    /// 1 − S(t).
    Failure,
    /// ln(−ln S(t)), against ln t: to judge proportional hazards by.
    LogLog,
}

/// Where the groups are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labels {
    /// Above the curves.
    #[default]
    Legend,
    /// At the ends of the curves.
    Direct,
}

/// How a figure looks.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotStyle {
    /// How wide it is.
    pub width: PlotWidth,
    /// Its height in millimetres; what suits the width unless given.
    pub height: Option<f64>,
    /// A line above it.
    pub title: Option<String>,
    /// What the time axis is called.
    pub x_label: Option<String>,
    /// What the vertical axis is called.
    pub y_label: Option<String>,
    /// In what times are counted; decides about ticks and the name of the axis.
    pub unit: Option<Unit>,
    /// The distance between ticks of the time axis.
    pub every: Option<f64>,
    /// The end of the time axis.
    pub until: Option<f64>,
    /// What is drawn against time.
    pub heights: Heights,
    /// What stands under the axis.
    pub risk_table: RiskTable,
    /// Where the groups are named.
    pub labels: Labels,
    /// Whether confidence limits are shown.
    pub band: bool,
    /// Whether censorings are shown.
    pub marks: bool,
    /// Whether lines lead to the medians.
    pub medians: bool,
    /// Whether test and hazard ratio are told.
    pub test: bool,
}

impl Default for PlotStyle {
    fn default() -> Self {
        Self {
            width: PlotWidth::default(),
            height: None,
            title: None,
            x_label: None,
            y_label: None,
            unit: None,
            every: None,
            until: None,
            heights: Heights::default(),
            risk_table: RiskTable::default(),
            labels: Labels::default(),
            band: true,
            marks: true,
            medians: true,
            test: true,
        }
    }
}

/// Sides in millimetres between which a figure can be drawn.
const SIDES: std::ops::RangeInclusive<f64> = 50.0..=1000.0;

impl PlotWidth {
    /// In millimetres.
    pub fn millimetres(self) -> f64 {
        match self {
            Self::Single => 85.0,
            Self::Middle => 130.0,
            Self::Double => 175.0,
            Self::Millimetres(own) => own,
        }
    }
}

impl PlotStyle {
    /// Refuses what cannot be drawn.
    ///
    /// # Errors
    /// A side out of range; a distance of ticks or an end of the axis that is not above 0; with
    /// [`Heights::LogLog`], what such a plot does not have.
    pub fn check(&self) -> Result<()> {
        let width = Some(self.width.millimetres());
        for (side, own) in [("wide", width), ("high", self.height)] {
            if let Some(own) = own.filter(|own| !SIDES.contains(own)) {
                let (least, most) = (SIDES.start(), SIDES.end());
                return Err(Error::option(format!(
                    "a figure cannot be {own} mm {side}: from {least} to {most} mm can be drawn"
                )));
            }
        }
        for (what, own) in [("ticks every", self.every), ("a time axis until", self.until)] {
            if let Some(own) = own.filter(|own| !(own.is_finite() && *own > 0.0)) {
                return Err(Error::option(format!("{what} {own}: give a number above 0")));
            }
        }
        if self.heights == Heights::LogLog { self.check_log_log() } else { Ok(()) }
    }

    /// Refuses what ln(−ln S(t)) against ln t has no place for.
    fn check_log_log(&self) -> Result<()> {
        let asked = [
            ("a height", self.height.is_some()),
            ("ticks every", self.every.is_some()),
            ("an end of the time axis", self.until.is_some()),
            ("a table with events and censorings", self.risk_table == RiskTable::Full),
            ("names at the ends of the curves", self.labels == Labels::Direct),
        ];
        match asked.into_iter().find(|own| own.1) {
            None => Ok(()),
            Some((what, _)) => Err(Error::option(format!(
                "ln(-ln S) against ln t cannot have {what}: leave that out, or draw survival or failure"
            ))),
        }
    }

    /// The end of the time axis of curves that end at `last`.
    pub(super) fn end(&self, last: f64) -> f64 {
        let end = self.until.unwrap_or(last);
        if end > 0.0 { end } else { 1.0 }
    }

    /// Along how many edges steps are drawn for so many curves.
    pub(in crate::report) fn edges(&self, curves: usize) -> usize {
        curves * if self.shows_band() { 3 } else { 1 }
    }

    /// Whether limits are drawn.
    pub(super) fn shows_band(&self) -> bool {
        self.band && self.heights != Heights::LogLog
    }

    /// What the time axis is called.
    pub(super) fn time_label(&self) -> String {
        match (&self.x_label, self.unit) {
            (Some(own), _) => own.clone(),
            (None, Some(unit)) => format!("Time ({})", unit.name()),
            (None, None) => "Time".to_owned(),
        }
    }

    /// Between which distances of ticks is chosen.
    pub(super) fn steps(&self) -> Steps {
        match self.unit.map(Unit::name) {
            Some("months") => Steps::Dozens,
            _ => Steps::Decimal,
        }
    }
}
