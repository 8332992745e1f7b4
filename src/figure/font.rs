//! The typeface of all figures: how much room text takes.
//!
//! Widths are sums of advances. Text must therefore be set without kerning (`font-kerning: none`);
//! the face joins no letters.

mod subset;
mod woff;

use std::sync::LazyLock;

use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::{GlyphMetrics, Metrics};
use skrifa::{FontRef, MetadataProvider};

pub(crate) use subset::{FAMILY, rule};

/// The two weights of the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// For nearly everything.
    Regular,
    /// For titles.
    Bold,
}

const REGULAR: &[u8] = include_bytes!("font/Arimo-Regular.ttf");
const BOLD: &[u8] = include_bytes!("font/Arimo-Bold.ttf");

static FACES: LazyLock<[Face; 2]> = LazyLock::new(|| [REGULAR, BOLD].map(Face::read));

/// What is asked of a font file again and again, in its own unit.
struct Face {
    letters: Charmap<'static>,
    advances: GlyphMetrics<'static>,
    metrics: Metrics,
}

impl Face {
    fn read(file: &'static [u8]) -> Self {
        let font = FontRef::new(file).expect("the bundled font is whole");
        let (unit, upright) = (Size::unscaled(), LocationRef::default());
        Self {
            letters: font.charmap(),
            advances: font.glyph_metrics(unit, upright),
            metrics: font.metrics(unit, upright),
        }
    }

    fn advance(&self, letter: char) -> Option<f32> {
        self.advances.advance_width(self.letters.map(letter)?)
    }

    fn em(&self) -> f64 {
        f64::from(self.metrics.units_per_em)
    }
}

impl Weight {
    /// The whole font file.
    pub(crate) fn file(self) -> &'static [u8] {
        match self {
            Weight::Regular => REGULAR,
            Weight::Bold => BOLD,
        }
    }

    /// Whether the face can show a character.
    pub(crate) fn has(self, letter: char) -> bool {
        self.face().letters.map(letter).is_some()
    }

    fn face(self) -> &'static Face {
        &FACES[self as usize]
    }
}

/// The width of a line of text. A character that the face lacks counts as one em: another font will
/// be used for it, whose widest letters are that wide.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = weight.face();
    let advance = |letter| face.advance(letter).map_or(face.em(), f64::from);
    text.chars().map(advance).sum::<f64>() * size / face.em()
}

#[cfg(test)]
/// How far the tallest letters, with their accents, reach above the base line.
pub(crate) fn ascent(size: f64) -> f64 {
    scaled(Weight::Regular.face().metrics.ascent, size)
}

#[cfg(test)]
/// How far letters reach below the base line; positive.
pub(crate) fn descent(size: f64) -> f64 {
    -scaled(Weight::Regular.face().metrics.descent, size)
}

#[cfg(test)]
fn scaled(units: f32, size: f64) -> f64 {
    f64::from(units) * size / Weight::Regular.face().em()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_the_sum_of_the_advances() {
        // The advances in the font's own unit, 1/2048 em, as fontTools lists them.
        let regular = 1479 + 1139 + 1706 + 1139 + 1139 + 682 + 1139;
        let bold = 1479 + 1139 + 1821 + 1251 + 1251 + 797 + 1251;
        assert_eq!(width("Hamburg", 2048.0, Weight::Regular), f64::from(regular));
        assert_eq!(width("Hamburg", 2048.0, Weight::Bold), f64::from(bold));
        assert_eq!(width("Hamburg", 8.0, Weight::Regular), f64::from(regular) / 256.0);
        assert_eq!(width("", 8.0, Weight::Bold), 0.0);
    }

    #[test]
    fn kerning_is_off() {
        let both = width("A", 10.0, Weight::Regular) + width("V", 10.0, Weight::Regular);
        assert_eq!(width("AV", 10.0, Weight::Regular), both);
    }

    #[test]
    fn figures_are_of_one_width() {
        for weight in [Weight::Regular, Weight::Bold] {
            let widths = ('0'..='9').map(|figure| width(&figure.to_string(), 2048.0, weight));
            assert!(widths.into_iter().all(|own| own == 1139.0));
        }
    }

    #[test]
    fn a_missing_letter_is_an_em_wide() {
        assert_eq!(width("生存", 9.0, Weight::Regular), 18.0);
    }

    #[test]
    fn combining_marks_take_no_room() {
        let plain = width("Angstrom", 7.0, Weight::Regular);
        assert_eq!(width("A\u{30a}ngstro\u{308}m", 7.0, Weight::Regular), plain);
    }

    #[test]
    fn letters_stand_between_descent_and_ascent() {
        assert_eq!(ascent(2048.0), 1854.0);
        assert_eq!(descent(2048.0), 434.0);
    }

    #[test]
    fn what_statistics_needs_is_in_the_face() {
        for weight in [Weight::Regular, Weight::Bold] {
            for letter in
                "ÄÖÜäöüßéèñçøåŁž–—−±×·≤≥≠≈∞αβχλρσΔ²³½†‡§…“”‘’°µ→←\u{a0}\u{2009}\u{202f}".chars()
            {
                assert!(weight.has(letter), "{letter}");
            }
        }
    }
}
