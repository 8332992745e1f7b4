//! A second look at the rows: days that stand in an impossible order, and subjects of a file too
//! large for all of them to be kept.

use std::collections::HashMap;

use rayon::prelude::*;

use super::finding::{Finding, counted};
use super::profile::{Kind, Profile};
use super::role::{LikelyRole, Role};
use super::rules::from_hashes;
use super::tally::{Seen, hash_of};
use crate::error::Result;
use crate::io::{Reader, Stretch, Texts, Value, date_text};
use crate::table::MISSING_CODE;

/// Subjects whose names are compared; 8 bytes each.
const COMPARED: usize = 1 << 24;

/// A day that is before another one that it cannot be before.
#[derive(Debug, Clone)]
pub(super) struct Disorder {
    /// Places of the columns; the second is too early.
    pub(super) first: usize,
    pub(super) second: usize,
    seen: Seen,
    /// The days of the first such row.
    days: [i32; 2],
}

/// What the second look is for.
pub(super) struct Look<'a> {
    profiles: &'a [Profile],
    /// Fields that are read, ascending.
    fields: Vec<usize>,
    /// The days of texts, by field.
    days: Vec<HashMap<&'a str, i32>>,
    disorders: Vec<Disorder>,
    /// The field of subjects that are too many to be kept, and what is known of them.
    id: Option<usize>,
    hashes: Vec<u64>,
}

/// Whether the first of two days cannot be after the second.
fn is_before(first: Role, second: Role) -> bool {
    use Role::{Birth, Contact, Death, Progression, Scan};
    let later = matches!(second, Contact | Death | Progression | Scan);
    match first {
        Birth => second != Birth,
        Progression | Scan | Contact => second == Death,
        first => first.is_origin() && later,
    }
}

impl<'a> Look<'a> {
    /// What there is to look at.
    pub(super) fn new(profiles: &'a [Profile], roles: &[Option<LikelyRole>]) -> Self {
        let role = |at: usize| roles[at].as_ref().map(|own| own.role);
        let dates = |at: &usize| profiles[*at].kind == Kind::Date && role(*at).is_some();
        let dates: Vec<usize> = (0..profiles.len()).filter(dates).collect();
        let pairs =
            dates.iter().flat_map(|&first| dates.iter().map(move |&second| (first, second)));
        let pairs = pairs.filter(|&(first, second)| {
            let roles = role(first).zip(role(second));
            roles.is_some_and(|(first, second)| is_before(first, second))
        });
        let disorder =
            |(first, second)| Disorder { first, second, seen: Seen::default(), days: [0; 2] };
        let disorders: Vec<Disorder> = pairs.map(disorder).collect();
        let id = (0..profiles.len()).find(|&at| role(at) == Some(Role::Id) && !profiles[at].exact);
        let of_pairs = disorders.iter().flat_map(|own| [own.first, own.second]);
        let mut fields: Vec<usize> = of_pairs.chain(id).collect();
        fields.sort_unstable();
        fields.dedup();
        let days = fields.iter().map(|&at| known_days(&profiles[at])).collect();
        Self { profiles, fields, days, disorders, id, hashes: Vec::new() }
    }

    /// Reads the rows again, if there is anything to look at.
    pub(super) fn run(mut self, reader: &Reader) -> Result<(Vec<Disorder>, Vec<Finding>)> {
        if self.fields.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let fields = self.fields.clone();
        reader.visit(&fields, &mut |stretches| self.take(&stretches))?;
        let disorders: Vec<Disorder> =
            self.disorders.into_iter().filter(|own| own.seen.count > 0).collect();
        let mut findings: Vec<Finding> =
            disorders.iter().map(|own| own.finding(self.profiles)).collect();
        let known = self.hashes.len() < COMPARED;
        let ids = self.id.filter(|_| known);
        findings.extend(ids.and_then(|at| from_hashes(&self.profiles[at], self.hashes)));
        Ok((disorders, findings))
    }

    fn take(&mut self, stretches: &[Stretch]) {
        let looked: Vec<Vec<Disorder>> =
            stretches.par_iter().map(|stretch| self.disorders_of(stretch)).collect();
        for found in looked {
            self.disorders.iter_mut().zip(found).for_each(|(own, more)| own.append(&more));
        }
        let field = self.id.and_then(|at| self.fields.iter().position(|&own| own == at));
        for texts in stretches.iter().filter_map(|own| own.columns.get(field?)) {
            self.collect(texts);
        }
    }

    fn collect(&mut self, texts: &Texts) {
        let hashes: Vec<u64> = texts.levels.iter().map(hash_of).collect();
        let known = texts.codes.iter().filter_map(|&code| hashes.get(code as usize));
        let space = COMPARED - self.hashes.len();
        self.hashes.extend(known.take(space));
    }

    fn disorders_of(&self, stretch: &Stretch) -> Vec<Disorder> {
        let columns = stretch.columns.iter().zip(&self.days);
        let days: Vec<Vec<Option<i32>>> =
            columns.map(|(texts, known)| days_of(texts, known)).collect();
        let of = |at: usize| self.fields.iter().position(|&own| own == at).map(|own| &days[own]);
        let look = |own: &Disorder| {
            let mut found = Disorder { seen: Seen::default(), ..own.clone() };
            if let (Some(first), Some(second)) = (of(own.first), of(own.second)) {
                found.look(stretch.first as u64, first, second);
            }
            found
        };
        self.disorders.iter().map(look).collect()
    }
}

/// The days of a column's texts, where these are no ISO dates.
fn known_days(own: &Profile) -> HashMap<&str, i32> {
    let other = own.levels.iter().filter(|level| {
        level.day.is_some() && !matches!(Value::of(level.text.as_bytes()), Value::Date(_))
    });
    other.filter_map(|level| Some((level.text.as_str(), level.day?))).collect()
}

/// The day of every row.
fn days_of(texts: &Texts, known: &HashMap<&str, i32>) -> Vec<Option<i32>> {
    let day = |text: &[u8]| match Value::of(text) {
        Value::Date(day) => Some(day),
        _ => known.get(std::str::from_utf8(text).ok()?).copied(),
    };
    let days: Vec<Option<i32>> = texts.levels.iter().map(day).collect();
    let of = |&code: &u32| match code {
        MISSING_CODE => None,
        code => days.get(code as usize).copied().flatten(),
    };
    texts.codes.iter().map(of).collect()
}

impl Disorder {
    fn look(&mut self, from: u64, first: &[Option<i32>], second: &[Option<i32>]) {
        for (row, (first, second)) in (from..).zip(first.iter().zip(second)) {
            if let (&Some(first), &Some(second)) = (first, second)
                && second < first
            {
                if self.seen.count == 0 {
                    self.days = [first, second];
                }
                self.seen.add(row);
            }
        }
    }

    fn append(&mut self, more: &Self) {
        if self.seen.count == 0 {
            self.days = more.days;
        }
        self.seen.append(&more.seen);
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.seen.count
    }

    fn finding(&self, profiles: &[Profile]) -> Finding {
        let [first, second] = [self.first, self.second].map(|at| profiles[at].name.as_str());
        let [day, before] = self.days.map(date_text);
        let rows = counted(self.rows(), "row");
        let message = format!("before {first} in {rows}, as {before} before {day}");
        Finding::new("dates_out_of_order", second, message).rows(self.rows(), self.seen.rows)
    }
}
