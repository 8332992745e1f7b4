//! Word documents: headings, paragraphs, tables and pictures, written in the order they come.
//!
//! A docx is a zip of XML parts. The parts are fixed but for the body, the title and the pictures;
//! nothing in them tells the time, so the same pages are the same bytes.

mod picture;
mod section;
mod table;

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::layout::Layout;
use super::markup::escaped;
use super::page::{Block, Page};
use crate::figure::Figure;
use section::Sheet;

/// Dots an inch of the pictures of figures.
const DPI: f64 = 300.0;
const CONTENT_TYPES: &str = include_str!("content_types.xml");
const PACKAGE: &str = include_str!("package.xml");
const APPLICATION: &str = include_str!("application.xml");
const SETTINGS: &str = include_str!("settings.xml");
const STYLES: &str = include_str!("styles.xml");
const BODY: &str = include_str!("body.xml");

/// A document while it is written.
pub(in crate::report) struct Docx {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    /// The sheet of the section that is open; none while the body is empty.
    sheet: Option<Sheet>,
    /// PNG files.
    pictures: Vec<Vec<u8>>,
}

/// Styles of paragraphs, as styles.xml has them.
#[derive(Debug, Clone, Copy)]
enum Style {
    Title,
    Heading,
    Formula,
    Banner,
    Body,
    Caption,
    Note,
    /// A little space around a table, which Word would join to the next.
    Gap,
}

impl Style {
    fn id(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Heading => "Heading1",
            Self::Formula => "Formula",
            Self::Banner => "Banner",
            Self::Body => "BodyText",
            Self::Caption => "Caption",
            Self::Note => "Note",
            Self::Gap => "Gap",
        }
    }
}

/// Writes pages as one document.
pub(super) fn write(pages: &mut dyn Iterator<Item = Page>, out: &mut dyn Write) -> io::Result<()> {
    let mut pages = pages.peekable();
    let first = pages.next().unwrap_or_default();
    let mut docx = Docx::new(&first.subject())?;
    if pages.peek().is_some() {
        docx.turn(Sheet::of(&first))?;
        docx.paragraph(Style::Title, &first.subject())?;
    }
    std::iter::once(first).chain(pages).try_for_each(|page| docx.page(&page))?;
    out.write_all(&docx.finish()?)
}

impl Docx {
    /// A document without content.
    pub(in crate::report) fn new(title: &str) -> io::Result<Self> {
        let zip = ZipWriter::new(Cursor::default());
        let mut own = Self { zip, sheet: None, pictures: Vec::new() };
        own.part("[Content_Types].xml", CONTENT_TYPES.as_bytes())?;
        own.part("_rels/.rels", PACKAGE.as_bytes())?;
        own.part("docProps/core.xml", core(title).as_bytes())?;
        own.part("docProps/app.xml", APPLICATION.as_bytes())?;
        own.part("word/settings.xml", SETTINGS.as_bytes())?;
        own.part("word/styles.xml", STYLES.as_bytes())?;
        own.part("word/document.xml", BODY.trim_end().as_bytes())?;
        Ok(own)
    }

    /// Adds a page of a report, on a sheet on which its tables have room.
    pub(in crate::report) fn page(&mut self, page: &Page) -> io::Result<()> {
        self.turn(Sheet::of(page))?;
        self.paragraph(Style::Heading, &page.title())?;
        if !page.formula.is_empty() {
            self.paragraph(Style::Formula, &page.formula)?;
        }
        page.banners().try_for_each(|banner| self.paragraph(Style::Banner, banner))?;
        let grid = page.first_grid();
        for (at, block) in page.blocks.iter().enumerate() {
            if at == grid {
                page.figures.iter().try_for_each(|own| self.figure(own))?;
            }
            match block {
                Block::Line(line) => self.paragraph(Style::Body, line)?,
                Block::Banner(line) => self.paragraph(Style::Banner, line)?,
                Block::Grid(grid) => self.table(&grid.caption, &grid.layout())?,
            }
        }
        if grid == page.blocks.len() {
            page.figures.iter().try_for_each(|own| self.figure(own))?;
        }
        let ends = std::iter::once(&page.conventions).chain(page.remarks());
        let mut ends = ends.filter(|line| !line.is_empty());
        ends.try_for_each(|line| self.paragraph(Style::Note, line))
    }

    /// A figure as a picture, under the part of the data that it is of.
    fn figure(&mut self, (place, own): &(String, Figure)) -> io::Result<()> {
        let png = own.png(DPI).map_err(io::Error::other)?;
        if !place.is_empty() {
            self.paragraph(Style::Body, place)?;
        }
        self.picture(&png, [own.width(), own.height()], own.title())
    }

    /// The whole file.
    pub(in crate::report) fn finish(mut self) -> io::Result<Vec<u8>> {
        let section = self.sheet.unwrap_or_default().section();
        write!(self.zip, "{section}</w:body></w:document>")?;
        let pictures = std::mem::take(&mut self.pictures);
        self.part("word/_rels/document.xml.rels", picture::relations(pictures.len()).as_bytes())?;
        for (at, png) in pictures.iter().enumerate() {
            self.part(&format!("word/{}", picture::file(at)), png)?;
        }
        Ok(self.zip.finish()?.into_inner())
    }

    /// Begins another section where the sheet is not as it was.
    fn turn(&mut self, sheet: Sheet) -> io::Result<()> {
        if let Some(old) = self.sheet.replace(sheet).filter(|&old| old != sheet) {
            let section = old.section();
            write!(self.zip, "<w:p><w:pPr><w:pStyle w:val=\"Gap\"/>{section}</w:pPr></w:p>")?;
        }
        Ok(())
    }

    fn table(&mut self, caption: &str, layout: &Layout) -> io::Result<()> {
        let above = if caption.is_empty() { Style::Gap } else { Style::Caption };
        self.paragraph(above, caption)?;
        let room = self.sheet.unwrap_or_default().text_width();
        table::parts(layout, room).iter().try_for_each(|part| {
            table::write(caption, part, room, &mut self.zip)?;
            self.paragraph(Style::Gap, "")
        })
    }

    fn paragraph(&mut self, style: Style, text: &str) -> io::Result<()> {
        let style = style.id();
        write!(self.zip, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{}</w:p>", run(text))
    }

    /// Begins a part of the package, at a fixed time.
    fn part(&mut self, name: &str, begin: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(DateTime::default())
            .system(System::Dos);
        self.zip.start_file(name, options)?;
        self.zip.write_all(begin)
    }
}

/// A run of text.
fn run(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text)),
    }
}

/// What the document is about; times are left out.
fn core(title: &str) -> String {
    let core = include_str!("core.xml");
    core.replace("{title}", &escaped(title))
}
