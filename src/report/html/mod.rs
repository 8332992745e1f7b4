//! HTML: a page as a fragment, and pages as one file that needs nothing else.
//!
//! What is written is well-formed XML too.

use std::io::{self, Write};

use super::grid::{Align, Grid};
use super::layout::{Column, Depth, Layout, Line};
use super::markup::escaped;
use super::number::rounded;
use super::page::{Block, Page};
use crate::figure::Figure;

/// How pages look.
pub(super) const STYLE: &str = include_str!("style.css");

/// The deepest heading that HTML has.
const DEEPEST: u8 = 6;

impl Page {
    /// Writes it as a `<section>` under a heading of this level.
    pub(in crate::report) fn write_html(&self, level: u8, out: &mut dyn Write) -> io::Result<()> {
        let level = level.clamp(1, DEEPEST);
        writeln!(out, "<section>\n<h{level}>{}</h{level}>", escaped(&self.title()))?;
        if !self.formula.is_empty() {
            writeln!(out, "<p class=\"formula\"><code>{}</code></p>", escaped(&self.formula))?;
        }
        self.banners().try_for_each(|own| write_banner(own, out))?;
        for (at, block) in self.blocks.iter().enumerate() {
            if at == self.first_grid() {
                self.write_html_figures(out)?;
            }
            match block {
                Block::Line(line) => writeln!(out, "<p>{}</p>", escaped(line))?,
                Block::Banner(line) => write_banner(line, out)?,
                Block::Grid(grid) => grid.write_html(&self.title(), out)?,
            }
        }
        if self.first_grid() == self.blocks.len() {
            self.write_html_figures(out)?;
        }
        self.write_html_end(out)?;
        writeln!(out, "</section>")
    }

    fn write_html_figures(&self, out: &mut dyn Write) -> io::Result<()> {
        self.figures.iter().try_for_each(|own| write_figure(own, out))
    }

    /// Conventions and notes.
    fn write_html_end(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.conventions.is_empty() {
            writeln!(out, "<p class=\"conventions\">{}</p>", escaped(&self.conventions))?;
        }
        let notes: Vec<String> = self.remarks().map(|note| escaped(note)).collect();
        if notes.is_empty() {
            return Ok(());
        }
        writeln!(out, "<ul class=\"notes\">\n<li>{}</li>\n</ul>", notes.join("</li>\n<li>"))
    }
}

/// Writes pages as one file.
pub(super) fn write(pages: &mut dyn Iterator<Item = Page>, out: &mut dyn Write) -> io::Result<()> {
    let mut pages = pages.peekable();
    let first = pages.next().unwrap_or_default();
    let head = escaped(&first.subject());
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\"/>")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")?;
    writeln!(out, "<title>{head}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>")?;
    let level = match pages.peek() {
        None => 1,
        Some(_) => {
            writeln!(out, "<h1>{head}</h1>")?;
            2
        }
    };
    std::iter::once(first).chain(pages).try_for_each(|page| page.write_html(level, out))?;
    writeln!(out, "</main>\n</body>\n</html>")
}

/// A figure, and of what part of the data it is.
pub(super) fn write_figure((place, own): &(String, Figure), out: &mut dyn Write) -> io::Result<()> {
    let width = rounded(own.width(), 4);
    write!(out, "<figure style=\"--width: {width}mm\">\n{}", own.svg_inline())?;
    if !place.is_empty() {
        writeln!(out, "<figcaption>{}</figcaption>", escaped(place))?;
    }
    writeln!(out, "</figure>")
}

pub(super) fn write_banner(text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<p class=\"banner\">{}</p>", escaped(text))
}

impl Grid {
    /// A table in a box that scrolls where the screen is narrow; `place` names it where it has no
    /// caption.
    fn write_html(&self, place: &str, out: &mut dyn Write) -> io::Result<()> {
        let Layout { columns, lines } = self.layout();
        let name = if self.caption.is_empty() { place } else { &self.caption };
        let name = escaped(name);
        writeln!(
            out,
            "<div class=\"table\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\">"
        )?;
        writeln!(out, "<table>")?;
        if !self.caption.is_empty() {
            writeln!(out, "<caption>{}</caption>", escaped(&self.caption))?;
        }
        let heads: String = columns.iter().map(head).collect();
        writeln!(out, "<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>")?;
        lines.iter().try_for_each(|line| writeln!(out, "{}", row(line, &columns)))?;
        writeln!(out, "</tbody>\n</table>\n</div>")
    }
}

fn head(column: &Column) -> String {
    let class = class(column);
    match column.title.as_str() {
        "" => format!("<td{class}></td>"),
        title => format!("<th scope=\"col\"{class}>{}</th>", escaped(title)),
    }
}

/// The first cell is what the row is about, unless it is a number like the others.
fn row(line: &Line, columns: &[Column]) -> String {
    let depth = match line.depth {
        Depth::Alone => "",
        Depth::Above => " class=\"above\"",
        Depth::Below => " class=\"below\"",
    };
    let cells = line.cells.iter().zip(columns).enumerate().map(|(at, (cell, column))| {
        let (cell, class) = (escaped(cell), class(column));
        match (at, column.align) {
            (0, Align::Left) => format!("<th scope=\"row\"{class}>{cell}</th>"),
            _ => format!("<td{class}>{cell}</td>"),
        }
    });
    format!("<tr{depth}>{}</tr>", cells.collect::<String>())
}

fn class(column: &Column) -> &'static str {
    match (column.align, column.prose) {
        (Align::Right, _) => " class=\"number\"",
        (Align::Left, true) => " class=\"prose\"",
        (Align::Left, false) => "",
    }
}
