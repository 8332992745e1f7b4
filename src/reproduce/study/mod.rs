//! A study file.

mod figure;
mod model;

use std::path::{Path, PathBuf};

pub use figure::{Figure, FollowUpMethod, Published, Statistic};
pub(super) use model::Model;

use super::Origin;
use super::binding::Used;
use super::pseudo::Spec;
use crate::convention::{Conventions, Dialect};
use crate::cox::Ties;
use crate::curve::{ConfType, MedianRule};
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::plan::section::{Item, Section};

/// The file in a folder that holds a study.
const STUDY: &str = "study.toml";

/// A published study: its data, its conventions, and what it printed.
#[derive(Debug, Clone)]
pub struct Study {
    path: PathBuf,
    title: String,
    citation: Option<String>,
    software: Option<String>,
    stated: Stated,
    plan: Plan,
    source: Source,
    models: Vec<Model>,
    figures: Vec<Figure>,
    used: Vec<Used>,
}

/// What a study file says about how its numbers were made.
#[derive(Debug, Clone)]
struct Stated {
    conventions: Conventions,
    conf_level: f64,
    /// Whether the file says anything about the interval of a curve.
    interval: bool,
}

impl Default for Stated {
    fn default() -> Self {
        Self { conventions: Conventions::default(), conf_level: 0.95, interval: false }
    }
}

/// Where the rows come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Individual data in a file.
    Individual,
    /// A pseudo-cohort.
    Pseudo(Box<Spec>),
    /// Individuals from published curves, as a file of `riskset reconstruct` describes them.
    Curves(String),
}

impl Study {
    /// Reads a study file, or `study.toml` in a folder.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, or has keys or values that a study has not; the error
    /// names key and line.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = if path.is_dir() { path.join(STUDY) } else { path.to_owned() };
        let name = file.to_string_lossy();
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Error::file(&*name, crate::plan::reason(&error)))?;
        Self::parse(&file, text.trim_start_matches('\u{feff}'))
    }

    /// Reads the text of a study file; files that it names are sought beside `path`.
    ///
    /// # Errors
    /// As for [`Study::open`].
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut section = Section::parse(&path.to_string_lossy(), text)?;
        const TITLE: &str = "what the study is called, as title = \"Liu 2021, NET G3\"";
        let title = section.need("title", TITLE)?.text()?;
        let citation = section.take("citation").map(Item::text).transpose()?;
        let software = section.take("software").map(Item::text).transpose()?;
        let stated = section.take("conventions").map(|item| stated(item.section()?)).transpose()?;
        let stated = stated.unwrap_or_default();
        let source = source(&mut section)?;
        let file = match &source {
            Source::Individual => None,
            Source::Pseudo(spec) => spec.file.clone(),
            Source::Curves(file) => Some(file.clone()),
        };
        let plan = Plan::within(path, file, &mut section)?;
        let models = models(&mut section, &plan)?;
        let figures = figures(&mut section, &plan, &models)?;
        section.finish()?;
        let path = path.to_owned();
        Ok(Self {
            path,
            title,
            citation,
            software,
            stated,
            plan,
            source,
            models,
            figures,
            used: Vec::new(),
        })
    }

    /// The study's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the study is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where it was published.
    pub fn citation(&self) -> Option<&str> {
        self.citation.as_deref()
    }

    /// The software that its authors named.
    pub fn software(&self) -> Option<&str> {
        self.software.as_deref()
    }

    /// The conventions by which its figures are recomputed.
    pub fn conventions(&self) -> Conventions {
        self.stated.conventions
    }

    /// The level of its intervals.
    pub fn conf_level(&self) -> f64 {
        self.stated.conf_level
    }

    /// Whether it says how the intervals of its curves were made; else riskset's own is taken.
    pub(super) fn states_interval(&self) -> bool {
        self.stated.interval
    }

    /// The package that it names, in its conventions or its software: one that prints Wald's p of a
    /// Cox model, rounded.
    pub(super) fn package(&self) -> Option<Dialect> {
        let own = Some(self.conventions().dialect).filter(|own| *own != Dialect::Riskset);
        let software = self.software().unwrap_or_default().to_lowercase();
        let named = |own: &Dialect| {
            *own != Dialect::Riskset
                && software.split(|c: char| !c.is_alphanumeric()).any(|word| word == own.name())
        };
        own.or_else(|| Dialect::ALL.into_iter().find(named))
    }

    /// What it printed, in the order of the file.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The data, variables and endpoints.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The columns of a file with this header that its figures need.
    pub fn columns(&self, header: &[String]) -> Vec<String> {
        self.plan.columns(&super::compute::needed(self, header), header)
    }

    pub(super) fn models(&self) -> &[Model] {
        &self.models
    }

    /// The column that tells the blocks of a pseudo-cohort apart.
    pub(super) fn block_column(&self) -> Option<&str> {
        self.pseudo()?.column.as_deref()
    }

    /// The file that describes the published curves from which its rows are reconstructed, where they
    /// are.
    pub fn curves(&self) -> Option<PathBuf> {
        matches!(self.source, Source::Curves(_)).then(|| self.plan.file())
    }

    /// Says which printed numbers a reconstruction from curves was given: a figure that is one of
    /// them, in whatever form, is *consistent*, not *reproduced*.
    pub fn bound_to(self, used: Vec<Used>) -> Self {
        Self { used, ..self }
    }

    /// The printed numbers that a reconstruction from curves was given.
    pub(super) fn used(&self) -> &[Used] {
        &self.used
    }

    /// Whether the file of its rows is named but not there, so that a search must make them.
    pub fn lacks_rows(&self) -> bool {
        self.pseudo().is_some_and(|own| own.file.is_none() || !self.plan.file().exists())
    }

    /// The seed of its pseudo-cohort, where it rests on one.
    pub fn seed(&self) -> Option<u64> {
        self.pseudo().map(|own| own.seed)
    }

    /// What it says about its pseudo-cohort, where it rests on one.
    pub(super) fn pseudo(&self) -> Option<&Spec> {
        match &self.source {
            Source::Pseudo(spec) => Some(spec),
            Source::Individual | Source::Curves(_) => None,
        }
    }

    /// What its rows are.
    pub fn origin(&self) -> Origin {
        match self.source {
            Source::Individual => Origin::Individual,
            Source::Pseudo(_) => Origin::Pseudo,
            Source::Curves(_) => Origin::Reconstructed,
        }
    }

    /// Whether the file says that the rows are made to agree with a figure, or leaves it to the rule
    /// for its statistic.
    pub(super) fn is_constraint(&self, figure: &Figure) -> bool {
        let binds = |own: &Statistic| {
            matches!(
                own,
                Statistic::Median(_) | Statistic::Rate { .. } | Statistic::HazardRatio { .. }
            )
        };
        let unless = figure.not_run.is_none() && figure.statistic.as_ref().is_some_and(binds);
        match self.origin() {
            Origin::Individual => false,
            Origin::Pseudo => figure.constraint.unwrap_or(unless),
            Origin::Reconstructed => figure.constraint.unwrap_or(false),
        }
    }
}

