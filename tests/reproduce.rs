//! Studies: figures recomputed, verdicts, arguments, and what is said about rows that are no
//! patients.

use std::fs;
use std::path::{Path, PathBuf};

use riskset::cli;
use riskset::reproduce::check::Severity;
use riskset::reproduce::{Origin, Study, Verdict};
use serde_json::Value;

fn run(args: &[&str]) -> Result<String, cli::Failure> {
    cli::execute(args.iter().copied())
}

fn json(args: &[&str]) -> Value {
    let args = [args, &["--format", "json", "--allow-differences"]].concat();
    serde_json::from_str(&run(&args).unwrap()).unwrap()
}

fn verdict<'v>(report: &'v Value, id: &str) -> &'v Value {
    let figures = report["figures"].as_array().unwrap();
    figures.iter().find(|own| own["id"] == id).unwrap_or_else(|| panic!("no figure {id}"))
}

/// A folder of its own with a study and a file of data.
fn folder(name: &str, study: &str, data: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("study.toml"), study).unwrap();
    fs::write(folder.join("rows.csv"), data).unwrap();
    folder
}

const HEAD: &str =
    "title = \"toy\"\ndata = \"rows.csv\"\n[endpoint.OS]\ntime = \"t\"\nevent = \"e\"\n";
/// 1 to 6, all events: median 3.5 by the midpoint rule, log-log limits 1 and none.
const ROWS: &str = "t,e,g\n1,1,a\n2,1,a\n3,1,a\n4,1,b\n5,1,b\n6,1,b\n";

fn figure(id: &str, published: &str, rest: &str) -> String {
    format!("[[figure]]\nid = \"{id}\"\npublished = \"{published}\"\n{rest}\n")
}

/// [`HEAD`] of a paper that names SPSS and follows it.
fn spss() -> String {
    let title = "title = \"toy\"\n";
    HEAD.replace(
        title,
        &format!("{title}software = \"SPSS 29\"\nconventions = {{ as = \"spss\" }}\n"),
    )
}

fn open(name: &str, figures: &str) -> Result<Study, riskset::Error> {
    let text = format!("{HEAD}{figures}");
    Study::open(folder(name, &text, ROWS))
}

/// The public data of the trial give the recurrence as printed and the deaths otherwise.
#[test]
fn a_trial_is_recomputed_from_its_own_patients() {
    let report = json(&["reproduce", "fixtures/studies/moertel-1995-colon"]);
    assert_eq!(report["origin"], "individual");
    assert!(report.get("banner").is_none());
    let expected = [
        ("patients", "929", "reproduced"),
        ("follow-up-median", "6.4", "differs"),
        ("recurrence-reduction-fluorouracil", "40%", "reproduced"),
        ("recurrence-p-fluorouracil", "<0.0001", "reproduced"),
        ("recurrence-reduction-levamisole", "2%", "reproduced"),
        ("death-reduction-fluorouracil", "31%", "differs"),
        ("death-p-fluorouracil", "0.0017", "differs"),
        ("death-reduction-levamisole", "3%", "differs"),
    ];
    for (id, computed, own) in expected {
        let figure = verdict(&report, id);
        assert_eq!(
            (&figure["computed"], &figure["verdict"]),
            (&computed.into(), &own.into()),
            "{id}"
        );
    }
    assert_eq!(report["summary"]["reproduced"], 4);
    assert_eq!(report["summary"]["differs"], 4);
}

/// What differs is a failure unless allowed, and the report is written all the same.
#[test]
fn differences_are_a_failure_unless_allowed() {
    let figures = figure("m", "3.6 (1.0-NR)", "statistic = \"median\"\nendpoint = \"OS\"");
    let folder = folder("differs", &format!("{HEAD}{figures}"), ROWS);
    let output = folder.join("out.json");
    let args = ["reproduce", folder.to_str().unwrap(), "--output", output.to_str().unwrap()];
    let failure = run(&args).unwrap_err();
    assert_eq!(failure.status(), 1);
    let report: Value = serde_json::from_str(&fs::read_to_string(&output).unwrap()).unwrap();
    assert_eq!(verdict(&report, "m")["note"], "off: estimate -0.100");
    assert!(run(&[&args[..], &["--allow-differences"]].concat()).is_ok());
}

