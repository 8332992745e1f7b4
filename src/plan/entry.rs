//! What a report is to hold: its cover, and analyses as they are written.

use super::section::{Item, Place, Section};
use crate::error::{PlanError, Result};

/// Whose a report is, and what it is called: `[report]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    /// The heading.
    pub title: Option<String>,
    /// What stands below it.
    pub subtitle: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The day that it is of, as it is written; no clock is asked.
    pub date: Option<String>,
}

/// An `[[analysis]]`: keys that whoever makes the analysis understands.
#[derive(Debug, Clone)]
pub struct Entry {
    place: Place,
    keys: Vec<Key>,
}

/// A key, where it stands, and what it says.
#[derive(Debug, Clone)]
pub struct Key {
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub answer: Answer,
}

/// What a key says.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Yes or no.
    Flag(bool),
    /// A text, or a number as it is written.
    One(String),
    /// Several texts or numbers.
    Several(Vec<String>),
    /// A table of keys.
    Keys(Vec<Key>),
}

impl Cover {
    pub(super) fn parse(item: Item<'_>) -> Result<Self> {
        let mut section = item.section()?;
        let mut text = |key| section.take(key).map(Item::text).transpose();
        let [title, subtitle, author] = ["title", "subtitle", "author"].map(&mut text);
        let (title, subtitle, author) = (title?, subtitle?, author?);
        let date = section.take("date").map(Item::text_or_day).transpose()?;
        section.finish()?;
        Ok(Self { title, subtitle, author, date })
    }
}

impl Entry {
    pub(super) fn parse(item: Item<'_>) -> Result<Self> {
        let section: Section<'_> = item.section()?;
        let place = section.place().clone();
        Ok(Self { place, keys: keys(section)? })
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its keys, in the order of the file.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }
}

/// All keys of a table.
pub(super) fn keys(section: Section<'_>) -> Result<Vec<Key>> {
    let key = |(name, item): (String, Item<'_>)| {
        Ok(Key { name, place: item.place().clone(), answer: item.answer()? })
    };
    section.all().into_iter().map(key).collect()
}

impl Key {
    /// Says what is wrong with it.
    pub fn error(&self, message: impl Into<String>) -> PlanError {
        self.place.error(message)
    }
}
