//! A document for people: a heading, lines and tables, and what to know at the end.

use std::io::{self, Write};

use super::docx;
use super::format::{Format, Style};
use super::grid::Grid;
use super::html;
use crate::figure::Figure;
use crate::note::BANNER;

/// What a document shows, whatever the rendering.
#[derive(Debug, Clone, Default)]
pub struct Page {
    heading: String,
    /// The part of the data that it is about, where that is not all.
    place: String,
    /// The formula, set as code where that is possible.
    pub(super) formula: String,
    pub(super) blocks: Vec<Block>,
    /// Figures, for documents that can show them.
    pub(super) figures: Vec<(String, Figure)>,
    /// The line of conventions.
    pub(super) conventions: String,
    notes: Vec<String>,
}

/// A piece of a page.
#[derive(Debug, Clone)]
pub(super) enum Block {
    Line(String),
    /// That rows are no patients.
    Banner(String),
    Grid(Grid),
}

impl Page {
    pub(super) fn new(heading: impl Into<String>, formula: impl Into<String>) -> Self {
        Self { heading: heading.into(), formula: formula.into(), ..Self::default() }
    }

    /// Adds a line.
    pub(super) fn line(mut self, line: impl Into<String>) -> Self {
        self.blocks.push(Block::Line(line.into()));
        self
    }

    /// Adds a line that says that rows are no patients.
    pub(super) fn banner(mut self, line: impl Into<String>) -> Self {
        self.blocks.push(Block::Banner(line.into()));
        self
    }

    /// Adds a table.
    pub(super) fn grid(mut self, grid: Grid) -> Self {
        self.blocks.push(Block::Grid(grid));
        self
    }

    /// Adds tables.
    pub(super) fn grids(self, grids: impl IntoIterator<Item = Grid>) -> Self {
        grids.into_iter().fold(self, Self::grid)
    }

    /// Says by which conventions, and what the reader must know.
    pub(super) fn end(mut self, conventions: impl Into<String>, notes: Vec<String>) -> Self {
        (self.conventions, self.notes) = (conventions.into(), notes);
        self
    }

    /// Takes over how another page ends.
    pub(super) fn with_end_of(mut self, other: Self) -> Self {
        self.conventions = other.conventions;
        let new: Vec<String> =
            other.notes.into_iter().filter(|note| !self.notes.contains(note)).collect();
        self.notes.extend(new);
        self
    }

    /// Leaves out notes that stand elsewhere.
    pub(super) fn without(mut self, told: &[String]) -> Self {
        self.notes.retain(|note| !told.contains(note));
        self
    }

    /// Places figures before the tables, each with what part of the data it is of. Text has none.
    pub(super) fn illustrated(mut self, figures: &[(String, Figure)]) -> Self {
        self.figures.extend_from_slice(figures);
        self
    }

    /// Where the first table is: figures go before it, after what is said of the data.
    pub(super) fn first_grid(&self) -> usize {
        let grid = self.blocks.iter().position(|own| matches!(own, Block::Grid(_)));
        grid.unwrap_or(self.blocks.len())
    }

    /// Says which part of the data this is about.
    pub(super) fn at(mut self, place: &str) -> Self {
        self.place = place.to_owned();
        self
    }

    /// Writes it alone.
    pub(super) fn write(self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        write_pages(std::iter::once(self), style, out)
    }

    /// Leaves out conventions and notes, but not that rows are no patients.
    fn quiet(mut self) -> Self {
        self.notes.retain(|note| note.starts_with(BANNER));
        Self { conventions: String::new(), ..self }
    }

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}{}", self.prefix(), self.subject())?;
        let mut after_line = true;
        for block in &self.blocks {
            match block {
                Block::Line(line) | Block::Banner(line) => {
                    writeln!(out, "{}{line}", if after_line { "" } else { "\n" })?;
                }
                Block::Grid(grid) => {
                    writeln!(out)?;
                    grid.write_text(out)?;
                }
            }
            after_line = !matches!(block, Block::Grid(_));
        }
        if !self.conventions.is_empty() {
            writeln!(out, "\n{}", self.conventions)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(out, "Note: {note}"))
    }

    fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "## {}{}\n", self.prefix(), self.heading)?;
        if !self.formula.is_empty() {
            writeln!(out, "`{}`\n", self.formula.replace('`', "'"))?;
        }
        for block in &self.blocks {
            match block {
                Block::Line(line) | Block::Banner(line) => writeln!(out, "{line}")?,
                Block::Grid(grid) => grid.write_markdown(out)?,
            }
            writeln!(out)?;
        }
        if !self.conventions.is_empty() {
            writeln!(out, "{}\n", self.conventions)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(out, "- {note}"))
    }

    /// What it is about, wherever in the data.
    pub(super) fn subject(&self) -> String {
        let parts = [&self.heading, &self.formula].map(String::as_str);
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
    }

    /// The heading, and what part of the data it is about.
    pub(super) fn title(&self) -> String {
        let parts = [&self.heading, &self.place].map(String::as_str);
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// The notes that rows are no patients, which documents have on top.
    pub(super) fn banners(&self) -> impl Iterator<Item = &String> {
        self.notes.iter().filter(|note| note.starts_with(BANNER))
    }

    /// All other notes.
    pub(super) fn remarks(&self) -> impl Iterator<Item = &String> {
        self.notes.iter().filter(|note| !note.starts_with(BANNER))
    }

    fn prefix(&self) -> String {
        if self.place.is_empty() { String::new() } else { format!("[{}] ", self.place) }
    }
}

/// Writes pages as text, as a document or, for any other format, Markdown.
pub(super) fn write_pages(
    pages: impl Iterator<Item = Page>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut pages = pages.map(|page| if style.quiet { page.quiet() } else { page });
    match style.format {
        Format::Text => in_turn(&mut pages, Page::write_text, out),
        Format::Html => html::write(&mut pages, out),
        Format::Docx => docx::write(&mut pages, out),
        _ => in_turn(&mut pages, Page::write_markdown, out),
    }
}

/// Page after page, with an empty line between.
fn in_turn(
    pages: &mut dyn Iterator<Item = Page>,
    write: fn(&Page, &mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> io::Result<()> {
    pages.enumerate().try_for_each(|(at, page)| {
        if at > 0 {
            writeln!(out)?;
        }
        write(&page, out)
    })
}
