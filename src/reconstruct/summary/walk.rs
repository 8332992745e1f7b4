//! One patient after the other, in the order of their times.
//!
//! With r = n − i + 1 at risk at place i, an event multiplies S by (r − 1)/r and adds 1/(r(r − 1))
//! to V, the variance of log S; a censoring changes neither. Events at one time give the same S and
//! V as events one after the other, so that ties only hide the steps in between. Hiding matters
//! where a step is the first to reach something; there the walk branches ([`Move::Tied`]), while
//! elsewhere times may be equal or not.
//!
//! A walk carries the earliest step at which its last patient can be. Since what is asked of single
//! times are windows and an order, a walk whose earliest times keep to all windows can be dated;
//! sums of two times (a median between them) are settled by [`Chain`](super::chain::Chain).

use super::problem::{Asked, Cut, Problem, Target};
use crate::curve::MedianRule;

/// Survival probabilities equal to within this are one level, as in the curves.
const LEVEL: f64 = 1e-12;
/// Where SPSS takes its density, around one half.
const REACH: f64 = 0.05;

/// What comes next along the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// The time of the next printed rate passes.
    Cut,
    /// A patient is censored.
    Censor,
    /// A patient has the event; if something is reached, the next event is later.
    Event,
    /// As the move within, and the next patient leaves at the same time in the same way.
    TiedEvent,
    /// The same for censorings.
    TiedCensor,
}

impl Move {
    pub(super) fn is_event(self) -> bool {
        matches!(self, Self::Event | Self::TiedEvent)
    }
}

/// Places (counted from 1; 0 for none) at which a level is reached and left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Crossing {
    pub(super) reached: u16,
    pub(super) below: u16,
}

/// What the last patient forces upon the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bond {
    Start,
    Event,
    /// An event of which the next one is kept apart.
    EventSeen,
    TiedEvent,
    Censor,
    CensorSeen,
    TiedCensor,
}

/// A walk on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk {
    pub(super) placed: u16,
    pub(super) events: u16,
    pub(super) s: f64,
    pub(super) v: f64,
    /// The reverse product-limit estimate.
    reverse: f64,
    /// The earliest step of the last patient.
    pub(super) earliest: i32,
    /// The first step open to the next patient.
    floor: i32,
    bond: Bond,
    pub(super) cuts: u8,
    pub(super) median: Crossing,
    pub(super) lower: Crossing,
    pub(super) upper: Crossing,
    pub(super) follow: Crossing,
    /// SPSS: the last event with S at least 0.55, and the first with at most 0.45.
    pub(super) high: u16,
    pub(super) low: u16,
    /// A crossing that ends between two events was completed by the last move.
    pub(super) paired: bool,
    last_event: u16,
}

impl Walk {
    pub(super) fn start() -> Self {
        let none = Crossing::default();
        Self {
            placed: 0,
            events: 0,
            s: 1.0,
            v: 0.0,
            reverse: 1.0,
            earliest: 0,
            floor: 0,
            bond: Bond::Start,
            cuts: 0,
            median: none,
            lower: none,
            upper: none,
            follow: none,
            high: 0,
            low: 0,
            paired: false,
            last_event: 0,
        }
    }

    /// The least distance from the last patient to the next, and whether both are at one time.
    pub(super) fn gap(&self, problem: &Problem, event: bool) -> (i32, bool) {
        match (self.bond, event) {
            (Bond::TiedEvent | Bond::TiedCensor, _) => (0, true),
            (Bond::Start | Bond::Event, true) => (0, false),
            (Bond::EventSeen | Bond::Censor | Bond::CensorSeen, true) => (1, false),
            (Bond::Event | Bond::EventSeen, false) => (i32::from(problem.parts_ties()), false),
            (Bond::CensorSeen, false) => (1, false),
            (Bond::Start | Bond::Censor, false) => (0, false),
        }
    }

    pub(super) fn floor(&self) -> i32 {
        self.floor
    }

    /// Whether the next patient must be as the last.
    fn bound(&self, event: bool) -> bool {
        match self.bond {
            Bond::TiedEvent => event,
            Bond::TiedCensor => !event,
            _ => true,
        }
    }
}

impl Problem {
    /// Every way to go on.
    pub(super) fn moves(&self, walk: &Walk, mut visit: impl FnMut(Move, Walk)) {
        if let Some(next) = self.pass(walk) {
            visit(Move::Cut, next);
        }
        for (plain, tied) in [(Move::Event, Move::TiedEvent), (Move::Censor, Move::TiedCensor)] {
            let (next, reaches) = self.place(walk, plain);
            if let Some(next) = next {
                visit(plain, next);
            }
            if reaches && let Some(next) = self.place(walk, tied).0 {
                visit(tied, next);
            }
        }
    }

    /// The same as the visited walk after a move.
    pub(super) fn after(&self, walk: &Walk, next: Move) -> Option<Walk> {
        match next {
            Move::Cut => self.pass(walk),
            _ => self.place(walk, next).0,
        }
    }

