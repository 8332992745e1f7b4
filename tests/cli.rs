//! The command line: transcripts, files, pipes, threads.

#![cfg(feature = "cli")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const LUNG: &str = "fixtures/data/lung.csv";
const BY_SEX: &str = "Surv(time, status == 2) ~ sex";

fn run(args: &[&str]) -> String {
    riskset::cli::execute(args.iter().copied()).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&run(&[args, &["--format", "json"]].concat())).unwrap()
}

fn fails(args: &[&str]) -> (u8, String) {
    let failure = riskset::cli::execute(args.iter().copied()).unwrap_err();
    (failure.status(), failure.to_string())
}

/// A path in cargo's folder for tests, without a file.
fn scratch(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_riskset"))
}

/// Rows enough for every part to use threads.
fn large(name: &str) -> PathBuf {
    let path = scratch(name);
    let mut text = String::from("time,status,arm,centre\n");
    let mut state = 1u64;
    for _ in 0..60_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let bits = state >> 33;
        let time = (bits % 100_000) as f64 / 7.0;
        text += &format!("{time},{},{},{}\n", bits / 7 % 2, bits / 3 % 3, bits / 11 % 2);
    }
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cli/*.md").case("README.md");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data = large("threads.csv");
    let km = ["--at", "500,9000", "--rmst", "9000", "--follow-up", "--curve", "--by", "centre"];
    let resample = ["--bootstrap", "99", "--conf-level", "0.9", "--rmst", "9000"];
    let calls: [(&str, &[&str]); 4] = [
        ("km", &km),
        ("km", &resample),
        ("logrank", &["--pairwise", "holm"]),
        ("cox", &["--ph-test", "--baseline"]),
    ];
    for (command, options) in calls {
        let formula = "Surv(time, status) ~ arm";
        let base = [command, data.to_str().unwrap(), formula, "--format", "json", "--threads"];
        let with = |threads| run(&[&base[..], &[threads], options].concat());
        let one = with("1");
        assert!(one.len() > 1000);
        assert!(one == with("2"), "{command}: 2 threads differ from 1");
        assert!(one == with("7"), "{command}: 7 threads differ from 1");
    }
}

#[test]
fn json_keys_come_in_the_order_of_the_contract() {
    let options = ["--at", "365", "--quantiles", "0.25", "--rmst", "730", "--follow-up", "--curve"];
    let document = json(&[&["km", LUNG, BY_SEX], &options[..]].concat());
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let top = "command schema_version formula conf_level conf_type conventions data groups \
               rmst_comparison test notes";
    assert_eq!(keys(&document), top.split_whitespace().collect::<Vec<_>>());
    let group = "label levels n events censored median quantiles landmarks rmst follow_up curve";
    assert_eq!(keys(&document["groups"][0]), group.split_whitespace().collect::<Vec<_>>());
    let step = "time n_risk n_event n_censor survival std_err lower upper cumulative_hazard \
                cumulative_hazard_std_err";
    let first = &document["groups"][0]["curve"][0];
    assert_eq!(keys(first), step.split_whitespace().collect::<Vec<_>>());
    let test = json(&["logrank", LUNG, BY_SEX, "--trend", "--pairwise", "none"]);
    let contract = "command weight groups statistic df p ln_p trend pairwise";
    let own = keys(&test).into_iter().filter(|key| contract.split(' ').any(|name| name == key));
    assert_eq!(own.collect::<Vec<_>>(), contract.split(' ').collect::<Vec<_>>());
}

#[test]
fn counts_are_whole_numbers_unless_weights_are_not() {
    let text = run(&["km", LUNG, BY_SEX, "--at", "365", "--format", "json"]);
    assert!(text.contains("\"n\": 138,") && text.contains("\"n_risk\": 35,"), "{text}");
    let weighted = ["km", "fixtures/data/weighted.csv", "Surv(time, status == 2) ~ 1"];
    let weights = ["--weights", "sw", "--weight-type", "sampling"];
    let document = json(&[&weighted[..], &weights].concat());
    assert!(document["groups"][0]["events"].as_f64().unwrap().fract() > 0.0);
}

#[test]
fn every_convention_is_named() {
    let own = json(&["km", LUNG, BY_SEX, "--as", "stata", "--conf-type", "log"]);
    let expected = serde_json::json!({
        "dialect": "stata", "conf_type": "log", "median_rule": "inf",
        "median_interval": "brookmeyer-crowley", "variance": "greenwood", "follow_up": "recipe",
        "mean": "last-time", "time_zero": "dropped", "ties": "events-before-censorings",
        "p": "chi-squared, two-sided"
    });
    assert_eq!(own["conventions"], expected);
}

#[test]
fn spss_prints_no_interval_for_the_curve_unless_one_is_named() {
    let base = ["km", LUNG, BY_SEX, "--as", "spss", "--at", "365"];
    let bare = json(&base);
    assert_eq!(bare["conf_type"], Value::Null);
    assert_eq!(bare["groups"][0]["landmarks"][0]["lower"], Value::Null);
    assert!(bare["groups"][0]["mean"]["estimate"].is_number());
    let named = json(&[&base[..], &["--conf-type", "plain"]].concat());
    assert!(named["groups"][0]["landmarks"][0]["lower"].is_number());
}

#[test]
fn by_is_the_analysis_of_each_level() {
    let by = json(&["km", LUNG, "Surv(time, status == 2) ~ ph.ecog", "--by", "sex"]);
    assert_eq!(by["by"], serde_json::json!(["sex"]));
    for (at, sex) in ["1", "2"].into_iter().enumerate() {
        let condition = format!("sex == {sex}");
        let alone = json(&["km", LUNG, "Surv(time, status == 2) ~ ph.ecog", "--where", &condition]);
        let stratum = &by["strata"][at];
        assert_eq!(stratum["levels"], serde_json::json!({"sex": sex}));
        assert_eq!((&stratum["groups"], &stratum["test"]), (&alone["groups"], &alone["test"]));
    }
}

#[test]
fn each_is_the_analysis_of_each_term() {
    let base = ["logrank", LUNG, "Surv(time, status == 2) ~ 1", "--each", "sex + (age >= 65)"];
    let each = json(&base);
    let alone = json(&["logrank", LUNG, "Surv(time, status == 2) ~ age >= 65"]);
    assert_eq!(each["each"][0]["term"], "sex");
    assert_eq!(each["each"][1]["groups"], alone["groups"]);
    let both = json(&[&base[..], &["--by", "ph.ecog", "--where", "ph.ecog < 3"]].concat());
    assert_eq!(both["strata"].as_array().unwrap().len(), 3);
    assert_eq!(both["strata"][2]["each"][1]["term"], "age >= 65");
}

#[test]
fn csv_holds_the_same_doubles_as_json() {
    let base = ["km", LUNG, BY_SEX, "--by", "ph.ecog", "--where", "ph.ecog < 3", "--curve"];
    let text = run(&[&base[..], &["--format", "json"]].concat());
    let of_key = |key: &str| {
        let key = format!("\"{key}\": ");
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix(&key));
        lines.map(|value| value.trim_end_matches(',').to_owned()).collect::<Vec<_>>()
    };
    let csv = run(&[&base[..], &["--format", "csv"]].concat());
    let (header, rows) = csv.split_once('\n').unwrap();
    assert!(header.starts_with("ph.ecog,group,time,n_risk,n_event,n_censor,survival,"));
    let column = |at: usize| {
        rows.lines().map(move |line| line.split(',').nth(at).unwrap()).collect::<Vec<_>>()
    };
    for (at, key) in [(6, "survival"), (10, "cumulative_hazard")] {
        let (cells, values) = (column(at), of_key(key));
        assert_eq!(cells.len(), values.len());
        for (cell, value) in cells.into_iter().zip(values) {
            assert_eq!(cell, value.trim_end_matches(".0"), "{key}");
        }
    }
}

#[test]
fn nothing_undefined_is_a_number() {
    let text = run(&[
        "km",
        "tests/cli/data/huge.csv",
        "Surv(time, status) ~ sex",
        "--mean",
        "--rmst",
        "1e308",
        "--curve",
        "--format",
        "json",
    ]);
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    let text = run(&[
        "km",
        "tests/cli/data/huge.csv",
        "Surv(time, status) ~ sex",
        "--mean",
        "--rmst",
        "1e308",
    ]);
    let words = text.split(|c: char| !c.is_alphanumeric());
    assert!(words.filter(|word| ["inf", "NaN"].contains(word)).count() == 0, "{text}");
}

#[test]
fn quiet_leaves_out_conventions_and_notes() {
    let base = ["km", LUNG, "Surv(time, status == 2) ~ ph.ecog"];
    let (whole, quiet) = (run(&base), run(&[&base[..], &["--quiet"]].concat()));
    assert!(whole.contains("\nConventions (riskset): ") && whole.contains("\nNote: "));
    assert!(!quiet.contains("Conventions") && !quiet.contains("Note"));
    assert!(whole.starts_with(quiet.trim_end()));
}

#[test]
fn output_is_there_whole_or_not_at_all() {
    let path = scratch("report.json");
    let target = path.to_str().unwrap();
    let base = ["km", LUNG, BY_SEX, "--format", "json"];
    assert_eq!(run(&[&base[..], &["--output", target]].concat()), "");
    assert_eq!(fs::read_to_string(&path).unwrap(), run(&base));
    let failing = ["km", LUNG, BY_SEX, "--rmst", "1e6", "--output", target];
    assert_eq!(fails(&failing).0, 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), run(&base), "a failure changed the file");
    fs::remove_file(&path).unwrap();
    fails(&failing);
    assert!(!path.exists());
    let left = fs::read_dir(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let left = left.filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".riskset-")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn files_that_are_no_tables() {
    let line = scratch("line.csv");
    fs::write(&line, format!("time,status\n{},1\n", "1".repeat(10_000_000))).unwrap();
    let bytes = scratch("bytes.csv");
    fs::write(&bytes, (0..4096u32).map(|i| (i * 37 % 256) as u8).collect::<Vec<u8>>()).unwrap();
    let latin = scratch("latin.csv");
    fs::write(&latin, b"time,status,ort\n5,1,Z\xfcrich\n6,1,Z\xc3\xbcrich\n").unwrap();
    let formula = "Surv(time, status) ~ 1";
    let expected = [
        (&line, formula, "longer than 8 MiB"),
        (&bytes, formula, "binary file"),
        (&latin, "Surv(time, status) ~ ort", "UTF-8"),
    ];
    for (path, formula, words) in expected {
        let (status, message) = fails(&["km", path.to_str().unwrap(), formula]);
        assert_eq!(status, 1);
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn standard_input_is_a_file_too() {
    let mut child = binary()
        .args(["km", "-", BY_SEX, "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(LUNG).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let direct = run(&["km", LUNG, BY_SEX, "--format", "csv"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), direct);
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let data = large("pipe.csv");
    let mut child = binary()
        .args(["km", data.to_str().unwrap(), "Surv(time, status) ~ arm", "--curve"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

#[test]
fn exit_status_tells_whose_fault_it_is() {
    let status = |args: &[&str]| binary().args(args).output().unwrap().status.code();
    assert_eq!(status(&["km", LUNG, BY_SEX]), Some(0));
    assert_eq!(status(&["km", LUNG, "Surv(time, status) ~ sex"]), Some(1));
    assert_eq!(status(&["km", LUNG, "Surv(time, status == 2 ~ sex"]), Some(2));
    assert_eq!(status(&["km", LUNG, BY_SEX, "--conf-level", "2"]), Some(2));
}

const PENALISED: &str = "Surv(time, status == 2) ~ age + sex + log(bili) + albumin + platelet";

#[test]
fn a_penalised_fit_is_that_of_its_seed_whatever_the_threads() {
    let base = ["cox", "fixtures/data/pbc.csv", PENALISED, "--penalty", "0.5", "--path"];
    let with = |options: &[&str]| run(&[&base[..], options, &["--format", "json"]].concat());
    let one = with(&["--threads", "1", "--seed", "4"]);
    assert!(one == with(&["--threads", "7", "--seed", "4"]));
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (own, other) = (parse(&one), parse(&with(&["--seed", "5"])));
    assert_eq!((&own["penalty"]["seed"], &own["penalty"]["folds"]), (&4.into(), &10.into()));
    assert_eq!(own["path"][9]["coef"], other["path"][9]["coef"]);
    assert_ne!(own["path"][9]["cv_deviance"], other["path"][9]["cv_deviance"]);
}

#[test]
fn the_chosen_lambda_gives_the_same_fit_when_it_is_given() {
    let base = ["cox", "fixtures/data/pbc.csv", PENALISED, "--penalty", "lasso"];
    let chosen = json(&base);
    for (key, coef) in [("lambda_min", "coef"), ("lambda_1se", "coef_1se")] {
        let lambda = chosen["penalty"][key].to_string();
        let given = json(&[&base[..], &["--lambda", &lambda]].concat());
        assert_eq!(given["penalty"][key], Value::Null);
        for (got, want) in given["coefficients"]
            .as_array()
            .unwrap()
            .iter()
            .zip(chosen["coefficients"].as_array().unwrap())
        {
            let (got, want) = (got["coef"].as_f64().unwrap(), want[coef].as_f64().unwrap());
            assert!((got - want).abs() <= 1e-8 * want.abs(), "{key}: {got}, {want}");
            assert_eq!(got == 0.0, want == 0.0);
        }
    }
}

#[test]
fn a_penalised_fit_claims_no_interval() {
    let own = json(&["cox", "fixtures/data/pbc.csv", PENALISED, "--penalty", "ridge"]);
    for coefficient in own["coefficients"].as_array().unwrap() {
        for key in ["std_err", "z", "p", "hr_lower", "hr_upper"] {
            assert_eq!(coefficient[key], Value::Null, "{key}");
        }
    }
    let notes = own["notes"].to_string();
    assert!(notes.contains("would not cover"), "{notes}");
}

#[track_caller]
fn near(got: &Value, want: f64) {
    let got = got.as_f64().unwrap();
    assert!((got - want).abs() <= 1e-12 * want.abs(), "{got}, want {want}");
}

/// `summary(survfit(fit, newdata, conf.type = "log-log"), times = 365)`,
/// `concordance(y ~ lp, reverse = TRUE, timewt = "n/G2", ymax = 365)`, `survival:::brier(fit, times)`
/// and calibration by `ceiling(5 * ecdf(risk)(risk))`, after `coxph(ties = "breslow")`.
#[test]
fn what_a_fit_predicts_is_what_r_predicts() {
    let formula = "Surv(time, status == 2) ~ age + sex";
    let base = ["cox", LUNG, formula, "--ties", "breslow", "--accuracy", "365", "--at", "365"];
    let profiles = ["--profiles", "tests/cli/data/profiles-two.csv", "--adjusted", "sex"];
    let own = json(&[&base[..], &profiles].concat());
    let points = [
        [0.4182985993471363, 0.06198161282312745, 0.2963487400516043, 0.5354903609438446],
        [0.4801724846824988, 0.05760598878186704, 0.363928212472965, 0.5871740982821121],
    ];
    for (at, want) in points.into_iter().enumerate() {
        let point = &own["profiles"][at]["curves"][0]["landmarks"][0];
        for (key, want) in ["survival", "std_err", "lower", "upper"].into_iter().zip(want) {
            near(&point[key], want);
        }
    }
    for (at, want) in [0.3408404736280577, 0.5231450402706953].into_iter().enumerate() {
        near(&own["adjusted"]["groups"][at]["landmarks"][0]["survival"], want);
    }
    let accuracy = &own["accuracy"];
    near(&accuracy["uno_c"]["estimate"], 0.599_319_246_180_738_6);
    near(&accuracy["uno_c"]["std_err"], 0.02580909319519307);
    let scores = [
        ("brier", 0.2361259283613144, 0.241762917269352),
        ("integrated_brier", 0.1658857795979439, 0.1723626115675841),
    ];
    for (key, score, reference) in scores {
        near(&accuracy[key]["score"], score);
        near(&accuracy[key]["reference"], reference);
    }
    let first = &accuracy["calibration"]["groups"][0];
    near(&first["predicted"], 0.4273547992031589);
    near(&first["observed"], 0.5116227025742193);
    near(&first["lower"], 0.3567884780628902);
}

#[test]
fn with_one_covariate_the_adjusted_curve_is_that_of_the_profile() {
    let base = ["cox", "fixtures/data/aml.csv", "Surv(time, status) ~ x", "--curve"];
    let options = ["--profiles", "tests/cli/data/profiles-aml.csv", "--adjusted", "x"];
    let own = json(&[&base[..], &options].concat());
    for at in 0..2 {
        let profile = own["profiles"][at]["curves"][0]["curve"].as_array().unwrap();
        let adjusted = own["adjusted"]["groups"][at]["curve"].as_array().unwrap();
        assert_eq!((profile.len(), adjusted.len()), (15, 15));
        for (profile, adjusted) in profile.iter().zip(adjusted) {
            for key in ["time", "survival", "std_err", "lower", "upper"] {
                let (got, want) = (&adjusted[key], profile[key].as_f64().unwrap());
                assert!((got.as_f64().unwrap() - want).abs() < 1e-12, "{key}");
            }
        }
    }
}

#[test]
fn beyond_the_follow_up_nothing_is_predicted_and_why() {
    let base = ["cox", LUNG, "Surv(time, status == 2) ~ sex", "--adjusted", "sex"];
    let own = json(&[&base[..], &["--at", "5000", "--accuracy", "5000"]].concat());
    let group = &own["adjusted"]["groups"][1]["landmarks"][0];
    assert_eq!(group["time"], 5000.0);
    for key in ["survival", "std_err", "lower", "upper"] {
        assert_eq!(group[key], Value::Null);
    }
    for key in ["uno_c", "brier", "integrated_brier", "calibration"] {
        assert_eq!(own["accuracy"][key], Value::Null);
    }
    let notes = own["notes"].to_string();
    assert_eq!(notes.matches("5000 lies beyond the last follow-up at 1022").count(), 2, "{notes}");
}
