//! Figures recomputed on rows.

use std::sync::OnceLock;

use super::study::{Figure, FollowUpMethod, Model, Published, Statistic, Study};
use crate::compare::LogRank;
use crate::convention::TimeZero;
use crate::cox::{Coefficient, Cox, Test};
use crate::curve::SurvivalCurve;
use crate::error::{Error, ErrorKind, Result};
use crate::formula::{Binder, Bound, Expr, Formula, quote_name};
use crate::table::Table;

/// A recomputed figure; `None` is "not reached" or "not estimable".
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Value {
    /// The estimate.
    pub estimate: Option<f64>,
    /// Lower limit, where there is one.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

/// A study with rows to compute on.
pub(super) struct Data<'s> {
    study: &'s Study,
    table: Table,
    fits: Vec<OnceLock<Result<Fit, String>>>,
}

/// What figures take from a fitted model.
struct Fit {
    rows: usize,
    coefficients: Vec<Coefficient>,
    terms: Vec<(String, Test, Option<Test>)>,
}

impl Value {
    pub(super) fn of(estimate: Option<f64>) -> Self {
        Self { estimate, ..Self::default() }
    }

    /// Whether it prints as it was published.
    pub fn prints_as(&self, published: &Published) -> bool {
        match published {
            Published::Estimate(own) => own.matches(self.estimate, self.lower, self.upper),
            // The share's percentage stands in the place of a limit.
            Published::Share { count, percent, .. } => {
                count.matches(self.estimate) && percent.matches(self.upper)
            }
        }
    }

    /// As a figure would be printed: a p that rounds to 0 as below the smallest that does not.
    pub fn print_as(&self, figure: &Figure) -> String {
        let is_p =
            matches!(figure.statistic, Some(Statistic::TermP { .. } | Statistic::LogRankP(_)));
        let printed = figure.published.estimate().map(|own| &own.estimate);
        match (printed, self.estimate) {
            (Some(printed), Some(p))
                if is_p && !printed.matches(Some(p)) && p < printed.half_unit() =>
            {
                let digits = usize::from(printed.decimals());
                format!("<{:.digits$}", 2.0 * printed.half_unit())
            }
            _ => self.print_like(&figure.published),
        }
    }

    /// At the precision of what was published.
    pub fn print_like(&self, published: &Published) -> String {
        match published {
            Published::Estimate(own) => own.print_like(self.estimate, self.lower, self.upper),
            Published::Share { count, percent, .. } => {
                format!("{} ({})", count.print_like(self.estimate), percent.print_like(self.upper))
            }
        }
    }
}

impl<'s> Data<'s> {
    /// Makes the columns that the figures need.
    pub(super) fn new(study: &'s Study, table: Table) -> Result<Self> {
        let names = needed(study, table.names());
        let prepared = study.plan().prepare(table, &names, false)?;
        let fits = study.models().iter().map(|_| OnceLock::new()).collect();
        Ok(Self { study, table: prepared.table, fits })
    }

    /// A figure's value on these rows.
    pub(super) fn value(&self, figure: &Figure) -> Result<Value> {
        let Some(statistic) = &figure.statistic else { return Ok(Value::default()) };
        let rows = condition(self.study, figure.block.as_deref(), figure.rows.as_ref())?;
        match statistic {
            Statistic::Median(endpoint) => self.median(endpoint, rows),
            Statistic::Rate { endpoint, at, scale } => {
                let own = self.with_curve(endpoint, rows, |curve| curve.at(*at))?;
                let scaled = |value: Option<f64>| value.map(|own| own * scale);
                Ok(Value {
                    estimate: scaled(own.survival),
                    lower: scaled(own.lower),
                    upper: scaled(own.upper),
                })
            }
            Statistic::HazardRatio { model, term, level } => {
                let own = self.coefficient(*model, term, level.as_deref())?;
                let (lower, upper) = (own.interval.lower, own.interval.upper);
                Ok(Value { estimate: own.hazard_ratio, lower, upper })
            }
            Statistic::RiskReduction { model, term, level } => {
                let own = self.coefficient(*model, term, level.as_deref())?;
                let reduction = |ratio: Option<f64>| ratio.map(|own| 100.0 * (1.0 - own));
                Ok(Value {
                    estimate: reduction(own.hazard_ratio),
                    lower: reduction(own.interval.upper),
                    upper: reduction(own.interval.lower),
                })
            }
            Statistic::TermP { model, term, level: Some(level), .. } => {
                Ok(Value::of(self.coefficient(*model, term, Some(level))?.p))
            }
            Statistic::TermP { model, term, level: None, likelihood_ratio, .. } => {
                let (_, wald, ratio) = self.term(*model, term)?;
                Ok(Value::of(if *likelihood_ratio { ratio.and_then(|own| own.p) } else { wald.p }))
            }
            Statistic::LogRankP(formula) => {
                let bound = self.bind(formula, rows)?;
                Ok(Value::of(LogRank::default().fit(&bound.cohort)?.p()))
            }
            Statistic::FollowUp { endpoint, method } => self.follow_up(endpoint, rows, *method),
            Statistic::ModelRows(model) => Ok(Value::of(Some(self.fit(*model)?.rows as f64))),
            Statistic::Rows(endpoint) => {
                let bound = self.bind(endpoint, rows)?;
                Ok(Value::of(Some(bound.cohort.n_rows() as f64)))
            }
            Statistic::Events(endpoint) => {
                let bound = self.bind(endpoint, rows)?;
                Ok(Value::of(Some(bound.cohort.n_events() as f64)))
            }
            Statistic::Count(counted) => self.share(counted, rows),
            Statistic::Lattice { .. } => Ok(Value::default()),
        }
    }

