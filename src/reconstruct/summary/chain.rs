//! Dates for an order of patients: whole steps in a chain, with windows and sums.

use rand::{Rng, RngExt};

use super::grid::{LAST, Window};
use super::problem::{Problem, Target};
use super::walk::{Crossing, Move, Walk};
use crate::curve::MedianRule;

/// SPSS's normal quantile.
const SPSS_Z: f64 = 1.96;
/// Trials to date several sums at once before giving up.
const TRIALS: usize = 20_000;

/// Two variables whose middle lies in a window.
#[derive(Debug, Clone, Copy)]
struct Pair {
    from: usize,
    to: usize,
    lo: i32,
    hi: i32,
}

/// SPSS's interval: half its width is `ratio` times the distance of two events.
#[derive(Debug, Clone, Copy)]
struct Width {
    high: usize,
    median: usize,
    low: usize,
    ratio: f64,
    lower: Target,
    upper: Target,
}

/// The order of patients as bounds of their times.
///
/// Times are x₁ ≤ x₂ ≤ …, each at least so far from the one before, within lo and hi. Patients that
/// leave together are one variable. All constraints but sums and SPSS's widths are bounds and
/// differences of neighbours, so that tightening the bounds forwards and backwards makes every bound
/// attained, and the dates of two variables are bounded by their own bounds and their distance alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    /// The variable of each patient.
    block: Vec<usize>,
    /// The least distance to the variable before.
    gap: Vec<i32>,
    lo: Vec<i32>,
    hi: Vec<i32>,
    pairs: Vec<Pair>,
    width: Option<Width>,
    finished: bool,
    impossible: bool,
}

/// What a search for dates came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dates {
    Found(Vec<i32>),
    /// There are none.
    None,
    /// The trials were used up.
    Unknown,
}

/// The steps that each patient can have, and those that sums of two patients can have.
#[derive(Debug, Clone)]
pub(super) struct Ranges {
    pub(super) single: Vec<(i32, i32)>,
    /// Patient, patient, least and greatest sum.
    pub(super) sum: Option<(usize, usize, i32, i32)>,
}

impl Chain {
    /// Of the moves so far; `None` where the bounds alone leave nothing.
    pub(super) fn new(problem: &Problem, moves: &[Move]) -> Option<Self> {
        let mut chain = Self::default();
        let mut walk = Walk::start();
        let mut path = Path::default();
        for &own in moves {
            chain.add(problem, &walk, own);
            walk = problem.after(&walk, own)?;
            path.add(&walk, own);
        }
        chain.finished = usize::from(walk.placed) == problem.n;
        chain.ask(problem, &walk, &path);
        (!chain.impossible && chain.tighten()).then_some(chain)
    }

    /// One more patient, or a time that passes between two.
    fn add(&mut self, problem: &Problem, walk: &Walk, own: Move) {
        if own == Move::Cut {
            let cut = problem.cuts[usize::from(walk.cuts)];
            let Some(last) = self.hi.len().checked_sub(1) else { return };
            self.hi[last] = self.hi[last].min(cut.at);
            if usize::from(walk.placed) == problem.n && walk.s > 0.0 {
                self.lo[last] = self.lo[last].max(cut.at);
            }
            return;
        }
        let (gap, tied) = walk.gap(problem, own.is_event());
        if !tied {
            self.gap.push(gap);
            self.lo.push(walk.floor());
            self.hi.push(LAST);
        }
        let block = self.lo.len() - 1;
        if !own.is_event() {
            self.lo[block] = self.lo[block].max(problem.censored_from);
        }
        self.block.push(block);
    }

