//! A page compared with what its plan and data give now: `riskset verify`.

mod difference;
mod page;

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use self::difference::{Difference, Tally};
use super::stored::StoredReport;
use super::{PlanFile, ReportDocument};
use crate::error::{Error, Result};
use crate::report::format::{Format, Render, Style};
use crate::report::page::write_pages;

/// Lines of a page that are shown.
const SHOWN: usize = 20;

/// What verification found.
///
/// JSON: `{"command": "verify", "schema_version": 1, "report", "agrees", "version": {"recorded",
/// "here"}, "plan": {"file", "recorded", "here", "same"}, "data": {…}, "page": "same" | "differs" |
/// "not-compared", "verdict": "agrees" | "values-agree" | "differs", "compared", "rounding",
/// "differences": [{"path", "recorded", "here", "relative"}], "lines": [{"line", "recorded"}]}`.
/// `agrees` is true when page, plan, data and values do; of a page that another version wrote the
/// values alone can agree. `rounding` counts numbers that differ by less than 1e-12 of their size,
/// which is no difference.
#[derive(Debug, Serialize)]
pub struct VerifyDocument {
    command: &'static str,
    schema_version: u32,
    report: String,
    agrees: bool,
    verdict: Verdict,
    version: Versions,
    plan: Hashes,
    data: Hashes,
    page: PageVerdict,
    /// Values that were compared.
    compared: usize,
    rounding: usize,
    differences: Vec<Difference>,
    lines: Vec<LineRecord>,
}

/// Versions of riskset.
#[derive(Debug, Serialize)]
struct Versions {
    recorded: String,
    here: &'static str,
}

/// A file as it was and as it is.
#[derive(Debug, Serialize)]
struct Hashes {
    file: String,
    recorded: String,
    here: String,
    same: bool,
}

/// Whether the page is what would be written now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum PageVerdict {
    /// Every byte.
    Same,
    /// Not every byte.
    Differs,
    /// Another version writes other pages.
    NotCompared,
}

/// What can be said of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing differs.
    Agrees,
    /// The embedded values are right; what the page shows was not compared with them.
    ValuesAgree,
    /// Something differs.
    Differs,
}

/// A line of the page that would not be written now.
#[derive(Debug, Serialize)]
struct LineRecord {
    line: usize,
    recorded: String,
}

impl Hashes {
    fn new(file: &str, recorded: &str, here: &str) -> Self {
        let [file, recorded, here] = [file, recorded, here].map(str::to_owned);
        Self { file, same: recorded == here, recorded, here }
    }
}

impl VerifyDocument {
    /// Compares a page with the report that was made now; `recorded` is the plan that the page has.
    ///
    /// # Errors
    /// None that a report can meet.
    pub fn new(stored: &StoredReport, recorded: &PlanFile, now: &ReportDocument) -> Result<Self> {
        let failed = |error: io::Error| Error::file(stored.name(), error);
        let tally = Tally::of(stored.json(), &now.json().map_err(failed)?);
        let html = html(now).map_err(failed)?;
        let page = match () {
            () if stored.version() != crate::VERSION => PageVerdict::NotCompared,
            () if stored.page() == html => PageVerdict::Same,
            () => PageVerdict::Differs,
        };
        // A plan whose recorded hash is not that of its recorded text was changed in the page.
        let intact = recorded.sha256 == stored.plan_hash();
        let was = if intact { stored.plan_hash() } else { "not that of the text in the page" };
        let plan = Hashes::new(&now.plan.file, was, &now.plan.sha256);
        let data = Hashes::new(&now.data.file, stored.data_hash(), &now.data.sha256);
        let same = plan.same && data.same && tally.differences.is_empty();
        let verdict = match page {
            PageVerdict::Same if same => Verdict::Agrees,
            PageVerdict::NotCompared if same => Verdict::ValuesAgree,
            _ => Verdict::Differs,
        };
        let edited = same && page == PageVerdict::Differs;
        Ok(Self {
            command: "verify",
            schema_version: 1,
            report: stored.name().to_owned(),
            agrees: verdict == Verdict::Agrees,
            verdict,
            version: Versions { recorded: stored.version().to_owned(), here: crate::VERSION },
            plan,
            data,
            page,
            compared: tally.compared,
            rounding: tally.rounding,
            differences: tally.differences,
            lines: if edited { lines(stored.page(), &html) } else { Vec::new() },
        })
    }

    /// What can be said of all.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The version that wrote the page.
    pub fn written_by(&self) -> &str {
        &self.version.recorded
    }
}

/// The page that would be written now.
fn html(now: &ReportDocument) -> io::Result<String> {
    let mut html = Vec::new();
    now.render(Style { format: Format::Html, quiet: false }, &mut html)?;
    Ok(String::from_utf8_lossy(&html).into_owned())
}

/// The first lines of a page that would not be written now.
fn lines(was: &str, is: &str) -> Vec<LineRecord> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    is.lines().for_each(|line| *left.entry(line).or_default() += 1);
    let unknown = |(line, text): (usize, &str)| match left.get_mut(text) {
        Some(count) if *count > 0 => {
            *count -= 1;
            None
        }
        _ => Some(LineRecord { line, recorded: text.to_owned() }),
    };
    (1..).zip(was.lines()).filter_map(unknown).take(SHOWN).collect()
}

impl Render for VerifyDocument {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
            Format::Csv => self.differences_grid().write_csv(out),
            // What agrees is no statistic.
            Format::Ars => writeln!(out, "[]"),
            _ => write_pages(std::iter::once(self.page()), style, out),
        }
    }
}
