//! Colours that the colour-blind tell apart, each with a dash of its own for prints without colour.
//!
//! Okabe and Ito's colours (Color Universal Design, 2008), the yellow and the sky blue darkened so
//! that they show on white.

use super::scene::{Colour, Pen};

/// How many groups can be told apart.
pub(crate) const MOST: usize = 8;

const COLOURS: [Colour; MOST] =
    ["#0072b2", "#d55e00", "#009e73", "#b5518d", "#000000", "#b98a00", "#3a93c2", "#7a4b1e"];

const DASHES: [&[f64]; MOST] = [
    &[],
    &[5.0, 2.0],
    &[1.2, 1.6],
    &[6.0, 1.6, 1.2, 1.6],
    &[9.0, 2.4],
    &[3.0, 1.4],
    &[6.0, 1.6, 1.2, 1.6, 1.2, 1.6],
    &[2.2, 2.2],
];

/// The colour of a group.
pub(crate) fn colour(group: usize) -> Colour {
    COLOURS[group % MOST]
}

/// The line of a group.
pub(crate) fn pen(group: usize, width: f64) -> Pen {
    Pen::new(colour(group), width).dashed(DASHES[group % MOST])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as in WCAG 2.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let own = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if own <= 0.03928 { own / 12.92 } else { ((own + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn every_colour_shows_on_white() {
        for colour in COLOURS {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(contrast >= 3.0, "{colour}: {contrast}");
        }
    }

    #[test]
    fn no_two_groups_look_alike() {
        for (at, dashes) in DASHES.iter().enumerate() {
            assert!(!DASHES[..at].contains(dashes) && !COLOURS[..at].contains(&COLOURS[at]));
        }
    }
}