#[test]
fn every_statistic_is_compared_as_printed() {
    let os = "endpoint = \"OS\"";
    let figures = [
        figure("median", "3.5 (1.0-NR)", &format!("statistic = \"median\"\n{os}")),
        figure("rate", "50%", &format!("statistic = \"rate\"\nat = 3\n{os}")),
        figure("fraction", "0.50", &format!("statistic = \"rate\"\nat = 3\nfraction = true\n{os}")),
        figure("n", "6", &format!("statistic = \"n\"\n{os}")),
        figure("events", "3", &format!("statistic = \"events\"\nwhere = 'g == \"a\"'\n{os}")),
        figure("share", "2 (66.7)", "statistic = \"count\"\ncount = 't < 3'\nwhere = 'g == \"a\"'"),
        figure(
            "follow",
            "3.5 (1-6)",
            &format!("statistic = \"follow_up\"\nmethod = \"observed\"\n{os}"),
        ),
        figure("test", "0.025", "statistic = \"log_rank_p\"\nformula = 'OS ~ g'"),
        figure("skip", "1.9", "not_run = \"outside the data\""),
    ];
    let study = open("statistics", &figures.concat()).unwrap();
    assert_eq!(study.origin(), Origin::Individual);
    let folder = study.path().parent().unwrap().to_str().unwrap().to_owned();
    let report = json(&["reproduce", &folder]);
    for id in ["median", "rate", "fraction", "n", "events", "share", "follow", "test"] {
        assert_eq!(verdict(&report, id)["verdict"], "reproduced", "{id}: {}", verdict(&report, id));
    }
    assert_eq!(verdict(&report, "skip")["verdict"], "not_run");
    assert_eq!(verdict(&report, "skip")["note"], "outside the data");
}

/// Arguments by hand: ln 0.79 and limits 0.65–0.98 leave p between 0.0276 and 0.0315.
#[test]
fn what_no_data_can_print_is_argued() {
    let model = "[model.os]\nformula = 'OS ~ factor(g)'\n";
    let term = "model = \"os\"\nterm = \"factor(g)\"";
    let figures = [
        model.to_owned(),
        figure(
            "hr",
            "0.79 (0.65-0.98)",
            &format!("statistic = \"hazard_ratio\"\nlevel = \"b\"\n{term}"),
        ),
        figure("p", "0.027", &format!("statistic = \"p\"\nlevel = \"b\"\n{term}")),
        figure(
            "joint",
            "0.007",
            &format!("statistic = \"p\"\ndf = 2\ncontrasts = [\"wide\"]\n{term}"),
        ),
        figure(
            "wide",
            "2.97 (1.54-5.72)",
            &format!("statistic = \"hazard_ratio\"\nlevel = \"b\"\n{term}"),
        ),
        figure("one", "3.4 (2.8-3.9)", "statistic = \"median\"\nendpoint = \"OS\""),
        figure(
            "two",
            "7.6 (3.5-11.8)",
            "statistic = \"median\"\nendpoint = \"OS\"\nwhere = 't > 1'",
        ),
        figure("tenths", "0.1", "statistic = \"lattice\"\nstep = 0.1"),
        figure("again", "3.4 (2.8-NR)", "statistic = \"median\"\nendpoint = \"OS\"\nn = 7"),
    ];
    let verdicts = |name: &str, head: &str| {
        let text = format!("{head}{}", figures.concat());
        let study = Study::open(folder(name, &text, ROWS)).unwrap();
        let table = riskset::io::Reader::open(study.plan().file(), study.plan().options()).unwrap();
        let found = study.compare(table.read_all().unwrap()).unwrap();
        let own = study.figures().iter().zip(&found.figures);
        let own = own.map(|(figure, own)| {
            (figure.id.clone(), (own.verdict, own.note.clone().unwrap_or_default()))
        });
        own.collect::<std::collections::HashMap<_, _>>()
    };
    let stated = verdicts("argued", &spss());
    for (id, words) in [
        (
            "p",
            "between 0.0276 and 0.0315, over all values that round to it; 0.027 is none of these, rounded, as SPSS prints; 0.027 would need digits cut off",
        ),
        ("joint", "at most 0.0053"),
        ("tenths", "no one rule for halves does both"),
        ("tenths", "no double h at all has 3.4 - h and 3.4 + h"),
        ("again", "no value prints as both"),
    ] {
        let (verdict, note) = &stated[id];
        assert_eq!(*verdict, Verdict::NotAttainable, "{id}");
        assert!(note.contains(words), "{id}: {note}");
    }
    assert_eq!(stated["hr"].0, Verdict::Differs);
    // Without the package a p may be cut off or of another test, and limits need not be symmetric.
    let unknown = verdicts("argued-unknown", HEAD);
    for (id, verdict, words) in [
        ("p", Verdict::Differs, "cut off instead of rounded it would fit"),
        ("joint", Verdict::Differs, "possible with a likelihood-ratio test"),
        ("tenths", Verdict::NotRun, "only of SPSS's intervals"),
    ] {
        assert_eq!(unknown[id].0, verdict, "{id}");
        assert!(unknown[id].1.contains(words), "{id}: {}", unknown[id].1);
    }
    let found = Study::open(folder("argued-unknown", &format!("{HEAD}{}", figures.concat()), ROWS));
    let found = found.unwrap().contradictions();
    let severity = |id: &str| {
        let of = |own: &&riskset::reproduce::check::Finding| {
            own.rows.iter().any(|row| row.id == id) && own.finding.contains("p ")
        };
        found.iter().find(of).map(|own| own.severity)
    };
    assert_eq!(severity("p"), Some(Severity::Rounding));
    assert_eq!(severity("joint"), Some(Severity::Warning));
}

