//! Points, numbers at risk and censor marks from files.

use std::path::Path;

use crate::error::{DataError, Error, Result};
use crate::io::{ReadOptions, Reader};
use crate::reconstruct::{AtRisk, AtRiskTable, Points};
use crate::table::{Column, Table};

/// Columns `time` and `survival` (or what stands in their places).
pub(super) fn points(file: &Path) -> Result<Points> {
    let table = read(file)?;
    let time = numbers(&table, file, &["time", "t", "x"])?;
    let survival = numbers(&table, file, &["survival", "surv", "s", "y", "failure"])?;
    let pairs: Vec<(f64, f64)> = time.into_iter().zip(survival).collect();
    Points::new(&pairs).map_err(|error| located(error, &table, file))
}

/// Columns `time`, `n_risk` and perhaps `n_censored_cum`.
pub(super) fn at_risk(file: &Path) -> Result<AtRiskTable> {
    let table = read(file)?;
    let time = numbers(&table, file, &["time", "t"])?;
    let n_risk = counts(&table, file, &["n_risk", "nrisk", "at_risk", "n"])?;
    let named = ["n_censored_cum", "n_censored", "censored"];
    let censored = find(&table, &named).is_some();
    let censored = censored.then(|| counts(&table, file, &named)).transpose()?;
    let row = |at: usize| AtRisk {
        time: time[at],
        n_risk: n_risk[at],
        censored: censored.as_ref().map(|own| own[at]),
    };
    let rows: Vec<AtRisk> = (0..table.rows()).map(row).collect();
    AtRiskTable::new(&rows).map_err(|error| located(error, &table, file))
}

/// A column `time`.
pub(super) fn marks(file: &Path) -> Result<Vec<f64>> {
    let table = read(file)?;
    let time = numbers(&table, file, &["time", "t", "x"])?;
    finite(&table, file, ("time", &time))?;
    Ok(time)
}

fn read(file: &Path) -> Result<Table> {
    Reader::open(file, ReadOptions::default())?.read_all()
}

/// The column of one of these names.
fn find<'t>(table: &'t Table, names: &[&str]) -> Option<(&'t str, &'t Column)> {
    let own = |name: &&str| {
        let at = table.names().iter().find(|own| own.trim().eq_ignore_ascii_case(name))?;
        Some((at.as_str(), table.column(at)?))
    };
    names.iter().find_map(own)
}

fn numbers(table: &Table, file: &Path, names: &[&str]) -> Result<Vec<f64>> {
    let Some((name, column)) = find(table, names) else {
        let mut error = DataError::new(format!("there is no column {:?}", names[0]))
            .help(format!("the columns are {}", table.names().join(", ")));
        error.source = Some(file.to_string_lossy().into_owned());
        return Err(error.into());
    };
    let values = match column {
        Column::Number { values, .. } => values.clone(),
        Column::Integer(values) => {
            let number = |(row, &own): (usize, &i32)| {
                if column.is_missing(row) { f64::NAN } else { f64::from(own) }
            };
            values.iter().enumerate().map(number).collect()
        }
        Column::Boolean(values) => values.iter().map(|&own| f64::from(own)).collect(),
        other => {
            let mut error =
                DataError::new(format!("column {name} is {}, not numbers", other.kind()));
            if let Column::Category(category) = other {
                let bad = category.non_numeric();
                let rows = category.codes.iter().enumerate();
                for (row, &code) in rows.filter(|(_, code)| bad.contains(code)) {
                    error.push(row, name, format!("{:?}", category.levels[code as usize]));
                }
            }
            return Err(located(error.into(), table, file));
        }
    };
    finite(table, file, (name, &values))?;
    Ok(values)
}

fn finite(table: &Table, file: &Path, (name, values): (&str, &[f64])) -> Result<()> {
    let mut error = DataError::new(format!("column {name} has rows without a number"));
    for (row, value) in values.iter().enumerate() {
        if !value.is_finite() {
            error.push(row, name, "nothing");
        }
    }
    error.check().map_err(|error| located(error, table, file))
}

fn counts(table: &Table, file: &Path, names: &[&str]) -> Result<Vec<u32>> {
    let values = numbers(table, file, names)?;
    let mut error = DataError::new(format!("{} must be whole numbers from 0 on", names[0]));
    for (row, value) in values.iter().enumerate() {
        if value.fract() != 0.0 || !(0.0..=1e9).contains(value) {
            error.push(row, names[0], value);
        }
    }
    error.check().map_err(|error| located(error, table, file))?;
    Ok(values.into_iter().map(|own| own as u32).collect())
}

fn located(error: Error, table: &Table, file: &Path) -> Error {
    error.locate(&file.to_string_lossy(), |row| table.place(row))
}
