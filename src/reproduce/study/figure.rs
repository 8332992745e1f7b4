//! A figure that a study printed.

use super::model::Model;
use crate::error::Result;
use crate::formula::{Expr, Formula};
use crate::plan::Plan;
use crate::plan::section::{Item, Place, Section};
use crate::published::{Printed, PrintedEstimate};

/// A printed figure and how it is recomputed.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name, one of a kind.
    pub id: String,
    /// The line of the file where it begins.
    pub line: u64,
    /// Where it stands in the paper.
    pub place: Option<String>,
    /// What was printed.
    pub published: Published,
    /// How it is recomputed; none for one that is not.
    pub statistic: Option<Statistic>,
    /// The rows that it is about; none for all.
    pub rows: Option<Expr>,
    /// The block of a pseudo-cohort that it is about.
    pub block: Option<String>,
    /// Patients, where the paper prints another number than the group has.
    pub n: Option<u32>,
    /// Degrees of freedom of a test of a factor.
    pub df: Option<usize>,
    /// The figures that print the factor's contrasts, by name.
    pub contrasts: Vec<String>,
    /// Whether a reconstruction is bound to it, where the file says so.
    pub constraint: Option<bool>,
    /// Whether its groups are made by what happened after the origin.
    pub after_origin: bool,
    /// Why it is not recomputed.
    pub not_run: Option<String>,
    /// What a reader shall know.
    pub note: Option<String>,
}

/// What was printed.
#[derive(Debug, Clone, PartialEq)]
pub enum Published {
    /// A number with or without limits.
    Estimate(PrintedEstimate),
    /// A count with its percentage, `5 (35.7)`.
    Share {
        /// As printed.
        text: String,
        /// The count.
        count: Printed,
        /// The percentage.
        percent: Printed,
    },
}

/// How a figure is recomputed.
#[derive(Debug, Clone)]
pub enum Statistic {
    /// The median of an endpoint (`OS ~ 1`) with its interval.
    Median(Formula),
    /// Survival at a time.
    Rate {
        /// The endpoint.
        endpoint: Formula,
        /// The time, in its unit.
        at: f64,
        /// What 1 is printed as: 100 for percent.
        scale: f64,
    },
    /// A hazard ratio of a model, with its interval.
    HazardRatio {
        /// The model, by its place among the study's.
        model: usize,
        /// The term as written.
        term: String,
        /// The level of a categorical term.
        level: Option<String>,
    },
    /// 100·(1 − hazard ratio), the reduction in percent, with its interval.
    RiskReduction {
        /// The model, by its place among the study's.
        model: usize,
        /// The term as written.
        term: String,
        /// The level of a categorical term.
        level: Option<String>,
    },
    /// p of a coefficient or, without a level, of a term as a whole.
    TermP {
        /// The model, by its place among the study's.
        model: usize,
        /// The term as written.
        term: String,
        /// The level of a categorical term.
        level: Option<String>,
        /// Whether by the likelihood ratio, not Wald's test.
        likelihood_ratio: bool,
        /// Whether the file names the test.
        named: bool,
    },
    /// p of the log-rank test between groups.
    LogRankP(Formula),
    /// Follow-up.
    FollowUp {
        /// The endpoint.
        endpoint: Formula,
        /// How.
        method: FollowUpMethod,
    },
    /// Rows of a model that are analysed.
    ModelRows(usize),
    /// Rows with follow-up.
    Rows(Formula),
    /// Events.
    Events(Formula),
    /// Rows for which a condition is true, among those that the figure is about.
    Count(Expr),
    /// Whether all printed medians can come from times that are multiples of a step.
    Lattice {
        /// The step, in the unit of the medians.
        step: f64,
    },
}

/// How follow-up is summarised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpMethod {
    /// Reverse Kaplan–Meier.
    Reverse,
    /// Median and range of all times.
    Observed,
    /// Median and range of the censored times.
    Survivors,
}

impl FollowUpMethod {
    const ALL: [Self; 3] = [Self::Reverse, Self::Observed, Self::Survivors];

    /// Its name in a study file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reverse => "reverse",
            Self::Observed => "observed",
            Self::Survivors => "survivors",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reverse => "reverse Kaplan–Meier",
            Self::Observed => "median and range of all times",
            Self::Survivors => "median and range of the censored times",
        }
    }
}

impl Published {
    /// As it was printed.
    pub fn text(&self) -> &str {
        match self {
            Self::Estimate(own) => own.text(),
            Self::Share { text, .. } => text,
        }
    }

    /// The estimate, where it is one.
    pub fn estimate(&self) -> Option<&PrintedEstimate> {
        match self {
            Self::Estimate(own) => Some(own),
            Self::Share { .. } => None,
        }
    }
}

