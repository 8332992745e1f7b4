//! A scene as SVG: whole numbers of a thousandth of a point, so that the bytes are the same
//! everywhere.

use std::fmt::Write;

use super::font::{FAMILY, Weight};
use super::scene::{Anchor, Fill, Group, Node, Pen, Point, Scene, Shape, Text};

/// Millimetres in a point.
pub(crate) const MM: f64 = 25.4 / 72.0;

/// After the letters that a figure carries: the families in which every text has the widths that the
/// layout reckons with.
const FAMILIES: &str = "Arimo,'Liberation Sans',Arial,Helvetica,sans-serif";

/// Writes a scene; `style` is what goes before its marks, such as a font.
pub(super) fn svg(scene: &Scene, style: &str) -> String {
    let mut out = String::new();
    let (width, height) = (coordinate(scene.width), coordinate(scene.height));
    let millimetres = |points: f64| coordinate(points * MM);
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FAMILY},{FAMILIES}\" \
         style=\"font-kerning:none\" fill=\"none\">",
        millimetres(scene.width),
        millimetres(scene.height),
    );
    titled(&mut out, "title", &scene.title);
    titled(&mut out, "desc", &scene.description);
    out.push_str(style);
    out.push('\n');
    let _ = writeln!(out, "<path d=\"M0 0H{width}V{height}H0Z\" fill=\"#fff\"/>");
    group(&mut out, &scene.root);
    out.push_str("</svg>\n");
    out
}

fn titled(out: &mut String, tag: &str, words: &str) {
    let _ = write!(out, "<{tag}>{}</{tag}>", escaped(words));
}

fn group(out: &mut String, own: &Group) {
    out.push_str("<g");
    class(out, own.class);
    for (name, value) in &own.data {
        let _ = write!(out, " data-{name}=\"{}\"", escaped(value));
    }
    out.push_str(">\n");
    if let Some(title) = &own.title {
        titled(out, "title", title);
        out.push('\n');
    }
    for node in &own.nodes {
        match node {
            Node::Shape(own) => shape(out, own),
            Node::Text(own) => text(out, own),
            Node::Group(own) => group(out, own),
        }
    }
    out.push_str("</g>\n");
}

fn class(out: &mut String, class: &str) {
    if !class.is_empty() {
        let _ = write!(out, " class=\"{class}\"");
    }
}

fn shape(out: &mut String, own: &Shape) {
    if own.points.is_empty() {
        return;
    }
    out.push_str("<path");
    class(out, own.class);
    let _ = write!(out, " d=\"{}\"", path(&own.points, own.closed));
    if let Some(pen) = &own.pen {
        stroke(out, pen);
    }
    if let Some(Fill { colour, opacity }) = own.fill {
        let _ = write!(out, " fill=\"{colour}\"");
        if opacity < 1.0 {
            let _ = write!(out, " fill-opacity=\"{}\"", coordinate(opacity));
        }
    }
    match &own.title {
        Some(title) => {
            out.push('>');
            titled(out, "title", title);
            out.push_str("</path>\n");
        }
        None => out.push_str("/>\n"),
    }
}

fn stroke(out: &mut String, pen: &Pen) {
    let _ = write!(out, " stroke=\"{}\" stroke-width=\"{}\"", pen.colour, coordinate(pen.width));
    if !pen.dashes.is_empty() {
        let dashes: Vec<String> = pen.dashes.iter().map(|&own| coordinate(own)).collect();
        let _ = write!(out, " stroke-dasharray=\"{}\"", dashes.join(" "));
    }
}

fn text(out: &mut String, own: &Text) {
    let (x, y) = (coordinate(own.at.0), coordinate(own.at.1));
    out.push_str("<text");
    class(out, own.class);
    let _ = match own.upright {
        true => write!(out, " transform=\"translate({x} {y}) rotate(-90)\""),
        false => write!(out, " x=\"{x}\" y=\"{y}\""),
    };
    let _ = write!(out, " font-size=\"{}\" fill=\"{}\"", coordinate(own.size), own.colour);
    match own.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if own.weight == Weight::Bold {
        out.push_str(" font-weight=\"bold\"");
    }
    out.push('>');
    if let Some(title) = &own.title {
        titled(out, "title", title);
    }
    let _ = writeln!(out, "{}</text>", escaped(&own.words));
}

/// A path in relative steps of a thousandth, each the difference of rounded places, so that errors
/// do not add up.
fn path(points: &[Point], closed: bool) -> String {
    let thousandths = |(x, y): Point| ((x * 1e3).round() as i64, (y * 1e3).round() as i64);
    let mut places = points.iter().copied().map(thousandths);
    let Some(mut last) = places.next() else { return String::new() };
    let mut out = format!("M{} {}", milli(last.0), milli(last.1));
    for place in places {
        let _ = match (place.0 - last.0, place.1 - last.1) {
            (0, 0) => Ok(()),
            (0, dy) => write!(out, "v{}", milli(dy)),
            (dx, 0) => write!(out, "h{}", milli(dx)),
            (dx, dy) => write!(out, "l{} {}", milli(dx), milli(dy)),
        };
        last = place;
    }
    if closed {
        out.push('z');
    }
    out
}

/// To a thousandth, zeros cut.
pub(crate) fn coordinate(value: f64) -> String {
    milli((value * 1e3).round() as i64)
}

fn milli(thousandths: i64) -> String {
    let (sign, size) = (if thousandths < 0 { "-" } else { "" }, thousandths.unsigned_abs());
    let (whole, part) = (size / 1000, size % 1000);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let decimals = format!("{part:03}");
    let lead = if whole == 0 { String::new() } else { whole.to_string() };
    format!("{sign}{lead}.{}", decimals.trim_end_matches('0'))
}

/// Text that XML would take for its own; what XML cannot hold at all becomes the replacement
/// character.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_thousandths() {
        let words = [0.0, -0.0004, 0.5, -0.25, 12.3456, 100.0, -3.1].map(coordinate);
        assert_eq!(words, ["0", "0", ".5", "-.25", "12.346", "100", "-3.1"]);
    }

    #[test]
    fn a_path_goes_in_steps_that_do_not_drift() {
        let third = (0..=3000).map(|at| (f64::from(at) / 3.0, 0.0)).collect::<Vec<_>>();
        let path = path(&third, false);
        let end: f64 = path.split('h').skip(1).map(|own| own.parse::<f64>().unwrap()).sum();
        assert!((end - 1000.0).abs() < 1e-6, "{end}");
    }

    #[test]
    fn markup_in_words_is_text() {
        assert_eq!(escaped("<b> & \"c\"\u{1}\n"), "&lt;b&gt; &amp; &quot;c&quot;\u{fffd} ");
    }
}
