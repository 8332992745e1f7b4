//! Figures: what they are drawn with.

mod font;
