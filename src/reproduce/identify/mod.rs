//! Which conventions make a printed number from given data.
//!
//! Packages answer small questions differently (see [`convention`](crate::convention)), and a paper
//! seldom says which answers made its numbers. [`Identify`] computes a statistic in every way that is
//! known here – interval, rule of the median, divisor of days, ties, test – and keeps those that give
//! every printed digit. How much a match is worth is told by how often other data of that size print
//! the same digits in the same way: see [`Match::chance`].

mod chance;
mod choice;
mod compute;
mod rounding;

use serde::Serialize;

pub use choice::{Choice, DIVISORS, Divisor};
pub use rounding::Rounding;

use crate::cohort::{Cohort, Design};
use crate::convention::Dialect;
use crate::error::{Error, Result};
use crate::published::PrintedEstimate;
use chance::Chances;
use compute::{Fit, Values};

/// Nearest misses that are told.
const NEAREST: usize = 5;

/// What kind of statistic was printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The time by which this fraction has failed; 0.5 is the median.
    Quantile(f64),
    /// The share still free of the event at a time in printed units.
    Rate(f64),
    /// A hazard ratio of a Cox model.
    HazardRatio,
    /// The p of a comparison of groups.
    P,
}

/// A printed number, and how to look for what made it.
#[derive(Debug, Clone)]
pub struct Identify {
    published: PrintedEstimate,
    statistic: Statistic,
    conf_level: f64,
    draws: u64,
    seed: u64,
}

/// A way that gives every printed digit, or comes close.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// The conventions.
    #[serde(flatten)]
    pub choice: Choice,
    /// The roundings that print it so; none for a miss.
    pub rounding: Vec<Rounding>,
    /// Packages that do so by default.
    pub dialects: Vec<Dialect>,
    /// What is printed.
    pub computed: String,
    /// The estimate, in printed units.
    pub estimate: Option<f64>,
    /// The lower limit.
    pub lower: Option<f64>,
    /// The upper limit.
    pub upper: Option<f64>,
    /// The share of other data of that size that print the same digits in the same way; none for a
    /// miss.
    pub chance: Option<f64>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Identified {
    /// The ways that give every printed digit.
    pub matches: Vec<Match>,
    /// The nearest of the others, when there is none.
    pub nearest: Vec<Match>,
    /// Ways that were tried, roundings counted.
    pub tried: usize,
    /// The share of other data of that size that print these digits in some way and in some group;
    /// for hazard ratios, in some way that shares its fit with a match.
    pub chance_of_any: f64,
}

impl Identify {
    /// Looks for what made this.
    pub fn new(published: PrintedEstimate, statistic: Statistic) -> Self {
        Self { published, statistic, conf_level: 0.95, draws: 1000, seed: 1 }
    }

    /// The confidence level of the printed interval.
    pub fn conf_level(self, conf_level: f64) -> Self {
        Self { conf_level, ..self }
    }

    /// Other data to draw, and their seed.
    pub fn draws(self, draws: u64, seed: u64) -> Self {
        Self { draws, seed, ..self }
    }

    /// The printed number.
    pub fn published(&self) -> &PrintedEstimate {
        &self.published
    }

    /// Tries every way, for curves in each group and for models with each coefficient.
    ///
    /// # Errors
    /// A quantile that is no fraction; a hazard ratio without a design, or a p with one group.
    pub fn run(&self, cohort: &Cohort, design: Option<&Design>) -> Result<Identified> {
        match self.statistic {
            Statistic::Quantile(p) if !(p > 0.0 && p < 1.0) => {
                return Err(Error::option(format!(
                    "quantile {p}: give a fraction between 0 and 1"
                )));
            }
            Statistic::HazardRatio if design.is_none_or(|own| own.n_columns() == 0) => {
                return Err(Error::option("a hazard ratio needs a covariate after the ~"));
            }
            Statistic::P if cohort.groups().len() < 2 => {
                return Err(Error::option("a p needs groups to compare after the ~"));
            }
            _ => {}
        }
        let parts = compute::parts(self.statistic, cohort, design)?;
        let mut found =
            Identified { matches: Vec::new(), nearest: Vec::new(), tried: 0, chance_of_any: 0.0 };
        let mut misses: Vec<(f64, Match)> = Vec::new();
        let mut any = vec![false; usize::try_from(self.draws).unwrap_or(0)];
        for (at, part) in parts.iter().enumerate() {
            let ways = compute::ways(self, part);
            let first = found.matches.len();
            for (way, computed) in &ways {
                found.tried += Rounding::ALL.len();
                let Some(values) = computed.values else { continue };
                let made = self.as_match(way, &computed.choice, values);
                match made.rounding.is_empty() {
                    false => found.matches.push(made),
                    true => misses.push((self.distance(values), made)),
                }
            }
            let matched: Vec<_> =
                ways.iter().enumerate().filter(|(_, (_, own))| self.prints(own.values)).collect();
            let fits: Vec<Fit> = matched.iter().map(|(_, (fit, _))| *fit).collect();
            let chances = Chances::draw(self, part, at as u64, &fits);
            for (made, (way, _)) in found.matches[first..].iter_mut().zip(matched) {
                made.chance = Some(chances.share(way));
            }
            any.iter_mut().zip(chances.any()).for_each(|(any, own)| *any |= own);
        }
        let hits = any.iter().filter(|own| **own).count();
        found.chance_of_any = hits as f64 / any.len().max(1) as f64;
        if found.matches.is_empty() {
            misses.sort_by(|a, b| a.0.total_cmp(&b.0));
            found.nearest = misses.into_iter().map(|(_, made)| made).take(NEAREST).collect();
        }
        Ok(found)
    }

    fn as_match(&self, fit: &Fit, choice: &Choice, values: Values) -> Match {
        let prints = |rounding: &Rounding| rounding.prints_estimate(&self.published, values);
        let rounding: Vec<Rounding> = Rounding::ALL.into_iter().filter(prints).collect();
        let [estimate, lower, upper] = values;
        Match {
            choice: choice.clone(),
            dialects: fit.dialects(),
            computed: self.published.print_like(estimate, lower, upper),
            rounding,
            estimate,
            lower,
            upper,
            chance: None,
        }
    }

    /// Whether some rounding prints what was published.
    fn prints(&self, values: Option<Values>) -> bool {
        let Some(values) = values else { return false };
        Rounding::ALL.iter().any(|rounding| rounding.prints_estimate(&self.published, values))
    }

    /// Printed units between what is computed and what is printed.
    fn distance(&self, values: Values) -> f64 {
        const NOT_REACHED: f64 = 1e6;
        let published = &self.published;
        let printed = [Some(&published.estimate), published.lower(), published.upper()];
        let apart = printed.into_iter().zip(values).map(|(printed, value)| match printed {
            None => 0.0,
            Some(printed) if printed.matches(value) => 0.0,
            Some(printed) => match printed.number().zip(value) {
                Some((printed_value, value)) => {
                    (value - printed_value).abs() / (2.0 * printed.half_unit())
                }
                None => NOT_REACHED,
            },
        });
        apart.sum()
    }
}

#[cfg(test)]
mod tests;
