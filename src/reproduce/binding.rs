//! Which figures rows that are no patients were made to agree with, in whatever form.
//!
//! Fitting a number and finding it again is no reproduction; nor is finding what follows from the
//! numbers fitted. A figure is bound by its statistic and its number, not by the text it is printed as.

use super::argue::key;
use super::check::{joint_wald_p, overlap, wald_range};
use super::compute::Data;
use super::study::{Figure, Statistic, Study};
use super::verdict::Origin;
use crate::published::{Printed, PrintedEstimate};

/// How rows hang on a figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Binding {
    /// Not at all.
    Free,
    /// They were made to agree with it.
    Bound,
    /// They have it by what they were made to agree with, which is named.
    Implied(String),
}

/// A printed number that a reconstruction from curves was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    /// The arm that it is of; none for all arms together, or the only one.
    pub arm: Option<String>,
    /// What it is.
    pub what: Given,
    /// As it was given.
    pub printed: PrintedEstimate,
}

/// What a reconstruction from curves can be given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given {
    /// Patients.
    N,
    /// Events.
    Events,
    /// Patients at risk at a time.
    AtRisk,
    /// The median.
    Median,
    /// Survival at a time.
    Rate(f64),
    /// A hazard ratio.
    HazardRatio,
    /// p of the log-rank test.
    LogRankP,
}

impl Study {
    /// How the rows hang on a figure.
    pub(super) fn binding(&self, figure: &Figure, data: &Data<'_>) -> Binding {
        if self.origin() == Origin::Individual || figure.not_run.is_some() {
            return Binding::Free;
        }
        if self.is_constraint(figure) {
            return Binding::Bound;
        }
        let implied = match self.origin() {
            Origin::Reconstructed => self.given(figure),
            _ => self.again(figure).or_else(|| self.in_counts(figure)),
        };
        implied.or_else(|| self.in_ratio(figure, data)).map_or(Binding::Free, Binding::Implied)
    }

    /// A number that the curves' file gives.
    fn given(&self, figure: &Figure) -> Option<String> {
        let condition = figure.rows.as_ref().map(ToString::to_string).unwrap_or_default();
        // Who is not in one arm may be in any other.
        let names =
            |arm: &String| condition.contains('!') || condition.contains(&format!("{arm:?}"));
        let of_one = self.used().iter().any(|own| own.arm.as_ref().is_some_and(names));
        let own = self.used().iter().find(|own| {
            // A comparison is of all arms, whatever else the figure is about.
            let here = match &own.arm {
                Some(arm) => names(arm),
                None => !of_one || own.what.compares(),
            };
            here && own.is_in(figure)
        })?;
        let arm = own.arm.as_ref().map_or_else(String::new, |arm| format!(" for {arm}"));
        Some(format!("the curves' file gives {}{arm}: {}", own.what.words(), own.printed))
    }

    /// A statistic to which the rows are bound by another figure.
    fn again(&self, figure: &Figure) -> Option<String> {
        let same = |other: &&Figure| {
            other.id != figure.id
                && self.is_constraint(other)
                && (key(figure).is_some_and(|own| key(other) == Some(own))
                    || coefficient(figure).is_some_and(|own| coefficient(other) == Some(own)))
        };
        let other = self.figures().iter().find(same)?;
        let reduction = match figure.statistic {
            Some(Statistic::RiskReduction { .. }) => "100\u{b7}(1 - hazard ratio) of ",
            _ => "",
        };
        Some(format!(
            "{reduction}{} ({}), to which the pseudo-cohort is bound",
            other.id,
            other.published.text()
        ))
    }

    /// A number that is settled before the search: rows, labels, events of a clock.
    fn in_counts(&self, figure: &Figure) -> Option<String> {
        let rows = figure.rows.as_ref();
        let block = figure.block.as_deref();
        match figure.statistic.as_ref()? {
            Statistic::Count(counted) => {
                let conditions: Vec<_> = rows.into_iter().chain([counted]).collect();
                self.settled(block, &conditions)
            }
            Statistic::Rows(endpoint) => self.settled_rows(block, endpoint, rows),
            Statistic::Events(endpoint) if rows.is_none() => self.settled_events(block, endpoint),
            Statistic::ModelRows(model) => self.settled_model(*model),
            _ => None,
        }
    }

