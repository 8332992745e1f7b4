//! A report as one page that needs nothing else.

use std::io::{self, Write};

use super::flow::{Branch, Flows, explained};
use super::{ReportDocument, ReportPart};
use crate::plan::Step;
use crate::report::html::{STYLE, write_banner, write_figure};
use crate::report::markup::escaped;
use crate::report::number::count;
use crate::report::page::Page;

/// What a report has besides other pages.
const OWN_STYLE: &str = include_str!("style.css");

/// The ids of the elements that hold JSON; those of results end in the number of the analysis.
pub(super) const FRAME: &str = "riskset-report";
pub(super) const ANALYSIS: &str = "riskset-analysis-";

impl ReportDocument {
    /// The whole page.
    pub(super) fn write_html(&self, out: &mut dyn Write) -> io::Result<()> {
        let title = escaped(&self.title());
        writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>")?;
        writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")?;
        writeln!(out, "<meta name=\"generator\" content=\"riskset {}\"/>", crate::VERSION)?;
        writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}{OWN_STYLE}</style>\n</head>")?;
        writeln!(out, "<body>\n<main>")?;
        self.write_notes(out)?;
        self.write_cover(out)?;
        self.write_contents(out)?;
        self.write_data(out)?;
        let told = self.told_elsewhere();
        self.analyses.iter().zip(1..).try_for_each(|(own, at)| own.write_html(at, &told, out))?;
        self.write_methods(out)?;
        self.write_provenance(out)?;
        writeln!(out, "</main>")?;
        self.write_scripts(out)?;
        writeln!(out, "</body>\n</html>")
    }

    /// What must stand above everything else.
    fn write_notes(&self, out: &mut dyn Write) -> io::Result<()> {
        self.notes.iter().try_for_each(|note| write_banner(&note.to_string(), out))
    }

    fn write_cover(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "<header>\n<h1>{}</h1>", escaped(&self.title()))?;
        if let Some(subtitle) = &self.cover.subtitle {
            writeln!(out, "<p class=\"subtitle\">{}</p>", escaped(subtitle))?;
        }
        let line = [&self.cover.author, &self.cover.date].into_iter().flatten();
        let line: Vec<String> = line.map(|own| escaped(own)).collect();
        if !line.is_empty() {
            writeln!(out, "<p class=\"byline\">{}</p>", line.join(" · "))?;
        }
        writeln!(out, "</header>")
    }

    fn write_contents(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "<nav aria-label=\"Contents\">\n<ol>")?;
        for (own, at) in self.analyses.iter().zip(1..) {
            writeln!(out, "<li><a href=\"#analysis-{at}\">{}</a></li>", escaped(&own.title))?;
        }
        writeln!(
            out,
            "</ol>\n<p><a href=\"#methods\">Methods</a> · <a href=\"#references\">References</a> · \
                       <a href=\"#provenance\">How to get it again</a></p>\n</nav>"
        )
    }

    fn write_data(&self, out: &mut dyn Write) -> io::Result<()> {
        let own = &self.data;
        let rows = count(self.population.rows as f64);
        let mut facts = vec![
            ("File", escaped(&own.file)),
            ("Rows", rows),
            ("SHA-256", format!("<code>{}</code>", escaped(&own.sha256))),
        ];
        if let Some(cutoff) = &own.cutoff {
            facts.insert(2, ("Data cutoff", escaped(cutoff)));
        }
        writeln!(out, "<section id=\"data\">\n<h2>Data</h2>")?;
        write_facts(&facts, out)?;
        self.flows().write_html(out)?;
        writeln!(out, "</section>")
    }

    /// Notes of analyses that stand in the flow chart or among the methods.
    fn told_elsewhere(&self) -> Vec<String> {
        let steps = self.population.steps.iter().map(Step::sentence);
        steps.chain(self.definitions.iter().cloned()).collect()
    }

    fn write_methods(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "<section id=\"methods\">\n<h2>Methods</h2>")?;
        if !self.definitions.is_empty() {
            writeln!(out, "<ul class=\"definitions\">")?;
            self.definitions
                .iter()
                .try_for_each(|own| writeln!(out, "<li>{}</li>", escaped(own)))?;
            writeln!(out, "</ul>")?;
        }
        let paragraphs = &self.told.paragraphs;
        paragraphs.iter().try_for_each(|own| writeln!(out, "<p>{}</p>", escaped(own)))?;
        writeln!(out, "<p>Computed with riskset {}.</p>\n</section>", escaped(crate::VERSION))?;
        writeln!(out, "<section id=\"references\">\n<h2>References</h2>\n<ol>")?;
        let sources = &self.told.sources;
        sources.iter().try_for_each(|own| writeln!(out, "<li>{}</li>", escaped(own)))?;
        writeln!(out, "</ol>\n</section>")
    }

    fn write_provenance(&self, out: &mut dyn Write) -> io::Result<()> {
        let code = |text: &str| format!("<code>{}</code>", escaped(text));
        let data = &self.data;
        let bytes = format!(
            "{} ({} bytes), SHA-256 {}",
            escaped(&data.file),
            data.bytes,
            code(&data.sha256)
        );
        let plan = format!("{}, SHA-256 {}", escaped(&self.plan.file), code(&self.plan.sha256));
        writeln!(out, "<section id=\"provenance\">\n<h2>How to get it again</h2>")?;
        write_facts(
            &[
                ("Software", format!("riskset {}", escaped(crate::VERSION))),
                ("Command", code(&self.call())),
                ("Data", bytes),
                ("Plan", plan),
            ],
            out,
        )?;
        writeln!(out, "<p>Every analysis by itself:</p>\n<ol class=\"calls\">")?;
        self.analyses.iter().try_for_each(|own| writeln!(out, "<li>{}</li>", code(&own.call)))?;
        writeln!(
            out,
            "</ol>\n<p>The plan:</p>\n<pre class=\"plan\">{}</pre>",
            escaped_lines(&self.plan.text)
        )?;
        writeln!(
            out,
            "<p>This page holds the results in full precision; <code>riskset verify</code> computes them \
             again from the plan and the data, and compares.</p>\n</section>"
        )
    }

    /// JSON for machines.
    fn write_scripts(&self, out: &mut dyn Write) -> io::Result<()> {
        write_script(FRAME, out, |out| self.write_frame(out))?;
        self.analyses.iter().zip(1..).try_for_each(|(own, at)| {
            write_script(&format!("{ANALYSIS}{at}"), out, |out| own.result.write_json(out))
        })
    }
}

