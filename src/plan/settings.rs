//! The plan's first table: which file, and how it is read.

use std::path::{Path, PathBuf};

use super::section::{Item, Section};
use crate::error::Result;
use crate::formula::date_text;
use crate::io::{Encoding, PartialDate, ReadOptions};

/// Where the data are.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// The file, as it is named in the plan.
    pub(super) file: String,
    /// The last day that the data know of.
    pub(super) cutoff: Option<i32>,
    pub(super) options: ReadOptions,
}

impl Settings {
    /// Reads `data`: a file's name, or a table of keys.
    pub(super) fn parse(item: Item<'_>) -> Result<Self> {
        if !item.is_table() {
            return Ok(Self { file: item.text()?, cutoff: None, options: ReadOptions::default() });
        }
        let mut section = item.section()?;
        let file = section.need("file", "the data, as file = \"nen.csv\"")?.text()?;
        let cutoff = section.take("cutoff").map(Item::day).transpose()?;
        let options = options(&mut section)?;
        section.finish()?;
        Ok(Self { file, cutoff, options })
    }

    /// The file, seen from where the plan is.
    pub(super) fn path(&self, plan: &Path) -> PathBuf {
        match plan.parent() {
            Some(folder) if self.file != "-" => folder.join(&self.file),
            _ => PathBuf::from(&self.file),
        }
    }

    pub(super) fn cutoff_text(&self) -> Option<String> {
        self.cutoff.map(date_text)
    }
}

fn options(section: &mut Section<'_>) -> Result<ReadOptions> {
    let mut options = ReadOptions::default();
    if let Some(delimiter) = section.take("delimiter") {
        options = options.delimiter(one_byte(delimiter)?);
    }
    if let Some(decimal) = section.take("decimal") {
        let place = decimal.place().clone();
        options = match one_byte(decimal)? {
            mark @ (b',' | b'.') => options.decimal(mark),
            _ => return Err(place.error("must be \",\" or \".\"").into()),
        };
    }
    if let Some(encoding) = section.take("encoding") {
        let place = encoding.place().clone();
        let found = Encoding::parse(&encoding.text()?).map_err(|error| place.wrap(&error))?;
        options = options.encoding(found);
    }
    if let Some(formats) = section.take("dates") {
        options = options.dates(formats.texts()?);
    }
    if let Some(rule) = section.take("partial_dates") {
        options = options.partial_dates(partial_dates(rule)?);
    }
    if let Some(sheet) = section.take("sheet") {
        let sheet = sheet.labels()?.concat();
        options = options.sheet(sheet);
    }
    if let Some(missing) = section.take("missing") {
        options = options.missing(missing.labels()?);
    }
    Ok(options)
}

fn partial_dates(item: Item<'_>) -> Result<PartialDate> {
    let place = item.place().clone();
    let name = item.text()?;
    let found = PartialDate::ALL.into_iter().find(|own| own.name() == name);
    let error = || place.error(format!("there is no rule {name:?}")).help("first, middle or last");
    found.ok_or_else(|| error().into())
}

fn one_byte(item: Item<'_>) -> Result<u8> {
    let place = item.place().clone();
    match item.text()?.as_bytes() {
        [byte] if byte.is_ascii() => Ok(*byte),
        b"tab" | b"\\t" => Ok(b'\t'),
        _ => Err(place.error("must be one character, as \";\"").into()),
    }
}
