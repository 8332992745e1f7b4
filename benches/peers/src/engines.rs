//! What the Rust engines do for each task: seconds, and the numbers that must agree.

use std::path::Path;
use std::time::Instant;

use riskset::cohort::{Cohort, Factor, Groups, Times};
use riskset::compare::LogRank;
use riskset::curve::{Bootstrap, KaplanMeier, SurvivalCurves};
use riskset::formula::{Binder, Formula};
use riskset::io::{ReadOptions, Reader};
use riskset::table::Category;
use survival::surv_analysis::{SurvfitKMData, SurvfitKMOptions, survfitkm};
use survival::validation::logrank_test;

type Outcome = Option<(f64, Vec<f64>)>;

pub(crate) fn run(engine: &str, task: &str, folder: &Path) -> Outcome {
    let (name, clock) = task.split_once('@').expect("a task is name@clock");
    match (engine, name) {
        ("riskset", "coxboot") => crate::regression::bootstrap(clock, folder),
        ("riskset", "cox" | "coxfit") => crate::regression::run(name == "cox", clock, folder),
        ("survival", "cox") => crate::regression::survival(clock, folder),
        (_, "cox" | "coxfit" | "coxboot") => None,
        ("riskset", "csv") => riskset_csv(folder),
        ("riskset", _) => riskset_task(name, Columns::read(folder, clock)),
        (_, "csv" | "bootstrap") => None,
        (_, _) => survival_task(name, Columns::read(folder, clock)),
    }
}

/// The registry's columns.
struct Columns {
    months: Option<Vec<i32>>,
    times: Vec<f64>,
    event: Vec<i32>,
    group: Vec<i32>,
}

impl Columns {
    fn read(folder: &Path, clock: &str) -> Self {
        let bytes = |name: &str| std::fs::read(folder.join(name)).expect("the column is there");
        let ints = |name: &str| -> Vec<i32> {
            bytes(name).chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap())).collect()
        };
        let months = (clock == "months").then(|| ints("months.i32"));
        let times = match &months {
            Some(months) => months.iter().map(|&time| f64::from(time)).collect(),
            None => bytes("times.f64")
                .chunks_exact(8)
                .map(|b| f64::from_le_bytes(b.try_into().unwrap()))
                .collect(),
        };
        Self { months, times, event: ints("event.i32"), group: ints("group.i32") }
    }

    fn head(mut self, rows: usize) -> Self {
        self.times.truncate(rows);
        self.event.truncate(rows);
        self.group.truncate(rows);
        if let Some(months) = &mut self.months {
            months.truncate(rows);
        }
        self
    }
}

/// The columns in riskset's own types, as its reader leaves them.
struct Typed {
    time: Times,
    event: Vec<bool>,
    codes: Vec<u32>,
}

impl Typed {
    fn new(columns: Columns) -> Self {
        let time = match columns.months {
            Some(months) => Times::Integer(months),
            None => Times::Number { values: columns.times, exact: true },
        };
        let event = columns.event.iter().map(|&event| event == 1).collect();
        Self { time, event, codes: columns.group.iter().map(|&code| code as u32).collect() }
    }

    fn cohort(self) -> Cohort {
        let levels: Vec<String> = ["0", "1", "2"].map(str::to_owned).to_vec();
        let category = Category { codes: self.codes, levels: levels.into() };
        let groups = Groups::cross(vec![Factor { name: "group".into(), category }]);
        Cohort::builder(self.time, self.event).groups(groups).build().unwrap()
    }

    fn one_group(self) -> Cohort {
        Cohort::builder(self.time, self.event).build().unwrap()
    }
}

fn medians(fit: &SurvivalCurves) -> Vec<f64> {
    let median = |curve: &riskset::curve::SurvivalCurve| {
        let median = curve.quantile(0.5).unwrap();
        std::hint::black_box((median.lower, median.upper));
        median.estimate.unwrap_or(f64::NAN)
    };
    fit.curves().iter().map(median).collect()
}

fn riskset_task(name: &str, columns: Columns) -> Outcome {
    let rows = match name {
        "small" => 200,
        "bootstrap" => 10_000,
        _ => usize::MAX,
    };
    let typed = Typed::new(columns.head(rows));
    let start = Instant::now();
    let values = match name {
        "km" => medians(&KaplanMeier::default().fit(&typed.cohort()).unwrap()),
        "logrank" => vec![LogRank::default().fit(&typed.cohort()).unwrap().statistic()],
        "small" => return small(&typed),
        "bootstrap" => {
            let fit = KaplanMeier::default().fit(&typed.one_group()).unwrap();
            let bootstrap = Bootstrap::default().replicates(10_000).seed(1).quantiles([0.5]);
            std::hint::black_box(fit.bootstrap(&bootstrap).unwrap());
            medians(&fit)
        }
        _ => return None,
    };
    Some((start.elapsed().as_secs_f64(), values))
}

fn small(typed: &Typed) -> Outcome {
    let rounds = 500;
    let start = Instant::now();
    let mut values = Vec::new();
    for _ in 0..rounds {
        let cohort = Cohort::builder(typed.time.clone(), typed.event.clone()).build().unwrap();
        let median =
            KaplanMeier::default().fit(&cohort).unwrap().curves()[0].quantile(0.5).unwrap();
        values =
            [median.estimate, median.lower, median.upper].map(|v| v.unwrap_or(f64::NAN)).to_vec();
    }
    Some((start.elapsed().as_secs_f64() / f64::from(rounds), values))
}

fn riskset_csv(folder: &Path) -> Outcome {
    let start = Instant::now();
    let formula = Formula::parse("Surv(months, event) ~ arm").unwrap();
    let reader = Reader::open(folder.join("registry.csv"), ReadOptions::default()).unwrap();
    let table = reader.read(&formula.columns()).unwrap();
    let bound = Binder::new(&formula).bind_owned(table).unwrap();
    let values = medians(&KaplanMeier::default().fit(&bound.cohort).unwrap());
    Some((start.elapsed().as_secs_f64(), values))
}

fn survival_task(name: &str, columns: Columns) -> Outcome {
    let columns = if name == "small" { columns.head(200) } else { columns };
    let Columns { times, event, group, .. } = columns;
    match name {
        "logrank" => {
            let start = Instant::now();
            let test = logrank_test(&times, &event, &group, None, None, 0.0, true).unwrap();
            Some((start.elapsed().as_secs_f64(), vec![test.statistic]))
        }
        "km" => {
            let start = Instant::now();
            let data = SurvfitKMData::try_new(None, times, event, None, Some(group), None, None);
            let fit = survfitkm(&data.unwrap(), &SurvfitKMOptions::default()).unwrap();
            let seconds = start.elapsed().as_secs_f64();
            let mut from = 0;
            let median = |&len: &usize| {
                let rows = from..from + len;
                from += len;
                rows.into_iter()
                    .find(|&row| fit.surv[row] <= 0.5)
                    .map_or(f64::NAN, |row| fit.time[row])
            };
            Some((seconds, fit.strata.as_ref().unwrap().iter().map(median).collect()))
        }
        "small" => {
            let start = Instant::now();
            for _ in 0..500 {
                let data = SurvfitKMData::right_censored(times.clone(), event.clone()).unwrap();
                std::hint::black_box(survfitkm(&data, &SurvfitKMOptions::default()).unwrap());
            }
            Some((start.elapsed().as_secs_f64() / 500.0, Vec::new()))
        }
        _ => None,
    }
}
