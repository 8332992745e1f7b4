//! Numerical helpers without survival words.
