//! The plan file: how data become an analysis, said once.
//!
//! A [`Plan`] names a file and how it is read, derived variables, who is left out, and endpoints:
//! which dates begin and end follow-up. [`Plan::prepare`] makes the columns that an analysis asks
//! for; [`Plan::resolve`] puts `Surv()` in the place of an endpoint's name. docs/plan.md describes
//! the keys.
//!
//! ```
//! use riskset::formula::{Binder, Formula};
//! use riskset::plan::Plan;
//!
//! let plan = Plan::parse("plan.toml", r#"
//!     data = { file = "nen.csv", cutoff = 2024-06-30 }
//!     [endpoint.OS]
//!     origin = "diagnosis"
//!     event = "death"
//!     censor = "last_contact"
//!     unit = "months"
//! "#)?;
//! let formula = plan.resolve(&Formula::parse("OS ~ 1")?)?;
//! assert_eq!(formula.columns(), ["OS.date", "OS.origin", "OS.event"]);
//! # Ok::<(), riskset::Error>(())
//! ```

mod derive;
mod doubt;
mod endpoint;
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "for the command line"))]
mod entry;
mod follow_up;
mod graph;
mod population;
mod prepare;
pub(crate) mod section;
mod settings;
mod unit;

use std::path::{Path, PathBuf};

pub use endpoint::Endpoint;
pub use entry::Cover;
pub(crate) use entry::Entry;
#[cfg(feature = "cli")]
pub(crate) use entry::{Answer, Key};
pub use population::Step;
pub use prepare::{Flow, Prepared};
pub use unit::Unit;

use self::population::Exclusion;
use self::section::{Item, Place, Section};
use self::settings::Settings;
use crate::error::{Error, FormulaError, Result};
use crate::formula::{Expr, Formula, Outcome, Role, closest, quote_name};
use crate::io::{ReadOptions, Reader};

/// A plan: data, derived variables, populations, endpoints.
#[derive(Debug, Clone)]
pub struct Plan {
    path: PathBuf,
    settings: Settings,
    subject: Option<String>,
    cluster: Option<String>,
    exclusions: Vec<Exclusion>,
    derived: Vec<Derived>,
    endpoints: Vec<Endpoint>,
    allowed: Vec<doubt::Rule>,
    cover: Cover,
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "for the command line"))]
    entries: Vec<Entry>,
}

