//! How far a group of patients is from its printed numbers: the inner loop of the annealing.
//!
//! Times come as whole steps, so that equal times need no tolerance. What is read here only steers;
//! whatever is handed out has been measured by the crate's own curve.

use super::problem::{Asked, Cut, Problem, Target};
use crate::curve::MedianRule;

const LEVEL: f64 = 1e-12;
/// A printed number that is not reached, or one that is reached and should not be.
const ABSENT: f64 = 1.0;
/// What any miss costs, however small.
const MISS: f64 = 0.04;

/// Where a falling value reaches and leaves one half.
#[derive(Debug, Clone, Copy, Default)]
struct Cross {
    reached: Option<i32>,
    below: Option<i32>,
}

impl Cross {
    fn see(&mut self, value: Option<f64>, step: i32) {
        let Some(value) = value.filter(|&value| value <= 0.5 + LEVEL) else { return };
        self.reached.get_or_insert(step);
        if value < 0.5 - LEVEL {
            self.below.get_or_insert(step);
        }
    }

    /// Twice the time, in steps.
    fn double(self, rule: MedianRule) -> Option<i32> {
        match (rule, self.reached, self.below) {
            (MedianRule::FirstAtOrBelow, from, _) => from.map(|own| 2 * own),
            (MedianRule::FirstBelow, _, to) => to.map(|own| 2 * own),
            (MedianRule::Midpoint, Some(from), to) => Some(from + to.unwrap_or(from)),
            (MedianRule::Midpoint, None, _) => None,
        }
    }
}

/// One walk along a group.
#[derive(Debug, Clone, Copy, Default)]
struct Reading {
    median: Cross,
    lower: Cross,
    upper: Cross,
    reverse: Cross,
    /// SPSS: step and S of its two events, and the standard error at the median.
    high: Option<(i32, f64)>,
    low: Option<(i32, f64)>,
    std_err: Option<f64>,
    cut_loss: f64,
}

/// The distance of a group, in the order of time with events first, from what is asked of it.
pub(super) fn loss(problem: &Problem, members: &[(i32, bool)]) -> f64 {
    let events = members.iter().filter(|own| own.1).count();
    let mut loss = problem.events.map_or(0.0, |asked| 0.2 * asked.abs_diff(events) as f64);
    let read = read(problem, members);
    let rule = problem.rule();
    loss += miss(problem.median, read.median.double(rule), rule);
    loss += miss(problem.reverse, read.reverse.double(rule), rule);
    if problem.spss() {
        loss += spss(problem, &read);
    } else {
        loss += miss(problem.lower, read.lower.double(rule), rule);
        loss += miss(problem.upper, read.upper.double(rule), rule);
    }
    loss + read.cut_loss + ends(problem, members)
}

/// The first and the last time, and medians of times.
fn ends(problem: &Problem, members: &[(i32, bool)]) -> f64 {
    let rule = MedianRule::Midpoint;
    let single = |at: Option<&(i32, bool)>| at.map(|own| 2 * own.0);
    let early = members.iter().filter(|own| !own.1 && own.0 < problem.censored_from).count();
    let mut loss = MISS * early as f64;
    loss += miss(problem.first, single(members.first()), MedianRule::FirstAtOrBelow);
    loss += miss(problem.last, single(members.last()), MedianRule::FirstAtOrBelow);
    if problem.plain != Target::Free {
        let all: Vec<i32> = members.iter().map(|own| own.0).collect();
        loss += miss(problem.plain, middle(&all), rule);
    }
    if problem.survivors != Target::Free {
        let own: Vec<i32> = members.iter().filter(|own| !own.1).map(|own| own.0).collect();
        loss += miss(problem.survivors, middle(&own), rule);
    }
    loss
}

fn middle(sorted: &[i32]) -> Option<i32> {
    let k = sorted.len();
    Some(sorted.get(k / 2)? + sorted[(k - 1) / 2])
}