const STATISTICS: &str = "one of median, rate, hazard_ratio, risk_reduction, p, log_rank_p, \
                          follow_up, n, events, count, lattice";

/// A figure being read.
struct Reading<'s, 'i> {
    section: &'s mut Section<'i>,
    plan: &'s Plan,
    models: &'s [Model],
}

impl Figure {
    pub(super) fn parse(mut section: Section<'_>, plan: &Plan, models: &[Model]) -> Result<Self> {
        const ID: &str = "its name, as id = \"os-median\"";
        const PUBLISHED: &str = "what was printed, as published = \"21.8 (17.2-26.3)\"";
        let line = section.place().error("").line;
        let id = section.need("id", ID)?.text()?;
        let published = section.need("published", PUBLISHED)?;
        let printed_at = published.place().clone();
        let published = published.text()?;
        let place = section.take("place").map(Item::text).transpose()?;
        let rows = section.take("where").map(Item::expr).transpose()?;
        let block = section.take("block").map(Item::text).transpose()?;
        let constraint = section.take("constraint").map(Item::flag).transpose()?;
        let after_origin = section.take("after_origin").map(Item::flag).transpose()?;
        let not_run = section.take("not_run").map(Item::text).transpose()?;
        let note = section.take("note").map(Item::text).transpose()?;
        let n = section.take("n").map(whole).transpose()?;
        let df = section.take("df").map(whole).transpose()?.map(|own| own as usize);
        let contrasts = section.take("contrasts").map(Item::texts).transpose()?;
        let statistic = Reading { section: &mut section, plan, models }.statistic()?;
        if statistic.is_none() && not_run.is_none() {
            section.need("statistic", STATISTICS)?;
        }
        section.finish()?;
        let published = printed(&published, statistic.as_ref(), &printed_at)?;
        let statistic = statistic.map(|own| own.scaled(&published));
        let block = block.or_else(|| match &statistic {
            Some(own) => own.model().and_then(|at| models[at].block.clone()),
            None => None,
        });
        Ok(Self {
            id,
            line,
            place,
            published,
            statistic,
            rows,
            block,
            n,
            df,
            contrasts: contrasts.unwrap_or_default(),
            constraint,
            after_origin: after_origin.unwrap_or(false),
            not_run,
            note,
        })
    }
}

fn whole(item: Item<'_>) -> Result<u32> {
    let place = item.place().clone();
    let number = item.positive()?;
    if number.fract() != 0.0 || number > 1e9 {
        return Err(place.error("must be a whole number").into());
    }
    Ok(number as u32)
}

fn printed(text: &str, statistic: Option<&Statistic>, place: &Place) -> Result<Published> {
    let share = matches!(statistic, Some(Statistic::Count(_))) && text.contains('(');
    let read = || -> Result<Published> {
        if !share {
            return Ok(Published::Estimate(PrintedEstimate::parse(text)?));
        }
        let (count, percent) = text.split_once('(').unwrap_or((text, ""));
        Ok(Published::Share {
            text: text.to_owned(),
            count: Printed::parse(count)?,
            percent: Printed::parse(percent.trim_end().trim_end_matches(')'))?,
        })
    };
    read().map_err(|error| place.wrap(&error))
}

impl Reading<'_, '_> {
    fn statistic(&mut self) -> Result<Option<Statistic>> {
        let Some(item) = self.section.take("statistic") else { return Ok(None) };
        let place = item.place().clone();
        Ok(Some(match item.text()?.as_str() {
            "median" => Statistic::Median(self.endpoint()?),
            "rate" => self.rate()?,
            "hazard_ratio" => {
                let (model, term, level) = self.coefficient()?;
                Statistic::HazardRatio { model, term, level }
            }
            "risk_reduction" => {
                let (model, term, level) = self.coefficient()?;
                Statistic::RiskReduction { model, term, level }
            }
            "p" => self.p()?,
            "log_rank_p" => Statistic::LogRankP(self.comparison()?),
            "follow_up" => self.follow_up()?,
            "n" if self.section.has("model") => Statistic::ModelRows(self.model()?),
            "n" => Statistic::Rows(self.endpoint()?),
            "events" => Statistic::Events(self.endpoint()?),
            "count" => {
                const COUNT: &str = "who is counted, as count = 'response == \"PR\"'";
                Statistic::Count(self.section.need("count", COUNT)?.expr()?)
            }
            "lattice" => {
                const STEP: &str = "the step of the times, as step = 0.1";
                Statistic::Lattice { step: self.section.need("step", STEP)?.positive()? }
            }
            other => {
                let error = place.error(format!("there is no statistic {other:?}"));
                return Err(error.help(STATISTICS).into());
            }
        }))
    }

