//! Reports: the page, its keys, and its verification.

#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

const EXAMPLE: &str = "fixtures/examples/nen.toml";
const DATA: &str = "fixtures/examples/nen-messy.csv";

fn execute(args: &[&str]) -> Result<String, (u8, String)> {
    riskset::cli::execute(args.iter().copied())
        .map_err(|failure| (failure.status(), failure.to_string()))
}

fn run(args: &[&str]) -> String {
    execute(args).unwrap_or_else(|error| panic!("{args:?}: {}", error.1))
}

/// The folder of a test.
fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("report").join(name)
}

/// The same, emptied.
fn folder(name: &str) -> PathBuf {
    let folder = place(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The example's plan without its analyses.
fn head() -> String {
    let text = fs::read_to_string(EXAMPLE).unwrap();
    text.split("# What `riskset report` makes of it.").next().unwrap().to_owned()
}

/// A plan with these analyses, beside the example's data.
fn plan(name: &str, analyses: &str) -> String {
    let folder = folder(name);
    fs::copy(DATA, folder.join("nen-messy.csv")).unwrap();
    let plan = folder.join("plan.toml");
    fs::write(&plan, head() + analyses).unwrap();
    plan.to_str().unwrap().to_owned()
}

fn json(plan: &str) -> Result<Value, (u8, String)> {
    execute(&["report", plan, "--format", "json"]).map(|text| serde_json::from_str(&text).unwrap())
}

/// The page of a plan, written beside it.
fn page(plan: &str) -> (String, String) {
    let page = plan.replace("plan.toml", "report.html");
    run(&["report", plan, "--output", &page]);
    let text = fs::read_to_string(&page).unwrap();
    (page, text)
}

/// Strict XML, so that every element is closed and every attribute quoted.
fn tree(page: &str) -> roxmltree::Document<'_> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    roxmltree::Document::parse_with_options(page, options).unwrap()
}

/// The JSON in an element.
fn embedded(page: &str, id: &str) -> Value {
    let page = tree(page);
    let own = page.descendants().find(|own| own.attribute("id") == Some(id)).unwrap();
    assert_eq!(own.attribute("type"), Some("application/json"));
    serde_json::from_str(own.text().unwrap()).unwrap()
}

#[test]
fn a_page_is_well_formed_and_asks_for_nothing() {
    let page = run(&["report", EXAMPLE]);
    let tree = tree(&page);
    for own in tree.descendants().filter(|own| own.is_element()) {
        let name = own.tag_name().name();
        assert!(!["link", "img", "iframe", "object", "embed", "base"].contains(&name), "{name}");
        assert!(name != "script" || own.attribute("type") == Some("application/json"));
        for attribute in own.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && name != "src", "{name}={value}");
            assert!(name != "href" || value.starts_with('#'), "{name}={value}");
        }
    }
    let quiet = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for word in ["http", "@import", "url("] {
        assert!(!quiet.contains(word), "{word}");
    }
    let ids: Vec<&str> = tree.descendants().filter_map(|own| own.attribute("id")).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len());
}

/// What is embedded is what the commands on the page write.
#[test]
fn every_result_is_that_of_its_command() {
    let page = run(&["report", EXAMPLE]);
    let report = embedded(&page, "riskset-report");
    let analyses = report["analyses"].as_array().unwrap();
    assert_eq!(analyses.len(), 5);
    for (analysis, at) in analyses.iter().zip(1..) {
        let call = analysis["call"].as_str().unwrap();
        let drawing = folder("calls").join("figure.svg");
        let words = shell_words(call);
        let words = words.iter().skip(1).map(|own| match own.as_str() {
            "nen.toml" => EXAMPLE.to_owned(),
            own if own.starts_with("--plot=") => format!("--plot={}", drawing.display()),
            own => own.to_owned(),
        });
        let mut words: Vec<String> = words.collect();
        words.extend(["--format".to_owned(), "json".to_owned()]);
        let text = riskset::cli::execute(words).unwrap();
        let own = text.replace(DATA, "nen-messy.csv");
        let own: Value = serde_json::from_str(&own).unwrap();
        assert_eq!(embedded(&page, &format!("riskset-analysis-{at}")), own, "{call}");
    }
    assert!(page.contains("<svg") && page.contains("<figure "));
}

/// Words of a shell line, in single quotes or none.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

