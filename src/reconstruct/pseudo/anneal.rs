//! One restart: moves are taken or taken back, ever more strictly, until everything is met.

use rand::{Rng, RngExt};

use super::compiled::{Compiled, PartKind};
use super::goal::Values;
use super::moves::Moves;
use super::newton::{Fit, Newton, Rows, miss_of};
use super::start::Law;
use super::state::State;
use super::walk::Walk;

/// How strict the search is at first and at last, in units of the miss.
const WARM: f64 = 2.0;
const COLD: f64 = 0.015;
const TEPID: f64 = 0.2;
/// Moves between two times of being cold, as a part of those until the first.
const AGAIN: f64 = 0.25;
/// A Newton step this long calls for another.
const LONG: f64 = 1e-3;
const STEPS: usize = 4;
/// How much better than a guess says a fit may be; more where covariates have changed, since the
/// guess keeps the standard errors.
const SLACK: f64 = 0.05;
const SLACK_OF_LABELS: f64 = 0.5;
/// Moves that stir.
const STIRS: usize = 20;

/// A restart on its way.
#[derive(Debug)]
pub(super) struct Anneal<'c> {
    pub(super) state: State<'c>,
    moves: Moves,
    /// By part.
    misses: Vec<f64>,
    fits: Vec<Option<Fit>>,
    /// By model, then row: exp(x'β).
    risks: Vec<Vec<f64>>,
    total: f64,
    walk: Walk,
    newton: Newton,
    /// Normal quantile of the intervals of coefficients.
    z: f64,
    /// What a move would make of the parts that it touches.
    judged: Vec<(usize, f64, Option<Fit>)>,
    pub(super) done: u64,
}

impl<'c> Anneal<'c> {
    pub(super) fn new(
        compiled: &'c Compiled<'c>,
        state: State<'c>,
        laws: Vec<Law>,
        z: f64,
    ) -> Self {
        let fits = compiled.problem.models.iter().map(|own| Some(Fit::new(own.columns.len())));
        let mut own = Self {
            moves: Moves::new(&state, laws),
            misses: vec![0.0; compiled.parts.len()],
            fits: fits.collect(),
            risks: vec![vec![1.0; compiled.problem.rows]; compiled.problem.models.len()],
            total: 0.0,
            walk: Walk::new(compiled.problem, z),
            newton: Newton::default(),
            z,
            judged: Vec::new(),
            done: 0,

            state,
        };
        own.refresh();
        own
    }

    /// Recomputes everything.
    pub(super) fn refresh(&mut self) {
        for part in 0..self.misses.len() {
            self.misses[part] = if part < self.fits.len() {
                let (miss, fit) = self.judge_fit(part);
                self.take_fit(part, fit);
                miss
            } else {
                self.judge_plain(part)
            };
        }
        self.total = self.misses.iter().sum();
    }

    /// Makes moves whatever they cost, so that a search which stands still moves on.
    pub(super) fn stir(&mut self, rng: &mut impl Rng) {
        (0..STIRS).for_each(|_| self.one(WARM, rng));
        self.refresh();
    }

    pub(super) fn total(&self) -> f64 {
        self.total
    }

    #[cfg(test)]
    pub(super) fn misses(&self) -> &[f64] {
        &self.misses
    }

    pub(super) fn is_met(&self) -> bool {
        self.misses.iter().all(|&miss| miss == 0.0)
    }

    /// Moves until a number of moves, `cool` of which it takes to be cold, or until met.
    pub(super) fn run(&mut self, until: u64, cool: u64, rng: &mut impl Rng) {
        while self.done < until && !self.is_met() {
            let progress = self.done as f64 / cool as f64;
            let temperature = temperature(progress);
            for _ in 0..200 {
                self.one(temperature, rng);
                self.done += 1;
            }
            self.total = self.misses.iter().sum();
        }
    }

    fn one(&mut self, temperature: f64, rng: &mut impl Rng) {
        let part = self.choose(rng);
        let likelier = self.moves.make(&mut self.state, part, rng);
        let Some(likelier) = likelier.filter(|_| !self.state.touches.is_empty()) else {
            // Nothing rests on a change that touches nothing.
            if likelier.is_some() {
                self.state.keep()
            } else {
                self.state.undo()
            }
            return;
        };
        let allowed = temperature * (likelier - (1.0 - rng.random::<f64>()).ln());
        if self.judge(self.total + allowed) {
            self.accept();
        } else {
            self.state.undo();
        }
    }

    /// A part: mostly one that is not met, half of the time the likelier the more it misses.
    fn choose(&self, rng: &mut impl Rng) -> usize {
        let parts = self.misses.len();
        let unmet = || (0..parts).filter(|&part| self.misses[part] > 0.0);
        let many = unmet().count();
        if many == 0 || rng.random_bool(0.25) {
            return rng.random_range(0..parts);
        }
        if rng.random_bool(0.5) {
            return unmet().nth(rng.random_range(0..many)).unwrap_or(0);
        }
        let mut left = self.misses.iter().sum::<f64>() * rng.random::<f64>();
        let reaches = |part: &usize| {
            left -= self.misses[*part];
            left <= 0.0
        };
        unmet().find(reaches).unwrap_or(0)
    }

