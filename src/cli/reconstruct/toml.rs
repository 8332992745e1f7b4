//! Arms in a TOML file.

use std::path::Path;

use serde::Deserialize;
use toml::de::DeTable;

use super::args::ArmArgs;
use super::arm::{Arm, Misread, limits, of};
use crate::convention::Dialect;
use crate::curve::ConfType;
use crate::error::{Error, PlanError, Result};
use crate::published::{Printed, PrintedEstimate};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKeys {
    hr: Option<String>,
    hr_ci: Option<String>,
    p: Option<String>,
    #[serde(default)]
    arm: Vec<ArmKeys>,
}

/// An arm: the names of the options, with `-` or `_`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ArmKeys {
    label: Option<String>,
    /// The label of the arm that this is a part of.
    #[serde(alias = "part_of")]
    part_of: Option<String>,
    /// By what it is divided; parts by different things cross each other.
    by: Option<String>,
    points: Option<String>,
    #[serde(alias = "at_risk")]
    at_risk: Option<String>,
    marks: Option<String>,
    n: Option<u32>,
    events: Option<u32>,
    median: Option<String>,
    #[serde(alias = "median_ci")]
    median_ci: Option<String>,
    #[serde(default)]
    rate: Words,
    #[serde(alias = "max_time")]
    max_time: Option<f64>,
    #[serde(alias = "min_follow_up")]
    min_follow_up: Option<f64>,
    #[serde(alias = "median_follow_up")]
    median_follow_up: Option<String>,
    unit: Option<String>,
    grid: Option<String>,
    #[serde(alias = "conf_type")]
    conf_type: Option<String>,
    #[serde(rename = "as")]
    dialect: Option<String>,
}

/// One text or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl Default for Words {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// What a file says.
pub(super) struct Arms {
    pub(super) arms: Vec<Arm>,
    pub(super) hazard_ratio: Option<PrintedEstimate>,
    pub(super) p: Option<Printed>,
}

/// Reads a file.
pub(super) fn read(file: &str) -> Result<Arms> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Error::file(file, crate::cli::failure::reason(&error, "there is no such file"))
    })?;
    let source = Source { file, text: &text };
    let keys: FileKeys = toml::from_str(&text).map_err(|error| source.syntax(&error))?;
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    if keys.arm.is_empty() {
        return Err(source.top(of("arm")(Error::option("there is no [[arm]] table"))));
    }
    let count = keys.arm.len();
    let arms = keys.arm.into_iter().enumerate().map(|(number, own)| {
        let label = if count == 1 { "arm".to_owned() } else { format!("arm {}", number + 1) };
        own.arm(label, folder).map_err(|own| source.misread(number, own))
    });
    let arms: Vec<Arm> = arms.collect::<Result<_>>()?;
    let hazard_ratio = ratio(keys.hr, keys.hr_ci).map_err(|own| source.top(own))?;
    let p = keys.p.as_deref().map(Printed::parse).transpose();
    let p = p.map_err(|error| source.top(of("p")(error)))?;
    if arms.len() != 2 && (hazard_ratio.is_some() || p.is_some()) {
        let key = if hazard_ratio.is_some() { "hr" } else { "p" };
        let message = format!("hr and p compare two arms, but there are {count}");
        return Err(source.top(of(key)(Error::option(message))));
    }
    Ok(Arms { arms, hazard_ratio, p })
}

/// The arm that one is a part of, and the division.
fn part(whole: Option<String>, by: Option<String>) -> Result<Option<(String, String)>, Misread> {
    match (whole, by) {
        (Some(whole), by) => Ok(Some((whole, by.unwrap_or_else(|| "part".to_owned())))),
        (None, Some(_)) => Err(of("by")(Error::option("by without part-of: part of what?"))),
        (None, None) => Ok(None),
    }
}

