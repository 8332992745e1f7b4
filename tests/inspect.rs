//! The codebook: what it counts, what it asks, and what it must not ask.

use std::fmt::Write;

use proptest::prelude::*;
use riskset::codebook::{Codebook, Finding, Kind, Role};
use riskset::io::{ReadOptions, Reader};
use riskset::table::Column;

const TODAY: Option<i32> = Some(20_000);

fn with(text: &str, options: ReadOptions) -> Codebook {
    let reader = Reader::from_bytes("t.csv", text.into(), options.clone()).unwrap();
    Codebook::of(&reader, &options, TODAY).unwrap()
}

fn codebook(text: &str) -> Codebook {
    with(text, ReadOptions::default())
}

fn rules(codebook: &Codebook, column: &str) -> Vec<&'static str> {
    codebook.findings_of(column).map(|own| own.rule).collect()
}

fn found<'c>(codebook: &'c Codebook, column: &str, rule: &str) -> &'c Finding {
    let own = codebook.findings_of(column).find(|own| own.rule == rule);
    own.unwrap_or_else(|| panic!("no {rule} at {column}: {:?}", codebook.findings))
}

fn role(codebook: &Codebook, column: &str) -> Option<Role> {
    let own = codebook.columns.iter().find(|own| own.name == column).unwrap();
    own.role.as_ref().map(|own| own.role)
}

/// A column beside one that keeps rows from being blank.
fn column(name: &str, values: &[&str]) -> String {
    let mut text = format!("other,{name}\n");
    for (row, value) in values.iter().enumerate() {
        writeln!(text, "{},{value}", row % 7).unwrap();
    }
    text
}

#[test]
fn kinds_are_those_of_the_reader() {
    let text = "i,n,b,d,de,c,e\n1,1.5,TRUE,2020-01-31,31.01.2020,x,\n2,2,FALSE,2020-02-01,01.02.2020,y,NA\n";
    let own = codebook(text);
    let kinds: Vec<Kind> = own.columns.iter().map(|own| own.kind).collect();
    use Kind::{Boolean, Category, Date, Empty, Integer, Number};
    assert_eq!(kinds, [Integer, Number, Boolean, Date, Date, Category, Empty]);
    assert_eq!(own.columns[3].days, own.columns[4].days);
    assert_eq!(own.reading.dates, ["%d.%m.%Y"]);
}

#[test]
fn data_sets_of_r_give_no_false_problems() {
    let mut problems = String::new();
    for entry in std::fs::read_dir("fixtures/data").unwrap() {
        let path = entry.unwrap().path();
        let options = ReadOptions::default();
        let reader = Reader::open(&path, options.clone()).unwrap();
        let own = Codebook::of(&reader, &options, TODAY).unwrap();
        for finding in &own.findings {
            let known = ["event_coding", "several_rows_a_subject", "constant", "needs_quotes"];
            if !finding.question || !known.contains(&finding.rule) {
                writeln!(problems, "{}: {finding:?}", path.display()).unwrap();
            }
        }
        let timed = !own.commands.is_empty();
        assert!(timed, "{}: no time and status", path.display());
    }
    assert_eq!(problems, "");
}

#[test]
fn roles_of_known_files() {
    let of = |file: &str| {
        let options = ReadOptions::default();
        let reader = Reader::open(format!("fixtures/data/{file}.csv"), options.clone()).unwrap();
        Codebook::of(&reader, &options, TODAY).unwrap()
    };
    let lung = of("lung");
    assert_eq!(role(&lung, "time"), Some(Role::Time));
    assert_eq!(role(&lung, "status"), Some(Role::Status));
    assert_eq!(role(&lung, "sex"), Some(Role::Covariate));
    assert!(lung.commands[0].contains("Surv(time, status == 2) ~ 1"));
    let veteran = of("veteran");
    assert_eq!(role(&veteran, "diagtime"), Some(Role::Covariate));
    assert_eq!(role(&veteran, "trt"), Some(Role::Group));
    let cgd = of("cgd");
    assert!(cgd.commands[0].contains("Surv(tstart, tstop, status == 1) ~ treat"));
    // The age at entry is not on the scale of the time on study.
    assert!(of("channing").commands[0].contains("Surv(time, death == 1) ~ 1"));
    assert_eq!(role(&of("jasa"), "fu.date"), Some(Role::Contact));
}

