//! Parquet: columns that are not nested, whatever their physical type.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::assemble::{Raw, RawColumn, Rows};
use super::names::check_unique;
use super::options::{Encoding, ReadOptions};
use super::source::Source;
use super::typing::{Missing, Written};
use crate::error::{DataError, Error, Problem, Result};
use crate::table::Column;

/// Rows read at a time.
const BATCH: usize = 1 << 14;

/// A file whose schema has been read.
pub(super) struct Parquet {
    reader: SerializedFileReader<Bytes>,
    /// Columns of the schema that are read, each by name.
    names: Vec<String>,
    leaves: Vec<usize>,
    rows: usize,
    origin: Arc<Rows>,
    missing: Missing,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Date,
    /// So many a day, and whether by the clock of Greenwich.
    Time(i64, bool),
    /// Digits behind the point.
    Decimal(usize),
    Unread,
}

impl std::fmt::Debug for Parquet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parquet").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Parquet {
    /// Reads the schema.
    pub(super) fn new(source: &Source, options: &ReadOptions) -> Result<Self> {
        let reader = SerializedFileReader::new(Bytes::from(source.whole()?));
        let reader = reader.map_err(|error| broken(source.name(), &error))?;
        let metadata = reader.metadata().file_metadata();
        let flat =
            |own: &ColumnDescriptor| own.path().parts().len() == 1 && own.max_rep_level() == 0;
        let columns = metadata.schema_descr().columns().iter().enumerate();
        let (leaves, names): (Vec<usize>, Vec<String>) = columns
            .filter(|(_, own)| flat(own))
            .map(|(leaf, own)| (leaf, own.name().trim().to_owned()))
            .unzip();
        check_unique(&names, source.name(), &Problem::default())?;
        let rows = usize::try_from(metadata.num_rows()).unwrap_or(0);
        if rows == 0 {
            return Err(Error::file(source.name(), "has no rows"));
        }
        let origin = Arc::new(Rows(source.name().to_owned()));
        let missing = Missing::new(&options.missing, &[Encoding::Utf8]);
        Ok(Self { reader, names, leaves, rows, origin, missing })
    }

    /// Names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.names
    }

    /// Reads columns, ascending.
    pub(super) fn read(&self, wanted: &[usize]) -> Result<Raw> {
        let columns = wanted.iter().map(|&column| self.column(column)).collect::<Result<_>>()?;
        Ok(Raw {
            rows: self.rows,
            names: wanted.iter().map(|&column| self.names[column].clone()).collect(),
            columns,
            header: self.names.clone(),
            origin: self.origin.clone(),
            notes: Vec::new(),
        })
    }

    fn column(&self, column: usize) -> Result<RawColumn> {
        let leaf = self.leaves[column];
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let style = style(&schema.column(leaf));
        if style == Style::Unread {
            let name = &self.names[column];
            let error = DataError::new(format!("{name} has a type that is not read"));
            let nothing = Column::Number { values: vec![f64::NAN; self.rows], exact: true };
            return Ok(RawColumn { refused: Some(error), ..nothing.into() });
        }
        let mut written = Written::new(&self.origin.0);
        let mut rows = 0;
        for group in 0..self.reader.num_row_groups() {
            rows += self.group(group, leaf, style, &mut written)?;
        }
        if rows != self.rows {
            return Err(Error::file(&self.origin.0, "has fewer rows than it says"));
        }
        Ok(written.column(&self.missing)?.into())
    }

    fn group(&self, at: usize, leaf: usize, style: Style, out: &mut Written) -> Result<usize> {
        let failed = |error| broken(&self.origin.0, &error);
        let group = self.reader.get_row_group(at).map_err(failed)?;
        let name = &self.origin.0;
        match group.get_column_reader(leaf).map_err(failed)? {
            ColumnReader::BoolColumnReader(own) => {
                values(name, own, out, |out, value| out.value(value))
            }
            ColumnReader::Int32ColumnReader(own) => {
                values(name, own, out, |out, &value| whole(out, value.into(), style))
            }
            ColumnReader::Int64ColumnReader(own) => {
                values(name, own, out, |out, &value| whole(out, value, style))
            }
            ColumnReader::Int96ColumnReader(own) => {
                let style = Style::Time(86_400_000, false);
                values(name, own, out, |out, value| whole(out, value.to_millis(), style))
            }
            ColumnReader::FloatColumnReader(own) => values(name, own, out, finite),
            ColumnReader::DoubleColumnReader(own) => values(name, own, out, finite),
            ColumnReader::ByteArrayColumnReader(own) => {
                values(name, own, out, |out, value| bytes(out, value.data(), style))
            }
            ColumnReader::FixedLenByteArrayColumnReader(own) => {
                values(name, own, out, |out, value| bytes(out, value.data(), style))
            }
        }
    }
}

