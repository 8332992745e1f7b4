//! Published studies: what was printed, what it contradicts, what made it, and whether it comes out
//! again.
//!
//! [`check`] looks for contradictions among printed numbers, with no data; [`identify`] looks for
//! the conventions by which given data make a printed number. A [`Study`] is a TOML file that names
//! data, the conventions of the software that the authors used, and each published figure as the
//! string that was printed; docs/studies.md describes the keys. [`Study::compare`] recomputes the
//! figures and gives each a [`Verdict`].

mod argue;
mod binding;
pub mod check;
mod compute;
pub mod identify;
mod printed;

mod pseudo;
mod study;
mod verdict;

pub use binding::{Given, Used};
pub use compute::Value;
pub use pseudo::{HoldOut, PseudoRows};
pub use study::{Figure, FollowUpMethod, Published, Statistic, Study};
pub use verdict::{Compared, Origin, Reproduction, Verdict};
