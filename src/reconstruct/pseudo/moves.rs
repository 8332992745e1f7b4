//! Moves: small changes of times and labels that keep every count and every rule.

use rand::{Rng, RngExt};

use super::compiled::{Compiled, MISSING, Part, PartKind};
use super::deal::Classes;
use super::goal::{Goal, Goals};
use super::start::{Law, normal};
use super::state::State;

/// How moves are made on a problem.
#[derive(Debug)]
pub(super) struct Moves {
    laws: Vec<Law>,
    /// Labels on which something rests.
    labels: Vec<usize>,
    /// By label: the classes within which whole numbers may change.
    classes: Vec<Option<Classes>>,
    /// By part: labels that its condition asks for.
    asked: Vec<Vec<usize>>,
    /// By clock: days that were printed.
    printed: Vec<Vec<i32>>,
    /// By part: where its rows should be rare.
    gaps: Vec<Vec<Gap>>,
    /// By clock: whether its statuses may be anything but events.
    flips: Vec<bool>,
}

/// The days about a printed median within which S falls from 0.55 to 0.45, as far as the width of
/// its interval tells.
#[derive(Debug, Clone, Copy)]
struct Gap {
    median: f64,
    width: f64,
}

/// Where a move is aimed: a row, on a clock, for the sake of a part.
#[derive(Debug, Clone, Copy)]
struct Aim {
    part: usize,
    clock: usize,
    row: usize,
}

/// Steps of ln(days + 1).
const STEPS: [f64; 4] = [0.01, 0.05, 0.2, 0.8];
/// How far, in places of the order of time, neighbours are.
const NEAR: usize = 12;
/// Rows among which a twin is looked for.
const CANDIDATES: usize = 16;
/// How far beyond a gap, in ln(days).
const BEYOND: f64 = 0.15;
/// The most rows that move together.
const MANY: usize = 12;
/// How often a label is traded with a row that has no times: who they are decides how many rows a
/// group has, and with that at which levels its curve may stop.
const WITHOUT: f64 = 0.03;
/// The largest change of a whole number.
const FARTHEST: i32 = 6;

impl Moves {
    pub(super) fn new(state: &State<'_>, laws: Vec<Law>) -> Self {
        let compiled = state.compiled;
        let problem = compiled.problem;
        let used = |label: &usize| {
            !compiled.of_label[*label].is_empty() || !compiled.valued[*label].is_empty()
        };
        let asked = |part: &Part| {
            let mut labels = compiled.conditions[part.condition].labels();
            if let PartKind::Fit(own) = &part.kind {
                labels.extend(own.columns.iter().flat_map(|column| match *column {
                    super::compiled::FitColumn::Value(label, _) => vec![label],
                    super::compiled::FitColumn::Indicator(at) => compiled.conditions[at].labels(),
                }));
            }
            labels
        };
        let flips = problem
            .clocks
            .iter()
            .map(|own| own.min_censoring.is_none_or(|least| least <= own.max_days));
        Self {
            laws,
            labels: (0..problem.labels.len()).filter(used).collect(),
            classes: problem.labels.iter().map(Classes::new).collect(),
            asked: compiled.parts.iter().map(asked).collect(),
            gaps: compiled.parts.iter().map(|part| gaps(part, rows_of(state, part))).collect(),
            printed: (0..problem.clocks.len()).map(|clock| printed_days(compiled, clock)).collect(),
            flips: flips.collect(),
        }
    }

    /// Makes a move for the sake of a part. Gives the logarithm of how much likelier the times have
    /// become under their laws; `None` when the move breaks a rule or moves nothing.
    pub(super) fn make(
        &self,
        state: &mut State<'_>,
        part: usize,
        rng: &mut impl Rng,
    ) -> Option<f64> {
        let aim = self.aim(state, part, rng)?;
        // The standard errors of a fit hang on which labels go together.
        let fit = matches!(state.compiled.parts[part].kind, PartKind::Fit(_));
        match rng.random_range(0..100) {
            _ if fit && rng.random_bool(0.4) => self.swap_labels(state, aim, rng),
            0..24 => self.shift(state, aim, rng),
            24..28 => self.shift_many(state, aim, rng),
            28..34 => self.cross(state, aim, rng),
            34..38 => self.renew(state, aim, rng),
            38..50 => self.swap_times(state, aim, rng),
            50..60 => self.swap_all_times(state, aim, rng),
            60..66 => self.change_numbers(state, aim, rng),
            66..70 => self.flip(state, aim),
            _ => self.swap_labels(state, aim, rng),
        }
    }

