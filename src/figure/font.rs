//! The typeface of all figures: how much room text takes.
//!
//! Widths are sums of advances. Text must therefore be set without kerning (`font-kerning: none`);
//! the face joins no letters.

use std::sync::LazyLock;

use ttf_parser::Face;

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

static FACES: LazyLock<[Face<'static>; 2]> = LazyLock::new(|| {
    [REGULAR, BOLD].map(|bytes| Face::parse(bytes, 0).expect("the bundled font is whole"))
});

impl Weight {
    /// The whole font file.
    pub(crate) fn file(self) -> &'static [u8] {
        match self {
            Weight::Regular => REGULAR,
            Weight::Bold => BOLD,
        }
    }

    fn face(self) -> &'static Face<'static> {
        &FACES[self as usize]
    }
}

/// The width of a line of text. A character that the face lacks counts as one em: another font will
/// be used for it, whose widest letters are that wide.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = weight.face();
    let advance = |letter| face.glyph_hor_advance(face.glyph_index(letter)?);
    let em = face.units_per_em();
    let units: u32 = text.chars().map(|letter| u32::from(advance(letter).unwrap_or(em))).sum();
    f64::from(units) * size / f64::from(em)
}

/// How far the tallest letters, with their accents, reach above the base line.
pub(crate) fn ascent(size: f64) -> f64 {
    scaled(Weight::Regular.face().ascender(), size)
}

/// How far letters reach below the base line; positive.
pub(crate) fn descent(size: f64) -> f64 {
    -scaled(Weight::Regular.face().descender(), size)
}

/// The height of capitals and figures.
pub(crate) fn cap_height(size: f64) -> f64 {
    let capitals = Weight::Regular.face().capital_height();
    scaled(capitals.expect("the bundled font tells its capitals' height"), size)
}

fn scaled(units: i16, size: f64) -> f64 {
    f64::from(units) * size / f64::from(Weight::Regular.face().units_per_em())
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
        assert_eq!(cap_height(2048.0), 1409.0);
    }

    #[test]
    fn what_statistics_needs_is_in_the_face() {
        for weight in [Weight::Regular, Weight::Bold] {
            for letter in
                "ÄÖÜäöüßéèñçøåŁž–—−±×·≤≥≠≈∞αβχλρσΔ²³½†‡§…“”‘’°µ→←\u{a0}\u{2009}\u{202f}".chars()
            {
                assert!(weight.face().glyph_index(letter).is_some(), "{letter}");
            }
        }
    }
}
