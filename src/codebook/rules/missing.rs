//! Values that may stand for missing ones.

use super::Subject;
use crate::codebook::finding::{Finding, counted};
use crate::codebook::profile::{Kind, Level, Profile};
use crate::codebook::role::{Role, plain};
use crate::codebook::words::UNKNOWN;

/// Words of [`UNKNOWN`] that may also be an answer.
const ANSWERS: [&str; 8] = ["none", "nd", "ka", "na", "nan", "-", "--", "."];

pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let own = subject.own;
    let is_id = subject.role.is_some_and(|own| own.role == Role::Id);
    match own.kind {
        Kind::Integer | Kind::Number if !is_id => numbers(own),
        Kind::Category | Kind::Text => texts(own),
        _ => Vec::new(),
    }
}

/// Codes like −99 and 999 apart from all other values.
fn numbers(own: &Profile) -> Vec<Finding> {
    let levels = &own.levels;
    let found = levels.iter().filter(|level| {
        let others = levels.iter().filter(|other| !is_code(other) || other.text == level.text);
        let others = others.filter(|other| other.text != level.text);
        let others: Vec<f64> = others.filter_map(|other| other.number).collect();
        is_code(level) && level.number.is_some_and(|code| is_apart(code, &others))
    });
    let found: Vec<&Level> = found.collect();
    if found.is_empty() || !own.exact {
        return Vec::new();
    }
    let texts: Vec<&str> = found.iter().map(|level| level.text.as_str()).collect();
    let message = format!(
        "{} stands apart from the other values: a code for missing? Then read with --missing={}",
        with_counts(&found),
        texts.join(",")
    );
    vec![finding("missing_code", own, &found, message).question()]
}

/// Whether a number is written as codes for missing values are: 9, 99, 88, 777, with or without a
/// minus sign.
fn is_code(level: &Level) -> bool {
    let digits = level.text.strip_prefix('-').unwrap_or(&level.text);
    let same = |digit: u8| digits.bytes().all(|own| own == digit);
    let long = (2..=6).contains(&digits.len()) || digits == "9";
    long && [b'9', b'8', b'7'].into_iter().any(same)
}

fn is_apart(code: f64, others: &[f64]) -> bool {
    let least = others.iter().copied().fold(f64::INFINITY, f64::min);
    let most = others.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if code < 0.0 {
        return least >= 0.0 && !others.is_empty();
    }
    // 9 among grades from 0 to 4; 99 among values up to 60.
    let many = others.len() >= 2;
    if code < 10.0 { code == 9.0 && many && most <= 4.0 } else { many && most <= 0.65 * code }
}

/// Words for "unknown", in a column that is otherwise numbers or dates, or among categories.
fn texts(own: &Profile) -> Vec<Finding> {
    let unknown: Vec<&Level> = own.levels.iter().filter(|level| is_unknown(level)).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let rest = || own.levels.iter().filter(|level| !is_unknown(level));
    let numbers = rest().filter(|level| level.number.is_some()).map(Level::count).sum::<u64>();
    let days = rest().filter(|level| level.day.is_some()).map(Level::count).sum::<u64>();
    let all = rest().map(Level::count).sum::<u64>().max(1);
    let texts: Vec<String> = unknown.iter().map(|level| quoted(&level.text)).collect();
    let fix = format!("--missing={}", texts.join(","));
    let shown = with_counts(&unknown);
    for (share, kind) in [(numbers, "numbers"), (days, "dates")] {
        if share * 10 >= all * 9 {
            let message = format!("{shown} in a column of {kind}: read with {fix}");
            return vec![finding("missing_code", own, &unknown, message)];
        }
    }
    if own.refusal.is_some() {
        let message = format!("{shown}: if that is missing, read with {fix}");
        return vec![finding("missing_code", own, &unknown, message)];
    }
    let sure = |level: &&&Level| !ANSWERS.contains(&plain(&level.text).as_str());
    let sure: Vec<&Level> = unknown.iter().filter(sure).copied().collect();
    if sure.is_empty() {
        return Vec::new();
    }
    let texts: Vec<String> = sure.iter().map(|level| quoted(&level.text)).collect();
    let message = format!(
        "{}: a category of its own, or missing (--missing={})?",
        with_counts(&sure),
        texts.join(",")
    );
    vec![finding("missing_word", own, &sure, message).question()]
}

/// Whether a text stands for a missing value.
pub(super) fn is_unknown(level: &Level) -> bool {
    UNKNOWN.contains(&plain(&level.text).as_str())
}

fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || "-.".contains(c));
    if plain { text.to_owned() } else { format!("\"{text}\"") }
}

fn with_counts(levels: &[&Level]) -> String {
    let each = levels
        .iter()
        .map(|level| format!("{} ({})", quoted(&level.text), counted(level.count(), "row")));
    each.collect::<Vec<_>>().join(", ")
}

fn finding(rule: &'static str, own: &Profile, of: &[&Level], message: String) -> Finding {
    let rows = of.iter().map(|level| level.count()).sum();
    let first = of.iter().flat_map(|level| level.seen.rows);
    Finding::new(rule, &own.name, message).rows(rows, first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_apart() {
        assert!(is_apart(-99.0, &[0.0, 3.0]));
        assert!(!is_apart(-9.0, &[-24.0, 3.0]));
        assert!(is_apart(99.0, &[1.0, 60.0]));
        assert!(!is_apart(99.0, &[1.0, 97.0]));
        assert!(is_apart(9.0, &[0.0, 1.0, 4.0]));
        assert!(!is_apart(9.0, &[0.0, 1.0, 8.0]));
        assert!(!is_apart(999.0, &[5.0, 1022.0]));
        assert!(!is_apart(99.0, &[1.0]));
        assert!(!is_apart(-99.0, &[]));
    }
}
