//! What columns are likely to be for, by their names and what they hold.

use super::profile::{Kind, Level, Profile};
use super::words::{self, Vocabulary, words};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Names subjects.
    Id,
    /// What is compared.
    Group,
    /// The day of birth.
    Birth,
    /// A day from which time may count: diagnosis.
    Diagnosis,
    /// A day from which time may count: the start of something.
    Start,
    /// A day from which time may count: randomisation.
    Randomisation,
    /// The day of progression or relapse.
    Progression,
    /// The day of death.
    Death,
    /// The last assessment.
    Scan,
    /// The last contact.
    Contact,
    /// Time under observation.
    Time,
    /// The time at which observation begins.
    Entry,
    /// Whether the time ended in the event.
    Status,
    /// Whether the time was censored.
    Censoring,
    /// A case weight.
    Weight,
    /// CDISC's name of an endpoint.
    Parameter,
    /// Anything else that a model could use.
    Covariate,
}

impl Role {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Group => "group",
            Self::Birth => "birth",
            Self::Diagnosis => "diagnosis",
            Self::Start => "start",
            Self::Randomisation => "randomisation",
            Self::Progression => "progression",
            Self::Death => "death",
            Self::Scan => "last scan",
            Self::Contact => "last contact",
            Self::Time => "time",
            Self::Entry => "entry time",
            Self::Status => "status",
            Self::Censoring => "censoring flag",
            Self::Weight => "weight",
            Self::Parameter => "endpoint's name",
            Self::Covariate => "covariate",
        }
    }

    /// Whether time may count from it.
    pub(super) fn is_origin(self) -> bool {
        matches!(self, Self::Diagnosis | Self::Start | Self::Randomisation)
    }
}

/// A role and why.
#[derive(Debug, Clone, PartialEq)]
pub struct LikelyRole {
    /// The role.
    pub role: Role,
    /// Why, in words.
    pub reason: String,
}

/// Whether the columns are those of times in CDISC's ADTTE form.
pub(super) fn is_adtte(profiles: &[Profile]) -> bool {
    let has = |name: &str| profiles.iter().any(|own| own.name == name);
    ["PARAMCD", "AVAL", "CNSR"].into_iter().all(has)
}

/// The role of every column.
pub(super) fn roles(profiles: &[Profile], rows: u64) -> Vec<Option<LikelyRole>> {
    let adtte = is_adtte(profiles);
    let mut roles: Vec<Option<LikelyRole>> =
        profiles.iter().map(|own| if adtte { cdisc(own) } else { None }).collect();
    for (own, role) in profiles.iter().zip(&mut roles) {
        if role.is_none() {
            *role = Column { own, words: words(&own.name), rows }.role();
        }
    }
    only_with_outcome(&mut roles);
    if !roles.iter().flatten().any(|own| own.role == Role::Id) {
        id_by_content(profiles, rows, &mut roles);
    }
    roles
}

/// Columns whose meaning the form fixes.
fn cdisc(own: &Profile) -> Option<LikelyRole> {
    let role = match own.name.as_str() {
        "PARAMCD" => Role::Parameter,
        "AVAL" => Role::Time,
        "CNSR" => Role::Censoring,
        "USUBJID" => Role::Id,
        "STARTDT" => Role::Start,
        "TRTP" | "TRT01P" | "ARM" => Role::Group,
        _ => return None,
    };
    let reason = format!("{} in a file of CDISC's ADTTE form", own.name);
    Some(LikelyRole { role, reason })
}

/// A time at which observation begins is one only beside the time at which it ends.
fn only_with_outcome(roles: &mut [Option<LikelyRole>]) {
    let has_time = roles.iter().flatten().any(|own| own.role == Role::Time);
    for role in roles.iter_mut() {
        if role.as_ref().is_some_and(|own| own.role == Role::Entry) && !has_time {
            *role = None;
        }
    }
}

/// Without a column of a telling name, the first text that is another in every row names subjects.
fn id_by_content(profiles: &[Profile], rows: u64, roles: &mut [Option<LikelyRole>]) {
    let names_rows = |own: &Profile| {
        let short = own.levels.iter().all(|level| level.text.len() <= 20);
        own.kind == Kind::Text && own.exact && rows >= 10 && own.distinct == rows && short
    };
    if let Some(at) = profiles.iter().position(names_rows) {
        let reason = "another short text in every row".to_owned();
        roles[at] = Some(LikelyRole { role: Role::Id, reason });
    }
}

struct Column<'a> {
    own: &'a Profile,
    words: Vec<String>,
    rows: u64,
}

