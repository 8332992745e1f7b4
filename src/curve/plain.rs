//! Survival and censoring curves of lanes without variances, for weights and references.

use std::sync::Arc;

use super::StepFunction;
use super::product_limit::walk;
use crate::cohort::Cohort;
use crate::risk::{Lane, Lanes, Moment, tabulate};

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

fn step(cohort: &Cohort, lane: &Lane, towards: impl Fn(Moment) -> Moment) -> StepFunction {
    let (values, _) = walk(lane.moments().map(towards), false);
    StepFunction::on_axis(cohort.axis(), &Arc::clone(&lane.time), values, 1.0)
}
