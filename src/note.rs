//! Findings that do not stop an analysis but that its reader must know.

use std::fmt;

/// A non-fatal finding; every result carries its own.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// Rows were left out because a variable in use is missing.
    Missing {
        /// The variable, as written in the formula.
        variable: String,
        /// How many rows.
        rows: usize,
    },
    /// Rows were left out because an endpoint has no time in them.
    NoTime {
        /// The endpoint.
        endpoint: String,
        /// How many rows.
        rows: usize,
        /// Why.
        reason: String,
    },
    /// Rows were left out by a condition.
    Filtered {
        /// The condition as written.
        condition: String,
        /// How many rows.
        rows: usize,
    },
    /// Computed times closer than 1e-9 (relative) were taken as equal.
    MergedTimes {
        /// How many distinct values were merged into an earlier one.
        merged: usize,
    },
    /// A note on rows of all levels together, in what is said of one of them.
    OfAllLevels(Box<Note>),
    /// Subjects whose follow-up ended by the landmark were left out.
    Landmark {
        /// The landmark.
        time: f64,
        /// How many rows.
        rows: usize,
    },
    /// Rows with time zero were left out by the dialect's rule.
    TimeZero {
        /// How many rows.
        rows: usize,
        /// Whose rule it is.
        dialect: &'static str,
    },
    /// A group in which nobody had the event.
    NoEvents {
        /// The group.
        group: String,
    },
    /// S equals the quantile's level on the curve's last step, which ends in a censoring: any later
    /// time would do, and the step's start is reported.
    QuantileUnidentified {
        /// The group.
        group: String,
        /// The fraction failed.
        p: f64,
        /// The start of the step.
        time: f64,
    },
    /// With delayed entry the risk set became empty before the end, so S stays at 0.
    RiskSetEmptied {
        /// The group.
        group: String,
        /// When.
        time: f64,
    },
    /// A time asked for lies beyond the last follow-up.
    BeyondFollowUp {
        /// The group.
        group: String,
        /// The time asked for.
        time: f64,
        /// The last follow-up.
        last: f64,
    },
    /// The reverse Kaplan–Meier median depends on who goes first at equal times.
    FollowUpTies {
        /// The group.
        group: String,
        /// Events first: the default here.
        events_first: Option<f64>,
        /// By the recipe `survfit(Surv(time, 1 - status))`.
        recipe: Option<f64>,
    },
    /// No test was made.
    NoTest {
        /// Why.
        reason: String,
    },
    /// The events are separated: some coefficients have no finite estimate.
    Separation {
        /// Which.
        coefficients: Vec<String>,
        /// Whether they have a limit and a p, by the profile likelihood: not with sampling weights
        /// or clusters.
        profiled: bool,
    },
    /// A column is nearly a combination of others.
    NearlyAliased {
        /// Its coefficient.
        coefficient: String,
        /// The others.
        with: Vec<String>,
        /// The share of its variance that they leave.
        left: f64,
    },
    /// Fewer than ten events a coefficient.
    FewEvents {
        /// Events.
        events: f64,
        /// Coefficients.
        coefficients: usize,
    },
    /// Rows are no patients: a column `origin` says `pseudo`.
    PseudoCohort,
    /// Anything else worth a sentence.
    Remark(String),
}

/// How a note begins that no option removes.
pub const BANNER: &str = "PSEUDO-COHORT \u{2013} NOT PATIENTS.";

impl Note {
    /// How many rows it says were left out, and why.
    pub fn left_out(&self) -> Option<(usize, String)> {
        match self.core() {
            Self::Missing { variable, rows } => Some((*rows, format!("{variable} is missing"))),
            Self::Filtered { condition, rows } => Some((*rows, format!("not {condition}"))),
            Self::Landmark { time, rows } => Some((*rows, format!("not followed beyond {time}"))),
            Self::TimeZero { rows, .. } => Some((*rows, "time 0".to_owned())),
            _ => None,
        }
    }

