//! Workbooks: what is written by another program comes back.

#![cfg(feature = "spreadsheets")]

use std::io::{Cursor, Read, Write};

use riskset::io::{PartialDate, ReadOptions, Reader};
use riskset::table::{Column, MISSING_INT, Table};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn options() -> ReadOptions {
    ReadOptions::default()
}

fn day_format() -> Format {
    Format::new().set_num_format("dd.mm.yyyy")
}

/// A workbook of one sheet.
fn book(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet()).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn read_with(bytes: &[u8], options: ReadOptions) -> riskset::Result<Table> {
    Reader::from_bytes("book.xlsx", bytes.to_vec(), options)?.read_all()
}

fn read(bytes: &[u8]) -> Table {
    read_with(bytes, options()).unwrap()
}

fn message(bytes: &[u8], options: ReadOptions) -> String {
    let error = read_with(bytes, options).unwrap_err();
    assert_eq!(error.exit_status(), 1);
    error.to_string()
}

fn days(table: &Table, name: &str) -> Vec<String> {
    let Some(Column::Date(days)) = table.column(name) else {
        panic!("{name} is {:?}", table.column(name))
    };
    let epoch = jiff::civil::date(1970, 1, 1);
    days.iter().map(|&own| (epoch + jiff::Span::new().days(own)).to_string()).collect()
}

