//! Files that other packages wrote: Stata's by pandas, SPSS's by ReadStat, Parquet by Arrow.

#![cfg(any(feature = "parquet", feature = "spss", feature = "stata"))]

use riskset::io::{ReadOptions, Reader};
use riskset::table::{Column, MISSING_CODE, MISSING_INT, Table};

fn read(name: &str) -> Table {
    let options = ReadOptions::default().missing(["-99"]);
    Reader::open(format!("tests/files/{name}"), options).unwrap().read_all().unwrap()
}

/// What all files of this study hold.
fn check(table: &Table) {
    assert_eq!(table.rows(), 3);
    let levels = |name: &str| match table.column(name) {
        Some(Column::Category(category)) => (category.codes.clone(), category.levels.to_vec()),
        other => panic!("{name} is {other:?}"),
    };
    assert_eq!(levels("id"), (vec![0, 1, 2], ["P1", "P2", "P3"].map(str::to_owned).to_vec()));
    // A label is what the value is.
    let labels = ["female", "male"].map(str::to_owned).to_vec();
    assert_eq!(levels("sex"), (vec![1, 0, MISSING_CODE], labels));
    assert_eq!(table.column("dx"), Some(&Column::Date(vec![17_967, -3_654, MISSING_INT])));
    assert_eq!(table.column("seen"), Some(&Column::Date(vec![17_967, 18_262, MISSING_INT])));
    assert_eq!(table.column("ki67"), Some(&Column::Integer(vec![5, 12, MISSING_INT])));
    let Some(Column::Number { values, exact: true }) = table.column("dose") else { panic!() };
    assert_eq!(values, &[0.1, 2.5, 3.0]);
    let Some(Column::Number { values, .. }) = table.column("age") else { panic!() };
    assert!(values[..2] == [61.5, 58.0] && values[2].is_nan());
    let notes: Vec<String> = table.notes().iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["seen: 1 date with a time of day taken as the day"]);
}

#[cfg(feature = "stata")]
#[test]
fn stata_old_and_new() {
    check(&read("study-114.dta"));
    let table = read("study-118.dta");
    check(&table);
    let Some(Column::Category(category)) = table.column("free") else { panic!() };
    assert_eq!(category.levels[1].len(), 300);
    let bytes = std::fs::read("tests/files/study-118.dta").unwrap();
    for cut in [bytes.len() / 2, 200, 40] {
        let file = Reader::from_bytes("cut.dta", bytes[..cut].to_vec(), ReadOptions::default());
        let error = file.and_then(|file| file.read_all()).unwrap_err().to_string();
        assert!(error.contains("cannot be read as a Stata data set"), "{error}");
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_by_arrow() {
    check(&read("study.parquet"));
}

#[cfg(feature = "spss")]
#[test]
fn spss_plain_and_compressed() {
    for name in ["study.sav", "study.zsav"] {
        check(&read(name));
        let bytes = std::fs::read(format!("tests/files/{name}")).unwrap();
        for cut in [bytes.len() / 2, 200, 40] {
            let file = Reader::from_bytes("cut.sav", bytes[..cut].to_vec(), ReadOptions::default());
            let error = file.and_then(|file| file.read_all()).unwrap_err().to_string();
            assert!(error.contains("SPSS") || error.contains("rows"), "{error}");
        }
    }
    // The file itself says that -99 is missing.
    let file = Reader::open("tests/files/study.sav", ReadOptions::default()).unwrap();
    let table = file.read(&["ki67"]).unwrap();
    assert_eq!(table.column("ki67"), Some(&Column::Integer(vec![5, 12, MISSING_INT])));
}
