//! What a curve walks along.

use std::sync::Arc;

use super::FollowUpRule;
use crate::risk::{Lane, Moment, Place};

/// What time runs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// Events: survival.
    Event,
    /// Censorings: follow-up.
    Censoring(FollowUpRule),
}

/// The times of a lane on the way to one of its two ends.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) lane: Arc<Lane>,
    pub(super) end: End,
}

impl Course {
    pub(super) fn moments(&self) -> impl ExactSizeIterator<Item = Moment> + Clone + '_ {
        self.lane.moments().map(|moment| self.end.seen(moment))
    }

    /// The moments from a place on, where a walk had come.
    pub(super) fn moments_from(&self, place: Place) -> impl Iterator<Item = Moment> + '_ {
        self.lane.moments_from(place).map(|moment| self.end.seen(moment))
    }
}

impl End {
    /// A moment with those who reach this end as its events.
    #[inline]
    pub(super) fn seen(self, moment: Moment) -> Moment {
        match self {
            Self::Event => moment,
            Self::Censoring(FollowUpRule::EventsFirst) => moment.reversed(),
            Self::Censoring(FollowUpRule::Recipe) => Moment { d: moment.c, c: moment.d, ..moment },
        }
    }
}
