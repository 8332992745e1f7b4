//! Every way to compute a statistic.

use super::choice::{Choice, DIVISORS};
use super::{Identify, Statistic};
use crate::cohort::{Cohort, Design};
use crate::compare::{LogRank, TestWeight};
use crate::convention::{Conventions, Dialect};
use crate::cox::{Cox, CoxFit, Ties};
use crate::curve::{ConfType, KaplanMeier, MedianInterval, MedianRule, SurvivalCurve};
use crate::error::Result;

/// The data of one group or model.
pub(super) struct Part {
    pub(super) label: Option<String>,
    pub(super) cohort: Cohort,
    pub(super) design: Option<Design>,
    /// Names of the coefficients whose hazard ratio may be meant.
    pub(super) terms: Vec<String>,
}

/// The interval of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Interval {
    /// None is printed.
    None,
    /// By the limits of S(t).
    Curve(ConfType),
    /// Estimate ± 1.96 standard errors.
    Spss,
}

/// What is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Method {
    Curve { interval: Interval, rule: Option<MedianRule> },
    Model { ties: Ties, profile: bool, coefficient: usize },
    LogRank(TestWeight),
    ModelTest { ties: Ties, test: GlobalTest },
}

/// A test of all coefficients of a model together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum GlobalTest {
    Wald,
    LikelihoodRatio,
    Score,
}

impl GlobalTest {
    const ALL: [Self; 3] = [Self::Wald, Self::LikelihoodRatio, Self::Score];

    fn name(self) -> &'static str {
        match self {
            Self::Wald => "wald",
            Self::LikelihoodRatio => "likelihood-ratio",
            Self::Score => "score",
        }
    }
}

/// One way: what is fitted, and what is made of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    method: Method,
    /// A place among the divisors.
    divisor: Option<usize>,
    inverted: bool,
}

/// Estimate and limits in printed units, each none where it is not reached.
pub(super) type Values = [Option<f64>; 3];

/// What a way gives.
#[derive(Debug, Clone)]
pub(super) struct Computed {
    pub(super) choice: Choice,
    /// None where the way cannot be gone.
    pub(super) values: Option<Values>,
}

const RULES: [MedianRule; 3] =
    [MedianRule::Midpoint, MedianRule::FirstAtOrBelow, MedianRule::FirstBelow];
const TIES: [Ties; 3] = [Ties::Efron, Ties::Breslow, Ties::Exact];
const WEIGHTS: [(TestWeight, &str); 4] = [
    (TestWeight::LogRank, "log-rank"),
    (TestWeight::Gehan, "gehan"),
    (TestWeight::TaroneWare, "tarone-ware"),
    (TestWeight::Peto, "peto"),
];

/// Curves are looked at group by group, models as a whole.
pub(super) fn parts(
    statistic: Statistic,
    cohort: &Cohort,
    design: Option<&Design>,
) -> Result<Vec<Part>> {
    let whole = |design: Option<Design>| {
        let columns = design.iter().flat_map(|own| own.columns());
        let terms = columns.map(|own| own.name.clone()).collect();
        Part { label: None, cohort: cohort.clone(), design, terms }
    };
    match statistic {
        Statistic::HazardRatio => Ok(vec![whole(design.cloned())]),
        Statistic::P => Ok(vec![whole(Some(Design::of_groups(cohort)?))]),
        _ if cohort.groups().len() < 2 => Ok(vec![whole(None)]),
        _ => (0..cohort.groups().len() as u32).map(|group| of_group(cohort, group)).collect(),
    }
}

fn of_group(cohort: &Cohort, group: u32) -> Result<Part> {
    let own = cohort.retain(|row, _| cohort.groups().code(row) == group)?;
    let label = Some(cohort.groups().label(group as usize));
    Ok(Part { label, cohort: own, design: None, terms: Vec::new() })
}

/// Every way that there is, whatever the data are.
pub(super) fn fits(plan: &Identify, terms: usize) -> Vec<Fit> {
    let methods = match plan.statistic {
        Statistic::Quantile(_) => curves(plan, &RULES.map(Some)),
        Statistic::Rate(_) => curves(plan, &[None]),
        Statistic::HazardRatio => models(plan, terms),
        Statistic::P => tests(),
    };
    let divisors: Vec<Option<usize>> = match plan.statistic {
        Statistic::Quantile(_) | Statistic::Rate(_) => (0..DIVISORS.len()).map(Some).collect(),
        _ => vec![None],
    };
    let directions: &[bool] =
        if plan.statistic == Statistic::HazardRatio { &[false, true] } else { &[false] };
    let mut all = Vec::new();
    for method in methods {
        for &divisor in &divisors {
            all.extend(directions.iter().map(|&inverted| Fit { method, divisor, inverted }));
        }
    }
    all
}

