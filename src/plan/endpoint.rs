//! What an endpoint is: which dates begin, end and interrupt follow-up.

use super::section::{Item, Section};
use super::unit::Unit;
use crate::error::Result;
use crate::formula::{Expr, Outcome, quote_name};

/// Days between the first day of treatment and itself: 0, or 1 as CDISC counts study days.
const FIRST_DAYS: [f64; 2] = [0.0, 1.0];

/// An endpoint of a plan.
#[derive(Debug, Clone)]
pub struct Endpoint {
    name: String,
    pub(super) unit: Unit,
    pub(super) condition: Option<Expr>,
    pub(super) rule: Rule,
}

/// Where times come from.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// They are derived.
    Dates(Box<Dates>),
    /// They stand in the data.
    Times { entry: Option<Expr>, time: Expr, event: Expr },
}

/// Dates that make a time.
#[derive(Debug, Clone)]
pub(super) struct Dates {
    pub(super) origin: Expr,
    pub(super) entry: Option<Expr>,
    pub(super) events: Vec<Event>,
    pub(super) censor: Vec<Expr>,
    pub(super) censor_at: Vec<Expr>,
    pub(super) visits: Vec<Expr>,
    pub(super) gap: Option<i32>,
    pub(super) event_at: EventAt,
    /// Days from one planned visit to the next.
    pub(super) visit_interval: Option<i32>,
    pub(super) first_day: bool,
}

/// What counts as the event, and when.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) date: Expr,
    pub(super) when: Option<Expr>,
    pub(super) kind: String,
    /// Whether it is found out at visits, not when it happens.
    pub(super) assessed: bool,
    /// Whether nothing can come after it.
    pub(super) is_death: bool,
}

/// Where in the interval between two visits an event that was found at the second is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum EventAt {
    /// On the day of the finding.
    #[default]
    Found,
    /// Halfway since the visit before.
    Middle,
    /// On the day after the visit before.
    Earliest,
}

