//! `[pseudo]` in a study file.

use crate::error::Result;
use crate::formula::Expr;
use crate::plan::section::{Item, Place, Section};
use crate::reconstruct::pseudo::{Band, LabelKind, StatusRule};

/// What a study file says about its pseudo-cohort.
#[derive(Debug, Clone)]
pub(in crate::reproduce) struct Spec {
    /// Where the cohort of the seed stands, if anywhere.
    pub(in crate::reproduce) file: Option<String>,
    pub(in crate::reproduce) seed: u64,
    pub(super) days_per_unit: f64,
    /// The column that tells blocks apart.
    pub(in crate::reproduce) column: Option<String>,
    pub(in crate::reproduce) blocks: Vec<Block>,
}

/// Patients whose figures rest on them alone.
#[derive(Debug, Clone)]
pub(in crate::reproduce) struct Block {
    pub(in crate::reproduce) name: String,
    pub(in crate::reproduce) rows: usize,
    pub(super) labels: Vec<(String, LabelKind)>,
    pub(super) clocks: Vec<Clock>,
}

/// A clock as the file has it: conditions are still texts, other clocks names.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub(super) name: String,
    pub(super) place: PlaceText,
    pub(super) time: String,
    pub(super) status: String,
    pub(super) members: Option<Expr>,
    pub(super) without: usize,
    pub(super) bounds: Vec<(String, StatusRule)>,
    pub(super) same_as: Option<(String, Expr)>,
    pub(super) min_censoring: Option<i64>,
    pub(super) max_days: i64,
    pub(super) events: Option<usize>,
}

/// File, line and key of something, for errors that come later.
#[derive(Debug, Clone)]
pub(super) struct PlaceText(String);

