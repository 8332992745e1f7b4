//! Marks and their places: points (1/72 inch), x to the right, y downwards.

use super::font::{self, Weight};
#[cfg(test)]
use super::font::{ascent, descent};
use super::words;

/// A place.
pub(crate) type Point = (f64, f64);

/// A colour as `#rrggbb`.
pub(crate) type Colour = &'static str;

/// Text and axes.
pub(crate) const INK: Colour = "#1a1a1a";
/// What stands back.
pub(crate) const FAINT: Colour = "#6e6e6e";
/// Rules that guide the eye.
pub(crate) const GUIDE: Colour = "#c8c8c8";

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pen {
    pub(crate) colour: Colour,
    pub(crate) width: f64,
    /// Lengths of strokes and gaps; none for a line without gaps.
    pub(crate) dashes: &'static [f64],
}

/// What fills an area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fill {
    pub(crate) colour: Colour,
    pub(crate) opacity: f64,
}

/// A line through points, or what it encloses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) points: Vec<Point>,
    pub(crate) closed: bool,
    pub(crate) pen: Option<Pen>,
    pub(crate) fill: Option<Fill>,
    /// What is shown beside the pointer.
    pub(crate) title: Option<String>,
    pub(crate) class: &'static str,
}

/// Which point of a text is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// A line of text; its place is on the baseline.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) at: Point,
    pub(crate) words: String,
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) anchor: Anchor,
    pub(crate) colour: Colour,
    /// Whether it runs upwards.
    pub(crate) upright: bool,
    pub(crate) class: &'static str,
    /// The whole, where the words are cut.
    pub(crate) title: Option<String>,
}

/// Marks that belong together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) class: &'static str,
    /// `data-…` attributes.
    pub(crate) data: Vec<(&'static str, String)>,
    pub(crate) title: Option<String>,
    pub(crate) nodes: Vec<Node>,
}

/// A mark, or several.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Shape(Shape),
    Text(Text),
    Group(Group),
}

/// A drawing.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// What it is, in a line.
    pub(crate) title: String,
    /// What it shows, for those who do not see it.
    pub(crate) description: String,
    pub(crate) root: Group,
}

impl Area {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Whether they share more than an edge.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether a straight line goes through it.
    pub(crate) fn meets_line(&self, [from, to]: [Point; 2]) -> bool {
        // The part of the line, from 0 to 1, that is inside of both pairs of sides.
        let inside = |(start, end): (f64, f64), (low, high): (f64, f64)| {
            if start == end {
                return if low < start && start < high { (0.0, 1.0) } else { (1.0, 0.0) };
            }
            let (one, other) = ((low - start) / (end - start), (high - start) / (end - start));
            (one.min(other), one.max(other))
        };
        let across = inside((from.0, to.0), (self.left, self.right));
        let down = inside((from.1, to.1), (self.top, self.bottom));
        across.0.max(down.0).max(0.0) < across.1.min(down.1).min(1.0)
    }

    /// Grown on every side.
    pub(crate) fn grown(&self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }
}

impl Pen {
    pub(crate) const fn new(colour: Colour, width: f64) -> Self {
        Self { colour, width, dashes: &[] }
    }

    pub(crate) const fn dashed(self, dashes: &'static [f64]) -> Self {
        Self { dashes, ..self }
    }
}

impl Shape {
    pub(crate) fn line(points: Vec<Point>, pen: Pen) -> Self {
        Self { points, pen: Some(pen), ..Self::default() }
    }

    pub(crate) fn filled(points: Vec<Point>, colour: Colour, opacity: f64) -> Self {
        Self { points, closed: true, fill: Some(Fill { colour, opacity }), ..Self::default() }
    }

    pub(crate) fn area(area: Area, colour: Colour, opacity: f64) -> Self {
        let Area { left, top, right, bottom } = area;
        let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        Self::filled(corners, colour, opacity)
    }

    pub(crate) fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    pub(crate) fn titled(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }
}

impl Text {
    pub(crate) fn new(at: Point, words: impl Into<String>, size: f64) -> Self {
        Self {
            at,
            words: words.into(),
            size,
            weight: Weight::Regular,
            anchor: Anchor::Start,
            colour: INK,
            upright: false,
            class: "",
            title: None,
        }
    }

    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    pub(crate) fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(crate) fn upright(self) -> Self {
        Self { upright: true, ..self }
    }