#[test]
fn categories_that_may_be_one() {
    let mut values = vec!["NEC"; 30];
    values.extend(["nec ", "Nec.", "NET", "NET", "NET"]);
    let own = codebook(&column("type", &values));
    let finding = found(&own, "type", "near_duplicates");
    assert_eq!((finding.rows, finding.lines.as_slice()), (2, &[32, 33][..]));
    let differ = ["ER+", "ER-", "<=20", "20", "T1", "T2", "T1", "ER+", "yes", "yes?"];
    assert!(rules(&codebook(&column("x", &differ)), "x").is_empty());
}

#[test]
fn misspelt_words_are_asked_for() {
    let mut values = vec!["Heidelberg"; 30];
    values.extend(["Heidelbreg", "Freiburg", "Freiburg"]);
    let own = codebook(&column("centre", &values));
    let finding = found(&own, "centre", "misspelling");
    assert!(finding.question);
    assert_eq!(finding.lines, [32]);
    // Neither is rare.
    let both = [vec!["anterior"; 20], vec!["anteriol"; 20]].concat();
    assert!(rules(&codebook(&column("site", &both)), "site").is_empty());
}

#[test]
fn ids_that_come_again() {
    let once: Vec<String> = (0..40).map(|row| format!("P{row}")).collect();
    let mut values: Vec<&str> = once.iter().map(String::as_str).collect();
    assert!(rules(&codebook(&column("patid", &values)), "patid").is_empty());
    values.push("P3");
    let own = codebook(&column("patid", &values));
    let finding = found(&own, "patid", "duplicate_ids");
    assert_eq!((finding.rows, finding.lines.as_slice()), (2, &[5, 42][..]));
    assert!(own.plan.contains("# subject"), "{}", own.plan);
    let twice = [values.clone(), values].concat();
    let own = codebook(&column("patid", &twice));
    assert!(found(&own, "patid", "several_rows_a_subject").question);
}

#[test]
fn ids_beyond_what_is_kept_are_still_compared() {
    let mut text = String::from("id,x\n");
    (0..120_000).for_each(|row| writeln!(text, "S{row},{}", row % 3).unwrap());
    let own = codebook(&text);
    assert!(!own.columns[0].distinct_exact);
    assert!(rules(&own, "id").is_empty());
    text += "S77,1\n";
    let own = codebook(&text);
    assert_eq!(found(&own, "id", "duplicate_ids").rows, 2);
}

#[test]
fn codes_for_missing() {
    let own = codebook(&column("ecog", &["0", "1", "2", "-99", "1"]));
    let finding = found(&own, "ecog", "missing_code");
    assert!(finding.question && finding.message.contains("--missing=-99"), "{finding:?}");
    assert_eq!(finding.lines, [5]);
    let own = codebook(&column("age", &["60", "41", "999", "55"]));
    found(&own, "age", "missing_code");
    for values in [
        &["97", "98", "99", "88"][..],
        &["-24", "-9", "3", "10"],
        &["400", "1022", "999", "5"],
        &["0", "9", "8", "3"],
    ] {
        assert!(rules(&codebook(&column("x", values)), "x").is_empty(), "{values:?}");
    }
    let given = with(&column("ecog", &["0", "1", "-99"]), ReadOptions::default().missing(["-99"]));
    assert!(rules(&given, "ecog").is_empty());
}

#[test]
fn words_for_missing() {
    let own = codebook(&column("ki67", &["5", "10", "unbekannt", "20", "30", "?"]));
    let finding = found(&own, "ki67", "missing_code");
    assert!(!finding.question && finding.message.contains("--missing"), "{finding:?}");
    let own = codebook(&column("dx", &["2020-01-01", "2020-02-01", "n/a", "2020-05-01"]));
    assert!(rules(&own, "dx").contains(&"missing_code"), "{:?}", own.findings);
    let own = codebook(&column("stage", &["I", "II", "unknown", "I", "II"]));
    assert!(found(&own, "stage", "missing_word").question);
    let own = codebook(&column("answer", &["none", "some", "none", "some"]));
    assert!(rules(&own, "answer").is_empty());
}

#[test]
fn numbers_stored_as_text() {
    let values = ["1.5", "2", "3", "4", "5", "6", "7", "8", ">50", "9"];
    let own = codebook(&column("marker", &values));
    let finding = found(&own, "marker", "numbers_as_text");
    assert_eq!((finding.rows, finding.lines.as_slice()), (1, &[10][..]));
    assert!(finding.message.contains(">50"));
    let half = ["1", "2", "a", "b", "c"];
    assert!(rules(&codebook(&column("marker", &half)), "marker").is_empty());
}

