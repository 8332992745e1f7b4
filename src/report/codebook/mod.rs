//! A codebook as a document: `riskset inspect`.

mod json;
mod page;

use std::io::{self, Write};

use super::format::{Format, Render, Style};
use super::grid::Grid;
use super::number::exact_or_empty;
use crate::codebook::{Codebook, Column};
use crate::io::date_text;

/// What a file holds.
///
/// JSON: `{"command": "inspect", "schema_version": 1, "file", "rows", "reading": {"delimiter",
/// "encoding", "decimal_comma": [columns], "dates": [formats]}, "columns": [{"name", "kind", "n",
/// "missing", "distinct", "distinct_exact", "numbers": {"min", "q1", "median", "q3", "max",
/// "exact"} | null, "dates": {"earliest", "latest", "format"} | null, "decimal_comma", "values":
/// [{"value", "n"}], "other_values": {"distinct", "n"}, "examples", "role": {"role", "reason"} |
/// null, "problems"}], "problems": [{"rule", "column", "rows", "lines", "first_rows", "question",
/// "message"}], "adtte", "commands", "plan", "notes"}`. The problems of a column stand there and
/// among all. Kinds: `empty`, `integer`, `number`, `boolean`, `date`, `category`, `text`. Rows are
/// counted from 1, lines as in the file.
///
/// CSV: one record a column.
#[derive(Debug, Clone)]
pub struct CodebookDocument(Codebook);

impl CodebookDocument {
    /// The document of a codebook.
    pub fn new(codebook: Codebook) -> Self {
        Self(codebook)
    }

    /// The suggested plan alone.
    pub fn into_plan(self) -> PlanText {
        PlanText(self.0.plan)
    }

    /// The suggested plan with analyses.
    pub fn into_first_plan(self) -> PlanText {
        PlanText(self.0.plan + &self.0.analyses)
    }

    fn csv(&self) -> Grid {
        let titles = "column kind n missing distinct distinct_exact min q1 median q3 max \
                      quartiles_exact earliest latest values role reason problems";
        Grid::new("")
            .words(titles.split_whitespace())
            .with_rows(self.0.columns.iter().map(|own| self.record(own)))
    }

    fn record(&self, own: &Column) -> Vec<String> {
        let counts = [own.n, own.missing, own.distinct].map(|count| count.to_string());
        let quartiles = own.quartiles;
        let number = |value: Option<f64>| exact_or_empty(value);
        let numbers = [
            number(quartiles.map(|own| own.min)),
            number(quartiles.map(|own| own.q1)),
            number(quartiles.map(|own| own.median)),
            number(quartiles.map(|own| own.q3)),
            number(quartiles.map(|own| own.max)),
            quartiles.map_or_else(String::new, |own| own.exact.to_string()),
        ];
        let day = |day: Option<i32>| day.map_or_else(String::new, date_text);
        let values: Vec<String> =
            own.values.iter().map(|(text, count)| format!("{text} ({count})")).collect();
        let role = own.role.as_ref();
        let text = |of: Option<&str>| of.unwrap_or_default().to_owned();
        let problems: Vec<String> = self
            .0
            .findings_of(&own.name)
            .map(|own| format!("{}: {}", own.rule, own.message))
            .collect();
        [
            vec![own.name.clone(), own.kind.name().to_owned()],
            counts.to_vec(),
            vec![own.distinct_exact.to_string()],
            numbers.to_vec(),
            vec![day(own.days.map(|own| own.0)), day(own.days.map(|own| own.1))],
            vec![values.join("; ")],
            vec![text(role.map(|own| own.role.name())), text(role.map(|own| own.reason.as_str()))],
            vec![problems.join("; ")],
        ]
        .concat()
    }
}

impl Render for CodebookDocument {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
            Format::Csv => self.csv().write_csv(out),
            // What a file holds is no analysis.
            Format::Ars => writeln!(out, "[]"),
            _ => page::page(&self.0, style).write(style, out),
        }
    }
}

/// The text of a suggested plan, the same in every format.
#[derive(Debug, Clone)]
pub struct PlanText(String);

impl Render for PlanText {
    fn render(&self, _style: Style, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.0.as_bytes())
    }
}
