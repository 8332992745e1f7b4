//! Files as they are: decimal commas, dates of every kind, encodings, workbooks.

use proptest::prelude::*;
use riskset::io::{Encoding, Lenient, PartialDate, ReadOptions, Reader};
use riskset::table::{Column, Table};

fn options() -> ReadOptions {
    ReadOptions::default()
}

fn read_with(bytes: impl AsRef<[u8]>, options: ReadOptions) -> riskset::Result<Table> {
    Reader::from_bytes("data", bytes.as_ref().to_vec(), options)?.read_all()
}

/// A file of one column beside another.
fn column(values: &[&str]) -> String {
    let rows = values.iter().map(|value| format!("{value};1\n"));
    format!("x;y\n{}", rows.collect::<String>())
}

fn read(values: &[&str], options: ReadOptions) -> riskset::Result<Table> {
    read_with(column(values), options)
}

fn refused(values: &[&str], options: ReadOptions) -> String {
    let error = read(values, options).unwrap_err();
    assert_eq!(error.exit_status(), 1);
    error.to_string()
}

/// The column as text, missing as "NA".
fn shown(table: &Table, name: &str) -> Vec<String> {
    let column = table.column(name).unwrap();
    let text = |row: usize| match column {
        _ if column.is_missing(row) => "NA".to_owned(),
        Column::Integer(values) => values[row].to_string(),
        Column::Date(values) => day(values[row]).to_string(),
        Column::Number { values, .. } => values[row].to_string(),
        Column::Boolean(values) => (values[row] == 1).to_string(),
        Column::Category(category) => category.levels[category.codes[row] as usize].clone(),
    };
    (0..table.rows()).map(text).collect()
}

fn day(days: i32) -> jiff::civil::Date {
    jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(days)
}

fn notes(table: &Table) -> Vec<String> {
    table.notes().iter().map(ToString::to_string).collect()
}

/// Dates that come out, and the notes.
fn dates(values: &[&str], options: ReadOptions) -> (Vec<String>, Vec<String>) {
    let table = read(values, options).unwrap();
    assert_eq!(table.column("x").unwrap().kind(), "date", "{values:?}");
    (shown(&table, "x"), notes(&table))
}

fn is_text(values: &[&str], options: ReadOptions) -> bool {
    read(values, options).unwrap().column("x").unwrap().kind() == "text"
}

#[test]
fn plain_files_have_no_notes() {
    let table = read_with("a,b,c\n2019-03-12,1.5,x\n,2,y\n", options()).unwrap();
    assert_eq!(notes(&table), [""; 0]);
}

#[test]
fn a_decimal_comma_is_guessed_and_said() {
    let table = read(&["3,5", "-0,25", "12", ""], options()).unwrap();
    assert_eq!(shown(&table, "x"), ["3.5", "-0.25", "12", "NA"]);
    assert!(matches!(table.column("x"), Some(Column::Number { exact: true, .. })));
    assert_eq!(notes(&table), ["decimal comma: x"]);
    let long = read(&["0,1234567890123"], options()).unwrap();
    assert!(matches!(long.column("x"), Some(Column::Number { exact: false, .. })));
}

#[test]
fn a_decimal_comma_is_not_guessed_where_commas_separate() {
    let table = read_with("x,y\n\"3,5\",1\n\"4,5\",2\n", options()).unwrap();
    assert_eq!(table.column("x").unwrap().kind(), "text");
    let table = read_with("x,y\n\"3,5\",1\n\"4,5\",2\n", options().decimal(b',')).unwrap();
    assert_eq!(shown(&table, "x"), ["3.5", "4.5"]);
    assert_eq!(notes(&table), [""; 0]);
    assert!(is_text(&["3,5", "4,5"], options().decimal(b'.')));
}

#[test]
fn other_texts_with_commas_stay_text() {
    for values in [&["3,5", "low"][..], &["1.234,56", "2.345,67"], &["1,2,3", "4"], &["3,", "4"]] {
        assert!(is_text(values, options()), "{values:?}");
    }
}

