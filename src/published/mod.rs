//! Numbers as a paper prints them: the text, its precision, and whether a value prints so.
//!
//! A printed number stands for every real number that rounds to it. `21.8` is [21.75, 21.85];
//! `<0.001` is everything below it; `NR` is "not reached".

mod estimate;
mod number;

pub use estimate::PrintedEstimate;
pub use number::{Printed, PrintedValue};
