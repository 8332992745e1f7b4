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
mod value;
#[cfg(any(feature = "spreadsheets", feature = "parquet", feature = "spss", feature = "stata"))]
mod written;

pub(crate) use cell::Cell;
pub(crate) use decimal::comma_number;
pub(crate) use finish::NotText;
pub(crate) use grid::Grid;
pub(crate) use levels::{Levels, hash};
pub(crate) use missing::Missing;
pub(crate) use part::{Part, Texts};
pub(crate) use reading::{Dates, Reading, Rules};
pub(crate) use refusal::Refusal;
pub(crate) use value::Value;
#[cfg(any(
    feature = "spreadsheets",
    feature = "parquet",
    feature = "spss",
    feature = "stata"
))]
pub(crate) use written::Written;
