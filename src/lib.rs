//! Survival analysis by risk sets.

pub mod cohort;
pub mod compare;
pub mod curve;
pub mod error;
pub mod formula;
pub mod io;
pub mod note;
mod numeric;
mod risk;
pub mod table;

pub use error::{Error, ErrorKind, Result};