/// Rows are never lost between the file and an analysis.
#[test]
fn the_flow_adds_up() {
    let exclude = "\n[[exclude]]\nwhere = 'age < 40'\nreason = \"young & <40>\"\n";
    let analyses = "\n[[analysis]]\nkm = 'OS ~ type'\nwhere = 'sex == \"f\"'\nlandmark = 2\n\
                    [[analysis]]\ncox = 'OS ~ ALP + ECOG'\n";
    let plan = plan("flow", &format!("{exclude}{analyses}"));
    let report = json(&plan).unwrap();
    let (rows, step) = (&report["data"]["rows"], &report["flow"][0]);
    let population = step["remaining"].as_u64().unwrap();
    assert_eq!(rows.as_u64().unwrap(), population + step["left_out"].as_u64().unwrap());
    let (_, page) = page(&plan);
    assert!(page.contains("left out: young &amp; &lt;40&gt;"));
    let tree = tree(&page);
    let flow = tree.descendants().find(|own| own.attribute("class") == Some("branches")).unwrap();
    let numbers = |own: roxmltree::Node<'_, '_>| -> Vec<u64> {
        let bold = own.descendants().filter(|own| own.tag_name().name() == "b");
        bold.map(|own| own.text().unwrap().parse().unwrap()).collect()
    };
    let branches: Vec<Vec<u64>> =
        flow.children().filter(|own| own.is_element()).map(numbers).collect();
    assert_eq!(branches.len(), 2);
    for (own, analysis) in branches.iter().zip(report["analyses"].as_array().unwrap()) {
        assert_eq!(own.iter().sum::<u64>(), population, "{own:?}");
        assert_eq!(Some(own[0]), analysis["result"]["data"]["used"].as_u64());
        assert!(own.len() >= 3, "{own:?}");
    }
}

/// A key, what it stands beside, and what it may not leave as it was.
const KEYS: [(&str, &str, &str); 56] = [
    ("km", "km = 'OS ~ type'", "conf_type = \"plain\""),
    ("km", "km = 'OS ~ type'", "at = [6, 12.5]"),
    ("km", "km = 'OS ~ type'", "quantiles = 0.25"),
    ("km", "km = 'OS ~ type'", "rmst = 6"),
    ("km", "km = 'OS ~ type'", "mean = true"),
    ("km", "km = 'OS ~ type'", "follow_up = true"),
    ("km", "km = 'OS ~ type'", "curve = true"),
    ("km", "km = 'OS ~ type'", "median_rule = \"strict\""),
    ("km", "km = 'OS ~ type'", "band = \"hall-wellner\""),
    ("km", "km = 'OS ~ type'", "bootstrap = 50"),
    ("km", "km = 'OS ~ type'\nbootstrap = 50", "seed = 2"),
    ("km", "km = 'OS ~ type'", "where = 'age > 50'"),
    ("km", "km = 'OS ~ type'", "by = [\"sex\", \"ki67_high\"]"),
    ("km", "km = 'OS ~ 1'", "each = \"sex + type\""),
    ("km", "km = 'OS ~ type'", "landmark = 3"),
    ("km", "km = 'OS ~ type'\nweight_type = \"frequency\"", "weights = \"ECOG1\""),
    ("km", "km = 'OS ~ type'\nweights = \"ECOG1\"", "weight_type = \"sampling\""),
    ("km", "km = 'OS ~ type'", "as = \"stata\""),
    ("km", "km = 'OS ~ type'", "conf_level = 0.9"),
    ("km", "km = 'OS ~ type'", "title = \"Another\""),
    ("km", "km = 'OS ~ PFS.event'", "allow_future_covariate = true"),
    ("logrank", "logrank = 'OS ~ regimen'", "weight = \"fh(0,1)\""),
    ("logrank", "logrank = 'OS ~ regimen'", "trend = true"),
    ("logrank", "logrank = 'OS ~ regimen'", "pairwise = \"holm\""),
    ("logrank", "logrank = 'OS ~ regimen'", "permutations = 100"),
    ("cox", "cox = 'OS ~ age + type'", "ties = \"breslow\""),
    ("cox", "cox = 'OS ~ age + type'", "firth = true"),
    ("cox", "cox = 'OS ~ age + type'", "profile = true"),
    ("cox", "cox = 'OS ~ age + type'", "ph_test = true"),
    ("cox", "cox = 'OS ~ age + type'", "ph_transform = \"log\""),
    ("cox", "cox = 'OS ~ age + type'", "univariable = true"),
    ("cox", "cox = 'OS ~ age + type'", "select = \"p<0.2\""),
    ("cox", "cox = 'OS ~ age + type'", "baseline = true"),
    ("cox", "cox = 'OS ~ age + type'\nat = 6", "adjusted = \"type\""),
    ("cox", "cox = 'OS ~ age + type'\nadjusted = \"type\"", "at = [6, 9]"),
    ("cox", "cox = 'OS ~ age + type'\nadjusted = \"type\"", "curve = true"),
    ("cox", "cox = 'OS ~ age + type'\nadjusted = \"type\"\nat = 6", "conf_type = \"log\""),
    ("cox", "cox = 'OS ~ age + type'", "accuracy = 12"),
    ("cox", "cox = 'OS ~ age + type'", "penalty = \"lasso\""),
    ("cox", "cox = 'OS ~ age + type'\npenalty = 0.5", "lambda = 0.1"),
    ("cox", "cox = 'OS ~ age + type'\npenalty = 0.5", "path = true"),
    ("cox", "cox = 'OS ~ age + type'\npenalty = 0.5", "folds = 5"),
    ("cox", "cox = 'OS ~ age + type'\npenalty = 0.5", "seed = 3"),
    ("cox", "cox = 'OS ~ factor(ECOG)'", "missing = \"level\""),
    ("table1", "table1 = 'age + sex'", "by = \"type\""),
    ("table1", "table1 = 'age + sex'", "stat = \"mean\""),
    ("table1", "table1 = 'age + sex'\nby = \"type\"", "test = \"parametric\""),
    ("table1", "table1 = 'age + sex'\nby = \"type\"", "fisher_below = 50"),
    ("table1", "table1 = 'age + sex'\nby = \"type\"", "smd = true"),
    ("table1", "table1 = 'age + sex'\nby = \"type\"", "overall = true"),
    ("table1", "table1 = 'age + sex'", "categories_below = 100"),
    ("table1", "table1 = 'age + sex'", "as = \"spss\""),
    ("response", "response = 'bor'", "by = \"type\""),
    ("response", "response = 'bor2'", "responder = [\"good\"]"),
    ("response", "response = 'bor'", "conf_level = 0.9"),
    ("response", "response = 'bor'", "where = 'age > 50'"),
];