#[test]
fn refused_columns_are_problems_with_lines() {
    let own = codebook(&column("dx", &["01.02.2020", "03/04/2020", "05.06.2020"]));
    let finding = found(&own, "dx", "refused");
    assert!(finding.message.contains("two formats") || finding.message.contains("2 formats"));
    assert!(finding.lines.contains(&3), "{finding:?}");
    assert_eq!(role(&own, "dx"), Some(Role::Diagnosis));
    let own = codebook(&column("dx", &["01/02/2020", "03/04/2020"]));
    assert!(found(&own, "dx", "refused").message.contains("cannot be told apart"));
    let own = codebook("a;n\n1;1,5\n2;2.5\n3;3,5\n");
    assert!(found(&own, "n", "refused").message.contains("decimal"));
    let own = codebook(&column("dx", &["01.02.2020", "03.04.2020"]));
    assert!(rules(&own, "dx").is_empty());
}

#[test]
fn days_in_an_impossible_order() {
    let text = "dx,progression,last_contact,death\n\
                01.01.2020,01.02.2020,01.03.2020,01.03.2020\n\
                05.01.2020,,01.03.2020,01.12.2019\n\
                01.01.2020,31.12.2019,01.03.2020,\n";
    let own = codebook(text);
    let orders = |column: &str| -> Vec<(u64, Vec<u64>)> {
        let own = own.findings_of(column).filter(|own| own.rule == "dates_out_of_order");
        own.map(|own| (own.rows, own.lines.clone())).collect()
    };
    assert_eq!(orders("death"), [(1, vec![3]), (1, vec![3])]);
    assert_eq!(orders("progression"), [(1, vec![4])]);
    assert!(orders("last_contact").is_empty());
    assert!(own.plan.contains("# where = \"death < dx\""), "{}", own.plan);
}

#[test]
fn days_that_cannot_be() {
    let mut values = vec!["2020-01-05"; 40];
    values.extend(["1800-01-01", "2200-01-01", "1995-01-01"]);
    let own = codebook(&column("visit", &values));
    assert_eq!(found(&own, "visit", "before_1900").lines, [42]);
    assert_eq!(found(&own, "visit", "in_the_future").lines, [43]);
    assert_eq!(found(&own, "visit", "far_off").lines, [44]);
    let spread: Vec<String> = (1990..2020).map(|year| format!("{year}-06-01")).collect();
    let spread: Vec<&str> = spread.iter().map(String::as_str).collect();
    assert!(rules(&codebook(&column("visit", &spread)), "visit").is_empty());
}

#[test]
fn times_and_statuses() {
    let own = codebook("time,status\n5,1\n-3,2\n8,2\n9,1\n");
    assert_eq!(found(&own, "time", "negative_time").lines, [3]);
    assert!(found(&own, "status", "event_coding").message.contains("status == 2"));
    let own = codebook("time,status\n5,1\n3,0\n8,0\n9,1\n");
    assert!(own.findings.is_empty(), "{:?}", own.findings);
    let own = codebook("os_months,os_event,arm\n5,alive,A\n3,dead,B\n8,dead,B\n9,dead,A\n");
    assert!(own.commands[0].contains("Surv(os_months, os_event == \"dead\") ~ arm"));
}

#[test]
fn fullness_and_names() {
    let own = codebook("a,b,c d\n1,,7\n1,,8\n1,,9\n");
    assert_eq!(rules(&own, "a"), ["constant"]);
    assert_eq!(rules(&own, "b"), ["empty"]);
    assert_eq!(rules(&own, "c d"), ["needs_quotes"]);
    let mut text = String::from("a,b\n1,5\n");
    (0..99).for_each(|row| writeln!(text, "{row},").unwrap());
    assert_eq!(rules(&codebook(&text), "b"), ["nearly_empty"]);
}

#[test]
fn cdisc_files_are_recognised() {
    let text =
        "USUBJID,TRT01P,PARAMCD,AVAL,CNSR\n1,A,PFS,50,0\n2,B,PFS,60,1\n1,A,OS,80,0\n2,B,OS,60,1\n";
    let own = codebook(text);
    assert!(own.adtte);
    assert_eq!(own.commands, ["riskset km t.csv 'OS ~ TRT01P'", "riskset km t.csv 'PFS ~ TRT01P'"]);
    assert!(!codebook("PARAMCD,AVAL\nOS,5\n").adtte);
}

