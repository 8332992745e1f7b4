//! Annealing on whole steps, statuses and labels.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

use super::Subject;
use super::family::{Family, FamilyDraw};
use super::grid::Window;
use super::problem::{Problem, Target};
use super::reading;
use super::search;

/// Moves of one annealing.
const MOVES: usize = 60_000;
/// Temperatures at its start and end.
const HOT: f64 = 0.12;
const COLD: f64 = 0.003;

/// One member on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    step: i32,
    censored: bool,
    /// Where its labels are.
    id: u16,
}

/// A family as the annealing sees it.
pub(super) struct Annealing {
    /// The whole, then all parts.
    groups: Vec<Group>,
    divisions: usize,
    horizon: i32,
}

struct Group {
    problem: Problem,
    /// Division and part; `None` for the whole.
    part: Option<(usize, usize)>,
    windows: Vec<Window>,
}

/// A data set on its way.
#[derive(Clone)]
struct State {
    /// In the order of time, events first.
    members: Vec<Member>,
    /// By division, then by id.
    labels: Vec<Vec<usize>>,
    losses: Vec<f64>,
}

impl Annealing {
    pub(super) fn new(family: &Family) -> Self {
        let group = |summary, part| {
            let problem = Problem::new(summary, |_| true);
            let targets = [problem.median, problem.lower, problem.upper, problem.first];
            let others = [problem.last, problem.plain, problem.survivors, problem.reverse];
            let spss = problem.spss();
            let kept =
                targets.into_iter().enumerate().filter(|own| !(spss && [1, 2].contains(&own.0)));
            let all = kept.map(|own| own.1).chain(others);
            let windows = all.filter_map(Target::window).collect();
            Group { problem, part, windows }
        };
        let mut groups = vec![group(&family.whole, None)];
        for (division, own) in family.divisions.iter().enumerate() {
            let parts = own.parts.iter().enumerate();
            groups.extend(parts.map(|(part, own)| group(&own.1, Some((division, part)))));
        }
        let horizon = groups.iter().map(|own| search::horizon(&own.problem)).max().unwrap_or(1);
        Self { groups, divisions: family.divisions.len(), horizon }
    }

    /// One annealing from a start of its own: what is left of the loss, and the data set.
    pub(super) fn run(&self, family: &Family, random: &mut impl Rng) -> (f64, FamilyDraw) {
        let mut state = self.start(family, random);
        state.losses = (0..self.groups.len()).map(|at| self.loss(&state, at)).collect();
        let mut total: f64 = state.losses.iter().sum();
        let mut best = (total, state.clone());
        for at in 0..MOVES {
            if total < 1e-9 {
                break;
            }
            let heat = HOT * (COLD / HOT).powf(at as f64 / MOVES as f64);
            let mut next = state.clone();
            let touched = self.disturb(&mut next, random);
            for &group in &touched {
                next.losses[group] = self.loss(&next, group);
            }
            let after: f64 = next.losses.iter().sum();
            if after <= total || random.random::<f64>() < ((total - after) / heat).exp() {
                (state, total) = (next, after);
                if total < best.0 {
                    best = (total, state.clone());
                }
            }
        }
        let loss = if best.0 < 1e-9 { 0.0 } else { best.0 };
        (loss, self.draw(family, &best.1))
    }

    /// Parts of one division as they are by themselves, put together; other labels at random.
    fn start(&self, family: &Family, random: &mut impl Rng) -> State {
        let n = family.whole.n as usize;
        let mut members: Vec<Member> = Vec::with_capacity(n);
        let mut first = Vec::with_capacity(n);
        let led = if self.divisions > 0 { random.random_range(0..self.divisions) } else { 0 };
        let parts = family.divisions.get(led).map_or(&[][..], |own| &own.parts[..]);
        for (at, (_, part)) in parts.iter().enumerate() {
            let alone = part.batch(&Problem::new(part, |_| true), 400, random, 1);
            let alone = alone.ok().and_then(|mut draws| draws.pop());
            for patient in 0..part.n as usize {
                let known = alone.as_ref().map(|own| own.subjects[patient]);
                let id = members.len() as u16;
                members.push(self.member(known, id, random));
                first.push(at);
            }
        }
        while members.len() < n {
            let id = members.len() as u16;
            members.push(self.member(None, id, random));
            first.push(parts.len());
        }
        let mut labels = Vec::new();
        for (at, division) in family.divisions.iter().enumerate() {
            if at == led {
                labels.push(std::mem::take(&mut first));
                continue;
            }
            let sizes = division.parts.iter().enumerate();
            let mut own: Vec<usize> =
                sizes.flat_map(|(part, own)| std::iter::repeat_n(part, own.1.n as usize)).collect();
            own.resize(n, division.parts.len());
            own.shuffle(random);
            labels.push(own);
        }
        members.sort_unstable();
        State { members, labels, losses: Vec::new() }
    }