#[test]
fn comma_and_point_in_one_column_are_refused() {
    assert_eq!(
        refused(&["3,5", "3.5", "4"], options()),
        "data: x has decimal commas and decimal points\n  \
         line 2, column x: \"3,5\" (comma)\n  \
         line 3, column x: \"3.5\" (point)\n\
         help: write all of its numbers with one decimal mark"
    );
}

#[test]
fn commas_that_may_part_thousands_are_refused() {
    let text = refused(&["1,234", "850", "12,000"], options());
    assert!(text.contains("may be decimal marks or part thousands"), "{text}");
    assert!(text.contains("line 2") && text.contains("line 4") && !text.contains("line 3"));
    let table = read(&["1,234", "850"], options().decimal(b',')).unwrap();
    assert_eq!(shown(&table, "x"), ["1.234", "850"]);
    assert_eq!(shown(&read(&["0,234", "1,500"], options()).unwrap(), "x"), ["0.234", "1.5"]);
}

#[test]
fn points_where_the_comma_is_the_decimal_mark_are_refused() {
    let text = refused(&["1.234", "2.000"], options().decimal(b','));
    assert!(text.contains("x has decimal points\n  line 2"), "{text}");
    let table = read(&["12345678901", "5"], options().decimal(b',')).unwrap();
    assert_eq!(shown(&table, "x"), ["12345678901", "5"]);
    let both = read_with("x;y\n3,5;1.5\n", options()).unwrap();
    assert!(notes(&both)[1].starts_with("decimal point, in a file with decimal commas"));
    assert_eq!(read(&["1"], options().decimal(b';')).unwrap_err().exit_status(), 2);
}

#[test]
fn days_come_first_before_dots() {
    let (days, notes) = dates(&["12.03.2019", "1.2.2019", ""], options());
    assert_eq!(days, ["2019-03-12", "2019-02-01", "NA"]);
    assert_eq!(notes, ["dates read as %d.%m.%Y: x"]);
}

#[test]
fn the_whole_column_decides_about_day_and_month() {
    for (values, expected, format) in [
        (["03/04/2019", "13/04/2019"], ["2019-04-03", "2019-04-13"], "%d/%m/%Y"),
        (["03/04/2019", "04/13/2019"], ["2019-03-04", "2019-04-13"], "%m/%d/%Y"),
        (["03-04-2019", "13-04-2019"], ["2019-04-03", "2019-04-13"], "%d-%m-%Y"),
        (["03/03/2019", "04/04/2019"], ["2019-03-03", "2019-04-04"], "%d/%m/%Y"),
        (["12-Mar-2019", "2-APR-2019"], ["2019-03-12", "2019-04-02"], "%d-%b-%Y"),
        (["12MAR2019", "02APR2019"], ["2019-03-12", "2019-04-02"], "%d%b%Y"),
        (["2019/03/12", "2019/4/2"], ["2019-03-12", "2019-04-02"], "%Y/%m/%d"),
    ] {
        let (days, notes) = dates(&values, options());
        assert_eq!(days, expected, "{values:?}");
        assert_eq!(notes, [format!("dates read as {format}: x")]);
    }
}

#[test]
fn day_and_month_that_cannot_be_told_apart_are_refused() {
    assert_eq!(
        refused(&["03/04/2019", "05/05/2019"], options()),
        "data: x has dates whose day and month cannot be told apart\n  \
         line 2, column x: \"03/04/2019\"\n  \
         line 3, column x: \"05/05/2019\"\n\
         help: say which comes first: --dates \"%d/%m/%Y\" or --dates \"%m/%d/%Y\""
    );
    let (days, notes) = dates(&["03/04/2019"], options().dates(["%m/%d/%Y"]));
    assert_eq!(days, ["2019-03-04"]);
    assert_eq!(notes, [""; 0]);
}