    fn aim(&self, state: &State<'_>, part: usize, rng: &mut impl Rng) -> Option<Aim> {
        let own = &state.compiled.parts[part];
        let (clocks, rows) = (state.days.len(), state.compiled.problem.rows);
        let clock = match &own.kind {
            PartKind::Curve(goals) => goals.clock,
            PartKind::Fit(goals) => goals.clock,
            PartKind::Count(_) => rng.random_range(0..clocks.max(1)),
        };
        if clock >= clocks {
            return Some(Aim { part, clock, row: rng.random_range(0..rows) });
        }
        // Mostly a row of the part; one outside may come in by a label.
        let inside = rng.random_bool(0.85);
        for _ in 0..40 {
            let row = rng.random_range(0..rows);
            if state.days[clock][row] >= 0 && (!inside || state.truth[own.condition][row] == 1) {
                return Some(Aim { part, clock, row });
            }
        }
        let members = (0..rows).filter(|&row| state.truth[own.condition][row] == 1);
        let members: Vec<usize> = members.filter(|&row| state.days[clock][row] >= 0).collect();
        (!members.is_empty()).then(|| Aim {
            part,
            clock,
            row: members[rng.random_range(0..members.len())],
        })
    }

    /// Sets a time, makes the row follow, and says how much likelier it has become.
    fn set(&self, state: &mut State<'_>, aim: Aim, days: i32) -> Option<f64> {
        let Aim { clock, row, .. } = aim;
        let own = &state.compiled.problem.clocks[clock];
        let (old, event) = state.ending(clock, row)?;
        let too_late = own
            .bounds
            .iter()
            .any(|bound| state.ending(bound.clock, row).is_some_and(|(outer, _)| days > outer));
        if days == old || days < 0 || i64::from(days) > own.max_days || too_late {
            return None;
        }
        let before = self.log_density(state, row);
        let event = event || own.min_censoring.is_some_and(|least| i64::from(days) < least);
        state.set_ending(clock, row, Some((days, event)));
        state.follow(row);
        (state.is_valid(row)).then(|| self.log_density(state, row) - before)
    }

    fn log_density(&self, state: &State<'_>, row: usize) -> f64 {
        let of_clock = |(clock, law): (usize, &Law)| match state.days[clock][row] {
            days if days >= 0 => law.log_density(days),
            _ => 0.0,
        };
        self.laws.iter().enumerate().map(of_clock).sum()
    }

    /// A little earlier or later.
    fn shift(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        if rng.random_bool(0.1) {
            // Two on one day: a curve may have to jump over a level that it must not touch.
            let other = if rng.random_bool(0.5) {
                next_of_part(state, aim, rng.random_bool(0.5))?
            } else {
                self.partner(state, aim, rng)?
            };
            return self.set(state, aim, state.days[aim.clock][other]);
        }
        let step = STEPS[rng.random_range(0..STEPS.len())] * normal(rng);
        let old = state.days[aim.clock][aim.row];
        let days = ((f64::from(old) + 1.0) * step.exp() - 1.0).round() as i32;
        let days = if days == old { old + if step > 0.0 { 1 } else { -1 } } else { days };
        self.set(state, aim, days)
    }