    /// The note itself, be it of all levels or not.
    pub fn core(&self) -> &Self {
        match self {
            Self::OfAllLevels(own) => own,
            own => own,
        }
    }

    /// The same, said where one level of several is told: what counts rows says of which.
    pub fn of_all_levels(self) -> Self {
        let counts = matches!(self, Self::NoTime { .. } | Self::MergedTimes { .. });
        let wrapped = matches!(self, Self::OfAllLevels(_));
        let counts = counts || (self.left_out().is_some() && !wrapped);
        if counts { Self::OfAllLevels(Box::new(self)) } else { self }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { variable, rows } => {
                write!(f, "{} left out: {variable} is missing", count(*rows, "row"))
            }
            Self::NoTime { endpoint, rows, reason } => {
                let have = if *rows == 1 { "has" } else { "have" };
                write!(f, "{endpoint}: {} {have} no time: {reason}", count(*rows, "row"))
            }
            Self::Filtered { condition, rows } => {
                write!(f, "{} left out by the condition {condition}", count(*rows, "row"))
            }
            Self::MergedTimes { merged } => write!(
                f,
                "{} within 1e-9 (relative) of an earlier one taken as equal to it",
                count(*merged, "computed time")
            ),
            Self::Landmark { time, rows } => write!(
                f,
                "landmark {time}: {} whose follow-up ended by then left out; times run from the landmark",
                count(*rows, "row")
            ),
            Self::TimeZero { rows, dialect } => {
                write!(f, "{} with time 0 left out, as {dialect} does", count(*rows, "row"))
            }
            Self::NoEvents { group } => write!(f, "{group}: no events"),
            Self::QuantileUnidentified { group, p, time } => write!(
                f,
                "{group}: survival is exactly {} from {time} to the end of follow-up, so that \
                 quantile is not identified; the start of the step is given",
                1.0 - p
            ),
            Self::RiskSetEmptied { group, time } => write!(
                f,
                "{group}: with delayed entry the risk set is empty after {time}, and the estimate \
                 stays at 0 from there on"
            ),
            Self::BeyondFollowUp { group, time, last } => write!(
                f,
                "{group}: {time} lies beyond the last follow-up at {last}; not estimated there"
            ),
            Self::FollowUpTies { group, events_first, recipe } => write!(
                f,
                "{group}: median follow-up is {} with events before censorings at equal times, {} \
                 by the recipe that ignores the order",
                reached(*events_first),
                reached(*recipe)
            ),
            Self::NoTest { reason } => write!(f, "no test: {reason}"),
            Self::Separation { coefficients, profiled } => write!(
                f,
                "{}: the events are separated, so there is no finite estimate and no standard \
                 error; {}",
                coefficients.join(", "),
                match profiled {
                    true =>
                        "limit and p are those of the profile likelihood (cox --firth gives finite \
                         estimates)",
                    false =>
                        "nor is there a limit or p, as with sampling weights or clusters the profile \
                         likelihood has no chi-squared distribution",
                }
            ),
            Self::NearlyAliased { coefficient, with, left } => write!(
                f,
                "{coefficient} is nearly a combination of {}: they leave {left:.1e} of its variance",
                with.join(", ")
            ),
            Self::FewEvents { events, coefficients } => write!(
                f,
                "{events} events for {}: fewer than 10 each",
                count(*coefficients, "coefficient")
            ),
            Self::PseudoCohort => write!(
                f,
                "{BANNER} These rows were built to agree with printed figures or a published curve; \
                 only what they were built from is supported. Not for subgroup, interaction, \
                 meta-analysis or external-control use; agreement does not validate the paper."
            ),
            Self::OfAllLevels(own) => write!(f, "of all levels together: {own}"),
            Self::Remark(text) => f.write_str(text),
        }
    }
}

fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

fn reached(time: Option<f64>) -> String {
    time.map_or_else(|| "not reached".to_owned(), |time| time.to_string())
}
