//! Values that keep a column from being what it should be.

use super::Subject;
use super::missing::is_unknown;
use crate::codebook::finding::{Finding, counted};
use crate::codebook::profile::{Kind, Level, Profile};
use crate::codebook::role::Role;
use crate::formula::quote_name;
use crate::io::date_text;

const SHOWN: usize = 5;
/// Values in this share of rows make a column nearly empty.
const NEARLY_EMPTY: f64 = 0.05;
/// Numbers in this share of rows make a column one of numbers with exceptions.
const MOSTLY: f64 = 0.8;
/// 1900-01-01.
const FIRST_DAY: i32 = -25_567;
/// Days between a date and all others that make it doubtful.
const FAR_OFF: i32 = 3_653;

pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let own = subject.own;
    let checks = [
        name(own),
        undecoded(own),
        failed(own),
        refused(own),
        filled(subject),
        not_numbers(own),
        times(subject),
        status(subject),
    ];
    checks.into_iter().flatten().chain(dates(subject)).collect()
}

fn name(own: &Profile) -> Option<Finding> {
    if own.name.is_empty() {
        return Some(Finding::new("no_name", "", "a column without a name cannot be asked for"));
    }
    let quoted = quote_name(&own.name);
    let message = format!("in formulas and plans write {quoted}");
    (quoted != own.name).then(|| Finding::new("needs_quotes", &own.name, message).question())
}

fn undecoded(own: &Profile) -> Option<Finding> {
    let levels: Vec<&Level> = own.undecoded.iter().collect();
    let message = format!(
        "not text in the file's encoding: {}; say --encoding windows-1252, or save the file \
                 as UTF-8",
        listed(&levels)
    );
    (!levels.is_empty()).then(|| finding("not_text", own, &levels, message))
}

fn failed(own: &Profile) -> Option<Finding> {
    let failed = own.failed.as_ref()?;
    let message = failed.message.strip_prefix(&own.name).unwrap_or(&failed.message).trim_start();
    let first = failed.first.iter().copied();
    Some(Finding::new("not_read", &own.name, message).rows(failed.rows, first))
}