    /// A part's rows that follow one another in time, all earlier or later by one factor: what
    /// opens or closes a gap in a curve.
    fn shift_many(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let condition = state.compiled.parts[aim.part].condition;
        let order = &state.order[aim.clock];
        let at = order.iter().position(|&row| usize::from(row) == aim.row)?;
        let many = rng.random_range(2..=MANY);
        let rows = order[at..].iter().map(|&row| usize::from(row));
        let rows = rows.filter(|&row| state.truth[condition][row] == 1).take(many);
        let rows: Vec<usize> = rows.collect();
        let factor = (STEPS[rng.random_range(0..STEPS.len())] * normal(rng)).exp();
        let mut likelier = 0.0;
        for row in rows {
            let old = state.days[aim.clock][row];
            let days = ((f64::from(old) + 1.0) * factor - 1.0).round() as i32;
            if days != old {
                likelier += self.set(state, Aim { row, ..aim }, days)?;
            }
        }
        Some(likelier)
    }

    /// A row of a group whose median was printed goes to the other side of it, or out of the gap
    /// that the width of its interval calls for.
    fn cross(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let gaps = &self.gaps[aim.part];
        let gap = *gaps.get(rng.random_range(0..gaps.len().max(1)))?;
        let start = gap.median - gap.width * rng.random::<f64>();
        let end = start + gap.width;
        let old = f64::from(state.days[aim.clock][aim.row]);
        let later = if old > start && old < end { rng.random_bool(0.5) } else { old < gap.median };
        let beyond = (BEYOND * normal(rng).abs()).exp();
        let days = if later { end.max(gap.median) * beyond } else { start.max(0.0) / beyond };
        self.set(state, aim, days.round() as i32)
    }

    /// A new time, drawn from the law of the clock, or one that was printed.
    fn renew(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let printed = &self.printed[aim.clock];
        let max = state.compiled.problem.clocks[aim.clock].max_days;
        if !printed.is_empty() && rng.random_bool(0.5) {
            let days = printed[rng.random_range(0..printed.len())];
            return self.set(state, aim, days);
        }
        let days = self.laws[aim.clock].draw(max, rng);
        // The draw itself is by the law, so the law must not count again.
        self.set(state, aim, days).map(|_| 0.0)
    }

