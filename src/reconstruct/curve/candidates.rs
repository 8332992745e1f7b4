//! Data sets of one arm to choose from.

use super::assemble::{BEAM, Task};
use super::draw;
use super::fidelity::Fidelity;
use super::input::DigitisedCurve;
use super::outcome::{CurveReconstruction, Individual};
use super::place::even;
use super::verdict;
use crate::error::Result;

/// Data sets: the best one, then draws.
pub(in crate::reconstruct) struct Candidates<'a> {
    curve: &'a DigitisedCurve,
    task: Task,
    draws: Vec<Vec<Individual>>,
    misfit: Vec<f64>,
}

impl DigitisedCurve {
    /// The best data set and draws, so many in all. Arms of a trial have streams of their own.
    pub(in crate::reconstruct) fn candidates(
        &self,
        (seed, arm): (u64, u64),
        count: usize,
    ) -> Result<Candidates<'_>> {
        let task = self.task()?;
        let paths = self.paths(&task, &even(&task.stretches), BEAM)?;
        let mut draws = vec![self.placed(&task, &paths[0])?];
        draws.extend(draw::draws(self, &task, (seed, arm), count.saturating_sub(1))?);
        let misfit = draws.iter().map(|own| Fidelity::of(own, &task.curve).rmse).collect();
        Ok(Candidates { curve: self, task, draws, misfit })
    }
}

impl Candidates<'_> {
    /// How many there are.
    pub(in crate::reconstruct) fn len(&self) -> usize {
        self.draws.len()
    }

    /// The data sets.
    pub(in crate::reconstruct) fn draws(&self) -> &[Vec<Individual>] {
        &self.draws
    }

    /// How far a data set is from the points.
    pub(in crate::reconstruct) fn misfit(&self, at: usize) -> f64 {
        self.misfit[at]
    }

    /// Those chosen, the first of which is judged.
    pub(in crate::reconstruct) fn reconstruction(
        self,
        chosen: Vec<usize>,
    ) -> Result<CurveReconstruction> {
        let Self { curve, task, draws, .. } = self;
        let first = &draws[chosen[0]];
        Ok(CurveReconstruction {
            fidelity: Fidelity::of(first, &task.curve),
            constraints: verdict::constraints(curve, &task, first)?,
            axis: task.curve.correction,
            scale: curve.points.scale(),
            noise: curve.points.noise,
            notes: curve.notes(),
            draws: chosen.into_iter().map(|at| draws[at].clone()).collect(),
        })
    }
}
