//! An arm, from words to types.

use std::path::{Path, PathBuf};

use super::args::ArmArgs;
use super::files;
use crate::convention::Conventions;
use crate::error::{Error, Result};
use crate::published::{Printed, PrintedEstimate};
use crate::reconstruct::DigitisedCurve;
use crate::reproduce::{Given, Used};

/// Days a month has on average.
const MONTH: f64 = 30.4375;
/// Days a year has on average.
const YEAR: f64 = 365.25;

/// What is known about an arm.
#[derive(Debug, Clone)]
pub(super) struct Arm {
    pub(super) label: String,
    /// Whether it was given that name.
    pub(super) is_named: bool,
    pub(super) points: Option<PathBuf>,
    pub(super) at_risk: Option<PathBuf>,
    pub(super) marks: Option<PathBuf>,
    pub(super) n: Option<u32>,
    pub(super) events: Option<u32>,
    pub(super) median: Option<Printed>,
    pub(super) limits: Option<(Printed, Printed)>,
    pub(super) rates: Vec<(f64, PrintedEstimate)>,
    pub(super) max_time: Option<f64>,
    pub(super) min_follow_up: Option<f64>,
    pub(super) median_follow_up: Option<Printed>,
    /// One day in the unit of time, where times are whole days.
    pub(super) step: Option<f64>,
    pub(super) conventions: Conventions,
    /// The arm that this one is a part of, and by what it is divided.
    pub(super) part_of: Option<(String, String)>,
}

/// A key whose words could not be read.
pub(super) struct Misread {
    pub(super) key: &'static str,
    pub(super) error: Error,
}

impl From<Misread> for Error {
    fn from(own: Misread) -> Self {
        own.error
    }
}

/// Says of which key an error is.
pub(super) fn of(key: &'static str) -> impl Fn(Error) -> Misread {
    move |error| Misread { key, error }
}

impl Arm {
    /// Reads the words; files are named from `folder`.
    pub(super) fn parse(args: &ArmArgs, label: String, folder: &Path) -> Result<Self, Misread> {
        let mut conventions = Conventions::of(args.dialect.unwrap_or_default());
        conventions.conf_type = args.conf_type.or(conventions.conf_type);
        let printed = |key, text: &Option<String>| {
            text.as_deref().map(Printed::parse).transpose().map_err(of(key))
        };
        let limits = args.median_ci.as_deref().map(limits).transpose();
        let rates: Result<_> = args.rates.iter().map(|text| rate(text)).collect();
        let step = step(args.unit.as_deref(), args.grid.as_deref())?;
        let place = |file: &Option<String>| file.as_ref().map(|file| folder.join(file));
        Ok(Self {
            is_named: args.label.is_some(),
            label: args.label.clone().unwrap_or(label),
            points: place(&args.points),
            at_risk: place(&args.at_risk),
            marks: place(&args.marks),
            n: args.n,
            events: args.events,
            median: printed("median", &args.median)?,
            limits: limits.map_err(of("median-ci"))?,
            rates: rates.map_err(of("rate"))?,
            max_time: args.max_time,
            min_follow_up: args.min_follow_up,
            median_follow_up: printed("median-follow-up", &args.median_follow_up)?,
            step,
            conventions,
            part_of: None,
        })
    }

    /// The printed numbers that a reconstruction is given for it.
    pub(super) fn used(&self) -> Result<Vec<Used>> {
        let mut own = Vec::new();
        let mut add =
            |what, printed| own.push(Used { arm: Some(self.label.clone()), what, printed });
        let count = |own: u32| PrintedEstimate::parse(&own.to_string());
        if let Some(n) = self.n {
            add(Given::N, count(n)?);
        }
        if let Some(events) = self.events {
            add(Given::Events, count(events)?);
        }
        if let Some(median) = &self.median {
            add(Given::Median, PrintedEstimate::new(median.clone(), self.limits.clone()));
        }
        self.rates.iter().for_each(|(time, rate)| add(Given::Rate(*time), rate.clone()));
        if let Some(file) = &self.at_risk {
            for row in files::at_risk(file)?.rows() {
                add(Given::AtRisk, count(row.n_risk)?);
            }
        }
        Ok(own)
    }