#[test]
fn two_formats_in_one_column_are_refused() {
    let text = refused(&["2019-03-12", "12.03.2019", "2019-04-01"], options());
    assert_eq!(
        text,
        "data: x has dates of 2 formats\n  \
         line 2, column x: \"2019-03-12\" (%Y-%m-%d)\n  \
         line 3, column x: \"12.03.2019\" (%d.%m.%Y)\n  \
         line 4, column x: \"2019-04-01\" (%Y-%m-%d)\n\
         help: if all of them are meant, say so: --dates \"%d.%m.%Y,%Y-%m-%d\""
    );
    let (days, _) = dates(&["2019-03-12", "12.03.2019"], options().dates(["%Y-%m-%d", "%d.%m.%Y"]));
    assert_eq!(days, ["2019-03-12", "2019-03-12"]);
    let one = refused(&["2019-03-12", "12.03.2019"], options().dates(["%d.%m.%Y"]));
    assert!(one.contains("no dates by %d.%m.%Y\n  line 2"), "{one}");
    let contrary = ["13/02/2019", "02/13/2019", "05/06/2019"];
    let text = refused(&contrary, options());
    assert!(text.contains("(%d/%m/%Y)") && text.contains("(%m/%d/%Y)"), "{text}");
    let both = || options().dates(["%d/%m/%Y", "%m/%d/%Y"]);
    assert!(refused(&contrary, both()).contains("fit two formats as different days\n  line 4"));
    assert_eq!(dates(&contrary[..2], both()).0, ["2019-02-13", "2019-02-13"]);
}

#[test]
fn impossible_days_are_refused() {
    for values in [
        ["2019-02-30", "2019-03-01"],
        ["31.04.2019", "01.04.2019"],
        ["02.13.2019", "01.04.2019"],
        ["13/14/2019", "13/02/2019"],
        ["31APR2019", "30APR2019"],
        ["00.04.2019", "30.04.2019"],
        ["29.02.1900", "29.02.2000"],
    ] {
        let text = refused(&values, options());
        assert!(text.contains("days that no calendar has\n  line 2"), "{text}");
        assert!(!text.contains("line 3"), "{text}");
    }
    let text = refused(&["31.04.2019", "01.04.2019"], options().dates(["%d.%m.%Y"]));
    assert!(text.contains("line 2, column x: \"31.04.2019\""), "{text}");
}

#[test]
fn years_of_two_digits_need_a_format() {
    let text = refused(&["12.03.19", "13.03.19"], options());
    assert!(text.contains("--dates \"%d.%m.%y\""), "{text}");
    let (days, notes) = dates(&["12.03.19", "13.03.69"], options().dates(["%d.%m.%y"]));
    assert_eq!(days, ["2019-03-12", "1969-03-13"]);
    assert_eq!(notes, ["years of two digits taken as 1969 to 2068: x"]);
}

#[test]
fn times_of_day_are_cut_off_and_counted() {
    for values in [
        ["2019-03-12 14:30", "2019-03-13"],
        ["2019-03-12T14:30:00", "2019-03-13T00:00:00"],
        ["12.03.2019 14:30", "13.03.2019 00:00"],
        ["12MAR2019:14:30:00", "13MAR2019"],
        ["2019-03-12 2:30 PM", "2019-03-13 12:00 AM"],
    ] {
        let (days, notes) = dates(&values, options());
        assert_eq!(days, ["2019-03-12", "2019-03-13"], "{values:?}");
        assert_eq!(notes.last().unwrap(), "x: 1 date with a time of day taken as the day");
    }
    let (days, notes) = dates(&["2019-03-12T00:00:00"], options());
    assert_eq!((days, notes), (vec!["2019-03-12".to_owned()], vec![]));
}

#[test]
fn times_in_a_zone_must_be_midnight() {
    let (days, notes) = dates(&["2019-03-12T00:00:00Z", "2019-03-13T00:00+02:00"], options());
    assert_eq!(days, ["2019-03-12", "2019-03-13"]);
    assert_eq!(notes, [""; 0]);
    let text = refused(&["2019-03-12T00:00:00Z", "2019-03-12T23:30:00Z"], options());
    assert!(text.contains("time zone\n  line 3"), "{text}");
}

