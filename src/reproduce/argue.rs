//! Arguments that no data can have a printed figure, each one that a reader can check.

use super::study::Study;

/// Why a figure cannot be, with the others that it contradicts.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) sentence: String,
}

impl Study {
    /// An argument against each figure that has one.
    pub(super) fn arguments(&self) -> Vec<Option<Argument>> {
        self.figures().iter().map(|_| None).collect()
    }
}
