//! Laws of reconstruction on random cohorts, and what contradicts itself.

use rand::{Rng, RngExt};

use super::fidelity::{steps, survival_at};
use super::{AtRisk, AtRiskTable, DigitisedCurve, Individual, Points};
use crate::numeric::stream::stream;
use crate::published::{Printed, PrintedEstimate};
use crate::reconstruct::ConstraintStatus;

/// A cohort with exponential times and uniform censoring, times in tenths.
fn cohort(n: usize, generator: &mut impl Rng) -> Vec<Individual> {
    let mut people: Vec<Individual> = (0..n)
        .map(|_| {
            let event = -20.0 * (1.0 - generator.random::<f64>()).ln();
            let censored = 5.0 + 40.0 * generator.random::<f64>();
            let time = (event.min(censored) * 10.0).ceil() / 10.0;
            Individual { time, event: event <= censored }
        })
        .collect();
    people.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.event.cmp(&a.event)));
    people
}

/// Top and bottom of every step, survival rounded to a step of the eye.
fn clicks(people: &[Individual], step: f64) -> Vec<(f64, f64)> {
    let eye = |s: f64| (s / step).round() * step;
    let mut clicks = vec![(0.0, 1.0)];
    let mut before = 1.0;
    for (time, survival) in steps(people) {
        clicks.extend([(time, eye(before)), (time, eye(survival))]);
        before = survival;
    }
    clicks.push((people.last().unwrap().time, eye(before)));
    clicks
}

fn table(people: &[Individual], every: f64) -> AtRiskTable {
    let end = people.last().unwrap().time;
    let rows = (0..).map(|at| f64::from(at) * every).take_while(|&time| time <= end);
    let at_risk = |time| people.iter().filter(|own| own.time >= time).count() as u32;
    AtRiskTable::new(&rows.map(|time| AtRisk::new(time, at_risk(time))).collect::<Vec<_>>())
        .unwrap()
}

/// Numbers at risk and events come back exactly, the curve within the digitising step.
#[test]
fn random_cohorts_come_back() {
    let step = 0.004;
    for case in 0..60 {
        let mut generator = stream(7, case);
        let n = generator.random_range(6..250);
        let people = cohort(n, &mut generator);
        let events = people.iter().filter(|own| own.event).count();
        if events == 0 {
            continue;
        }
        let points = Points::new(&clicks(&people, step)).unwrap();
        let curve = DigitisedCurve::new(points).at_risk(table(&people, 6.0)).events(events as u32);
        let made = curve.reconstruct(1, 3).unwrap();
        for own in made.constraints() {
            assert_eq!(own.status, ConstraintStatus::Met, "case {case}, n {n}: {own:?}");
        }
        for own in made.draws() {
            assert_eq!(own.len(), n, "nobody is invented");
            assert_eq!(own.iter().filter(|own| own.event).count(), events);
        }
        let off = made.fidelity().max_abs;
        assert!(off <= step, "case {case}, n {n}: {off}");
        let own = steps(&made.draws()[0]);
        let middle = people[people.len() / 2].time - 0.05;
        let true_survival = survival_at(&steps(&people), middle);
        assert!((survival_at(&own, middle) - true_survival).abs() < 2.0 * step + 1.0 / n as f64);
    }
}

/// The same seed gives the same bits on one thread and on several.
#[test]
fn draws_do_not_depend_on_threads() {
    let mut generator = stream(3, 0);
    let people = cohort(80, &mut generator);
    let curve = DigitisedCurve::new(Points::new(&clicks(&people, 0.002)).unwrap())
        .at_risk(table(&people, 10.0));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| curve.reconstruct(5, 8).unwrap().into_draws())
    };
    let one = on(1);
    assert_eq!(one, on(3));
    assert_ne!(one[1], one[2]);
    assert_ne!(one[1], curve.reconstruct(6, 2).unwrap().into_draws()[1]);
}

fn simple() -> DigitisedCurve {
    let pairs = [
        (0.0, 1.0),
        (3.0, 1.0),
        (3.0, 0.9),
        (6.0, 0.9),
        (6.0, 0.8),
        (9.0, 0.8),
        (9.0, 0.4),
        (12.0, 0.4),
    ];
    DigitisedCurve::new(Points::new(&pairs).unwrap()).n(10)
}

fn printed(text: &str) -> Printed {
    Printed::parse(text).unwrap()
}

fn refusal(curve: &DigitisedCurve) -> String {
    curve.reconstruct(1, 1).unwrap_err().to_string()
}

#[test]
fn contradictions_are_told() {
    assert!(refusal(&simple().events(11)).contains("11 events among 10 patients"));
    let table = AtRiskTable::new(&[AtRisk::new(0.0, 10), AtRisk::new(24.0, 3)]).unwrap();
    assert!(refusal(&simple().at_risk(table)).contains("the curve ends at 12"));
    let text = refusal(&simple().median(printed("4.0")));
    assert!(text.contains("the median 4.0 contradicts the points"), "{text}");
    let text = refusal(&simple().rate(3.5, PrintedEstimate::parse("50%").unwrap()));
    assert!(text.contains("the rate 50% at time 3.5 contradicts the points"), "{text}");
    let none = DigitisedCurve::new(Points::new(&[(0.0, 1.0), (1.0, 0.5)]).unwrap());
    assert!(refusal(&none).contains("--n"));
}

