//! What a text looks like as a date, before anybody knows in which order its parts stand.

use super::date::{days_since_1970, month_days};

/// A text that looks like a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) stamp: Stamp,
    pub(super) time: Time,
}

/// The parts of a date as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// `2019-03-12`.
    YearFirst(u8, [i32; 3]),
    /// `12.03.2019`: day and month, or month and day.
    YearLast(u8, [i32; 3]),
    /// `12-Mar-2019`, `12MAR2019` (separator 0).
    Named(u8, [i32; 3]),
    /// `12.03.19`.
    ShortYear(u8),
    /// Year and month.
    Month([i32; 2]),
    /// The year alone.
    Year(i32),
}

/// The time of day behind a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Time {
    /// Whether it is another than midnight.
    pub(super) later: bool,
    /// Whether a time zone is given.
    pub(super) zoned: bool,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Shape {
    /// What a text looks like, if it looks like a date or a part of one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let first = *text.as_bytes().first()?;
        // Years alone come last: a text of digits is otherwise no date.
        if !first.is_ascii_alphanumeric() || text.len() > 40 {
            return None;
        }
        let (date, time) = split_time(text)?;
        let stamp = stamp(date)?;
        let plain = matches!(stamp, Stamp::Month(_) | Stamp::Year(_)) && date.len() < text.len();
        (!plain).then_some(Self { stamp, time })
    }

    /// Whether day, month and year are there.
    pub(super) fn is_full(&self) -> bool {
        !matches!(self.stamp, Stamp::Month(_) | Stamp::Year(_))
    }
}

/// The date, and the time behind it if there is one.
pub(super) fn split_time(text: &str) -> Option<(&str, Time)> {
    let Some(colon) = text.find(':') else { return Some((text, Time::default())) };
    let before = &text[..colon];
    let hour = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
    // SAS writes 12MAR2019:14:30:00.
    if before.len() - hour == 4 {
        return Some((before, time(&text[colon + 1..])?));
    }
    let date = before[..hour].strip_suffix(['T', 't', ' '])?;
    Some((date.trim_end(), time(&text[hour..])?))
}

/// `14:30`, `14:30:00.000`, `2:30 PM`, with or without a zone.
fn time(text: &str) -> Option<Time> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'));
    let (clock, rest) = text.split_at(end.unwrap_or(text.len()));
    let parts: Vec<&str> = clock.split(':').collect();
    let limits = [23, 59, 60];
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let mut later = false;
    for (part, limit) in parts.iter().zip(limits) {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
        let number: u32 = whole.parse().ok().filter(|&number| number <= limit)?;
        let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
        (1..=2).contains(&whole.len()).then_some(())?;
        digits.then_some(())?;
        later |= number > 0 || fraction.bytes().any(|byte| byte != b'0');
    }
    let rest = rest.trim();
    let (rest, noon) = half_day(rest);
    // 12:00 AM is midnight, and 12:00 PM is not.
    let midnight = noon == Some(false) && clock.trim_end_matches(['0', ':', '.']) == "12";
    let later = if midnight { false } else { later || noon == Some(true) };
    Some(Time { later, zoned: zone(rest)? })
}

/// Takes `AM` and `PM` off; says whether it is the second half of the day.
fn half_day(text: &str) -> (&str, Option<bool>) {
    match text.to_ascii_uppercase().as_str() {
        "AM" => ("", Some(false)),
        "PM" => ("", Some(true)),
        _ => (text, None),
    }
}

