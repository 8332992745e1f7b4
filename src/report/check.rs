//! Contradictions in printed numbers: `riskset check`.

use std::io::{self, Write};

use serde::Serialize;

use super::format::{Format, Render, Style};
use super::grid::Grid;
use super::page::Page;
use crate::reproduce::check::{Finding, RowId, Severity};

/// Places that a line of text names; JSON and CSV have all.
const SHOWN_ROWS: usize = 4;

/// What was found in some files. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct CheckDocument {
    command: &'static str,
    schema_version: u32,
    files: Vec<String>,
    findings: Vec<Finding>,
    summary: Summary,
}

/// How much was read and found.
#[derive(Debug, Serialize)]
struct Summary {
    rows: usize,
    findings: usize,
    error: usize,
    warning: usize,
    rounding: usize,
    note: usize,
}

impl CheckDocument {
    /// What was found in so many rows of some files.
    pub fn new(files: Vec<String>, rows: usize, findings: Vec<Finding>) -> Self {
        let count =
            |severity| findings.iter().filter(|own: &&Finding| own.severity == severity).count();
        let [error, warning, rounding, note] = Severity::ALL.map(count);
        let all = findings.len();
        let summary = Summary { rows, findings: all, error, warning, rounding, note };
        Self { command: "check", schema_version: 1, files, findings, summary }
    }

    /// Whether there are statements that cannot all be true.
    pub fn has_errors(&self) -> bool {
        self.summary.error > 0
    }

    fn counts(&self) -> String {
        let Summary { rows, error, warning, rounding, note, .. } = &self.summary;
        let plural =
            |n: &usize, word: &str| format!("{n} {word}{}", if *n == 1 { "" } else { "s" });
        format!(
            "{} in {}: {}, {}, {}, {}",
            plural(rows, "row"),
            plural(&self.files.len(), "file"),
            plural(error, "error"),
            plural(warning, "warning"),
            plural(rounding, "rounding"),
            plural(note, "note")
        )
    }

    fn text(&self) -> Page {
        let page = Page::new("Contradictions in printed numbers", "").line(self.counts());
        self.findings.iter().fold(page, |page, own| {
            let head = format!("\n{}: {}", own.severity.name(), own.check);
            page.line(format!("{head}, {}\n  {}", places(&own.rows), own.finding))
        })
    }

    /// As a table.
    fn document(&self) -> Page {
        let rows = self.findings.iter().map(|own| {
            let check = own.check.to_owned();
            vec![own.severity.name().to_owned(), check, own.finding.clone(), places(&own.rows)]
        });
        let grid = Grid::new("").words(["severity", "check", "finding", "rows"]).with_rows(rows);
        Page::new("Contradictions in printed numbers", "").line(self.counts()).grid(grid)
    }

    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let titles = ["id", "check", "severity", "finding", "file", "line", "row"];
        let rows = self.findings.iter().flat_map(|own| {
            own.rows.iter().map(|row| {
                vec![
                    own.id.clone(),
                    own.check.to_owned(),
                    own.severity.name().to_owned(),
                    own.finding.clone(),
                    row.file.clone(),
                    row.line.map_or(String::new(), |line| line.to_string()),
                    row.id.clone(),
                ]
            })
        });
        Grid::new("").words(titles).with_rows(rows).write_csv(out)
    }
}

/// `figures.csv: lines 11, 17; cox.csv: line 3`.
fn places(rows: &[RowId]) -> String {
    let shown = &rows[..rows.len().min(SHOWN_ROWS)];
    let parts = shown.chunk_by(|a, b| a.file == b.file).map(|same| {
        let lines: Vec<String> =
            same.iter().filter_map(|own| own.line).map(|line| line.to_string()).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        format!("{}: {word} {}", same[0].file, lines.join(", "))
    });
    let parts: Vec<String> = parts.collect();
    match rows.len() - shown.len() {
        0 => parts.join("; "),
        more => format!("{} and {more} more", parts.join("; ")),
    }
}

impl Render for CheckDocument {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
            Format::Csv => self.csv(out),
            // There is no statistic among them.
            Format::Ars => writeln!(out, "[]"),
            Format::Text => self.text().write(style, out),
            _ => self.document().write(style, out),
        }
    }
}
