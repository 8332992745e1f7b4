//! Numerical helpers without survival words.

pub(crate) mod sort;