impl ReportPart {
    fn write_html(&self, at: usize, told: &[String], out: &mut dyn Write) -> io::Result<()> {
        let title = escaped(&self.title);
        writeln!(out, "<section id=\"analysis-{at}\" class=\"analysis\">\n<h2>{at}. {title}</h2>")?;
        let told = [told, &explained(&self.result.known())].concat();
        let pages: Vec<Page> = self.result.pages().map(|page| page.without(&told)).collect();
        // A figure to every page, or all before the one that is about all.
        let all = self.figures.as_slice();
        let (before, beside) =
            if all.len() == pages.len() { (&[][..], all) } else { (all, &[][..]) };
        before.iter().try_for_each(|own| write_figure(own, out))?;
        for (at, page) in pages.iter().enumerate() {
            beside.get(at).map_or(Ok(()), |own| write_figure(own, out))?;
            page.write_html(3, out)?;
        }
        writeln!(out, "</section>")
    }
}

impl Flows<'_> {
    /// Boxes from above to below, and beside them who is left out.
    fn write_html(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<div class=\"flow\" role=\"group\" aria-label=\"Rows from the file to the analyses\">"
        )?;
        write_box(self.rows, "rows in the file", out)?;
        for own in &self.steps {
            let reason = escaped(&own.reason);
            writeln!(out, "<p class=\"out\"><b>{}</b> left out: {reason}</p>", own.left_out)?;
        }
        if !self.steps.is_empty() {
            write_box(self.population, "rows for the analyses", out)?;
        }
        writeln!(out, "<ul class=\"branches\">")?;
        self.branches.iter().zip(1..).try_for_each(|(own, at)| own.write_html(at, out))?;
        writeln!(out, "</ul>\n</div>")
    }
}

impl Branch<'_> {
    fn write_html(&self, at: usize, out: &mut dyn Write) -> io::Result<()> {
        let (used, title) = (&self.used, escaped(self.title));
        write!(out, "<li><span class=\"box\"><b>{used}</b> analysed</span><span>{at}. {title}")?;
        for (rows, reason) in &self.reasons {
            let reason = escaped(reason);
            write!(out, "<span class=\"left\"><b>{rows}</b> left out: {reason}</span>")?;
        }
        writeln!(out, "</span></li>")
    }
}

fn write_box(rows: usize, what: &str, out: &mut dyn Write) -> io::Result<()> {
    let rows = count(rows as f64);
    writeln!(out, "<p class=\"box\"><b>{rows}</b> {what}</p>")
}

/// Names and what they stand for, which is HTML.
fn write_facts(facts: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<dl class=\"facts\">")?;
    facts.iter().try_for_each(|(name, own)| writeln!(out, "<dt>{name}</dt><dd>{own}</dd>"))?;
    writeln!(out, "</dl>")
}

/// Text of several lines.
fn escaped_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    lines.join("\n")
}

fn write_script(
    id: &str,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    write!(out, "<script type=\"application/json\" id=\"{id}\">")?;
    write(&mut Unmarked(out))?;
    writeln!(out, "</script>")
}

/// Writes JSON so that nothing in it can end the element, or means anything to HTML or XML.
struct Unmarked<'w>(&'w mut dyn Write);

impl Write for Unmarked<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'<' | b'>' | b'&')) {
            let (last, before) = match piece.split_last() {
                Some((last @ (b'<' | b'>' | b'&'), before)) => (Some(last), before),
                _ => (None, piece),
            };
            self.0.write_all(before)?;
            // These stand in strings only.
            last.map_or(Ok(()), |last| write!(self.0, "\\u{last:04x}"))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
