//! Concordance against a plain count over all pairs of rows, and on any number of threads.

use std::cmp::Ordering;

use proptest::prelude::*;
use riskset::accuracy::{Concordance, concordance};
use riskset::cohort::{Cohort, Weights};

use super::factor;

/// Rows enough for every way of counting; how many times and scores there are is drawn.
#[derive(Debug, Clone, Copy)]
struct Shape {
    rows: usize,
    times: i32,
    scores: i32,
    strata: u32,
    delayed: bool,
    kind: u8,
}

fn shape() -> impl Strategy<Value = Shape> {
    let times = prop_oneof![Just(3), Just(100), Just(2000), Just(60_000), Just(i32::MAX / 2)];
    let scores = prop_oneof![Just(1), Just(7), Just(100), Just(i32::MAX)];
    (1..300usize, times, scores, 1..4u32, any::<bool>(), 0..3u8).prop_map(
        |(rows, times, scores, strata, delayed, kind)| Shape {
            rows,
            times,
            scores,
            strata,
            delayed,
            kind,
        },
    )
}

struct Data {
    entry: Vec<i32>,
    exit: Vec<i32>,
    event: Vec<bool>,
    score: Vec<f64>,
    stratum: Vec<u32>,
    weights: Weights,
}

impl Data {
    fn new(shape: Shape, mut state: u64) -> Self {
        let mut next = |below: i32| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as i32 % below
        };
        let mut draw = |below: i32| -> Vec<i32> { (0..shape.rows).map(|_| next(below)).collect() };
        let exit: Vec<i32> = draw(shape.times).into_iter().map(|time| time + 1).collect();
        let late = draw(i32::MAX);
        let counts = draw(4).into_iter().enumerate();
        let counts = counts.map(|(row, count)| f64::from(count + i32::from(row == 0)));
        let weights = match shape.kind {
            0 => Weights::None,
            1 => Weights::Frequency(counts.collect()),
            _ => Weights::Sampling(counts.map(|count| 0.1 + count / 3.0).collect()),
        };
        Self {
            entry: late.iter().zip(&exit).map(|(late, exit)| late % exit).collect(),
            event: draw(3).iter().map(|&draw| draw > 0).collect(),
            score: draw(shape.scores).into_iter().map(f64::from).collect(),
            stratum: draw(shape.strata as i32).into_iter().map(|code| code as u32).collect(),
            exit,
            weights,
        }
    }

    fn cohort(&self, delayed: bool) -> Cohort {
        self.cohort_with(delayed, self.weights.clone())
    }

    fn cohort_with(&self, delayed: bool, weights: Weights) -> Cohort {
        let builder = Cohort::builder(self.exit.clone(), self.event.clone());
        let builder = if delayed { builder.entry(self.entry.clone()) } else { builder };
        let strata = factor("site", self.stratum.clone());
        builder.strata(strata).weights(weights).build().unwrap()
    }

    fn rows(&self) -> std::ops::Range<usize> {
        0..self.exit.len()
    }

    /// Whether one has the event while the other is at risk and stays.
    fn comparable(&self, delayed: bool, one: usize, other: usize) -> bool {
        let (t, leaves) = (self.exit[one], self.exit[other]);
        let stays = leaves > t || leaves == t && !self.event[other];
        let at_risk = !delayed || self.entry[other] < t;
        self.event[one] && self.stratum[one] == self.stratum[other] && stays && at_risk
    }

    fn plain(&self, delayed: bool) -> Concordance {
        let w = |row: usize| self.weights.of(row);
        let mut counts = [0.0; 3];
        let mut met = vec![[0.0; 2]; self.exit.len()];
        for (one, other) in self.rows().flat_map(|one| self.rows().map(move |other| (one, other))) {
            if !self.comparable(delayed, one, other) {
                continue;
            }
            let (place, agrees) = match self.score[one].total_cmp(&self.score[other]) {
                Ordering::Greater => (0, 1.0),
                Ordering::Less => (1, 0.0),
                Ordering::Equal => (2, 0.5),
            };
            counts[place] += w(one) * w(other);
            for (row, other) in [(one, other), (other, one)] {
                met[row][0] += agrees * w(other);
                met[row][1] += w(other);
            }
        }
        let [concordant, discordant, tied_x] = counts;
        let [tied_y, tied_xy] = self.tied();
        let n = concordant + discordant + tied_x;
        let estimate = (concordant + tied_x / 2.0) / n;
        let copies = matches!(self.weights, Weights::Frequency(_));
        let square = |(row, [agreeing, all]): (usize, [f64; 2])| {
            let moved = (agreeing - estimate * all) / n;
            moved * moved * if copies { w(row) } else { w(row) * w(row) }
        };
        let variance: f64 = met.into_iter().enumerate().map(square).sum();
        let (estimate, std_err) = match n > 0.0 {
            true => (Some(estimate), Some(variance.sqrt())),
            false => (None, None),
        };
        Concordance { estimate, std_err, concordant, discordant, tied_x, tied_y, tied_xy }
    }

    /// Pairs of events at one time; copies of an event make pairs of their own.
    fn tied(&self) -> [f64; 2] {
        let (w, mut tied) = (|row: usize| self.weights.of(row), [0.0; 2]);
        let events: Vec<usize> = self.rows().filter(|&row| self.event[row]).collect();
        for (at, &one) in events.iter().enumerate() {
            if let Weights::Frequency(_) = self.weights {
                tied[1] += w(one) * (w(one) - 1.0) / 2.0;
            }
            for &other in &events[..at] {
                if (self.exit[one], self.stratum[one]) == (self.exit[other], self.stratum[other]) {
                    tied[usize::from(self.score[one] == self.score[other])] += w(one) * w(other);
                }
            }
        }
        tied
    }
}

