//! What comes out.

use super::axis::AxisCorrection;
use super::fidelity::Fidelity;
use super::points::Scale;
use crate::reconstruct::Constraint;

/// One reconstructed individual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Individual {
    /// The observed time.
    pub time: f64,
    /// Whether it is that of an event.
    pub event: bool,
}

/// Individuals that follow a curve and agree with what is printed: not the patients.
#[derive(Debug, Clone)]
pub struct CurveReconstruction {
    pub(super) draws: Vec<Vec<Individual>>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) fidelity: Fidelity,
    pub(super) axis: AxisCorrection,
    pub(super) scale: Scale,
    pub(super) noise: f64,
    pub(super) notes: Vec<String>,
}

impl CurveReconstruction {
    /// Data sets, each by time; the first is the best one, the others are draws around it.
    pub fn draws(&self) -> &[Vec<Individual>] {
        &self.draws
    }

    /// The data sets, taken out.
    pub fn into_draws(self) -> Vec<Vec<Individual>> {
        self.draws
    }

    /// What was given, and how the first data set stands to it.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// How close the first data set is to the points.
    pub fn fidelity(&self) -> Fidelity {
        self.fidelity
    }

    /// What was found about the calibration of the axes.
    pub fn axis(&self) -> AxisCorrection {
        self.axis
    }

    /// How the vertical axis was read.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Standard deviation of survival at a click.
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// Adds what a reader must know.
    pub(in crate::reconstruct) fn remark(&mut self, note: String) {
        self.notes.push(note);
    }

    /// What a reader must know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}
