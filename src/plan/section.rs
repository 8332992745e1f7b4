//! TOML with the line and the name of every key, so that a mistake can be shown where it stands.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::entry::Answer;
use crate::error::{Error, PlanError, Result};
use crate::formula::{Expr, closest, day_of};

/// A table of keys, each of which is to be taken once.
pub(crate) struct Section<'i> {
    place: Place,
    entries: Vec<(String, Item<'i>)>,
    /// Every key that was asked for: the ones there may be.
    known: Vec<&'static str>,
}

/// A value and where it stands.
pub(crate) struct Item<'i> {
    place: Place,
    value: DeValue<'i>,
}

/// Where something stands in a plan.
#[derive(Debug, Clone)]
pub struct Place {
    file: Arc<str>,
    text: Arc<str>,
    key: String,
    span: Range<usize>,
}

impl<'i> Section<'i> {
    /// Reads a whole file.
    pub(crate) fn parse(file: &str, text: &'i str) -> Result<Self> {
        let place =
            Place { file: file.into(), text: text.into(), key: String::new(), span: 0..text.len() };
        match DeTable::parse(text) {
            Ok(table) => Ok(Self::new(place, table.into_inner())),
            Err(error) => {
                let at = Place { span: error.span().unwrap_or(0..0), ..place };
                let message = error.message().lines().collect::<Vec<_>>().join("; ");
                Err(at.error(format!("this is not TOML: {message}")).into())
            }
        }
    }

    fn new(place: Place, table: DeTable<'i>) -> Self {
        let mut spans = Vec::new();
        let mut entries = Vec::new();
        for (key, value) in table {
            spans.push((key.span().start, entries.len()));
            let name = key.get_ref().to_string();
            let item = Item::new(place.inside(&name, key.span()), value);
            entries.push(Some((name, item)));
        }
        // Keys in the order of the file, whatever order the parser keeps them in.
        spans.sort_unstable();
        let entries = spans.iter().filter_map(|&(_, at)| entries[at].take()).collect();
        Self { place, entries, known: Vec::new() }
    }

    /// The value of a key, if it is there.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Item<'i>> {
        self.known.push(key);
        let at = self.entries.iter().position(|(own, _)| own == key)?;
        Some(self.entries.remove(at).1)
    }

    /// Whether a key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(own, _)| own == key)
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&mut self, key: &'static str, help: &str) -> Result<Item<'i>> {
        let place = self.place.clone();
        self.take(key).ok_or_else(|| place.error(format!("{key} is missing")).help(help).into())
    }

    /// All keys, whatever they are called.
    pub(crate) fn all(self) -> Vec<(String, Item<'i>)> {
        self.entries
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Refuses keys that nobody asked for.
    pub(crate) fn finish(self) -> Result<()> {
        let Some((key, item)) = self.entries.first() else { return Ok(()) };
        let help = match closest(key, self.known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the keys here are {}", self.known.join(", ")),
        };
        Err(item.place.error("there is no such key").help(help).into())
    }
}

impl<'i> Item<'i> {
    fn new(place: Place, value: Spanned<DeValue<'i>>) -> Self {
        Self { place, value: value.into_inner() }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn text(self) -> Result<String> {
        match self.value {
            DeValue::String(text) => Ok(text.into_owned()),
            _ => Err(self.unexpected("a text in quotes")),
        }
    }

    pub(crate) fn flag(self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.unexpected("true or false"))
    }

    pub(crate) fn number(self) -> Result<f64> {
        let text = match &self.value {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => return Err(self.unexpected("a number")),
        };
        let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.unexpected("a decimal number"))
    }

    /// A number above 0.
    pub(crate) fn positive(self) -> Result<f64> {
        let place = self.place.clone();
        let number = self.number()?;
        if number > 0.0 { Ok(number) } else { Err(place.error("must be above 0").into()) }
    }

    /// Days since 1970-01-01.
    pub(crate) fn day(self) -> Result<i32> {
        let date = self.value.as_datetime().and_then(|own| own.date);
        let days = date.and_then(|own| day_of(&own.to_string()));
        days.ok_or_else(|| self.unexpected("a day without quotes, as 2024-06-30"))
    }

    pub(crate) fn section(self) -> Result<Section<'i>> {
        match self.value {
            DeValue::Table(table) => Ok(Section::new(self.place, table)),
            _ => Err(self.unexpected("a table of keys")),
        }
    }

    /// The entries of a list; a single value is a list of one.
    pub(crate) fn list(self) -> Vec<Self> {
        let Self { place, value } = self;
        match value {
            DeValue::Array(values) => {
                values.into_iter().map(|value| Self::new(place.at(value.span()), value)).collect()
            }
            value => vec![Self { place, value }],
        }
    }

    pub(crate) fn texts(self) -> Result<Vec<String>> {
        self.list().into_iter().map(Self::text).collect()
    }

    /// Numbers and texts as texts: ids may be either.
    pub(crate) fn labels(self) -> Result<Vec<String>> {
        let label = |item: Item<'i>| match &item.value {
            DeValue::Integer(number) => Ok(number.as_str().to_owned()),
            _ => item.text(),
        };
        self.list().into_iter().map(label).collect()
    }

    /// A text, or a day without quotes.
    pub(crate) fn text_or_day(self) -> Result<String> {
        match self.value.as_datetime().and_then(|own| own.date) {
            Some(day) => Ok(day.to_string()),
            None => self.text(),
        }
    }

    /// A flag, a text or number, a list of these, or a table of keys.
    pub(crate) fn answer(self) -> Result<Answer> {
        let words = |item: Self| match &item.value {
            DeValue::Integer(number) => Ok(number.as_str().to_owned()),
            DeValue::Float(number) => Ok(number.as_str().to_owned()),
            _ => item.text(),
        };
        match &self.value {
            DeValue::Boolean(own) => Ok(Answer::Flag(*own)),
            DeValue::Array(_) => {
                self.list().into_iter().map(words).collect::<Result<_>>().map(Answer::Several)
            }
            DeValue::Table(_) => Ok(Answer::Keys(super::entry::keys(self.section()?)?)),
            DeValue::Datetime(_) => {
                Err(self.unexpected("a text, a number, a list, or true or false"))
            }
            _ => words(self).map(Answer::One),
        }
    }

    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// An expression over columns.
    pub(crate) fn expr(self) -> Result<Expr> {
        let place = self.place.clone();
        let text = self.text()?;
        Expr::parse(&text).map_err(|error| place.wrap(&error))
    }

    fn unexpected(&self, wanted: &str) -> Error {
        self.place.error(format!("this is {}, not {wanted}", kind(&self.value))).into()
    }
}

impl Place {
    fn inside(&self, key: &str, span: Range<usize>) -> Self {
        let key = match self.key.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        Self { key, span, ..self.clone() }
    }

    fn at(&self, span: Range<usize>) -> Self {
        Self { span, ..self.clone() }
    }

    /// Line, counted from 1.
    fn line(&self) -> u64 {
        let before = self.text.as_bytes().iter().take(self.span.start);
        1 + before.filter(|&&byte| byte == b'\n').count() as u64
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> PlanError {
        PlanError {
            file: self.file.to_string(),
            line: self.line(),
            key: self.key.clone(),
            message: message.into(),
            help: None,
        }
    }

    /// Says where in the plan another error came from.
    pub(crate) fn wrap(&self, error: &Error) -> Error {
        self.error(error.to_string()).into()
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table of keys",
    }
}
