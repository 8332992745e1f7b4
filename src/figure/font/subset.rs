//! The letters that a figure shows, as a font of their own inside it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use font_subset::Font;

use super::{Weight, woff};

/// The family of the letters that a figure carries.
pub(crate) const FAMILY: &str = "riskset-figure";

/// A font of these letters only, as WOFF. Letters that the face lacks are left out, so that whoever
/// shows the figure looks for them elsewhere.
fn subset(letters: impl Iterator<Item = char>, weight: Weight) -> Vec<u8> {
    woff::pack(&truetype(letters, weight))
}

/// The style rule that brings these letters along.
pub(crate) fn rule(letters: impl Iterator<Item = char>, weight: Weight) -> String {
    let boldness = match weight {
        Weight::Regular => 400,
        Weight::Bold => 700,
    };
    let font = STANDARD.encode(subset(letters, weight));
    format!(
        "@font-face{{font-family:{FAMILY};font-weight:{boldness};\
         src:url(data:font/woff;base64,{font})format(\"woff\")}}"
    )
}

fn truetype(letters: impl Iterator<Item = char>, weight: Weight) -> Vec<u8> {
    let mut known: BTreeSet<char> = letters.filter(|&own| weight.has(own)).collect();
    // A font must hold something.
    known.insert(' ');
    let whole = Font::opentype(weight.file()).expect("the bundled font is whole");
    whole.subset(&known).expect("the bundled font has these letters").to_opentype()
}

#[cfg(test)]
mod tests {
    use skrifa::instance::{LocationRef, Size};
    use skrifa::outline::{DrawSettings, OutlinePen};
    use skrifa::{FontRef, MetadataProvider};

    use super::*;

    const TEXT: &str = "0123456789.,–%()=<≤> abcdefghijklmnopqrstuvwxyzABCDEFGHIKLMNOPRSTUV×χ²é";

    /// The strokes of an outline.
    #[derive(Default, PartialEq, Debug)]
    struct Strokes(Vec<(char, [f32; 4])>);

    impl OutlinePen for Strokes {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.push(('M', [x, y, 0.0, 0.0]));
        }
        fn line_to(&mut self, x: f32, y: f32) {
            self.0.push(('L', [x, y, 0.0, 0.0]));
        }
        fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
            self.0.push(('Q', [x1, y1, x, y]));
        }
        fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
            unreachable!("TrueType has no cubic curves")
        }
        fn close(&mut self) {
            self.0.push(('Z', [0.0; 4]));
        }
    }

    fn drawn(font: &FontRef, letter: char) -> Option<(f32, Strokes)> {
        let glyph = font.charmap().map(letter)?;
        let (unit, upright) = (Size::unscaled(), LocationRef::default());
        let mut strokes = Strokes::default();
        let outline = font.outline_glyphs().get(glyph)?;
        outline.draw(DrawSettings::unhinted(unit, upright), &mut strokes).ok()?;
        Some((font.glyph_metrics(unit, upright).advance_width(glyph)?, strokes))
    }

    #[test]
    fn letters_keep_their_shapes_and_widths() {
        for weight in [Weight::Regular, Weight::Bold] {
            let small = truetype(TEXT.chars(), weight);
            let (small, whole) =
                (FontRef::new(&small).unwrap(), FontRef::new(weight.file()).unwrap());
            for letter in TEXT.chars() {
                let own = drawn(&small, letter);
                assert!(own.is_some() && own == drawn(&whole, letter), "{letter}");
            }
        }
    }

    #[test]
    fn letters_that_are_not_shown_are_left_out() {
        let small = truetype("Hamburg生".chars(), Weight::Regular);
        let small = FontRef::new(&small).unwrap();
        assert_eq!(small.charmap().map('x'), None);
        assert_eq!(small.charmap().map('生'), None);
        // The empty box, the space, and seven letters.
        assert_eq!(small.outline_glyphs().iter().count(), 9);
    }

    #[test]
    fn a_subset_is_small_and_its_bytes_do_not_depend_on_the_order_of_letters() {
        let font = subset(TEXT.chars(), Weight::Regular);
        assert!(font.len() < 12_000, "{}", font.len());
        assert_eq!(font, subset(TEXT.chars().rev().chain(TEXT.chars()), Weight::Regular));
        assert!(subset("".chars(), Weight::Bold).len() < 4_000);
    }

    #[test]
    fn the_rule_holds_the_font() {
        let rule = rule("km".chars(), Weight::Bold);
        let start = "@font-face{font-family:riskset-figure;font-weight:700;\
                     src:url(data:font/woff;base64,";
        let coded = rule.strip_prefix(start).and_then(|own| own.split_once(')')).unwrap().0;
        assert_eq!(STANDARD.decode(coded).unwrap(), subset("km".chars(), Weight::Bold));
    }
}
