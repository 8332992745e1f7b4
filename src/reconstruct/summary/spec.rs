//! What is printed about one group of patients.

use super::grid::Grid;
use crate::convention::Conventions;
use crate::curve::{ConfType, FollowUpRule, KaplanMeier, MedianInterval, MedianRule};
use crate::error::{Error, Result};
use crate::published::{Printed, PrintedEstimate};

/// The printed numbers of one Kaplan–Meier curve, and the conventions behind them.
///
/// ```
/// use riskset::published::Printed;
/// use riskset::reconstruct::summary::{Grid, Summary, SummaryOutcome};
/// let everolimus = Summary::new(2)
///     .median(Printed::parse("1.23")?)
///     .limits(Printed::parse("0")?, Printed::parse("NR")?)
///     .grid(Grid::days(30.4375)?);
/// let SummaryOutcome::Feasible(found) = everolimus.reconstruct(1, 1)? else { panic!() };
/// let days: Vec<i32> = found.draws()[0].subjects.iter().map(|own| own.step).collect();
/// assert_eq!(days, [0, 75]);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub(super) n: u32,
    pub(super) events: Option<u32>,
    pub(super) median: Option<Printed>,
    pub(super) lower: Option<Printed>,
    pub(super) upper: Option<Printed>,
    pub(super) rates: Vec<Rate>,
    pub(super) follow_up: Option<(FollowUpKind, Printed)>,
    pub(super) first: Option<Printed>,
    pub(super) last: Option<Printed>,
    /// Nobody is censored before.
    pub(super) min_follow_up: Option<f64>,
    pub(super) grid: Option<Grid>,
    pub(super) rules: Rules,
}

/// A printed survival rate at a time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rate {
    pub(super) time: f64,
    pub(super) printed: PrintedEstimate,
}

impl Rate {
    /// 100 where the numbers are percentages, 1 where they are fractions.
    pub(super) fn scale(&self) -> f64 {
        if self.printed.is_percentage() { 100.0 } else { 1.0 }
    }
}

/// What a printed median follow-up is the median of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpKind {
    /// The reverse Kaplan–Meier estimate.
    Reverse,
    /// The times of those without the event.
    Survivors,
    /// All times.
    Plain,
}

/// The conventions in use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rules {
    pub(super) conf_type: ConfType,
    pub(super) conf_level: f64,
    pub(super) median_rule: MedianRule,
    pub(super) median_interval: MedianInterval,
    pub(super) follow_up: FollowUpRule,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            conf_type: ConfType::default(),
            conf_level: 0.95,
            median_rule: MedianRule::default(),
            median_interval: MedianInterval::default(),
            follow_up: FollowUpRule::default(),
        }
    }
}

impl Rules {
    /// The estimator that follows them.
    pub(super) fn kaplan_meier(&self) -> KaplanMeier {
        KaplanMeier::default()
            .conf_type(self.conf_type)
            .conf_level(self.conf_level)
            .median_rule(self.median_rule)
            .median_interval(self.median_interval)
            .follow_up_rule(self.follow_up)
    }

    pub(super) fn is_spss(&self) -> bool {
        self.median_interval == MedianInterval::Spss
    }

    /// The interval of a median: `log-log limits`.
    pub(super) fn limits(&self) -> String {
        match self.is_spss() {
            true => "SPSS's limits (median \u{b1} 1.96 SE)".to_owned(),
            false => format!("{} limits", self.conf_type.name()),
        }
    }

    /// The same with every other interval that can be searched for, the rest as it is.
    pub(super) fn others(self) -> impl Iterator<Item = Self> {
        let of_curve = ConfType::ALL.into_iter().filter(|own| *own != ConfType::Bpcp);
        let of_curve = of_curve.map(move |conf_type| Self {
            conf_type,
            median_interval: MedianInterval::BrookmeyerCrowley,
            ..self
        });
        let spss = (self.median_rule == MedianRule::FirstAtOrBelow)
            .then_some(Self { median_interval: MedianInterval::Spss, ..self });
        of_curve.chain(spss).filter(move |own| own.limits() != self.limits())
    }
}

impl Summary {
    /// Of so many patients.
    pub fn new(n: u32) -> Self {
        Self {
            n,
            events: None,
            median: None,
            lower: None,
            upper: None,
            rates: Vec::new(),
            follow_up: None,
            first: None,
            last: None,
            min_follow_up: None,
            grid: None,
            rules: Rules::default(),
        }
    }

    /// Number of events.
    pub fn events(self, events: u32) -> Self {
        Self { events: Some(events), ..self }
    }

    /// Median time; `NR` where it was not reached.
    pub fn median(self, median: Printed) -> Self {
        Self { median: Some(median), ..self }
    }

    /// Limits of the median, `NR` where not reached.
    pub fn limits(self, lower: Printed, upper: Printed) -> Self {
        Self { lower: Some(lower), upper: Some(upper), ..self }
    }

