//! PDF: vectors, and text as words in an embedded font. Only what our figures are made of is known,
//! everything else is refused.

use std::sync::LazyLock;

use krilla::color::{luma, rgb};
use krilla::geom::{Path, PathBuilder, Point, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Paint, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::Font;
use resvg::tiny_skia::{PathSegment, Transform as Frame};
use resvg::usvg::layout::Span;
use resvg::usvg::roxmltree::{self, Document};
use resvg::usvg::{self, Group, Node, Tree};

use super::super::font::Weight;
use super::run::{Run, runs};
use super::{PIXELS, document, tree, undrawable};
use crate::error::Result;

/// Points in an inch.
const POINTS: f64 = 72.0;

static FONTS: LazyLock<[Font; 2]> = LazyLock::new(|| {
    [Weight::Regular, Weight::Bold]
        .map(|weight| Font::new(weight.file().into(), 0).expect("the bundled font is whole"))
});

/// An SVG as a PDF of one page of its size.
pub(crate) fn pdf(svg: &str) -> Result<Vec<u8>> {
    let document = document(svg)?;
    let tree = tree(&document)?;
    let scale = (POINTS / PIXELS) as f32;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let page = PageSettings::from_wh(width, height).ok_or_else(|| undrawable("it has no size"))?;
    let mut out = krilla::Document::new();
    out.set_metadata(metadata(&document));
    let mut page = out.start_page_with(page);
    let mut surface = page.surface();
    surface.push_transform(&Transform::from_scale(scale, scale));
    let drawn = group(&mut surface, &tree, tree.root());
    surface.pop();
    surface.finish();
    page.finish();
    drawn?;
    out.finish().map_err(|error| undrawable(format!("{error:?}")))
}

/// What the figure says of itself; no date, so that the bytes are always the same.
fn metadata(document: &Document) -> Metadata {
    let words = |tag| {
        let own = document.root_element().children().find(|node| node.has_tag_name(tag));
        own.and_then(|node: roxmltree::Node| node.text()).map(str::to_owned)
    };
    let mut own = Metadata::new().creator(concat!("riskset ", env!("CARGO_PKG_VERSION")).into());
    if let Some(title) = words("title") {
        own = own.title(title);
    }
    match words("desc") {
        Some(description) => own.description(description),
        None => own,
    }
}

fn group(surface: &mut Surface, tree: &Tree, own: &Group) -> Result<()> {
    if own.should_isolate() {
        return Err(undrawable("a PDF takes no clips, masks, filters or transparent groups here"));
    }
    for node in own.children() {
        match node {
            Node::Group(own) => group(surface, tree, own)?,
            Node::Path(own) => path(surface, own)?,
            Node::Text(own) => text(surface, tree, own)?,
            Node::Image(_) => return Err(undrawable("a PDF takes no pictures here")),
        }
    }
    Ok(())
}

fn path(surface: &mut Surface, own: &usvg::Path) -> Result<()> {
    let (fill, stroke) = (own.fill().map(fill).transpose()?, own.stroke().map(stroke).transpose()?);
    let Some(outline) = outline(own.data()) else { return Ok(()) };
    if own.is_visible() && (fill.is_some() || stroke.is_some()) {
        surface.push_transform(&transform(own.abs_transform()));
        surface.set_fill(fill);
        surface.set_stroke(stroke);
        surface.draw_path(&outline);
        surface.pop();
    }
    Ok(())
}

fn outline(own: &resvg::tiny_skia::Path) -> Option<Path> {
    let mut out = PathBuilder::new();
    for segment in own.segments() {
        match segment {
            PathSegment::MoveTo(p) => out.move_to(p.x, p.y),
            PathSegment::LineTo(p) => out.line_to(p.x, p.y),
            PathSegment::QuadTo(a, p) => out.quad_to(a.x, a.y, p.x, p.y),
            PathSegment::CubicTo(a, b, p) => out.cubic_to(a.x, a.y, b.x, b.y, p.x, p.y),
            PathSegment::Close => out.close(),
        }
    }
    out.finish()
}

fn text(surface: &mut Surface, tree: &Tree, own: &usvg::Text) -> Result<()> {
    for span in own.layouted().iter().filter(|span| span.visible) {
        surface.set_fill(span.fill.as_ref().map(fill).transpose()?);
        surface.set_stroke(span.stroke.as_ref().map(stroke).transpose()?);
        for run in runs(&span.positioned_glyphs, FONTS[0].units_per_em()) {
            let font = font(tree, &run);
            words(surface, own.abs_transform(), span, run, font);
        }
    }
    Ok(())
}

/// The weight of the face that the layout has chosen.
fn font(tree: &Tree, run: &Run) -> Font {
    let bold = tree.fontdb().face(run.font).is_some_and(|face| face.weight.0 > 400);
    FONTS[usize::from(bold)].clone()
}

fn words(surface: &mut Surface, place: Frame, span: &Span, run: Run, font: Font) {
    surface.push_transform(&transform(place.pre_concat(run.frame)));
    let (origin, size) = (Point::from_xy(0.0, 0.0), span.font_size.get());
    surface.draw_glyphs(origin, &run.glyphs, font, &run.text, size, false);
    surface.pop();
}

fn fill(own: &usvg::Fill) -> Result<Fill> {
    let rule = match own.rule() {
        usvg::FillRule::NonZero => FillRule::NonZero,
        usvg::FillRule::EvenOdd => FillRule::EvenOdd,
    };
    Ok(Fill { paint: paint(own.paint())?, opacity: share(own.opacity()), rule })
}

fn stroke(own: &usvg::Stroke) -> Result<Stroke> {
    let line_cap = match own.linecap() {
        usvg::LineCap::Butt => LineCap::Butt,
        usvg::LineCap::Round => LineCap::Round,
        usvg::LineCap::Square => LineCap::Square,
    };
    let line_join = match own.linejoin() {
        usvg::LineJoin::Miter | usvg::LineJoin::MiterClip => LineJoin::Miter,
        usvg::LineJoin::Round => LineJoin::Round,
        usvg::LineJoin::Bevel => LineJoin::Bevel,
    };
    let dash = |array: &[f32]| StrokeDash { array: array.to_vec(), offset: own.dashoffset() };
    Ok(Stroke {
        paint: paint(own.paint())?,
        width: own.width().get(),
        miter_limit: own.miterlimit().get(),
        line_cap,
        line_join,
        opacity: share(own.opacity()),
        dash: own.dasharray().map(dash),
    })
}

/// One colour; grey as grey, so that black is printed with black ink alone.
fn paint(own: &usvg::Paint) -> Result<Paint> {
    match own {
        usvg::Paint::Color(own) if own.red == own.green && own.green == own.blue => {
            Ok(luma::Color::new(own.red).into())
        }
        usvg::Paint::Color(own) => Ok(rgb::Color::new(own.red, own.green, own.blue).into()),
        _ => Err(undrawable("a PDF takes no gradients or patterns here")),
    }
}

fn share(own: usvg::Opacity) -> NormalizedF32 {
    NormalizedF32::new(own.get()).unwrap_or(NormalizedF32::ONE)
}

fn transform(own: Frame) -> Transform {
    Transform::from_row(own.sx, own.ky, own.kx, own.sy, own.tx, own.ty)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::super::tests::{MARKS, svg};
    use super::*;

    /// A PDF with its streams unpacked, as far as it is text.
    fn plain(svg: &str) -> String {
        let file = pdf(svg).unwrap();
        let mut out = String::new();
        let mut rest = &file[..];
        let find = |rest: &[u8], word: &[u8]| rest.windows(word.len()).position(|own| own == word);
        while let Some(start) = find(rest, b"stream\n") {
            out += &String::from_utf8_lossy(&rest[..start]);
            rest = &rest[start + 7..];
            let end = find(rest, b"endstream").unwrap();
            let mut bytes = Vec::new();
            if ZlibDecoder::new(&rest[..end]).read_to_end(&mut bytes).is_err() {
                bytes = rest[..end].to_vec();
            }
            out += &String::from_utf8_lossy(&bytes);
            rest = &rest[end + 9..];
        }
        out + &String::from_utf8_lossy(rest)
    }

    #[test]
    fn a_page_has_the_size_of_the_figure() {
        let pdf = plain(&svg(MARKS));
        assert!(pdf.starts_with("%PDF-1."), "{}", &pdf[..20]);
        let (_, size) = pdf.split_once("/MediaBox[").unwrap();
        let size: Vec<f64> = size[..size.find(']').unwrap()]
            .split_whitespace()
            .map(|own| own.parse().unwrap())
            .collect();
        assert!((size[2] - 60.0 * 72.0 / 25.4).abs() < 1e-3, "{size:?}");
        assert!((size[3] - 30.0 * 72.0 / 25.4).abs() < 1e-3, "{size:?}");
    }

    #[test]
    fn words_are_written_whole_in_embedded_fonts() {
        let pdf = plain(&svg(MARKS));
        assert_eq!(pdf.matches("/FontFile2").count(), 2);
        // Two texts, each shown by one operator, and nothing drawn as a picture.
        assert_eq!(pdf.matches("Tj\n").count() + pdf.matches("TJ\n").count(), 2);
        assert!(!pdf.contains("/Subtype/Image"));
        // The letters are known by their numbers: A, V and the capital's χ.
        for letter in ["<0041>", "<0056>", "<03C7>"] {
            assert!(pdf.contains(letter), "{letter}");
        }
    }

    #[test]
    fn a_file_says_what_it_is_and_not_when_it_was_made() {
        let pdf = plain(&svg(MARKS));
        assert!(pdf.contains("Overall &amp; free") && pdf.contains("Two curves"));
        assert!(pdf.contains("riskset") && !pdf.contains("CreationDate"));
        assert!(
            !plain(&svg("").replace("<title>", "<g>").replace("</title>", "</g>")).contains("free")
        );
    }

    #[test]
    fn what_a_pdf_would_lose_is_refused() {
        let lost = [
            "<clipPath id=\"a\"><path d=\"M0 0h9v9z\"/></clipPath>\
             <g clip-path=\"url(#a)\"><path d=\"M0 0h20v20z\"/></g>",
            "<g opacity=\".5\"><path d=\"M0 0h20v20z\"/></g>",
            "<linearGradient id=\"a\"><stop offset=\"0\"/><stop offset=\"1\" stop-color=\"red\"/>\
             </linearGradient><path d=\"M0 0h20v20z\" fill=\"url(#a)\"/>",
            "<image width=\"9\" height=\"9\" href=\"data:image/svg+xml,&lt;svg \
             xmlns='http://www.w3.org/2000/svg' width='9' height='9'/&gt;\"/>",
        ];
        for marks in lost {
            assert!(pdf(&svg(marks)).is_err(), "{marks}");
        }
    }
}