/// One statistic as a fraction and as a percentage, and with digits rounded and cut off.
#[test]
fn two_printings_are_compared_by_value() {
    let rate = "statistic = \"rate\"\nat = 1\nendpoint = \"OS\"";
    let median = "statistic = \"median\"\nendpoint = \"OS\"";
    let figures = [
        figure("fraction", "0.80", &format!("{rate}\nfraction = true")),
        figure("percent", "80%", rate),
        figure("cut", "2.9", median),
        figure("fine", "2.96", median),
    ];
    let study = open("printings", &figures.concat()).unwrap();
    let folder = study.path().parent().unwrap().to_str().unwrap().to_owned();
    let report = json(&["reproduce", &folder]);
    for id in ["fraction", "percent", "cut", "fine"] {
        assert_eq!(verdict(&report, id)["verdict"], "differs", "{}", verdict(&report, id));
    }
    let note = verdict(&report, "cut")["note"].as_str().unwrap().to_owned();
    assert!(note.contains("with digits cut off one does"), "{note}");
    let found = study.contradictions();
    let of = |id: &str| found.iter().any(|own| own.rows.iter().any(|row| row.id == id));
    assert!(!of("fraction"), "{found:?}");
    assert!(
        !found.iter().any(|own| own.severity == Severity::Error && own.check == "not-attainable")
    );
}

/// S(t) and its time are compared with a median in their own units; what only the default interval
/// excludes is not excluded.
#[test]
fn units_and_conventions_are_the_studys() {
    let months = HEAD.replace("event = \"e\"\n", "event = \"e\"\nunit = \"months\"\n");
    let years = months.replace("months", "years");
    let median = figure("m", "3.5", "statistic = \"median\"\nendpoint = \"OS\"");
    let rate = |published: &str, rest: &str| {
        figure("r", published, &format!("statistic = \"rate\"\nendpoint = \"OS\"\n{rest}"))
    };
    let early = rate("0.83", "at = 1\nfraction = true");
    let late = rate("33", "at = 4");
    let wrong = rate("0.33", "at = 1\nfraction = true");
    let cases = [(&months, early, 0), (&years, late, 0), (&months, wrong, 1)];
    for (at, (head, rate, errors)) in cases.into_iter().enumerate() {
        let text = format!("{head}{median}{rate}");
        let study = Study::open(folder(&format!("units-{at}"), &text, ROWS)).unwrap();
        assert_eq!(study.contradictions().len(), errors, "{at}: {:?}", study.contradictions());
    }
    let limits = figure("m", "5 (2-7)", "statistic = \"median\"\nendpoint = \"OS\"\nn = 6");
    let severity = |name: &str, head: &str| {
        let study = Study::open(folder(name, &format!("{head}{limits}"), ROWS)).unwrap();
        study.contradictions().first().map(|own| own.severity)
    };
    assert_eq!(severity("limits-unstated", HEAD), Some(Severity::Warning));
    let title = "title = \"toy\"\n";
    let stated = |conf_type: &str| {
        HEAD.replace(title, &format!("{title}conventions = {{ conf_type = \"{conf_type}\" }}\n"))
    };
    assert_eq!(severity("limits-stated", &stated("log-log")), Some(Severity::Error));
    assert_eq!(severity("limits-plain", &stated("plain")), None);
}

/// Each error names the key and says what to do.
#[test]
fn bad_studies_are_refused() {
    let median = "statistic = \"median\"\nendpoint = \"OS\"";
    let cases = [
        (figure("m", "about 3", median), "is no printed estimate"),
        (figure("m", "3.5", "statistic = \"mean\""), "there is no statistic \"mean\""),
        (figure("m", "3.5", "statistic = \"median\"\nendpoint = \"PFS\""), "no endpoint PFS"),
        (figure("m", "3.5", "statistic = \"hazard_ratio\"\nmodel = \"os\""), "there is no model"),
        (figure("m", "3.5", &format!("{median}\nwher = 't > 1'")), "did you mean where?"),
        (figure("m", "3.5", ""), "statistic is missing"),
        ([figure("m", "3.5", median), figure("m", "3.5", median)].concat(), "two figures \"m\""),
        ("[pseudo]\n[pseudo.blocks.a]\nrows = 3\n".to_owned(), "not both"),
        (String::new(), "figure is missing"),
    ];
    for (figures, words) in cases {
        let error = open("bad", &figures).unwrap_err().to_string();
        assert!(error.contains(words), "{figures}: {error}");
        assert!(error.contains("study.toml"), "{error}");
    }
    let missing = run(&["reproduce", "no/such/study.toml"]).unwrap_err();
    assert_eq!(missing.status(), 1);
}

