//! Parquet files: what is written comes back.

#![cfg(feature = "parquet")]

use std::sync::Arc;

use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use riskset::io::{ReadOptions, Reader};
use riskset::table::{Column, MISSING_INT, Table};

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// A file of some row groups, each filled alike.
fn file(schema: &str, groups: usize, fill: impl Fn(&mut Group)) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message m {{ {schema} }}")).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for _ in 0..groups {
        let mut group = writer.next_row_group().unwrap();
        fill(&mut group);
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn put<T: parquet::data_type::DataType>(
    group: &mut Group,
    values: &[T::T],
    levels: Option<&[i16]>,
) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, levels, None).unwrap();
    column.close().unwrap();
}

fn read_with(bytes: Vec<u8>, options: ReadOptions) -> riskset::Result<Table> {
    Reader::from_bytes("data.parquet", bytes, options)?.read_all()
}

#[test]
fn every_kind_of_column() {
    let schema = "OPTIONAL INT32 i; REQUIRED INT64 l; REQUIRED DOUBLE n; REQUIRED FLOAT f; \
                  REQUIRED BOOLEAN b; OPTIONAL BYTE_ARRAY c (UTF8); REQUIRED INT32 d (DATE); \
                  REQUIRED INT64 t (TIMESTAMP(MICROS, false)); REQUIRED INT32 m (DECIMAL(9, 2)); \
                  REQUIRED FIXED_LEN_BYTE_ARRAY(2) w (DECIMAL(4, 1));";
    let bytes = file(schema, 2, |group| {
        put::<Int32Type>(group, &[7], Some(&[1, 0]));
        put::<Int64Type>(group, &[1, -5_000_000_000], None);
        put::<DoubleType>(group, &[1.5, f64::NAN], None);
        put::<FloatType>(group, &[0.1, -2.0], None);
        put::<BoolType>(group, &[true, false], None);
        put::<ByteArrayType>(group, &[ByteArray::from("groß")], Some(&[0, 1]));
        put::<Int32Type>(group, &[17_967, -1], None);
        put::<Int64Type>(group, &[86_400_000_000, -1], None);
        put::<Int32Type>(group, &[-5, 1_234], None);
        let wide = |value: i16| FixedLenByteArray::from(value.to_be_bytes().to_vec());
        put::<FixedLenByteArrayType>(group, &[wide(-15), wide(20)], None);
    });
    let table = read_with(bytes, ReadOptions::default()).unwrap();
    assert_eq!(table.rows(), 4);
    assert_eq!(table.column("i"), Some(&Column::Integer(vec![7, MISSING_INT, 7, MISSING_INT])));
    let numbers = |name: &str| match table.column(name) {
        Some(Column::Number { values, exact: true }) => values[..2].to_vec(),
        other => panic!("{name} is {other:?}"),
    };
    assert_eq!(numbers("l"), [1.0, -5e9]);
    assert!(numbers("n")[0] == 1.5 && numbers("n")[1].is_nan());
    assert_eq!(numbers("f"), [0.1, -2.0]);
    assert_eq!(numbers("m"), [-0.05, 12.34]);
    assert_eq!(numbers("w"), [-1.5, 2.0]);
    assert_eq!(table.column("b"), Some(&Column::Boolean(vec![1, 0, 1, 0])));
    assert_eq!(table.column("d"), Some(&Column::Date(vec![17_967, -1, 17_967, -1])));
    assert_eq!(table.column("t"), Some(&Column::Date(vec![1, -1, 1, -1])));
    let Some(Column::Category(category)) = table.column("c") else { panic!() };
    assert_eq!(*category.levels, ["groß"]);
    let notes: Vec<String> = table.notes().iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["t: 2 dates with a time of day taken as the day"]);
}

#[test]
fn missing_codes_and_times_of_greenwich() {
    let schema = "REQUIRED INT32 i; REQUIRED INT64 t (TIMESTAMP(MILLIS, true)); \
                  REQUIRED GROUP g { REQUIRED INT32 nested; }";
    let bytes = file(schema, 1, |group| {
        put::<Int32Type>(group, &[-99, 3], None);
        put::<Int64Type>(group, &[0, 3_600_000], None);
        put::<Int32Type>(group, &[1, 2], None);
    });
    let options = || ReadOptions::default().missing(["-99"]);
    let reader = Reader::from_bytes("data.parquet", bytes.clone(), options()).unwrap();
    assert_eq!(reader.header(), ["i", "t"]);
    let table = reader.read(&["i"]).unwrap();
    assert_eq!(table.column("i"), Some(&Column::Integer(vec![MISSING_INT, 3])));
    let error = reader.read(&["t"]).unwrap_err().to_string();
    assert!(error.contains("time zone\n  row 2, column t"), "{error}");
    for cut in [bytes.len() - 1, bytes.len() / 2, 4] {
        let error = read_with(bytes[..cut].to_vec(), options()).unwrap_err().to_string();
        assert!(error.contains("cannot be read as Parquet"), "{error}");
    }
}