    fn ask(&mut self, problem: &Problem, walk: &Walk, path: &Path) {
        let rule = problem.rule();
        self.cross(rule, problem.median, walk.median);
        self.cross(rule, problem.reverse, walk.follow);
        if problem.spss() {
            self.ask_width(problem, walk, path);
        } else {
            self.cross(rule, problem.lower, walk.lower);
            self.cross(rule, problem.upper, walk.upper);
        }
        if let (Some(window), true) = (problem.first.window(), walk.placed > 0) {
            self.bound(0, window.lo, window.hi);
        }
        if !self.finished {
            return;
        }
        if let Some(window) = problem.last.window() {
            self.bound(problem.n - 1, window.lo, window.hi);
        }
        let all: Vec<usize> = (0..problem.n).collect();
        self.middle(problem.plain, &all);
        self.middle(problem.survivors, &path.censored);
    }

    fn bound(&mut self, patient: usize, lo: i32, hi: i32) {
        let block = self.block[patient];
        self.lo[block] = self.lo[block].max(lo);
        self.hi[block] = self.hi[block].min(hi);
    }

    fn pair(&mut self, from: usize, to: usize, window: Window) {
        let (a, b) = (self.block[from], self.block[to]);
        if a == b {
            self.bound(from, window.lo, window.hi);
        } else {
            self.pairs.push(Pair { from: a, to: b, lo: window.lo2, hi: window.hi2 });
        }
    }

    fn cross(&mut self, rule: MedianRule, target: Target, own: Crossing) {
        let Some(window) = target.window() else { return };
        let place = |place: u16| usize::from(place).checked_sub(1);
        match (rule, place(own.reached), place(own.below)) {
            (MedianRule::FirstAtOrBelow, Some(at), _) | (MedianRule::FirstBelow, _, Some(at)) => {
                self.bound(at, window.lo, window.hi);
            }
            (MedianRule::Midpoint, Some(from), Some(to)) => self.pair(from, to, window),
            // Only at the end is it known that the level is never left.
            (MedianRule::Midpoint, Some(from), None) => {
                let lo = if self.finished { window.lo } else { 0 };
                self.bound(from, lo, window.hi);
            }
            _ => {}
        }
    }

    /// The median of some patients' times, as everybody computes it.
    fn middle(&mut self, target: Target, patients: &[usize]) {
        let k = patients.len();
        match target {
            Target::Free => {}
            Target::Never => self.impossible |= k > 0,
            Target::At(window) if k > 0 => {
                self.pair(patients[(k - 1) / 2], patients[k / 2], window);
            }
            Target::At(_) => self.impossible = true,
        }
    }

    /// SPSS's interval, once its three events are there.
    fn ask_width(&mut self, problem: &Problem, walk: &Walk, path: &Path) {
        let ratio = path.ratio(walk);
        let Some(ratio) = ratio else {
            let due = self.finished;
            let asked = [problem.lower, problem.upper];
            self.impossible |= due && asked.iter().any(|own| own.window().is_some());
            return;
        };
        self.impossible |= [problem.lower, problem.upper].contains(&Target::Never);
        let block = |place: u16| self.block[usize::from(place) - 1];
        self.width = Some(Width {
            high: block(walk.high),
            median: block(walk.median.reached),
            low: block(walk.low),
            ratio,
            lower: problem.lower,
            upper: problem.upper,
        });
    }

    fn tighten(&mut self) -> bool {
        for at in 1..self.lo.len() {
            self.lo[at] = self.lo[at].max(self.lo[at - 1] + self.gap[at]);
        }
        for at in (1..self.hi.len()).rev() {
            self.hi[at - 1] = self.hi[at - 1].min(self.hi[at] - self.gap[at]);
        }
        self.lo.iter().zip(&self.hi).all(|(lo, hi)| lo <= hi)
    }

    fn fixed(&self, dates: &[(usize, i32)]) -> Option<Self> {
        let mut own = self.clone();
        for &(at, date) in dates {
            own.lo[at] = own.lo[at].max(date);
            own.hi[at] = own.hi[at].min(date);
        }
        own.tighten().then_some(own)
    }

    fn distance(&self, from: usize, to: usize) -> i32 {
        self.gap[from + 1..=to].iter().sum()
    }

