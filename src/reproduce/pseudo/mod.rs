//! Pseudo-cohorts of a study: what the file says of them, as the problem that a search solves.

mod condition;
mod export;
mod hold_out;
mod problem;
mod search;
mod settled;
mod spec;

pub use export::PseudoRows;
pub use hold_out::HoldOut;
pub(super) use spec::Spec;
