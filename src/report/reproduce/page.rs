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
    if own.held_out().next().is_some() {
        page = page.grid(hold_out(own)).line(within(own));
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
        "found",
        "range",
        "not reached",
        "as printed",
    ]);
    grid.with_rows(own.held_out().map(|(own, held)| {
        let range = match (held.lower, held.upper) {
            (Some(lower), Some(upper)) => format!("{}-{}", time(lower), time(upper)),
            _ => NONE.to_owned(),
        };
        let of = |count: usize, all: usize| format!("{count} of {all}");
        vec![
            own.id.clone(),
            own.published.clone(),
            of(held.found, held.draws),
            range,
            of(held.not_reached, held.found),
            of(held.agree, held.found),
        ]
    }))
}

/// How often the printed estimate lies within the range.
fn within(own: &ReproduceDocument) -> String {
    let known: Vec<bool> = own.held_out().filter_map(|(_, held)| held.within).collect();
    let inside = known.iter().filter(|&&own| own).count();
    format!(
        "The printed estimate lies within the range in {inside} of {}, \"not reached\" being beyond \
         every number",
        known.len()
    )
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
