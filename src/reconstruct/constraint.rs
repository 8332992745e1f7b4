//! What was printed, and what the reconstruction made of it.

use serde::Serialize;

/// One printed constraint and how the reconstruction stands to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Constraint {
    /// Its name: `n`, `events`, `n_risk@12`, `median`, `median_lower`, `rate@36`, `hr`, …
    pub name: String,
    /// What was printed.
    pub given: String,
    /// What the reconstruction has, at the printed precision.
    pub reached: String,
    /// How the two stand to each other.
    pub status: ConstraintStatus,
}

/// How a reconstruction stands to a printed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConstraintStatus {
    /// As printed.
    Met,
    /// Not as printed: it gave way, since no way was found to keep it.
    Relaxed,
    /// No data set has it together with the others.
    Impossible,
}
