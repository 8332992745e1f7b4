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
        versus(&self.study, &self.figures, self.banner.clone())
    }
}

fn versus(study: &str, figures: &[FigureRecord], banner: Option<String>) -> ForestPlot {
    ForestPlot {
        models: vec![""],
        heads: ["Published / recomputed".to_owned(), "Verdict".to_owned()],
        axis: "Recomputed / published",
        rows: figures.iter().map(FigureRecord::row).collect(),
        title: format!("Published and recomputed: {study}"),
        caveats: std::iter::once(LINES.to_owned()).chain(banner).collect(),
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

#[cfg(test)]
mod tests {
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::figure::Figure;
    use crate::numeric::stream::stream;
    use crate::report::PlotWidth;
    use crate::report::plot::tests::{
        marks_are_on_the_axis, name, nothing_overlaps, of_class, style,
    };
    use crate::reproduce::{Value, Verdict};

    /// A number with limits, one or both of which may not be reached, and may be far away.
    fn printed_text(random: &mut ChaCha8Rng) -> String {
        let value = 10f64.powf(5.0 * random.random::<f64>() - 2.0);
        let limit = |factor: f64, random: &mut ChaCha8Rng| match random.random_range(0..6u32) {
            0 => "NR".to_owned(),
            _ => format!("{:.2}", value * factor),
        };
        match random.random_range(0..8u32) {
            0 => "NR".to_owned(),
            1 => format!("NR ({}–NR)", limit(0.5, random)),
            2 => "<0.001".to_owned(),
            3 => format!("{value:.0}"),
            4 => format!("{:.1} %", value % 100.0),
            _ => format!("{value:.2} ({}–{})", limit(0.5, random), limit(40.0, random)),
        }
    }

    /// A figure that was met, missed by little or by orders of magnitude, or not recomputed.
    fn record(at: usize, random: &mut ChaCha8Rng) -> FigureRecord {
        let text = printed_text(random);
        let published = Published::Estimate(PrintedEstimate::parse(&text).unwrap());
        let off = [1.0, 1.0, 1.01, 0.7, 30.0, 0.0][random.random_range(0..6usize)];
        let own = |of: Option<f64>| of.map(|own| own * off);
        let number = published.estimate().and_then(|own| own.estimate.number());
        let value = Value { estimate: own(number), lower: own(Some(0.3)), upper: None };
        let run = random.random_range(0..5u32) > 0;
        FigureRecord {
            id: name(at, random),
            place: None,
            computed: run.then(|| value.print_like(&published)),
            verdict: Verdict::ALL[random.random_range(0..Verdict::ALL.len())],
            note: None,
            constraint: random.random(),
            estimate: value.estimate.filter(|_| run),
            lower: None,
            upper: None,
            hold_out: None,
            printed: printed(&published),
            published: text,
        }
    }

    fn plot_of(figures: &[FigureRecord]) -> ForestPlot {
        let banner = Some("PSEUDO-COHORT – NOT PATIENTS. Built by optimisation".to_owned());
        versus("A study of what was printed", figures, banner)
    }

    /// The mark of a row stands beside its label.
    fn marks_are_in_their_rows(figure: &Figure, figures: &[FigureRecord], case: u64) {
        let labels = of_class(figure, "label");
        let drawn =
            |own: &&FigureRecord| own.row().estimates.iter().flatten().any(|own| own.exists);
        let rows = figures.iter().zip(&labels).filter(|own| drawn(&own.0));
        let shapes = figure.scene().root.shapes();
        let lines = shapes.iter().filter(|own| own.class == "interval");
        let (rows, lines): (Vec<_>, Vec<_>) = (rows.collect(), lines.collect());
        assert_eq!(rows.len(), lines.len(), "{case}");
        for ((_, label), line) in rows.iter().zip(lines) {
            let area = label.area();
            assert!((area.top..=area.bottom).contains(&line.points[0].1), "{case}");
        }
    }

    #[test]
    fn figures_of_random_studies_hold() {
        let mut drawn = 0;
        for case in 0..300 {
            let mut random = stream(70, case);
            let rows = random.random_range(1..=80usize);
            let figures: Vec<_> = (0..rows).map(|at| record(at, &mut random)).collect();
            let plot = plot_of(&figures);
            let style = PlotStyle { width: PlotWidth::Double, ..style(&mut random) };
            let widest = PlotStyle { width: PlotWidth::Millimetres(300.0), ..style.clone() };
            let whole = match plot.draw(&style) {
                Err(error) => {
                    assert!(error.to_string().contains("mm wide or more"), "{case}: {error}");
                    plot.draw(&widest).unwrap()
                }
                Ok(own) => {
                    drawn += 1;
                    plot.pages(&style).unwrap().iter().for_each(|own| nothing_overlaps(own, case));
                    own
                }
            };
            nothing_overlaps(&whole, case);
            marks_are_on_the_axis(&whole, &plot.rows, case);
            marks_are_in_their_rows(&whole, &figures, case);
            for (text, own) in of_class(&whole, "p").iter().zip(&figures) {
                assert_eq!(text.words.replace(' ', "_"), own.verdict.name(), "{case}");
            }
        }
        assert!(drawn > 100, "{drawn}");
    }

    /// A ratio is the recomputed number over the printed one, and its line what prints the same.
    #[test]
    fn a_mark_is_recomputed_over_published() {
        let published = Published::Estimate(PrintedEstimate::parse("4.0 (2.1–NR)").unwrap());
        let mut random = stream(71, 0);
        let own = FigureRecord {
            published: "4.0 (2.1–NR)".to_owned(),
            computed: Some("5.0 (2.5–NR)".to_owned()),
            verdict: Verdict::Differs,
            estimate: Some(5.0),
            printed: printed(&published),
            ..record(0, &mut random)
        };
        let row = own.row();
        let own = row.estimates[0].as_ref().unwrap();
        assert_eq!(own.ratio, Some(1.25));
        let near = |own: Option<f64>, want: f64| (own.unwrap() - want).abs() < 1e-12;
        assert!(near(own.lower, 3.95 / 4.0) && near(own.upper, 4.05 / 4.0), "{own:?}");
        assert_eq!(
            (own.words.as_str(), own.p.as_str()),
            ("4.0 (2.1–NR) / 5.0 (2.5–NR)", "differs")
        );
        assert!(own.exists);
    }
}
