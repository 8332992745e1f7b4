//! Which medians and log-log limits data of a size can have at all.

use crate::numeric::normal::normal_quantile;

/// Above this size patterns are not tried one by one.
const MAX_N: u64 = 16;
/// Within this S counts as one half.
const TOLERANCE: f64 = 1e-12;

/// Which of a median and its limits are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// The lower limit.
    pub lower: bool,
    /// The median.
    pub median: bool,
    /// The upper limit.
    pub upper: bool,
}

/// Whether any `n` patients, with so many events where these are known, have a Kaplan–Meier median
/// and log-log limits of which just these are reached. `None` when there are too many patients to try
/// every order of events and censorings.
///
/// With r at risk before an event, h = −ln S = Σ −ln(1 − 1/r) and V = Σ 1/(r(r − 1)); the lower limit
/// is reached when h·exp(z√V/h) ≥ ln 2, the median when h ≥ ln 2, the upper limit when
/// h·exp(−z√V/h) ≥ ln 2; at S = 0 the limits do not exist. Tied events give the sums at the end of
/// their run, so that ties add nothing to what untied data can do.
///
/// ```
/// use riskset::reproduce::check::{Reached, log_log_attainable};
/// let closed = Reached { lower: true, median: true, upper: true };
/// assert_eq!(log_log_attainable(6, None, closed, 0.95), Some(false));
/// assert_eq!(log_log_attainable(8, None, closed, 0.95), Some(true));
/// ```
pub fn log_log_attainable(
    n: u64,
    events: Option<u64>,
    reached: Reached,
    level: f64,
) -> Option<bool> {
    if n > MAX_N {
        return None;
    }
    let z = normal_quantile(0.5 + level / 2.0);
    let search = Search { z, wanted: reached, events };
    Some(search.any(n, State::default()))
}

/// The fewest patients, and the fewest events, with which a log-log interval of a median has an upper
/// limit: those of the smallest sample without censoring that has one, whose last patient may be
/// censored. Censorings before all events leave that sample, and later ones only widen the interval.
pub fn fewest_for_upper(level: f64) -> (u64, u64) {
    let z = normal_quantile(0.5 + level / 2.0);
    let closes = |n: u64| {
        let mut state = State::default();
        let closed = (2..=n).rev().any(|at_risk| {
            state = state.event(at_risk, z);
            state.reached.upper
        });
        closed.then_some((n, state.events))
    };
    (2..1000).find_map(closes).unwrap_or((1000, 1000))
}

struct Search {
    z: f64,
    wanted: Reached,
    events: Option<u64>,
}

/// What the patients so far make of it.
#[derive(Clone, Copy, Default)]
struct State {
    hazard: f64,
    variance: f64,
    events: u64,
    reached: Reached,
}

impl State {
    /// One of so many at risk has the event.
    fn event(mut self, at_risk: u64, z: f64) -> Self {
        self.events += 1;
        if at_risk == 1 {
            self.reached.median = true;
            return self;
        }
        let r = at_risk as f64;
        self.hazard -= (-1.0 / r).ln_1p();
        self.variance += 1.0 / (r * (r - 1.0));
        let spread = (z * self.variance.sqrt() / self.hazard).exp();
        let beyond = |own: f64| own >= std::f64::consts::LN_2 - TOLERANCE;
        self.reached.lower |= beyond(self.hazard * spread);
        self.reached.median |= beyond(self.hazard);
        self.reached.upper |= beyond(self.hazard / spread);
        self
    }
}

impl Search {
    /// Whether any order of the rest gives what is wanted.
    fn any(&self, at_risk: u64, state: State) -> bool {
        let too_far = |now: bool, wanted: bool| now && !wanted;
        let (now, wanted) = (state.reached, self.wanted);
        if too_far(now.lower, wanted.lower)
            || too_far(now.median, wanted.median)
            || too_far(now.upper, wanted.upper)
            || self.events.is_some_and(|events| state.events > events)
        {
            return false;
        }
        if at_risk == 0 {
            return now == wanted && self.events.is_none_or(|events| events == state.events);
        }
        self.any(at_risk - 1, state.event(at_risk, self.z)) || self.any(at_risk - 1, state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: Reached = Reached { lower: true, median: true, upper: true };
    const OPEN: Reached = Reached { lower: true, median: true, upper: false };
    const NONE: Reached = Reached { lower: false, median: false, upper: false };

    #[test]
    fn small_samples_have_no_upper_limit() {
        assert_eq!(fewest_for_upper(0.95), (7, 6));
        for n in 1..=12 {
            assert_eq!(log_log_attainable(n, None, CLOSED, 0.95), Some(n >= 7), "{n}");
            assert_eq!(log_log_attainable(n, Some(5), CLOSED, 0.95), Some(false), "{n}");
        }
        assert_eq!(log_log_attainable(7, Some(6), CLOSED, 0.95), Some(true));
        assert_eq!(log_log_attainable(40, None, CLOSED, 0.95), None);
    }

    /// Five events with any numbers at risk up to 24 have no upper limit.
    #[test]
    fn five_events_never_close_an_interval() {
        fn closes(state: State, events: u32, below: u64) -> bool {
            events > 0
                && (2..below).any(|at_risk| {
                    let next = state.event(at_risk, 1.959_963_984_540_054);
                    next.reached.upper || closes(next, events - 1, at_risk)
                })
        }
        assert!(!closes(State::default(), 5, 25));
        assert!(closes(State::default(), 6, 25));
    }

    #[test]
    fn what_is_reached_needs_events() {
        assert_eq!(log_log_attainable(2, None, OPEN, 0.95), Some(true));
        assert_eq!(log_log_attainable(2, None, NONE, 0.95), Some(true));
        assert_eq!(log_log_attainable(5, Some(0), OPEN, 0.95), Some(false));
        assert_eq!(log_log_attainable(12, Some(1), NONE, 0.95), Some(true));
        assert_eq!(log_log_attainable(12, Some(4), NONE, 0.95), Some(false));
        let upper_alone = Reached { lower: false, median: false, upper: true };
        assert_eq!(log_log_attainable(9, None, upper_alone, 0.95), Some(false));
    }
}
