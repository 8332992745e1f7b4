//! Drawings: marks in points, and how they become SVG. No survival words in here.

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

use font::Weight;

#[cfg(feature = "figures")]
use crate::error::Result;

/// A drawing that is done.
#[derive(Debug, Clone)]
pub struct Figure {
    scene: Scene,
}

impl Figure {
    pub(crate) fn new(scene: Scene) -> Self {
        Self { scene }
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
        svg::svg(&self.scene, &self.letters())
    }

    /// As PNG on white, with so many dots in an inch.
    #[cfg(feature = "figures")]
    pub fn png(&self, dpi: f64) -> Result<Vec<u8>> {
        render::png(&svg::svg(&self.scene, ""), dpi)
    }

    /// As PDF, with the letters that it shows.
    #[cfg(feature = "figures")]
    pub fn pdf(&self) -> Result<Vec<u8>> {
        render::pdf(&svg::svg(&self.scene, ""))
    }

    /// The font of each weight in use.
    fn letters(&self) -> String {
        let texts = self.scene.root.texts();
        let mut rules = String::new();
        for weight in [Weight::Regular, Weight::Bold] {
            let own = texts.iter().filter(|text| text.weight == weight);
            let mut letters = own.flat_map(|text| text.words.chars()).peekable();
            if letters.peek().is_some() {
                rules += &font::rule(letters, weight);
            }
        }
        format!("<style>{rules}</style>")
    }

    /// What it is, in a line.
    pub fn title(&self) -> &str {
        &self.scene.title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
