//! Arms that are compared: their hazard ratio and p as printed.

use super::Constraint;
use super::curve::{CurveReconstruction, DigitisedCurve};
use crate::error::Result;
use crate::published::{Printed, PrintedEstimate};

/// Arms of one study, the first of which is the reference.
#[derive(Debug, Clone)]
pub struct Trial {
    arms: Vec<DigitisedCurve>,
    hazard_ratio: Option<PrintedEstimate>,
    p: Option<Printed>,
}

/// What was made of the arms of a trial.
#[derive(Debug, Clone)]
pub struct TrialReconstruction {
    arms: Vec<CurveReconstruction>,
    constraints: Vec<Constraint>,
}

impl Trial {
    /// Begins with the arms.
    pub fn new(arms: Vec<DigitisedCurve>) -> Self {
        Self { arms, hazard_ratio: None, p: None }
    }

    /// The printed hazard ratio of the second arm against the first.
    pub fn hazard_ratio(self, hazard_ratio: PrintedEstimate) -> Self {
        Self { hazard_ratio: Some(hazard_ratio), ..self }
    }

    /// The printed p of the log-rank test.
    pub fn log_rank_p(self, p: Printed) -> Self {
        Self { p: Some(p), ..self }
    }
}

impl TrialReconstruction {
    /// The arms in their order.
    pub fn arms(&self) -> &[CurveReconstruction] {
        &self.arms
    }

    /// The arms, taken out.
    pub fn into_arms(self) -> Vec<CurveReconstruction> {
        self.arms
    }

    /// How the printed comparison stands.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }
}

impl Trial {
    /// Reconstructs every arm.
    ///
    /// # Errors
    /// Those of [`DigitisedCurve::reconstruct`].
    pub fn reconstruct(&self, seed: u64, draws: usize) -> Result<TrialReconstruction> {
        let arms = self.arms.iter().map(|arm| arm.reconstruct(seed, draws));
        let arms = arms.collect::<Result<Vec<_>>>()?;
        Ok(TrialReconstruction { arms, constraints: Vec::new() })
    }
}
