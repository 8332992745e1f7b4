//! Plans: endpoints from dates, populations, and what is refused.

#![cfg(feature = "cli")]

use std::collections::HashMap;
use std::fs;

use riskset::formula::{Binder, Formula};
use riskset::plan::Plan;

const EXAMPLE: &str = "fixtures/examples/endpoints.toml";

fn run(args: &[&str]) -> String {
    riskset::cli::execute(args.iter().copied()).unwrap()
}

/// Fields of lines without quotes.
fn fields(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

/// The 25 patients of docs/validation.md: time, event and the date that decided, by hand.
#[test]
fn endpoints_of_25_patients_are_those_worked_out_by_hand() {
    let text = run(&["derive", EXAMPLE, "--format", "csv"]);
    let derived = fields(&text);
    let place: HashMap<&str, usize> =
        derived[0].iter().enumerate().map(|(at, title)| (*title, at)).collect();
    let mut own = HashMap::new();
    for row in &derived[1..] {
        let source = match row[place["left_out"]] {
            "" => row[place["source"]],
            reason => reason,
        };
        let cells = [row[place["time"]], row[place["event"]], source];
        assert!(own.insert((row[0], row[1]), cells).is_none(), "{row:?} stands there twice");
    }
    let text = fs::read_to_string("fixtures/examples/endpoints-expected.csv").unwrap();
    let expected = fields(&text);
    assert_eq!(own.len(), expected.len() - 1);
    for row in &expected[1..] {
        assert_eq!(own[&(row[0], row[1])], row[2..], "subject {}, {}", row[0], row[1]);
    }
}

/// The analysis of an endpoint is that of its derived times.
#[test]
fn an_endpoint_is_analysed_as_its_times_are() {
    let plan = Plan::open(EXAMPLE).unwrap();
    for (name, entry) in [("PFS", false), ("OS-diagnosis", true)] {
        let formula = plan.resolve(&Formula::parse(&format!("`{name}` ~ 1")).unwrap()).unwrap();
        let names = Binder::new(&formula).columns();
        let reader = plan.reader(plan.options()).unwrap();
        let table = reader.read(&plan.columns(&names, reader.header())).unwrap();
        let prepared = plan.prepare(table, &names, false).unwrap();
        let cohort = Binder::new(&formula).bind(&prepared.table).unwrap().cohort;
        assert_eq!(cohort.entry().is_some(), entry);
        let text = fs::read_to_string("fixtures/examples/endpoints-expected.csv").unwrap();
        let rows = fields(&text);
        let rows: Vec<_> = rows.iter().filter(|row| row[1] == name && !row[2].is_empty()).collect();
        assert_eq!(cohort.n_rows(), rows.len());
        for (row, expected) in rows.iter().enumerate() {
            let time = cohort.axis().time(cohort.exit()[row]);
            assert_eq!(time.to_string(), expected[2]);
            assert_eq!(cohort.event()[row], expected[3] == "1");
        }
    }
}

/// The keys that a plan takes at a place, as its own error lists them.
fn keys(plan: &str) -> Vec<String> {
    let error = Plan::parse("plan.toml", plan).unwrap_err().to_string();
    let list = error.split("the keys here are ").nth(1).unwrap_or_else(|| panic!("{error}"));
    let mut keys: Vec<String> = list.trim().split(", ").map(str::to_owned).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The schema for editors knows the keys that the reader knows, and no others.
#[test]
fn the_schema_has_the_keys_of_plans() {
    let text = fs::read_to_string("docs/plan.schema.json").unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let of = |value: &serde_json::Value| {
        let mut keys: Vec<String> =
            value["properties"].as_object().unwrap().keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    let definitions = &schema["$defs"];
    const DATA: &str = "data = \"d.csv\"\nsubject = \"id\"\n";
    assert_eq!(of(&schema), keys(&format!("{DATA}zzzzzz = 1")));
    assert_eq!(of(&definitions["data"]), keys("data = { file = \"d.csv\", zzzzzz = 1 }"));
    assert_eq!(of(&definitions["report"]), keys(&format!("{DATA}[report]\nzzzzzz = 1")));
    let exclude = format!("{DATA}[[exclude]]\nids = [1]\nzzzzzz = 1");
    assert_eq!(of(&definitions["exclude"]), keys(&exclude));
    let dates = "[endpoint.A]\norigin = \"a\"\nevent = \"b\"\nzzzzzz = 1";
    assert_eq!(of(&definitions["endpoint"]), keys(&format!("{DATA}{dates}")));
    let event = "[endpoint.A]\norigin = \"a\"\nevent = { date = \"b\", zzzzzz = 1 }";
    let properties = &definitions["endpoint"]["properties"]["event"]["oneOf"][0]["oneOf"][1];
    assert_eq!(of(properties), keys(&format!("{DATA}{event}")));
}

/// One patient: scans on days 60 and 200, progression found on day 200, death on day 400 of an
/// unknown cause, another therapy on day 150.
const ONE: &str = "id,start,prog,death,cause,last,scan1,scan2,other\n\
                   007,2020-01-01,2020-07-19,2021-02-04,,2021-02-04,2020-03-01,2020-07-19,2020-05-30\n";

/// Time and source of an endpoint of that patient.
fn one(name: &str, endpoint: &str, data: &str) -> Vec<String> {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("one.csv"), ONE).unwrap();
    let plan = folder.join("plan.toml");
    let text = format!("subject = \"id\"\n{data}\n[endpoint.E]\norigin = \"start\"\n{endpoint}\n");
    fs::write(&plan, text).unwrap();
    let csv = run(&["derive", plan.to_str().unwrap(), "--format", "csv"]);
    let rows = fields(&csv);
    [2, 4, 6, 10].map(|at| rows[1][at].to_owned()).into()
}

/// What decides does not depend on where an event is placed.
#[test]
fn missed_visits_and_therapies_are_judged_by_the_day_of_finding() {
    const DATA: &str = "data = \"one.csv\"";
    let events =
        "event = [\"prog\", \"death\"]\ncensor = \"last\"\nvisits = [\"scan1\", \"scan2\"]";
    for (place, day) in [("found", "200"), ("middle", "130"), ("earliest", "61")] {
        let placed = format!("{events}\nevent_at = \"{place}\"");
        assert_eq!(one("placed", &placed, DATA)[..3], [day, "1", "prog"]);
        let gap = format!("{placed}\ngap = 100");
        assert_eq!(one("gap", &gap, DATA)[..3], ["60", "0", "missed visits"], "{place}");
        let therapy = format!("{placed}\ncensor_at = \"other\"");
        assert_eq!(one("therapy", &therapy, DATA)[..3], ["60", "0", "before other"], "{place}");
    }
}

/// A cutoff before an event that came after missed visits does not prove more than they do.
#[test]
fn an_earlier_cutoff_does_not_lengthen_follow_up_past_missed_visits() {
    let endpoint = "event = [\"prog\", \"death\"]\ncensor = \"last\"\nvisits = [\"scan1\", \"scan2\"]\ngap = 100";
    for cutoff in ["2020-07-18", "2020-07-19"] {
        let data = format!("data = {{ file = \"one.csv\", cutoff = {cutoff} }}");
        assert_eq!(one("cutoff", endpoint, &data)[..3], ["60", "0", "missed visits"], "{cutoff}");
    }
}

/// What is not known of a later event does not undo an earlier one.
#[test]
fn an_unknown_cause_of_death_does_not_undo_a_progression() {
    const DATA: &str = "data = \"one.csv\"";
    let death = "{ date = \"death\", when = 'cause == \"tumour\"' }";
    let both = format!("event = [\"prog\", {death}]\ncensor = \"last\"");
    assert_eq!(one("cause", &both, DATA)[..3], ["200", "1", "prog"]);
    let alone = format!("event = {death}\ncensor = \"last\"");
    assert_eq!(one("alone", &alone, DATA)[3], "not known whether there was an event");
}

/// An id is found with its zeros, and one that is nowhere is an error.
#[test]
fn excluded_subjects_are_found_or_missed_aloud() {
    let with = |ids: &str| {
        let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ids");
        fs::create_dir_all(&folder).unwrap();
        let two = format!("{ONE}8,2020-01-01,,,,2021-02-04,,,\n");
        fs::write(folder.join("one.csv"), two).unwrap();
        let plan = folder.join("plan.toml");
        let text = format!(
            "subject = \"id\"\ndata = \"one.csv\"\n[[exclude]]\nids = [{ids}]\n[endpoint.E]\norigin = \"start\"\n\
             event = \"death\"\ncensor = \"last\"\n"
        );
        fs::write(&plan, text).unwrap();
        riskset::cli::execute(["derive", plan.to_str().unwrap(), "--format", "json"])
    };
    assert!(with("\"007\"").unwrap().contains("\"left_out\": 1,"));
    let error = with("\"007\", \"9\"").unwrap_err().to_string();
    assert!(error.contains("no row has id 9"), "{error}");
}

/// The columns of an endpoint do not hide that time runs from a date.
#[test]
fn the_future_is_seen_through_the_columns_of_endpoints() {
    let fails =
        |formula: &str| riskset::cli::execute(["km", EXAMPLE, formula]).unwrap_err().to_string();
    for formula in
        ["Surv(OS.time, OS.event) ~ PFS.event", "OS ~ PFS.type", "OS ~ !is.na(progression)"]
    {
        assert!(fails(formula).contains("knows the future"), "{formula}");
    }
    let early = run(&["km", EXAMPLE, "OS ~ (OS.origin - diagnosis > 30)"]);
    assert!(!early.contains("future"), "{early}");
    let chosen = run(&["km", EXAMPLE, "OS ~ 1", "--where", "PFS.event"]);
    assert!(chosen.contains("immortal time"), "{chosen}");
}
