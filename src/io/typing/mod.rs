//! From fields to typed columns, whatever the file's format.

mod cell;
mod date;
mod finish;
mod grid;
mod levels;
mod missing;
mod number;
mod part;

pub(crate) use finish::NotText;
pub(crate) use grid::Grid;
pub(crate) use missing::Missing;
pub(crate) use part::Part;