/// A figure whose columns are not there is not run, and the others are.
#[test]
fn one_figure_that_fails_leaves_the_others() {
    let median = "statistic = \"median\"\nendpoint = \"OS\"";
    let figures = [
        figure("good", "3.5", median),
        figure("bad", "3.5", &format!("{median}\nwhere = 'stage == 4'")),
    ];
    let study = open("one-fails", &figures.concat()).unwrap();
    let folder = study.path().parent().unwrap().to_str().unwrap().to_owned();
    let output = Path::new(&folder).join("out.json");
    let args = ["reproduce", &folder, "--allow-differences", "--output", output.to_str().unwrap()];
    let failure = run(&args).unwrap_err();
    assert_eq!(failure.status(), 1);
    assert!(failure.to_string().starts_with("1 figure could not be computed"), "{failure}");
    let report: Value = serde_json::from_str(&fs::read_to_string(output).unwrap()).unwrap();
    assert_eq!(verdict(&report, "good")["verdict"], "reproduced");
    let bad = verdict(&report, "bad");
    assert_eq!(bad["verdict"], "not_run");
    assert!(bad["note"].as_str().unwrap().contains("stage"), "{bad}");
}

/// Rows of origin `pseudo` are called so by commands that know nothing of studies, also with
/// --quiet.
#[test]
fn readers_recognise_rows_that_are_no_patients() {
    let rows = "id,origin,t,e\nPSEUDO-0001,pseudo,1,1\nPSEUDO-0002,pseudo,2,1\n";
    let folder = folder("origin", HEAD, rows);
    let file = folder.join("rows.csv");
    for command in ["km", "cox"] {
        let formula = if command == "km" { "Surv(t, e) ~ 1" } else { "Surv(t, e) ~ t" };
        let text = run(&[command, file.to_str().unwrap(), formula, "--quiet"]).unwrap();
        assert!(text.contains("PSEUDO-COHORT \u{2013} NOT PATIENTS"), "{command}: {text}");
    }
    let real = folder.join("real.csv");
    fs::write(&real, rows.replace("pseudo,", "registry,")).unwrap();
    let text = run(&["km", real.to_str().unwrap(), "Surv(t, e) ~ 1"]).unwrap();
    assert!(!text.contains("PSEUDO"));
}

/// Draws of one cohort are not so many times its rows.
#[test]
fn draws_are_not_pooled() {
    let rows =
        "id,origin,draw,t,e\nP1,pseudo,1,1,1\nP2,pseudo,1,3,1\nP1,pseudo,2,2,1\nP2,pseudo,2,3,1\n";
    let file = folder("draws", HEAD, rows).join("rows.csv");
    let file = file.to_str().unwrap();
    let error = run(&["km", file, "Surv(t, e) ~ 1"]).unwrap_err();
    assert!(error.to_string().contains("--by draw"), "{error}");
    assert!(run(&["km", file, "Surv(t, e) ~ 1", "--by", "draw"]).is_ok());
    assert!(run(&["km", file, "Surv(t, e) ~ 1", "--where", "draw == 1"]).is_ok());
}

