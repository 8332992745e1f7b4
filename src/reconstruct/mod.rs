//! Individuals from what a paper prints: from a digitised curve, or from numbers alone.
//!
//! What comes out are never the patients: it is one data set among many that agree with the
//! printed constraints. Every constraint comes back as met, relaxed (by how much) or impossible.

mod constraint;
mod curve;
mod pair;
pub mod pseudo;
pub mod summary;
mod trial;

pub use constraint::{Constraint, ConstraintStatus};
pub use curve::{
    AtRisk, AtRiskTable, AxisCorrection, Contradiction, CurveReconstruction, DigitisedCurve,
    Fidelity, Individual, Points, Scale,
};
pub use trial::{Trial, TrialReconstruction};
