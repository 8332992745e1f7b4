//! Numbers with a decimal comma, in a column that was read as text.

use super::cell::Cell;
use super::number::{Number, number};
use super::reading::{Reading, Rules};
use super::refusal::{Kind, Refusal};
use crate::table::Category;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    Point,
    Comma,
}

/// The numbers of a column that has nothing but numbers, some with a comma; with the comma given
/// as the decimal mark it need not have one.
pub(super) fn numbers(category: &Category, rules: &Rules) -> Option<Reading> {
    let given = rules.decimal == Some(b',');
    if !given && (rules.decimal.is_some() || rules.commas_separate) {
        return None;
    }
    let levels = category.levels.iter();
    let read: Vec<(Mark, Number)> = levels.map(|level| marked(level)).collect::<Option<_>>()?;
    let any = |mark| read.iter().any(|own| own.0 == mark);
    if read.is_empty() || !(given || any(Mark::Comma)) {
        return None;
    }
    let with = |mark| read.iter().map(|own| own.0 == mark).collect::<Vec<bool>>();
    if any(Mark::Point) {
        return Some(Reading::Refused(mixed(any(Mark::Comma), with)));
    }
    if !given && category.levels.iter().all(|level| may_be_thousands(level)) {
        return Some(Reading::Refused(thousands(with(Mark::Comma))));
    }
    let values = read.iter().map(|(_, number)| number.value).collect();
    let exact = read.iter().all(|(_, number)| number.exact);
    Some(Reading::Numbers { values, exact })
}

/// A number with at most one comma or point; a comma stands between digits.
fn marked(text: &str) -> Option<(Mark, Number)> {
    let parse = |text: &str| number(Cell::new(text.as_bytes(), text.len()));
    let Some((whole, places)) = text.split_once(',') else {
        let mark = if text.contains('.') { Mark::Point } else { Mark::None };
        return Some((mark, parse(text)?));
    };
    let digits = whole.ends_with(|c: char| c.is_ascii_digit())
        && places.starts_with(|c: char| c.is_ascii_digit())
        && !whole.contains('.');
    digits.then_some(())?;
    Some((Mark::Comma, parse(&format!("{whole}.{places}"))?))
}

/// A number with a decimal comma.
pub(crate) fn comma_number(text: &str) -> Option<f64> {
    marked(text).filter(|(mark, _)| *mark == Mark::Comma).map(|(_, number)| number.value)
}

/// Whether a comma could part thousands: `1,234` or a whole number below 1,000.
fn may_be_thousands(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once(',') {
        None => digits(text) && text.len() <= 3,
        Some((whole, rest)) => {
            let whole = (1..=3).contains(&whole.len()) && !whole.starts_with('0') && digits(whole);
            whole && rest.len() == 3 && digits(rest)
        }
    }
}

fn mixed(commas: bool, with: impl Fn(Mark) -> Vec<bool>) -> Refusal {
    if !commas {
        return Refusal::of("has decimal points", with(Mark::Point)).help(
            "the decimal mark was said to be the comma; points may part thousands: take them out",
        );
    }
    let kind = |what: &str, mark| Kind { what: what.to_owned(), codes: with(mark) };
    Refusal {
        summary: "has decimal commas and decimal points".to_owned(),
        help: "write all of its numbers with one decimal mark".to_owned(),
        kinds: vec![kind("comma", Mark::Comma), kind("point", Mark::Point)],
    }
}

fn thousands(codes: Vec<bool>) -> Refusal {
    Refusal::of("has commas that may be decimal marks or part thousands", codes)
        .help("say --decimal \",\" if they are decimal marks, else take them out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_points() {
        let mark = |text| marked(text).map(|(mark, number)| (mark, number.value));
        assert_eq!(mark("3,5"), Some((Mark::Comma, 3.5)));
        assert_eq!(mark("-0,25"), Some((Mark::Comma, -0.25)));
        assert_eq!(mark("3.5"), Some((Mark::Point, 3.5)));
        assert_eq!(mark("12"), Some((Mark::None, 12.0)));
        for text in ["1.234,56", "1,234,567", ",5", "5,", "a,5", "3,5 x", "", ","] {
            assert_eq!(mark(text), None, "{text}");
        }
    }

    #[test]
    fn what_may_be_thousands() {
        for text in ["1,234", "-12,500", "150", "0"] {
            assert!(may_be_thousands(text), "{text}");
        }
        for text in ["0,123", "1,23", "1234,567", "1500", "1,2345"] {
            assert!(!may_be_thousands(text), "{text}");
        }
    }
}
