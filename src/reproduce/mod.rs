//! Published studies: every printed figure recomputed and compared as it was printed.
//!
//! A [`Study`] is a TOML file that names data, the conventions of the software that the authors
//! used, and each published figure as the string that was printed; docs/studies.md describes the
//! keys. [`Study::reproduce`] recomputes the figures and gives each a [`Verdict`].

mod argue;
mod compute;
mod pseudo;
mod study;
mod verdict;

pub use compute::Value;
pub use pseudo::{HoldOut, PseudoRows};
pub use study::{Figure, FollowUpMethod, Published, Statistic, Study};
pub use verdict::{Compared, Origin, Reproduction, Verdict};
