//! PNG.

use ::png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, Unit};
use resvg::tiny_skia::{Color, Pixmap, Transform};

use super::{PIXELS, document, tree, undrawable};
use crate::error::{Error, Result};

/// More make files that nobody can open; an A4 page at 900 dpi has 78 million.
const MOST_PIXELS: f64 = 1e8;

/// An SVG as PNG, on white, with so many dots in an inch; the file says how many.
pub(crate) fn png(svg: &str, dpi: f64) -> Result<Vec<u8>> {
    let tree = tree(&document(svg)?)?;
    let [width, height] = [tree.size().width(), tree.size().height()]
        .map(|length| (f64::from(length) * dpi / PIXELS).round());
    // Not a number is no resolution either.
    if !(width >= 1.0 && height >= 1.0 && width * height <= MOST_PIXELS) {
        return Err(Error::option(format!(
            "a PNG of {width} × {height} pixels, as {dpi} dpi make it, cannot be written; ask for a \
             resolution of 72 to 1200 dpi"
        )));
    }
    let mut canvas = Pixmap::new(width as u32, height as u32)
        .ok_or_else(|| undrawable("no picture has this size"))?;
    canvas.fill(Color::WHITE);
    let scale = (dpi / PIXELS) as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut canvas.as_mut());
    encoded(&canvas, dpi).map_err(undrawable)
}

fn encoded(canvas: &Pixmap, dpi: f64) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, canvas.width(), canvas.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let dots = (dpi / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: dots, yppu: dots, unit: Unit::Meter }));
    let mut writer = encoder.write_header()?;
    // On white nothing shines through, so the fourth channel says nothing.
    let opaque: Vec<u8> =
        canvas.data().chunks_exact(4).flat_map(|dot| &dot[..3]).copied().collect();
    writer.write_image_data(&opaque)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use ::png::Decoder;

    use super::super::tests::{MARKS, svg};
    use super::*;
    use crate::error::ErrorKind;
    use crate::figure::font::{self, Weight};

    struct Picture {
        width: usize,
        dots: Vec<u8>,
        density: Option<PixelDimensions>,
    }

    impl Picture {
        fn of(svg: &str, dpi: f64) -> Self {
            let file = png(svg, dpi).unwrap();
            let mut reader = Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
            let mut dots = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut dots).unwrap();
            let info = reader.info();
            Self { width: info.width as usize, dots, density: info.pixel_dims }
        }

        /// The dot at a place in points.
        fn at(&self, x: f64, y: f64, dpi: f64) -> [u8; 3] {
            let [x, y] = [x, y].map(|own| (own * dpi / 72.0) as usize);
            let start = 3 * (y * self.width + x);
            self.dots[start..start + 3].try_into().unwrap()
        }

        /// The first and the last column that hold something dark.
        fn dark(&self) -> (usize, usize) {
            let dark = |column: &usize| {
                self.dots.chunks_exact(3 * self.width).any(|row| row[3 * column] < 128)
            };
            let columns: Vec<usize> = (0..self.width).filter(dark).collect();
            (columns[0], *columns.last().unwrap())
        }
    }

    #[test]
    fn marks_are_where_the_svg_puts_them() {
        let picture = Picture::of(&svg(MARKS), 300.0);
        assert_eq!(picture.width, 709);
        assert_eq!(picture.dots.len(), 3 * 709 * 354);
        assert_eq!(picture.at(120.0, 5.0, 300.0), [255, 255, 255]);
        assert_eq!(picture.at(12.0, 10.0, 300.0), [0, 0x72, 0xb2]);
        // A fifth of #d55e00 on white.
        assert_eq!(picture.at(40.0, 55.0, 300.0), [0xf7, 0xdf, 0xcc]);
    }

    #[test]
    fn the_file_says_its_resolution() {
        let density = Picture::of(&svg(MARKS), 300.0).density.unwrap();
        assert_eq!((density.xppu, density.yppu, density.unit), (11811, 11811, Unit::Meter));
        assert_eq!(Picture::of(&svg(MARKS), 72.0).density.unwrap().xppu, 2835);
    }

    #[test]
    fn text_takes_the_room_that_is_reckoned() {
        // Kerning would draw these letters together; both bars have the same sides.
        for (weight, name) in [(Weight::Regular, "normal"), (Weight::Bold, "bold")] {
            for words in ["|AVAVATo|", "|Łódź: χ² ≥ 6 (1–2)|", "|fi ffl 0.05|"] {
                let text = format!(
                    "<text x=\"20\" y=\"40\" font-size=\"9\" font-weight=\"{name}\">{words}</text>"
                );
                let (first, last) = Picture::of(&svg(&text), 720.0).dark();
                let bar = Picture::of(&svg(&text.replace(words, "|")), 720.0).dark();
                let room = font::width(words, 9.0, weight) - font::width("|", 9.0, weight);
                assert_eq!(first, bar.0);
                assert!(((last - bar.1) as f64 / 10.0 - room).abs() < 0.11, "{words}: {room}");
            }
        }
    }

    #[test]
    fn sizes_that_make_no_picture_are_refused() {
        for dpi in [0.0, -300.0, 0.1, 1e6, f64::INFINITY, f64::NAN] {
            let error = png(&svg(MARKS), dpi).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Option(_)), "{dpi}: {error}");
        }
    }
}