/// A variable that a plan makes.
#[derive(Debug, Clone)]
struct Derived {
    name: String,
    expr: Expr,
}

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, has keys that a plan has not, or a variable is made of
    /// itself; the error names key and line.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let name = path.to_string_lossy();
        let text =
            std::fs::read_to_string(path).map_err(|error| Error::file(&*name, reason(&error)))?;
        let plan = Self::parse(&name, text.trim_start_matches('\u{feff}'))?;
        Ok(Self { path: path.to_owned(), ..plan })
    }

    /// Reads the text of a plan; `name` is what messages call it.
    ///
    /// # Errors
    /// As for [`Plan::open`].
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let mut section = Section::parse(name, text)?;
        const DATA: &str = "the file and how it is read, as data = { file = \"nen.csv\" }";
        let settings = Settings::parse(section.need("data", DATA)?)?;
        let own = Self::of(name, settings, &mut section)?;
        let cover = section.take("report").map(Cover::parse).transpose()?.unwrap_or_default();
        let entries = entries(&mut section)?;
        section.finish()?;
        Ok(Self { cover, entries, ..own })
    }

    /// The same plan in another place: its data are seen from there.
    pub fn at(self, path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// Takes the keys of a plan out of a file that may have others; `file` holds the data where the
    /// file names none.
    pub(crate) fn within(
        path: &Path,
        file: Option<String>,
        section: &mut Section<'_>,
    ) -> Result<Self> {
        let settings = match (section.take("data"), file) {
            (Some(item), _) => Settings::parse(item)?,
            (None, file) => Settings {
                file: file.unwrap_or_default(),
                cutoff: None,
                options: ReadOptions::default(),
            },
        };
        let own = Self::of(&path.to_string_lossy(), settings, section)?;
        Ok(Self { path: path.to_owned(), ..own })
    }

    fn of(name: &str, settings: Settings, section: &mut Section<'_>) -> Result<Self> {
        let subject = section.take("subject").map(Item::text).transpose()?;
        let cluster = section.take("cluster").map(Item::text).transpose()?;
        let exclusions = exclusions(section, subject.as_deref())?;
        let allowed = allowed(section)?;
        let derived = named(section, "derive", |name, item| {
            Ok((item.place().clone(), Derived { name, expr: item.expr()? }))
        })?;
        let endpoints = named(section, "endpoint", |name, item| {
            Ok((item.place().clone(), Endpoint::parse(name, item.section()?)?))
        })?;
        let (places, derived): (Vec<Place>, Vec<Derived>) = derived.into_iter().unzip();
        let (ends, endpoints): (Vec<Place>, Vec<Endpoint>) = endpoints.into_iter().unzip();
        let path = PathBuf::from(name);
        let (cover, entries) = (Cover::default(), Vec::new());
        let own = Self {
            path,
            settings,
            subject,
            cluster,
            exclusions,
            derived,
            endpoints,
            allowed,
            cover,
            entries,
        };
        own.check_names(&places, &ends)?;
        own.check_circles(&places, &ends)?;
        own.check_populations()?;
        Ok(own)
    }

    /// The plan of one parameter in a file of times in CDISC's ADTTE form: the rows of that PARAMCD,
    /// AVAL their time, and CNSR 0 the event. `None` for a file of another form.
    ///
    /// # Errors
    /// None that a parameter's name can meet.
    pub fn adtte(file: &str, header: &[String], parameter: &str) -> Result<Option<Self>> {
        let has = |name: &str| header.iter().any(|own| own == name);
        if !["PARAMCD", "AVAL", "CNSR"].into_iter().all(has) {
            return Ok(None);
        }
        let options = ReadOptions::default();
        Ok(Some(Self {
            path: PathBuf::new(),
            settings: Settings { file: file.to_owned(), cutoff: None, options },
            subject: has("USUBJID").then(|| "USUBJID".to_owned()),
            cluster: None,
            exclusions: vec![Exclusion::other_parameters(parameter)],
            derived: Vec::new(),
            endpoints: vec![Endpoint::adtte(parameter)?],
            allowed: Vec::new(),
            cover: Cover::default(),
            entries: Vec::new(),
        }))
    }

    /// The file of the data, seen from the working directory.
    pub fn file(&self) -> PathBuf {
        self.settings.path(&self.path)
    }

    /// The file of the data as the plan names it.
    pub fn data(&self) -> &str {
        &self.settings.file
    }

    /// Whose the report is, and what it is called.
    pub fn cover(&self) -> &Cover {
        &self.cover
    }

    /// The analyses of a report, not yet understood.
    #[cfg(feature = "cli")]
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How the file is read.
    pub fn options(&self) -> ReadOptions {
        self.settings.options.clone()
    }

    /// Opens the data.
    ///
    /// # Errors
    /// As for [`Reader::open`].
    pub fn reader(&self, options: ReadOptions) -> Result<Reader> {
        Reader::open(self.file(), options)
    }

    /// The column that names subjects.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The column within whose values rows depend on each other.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// The endpoints, in the order of the plan.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The names of the variables that it makes, endpoints aside.
    pub fn variables(&self) -> Vec<String> {
        self.derived.iter().map(|own| own.name.clone()).collect()
    }

    /// The columns that deriving every endpoint needs or makes.
    pub fn endpoint_columns(&self) -> Vec<String> {
        let own = self.endpoints.iter().flat_map(|own| match own.is_derived() {
            true => vec![own.column("date")],
            false => own.columns(),
        });
        own.collect()
    }

    /// The last day that the data know of, as ISO text.
    pub fn cutoff(&self) -> Option<String> {
        self.settings.cutoff_text()
    }

    fn endpoint_names(&self) -> impl Iterator<Item = &str> {
        self.endpoints.iter().map(Endpoint::name)
    }

    /// The formula with `Surv()` in the place of an endpoint's name, and the plan's clusters unless it
    /// has its own.
    ///
    /// # Errors
    /// The plan has no endpoint of that name.
    pub fn resolve(&self, formula: &Formula) -> Result<Formula> {
        let formula = self.clustered(formula)?;
        let Outcome::Endpoint(name) = formula.outcome() else { return self.with_dates(formula) };
        let name = name.columns().concat();
        match self.endpoint(&name) {
            Some(endpoint) => Ok(formula.with_outcome(endpoint.outcome()?)),
            None => Err(self.no_endpoint(&formula, &name).into()),
        }
    }

    /// A time that is an endpoint's column is written as the difference of dates that it is, so that
    /// the check for immortal time sees them.
    fn with_dates(&self, formula: Formula) -> Result<Formula> {
        let Outcome::Surv { entry, time, event } = formula.outcome().clone() else {
            return Ok(formula);
        };
        let columns = time.columns();
        let own = self.endpoints.iter().find(|own| columns == [own.column("time")]);
        let is_bare = own.is_some_and(|own| time.to_string() == quote_name(&own.column("time")));
        match own.filter(|own| is_bare && own.is_derived()).map(Endpoint::outcome).transpose()? {
            Some(Outcome::Surv { time, .. }) => {
                Ok(formula.with_outcome(Outcome::Surv { entry, time, event }))
            }
            _ => Ok(formula),
        }
    }

    /// The endpoint that a formula is about, where it names one.
    pub fn endpoint_of(&self, formula: &Formula) -> Option<&Endpoint> {
        let Outcome::Endpoint(name) = formula.outcome() else { return None };
        self.endpoint(&name.columns().concat())
    }

    fn clustered(&self, formula: &Formula) -> Result<Formula> {
        let own = formula.with_role(Role::Cluster).count() > 0;
        let Some(cluster) = self.cluster.as_deref().filter(|_| !own) else {
            return Ok(formula.clone());
        };
        let cluster = Formula::parse_terms(&format!("cluster({})", quote_name(cluster)))?;
        Ok(formula.with_terms(formula.all_terms().iter().cloned().chain(cluster).collect()))
    }

    fn endpoint(&self, name: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|own| own.name() == name)
    }

    fn no_endpoint(&self, formula: &Formula, name: &str) -> FormulaError {
        let text = formula.text();
        let start = text.find(name).unwrap_or(0);
        let end = (start + name.len()).min(text.len());
        let help = match (closest(name, self.endpoint_names()), self.endpoints.is_empty()) {
            (Some(near), _) => format!("did you mean {near}?"),
            (None, true) => {
                "the plan defines none: add [endpoint.NAME], or write Surv(time, event)".to_owned()
            }
            (None, false) => {
                format!(
                    "the endpoints are {}",
                    self.endpoint_names().collect::<Vec<_>>().join(", ")
                )
            }
        };
        FormulaError::misfit(text, start..end, format!("the plan has no endpoint {name}"))
            .help(help)
    }
}

