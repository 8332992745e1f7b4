//! Numerical helpers without survival words.

pub(crate) mod beta;
pub(crate) mod digit_sums;
pub(crate) mod gamma;
pub(crate) mod gauss;
pub(crate) mod linalg;
pub(crate) mod mvn;
pub(crate) mod normal;
pub(crate) mod panel;
pub(crate) mod rank_sums;
pub(crate) mod snedecor;
pub(crate) mod sort;
pub(crate) mod spare;
pub(crate) mod spline;
pub(crate) mod stirling;
pub(crate) mod stream;
pub(crate) mod student;
pub(crate) mod sum;
pub(crate) mod tails;

#[cfg(test)]
mod check;
#[cfg(test)]
mod golden;
