//! The figures of rows that were found, by the estimators of this crate.

use super::cohort::{
    ClockColumns, LabelColumn, LabelValue, ModelRows, PseudoCohort, Recomputed, Trace,
};
use super::compiled::{Compiled, FitColumn, MISSING, PartKind};
use super::goal::Values;
use super::problem::{Condition, Figure, LabelKind, Problem, Statistic};
use super::state::State;
use super::walk::spread;
use crate::cohort::{Cohort, Design};
use crate::cox::Cox;
use crate::curve::{MedianInterval, SurvivalCurves};
use crate::error::Result;
use crate::numeric::tails::chi2_upper;

/// Steps this close to 0.55 or 0.45 hang on the last bit.
const HANGING: f64 = 1e-9;

/// A state as a cohort, judged.
pub(super) fn recompute(state: &State<'_>, trace: Trace) -> Result<PseudoCohort> {
    let problem = state.compiled.problem;
    let fits = fits(state)?;
    let figures = problem.figures.iter().map(|figure| {
        let (values, steady) = values_of(state, figure, &fits)?;
        let Values { estimate, lower, upper } = values;
        let met = steady && figure.printed.matches(estimate, lower, upper);
        Ok(Recomputed { id: figure.id.clone(), estimate, lower, upper, met })
    });
    let models = problem.models.iter().zip(&fits).map(|(model, fit)| ModelRows {
        name: model.name.clone(),
        rows: fit.rows,
        met: model.n.is_none_or(|n| n == fit.rows),
    });
    Ok(PseudoCohort {
        block: problem.name.clone(),
        labels: labels(state),
        clocks: clocks(state),
        models: models.collect(),
        figures: figures.collect::<Result<_>>()?,
        trace,
    })
}

fn labels(state: &State<'_>) -> Vec<LabelColumn> {
    let problem: &Problem = state.compiled.problem;
    let column = |(label, values): (&super::problem::Label, &Vec<i32>)| {
        let value = |&value: &i32| match (&label.kind, value) {
            (_, MISSING) => LabelValue::Missing,
            (LabelKind::Levels { .. }, level) => LabelValue::Level(level as usize),
            (LabelKind::Whole { .. }, whole) => LabelValue::Whole(i64::from(whole)),
        };
        LabelColumn { name: label.name.clone(), values: values.iter().map(value).collect() }
    };
    problem.labels.iter().zip(&state.labels).map(column).collect()
}

fn clocks(state: &State<'_>) -> Vec<ClockColumns> {
    let rows = state.compiled.problem.rows;
    let column = |(clock, own): (usize, &super::problem::Clock)| {
        let endings = (0..rows).map(|row| state.ending(clock, row));
        let (days, event) =
            endings.map(|own| (own.map(|own| i64::from(own.0)), own.map(|own| own.1))).unzip();
        ClockColumns { time: own.time.clone(), status: own.status.clone(), days, event }
    };
    state.compiled.problem.clocks.iter().enumerate().map(column).collect()
}

/// A model's coefficients with limits, and the matrix of their covariances.
struct Fitted {
    rows: usize,
    ratios: Vec<Values>,
    coef: Vec<Option<f64>>,
    covariance: Vec<Vec<f64>>,
}

fn fits(state: &State<'_>) -> Result<Vec<Fitted>> {
    let models = 0..state.compiled.problem.models.len();
    models.map(|model| fit(state, state.compiled, model)).collect()
}

fn fit(state: &State<'_>, compiled: &Compiled<'_>, model: usize) -> Result<Fitted> {
    let part = &compiled.parts[model];
    let PartKind::Fit(goals) = &part.kind else { unreachable!("fits come first") };
    let (problem, own) = (compiled.problem, &compiled.problem.models[model]);
    let inside =
        |&row: &usize| state.truth[part.condition][row] == 1 && state.days[goals.clock][row] >= 0;
    let rows: Vec<usize> = (0..problem.rows).filter(inside).collect();
    let nothing = Fitted {
        rows: rows.len(),
        ratios: vec![Values::default(); own.columns.len()],
        coef: vec![None; own.columns.len()],
        covariance: Vec::new(),
    };
    if rows.is_empty() {
        return Ok(nothing);
    }
    let column = |(place, column): (usize, &FitColumn)| {
        let value = |&row: &usize| match *column {
            FitColumn::Value(label, _) => f64::from(state.labels[label][row]),
            FitColumn::Indicator(condition) => f64::from(state.truth[condition][row]),
        };
        (format!("x{place}"), rows.iter().map(value).collect())
    };
    let design = Design::from_columns(goals.columns.iter().enumerate().map(column).collect())?;
    let cohort = cohort_of(state, goals.clock, &rows)?;
    let cox = Cox::default().ties(own.ties).conf_level(problem.conf_level);
    let Ok(fit) = cox.fit(&cohort, &design) else { return Ok(nothing) };
    let coefficients = fit.coefficients();
    let ratio = |own: &crate::cox::Coefficient| Values {
        estimate: own.hazard_ratio,
        lower: own.interval.lower,
        upper: own.interval.upper,
    };
    let places = 0..coefficients.len();
    let line = |i: usize| places.clone().map(|j| fit.vcov(i, j)).collect();
    Ok(Fitted {
        ratios: coefficients.iter().map(ratio).collect(),
        coef: coefficients.iter().map(|own| own.coef).collect(),
        covariance: places.clone().map(line).collect(),
        ..nothing
    })
}

