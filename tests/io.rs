//! Reading files: round trips at every block size, and what is said about bad input.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use riskset::error::ErrorKind;
use riskset::io::{Encoding, ReadOptions, Reader};
use riskset::table::{Column, MISSING_INT, Table};

fn read_with(text: &[u8], options: ReadOptions) -> riskset::Result<Table> {
    Reader::from_bytes("trial.csv", text.to_vec(), options)?.read_all()
}

fn read(text: &str) -> Table {
    read_with(text.as_bytes(), ReadOptions::default()).unwrap()
}

fn message(text: impl AsRef<[u8]>) -> String {
    let error = read_with(text.as_ref(), ReadOptions::default()).unwrap_err();
    assert_eq!(error.exit_status(), 1);
    error.to_string()
}

/// The column as text, missing as `None`.
fn shown(table: &Table, name: &str) -> Vec<Option<String>> {
    let column = table.column(name).unwrap();
    let text = |row: usize| match column {
        Column::Integer(values) => values[row].to_string(),
        Column::Date(values) => day(values[row]),
        Column::Number { values, .. } => values[row].to_string(),
        Column::Boolean(values) => (values[row] == 1).to_string(),
        Column::Category(category) => category.levels[category.codes[row] as usize].clone(),
    };
    (0..table.rows()).map(|row| (!column.is_missing(row)).then(|| text(row))).collect()
}

fn day(days: i32) -> String {
    (jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(days)).to_string()
}

