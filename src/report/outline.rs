//! One document, or several: by the levels of columns, for each of some terms, or both.

use std::io::{self, Write};
use std::iter::once_with;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::csv::Csv;
use super::format::{Format, Render, Style};
use super::grid::Grid;
use super::page::{Page, write_pages};
use super::plot::{PlotStyle, Plotted};
use super::record;
use super::results::Results;
use super::subject::DataUse;
use super::whole::Methods;
use crate::error::Result;
use crate::figure::Figure;
use crate::note::Note;

/// A record that can be shown.
pub trait Document: Serialize {
    /// The command's name.
    const COMMAND: &'static str;
    /// For people.
    fn page(&self) -> Page;
    /// As records under a header that begins with `leading`.
    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()>;
    /// Its statistics one by one, as the table of docs/results.md has them.
    fn results(&self, results: &mut Results<'_>) -> io::Result<()>;
    /// The rows that it is of.
    fn data(&self) -> Option<&DataUse> {
        None
    }
    /// What its reader must know.
    fn known(&self) -> &[Note] {
        &[]
    }
    /// Says by which methods it was made.
    fn tell(&self, _methods: &mut Methods) {}
    /// The page that shows many documents, still empty; that of one where a command has no `--each`.
    fn summary_page(&self, _terms: &[&str]) -> Page {
        self.page()
    }
    /// The columns of its one table.
    fn summary_grid(&self) -> Grid {
        Grid::new("")
    }
    /// This document's rows there.
    fn summary_rows(&self, _term: &str) -> Vec<Vec<String>> {
        Vec::new()
    }
}

/// A document or several.
#[derive(Debug)]
pub enum Outline<D: Document> {
    /// One.
    One(D),
    /// One for every term.
    Each(Vec<TermPart<D>>),
    /// One (or one for every term) in every level of the columns.
    By(Vec<String>, Vec<Stratum<D>>),
}

/// The document of one term.
#[derive(Debug, Serialize)]
pub struct TermPart<D> {
    /// The term as written.
    pub term: String,
    /// What was found.
    #[serde(flatten)]
    pub document: D,
}

/// What was found in one combination of levels.
#[derive(Debug, Serialize)]
pub struct Stratum<D: Document> {
    /// The level of each column.
    #[serde(serialize_with = "record::object")]
    pub levels: Vec<(String, String)>,
    /// What was found.
    #[serde(flatten)]
    pub part: Outline<D>,
}

impl<D: Document> Serialize for Outline<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if let Self::One(document) = self {
            return document.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("command", D::COMMAND)?;
        match self {
            Self::One(_) => {}
            Self::Each(parts) => map.serialize_entry("each", parts)?,
            Self::By(columns, strata) => {
                map.serialize_entry("by", columns)?;
                map.serialize_entry("strata", strata)?;
            }
        }
        map.end()
    }
}

impl<D: Document> Render for Outline<D> {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
            Format::Csv => self.csv(&mut Csv::new(out), Leading::default()),
            Format::Ars => {
                let mut results = Results::new(D::COMMAND, out);
                self.results(&mut results, &[])?;
                results.end()
            }
            _ => write_pages(self.pages(String::new()), style, out),
        }
    }
}

impl<D: Document> Outline<D> {
    /// Every document, wherever it stands.
    pub(super) fn documents(&self) -> Vec<&D> {
        match self {
            Self::One(own) => vec![own],
            Self::Each(parts) => parts.iter().map(|own| &own.document).collect(),
            Self::By(_, strata) => strata.iter().flat_map(|own| own.part.documents()).collect(),
        }
    }
}

/// Documents with their figures, for formats that can show them.
#[derive(Debug)]
pub struct Illustrated<'o, D: Document> {
    outline: &'o Outline<D>,
    figures: &'o [(String, Figure)],
}

impl<'o, D: Document> Illustrated<'o, D> {
    /// The documents of an outline with [its figures](Outline::figures).
    pub fn new(outline: &'o Outline<D>, figures: &'o [(String, Figure)]) -> Self {
        Self { outline, figures }
    }

    /// A figure to every page, or all to the first.
    fn pages(&self) -> impl Iterator<Item = Page> {
        let pages: Vec<Page> = self.outline.pages(String::new()).collect();
        let all = self.figures;
        let each = pages.len() == all.len();
        pages.into_iter().enumerate().map(move |(at, page)| match (each, at) {
            (true, at) => page.illustrated(&[(String::new(), all[at].1.clone())]),
            (false, 0) => page.illustrated(all),
            _ => page,
        })
    }
}

impl<D: Document> Render for Illustrated<'_, D> {
    fn render(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style.format {
            Format::Html | Format::Docx => write_pages(self.pages(), style, out),
            _ => self.outline.render(style, out),
        }
    }
}