impl PlaceText {
    fn of(place: &Place) -> Self {
        let error = place.error("");
        Self(format!("{}: line {}, {}", error.file, error.line, error.key))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

const BLOCKS: &str = "the blocks, as [pseudo.blocks.NEC] with rows, labels and clocks";

impl Spec {
    pub(in crate::reproduce) fn parse(mut section: Section<'_>) -> Result<Self> {
        let file = section.take("file").map(Item::text).transpose()?;
        let seed = section.take("seed").map(whole).transpose()?.unwrap_or(1);
        let days = section.take("days_per_unit").map(Item::positive).transpose()?;
        let column = section.take("block").map(Item::text).transpose()?;
        let blocks = section.need("blocks", BLOCKS)?;
        let place = blocks.place().clone();
        let blocks = blocks.section()?.all();
        let blocks = blocks.into_iter().map(|(name, item)| Block::parse(name, item.section()?));
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        if blocks.is_empty() || (blocks.len() > 1 && column.is_none()) {
            let error = place.error("blocks are told apart by a column");
            return Err(error.help("name it, as block = \"diagnosis\" under [pseudo]").into());
        }
        section.finish()?;
        let days_per_unit = days.unwrap_or(30.4375);
        Ok(Self { file, seed: seed as u64, days_per_unit, column, blocks })
    }
}

impl Block {
    fn parse(name: String, mut section: Section<'_>) -> Result<Self> {
        let rows = whole(section.need("rows", "how many patients, as rows = 427")?)?;
        let mut labels = Vec::new();
        if let Some(item) = section.take("labels") {
            for (name, item) in item.section()?.all() {
                labels.push((name, label(item.section()?)?));
            }
        }
        let mut clocks = Vec::new();
        if let Some(item) = section.take("clocks") {
            for (name, item) in item.section()?.all() {
                let place = PlaceText::of(item.place());
                clocks.push(Clock::parse(name, place, item.section()?)?);
            }
        }
        section.finish()?;
        Ok(Self { name, rows, labels, clocks })
    }
}

/// Levels with their counts, or whole numbers in a range.
fn label(mut section: Section<'_>) -> Result<LabelKind> {
    let missing = section.take("missing").map(whole).transpose()?.unwrap_or(0);
    if let Some(counts) = section.take("counts") {
        let counts = counts.section()?.all();
        let counts = counts.into_iter().map(|(name, item)| Ok((name, whole(item)?)));
        let (levels, counts) = counts.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        section.finish()?;
        return Ok(LabelKind::Levels { levels, counts, missing });
    }
    const COUNTS: &str = "how often each level occurs, as counts = { male = 63, female = 54 }, or \
                          the range of whole numbers, as range = [30, 82]";
    let range = section.need("range", COUNTS)?;
    let place = range.place().clone();
    let range = range.list().into_iter().map(integer).collect::<Result<Vec<_>>>()?;
    let &[min, max] = range.as_slice() else {
        return Err(place.error("a range has two ends, as [30, 82]").into());
    };
    let median = section.take("median").map(Item::number).transpose()?;
    let mut bands = Vec::new();
    if let Some(item) = section.take("bands") {
        for (name, item) in item.section()?.all() {
            let place = item.place().clone();
            let ends = name.split_once('-').and_then(|(low, high)| {
                Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
            });
            let Some((low, high)) = ends else {
                return Err(place.error("a band is called by its ends, as \"76-89\"").into());
            };
            bands.push(Band { low, high, count: whole(item)? });
        }
    }
    section.finish()?;
    Ok(LabelKind::Whole { min, max, median, bands, missing })
}

impl Clock {
    fn parse(name: String, place: PlaceText, mut section: Section<'_>) -> Result<Self> {
        let time = section.need("time", "the column of days, as time = \"os\"")?.text()?;
        let status =
            section.need("status", "the column of events, as status = \"os_event\"")?.text()?;
        let members = section.take("members").map(Item::expr).transpose()?;
        let without = section.take("without").map(whole).transpose()?.unwrap_or(0);
        let mut bounds = Vec::new();
        if let Some(item) = section.take("within") {
            for (name, item) in item.section()?.all() {
                bounds.push((name, rule(item)?));
            }
        }
        let same_as = match section.take("same_as") {
            None => None,
            Some(item) => {
                let mut own = item.section()?;
                let clock = own.need("clock", "which clock, as clock = \"prrt_pfs\"")?.text()?;
                let rows = own.need("where", "on which rows, as where = 'prrt == \"second\"'")?;
                let rows = rows.expr()?;
                own.finish()?;
                Some((clock, rows))
            }
        };
        let min_censoring = section.take("min_censoring").map(integer).transpose()?;
        let max_days = section.need("max_days", "the last day, as max_days = 3000")?;
        let max_days = integer(max_days)?;
        let events = section.take("events").map(whole).transpose()?;
        section.finish()?;
        Ok(Self {
            name,
            place,
            time,
            status,
            members,
            without,
            bounds,
            same_as,
            min_censoring,
            max_days,
            events,
        })
    }
}

/// What the status of a clock has to do with that of the clock that bounds it.
fn rule(item: Item<'_>) -> Result<StatusRule> {
    let place = item.place().clone();
    match item.text()?.as_str() {
        "free" => Ok(StatusRule::Free),
        "composite" => Ok(StatusRule::Composite),
        "same-event" => Ok(StatusRule::SameEvent),
        other => {
            let error = place.error(format!("there is no rule {other:?}"));
            Err(error.help("one of composite (progression or death), same-event, free").into())
        }
    }
}

fn integer(item: Item<'_>) -> Result<i64> {
    let place = item.place().clone();
    let number = item.number()?;
    if number.fract() != 0.0 || number.abs() > 1e9 {
        return Err(place.error("must be a whole number").into());
    }
    Ok(number as i64)
}

fn whole(item: Item<'_>) -> Result<usize> {
    let place = item.place().clone();
    usize::try_from(integer(item)?).map_err(|_| place.error("must not be negative").into())
}