impl EventAt {
    const ALL: [(&'static str, Self); 3] =
        [("found", Self::Found), ("middle", Self::Middle), ("earliest", Self::Earliest)];
}

impl Endpoint {
    /// Reads `[endpoint.NAME]`.
    pub(super) fn parse(name: String, mut section: Section<'_>) -> Result<Self> {
        let divided = section.has("divisor");
        let unit = unit(&mut section)?;
        let condition = section.take("where").map(Item::expr).transpose()?;
        let rule = match section.take("time") {
            Some(time) if divided => {
                let error = time.place().error("times that stand in the data are not divided");
                return Err(error
                    .help("leave divisor out, or write time = 'days / 30.4375'")
                    .into());
            }
            Some(time) => times(time, &mut section)?,
            None => Rule::Dates(Box::new(Dates::parse(&mut section)?)),
        };
        section.finish()?;
        Ok(Self { name, unit, condition, rule })
    }

    /// The endpoint of a parameter in a file of times in CDISC's ADTTE form.
    pub(super) fn adtte(parameter: &str) -> Result<Self> {
        let (time, event) = (Expr::column("AVAL"), Expr::parse("CNSR == 0")?);
        Ok(Self {
            name: parameter.to_owned(),
            unit: Unit::ALL[0],
            condition: None,
            rule: Rule::Times { entry: None, time, event },
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its times are counted in.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// How far apart planned visits are at which events are found, in its unit.
    pub fn visit_interval(&self) -> Option<f64> {
        match &self.rule {
            Rule::Dates(dates) => {
                dates.visit_interval.map(|days| f64::from(days) / self.unit.days())
            }
            Rule::Times { .. } => None,
        }
    }

    /// The name of a column that deriving it makes: of `origin`, `entry`, `date`, `event`, `type`,
    /// `source`, `time`, `left_out`. Endpoints whose times stand in the data make none.
    pub fn column(&self, part: &str) -> String {
        format!("{}.{part}", self.name)
    }

    /// Whether it is derived from dates.
    pub fn is_derived(&self) -> bool {
        matches!(self.rule, Rule::Dates(_))
    }

    /// The columns it is made of, each as often as it is named.
    pub(super) fn columns(&self) -> Vec<String> {
        self.exprs().flat_map(Expr::columns).collect()
    }

    fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let own: Vec<&Expr> = match &self.rule {
            Rule::Times { entry, time, event } => entry.iter().chain([time, event]).collect(),
            Rule::Dates(dates) => dates.exprs().collect(),
        };
        own.into_iter().chain(&self.condition)
    }

    /// `Surv()` over the columns that deriving it makes. Times are written as differences of dates,
    /// so that `tdc()` and the check for immortal time see the dates.
    ///
    /// # Errors
    /// None that a plan that was read can meet.
    pub fn outcome(&self) -> Result<Outcome> {
        let dates = match &self.rule {
            Rule::Dates(dates) => dates,
            Rule::Times { entry, time, event } => {
                let (entry, event) = (entry.clone(), event.clone());
                return Ok(Outcome::Surv { entry, time: self.where_for(time)?, event });
            }
        };
        let column = |part: &str| quote_name(&self.column(part));
        let origin = column("origin");
        let since = |part: &str, first: &str| {
            let days = format!("{} - {origin}{first}", column(part));
            match self.unit.days() {
                1.0 => days,
                divisor => format!("({days}) / {divisor}"),
            }
        };
        let first = if dates.first_day { " + 1" } else { "" };
        let time = Expr::parse(&since("date", first))?.called(&self.name);
        let entry = dates.entry.as_ref().map(|_| Expr::parse(&since("entry", "")));
        Ok(Outcome::Surv {
            entry: entry.transpose()?.map(|own| own.called(&self.name)),
            time,
            event: Expr::column(&self.column("event")),
        })
    }

    /// The time, missing in the rows that the endpoint is not for.
    fn where_for(&self, time: &Expr) -> Result<Expr> {
        match &self.condition {
            None => Ok(time.clone()),
            Some(condition) => {
                Ok(Expr::parse(&format!("ifelse({condition}, {time}, NA)"))?.called(&self.name))
            }
        }
    }

    /// The rules in one sentence.
    pub fn sentence(&self, cutoff: Option<&str>) -> String {
        let unit = self.unit.words();
        let name = &self.name;
        match &self.rule {
            Rule::Times { time, event, .. } => format!("{name}: {time}, event {event}"),
            Rule::Dates(dates) => format!("{name}: {}; {unit}", dates.sentence(cutoff)),
        }
    }
}

impl Dates {
    fn parse(section: &mut Section<'_>) -> Result<Self> {
        const ORIGIN: &str =
            "the column with the day from which time counts, as origin = \"diagnosis\"";
        const EVENT: &str =
            "the columns with the days of events, as event = [\"progression\", \"death\"]";
        let origin = section.need("origin", ORIGIN)?.expr()?;
        let events = section.need("event", EVENT)?;
        let nothing = events.place().clone();
        let events = events.list().into_iter().map(Event::parse).collect::<Result<Vec<_>>>()?;
        if events.is_empty() {
            return Err(nothing.error("no event is named").help(EVENT).into());
        }
        Ok(Self {
            origin,
            events,
            censor: exprs(section, "censor")?,
            censor_at: exprs(section, "censor_at")?,
            visits: exprs(section, "visits")?,
            gap: section.take("gap").map(days).transpose()?,
            entry: section.take("entry").map(Item::expr).transpose()?,
            event_at: event_at(section)?,
            visit_interval: section.take("visit_interval").map(days).transpose()?,
            first_day: first_day(section)?,
        })
    }

    fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let events = self.events.iter().flat_map(|own| [&own.date].into_iter().chain(&own.when));
        let others = self.censor.iter().chain(&self.censor_at).chain(&self.visits);
        [&self.origin].into_iter().chain(events).chain(others).chain(&self.entry)
    }

    /// Whether a death that is no event ends follow-up.
    fn censors_deaths(&self) -> bool {
        let is_event = |own: &Expr| {
            let own = own.to_string();
            self.events.iter().any(|event| event.when.is_none() && event.date.to_string() == own)
        };
        let mut ends = self.censor.iter().chain(&self.censor_at);
        ends.any(|own| is_death(&own.to_string()) && !is_event(own))
    }

    fn sentence(&self, cutoff: Option<&str>) -> String {
        let mut text =
            format!("from {} to {}", self.origin, either(self.events.iter().map(Event::words)));
        if self.events.len() > 1 {
            text += ", the first of them";
        }
        text += match self.event_at {
            EventAt::Found => "",
            EventAt::Middle => ", placed halfway since the visit before",
            EventAt::Earliest => ", placed on the day after the visit before",
        };
        if !self.censor.is_empty() {
            let last = if self.censor.len() > 1 { "the last of " } else { "" };
            text += &format!(
                "; else censored at {last}{}",
                either(self.censor.iter().map(Expr::to_string))
            );
        }
        if !self.censor_at.is_empty() {
            let at = either(self.censor_at.iter().map(Expr::to_string));
            text += &match self.visits.is_empty() {
                true => format!("; censored at {at} if that is earlier"),
                false => format!("; censored at the last visit up to {at} if that is earlier"),
            };
        }
        if let Some(gap) = self.gap {
            text += &format!(
                "; an event more than {gap} days after the last assessment is censored at that assessment"
            );
        }
        if self.censors_deaths() {
            text += "; deaths are censored, so 1 − S is no incidence";
        }
        if let Some(entry) = &self.entry {
            text += &format!("; at risk from {entry} on");
        }
        if let Some(cutoff) = cutoff {
            text += &format!("; data cutoff {cutoff}");
        }
        if self.first_day {
            text += "; the first day counts as 1";
        }
        text
    }
}

impl Event {
    fn parse(item: Item<'_>) -> Result<Self> {
        if !item.is_table() {
            let date = item.expr()?;
            return Ok(Self::new(date, None, None, None));
        }
        let mut section = item.section()?;
        let date = section.need("date", "the column with the day, as date = \"death\"")?.expr()?;
        let when = section.take("when").map(Item::expr).transpose()?;
        let kind = section.take("type").map(Item::text).transpose()?;
        let assessed = section.take("assessed").map(Item::flag).transpose()?;
        let death = section.take("death").map(Item::flag).transpose()?;
        section.finish()?;
        let own = Self::new(date, when, kind, death);
        Ok(Self { assessed: assessed.unwrap_or(own.assessed), ..own })
    }

    /// The type is the date's name unless given; what is not a death is found at visits.
    fn new(date: Expr, when: Option<Expr>, kind: Option<String>, death: Option<bool>) -> Self {
        let kind = kind.unwrap_or_else(|| date.to_string());
        let named = is_death(&kind) || is_death(&date.to_string());
        let is_death = death.unwrap_or(named);
        Self { date, when, kind, assessed: !is_death, is_death }
    }

    fn words(&self) -> String {
        match &self.when {
            Some(when) => format!("{} where {when}", self.date),
            None => self.date.to_string(),
        }
    }
}

/// Words for a death, and parts of such words, in the languages of hospitals.
const DEATHS: [&str; 19] = [
    "death",
    "dead",
    "died",
    "deceased",
    "exitus",
    "dod",
    "dth",
    "dthdt",
    "dthdtc",
    "tod",
    "død",
    "död",
    "mort",
    "muerte",
    "morte",
    "décès",
    "deces",
    "zgon",
    "overleden",
];
const PARTS_OF_DEATHS: [&str; 7] =
    ["death", "deceased", "storben", "sterbe", "todes", "fallecid", "overlijd"];

/// Whether a name is that of a death.
fn is_death(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| DEATHS.contains(&word))
        || PARTS_OF_DEATHS.iter().any(|part| name.contains(part))
}

fn unit(section: &mut Section<'_>) -> Result<Unit> {
    let unit = match section.take("unit") {
        None => Unit::ALL[0],
        Some(item) => {
            let place = item.place().clone();
            let name = item.text()?;
            let help = "units are days, weeks, months, years";
            Unit::find(&name)
                .ok_or_else(|| place.error(format!("there is no unit {name:?}")).help(help))?
        }
    };
    let divisor = section.take("divisor").map(Item::positive).transpose()?;
    Ok(divisor.map_or(unit, |days| unit.of(days)))
}

fn times(time: Item<'_>, section: &mut Section<'_>) -> Result<Rule> {
    const EVENT: &str = "the event is 0/1, true/false or a comparison, as event = \"status == 2\"";
    Ok(Rule::Times {
        time: time.expr()?,
        event: section.need("event", EVENT)?.expr()?,
        entry: section.take("entry").map(Item::expr).transpose()?,
    })
}

fn exprs(section: &mut Section<'_>, key: &'static str) -> Result<Vec<Expr>> {
    let Some(item) = section.take(key) else { return Ok(Vec::new()) };
    item.list().into_iter().map(Item::expr).collect()
}

/// A whole number of days, at least one.
fn days(item: Item<'_>) -> Result<i32> {
    let place = item.place().clone();
    let days = item.positive()?;
    if days.fract() != 0.0 || days > 36_525.0 {
        return Err(place.error("must be a whole number of days, at most 36525").into());
    }
    Ok(days as i32)
}

fn event_at(section: &mut Section<'_>) -> Result<EventAt> {
    let Some(item) = section.take("event_at") else { return Ok(EventAt::Found) };
    let place = item.place().clone();
    let name = item.text()?;
    let found = EventAt::ALL.into_iter().find(|(own, _)| *own == name);
    let help = "found (the day of the visit), middle, or earliest";
    let error = || place.error(format!("there is no rule {name:?}")).help(help).into();
    found.map(|(_, own)| own).ok_or_else(error)
}

fn first_day(section: &mut Section<'_>) -> Result<bool> {
    let Some(item) = section.take("first_day") else { return Ok(false) };
    let place = item.place().clone();
    let day = item.number()?;
    if !FIRST_DAYS.contains(&day) {
        return Err(place.error("must be 0 or 1").into());
    }
    Ok(day == 1.0)
}

/// `a`, `a or b`, `a, b or c`.
fn either(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