    /// The sums that a pair can have.
    fn sums(&self, pair: Pair) -> (i32, i32) {
        let (from, to, gap) = (pair.from, pair.to, self.distance(pair.from, pair.to));
        let least = self.lo[from].saturating_add(self.lo[to].max(self.lo[from] + gap));
        let greatest = self.hi[to].saturating_add(self.hi[from].min(self.hi[to] - gap));
        (pair.lo.max(least), pair.hi.min(greatest))
    }

    /// The dates of the first of a pair with a sum.
    fn firsts(&self, pair: Pair, sum: i32) -> (i32, i32) {
        let gap = self.distance(pair.from, pair.to);
        let lo = self.lo[pair.from].max(sum.saturating_sub(self.hi[pair.to]));
        let hi = self.hi[pair.from].min(sum - self.lo[pair.to]).min((sum - gap).div_euclid(2));
        (lo, hi)
    }

    /// Random dates, none of them beyond the horizon that need not be.
    pub(super) fn date(&self, random: &mut impl Rng, horizon: i32) -> Dates {
        let mut trials = TRIALS;
        self.settle(random, horizon, &mut trials)
    }

    /// Dates one sum or width after the other, then all others at random.
    fn settle(&self, random: &mut impl Rng, horizon: i32, trials: &mut usize) -> Dates {
        if let Some((&pair, others)) = self.pairs.split_first() {
            let rest = Self { pairs: others.to_vec(), ..self.clone() };
            for sum in around(self.sums(pair), random) {
                for first in around(self.firsts(pair, sum), random) {
                    if *trials == 0 {
                        return Dates::Unknown;
                    }
                    *trials -= 1;
                    let fixed = rest.fixed(&[(pair.from, first), (pair.to, sum - first)]);
                    let found =
                        fixed.map_or(Dates::None, |own| own.settle(random, horizon, trials));
                    if found != Dates::None {
                        return found;
                    }
                }
            }
            return Dates::None;
        }
        match self.width {
            Some(width) => self.settle_width(width, random, horizon, trials),
            None => Dates::Found(self.sample(random, horizon)),
        }
    }

    fn settle_width(
        &self,
        width: Width,
        random: &mut impl Rng,
        horizon: i32,
        trials: &mut usize,
    ) -> Dates {
        let rest = Self { width: None, ..self.clone() };
        for median in around(self.medians(width), random) {
            if *trials == 0 {
                return Dates::Unknown;
            }
            *trials -= 1;
            let Some(rest) = rest.fixed(&[(width.median, median)]) else { continue };
            for distance in around(rest.distances(width, median), random) {
                if *trials == 0 {
                    return Dates::Unknown;
                }
                *trials -= 1;
                let lo = rest.lo[width.high].max(rest.lo[width.low] - distance);
                let hi = rest.hi[width.high].min(rest.hi[width.low] - distance);
                let Some(high) = around((lo, hi), random).next() else { continue };
                let dates = [(width.high, high), (width.low, high + distance)];
                if let Some(fixed) = rest.fixed(&dates) {
                    return Dates::Found(fixed.sample(random, horizon));
                }
            }
        }
        Dates::None
    }

    /// The medians that lie between the printed limits.
    fn medians(&self, width: Width) -> (i32, i32) {
        let (mut lo, mut hi) = (self.lo[width.median], self.hi[width.median]);
        if let Some(window) = width.lower.window() {
            lo = lo.max(window.from.floor() as i32);
        }
        if let Some(window) = width.upper.window() {
            hi = hi.min(window.to.ceil() as i32);
        }
        (lo, hi)
    }

    /// The distances of SPSS's two events that give the printed limits around a median.
    fn distances(&self, width: Width, median: i32) -> (i32, i32) {
        let (mut lo, mut hi) = (0.0f64, f64::from(self.hi[width.low] - self.lo[width.high]));
        let median = f64::from(median);
        if let Some(window) = width.lower.window() {
            lo = lo.max((median - window.to) / width.ratio);
            // A lower limit below 0 is printed as 0.
            if window.from > 0.0 {
                hi = hi.min((median - window.from) / width.ratio);
            }
        }
        if let Some(window) = width.upper.window() {
            lo = lo.max((window.from - median) / width.ratio);
            hi = hi.min((window.to - median) / width.ratio);
        }
        ((lo - 1e-7).ceil() as i32, (hi + 1e-7).floor() as i32)
    }

