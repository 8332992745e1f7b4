//! Follow-up by the reverse Kaplan–Meier estimate.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::course::{Course, End};
use super::product_limit::ProductLimit;
use super::{KaplanMeier, MedianInterval, SurvivalCurve};
use crate::note::Note;

/// Who goes first when an event and a censoring fall on one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FollowUpRule {
    /// Events first, as in the forward curve: whoever has the event at t is no longer at risk of
    /// being censored at t.
    #[default]
    EventsFirst,
    /// The recipe `survfit(Surv(time, 1 - status))`, which puts censorings first.
    Recipe,
}

/// Median follow-up (Schemper and Smith 1996, doi:10.1016/0197-2456(96)00075-X).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FollowUp {
    /// The time by which half of the subjects would have been censored had nobody had the event.
    pub median: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

impl SurvivalCurve {
    /// Median follow-up by the reverse Kaplan–Meier estimate, with the interval in use.
    ///
    /// With robust variances (sampling weights, clusters) there is no interval: Greenwood's would
    /// be wrong there.
    pub fn follow_up(&self) -> FollowUp {
        self.follow_up_by(self.estimate().options.follow_up_rule)
    }

    /// The note that is due when the order of tied events and censorings decides the median.
    pub fn follow_up_note(&self) -> Option<Note> {
        let events_first = self.follow_up_by(FollowUpRule::EventsFirst).median;
        let recipe = self.follow_up_by(FollowUpRule::Recipe).median;
        let group = self.label().to_owned();
        (events_first != recipe).then_some(Note::FollowUpTies { group, events_first, recipe })
    }

    fn follow_up_by(&self, rule: FollowUpRule) -> FollowUp {
        // SPSS has no interval of its own for the reverse curve.
        let median_interval = MedianInterval::BrookmeyerCrowley;
        let options = KaplanMeier { median_interval, ..self.estimate().options };
        let course = Course { lane: Arc::clone(self.lane()), end: End::Censoring(rule) };
        let curve = ProductLimit::new(options, self.axis(), course, None);
        let median = curve.quantile(0.5);
        let limit = |limit: Option<f64>| if self.is_robust() { None } else { limit };
        FollowUp { median: median.estimate, lower: limit(median.lower), upper: limit(median.upper) }
    }
}
