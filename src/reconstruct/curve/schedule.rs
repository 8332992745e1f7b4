//! How many censorings to expect in each gap of a stretch.

use super::stretch::Stretch;
use super::walk::{Belief, Crossing, MANY, Pace};

/// What a censor mark costs that stands for one more patient, and one that stands for none.
const DUPLICATE: f64 = 0.8;
const DROPPED: f64 = 3.0;
/// A censoring where no mark is.
const UNMARKED: f64 = 3.0;
/// How many independent looks at the pace of censoring a stretch is worth.
const LOOKS: f64 = 4.0;
/// Numbers at risk are looked for this far from the expected one, at most; larger ones half as far.
const WIDEST: f64 = 10.0;

/// Expected numbers by gap, and what other numbers cost.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    /// Expected censorings by gap.
    pub(super) censored: Vec<f64>,
    /// Expected at risk at the end of each gap.
    pub(super) n_risk: Vec<f64>,
    /// About how far from that to look.
    pub(super) width: Vec<f64>,
    /// What it costs to be ahead of the expected censorings or behind, at the end of each gap.
    pace: Vec<Pace>,
    /// Fewest and most tried by gap, and their prices.
    tried: Vec<((u32, u32), Vec<f64>)>,
}

/// What a stretch begins with, on average over its states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begin {
    pub(super) n_risk: u32,
    pub(super) survival: f64,
    /// Patients, and how many of them were censored before.
    pub(super) n: u32,
    pub(super) censored: u32,
    /// Censorings a unit of time and patient so far.
    pub(super) rate: f64,
    /// Events still to come, where their total is given.
    pub(super) events: Option<u32>,
    /// How far apart the numbers of events of its states are.
    pub(super) spread: f64,
}

impl Schedule {
    /// From what leaves in a stretch; `weights` are shares of the censorings by gap.
    pub(super) fn new(stretch: &Stretch, begin: Begin, weights: &[f64]) -> Self {
        let marks = stretch.marks_by_gap();
        let marked: u32 = marks.iter().sum();
        let total = total(stretch, begin, weights, marked);
        let share = |at: usize| match marked {
            0 => weights[at],
            _ => f64::from(marks[at]) / f64::from(marked),
        };
        let censored: Vec<f64> = (0..stretch.gaps.len()).map(|at| total * share(at)).collect();
        let events = stretch.expected((f64::from(begin.n_risk), begin.survival), &censored);
        let mut left = f64::from(begin.n_risk);
        let mut passed = 0.0;
        let widest = if begin.n_risk > MANY { WIDEST / 2.0 } else { WIDEST };
        let (mut n_risk, mut width, mut pace) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_now = f64::from(begin.censored);
        for (at, (c, e)) in censored.iter().zip(&events).enumerate() {
            left -= c + e;
            passed += share(at);
            n_risk.push(left);
            let bridge = (total * passed * (1.0 - passed).max(0.0)).sqrt();
            by_now += c;
            let spread = bridge * bridge + begin.spread * begin.spread + 4.0;
            let weight = if marked > 0 { 0.0 } else { 0.5 * LOOKS * share(at) / spread };
            pace.push(Pace { n: f64::from(begin.n), censored: by_now, weight });
            let open = if stretch.leaving.is_none() { total.sqrt() } else { 0.0 };
            width.push(4.0 + begin.spread + (2.0 * bridge.max(open)).min(widest));
        }
        let ratio = if marked > 0 { total / f64::from(marked) } else { 1.0 };
        let tried = censored.iter().zip(&marks).map(|(&own, &marks)| match marked {
            0 => unmarked(own, begin.n_risk),
            _ => at_marks(marks, ratio),
        });
        let tried = tried.collect();
        Self { censored, n_risk, width, pace, tried }
    }

    /// The gap with its prices. `end` is the number at risk that must be reached, after the last.
    pub(super) fn crossing<'a>(
        &'a self,
        stretch: &'a Stretch,
        at: usize,
        (end, belief): (Option<u32>, Belief),
    ) -> Crossing<'a> {
        let (censored, price) = &self.tried[at];
        let last = at + 1 == stretch.gaps.len();
        let low = (self.n_risk[at] - self.width[at]).floor().max(0.0) as u32;
        let high = (self.n_risk[at] + self.width[at]).ceil().max(0.0) as u32;
        let n_risk = match end {
            Some(end) if last => (end, end),
            Some(end) => (low.max(end), high.max(end)),
            None => (low, high),
        };
        Crossing {
            gap: &stretch.gaps[at],
            censored: *censored,
            n_risk,
            belief,
            price,
            pace: self.pace[at],
        }
    }
}

/// The number of censorings in a stretch that goes with what leaves and the fall of the curve.
fn total(stretch: &Stretch, begin: Begin, weights: &[f64], marked: u32) -> f64 {
    let n_risk = f64::from(begin.n_risk);
    if let Some(censored) = stretch.censored {
        return f64::from(censored);
    }
    let events = |censored: f64| -> f64 {
        let by_gap: Vec<f64> = weights.iter().map(|share| share * censored).collect();
        stretch.expected((n_risk, begin.survival), &by_gap).iter().sum()
    };
    if let Some(leaving) = stretch.leaving {
        let leaving = f64::from(leaving);
        return root(|censored| censored + events(censored), leaving, leaving);
    }
    if marked > 0 {
        return f64::from(marked).min(n_risk);
    }
    if let Some(rest) = begin.events {
        // More censorings leave fewer at risk and so fewer events.
        let rest = f64::from(rest);
        return root(|censored| -events(censored), -rest, (n_risk - rest).max(0.0));
    }
    let length = stretch.to - stretch.from;
    n_risk * (1.0 - (-begin.rate * length).exp())
}

/// Where a rising function reaches a value, between 0 and a most.
fn root(value: impl Fn(f64) -> f64, aim: f64, most: f64) -> f64 {
    let (mut low, mut high) = (0.0, most);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if value(middle) < aim {
            low = middle
        } else {
            high = middle
        }
        if high - low < 0.01 {
            break;
        }
    }
    (low + high) / 2.0
}

/// Numbers about a mean: all for the same price, since it is their pace that counts.
fn unmarked(mean: f64, n_risk: u32) -> ((u32, u32), Vec<f64>) {
    let spare = if mean < 0.3 { 1.0 } else { 2.0 };
    let reach = if n_risk > MANY { 1.0 } else { spare + (2.0 * mean.sqrt()).min(4.0) };
    let low = (mean - reach).floor().max(0.0) as u32;
    let high = (mean + reach).ceil() as u32;
    ((low, high), vec![0.0; (high - low + 1) as usize])
}

/// Numbers about the marks in a gap, each standing for `ratio` patients on average.
fn at_marks(marks: u32, ratio: f64) -> ((u32, u32), Vec<f64>) {
    let low = marks.saturating_sub(2);
    let high = (f64::from(marks) * ratio.max(1.0)).ceil() as u32 + 2;
    let price = |own: u32| match own.checked_sub(marks) {
        None => DROPPED * f64::from(marks - own),
        Some(more) if marks > 0 => DUPLICATE * f64::from(more),
        Some(more) => UNMARKED * f64::from(more),
    };
    ((low, high), (low..=high).map(price).collect())
}