fn exclusions(section: &mut Section<'_>, subject: Option<&str>) -> Result<Vec<Exclusion>> {
    let condition = section.take("where").map(Item::expr).transpose()?;
    let mut all: Vec<Exclusion> = condition.map(Exclusion::unless).into_iter().collect();
    if let Some(entries) = section.take("exclude") {
        for entry in entries.list() {
            all.push(Exclusion::parse(entry, subject)?);
        }
    }
    Ok(all)
}

/// Every `[[analysis]]`.
fn entries(section: &mut Section<'_>) -> Result<Vec<Entry>> {
    let Some(item) = section.take("analysis") else { return Ok(Vec::new()) };
    item.list().into_iter().map(Entry::parse).collect()
}

/// The rules of doubt that a plan lets pass.
fn allowed(section: &mut Section<'_>) -> Result<Vec<doubt::Rule>> {
    let Some(item) = section.take("allow") else { return Ok(Vec::new()) };
    let names = doubt::Rule::ALL.map(doubt::Rule::name);
    let rule = |item: Item<'_>| -> Result<doubt::Rule> {
        let place = item.place().clone();
        let name = item.text()?;
        let found = doubt::Rule::ALL.into_iter().find(|own| own.name() == name);
        found.ok_or_else(|| {
            let help = format!("the rules are {}", names.join(", "));
            place.error(format!("there is no rule {name:?}")).help(help).into()
        })
    };
    item.list().into_iter().map(rule).collect()
}

/// The entries of a table whose keys are names.
fn named<'i, T>(
    section: &mut Section<'i>,
    key: &'static str,
    read: impl Fn(String, Item<'i>) -> Result<T>,
) -> Result<Vec<T>> {
    let Some(item) = section.take(key) else { return Ok(Vec::new()) };
    item.section()?.all().into_iter().map(|(name, item)| read(name, item)).collect()
}

pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}
