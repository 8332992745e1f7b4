//! Kernel benchmarks: from columns in memory to the answer.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use riskset::cohort::{Cohort, Factor, Groups, Times};
use riskset::compare::LogRank;
use riskset::curve::KaplanMeier;
use riskset::table::Category;

/// Columns of a made-up registry.
#[derive(Clone)]
struct Columns {
    time: Times,
    event: Vec<bool>,
    group: Vec<u32>,
}

fn columns(n: usize, months: bool) -> Columns {
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let days: Vec<f64> = (0..n).map(|_| 0.01 - uniform().ln() * 30.0).collect();
    let event = (0..n).map(|_| uniform() < 0.6).collect();
    let group = (0..n).map(|_| (uniform() * 3.0) as u32).collect();
    let time = match months {
        true => Times::Integer(days.iter().map(|&time| time.ceil() as i32).collect()),
        false => Times::Number { values: days, exact: true },
    };
    Columns { time, event, group }
}

fn cohort(columns: Columns) -> Cohort {
    let levels: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
    let category = Category { codes: columns.group, levels: levels.into() };
    let groups = Groups::cross(vec![Factor { name: "group".into(), category }]);
    Cohort::builder(columns.time, columns.event).groups(groups).build().expect("valid columns")
}

fn medians(cohort: &Cohort) -> Vec<Option<f64>> {
    let fit = KaplanMeier::default().fit(cohort).expect("a curve");
    fit.curves().iter().map(|curve| curve.quantile(0.5).expect("a median").upper).collect()
}

fn bench(c: &mut Criterion) {
    for (n, months) in [(200, true), (200, false), (1_000_000, true), (1_000_000, false)] {
        let clock = if months { "months" } else { "continuous" };
        let data = columns(n, months);
        c.bench_function(&format!("km with medians, {n} rows, {clock}"), |b| {
            b.iter_batched(|| data.clone(), |data| medians(&cohort(data)), BatchSize::LargeInput);
        });
        let ready = cohort(data);
        c.bench_function(&format!("log-rank, cohort ready, {n} rows, {clock}"), |b| {
            b.iter(|| LogRank::default().fit(black_box(&ready)).expect("a test").statistic());
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = bench
}
criterion_main!(benches);