/// The keys that a study takes at a place, as its own error lists them.
fn keys(text: &str) -> Vec<String> {
    let error = Study::parse(Path::new("study.toml"), text).unwrap_err().to_string();
    let list = error.split("the keys here are ").nth(1).unwrap_or_else(|| panic!("{error}"));
    let mut keys: Vec<String> = list.trim().split(", ").map(str::to_owned).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The schema for editors knows the keys that the reader knows, and no others.
#[test]
fn the_schema_has_the_keys_of_studies() {
    let text = fs::read_to_string("docs/studies.schema.json").unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let of = |value: &Value| {
        let mut keys: Vec<String> =
            value["properties"].as_object().unwrap().keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    let own = figure("m", "3.5", "statistic = \"median\"\nendpoint = \"OS\"");
    assert_eq!(of(&schema), keys(&format!("zzzzzz = 1\n{HEAD}{own}")));
    let definitions = &schema["$defs"];
    let conventions = "[conventions]\nzzzzzz = 1\n";
    assert_eq!(of(&definitions["conventions"]), keys(&format!("{HEAD}{conventions}{own}")));
    let model = "[model.os]\nformula = 'OS ~ g'\nzzzzzz = 1\n";
    assert_eq!(of(&definitions["model"]), keys(&format!("{HEAD}{model}{own}")));
    let pseudo = |text: &str| {
        let head = HEAD.replace("data = \"rows.csv\"\n", "");
        keys(&format!("{head}{text}\n{own}"))
    };
    const BLOCK: &str = "[pseudo.blocks.a]\nrows = 3\n";
    assert_eq!(of(&definitions["pseudo"]), pseudo(&format!("[pseudo]\nzzzzzz = 1\n{BLOCK}")));
    assert_eq!(of(&definitions["block"]), pseudo(&format!("{BLOCK}zzzzzz = 1")));
    let label = "[pseudo.blocks.a.labels]\nx = { range = [1, 2], zzzzzz = 1 }";
    let mut known = pseudo(&format!("{BLOCK}{label}"));
    assert_eq!(of(&definitions["label"]), known);
    let clock =
        "[pseudo.blocks.a.clocks.OS]\ntime = \"t\"\nstatus = \"e\"\nmax_days = 9\nzzzzzz = 1";
    known = pseudo(&format!("{BLOCK}{clock}"));
    assert_eq!(of(&definitions["clock"]), known);
}

/// A toy paper on 12 patients: a median with its log-log limits, a part of them, a rate.
const TOY: &str = r#"
title = "toy paper"
citation = "Nobody 2026."
[conventions]
as = "sas"
[endpoint.OS]
time = "os / 30.4375"
event = "dead"
[pseudo]
seed = 3
[pseudo.blocks.all]
rows = 12
[pseudo.blocks.all.labels]
sex = { counts = { f = 5, m = 7 } }
[pseudo.blocks.all.clocks.OS]
time = "os"
status = "dead"
max_days = 1000
[[figure]]
id = "median"
published = "6.78 (2.99-13.80)"
statistic = "median"
endpoint = "OS"
[[figure]]
id = "men"
published = "7.56"
statistic = "median"
endpoint = "OS"
where = 'sex == "m"'
[[figure]]
id = "rate"
published = "25"
statistic = "rate"
endpoint = "OS"
at = 12
[[figure]]
id = "events"
published = "10"
statistic = "events"
endpoint = "OS"
constraint = true
"#;

fn toy() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("toy");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("study.toml"), TOY).unwrap();
    folder.to_str().unwrap().to_owned()
}

/// The same seed gives the same rows on any number of threads; another seed gives others. Every
/// figure is consistent, none reproduced: all were constraints.
#[test]
fn a_pseudo_cohort_is_found_and_called_what_it_is() {
    let folder = toy();
    let rows = |name: &str, more: &[&str]| {
        let file = Path::new(&folder).join(name);
        let args = ["reproduce", &folder, "--ipd", file.to_str().unwrap(), "--format", "json"];
        let report: Value =
            serde_json::from_str(&run(&[&args[..], more].concat()).unwrap()).unwrap();
        assert_eq!(report["summary"]["consistent"], 4, "{report}");
        assert_eq!(report["origin"], "pseudo");
        let banner = report["banner"].as_str().unwrap();
        assert!(banner.contains("NOT PATIENTS") && banner.contains("agree with 4 printed figures"));
        fs::read_to_string(file).unwrap()
    };
    let first = rows("a.pseudo.csv", &["--threads", "1"]);
    assert_eq!(first, rows("b.pseudo.csv", &["--threads", "4", "--seed", "3"]));
    assert_ne!(first, rows("c.pseudo.csv", &["--seed", "4"]));
    assert_eq!(first.lines().count(), 13);
    assert!(first.lines().skip(1).all(|line| line.contains(",pseudo,")));
    let refused = run(&["reproduce", &folder, "--ipd", "rows.csv"]).unwrap_err();
    assert!(refused.to_string().contains(".pseudo.csv"));
}

/// Withheld, a figure has the range that the others imply.
#[test]
fn a_figure_withheld_has_a_range() {
    let report = json(&["reproduce", &toy(), "--hold-out", "--draws", "4"]);
    let median = &verdict(&report, "men")["hold_out"];
    assert_eq!((&median["draws"], &median["found"]), (&4.into(), &4.into()));
    assert!(median["lower"].as_f64() < median["upper"].as_f64(), "{median}");
    let events = &verdict(&report, "events")["hold_out"];
    assert!(events["upper"].as_f64().unwrap() <= 12.0);
}

