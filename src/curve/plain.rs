//! Survival and censoring curves of lanes without variances, for weights and references.

use std::sync::Arc;

use super::course::{Course, End};
use super::product_limit::survival_along;
use super::{FollowUpRule, StepFunction};
use crate::cohort::{Cohort, Groups};
use crate::risk::{Lane, Lanes, tabulate, tabulate_subjects};

/// What remains of a lane: without the event, and under observation.
#[derive(Debug, Clone)]
pub(crate) struct PlainCurves {
    /// S(t), the Kaplan–Meier estimate.
    pub(crate) survival: StepFunction,
    /// G(t), the reverse one: at one time events come before censorings.
    pub(crate) censoring: StepFunction,
}

/// The curves of every lane.
pub(crate) fn plain_curves(cohort: &Cohort, lanes: Lanes<'_>) -> Vec<PlainCurves> {
    let curves = |lane: Lane| {
        let lane = Arc::new(lane);
        PlainCurves {
            survival: step(cohort, &lane, End::Event),
            censoring: step(cohort, &lane, End::Censoring(FollowUpRule::EventsFirst)),
        }
    };
    tabulate(cohort, lanes).into_iter().map(curves).collect()
}

/// The Kaplan–Meier curve of all rows; sampling weights do not count.
pub(crate) fn unweighted_survival(cohort: &Cohort) -> StepFunction {
    let none = Groups::single();
    let lane = Arc::new(tabulate_subjects(cohort, Lanes::all(&none)).swap_remove(0));
    step(cohort, &lane, End::Event)
}

fn step(cohort: &Cohort, lane: &Arc<Lane>, end: End) -> StepFunction {
    let values = survival_along(&Course { lane: Arc::clone(lane), end });
    StepFunction::on_axis(cohort.axis(), &lane.time, values, 1.0)
}
