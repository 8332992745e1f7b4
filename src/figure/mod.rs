//! Drawings: marks in points, and how they become SVG. No survival words in here.

mod font;
mod palette;
mod scale;
mod scene;
mod svg;
mod words;

pub(crate) use palette::{MOST as MOST_GROUPS, colour, pen};
pub(crate) use scale::{Scale, Steps, ticks};
#[cfg(test)]
pub(crate) use scene::Node;
pub(crate) use scene::{Anchor, Area, Colour, GUIDE, Group, INK, Pen, Point, Scene, Shape, Text};
pub(crate) use svg::MM;
pub(crate) use words::wrapped;

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

    /// As a file of its own, in SVG.
    pub fn svg(&self) -> String {
        svg::svg(&self.scene, "")
    }

    /// What it is, in a line.
    pub fn title(&self) -> &str {
        &self.scene.title
    }
}
