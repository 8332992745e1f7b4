//! Typical values of the variables behind covariates.

use std::fmt;
use std::sync::Arc;

use super::plan::Plan;
use crate::formula::eval::{category, number_label};
use crate::formula::expr::{Expr, distinct};
use crate::formula::rows::{Counted, count_codes, mean};
use crate::formula::syntax::ast::{BinaryOp, Comparison, Kind as NodeKind, Node};
use crate::formula::syntax::date_text;
use crate::formula::syntax::function::Function;
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT, Table};

/// A variable with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Typical {
    /// A column of the data; or `tdc(x)`, which is 0 or 1.
    pub name: String,
    /// The value.
    pub value: TypicalValue,
    /// The levels that a text may have.
    pub(super) levels: Arc<Vec<String>>,
}

/// A value of a variable.
#[derive(Debug, Clone, PartialEq)]
pub enum TypicalValue {
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// A text.
    Level(String),
    /// No row has a value.
    Missing,
}

impl fmt::Display for TypicalValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => f.write_str(&number_label(*value)),
            Self::Truth(value) => value.fmt(f),
            Self::Date(days) => f.write_str(&date_text(*days)),
            Self::Level(level) => f.write_str(level),
            Self::Missing => f.write_str("NA"),
        }
    }
}

/// The typical value of every column that a plan and offsets name, in the rows that count.
pub(in crate::formula) fn summarise(
    plan: &Plan,
    offset: &[&Expr],
    table: &Table,
    counted: Counted<'_>,
) -> Vec<Typical> {
    let exprs = || plan.variables.iter().filter(|own| !own.is_switch()).map(|own| &own.expr);
    let all = || exprs().chain(offset.iter().copied());
    let categories: Vec<&str> = all().flat_map(|expr| used_as_category(expr.node())).collect();
    let summary = |name: String| {
        let (value, levels) = match table.column(&name) {
            Some(column) => of_column(column, counted, categories.contains(&name.as_str())),
            None => (TypicalValue::Missing, Arc::default()),
        };
        Typical { name, value, levels }
    };
    let columns = distinct(all().flat_map(|expr| expr.node().names()));
    let columns = columns.into_iter().filter(|name| table.column(name).is_some());
    let switches = plan.variables.iter().filter(|own| own.is_switch());
    columns.map(summary).chain(switches.map(|own| never(&own.name))).collect()
}

fn never(name: &str) -> Typical {
    let (value, levels) = (TypicalValue::Number(0.0), Arc::default());
    Typical { name: name.to_owned(), value, levels }
}

/// Columns that stand in `factor()`, `%in%` or a test for equality, where a mean means nothing.
fn used_as_category(node: &Node) -> Vec<&str> {
    use Comparison::{Equal, NotEqual};
    let mut names = Vec::new();
    node.walk(&mut |node| {
        let equal = |op| matches!(op, BinaryOp::In | BinaryOp::Compare(Equal | NotEqual));
        let category = match &node.kind {
            NodeKind::Call { function, .. } => *function == Function::Factor,
            NodeKind::Chain { rest, .. } => rest.iter().any(|link| equal(link.op)),
            _ => false,
        };
        if category {
            names.extend(node.names());
        }
    });
    names
}

fn of_column(
    column: &Column,
    counted: Counted<'_>,
    as_category: bool,
) -> (TypicalValue, Arc<Vec<String>>) {
    let average = || mean(column, counted).map_or(TypicalValue::Missing, TypicalValue::Number);
    match column {
        Column::Integer(_) | Column::Number { .. } if !as_category => (average(), Arc::default()),
        Column::Date(_) => match average() {
            TypicalValue::Number(days) => (TypicalValue::Date(days.round() as i32), Arc::default()),
            other => (other, Arc::default()),
        },
        Column::Category(own) => {
            let level = most_frequent(own, counted);
            (level.map_or(TypicalValue::Missing, TypicalValue::Level), Arc::clone(&own.levels))
        }
        other => {
            let level = most_frequent(&category(other.clone()), counted);
            (level.map_or(TypicalValue::Missing, |level| read(&level, other)), Arc::default())
        }
    }
}

/// The value of a truth value's or a number's label.
fn read(level: &str, column: &Column) -> TypicalValue {
    match column {
        Column::Boolean(_) => TypicalValue::Truth(level == "true"),
        _ => level.parse().map_or(TypicalValue::Missing, TypicalValue::Number),
    }
}

/// The first of the most frequent levels.
fn most_frequent(own: &Category, counted: Counted<'_>) -> Option<String> {
    let counts = count_codes(&own.codes, counted, own.levels.len());
    let most = counts.iter().copied().fold(0.0, f64::max);
    let place = counts.iter().position(|&rows| rows == most && rows > 0.0)?;
    Some(own.levels[place].clone())
}

/// One row a profile, in a table without columns.
pub(super) fn table(typical: &[Typical], profiles: &[Vec<Typical>], mut table: Table) -> Table {
    for (at, own) in typical.iter().enumerate() {
        let values: Vec<&TypicalValue> =
            profiles.iter().map(|profile| &profile[at].value).collect();
        table.push(own.name.as_str(), column(own, &values));
    }
    table
}

/// The kind of the typical value is that of the column.
fn column(own: &Typical, values: &[&TypicalValue]) -> Column {
    match own.value {
        TypicalValue::Truth(_) => Column::Boolean(values.iter().map(|own| own.truth()).collect()),
        TypicalValue::Date(_) => Column::Date(values.iter().map(|own| own.days()).collect()),
        TypicalValue::Level(_) => {
            let codes = values.iter().map(|value| value.code(&own.levels)).collect();
            Column::Category(Category { codes, levels: Arc::clone(&own.levels) })
        }
        TypicalValue::Number(_) | TypicalValue::Missing => {
            Column::Number { values: values.iter().map(|own| own.number()).collect(), exact: true }
        }
    }
}

impl TypicalValue {
    fn number(&self) -> f64 {
        if let Self::Number(number) = self { *number } else { f64::NAN }
    }

    fn truth(&self) -> u8 {
        if let Self::Truth(truth) = self { u8::from(*truth) } else { 2 }
    }

    fn days(&self) -> i32 {
        if let Self::Date(days) = self { *days } else { MISSING_INT }
    }

    fn code(&self, levels: &[String]) -> u32 {
        let Self::Level(level) = self else { return MISSING_CODE };
        levels.iter().position(|own| own == level).map_or(MISSING_CODE, |code| code as u32)
    }
}