/// A column and its level.
type Pair = (String, String);

/// What sets a document apart, as leading cells of its records.
#[derive(Clone, Default)]
struct Leading {
    titles: Vec<String>,
    cells: Vec<String>,
}

impl Leading {
    fn with(&self, title: &str, cell: &str) -> Self {
        let mut own = self.clone();
        own.titles.push(title.to_owned());
        own.cells.push(cell.to_owned());
        own
    }
}

impl<D: Document> Outline<D> {
    fn csv(&self, csv: &mut Csv<'_>, leading: Leading) -> io::Result<()> {
        match self {
            Self::One(document) => {
                csv.lead(leading.cells);
                document.csv(csv, &leading.titles)
            }
            Self::Each(parts) => parts.iter().try_for_each(|part| {
                let leading = leading.with("term", &part.term);
                csv.lead(leading.cells);
                part.document.csv(csv, &leading.titles)
            }),
            Self::By(_, strata) => strata.iter().try_for_each(|stratum| {
                let levels = stratum.levels.iter();
                let leading =
                    levels.fold(leading.clone(), |own, (name, level)| own.with(name, level));
                stratum.part.csv(csv, leading)
            }),
        }
    }

    /// Statistic after statistic; `leading` sets documents apart.
    fn results(&self, results: &mut Results<'_>, leading: &[Pair]) -> io::Result<()> {
        match self {
            Self::One(document) => {
                results.lead(leading.to_vec());
                document.results(results)
            }
            Self::Each(parts) => parts.iter().try_for_each(|part| {
                results.lead([leading, &[("term".to_owned(), part.term.clone())]].concat());
                part.document.results(results)
            }),
            Self::By(_, strata) => strata.iter().try_for_each(|stratum| {
                stratum.part.results(results, &[leading, &stratum.levels].concat())
            }),
        }
    }

    /// Page after page, each made when it is its turn; `place` says which stratum is shown.
    pub(super) fn pages(&self, place: String) -> Box<dyn Iterator<Item = Page> + '_> {
        match self {
            Self::One(document) => Box::new(once_with(move || document.page().at(&place))),
            Self::Each(parts) => Box::new(once_with(move || summary(parts).at(&place))),
            Self::By(_, strata) => {
                Box::new(strata.iter().flat_map(|stratum| stratum.part.pages(stratum.label())))
            }
        }
    }
}

impl<D: Document + Plotted> Outline<D> {
    /// The figure of every document, and what sets it apart from the others; nothing where there
    /// is one.
    ///
    /// # Errors
    /// As for one [figure](Plotted::figure).
    pub fn figures(&self, style: &PlotStyle) -> Result<Vec<(String, Figure)>> {
        match self {
            Self::One(document) => Ok(named("", document.figures(style)?)),
            Self::Each(parts) => {
                let of = |part: &TermPart<D>| Ok(named(&part.term, part.document.figures(style)?));
                Ok(parts.iter().map(of).collect::<Result<Vec<_>>>()?.concat())
            }
            Self::By(_, strata) => {
                let of = |stratum: &Stratum<D>| {
                    let figures = stratum.part.figures(style)?;
                    let apart = |(own, figure): (String, Figure)| {
                        let words = [stratum.label(), own];
                        (words.join(" ").trim_end().to_owned(), figure)
                    };
                    Ok(figures.into_iter().map(apart).collect::<Vec<_>>())
                };
                Ok(strata.iter().map(of).collect::<Result<Vec<_>>>()?.concat())
            }
        }
    }
}

/// The figures of one document, which has this name; of several, with which of them it is.
fn named(name: &str, figures: Vec<Figure>) -> Vec<(String, Figure)> {
    let count = figures.len();
    let name = |at: usize| match count {
        1 => name.to_owned(),
        _ => format!("{name} part {} of {count}", at + 1).trim_start().to_owned(),
    };
    figures.into_iter().enumerate().map(|(at, own)| (name(at), own)).collect()
}

impl<D: Document> Stratum<D> {
    fn label(&self) -> String {
        let words: Vec<String> =
            self.levels.iter().map(|(name, level)| format!("{name}={level}")).collect();
        words.join(", ")
    }
}

/// One table for many terms.
fn summary<D: Document>(parts: &[TermPart<D>]) -> Page {
    let Some(first) = parts.first() else { return Page::default() };
    let terms: Vec<&str> = parts.iter().map(|part| part.term.as_str()).collect();
    let rows = parts.iter().flat_map(|part| part.document.summary_rows(&part.term));
    let grid = first.document.summary_grid().with_rows(rows);
    let pages = parts.iter().map(|part| part.document.page());
    pages.fold(first.document.summary_page(&terms).grid(grid), Page::with_end_of)
}