/// A workbook with a part changed.
fn patched(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        let text = if name == part { change(text) } else { text };
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn every_kind_of_cell() {
    let bytes = book(|sheet| {
        for (column, name) in ["i", "n", "b", "d", "c", "f"].iter().enumerate() {
            sheet.write(0, column as u16, *name)?;
        }
        for row in 1..=2 {
            sheet.write(row, 0, row * 7)?;
            sheet.write(row, 1, f64::from(row) + 0.25)?;
            sheet.write(row, 2, row == 1)?;
            sheet.write_number_with_format(row, 3, 43_535 + row, &day_format())?;
            sheet.write(row, 4, if row == 1 { "groß" } else { " klein " })?;
            sheet.write_formula(row, 5, Formula::new("=A2*2").set_result("14"))?;
        }
        sheet.write(3, 0, -3)?.write(3, 4, "NA")?;
        Ok(())
    });
    let table = read(&bytes);
    assert_eq!(table.header(), ["i", "n", "b", "d", "c", "f"]);
    assert_eq!(table.column("i"), Some(&Column::Integer(vec![7, 14, -3])));
    assert_eq!(table.column("b"), Some(&Column::Boolean(vec![1, 0, 255])));
    assert_eq!(table.column("f"), Some(&Column::Integer(vec![14, 14, MISSING_INT])));
    let Some(Column::Date(found)) = table.column("d") else { panic!() };
    assert_eq!(found, &[17_967, 17_968, MISSING_INT]);
    let Some(Column::Number { values, exact: true }) = table.column("n") else { panic!() };
    assert_eq!(values[..2], [1.25, 2.25]);
    let Some(Column::Category(category)) = table.column("c") else { panic!() };
    assert_eq!(*category.levels, ["groß", "klein"]);
    assert!(table.notes().is_empty());
}

#[test]
fn the_header_is_the_first_row_that_is_not_empty_and_rows_are_those_of_the_sheet() {
    let bytes = book(|sheet| {
        sheet.write(3, 2, "time")?.write(3, 3, "dx")?;
        sheet.write(4, 2, 5)?.write(4, 3, "2019-02-28")?;
        sheet.write(7, 2, 6)?.write(7, 3, "2019-02-30")?;
        sheet.write_blank(20, 9, &day_format())?;
        Ok(())
    });
    let reader = Reader::from_bytes("book.xlsx", bytes, options()).unwrap();
    assert_eq!(reader.header(), ["time", "dx"]);
    let table = reader.read(&["time"]).unwrap();
    assert_eq!(table.column("time"), Some(&Column::Integer(vec![5, 6])));
    assert_eq!(table.place(1), (7, None));
    let error = reader.read(&["dx"]).unwrap_err().to_string();
    assert!(error.contains("\n  row 8, column dx: \"2019-02-30\""), "{error}");
}

#[test]
fn days_before_and_after_the_leap_day_of_1900_that_never_was() {
    let serials = |serials: &[f64]| {
        book(|sheet| {
            sheet.write(0, 0, "d")?;
            for (row, &serial) in serials.iter().enumerate() {
                sheet.write_number_with_format(row as u32 + 1, 0, serial, &day_format())?;
            }
            Ok(())
        })
    };
    let table = read(&serials(&[1.0, 59.0, 61.0, 43_536.0]));
    assert_eq!(days(&table, "d"), ["1900-01-01", "1900-02-28", "1900-03-01", "2019-03-12"]);
    let error = message(&serials(&[59.0, 60.0]), options());
    assert!(error.contains("no calendar has\n  row 3, column d: \"1900-02-29\""), "{error}");
}

#[test]
fn days_of_the_system_of_1904() {
    let bytes = book(|sheet| {
        sheet.write(0, 0, "d")?;
        for (row, serial) in [(1, 1), (2, 42_074)] {
            sheet.write_number_with_format(row, 0, serial, &day_format())?;
        }
        Ok(())
    });
    let bytes = patched(&bytes, "xl/workbook.xml", |text| {
        assert!(text.contains("<workbookPr "));
        text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
    });
    assert_eq!(days(&read(&bytes), "d"), ["1904-01-02", "2019-03-12"]);
}

#[test]
fn times_are_cut_off_and_partial_dates_completed() {
    let bytes = book(|sheet| {
        sheet.write(0, 0, "d")?;
        sheet.write_number_with_format(1, 0, 43_536.604_166_666_664, &day_format())?;
        sheet.write(2, 0, "2019-02")?;
        sheet.write(3, 0, 2018)?;
        Ok(())
    });
    let table = read_with(&bytes, options().partial_dates(PartialDate::Middle)).unwrap();
    assert_eq!(days(&table, "d"), ["2019-03-12", "2019-02-15", "2018-07-01"]);
    let notes: Vec<String> = table.notes().iter().map(ToString::to_string).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(message(&bytes, options()).contains("without day or month\n  row 3"));
}

#[test]
fn missing_codes_and_numbers_stored_as_text() {
    let bytes = book(|sheet| {
        sheet.write(0, 0, "a")?.write(0, 1, "b")?;
        sheet.write(1, 0, -99)?.write(1, 1, "3,5")?;
        sheet.write(2, 0, "7")?.write(2, 1, 4.25)?;
        Ok(())
    });
    let table = read_with(&bytes, options().missing(["-99"])).unwrap();
    assert_eq!(table.column("a"), Some(&Column::Integer(vec![MISSING_INT, 7])));
    let Some(Column::Number { values, .. }) = table.column("b") else { panic!() };
    assert_eq!(values, &[3.5, 4.25]);
}

#[test]
fn formulas_that_failed_are_refused_but_not_available_is_missing() {
    let bytes = book(|sheet| {
        for (column, (name, result)) in
            [("na", "#N/A"), ("div", "#DIV/0!"), ("reference", "#REF!")].iter().enumerate()
        {
            let column = column as u16;
            sheet.write(0, column, *name)?.write(1, column, 5)?;
            sheet.write_formula(2, column, Formula::new("=1/0").set_result(*result))?;
        }
        Ok(())
    });
    let reader = Reader::from_bytes("book.xlsx", bytes, options()).unwrap();
    let table = reader.read(&["na"]).unwrap();
    assert_eq!(table.column("na"), Some(&Column::Integer(vec![5, MISSING_INT])));
    for (name, found) in [("div", "#DIV/0!"), ("reference", "#REF!")] {
        let error = reader.read(&[name]).unwrap_err().to_string();
        assert!(error.contains(&format!("row 3, column {name}: {found}")), "{error}");
    }
    assert_eq!(reader.read_all_lenient().unwrap().refused.len(), 2);
}

/// Three sheets, the first of them empty, one hidden.
fn sheets() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("cover").unwrap();
    for (at, name) in ["hidden", "patients", "scans"].iter().enumerate() {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        sheet.set_hidden(at == 0);
        sheet.write(0, 0, "id").unwrap().write(1, 0, at as u32).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn sheets_by_name_number_or_the_first_with_data() {
    let ids = |options: ReadOptions| {
        let table = read_with(&sheets(), options).unwrap();
        let notes: Vec<String> = table.notes().iter().map(ToString::to_string).collect();
        let Some(Column::Integer(ids)) = table.column("id") else { panic!() };
        (ids[0], notes)
    };
    let note = "read from the first sheet, patients; not from scans (--sheet)".to_owned();
    assert_eq!(ids(options()), (1, vec![note]));
    assert_eq!(ids(options().sheet("scans")), (2, vec![]));
    assert_eq!(ids(options().sheet("4")), (2, vec![]));
    assert_eq!(ids(options().sheet("hidden")), (0, vec![]));
    for sheet in ["5", "0", "Scans 2"] {
        let error = message(&sheets(), options().sheet(sheet));
        assert!(error.contains("its sheets are \"cover\", \"hidden\", \"patients\", \"scans\""));
    }
    assert!(message(&sheets(), options().sheet("cover")).contains("the sheet is empty"));
    let text = Reader::from_bytes("a.csv", b"a\n1\n".to_vec(), options().sheet("1"));
    assert_eq!(text.unwrap_err().exit_status(), 2);
}

#[test]
fn a_name_twice_is_told_with_the_row_of_the_header() {
    let bytes = book(|sheet| {
        sheet.write(1, 0, "a")?.write(1, 1, "a")?.write(2, 0, 1)?;
        Ok(())
    });
    assert!(message(&bytes, options()).contains("row 2, column a: 2 times"));
    let empty = book(|_| Ok(()));
    assert!(message(&empty, options()).contains("no sheet has anything in it"));
    let header = book(|sheet| sheet.write(0, 0, "a").map(|_| ()));
    assert!(message(&header, options()).contains("has a header but no rows"));
}

#[test]
fn broken_and_protected_workbooks() {
    let bytes = sheets();
    for cut in [bytes.len() / 2, 100, 10, 4] {
        assert!(message(&bytes[..cut], options()).contains("is no xlsx workbook"), "{cut}");
    }
    let mut container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    container.resize(1024, 0);
    assert!(message(&container, options()).contains("is no xls workbook"));
    container.extend("EncryptedPackage".bytes().flat_map(|byte| [byte, 0]));
    assert!(message(&container, options()).contains("is protected by a password"));
}

#[test]
fn flipped_bytes_give_an_error_or_a_table() {
    let bytes = sheets();
    for at in (0..bytes.len()).step_by(3) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x55;
        let _ = read_with(&bytes, options());
    }
    // The parts themselves, which the archive's check sums would otherwise guard.
    let sheet = "xl/worksheets/sheet3.xml";
    for at in 0..400 {
        let bytes = patched(&sheets(), sheet, |mut text| {
            let end = (at..text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(0);
            text.truncate(end);
            text
        });
        let _ = read_with(&bytes, options());
    }
}
