//! What a Cox regression predicts: for profiles, and adjusted by group.

mod page;
mod results;

use serde::Serialize;

use super::CoxPlan;
use crate::cohort::Design;
use crate::cox::{AdjustedCurve, CoxFit, LinearContrast};
use crate::curve::{CurveOptions, ModelCurve, ModelPoint};
use crate::error::Result;
use crate::formula::{Profiles, Recipe, Typical, TypicalValue};
use crate::note::Note;
use crate::report::number::{exact, reached, significant};
use crate::report::plot::{Line, Step, group_name};
use crate::report::record::{self, add_notes};
use crate::report::subject::Counted;
use crate::table::{Category, Column, Table};

/// The column of a profiles' file that names them.
const NAME: &str = "profile";

/// For whom a fit shall predict.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// Covariate profiles, one a row; a column `profile` names them.
    pub profiles: Option<Table>,
    /// Curves adjusted by group.
    pub adjusted: Option<AdjustedTargets>,
}

/// The cohort with everybody in one group, for each group.
#[derive(Debug, Clone)]
pub struct AdjustedTargets {
    /// The column that makes the groups.
    pub column: String,
    /// Its values, each with the design in which everybody has it.
    pub groups: Vec<(String, Design)>,
}

/// What was predicted.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Predicted {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profiles: Vec<ProfileRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) adjusted: Option<AdjustedRecord>,
}

/// A profile: its hazard against the first one's, and its curve in every stratum.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProfileRecord {
    label: String,
    #[serde(serialize_with = "record::object")]
    values: Vec<(String, String)>,
    hazard_ratio: RatioRecord,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    curves: Vec<CurveRecord>,
}

/// Adjusted curves by the values of a column.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AdjustedRecord {
    column: String,
    groups: Vec<CurveRecord>,
}

impl AdjustedRecord {
    /// The column that makes the groups.
    pub(super) fn column(&self) -> &str {
        &self.column
    }
}

/// The hazard ratio against the first profile; the first has no interval.
#[derive(Debug, Clone, Serialize)]
struct RatioRecord {
    coef: f64,
    hr: f64,
    std_err: f64,
    hr_lower: Option<f64>,
    hr_upper: Option<f64>,
    z: Option<f64>,
    p: Option<f64>,
    ln_p: Option<f64>,
}

impl From<LinearContrast> for RatioRecord {
    fn from(own: LinearContrast) -> Self {
        let limit = |limit: f64| own.z.map(|_| limit.exp());
        Self {
            coef: own.estimate,
            hr: own.hazard_ratio(),
            std_err: own.std_err,
            hr_lower: limit(own.lower),
            hr_upper: limit(own.upper),
            z: own.z,
            p: own.p,
            ln_p: own.ln_p,
        }
    }
}

/// A predicted curve.
#[derive(Debug, Clone, Serialize)]
struct CurveRecord {
    /// The stratum or group.
    label: String,
    last_time: f64,
    landmarks: Vec<PointRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<Vec<ModelPoint>>,
    /// For a figure.
    #[serde(skip)]
    median: Option<f64>,
}

impl CurveRecord {
    /// There when all steps were asked for.
    fn line(&self, name: &str) -> Option<Line<'static>> {
        let steps: Vec<Step> = self.curve.as_ref()?.iter().map(Step::of_model).collect();
        let median = self.median;
        let summary = format!("{name}: median {}", reached(median));
        let (label, end) = (name.to_owned(), self.last_time);
        let (dots, printed) = (Vec::new(), Vec::new());
        Some(Line {
            label,
            summary,
            steps,
            end,
            median,
            counts: None,
            counted: Counted::default(),
            dots,
            printed,
        })
    }
}

/// Predicted survival at a time; null beyond the follow-up.
#[derive(Debug, Clone, Copy, Serialize)]
struct PointRecord {
    time: f64,
    survival: Option<f64>,
    std_err: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
}

impl PointRecord {
    fn new(time: f64, point: Option<ModelPoint>) -> Self {
        Self {
            time,
            survival: point.map(|own| own.survival),
            std_err: point.and_then(|own| own.std_err),
            lower: point.and_then(|own| own.lower),
            upper: point.and_then(|own| own.upper),
        }
    }
}

