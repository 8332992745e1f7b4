//! Data for regressions, and what riskset does with them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use ndarray::Array2;
use riskset::accuracy::concordance;
use riskset::cohort::{Cohort, CohortBuilder, Design, Factor, Groups, Times, Weights};
use riskset::cox::Cox;
use riskset::table::Category;
use survival::regression::{CoxPHFit, CoxphData, CoxphOptions};

/// A set of data: rows, columns, strata, and how time is measured.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    rows: usize,
    columns: usize,
    strata: usize,
    months: bool,
    late: bool,
}

const SHAPES: [Shape; 5] = [
    Shape { name: "months", rows: 1_000_000, columns: 20, strata: 1, months: true, late: false },
    Shape { name: "continuous", rows: 1_000_000, columns: 20, strata: 1, months: false, late: false },
    Shape { name: "wide", rows: 100_000, columns: 200, strata: 1, months: true, late: false },
    Shape { name: "late", rows: 1_000_000, columns: 10, strata: 20, months: true, late: true },
    Shape { name: "boot", rows: 100_000, columns: 4, strata: 1, months: true, late: false },
];

/// Writes the data of every regression, once.
pub(crate) fn write(folder: &Path) -> std::io::Result<()> {
    for shape in SHAPES {
        let own = folder.join(format!("cox-{}", shape.name));
        if !own.join("strata.i32").exists() {
            std::fs::create_dir_all(&own)?;
            shape.write(&own)?;
        }
    }
    Ok(())
}

fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Shape {
    fn write(&self, folder: &Path) -> std::io::Result<()> {
        let mut next = numbers(88_172_645_463_325_252);
        let mut predictor = vec![0.0; self.rows];
        let mut x = BufWriter::new(File::create(folder.join("x.f64"))?);
        for column in 0..self.columns {
            let effect = [0.3, -0.2, 0.1, 0.0][column % 4] * 4.0 / (self.columns as f64).sqrt();
            for eta in &mut predictor {
                let value = match column % 2 {
                    0 => f64::from(u8::from(next() < 0.4)),
                    _ => next() + next() + next() - 1.5,
                };
                *eta += effect * value;
                x.write_all(&value.to_le_bytes())?;
            }
        }
        let mut stop = BufWriter::new(File::create(folder.join("stop.f64"))?);
        let mut start = BufWriter::new(File::create(folder.join("start.f64"))?);
        let mut event = BufWriter::new(File::create(folder.join("event.i32"))?);
        let mut strata = BufWriter::new(File::create(folder.join("strata.i32"))?);
        for eta in &predictor {
            let failure = -(1.0 - next()).ln() * 40.0 * (-eta).exp();
            let censored = 1.0 + 119.0 * next();
            let time = failure.min(censored);
            let time = if self.months { time.ceil() } else { time };
            let entry = if self.late { (time * 0.8 * next()).floor() } else { 0.0 };
            stop.write_all(&time.to_le_bytes())?;
            start.write_all(&entry.to_le_bytes())?;
            event.write_all(&i32::from(failure <= censored).to_le_bytes())?;
            strata.write_all(&((next() * self.strata as f64) as i32).to_le_bytes())?;
        }
        Ok(())
    }
}

/// The fit alone, or the whole call: cohort, fit, tests and concordance.
pub(crate) fn run(whole: bool, name: &str, folder: &Path) -> Option<(f64, Vec<f64>)> {
    let shape = SHAPES.into_iter().find(|shape| shape.name == name)?;
    let data = Data::read(&shape, &folder.join(format!("cox-{name}")));
    let begun = Instant::now();
    let cohort = data.cohort(&shape);
    let design = Design::from_columns(data.columns).ok()?;
    let fitted = Instant::now();
    let fit = Cox::default().fit(&cohort, &design).ok()?;
    let mut seconds = fitted.elapsed().as_secs_f64();
    if whole {
        let tests = [fit.likelihood_ratio_test(), fit.wald_test(), fit.score_test()];
        let table = fit.coefficients();
        let own = concordance(&cohort, &fit.linear_predictor()).ok()?;
        std::hint::black_box((tests, table, own));
        seconds = begun.elapsed().as_secs_f64();
    }
    let coefficients = fit.coefficients();
    let coef = |at: usize| coefficients[at].coef.unwrap_or(f64::NAN);
    Some((seconds, vec![coef(0), coef(1), fit.log_likelihood()]))
}