#[test]
fn partial_dates_follow_the_rule() {
    let values = ["2019-03-12", "2019-02", "2019"];
    let text = refused(&values, options());
    assert!(text.contains("without day or month\n  line 3"), "{text}");
    assert!(text.contains("--partial-dates first, middle or last"), "{text}");
    for (rule, expected) in [
        (PartialDate::First, ["2019-02-01", "2019-01-01"]),
        (PartialDate::Middle, ["2019-02-15", "2019-07-01"]),
        (PartialDate::Last, ["2019-02-28", "2019-12-31"]),
    ] {
        let (days, notes) = dates(&values, options().partial_dates(rule));
        assert_eq!(days[1..], expected);
        assert!(notes[0].starts_with("x: 2 incomplete dates completed: "), "{notes:?}");
    }
    let rule = || options().partial_dates(PartialDate::Last);
    assert_eq!(dates(&["12.03.2020", "02.2020"], rule()).0[1], "2020-02-29");
    assert_eq!(dates(&["12/13/2020", "02/2020"], rule()).0[1], "2020-02-29");
    assert_eq!(dates(&["12MAR2020", "FEB2020"], rule()).0[1], "2020-02-29");
    let given = rule().dates(["%d.%m.%Y"]);
    assert_eq!(dates(&["12.03.2020", "02.2020"], given).0[1], "2020-02-29");
    assert!(refused(&["2019-03-12", "2019-13"], rule()).contains("no calendar has\n  line 3"));
}

#[test]
fn years_alone_stay_numbers_and_months_alone_text() {
    let rule = || options().partial_dates(PartialDate::First);
    let table = read(&["2019", "2020"], rule()).unwrap();
    assert_eq!(table.column("x"), Some(&Column::Integer(vec![2019, 2020])));
    assert!(is_text(&["2019-03", "2019-04"], options()));
    assert_eq!(dates(&["2019-03", "2019"], rule()).0, ["2019-03-01", "2019-01-01"]);
}

#[test]
fn strange_values_among_dates() {
    let text = refused(&["12.03.2019", "unknown", "13.03.2019"], options());
    assert!(text.contains("values that are none\n  line 3, column x: \"unknown\""), "{text}");
    assert!(is_text(&["12.03.2019", "see notes", "none"], options()));
    let (days, _) = dates(&["12.03.2019", "unknown"], options().missing(["unknown"]));
    assert_eq!(days, ["2019-03-12", "NA"]);
}

#[test]
fn given_formats_have_to_fit() {
    let given = || options().dates(["%d.%m.%Y"]);
    let text = refused(&["12/13/2019", "11/13/2019"], given());
    assert!(text.contains("no dates by %d.%m.%Y\n  line 2"), "{text}");
    assert!(is_text(&["low", "high"], given()));
    assert_eq!(dates(&["2019-03-12", "2019-03-13 10:00"], given()).0[1], "2019-03-13");
    let table = read(&["20190312", "20190401", ""], options().dates(["%Y%m%d"])).unwrap();
    assert_eq!(shown(&table, "x"), ["2019-03-12", "2019-04-01", "NA"]);
    assert_eq!(shown(&table, "y"), ["1", "1", "1"]);
    let table = read(&["20190312", "20190431"], options().dates(["%Y%m%d"])).unwrap();
    assert_eq!(table.column("x").unwrap().kind(), "number");
    for format in ["%m/%Y", "%Q", "dd.mm.yyyy", ""] {
        let error = read(&["1"], options().dates([format])).unwrap_err();
        assert_eq!(error.exit_status(), 2, "{format}");
    }
}