/// More columns for the keys.
const DERIVED: &str = "ECOG1 = 'coalesce(ECOG, 0) + 1'\n\
                       bor = 'ifelse(age > 60, \"PR\", \"PD\")'\n\
                       bor2 = 'ifelse(age > 60, \"PR\", ifelse(age > 50, \"good\", \"PD\"))'\n";

fn with_derived(name: &str, analyses: &str) -> String {
    let path = plan(name, analyses);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("[derive]\n", &format!("[derive]\n{DERIVED}"))).unwrap();
    path
}

/// The page says something else with the key than without it.
#[test]
fn every_key_is_heard() {
    let page = |analysis: &str| {
        let plan = with_derived("keys", &format!("[[analysis]]\n{analysis}\n"));
        let text = execute(&["report", &plan, "--format", "json"]);
        // The plan and its commands differ anyway.
        text.map(|text| {
            let mut report: Value = serde_json::from_str(&text).unwrap();
            report["plan"] = Value::Null;
            report["analyses"][0]["call"] = Value::Null;
            let own = (&report["analyses"][0]["title"], &report["analyses"][0]["result"]);
            format!("{own:?} {} {}", report["methods"], report["definitions"])
        })
    };
    for (_, base, key) in KEYS {
        let with = page(&format!("{base}\n{key}"));
        let with = with.unwrap_or_else(|error| panic!("{base} {key}: {}", error.1));
        assert_ne!(Ok(with), page(base), "{base}\n{key}");
    }
}

/// Every key that a command's error lists is in the table above or has a test of its own.
#[test]
fn every_key_that_there_is_is_tried() {
    let elsewhere = ["title", "figure", "strict", "each", "by", "where"];
    let commands = [
        ("km", "km = 'OS ~ 1'"),
        ("logrank", "logrank = 'OS ~ type'"),
        ("cox", "cox = 'OS ~ age'"),
        ("table1", "table1 = true"),
        ("response", "response = 'bor'"),
    ];
    // What is read by the same options in the same way is tried with one command.
    let tried: Vec<&str> = KEYS.iter().map(|own| own.2.split(" = ").next().unwrap()).collect();
    let mut all = BTreeSet::new();
    for (command, base) in commands {
        let keys = known_keys(&format!("[[analysis]]\n{base}\nzzzzzzzz = 1\n"));
        assert!(keys.contains(&"title".to_owned()) && keys.contains(&command.to_owned()));
        for key in keys {
            let own = key.as_str();
            let known = own == command || elsewhere.contains(&own) || tried.contains(&own);
            assert!(known || TABLE_WORDS.contains(&own), "{command}: {own} is not tried");
            all.insert(key);
        }
    }
    assert_eq!(schema("analysis"), all);
    let figure =
        |base: &str| known_keys(&format!("[[analysis]]\n{base}\nfigure = {{ zzzzzzzz = 1 }}\n"));
    let figures = ["km = 'OS ~ 1'", "logrank = 'OS ~ type'", "cox = 'OS ~ age'"].map(figure);
    assert_eq!(schema("figure"), figures.concat().into_iter().collect());
}

