//! What a check found.

use serde::Serialize;

use super::model::{PrintedNumbers, RowId};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The printed statements cannot all be true.
    Error,
    /// They cannot all be true unless a denominator or a definition differs.
    Warning,
    /// Only the last digit is at issue.
    Rounding,
    /// No contradiction, but it tells how the numbers were made.
    Note,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Rounding, Self::Note];

    /// The name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Rounding => "rounding",
            Self::Note => "note",
        }
    }
}

/// One contradiction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The check and the first row, unique in a list of findings.
    pub id: String,
    /// The name of the check.
    pub check: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The sentence with its arithmetic.
    pub finding: String,
    /// The rows concerned.
    pub rows: Vec<RowId>,
}

/// Findings as they come.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding; the same sentence of the same check gathers its rows, since one number may
    /// stand in several files.
    pub(super) fn add(
        &mut self,
        check: &'static str,
        severity: Severity,
        finding: String,
        rows: impl IntoIterator<Item = RowId>,
    ) {
        let same = |own: &Finding| own.check == check && own.finding == finding;
        let at = self.0.iter().position(same).unwrap_or_else(|| {
            let (id, rows) = (String::new(), Vec::new());
            self.0.push(Finding { id, check, severity, finding, rows });
            self.0.len() - 1
        });
        let own = &mut self.0[at];
        for row in rows {
            if !own.rows.contains(&row) {
                own.rows.push(row);
            }
        }
    }

    /// The findings in the order of their first rows, the gravest first within a row.
    pub(super) fn finish(self, numbers: &PrintedNumbers) -> Vec<Finding> {
        let order: Vec<&RowId> = numbers.rows().collect();
        let place = |finding: &Finding| {
            let first = finding.rows.first();
            let at = order.iter().position(|row| Some(*row) == first);
            (at.unwrap_or(usize::MAX), finding.severity)
        };
        let mut findings = self.0;
        findings.sort_by_key(place);
        let mut seen: Vec<String> = Vec::new();
        for finding in &mut findings {
            let row = finding.rows.first().map_or("", |row| &row.id);
            let base = format!("{}:{row}", finding.check);
            let again = seen.iter().filter(|own| **own == base).count();
            finding.id = if again == 0 { base.clone() } else { format!("{base}:{}", again + 1) };
            seen.push(base);
        }
        findings
    }
}
