//! Survival and censoring curves of lanes without variances, for weights and references.

use std::sync::Arc;

use super::StepFunction;
use super::product_limit::walk;
use crate::cohort::{Cohort, Groups};
use crate::risk::{Lane, Lanes, Moment, tabulate, tabulate_subjects};

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
    let curves = |lane: &Lane| PlainCurves {
        survival: step(cohort, lane, |moment| moment),
        censoring: step(cohort, lane, Moment::reversed),
    };
    tabulate(cohort, lanes).iter().map(curves).collect()
}

/// The Kaplan–Meier curve of all rows; sampling weights do not count.
pub(crate) fn unweighted_survival(cohort: &Cohort) -> StepFunction {
    let none = Groups::single();
    let lanes = tabulate_subjects(cohort, Lanes::all(&none));
    step(cohort, &lanes[0], |moment| moment)
}

fn step(cohort: &Cohort, lane: &Lane, towards: impl Fn(Moment) -> Moment) -> StepFunction {
    let (values, _) = walk(lane.moments().map(towards), false);
    StepFunction::on_axis(cohort.axis(), &Arc::clone(&lane.time), values, 1.0)
}