/// Whether a time zone stands there; `None` when it is something else.
fn zone(text: &str) -> Option<bool> {
    if text.is_empty() {
        return Some(false);
    }
    let digits = text.strip_prefix(['+', '-']).map(|rest| rest.replace(':', ""));
    let offset = digits.is_some_and(|digits| {
        (digits.len() == 2 || digits.len() == 4) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let named = matches!(text.to_ascii_uppercase().as_str(), "Z" | "UTC" | "GMT");
    (offset || named).then_some(true)
}

fn stamp(text: &str) -> Option<Stamp> {
    let (first, rest) = digits(text);
    match first.len() {
        0 => named_month(text),
        4 => year_first(number(first), rest),
        1 | 2 => day_first(number(first), rest),
        _ => None,
    }
}

fn year_first(year: i32, rest: &str) -> Option<Stamp> {
    let Some((separator, rest)) = separator(rest, b"-/.") else {
        return rest.is_empty().then_some(Stamp::Year(year));
    };
    let (month, rest) = short(rest)?;
    if rest.is_empty() {
        return (month.len() == 2).then_some(Stamp::Month([year, number(month)]));
    }
    let (day, rest) = short(rest.strip_prefix(char::from(separator))?)?;
    let parts = [year, number(month), number(day)];
    rest.is_empty().then_some(Stamp::YearFirst(separator, parts))
}

fn day_first(first: i32, rest: &str) -> Option<Stamp> {
    let (separator, rest) = separator(rest, b"-/. ").unwrap_or((0, rest));
    if rest.as_bytes().first()?.is_ascii_alphabetic() {
        let (month, rest) = month(rest)?;
        let rest = if separator == 0 { rest } else { rest.strip_prefix(char::from(separator))? };
        return Some(Stamp::Named(separator, [year(rest)?, month, first]));
    }
    if separator == 0 || separator == b' ' {
        return None;
    }
    let (second, last) = digits(rest);
    if last.is_empty() {
        return Some(Stamp::Month([year(second)?, first]));
    }
    let last = last.strip_prefix(char::from(separator))?;
    (1..=2).contains(&second.len()).then_some(())?;
    match digits(last) {
        (short, "") if short.len() == 2 => Some(Stamp::ShortYear(separator)),
        (last, "") => Some(Stamp::YearLast(separator, [first, number(second), year(last)?])),
        _ => None,
    }
}

/// `Mar-2019`, `MAR2019`.
fn named_month(text: &str) -> Option<Stamp> {
    let (month, rest) = month(text)?;
    let rest = rest.strip_prefix(['-', ' ', '.', '/']).unwrap_or(rest);
    Some(Stamp::Month([year(rest)?, month]))
}

/// An English month's name, whole or its first three letters.
fn month(text: &str) -> Option<(i32, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at(len);
    let name = name.to_ascii_lowercase();
    let at = MONTHS.iter().position(|own| name == *own || name == own[..3])?;
    Some((at as i32 + 1, rest))
}

fn year(text: &str) -> Option<i32> {
    let (year, rest) = digits(text);
    (year.len() == 4 && rest.is_empty()).then(|| number(year))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// One or two digits.
fn short(text: &str) -> Option<(&str, &str)> {
    Some(digits(text)).filter(|(digits, _)| (1..=2).contains(&digits.len()))
}

fn separator<'a>(text: &'a str, of: &[u8]) -> Option<(u8, &'a str)> {
    let first = *text.as_bytes().first()?;
    of.contains(&first).then(|| (first, &text[1..]))
}

/// At most four digits.
fn number(digits: &str) -> i32 {
    digits.bytes().fold(0, |number, digit| number * 10 + i32::from(digit - b'0'))
}

/// Days since 1970-01-01, when there is such a day.
pub(super) fn day([year, month, day]: [i32; 3]) -> Option<i32> {
    let exists = (1..=12).contains(&month) && (1..=month_days(year, month)).contains(&day);
    exists.then(|| days_since_1970(year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp_of(text: &str) -> Option<Stamp> {
        Shape::of(text).map(|shape| shape.stamp)
    }

    #[test]
    fn ways_to_write_a_date() {
        let cases = [
            ("2019-03-12", Stamp::YearFirst(b'-', [2019, 3, 12])),
            ("2019/3/2", Stamp::YearFirst(b'/', [2019, 3, 2])),
            ("12.03.2019", Stamp::YearLast(b'.', [12, 3, 2019])),
            ("2/3/2019", Stamp::YearLast(b'/', [2, 3, 2019])),
            ("12-03-2019", Stamp::YearLast(b'-', [12, 3, 2019])),
            ("12-Mar-2019", Stamp::Named(b'-', [2019, 3, 12])),
            ("12MAR2019", Stamp::Named(0, [2019, 3, 12])),
            ("2 march 2019", Stamp::Named(b' ', [2019, 3, 2])),
            ("12.03.19", Stamp::ShortYear(b'.')),
            ("2019-03", Stamp::Month([2019, 3])),
            ("03.2019", Stamp::Month([2019, 3])),
            ("03/2019", Stamp::Month([2019, 3])),
            ("MAR2019", Stamp::Month([2019, 3])),
            ("2019", Stamp::Year(2019)),
            ("2019-02-30", Stamp::YearFirst(b'-', [2019, 2, 30])),
        ];
        for (text, expected) in cases {
            assert_eq!(stamp_of(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            "x",
            "12",
            "1.5",
            "12.03",
            "12.03.2019.",
            "12.03-2019",
            "123.03.2019",
            "2019-3",
            "2019-03-12-1",
            "12 03 2019",
            "12-Mär-2019",
            "Mar",
            "20190",
            "2019-03-12 x",
            "2019-03-12 25:00",
            "2019-03-12 14:3a",
            "14:30",
            "2019 14:30",
            "12.03.019",
            "1:2",
            "é:12",
        ] {
            assert_eq!(stamp_of(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_day() {
        let cases = [
            ("2019-03-12", false, false),
            ("2019-03-12 00:00", false, false),
            ("2019-03-12T00:00:00.000", false, false),
            ("2019-03-12 12:00 AM", false, false),
            ("2019-03-12 12:00 PM", true, false),
            ("2019-03-12 14:30", true, false),
            ("12MAR2019:14:30:00", true, false),
            ("12MAR2019:00:00:00", false, false),
            ("2019-03-12T00:00:00Z", false, true),
            ("2019-03-12T00:00:00.001+02:00", true, true),
            ("2019-03-12 02:00:00 -0530", true, true),
        ];
        for (text, later, zoned) in cases {
            assert_eq!(Shape::of(text).unwrap().time, Time { later, zoned }, "{text}");
        }
    }
}