    fn member(&self, known: Option<Subject>, id: u16, random: &mut impl Rng) -> Member {
        let (step, event) = match known {
            Some(own) => (own.step, own.event),
            None => (random.random_range(0..=self.horizon), random.random()),
        };
        Member { step, censored: !event, id }
    }

    fn loss(&self, state: &State, group: usize) -> f64 {
        let own = &self.groups[group];
        let inside = |id: u16| {
            own.part.is_none_or(|(division, part)| state.labels[division][usize::from(id)] == part)
        };
        let members = state.members.iter().filter(|member| inside(member.id));
        let members: Vec<(i32, bool)> = members.map(|own| (own.step, !own.censored)).collect();
        reading::loss(&own.problem, &members)
    }

    /// A random move; the groups that it touches.
    fn disturb(&self, state: &mut State, random: &mut impl Rng) -> Vec<usize> {
        let n = state.members.len();
        let at = random.random_range(0..n);
        match random.random_range(0..10u32) {
            0..3 if self.divisions > 0 => {
                let division = random.random_range(0..self.divisions);
                return self.swap_labels(state, division, random);
            }
            0..4 => {
                let reach = (self.horizon / 20).max(2);
                let moved = state.members[at].step + random.random_range(-reach..=reach);
                state.members[at].step = moved.clamp(0, self.horizon);
            }
            4 => state.members[at].step = random.random_range(0..=self.horizon),
            5 | 6 => state.members[at].censored ^= true,
            7 => {
                let (lo, hi) = (state.members[at].step - 2, state.members[at].step + 2);
                state.members[at].step = random.random_range(lo..=hi).max(0);
            }
            _ => self.aim(state, at, random),
        }
        let id = state.members[at].id;
        state.members.sort_unstable();
        self.groups_of(state, id)
    }

    /// A member goes where a printed time of one of its groups is: onto it, or to the other side of
    /// it from another member.
    fn aim(&self, state: &mut State, at: usize, random: &mut impl Rng) {
        let groups = self.groups_of(state, state.members[at].id);
        let group = groups[random.random_range(0..groups.len())];
        let windows = &self.groups[group].windows;
        if windows.is_empty() {
            return;
        }
        let window = windows[random.random_range(0..windows.len())];
        let other = state.members[random.random_range(0..state.members.len())].step;
        let near = window.lo <= window.hi && random.random();
        let step = match near {
            true => random.random_range(window.lo..=window.hi),
            false if window.lo2 <= window.hi2 => {
                random.random_range(window.lo2..=window.hi2) - other
            }
            false => return,
        };
        state.members[at].censored &= random.random::<f64>() < 0.3;
        if (0..=self.horizon).contains(&step) {
            state.members[at].step = step;
        }
    }

    fn swap_labels(&self, state: &mut State, division: usize, random: &mut impl Rng) -> Vec<usize> {
        let labels = &mut state.labels[division];
        let (a, b) = (random.random_range(0..labels.len()), random.random_range(0..labels.len()));
        let parts = [labels[a], labels[b]];
        labels.swap(a, b);
        if parts[0] == parts[1] {
            return Vec::new();
        }
        let touched = |own: &Group| {
            own.part.is_some_and(|(other, part)| other == division && parts.contains(&part))
        };
        (0..self.groups.len()).filter(|&at| touched(&self.groups[at])).collect()
    }

    fn groups_of(&self, state: &State, id: u16) -> Vec<usize> {
        let inside = |own: &Group| {
            own.part.is_none_or(|(division, part)| state.labels[division][usize::from(id)] == part)
        };
        (0..self.groups.len()).filter(|&at| inside(&self.groups[at])).collect()
    }

    fn draw(&self, family: &Family, state: &State) -> FamilyDraw {
        let grid = family.whole.own_grid();
        let subject = |own: &Member| Subject {
            step: own.step,
            time: grid.time(own.step),
            event: !own.censored,
        };
        let by_time = |labels: &Vec<usize>| {
            state.members.iter().map(|own| labels[usize::from(own.id)]).collect()
        };
        FamilyDraw {
            subjects: state.members.iter().map(subject).collect(),
            labels: state.labels.iter().map(by_time).collect(),
        }
    }
}
