//! `age = 60, sex = 2`: values of a subject who may not exist.

use super::typical::{Typical, TypicalValue};
use crate::error::{DataError, Error, FormulaError, Result};
use crate::formula::suggest::{closest, list};
use crate::formula::syntax::ast::{Kind, Node, UnaryOp};
use crate::formula::syntax::{assignments, date};
use crate::table::{Column, Table};

/// The values of a profile; what it does not name is typical.
pub(super) fn read(text: &str, typical: &[Typical]) -> Result<Vec<Typical>> {
    let mut profile = typical.to_vec();
    let mut given = vec![false; typical.len()];
    for (name, value) in assignments(text)? {
        let at = place(text, &name, typical)?;
        if std::mem::replace(&mut given[at], true) {
            let message = format!("{} is given twice", profile[at].name);
            return Err(FormulaError::syntax(text, name.span, message).into());
        }
        profile[at].value =
            convert(&typical[at], constant(&value)).map_err(|(message, help)| {
                FormulaError::misfit(text, value.span.clone(), message).help(help)
            })?;
    }
    Ok(profile)
}

fn place(text: &str, node: &Node, typical: &[Typical]) -> Result<usize> {
    let printed = node.bare().to_string();
    let name = node.name().unwrap_or(&printed);
    if let Some(at) = typical.iter().position(|own| own.name == name) {
        return Ok(at);
    }
    let message = format!("the model has no variable {name}");
    let error = FormulaError::misfit(text, node.span.clone(), message);
    Err(error.help(meant(name, typical)).into())
}

/// The values of profiles that are rows of a table; a column that is not there is typical.
pub(super) fn of_table(table: &Table, typical: &[Typical]) -> Result<Vec<Vec<Typical>>> {
    let place = |name: &String| {
        let at = typical.iter().position(|own| own.name == *name);
        Ok((at.ok_or_else(|| unknown(table, name, typical))?, table.column(name)))
    };
    let columns: Vec<_> = table.names().iter().map(place).collect::<Result<_>>()?;
    let mut error = DataError::new("a profile does not fit the model");
    let mut profiles = vec![typical.to_vec(); table.rows()];
    for (row, profile) in profiles.iter_mut().enumerate() {
        for (at, value) in columns.iter().filter_map(|(at, own)| Some((*at, cell((*own)?, row)))) {
            let (own, found) = (&typical[at], value.to_string());
            match convert(own, Some(value)) {
                Ok(value) => profile[at].value = value,
                Err((message, help)) => {
                    error.push(row, &own.name, format!("{found}: {message} ({help})"));
                }
            }
        }
    }
    error.check().map_err(|error| error.locate(table.source(), |row| table.place(row)))?;
    Ok(profiles)
}

fn unknown(table: &Table, name: &str, typical: &[Typical]) -> Error {
    let mut error = DataError::new(format!("the model has no variable {name}"));
    error.source = Some(table.source().to_owned());
    error.help(meant(name, typical)).into()
}

fn meant(name: &str, typical: &[Typical]) -> String {
    let names = || typical.iter().map(|own| own.name.as_str());
    match closest(name, names()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("its variables are {}", list(names())),
    }
}

fn cell(column: &Column, row: usize) -> TypicalValue {
    if column.is_missing(row) {
        return TypicalValue::Missing;
    }
    match column {
        Column::Integer(values) => TypicalValue::Number(f64::from(values[row])),
        Column::Number { values, .. } => TypicalValue::Number(values[row]),
        Column::Boolean(values) => TypicalValue::Truth(values[row] == 1),
        Column::Date(days) => TypicalValue::Date(days[row]),
        Column::Category(own) => TypicalValue::Level(own.levels[own.codes[row] as usize].clone()),
    }
}

/// A value as one of the variable's kind, or what is wrong and what to do.
fn convert(own: &Typical, value: Option<TypicalValue>) -> Result<TypicalValue, (String, String)> {
    let wrong = |what: &str| (format!("{} must be {what}", own.name), format!("as {}", own.value));
    match (&own.value, value) {
        (_, Some(TypicalValue::Missing)) => Ok(TypicalValue::Missing),
        (TypicalValue::Number(_) | TypicalValue::Missing, Some(TypicalValue::Number(number))) => {
            Ok(TypicalValue::Number(number))
        }
        (TypicalValue::Number(_), Some(TypicalValue::Truth(truth))) => {
            Ok(TypicalValue::Number(f64::from(u8::from(truth))))
        }
        (TypicalValue::Number(_), Some(TypicalValue::Level(text))) => {
            text.trim().parse().map(TypicalValue::Number).map_err(|_| wrong("a number"))
        }
        (TypicalValue::Number(_), _) => Err(wrong("a number")),
        (TypicalValue::Truth(_), Some(TypicalValue::Truth(truth))) => {
            Ok(TypicalValue::Truth(truth))
        }
        (TypicalValue::Truth(_), Some(TypicalValue::Number(number))) if number.abs() <= 1.0 => {
            Ok(TypicalValue::Truth(number != 0.0))
        }
        (TypicalValue::Truth(_), _) => Err(wrong("true or false")),
        (TypicalValue::Date(_), Some(TypicalValue::Date(days))) => Ok(TypicalValue::Date(days)),
        (TypicalValue::Date(_), Some(TypicalValue::Level(text))) => {
            date(text.trim()).map(TypicalValue::Date).ok_or_else(|| wrong("a date"))
        }
        (TypicalValue::Date(_), _) => Err(wrong("a date")),
        (_, Some(value)) => level(own, &value.to_string()),
        (_, None) => Err(wrong("a constant")),
    }
}

fn level(own: &Typical, text: &str) -> Result<TypicalValue, (String, String)> {
    if own.levels.iter().any(|level| level == text) {
        return Ok(TypicalValue::Level(text.to_owned()));
    }
    let levels = list(own.levels.iter().map(String::as_str));
    Err((format!("{} has no value {text:?}", own.name), format!("the values are {levels}")))
}

fn constant(node: &Node) -> Option<TypicalValue> {
    Some(match &node.bare().kind {
        Kind::Number { value, .. } => TypicalValue::Number(*value),
        Kind::Text(text) => TypicalValue::Level(text.clone()),
        Kind::Boolean(value) => TypicalValue::Truth(*value),
        Kind::Date(days) => TypicalValue::Date(*days),
        Kind::Name(name) => TypicalValue::Level(name.clone()),
        Kind::Missing => TypicalValue::Missing,
        Kind::Unary { op: UnaryOp::Minus, operand } => match constant(operand)? {
            TypicalValue::Number(value) => TypicalValue::Number(-value),
            _ => return None,
        },
        _ => return None,
    })
}
