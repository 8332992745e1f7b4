//! Hospital files made messy from a clean truth: reading and deriving gives the truth back, or
//! refuses naming the row.

#![cfg(feature = "cli")]

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use riskset::plan::Plan;
use riskset::table::Column;

/// A patient as they are: days since 1970-01-01.
#[derive(Debug, Clone)]
struct Patient {
    id: String,
    place: &'static str,
    size: f64,
    start: Option<i32>,
    progression: Option<i32>,
    death: Option<i32>,
    last: i32,
    /// Whether only the month of the last contact is written down.
    blurred: bool,
}

/// How a file is messy.
#[derive(Debug, Clone)]
struct Mess {
    delimiter: char,
    comma: bool,
    dates: &'static str,
    missing: &'static str,
    latin: bool,
    mark: bool,
    carriage: bool,
    quotes: bool,
    blanks: bool,
    /// Whether the plan says what it can, or leaves it to be guessed.
    told: bool,
    /// Whether days of the last contact are not known, and the plan takes the middle of the month.
    partial: bool,
    /// Rows whose death comes before the start.
    impossible: usize,
    /// Rows in which a day does not exist.
    no_days: usize,
}

const CUTOFF: i32 = 19_000;
const PLACES: [&str; 4] = ["Zürich", "Bern", "Genève", "Tromsø"];
const FORMATS: [&str; 5] = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%b-%Y"];

fn patients(rng: &mut ChaCha8Rng) -> Vec<Patient> {
    let n = rng.random_range(5..60);
    (0..n).map(|at| patient(at, rng)).collect()
}

fn patient(at: usize, rng: &mut ChaCha8Rng) -> Patient {
    let start = rng.random_range(17_000..19_200);
    let progression = rng.random_bool(0.6).then(|| start + rng.random_range(0..600));
    let first = progression.unwrap_or(start);
    let death = rng.random_bool(0.5).then(|| first + rng.random_range(0..400));
    let last = death.unwrap_or_else(|| first + rng.random_range(0..500));
    Patient {
        id: format!("P{at:03}"),
        place: PLACES.choose(rng).unwrap(),
        size: f64::from(rng.random_range(1..400)) / 8.0,
        start: rng.random_bool(0.95).then_some(start),
        progression,
        death,
        last,
        blurred: false,
    }
}

fn mess(rng: &mut ChaCha8Rng) -> Mess {
    let delimiter = *[',', ';', '\t'].choose(rng).unwrap();
    let dates = *FORMATS.choose(rng).unwrap();
    Mess {
        delimiter,
        comma: delimiter != ',' && rng.random_bool(0.5),
        dates,
        partial: ["%Y-%m-%d", "%d.%m.%Y"].contains(&dates) && rng.random_bool(0.3),
        missing: ["", "NA", ".", "-99", "unbekannt"].choose(rng).unwrap(),
        latin: rng.random_bool(0.4),
        mark: rng.random_bool(0.3),
        carriage: rng.random_bool(0.5),
        quotes: rng.random_bool(0.3),
        blanks: rng.random_bool(0.3),
        told: rng.random_bool(0.6),
        impossible: if rng.random_bool(0.2) { rng.random_range(1..4) } else { 0 },
        no_days: if rng.random_bool(0.15) { rng.random_range(1..3) } else { 0 },
    }
}

/// A day as the file writes it.
fn written(day: Option<i32>, mess: &Mess) -> String {
    let Some(day) = day else { return mess.missing.to_owned() };
    let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day);
    date.strftime(mess.dates).to_string()
}

/// The 15th of the month of a day.
fn middle(day: i32) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = epoch + jiff::Span::new().days(day);
    let middle = jiff::civil::date(date.year(), date.month(), 15);
    (middle - epoch).get_days()
}

/// Who is known to live until some day of a month only.
fn blur(patients: &mut [Patient], mess: &Mess) {
    for patient in patients.iter_mut().step_by(3).filter(|_| mess.partial) {
        let begun = patient.start.unwrap_or(i32::MAX);
        if patient.death.is_none() && middle(patient.last) >= begun {
            (patient.last, patient.blurred) = (middle(patient.last), true);
        }
    }
}

