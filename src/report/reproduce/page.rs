//! The comparison for people.

use super::ReproduceDocument;
use crate::report::grid::Grid;
use crate::report::number::{NONE, time};
use crate::report::page::Page;
use crate::report::record::note_lines;

pub(super) fn page(own: &ReproduceDocument) -> Page {
    let mut page = Page::new("Published and recomputed", "").line(own.study.clone());
    if let Some(citation) = &own.citation {
        page = page.line(citation.clone());
    }
    if let Some(banner) = &own.banner {
        page = page.banner(banner.clone());
    }
    page = page.grid(figures(own)).line(summary(own));
    let noted = own.figures.iter().filter_map(|own| Some((&own.id, own.note.as_ref()?)));
    let noted = noted.map(|(id, note)| vec![id.clone(), note.clone()]);
    let rows: Vec<Vec<String>> = noted.collect();
    if !rows.is_empty() {
        page = page.grid(Grid::new("Remarks").words(["figure", "remark"]).with_rows(rows));
    }
    if own.figures.iter().any(|own| own.hold_out.is_some()) {
        page = page.grid(hold_out(own));
    }
    if !own.checks.is_empty() {
        let rows = own.checks.iter();
        let rows = rows.map(|own| vec![own.severity.clone(), own.finding.clone()]);
        let grid = Grid::new("Contradictions in print").words(["severity", "finding"]);
        page = page.grid(grid.with_rows(rows));
    }
    page.end(conventions(own), note_lines(&own.notes))
}

fn figures(own: &ReproduceDocument) -> Grid {
    let grid = Grid::new("").words(["figure", "where", "published", "computed", "verdict"]);
    grid.with_rows(own.figures.iter().map(|own| {
        vec![
            own.id.clone(),
            own.place.clone().unwrap_or_default(),
            own.published.clone(),
            own.computed.clone().unwrap_or_else(|| NONE.to_owned()),
            own.verdict.name().replace('_', " "),
        ]
    }))
}

/// What the others imply about each figure.
fn hold_out(own: &ReproduceDocument) -> Grid {
    let grid = Grid::new("Withheld in turn: what the other figures imply").words([
        "figure",
        "published",
        "range",
        "not reached",
        "as printed",
    ]);
    grid.with_rows(own.figures.iter().filter_map(|own| {
        let held = own.hold_out?;
        let range = match (held.lower, held.upper) {
            (Some(lower), Some(upper)) => format!("{}-{}", time(lower), time(upper)),
            _ => NONE.to_owned(),
        };
        let of = |count: usize| format!("{count} of {}", held.found);
        let cells = [range, of(held.not_reached), of(held.agree)];
        Some([own.id.clone(), own.published.clone()].into_iter().chain(cells).collect())
    }))
}

fn summary(own: &ReproduceDocument) -> String {
    let counts = own.summary.counts().into_iter().filter(|(_, count)| *count > 0);
    let words = counts.map(|(verdict, n)| format!("{n} {}", verdict.name().replace('_', " ")));
    let words: Vec<String> = words.collect();
    format!("{} figures: {}", own.summary.figures, words.join(", "))
}

fn conventions(own: &ReproduceDocument) -> String {
    let it = &own.conventions;
    let software =
        own.software.as_deref().map_or_else(String::new, |own| format!("; the authors used {own}"));
    format!(
        "Conventions ({}): {} interval for S(t), median {}, {} ties, level {}{software}",
        it.dialect, it.conf_type, it.median_rule, it.ties, it.conf_level
    )
}