    pub(crate) fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    pub(crate) fn width(&self) -> f64 {
        font::width(&self.words, self.size, self.weight)
    }

    /// Cuts it to a width, with an ellipsis; the whole is its title then.
    pub(crate) fn fitted(mut self, width: f64) -> Self {
        let short = words::fitted(&self.words, width, self.size, self.weight);
        if short != self.words {
            self.title = Some(std::mem::replace(&mut self.words, short));
        }
        self
    }

    #[cfg(test)]
    /// What it covers, from the tops of its letters to their tails.
    pub(crate) fn area(&self) -> Area {
        let width = self.width();
        let before = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let (up, down) = (ascent(self.size), descent(self.size));
        let (x, y) = self.at;
        if self.upright {
            let bottom = y + before;
            return Area { left: x - up, right: x + down, top: bottom - width, bottom };
        }
        let left = x - before;
        Area { left, right: left + width, top: y - up, bottom: y + down }
    }
}

impl Group {
    pub(crate) fn new(class: &'static str) -> Self {
        Self { class, ..Self::default() }
    }

    pub(crate) fn data(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.data.push((name, value.into()));
        self
    }

    pub(crate) fn titled(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    pub(crate) fn push(&mut self, node: impl Into<Node>) {
        self.nodes.push(node.into());
    }

    pub(crate) fn with(mut self, nodes: impl IntoIterator<Item = impl Into<Node>>) -> Self {
        self.nodes.extend(nodes.into_iter().map(Into::into));
        self
    }

    /// Every text in it.
    pub(crate) fn texts(&self) -> Vec<&Text> {
        let own = self.nodes.iter().map(|node| match node {
            Node::Text(text) => vec![text],
            Node::Group(group) => group.texts(),
            Node::Shape(_) => Vec::new(),
        });
        own.flatten().collect()
    }

    /// Every shape in it.
    #[cfg(test)]
    pub(crate) fn shapes(&self) -> Vec<&Shape> {
        let own = self.nodes.iter().map(|node| match node {
            Node::Shape(shape) => vec![shape],
            Node::Group(group) => group.shapes(),
            Node::Text(_) => Vec::new(),
        });
        own.flatten().collect()
    }
}

impl From<Shape> for Node {
    fn from(own: Shape) -> Self {
        Self::Shape(own)
    }
}

impl From<Text> for Node {
    fn from(own: Text) -> Self {
        Self::Text(own)
    }
}

impl From<Group> for Node {
    fn from(own: Group) -> Self {
        Self::Group(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_covers_what_its_anchor_says() {
        let text = Text::new((100.0, 50.0), "Hamburg", 10.0);
        let width = text.width();
        let left = |anchor| text.clone().anchor(anchor).area().left;
        assert_eq!(left(Anchor::Start), 100.0);
        assert_eq!(left(Anchor::End), 100.0 - width);
        assert_eq!(left(Anchor::Middle), 100.0 - width / 2.0);
        let upright = text.clone().upright().area();
        assert_eq!((upright.bottom, upright.height()), (50.0, width));
        assert!(upright.left < 100.0 && upright.right > 100.0);
    }

    #[test]
    fn a_line_meets_what_it_goes_through() {
        let own = Area { left: 10.0, top: 10.0, right: 20.0, bottom: 20.0 };
        let meets = |from, to| own.meets_line([from, to]);
        assert!(meets((0.0, 0.0), (30.0, 30.0)) && meets((15.0, 0.0), (15.0, 12.0)));
        assert!(!meets((0.0, 0.0), (9.0, 9.0)) && !meets((15.0, 0.0), (15.0, 9.0)));
        assert!(!meets((0.0, 12.0), (12.0, 0.0)) && !meets((21.0, 0.0), (21.0, 30.0)));
    }

    #[test]
    fn what_is_cut_keeps_the_whole_as_its_title() {
        let text = Text::new((0.0, 0.0), "neuroendocrine carcinoma, large cell", 7.0).fitted(50.0);
        assert!(text.words.ends_with('…') && text.width() <= 50.0, "{}", text.words);
        assert_eq!(text.title.as_deref(), Some("neuroendocrine carcinoma, large cell"));
        let text = Text::new((0.0, 0.0), "NEC", 7.0).fitted(50.0);
        assert_eq!((text.words.as_str(), text.title), ("NEC", None));
    }
}
