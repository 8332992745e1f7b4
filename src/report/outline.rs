//! One document, or several: by the levels of columns, for each of some terms, or both.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::csv::Csv;
use super::format::{Format, Render, Style};
use super::grid::Grid;
use super::page::Page;
use super::record;

/// A record that can be shown.
pub(super) trait Document: Serialize {
    /// For people.
    fn page(&self) -> Page;
    /// As records under a header that begins with `leading`.
    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()>;
    /// The columns of the one table that shows many documents, after the variable.
    fn summary_titles(&self, grid: Grid) -> Grid;
    /// Its rows there.
    fn summary_rows(&self) -> Vec<Vec<String>>;
}

/// A document or several.
#[derive(Debug)]
pub enum Outline<D> {
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
pub struct Stratum<D> {
    /// The level of each column.
    #[serde(serialize_with = "record::object")]
    pub levels: Vec<(String, String)>,
    /// What was found.
    #[serde(flatten)]
    pub part: Outline<D>,
}

/// The JSON of several documents.
#[derive(Serialize)]
struct Several<'a, D: Serialize> {
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strata: Option<&'a [Stratum<D>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<&'a [TermPart<D>]>,
}