    /// Events and rows behind a figure of an endpoint.
    fn bind(&self, formula: &Formula, rows: Option<Expr>) -> Result<Bound> {
        self.binder(formula, rows).allow_future_covariates().bind(&self.table)
    }

    fn binder<'f>(&self, formula: &'f Formula, rows: Option<Expr>) -> Binder<'f> {
        let binder = Binder::new(formula);
        let binder = match rows {
            Some(rows) => binder.filter(rows),
            None => binder,
        };
        let conventions = self.study.conventions();
        match conventions.time_zero {
            TimeZero::Kept => binder,
            TimeZero::Dropped => binder.drop_time_zero(conventions.dialect.title()),
        }
    }

    fn with_curve<T>(
        &self,
        endpoint: &Formula,
        rows: Option<Expr>,
        take: impl FnOnce(&SurvivalCurve) -> T,
    ) -> Result<T> {
        let bound = self.bind(endpoint, rows)?;
        let estimator = self.study.conventions().kaplan_meier(self.study.conf_level());
        Ok(take(&estimator.fit(&bound.cohort)?.curves()[0]))
    }

    fn median(&self, endpoint: &Formula, rows: Option<Expr>) -> Result<Value> {
        let own = self.with_curve(endpoint, rows, |curve| curve.quantile(0.5))??;
        Ok(Value { estimate: own.estimate, lower: own.lower, upper: own.upper })
    }

    fn follow_up(
        &self,
        endpoint: &Formula,
        rows: Option<Expr>,
        method: FollowUpMethod,
    ) -> Result<Value> {
        if method == FollowUpMethod::Reverse {
            let own = self.with_curve(endpoint, rows, SurvivalCurve::follow_up)?;
            return Ok(Value { estimate: own.median, lower: own.lower, upper: own.upper });
        }
        let bound = self.bind(endpoint, rows)?;
        let (cohort, axis) = (&bound.cohort, bound.cohort.axis());
        let wanted = |row: &usize| method == FollowUpMethod::Observed || !cohort.event()[*row];
        let times = (0..cohort.n_rows()).filter(wanted).map(|row| axis.time(cohort.exit()[row]));
        Ok(spread(times.collect()))
    }

    fn share(&self, counted: &Expr, rows: Option<Expr>) -> Result<Value> {
        let mut notes = Vec::new();
        let held = counted.holds(&self.table, &mut notes)?;
        let among = match rows {
            None => vec![1; held.len()],
            Some(rows) => rows.holds(&self.table, &mut notes)?,
        };
        let both = held.iter().zip(&among).filter(|&(&held, &among)| held == 1 && among == 1);
        let (count, all) = (both.count() as f64, among.iter().filter(|&&own| own == 1).count());
        let percent = (all > 0).then(|| 100.0 * count / all as f64);
        Ok(Value { estimate: Some(count), lower: None, upper: percent })
    }

    fn coefficient(&self, model: usize, term: &str, level: Option<&str>) -> Result<&Coefficient> {
        let fit = self.fit(model)?;
        let of_term = |own: &&Coefficient| own.term == term;
        let same =
            |own: &&Coefficient| level.is_none_or(|level| own.level.as_deref() == Some(level));
        let mut found = fit.coefficients.iter().filter(of_term).filter(same);
        match (found.next(), found.next()) {
            (Some(own), None) => Ok(own),
            (found, _) => {
                let levels = fit.coefficients.iter().filter(of_term);
                let levels: Vec<&str> = levels.filter_map(|own| own.level.as_deref()).collect();
                let model = &self.study.models()[model].name;
                let what = if found.is_some() { "several coefficients" } else { "no such level" };
                Err(Error::analysis(format!(
                    "model {model}: {term} has {what}; its levels are {}",
                    levels.join(", ")
                )))
            }
        }
    }

    fn term(&self, model: usize, term: &str) -> Result<&(String, Test, Option<Test>)> {
        let found = self.fit(model)?.terms.iter().find(|own| own.0 == term);
        found.ok_or_else(|| Error::analysis(format!("the model has no term {term}")))
    }

    /// Degrees of freedom of a term.
    pub(super) fn df(&self, model: usize, term: &str) -> Option<usize> {
        Some(self.term(model, term).ok()?.1.df)
    }

    fn fit(&self, model: usize) -> Result<&Fit> {
        let fitted = self.fits[model].get_or_init(|| {
            self.fit_anew(&self.study.models()[model]).map_err(|error| error.to_string())
        });
        let name = &self.study.models()[model].name;
        fitted.as_ref().map_err(|error| Error::analysis(format!("model {name}: {error}")))
    }

    fn fit_anew(&self, model: &Model) -> Result<Fit> {
        let rows = condition(self.study, model.block.as_deref(), model.rows.as_ref())?;
        let binder = self.binder(&model.formula, rows).missing(model.missing);
        let bound = binder.bind_model(&self.table)?;
        let conventions = self.study.conventions();
        let cox = Cox::default()
            .ties(conventions.cox_ties)
            .conf_level(self.study.conf_level())
            .small_sample(conventions.small_sample);
        let fit = cox.fit(&bound.cohort, &bound.design)?;
        let term = |(at, own): (usize, crate::cox::Term)| -> Result<_> {
            let wald = fit.wald_test_of(own.coefficients.clone());
            Ok((own.name, wald, fit.term_likelihood_ratio(at)?))
        };
        Ok(Fit {
            rows: bound.cohort.n_rows(),
            coefficients: fit.coefficients(),
            terms: fit.terms().into_iter().enumerate().map(term).collect::<Result<_>>()?,
        })
    }
}

