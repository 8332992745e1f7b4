//! riskset beside R and the crate `survival`: one data set, interleaved runs, equal answers.
//!
//! Every engine runs in a process of its own and times itself from columns in memory (for `csv`,
//! from the file) to the answer; the orchestrator alternates the engines and keeps the best of
//! several rounds.

mod engines;
mod registry;

use std::path::Path;
use std::process::Command;

const TASKS: [&str; 8] = [
    "km@months",
    "km@continuous",
    "logrank@months",
    "logrank@continuous",
    "small@months",
    "bootstrap@months",
    "bootstrap@continuous",
    "csv@months",
];
const ENGINES: [&str; 3] = ["R", "survival", "riskset"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words[..] {
        ["compare", folder, rows, rounds] => {
            compare(Path::new(folder), rows.parse().unwrap(), rounds.parse().unwrap());
        }
        ["engine", engine, task, folder] => match engines::run(engine, task, Path::new(folder)) {
            Some((seconds, values)) => println!("{seconds} {}", join(&values)),
            None => println!(),
        },
        _ => panic!("usage: compare FOLDER ROWS ROUNDS | engine ENGINE TASK FOLDER"),
    }
}

fn join(values: &[f64]) -> String {
    values.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
}

fn compare(folder: &Path, rows: usize, rounds: usize) {
    registry::write(folder, rows).expect("the data are written");
    println!(
        "{rows} rows, 3 groups; seconds, best of {rounds} interleaved rounds; an engine that takes over 15 s \
         runs once, which favours the others; bootstrap: equal is the whole sample's median"
    );
    println!(
        "{:<20} {:>10} {:>10} {:>10} {:>9} {:>9}  equal",
        "task", "R", "survival", "riskset", "R/riskset", "surv/rs"
    );
    for task in TASKS {
        let mut best = [f64::INFINITY; 3];
        let mut values: [Vec<f64>; 3] = Default::default();
        for round in 0..rounds {
            for (at, engine) in ENGINES.iter().enumerate() {
                // Slow engines need not repeat what takes them a quarter of a minute.
                if round > 0 && best[at] > 15.0 {
                    continue;
                }
                if let Some((seconds, found)) = measure(engine, task, folder) {
                    best[at] = best[at].min(seconds);
                    values[at] = found;
                }
            }
        }
        print_row(task, best, &values);
    }
}

fn measure(engine: &str, task: &str, folder: &Path) -> Option<(f64, Vec<f64>)> {
    let output = match engine {
        "R" => Command::new("Rscript").args(["peers.R", task]).arg(folder).output(),
        _ => Command::new(std::env::current_exe().unwrap())
            .args(["engine", engine, task])
            .arg(folder)
            .output(),
    }
    .expect("the engine starts");
    assert!(
        output.status.success(),
        "{engine} {task}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split_whitespace().map(|word| word.parse().unwrap_or(f64::NAN));
    Some((numbers.next()?, numbers.collect()))
}

fn print_row(task: &str, best: [f64; 3], values: &[Vec<f64>; 3]) {
    let seconds = |at: usize| match best[at] {
        value if value.is_finite() => format!("{value:.4}"),
        _ => "–".to_owned(),
    };
    let ratio = |at: usize| match best[at] / best[2] {
        value if value.is_finite() => format!("{value:.0}×"),
        _ => "–".to_owned(),
    };
    let equal = |at: usize| values[at].is_empty() || same(&values[at], &values[2]);
    let verdict = match (equal(0), equal(1)) {
        (true, true) => "yes".to_owned(),
        _ => format!("NO {values:?}"),
    };
    println!(
        "{task:<20} {:>10} {:>10} {:>10} {:>9} {:>9}  {verdict}",
        seconds(0),
        seconds(1),
        seconds(2),
        ratio(0),
        ratio(1)
    );
}

fn same(a: &[f64], b: &[f64]) -> bool {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    a.len() == b.len() && a.iter().zip(b).all(close)
}
