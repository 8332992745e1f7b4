//! What documents and figures say is true of what was done.

#![cfg(feature = "cli")]

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

const LUNG: &str = "fixtures/data/lung.csv";

fn execute(args: &[&str]) -> Result<String, String> {
    riskset::cli::execute(args.iter().copied()).map_err(|failure| failure.to_string())
}

fn run(args: &[&str]) -> String {
    execute(args).unwrap_or_else(|error| panic!("{args:?}: {error}"))
}

fn result(args: &[&str]) -> Value {
    serde_json::from_str(&run(&[args, &["--format", "json"]].concat())).unwrap()
}

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("statements").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file of data.
fn data(name: &str, text: &str) -> String {
    let path = folder(name).join("data.csv");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What a command says, and the figure that it draws.
fn drawn(name: &str, args: &[&str]) -> (Value, String) {
    let path = folder(&format!("{name}-figure")).join("figure.svg");
    let own = result(&[args, &["--plot", path.to_str().unwrap()]].concat());
    (own, fs::read_to_string(path).unwrap())
}

/// The methods of a report of some analyses.
fn methods(name: &str, data: &str, analyses: &str) -> String {
    let place = folder(&format!("{name}-report"));
    fs::copy(data, place.join("data.csv")).unwrap();
    let plan = place.join("plan.toml");
    fs::write(&plan, format!("data = \"data.csv\"\n{analyses}")).unwrap();
    let report = result(&["report", plan.to_str().unwrap()]);
    let sentences = report["methods"].as_array().unwrap().iter();
    sentences.map(|own| own.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// The ratio of a figure is in the document, with the level asked for, and the methods name it.
#[test]
fn a_ratio_that_is_drawn_is_told() {
    for command in ["km", "logrank"] {
        let args = [command, LUNG, "Surv(time, status == 2) ~ sex", "--conf-level", "0.9"];
        let (own, figure) = drawn(command, &args);
        let cox = result(&["cox", LUNG, "Surv(time, status == 2) ~ sex", "--conf-level", "0.9"]);
        let (ratio, cox) = (&own["hazard_ratio"], &cox["coefficients"][0]);
        for key in ["hr", "hr_lower", "hr_upper", "p"] {
            let [own, cox] = [ratio, cox].map(|of| of[key].as_f64().unwrap());
            assert!((own / cox - 1.0).abs() < 1e-9, "{key}: {own} {cox}");
        }
        assert_eq!((&ratio["conf_level"], &ratio["reference"]), (&json!(0.9), &json!("sex=1")));
        assert!(figure.contains("HR 0.59 (90 % CI 0.45–0.77)"), "{figure}");
        assert!(result(&args)["hazard_ratio"].is_null(), "no figure, no ratio");
    }
    let analyses = "[[analysis]]\nkm = 'Surv(time, status == 2) ~ sex'\nfigure = true\n";
    let text = methods("ratio", LUNG, analyses);
    assert!(text.contains("is that of Cox regression [") && text.contains("Efron's"), "{text}");
    assert!(text.contains("95 % interval is Wald's"), "{text}");
}

#[test]
fn strata_and_clusters_are_told() {
    let formula = "Surv(time, status == 2) ~ sex + strata(ph.ecog)";
    let (own, figure) = drawn("strata", &["logrank", LUNG, formula]);
    assert_eq!(
        (&own["strata"], &own["hazard_ratio"]["strata"]),
        (&json!(["ph.ecog"]), &json!(["ph.ecog"]))
    );
    for words in ["Stratified log-rank p", "Stratified HR 0.57"] {
        assert!(figure.contains(words), "{words}");
    }
    assert!(run(&["logrank", LUNG, formula]).starts_with("Stratified log-rank test"));
    let analyses = format!(
        "[[analysis]]\nlogrank = '{formula}'\n[[analysis]]\ncox = '{formula} + cluster(inst)'\n[[analysis]]\ncox = '{formula} + age'\npenalty = \"ridge\"\nlambda = 0.1\n"
    );
    let text = methods("strata", LUNG, &analyses);
    for words in [
        "log-rank test [1] within strata of ph.ecog",
        "a baseline hazard of its own in every stratum of ph.ecog (analysis 2)",
        "a baseline hazard of its own in every stratum of ph.ecog were shrunk",
        "with the rows of one inst taken together",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let plain = methods("plain", LUNG, "[[analysis]]\nlogrank = 'Surv(time, status == 2) ~ sex'\n");
    assert!(!plain.contains("strata"), "{plain}");
}

#[test]
fn a_level_for_missing_values_is_told() {
    let rows = (1..=60).map(|at| format!("{at},{},{}\n", at % 3 % 2, ["a", "b", ""][at * 7 % 3]));
    let file = data("missing", &format!("t,d,g\n{}", rows.collect::<String>()));
    let analysis = |more: &str| format!("[[analysis]]\ncox = 'Surv(t, d) ~ g'\n{more}\n");
    let told = "Missing values of a categorical variable are a level of their own";
    let text = methods("missing", &file, &analysis("missing = \"level\""));
    assert!(text.contains(told), "{text}");
    assert!(!methods("complete", &file, &analysis("")).contains(told));
    let ridge = analysis("missing = \"level\"\npenalty = \"ridge\"\nlambda = 0.1");
    assert!(methods("missing-ridge", &file, &ridge).contains(told));
}

/// Of 0 and ∞, limit and p are those of the profile likelihood, and are said to be; with weights
/// that has no χ² distribution.
#[test]
fn infinite_ratios_say_whose_limits_they_have() {
    let rows = (1..=20)
        .map(|at| format!("{at},{},{},{}\n", i32::from(at < 9), i32::from(at < 9), at % 3 + 1));
    let file = data("infinite", &format!("t,d,g,w\n{}", rows.collect::<String>()));
    let formula = "Surv(t, d) ~ g";
    let own = result(&["cox", &file, formula]);
    assert_eq!(own["conventions"]["infinite"], "profile-likelihood");
    let text = methods("infinite", &file, &format!("[[analysis]]\ncox = '{formula}'\n"));
    assert!(text.contains("not finite are by the profile likelihood ["), "{text}");
    let (own, figure) = drawn("infinite", &["km", &file, formula]);
    assert_eq!(own["hazard_ratio"]["interval"], "profile-likelihood");
    assert!(figure.contains("95 % profile-likelihood CI"), "{figure}");
    assert!(own["notes"].to_string().contains("the events are separated"));

    let weights = ["--weights", "w", "--weight-type", "sampling"];
    let own = result(&[&["cox", &file, formula], &weights[..]].concat());
    let coefficient = &own["coefficients"][0];
    assert_eq!(own["conventions"]["infinite"], "none");
    for key in ["hr_lower", "hr_upper", "p"] {
        assert!(coefficient[key].is_null(), "{coefficient}");
    }
    assert!(own["notes"].to_string().contains("no chi-squared distribution"));
    let (own, figure) = drawn("weighted", &[&["km", &file, formula], &weights[..]].concat());
    assert!(
        own["hazard_ratio"]["interval"].is_null() && figure.contains("HR ∞ (no CI)"),
        "{figure}"
    );
}

/// Where no ratio can be estimated, figure and notes say so.
#[test]
fn a_ratio_that_is_missing_is_told() {
    let file = data("apart", "e,t,d,g\n0,1,1,a\n0,2,1,a\n3,4,1,b\n3,5,1,b\n");
    let (own, figure) = drawn("apart", &["km", &file, "Surv(e, t, d) ~ g"]);
    assert!(own["hazard_ratio"].is_null() && figure.contains("HR not estimated"), "{figure}");
    let notes = own["notes"].to_string();
    assert!(
        notes.contains("no hazard ratio: no event at which g=a and g=b are both at risk"),
        "{notes}"
    );
}

/// Rows that need not be subjects are not called so, and pieces that go on are not censored.
#[test]
fn rows_are_no_subjects() {
    let rows =
        "1,0,5,0,a\n1,5,8,1,a\n2,0,3,0,a\n2,3,9,0,a\n3,0,4,1,b\n4,0,2,0,b\n4,2,7,1,b\n5,0,6,0,b\n";
    let file = data("pieces", &format!("id,start,stop,d,g\n{rows}"));
    let args = ["km", &file, "Surv(start, stop, d) ~ g + cluster(id)", "--risk-table", "full"];
    let (own, figure) = drawn("pieces", &args);
    assert_eq!([0, 1].map(|at| own["groups"][at]["censored"].as_f64().unwrap()), [1.0, 1.0]);
    for words in ["Number of rows", "a: 4 rows, 1 events"] {
        assert!(figure.contains(words), "{words}: {figure}");
    }
    assert!(!figure.contains("subjects"), "{figure}");
    // Without an id rows are all that is known, as in R.
    let (own, _) = drawn("rows", &["km", &file, "Surv(start, stop, d) ~ g"]);
    assert_eq!([0, 1].map(|at| own["groups"][at]["censored"].as_f64().unwrap()), [3.0, 2.0]);

    let file = data("weights", "t,d,w,g\n1,1,2,a\n2,1,3,a\n3,0,1,a\n4,1,1,b\n5,1,2,b\n");
    let weights = ["--weights", "w", "--weight-type", "sampling"];
    let args = [&["km", &file, "Surv(t, d) ~ g", "--risk-table", "full"], &weights[..]].concat();
    let (_, figure) = drawn("weights", &args);
    for words in ["Number of subjects (weighted)", "a: 3 subjects, 5 events (weighted)"] {
        assert!(figure.contains(words), "{words}: {figure}");
    }
}

/// What a note counts is what it names.
#[test]
fn notes_of_a_level_say_what_they_count() {
    let file = data("levels", "t,d,g,c\n1,1,a,x\n2,1,b,x\n3,1,,y\n4,1,,y\n5,0,a,y\n6,1,b,y\n");
    let text = run(&["km", &file, "Surv(t, d) ~ g", "--by", "c"]);
    assert!(text.contains("of all levels together: 2 rows left out: g is missing"), "{text}");
    let whole = run(&["km", &file, "Surv(t, d) ~ g"]);
    assert!(whole.contains("Note: 2 rows left out: g is missing"), "{whole}");

    // A condition leaves out three of the four without a time.
    let plan = "fixtures/examples/nen.toml";
    let older = ["--where", "age > 60"];
    let note = "PFS: 4 rows have no time: without chemo_start";
    for (command, formula) in [("km", "PFS ~ regimen"), ("cox", "PFS ~ age")] {
        let args = [&[command, plan, formula], &older[..]].concat();
        assert!(run(&args).contains(&format!("Note: {note}\n")), "{command}");
        let text = run(&[&args[..], &["--by", "type"]].concat());
        assert_eq!(text.matches(&format!("of all levels together: {note}")).count(), 2, "{text}");
        assert_eq!(text.matches(note).count(), 2, "{text}");
    }
}

#[test]
fn a_forest_beside_univariable_models_says_what_it_rests_on() {
    let formula = "Surv(time, status == 2) ~ sex + wt.loss";
    let (own, figure) = drawn("forest", &["cox", LUNG, formula, "--univariable"]);
    assert_eq!((&own["n"], &own["events"]), (&json!(214), &json!(152)));
    assert!(figure.contains("Multivariable: 214 subjects, 152 events"), "{figure}");
    assert!(!drawn("single", &["cox", LUNG, formula]).1.contains("Multivariable"));
}

/// Twice a pseudo-likelihood's logarithm has no χ² distribution: nothing that is shown of a
/// coefficient, a term or a selection rests on it.
#[test]
fn dependent_rows_have_no_profile_likelihood() {
    let rows = (1..=40).map(|at| {
        let (event, group) = (i32::from(at % 4 != 0), ["a", "b", "c"][at * 7 % 3]);
        format!("{at},{event},{},{group},{},{}\n", at * 5 % 7, at % 3 + 1, at % 13)
    });
    let file = data("dependent", &format!("t,d,x,g,w,id\n{}", rows.collect::<String>()));
    let weights = ["--weights", "w", "--weight-type", "sampling"];
    for (formula, more) in
        [("Surv(t, d) ~ x + g", &weights[..]), ("Surv(t, d) ~ x + g + cluster(id)", &[])]
    {
        let args = [&["cox", &file, formula], more].concat();
        let error = execute(&[&args[..], &["--profile"]].concat()).unwrap_err();
        assert!(error.contains("leave profile out"), "{error}");
        let own = result(&[&args[..], &["--firth", "--select", "p<0.9"]].concat());
        assert_eq!(own["conventions"]["interval"], "Wald");
        assert_eq!(own["conventions"]["variance"], "robust");
        for own in own["coefficients"].as_array().unwrap() {
            let [coef, upper, std_err] =
                ["coef", "hr_upper", "std_err"].map(|key| own[key].as_f64().unwrap());
            let wald = (coef + 1.959_963_984_540_054 * std_err).exp();
            assert!((upper / wald - 1.0).abs() < 1e-12, "{own}");
        }
        assert!(own["notes"].to_string().contains("take rows as independent"), "{own}");
        assert!(own["selection"]["rule"].as_str().unwrap().contains("Wald, robust"), "{own}");
        // The p of a term, at its first level.
        let text = run(&args);
        let wald = result(&args)["terms"][1]["wald"]["p"].as_f64().unwrap();
        let row = text.lines().find(|own| own.trim_start().starts_with("g  ")).unwrap();
        assert!(row.ends_with(&format!("{wald:.2}")), "{wald}: {text}");
    }
    let plain = result(&["cox", &file, "Surv(t, d) ~ x + g", "--firth"]);
    assert_eq!(plain["conventions"]["interval"], "profile-likelihood");
    assert!(!plain["notes"].to_string().contains("take rows as independent"));
    let firth = |formula: &str| {
        methods("dependent", &file, &format!("[[analysis]]\ncox = '{formula}'\nfirth = true\n"))
    };
    assert!(firth("Surv(t, d) ~ x").contains("p-values are by its profile ["));
    assert!(firth("Surv(t, d) ~ x + cluster(id)").contains("p-values are Wald's, two-sided"));
}

/// Which of two terms passes, alone, is Wald's by the robust variance to say.
#[test]
fn clusters_decide_a_selection() {
    // Every subject is there eight times: the likelihood takes them for eight.
    let rows = (0..96).map(|at| {
        let subject = at / 8;
        format!("{},{},{},{subject}\n", subject + 1, i32::from(subject % 3 != 0), subject % 2)
    });
    let file = data("chosen", &format!("t,d,x,id\n{}", rows.collect::<String>()));
    let selected =
        |formula: &str| execute(&["cox", &file, formula, "--select", "p<0.2", "--ties", "breslow"]);
    let text = selected("Surv(t, d) ~ x").unwrap();
    assert!(text.contains("(likelihood ratio): x; left out: none"), "{text}");
    let text = selected("Surv(t, d) ~ x + cluster(id)").unwrap();
    assert!(text.contains("(Wald, robust): none; left out: x"), "{text}");
}

#[test]
fn a_pooled_page_says_how_it_was_pooled() {
    let args = ["cox", LUNG, LUNG, LUNG, "Surv(time, status == 2) ~ sex", "--pool"];
    let text = run(&args);
    for words in ["over 3 imputed data sets by Rubin's rules", "(m − 1)/λ²", "Rubin 1987"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn firth_is_named_among_the_conventions() {
    let args = ["cox", LUNG, "Surv(time, status == 2) ~ sex"];
    let firth = [&args[..], &["--firth"]].concat();
    assert_eq!(result(&firth)["conventions"]["penalty"], "firth");
    assert!(run(&firth).contains("Efron's ties; Firth's penalised likelihood; model-based"));
    assert!(result(&args)["conventions"]["penalty"].is_null() && !run(&args).contains("Firth"));
}

/// What is asked for is done or refused.
#[test]
fn no_option_is_ignored() {
    let place = folder("ignored");
    let path = place.join("figure.svg");
    let curves = ["km", LUNG, "Surv(time, status == 2) ~ sex", "--plot", path.to_str().unwrap()];
    let log_log = [&curves[..], &["--heights", "log-log"]].concat();
    for (option, words) in [
        (&["--until", "500"][..], "an end of the time axis"),
        (&["--every", "100"], "ticks every"),
        (&["--plot-height", "90"], "a height"),
        (&["--labels", "direct"], "names at the ends"),
        (&["--risk-table", "full"], "events and censorings"),
    ] {
        let error = execute(&[&log_log[..], option].concat()).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    run(&log_log);
    let points = place.join("points.csv");
    fs::write(&points, "time,survival\n0,1\n5,0.8\n9,0.5\n12,0.4\n").unwrap();
    let curve = ["reconstruct", "--points", points.to_str().unwrap(), "--n", "20"];
    for option in [["--min-follow-up", "5"], ["--median-follow-up", "9"]] {
        let error = execute(&[&curve[..], &option[..]].concat()).unwrap_err();
        assert!(error.contains(option[0]) && error.contains("leave it out"), "{error}");
    }
}

/// A figure of a level is refused where its name is that of the data or the report.
#[test]
fn figures_of_levels_spare_what_is_read() {
    let place = folder("spared");
    let rows = "t,d,g\n1,1,a\n2,1,b\n3,0,a\n4,1,b\n";
    let (read, plot) = (place.join("out-g=a.svg"), place.join("out.svg"));
    let (read, plot) = (read.to_str().unwrap(), plot.to_str().unwrap());
    fs::write(read, rows).unwrap();
    let error = execute(&["km", read, "Surv(t, d) ~ 1", "--by", "g", "--plot", plot]).unwrap_err();
    assert!(error.contains("--plot names a file that is read"), "{error}");
    assert_eq!(fs::read_to_string(read).unwrap(), rows);
    assert_eq!(fs::read_dir(&place).unwrap().count(), 1, "nothing was written");
}