/// A figure that is named is withheld alone, and a CSV file has the range.
#[test]
fn one_figure_is_withheld() {
    let report = json(&["reproduce", &toy(), "--hold-out=men", "--draws", "3"]);
    assert_eq!(verdict(&report, "men")["hold_out"]["found"], 3);
    assert_eq!(verdict(&report, "events")["hold_out"], Value::Null);
    let refused = run(&["reproduce", &toy(), "--hold-out=woman"]).unwrap_err().to_string();
    assert!(refused.contains("--hold-out=woman"), "{refused}");
    assert!(!refused.contains("did you mean"), "{refused}");
    let refused = run(&["reproduce", &toy(), "--hold-out=mens"]).unwrap_err().to_string();
    assert!(refused.ends_with("did you mean men?"), "{refused}");
}

/// Of the committed ranges of Liu 2021, those of a small block come out again.
#[test]
fn ranges_of_mayo_net_g3_come_out_again() {
    let folder = "fixtures/studies/liu-2021-net-g3";
    let committed = fs::read_to_string(format!("{folder}/hold-out.csv")).unwrap();
    let ids = ["mayo-netg3-everolimus-pfs-median", "mayo-netg3-everolimus-os-median"];
    let named = format!("--hold-out={}", ids.join(","));
    let made = run(&["reproduce", folder, &named, "--format", "csv"]).unwrap();
    for id in ids {
        let line = |text: &str| -> String {
            text.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap().to_owned()
        };
        assert_eq!(line(&made), line(&committed));
        assert!(line(&made).contains(",20,20,"), "{}", line(&made));
    }
}

/// Seeds of draws go on from the last one at 0.
#[test]
fn the_largest_seed_has_draws() {
    let seed = u64::MAX.to_string();
    let report = json(&["reproduce", &toy(), "--hold-out", "--draws", "1", "--seed", &seed]);
    assert_eq!(verdict(&report, "men")["hold_out"]["draws"], 1);
}

/// The committed cohort of Liu 2021 prints every figure that is free of contradiction.
#[test]
fn mayo_net_g3_is_consistent() {
    let report = json(&["reproduce", "fixtures/studies/liu-2021-net-g3"]);
    let summary = &report["summary"];
    assert_eq!((&summary["differs"], &summary["not_found"]), (&0.into(), &0.into()), "{summary}");
    assert_eq!(summary["not_attainable"], 2);
    let figures = report["figures"].as_array().unwrap();
    let medians = figures.iter().filter(|own| {
        let id = own["id"].as_str().unwrap();
        (id.contains("-pfs-median") || id.contains("-os-median")) && own["verdict"] == "consistent"
    });
    assert_eq!(medians.count(), 22);
    for id in ["mayo-netg3-ep-pfs-median-discussion", "mayo-netg3-captem-ki67-20-54-response-orr"] {
        assert_eq!(verdict(&report, id)["verdict"], "not_attainable");
    }
    // 0 and 75 days, as the paper's numbers force.
    let cohort = fs::read_to_string("fixtures/studies/liu-2021-net-g3/cohort.pseudo.csv").unwrap();
    let header: Vec<&str> = cohort.lines().next().unwrap().split(',').collect();
    let at = header.iter().position(|own| *own == "pfs").unwrap();
    let everolimus = cohort.lines().filter(|line| line.contains(",everolimus,"));
    let mut days: Vec<&str> = everolimus.map(|line| line.split(',').nth(at).unwrap()).collect();
    days.sort_unstable();
    assert_eq!(days, ["0", "75"]);
}

/// The committed cohort of Sorbye 2025 prints all 145 numbers of the 55 medians, the four rates and
/// all 60 numbers of the 20 hazard ratios.
#[test]
fn nordic_nec_2_is_consistent() {
    let report = json(&["reproduce", "fixtures/studies/sorbye-2025-nordic-nec-2"]);
    assert_eq!(report["rows"], 544);
    let figures = report["figures"].as_array().unwrap();
    let consistent = figures.iter().filter(|own| own["verdict"] == "consistent");
    let (mut medians, mut ratios, mut rates) = ((0, 0), (0, 0), 0);
    for own in consistent {
        let (id, published) = (own["id"].as_str().unwrap(), own["published"].as_str().unwrap());
        let numbers = if published.contains('(') { 3 } else { 1 };
        if id.ends_with("-median") {
            medians = (medians.0 + 1, medians.1 + numbers);
        } else if id.contains("-hr-") {
            ratios = (ratios.0 + 1, ratios.1 + numbers);
        } else if id.ends_with("yr") {
            rates += 1;
        }
    }
    assert_eq!((medians, ratios, rates), ((55, 145), (20, 60), 4));
    // The p-values that come out follow from hazard ratios and limits that are constraints.
    assert_eq!(
        (&report["summary"]["reproduced"], &report["summary"]["consistent"]),
        (&0.into(), &90.into())
    );
    let p = verdict(&report, "nordic-nec2-netg3-os-p-alp-gt-unl")["note"].as_str().unwrap();
    assert!(p.starts_with("implied: nordic-nec2-netg3-os-hr-alp-gt-unl"), "{p}");
    for id in [
        "nordic-nec2-nec-os-n-complete-cases",
        "nordic-nec2-nec-os-p-female-sex",
        "nordic-nec2-netg3-os-p-ps",
        "nordic-nec2-times-in-tenths-of-a-month",
    ] {
        assert_eq!(verdict(&report, id)["verdict"], "not_attainable", "{id}");
    }
    let never = verdict(&report, "nordic-nec2-netg3-prrt-never-os-median");
    assert!(never["note"].as_str().unwrap().contains("immortal time"));
}

