//! Numbers at risk below a figure.

use crate::error::{DataError, Error, Result};

/// A column of the table of numbers at risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtRisk {
    /// The time.
    pub time: f64,
    /// How many have an observed time ≥ `time`.
    pub n_risk: u32,
    /// How many were censored before `time`, where printed.
    pub censored: Option<u32>,
}

impl AtRisk {
    /// A number at risk.
    pub fn new(time: f64, n_risk: u32) -> Self {
        Self { time, n_risk, censored: None }
    }

    /// With the cumulative number of censored.
    pub fn censored(self, censored: u32) -> Self {
        Self { censored: Some(censored), ..self }
    }
}

/// Numbers at risk that no longer rise, by time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AtRiskTable {
    rows: Vec<AtRisk>,
}

impl AtRiskTable {
    /// Puts rows in the order of time and checks them.
    ///
    /// # Errors
    /// Times before 0 or twice, numbers that rise, cumulative censorings that fall or exceed those
    /// who left.
    pub fn new(rows: &[AtRisk]) -> Result<Self> {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| rows[a].time.total_cmp(&rows[b].time));
        let mut error = DataError::new("a number at risk needs a time, 0 or later, of its own");
        for (at, &row) in order.iter().enumerate() {
            let twice = at > 0 && rows[order[at - 1]].time == rows[row].time;
            if !rows[row].time.is_finite() || rows[row].time < 0.0 || twice {
                error.push(row, "time", rows[row].time);
            }
        }
        error.check()?;
        check_fall(rows, &order)?;
        check_censored(rows, &order)?;
        Ok(Self { rows: order.into_iter().map(|row| rows[row]).collect() })
    }

    /// The rows by time.
    pub fn rows(&self) -> &[AtRisk] {
        &self.rows
    }

    /// The table without the row of a time.
    pub(super) fn without(&self, time: f64) -> Self {
        Self { rows: self.rows.iter().filter(|own| own.time != time).copied().collect() }
    }

    /// The table without the number of censored at a time.
    pub(super) fn without_censored(&self, time: f64) -> Self {
        let kept = |own: &AtRisk| own.censored.filter(|_| own.time != time);
        Self { rows: self.rows.iter().map(|own| AtRisk { censored: kept(own), ..*own }).collect() }
    }

    /// The number at risk at time 0, where it is there.
    pub(super) fn at_start(&self) -> Option<u32> {
        self.rows.first().filter(|own| own.time == 0.0).map(|own| own.n_risk)
    }
}

fn check_fall(rows: &[AtRisk], order: &[usize]) -> Result<()> {
    let mut error = DataError::new("numbers at risk never rise")
        .help("check the order of the numbers, and that all belong to one arm");
    for pair in order.windows(2) {
        let (a, b) = (rows[pair[0]], rows[pair[1]]);
        if b.n_risk > a.n_risk {
            let found =
                format!("{} at time {}, after {} at time {}", b.n_risk, b.time, a.n_risk, a.time);
            error.push(pair[1], "n_risk", found);
        }
    }
    error.check()
}

fn check_censored(rows: &[AtRisk], order: &[usize]) -> Result<()> {
    let mut error = DataError::new(
        "cumulative numbers of censored never fall, nor rise by more than leave the risk set",
    );
    let mut last: Option<AtRisk> = None;
    for &row in order {
        let own = rows[row];
        let Some(now) = own.censored else { continue };
        if let Some(before) = last {
            let was = before.censored.unwrap_or(0);
            let left = before.n_risk.saturating_sub(own.n_risk);
            if now < was || now - was > left {
                let found = format!(
                    "{now} by time {}, after {was} by time {}; {left} left meanwhile",
                    own.time, before.time
                );
                error.push(row, "n_censored_cum", found);
            }
        }
        last = Some(own);
    }
    error.check()
}

/// A table that cannot belong to a curve or to a number of patients.
pub(super) fn check_against(table: &AtRiskTable, n: u32, end: f64) -> Result<()> {
    for own in table.rows() {
        let (time, n_risk) = (own.time, own.n_risk);
        if n_risk > n {
            let message = format!("{n_risk} at risk at time {time}, but there are {n} patients");
            return Err(Error::analysis(message));
        }
        if time > 1.02 * end && n_risk > 0 {
            return Err(Error::analysis(format!(
                "{n_risk} at risk at time {time}, but the curve ends at {end}: a curve is drawn as \
                 long as anybody is at risk (check the unit of both, or give --max-time)"
            )));
        }
    }
    if let Some(first) = table.at_start().filter(|&first| first != n) {
        let message = format!("{first} at risk at time 0, but there are {n} patients");
        return Err(Error::analysis(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(rows: &[AtRisk]) -> String {
        AtRiskTable::new(rows).unwrap_err().to_string()
    }

    #[test]
    fn rows_are_ordered_and_checked() {
        let row = AtRisk::new;
        let table = AtRiskTable::new(&[row(12.0, 4), row(0.0, 9), row(6.0, 9)]).unwrap();
        assert_eq!(table.rows()[2], row(12.0, 4));
        let text = refusal(&[row(0.0, 9), row(6.0, 7), row(12.0, 8)]);
        assert!(text.contains("row 3") && text.contains("8 at time 12, after 7 at time 6"));
        assert!(refusal(&[row(0.0, 9), row(0.0, 9)]).contains("row 2"));
        assert!(refusal(&[row(-1.0, 9)]).contains("row 1"));
        let text = refusal(&[row(0.0, 9).censored(0), row(6.0, 7).censored(3)]);
        assert!(text.contains("2 left meanwhile"), "{text}");
    }

    #[test]
    fn a_table_fits_its_curve() {
        let table = AtRiskTable::new(&[AtRisk::new(0.0, 9), AtRisk::new(20.0, 2)]).unwrap();
        assert!(check_against(&table, 9, 20.0).is_ok());
        assert!(check_against(&table, 8, 20.0).unwrap_err().to_string().contains("8 patients"));
        assert!(check_against(&table, 10, 20.0).unwrap_err().to_string().contains("time 0"));
        assert!(check_against(&table, 9, 12.0).unwrap_err().to_string().contains("ends at 12"));
    }
}
