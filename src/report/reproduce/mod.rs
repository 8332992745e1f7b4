//! Published figures against recomputed ones: `riskset reproduce`.

mod page;
mod versus;

use std::io;

use serde::Serialize;

use super::csv::Csv;
use super::outline::Document;
use super::page::Page;
use super::record;
use super::results::{Place, Results, Stat};
use crate::note::Note;
use crate::reproduce::check::Finding;
use crate::reproduce::{Compared, Figure, HoldOut, Origin, Reproduction, Verdict};

/// What a study printed and what was computed. Its JSON is a contract.
#[derive(Debug, Serialize)]
pub struct ReproduceDocument {
    command: &'static str,
    schema_version: u32,
    study: String,
    file: String,
    citation: Option<String>,
    software: Option<String>,
    origin: Origin,
    rows: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    banner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    conventions: ConventionsRecord,
    figures: Vec<FigureRecord>,
    checks: Vec<CheckRecord>,
    summary: Summary,
    /// Figures that could not be computed.
    #[serde(skip)]
    failed: usize,
    #[serde(serialize_with = "record::notes")]
    notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
struct ConventionsRecord {
    dialect: &'static str,
    conf_level: f64,
    conf_type: &'static str,
    median_rule: &'static str,
    ties: &'static str,
}

#[derive(Debug, Serialize)]
struct FigureRecord {
    id: String,
    #[serde(rename = "where")]
    place: Option<String>,
    published: String,
    computed: Option<String>,
    verdict: Verdict,
    note: Option<String>,
    constraint: bool,
    /// Full precision.
    estimate: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_out: Option<HoldOutRecord>,
    /// Of the printed number: itself, and the range that prints as it does.
    #[serde(skip)]
    printed: Option<[f64; 3]>,
}

/// What the other figures imply about one.
#[derive(Debug, Clone, Copy, Serialize)]
struct HoldOutRecord {
    draws: usize,
    found: usize,
    agree: usize,
    not_reached: usize,
    lower: Option<f64>,
    upper: Option<f64>,
    /// Whether the printed estimate lies between them.
    within: Option<bool>,
}

/// What a comparison rests on and what stands beside it.
#[derive(Debug, Clone, Default)]
pub struct ReproduceParts {
    /// The seed of the pseudo-cohort.
    pub seed: Option<u64>,
    /// What the others imply about each figure.
    pub hold_out: Vec<Option<HoldOut>>,
    /// Contradictions in what was printed.
    pub checks: Vec<CheckRecord>,
    /// What to know.
    pub notes: Vec<Note>,
}

/// A contradiction in what was printed.
#[derive(Debug, Clone, Serialize)]
pub struct CheckRecord {
    /// Its name.
    pub id: String,
    /// The arithmetic.
    pub finding: String,
    /// `error`, `warning` or `rounding`.
    pub severity: String,
}

impl From<Finding> for CheckRecord {
    fn from(own: Finding) -> Self {
        Self { severity: own.severity.name().to_owned(), id: own.id, finding: own.finding }
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Summary {
    figures: usize,
    reproduced: usize,
    consistent: usize,
    differs: usize,
    not_attainable: usize,
    not_found: usize,
    not_run: usize,
}

impl Summary {
    fn new(own: &Reproduction<'_>) -> Self {
        Self {
            figures: own.figures.len(),
            reproduced: own.count(Verdict::Reproduced),
            consistent: own.count(Verdict::Consistent),
            differs: own.count(Verdict::Differs),
            not_attainable: own.count(Verdict::NotAttainable),
            not_found: own.count(Verdict::NotFound),
            not_run: own.count(Verdict::NotRun),
        }
    }

    fn counts(self) -> [(Verdict, usize); 6] {
        [
            (Verdict::Reproduced, self.reproduced),
            (Verdict::Consistent, self.consistent),
            (Verdict::Differs, self.differs),
            (Verdict::NotAttainable, self.not_attainable),
            (Verdict::NotFound, self.not_found),
            (Verdict::NotRun, self.not_run),
        ]
    }
}

impl ReproduceDocument {
    /// What was found.
    pub fn new(own: &Reproduction<'_>, parts: ReproduceParts) -> Self {
        let study = own.study;
        let ReproduceParts { seed, hold_out, checks, notes } = parts;
        let held = hold_out.into_iter().map(Some).chain(std::iter::repeat(None));
        let conventions = study.conventions();
        Self {
            command: "reproduce",
            schema_version: 1,
            study: study.title().to_owned(),
            file: study.path().to_string_lossy().into_owned(),
            citation: study.citation().map(str::to_owned),
            software: study.software().map(str::to_owned),
            origin: own.origin,
            rows: own.rows,
            banner: own.banner(seed.unwrap_or(1)),
            seed,
            conventions: ConventionsRecord {
                dialect: conventions.dialect.name(),
                conf_level: study.conf_level(),
                conf_type: conventions.conf_type_name(),
                median_rule: conventions.median_rule.name(),
                ties: conventions.cox_ties.name(),
            },
            figures: study
                .figures()
                .iter()
                .zip(&own.figures)
                .zip(held)
                .map(|((figure, compared), held)| {
                    FigureRecord::new(figure, compared, held.flatten())
                })
                .collect(),
            checks,
            summary: Summary::new(own),
            failed: own.figures.iter().filter(|own| own.failed).count(),
            notes,
        }
    }

    /// Whether a figure differs from what was printed, or none was found that does not.
    pub fn differs(&self) -> bool {
        self.summary.differs + self.summary.not_found > 0
    }

    /// Figures that were withheld, with what came of it.
    fn held_out(&self) -> impl Iterator<Item = (&FigureRecord, HoldOutRecord)> {
        self.figures.iter().filter_map(|own| Some((own, own.hold_out?)))
    }

    /// How many figures could not be computed, as where a column is not there.
    pub fn failed(&self) -> usize {
        self.failed
    }
}

impl FigureRecord {
    fn new(figure: &Figure, own: &Compared, held: Option<HoldOut>) -> Self {
        let value = own.value.unwrap_or_default();
        Self {
            id: figure.id.clone(),
            place: figure.place.clone(),
            published: figure.published.text().to_owned(),
            computed: own.computed.clone(),
            verdict: own.verdict,
            note: own.note.clone(),
            constraint: own.constraint,
            estimate: value.estimate,
            lower: value.lower,
            upper: value.upper,
            hold_out: held.map(HoldOutRecord::from),
            printed: versus::printed(&figure.published),
        }
    }

    fn cells(&self) -> [String; TITLES.len()] {
        [
            self.id.clone(),
            self.place.clone().unwrap_or_default(),
            self.published.clone(),
            self.computed.clone().unwrap_or_default(),
            self.verdict.name().to_owned(),
            self.constraint.to_string(),
            number(self.estimate),
            number(self.lower),
            number(self.upper),
            self.note.clone().unwrap_or_default(),
        ]
    }
}

/// A number in full precision, or nothing.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |own| own.to_string())
}

impl HoldOutRecord {
    fn cells(self) -> [String; HELD_OUT.len()] {
        let count = |own: usize| own.to_string();
        [
            count(self.draws),
            count(self.found),
            count(self.agree),
            count(self.not_reached),
            number(self.lower),
            number(self.upper),
            self.within.map_or_else(String::new, |own| own.to_string()),
        ]
    }
}

impl From<HoldOut> for HoldOutRecord {
    fn from(own: HoldOut) -> Self {
        let HoldOut { draws, found, agree, not_reached, lower, upper, within } = own;
        Self { draws, found, agree, not_reached, lower, upper, within }
    }
}

/// Columns after `--hold-out`.
const HELD_OUT: [&str; 7] = [
    "hold_out_draws",
    "hold_out_found",
    "hold_out_agree",
    "hold_out_not_reached",
    "hold_out_lower",
    "hold_out_upper",
    "hold_out_within",
];

const TITLES: [&str; 10] = [
    "id",
    "where",
    "published",
    "computed",
    "verdict",
    "constraint",
    "estimate",
    "lower",
    "upper",
    "note",
];

impl Document for ReproduceDocument {
    const COMMAND: &'static str = "reproduce";

    fn page(&self) -> Page {
        page::page(self)
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        let held_out = self.held_out().next().is_some();
        let more: &[&str] = if held_out { &HELD_OUT } else { &[] };
        let titles = TITLES.iter().chain(more).map(|&own| own.to_owned());
        csv.header(leading, &titles.collect::<Vec<_>>())?;
        self.figures.iter().try_for_each(|own| {
            let held = own.hold_out.map(HoldOutRecord::cells).unwrap_or_default();
            csv.record(
                own.cells().into_iter().chain(held).take(TITLES.len() + more.len()).collect(),
            )
        })
    }

    fn results(&self, results: &mut Results<'_>) -> io::Result<()> {
        self.figures.iter().try_for_each(|own| {
            let place = Place::of(&own.id);
            let values = [
                (Stat::ESTIMATE, own.estimate),
                (Stat::LOWER, own.lower),
                (Stat::UPPER, own.upper),
            ];
            let known = values.into_iter().filter_map(|(stat, value)| Some((stat, value?)));
            results.all(&place, known)
        })
    }
}
