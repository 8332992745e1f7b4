//! Immortal time: who is treated later lived until then. A treatment without any effect must look
//! like one without effect, and the comparison that forgets this must not.

mod numbers;

use numbers::Numbers;
use riskset::cohort::{Cohort, Design};
use riskset::cox::Cox;
use riskset::curve::KaplanMeier;
use riskset::formula::{Binder, Formula};
use riskset::table::{Column, MISSING_INT, Table};

const PATIENTS: usize = 117;
const REPLICATES: u64 = 400;
/// Mean survival in days, and mean wait for a treatment that 35 % live to see.
const SURVIVAL: f64 = 1000.0;
const WAIT: f64 = SURVIVAL * 0.65 / 0.35;
/// An early one leaves few treated, and ln HR of d events is off by about 1/(2d) without any immortal
/// time.
const LANDMARK: f64 = 1000.0;

impl Numbers {
    /// Exponential, in whole days from 1 on.
    fn days(&mut self, mean: f64) -> i32 {
        (-mean * self.next().ln()).ceil().max(1.0) as i32
    }
}

/// Days of death and, for those who lived to see it, of treatment.
fn trial(seed: u64) -> (Vec<i32>, Vec<i32>) {
    let mut numbers = Numbers(seed << 32);
    let patient = |_| {
        let (death, treated) = (numbers.days(SURVIVAL), numbers.days(WAIT));
        (death, if treated < death { treated } else { MISSING_INT })
    };
    (0..PATIENTS).map(patient).unzip()
}

fn table(death: &[i32], treated: &[i32], dead: Vec<u8>) -> Table {
    let mut table = Table::new(death.len());
    table.push("diagnosis", Column::Date(vec![0; death.len()]));
    table.push("last", Column::Date(death.to_vec()));
    table.push("dead", Column::Boolean(dead));
    table.push("treated", Column::Date(treated.to_vec()));
    table
}

fn log_hazard_ratio(cohort: &Cohort, design: &Design) -> f64 {
    Cox::default().fit(cohort, design).unwrap().coefficients()[0].coef.unwrap()
}

fn ever(treated: &[i32]) -> Design {
    let flag = |&day: &i32| f64::from(u8::from(day != MISSING_INT));
    Design::from_columns(vec![("ever".into(), treated.iter().map(flag).collect())]).unwrap()
}

/// Ever treated against never, from diagnosis on.
fn naive(death: &[i32], treated: &[i32]) -> f64 {
    let cohort = Cohort::builder(death.to_vec(), vec![true; death.len()]).build().unwrap();
    log_hazard_ratio(&cohort, &ever(treated))
}

/// Treated from the day of treatment on.
fn time_dependent(death: &[i32], treated: &[i32]) -> f64 {
    let formula = Formula::parse("Surv(last - diagnosis, dead) ~ tdc(treated)").unwrap();
    let table = table(death, treated, vec![1; death.len()]);
    let model = Binder::new(&formula).bind_model(&table).unwrap();
    log_hazard_ratio(&model.cohort, &model.design)
}

/// Treated by the landmark against not yet, among those who are alive then.
fn landmark(death: &[i32], treated: &[i32]) -> f64 {
    let cohort = Cohort::builder(death.to_vec(), vec![true; death.len()]).build().unwrap();
    let by_then =
        |&day: &i32| f64::from(u8::from(day != MISSING_INT && f64::from(day) <= LANDMARK));
    let column = treated.iter().map(by_then).collect();
    let design = Design::from_columns(vec![("by_then".into(), column)]).unwrap();
    let alive: Vec<u32> =
        (0..death.len() as u32).filter(|&row| f64::from(death[row as usize]) > LANDMARK).collect();
    log_hazard_ratio(&cohort.landmark(LANDMARK).unwrap(), &design.select(&alive))
}

/// The mean, and its standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|own| (own - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