/// What the reader refuses, with values of each kind.
fn refused(own: &Profile) -> Option<Finding> {
    let refusal = own.refusal.as_ref()?;
    let of = |codes: &[bool]| -> Vec<&Level> {
        let levels = own.levels.iter().zip(codes).filter(|(_, own)| **own);
        let mut levels: Vec<&Level> = levels.map(|(level, _)| level).collect();
        levels.sort_by_key(|level| level.seen.rows[0]);
        levels
    };
    let kinds = refusal.kinds.iter().map(|kind| {
        let levels = of(&kind.codes);
        let rows = counted(own.rows_of(&kind.codes), "row");
        let what = if kind.what.is_empty() { String::new() } else { format!("{} in ", kind.what) };
        format!("{what}{rows}: {}", listed(&levels))
    });
    let kinds: Vec<String> = kinds.collect();
    let message = format!("{} ({}). {}", refusal.summary, kinds.join("; "), capital(&refusal.help));
    let rows = refusal.kinds.iter().map(|kind| own.rows_of(&kind.codes)).sum();
    let first = refusal.kinds.iter().flat_map(|kind| of(&kind.codes).into_iter().take(3));
    let first = first.map(|level| level.seen.rows[0]);
    Some(Finding::new("refused", &own.name, message).rows(rows, first))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn filled(subject: &Subject) -> Option<Finding> {
    let (own, rows) = (subject.own, subject.rows);
    if own.n == 0 {
        return Some(Finding::new("empty", &own.name, "no value in any row"));
    }
    if own.n as f64 <= NEARLY_EMPTY * rows as f64 {
        let message = format!("nearly empty: {} in {rows} rows", counted(own.n, "value"));
        return Some(Finding::new("nearly_empty", &own.name, message).question());
    }
    let constant = own.distinct == 1 && own.missing == 0 && rows > 1;
    let value = own.levels.first()?;
    let message = format!("the same in every row: {:?}", value.text);
    constant.then(|| Finding::new("constant", &own.name, message).question())
}

/// Numbers stored as text, and what prevents them from being numbers.
fn not_numbers(own: &Profile) -> Option<Finding> {
    let strange = |level: &&Level| level.number.is_none() && !is_unknown(level);
    let mut levels: Vec<&Level> = own.levels.iter().filter(strange).collect();
    let numeric = own.share(|level| level.number.is_some() || is_unknown(level));
    let mostly = own.kind.is_text() && own.refusal.is_none() && numeric >= MOSTLY;
    if !mostly || levels.is_empty() {
        return None;
    }
    levels.sort_by_key(|level| level.seen.rows[0]);
    let rows = levels.iter().map(|level| level.count()).sum();
    let message = format!(
        "numbers but for {}: {}; it is read as text until these cells are mended or said to be missing",
        counted(rows, "row"),
        listed(&levels)
    );
    Some(finding("numbers_as_text", own, &levels, message))
}

fn times(subject: &Subject) -> Option<Finding> {
    let own = subject.own;
    let is_time = subject.role.is_some_and(|own| own.role == Role::Time);
    let negative = |level: &&Level| level.number.is_some_and(|number| number < 0.0);
    let levels: Vec<&Level> = own.levels.iter().filter(negative).collect();
    let message = format!("negative times: {}", listed(&levels));
    (is_time && !levels.is_empty()).then(|| finding("negative_time", own, &levels, message))
}

/// A status whose event has to be said.
fn status(subject: &Subject) -> Option<Finding> {
    let own = subject.own;
    let is_status = subject.role.is_some_and(|own| own.role == Role::Status);
    if !is_status || own.kind == Kind::Boolean || own.is_coded(&[0.0, 1.0]) {
        return None;
    }
    let levels: Vec<String> =
        own.levels.iter().map(|own| format!("{} ({})", own.text, own.count())).collect();
    let (name, last) = (quote_name(&own.name), own.levels.last()?);
    let value =
        if own.kind == Kind::Integer { last.text.clone() } else { format!("{:?}", last.text) };
    let message = format!("{}: say which is the event, as {name} == {value}", levels.join(", "));
    Some(Finding::new("event_coding", &own.name, message).question())
}

/// Dates that are too early, too late, or far from all others.
fn dates(subject: &Subject) -> Vec<Finding> {
    let own = subject.own;
    if own.kind != Kind::Date {
        return Vec::new();
    }
    let of = |is: &dyn Fn(i32) -> bool| -> Vec<&Level> {
        own.levels.iter().filter(|level| level.day.is_some_and(is)).collect()
    };
    let early = of(&|day| day < FIRST_DAY);
    let late = of(&|day| subject.today.is_some_and(|today| day > today));
    let birth = subject.role.is_some_and(|own| own.role == Role::Birth);
    let apart = if birth { Vec::new() } else { far_off(own, &[&early[..], &late[..]].concat()) };
    let finding = |rule, levels: Vec<&Level>, what: &str| {
        let message = format!("{what}: {}", listed_days(&levels));
        (!levels.is_empty()).then(|| finding(rule, own, &levels, message))
    };
    let found = [
        finding("before_1900", early, "before 1900, perhaps a code for missing"),
        finding("in_the_future", late, "in the future"),
        finding("far_off", apart, "ten years or more from all other dates").map(Finding::question),
    ];
    found.into_iter().flatten().collect()
}

/// Few dates beyond a gap of ten years.
fn far_off<'a>(own: &'a Profile, known: &[&Level]) -> Vec<&'a Level> {
    let rest =
        own.levels.iter().filter(|level| !known.iter().any(|other| other.text == level.text));
    let mut levels: Vec<(i32, &Level)> =
        rest.filter_map(|level| Some((level.day?, level))).collect();
    levels.sort_by_key(|own| own.0);
    let all: u64 = levels.iter().map(|own| own.1.count()).sum();
    let mut found = Vec::new();
    for at in 1..levels.len() {
        if levels[at].0 - levels[at - 1].0 >= FAR_OFF {
            for side in [&levels[..at], &levels[at..]] {
                let rows: u64 = side.iter().map(|own| own.1.count()).sum();
                if rows * 20 <= all {
                    found.extend(side.iter().map(|own| own.1));
                }
            }
        }
    }
    found
}

fn listed(levels: &[&Level]) -> String {
    listed_by(levels, |level| format!("{:?}", level.text))
}

fn listed_days(levels: &[&Level]) -> String {
    listed_by(levels, |level| level.day.map_or_else(String::new, date_text))
}

fn listed_by(levels: &[&Level], text: impl Fn(&Level) -> String) -> String {
    let mut shown: Vec<String> = levels.iter().take(SHOWN).map(|level| text(level)).collect();
    if levels.len() > SHOWN {
        shown.push(format!("and {} more", levels.len() - SHOWN));
    }
    shown.join(", ")
}

fn finding(rule: &'static str, own: &Profile, of: &[&Level], message: String) -> Finding {
    let rows = of.iter().map(|level| level.count()).sum();
    let first = of.iter().flat_map(|level| level.seen.rows);
    Finding::new(rule, &own.name, message).rows(rows, first)
}