fn cohort_of(state: &State<'_>, clock: usize, rows: &[usize]) -> Result<Cohort> {
    let days: Vec<i32> = rows.iter().map(|&row| state.days[clock][row]).collect();
    Cohort::builder(days, rows.iter().map(|&row| state.event[clock][row]).collect()).build()
}

/// The numbers of a figure, and whether none hangs on the last bit of a step.
fn values_of(state: &State<'_>, figure: &Figure, fits: &[Fitted]) -> Result<(Values, bool)> {
    let problem = state.compiled.problem;
    let one = |estimate: f64| Values { estimate: Some(estimate), ..Values::default() };
    let values = match &figure.statistic {
        Statistic::Median { clock, rows } => return median(state, *clock, rows),
        Statistic::Rate { clock, at, rows } => {
            let curves = curves(state, *clock, rows)?;
            let Some(curves) = curves else { return Ok((Values::default(), true)) };
            let found = curves.curves()[0].at(at * problem.days_per_unit);
            let factor = if figure.printed.estimate.is_percent() { 100.0 } else { 1.0 };
            let scaled = |own: Option<f64>| own.map(|own| own * factor);
            Values {
                estimate: scaled(found.survival),
                lower: scaled(found.lower),
                upper: scaled(found.upper),
            }
        }
        Statistic::HazardRatio { model, column } => fits[*model].ratios[*column],
        Statistic::WaldP { model, columns } => {
            Values { estimate: fits[*model].wald_p(columns), ..Values::default() }
        }
        Statistic::FollowUp { clock, rows, censored } => {
            let rows = rows_of(state, Some(*clock), rows);
            let wanted = rows.iter().filter(|&&row| !(*censored && state.event[*clock][row]));
            let mut times: Vec<i32> = wanted.map(|&row| state.days[*clock][row]).collect();
            times.sort_unstable();
            let own = spread(&times);
            let units = |days: Option<f64>| days.map(|days| days / problem.days_per_unit);
            Values {
                estimate: units(own.estimate),
                lower: units(own.lower),
                upper: units(own.upper),
            }
        }
        Statistic::Events { clock, rows } => {
            let rows = rows_of(state, Some(*clock), rows);
            one(rows.iter().filter(|&&row| state.event[*clock][row]).count() as f64)
        }
        Statistic::Count { rows } => one(rows_of(state, None, rows).len() as f64),
    };
    Ok((values, true))
}

fn rows_of(state: &State<'_>, clock: Option<usize>, rows: &Condition) -> Vec<usize> {
    let holds = |row: &usize| rows.holds(&|label: usize| state.labels[label][*row]);
    let timed = |row: &usize| clock.is_none_or(|clock| state.days[clock][*row] >= 0);
    (0..state.compiled.problem.rows).filter(|row| timed(row) && holds(row)).collect()
}

fn curves(state: &State<'_>, clock: usize, rows: &Condition) -> Result<Option<SurvivalCurves>> {
    let rows = rows_of(state, Some(clock), rows);
    if rows.is_empty() {
        return Ok(None);
    }
    let problem = state.compiled.problem;
    let estimator = problem.conventions.kaplan_meier(problem.conf_level);
    estimator.fit(&cohort_of(state, clock, &rows)?).map(Some)
}

fn median(state: &State<'_>, clock: usize, rows: &Condition) -> Result<(Values, bool)> {
    let problem = state.compiled.problem;
    let Some(curves) = curves(state, clock, rows)? else { return Ok((Values::default(), true)) };
    let curve = &curves.curves()[0];
    let found = curve.quantile(0.5)?;
    let units = |days: Option<f64>| days.map(|days| days / problem.days_per_unit);
    let values = Values {
        estimate: units(found.estimate),
        lower: units(found.lower),
        upper: units(found.upper),
    };
    let near = |level: f64| {
        curve.survival().values().iter().any(|survival| (survival - level).abs() < HANGING)
    };
    let spss = problem.conventions.median_interval == MedianInterval::Spss;
    Ok((values, !spss || !(near(0.55) || near(0.45))))
}

impl Fitted {
    /// Wald's p of coefficients together; nothing where one of them has no estimate.
    fn wald_p(&self, columns: &[usize]) -> Option<f64> {
        let coef: Vec<f64> = columns.iter().map(|&at| self.coef[at]).collect::<Option<_>>()?;
        let line = |&i: &usize| columns.iter().map(|&j| self.covariance[i][j]).collect();
        let matrix: Vec<Vec<f64>> = columns.iter().map(line).collect();
        let statistic = quadratic(matrix, &coef)?;
        Some(chi2_upper(statistic, columns.len() as f64).p)
    }
}

/// b'M⁻¹b, by elimination of a positive definite M.
fn quadratic(mut matrix: Vec<Vec<f64>>, vector: &[f64]) -> Option<f64> {
    let (mut rest, mut sum) = (vector.to_vec(), 0.0);
    for at in 0..rest.len() {
        let pivot = matrix[at][at];
        if pivot.is_nan() || pivot <= 0.0 {
            return None;
        }
        sum += rest[at] * rest[at] / pivot;
        let (done, below) = matrix.split_at_mut(at + 1);
        for (line, own) in below.iter_mut().enumerate() {
            let factor = own[at] / pivot;
            rest[at + 1 + line] -= factor * rest[at];
            own.iter_mut().zip(&done[at]).for_each(|(own, above)| *own -= factor * above);
        }
    }
    Some(sum)
}