    /// Whether the rows as they are now miss no more than is allowed. Curves are cheap and judged
    /// first; then fits by a guess, and at last by a step.
    fn judge(&mut self, allowed: f64) -> bool {
        self.judged.clear();
        let touches = std::mem::take(&mut self.state.touches);
        let before: f64 = touches.iter().map(|&part| self.misses[part]).sum();
        let models = self.fits.len();
        let mut total = self.total - before;
        for &part in touches.iter().filter(|&&part| part >= models) {
            if total > allowed {
                break;
            }
            let miss = self.judge_plain(part);
            total += miss;
            self.judged.push((part, miss, None));
        }
        let fits = || touches.iter().copied().filter(|&part| part < models);
        let holds = total <= allowed
            && (fits().next().is_none() || {
                let olds = self.renew_risks(fits());
                let holds = self.guess_holds(fits(), allowed - total)
                    && self.fits_hold(fits(), allowed - total);
                olds.into_iter().rev().for_each(|(part, row, old)| self.risks[part][row] = old);
                holds
            });
        self.state.touches = touches;
        holds
    }

    /// Relative risks of rows whose covariates have changed; gives the old ones.
    fn renew_risks(&mut self, fits: impl Iterator<Item = usize>) -> Vec<(usize, usize, f64)> {
        let mut olds = Vec::new();
        for part in fits {
            let Some(fit) = &self.fits[part] else { continue };
            for row in self.state.relabelled() {
                let risk = fit.risk(self.state.covariates(part, row));
                olds.push((part, row, self.risks[part][row]));
                self.risks[part][row] = risk;
            }
        }
        olds
    }

    fn guess_holds(&mut self, fits: impl Iterator<Item = usize>, allowed: f64) -> bool {
        let relabelled = self.state.relabelled().next().is_some();
        let slack = if relabelled { SLACK_OF_LABELS } else { SLACK };
        let mut total = 0.0;
        for part in fits {
            let own = &self.state.compiled.parts[part];
            let (PartKind::Fit(goals), Some(from)) = (&own.kind, &self.fits[part]) else {
                return true;
            };
            let rows = Rows::new(&self.state, own.condition, goals, &self.risks[part]);
            let guess = self.newton.guess(rows, from);
            if guess.distance(from) > LONG {
                return true;
            }
            total += guess.miss(goals, self.z);
        }
        total <= allowed + slack
    }

    fn fits_hold(&mut self, fits: impl Iterator<Item = usize>, allowed: f64) -> bool {
        let mut total = 0.0;
        for part in fits {
            let (miss, fit) = self.judge_fit(part);
            total += miss;
            self.judged.push((part, miss, fit));
            if total > allowed {
                return false;
            }
        }
        true
    }

    /// The miss of a part that is no fit.
    fn judge_plain(&mut self, part: usize) -> f64 {
        let own = &self.state.compiled.parts[part];
        match &own.kind {
            PartKind::Curve(goals) => self.walk.miss(&self.state, own.condition, goals),
            PartKind::Count(goals) => {
                let count = self.state.truth[own.condition].iter().map(|&own| f64::from(own)).sum();
                goals.miss(Values { estimate: Some(count), ..Values::default() })
            }
            PartKind::Fit(_) => 0.0,
        }
    }

    fn judge_fit(&mut self, part: usize) -> (f64, Option<Fit>) {
        let own = &self.state.compiled.parts[part];
        let PartKind::Fit(goals) = &own.kind else { return (0.0, None) };
        let cold = Fit::new(goals.columns.len());
        let from = self.fits[part].as_ref().unwrap_or(&cold);
        let rows = Rows::new(&self.state, own.condition, goals, &self.risks[part]);
        let mut fit = self.newton.step(rows, from);
        for _ in 1..STEPS {
            let Some(long) = fit.as_ref().filter(|fit| fit.moved > LONG) else { break };
            let risks = risks_of(&self.state, part, long);
            let rows = Rows::new(&self.state, own.condition, goals, &risks);
            fit = self.newton.step(rows, long);
        }
        (miss_of(fit.as_ref(), goals, self.z), fit)
    }

    fn accept(&mut self) {
        for (part, miss, fit) in std::mem::take(&mut self.judged) {
            self.total += miss - self.misses[part];
            self.misses[part] = miss;
            if part < self.fits.len() {
                self.take_fit(part, fit);
            }
        }
        self.state.keep();
    }

    fn take_fit(&mut self, part: usize, fit: Option<Fit>) {
        let fit = fit.unwrap_or_else(|| Fit::new(self.state.width[part]));
        self.risks[part] = risks_of(&self.state, part, &fit);
        self.fits[part] = Some(fit);
    }
}

/// Down from warm to cold, then up and down a little, again and again.
fn temperature(progress: f64) -> f64 {
    let (warm, within) =
        if progress < 1.0 { (WARM, progress) } else { (TEPID, (progress / AGAIN).fract()) };
    warm * (COLD / warm).powf(within)
}

fn risks_of(state: &State<'_>, model: usize, fit: &Fit) -> Vec<f64> {
    let rows = 0..state.compiled.problem.rows;
    rows.map(|row| fit.risk(state.covariates(model, row))).collect()
}