/// The keys that the schema for editors knows.
fn schema(definition: &str) -> BTreeSet<String> {
    let text = fs::read_to_string("docs/plan.schema.json").unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    schema["$defs"][definition]["properties"].as_object().unwrap().keys().cloned().collect()
}

/// Keys that change words, and not numbers.
const TABLE_WORDS: [&str; 5] = ["spread", "digits", "control", "progression", "not_evaluable"];

fn known_keys(analyses: &str) -> Vec<String> {
    let error = json(&with_derived("known", analyses)).unwrap_err().1;
    let list = error.split("the keys here are ").nth(1).unwrap_or_else(|| panic!("{error}"));
    list.trim().split(", ").map(str::to_owned).collect()
}

#[test]
fn keys_that_change_words_change_the_page() {
    let page = |analysis: &str| {
        let plan = with_derived("words", &format!("[[analysis]]\n{analysis}\n"));
        run(&["report", &plan, "--format", "text"])
    };
    for (base, key) in [
        ("table1 = 'age'", "spread = \"range\""),
        ("table1 = 'age'", "digits = 3"),
        ("km = 'OS ~ 1'", "quantiles = [0.25]"),
    ] {
        assert_ne!(page(base), page(&format!("{base}\n{key}")), "{key}");
    }
    for key in ["control", "progression", "not_evaluable"] {
        let plan = |more: &str| {
            let text = format!("[[analysis]]\nresponse = 'bor2'\n{more}\n");
            json(&with_derived("texts", &text))
        };
        assert!(plan("").unwrap_err().1.contains("\"good\""));
        plan(&format!("{key} = \"good\"")).unwrap();
    }
}

/// A doubtful date is refused where that is asked for.
#[test]
fn strict_reaches_the_plan() {
    let folder = folder("strict");
    fs::write(folder.join("d.csv"), "a,b\n2020-01-01,2020-01-01\n2020-01-01,2020-05-01\n").unwrap();
    let plan = folder.join("plan.toml");
    let text = |more: &str| {
        let endpoint = "data = \"d.csv\"\n[endpoint.E]\norigin = \"a\"\nevent = \"b\"\n";
        fs::write(&plan, format!("{endpoint}[[analysis]]\nkm = 'E ~ 1'\n{more}\n")).unwrap();
        json(plan.to_str().unwrap())
    };
    assert!(text("").is_ok());
    assert!(text("strict = true").is_err());
}

#[test]
fn figures_are_drawn_as_their_keys_say() {
    let page = |figure: &str| {
        let plan = plan("figures", &format!("[[analysis]]\nkm = 'OS ~ type'\n{figure}\n"));
        page(&plan).1
    };
    let plain = page("figure = true");
    assert!(plain.contains("Time (months)") && !page("figure = false").contains("<svg"));
    for key in [
        "width = \"double\"",
        "height = 80",
        "title = \"A title\"",
        "x_label = \"Months\"",
        "y_label = \"Alive\"",
        "time_unit = \"years\"",
        "every = 5",
        "until = 20",
        "heights = \"failure\"",
        "risk_table = \"none\"",
        "labels = \"direct\"",
        "no_band = true",
        "no_marks = true",
        "no_medians = true",
        "no_test = true",
    ] {
        let drawn = |page: &str| {
            page.split("<figure ").nth(1).unwrap().split("</figure>").next().map(str::to_owned)
        };
        assert_ne!(drawn(&plain), drawn(&page(&format!("figure = {{ {key} }}"))), "{key}");
    }
    let many = plan(
        "many",
        "[[analysis]]\nkm = 'OS ~ 1'\neach = \"sex + type\"\nby = \"ki67_high\"\nfigure = true\n",
    );
    assert_eq!(run(&["report", &many]).matches("<figure ").count(), 4);
}

