//! Data sets of one arm to choose from.

use super::draw;
use super::fidelity::Fidelity;
use super::input::DigitisedCurve;
use super::outcome::{CurveReconstruction, Individual};
use super::relax::Settled;
use super::verdict;
use crate::error::Result;

/// Data sets: the best one, then draws.
pub(in crate::reconstruct) struct Candidates<'a> {
    curve: &'a DigitisedCurve,
    settled: Settled,
    stream: (u64, u64),
    draws: Vec<Vec<Individual>>,
}

impl DigitisedCurve {
    /// The best data set and draws, so many in all. Arms of a trial have streams of their own.
    pub(in crate::reconstruct) fn candidates(
        &self,
        (seed, arm): (u64, u64),
        count: usize,
    ) -> Result<Candidates<'_>> {
        self.prove()?;
        let settled = self.settle()?;
        let draws = vec![settled.best.clone()];
        let mut own = Candidates { curve: self, stream: (seed, arm), settled, draws };
        own.grow(count)?;
        Ok(own)
    }
}

impl Candidates<'_> {
    /// Makes draws until there are so many.
    pub(in crate::reconstruct) fn grow(&mut self, count: usize) -> Result<()> {
        let Settled { curve, task, .. } = &self.settled;
        let more = draw::draws(curve, task, self.stream, self.draws.len()..count)?;
        self.draws.extend(more);
        Ok(())
    }

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
        Fidelity::of(&self.draws[at], &self.settled.task.curve).rmse
    }

    /// Those chosen, the first of which is judged.
    pub(in crate::reconstruct) fn reconstruction(
        self,
        chosen: Vec<usize>,
    ) -> Result<CurveReconstruction> {
        let Self { curve, settled, draws, .. } = self;
        let task = &settled.task;
        let first = &draws[chosen[0]];
        let mut notes = curve.notes();
        notes.extend(settled.note());
        Ok(CurveReconstruction {
            fidelity: Fidelity::of(first, &task.curve),
            constraints: verdict::constraints(curve, task, first)?,
            axis: task.curve.correction,
            scale: curve.points.scale(),
            noise: curve.points.noise,
            notes,
            draws: chosen.into_iter().map(|at| draws[at].clone()).collect(),
        })
    }
}