/// Ten patients whose curve falls to 0.4 need six events, or fewer with censorings before: not two.
#[test]
fn of_few_patients_the_impossible_is_proven() {
    let text = refusal(&simple().events(2));
    assert!(text.contains("n, points, events contradict each other"), "{text}");
    let made = simple().events(6).reconstruct(1, 1).unwrap();
    assert!(made.constraints().iter().all(|own| own.status == ConstraintStatus::Met));
}

/// Three are still at risk at 6, where the first of them fails: a click a hand's width before 6 is
/// that drop, one farther away is not.
#[test]
fn a_click_may_be_beside_its_drop() {
    let curve = |at: f64| {
        let pairs = [(0.0, 1.0), (at, 1.0), (at, 0.667), (12.0, 0.667)];
        let table = AtRiskTable::new(&[AtRisk::new(0.0, 3), AtRisk::new(6.0, 3)]).unwrap();
        DigitisedCurve::new(Points::new(&pairs).unwrap()).at_risk(table)
    };
    assert_eq!(curve(5.97).contradiction().unwrap(), None);
    let found = curve(5.9).contradiction().unwrap().unwrap();
    assert!(found.constraints.iter().any(|own| own.name == "n_risk@6"), "{found:?}");
}

/// What contradicts itself is a smallest set: any one number less, and a data set exists.
#[test]
fn a_contradiction_is_a_smallest_one() {
    let row = |time, n_risk| AtRisk::new(time, n_risk);
    let rows = [row(0.0, 10), row(2.0, 10), row(5.0, 8), row(8.0, 6).censored(2), row(11.0, 3)];
    let curve = |rows: &[AtRisk]| simple().at_risk(AtRiskTable::new(rows).unwrap()).events(7);
    let names = |curve: &DigitisedCurve| -> Vec<String> {
        let found = curve.contradiction().unwrap();
        found.into_iter().flat_map(|own| own.constraints).map(|own| own.name).collect()
    };
    // Two of ten are censored by 8 and one by 11: with the fall to 0.4 that leaves no seventh event.
    let found = names(&curve(&rows));
    assert_eq!(found[..2], ["n", "points"]);
    assert!(found.len() > 2, "{found:?}");
    for name in &found[2..] {
        let less = match name.split_once('@') {
            Some((kind, time)) => {
                let table = curve(&rows).table().clone();
                let time: f64 = time.parse().unwrap();
                let table = match kind {
                    "n_risk" => table.without(time),
                    _ => table.without_censored(time),
                };
                DigitisedCurve { table, ..curve(&rows) }
            }
            None => DigitisedCurve { events: None, ..curve(&rows) },
        };
        let left = names(&less);
        assert!(left.iter().all(|own| own != name), "{left:?}");
        assert!(!found.iter().filter(|own| *own != name).all(|own| left.contains(own)), "{left:?}");
    }
}

/// The event that carries the median moves to the printed time.
#[test]
fn the_median_is_as_printed() {
    let made = simple().events(6).median(printed("9.04")).reconstruct(1, 4).unwrap();
    assert!(made.constraints().iter().any(|own| own.name == "median" && own.reached == "9.04"));
    for own in made.draws() {
        let hit = steps(own).into_iter().find(|own| own.1 <= 0.5).unwrap();
        assert!((hit.0 - 9.04).abs() <= 0.005, "{hit:?}");
    }
}

/// A cohort of 120, its true numbers at risk and its curve with a total of events, given a table.
fn of_120() -> (Vec<AtRisk>, impl Fn(&[AtRisk]) -> DigitisedCurve) {
    let people = cohort(120, &mut stream(11, 0));
    let rows = table(&people, 6.0).rows().to_vec();
    let events = people.iter().filter(|own| own.event).count() as u32;
    let points = Points::new(&clicks(&people, 0.002)).unwrap();
    let curve = move |rows: &[AtRisk]| {
        DigitisedCurve::new(points.clone()).at_risk(AtRiskTable::new(rows).unwrap()).events(events)
    };
    (rows, curve)
}

fn relaxed(curve: &DigitisedCurve) -> Vec<String> {
    let made = curve.reconstruct(1, 1).unwrap();
    let relaxed = made.constraints().iter().filter(|own| own.status == ConstraintStatus::Relaxed);
    relaxed.map(|own| own.name.clone()).collect()
}

/// A number at risk that is a misprint gives way, and is named.
#[test]
fn a_misprint_gives_way() {
    let (rows, curve) = of_120();
    assert_eq!(relaxed(&curve(&rows)), Vec::<String>::new());
    // All who leave in twelve months leave in the first six: the curve says otherwise.
    let mut misprint = rows.clone();
    misprint[1].n_risk = rows[2].n_risk;
    assert_eq!(relaxed(&curve(&misprint)), ["n_risk@6"]);
}

/// Where no single number helps, two give way.
#[test]
fn two_misprints_give_way() {
    let (rows, curve) = of_120();
    let mut misprints = rows.clone();
    misprints[1].n_risk = rows[2].n_risk;
    misprints[3].n_risk = rows[4].n_risk;
    assert_eq!(relaxed(&curve(&misprints)), ["n_risk@6", "n_risk@18"]);
}

/// On a lattice all times are whole days.
#[test]
fn times_on_a_lattice() {
    let day = 1.0 / 30.4375;
    let made = simple().events(6).lattice(day).reconstruct(1, 3).unwrap();
    for own in made.draws().iter().flatten() {
        let days = own.time / day;
        assert!((days - days.round()).abs() < 1e-6, "{days}");
    }
}