impl Column<'_> {
    fn role(&self) -> Option<LikelyRole> {
        match self.own.kind {
            Kind::Empty => None,
            Kind::Date => self.of_date(),
            Kind::Text if self.own.should_be_dates() => self.of_date(),
            _ => self.of_value(),
        }
    }

    fn by_name(&self, vocabulary: &Vocabulary, role: Role) -> Option<LikelyRole> {
        let word = vocabulary.find(&self.words)?;
        let kind = match self.own.kind {
            Kind::Date => "dates",
            Kind::Text if self.own.should_be_dates() => "dates once they are mended",
            Kind::Category | Kind::Text => "text",
            Kind::Boolean => "true/false",
            _ => "numbers",
        };
        Some(LikelyRole { role, reason: format!("{kind}, and {word:?} in the name") })
    }

    fn of_date(&self) -> Option<LikelyRole> {
        let first = words::FIRST.find(&self.words).is_some();
        let last = |vocabulary, role| if first { None } else { self.by_name(vocabulary, role) };
        self.by_name(&words::BIRTH, Role::Birth)
            .or_else(|| self.by_name(&words::DEATH, Role::Death))
            .or_else(|| self.by_name(&words::PROGRESSION, Role::Progression))
            .or_else(|| last(&words::SCAN, Role::Scan))
            .or_else(|| self.by_name(&words::RANDOM, Role::Randomisation))
            .or_else(|| self.by_name(&words::START, Role::Start))
            .or_else(|| last(&words::LAST, Role::Contact))
            .or_else(|| self.by_name(&words::DIAGNOSIS, Role::Diagnosis))
    }

    fn of_value(&self) -> Option<LikelyRole> {
        self.id()
            .or_else(|| self.status())
            .or_else(|| self.time())
            .or_else(|| self.weight())
            .or_else(|| self.group())
            .or_else(|| self.covariate())
    }

    fn id(&self) -> Option<LikelyRole> {
        let own = self.own;
        let kind = matches!(own.kind, Kind::Integer | Kind::Text | Kind::Category);
        let many = own.distinct > 2 && own.distinct * 20 >= own.n && own.missing * 2 < self.rows;
        let found = if kind && many { self.by_name(&words::ID, Role::Id) } else { None };
        // "case" and "record" may be anything unless every row has its own.
        let sure = |own: &LikelyRole| {
            let vague = ["case", "record", "patient", "obs"].iter();
            !vague.clone().any(|word| own.reason.contains(&format!("{word:?}")))
                || self.own.distinct * 10 >= self.own.n * 9
        };
        found.filter(sure)
    }

    fn status(&self) -> Option<LikelyRole> {
        let own = self.own;
        let codes = own.kind == Kind::Boolean
            || [&[0.0, 1.0][..], &[1.0, 2.0], &[0.0, 1.0, 2.0]].iter().any(|set| own.is_coded(set));
        let lives = own.kind.is_text() && own.distinct <= 4 && tells_death(own);
        let role = match words::CENSORED.find(&self.words) {
            Some(_) => Role::Censoring,
            None => Role::Status,
        };
        if codes || lives {
            let named = self.by_name(&words::STATUS, role);
            let named = named.map(|own| LikelyRole { reason: self.coded(&own.reason), ..own });
            let content = || LikelyRole { role: Role::Status, reason: self.coded("its values") };
            return named.or_else(|| (lives && own.distinct > 1 && clear(own)).then(content));
        }
        None
    }

    fn coded(&self, reason: &str) -> String {
        let levels: Vec<&str> = self.own.levels.iter().map(|own| own.text.as_str()).collect();
        format!("{reason}: {}", levels.join(", "))
    }

    fn time(&self) -> Option<LikelyRole> {
        let own = self.own;
        let other = words::OTHER_TIME.find(&self.words).is_some();
        if !own.kind.is_numeric() || own.distinct < 3 {
            return None;
        }
        let entry = self.by_name(&words::ENTRY_TIME, Role::Entry);
        let time = || if other { None } else { self.by_name(&words::TIME, Role::Time) };
        entry.filter(|_| self.words.len() == 1).or_else(time)
    }

    fn weight(&self) -> Option<LikelyRole> {
        let positive = self.own.quartiles.is_some_and(|own| own.min >= 0.0);
        if positive { self.by_name(&words::WEIGHT, Role::Weight) } else { None }
    }

    fn group(&self) -> Option<LikelyRole> {
        let own = self.own;
        let few = (2..=8).contains(&own.distinct) && own.kind != Kind::Number;
        if few { self.by_name(&words::GROUP, Role::Group) } else { None }
    }

    fn covariate(&self) -> Option<LikelyRole> {
        let own = self.own;
        let levels = own.distinct;
        let reason = match own.kind {
            Kind::Integer | Kind::Number if levels > 1 => "numbers without another role".to_owned(),
            Kind::Boolean | Kind::Category if levels > 1 => {
                format!("{levels} values, no other role")
            }
            _ => return None,
        };
        Some(LikelyRole { role: Role::Covariate, reason })
    }
}

/// A text as a word of a vocabulary.
pub(super) fn plain(text: &str) -> String {
    text.trim().chars().map(words::plain).collect()
}

pub(super) fn says_dead(level: &Level) -> bool {
    words::DIED.contains(&plain(&level.text).as_str())
}

fn says_alive(level: &Level) -> bool {
    words::ALIVE.contains(&plain(&level.text).as_str())
}

/// Whether some values say who died or who lives, or "yes" and "no" to a question.
fn tells_death(own: &Profile) -> bool {
    own.levels.iter().any(says_dead) || own.levels.iter().any(says_alive)
}

/// Whether the values alone say so.
fn clear(own: &Profile) -> bool {
    let vague = |level: &&Level| !["yes", "no"].contains(&plain(&level.text).as_str());
    own.levels.iter().filter(vague).any(|level| says_dead(level) || says_alive(level))
}
