//! Who is analysed: conditions and exclusions, with how many they leave out.

use super::section::{Item, Section};
use crate::error::{Error, Result};
use crate::formula::Expr;
use crate::note::Note;
use crate::table::{Column, Table};

/// The column of an ADTTE file that tells what a row is about.
const PARAMETER: &str = "PARAMCD";

/// Why rows are left out before any analysis.
#[derive(Debug, Clone)]
pub(super) struct Exclusion {
    reason: String,
    rule: Rule,
}

#[derive(Debug, Clone)]
enum Rule {
    /// Rows for which it is not true are left out.
    Keep(Expr),
    /// Rows for which it is true are left out.
    Where(Expr),
    /// These subjects are left out.
    Ids(Expr, Vec<String>),
    /// Rows of other parameters are left out.
    Parameter(String),
}

/// A step on the way from the file to the analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Why rows were left out.
    pub reason: String,
    /// How many.
    pub left_out: usize,
    /// How many stayed.
    pub remaining: usize,
}

impl Step {
    /// `3 rows left out by the plan: stage is unknown`.
    pub(crate) fn sentence(&self) -> String {
        let rows = if self.left_out == 1 { "row" } else { "rows" };
        format!("{} {rows} left out by the plan: {}", self.left_out, self.reason)
    }
}

impl Exclusion {
    /// The rows that a condition is not true for.
    pub(super) fn unless(condition: Expr) -> Self {
        Self { reason: format!("{condition} is not true"), rule: Rule::Keep(condition) }
    }

    /// The rows of an ADTTE file that are not of one parameter.
    pub(super) fn other_parameters(parameter: &str) -> Self {
        let reason = format!("{PARAMETER} is not {parameter}");
        Self { reason, rule: Rule::Parameter(parameter.to_owned()) }
    }

    /// Reads an entry of `[[exclude]]`.
    pub(super) fn parse(item: Item<'_>, subject: Option<&str>) -> Result<Self> {
        let mut section: Section<'_> = item.section()?;
        let place = section.place().clone();
        let reason = section.take("reason").map(Item::text).transpose()?;
        let condition = section.take("where").map(Item::expr).transpose()?;
        let ids = section.take("ids").map(Item::labels).transpose()?;
        section.finish()?;
        let rule = match (condition, ids, subject) {
            (Some(condition), None, _) => Rule::Where(condition),
            (None, Some(ids), Some(subject)) => Rule::Ids(Expr::column(subject), ids),
            (None, Some(_), None) => {
                let error = place.error("ids are given, but not the column that they stand in");
                return Err(error.help("write subject = \"…\" at the top of the plan").into());
            }
            _ => {
                let error = place.error("an exclusion has either where or ids");
                return Err(error.help("as where = 'stage == \"0\"' or ids = [\"17\"]").into());
            }
        };
        let own = match &rule {
            Rule::Keep(condition) | Rule::Where(condition) => condition.to_string(),
            Rule::Ids(subject, ids) => format!("{subject} {}", ids.join(", ")),
            Rule::Parameter(own) => own.clone(),
        };
        Ok(Self { reason: reason.unwrap_or(own), rule })
    }

    /// Marks 1 the rows of subjects; one that is not there is a slip of the pen.
    fn named(&self, subject: &Expr, ids: &[String], table: &Table) -> Result<Vec<u8>> {
        let column = subject.evaluate(table)?;
        let marks = with_ids(&column, ids);
        let unknown =
            ids.iter().filter(|id| !with_ids(&column, std::slice::from_ref(id)).contains(&1));
        let unknown: Vec<&str> = unknown.map(String::as_str).collect();
        if unknown.is_empty() {
            return Ok(marks);
        }
        Err(Error::analysis(format!(
            "{}: exclude ({}): no row has {subject} {}",
            table.source(),
            self.reason,
            unknown.join(", ")
        )))
    }

    pub(super) fn columns(&self) -> Vec<String> {
        match &self.rule {
            Rule::Keep(expr) | Rule::Where(expr) | Rule::Ids(expr, _) => expr.columns(),
            Rule::Parameter(_) => vec![PARAMETER.to_owned()],
        }
    }

    /// Takes the marks of rows that go; says how many that were.
    pub(super) fn apply(
        &self,
        table: &Table,
        keep: &mut [u8],
        notes: &mut Vec<Note>,
    ) -> Result<Step> {
        let goes = match &self.rule {
            Rule::Keep(expr) => expr.holds(table, notes)?.into_iter().map(|own| own ^ 1).collect(),
            Rule::Where(expr) => expr.holds(table, notes)?,
            Rule::Ids(expr, ids) => self.named(expr, ids, table)?,
            Rule::Parameter(own) => other_parameters(table, own)?,
        };
        let mut left_out = 0;
        for (keep, goes) in keep.iter_mut().zip(goes) {
            left_out += usize::from(*keep == 1 && goes == 1);
            *keep &= goes ^ 1;
        }
        let remaining = keep.iter().filter(|&&keep| keep == 1).count();
        Ok(Step { reason: self.reason.clone(), left_out, remaining })
    }
}

/// Marks 1 the rows that are not of a parameter.
fn other_parameters(table: &Table, parameter: &str) -> Result<Vec<u8>> {
    let column = table.column(PARAMETER);
    let own = column.map(|column| with_ids(column, &[parameter.to_owned()])).unwrap_or_default();
    if own.contains(&1) {
        return Ok(own.into_iter().map(|own| own ^ 1).collect());
    }
    let known = match column {
        Some(Column::Category(category)) => category.levels.join(", "),
        _ => "none".to_owned(),
    };
    Err(Error::analysis(format!(
        "{}: {PARAMETER} is {parameter} in no row; the parameters are {known}",
        table.source()
    )))
}

/// Marks 1 the rows of these subjects.
fn with_ids(column: &Column, ids: &[String]) -> Vec<u8> {
    if let Column::Category(category) = column {
        let named: Vec<u8> =
            category.levels.iter().map(|level| u8::from(ids.contains(level))).collect();
        let code = |&code: &u32| named.get(code as usize).copied().unwrap_or(0);
        return category.codes.iter().map(code).collect();
    }
    // 007 is read as 7 where all are numbers.
    let numbers: Vec<f64> = ids.iter().filter_map(|id| id.trim().parse().ok()).collect();
    let named = |row| match column {
        Column::Integer(values) => numbers.contains(&f64::from(values[row])),
        Column::Number { values, .. } => numbers.contains(&values[row]),
        _ => ids.contains(&super::derive::shown(column, row)),
    };
    (0..column.len()).map(|row| u8::from(!column.is_missing(row) && named(row))).collect()
}
