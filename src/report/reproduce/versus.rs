//! Published against recomputed, as a figure.

use super::{FigureRecord, ReproduceDocument};
use crate::error::Result;
use crate::figure::Figure;
use crate::published::PrintedEstimate;
use crate::report::plot::{Estimate, ForestPlot, PlotStyle, Plotted, Row};
use crate::reproduce::Published;

/// What the lines of the figure are.
const LINES: &str = "Lines span what prints as the published number does.";

/// Of a printed number other than 0: itself, and the range of what prints as it does.
pub(super) fn printed(own: &Published) -> Option<[f64; 3]> {
    let own = own.estimate().map(|own: &PrintedEstimate| &own.estimate)?;
    let (value, half) = (own.number()?, own.half_unit());
    (value > 0.0 && value > half).then_some([value, value - half, value + half])
}

impl FigureRecord {
    /// The recomputed number as a multiple of the printed one; the line spans what prints the same.
    fn row(&self) -> Row {
        let ratio = self.printed.zip(self.estimate).filter(|own| own.1 > 0.0);
        let words = match &self.computed {
            Some(computed) => format!("{} / {computed}", self.published),
            None => self.published.clone(),
        };
        let estimate = Estimate {
            ratio: ratio.map(|([printed, ..], own)| own / printed),
            lower: ratio.map(|([printed, low, _], _)| low / printed),
            upper: ratio.map(|([printed, _, high], _)| high / printed),
            exists: ratio.is_some(),
            words,
            p: self.verdict.name().replace('_', " "),
        };
        Row { label: self.id.clone(), estimates: vec![Some(estimate)], ..Row::default() }
    }
}

impl ReproduceDocument {
    fn versus(&self) -> ForestPlot {
        ForestPlot {
            models: vec![""],
            heads: ["Published / recomputed".to_owned(), "Verdict".to_owned()],
            axis: "Recomputed / published",
            rows: self.figures.iter().map(FigureRecord::row).collect(),
            title: format!("Published and recomputed: {}", self.study),
            caveats: std::iter::once(LINES.to_owned()).chain(self.banner.clone()).collect(),
        }
    }
}

impl Plotted for ReproduceDocument {
    fn figure(&self, style: &PlotStyle) -> Result<Figure> {
        self.versus().draw(style)
    }

    fn figures(&self, style: &PlotStyle) -> Result<Vec<Figure>> {
        self.versus().pages(style)
    }
}