fn ratio(hr: Option<String>, ci: Option<String>) -> Result<Option<PrintedEstimate>, Misread> {
    let Some(hr) = hr else {
        return match ci {
            Some(_) => Err(of("hr_ci")(Error::option("hr_ci without hr"))),
            None => Ok(None),
        };
    };
    let own = PrintedEstimate::parse(&hr).map_err(of("hr"))?;
    let limits = ci.as_deref().map(limits).transpose().map_err(of("hr_ci"))?;
    Ok(Some(match limits {
        None => own,
        limits => PrintedEstimate::new(own.estimate, limits),
    }))
}

/// A file's text, for errors that say where.
struct Source<'s> {
    file: &'s str,
    text: &'s str,
}

impl Source<'_> {
    /// A key of the file that could not be read.
    fn top(&self, own: Misread) -> Error {
        self.error(self.key(None, own.key), own.key.to_owned(), own.error.to_string())
    }

    /// A key of an arm that could not be read.
    fn misread(&self, arm: usize, own: Misread) -> Error {
        let key = format!("arm.{}", own.key);
        self.error(self.key(Some(arm), own.key), key, own.error.to_string())
    }

    fn error(&self, start: usize, key: String, message: String) -> Error {
        let line = self.line(start);
        PlanError { file: self.file.to_owned(), line, key, message, help: None }.into()
    }

    fn syntax(&self, error: &toml::de::Error) -> Error {
        let line = self.line(error.span().map_or(0, |span| span.start));
        let (file, message) = (self.file.to_owned(), error.message().to_owned());
        let own = PlanError { file, line, key: String::new(), message, help: None };
        let own = match own.message.contains("expected a string") {
            true => {
                own.help("printed numbers are written in quotes, so that their digits are known")
            }
            false => own,
        };
        own.into()
    }

    /// Where a key of the file or of an arm begins; its table, or the file, where it is not there.
    fn key(&self, arm: Option<usize>, name: &str) -> usize {
        let Ok(file) = DeTable::parse(self.text) else { return 0 };
        let (mut table, mut start) = (file.get_ref(), 0);
        if let Some(at) = arm {
            let own = table.get("arm").and_then(|own| own.get_ref().get(at));
            let Some(own) = own else { return 0 };
            start = own.span().start;
            let Some(keys) = own.get_ref().as_table() else { return start };
            table = keys;
        }
        let same = |key: &str| key.replace('_', "-") == name.replace('_', "-");
        let found = table.keys().find(|own| same(own.get_ref()));
        found.map_or(start, |own| own.span().start)
    }

    /// The line of a place in the text, counted from 1.
    fn line(&self, start: usize) -> u64 {
        self.text.bytes().take(start).filter(|&byte| byte == b'\n').count() as u64 + 1
    }
}

impl ArmKeys {
    /// Files are named from `folder`.
    fn arm(self, label: String, folder: &Path) -> Result<Arm, Misread> {
        let part_of = part(self.part_of.clone(), self.by.clone())?;
        Ok(Arm { part_of, ..Arm::parse(&self.args()?, label, folder)? })
    }

    fn args(self) -> Result<ArmArgs, Misread> {
        let rates = match self.rate {
            Words::One(own) => vec![own],
            Words::Many(own) => own,
        };
        let conf_type =
            self.conf_type.map(|own| named(&own, &ConfType::ALL, ConfType::name, "conf-type"));
        let dialect = self.dialect.map(|own| named(&own, &Dialect::ALL, Dialect::name, "as"));
        Ok(ArmArgs {
            points: self.points,
            at_risk: self.at_risk,
            marks: self.marks,
            n: self.n,
            events: self.events,
            median: self.median,
            median_ci: self.median_ci,
            rates,
            max_time: self.max_time,
            min_follow_up: self.min_follow_up,
            median_follow_up: self.median_follow_up,
            unit: self.unit,
            grid: self.grid,
            conf_type: conf_type.transpose().map_err(of("conf-type"))?,
            dialect: dialect.transpose().map_err(of("as"))?,
            label: self.label,
        })
    }
}

fn named<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str, key: &str) -> Result<T> {
    let found = all.iter().copied().find(|&own| name(own) == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&own| name(own)).collect();
        Error::option(format!("{key} = {text:?}: give one of {}", names.join(", ")))
    })
}
