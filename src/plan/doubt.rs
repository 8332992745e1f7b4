//! Dates that cannot be, and dates that are worth a question.

use super::derive::{Row, followed, is_event};
use super::endpoint::Dates;
use super::follow_up::{Calendar, Decided, FollowUp, known};
use crate::error::{DataError, SHOWN_PROBLEMS};
use crate::formula::date_text;
use crate::note::Note;

/// Days between the last contact and a death beyond which the death is known from elsewhere.
const ELSEWHERE: i32 = 31;

/// What is asked of every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// An event before the origin.
    EventBeforeOrigin,
    /// Follow-up that ends before the origin.
    EndBeforeOrigin,
    /// A contact, a scan, or another event after a death.
    AfterDeath,
    /// An end on the day of the origin.
    ZeroTime,
}

impl Rule {
    pub(super) const ALL: [Self; 4] =
        [Self::EventBeforeOrigin, Self::EndBeforeOrigin, Self::AfterDeath, Self::ZeroTime];

    /// Whether a row is impossible, not only unlikely.
    fn is_hard(self) -> bool {
        self != Self::ZeroTime
    }

    /// The name in a plan.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::EventBeforeOrigin => "event before origin",
            Self::EndBeforeOrigin => "end before origin",
            Self::AfterDeath => "contact after death",
            Self::ZeroTime => "zero time",
        }
    }
}

/// What was found by one rule.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) rule: Rule,
    pub(super) rows: usize,
    /// The first of them: row and what stands there.
    pub(super) shown: Vec<(usize, String)>,
}

/// Findings of all rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts {
    pub(super) found: Vec<Found>,
    /// What is doubtful about the data as a whole.
    pub(super) whole: Vec<String>,
}

impl Doubts {
    /// Looks at every row that the endpoint is for.
    pub(super) fn look(&mut self, calendar: &Calendar<'_>, dates: &Dates, rows: &[Row]) {
        for (row, own) in rows.iter().enumerate().filter(|(_, own)| own.is_some()) {
            let origin = calendar.origin[row];
            if known(origin).is_some() {
                self.orders(calendar, dates, row);
            }
            self.after_death(calendar, dates, row);
            if let Some(own) = followed(own)
                && own.end == own.origin
            {
                self.add(Rule::ZeroTime, row, || {
                    format!("{} is the first and the last day", date_text(own.end))
                });
            }
        }
        self.whole.extend(deaths_from_elsewhere(calendar, dates, rows));
    }

    fn add(&mut self, rule: Rule, row: usize, text: impl FnOnce() -> String) {
        let at = self.found.iter().position(|own| own.rule == rule).unwrap_or_else(|| {
            self.found.push(Found { rule, rows: 0, shown: Vec::new() });
            self.found.len() - 1
        });
        let found = &mut self.found[at];
        found.rows += 1;
        if found.shown.len() < SHOWN_PROBLEMS {
            found.shown.push((row, text()));
        }
    }

    /// Events and ends before the origin.
    fn orders(&mut self, calendar: &Calendar<'_>, dates: &Dates, row: usize) {
        let origin = calendar.origin[row];
        let before = |name: &dyn std::fmt::Display, day: i32| {
            format!("{name} {} before {} {}", date_text(day), dates.origin, date_text(origin))
        };
        for (event, own) in dates.events.iter().zip(&calendar.events) {
            if let Ok(Some(day)) = own.day(row)
                && day < origin
            {
                self.add(Rule::EventBeforeOrigin, row, || before(&event.date, day));
            }
        }
        if let Some((day, at)) = calendar.censoring(row)
            && day < origin
        {
            self.add(Rule::EndBeforeOrigin, row, || before(&dates.censor[at], day));
        }
    }

