//! The conventions of all packages side by side: `riskset conventions`.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::format::{Format, Render, Style};
use super::grid::Grid;
use super::page::Page;
use crate::convention::{Answer, Dialect, answers};

/// The table of all conventions.
///
/// JSON: `{"command": "conventions", "conventions": [{"key": …, "question": …, "riskset": …,
/// "r": …, "sas": …, "spss": …, "stata": …}]}`.
#[derive(Debug, Serialize)]
pub struct ConventionsTable {
    command: &'static str,
    schema_version: u32,
    conventions: Vec<Row>,
}

#[derive(Debug)]
struct Row(Answer);

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("key", self.0.key)?;
        map.serialize_entry("question", self.0.question)?;
        for (dialect, answer) in Dialect::ALL.iter().zip(self.0.answers) {
            map.serialize_entry(dialect.name(), answer)?;
        }
        map.end()
    }
}

impl Default for ConventionsTable {
    fn default() -> Self {
        let conventions = answers().into_iter().map(Row).collect();
        Self { command: "conventions", schema_version: 1, conventions }
    }
}

impl ConventionsTable {
    fn grid(&self) -> Grid {
        let titles = std::iter::once("convention").chain(Dialect::ALL.map(Dialect::title));
        Grid::new("").words(titles).with_rows(self.conventions.iter().map(|Row(answer)| {
            std::iter::once(answer.question).chain(answer.answers).map(str::to_owned).collect()
        }))
    }
}

impl Render for ConventionsTable {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
            Format::Csv => self.grid().write_csv(out),
            // There is no statistic among them.
            Format::Ars => writeln!(out, "[]"),
            _ => {
                let page = Page::new("Conventions by default; --as NAME takes over a column", "");
                page.grid(self.grid()).write(style, out)
            }
        }
    }
}
