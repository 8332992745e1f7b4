//! Which columns make an outcome together, and what to try with them.

use super::profile::{Kind, Profile};
use super::role::{LikelyRole, Role, says_dead};
use super::words::words;
use crate::formula::quote_name;

/// A time and whether it ended in the event.
pub(super) struct Timed<'a> {
    pub(super) time: &'a Profile,
    pub(super) entry: Option<&'a Profile>,
    pub(super) status: &'a Profile,
    /// The event as an expression.
    pub(super) event: String,
}

/// Columns and what they are for.
#[derive(Clone, Copy)]
pub(super) struct Cast<'a> {
    pub(super) profiles: &'a [Profile],
    pub(super) roles: &'a [Option<LikelyRole>],
}

impl<'a> Cast<'a> {
    /// Columns of a role, in the order of the file.
    pub(super) fn all(self, role: Role) -> impl Iterator<Item = (usize, &'a Profile)> {
        let columns = self.profiles.iter().zip(self.roles).enumerate();
        columns.filter_map(move |(at, (own, likely))| {
            likely.as_ref().is_some_and(|own| own.role == role).then_some((at, own))
        })
    }

    /// The first column of a role.
    pub(super) fn first(self, role: Role) -> Option<&'a Profile> {
        self.all(role).next().map(|(_, own)| own)
    }

    /// The column of a status, and whether it says who was censored.
    fn statuses(self) -> Vec<(usize, &'a Profile, bool)> {
        let own = |role, censored| self.all(role).map(move |(at, own)| (at, own, censored));
        let mut all: Vec<_> = own(Role::Status, false).chain(own(Role::Censoring, true)).collect();
        all.sort_by_key(|own| own.0);
        all
    }

    /// Every time with the status that goes with it.
    pub(super) fn timed(self) -> Vec<Timed<'a>> {
        let statuses = self.statuses();
        let mut timed: Vec<Timed> = Vec::new();
        for (at, time) in self.all(Role::Time) {
            let fits = |own: &&(usize, &Profile, bool)| shares_a_word(&time.name, &own.1.name);
            let named = statuses.iter().find(fits);
            let next = || statuses.iter().find(|own| own.0 > at);
            let Some(&(_, status, censored)) = named.or_else(next).or(statuses.last()) else {
                continue;
            };
            // A status that says nothing of this time is the first time's.
            if timed.iter().any(|own| own.status.name == status.name) {
                continue;
            }
            let entry = self.first(Role::Entry).filter(|entry| begins_before(entry, time));
            timed.push(Timed { time, entry, status, event: event(status, censored) });
        }
        timed
    }

    /// The status without a time.
    pub(super) fn status(self) -> Option<(&'a Profile, String)> {
        let (_, own, censored) = *self.statuses().first()?;
        Some((own, event(own, censored)))
    }

    /// The right side of a formula.
    pub(super) fn group(self) -> String {
        self.first(Role::Group).map_or_else(|| "1".to_owned(), |own| quote_name(&own.name))
    }
}

impl Timed<'_> {
    /// The outcome of a formula.
    pub(super) fn surv(&self) -> String {
        let time = quote_name(&self.time.name);
        match self.entry {
            Some(entry) => format!("Surv({}, {time}, {})", quote_name(&entry.name), self.event),
            None => format!("Surv({time}, {})", self.event),
        }
    }

    /// What the endpoint may be called.
    pub(super) fn name(&self) -> &'static str {
        let all = [words(&self.time.name), words(&self.status.name)].concat();
        let has = |known: &[&str]| all.iter().any(|word| known.contains(&word.as_str()));
        match () {
            () if has(&["os", "ostime", "death", "dead", "died", "dtime", "tod", "deces"]) => "OS",
            () if has(&["pfs", "pfstime", "progression", "prog", "ptime"]) => "PFS",
            () if has(&["dfs"]) => "DFS",
            () if has(&["rfs", "rfstime", "recur", "relapse", "rtime", "rel"]) => "RFS",
            () if has(&["efs"]) => "EFS",
            () => "outcome",
        }
    }
}

/// Whether times of entry can be on the scale of the times at which follow-up ends.
fn begins_before(entry: &Profile, time: &Profile) -> bool {
    let pair = entry.quartiles.zip(time.quartiles);
    pair.is_some_and(|(entry, time)| entry.max < time.max && entry.median < time.median)
}

/// Words that a time and its status have in common, as `os_months` and `os_event`.
fn shares_a_word(time: &str, status: &str) -> bool {
    let general = |word: &String| !["time", "event", "status", "t", "d"].contains(&word.as_str());
    let (time, status) = (words(time), words(status));
    time.iter().filter(|word| general(word)).any(|word| status.contains(word))
        || (time.len() == 2 && status.len() == 2 && time[0] == "t" && time[1] == status[1])
}

/// The event as an expression over a status.
fn event(own: &Profile, censored: bool) -> String {
    let name = quote_name(&own.name);
    if own.kind == Kind::Boolean {
        return if censored { format!("{name} == FALSE") } else { name };
    }
    let (first, last) = (own.levels.first(), own.levels.last());
    let level = match (own.kind, censored) {
        (Kind::Integer, true) => first,
        (Kind::Integer, false) => last,
        (_, false) => own.levels.iter().find(|level| says_dead(level)).or(last),
        (_, true) => own.levels.iter().find(|level| says_dead(level)).or(first),
    };
    let text = level.map_or("1", |level| level.text.as_str());
    match own.kind {
        Kind::Integer => format!("{name} == {text}"),
        _ => format!("{name} == {text:?}"),
    }
}