    /// The time of the next rate passes.
    fn pass(&self, walk: &Walk) -> Option<Walk> {
        let cut = self.cuts.get(usize::from(walk.cuts))?;
        if matches!(walk.bond, Bond::TiedEvent | Bond::TiedCensor) {
            return None;
        }
        let (lo, hi) = cut.rate;
        let ended = usize::from(walk.placed) == self.n;
        let mut next = Walk { cuts: walk.cuts + 1, paired: false, ..*walk };
        if ended && walk.s > LEVEL {
            if !cut.exact {
                return None;
            }
            next.earliest = walk.earliest.max(cut.at);
        }
        let inside = lo <= walk.s && walk.s <= hi && next.earliest <= cut.at;
        if !inside || !self.limits_allow(walk, cut) {
            return None;
        }
        next.floor = next.floor.max(cut.at + 1);
        let past = |target: Target| target.window().is_some_and(|window| window.hi < next.floor);
        let open = [(self.median, walk.median), (self.reverse, walk.follow)];
        let interval = [(self.lower, walk.lower), (self.upper, walk.upper)];
        let interval = interval.iter().filter(|_| !self.spss());
        let mut open = open.iter().chain(interval);
        (!open.any(|&(target, own)| own.reached == 0 && past(target))).then_some(next)
    }

    fn limits_allow(&self, walk: &Walk, cut: &Cut) -> bool {
        let conf_type = self.rules.conf_type;
        let value = |lower: bool| match (walk.events, lower) {
            (0, _) => Some(1.0),
            (_, true) => conf_type.lower(walk.s, walk.v, self.z),
            (_, false) => conf_type.upper(walk.s, walk.v, self.z),
        };
        let free = |asked: Asked| matches!(asked, Asked::Free);
        (free(cut.lower) || cut.lower.allows(value(true)))
            && (free(cut.upper) || cut.upper.allows(value(false)))
    }

    /// A patient leaves. Also whether the step reaches something, so that hiding it matters.
    fn place(&self, walk: &Walk, own: Move) -> (Option<Walk>, bool) {
        let event = own.is_event();
        if usize::from(walk.placed) == self.n || !walk.bound(event) {
            return (None, false);
        }
        let tied = matches!(own, Move::TiedEvent | Move::TiedCensor);
        let mut next = *walk;
        next.paired = false;
        self.count(&mut next, event);
        next.placed += 1;
        if !self.counts_allow(&next, tied) {
            return (None, false);
        }
        let (gap, _) = walk.gap(self, event);
        next.earliest = (walk.earliest + gap).max(walk.floor);
        if !event {
            next.earliest = next.earliest.max(self.censored_from);
        }
        if tied {
            next.bond = if event { Bond::TiedEvent } else { Bond::TiedCensor };
            return (self.timely(&next).then_some(next), false);
        }
        let reaches = self.mark(&mut next, event);
        let seen = reaches || (event && self.spss());
        next.bond = match (event, seen) {
            (true, true) => Bond::EventSeen,
            (true, false) => Bond::Event,
            (false, true) => Bond::CensorSeen,
            (false, false) => Bond::Censor,
        };
        let fits = self.dated(walk, &mut next) && self.timely(&next);
        (fits.then_some(next), seen)
    }

    /// S, V and the reverse estimate after one more patient.
    fn count(&self, next: &mut Walk, event: bool) {
        let r = (self.n - usize::from(next.placed)) as f64;
        if event {
            next.events += 1;
            next.s = if r == 1.0 { 0.0 } else { next.s * (r - 1.0) / r };
            next.v += 1.0 / (r * (r - 1.0));
        } else {
            next.reverse = if r == 1.0 { 0.0 } else { next.reverse * (r - 1.0) / r };
        }
    }

    /// Whether the number of events can still come out, and S has not fallen below the next rate.
    fn counts_allow(&self, next: &Walk, tied: bool) -> bool {
        let left = self.n - usize::from(next.placed);
        let events = self.events.is_none_or(|total| {
            let own = usize::from(next.events);
            own <= total && total - own <= left
        });
        let cut = self.cuts.get(usize::from(next.cuts));
        events && !(tied && left == 0) && cut.is_none_or(|cut| cut.rate.0 <= next.s)
    }

    /// Marks the crossings at this step; whether there is one.
    fn mark(&self, next: &mut Walk, event: bool) -> bool {
        let place = next.placed;
        if !event {
            let reverse = next.reverse;
            return self.reverse != Target::Free && cross(&mut next.follow, Some(reverse), place);
        }
        let mut any = false;
        let wanted = self.median != Target::Free || self.spss();
        if wanted {
            any |= cross(&mut next.median, Some(next.s), place);
        }
        if self.spss() {
            any |= self.mark_density(next);
        } else {
            let (conf_type, s, v) = (self.rules.conf_type, next.s, next.v);
            if self.lower != Target::Free && next.lower.below == 0 {
                any |= cross(&mut next.lower, conf_type.lower(s, v, self.z), place);
            }
            // The upper limit is never below S.
            let due = s <= 0.5 + LEVEL && next.upper.below == 0;
            if self.upper != Target::Free && due {
                any |= cross(&mut next.upper, conf_type.upper(s, v, self.z), place);
            }
        }
        next.last_event = place;
        any
    }