/// What is wrong in a plan is said with its line and what to do.
#[test]
fn mistakes_are_shown_where_they_stand() {
    let line = head().lines().count() + 2;
    for (analysis, told) in [
        ("km = 'OS ~ 1'\nconf_tpye = \"log\"", vec!["conf_tpye", "did you mean conf_type?"]),
        (
            "km = 'OS ~ 1'\nzzzz = 1",
            vec!["there is no such key", "the keys here are title, km, figure"],
        ),
        (
            "km = 'OS ~ 1'\nconf_type = \"loglog\"",
            vec!["analysis.conf_type", "\"loglog\" is none of log-log", "did you mean"],
        ),
        ("km = 'OS ~ 1'\nat = [6, -1]", vec!["analysis.at", "a time cannot be negative"]),
        ("km = 'OS ~ 1'\nat = []", vec!["the list is empty"]),
        ("km = 'OS ~ 1'\nfollow_up = \"yes\"", vec!["must be true or false"]),
        ("km = 'OS ~ 1'\nrmst = true", vec!["this is true or false, not a value"]),
        ("km = 'OS ~ 1'\nrmst = [1, 2]", vec!["this is a list, and there is one value"]),
        ("km = 'OS ~ 1'\nby = [\"a,b\"]", vec!["must not hold ','"]),
        ("km = 'OS ~ 1'\nseed = 2", vec!["a key is missing", "add bootstrap"]),
        ("cox = 'OS ~ age'\npenalty = \"lasso\"\nfirth = true", vec!["does not go with"]),
        (
            "cox = 'OS ~ age'\nresiduals = \"dfbeta\"",
            vec!["no row of the data stands in a report", "riskset cox PLAN FORMULA --residuals"],
        ),
        ("cox = 'OS ~ age'\nprofiles = \"a.csv\"", vec!["a second file", "--profiles FILE"]),
        ("cox = 'OS ~ age'\npool = true", vec!["several files", "FORMULA --pool"]),
        ("km = 'OS ~ 1'\npool = true", vec!["there is no such key"]),
        ("km = 'OS ~ 1'\noutput = \"x\"", vec!["there is no such key"]),
        ("km = 'OS ~ 1'\nmissing = [\"NA\"]", vec!["there is no such key"]),
        ("km = true", vec!["analysis.km", "not a text in quotes"]),
        ("km = '@formula.txt'", vec!["a plan holds its formulas itself"]),
        ("km = 'XX ~ 1'", vec!["the plan has no endpoint XX", "PFS, OS"]),
        ("km = 'OS ~ tpye'", vec!["tpye", "did you mean type?"]),
        ("km = 'OS ~ regimne'", vec!["regimne", "did you mean"]),
        ("title = \"t\"", vec!["no analysis is named", "km, logrank, cox, table1, response"]),
        ("km = 'OS ~ 1'\ncox = 'OS ~ age'", vec!["one entry is one analysis"]),
        ("km = 'OS ~ 1'\nfigure = 3", vec!["neither true nor a table"]),
        ("km = 'OS ~ 1'\nfigure = { widht = 3 }", vec!["figure.widht", "did you mean width?"]),
        ("km = 'OS ~ 1'\nfigure = { width = 3 }", vec!["3"]),
        ("km = 'OS ~ 1'\nfigure = { width = \"wide\" }", vec!["analysis.figure.width", "wide"]),
        ("table1 = 'age'\nfigure = true", vec!["there is no such key"]),
        ("km = 'OS ~ 1'\nlandmark = 2024-01-01", vec!["analysis.landmark", "a date"]),
    ] {
        let error = json(&plan("mistakes", &format!("\n[[analysis]]\n{analysis}\n"))).unwrap_err();
        assert_eq!(error.0, 1, "{analysis}");
        let first = error.1.lines().next().unwrap();
        let at: usize =
            first.split("line ").nth(1).unwrap().split([':', ',']).next().unwrap().parse().unwrap();
        assert!((line..line + 4).contains(&at), "{first}");
        for told in told {
            assert!(error.1.contains(told), "{analysis}\n{}\nlacks {told}", error.1);
        }
    }
}

#[test]
fn plans_that_make_no_report_are_refused() {
    let fails = |args: &[&str]| execute(args).unwrap_err();
    let none = plan("none", "");
    assert!(fails(&["report", &none]).1.contains("the plan has no [[analysis]]"));
    let unknown = plan("unknown", "[report]\ntilte = \"x\"\n");
    assert!(fails(&["report", &unknown]).1.contains("did you mean title?"));
    let csv = fails(&["report", EXAMPLE, "--format", "csv"]);
    assert_eq!(csv.0, 2);
    assert!(csv.1.contains("take html, json, markdown or text"), "{}", csv.1);
    assert_eq!(fails(&["report", DATA]).0, 2);
    assert!(fails(&["report", "nowhere.toml"]).1.contains("no such file"));
    let own = plan("own", "[[analysis]]\nkm = 'OS ~ 1'\n");
    assert!(fails(&["report", &own, "--output", &own]).1.contains("names a file that is read"));
}

