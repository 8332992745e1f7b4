//! From dates to follow-up, row by row.

use super::endpoint::EventAt;
use crate::table::MISSING_INT;

/// What a plan asks of every row, as days since 1970-01-01.
pub(super) struct Calendar<'t> {
    pub(super) origin: &'t [i32],
    pub(super) entry: Option<&'t [i32]>,
    pub(super) events: Vec<Dated<'t>>,
    pub(super) censor: Vec<&'t [i32]>,
    pub(super) censor_at: Vec<&'t [i32]>,
    pub(super) visits: Vec<&'t [i32]>,
    pub(super) gap: Option<i32>,
    pub(super) event_at: EventAt,
    pub(super) cutoff: Option<i32>,
}

/// Days of one kind of event.
pub(super) struct Dated<'t> {
    pub(super) days: &'t [i32],
    /// 1 where the day is that of the event, 0 where not, else not known.
    pub(super) when: Option<&'t [u8]>,
    pub(super) assessed: bool,
    pub(super) is_death: bool,
}

/// Which date decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decided {
    /// An event, by its place in the plan.
    Event(usize),
    /// The last of the dates of censoring.
    Censor(usize),
    /// The data end.
    Cutoff,
    /// Something that ends follow-up.
    CensorAt(usize),
    /// The last assessment before too long a gap.
    Gap,
}

/// Why a row has no follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// No day from which to count.
    NoOrigin,
    /// Counting would begin after the data end.
    AfterCutoff,
    /// Neither event nor date of censoring.
    NoEnd,
    /// Whether there was an event is not known.
    UnknownEvent,
    /// There was an event, on a day that is not known.
    UndatedEvent,
    /// All was over before counting would begin.
    EndsBefore,
    /// No day of coming under observation.
    NoEntry,
    /// Under observation only when all was over.
    EntryTooLate,
}

/// The follow-up of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FollowUp {
    pub(super) origin: i32,
    /// First day at risk; the origin without delayed entry.
    pub(super) entry: i32,
    pub(super) end: i32,
    pub(super) decided: Decided,
}