impl Predicted {
    pub(super) fn new(
        plan: &CoxPlan,
        (fit, recipe): (&CoxFit<'_>, &Recipe),
        targets: Targets,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        let profiles = targets.profiles.map(|table| plan.profiles((fit, recipe), table, notes));
        let adjusted = targets.adjusted.map(|own| plan.adjusted(fit, own, notes));
        Ok(Self {
            profiles: profiles.transpose()?.unwrap_or_default(),
            adjusted: adjusted.transpose()?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.profiles.is_empty() && self.adjusted.is_none()
    }

    /// The curves to draw: adjusted ones, or those of the profiles.
    pub(super) fn lines(&self) -> Vec<Line<'static>> {
        if let Some(own) = &self.adjusted {
            let name = |curve: &CurveRecord| match curve.label.split_once('=') {
                Some((_, level)) => group_name(&[(own.column.clone(), level.to_owned())]),
                None => curve.label.clone(),
            };
            return own.groups.iter().filter_map(|curve| curve.line(&name(curve))).collect();
        }
        let of_profile = |own: &ProfileRecord| {
            let several = own.curves.len() > 1;
            let name = |curve: &CurveRecord| match several {
                true => format!("{}, {}", own.label, curve.label),
                false => own.label.clone(),
            };
            own.curves.iter().filter_map(|curve| curve.line(&name(curve))).collect::<Vec<_>>()
        };
        self.profiles.iter().flat_map(of_profile).collect()
    }

    pub(super) fn has_curves(&self) -> bool {
        self.adjusted.is_some() || self.profiles.iter().any(|own| !own.curves.is_empty())
    }
}

impl CoxPlan {
    fn profiles(
        &self,
        (fit, recipe): (&CoxFit<'_>, &Recipe),
        mut table: Table,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<ProfileRecord>> {
        let named = !recipe.typical().iter().any(|own| own.name == NAME);
        let names = if named { table.take(NAME) } else { None };
        let given: Vec<String> = table.names().to_vec();
        let Profiles { design, values, .. } = recipe.profiles_of(&table)?;
        notes.extend(left_typical(recipe.typical(), &given));
        let labels = labels(names.as_ref(), &given, &values);
        let mut curves = match self.predicts_curves() {
            true => fit.survival(&design, self.curve_options())?.into_iter().peekable(),
            false => Vec::new().into_iter().peekable(),
        };
        let first = design.select(&[0]);
        let mut profiles = Vec::with_capacity(labels.len());
        for (row, (label, values)) in labels.into_iter().zip(values).enumerate() {
            let mut own = Vec::new();
            while let Some(curve) = curves.next_if(|curve| curve.profile == row) {
                let what = format!("predicted curves, {}", curve.label);
                own.push(self.curve_record(curve.label, &curve.curve, &what, notes));
            }
            profiles.push(ProfileRecord {
                label,
                values: values.into_iter().map(|own| (own.name, own.value.to_string())).collect(),
                hazard_ratio: fit.hazard_ratio(&design.select(&[row as u32]), &first)?.into(),
                curves: own,
            });
        }
        Ok(profiles)
    }

    fn adjusted(
        &self,
        fit: &CoxFit<'_>,
        AdjustedTargets { column, groups }: AdjustedTargets,
        notes: &mut Vec<Note>,
    ) -> Result<AdjustedRecord> {
        let designs: Vec<(&str, &Design)> =
            groups.iter().map(|(value, design)| (value.as_str(), design)).collect();
        let curves = fit.adjusted_survival(&designs, self.curve_options())?;
        let record = |own: &AdjustedCurve| {
            let label = format!("{column}={}", own.label);
            self.curve_record(label, &own.curve, "adjusted curves", notes)
        };
        let groups = curves.iter().map(record).collect();
        notes.push(Note::Remark(format!(
            "adjusted curves are means of the curves predicted for all rows, {column} set to each \
             value; other covariates are taken as given"
        )));
        Ok(AdjustedRecord { column, groups })
    }

    fn predicts_curves(&self) -> bool {
        self.curve || !self.at.is_empty()
    }

    pub(super) fn curve_options(&self) -> CurveOptions {
        let conf_type = self.conf_type.or(self.conventions.conf_type).unwrap_or_default();
        let median_rule = self.conventions.median_rule;
        CurveOptions { conf_type, conf_level: self.conf_level(), median_rule }
    }

    fn curve_record(
        &self,
        label: String,
        curve: &ModelCurve,
        what: &str,
        notes: &mut Vec<Note>,
    ) -> CurveRecord {
        let last = curve.last_time();
        let late = self.at.iter().copied().filter(|&time| time > last).min_by(f64::total_cmp);
        let note = late.map(|time| Note::BeyondFollowUp { group: what.to_owned(), time, last });
        add_notes(notes, note.as_slice());
        CurveRecord {
            label,
            last_time: last,
            landmarks: self.at.iter().map(|&at| PointRecord::new(at, curve.at(at))).collect(),
            curve: self.curve.then(|| curve.points().collect()),
            median: curve.quantile(0.5).ok().and_then(|own| own.estimate),
        }
    }
}

/// The names of profiles: as given, else the values given.
fn labels(names: Option<&Column>, given: &[String], values: &[Vec<Typical>]) -> Vec<String> {
    let of_values = |values: &Vec<Typical>| {
        let own = values.iter().filter(|own| given.contains(&own.name));
        let words: Vec<String> = own.map(|own| format!("{}={}", own.name, own.value)).collect();
        words.join(", ")
    };
    let named = |(row, values): (usize, &Vec<Typical>)| match names {
        Some(column) if !column.is_missing(row) => word(column, row),
        _ => of_values(values),
    };
    values.iter().enumerate().map(named).collect()
}

fn word(column: &Column, row: usize) -> String {
    match column {
        Column::Category(Category { codes, levels }) => levels[codes[row] as usize].clone(),
        Column::Integer(values) => values[row].to_string(),
        Column::Number { values, .. } => exact(values[row]),
        Column::Boolean(values) => (values[row] == 1).to_string(),
        Column::Date(days) => TypicalValue::Date(days[row]).to_string(),
    }
}

/// What profiles do not name.
fn left_typical(typical: &[Typical], given: &[String]) -> Option<Note> {
    let value = |own: &Typical| match own.value {
        TypicalValue::Number(value) => significant(value, 4),
        ref value => value.to_string(),
    };
    let left = typical.iter().filter(|own| !given.contains(&own.name));
    let left: Vec<String> = left.map(|own| format!("{} = {}", own.name, value(own))).collect();
    (!left.is_empty()).then(|| {
        Note::Remark(format!("profiles leave out, and have as typical: {}", left.join(", ")))
    })
}