    fn formula(&mut self, text: &str, place: &Place) -> Result<Formula> {
        let formula = Formula::parse(text).and_then(|own| self.plan.resolve(&own));
        formula.map_err(|error| place.wrap(&error))
    }

    fn endpoint(&mut self) -> Result<Formula> {
        const ENDPOINT: &str = "which endpoint, as endpoint = \"OS\"";
        let item = self.section.need("endpoint", ENDPOINT)?;
        let place = item.place().clone();
        self.formula(&format!("{} ~ 1", item.text()?), &place)
    }

    fn comparison(&mut self) -> Result<Formula> {
        const FORMULA: &str = "who is compared, as formula = 'OS ~ arm'";
        let item = self.section.need("formula", FORMULA)?;
        let place = item.place().clone();
        let text = item.text()?;
        self.formula(&text, &place)
    }

    fn rate(&mut self) -> Result<Statistic> {
        const AT: &str = "the time, in the endpoint's unit, as at = 36";
        let endpoint = self.endpoint()?;
        let item = self.section.need("at", AT)?;
        let place = item.place().clone();
        let at = item.number()?;
        if at < 0.0 {
            return Err(place.error("a time is not negative").into());
        }
        // Percent unless the printed number says otherwise.
        let fraction = self.section.take("fraction").map(Item::flag).transpose()?.unwrap_or(false);
        Ok(Statistic::Rate { endpoint, at, scale: if fraction { 1.0 } else { 100.0 } })
    }

    fn model(&mut self) -> Result<usize> {
        const MODEL: &str = "which model, as model = \"os\" for [model.os]";
        let item = self.section.need("model", MODEL)?;
        let place = item.place().clone();
        let name = item.text()?;
        let found = self.models.iter().position(|own| own.name == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = self.models.iter().map(|own| own.name.as_str()).collect();
            let error = place.error(format!("there is no model {name:?}"));
            error.help(format!("the models are {}", names.join(", "))).into()
        })
    }

    fn coefficient(&mut self) -> Result<(usize, String, Option<String>)> {
        const TERM: &str = "which term of the model, as term = \"factor(ps)\"";
        let model = self.model()?;
        let term = self.section.need("term", TERM)?;
        let place = term.place().clone();
        let term = term.text()?;
        let names: Vec<String> =
            self.models[model].formula.terms().map(crate::formula::Term::name).collect();
        let same = |own: &&String| squeezed(own) == squeezed(&term);
        let Some(name) = names.iter().find(same) else {
            let error = place.error(format!("the model has no term {term:?}"));
            return Err(error.help(format!("its terms are {}", names.join(", "))).into());
        };
        let level = self.section.take("level").map(Item::labels).transpose()?;
        Ok((model, name.clone(), level.map(|own| own.concat())))
    }

    fn p(&mut self) -> Result<Statistic> {
        let (model, term, level) = self.coefficient()?;
        let test = super::choice(self.section, "test", &[false, true], |ratio| {
            if ratio { "likelihood-ratio" } else { "wald" }
        })?;
        let likelihood_ratio = test.unwrap_or(false);
        Ok(Statistic::TermP { model, term, level, likelihood_ratio, named: test.is_some() })
    }

    fn follow_up(&mut self) -> Result<Statistic> {
        let endpoint = self.endpoint()?;
        let all = FollowUpMethod::ALL;
        let method = super::choice(self.section, "method", &all, FollowUpMethod::name)?;
        Ok(Statistic::FollowUp { endpoint, method: method.unwrap_or(FollowUpMethod::Reverse) })
    }
}

/// Without blanks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

impl Statistic {
    /// The model it is taken from.
    pub(in crate::reproduce) fn model(&self) -> Option<usize> {
        match self {
            Self::HazardRatio { model, .. }
            | Self::RiskReduction { model, .. }
            | Self::TermP { model, .. }
            | Self::ModelRows(model) => Some(*model),
            _ => None,
        }
    }

    /// The formula of its endpoint.
    pub(in crate::reproduce) fn formula(&self) -> Option<&Formula> {
        match self {
            Self::Median(own) | Self::LogRankP(own) | Self::Rows(own) | Self::Events(own) => {
                Some(own)
            }
            Self::Rate { endpoint, .. } | Self::FollowUp { endpoint, .. } => Some(endpoint),
            _ => None,
        }
    }

    /// A rate printed with a percent sign is one in percent.
    fn scaled(self, published: &Published) -> Self {
        match self {
            Self::Rate { endpoint, at, .. }
                if published.estimate().is_some_and(|own| own.estimate.is_percent()) =>
            {
                Self::Rate { endpoint, at, scale: 100.0 }
            }
            own => own,
        }
    }
}