/// Keys of a report are nothing to other commands, but mistakes in their form are.
#[test]
fn other_commands_read_the_same_plan() {
    let text = run(&["km", EXAMPLE, "OS ~ type", "--quiet"]);
    let bare = plan("bare", "");
    assert_eq!(
        text.replace(DATA, ""),
        run(&["km", &bare, "OS ~ type", "--quiet"])
            .replace(&bare.replace("plan.toml", "nen-messy.csv"), "")
    );
}

/// No clock, no path and no number of threads is in a page.
#[test]
fn the_same_input_gives_the_same_bytes() {
    let first = run(&["report", EXAMPLE]);
    for threads in ["1", "3"] {
        assert_eq!(first, run(&["report", EXAMPLE, "--threads", threads]));
    }
    let folder = folder("elsewhere");
    fs::copy(DATA, folder.join("nen-messy.csv")).unwrap();
    fs::copy(EXAMPLE, folder.join("nen.toml")).unwrap();
    assert_eq!(first, run(&["report", folder.join("nen.toml").to_str().unwrap()]));
}

/// Nothing that a plan or a file says can leave its place.
#[test]
fn markup_is_text() {
    let folder = folder("markup");
    let evil = "</script><script>alert(1)</script>&\\\"'";
    let csv = format!("t,s,g\n1,1,a\n2,0,\"{}\"\n3,1,a\n4,1,b\n", evil.replace('"', "\"\""));
    fs::write(folder.join("d.csv"), csv).unwrap();
    let plan = folder.join("plan.toml");
    let title = evil.replace('\\', "\\\\").replace('"', "\\\"");
    let text = format!(
        "# {evil}\ndata = \"d.csv\"\n[report]\ntitle = \"{title}\"\nauthor = \"{title}\"\n[endpoint.E]\n\
         time = \"t\"\nevent = \"s\"\n[[analysis]]\ntitle = \"{title}\"\nkm = 'E ~ g'\nfigure = true\n"
    );
    fs::write(&plan, &text).unwrap();
    let (name, page) = page(plan.to_str().unwrap());
    assert!(!page.contains("<script>"), "{page}");
    let frame = embedded(&page, "riskset-report");
    assert_eq!(frame["plan"]["text"], text);
    assert_eq!(frame["title"], evil);
    run(&["verify", &name]);
}

#[test]
fn rows_that_are_no_patients_are_told_above_everything() {
    let folder = folder("pseudo");
    let rows: String = (1..9).map(|at| format!("{at},{},{},pseudo\n", at % 2, at % 3)).collect();
    fs::write(folder.join("d.csv"), format!("t,s,g,origin\n{rows}")).unwrap();
    let plan = folder.join("plan.toml");
    let text =
        "data = \"d.csv\"\n[endpoint.E]\ntime = \"t\"\nevent = \"s\"\n[[analysis]]\nkm = 'E ~ g'\n";
    fs::write(&plan, text).unwrap();
    let plan = plan.to_str().unwrap();
    for args in [&["report", plan][..], &["report", plan, "--quiet"]] {
        let page = run(args);
        let main = page.split("<main>").nth(1).unwrap().trim_start();
        assert!(main.starts_with("<p class=\"banner\">PSEUDO-COHORT"), "{main}");
    }
    for format in ["text", "markdown", "json"] {
        let text = run(&["report", plan, "--format", format, "--quiet"]);
        assert!(text.contains("PSEUDO-COHORT – NOT PATIENTS."), "{format}");
    }
}

/// References are numbered as they are named, and each is named.
#[test]
fn methods_name_every_reference_in_its_turn() {
    let report = json(EXAMPLE).unwrap();
    let texts = report["methods"].as_array().unwrap().iter();
    let text: Vec<&str> = texts.map(|own| own.as_str().unwrap()).collect();
    let text = text.join(" ");
    let mut named: Vec<usize> = Vec::new();
    for part in text.split('[').skip(1) {
        let inside = part.split(']').next().unwrap();
        for number in inside.split(", ").map(|own| own.parse().unwrap()) {
            if !named.contains(&number) {
                named.push(number);
            }
        }
    }
    let count = report["references"].as_array().unwrap().len();
    assert_eq!(named, (1..=count).collect::<Vec<usize>>());
    for word in ["Kaplan–Meier", "Greenwood", "log(−log)", "as in SPSS", "Efron", "(analysis 3)"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("robust"), "{text}");
}