/// A study on published curves: what the reconstruction was given is consistent in whatever form it
/// is printed again, the rest reproduced.
#[test]
fn a_study_rests_on_curves() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("curves");
    fs::create_dir_all(&folder).unwrap();
    let input = fs::canonicalize("fixtures/reconstruction/input").unwrap();
    let curves = fs::read_to_string("fixtures/reconstruction/larynx.toml").unwrap();
    let curves = curves.replace("\"input/", &format!("\"{}/", input.to_str().unwrap()));
    fs::write(folder.join("curves.toml"), curves).unwrap();
    let one = "endpoint = \"OS\"\nwhere = 'arm == \"stage I\"'";
    let term = "model = \"m\"\nterm = 'factor(arm, ref = \"stage I\")'\nlevel = \"stage III\"";
    let figures = [
        figure("n", "60", "statistic = \"n\"\nendpoint = \"OS\""),
        figure("events", "32", "statistic = \"events\"\nendpoint = \"OS\""),
        figure("n-of-one", "33", &format!("statistic = \"n\"\n{one}")),
        figure("events-of-one", "15", &format!("statistic = \"events\"\n{one}")),
        figure(
            "at-risk",
            "31",
            &format!("statistic = \"n\"\n{one}").replace("\"'", "\" & time >= 24'"),
        ),
        figure("hr", "1.84", &format!("statistic = \"hazard_ratio\"\n{term}")),
        figure("reduction", "-84%", &format!("statistic = \"risk_reduction\"\n{term}")),
        figure("wald", "0.09", &format!("statistic = \"p\"\n{term}")),
        figure("log-rank", "0.08", "statistic = \"log_rank_p\"\nformula = 'OS ~ arm'"),
        figure("rate", "94%", &format!("statistic = \"rate\"\nat = 24\n{one}")),
    ];
    let text = format!(
        "title = \"larynx\"\nreconstruct = \"curves.toml\"\n[endpoint.OS]\ntime = \"time\"\nevent = \"status\"\n\
         [model.m]\nformula = 'OS ~ factor(arm, ref = \"stage I\")'\n{}",
        figures.concat()
    );
    fs::write(folder.join("study.toml"), text).unwrap();
    let report = json(&["reproduce", folder.to_str().unwrap()]);
    assert_eq!(report["origin"], "reconstructed");
    assert!(report["banner"].as_str().unwrap().starts_with("RECONSTRUCTED"));
    for id in [
        "n",
        "events",
        "n-of-one",
        "events-of-one",
        "at-risk",
        "hr",
        "reduction",
        "wald",
        "log-rank",
    ] {
        let own = verdict(&report, id);
        assert_eq!(
            (&own["verdict"], &own["constraint"]),
            (&"consistent".into(), &true.into()),
            "{own}"
        );
        assert!(own["note"].as_str().unwrap().contains("the curves' file gives"), "{own}");
    }
    let free = verdict(&report, "rate");
    assert_eq!(
        (&free["verdict"], &free["constraint"]),
        (&"reproduced".into(), &false.into()),
        "{free}"
    );
}