/// 31 February, as the file would write it.
fn no_day(mess: &Mess) -> String {
    mess.dates.replace("%Y", "2019").replace("%m", "02").replace("%b", "Feb").replace("%d", "31")
}

/// The text of the file, and the lines of rows that must be refused.
fn file(patients: &[Patient], mess: &Mess) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut refused = Vec::new();
    let end = if mess.carriage { "\r\n" } else { "\n" };
    let header = ["id", "Ort", "size", "start", "progression", "death", "last"];
    let mut line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| dressed(cell, mess)).collect();
        write!(text, "{}{end}", cells.join(&mess.delimiter.to_string())).unwrap();
    };
    line(&header.map(str::to_owned));
    for (at, patient) in patients.iter().enumerate() {
        let size = patient.size.to_string();
        let mut cells = vec![
            patient.id.clone(),
            patient.place.to_owned(),
            if mess.comma { size.replace('.', ",") } else { size },
            written(patient.start, mess),
            written(patient.progression, mess),
            written(patient.death, mess),
            written(Some(patient.last), mess),
        ];
        if patient.blurred {
            let month = mess.dates.replace("%d.", "").replace("-%d", "");
            cells[6] = written(Some(patient.last), &Mess { dates: month.leak(), ..mess.clone() });
        }
        if at < mess.impossible && patient.start.is_some() {
            cells[4] = mess.missing.to_owned();
            cells[5] = written(patient.start.map(|start| start - 7), mess);
            refused.push(at + 2);
        } else if at < mess.no_days {
            cells[6] = no_day(mess);
            refused.push(at + 2);
        }
        line(&cells);
    }
    (text, refused)
}

/// A cell with what hospitals put around it.
fn dressed(cell: &str, mess: &Mess) -> String {
    let cell = if mess.blanks { format!(" {cell}  ") } else { cell.to_owned() };
    if mess.quotes { format!("\"{cell}\"") } else { cell }
}

fn bytes(text: &str, mess: &Mess) -> Vec<u8> {
    if mess.latin {
        // All characters used here are those of Latin-1.
        return text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    }
    let mark: &[u8] = if mess.mark { b"\xef\xbb\xbf" } else { b"" };
    [mark, text.as_bytes()].concat()
}

fn plan(mess: &Mess, name: &str) -> String {
    let mut data = format!("file = \"{name}\", cutoff = {}", written_iso(CUTOFF));
    // Nobody can guess what stands for missing.
    if !["", "NA"].contains(&mess.missing) {
        write!(data, ", missing = [\"{}\"]", mess.missing).unwrap();
    }
    if mess.partial {
        data += ", partial_dates = \"middle\"";
    }
    if mess.told {
        let delimiter = mess.delimiter.to_string().replace('\t', "tab");
        let decimal = if mess.comma { "," } else { "." };
        write!(data, ", delimiter = \"{delimiter}\", decimal = \"{decimal}\"").unwrap();
        write!(data, ", dates = \"{}\"", mess.dates).unwrap();
    }
    format!(
        "data = {{ {data} }}\nsubject = \"id\"\n[derive]\nbig = 'size > 20'\nNorth = 'Ort == \"Tromsø\"'\n\
         [endpoint.PFS]\norigin = \"start\"\nevent = [\"progression\", \"death\"]\ncensor = \"last\"\n"
    )
}

fn written_iso(day: i32) -> String {
    (jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day)).to_string()
}

/// Time and event of a patient, as the rules say.
fn truth(patient: &Patient) -> Option<(f64, bool)> {
    let start = patient.start.filter(|&start| start <= CUTOFF)?;
    let event = [patient.progression, patient.death].into_iter().flatten().min();
    let (end, is_event) = match event {
        Some(day) if day <= CUTOFF => (day, true),
        Some(_) => (CUTOFF, false),
        None => (patient.last.min(CUTOFF), false),
    };
    Some((f64::from(end - start), is_event))
}