/// 1,000 fits to rows drawn with replacement, as weights that count them.
pub(crate) fn bootstrap(name: &str, folder: &Path) -> Option<(f64, Vec<f64>)> {
    let shape = SHAPES.into_iter().find(|shape| shape.name == name)?;
    let data = Data::read(&shape, &folder.join(format!("cox-{name}")));
    let whole = data.cohort(&shape);
    let design = Design::from_columns(data.columns.clone()).ok()?;
    let mut next = numbers(2_463_534_242);
    let begun = Instant::now();
    for _ in 0..1000 {
        let mut counts = vec![0.0; shape.rows];
        (0..shape.rows).for_each(|_| counts[(next() * shape.rows as f64) as usize] += 1.0);
        let drawn = data.builder(&shape).weights(Weights::Frequency(counts)).build().ok()?;
        std::hint::black_box(Cox::default().fit(&drawn, &design).ok()?.coefficients());
    }
    let seconds = begun.elapsed().as_secs_f64();
    let fit = Cox::default().fit(&whole, &design).ok()?;
    let coefficients = fit.coefficients();
    Some((seconds, vec![coefficients[0].coef?, coefficients[1].coef?, fit.log_likelihood()]))
}

/// The crate `survival`: the whole call.
pub(crate) fn survival(name: &str, folder: &Path) -> Option<(f64, Vec<f64>)> {
    let shape = SHAPES.into_iter().find(|shape| shape.name == name)?;
    let data = Data::read(&shape, &folder.join(format!("cox-{name}")));
    let columns = data.columns.iter().flat_map(|(_, own)| own.iter().copied()).collect();
    let x = Array2::from_shape_vec((shape.columns, shape.rows), columns).ok()?;
    let x = x.reversed_axes().as_standard_layout().into_owned();
    let status = data.event.iter().map(|&event| i32::from(event)).collect();
    let strata = || data.strata.iter().map(|&code| code as i32).collect();
    let entry = shape.late.then(|| data.start.clone());
    let strata = (shape.strata > 1).then(strata);
    let begun = Instant::now();
    let data = CoxphData::try_new(data.stop, entry, status, x, None, strata, None).ok()?;
    let fit = CoxPHFit::fit(data, CoxphOptions::default()).ok()?;
    let seconds = begun.elapsed().as_secs_f64();
    Some((seconds, vec![fit.coefficients[0], fit.coefficients[1], fit.loglik[1]]))
}

struct Data {
    columns: Vec<(String, Vec<f64>)>,
    start: Vec<f64>,
    stop: Vec<f64>,
    event: Vec<bool>,
    strata: Vec<u32>,
}

impl Data {
    fn read(shape: &Shape, folder: &Path) -> Self {
        let bytes = |name: &str| std::fs::read(folder.join(name)).expect("the column is there");
        let reals = |name: &str| -> Vec<f64> {
            bytes(name).chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect()
        };
        let ints = |name: &str| -> Vec<i32> {
            bytes(name).chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap())).collect()
        };
        let x = reals("x.f64");
        let columns = x.chunks_exact(shape.rows).enumerate();
        Self {
            columns: columns.map(|(at, own)| (format!("x{at}"), own.to_vec())).collect(),
            start: reals("start.f64"),
            stop: reals("stop.f64"),
            event: ints("event.i32").into_iter().map(|event| event == 1).collect(),
            strata: ints("strata.i32").into_iter().map(|code| code as u32).collect(),
        }
    }

    fn cohort(&self, shape: &Shape) -> Cohort {
        self.builder(shape).build().unwrap()
    }

    fn builder(&self, shape: &Shape) -> CohortBuilder {
        let times = |own: &[f64]| match shape.months {
            true => Times::Integer(own.iter().map(|&time| time as i32).collect()),
            false => Times::Number { values: own.to_vec(), exact: true },
        };
        let mut builder = Cohort::builder(times(&self.stop), self.event.clone());
        if shape.late {
            builder = builder.entry(times(&self.start));
        }
        if shape.strata > 1 {
            let levels: Vec<String> = (0..shape.strata).map(|own| own.to_string()).collect();
            let category = Category { codes: self.strata.clone(), levels: levels.into() };
            builder = builder.strata(Groups::cross(vec![Factor { name: "s".into(), category }]));
        }
        builder
    }
}
