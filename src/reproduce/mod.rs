//! Published studies: what was printed, what it contradicts, and what made it.
//!
//! [`check`] looks for contradictions among printed numbers, with no data; [`identify`] looks for
//! the conventions by which given data make a printed number.

pub mod check;
pub mod identify;