    /// Dates within the bounds: those that share their bounds are as ordered uniform draws.
    fn sample(&self, random: &mut impl Rng, horizon: i32) -> Vec<i32> {
        let mut dates: Vec<i32> = Vec::with_capacity(self.lo.len());
        for at in 0..self.lo.len() {
            let before = dates.last().map_or(0, |date| date + self.gap[at]);
            let lo = self.lo[at].max(before);
            let end = |at: usize| self.hi[at].min(horizon.max(self.lo[at]));
            let hi = end(at).max(lo).min(self.hi[at]);
            let slack = |to: usize| end(to) - hi <= i32::try_from(to - at).unwrap_or(i32::MAX);
            let alike = (at..self.lo.len()).take_while(|&to| slack(to)).count().max(1);
            let share = 1.0 - random.random::<f64>().powf(1.0 / alike as f64);
            let date = lo + (f64::from(hi - lo + 1) * share).floor() as i32;
            dates.push(date.min(hi));
        }
        self.block.iter().map(|&block| dates[block]).collect()
    }

    /// The steps that each patient can have; `None` where several sums or a width mix them.
    pub(super) fn ranges(&self) -> Option<Ranges> {
        if self.pairs.len() > 1 || self.width.is_some() {
            return None;
        }
        let mut own = self.clone();
        let mut sum = None;
        if let Some(&pair) = self.pairs.first() {
            let (lo, hi) = self.sums(pair);
            if lo > hi {
                return Some(Ranges { single: Vec::new(), sum: None });
            }
            let (first, last) = (self.firsts(pair, lo), self.firsts(pair, hi));
            let gap = self.distance(pair.from, pair.to);
            own.lo[pair.from] = own.lo[pair.from].max(first.0);
            own.hi[pair.from] = own.hi[pair.from].min(last.1);
            own.lo[pair.to] = own.lo[pair.to].max((lo - first.1).max((lo + gap + 1).div_euclid(2)));
            own.hi[pair.to] = own.hi[pair.to].min(hi - last.0);
            let patient = |block: usize| self.block.iter().position(|&own| own == block);
            sum = patient(pair.from).zip(patient(pair.to)).map(|(a, b)| (a, b, lo, hi));
            if !own.tighten() {
                return Some(Ranges { single: Vec::new(), sum: None });
            }
        }
        let single = self.block.iter().map(|&block| (own.lo[block], own.hi[block])).collect();
        Some(Ranges { single, sum })
    }
}

/// S and V after each patient, and who was censored.
#[derive(Debug, Default)]
struct Path {
    steps: Vec<(f64, f64)>,
    censored: Vec<usize>,
}

impl Path {
    fn add(&mut self, after: &Walk, own: Move) {
        if own == Move::Cut {
            return;
        }
        self.steps.push((after.s, after.v));
        if !own.is_event() {
            self.censored.push(usize::from(after.placed) - 1);
        }
    }

    /// 1.96·SE(S(M)) over the drop of S between SPSS's two events; `None` where it has no interval.
    fn ratio(&self, walk: &Walk) -> Option<f64> {
        let step = |place: u16| self.steps.get(usize::from(place).checked_sub(1)?).copied();
        let ((s, v), high, low) = (step(walk.median.reached)?, step(walk.high)?, step(walk.low)?);
        (s > 0.0).then(|| SPSS_Z * s * v.sqrt() / (high.0 - low.0))
    }
}

/// All whole numbers of a range, from a random one on.
fn around<R: Rng>((lo, hi): (i32, i32), random: &mut R) -> impl Iterator<Item = i32> + use<R> {
    let start = if lo < hi { random.random_range(lo..=hi) } else { lo };
    let whole = lo <= hi;
    (start..=hi).chain(lo..start).filter(move |_| whole)
}