    /// Anything after the first death.
    fn after_death(&mut self, calendar: &Calendar<'_>, dates: &Dates, row: usize) {
        let Some((death, at)) = death(calendar, dates, row) else { return };
        let name = &dates.events[at].date;
        let events = dates.events.iter().zip(&calendar.events);
        let events = events.filter(|(event, _)| !event.is_death);
        let events = events.map(|(event, own)| (&event.date, own.days));
        // A day that is the same for all is no contact.
        let censor = dates.censor.iter().zip(calendar.censor.iter().copied());
        let censor = censor.filter(|(own, _)| !own.columns().is_empty());
        let visits = dates.visits.iter().zip(calendar.visits.iter().copied());
        for (other, days) in events.chain(censor).chain(visits) {
            if let Some(day) = known(days[row])
                && day > death
            {
                self.add(Rule::AfterDeath, row, || {
                    format!("{other} {} after {name} {}", date_text(day), date_text(death))
                });
            }
        }
    }

    /// The rows of hard rules as an error, unless they are allowed.
    pub(super) fn error(
        &self,
        strict: bool,
        allowed: &[Rule],
        name: impl Fn(usize) -> String,
    ) -> Option<DataError> {
        let refused = |own: &&Found| (strict || own.rule.is_hard()) && !allowed.contains(&own.rule);
        let mut problems: Vec<(usize, String)> = Vec::new();
        let mut error = DataError::new("dates that cannot be");
        for found in self.found.iter().filter(refused) {
            error.total += found.rows;
            let text = |(row, text): &(usize, String)| {
                (*row, format!("{}{text} ({})", name(*row), found.rule.name()))
            };
            problems.extend(found.shown.iter().map(text));
        }
        problems.sort_by_key(|(row, _)| *row);
        let total = error.total;
        for (row, text) in problems {
            error.push_row(row, text);
        }
        error.total = total;
        (total > 0).then_some(error)
    }

    /// What is left to be known.
    pub(super) fn notes(&self, endpoint: &str, name: impl Fn(usize) -> String) -> Vec<Note> {
        let note = |found: &Found| {
            let rows =
                if found.rows == 1 { "1 row".to_owned() } else { format!("{} rows", found.rows) };
            let shown: Vec<String> = found
                .shown
                .iter()
                .take(3)
                .map(|(row, text)| format!("{}{text}", name(*row)))
                .collect();
            let more = if found.rows > shown.len() { "; …" } else { "" };
            Note::Remark(format!(
                "{endpoint}: {rows} with {}: {}{more}",
                found.rule.name(),
                shown.join("; ")
            ))
        };
        let whole = self.whole.iter().map(|text| Note::Remark(format!("{endpoint}: {text}")));
        self.found.iter().map(note).chain(whole).collect()
    }
}

/// The first death of a row, with its place among the events.
fn death(calendar: &Calendar<'_>, dates: &Dates, row: usize) -> Option<(i32, usize)> {
    let deaths = dates.events.iter().zip(&calendar.events).enumerate();
    let deaths = deaths.filter(|(_, (event, _))| event.is_death);
    deaths.filter_map(|(at, (_, own))| Some((own.day(row).ok()??, at))).min()
}

/// Deaths long after the last contact say that deaths are known from elsewhere, while the living
/// are known to live at their last contact only: follow-up then ends earlier for the living.
fn deaths_from_elsewhere(calendar: &Calendar<'_>, dates: &Dates, rows: &[Row]) -> Option<String> {
    let (mut deaths, mut later, mut latest) = (0, 0, i32::MIN);
    for (row, own) in rows.iter().enumerate() {
        let death = match followed(own).map(|own| own.decided) {
            Some(Decided::Event(at)) if dates.events[at].is_death => calendar.events[at].days[row],
            _ => continue,
        };
        deaths += 1;
        latest = latest.max(death);
        let contact = calendar.censoring(row).map(|(day, _)| day);
        later += usize::from(contact.is_some_and(|day| death - day > ELSEWHERE));
    }
    if later < 2 || 10 * later < deaths {
        return None;
    }
    let known_until = latest.min(calendar.cutoff.unwrap_or(i32::MAX));
    let early = |own: &&FollowUp| !is_event(own) && known_until - own.end > ELSEWHERE;
    let living = rows.iter().filter_map(followed).filter(early).count();
    (living > 0).then(|| {
        format!(
            "{later} of {deaths} deaths are dated more than {ELSEWHERE} days after the last date of censoring, so \
             deaths are known from elsewhere, while {living} of the living are censored more than \
             {ELSEWHERE} days before the last known death: survival is underestimated unless the living \
             are followed as long"
        )
    })
}
