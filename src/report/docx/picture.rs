//! Pictures in a document.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Docx;
use crate::report::markup::escaped;

/// Units of drawings in a millimetre.
const EMU: f64 = 36_000.0;
/// How every PNG begins.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Docx {
    /// Adds a picture of this size as a paragraph, smaller where the page has no room; `alt` tells
    /// what it shows to whom cannot see it.
    ///
    /// # Errors
    /// When this is no PNG, or no size.
    pub(in crate::report) fn picture(
        &mut self,
        png: &[u8],
        [width, height]: [f64; 2],
        alt: &str,
    ) -> io::Result<()> {
        if !png.starts_with(SIGNATURE) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a picture that is no PNG"));
        }
        if ![width, height].iter().all(|mm| (0.1..10_000.0).contains(mm)) {
            let message = format!("a picture of {width} by {height} mm");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let sheet = *self.sheet.get_or_insert_default();
        let scale = (sheet.text_mm() / width).min(1.0);
        let size = [width, height].map(|mm| (mm * scale * EMU).round() as u64);
        self.zip.write_all(drawing(self.pictures.len(), size, alt).as_bytes())?;
        self.pictures.push(png.to_vec());
        Ok(())
    }
}

fn drawing(at: usize, [width, height]: [u64; 2], alt: &str) -> String {
    let (number, name) = (at + 1, id(at));
    let drawing = include_str!("drawing.xml").trim_end();
    let drawing = drawing.replace("{number}", &number.to_string()).replace("{id}", &name);
    let drawing = drawing.replace("{width}", &width.to_string());
    drawing.replace("{height}", &height.to_string()).replace("{alt}", &escaped(alt))
}

/// The picture's file, as seen from the body.
pub(super) fn file(at: usize) -> String {
    format!("media/image{}.png", at + 1)
}

fn id(at: usize) -> String {
    format!("picture{}", at + 1)
}

/// What the body refers to: its styles, settings and pictures.
pub(super) fn relations(pictures: usize) -> String {
    let mut images = String::new();
    for at in 0..pictures {
        let _ = write!(
            images,
            "<Relationship Id=\"{}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
             relationships/image\" Target=\"{}\"/>",
            id(at),
            file(at)
        );
    }
    include_str!("relations.xml").replace("{pictures}", &images)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};

    use flate2::{Compression, Crc, write::ZlibEncoder};
    use zip::ZipArchive;

    /// A grey picture of one point.
    fn png() -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let mut sum = Crc::new();
            sum.update(kind);
            sum.update(data);
            let size = (data.len() as u32).to_be_bytes();
            [&size[..], kind, data, &sum.sum().to_be_bytes()].concat()
        };
        let mut points = ZlibEncoder::new(Vec::new(), Compression::default());
        points.write_all(&[0, 128]).unwrap();
        let head = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
        let data = chunk(b"IDAT", &points.finish().unwrap());
        [SIGNATURE, &head, &data, &chunk(b"IEND", &[])].concat()
    }

    fn part(docx: &[u8], name: &str) -> Vec<u8> {
        let mut zip = ZipArchive::new(Cursor::new(docx)).unwrap();
        let mut own = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut own).unwrap();
        own
    }

    #[test]
    fn pictures_are_placed_in_their_size() {
        let mut docx = Docx::new("figures").unwrap();
        docx.picture(&png(), [85.0, 60.0], "curves of <two> groups").unwrap();
        docx.picture(&png(), [340.0, 100.0], "too wide").unwrap();
        let docx = docx.finish().unwrap();
        let body = String::from_utf8(part(&docx, "word/document.xml")).unwrap();
        let body = roxmltree::Document::parse(&body).unwrap();
        let of = |name| body.descendants().filter(move |own| own.tag_name().name() == name);
        let sizes = of("extent").map(|own| ["cx", "cy"].map(|side| own.attribute(side).unwrap()));
        let expected = [["3060000", "2160000"], ["6120000", "1800000"]];
        assert_eq!(sizes.collect::<Vec<_>>(), expected);
        let alt: Vec<_> = of("docPr").filter_map(|own| own.attribute("descr")).collect();
        assert_eq!(alt, ["curves of <two> groups", "too wide"]);
        let rels = String::from_utf8(part(&docx, "word/_rels/document.xml.rels")).unwrap();
        for at in 0..2 {
            let (file, id) = (file(at), id(at));
            assert_eq!(part(&docx, &format!("word/{file}")), png());
            assert!(rels.contains(&format!("Id=\"{id}\"")) && rels.contains(&file));
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut docx = Docx::new("").unwrap();
        let mut refused = |bytes: &[u8], size| docx.picture(bytes, size, "").unwrap_err().kind();
        assert_eq!(refused(b"GIF89a", [10.0, 10.0]), io::ErrorKind::InvalidInput);
        for size in [[0.0, 10.0], [10.0, f64::NAN], [f64::INFINITY, 10.0]] {
            assert_eq!(refused(&png(), size), io::ErrorKind::InvalidInput);
        }
    }
}
