//! Survival analysis by risk sets.

pub mod error;
mod numeric;
pub mod table;
pub mod io;

pub use error::{Error, ErrorKind, Result};