    /// What was given under a constraint's name.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        let limits = self.limits.as_ref();
        let printed = |own: &Printed| own.text().to_owned();
        match name {
            "n" => self.n.map(|own| own.to_string()),
            "events" => self.events.map(|own| own.to_string()),
            "median" => self.median.as_ref().map(printed),
            "median_lower" => limits.map(|own| printed(&own.0)),
            "median_upper" => limits.map(|own| printed(&own.1)),
            _ => None,
        }
    }

    /// The curve, where there are points.
    pub(super) fn curve(&self) -> Result<Option<DigitisedCurve>> {
        let Some(points) = &self.points else { return Ok(None) };
        self.refuse_follow_up()?;
        let mut curve = DigitisedCurve::new(files::points(points)?).conventions(self.conventions);
        if let Some(file) = &self.at_risk {
            curve = curve.at_risk(files::at_risk(file)?);
        }
        if let Some(file) = &self.marks {
            curve = curve.marks(files::marks(file)?);
        }
        if let Some(n) = self.n {
            curve = curve.n(n);
        }
        if let Some(events) = self.events {
            curve = curve.events(events);
        }
        if let Some(median) = &self.median {
            curve = curve.median(median.clone());
        }
        if let Some((lower, upper)) = &self.limits {
            curve = curve.median_limits(lower.clone(), upper.clone());
        }
        if let Some(max_time) = self.max_time {
            curve = curve.max_time(max_time);
        }
        if let Some(step) = self.step {
            curve = curve.lattice(step);
        }
        let rates = self.rates.iter().cloned();
        Ok(Some(rates.fold(curve, |curve, (time, rate)| curve.rate(time, rate))))
    }
}

impl Arm {
    /// A curve says itself how long its patients were followed.
    fn refuse_follow_up(&self) -> Result<()> {
        let least = self.min_follow_up.map(|_| "min-follow-up");
        match least.or(self.median_follow_up.as_ref().map(|_| "median-follow-up")) {
            None => Ok(()),
            Some(name) => Err(Error::option(format!(
                "--{name} goes with printed numbers alone: beside points, follow-up is that of the curve, \
                 its marks and its numbers at risk; leave it out"
            ))),
        }
    }
}

/// `L,U`, or a range as papers print it.
pub(super) fn limits(text: &str) -> Result<(Printed, Printed)> {
    if let Some((lower, upper)) = text.split_once(',')
        && let (Ok(lower), Ok(upper)) = (Printed::parse(lower), Printed::parse(upper))
    {
        return Ok((lower, upper));
    }
    let read = PrintedEstimate::parse(&format!("NR ({text})"))
        .map_err(|_| Error::option(format!("{text:?} is no interval: write L,U as 17.2,26.3")))?;
    read.limits.ok_or_else(|| Error::option(format!("{text:?} is no interval: write L,U")))
}

/// `36=0.32`.
fn rate(text: &str) -> Result<(f64, PrintedEstimate)> {
    let refuse = || Error::option(format!("{text:?} is no rate at a time: write 36=0.32"));
    let (time, rate) = text.split_once('=').ok_or_else(refuse)?;
    let time: f64 = time.trim().parse().map_err(|_| refuse())?;
    Ok((time, PrintedEstimate::parse(rate)?))
}

/// One day in a unit, where times are whole days.
fn step(unit: Option<&str>, grid: Option<&str>) -> Result<Option<f64>, Misread> {
    let days = match unit {
        None => None,
        Some("days" | "day") => Some(1.0),
        Some("weeks" | "week") => Some(7.0),
        Some("months" | "month") => Some(MONTH),
        Some("years" | "year") => Some(YEAR),
        Some(other) => {
            let message = format!("there is no unit {other:?}: give days, weeks, months or years");
            return Err(of("unit")(Error::option(message)));
        }
    };
    match grid {
        None => Ok(None),
        Some("days" | "day") => days
            .map(|days| Some(1.0 / days))
            .ok_or_else(|| of("grid")(Error::option("--grid days needs --unit: a day of what?"))),
        Some(other) => {
            let message = format!("there is no grid {other:?}: give days");
            Err(of("grid")(Error::option(message)))
        }
    }
}