fn curves(plan: &Identify, rules: &[Option<MedianRule>]) -> Vec<Method> {
    let types = ConfType::ALL.map(Interval::Curve);
    let spss = matches!(plan.statistic, Statistic::Quantile(_)).then_some(Interval::Spss);
    let intervals: Vec<Interval> = match plan.published.limits {
        None => vec![Interval::None],
        Some(_) => types.into_iter().chain(spss).collect(),
    };
    let with_rules =
        |&interval: &Interval| rules.iter().map(move |&rule| Method::Curve { interval, rule });
    intervals.iter().flat_map(with_rules).collect()
}

fn models(plan: &Identify, terms: usize) -> Vec<Method> {
    let mut all = Vec::new();
    let profiles: &[bool] = if plan.published.limits.is_some() { &[false, true] } else { &[false] };
    for ties in TIES {
        for &profile in profiles {
            let model = |coefficient| Method::Model { ties, profile, coefficient };
            all.extend((0..terms).map(model));
        }
    }
    all
}

impl Method {
    /// Whether one fit serves both.
    fn shares_fit(self, other: Self) -> bool {
        match (self, other) {
            (
                Self::Model { ties, profile, .. },
                Self::Model { ties: other_ties, profile: other_profile, .. },
            ) => ties == other_ties && profile == other_profile,
            _ => self == other,
        }
    }
}

fn tests() -> Vec<Method> {
    let models =
        TIES.iter().flat_map(|&ties| GlobalTest::ALL.map(|test| Method::ModelTest { ties, test }));
    WEIGHTS.iter().map(|&(weight, _)| Method::LogRank(weight)).chain(models).collect()
}

/// Every way with what it gives.
pub(super) fn ways(plan: &Identify, part: &Part) -> Vec<(Fit, Computed)> {
    let fits = fits(plan, part.terms.len());
    let values = values(plan, part, &fits);
    let named =
        |(fit, values): (Fit, Option<Values>)| (fit, Computed { choice: fit.choice(part), values });
    fits.into_iter().zip(values).map(named).collect()
}

/// What each way gives. Ways with one fit stand one after the other, so that it is made once.
pub(super) fn values(plan: &Identify, part: &Part, fits: &[Fit]) -> Vec<Option<Values>> {
    let mut all = Vec::with_capacity(fits.len());
    for same in fits.chunk_by(|a, b| a.method.shares_fit(b.method)) {
        let made = same.first().and_then(|own| Made::new(plan, part, own.method));
        all.extend(same.iter().map(|own| made.as_ref().and_then(|made| own.of(plan, made))));
    }
    all
}

/// A fit.
enum Made {
    Curve(Box<SurvivalCurve>),
    /// Of every coefficient.
    Ratios(Vec<Values>),
    Numbers(Values),
}

impl Made {
    /// None where the method does not go with the data.
    fn new(plan: &Identify, part: &Part, method: Method) -> Option<Self> {
        Some(match method {
            Method::Curve { interval, rule } => Self::Curve(curve(plan, part, interval, rule)?),
            Method::Model { ties, profile, .. } => Self::Ratios(ratios(plan, part, ties, profile)?),
            Method::LogRank(weight) => {
                let test = LogRank::default().weight(weight).fit(&part.cohort).ok()?;
                Self::Numbers([Some(test.p()?), None, None])
            }
            Method::ModelTest { ties, test } => {
                Self::Numbers([Some(model_p(part, ties, test)?), None, None])
            }
        })
    }
}

fn curve(
    plan: &Identify,
    part: &Part,
    interval: Interval,
    rule: Option<MedianRule>,
) -> Option<Box<SurvivalCurve>> {
    let (conf_type, spss) = match interval {
        Interval::None => (ConfType::LogLog, false),
        Interval::Curve(conf_type) => (conf_type, false),
        Interval::Spss => (ConfType::LogLog, true),
    };
    let of_median = if spss { MedianInterval::Spss } else { MedianInterval::BrookmeyerCrowley };
    let fit = KaplanMeier::default()
        .conf_level(plan.conf_level)
        .conf_type(conf_type)
        .median_rule(rule.unwrap_or_default())
        .median_interval(of_median)
        .fit(&part.cohort)
        .ok()?;
    fit.curves().first().cloned().map(Box::new)
}