fn read(problem: &Problem, members: &[(i32, bool)]) -> Reading {
    let mut read = Reading::default();
    let (mut s, mut v, mut reverse) = (1.0f64, 0.0f64, 1.0f64);
    let (mut at, mut cut) = (0, 0);
    let mut left = members.len();
    while at < members.len() {
        let step = members[at].0;
        while let Some(own) = problem.cuts.get(cut).filter(|own| own.at < step) {
            read.cut_loss += miss_cut(problem, own, s, v);
            cut += 1;
        }
        let together = members[at..].iter().take_while(|own| own.0 == step).count();
        let events = members[at..at + together].iter().filter(|own| own.1).count();
        if events > 0 {
            let (r, d) = (left as f64, events as f64);
            s = if events == left { 0.0 } else { s * (r - d) / r };
            v += d / (r * (r - d));
            read.step(problem, step, s, v);
        }
        let censored = together - events;
        if censored > 0 && problem.reverse != Target::Free {
            let first = if problem.parts_ties() { left } else { left - events };
            reverse *= (first - censored) as f64 / first as f64;
            read.reverse.see(Some(reverse), step);
        }
        left -= together;
        at += together;
    }
    let last = members.last().map_or(0, |own| own.0);
    for own in &problem.cuts[cut..] {
        let known = s <= LEVEL || (own.exact && last >= own.at);
        read.cut_loss += if known { miss_cut(problem, own, s, v) } else { ABSENT };
    }
    read
}

impl Reading {
    fn step(&mut self, problem: &Problem, step: i32, s: f64, v: f64) {
        let reached = self.median.reached.is_some();
        self.median.see(Some(s), step);
        if problem.spss() {
            if s >= 0.55 - LEVEL {
                self.high = Some((step, s));
            }
            if s <= 0.45 + LEVEL {
                self.low.get_or_insert((step, s));
            }
            if !reached && self.median.reached.is_some() {
                self.std_err = (s > 0.0).then(|| s * v.sqrt());
            }
            return;
        }
        let (conf_type, z) = (problem.rules.conf_type, problem.z);
        if problem.lower != Target::Free && self.lower.below.is_none() {
            self.lower.see(conf_type.lower(s, v, z), step);
        }
        let due = s <= 0.5 + LEVEL && self.upper.below.is_none();
        if problem.upper != Target::Free && due {
            self.upper.see(conf_type.upper(s, v, z), step);
        }
    }
}

/// How far twice a time is from a window, relative to the window's place.
fn miss(target: Target, double: Option<i32>, rule: MedianRule) -> f64 {
    match (target, double) {
        (Target::Free, _) | (Target::Never, None) => 0.0,
        (Target::Never, Some(_)) | (Target::At(_), None) => ABSENT,
        (Target::At(window), Some(own)) => {
            let (lo, hi) = if rule == MedianRule::Midpoint {
                (window.lo2, window.hi2)
            } else {
                (2 * window.lo, 2 * window.hi)
            };
            far(f64::from(own), f64::from(lo), f64::from(hi))
        }
    }
}

fn far(own: f64, lo: f64, hi: f64) -> f64 {
    let off = (lo - own).max(own - hi);
    if off <= 0.0 { 0.0 } else { (MISS + off / (hi.abs() + 10.0)).min(0.9 * ABSENT) }
}

fn miss_cut(problem: &Problem, cut: &Cut, s: f64, v: f64) -> f64 {
    let off = (cut.rate.0 - s).max(s - cut.rate.1);
    let mut loss = if off <= 0.0 { 0.0 } else { MISS + 3.0 * off };
    let (conf_type, z) = (problem.rules.conf_type, problem.z);
    let limit = |asked: Asked, lower: bool| {
        let own = match (s < 1.0, lower) {
            (false, _) => Some(1.0),
            (true, true) => conf_type.lower(s, v, z),
            (true, false) => conf_type.upper(s, v, z),
        };
        match (asked, own) {
            (Asked::Free, _) | (Asked::Undefined, None) => 0.0,
            (Asked::Within(lo, hi), Some(own)) => {
                let off = (lo - own).max(own - hi);
                if off <= 0.0 { 0.0 } else { MISS + 3.0 * off }
            }
            _ => ABSENT,
        }
    };
    loss += limit(cut.lower, true);
    loss + limit(cut.upper, false)
}

fn spss(problem: &Problem, read: &Reading) -> f64 {
    let known = || {
        let (median, std_err) = (read.median.reached?, read.std_err?);
        let ((high, above), (low, below)) = (read.high?, read.low?);
        Some((f64::from(median), 1.96 * std_err * f64::from(low - high) / (above - below)))
    };
    let side = |target: Target, limit: &dyn Fn(f64, f64) -> f64| match (target, known()) {
        (Target::Free, _) | (Target::Never, None) => 0.0,
        (Target::At(window), Some((median, half))) => {
            far(limit(median, half), window.from, window.to)
        }
        _ => ABSENT,
    };
    side(problem.lower, &|median, half| (median - half).max(0.0))
        + side(problem.upper, &|median, half| median + half)
}