    /// A p that is a function of ratios and limits to which the rows are bound.
    fn in_ratio(&self, figure: &Figure, data: &Data<'_>) -> Option<String> {
        let Some(Statistic::TermP { model, term, level, likelihood_ratio: false, .. }) =
            &figure.statistic
        else {
            return self.used_ratio(figure);
        };
        let bound = self.ratios_of(figure).into_iter().filter(|own| self.is_constraint(own.figure));
        let least = |own: &super::argue::Ratio<'_>| own.range.chi_squared.0;
        let own = bound.max_by(|a, b| least(a).total_cmp(&least(b)));
        let Some(own) = own else { return self.used_ratio(figure) };
        let by =
            format!("{} ({}), to which the pseudo-cohort is bound", own.figure.id, own.printed);
        let df = figure.df.or_else(|| data.df(*model, term));
        match (level, df) {
            (None, Some(df)) if df > 1 => {
                let most = joint_wald_p(least(&own), df);
                let all = figure.published.estimate()?.estimate.bounds()?;
                let implied = all.0 <= 0.0 && most < all.1;
                implied.then(|| format!("{by}: on {df} degrees of freedom p is at most {most:.2e}"))
            }
            _ => {
                let (low, high) = own.range.p(1);
                Some(format!(
                    "{by}: p is a function of these, here between {low:.2e} and {high:.2e}"
                ))
            }
        }
    }

    /// A p of a coefficient whose ratio and limits the curves' file gives.
    fn used_ratio(&self, figure: &Figure) -> Option<String> {
        let Some(Statistic::TermP { likelihood_ratio: false, .. }) = &figure.statistic else {
            return None;
        };
        let printed = figure.published.estimate()?.estimate.bounds()?;
        self.used().iter().filter(|own| own.what == Given::HazardRatio).find_map(|own| {
            let limits = own.printed.limits.as_ref()?;
            let range =
                wald_range(&own.printed.estimate, (&limits.0, &limits.1), self.conf_level())?;
            overlap(range.p(1), printed).then(|| {
                format!("the curves' file gives hr {}, of which p is a function", own.printed)
            })
        })
    }
}

/// The coefficient that a figure prints, as a ratio or as a reduction.
fn coefficient(figure: &Figure) -> Option<(usize, &str, Option<&str>)> {
    match figure.statistic.as_ref()? {
        Statistic::HazardRatio { model, term, level }
        | Statistic::RiskReduction { model, term, level } => Some((*model, term, level.as_deref())),
        _ => None,
    }
}

impl Given {
    fn words(self) -> String {
        match self {
            Self::N => "n".to_owned(),
            Self::Events => "events".to_owned(),
            Self::AtRisk => "a number at risk".to_owned(),
            Self::Median => "the median".to_owned(),
            Self::Rate(at) => format!("the rate at {at}"),
            Self::HazardRatio => "hr".to_owned(),
            Self::LogRankP => "p".to_owned(),
        }
    }

    /// Whether it compares arms.
    fn compares(self) -> bool {
        matches!(self, Self::HazardRatio | Self::LogRankP)
    }
}

impl Used {
    /// Whether a figure is this number, in whatever form.
    fn is_in(&self, figure: &Figure) -> bool {
        let (Some(statistic), Some(published)) = (&figure.statistic, first(figure)) else {
            return false;
        };
        let given = self.printed.estimate.bounds();
        match (self.what, statistic) {
            (Given::N, Statistic::Rows(_) | Statistic::ModelRows(_) | Statistic::Count(_))
            | (Given::Events, Statistic::Events(_) | Statistic::Count(_))
            | (Given::AtRisk, Statistic::Rows(_) | Statistic::Count(_))
            | (Given::Median, Statistic::Median(_))
            | (Given::LogRankP, Statistic::LogRankP(_) | Statistic::TermP { .. }) => {
                alike(given, published.bounds())
            }
            (Given::Rate(time), Statistic::Rate { at, scale, .. }) => {
                let own = if self.printed.is_percentage() { 100.0 } else { 1.0 };
                let part =
                    |own: Option<(f64, f64)>, all: f64| own.map(|own| (own.0 / all, own.1 / all));
                (time - at).abs() < 1e-9
                    && alike(part(given, own), part(published.bounds(), *scale))
            }
            (Given::HazardRatio, Statistic::HazardRatio { .. }) => {
                let printed = published.bounds();
                alike(given, printed) || alike(inverse(given), printed)
            }
            (Given::HazardRatio, Statistic::RiskReduction { .. }) => {
                let reduction = |own: Option<(f64, f64)>| {
                    own.map(|own| (100.0 * (1.0 - own.1), 100.0 * (1.0 - own.0)))
                };
                let printed = published.bounds();
                alike(reduction(given), printed) || alike(reduction(inverse(given)), printed)
            }
            _ => false,
        }
    }
}

/// The number that a figure is about.
fn first(figure: &Figure) -> Option<&Printed> {
    super::argue::numbers(&figure.published)[0]
}

/// Whether a value prints as both; what was not reached is alike.
fn alike(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => overlap(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The same ratio the other way round.
fn inverse(own: Option<(f64, f64)>) -> Option<(f64, f64)> {
    own.map(|own| (1.0 / own.1, 1.0 / own.0.max(f64::MIN_POSITIVE)))
}