#[test]
fn a_treatment_without_effect_has_none_unless_time_is_immortal() {
    let trials: Vec<_> = (0..REPLICATES).map(trial).collect();
    let of = |estimate: fn(&[i32], &[i32]) -> f64| {
        let all: Vec<f64> = trials.iter().map(|(death, day)| estimate(death, day)).collect();
        mean(&all)
    };
    let treated = trials.iter().flat_map(|(_, day)| day).filter(|&&day| day != MISSING_INT).count();
    let share = treated as f64 / (PATIENTS as f64 * REPLICATES as f64);
    assert!((share - 0.35).abs() < 0.01, "{share}");

    let (naive, _) = of(naive);
    let hazard_ratio = naive.exp();
    assert!((0.3..0.4).contains(&hazard_ratio), "naive: {hazard_ratio}");
    for (name, estimate) in [("tdc()", of(time_dependent)), ("landmark", of(landmark))] {
        let (log, std_err) = estimate;
        assert!(std_err < 0.02, "{name}: the simulation is too small to tell, SE {std_err}");
        assert!(log.abs() < 3.0 * std_err, "{name}: ln HR {log}, SE {std_err}");
    }
}

#[test]
fn ever_treated_by_a_date_is_refused_and_says_what_to_do() {
    let (death, treated) = trial(1);
    let formula = Formula::parse("Surv(last - diagnosis, dead) ~ !is.na(treated)").unwrap();
    let table = table(&death, &treated, vec![1; PATIENTS]);
    let error = Binder::new(&formula).bind_model(&table).unwrap_err().to_string();
    assert!(error.contains("knows the future") && error.contains("tdc(treated)"), "{error}");
}

/// Days of treatment, last day, death; one is treated on the day on which another dies.
const PATIENTS_BY_HAND: [(i32, i32, u8); 8] = [
    (MISSING_INT, 2, 1),
    (1, 4, 1),
    (3, 5, 0),
    (MISSING_INT, 6, 1),
    (5, 8, 1),
    (MISSING_INT, 9, 0),
    (7, 10, 0),
    (4, 10, 0),
];

#[test]
fn a_simon_makuch_curve_counts_who_is_in_the_state_at_the_moment() {
    let (treated, last): (Vec<i32>, Vec<i32>) =
        PATIENTS_BY_HAND.iter().map(|&(treated, last, _)| (treated, last)).unzip();
    let dead = PATIENTS_BY_HAND.iter().map(|own| own.2).collect();
    let formula = Formula::parse("Surv(last - diagnosis, dead) ~ tdc(treated)").unwrap();
    let bound = Binder::new(&formula).bind(&table(&last, &treated, dead)).unwrap();
    let fit = KaplanMeier::default().fit(&bound.cohort).unwrap();
    assert_eq!(bound.cohort.n_rows(), 13);

    // Not yet treated: 7 at risk on day 2, 3 on day 6. Treated: 2 on day 4, 3 on day 8.
    let [never, since] = fit.curves() else { panic!("two states") };
    let by_hand = [
        (never, [(2.0, 7, 6.0 / 7.0), (6.0, 3, 4.0 / 7.0)]),
        (since, [(4.0, 2, 0.5), (8.0, 3, 1.0 / 3.0)]),
    ];
    for (curve, steps) in by_hand {
        for (time, at_risk, survival) in steps {
            let own = curve.at(time);
            assert!((own.survival.unwrap() - survival).abs() < 1e-15, "{} {time}", curve.label());
            assert_eq!(counted(&PATIENTS_BY_HAND, curve.label(), time), at_risk);
            let row = curve.rows().find(|row| row.time == time).unwrap();
            assert_eq!((row.n_risk, row.n_event), (at_risk as f64, 1.0));
        }
    }
}

/// Who is at risk in a state at a time, counted from the dates.
fn counted(patients: &[(i32, i32, u8)], state: &str, time: f64) -> usize {
    let at_risk = |&&(treated, last, _): &&(i32, i32, u8)| {
        let since = treated != MISSING_INT && f64::from(treated) < time;
        f64::from(last) >= time && since == state.ends_with("true")
    };
    patients.iter().filter(at_risk).count()
}
