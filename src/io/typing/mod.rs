//! From fields to typed columns, whatever the file's format.

mod cell;
mod date;
mod dates;
mod decimal;
mod finish;
mod format;
mod grid;
mod levels;
mod missing;
mod number;
mod part;
mod reading;
mod refusal;
mod shape;
#[cfg(any(feature = "spreadsheets", feature = "parquet", feature = "spss", feature = "stata"))]
mod written;

pub(crate) use finish::NotText;
pub(crate) use grid::Grid;
pub(crate) use missing::Missing;
pub(crate) use part::Part;
pub(crate) use reading::{Dates, Reading, Rules};
#[cfg(any(
    feature = "spreadsheets",
    feature = "parquet",
    feature = "spss",
    feature = "stata"
))]
pub(crate) use written::Written;
