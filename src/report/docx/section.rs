//! Sheets of paper.

use super::table;
use crate::report::page::{Block, Page};

/// Twentieths of a point in a millimetre.
const TWIPS: f64 = 1440.0 / 25.4;
/// A4, in millimetres.
const SHORT: f64 = 210.0;
const LONG: f64 = 297.0;
const MARGIN: f64 = 20.0;

/// How A4 is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sheet {
    #[default]
    Portrait,
    Landscape,
}

impl Sheet {
    /// Upright, unless a table of the page needs more room.
    pub(super) fn of(page: &Page) -> Self {
        let room = Self::Portrait.text_width();
        let wide = page.blocks.iter().any(|block| match block {
            Block::Line(_) | Block::Banner(_) => false,
            Block::Grid(grid) => !table::fits(&grid.layout(), room),
        });
        if wide { Self::Landscape } else { Self::Portrait }
    }

    /// Width between the margins.
    pub(super) fn text_width(self) -> u32 {
        twips(self.size()[0] - 2.0 * MARGIN)
    }

    /// Width between the margins, in millimetres.
    pub(super) fn text_mm(self) -> f64 {
        self.size()[0] - 2.0 * MARGIN
    }

    fn size(self) -> [f64; 2] {
        match self {
            Self::Portrait => [SHORT, LONG],
            Self::Landscape => [LONG, SHORT],
        }
    }

    /// Size and margins.
    pub(super) fn section(self) -> String {
        let ([width, height], margin) = (self.size().map(twips), twips(MARGIN));
        let orient = match self {
            Self::Portrait => "",
            Self::Landscape => " w:orient=\"landscape\"",
        };
        format!(
            "<w:sectPr><w:pgSz w:w=\"{width}\" w:h=\"{height}\"{orient}/><w:pgMar w:top=\"{margin}\" \
             w:right=\"{margin}\" w:bottom=\"{margin}\" w:left=\"{margin}\" w:header=\"567\" \
             w:footer=\"567\" w:gutter=\"0\"/></w:sectPr>"
        )
    }
}

fn twips(mm: f64) -> u32 {
    (mm * TWIPS).round() as u32
}
