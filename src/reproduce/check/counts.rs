//! Tables of counts: levels against the size of the column, percentages against denominators.

use super::finding::{Findings, Severity};
use super::model::{PrintedCount, PrintedNumbers};
use super::words::share;
use crate::published::Printed;

/// Levels that say that nothing is known.
const UNKNOWN: [&str; 7] =
    ["na/ne", "ne", "na", "unknown", "missing", "not evaluable", "not known"];

/// A variable in one column of a table.
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) group: &'a str,
    /// Its levels that are counts.
    pub(super) levels: Vec<&'a PrintedCount>,
    /// Patients of whom it is not known, as printed.
    pub(super) missing: u64,
}

/// Every variable of every column, in the order of the tables.
pub(super) fn variables(counts: &[PrintedCount]) -> Vec<Variable<'_>> {
    let mut all: Vec<Variable<'_>> = Vec::new();
    for own in counts {
        let same = |other: &&mut Variable<'_>| {
            other.name == own.variable
                && other.group == own.group
                && other.levels.first().is_none_or(|first| first.place == own.place)
        };
        if all.iter_mut().find(same).is_none() {
            let (name, group) = (own.variable.as_str(), own.group.as_str());
            all.push(Variable { name, group, levels: Vec::new(), missing: 0 });
        }
        let Some(variable) = all.iter_mut().find(same) else { continue };
        variable.missing += own.missing.unwrap_or(0);
        let unknown = UNKNOWN.contains(&own.level.to_lowercase().as_str());
        match own.count {
            Some(count) if unknown => variable.missing += count,
            Some(_) => variable.levels.push(own),
            None => {}
        }
    }
    all
}

/// The size of a column.
pub(super) fn size(counts: &[PrintedCount], group: &str) -> Option<u64> {
    counts.iter().find(|own| own.variable == "n" && own.group == group)?.count
}

pub(super) fn check(numbers: &PrintedNumbers, found: &mut Findings) {
    for variable in variables(&numbers.counts) {
        let Some(n) = size(&numbers.counts, variable.group) else { continue };
        if variable.name != "n" && !variable.levels.is_empty() {
            variable.check(n, found);
        }
    }
}

impl Variable<'_> {
    fn sum(&self) -> u64 {
        self.levels.iter().filter_map(|own| own.count).sum()
    }

    /// Whether the levels are all there are: their percentages add to 100 within rounding.
    fn is_whole(&self) -> bool {
        let percents: Option<Vec<&Printed>> =
            self.levels.iter().map(|own| own.percent.as_ref()).collect();
        let Some(percents) = percents.filter(|own| own.len() > 1) else { return false };
        let sum: f64 = percents.iter().filter_map(|own| own.number()).sum();
        let slack: f64 = percents.iter().map(|own| own.half_unit()).sum();
        (sum - 100.0).abs() <= slack + 1e-9
    }

    fn subject(&self) -> String {
        format!("{}, {}", self.group, self.name)
    }

    fn check(&self, n: u64, found: &mut Findings) {
        if self.missing > n {
            let sentence = format!("{}: {} missing of {n}", self.subject(), self.missing);
            let rows = self.levels.first().map(|own| own.row.clone());
            return found.add("counts-do-not-add", Severity::Error, sentence, rows);
        }
        let (known, sum) = (n - self.missing, self.sum());
        for own in self.levels.iter().filter(|own| own.count > Some(known)) {
            let count = own.count.unwrap_or_default();
            let sentence = format!(
                "{}: {count} have {}, but of {n} patients {} are missing",
                self.subject(),
                own.level,
                self.missing
            );
            found.add("counts-do-not-add", Severity::Error, sentence, [own.row.clone()]);
        }
        if self.is_whole() && sum != known {
            return self.does_not_add((n, known, sum), found);
        }
        self.levels.iter().for_each(|own| self.percent(own, (n, known), found));
    }

    fn does_not_add(&self, (n, known, sum): (u64, u64, u64), found: &mut Findings) {
        let terms = self.levels.iter().map(|own| own.count.unwrap_or_default().to_string());
        let terms: Vec<String> = terms.collect();
        let fitting = match self.levels.iter().all(|own| prints(own, sum)) {
            true => format!("; the percentages are of {sum}"),
            false => String::new(),
        };
        let sentence = format!(
            "{}: levels {} = {sum}, but {n} patients less {} missing are {known}{fitting}",
            self.subject(),
            terms.join(" + "),
            self.missing
        );
        let rows: Vec<_> = self.levels.iter().map(|own| own.row.clone()).collect();
        found.add("counts-do-not-add", Severity::Error, sentence, rows);
    }

    /// A percentage against its count and those of whom the variable is known.
    fn percent(&self, own: &PrintedCount, (n, known): (u64, u64), found: &mut Findings) {
        let (Some(count), Some(percent)) = (own.count, &own.percent) else { return };
        if known == 0 || prints(own, known) {
            return;
        }
        let of_all = match self.missing > 0 && prints(own, n) {
            true => format!("; {count} of all {n} would be {percent}%"),
            false => String::new(),
        };
        let missing = match self.missing {
            0 => String::new(),
            missing => format!(" ({n} less {missing} missing)"),
        };
        let sentence = format!(
            "{}, {}: {percent}% is printed, but {}{missing}{of_all}",
            self.subject(),
            own.level,
            share(count, known)
        );
        found.add("percentage-against-count", Severity::Error, sentence, [own.row.clone()]);
    }
}

fn prints(own: &PrintedCount, n: u64) -> bool {
    let share = own.count.map(|count| 100.0 * count as f64 / n as f64);
    own.percent.as_ref().is_none_or(|percent| share.is_none() || percent.matches(share))
}
