//! riskset beside R, the crate `survival` and lifelines: one data set, interleaved runs, equal
//! answers.
//!
//! Every engine runs in a process of its own and times itself from columns in memory (for `csv`,
//! from the file) to the answer: `coxfit` is the fit alone (R's `coxph.fit`), `cox` the whole call
//! with tests and concordance. Within a row every engine runs equally often, the engines taking
//! turns; best and median are of the same number of runs. `coxboot` are fits to resampled rows.

mod engines;
mod registry;
mod regression;

use std::path::Path;
use std::process::Command;

const TASKS: [&str; 15] = [
    "km@months",
    "km@continuous",
    "logrank@months",
    "logrank@continuous",
    "small@months",
    "bootstrap@months",
    "bootstrap@continuous",
    "csv@months",
    "coxfit@months",
    "cox@months",
    "coxfit@continuous",
    "cox@continuous",
    "cox@wide",
    "cox@late",
    "coxboot@boot",
];
const ENGINES: [&str; 4] = ["R", "survival", "lifelines", "riskset"];

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
    regression::write(folder).expect("the data are written");
    println!(
        "{rows} rows, 3 groups; seconds and ratios as best / median of the runs of each engine, taking turns; \
         bootstrap: R's time is that of 200 replicates times 50, equal is the whole sample's median; \
         coxboot: 1,000 fits, R's time that of 10 times 100"
    );
    println!("{:<18} {:>4} {:>17}   the others, and how many times riskset's time", "task", "runs", "riskset");
    let wanted = std::env::var("TASKS").unwrap_or_default();
    for task in TASKS.into_iter().filter(|task| task.contains(&wanted)) {
        let mut runs: [Runs; 4] = Default::default();
        for _ in 0..rounds {
            for (runs, engine) in runs.iter_mut().zip(ENGINES) {
                runs.push(measure(engine, task, folder));
            }
        }
        print_row(task, rounds, &runs);
    }
}

/// What one engine needed and found.
#[derive(Default)]
struct Runs {
    seconds: Vec<f64>,
    values: Vec<f64>,
}

impl Runs {
    /// Nothing is added for an engine that cannot do the task.
    fn push(&mut self, outcome: Option<(f64, Vec<f64>)>) {
        if let Some((seconds, values)) = outcome {
            self.seconds.push(seconds);
            self.values = values;
        }
    }

    /// Best and median.
    fn summary(&self) -> Option<[f64; 2]> {
        let mut seconds = self.seconds.clone();
        seconds.sort_by(f64::total_cmp);
        let middle = seconds[..].get(seconds.len().checked_sub(1)? / 2)?;
        Some([seconds[0], 0.5 * (middle + seconds[seconds.len() / 2])])
    }
}

fn measure(engine: &str, task: &str, folder: &Path) -> Option<(f64, Vec<f64>)> {
    let script = |program: &str, file: &str| {
        Command::new(program).args([file, task]).arg(folder).output()
    };
    let output = match engine {
        "R" => script("Rscript", "peers.R"),
        "lifelines" if !task.starts_with("cox") => return None,
        "lifelines" => script("python3", "peers.py"),
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

fn print_row(task: &str, rounds: usize, runs: &[Runs; 4]) {
    let [others @ .., riskset] = runs;
    let seconds = |own: [f64; 2]| pair(own, |value| format!("{value:.4}"));
    let own = riskset.summary().expect("riskset does every task");
    print!("{task:<18} {rounds:>4} {:>17}  ", seconds(own));
    // R's coxph stops when the log-likelihood changes by less than 1e-9.
    let tolerance = if task.starts_with("cox") { 1e-6 } else { 1e-9 };
    for (name, runs) in ENGINES.iter().zip(others) {
        let Some(summary) = runs.summary() else { continue };
        let ratios = [summary[0] / own[0], summary[1] / own[1]];
        let same = same(&runs.values, &riskset.values, tolerance);
        let verdict = if same { String::new() } else { format!(" NOT EQUAL {:?}", runs.values) };
        print!(" {name} {} = {}{verdict};", seconds(summary), pair(ratios, |r| format!("{r:.0}×")));
    }
    println!();
}

fn pair([best, median]: [f64; 2], text: impl Fn(f64) -> String) -> String {
    format!("{} / {}", text(best), text(median))
}

fn same(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance * a.abs().max(b.abs());
    a.len() == b.len() && a.iter().zip(b).all(close)
}