/// Writes the values of one row group; says how many rows it has.
fn values<T: DataType>(
    source: &str,
    mut reader: ColumnReaderImpl<T>,
    out: &mut Written,
    write: impl Fn(&mut Written, &T::T),
) -> Result<usize> {
    let (mut rows, mut values, mut levels) = (0, Vec::new(), Vec::new());
    loop {
        values.clear();
        levels.clear();
        let read = reader.read_records(BATCH, Some(&mut levels), None, &mut values);
        let (records, count, _) = read.map_err(|error| broken(source, &error))?;
        if records == 0 {
            return Ok(rows);
        }
        rows += records;
        let mut present = values[..count.min(values.len())].iter();
        let all = levels.is_empty();
        for row in 0..records {
            if let Some(value) =
                (all || levels.get(row) == Some(&1)).then(|| present.next()).flatten()
            {
                write(out, value);
            }
            out.end()?;
        }
    }
}

fn style(column: &ColumnDescriptor) -> Style {
    let scale = |scale: i32| usize::try_from(scale).map_or(Style::Unread, Style::Decimal);
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Style::Date,
        (Some(LogicalType::Timestamp(own)), _) => {
            Style::Time(a_day(own.unit), own.is_adjusted_to_u_t_c)
        }
        (None, ConvertedType::TIMESTAMP_MILLIS) => Style::Time(a_day(TimeUnit::MILLIS), true),
        (None, ConvertedType::TIMESTAMP_MICROS) => Style::Time(a_day(TimeUnit::MICROS), true),
        (Some(LogicalType::Decimal(own)), _) => scale(own.scale),
        (None, ConvertedType::DECIMAL) => scale(column.type_scale()),
        (Some(LogicalType::Integer(own)), _) if !own.is_signed && own.bit_width >= 32 => {
            Style::Unread
        }
        (None, ConvertedType::UINT_32 | ConvertedType::UINT_64) => Style::Unread,
        (
            None
            | Some(
                LogicalType::Integer(_)
                | LogicalType::String
                | LogicalType::Enum
                | LogicalType::Unknown,
            ),
            _,
        ) => Style::Plain,
        _ => Style::Unread,
    }
}

fn a_day(unit: TimeUnit) -> i64 {
    86_400
        * match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        }
}

/// A number; "not a number" is missing.
fn finite(out: &mut Written, value: &(impl std::fmt::Display + Copy + Into<f64>)) {
    if !(*value).into().is_nan() {
        out.value(value);
    }
}

fn whole(out: &mut Written, value: i64, style: Style) {
    match style {
        Style::Date => out.date(value),
        Style::Time(a_day, greenwich) => out.moment(value, a_day, greenwich),
        Style::Decimal(places) => decimal(out, value.into(), places),
        Style::Plain | Style::Unread => out.value(value),
    }
}

fn decimal(out: &mut Written, value: i128, places: usize) {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, rest) = digits.split_at(digits.len() - places);
    let point = if rest.is_empty() { "" } else { "." };
    out.value(format_args!("{sign}{whole}{point}{rest}"));
}

fn bytes(out: &mut Written, value: &[u8], style: Style) {
    match style {
        Style::Decimal(places) if (1..=16).contains(&value.len()) => {
            let first = if value[0] >= 0x80 { -1 } else { 0 };
            let number = value.iter().fold(first, |own: i128, &byte| (own << 8) | i128::from(byte));
            decimal(out, number, places);
        }
        _ => out.text.push_str(&String::from_utf8_lossy(value)),
    }
}

fn broken(source: &str, error: &ParquetError) -> Error {
    Error::file(source, format!("cannot be read as Parquet: {error}"))
}