#[test]
fn only_columns_asked_for_are_refused() {
    let text = "a;b;c\n03/04/2019;1;3,5\n04/05/2019;2;3.5\n";
    let reader = Reader::from_bytes("data", text.into(), options()).unwrap();
    assert!(reader.read(&["b"]).is_ok());
    assert!(reader.read(&["a"]).is_err());
    let Lenient { table, refused } = reader.read_all_lenient().unwrap();
    assert_eq!(refused.iter().map(|own| own.column.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(shown(&table, "a"), ["03/04/2019", "04/05/2019"]);
    assert!(refused[1].error.to_string().starts_with("data: c has decimal commas"));
}

#[test]
fn windows_1252_is_found_out_and_said() {
    let bytes = b"id;Gr\xf6\xdfe;arm\n1;gro\xdf;\x80\n2;klein;b\n";
    let table = read_with(bytes, options()).unwrap();
    assert_eq!(table.header(), ["id", "Größe", "arm"]);
    assert_eq!(shown(&table, "Größe"), ["groß", "klein"]);
    assert_eq!(shown(&table, "arm"), ["€", "b"]);
    assert_eq!(notes(&table), ["read as windows-1252: it is not UTF-8"]);
    let table = read_with(bytes, options().encoding(Encoding::Windows1252)).unwrap();
    assert_eq!(notes(&table), [""; 0]);
    assert!(read_with(bytes, options().encoding(Encoding::Utf8)).is_err());
    let missing = read_with(bytes, options().missing(["groß"])).unwrap();
    assert_eq!(shown(&missing, "Größe"), ["NA", "klein"]);
}

#[test]
fn what_is_utf8_in_places_is_not_windows_1252() {
    let mixed = ["a;b\né;".as_bytes(), b"caf\xe9\n"].concat();
    let text = read_with(&mixed, options()).unwrap_err().to_string();
    assert!(text.contains("the text is not UTF-8\n  line 2, column b"), "{text}");
    let text = read_with(b"a;b\nx;\x81\n", options()).unwrap_err().to_string();
    assert!(text.contains("neither UTF-8 nor windows-1252\n  line 2, column b"), "{text}");
    let marked = "\u{feff}a;b\n1;2\n";
    assert!(read_with(marked, options().encoding(Encoding::Windows1252)).is_err());
    assert!(Encoding::parse("utf-16").is_err());
    assert_eq!(Encoding::parse("CP1252").unwrap(), Encoding::Windows1252);
}

#[test]
fn bars_may_separate_fields() {
    assert_eq!(shown(&read_with("a|b\n1|2\n", options()).unwrap(), "b"), ["2"]);
}

#[test]
fn files_of_other_packages_say_how_to_export() {
    for (bytes, read) in [
        #[cfg(not(feature = "spss"))]
        (b"$FL3@(#) SPSS".as_slice(), "read_sav"),
        #[cfg(not(feature = "stata"))]
        (b"<stata_dta><header>", "read_dta"),
        #[cfg(not(feature = "parquet"))]
        (b"PAR1PAR1", "read_parquet"),
        (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!".as_slice(), "read_xpt"),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14", "read_sas("),
        (b"X\n\0\0\0\x03", "readRDS"),
    ] {
        let text = read_with(bytes, options()).unwrap_err().to_string();
        assert!(text.contains(read) && text.contains("write.csv"), "{text}");
    }
}

/// Formats and how a date is written in each.
const WRITTEN: [&str; 8] = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%b-%Y",
    "%d%b%Y",
    "%Y/%m/%d",
    "%d.%m.%Y %H:%M",
];

proptest! {
    #[test]
    fn dates_come_back_from_every_format(
        days in proptest::collection::vec(-36_000i32..36_000, 1..40), which in 0usize..8
    ) {
        let format = WRITTEN[which];
        let written: Vec<String> =
            days.iter().map(|&own| day(own).at(14, 30, 0, 0).strftime(format).to_string()).collect();
        let values: Vec<&str> = written.iter().map(String::as_str).collect();
        let expected: Vec<String> = days.iter().map(|&own| day(own).to_string()).collect();
        prop_assert_eq!(&dates(&values, options().dates([format])).0, &expected);
        // Without the format they are the same, or refused.
        if let Ok(table) = read(&values, options()) {
            prop_assert_eq!(&shown(&table, "x"), &expected);
        } else {
            prop_assert!(format.contains('/') && !format.starts_with("%Y"));
        }
    }

    #[test]
    fn decimal_commas_are_points(values in proptest::collection::vec(-1e6f64..1e6, 1..20)) {
        let written: Vec<String> =
            values.iter().map(|value| format!("{value:.4}").replace('.', ",")).collect();
        let texts: Vec<&str> = written.iter().map(String::as_str).collect();
        let table = read(&texts, options()).unwrap();
        let Some(Column::Number { values: found, .. }) = table.column("x") else { panic!() };
        for (found, text) in found.iter().zip(&written) {
            prop_assert_eq!(*found, text.replace(',', ".").parse::<f64>().unwrap() + 0.0);
        }
    }

    #[test]
    fn no_text_makes_it_panic(values in proptest::collection::vec("[0-9a-zA-Z:./ T+-]{0,20}", 1..5)) {
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let _ = read(&texts, options());
        let _ = read(&texts, options().dates(["%d.%m.%Y"]).partial_dates(PartialDate::First));
    }
}