    /// A row to trade with: half the time a neighbour in time.
    fn partner(&self, state: &State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<usize> {
        let order = &state.order[aim.clock];
        if order.len() < 2 {
            return None;
        }
        if rng.random_bool(0.5) {
            return Some(usize::from(order[rng.random_range(0..order.len())]));
        }
        let (days, event) = state.ending(aim.clock, aim.row)?;
        let at = order.partition_point(|&other| {
            let other = usize::from(other);
            let (other_days, other_event) =
                (state.days[aim.clock][other], state.event[aim.clock][other]);
            (other_days, !other_event, other) < (days, !event, aim.row)
        });
        let far = rng.random_range(1..=NEAR.min(order.len() - 1));
        let place = if rng.random_bool(0.5) { at.checked_sub(far)? } else { at + far };
        order.get(place).map(|&row| usize::from(row))
    }

    /// Two rows trade their times on a clock.
    fn swap_times(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let other = self.partner(state, aim, rng).filter(|&other| other != aim.row)?;
        let before = self.log_density(state, aim.row) + self.log_density(state, other);
        trade(state, aim.clock, aim.row, other);
        self.settle(state, [aim.row, other], before)
    }

    /// Two rows trade their times on all clocks that both have.
    fn swap_all_times(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let other = self.partner(state, aim, rng).filter(|&other| other != aim.row)?;
        let before = self.log_density(state, aim.row) + self.log_density(state, other);
        for clock in 0..state.days.len() {
            if state.days[clock][aim.row] >= 0 && state.days[clock][other] >= 0 {
                trade(state, clock, aim.row, other);
            }
        }
        self.settle(state, [aim.row, other], before)
    }

    fn settle(&self, state: &mut State<'_>, rows: [usize; 2], before: f64) -> Option<f64> {
        rows.iter().for_each(|&row| state.follow(row));
        let valid = rows.iter().all(|&row| state.is_valid(row));
        let now = || rows.iter().map(|&row| self.log_density(state, row)).sum::<f64>();
        valid.then(|| now() - before)
    }

    /// Two rows trade a label, and with it the clocks that only one of them then has.
    fn swap_labels(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let label = self.label(aim, rng)?;
        let other = self.other_label(state, aim, label, rng)?;
        let (own, theirs) = (state.labels[label][aim.row], state.labels[label][other]);
        if own == theirs {
            return None;
        }
        let before = self.log_density(state, aim.row) + self.log_density(state, other);
        state.set_label(label, aim.row, theirs);
        state.set_label(label, other, own);
        for clock in 0..state.days.len() {
            hand_over(state, clock, aim.row, other);
            hand_over(state, clock, other, aim.row);
        }
        self.settle(state, [aim.row, other], before)
    }

    /// A row to trade a label with: one without times, the most alike, a neighbour in time, or any.
    fn other_label(
        &self,
        state: &State<'_>,
        aim: Aim,
        label: usize,
        rng: &mut impl Rng,
    ) -> Option<usize> {
        let without = state.compiled.problem.clocks.get(aim.clock).map_or(0, |own| own.without);
        if without > 0 && rng.random_bool(WITHOUT) {
            return Some(rng.random_range(0..without));
        }
        if rng.random_bool(0.5) {
            return twin(state, label, aim.row, rng);
        }
        let timed = aim.clock < state.days.len();
        let near = if timed { self.partner(state, aim, rng) } else { None };
        Some(near.unwrap_or_else(|| rng.random_range(0..state.compiled.problem.rows)))
    }

    /// A label that the aim's part asks for, or any.
    fn label(&self, aim: Aim, rng: &mut impl Rng) -> Option<usize> {
        let asked = &self.asked[aim.part];
        let from = if !asked.is_empty() && rng.random_bool(0.7) { asked } else { &self.labels };
        (!from.is_empty()).then(|| from[rng.random_range(0..from.len())])
    }

    /// Whole numbers of a few rows come nearer to their middle, or go away from it, or one goes
    /// anywhere, as far as no printed property can tell.
    fn change_numbers(&self, state: &mut State<'_>, aim: Aim, rng: &mut impl Rng) -> Option<f64> {
        let asked = self.asked[aim.part].iter().filter(|&&label| self.classes[label].is_some());
        let asked: Vec<usize> = asked.copied().collect();
        let label = *asked.get(rng.random_range(0..asked.len().max(1)))?;
        let sign = if rng.random_bool(0.5) { 1 } else { -1 };
        if rng.random_bool(0.5) {
            self.change_number(state, label, aim.row, sign * rng.random_range(1..=FARTHEST))?;
        } else {
            let middle = self.classes[label].as_ref()?.middle;
            for _ in 0..rng.random_range(1..=MANY) {
                let row = rng.random_range(0..state.compiled.problem.rows);
                let side = if state.labels[label][row] > middle { sign } else { -sign };
                // Those that cannot stay where they are.
                let _ = self.change_number(state, label, row, side);
            }
        }
        Some(0.0)
    }

    fn change_number(
        &self,
        state: &mut State<'_>,
        label: usize,
        row: usize,
        by: i32,
    ) -> Option<()> {
        let old = state.labels[label][row];
        let classes = self.classes[label].as_ref().filter(|_| old != MISSING)?;
        let class = classes.of(old)?;
        (classes.of(old + by) == Some(class)).then(|| state.set_label(label, row, old + by))
    }

    /// An event becomes a censoring, or the other way round.
    fn flip(&self, state: &mut State<'_>, aim: Aim) -> Option<f64> {
        if !self.flips.get(aim.clock).copied()? {
            return None;
        }
        let (days, event) = state.ending(aim.clock, aim.row)?;
        state.set_ending(aim.clock, aim.row, Some((days, !event)));
        state.follow(aim.row);
        state.is_valid(aim.row).then_some(0.0)
    }
}

/// The next row of a part in the order of time, or the one before.
fn next_of_part(state: &State<'_>, aim: Aim, later: bool) -> Option<usize> {
    let truth = &state.truth[state.compiled.parts[aim.part].condition];
    let order = &state.order[aim.clock];
    let at = order.iter().position(|&row| usize::from(row) == aim.row)?;
    let inside = |row: &usize| truth[*row] == 1;
    if later {
        order[at + 1..].iter().map(|&row| usize::from(row)).find(inside)
    } else {
        order[..at].iter().rev().map(|&row| usize::from(row)).find(inside)
    }
}

/// How many rows a part has.
fn rows_of(state: &State<'_>, part: &Part) -> usize {
    state.truth[part.condition].iter().map(|&own| usize::from(own)).sum()
}

fn gaps(part: &Part, rows: usize) -> Vec<Gap> {
    let PartKind::Curve(goals) = &part.kind else { return Vec::new() };
    let n = rows.max(1) as f64;
    let gap = |goal: &Goals| {
        let median = goal.estimate.middle()?;
        let upper = goal.limits.and_then(|[_, upper]| upper.middle());
        // The error of S is about 1/(2√n), its fall a tenth and a step more.
        let width = upper.map_or(0.0, |upper| (upper - median) / 0.98 * n.sqrt() * (0.1 + 1.0 / n));
        Some(Gap { median, width: width.clamp(0.0, median) })
    };
    goals.medians.iter().filter_map(gap).collect()
}

/// Of a few rows with another label, the one whose times are the most alike on all clocks.
fn twin(state: &State<'_>, label: usize, row: usize, rng: &mut impl Rng) -> Option<usize> {
    let rows = state.compiled.problem.rows;
    let mut best: Option<(f64, usize)> = None;
    for _ in 0..CANDIDATES {
        let other = rng.random_range(0..rows);
        if state.labels[label][other] == state.labels[label][row] {
            continue;
        }
        let far = state.days.iter().map(|days| apart(days[row], days[other])).sum();
        if best.is_none_or(|(least, _)| far < least) {
            best = Some((far, other));
        }
    }
    best.map(|(_, other)| other)
}

/// How far two times are apart, as the logarithm of their ratio; a row without time is far.
fn apart(a: i32, b: i32) -> f64 {
    match (a, b) {
        (0.., 0..) => {
            let (low, high) = (f64::from(a.min(b)) + 5.0, f64::from(a.max(b)) + 5.0);
            high / low - 1.0
        }
        (..0, ..0) => 0.0,
        _ => 1.0,
    }
}

fn trade(state: &mut State<'_>, clock: usize, a: usize, b: usize) {
    let (own, theirs) = (state.ending(clock, a), state.ending(clock, b));
    if own.is_some() && theirs.is_some() {
        state.set_ending(clock, a, theirs);
        state.set_ending(clock, b, own);
    }
}

/// Gives a row's time to another, when the labels now say so of both.
fn hand_over(state: &mut State<'_>, clock: usize, from: usize, to: usize) {
    let ending = state.ending(clock, from);
    let leaves = ending.is_some() && !state.is_member(clock, from);
    if leaves && state.is_member(clock, to) && state.ending(clock, to).is_none() {
        state.set_ending(clock, from, None);
        state.set_ending(clock, to, ending);
    }
}

/// Whole days that print as a median or limit of a clock. Where a median lies between two days, also
/// the days that have the middle of a printed day and themselves there.
fn printed_days(compiled: &Compiled<'_>, clock: usize) -> Vec<i32> {
    let mut days = Vec::new();
    for &part in &compiled.of_clock[clock] {
        let PartKind::Curve(goals) = &compiled.parts[part].kind else { continue };
        for goal in &goals.medians {
            let limits = goal.limits.filter(|_| !goals.spss).into_iter().flatten();
            let limits: Vec<i32> = limits.flat_map(|limit| days_of(limit).0).collect();
            let (own, between) = days_of(goal.estimate);
            let doubled = between.into_iter().flat_map(|middle| {
                limits.iter().map(move |&limit| (2.0 * middle).round() as i32 - limit)
            });
            days.extend(doubled.filter(|&day| day >= 0));
            days.extend(own);
            days.extend(limits);
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Whole days that print so; or their neighbours, and the middle, where none does.
fn days_of(goal: Goal) -> (Vec<i32>, Option<f64>) {
    let Goal::Between { low, high, .. } = goal else { return (Vec::new(), None) };
    let (first, last) = (low.ceil() as i32, high.floor() as i32);
    if first <= last {
        return ((first.max(0)..=last).collect(), None);
    }
    (vec![last.max(0), first.max(0)], goal.middle())
}
