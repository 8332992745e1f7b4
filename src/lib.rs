//! Survival analysis by risk sets.

#[cfg(feature = "cli")]
pub mod cli;
pub mod cohort;
pub mod compare;
pub mod convention;
pub mod curve;
pub mod error;
pub mod formula;
pub mod io;
pub mod note;
mod numeric;
pub mod report;
mod risk;
pub mod table;

pub use error::{Error, ErrorKind, Result};