    /// SPSS's two places around the median.
    fn mark_density(&self, next: &mut Walk) -> bool {
        if next.s >= 0.5 + REACH - LEVEL {
            next.high = next.placed;
        }
        let reached = next.low == 0 && next.s <= 0.5 - REACH + LEVEL;
        if reached {
            next.low = next.placed;
        }
        reached
    }

    /// Raises the earliest step to what the crossings of this step ask; false where that is over.
    fn dated(&self, walk: &Walk, next: &mut Walk) -> bool {
        let crossings =
            [(self.median, walk.median, next.median), (self.reverse, walk.follow, next.follow)];
        let interval = [(self.lower, walk.lower, next.lower), (self.upper, walk.upper, next.upper)];
        let interval = interval.into_iter().filter(|_| !self.spss());
        let mut ok = true;
        for (target, before, after) in crossings.into_iter().chain(interval) {
            ok &= before == after || self.date(next, target, after);
        }
        ok
    }

    fn date(&self, next: &mut Walk, target: Target, crossing: Crossing) -> bool {
        let due = due(self.rule(), crossing, next.placed);
        next.paired |= due == Due::Second;
        match target {
            Target::Free => true,
            Target::Never => match self.rule() {
                MedianRule::Midpoint => false,
                _ => due != Due::Here,
            },
            Target::At(window) => {
                if matches!(due, Due::Here | Due::Second) {
                    next.earliest = next.earliest.max(window.lo);
                }
                matches!(due, Due::Second | Due::Over) || next.earliest <= window.hi
            }
        }
    }

    /// Whether nothing that is still to come had to be earlier.
    fn timely(&self, next: &Walk) -> bool {
        let before = |target: Target, own: Crossing| match target.window() {
            Some(window) => {
                let open = match self.rule() {
                    MedianRule::FirstBelow => own.below == 0,
                    _ => own.reached == 0,
                };
                !open || next.earliest <= window.hi
            }
            None => true,
        };
        let cut = self.cuts.get(usize::from(next.cuts));
        cut.is_none_or(|cut| next.earliest <= cut.at)
            && before(self.median, next.median)
            && before(self.reverse, next.follow)
            && (self.spss() || before(self.lower, next.lower) && before(self.upper, next.upper))
            && self.last.window().is_none_or(|window| next.earliest <= window.hi)
            && (next.placed > 1
                || self.first.window().is_none_or(|window| next.earliest <= window.hi))
    }

    /// Whether all patients are placed and everything asked of the order is there.
    pub(super) fn complete(&self, walk: &Walk) -> bool {
        let reached = |target: Target, own: Crossing| {
            let place = match self.rule() {
                MedianRule::FirstBelow => own.below,
                _ => own.reached,
            };
            match target {
                Target::Free => true,
                Target::Never => place == 0,
                Target::At(_) => place > 0,
            }
        };
        usize::from(walk.placed) == self.n
            && usize::from(walk.cuts) == self.cuts.len()
            && reached(self.median, walk.median)
            && reached(self.reverse, walk.follow)
            && (self.spss() || reached(self.lower, walk.lower) && reached(self.upper, walk.upper))
    }
}

/// What the time of a step is to the time of a crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// The same.
    Here,
    /// The earlier of the two that it is the middle of, or before it.
    First,
    /// The later of the two.
    Second,
    /// Nothing any more.
    Over,
}

fn due(rule: MedianRule, crossing: Crossing, place: u16) -> Due {
    let (reached, below) = (crossing.reached == place, crossing.below == place);
    match rule {
        MedianRule::FirstAtOrBelow if reached => Due::Here,
        MedianRule::FirstAtOrBelow => Due::Over,
        MedianRule::FirstBelow | MedianRule::Midpoint if reached && below => Due::Here,
        MedianRule::FirstBelow if below => Due::Here,
        MedianRule::Midpoint if below => Due::Second,
        MedianRule::FirstBelow | MedianRule::Midpoint => Due::First,
    }
}

/// Notes where a falling value reaches and leaves one half; whether it does so here.
fn cross(own: &mut Crossing, value: Option<f64>, place: u16) -> bool {
    let Some(value) = value.filter(|&value| value <= 0.5 + LEVEL) else { return false };
    let below = value < 0.5 - LEVEL;
    let reached = own.reached == 0;
    if reached {
        own.reached = place;
    }
    let left = below && own.below == 0;
    if left {
        own.below = place;
    }
    reached || left
}
