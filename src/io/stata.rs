//! Stata's data sets. Labelled values become their labels, every kind of missing value is
//! missing, and months without a day are partial dates.

use std::io::Cursor;
use std::sync::Arc;

use dta::stata::dta::characteristic_reader::CharacteristicReader;
use dta::stata::dta::dta_error::DtaError;
use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::long_string_table::LongStringTable;
use dta::stata::dta::value::Value;
use dta::stata::dta::value_label_table::ValueLabelTable;
use dta::stata::dta::variable::Variable;
use dta::stata::temporal::TemporalKind;
use dta::stata::temporal::conversion::{
    STATA_EPOCH_UNIX_DAYS, STATA_EPOCH_UNIX_MILLIS, tm_months_to_year_month,
};

use super::assemble::{Raw, Rows};
use super::options::{Encoding, ReadOptions};
use super::source::Source;
use super::typing::{Missing, Written};
use crate::error::{Error, Result};

const MILLIS_A_DAY: i64 = 86_400_000;

/// A data set whose variables are known.
#[derive(Debug)]
pub(super) struct Stata {
    bytes: Arc<[u8]>,
    names: Vec<String>,
    origin: Arc<Rows>,
    missing: Missing,
}

/// What stands beside the records.
struct Texts {
    labels: ValueLabelTable,
    long: LongStringTable,
    encoding: &'static encoding_rs::Encoding,
}

type Chain = CharacteristicReader<Cursor<Arc<[u8]>>>;

impl Stata {
    /// Reads the names of the variables.
    pub(super) fn new(source: &Source, options: &ReadOptions) -> Result<Self> {
        let bytes: Arc<[u8]> = source.whole()?.into();
        let broken = |error: DtaError| broken(source.name(), &error);
        let reader = open(&bytes).map_err(broken)?;
        if reader.header().observation_count() == 0 {
            return Err(Error::file(source.name(), "has no rows"));
        }
        let variables = reader.schema().variables();
        let names = variables.iter().map(|variable| variable.name().to_owned()).collect();
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
        let mut written: Vec<Written> =
            wanted.iter().map(|_| Written::new(&self.origin.0)).collect();
        let rows = self.records(wanted, &mut written)?;
        let columns = written.iter().map(|own| Ok(own.column(&self.missing)?.into()));
        Ok(Raw {
            rows,
            names: wanted.iter().map(|&column| self.names[column].clone()).collect(),
            columns: columns.collect::<Result<_>>()?,
            header: self.names.clone(),
            origin: self.origin.clone(),
            notes: Vec::new(),
        })
    }

    fn records(&self, wanted: &[usize], written: &mut [Written]) -> Result<usize> {
        let broken = |error: DtaError| broken(&self.origin.0, &error);
        let (mut labels, mut long) = (ValueLabelTable::new(), LongStringTable::for_reading());
        let chain = open(&self.bytes).map_err(broken)?;
        let encoding = chain.encoding();
        let mut texts = chain.seek_long_strings().map_err(broken)?;
        texts.read_remaining_into(&mut long).map_err(broken)?;
        let mut sets = texts.into_value_label_reader().map_err(broken)?;
        sets.read_remaining_into(&mut labels).map_err(broken)?;
        let mut records = sets.seek_records().map_err(broken)?;
        let schema = records.schema().clone();
        let texts = Texts { labels, long, encoding };
        let mut rows = 0;
        while let Some(record) = records.read_lazy_record().map_err(broken)? {
            for (&column, own) in wanted.iter().zip(&mut *written) {
                let value = record.value(column).map_err(broken)?;
                texts.push(own, &schema.variables()[column], &value);
                own.end()?;
            }
            rows += 1;
        }
        Ok(rows)
    }
}

impl Texts {
    fn push(&self, out: &mut Written, variable: &Variable, value: &Value) {
        let number = match value {
            Value::Byte(own) => own.present().map(f64::from),
            Value::Int(own) => own.present().map(f64::from),
            Value::Long(own) => own.present().map(f64::from),
            Value::Double(own) => own.present(),
            // The shortest text of a single is what was typed in.
            Value::Float(own) => own.present().and_then(|own| own.to_string().parse().ok()),
            Value::String(text) => return out.text.push_str(text.trim()),
            Value::LongStringRef(reference) => {
                let text = self.long.get(reference);
                let text = text.as_ref().and_then(|text| text.data_str(self.encoding));
                return out.text.push_str(text.as_deref().unwrap_or_default().trim());
            }
        };
        let Some(number) = number else { return };
        let whole = (number.fract() == 0.0).then_some(number as i32);
        match whole.and_then(|whole| self.labels.label_for(variable, whole)) {
            Some(label) => out.text.push_str(label.trim()),
            None => push_number(out, number, TemporalKind::from_format(variable.format())),
        }
    }
}

fn push_number(out: &mut Written, number: f64, kind: Option<TemporalKind>) {
    match kind {
        Some(TemporalKind::Date) => {
            out.date(number.floor() as i64 + i64::from(STATA_EPOCH_UNIX_DAYS));
        }
        Some(TemporalKind::DateTime | TemporalKind::DateTimeLeap) => {
            out.moment(number as i64 + STATA_EPOCH_UNIX_MILLIS, MILLIS_A_DAY, false);
        }
        Some(TemporalKind::Month) => {
            let (year, month) = tm_months_to_year_month(number as i32);
            out.value(format_args!("{year:04}-{month:02}"));
        }
        _ => out.value(number),
    }
}

fn open(bytes: &Arc<[u8]>) -> std::result::Result<Chain, DtaError> {
    DtaReader::new().from_reader(Cursor::new(bytes.clone())).read_header()?.read_schema()
}

fn broken(source: &str, error: &DtaError) -> Error {
    Error::file(source, format!("cannot be read as a Stata data set: {error}"))
}