    /// A median with the limits printed beside it.
    pub fn median_estimate(self, printed: &PrintedEstimate) -> Self {
        let own = self.median(printed.estimate.clone());
        match printed.limits.clone() {
            Some((lower, upper)) => own.limits(lower, upper),
            None => own,
        }
    }

    /// Survival at a time, with or without limits; in percent where a percent sign or a number
    /// above 1 stands, else a fraction.
    pub fn rate(mut self, time: f64, printed: PrintedEstimate) -> Self {
        self.rates.push(Rate { time, printed });
        self
    }

    /// Median follow-up and what it is the median of.
    pub fn follow_up(self, kind: FollowUpKind, median: Printed) -> Self {
        Self { follow_up: Some((kind, median)), ..self }
    }

    /// The shortest time of all patients.
    pub fn min_time(self, first: Printed) -> Self {
        Self { first: Some(first), ..self }
    }

    /// The longest time of all patients.
    pub fn max_time(self, last: Printed) -> Self {
        Self { last: Some(last), ..self }
    }

    /// The shortest follow-up: nobody is censored before.
    pub fn min_follow_up(self, time: f64) -> Self {
        Self { min_follow_up: Some(time), ..self }
    }

    /// Times are whole steps of a grid, such as days. Without it they are as good as continuous.
    pub fn grid(self, grid: Grid) -> Self {
        Self { grid: Some(grid), ..self }
    }

    /// The scale of the pointwise intervals.
    pub fn conf_type(mut self, conf_type: ConfType) -> Self {
        self.rules.conf_type = conf_type;
        self
    }

    /// The confidence level.
    pub fn conf_level(mut self, conf_level: f64) -> Self {
        self.rules.conf_level = conf_level;
        self
    }

    /// Which time is the median when a step of the curve lies on one half.
    pub fn median_rule(mut self, rule: MedianRule) -> Self {
        self.rules.median_rule = rule;
        self
    }

    /// How the interval of the median is found. SPSS's goes with
    /// [`MedianRule::FirstAtOrBelow`].
    pub fn median_interval(mut self, interval: MedianInterval) -> Self {
        self.rules.median_interval = interval;
        self
    }

    /// All conventions of a package.
    pub fn conventions(mut self, conventions: &Conventions) -> Self {
        self.rules = Rules {
            conf_type: conventions.conf_type.unwrap_or_default(),
            conf_level: self.rules.conf_level,
            median_rule: conventions.median_rule,
            median_interval: conventions.median_interval,
            follow_up: conventions.follow_up,
        };
        self
    }

    /// By which rules its limits and medians are judged, in words.
    pub fn conventions_in_words(&self) -> String {
        let Rules { conf_level, median_rule, .. } = self.rules;
        let limits = self.rules.limits();
        format!("{limits}, level {conf_level}, median {}", median_rule.name())
    }

    /// Every printed time.
    pub(super) fn times(&self) -> Vec<&Printed> {
        let follow_up = self.follow_up.as_ref().map(|(_, own)| own);
        let all = [&self.median, &self.lower, &self.upper, &self.first, &self.last];
        all.into_iter().flatten().chain(follow_up).collect()
    }

    /// The most decimals of any printed time.
    pub(super) fn decimals(&self) -> u8 {
        let finite = self.times().into_iter().filter(|own| !own.is_not_reached());
        finite.map(Printed::decimals).max().unwrap_or(0)
    }

    /// The grid in use.
    pub(super) fn own_grid(&self) -> Grid {
        self.grid.unwrap_or_else(|| Grid::fine(self.decimals()))
    }

    /// Refuses what no search can be about.
    pub(super) fn check(&self) -> Result<()> {
        if self.n == 0 || self.n > 5000 {
            let n = self.n;
            return Err(Error::option(format!("n {n}: give from 1 to 5000 patients")));
        }
        if !(self.rules.conf_level > 0.0 && self.rules.conf_level < 1.0) {
            let level = self.rules.conf_level;
            return Err(Error::option(format!("confidence level {level}: between 0 and 1")));
        }
        if self.rules.conf_type == ConfType::Bpcp {
            return Err(Error::option("beta product intervals cannot be searched for"));
        }
        if self.rules.is_spss() && self.rules.median_rule != MedianRule::FirstAtOrBelow {
            return Err(Error::option("SPSS's interval goes with the median rule inf"));
        }
        if let Some(time) = self.min_follow_up.filter(|own| !(own.is_finite() && *own >= 0.0)) {
            return Err(Error::option(format!("shortest follow-up {time}: give 0 or more")));
        }
        self.rates.iter().try_for_each(check_rate)
    }
}

fn check_rate(rate: &Rate) -> Result<()> {
    if !(rate.time.is_finite() && rate.time >= 0.0) {
        return Err(Error::option(format!("a rate at {}: give a time of 0 or more", rate.time)));
    }
    if rate.printed.estimate.is_not_reached() {
        let text = rate.printed.text();
        return Err(Error::option(format!("rate {text:?}: leave out a rate that is not known")));
    }
    Ok(())
}