/// Median (the middle of the two middle values) and range.
fn spread(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    let n = times.len();
    let middle = (n > 0).then(|| (times[(n - 1) / 2] + times[n / 2]) / 2.0);
    Value { estimate: middle, lower: times.first().copied(), upper: times.last().copied() }
}

/// The rows of a block for which a condition is true.
pub(super) fn condition(
    study: &Study,
    block: Option<&str>,
    rows: Option<&Expr>,
) -> Result<Option<Expr>> {
    let (Some(column), Some(block)) = (study.block_column(), block) else {
        return Ok(rows.cloned());
    };
    let block = format!("{} == {block:?}", quote_name(column));
    let text = match rows {
        Some(rows) => format!("{block} & ({rows})"),
        None => block,
    };
    Expr::parse(&text).map(Some)
}

/// The columns that figures and models name.
pub(super) fn needed(study: &Study, header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for figure in study.figures() {
        names.extend(figure.rows.iter().flat_map(Expr::columns));
        let Some(statistic) = &figure.statistic else { continue };
        names.extend(statistic.formula().map(Formula::columns).unwrap_or_default());
        if let Statistic::Count(own) = statistic {
            names.extend(own.columns());
        }
    }
    for model in study.models() {
        names.extend(model.formula.columns());
        names.extend(model.rows.iter().flat_map(Expr::columns));
    }
    names.extend(study.block_column().map(str::to_owned));
    names.extend(header.iter().filter(|own| *own == "origin").cloned());
    names.sort_unstable();
    names.dedup();
    names
}

/// What an error says, for a figure that could not be computed.
pub(super) fn reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Analysis(message) => message.clone(),
        _ => error.to_string(),
    }
}
