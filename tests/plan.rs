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
    let exclude = format!("{DATA}[[exclude]]\nids = [1]\nzzzzzz = 1");
    assert_eq!(of(&definitions["exclude"]), keys(&exclude));
    let dates = "[endpoint.A]\norigin = \"a\"\nevent = \"b\"\nzzzzzz = 1";
    assert_eq!(of(&definitions["endpoint"]), keys(&format!("{DATA}{dates}")));
    let event = "[endpoint.A]\norigin = \"a\"\nevent = { date = \"b\", zzzzzz = 1 }";
    let properties = &definitions["endpoint"]["properties"]["event"]["oneOf"][0]["oneOf"][1];
    assert_eq!(of(properties), keys(&format!("{DATA}{event}")));
}