impl Calendar<'_> {
    /// The follow-up of a row.
    ///
    /// The event is the earliest of the events' days up to the cutoff, of equals the first named.
    /// Without one the row is censored at the last of the dates of censoring, at the cutoff if that
    /// is earlier or an event came after it.
    pub(super) fn follow_up(&self, row: usize) -> Result<FollowUp, Left> {
        let origin = known(self.origin[row]).ok_or(Left::NoOrigin)?;
        if self.beyond(origin) {
            return Err(Left::AfterCutoff);
        }
        let (end, decided) = self.end(row, origin)?;
        if end < origin {
            return Err(Left::EndsBefore);
        }
        let (end, decided) = self.cut_short(row, origin, (end, decided));
        // Where an event is placed changes nothing of what decides.
        let end = match decided {
            Decided::Event(at) if self.events[at].assessed => self.placed(row, end),
            _ => end,
        };
        let entry = self.entry(row, origin, end)?;
        Ok(FollowUp { origin, entry, end, decided })
    }

    /// The earliest day of an event, with its place; of equals the first named. What is not known of
    /// another event does not matter if that is later, or a death, after which nothing comes.
    pub(super) fn event(&self, row: usize) -> Result<Option<(i32, usize)>, Left> {
        let days = || self.events.iter().enumerate();
        let certain = days().filter_map(|(at, event)| Some((event.day(row).ok()??, at)));
        let first = certain.min();
        let before = first.map_or(i32::MAX, |(day, _)| day);
        for (_, event) in days() {
            match event.day(row) {
                Err(Left::UnknownEvent)
                    if event.days[row] < before && !self.beyond(event.days[row]) =>
                {
                    return Err(Left::UnknownEvent);
                }
                Err(Left::UndatedEvent) if first.is_none() || !event.is_death => {
                    return Err(Left::UndatedEvent);
                }
                _ => {}
            }
        }
        Ok(first)
    }

    /// The last of the dates of censoring, with its place; of equals the first named.
    pub(super) fn censoring(&self, row: usize) -> Option<(i32, usize)> {
        let days = self.censor.iter().enumerate();
        let days = days.filter_map(|(at, days)| Some((known(days[row])?, at)));
        days.max_by_key(|&(day, at)| (day, std::cmp::Reverse(at)))
    }

    fn end(&self, row: usize, origin: i32) -> Result<(i32, Decided), Left> {
        let event = self.event(row)?;
        let cutoff = self.cutoff.unwrap_or(i32::MAX);
        match (event, self.censoring(row)) {
            (Some((day, at)), _) if day <= cutoff => Ok((day, Decided::Event(at))),
            (None, None) => Err(Left::NoEnd),
            (None, Some((day, at))) if day <= cutoff => Ok((day, Decided::Censor(at))),
            _ => Ok((cutoff.max(origin), Decided::Cutoff)),
        }
    }

    /// Follow-up that another therapy or missed visits end before.
    fn cut_short(&self, row: usize, origin: i32, whole: (i32, Decided)) -> (i32, Decided) {
        let (end, decided) = whole;
        let therapies = self.censor_at.iter().enumerate();
        let therapies = therapies.filter_map(|(at, days)| Some((known(days[row])?, at)));
        let therapy = therapies.filter(|&(day, _)| day >= origin).min();
        let (end, decided) = match therapy {
            Some((day, at)) if day < end => {
                (self.last_visit(row, origin, day), Decided::CensorAt(at))
            }
            _ => (end, decided),
        };
        match (self.gap, decided) {
            (Some(gap), Decided::Event(_)) | (Some(gap), Decided::Cutoff)
                if self.ends_by_event(row) =>
            {
                let seen = self.assessed_before(row, origin, end);
                if end - seen > gap { (seen, Decided::Gap) } else { (end, decided) }
            }
            _ => (end, decided),
        }
    }

    /// Whether follow-up ends as it does because of an event, at it or at the cutoff before it.
    fn ends_by_event(&self, row: usize) -> bool {
        matches!(self.event(row), Ok(Some(_)))
    }

    /// The day itself, or the last visit up to it where visits are known.
    fn last_visit(&self, row: usize, origin: i32, day: i32) -> i32 {
        if self.visits.is_empty() {
            return day;
        }
        self.latest(&self.visits, row, day).map_or(origin, |visit| visit.max(origin))
    }

    /// The last assessment before an event: of the visits one that is earlier, of the dates of
    /// censoring, which are the last of their kind, also one on that day.
    fn assessed_before(&self, row: usize, origin: i32, event: i32) -> i32 {
        let seen = match self.visits.is_empty() {
            true => self.latest(&self.censor, row, event),
            false => self.latest(&self.visits, row, event - 1),
        };
        seen.map_or(origin, |day| day.max(origin))
    }

    /// Where an event that was found on a day is placed.
    fn placed(&self, row: usize, found: i32) -> i32 {
        let before = || match self.latest(&self.visits, row, found - 1) {
            Some(visit) => visit.max(self.origin[row]),
            None => self.origin[row],
        };
        match self.event_at {
            EventAt::Found => found,
            _ if before() >= found || before() == MISSING_INT => found,
            EventAt::Middle => before() + (found - before()) / 2,
            EventAt::Earliest => before() + 1,
        }
    }

    fn latest(&self, columns: &[&[i32]], row: usize, until: i32) -> Option<i32> {
        columns.iter().filter_map(|days| known(days[row])).filter(|&day| day <= until).max()
    }

    fn entry(&self, row: usize, origin: i32, end: i32) -> Result<i32, Left> {
        let Some(entry) = self.entry else { return Ok(origin) };
        let entry = known(entry[row]).ok_or(Left::NoEntry)?.max(origin);
        if entry >= end { Err(Left::EntryTooLate) } else { Ok(entry) }
    }

    fn beyond(&self, day: i32) -> bool {
        self.cutoff.is_some_and(|cutoff| day > cutoff)
    }
}

impl Dated<'_> {
    /// The day of the event, if there was one. Whether a day is that of the event need not be known
    /// where there is no day.
    pub(super) fn day(&self, row: usize) -> Result<Option<i32>, Left> {
        match (self.when.map(|when| when[row]), known(self.days[row])) {
            (Some(0), _) => Ok(None),
            (Some(1), None) => Err(Left::UndatedEvent),
            (None | Some(1), day) => Ok(day),
            (Some(_), None) => Ok(None),
            (Some(_), Some(_)) => Err(Left::UnknownEvent),
        }
    }
}

/// A day that is there.
pub(super) fn known(day: i32) -> Option<i32> {
    (day != MISSING_INT).then_some(day)
}
