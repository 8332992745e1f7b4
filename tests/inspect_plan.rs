//! A suggested plan is a plan.

#![cfg(feature = "cli")]

use riskset::codebook::Codebook;
use riskset::io::{ReadOptions, Reader};
use riskset::plan::Plan;

fn suggested(path: &str) -> String {
    let options = ReadOptions::default().missing(["-99"]);
    let reader = Reader::open(path, options.clone()).unwrap();
    Codebook::of(&reader, &options, Some(20_000)).unwrap().plan
}

fn parsed(path: &str) -> Plan {
    let plan = suggested(path);
    Plan::parse("plan.toml", &plan).unwrap_or_else(|error| panic!("{path}: {error}\n{plan}"))
}

#[test]
fn suggested_plans_are_plans() {
    for entry in std::fs::read_dir("fixtures/data").unwrap() {
        parsed(&entry.unwrap().path().to_string_lossy());
    }
    let names = |path| -> Vec<String> {
        parsed(path).endpoints().iter().map(|own| own.name().to_owned()).collect()
    };
    assert_eq!(names("tests/cli/data/messy.csv"), ["OS", "PFS"]);
    assert_eq!(names("tests/cli/data/hospital.csv"), ["OS"]);
    assert_eq!(names("fixtures/examples/nen-messy.csv"), ["OS", "PFS"]);
    assert!(names("tests/cli/data/adtte.csv").is_empty());
}

/// From a hospital's file to curves without a line written by hand.
#[test]
fn a_suggested_plan_runs() {
    let file = "fixtures/examples/nen-messy.csv";
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("suggested.toml");
    let own = std::env::current_dir().unwrap().join(file);
    let plan = suggested(file).replace(file, &own.to_string_lossy());
    std::fs::write(&path, plan).unwrap();
    let text = riskset::cli::execute(["km", path.to_str().unwrap(), "PFS ~ 1"]).unwrap();
    assert!(text.contains("nen-messy.csv: 60 rows"), "{text}");
}
