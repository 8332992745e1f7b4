//! From numbers in gaps to times.

use rand::{Rng, RngExt};

use super::outcome::Individual;
use super::search::Path;
use super::stretch::{Gap, Stretch};

/// A gap shorter than this share of the axis is one drop.
const ONE_DROP: f64 = 0.008;

/// Shares of a stretch's censorings by gap: by its length and, for a draw, as much by chance.
pub(super) fn even(stretches: &[Stretch]) -> Vec<Vec<f64>> {
    stretches.iter().map(Stretch::shares).collect()
}

/// As [`even`], half of it by chance.
pub(super) fn by_chance(stretches: &[Stretch], n: u32, generator: &mut impl Rng) -> Vec<Vec<f64>> {
    let mut shares = even(stretches);
    for (own, stretch) in shares.iter_mut().zip(stretches) {
        let count = stretch.leaving.unwrap_or(n).clamp(1, n.max(1));
        let mut total = 0.0;
        let ends: Vec<f64> = own
            .iter()
            .map(|share| {
                total += share;
                total
            })
            .collect();
        own.iter_mut().for_each(|share| *share *= 0.5);
        for _ in 0..count {
            let share = generator.random::<f64>();
            let at = ends.partition_point(|&end| end < share);
            own[at.min(ends.len() - 1)] += 0.5 / f64::from(count);
        }
    }
    shares
}

/// Where events fall within a gap: shares of its length.
pub(super) trait Within {
    /// `count` ascending shares between 0 and 1.
    fn shares(&mut self, count: u32) -> Vec<f64>;
    /// The one share where all fall together.
    fn together(&mut self) -> f64;
}

/// Evenly.
pub(super) struct Evenly;

impl Within for Evenly {
    fn shares(&mut self, count: u32) -> Vec<f64> {
        (0..count).map(|at| (f64::from(at) + 0.5) / f64::from(count)).collect()
    }

    fn together(&mut self) -> f64 {
        0.5
    }
}

/// At random.
pub(super) struct Anywhere<'a, R: Rng>(pub(super) &'a mut R);

impl<R: Rng> Within for Anywhere<'_, R> {
    fn shares(&mut self, count: u32) -> Vec<f64> {
        let mut shares: Vec<f64> = (0..count).map(|_| self.0.random::<f64>()).collect();
        shares.sort_by(f64::total_cmp);
        shares
    }

    fn together(&mut self) -> f64 {
        self.0.random::<f64>()
    }
}

/// Times of all individuals on a path, in order.
pub(super) fn individuals(
    path: &Path,
    stretches: &[Stretch],
    step: Option<f64>,
    within: &mut dyn Within,
) -> Vec<Individual> {
    let end = stretches.last().map_or(0.0, |own| own.to);
    let last = step.map_or(end, |step| (end / step - 1e-9).ceil() * step);
    let mut people = Vec::new();
    for (steps, stretch) in path.steps.iter().zip(stretches) {
        let bounds = (stretch.from, stretch.to);
        let place = |time: f64| step.map_or(time, |step| on_lattice(time, step, bounds));
        let mut marks = stretch.marks.as_slice();
        for (gap, own) in stretch.gaps.iter().zip(steps) {
            let times = event_times(gap, own.events, ONE_DROP * end, within);
            people
                .extend(times.into_iter().map(|own| Individual { time: place(own), event: true }));
            let (here, later) = marks.split_at(marks.partition_point(|&mark| mark < gap.to));
            marks = later;
            let times = censor_times(gap, own.censored, here, within);
            people
                .extend(times.into_iter().map(|own| Individual { time: place(own), event: false }));
        }
    }
    let stayed = Individual { time: last, event: false };
    people.extend(std::iter::repeat_n(stayed, path.remaining as usize));
    keep_the_end(&mut people, stretches.last().map_or(0.0, |own| own.from), last);
    in_order(&mut people);
    people
}

/// A curve is drawn to its end because somebody was followed until then: the last one censored after
/// the last number at risk, unless somebody is there anyway.
fn keep_the_end(people: &mut [Individual], from: f64, end: f64) {
    if people.iter().any(|own| own.time >= end) {
        return;
    }
    let censored = people.iter_mut().filter(|own| !own.event && own.time >= from);
    if let Some(last) = censored.max_by(|a, b| a.time.total_cmp(&b.time)) {
        last.time = end;
    }
}

/// By time; at one time events come first.
pub(super) fn in_order(people: &mut [Individual]) {
    people.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.event.cmp(&a.event)));
}

fn event_times(gap: &Gap, count: u32, one_drop: f64, within: &mut dyn Within) -> Vec<f64> {
    let length = gap.to - gap.from;
    let time = |share: f64| gap.from + share * length;
    match count {
        0 => Vec::new(),
        _ if length <= one_drop => {
            let time = time(within.together());
            vec![time; count as usize]
        }
        _ => within.shares(count).into_iter().map(time).collect(),
    }
}

/// At the marks, what is more or less evenly among them; or anywhere in the gap.
fn censor_times(gap: &Gap, count: u32, marks: &[f64], within: &mut dyn Within) -> Vec<f64> {
    if marks.is_empty() {
        let shares = within.shares(count).into_iter();
        return shares.map(|share| gap.from + share * (gap.to - gap.from)).collect();
    }
    let (count, have) = (count as usize, marks.len());
    (0..count).map(|at| marks[(2 * at + 1) * have / (2 * count)]).collect()
}

/// The nearest multiple of a step that is not before `from` and before `to`.
fn on_lattice(time: f64, step: f64, (from, to): (f64, f64)) -> f64 {
    let first = (from / step - 1e-9).ceil();
    let last = (to / step - 1e-9).floor();
    let last = if last * step >= to - 1e-9 * to { last - 1.0 } else { last };
    (time / step).round().clamp(first, last.max(first)) * step
}