struct Derived {
    times: Vec<Option<(f64, bool)>>,
    big: Vec<u8>,
    north: Vec<u8>,
}

fn derive(text: &str, folder: &std::path::Path) -> riskset::Result<Derived> {
    let path = folder.join("plan.toml");
    fs::write(&path, text).unwrap();
    let plan = Plan::open(&path)?;
    let names: Vec<String> = ["PFS.time", "PFS.event", "big", "North"].map(str::to_owned).into();
    let reader = plan.reader(plan.options())?;
    let table = reader.read(&plan.columns(&names, reader.header()))?;
    let table = plan.prepare(table, &names, false)?.table;
    let flags = |name: &str| match table.column(name) {
        Some(Column::Boolean(flags)) => flags.clone(),
        other => panic!("{name}: {other:?}"),
    };
    let Some(Column::Number { values, .. }) = table.column("PFS.time") else { panic!("no times") };
    let pairs = values.iter().zip(flags("PFS.event"));
    let times = pairs.map(|(&time, event)| (!time.is_nan()).then_some((time, event == 1)));
    Ok(Derived { times: times.collect(), big: flags("big"), north: flags("North") })
}

/// Whether it is an error that the file cannot be read without being told more.
fn asks_for_more(error: &str, mess: &Mess) -> bool {
    let ambiguous = ["%d/%m/%Y", "%m/%d/%Y"].contains(&mess.dates);
    !mess.told && ambiguous && error.contains("--dates") && error.contains("line ")
}

fn scratch(seed: u64) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("messy-{seed}"));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Checks one file; says whether it was read, refused for its rows, or in need of being told more.
fn check(seed: u64) -> &'static str {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let (mut patients, mess) = (patients(rng), mess(rng));
    blur(&mut patients, &mess);
    let (text, refused) = file(&patients, &mess);
    let folder = scratch(seed);
    fs::write(folder.join("data.txt"), bytes(&text, &mess)).unwrap();
    let result = derive(&plan(&mess, "data.txt"), &folder);
    fs::remove_dir_all(&folder).unwrap();
    match result {
        Err(error) if refused.is_empty() => {
            let error = error.to_string();
            assert!(asks_for_more(&error, &mess), "seed {seed}, {mess:?}: {error}\n{text}");
            "ambiguous"
        }
        Err(error) => {
            let error = error.to_string();
            let named = |line: &usize| {
                error.contains(&format!("line {line},")) || error.contains(&format!("line {line}:"))
            };
            // Days that do not exist are found before orders of days.
            let some = refused.iter().any(named);
            assert!(some || asks_for_more(&error, &mess), "seed {seed}, {mess:?}: {error}\n{text}");
            "refused"
        }
        Ok(own) => {
            assert!(refused.is_empty(), "seed {seed}, {mess:?}: lines {refused:?} passed\n{text}");
            let times: Vec<_> = patients.iter().map(truth).collect();
            assert_eq!(own.times, times, "seed {seed}, {mess:?}\n{text}");
            let big: Vec<u8> = patients.iter().map(|own| u8::from(own.size > 20.0)).collect();
            let north: Vec<u8> =
                patients.iter().map(|own| u8::from(own.place == "Tromsø")).collect();
            assert_eq!((own.big, own.north), (big, north), "seed {seed}, {mess:?}\n{text}");
            "read"
        }
    }
}

#[test]
fn two_hundred_messy_files_give_the_truth_or_an_error_with_lines() {
    let mut counts = std::collections::HashMap::new();
    for seed in 0..200 {
        *counts.entry(check(seed)).or_insert(0) += 1;
    }
    // Neither everything refused nor nothing.
    assert!(counts["read"] > 100 && counts["refused"] > 20, "{counts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..Default::default() })]
    #[test]
    fn any_messy_file_gives_the_truth_or_an_error_with_lines(seed in 1_000u64..) {
        check(seed);
    }
}