/// What a pseudo-cohort has by what its file gives, or by what it is bound to, is not reproduced.
#[test]
fn what_constraints_imply_is_no_reproduction() {
    let head = r#"
title = "implied"
[conventions]
as = "spss"
[endpoint.OS]
time = "os / 30.4375"
event = "dead"
[model.os]
formula = 'OS ~ factor(sex, ref = "m")'
[pseudo]
[pseudo.blocks.all]
rows = 40
[pseudo.blocks.all.labels]
sex = { counts = { m = 22, f = 18 } }
age = { range = [40, 80], bands = { "60-80" = 25 } }
[pseudo.blocks.all.clocks.OS]
time = "os"
status = "dead"
max_days = 1500
events = 30
"#;
    let term = "model = \"os\"\nterm = 'factor(sex, ref = \"m\")'\nlevel = \"f\"";
    let os = "endpoint = \"OS\"";
    let figures = [
        figure("hr", "0.40 (0.19-0.85)", &format!("statistic = \"hazard_ratio\"\n{term}")),
        figure("reduction", "60%", &format!("statistic = \"risk_reduction\"\n{term}")),
        figure("wald", "0.02", &format!("statistic = \"p\"\n{term}")),
        figure("women", "18 (45)", "statistic = \"count\"\ncount = 'sex == \"f\"'"),
        figure("old", "25", "statistic = \"count\"\ncount = 'age >= 60'"),
        figure("events", "30", &format!("statistic = \"events\"\n{os}")),
        figure("n", "40", &format!("statistic = \"n\"\n{os}")),
        figure("n-women", "18", &format!("statistic = \"n\"\n{os}\nwhere = 'sex == \"f\"'")),
        figure("n-model", "40", "statistic = \"n\"\nmodel = \"os\""),
        figure("very-old", "99", "statistic = \"count\"\ncount = 'age >= 70'"),
    ];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("implied");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("study.toml"), format!("{head}{}", figures.concat())).unwrap();
    let report = json(&["reproduce", folder.to_str().unwrap()]);
    assert_eq!(verdict(&report, "hr")["verdict"], "consistent");
    for (id, by) in [
        ("reduction", "hazard ratio) of hr (0.40 (0.19-0.85))"),
        ("wald", "p is a function of these"),
        ("women", "the counts of sex"),
        ("old", "the counts of age"),
        ("events", "the events of the clock"),
        ("n", "the number of rows"),
        ("n-women", "the counts of sex"),
        ("n-model", "the number of rows"),
    ] {
        let own = verdict(&report, id);
        assert_eq!(own["verdict"], "consistent", "{own}");
        assert!(own["note"].as_str().unwrap().contains(by), "{own}");
    }
    // Nothing settles how many are 70 or older, and rows that are made up do not speak against it.
    assert_eq!(verdict(&report, "very-old")["verdict"], "not_run");
    assert_eq!(verdict(&report, "very-old")["constraint"], false);
    assert!(
        report["banner"].as_str().unwrap().contains("agree with 1 printed figure of"),
        "{report}"
    );
}

/// The banner counts what the rows have, not what was asked of them: of these only the ten events.
#[test]
fn a_banner_claims_what_is_there() {
    let row = |at: usize| {
        let (sex, dead) = (if at < 5 { "f" } else { "m" }, u8::from(at < 10));
        format!("PSEUDO-{at},pseudo,{sex},{},{dead}\n", 100 * (at + 1))
    };
    let rows = "id,origin,sex,os,dead\n".to_owned() + &(0..12).map(row).collect::<String>();
    let folder = folder("banner", &TOY.replace("seed = 3", "file = \"rows.csv\""), &rows);
    let report = json(&["reproduce", folder.to_str().unwrap()]);
    assert_eq!(report["summary"]["not_found"], 3, "{report}");
    let banner = report["banner"].as_str().unwrap();
    let words = "to agree with 4 printed figures of Nobody 2026; it agrees with 1 of them. Many other \
                 data sets agree equally well; only this 1 figure is supported.";
    assert!(banner.contains(words), "{banner}");
}

/// A study file is checked like tables of printed numbers.
#[test]
fn studies_are_checked() {
    let args = ["check", "fixtures/studies/liu-2021-net-g3", "--format", "json"];
    let failure = run(&args).unwrap_err();
    assert_eq!(failure.status(), 1);
    let study = Study::open("fixtures/studies/liu-2021-net-g3").unwrap();
    let found = study.contradictions();
    let of = |id: &str| found.iter().any(|own| own.rows.iter().any(|row| row.id == id));
    assert!(of("mayo-netg3-ep-pfs-median-discussion"));
    assert!(of("mayo-netg3-captem-ki67-20-54-response-orr"));
    let study = Study::open("fixtures/studies/moertel-1995-colon").unwrap();
    assert_eq!(study.contradictions(), []);
}

/// What gave way is named where agreement is claimed.
#[test]
fn a_reconstruction_names_what_gave_way() {
    let points = "fixtures/reconstruction/input/S04_stage1_points.csv";
    let args =
        ["reconstruct", "--points", points, "--n", "33", "--median", "78.0", "--format", "json"];
    let banner = |more: &[&str]| {
        let report: Value =
            serde_json::from_str(&run(&[&args[..], more].concat()).unwrap()).unwrap();
        report["banner"].as_str().unwrap().to_owned()
    };
    assert!(banner(&[]).contains("agree with the curve and the printed numbers; many"));
    let relaxed = banner(&["--median-ci", "60,110"]);
    assert!(
        relaxed.contains("the printed numbers but 2 of 4 (median_lower, median_upper)"),
        "{relaxed}"
    );
}
