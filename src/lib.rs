//! Survival analysis by risk sets.

pub mod cohort;
pub mod error;
pub mod formula;
pub mod io;
pub mod note;
mod numeric;
pub mod table;

pub use error::{Error, ErrorKind, Result};
