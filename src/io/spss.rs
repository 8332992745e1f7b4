//! SPSS's data files, .sav and .zsav. Labelled values become their labels; what the file declares
//! as missing is missing.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use ambers::{MissingSpec, Scanner, SpssMetadata, Value, scan_sav_from_reader};
use arrow::array::{
    Array, Date32Array, DurationMicrosecondArray, Float64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};

use super::assemble::{Raw, Rows};
use super::options::{Encoding, ReadOptions};
use super::source::Source;
use super::typing::{Missing, Written};
use crate::error::{Error, Result};
use crate::note::Note;

const BATCH: usize = 1 << 13;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// A data file whose dictionary has been read.
#[derive(Debug)]
pub(super) struct Spss {
    bytes: Arc<[u8]>,
    names: Vec<String>,
    origin: Arc<Rows>,
    missing: Missing,
}

/// What the dictionary says about the values of a variable.
struct Dictionary<'a> {
    numbers: HashMap<u64, &'a str>,
    texts: HashMap<&'a str, &'a str>,
    missing: &'a [MissingSpec],
}

impl Spss {
    /// Reads the dictionary.
    pub(super) fn new(source: &Source, options: &ReadOptions) -> Result<Self> {
        let bytes: Arc<[u8]> = source.whole()?.into();
        let names = open(source.name(), &bytes)?.metadata().variable_names.clone();
        let missing = Missing::new(&options.missing, &[Encoding::Utf8]);
        let origin = Arc::new(Rows(source.name().to_owned()));
        Ok(Self { bytes, names, origin, missing })
    }

    /// Names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.names
    }

    /// Reads variables, ascending.
    pub(super) fn read(&self, wanted: &[usize]) -> Result<Raw> {
        let source = &self.origin.0;
        let mut scanner = open(source, &self.bytes)?;
        let metadata = scanner.metadata().clone();
        let names: Vec<String> = wanted.iter().map(|&column| self.names[column].clone()).collect();
        let mut written: Vec<Written> = wanted.iter().map(|_| Written::new(source)).collect();
        let dictionaries: Vec<Dictionary> =
            names.iter().map(|name| Dictionary::of(name, &metadata)).collect();
        let mut rows = 0;
        while let Some(batch) = scanner.next_batch().map_err(|error| broken(source, &error))? {
            rows += batch.num_rows();
            for ((name, own), dictionary) in names.iter().zip(&mut written).zip(&dictionaries) {
                dictionary.push_all(own, &batch, name)?;
            }
        }
        if rows == 0 {
            return Err(Error::file(source, "has no rows"));
        }
        let columns = written.iter().map(|own| Ok(own.column(&self.missing)?.into()));
        let columns = columns.collect::<Result<_>>()?;
        let (header, origin) = (self.names.clone(), self.origin.clone());
        let notes = metadata.warnings.iter().map(|text| Note::Remark(text.clone())).collect();
        Ok(Raw { rows, names, columns, header, origin, notes })
    }
}

impl<'a> Dictionary<'a> {
    fn of(name: &str, metadata: &'a SpssMetadata) -> Self {
        let (mut numbers, mut texts) = (HashMap::new(), HashMap::new());
        for (value, label) in metadata.value_labels(name).into_iter().flatten() {
            match value {
                // Zero has one text, whatever its sign.
                Value::Numeric(value) => {
                    numbers.insert((value + 0.0).to_bits(), label.trim());
                }
                Value::String(value) => {
                    texts.insert(value.trim_end(), label.trim());
                }
            }
        }
        let missing = metadata.variable_missing_values.get(name).map_or(&[][..], Vec::as_slice);
        Self { numbers, texts, missing }
    }

    fn push_all(&self, out: &mut Written, batch: &RecordBatch, name: &str) -> Result<()> {
        let array = batch.column_by_name(name).map(|own| own.as_any());
        let array = array.unwrap_or(&());
        if let Some(own) = array.downcast_ref::<Float64Array>() {
            each(out, own.iter(), |out, value| self.number(out, value))
        } else if let Some(own) = array.downcast_ref::<StringViewArray>() {
            each(out, own.iter(), |out, value| self.text(out, value))
        } else if let Some(own) = array.downcast_ref::<Date32Array>() {
            each(out, own.iter(), |out, value| out.date(value.into()))
        } else if let Some(own) = array.downcast_ref::<TimestampMicrosecondArray>() {
            each(out, own.iter(), |out, value| out.moment(value, MICROS_A_DAY, false))
        } else if let Some(own) = array.downcast_ref::<DurationMicrosecondArray>() {
            each(out, own.iter(), |out, value| out.value(value as f64 / 1e6))
        } else {
            Err(Error::file(format!("variable {name}"), "has a type that is not read"))
        }
    }

    fn number(&self, out: &mut Written, value: f64) {
        let is_missing = self.missing.iter().any(|spec| match spec {
            MissingSpec::Value(own) => *own == value,
            MissingSpec::Range { lo, hi } => (*lo..=*hi).contains(&value),
            MissingSpec::StringValue(_) => false,
        });
        match self.numbers.get(&(value + 0.0).to_bits()) {
            _ if is_missing || value.is_nan() => {}
            Some(label) => out.text.push_str(label),
            None => out.value(value),
        }
    }

    fn text(&self, out: &mut Written, value: &str) {
        let value = value.trim_end();
        let is_missing = self
            .missing
            .iter()
            .any(|spec| matches!(spec, MissingSpec::StringValue(own) if own.trim_end() == value));
        if !is_missing {
            out.text.push_str(self.texts.get(value).copied().unwrap_or(value));
        }
    }
}

/// Writes the values that are there, and nothing for those that are not.
fn each<T>(
    out: &mut Written,
    values: impl Iterator<Item = Option<T>>,
    mut write: impl FnMut(&mut Written, T),
) -> Result<()> {
    for value in values {
        if let Some(value) = value {
            write(out, value);
        }
        out.end()?;
    }
    Ok(())
}

fn open(source: &str, bytes: &Arc<[u8]>) -> Result<Scanner<Cursor<Arc<[u8]>>>> {
    let scanner = scan_sav_from_reader(Cursor::new(bytes.clone()), BATCH);
    scanner.map_err(|error| broken(source, &error))
}

fn broken(source: &str, error: &impl std::fmt::Display) -> Error {
    Error::file(source, format!("cannot be read as an SPSS file: {error}"))
}