/// Changes a page and verifies it.
fn verified(name: &str, change: impl Fn(String) -> String) -> Result<Value, (Value, String)> {
    let text = fs::read_to_string(EXAMPLE).unwrap();
    let folder = folder(name);
    fs::copy(DATA, folder.join("nen-messy.csv")).unwrap();
    fs::write(folder.join("plan.toml"), text).unwrap();
    let (name, page) = page(folder.join("plan.toml").to_str().unwrap());
    let changed = change(page.clone());
    fs::write(&name, changed).unwrap();
    let told = folder.join("told.json");
    let done = execute(&["verify", &name, "--output", told.to_str().unwrap()]);
    let told = serde_json::from_str(&fs::read_to_string(told).unwrap()).unwrap();
    match done {
        Ok(_) => Ok(told),
        Err((status, text)) => {
            assert_eq!(status, 1);
            Err((told, text))
        }
    }
}

#[test]
fn an_untouched_page_agrees() {
    let told = verified("same", |page| page).unwrap();
    assert_eq!((&told["agrees"], &told["page"]), (&Value::Bool(true), &Value::from("same")));
    assert!(told["compared"].as_u64().unwrap() > 500);
    // A page that git has given the line ends of Windows is the same page.
    assert!(verified("windows", |page| page.replace('\n', "\r\n")).is_ok());
}

/// The last digit of a number in full precision.
#[test]
fn a_changed_digit_of_a_result_is_found() {
    let change = |page: String| {
        let start = page.find("\"cumulative\": ").or_else(|| page.find("\"statistic\": ")).unwrap();
        let end = start + page[start..].find(',').unwrap();
        let digit = page[..end].chars().last().unwrap();
        let other = if digit == '1' { "2" } else { "1" };
        format!("{}{other}{}", &page[..end - 1], &page[end..])
    };
    let (told, text) = verified("digit", change).unwrap_err();
    assert!(text.contains("does not agree"), "{text}");
    let small =
        told["rounding"].as_u64().unwrap() + told["differences"].as_array().unwrap().len() as u64;
    assert_eq!(small, 1, "{told}");
    assert_eq!(told["page"], "differs");
    // A digit that matters.
    let (told, _) =
        verified("number", |page| page.replacen("\"events\": 2", "\"events\": 3", 1)).unwrap_err();
    let own = &told["differences"][0];
    assert!(own["path"].as_str().unwrap().ends_with("/events"), "{own}");
    assert!(own["relative"].as_f64().unwrap() > 0.01);
}

#[test]
fn a_changed_digit_of_a_table_is_found() {
    let change = |page: String| page.replacen("</td>", "1</td>", 1);
    let (told, _) = verified("table", change).unwrap_err();
    assert_eq!(told["differences"].as_array().unwrap().len(), 0);
    assert_eq!(told["lines"].as_array().unwrap().len(), 1, "{told}");
}

/// What a page shows is not vouched for by what it embeds.
#[test]
fn an_edited_page_of_another_version_does_not_agree() {
    let change = |page: String| {
        let version = format!("\"riskset\": \"{}\"", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&version));
        page.replacen("</td>", "1</td>", 1).replace(&version, "\"riskset\": \"0.0.9\"")
    };
    let (told, text) = verified("version", change).unwrap_err();
    assert_eq!((&told["agrees"], &told["page"]), (&Value::Bool(false), &"not-compared".into()));
    assert_eq!(told["verdict"], "values-agree");
    assert!(text.contains("page was not compared") && text.contains("0.0.9"), "{text}");
    let name = place("version").join("report.html");
    let text = run(&["verify", name.to_str().unwrap(), "--values-only"]);
    assert!(text.contains("values agree, page NOT COMPARED"), "{text}");
    // A value that differs is none that one can be content with.
    let page = fs::read_to_string(&name).unwrap();
    fs::write(&name, page.replacen("\"events\": 2", "\"events\": 3", 1)).unwrap();
    assert!(execute(&["verify", name.to_str().unwrap(), "--values-only"]).is_err());
}

#[test]
fn another_plan_in_the_page_is_found() {
    let change = |page: String| page.replacen("\\nas = \\\"spss\\\"", "", 1);
    let (told, _) = verified("planned", change).unwrap_err();
    assert_eq!(told["plan"]["same"], false);
    assert!(!told["differences"].as_array().unwrap().is_empty());
}