/// Where the rows come from: `data`, `reconstruct` or `[pseudo]`.
fn source(section: &mut Section<'_>) -> Result<Source> {
    const ONE: &str = "a study has one of data, reconstruct and [pseudo]";
    match (section.has("data"), section.take("reconstruct"), section.take("pseudo")) {
        (true, None, None) => Ok(Source::Individual),
        (false, Some(item), None) => Ok(Source::Curves(item.text()?)),
        (false, None, Some(item)) => Ok(Source::Pseudo(Box::new(Spec::parse(item.section()?)?))),
        (false, None, None) => {
            const DATA: &str = "the rows, as data = { file = \"patients.csv\" }, reconstruct = \
                                \"curves.toml\" or [pseudo]";
            section.need("data", DATA).map(|_| Source::Individual)
        }
        (_, Some(item), _) | (_, None, Some(item)) => {
            Err(item.place().error(format!("not both: {ONE}")).into())
        }
    }
}

fn models(section: &mut Section<'_>, plan: &Plan) -> Result<Vec<Model>> {
    let Some(item) = section.take("model") else { return Ok(Vec::new()) };
    let entries = item.section()?.all();
    entries.into_iter().map(|(name, item)| Model::parse(name, item.section()?, plan)).collect()
}

fn figures(section: &mut Section<'_>, plan: &Plan, models: &[Model]) -> Result<Vec<Figure>> {
    const FIGURE: &str = "what was printed, each in a table [[figure]]";
    let items = section.need("figure", FIGURE)?.list();
    let mut figures: Vec<Figure> = Vec::new();
    for item in items {
        let place = item.place().clone();
        let figure = Figure::parse(item.section()?, plan, models)?;
        if figures.iter().any(|own| own.id == figure.id) {
            let message = format!("there are two figures {:?}", figure.id);
            return Err(place.error(message).into());
        }
        figures.push(figure);
    }
    Ok(figures)
}

/// The conventions of a package, with single answers replaced.
fn stated(mut section: Section<'_>) -> Result<Stated> {
    let dialect = choice(&mut section, "as", &Dialect::ALL, Dialect::name)?;
    let mut own = Conventions::of(dialect.unwrap_or_default());
    let conf_type = choice(&mut section, "conf_type", &ConfType::ALL, ConfType::name)?;
    own.conf_type = conf_type.or(own.conf_type);
    let interval = dialect.is_some() || conf_type.is_some();
    const RULES: [MedianRule; 3] =
        [MedianRule::Midpoint, MedianRule::FirstAtOrBelow, MedianRule::FirstBelow];
    if let Some(rule) = choice(&mut section, "median_rule", &RULES, MedianRule::name)? {
        own.median_rule = rule;
    }
    const TIES: [Ties; 3] = [Ties::Efron, Ties::Breslow, Ties::Exact];
    if let Some(ties) = choice(&mut section, "ties", &TIES, Ties::name)? {
        own.cox_ties = ties;
    }
    let conf_level = match section.take("conf_level") {
        None => 0.95,
        Some(item) => {
            let place = item.place().clone();
            let level = item.number()?;
            if !(level > 0.0 && level < 1.0) {
                return Err(place.error("must lie between 0 and 1, as 0.95").into());
            }
            level
        }
    };
    section.finish()?;
    Ok(Stated { conventions: own, conf_level, interval })
}

/// One of several names.
pub(super) fn choice<T: Copy>(
    section: &mut Section<'_>,
    key: &'static str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<Option<T>> {
    let Some(item) = section.take(key) else { return Ok(None) };
    let place = item.place().clone();
    let given = item.text()?;
    match all.iter().find(|&&own| name(own) == given) {
        Some(&own) => Ok(Some(own)),
        None => {
            let names: Vec<&str> = all.iter().map(|&own| name(own)).collect();
            let error = place.error(format!("there is no {key} {given:?}"));
            Err(error.help(format!("one of {}", names.join(", "))).into())
        }
    }
}
