//! Drawings: marks in points, and how they become SVG, PDF and PNG. No survival words in here.
//!
//! What is known of a mark is its place, and of words the place that they take, from the widths of
//! the one face that is used; so that layouts can be checked without looking at them.

mod font;
mod palette;
#[cfg(feature = "figures")]
mod render;
mod scale;
mod scene;
mod svg;
mod words;

pub(crate) use palette::{MOST as MOST_GROUPS, colour, pen};
pub(crate) use scale::{Scale, Steps, ticks, ticks_between};
#[cfg(test)]
pub(crate) use scene::Node;
pub(crate) use scene::{
    Anchor, Area, Colour, FAINT, GUIDE, Group, INK, Pen, Point, Scene, Shape, Text,
};
pub(crate) use svg::MM;
pub(crate) use words::wrapped;

use crate::error::Result;
use font::Weight;

#[cfg(not(feature = "figures"))]
fn left_out(kind: &str, _: f64) -> crate::error::Error {
    crate::error::Error::option(format!("this build has no {kind}; write SVG"))
}

/// A drawing that is done.
#[derive(Debug, Clone)]
pub struct Figure {
    scene: Scene,
}

impl Figure {
    pub(crate) fn new(mut scene: Scene) -> Self {
        if let Some(remark) = remark(&missing(&scene)) {
            scene.description.push_str(&format!(". {remark}"));
        }
        Self { scene }
    }

    /// What a reader must know about characters that the face of figures lacks.
    pub fn remark(&self) -> Option<String> {
        remark(&missing(&self.scene))
    }

    #[cfg(test)]
    pub(crate) fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Its width in millimetres.
    pub fn width(&self) -> f64 {
        self.scene.width * MM
    }

    /// Its height in millimetres.
    pub fn height(&self) -> f64 {
        self.scene.height * MM
    }

    /// As a file of its own, in SVG, with the letters that it shows.
    pub fn svg(&self) -> String {
        let rules = [Weight::Regular, Weight::Bold].map(|weight| self.letters(weight));
        svg::svg(&self.scene, &format!("<style>{}</style>", rules.concat()))
    }

    /// As a part of a page, in SVG: with the page's fonts.
    pub fn svg_inline(&self) -> String {
        svg::svg(&self.scene, "")
    }

    /// As a picture of so many dots an inch.
    ///
    /// # Errors
    /// Dots that make no picture; a build without the feature `figures`.
    pub fn png(&self, dpi: f64) -> Result<Vec<u8>> {
        #[cfg(feature = "figures")]
        return render::png(&self.svg_inline(), dpi);
        #[cfg(not(feature = "figures"))]
        return Err(left_out("PNG", dpi));
    }

    /// As a PDF of lines and letters.
    ///
    /// # Errors
    /// In a build without the feature `figures`.
    pub fn pdf(&self) -> Result<Vec<u8>> {
        #[cfg(feature = "figures")]
        return render::pdf(&self.svg_inline());
        #[cfg(not(feature = "figures"))]
        return Err(left_out("PDF", 0.0));
    }

    /// The rule that brings the letters of a weight along; nothing where there are none.
    fn letters(&self, weight: Weight) -> String {
        let texts = self.scene.root.texts();
        let own = texts.iter().filter(|own| own.weight == weight);
        let mut letters = own.flat_map(|own| own.words.chars()).peekable();
        if letters.peek().is_none() { String::new() } else { font::rule(letters, weight) }
    }

    /// What it is, in a line.
    pub fn title(&self) -> &str {
        &self.scene.title
    }
}

/// Characters of a scene that the face lacks, each once.
fn missing(scene: &Scene) -> Vec<char> {
    let mut missing = Vec::new();
    for text in scene.root.texts() {
        for own in text.words.chars().filter(|&own| !text.weight.has(own)) {
            if !missing.contains(&own) {
                missing.push(own);
            }
        }
    }
    missing
}

/// Characters that a remark names.
const NAMED: usize = 10;

fn remark(missing: &[char]) -> Option<String> {
    let named: Vec<String> = missing.iter().take(NAMED).map(char::to_string).collect();
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!named.is_empty()).then(|| {
        format!(
            "The typeface of figures lacks {}{more}: they are boxes in PNG and PDF, and in SVG the \
             viewer's own letters",
            named.join(" ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_the_face_lacks_are_named_once() {
        let own = |words: &str| {
            let root = Group::new("test").with([Text::new((10.0, 20.0), words, 7.0)]);
            let (title, description) = (String::new(), "Two curves".to_owned());
            Figure::new(Scene { width: 100.0, height: 50.0, title, description, root })
        };
        assert_eq!(own("Ki-67 ≥ 55 %, β").remark(), None);
        let remark = own("小細胞 小").remark().unwrap();
        assert!(remark.contains("lacks 小 細 胞:"), "{remark}");
        assert!(own("小").svg().contains("<desc>Two curves. The typeface of figures lacks 小:"));
        let many: String = ('一'..).take(12).collect();
        assert!(own(&many).remark().unwrap().contains(" and 2 more:"));
    }

    fn figure(bold: bool) -> Figure {
        let text = Text::new((10.0, 20.0), "p < 0.001", 7.0);
        let text = if bold { text.bold() } else { text };
        let root = Group::new("test").with([text]);
        let (title, description) = ("Title".to_owned(), "Description".to_owned());
        Figure::new(Scene { width: 100.0, height: 50.0, title, description, root })
    }

    #[test]
    fn a_file_carries_the_fonts_that_it_uses_and_no_others() {
        for (bold, weights) in [(false, [1, 0]), (true, [0, 1])] {
            let svg = figure(bold).svg();
            let count = |weight: &str| svg.matches(weight).count();
            assert_eq!([count("font-weight:400"), count("font-weight:700")], weights);
            assert!(svg.contains("font-family=\"riskset-figure,Arimo,"), "{svg}");
        }
    }

    #[cfg(feature = "figures")]
    #[test]
    fn a_drawing_becomes_png_and_pdf() {
        let figure = figure(false);
        assert!(figure.png(300.0).unwrap().starts_with(b"\x89PNG"));
        assert!(figure.pdf().unwrap().starts_with(b"%PDF-"));
    }
}