#[test]
fn other_data_are_found() {
    let plan = plan("other-data", "[[analysis]]\nkm = 'OS ~ type'\n");
    let (name, _) = page(&plan);
    let data = plan.replace("plan.toml", "nen-messy.csv");
    let bytes = fs::read(&data).unwrap();
    // A remark that no analysis reads.
    fs::write(&data, [&bytes[..], b"\n"].concat()).unwrap();
    let (status, text) = execute(&["verify", &name]).unwrap_err();
    assert!(status == 1 && text.contains("does not agree"), "{text}");
    fs::rename(&data, data.replace("nen-messy", "moved")).unwrap();
    let error = execute(&["verify", &name]).unwrap_err().1;
    assert!(error.contains("nen-messy.csv") && error.contains("give --data FILE"), "{error}");
    run(&["verify", &name, "--data", DATA]);
    let error = execute(&["verify", &name, "--data", DATA, "--plan", EXAMPLE]).unwrap_err().1;
    assert!(error.contains("does not agree"), "{error}");
    run(&["verify", &name, "--data", DATA, "--plan", &plan]);
}

#[test]
fn what_is_no_page_is_refused() {
    let error = execute(&["verify", EXAMPLE]).unwrap_err();
    assert!(error.0 == 1 && error.1.contains("no page that riskset report wrote"), "{}", error.1);
    assert!(execute(&["verify", "nowhere.html"]).unwrap_err().1.contains("no such file"));
    let broken = folder("broken").join("report.html");
    let page = run(&["report", EXAMPLE]).replacen("\"command\": \"km\",", "\"command\": km,", 1);
    fs::write(&broken, page).unwrap();
    let error = execute(&["verify", broken.to_str().unwrap()]).unwrap_err().1;
    assert!(error.contains("riskset-analysis-2 is damaged"), "{error}");
}

/// A first plan makes a report as it stands, where columns say what they are.
#[test]
fn first_plans_make_reports() {
    let folder = folder("init");
    let plan = |data: &str, options: &[&str]| {
        let plan = folder.join("plan.toml");
        let _ = fs::remove_file(&plan);
        let plan = plan.to_str().unwrap().to_owned();
        let told = run(&[&["init", data, "--output", &plan], options].concat());
        assert!(told.contains("Check every line"), "{told}");
        plan
    };
    for (name, n) in [
        ("lung", 2),
        ("ovarian", 3),
        ("pbc", 3),
        ("veteran", 3),
        ("gbsg", 2),
        ("rotterdam", 3),
        ("jasa", 2),
        ("mayo-netg3-pfs", 2),
        ("channing", 2),
        ("larynx", 2),
    ] {
        let plan = plan(&format!("fixtures/data/{name}.csv"), &[]);
        let (page, text) = page(&plan);
        assert_eq!(text.matches("class=\"analysis\"").count(), n, "{name}");
        run(&["verify", &page]);
    }
    for (data, options, word) in [
        (DATA, &["--missing=-99"][..], "PFS ~ regimen"),
        ("fixtures/examples/endpoints.csv", &[], "OS ~ 1"),
        ("tests/cli/data/adtte.csv", &[], "PFS ~ TRT01P"),
    ] {
        let plan = plan(data, options);
        assert!(page(&plan).1.contains(word), "{data}");
    }
    // Several rows a subject: what to decide is said, and nothing is made up.
    let unclear = plan("fixtures/data/colon.csv", &[]);
    let text = fs::read_to_string(&unclear).unwrap();
    assert!(text.contains("# Subjects have several rows.") && !text.contains("\n[[analysis]]"));
    let error = execute(&["init", "fixtures/data/lung.csv", "--output", &unclear]).unwrap_err();
    assert!(error.0 == 1 && error.1.contains("is not written over"), "{}", error.1);
    assert_eq!(fs::read_to_string(&unclear).unwrap(), text);
}

/// Chromium, where it is installed, has nothing to say about the page.
#[test]
fn a_browser_opens_the_page_without_a_word() {
    let page = folder("browser").join("report.html");
    run(&["report", EXAMPLE, "--output", page.to_str().unwrap()]);
    let opened = std::process::Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!("file://{}", page.display()))
        .output();
    let Ok(opened) = opened else {
        eprintln!("skipped: chromium is not installed");
        return;
    };
    let told = String::from_utf8_lossy(&opened.stderr);
    assert!(!told.contains("CONSOLE"), "{told}");
    let dom = String::from_utf8_lossy(&opened.stdout);
    assert!(dom.contains("Prognostic factors of overall survival") && dom.contains("</svg>"));
}
