//! Tables of text: one type for every rendering.

use std::io::{self, Write};

use crate::io::write_record;

/// Where the words of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// A table with a heading.
#[derive(Debug, Clone)]
pub struct Grid {
    pub(super) caption: String,
    pub(super) titles: Vec<String>,
    pub(super) align: Vec<Align>,
    /// Whether the second column divides the first, whose text then stands once a block of rows.
    pub(super) nested: bool,
    /// Columns that tell about a block and not about its first row.
    pub(super) of_block: Vec<usize>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table without columns; an empty caption is not shown.
    pub(super) fn new(caption: impl Into<String>) -> Self {
        Self {
            caption: caption.into(),
            titles: Vec::new(),
            align: Vec::new(),
            nested: false,
            of_block: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Begins with a column and what divides it: documents make one column of both and indent.
    pub(super) fn nested<T: Into<String>>(self, titles: [T; 2]) -> Self {
        Self { nested: true, ..self.words(titles) }
    }

    /// Adds columns that are filled once a block.
    pub(super) fn of_block<T: Into<String>>(
        mut self,
        titles: impl IntoIterator<Item = T>,
        align: Align,
    ) -> Self {
        let begin = self.titles.len();
        self = self.columns(titles, align);
        self.of_block.extend(begin..self.titles.len());
        self
    }

    /// Adds columns of words.
    pub(super) fn words<T: Into<String>>(self, titles: impl IntoIterator<Item = T>) -> Self {
        self.columns(titles, Align::Left)
    }

    /// Adds columns of numbers.
    pub(super) fn numbers<T: Into<String>>(self, titles: impl IntoIterator<Item = T>) -> Self {
        self.columns(titles, Align::Right)
    }

    fn columns<T: Into<String>>(
        mut self,
        titles: impl IntoIterator<Item = T>,
        align: Align,
    ) -> Self {
        self.titles.extend(titles.into_iter().map(Into::into));
        self.align.resize(self.titles.len(), align);
        self
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.titles.len(), "a row has a cell for every column");
        self.rows.push(row);
    }

    /// Adds rows.
    pub(super) fn with_rows(mut self, rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        rows.into_iter().for_each(|row| self.push(row));
        self
    }

    /// Aligned columns.
    pub(super) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.caption.is_empty() {
            writeln!(out, "{}", self.caption)?;
        }
        let widths = self.widths();
        std::iter::once(&self.titles)
            .chain(&self.rows)
            .try_for_each(|row| writeln!(out, "{}", self.line(row, &widths)))
    }

    fn widths(&self) -> Vec<usize> {
        let of_column = |at: usize| {
            let cells = std::iter::once(&self.titles).chain(&self.rows);
            cells.map(|row| width(&row[at])).max().unwrap_or(0)
        };
        (0..self.titles.len()).map(of_column).collect()
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, &full), align) in row.iter().zip(widths).zip(&self.align) {
            let gap = " ".repeat(full - width(cell));
            line.push_str("  ");
            match align {
                Align::Left => line.extend([cell, gap.as_str()]),
                Align::Right => line.extend([gap.as_str(), cell]),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// A pipe table.
    pub(super) fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.caption.is_empty() {
            writeln!(out, "**{}**\n", escaped(&self.caption))?;
        }
        let rule = self.align.iter().map(|align| match align {
            Align::Left => "---",
            Align::Right => "--:",
        });
        writeln!(out, "{}", piped(self.titles.iter().map(|title| escaped(title))))?;
        writeln!(out, "{}", piped(rule.map(str::to_owned)))?;
        self.rows
            .iter()
            .try_for_each(|row| writeln!(out, "{}", piped(row.iter().map(|cell| escaped(cell)))))
    }

    /// Comma-separated values, quoted where needed.
    pub(super) fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        std::iter::once(&self.titles).chain(&self.rows).try_for_each(|row| write_record(out, row))
    }
}

fn piped(cells: impl Iterator<Item = String>) -> String {
    cells.fold("|".to_owned(), |line, cell| line + " " + &cell + " |")
}

/// Text that Markdown would take for its own.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

/// Columns that a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Combining marks take none, East Asian wide characters two.
fn char_width(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
        0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::new("Größe|n").words(["group"]).numbers(["n", "p"]).with_rows([
            vec!["a|\"b\", c".into(), "5".into(), "<0.001".into()],
            vec!["日本é".into(), "138".into(), "–".into()],
        ])
    }

    fn text(write: fn(&Grid, &mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&grid(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_aligns_by_width_on_a_terminal() {
        let lines = [
            "Größe|n",
            "  group       n       p",
            "  a|\"b\", c    5  <0.001",
            "  日本é     138       –\n",
        ];
        assert_eq!(text(Grid::write_text), lines.join("\n"));
    }

    #[test]
    fn markdown_escapes_pipes() {
        let lines = [
            "**Größe\\|n**\n",
            "| group | n | p |",
            "| --- | --: | --: |",
            "| a\\|\"b\", c | 5 | &lt;0.001 |",
            "| 日本é | 138 | – |\n",
        ];
        assert_eq!(text(Grid::write_markdown), lines.join("\n"));
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        assert_eq!(text(Grid::write_csv), "group,n,p\n\"a|\"\"b\"\", c\",5,<0.001\n日本é,138,–\n");
    }
}