fn levels(table: &Table, name: &str) -> Vec<String> {
    match table.column(name) {
        Some(Column::Category(category)) => category.levels.to_vec(),
        other => panic!("{name} is {other:?}"),
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A file that goes away with its directory.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (directory, path)
}

#[test]
fn every_kind_of_column() {
    let table = read(
        "i,n,b,d,c,none\n\
         1,1.5,TRUE,2024-02-29,x,\n\
         -300,2,false,1970-01-01,a b,NA\n\
         NA,,NA,,NA,\n",
    );
    assert_eq!(table.rows(), 3);
    assert_eq!(table.column("i"), Some(&Column::Integer(vec![1, -300, MISSING_INT])));
    assert_eq!(table.column("b"), Some(&Column::Boolean(vec![1, 0, 255])));
    assert_eq!(table.column("d"), Some(&Column::Date(vec![19_782, 0, MISSING_INT])));
    assert_eq!(shown(&table, "n"), [Some("1.5".into()), Some("2".into()), None]);
    assert!(matches!(table.column("n"), Some(Column::Number { exact: true, .. })));
    assert_eq!(levels(&table, "c"), ["a b", "x"]);
    assert!(matches!(table.column("none"), Some(Column::Number { .. })));
    assert_eq!(shown(&table, "none"), [None, None, None]);
}

#[test]
fn a_stray_value_makes_a_column_text_and_keeps_every_spelling() {
    for stray in ["abc", "inf", "NaN", "1e999", "2024-01-01", "TRUE", "1,5,0"] {
        let table = read(&format!("time;x\n01;1\n1.50;1\n{stray};1\n007;1\n"));
        let expected = ["01", "1.50", stray, "007"].map(|text| Some(text.to_owned()));
        assert_eq!(shown(&table, "time"), expected, "{stray}");
    }
}

#[test]
fn a_stray_value_far_down_makes_the_whole_column_text() {
    let rows: String = (0..5000).map(|row| format!("0{row},{row},{row}.50\n")).collect();
    let text = format!("a,b,c\n{rows}x,-1,y\n");
    let options = ReadOptions::default().block_size(64);
    let table = with_threads(2, || read_with(text.as_bytes(), options).unwrap());
    let (a, c) = (shown(&table, "a"), shown(&table, "c"));
    assert!((0..5000).all(|row| a[row].as_ref() == Some(&format!("0{row}"))));
    assert!((0..5000).all(|row| c[row].as_ref() == Some(&format!("{row}.50"))));
    assert_eq!((a[5000].as_deref(), c[5000].as_deref()), (Some("x"), Some("y")));
    let Some(Column::Integer(b)) = table.column("b") else { panic!() };
    assert!(b[..5000].iter().zip(0..).all(|(&value, row)| value == row) && b[5000] == -1);
}

#[test]
fn a_category_names_the_levels_that_are_no_numbers() {
    let table = read("time,x\n1,0\ninf,0\n2.5,0\n,0\n1e999,0\nabc,0\n");
    let Some(Column::Category(category)) = table.column("time") else { panic!() };
    let found: Vec<&str> = category
        .non_numeric()
        .iter()
        .map(|&code| category.levels[code as usize].as_str())
        .collect();
    assert_eq!(found, ["1e999", "abc", "inf"]);
}

#[test]
fn long_numbers_are_not_exact() {
    let table = read("a,b\n0.123456789012,1\n0.1234567890123,1\n");
    assert!(matches!(table.column("a"), Some(Column::Number { exact: false, .. })));
}

#[test]
fn levels_sort_by_number_or_code_point() {
    let table = read("a,b\n10x,9.5\nBc,x\n10a,x\nab,10\n10a,9.5\n");
    assert_eq!(levels(&table, "a"), ["10a", "10x", "Bc", "ab"]);
    assert_eq!(levels(&table, "b"), ["10", "9.5", "x"]);
}

#[test]
fn quoted_numbers_and_missing_values_are_what_they_say() {
    let table = read("\"a\",\"b\"\n\"1\",\"NA\"\n\" 2 \",\"x\"\n\"\",\"y\"\n");
    assert_eq!(table.column("a"), Some(&Column::Integer(vec![1, 2, MISSING_INT])));
    assert_eq!(shown(&table, "b"), [None, Some("x".into()), Some("y".into())]);
}

#[test]
fn missing_texts_come_before_numbers() {
    let options = ReadOptions::default().missing(["-99", ".", "true"]);
    let table = read_with(b"a,b,c\n1,1.5,x\n-99,.,true\n -99 ,-99,y\n", options).unwrap();
    assert_eq!(table.column("a"), Some(&Column::Integer(vec![1, MISSING_INT, MISSING_INT])));
    assert_eq!(shown(&table, "b"), [Some("1.5".into()), None, None]);
    assert_eq!(shown(&table, "c"), [Some("x".into()), None, Some("y".into())]);
}

#[test]
fn delimiters_are_guessed_or_given() {
    for text in ["a,b\n1,2\n", "a;b\n1;2\n", "a\tb\n1\t2\n"] {
        assert_eq!(read(text).column("b"), Some(&Column::Integer(vec![2])));
    }
    let table = read_with(b"a|b\n1|2\n", ReadOptions::default().delimiter(b'|')).unwrap();
    assert_eq!(table.column("b"), Some(&Column::Integer(vec![2])));
    let error = read_with(b"a\n1\n", ReadOptions::default().delimiter(b'"')).unwrap_err();
    assert_eq!(error.exit_status(), 2);
}

#[test]
fn blank_lines_are_no_rows_unless_there_is_one_column() {
    let table = read("\n  \na,b\n\n1,2\r\n \t\r\n\r\n3,4\n\n");
    assert_eq!(table.column("a"), Some(&Column::Integer(vec![1, 3])));
    assert_eq!((table.line(0), table.line(1)), (Some(5), Some(8)));
    let table = read("a\n1\n\n \n3\n");
    assert_eq!(table.column("a"), Some(&Column::Integer(vec![1, MISSING_INT, 3])));
    let table = read("a\tb\n1\t2\n\t\n\n");
    assert_eq!(table.rows(), 2);
}

#[test]
fn names_may_be_empty_and_quoted() {
    let table = read("\"\",\"a, b\",\"\"\n1,2,3\n");
    assert_eq!(table.header(), ["", "a, b", ""]);
    assert_eq!(table.column("a, b"), Some(&Column::Integer(vec![2])));
}

#[test]
fn only_wanted_columns_are_read_and_each_once() {
    let reader =
        Reader::from_bytes("t", b"a,b,c\n1,2,x\n".to_vec(), ReadOptions::default()).unwrap();
    let table = reader.read(&["c", "a", "c"]).unwrap();
    assert_eq!(table.names(), ["a", "c"]);
    assert_eq!(table.header(), ["a", "b", "c"]);
    assert_eq!(reader.read::<&str>(&[]).unwrap().rows(), 1);
    assert_eq!(
        reader.read(&["d"]).unwrap_err().to_string(),
        "t: there is no column \"d\"\nhelp: the columns are a, b, c"
    );
}

#[test]
fn files_plain_and_gzip() {
    let text = b"a,b\n1,x\n\n2,y".to_vec();
    for (name, bytes) in [("plain.csv", text.clone()), ("packed.csv", gzip(&text))] {
        let (_directory, path) = file(name, &bytes);
        let seen = Arc::new(AtomicU64::new(0));
        let told = seen.clone();
        let options = ReadOptions::default().progress(move |done, total| {
            assert!(total.is_some_and(|total| done <= total));
            told.store(done, Ordering::Relaxed);
        });
        let table = Reader::open(&path, options).unwrap().read_all().unwrap();
        assert_eq!(table.column("a"), Some(&Column::Integer(vec![1, 2])), "{name}");
        assert_eq!(table.line(1), Some(4), "{name}");
        assert_eq!(table.source(), path.to_string_lossy());
        assert!(seen.load(Ordering::Relaxed) >= bytes.len() as u64, "{name}");
    }
}

#[test]
fn gzip_of_several_members_and_damaged_gzip() {
    let mut packed = gzip(b"a,b\n1,2\n");
    packed.extend(gzip(b"3,4\n"));
    let table = read_with(&packed, ReadOptions::default()).unwrap();
    assert_eq!(table.column("b"), Some(&Column::Integer(vec![2, 4])));
    packed.truncate(packed.len() - 9);
    assert!(message(&packed).starts_with("trial.csv: damaged gzip data: "));
}

#[test]
fn files_that_cannot_be_read() {
    let open = |path: &std::path::Path| Reader::open(path, ReadOptions::default()).unwrap_err();
    let (directory, _) = file("x", b"");
    let missing = directory.path().join("none.csv");
    assert_eq!(open(&missing).to_string(), format!("{}: no such file", missing.display()));
    let folder = open(directory.path()).to_string();
    assert!(folder.ends_with(": is a directory, not a data file"), "{folder}");
}

#[test]
fn files_with_nothing_in_them() {
    for text in ["", "\n", "\u{feff}", " \r\n\n"] {
        assert_eq!(message(text), "trial.csv: the file is empty", "{text:?}");
        let (_directory, path) = file("empty.csv", text.as_bytes());
        let error = Reader::open(&path, ReadOptions::default()).unwrap_err();
        assert!(error.to_string().ends_with("empty.csv: the file is empty"));
    }
    for text in ["a,b", "a,b\n", "a,b\r\n\r\n \n"] {
        assert_eq!(message(text), "trial.csv: has a header but no rows", "{text:?}");
    }
}

#[test]
fn files_that_are_not_delimited_text() {
    let cases: [(&[u8], &str); 3] = [
        (b"a,b\n1,\0\n", "is a binary file (it has zero bytes), not delimited text"),
        (b"\xff\xfea\0,\0", "is UTF-16 text; save it as UTF-8"),
        (b"a,b\r1,2\r3,4\r", "its lines end in a carriage return alone; save it with line feeds"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(message(bytes), format!("trial.csv: {expected}"));
    }
}

#[test]
fn ragged_rows_are_all_found() {
    assert_eq!(
        message("a,b,c\n1,2,3\n\n1,2\n1,\"x\ny\",3\n1,2,3,4\n1,2,3\n"),
        "trial.csv: rows do not have as many fields as the header\n  \
         line 4: expected 3 fields, found 2\n  \
         line 7: expected 3 fields, found 4\n\
         help: a field that holds the separator or a line break has to be in double quotes"
    );
    let many = message(format!("a,b\n{}", "1,2\n1\n".repeat(50)));
    assert_eq!(many.matches("expected 2 fields, found 1").count(), 20);
    assert!(many.contains("\n  line 3: ") && many.contains("\n  line 41: "));
    assert!(many.contains("\n  and 30 more\n"));
}

#[test]
fn row_names_without_a_header_are_recognised() {
    let text = message("a,b\n\"1\",2,3\n\"2\",2,3\n");
    assert!(text.contains("expected 2 fields, found 3"), "{text}");
    assert!(text.contains("col.names = NA"), "{text}");
}

#[test]
fn repeated_names_are_listed() {
    assert_eq!(
        message("\na,time,b,time,a,a\n1,2,3,4,5,6\n"),
        "trial.csv: the header names a column more than once\n  \
         line 2, column a: 3 times\n  \
         line 2, column time: 2 times\n\
         help: give every column its own name"
    );
}

#[test]
fn an_open_quote_is_found_where_it_begins() {
    assert_eq!(
        message("a,b\n1,\"x\ny\"\n2,\"z\n3,4\n5,6\n"),
        "trial.csv: a row does not end\n  \
         line 4: the quoted field that begins here is not closed before the file ends\n\
         help: close the quote; a quote within a quoted field is written twice"
    );
    assert!(message("a,\"b\n1,2\n").contains("line 1: the quoted field that begins here"));
}

#[test]
fn rows_that_go_on_for_megabytes() {
    let long = "x".repeat(10 << 20);
    let row = message(format!("a,b\n1,2\n1,{long}\n"));
    assert!(row.contains("line 3: the row that begins here is longer than 8 MiB"), "{row}");
    let quoted = message(format!("a,b\n1,\"{long}\"\n"));
    assert!(quoted.contains("line 2: the quoted field that begins here is longer than 8 MiB"));
    let header = message(long);
    assert!(header.contains("line 1: the row that begins here is longer than 8 MiB"), "{header}");
    let fits = format!("a,b\n1,{}\n2,y\n", "x".repeat(7 << 20));
    assert_eq!(read(&fits).rows(), 2);
}

#[test]
fn bytes_that_are_not_utf8() {
    let read = |text: &[u8]| {
        let options = ReadOptions::default().encoding(Encoding::Utf8);
        read_with(text, options).unwrap_err().to_string()
    };
    assert_eq!(
        read(b"id,name\n1,x\n\n2,caf\xe9\n3,caf\xe9\n"),
        "trial.csv: the text is not UTF-8\n  \
         line 4, column name: \"caf\u{fffd}\"\n  \
         line 5, column name: \"caf\u{fffd}\"\n\
         help: save the file as UTF-8, or say that it is not: --encoding windows-1252"
    );
    assert!(read(b"id,\xe9\n1,x\n").contains("line 1: header \"\u{fffd}\""));
}

#[test]
fn error_kinds_tell_files_from_rows() {
    let kind = |text: &str| read_with(text.as_bytes(), ReadOptions::default()).unwrap_err();
    assert!(matches!(kind("").kind(), ErrorKind::File { .. }));
    let error = kind("a,b\n1\n");
    let ErrorKind::Data(error) = error.kind() else { panic!("{error:?}") };
    assert_eq!((error.total, error.problems[0].row, error.problems[0].line), (1, Some(0), Some(2)));
}

/// A table as text, and what reading it must give: a value (or none) for each cell, and the line
/// of each row.
#[derive(Debug, Clone)]
struct Written {
    text: String,
    values: Vec<Vec<Option<String>>>,
    lines: Vec<u64>,
}

/// How a table is written.
#[derive(Debug, Clone)]
struct Style {
    delimiter: char,
    line_end: &'static str,
    bom: bool,
    last_line_end: bool,
}

fn style() -> impl Strategy<Value = Style> {
    let delimiter = prop::sample::select(vec![',', ';', '\t']);
    let line_end = prop::sample::select(vec!["\n", "\r\n"]);
    (delimiter, line_end, any::<bool>(), any::<bool>()).prop_map(
        |(delimiter, line_end, bom, last_line_end)| Style {
            delimiter,
            line_end,
            bom,
            last_line_end,
        },
    )
}

/// One of several manners of text for the cells of a column.
fn cell(manner: usize) -> BoxedStrategy<String> {
    match manner {
        0 => (0..200).prop_map(|value: i32| value.to_string()).boxed(),
        1 => any::<i32>().prop_map(|value| (value / 2).to_string()).boxed(),
        2 => (0..1_000_000).prop_map(|value| format!("{}", f64::from(value) / 64.0)).boxed(),
        3 => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        4 => prop::sample::select(vec!["1", "2.5", "x", "2024-05", "true", "007"])
            .prop_map(str::to_owned)
            .boxed(),
        5 => "[a-c]{1,3}".boxed(),
        _ => "[a-c,;\t\"\r\n é]{0,6}[a-z]".prop_map(|text| text.trim().to_owned()).boxed(),
    }
}

fn written() -> impl Strategy<Value = Written> {
    let manners = prop::collection::vec(0usize..7, 2..5);
    (manners, style()).prop_flat_map(|(manners, style)| {
        let cell = |&manner: &usize| (cell(manner), 0u8..12);
        let row: Vec<_> = manners.iter().map(cell).collect();
        let rows = prop::collection::vec((row, 0u8..10), 1..40);
        (rows, Just(style)).prop_map(|(rows, style)| write(&rows, &style))
    })
}

type Row = (Vec<(String, u8)>, u8);

fn write(rows: &[Row], style: &Style) -> Written {
    let mut text = if style.bom { "\u{feff}".to_owned() } else { String::new() };
    let names: Vec<String> = (0..rows[0].0.len()).map(|at| format!("v{at}")).collect();
    text += &names.join(&style.delimiter.to_string());
    let (mut values, mut lines) = (Vec::new(), Vec::new());
    for (row, chance) in rows {
        text += style.line_end;
        // A blank line now and then.
        if *chance == 0 {
            text += style.line_end;
        }
        lines.push(1 + text.matches('\n').count() as u64);
        let cells: Vec<String> = row.iter().map(|(cell, how)| spell(cell, *how)).collect();
        text += &cells.join(&style.delimiter.to_string());
        values.push(row.iter().map(|(cell, how)| (*how > 1).then(|| cell.clone())).collect());
    }
    if style.last_line_end {
        text += style.line_end;
    }
    Written { text, values, lines }
}

/// A cell as it may stand in a file.
fn spell(cell: &str, how: u8) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    match how {
        0 => "NA".to_owned(),
        1 => quoted(""),
        2 => quoted(cell),
        _ if cell.contains([',', ';', '\t', '"', '\n', '\r']) => quoted(cell),
        3 => format!(" {cell}"),
        _ => cell.to_owned(),
    }
}

/// Whether a value that was read is the text that was written, which a number need not equal to
/// the letter.
fn same(read: &Option<String>, written: &Option<String>, column: &Column) -> bool {
    match (read, written, column) {
        (Some(read), Some(written), Column::Integer(_) | Column::Number { .. }) => {
            read.parse::<f64>().unwrap() == written.parse::<f64>().unwrap()
        }
        _ => read == written,
    }
}

fn check(written: &Written, table: &Table) {
    assert_eq!(table.rows(), written.values.len());
    for (at, name) in table.header().iter().enumerate() {
        let column = table.column(name).unwrap();
        let read = shown(table, name);
        for (row, values) in written.values.iter().enumerate() {
            assert!(
                same(&read[row], &values[at], column),
                "row {row}, {name}: {:?} was read as {:?}\n{:?}",
                values[at],
                read[row],
                written.text
            );
        }
    }
    for (row, line) in written.lines.iter().enumerate() {
        assert_eq!(table.line(row), Some(*line), "row {row}\n{:?}", written.text);
    }
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

proptest! {
    #[test]
    fn what_is_written_is_read(written in written(), size in 1u32..400, threads in 0usize..3) {
        let options = ReadOptions::default().block_size(size);
        let table = with_threads([1, 2, 7][threads], || {
            read_with(written.text.as_bytes(), options).unwrap()
        });
        check(&written, &table);
    }

    #[test]
    fn block_sizes_and_files_make_no_difference(written in written(), size in 1u32..100) {
        let whole = read(&written.text);
        let (_directory, path) = file("table.csv", written.text.as_bytes());
        let options = ReadOptions::default().block_size(size);
        let table = Reader::open(&path, options).unwrap().read_all().unwrap();
        for name in whole.names() {
            prop_assert_eq!(format!("{:?}", table.column(name)), format!("{:?}", whole.column(name)));
        }
        check(&written, &table);
    }

    #[test]
    fn any_text_gives_a_table_or_a_message_whatever_the_blocks(
        tokens in prop::collection::vec(token(), 0..80), size in 1u32..50
    ) {
        let text = tokens.concat();
        prop_assert_eq!(outcome(text.as_bytes(), size), outcome(text.as_bytes(), 1 << 20));
    }

    #[test]
    fn any_bytes_give_a_table_or_a_message(
        bytes in prop::collection::vec(any::<u8>(), 0..200), size in 1u32..50
    ) {
        let text = [b"a,b\n", &bytes[..]].concat();
        prop_assert_eq!(outcome(&text, size), outcome(&text, 1 << 20));
    }
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "1",
        "2.5",
        "x y",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r",
        "\r\n",
        "\"",
        "\"\"",
        " ",
        "\t",
        "\"b\"",
        ",\"c\"\r\n",
        "a,\"1,\n\"\n",
        "NA",
        "3,4\n",
        "5,6\r\n",
    ])
}

/// Everything that can be seen of reading a text.
fn outcome(text: &[u8], size: u32) -> String {
    match read_with(text, ReadOptions::default().block_size(size)) {
        Ok(table) => {
            let columns: Vec<_> = table.names().iter().map(|name| table.column(name)).collect();
            let lines: Vec<_> = (0..table.rows()).map(|row| table.line(row)).collect();
            format!("{columns:?} {lines:?}")
        }
        Err(error) => error.to_string(),
    }
}
