//! Runs: glyphs on one line, so that a PDF holds words and not letters.

use krilla::text::{GlyphId, KrillaGlyph};
use resvg::tiny_skia::{Point, Transform};
use resvg::usvg::fontdb::ID;
use resvg::usvg::layout::PositionedGlyph;

/// Glyphs of one font that stand on one line.
pub(super) struct Run {
    /// Where the line begins and runs to.
    pub(super) frame: Transform,
    pub(super) font: ID,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// What the glyphs say.
    pub(super) text: String,
    /// Where the last glyph stands on the line.
    pen: f32,
}

/// Puts glyphs into runs; their font has so many units in an em.
pub(super) fn runs(glyphs: &[PositionedGlyph], em: f32) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for glyph in glyphs {
        let frame = frame(glyph, em);
        let added = runs.last_mut().is_some_and(|run| run.add(glyph, frame));
        if !added {
            runs.push(Run::new(glyph, frame));
        }
    }
    runs
}

impl Run {
    fn new(glyph: &PositionedGlyph, frame: Transform) -> Self {
        let font = glyph.font;
        let mut run = Self { frame, font, glyphs: Vec::new(), text: String::new(), pen: 0.0 };
        run.push(glyph);
        run
    }

    /// Adds a glyph if it stands on the line; tells whether it does.
    fn add(&mut self, glyph: &PositionedGlyph, frame: Transform) -> bool {
        let Some(place) = self.place(glyph, frame) else { return false };
        if let Some(last) = self.glyphs.last_mut() {
            last.x_advance = (place - self.pen) / glyph.font_size();
        }
        self.pen = place;
        self.push(glyph);
        true
    }

    /// How far along the line a glyph stands, if it does.
    fn place(&self, glyph: &PositionedGlyph, own: Transform) -> Option<f32> {
        let turned = |frame: Transform| [frame.sx, frame.kx, frame.ky, frame.sy];
        if glyph.font != self.font || turned(own) != turned(self.frame) {
            return None;
        }
        let mut place = Point::from_xy(own.tx, own.ty);
        self.frame.invert()?.map_point(&mut place);
        (place.y.abs() < 1e-3 * glyph.font_size()).then_some(place.x)
    }

    fn push(&mut self, glyph: &PositionedGlyph) {
        let start = self.text.len();
        self.text.push_str(&glyph.text);
        let (id, range) = (GlyphId::new(glyph.id.0), start..self.text.len());
        self.glyphs.push(KrillaGlyph::new(id, 0.0, 0.0, 0.0, 0.0, range, None));
    }
}

/// Where a glyph stands, without the scale from its font's unit to its size.
fn frame(glyph: &PositionedGlyph, em: f32) -> Transform {
    let scale = em / glyph.font_size();
    glyph.transform().pre_scale(scale, scale)
}
