//! Arms in a TOML file.

use std::path::Path;

use serde::Deserialize;

use super::args::ArmArgs;
use super::arm::{Arm, limits};
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
    let keys: FileKeys = toml::from_str(&text).map_err(|error| syntax(file, &text, &error))?;
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let at = |key: &str, message: String| -> Error {
        let (file, key) = (file.to_owned(), key.to_owned());
        PlanError { file, line: 1, key, message, help: None }.into()
    };
    if keys.arm.is_empty() {
        return Err(at("arm", "there is no [[arm]] table".to_owned()));
    }
    let count = keys.arm.len();
    let arms = keys.arm.into_iter().enumerate().map(|(number, own)| {
        let label = if count == 1 { "arm".to_owned() } else { format!("arm {}", number + 1) };
        let part = part(own.part_of.clone(), own.by.clone()).map_err(|own| at(&label, own))?;
        let args = own.args().map_err(|error| at(&label, error.to_string()))?;
        let arm = Arm::parse(&args, label.clone(), folder);
        let arm = arm.map_err(|error| at(&label, error.to_string()))?;
        Ok(Arm { part_of: part, ..arm })
    });
    let arms: Vec<Arm> = arms.collect::<Result<_>>()?;
    let hazard_ratio = ratio(keys.hr, keys.hr_ci).map_err(|error| at("hr", error.to_string()))?;
    let p = keys.p.as_deref().map(Printed::parse).transpose();
    let p = p.map_err(|error| at("p", error.to_string()))?;
    if arms.len() != 2 && (hazard_ratio.is_some() || p.is_some()) {
        return Err(at("hr", format!("hr and p compare two arms, but there are {count}")));
    }
    Ok(Arms { arms, hazard_ratio, p })
}

/// The arm that one is a part of, and the division.
fn part(whole: Option<String>, by: Option<String>) -> Result<Option<(String, String)>, String> {
    match (whole, by) {
        (Some(whole), by) => Ok(Some((whole, by.unwrap_or_else(|| "part".to_owned())))),
        (None, Some(_)) => Err("by without part-of: part of what?".to_owned()),
        (None, None) => Ok(None),
    }
}

fn ratio(hr: Option<String>, ci: Option<String>) -> Result<Option<PrintedEstimate>> {
    let Some(hr) = hr else {
        return match ci {
            Some(_) => Err(Error::option("hr_ci without hr")),
            None => Ok(None),
        };
    };
    let own = PrintedEstimate::parse(&hr)?;
    match ci {
        None => Ok(Some(own)),
        Some(ci) => Ok(Some(PrintedEstimate::new(own.estimate, Some(limits(&ci)?)))),
    }
}

fn syntax(file: &str, text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().map_or("", |span| &text[..span.start.min(text.len())]);
    let line = before.matches('\n').count() as u64 + 1;
    let message = error.message().to_owned();
    let own = PlanError { file: file.to_owned(), line, key: String::new(), message, help: None };
    let own = match own.message.contains("expected a string") {
        true => own.help("printed numbers are written in quotes, so that their digits are known"),
        false => own,
    };
    own.into()
}

impl ArmKeys {
    fn args(self) -> Result<ArmArgs> {
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
            conf_type: conf_type.transpose()?,
            dialect: dialect.transpose()?,
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