#[test]
fn a_plan_names_what_was_found() {
    let text = "pat id;Erstdiagnose;letzter Kontakt;Tod;Progress;Arm\n\
                a;01.02.2020;01.03.2021;;01.09.2020;A\nb;13.02.2020;01.03.2020;01.03.2020;;B\n\
                c;13.05.2020;01.03.2022;;;B\n";
    let own = codebook(text);
    for expected in [
        "subject = \"pat id\"",
        "delimiter = \";\"",
        "dates = \"%d.%m.%Y\"",
        "[endpoint.OS]",
        "origin = \"Erstdiagnose\"",
        "event = [\"Tod\"]",
        "censor = [\"`letzter Kontakt`\"]",
        "event = [\"Progress\", \"Tod\"]",
        "'OS ~ Arm'",
    ] {
        assert!(own.plan.contains(expected), "{expected}: {}", own.plan);
    }
}

/// Everything that a codebook says.
fn told(text: &str, block: u32, threads: usize) -> String {
    let options = ReadOptions::default().block_size(block);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| format!("{:?}", with(text, options)))
}

#[test]
fn threads_and_blocks_do_not_matter() {
    let mut text = String::from("id;dx;death;x;y;type\r\n");
    let mut state = 1u64;
    for row in 0..3_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let bits = state >> 33;
        let (a, b) = (bits % 28 + 1, bits / 31 % 28 + 1);
        let (x, y) = (bits as f64 / 7.0, bits % 91);
        let word = ["NEC", "nec", "\"NET; G3\"", "unknown", ""][bits as usize % 5];
        writeln!(text, "P{row};{a:02}.01.2020;{b:02}.01.2020;{x};{y},5;{word}\r").unwrap();
    }
    let expected = told(&text, 1 << 18, 1);
    assert!(expected.contains("dates_out_of_order") && expected.contains("near_duplicates"));
    for (block, threads) in [(1 << 18, 3), (4_096, 1), (997, 2), (64, 4)] {
        assert!(told(&text, block, threads) == expected, "block {block}, {threads} threads");
    }
}

/// Counts and range from the table that an analysis would read.
fn from_table(column: &Column) -> (u64, Option<(f64, f64)>) {
    let rows = (0..column.len()).filter(|&row| !column.is_missing(row));
    let value = |row: usize| match column {
        Column::Integer(values) => Some(f64::from(values[row])),
        Column::Number { values, .. } => Some(values[row]),
        _ => None,
    };
    let values: Vec<f64> = rows.clone().filter_map(value).collect();
    let low = values.iter().copied().reduce(f64::min);
    (rows.count() as u64, low.zip(values.iter().copied().reduce(f64::max)))
}

proptest! {
    #[test]
    fn a_summary_is_that_of_the_table(
        rows in proptest::collection::vec(("-?[0-9]{0,3}(\\.[0-9])?", "[0-9]{1,2},[0-9]|NA|", "(0[1-9]|1[0-9])\\.0[1-9]\\.20(19|20)|"), 1..60)
    ) {
        let mut text = String::from("a;b;c;k\n");
        rows.iter().for_each(|(a, b, c)| writeln!(text, "{a};{b};{c};1").unwrap());
        let options = ReadOptions::default();
        let reader = Reader::from_bytes("t.csv", text.into(), options.clone()).unwrap();
        let own = Codebook::of(&reader, &options, None).unwrap();
        let table = reader.read_all_lenient().unwrap().table;
        for column in &own.columns {
            let expected = table.column(&column.name).unwrap();
            let (n, range) = from_table(expected);
            prop_assert_eq!(column.n, n);
            prop_assert_eq!(column.n + column.missing, rows.len() as u64);
            let kinds = (column.kind, expected.kind());
            let same = match kinds {
                (Kind::Empty, _) => n == 0,
                (Kind::Integer | Kind::Number, kind) => kind == "number",
                (Kind::Date, kind) => kind == "date",
                (Kind::Boolean, kind) => kind == "true/false",
                (Kind::Category | Kind::Text, kind) => kind == "text",
            };
            prop_assert!(same, "{:?}", kinds);
            if column.kind != Kind::Empty {
                prop_assert_eq!(column.quartiles.map(|own| (own.min, own.max)), range);
            }
        }
    }
}

/// A long text is cut between characters.
#[test]
fn long_texts_are_cut_at_whole_characters() {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("long.csv");
    let rows: String = (195..205).map(|at| format!("{},{}ü\n", at, "x".repeat(at))).collect();
    std::fs::write(&path, format!("id,note\n{rows}")).unwrap();
    let text =
        riskset::cli::execute(["inspect", path.to_str().unwrap(), "--format", "json"]).unwrap();
    assert!(!text.contains("not_text"), "{text}");
}
