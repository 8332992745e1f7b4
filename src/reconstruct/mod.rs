//! Individuals from what a paper prints: from a digitised curve, or from numbers alone.
//!
//! What comes out are never the patients: it is one data set among many that agree with the
//! printed constraints. Every constraint comes back as met, relaxed (by how much) or impossible.

mod constraint;
pub mod summary;

pub use constraint::{Constraint, ConstraintStatus};