fn numbers(c: &Concordance) -> [f64; 7] {
    let [estimate, std_err] = [c.estimate, c.std_err].map(|value| value.unwrap_or(-1.0));
    [c.concordant, c.discordant, c.tied_x, c.tied_y, c.tied_xy, estimate, std_err]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn is_a_plain_count_of_pairs(shape in shape(), seed: u64) {
        let data = Data::new(shape, seed);
        let got = concordance(&data.cohort(shape.delayed), &data.score).unwrap();
        let want = data.plain(shape.delayed);
        let whole = !data.weights.is_sampling();
        for (at, (got, want)) in numbers(&got).into_iter().zip(numbers(&want)).enumerate() {
            let within = if whole && at < 5 { 0.0 } else { 1e-12 * want.abs() + 1e-15 };
            prop_assert!((got - want).abs() <= within, "{}: {} is not {}", at, got, want);
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (times, scores, strata, delayed, kind) in [
        (120, i32::MAX, 1, false, 0),
        (i32::MAX / 2, i32::MAX, 1, false, 0),
        (i32::MAX / 2, 10, 3, true, 0),
        (120, 1000, 1, true, 0),
        (2000, 1000, 2, false, 2),
    ] {
        let shape = Shape { rows: 60_000, times, scores, strata, delayed, kind };
        let data = Data::new(shape, 7);
        let digest = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| concordance(&data.cohort(delayed), &data.score).unwrap())
        };
        let one = digest(1);
        assert!(one.std_err.is_some());
        assert_eq!([digest(2), digest(7)], [one; 2], "{shape:?}");
        // Weights of 1 are counted in another way.
        let weighted = data.cohort_with(delayed, Weights::Sampling(vec![1.0; shape.rows]));
        if kind == 0 {
            let other = concordance(&weighted, &data.score).unwrap();
            assert_eq!(
                Concordance { std_err: None, ..other },
                Concordance { std_err: None, ..one }
            );
            let [own, other] = [one, other].map(|own| own.std_err.unwrap());
            assert!((own / other - 1.0).abs() < 1e-11, "{own} {other}");
        }
    }
}
