//! A whole analysis on one page: `riskset report`.

mod analysis;
mod common;
mod flow;
mod html;
mod json;
mod methods;
mod source;
mod stored;
mod verify;

use std::io::{self, Write};

use serde::Serialize;

use self::flow::Flows;
use self::methods::Told;
use super::format::{Format, Render, Style};
use crate::figure::Figure;
use crate::note::Note;
use crate::plan::{Cover, Flow};

pub use self::analysis::Analysis;
pub(super) use self::common::{say_common, ties_words};
pub(super) use self::methods::Methods;
pub(super) use self::methods::{Topic, listed};
pub(super) use self::source::Source;
pub use self::stored::StoredReport;
pub use self::verify::{Verdict, VerifyDocument};

/// A whole analysis: what was asked, of which data, what was found, and by which methods.
///
/// JSON: `{"command": "report", "schema_version": 1, "riskset", "title", "call", "plan": {"file",
/// "sha256", "text"}, "data": {"file", "bytes", "sha256", "rows", "cutoff"}, "flow": [{"reason",
/// "left_out", "remaining"}], "definitions", "methods", "references", "notes", "analyses":
/// [{"title", "call", "result"}]}`; every `result` is the JSON of its own command. In HTML the
/// results stand in elements of their own, and the rest in another.
#[derive(Debug)]
pub struct ReportDocument {
    cover: Cover,
    plan: PlanFile,
    data: DataFile,
    population: Flow,
    definitions: Vec<String>,
    told: Told,
    notes: Vec<Note>,
    analyses: Vec<ReportPart>,
}

/// The plan of a report.
#[derive(Debug, Clone, Serialize)]
pub struct PlanFile {
    /// The name, without folders.
    pub file: String,
    /// Of its text.
    pub sha256: String,
    /// All of it.
    pub text: String,
}

/// The data of a report.
#[derive(Debug, Clone, Serialize)]
pub struct DataFile {
    /// The name that the plan has for it.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// Of its bytes.
    pub sha256: String,
    /// The last day that the data know of.
    pub cutoff: Option<String>,
}

/// An analysis of a report.
#[derive(Debug)]
pub struct ReportPart {
    /// What it is called.
    pub title: String,
    /// The command that makes it by itself.
    pub call: String,
    /// What a case weight means, where there are weights.
    pub weights: Option<String>,
    /// What was found.
    pub result: Box<dyn Analysis>,
    /// Its figures, with the part of the data that each is of.
    pub figures: Vec<(String, Figure)>,
}

/// What a report is made of.
#[derive(Debug)]
pub struct ReportParts {
    /// Its heading.
    pub cover: Cover,
    /// What was asked.
    pub plan: PlanFile,
    /// Of which data.
    pub data: DataFile,
    /// Whom the plan leaves out.
    pub population: Flow,
    /// Endpoints in words.
    pub definitions: Vec<String>,
    /// What must stand above everything else.
    pub notes: Vec<Note>,
    /// What was found.
    pub analyses: Vec<ReportPart>,
}

impl ReportDocument {
    /// A report of its parts.
    pub fn new(parts: ReportParts) -> Self {
        let ReportParts { cover, plan, data, population, definitions, notes, analyses } = parts;
        let mut methods = Methods::default();
        for (own, at) in analyses.iter().zip(1..) {
            methods.turn(at);
            if let Some(kind) = &own.weights {
                methods.say(Topic::Weights, format!("Rows have case weights ({kind})"));
            }
            own.result.tell(&mut methods);
        }
        let told = methods.told();
        Self { cover, plan, data, population, definitions, told, notes, analyses }
    }

    /// The heading.
    fn title(&self) -> String {
        self.cover.title.clone().unwrap_or_else(|| format!("Analysis of {}", self.data.file))
    }

    /// What makes it again.
    fn call(&self) -> String {
        format!("riskset report {}", self.plan.file)
    }

    /// Whom it is about.
    fn flows(&self) -> Flows<'_> {
        Flows::new(&self.population, &self.analyses)
    }

    /// As text or Markdown: the analyses one after another.
    fn pages(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mark = if style.format == Format::Markdown { "# " } else { "" };
        writeln!(out, "{mark}{}\n", self.title())?;
        self.notes.iter().try_for_each(|note| writeln!(out, "{note}\n"))?;
        for (own, at) in self.analyses.iter().zip(1..) {
            writeln!(out, "{mark}{at}. {}\n", own.title)?;
            super::page::write_pages(own.result.pages(), style, out)?;
            writeln!(out)?;
        }
        self.told.paragraphs.iter().try_for_each(|own| writeln!(out, "{own}\n"))?;
        writeln!(
            out,
            "Computed with riskset {} by {}, from {} (SHA-256 {}).\n",
            crate::VERSION,
            self.call(),
            self.data.file,
            self.data.sha256
        )?;
        self.told.sources.iter().zip(1..).try_for_each(|(own, at)| writeln!(out, "{at}. {own}"))
    }
}

impl Render for ReportDocument {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Html => self.write_html(out),
            Format::Json => self.write_json(out),
            _ => self.pages(style, out),
        }
    }
}