fn ratios(plan: &Identify, part: &Part, ties: Ties, profile: bool) -> Option<Vec<Values>> {
    let cox = Cox::default().ties(ties).conf_level(plan.conf_level).profile(profile);
    let fit = cox.fit(&part.cohort, part.design.as_ref()?).ok()?;
    let coefficients = fit.coefficients().into_iter();
    let values = coefficients.map(|own| [own.hazard_ratio, own.interval.lower, own.interval.upper]);
    Some(values.collect())
}

fn model_p(part: &Part, ties: Ties, test: GlobalTest) -> Option<f64> {
    let fit: CoxFit<'_> =
        Cox::default().ties(ties).fit(&part.cohort, part.design.as_ref()?).ok()?;
    let test = match test {
        GlobalTest::Wald => fit.wald_test(),
        GlobalTest::LikelihoodRatio => fit.likelihood_ratio_test(),
        GlobalTest::Score => fit.score_test(),
    };
    test.p
}

impl Fit {
    /// What a fit gives in printed units.
    fn of(&self, plan: &Identify, made: &Made) -> Option<Values> {
        let divisor = self.divisor.map_or(1.0, |at| DIVISORS[at].value);
        match (made, plan.statistic) {
            (Made::Curve(curve), Statistic::Rate(at)) => {
                let own = curve.at(at * divisor);
                let scale = rate_scale(plan);
                Some([own.survival, own.lower, own.upper].map(|own| own.map(|own| own * scale)))
            }
            (Made::Curve(curve), Statistic::Quantile(p)) => {
                let own = curve.quantile(p).ok()?;
                Some([own.estimate, own.lower, own.upper].map(|own| own.map(|own| own / divisor)))
            }
            (Made::Curve(_), _) => None,
            (Made::Ratios(all), _) => {
                let Method::Model { coefficient, .. } = self.method else { return None };
                let own = *all.get(coefficient)?;
                if !self.inverted {
                    return Some(own);
                }
                let [hr, lower, upper] = own.map(|own| own.map(f64::recip));
                Some([hr, upper, lower])
            }
            (Made::Numbers(own), _) => Some(*own),
        }
    }

    fn choice(&self, part: &Part) -> Choice {
        let mut choice = Choice { group: part.label.clone(), ..Choice::default() };
        choice.divisor = self.divisor.map(|at| DIVISORS[at].name);
        match self.method {
            Method::Curve { interval, rule } => {
                choice.interval = match interval {
                    Interval::None => None,
                    Interval::Curve(conf_type) => Some(conf_type.name()),
                    Interval::Spss => Some("spss"),
                };
                choice.median_rule = rule.map(MedianRule::name);
            }
            Method::Model { ties, profile, coefficient } => {
                choice.term = part.terms.get(coefficient).cloned();
                choice.ties = Some(ties.name());
                choice.method = Some(if profile { "profile" } else { "wald" });
                choice.direction = Some(if self.inverted { "inverse" } else { "as coded" });
            }
            Method::LogRank(weight) => {
                let name = WEIGHTS.iter().find(|(own, _)| *own == weight);
                choice.method = name.map(|(_, name)| *name);
            }
            Method::ModelTest { ties, test } => {
                (choice.ties, choice.method) = (Some(ties.name()), Some(test.name()));
            }
        }
        choice
    }

    /// Whether one fit serves both.
    pub(super) fn shares_fit(&self, other: &Self) -> bool {
        self.method.shares_fit(other.method)
    }

    /// The packages that do so by default.
    pub(super) fn dialects(&self) -> Vec<Dialect> {
        let does = |dialect: &Dialect| {
            let own = Conventions::of(*dialect);
            match self.method {
                Method::Curve { interval, rule } => {
                    let interval = match interval {
                        Interval::None => true,
                        Interval::Spss => own.median_interval == MedianInterval::Spss,
                        Interval::Curve(conf_type) => {
                            own.conf_type == Some(conf_type)
                                && own.median_interval == MedianInterval::BrookmeyerCrowley
                        }
                    };
                    interval && rule.is_none_or(|rule| rule == own.median_rule)
                }
                Method::Model { ties, profile, .. } => ties == own.cox_ties && !profile,
                Method::LogRank(_) => self.is_default_test(),
                Method::ModelTest { ties, .. } => ties == own.cox_ties,
            }
        };
        Dialect::ALL.into_iter().filter(does).collect()
    }

    /// The log-rank test is what every package prints for groups.
    fn is_default_test(&self) -> bool {
        self.method == Method::LogRank(TestWeight::LogRank)
    }
}

/// 100 where a rate is printed as a percentage.
fn rate_scale(plan: &Identify) -> f64 {
    if plan.published.is_percentage() { 100.0 } else { 1.0 }
}
