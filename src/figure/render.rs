//! Figures as PNG and PDF, from their SVG: text is laid out once, in the bundled face alone, so that
//! both show the same and no font of the machine has a say.

mod pdf;
mod png;
mod run;

use std::fmt::Display;
use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::roxmltree::Document;
use resvg::usvg::{Options, Tree};

use super::font::Weight;
use crate::error::{Error, Result};

pub(crate) use self::pdf::pdf;
pub(crate) use self::png::png;

/// Pixels in an inch as SVG counts them.
const PIXELS: f64 = 96.0;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    for weight in [Weight::Regular, Weight::Bold] {
        fonts.load_font_source(Source::Binary(Arc::new(weight.file())));
    }
    // A text whose families are all unknown is asked for as serif.
    fonts.set_serif_family("Arimo");
    Arc::new(fonts)
});

/// Reads an SVG and lays out its text.
fn tree(document: &Document) -> Result<Tree> {
    let options = Options {
        font_family: "Arimo".to_owned(),
        fontdb: Arc::clone(&FONTS),
        ..Options::default()
    };
    Tree::from_xmltree(document, &options).map_err(undrawable)
}

fn document(svg: &str) -> Result<Document<'_>> {
    Document::parse(svg).map_err(undrawable)
}

fn undrawable(reason: impl Display) -> Error {
    Error::analysis(format!("the figure cannot be drawn: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    /// A figure of 60 mm × 30 mm around some marks, in points.
    pub(super) fn svg(marks: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60mm\" height=\"30mm\" \
             viewBox=\"0 0 170.079 85.039\" style=\"font-kerning:none\">\
             <title>Overall &amp; free</title><desc>Two curves</desc>{marks}</svg>"
        )
    }

    pub(super) const MARKS: &str = "<path d=\"M0 0H170V85H0Z\" fill=\"#fff\"/><g class=\"curves\">\
         <path d=\"M10 10H80V40\" fill=\"none\" stroke=\"#0072b2\" stroke-dasharray=\"4 2\"/>\
         <path d=\"M10 50h70v10h-70z\" fill=\"#d55e00\" fill-opacity=\".2\"/></g>\
         <text x=\"10\" y=\"30\" font-size=\"7\" font-family=\"Arimo\">AVATAR, χ² = 10.3</text>\
         <text transform=\"translate(8 80) rotate(-90)\" font-size=\"7\" font-weight=\"bold\" \
         text-anchor=\"middle\" font-family=\"nowhere\">Survival</text>";

    #[test]
    fn the_same_figure_is_the_same_bytes() {
        let drawn = || (png(&svg(MARKS), 300.0).unwrap(), pdf(&svg(MARKS)).unwrap());
        let first = drawn();
        let others: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(drawn)).collect();
            threads.into_iter().map(|own| own.join().unwrap()).collect()
        });
        assert!(others.iter().all(|own| *own == first));
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        for broken in
            ["", "<svg", "<p/>", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\"/>"]
        {
            for drawn in [png(broken, 300.0), pdf(broken)] {
                let error = drawn.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Analysis(_)), "{broken}: {error}");
            }
        }
    }
}
