//! Renderings, and how one is chosen.

use std::io::{self, Write};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Aligned tables for a terminal.
    #[default]
    Text,
    /// One JSON document, full precision.
    Json,
    /// Comma-separated values, full precision, one header.
    Csv,
    /// Tables for a document, rounded as text is.
    Markdown,
    /// One JSON record a statistic: its number in full precision and its words as in text.
    Ars,
    /// A page for a browser, which needs no other file.
    Html,
    /// A document for a word processor; not text.
    Docx,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Json, Self::Csv, Self::Markdown, Self::Ars, Self::Html, Self::Docx];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Ars => "ars",
            Self::Html => "html",
            Self::Docx => "docx",
        }
    }
}

/// A rendering and whether it may be short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// The rendering.
    pub format: Format,
    /// Whether text and documents leave out the conventions and notes.
    pub quiet: bool,
}

/// What can be written in every format.
pub trait Render {
    /// Writes it.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()>;
}
