//! Figures: what they are drawn with.

mod font;
#[cfg(feature = "figures")]
mod render;
