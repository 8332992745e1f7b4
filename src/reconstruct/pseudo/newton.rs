//! Cox fits that follow the rows: one Newton step a move, from where the last one ended.

use super::compiled::FitGoals;
use super::goal::Values;
use super::state::State;
use crate::numeric::tails::chi2_upper;

/// The miss of a fit that cannot be made.
const NO_FIT: f64 = 40.0;
/// The miss of a row too many or too few.
const ROW: f64 = 20.0;
/// A coefficient beyond this has no estimate.
const INFINITE: f64 = 7.0;
/// Newton's steps are cut to this length in a coefficient.
const LONGEST: f64 = 1.0;
/// Fits with more columns are refused.
pub(super) const WIDEST: usize = 16;

/// Columns of a design of some width, with those that stay 0: sums over a known number are fast.
pub(super) fn padded(width: usize) -> usize {
    match width {
        0..=4 => 4,
        5..=12 => width.next_multiple_of(2),
        _ => WIDEST,
    }
}

/// A fit as far as it has got.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    pub(super) coef: Vec<f64>,
    /// The inverse of the information, by rows.
    variance: Vec<f64>,
    /// The largest change of the last step.
    pub(super) moved: f64,
    n: usize,
}

/// Room for the sums of a fit.
#[derive(Debug, Default, Clone)]
pub(super) struct Newton {
    jumps: Vec<f64>,
    information: Vec<f64>,
    score: Vec<f64>,
    sum: Vec<f64>,
}

impl Fit {
    /// The largest difference in a coefficient.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let pairs = self.coef.iter().zip(&other.coef);
        pairs.fold(0.0, |most, (own, other)| most.max((own - other).abs()))
    }

    /// exp(x'β) of a row.
    pub(super) fn risk(&self, x: &[f64]) -> f64 {
        self.coef.iter().zip(x).map(|(coef, x)| coef * x).sum::<f64>().exp()
    }

    pub(super) fn new(width: usize) -> Self {
        Self { coef: vec![0.0; width], variance: vec![0.0; width * width], moved: 1.0, n: 0 }
    }

    /// How far it is from all that is wanted of it.
    pub(super) fn miss(&self, goals: &FitGoals, z: f64) -> f64 {
        let width = self.coef.len();
        let std_err = |at: usize| self.variance[at * (width + 1)].sqrt();
        let ratio = |&(at, goal): &(usize, super::goal::Goals)| {
            let (coef, error) = (self.coef[at], z * std_err(at));
            let values = Values {
                estimate: Some(coef.exp()),
                lower: Some((coef - error).exp()),
                upper: Some((coef + error).exp()),
            };
            goal.miss(values) + goal.miss_of_spread(error)
        };
        let p_value = |(columns, goal): &(Vec<usize>, super::goal::Goals)| {
            goal.miss(Values { estimate: self.wald_p(columns), ..Values::default() })
        };
        let far = self.coef.iter().map(|coef| (coef.abs() - INFINITE).max(0.0)).sum::<f64>();
        let n = goals.n.map_or(0.0, |n| ROW * (n as f64 - self.n as f64).abs());
        goals.ratios.iter().map(ratio).sum::<f64>()
            + goals.p_values.iter().map(p_value).sum::<f64>()
            + far
            + n
    }

    fn wald_p(&self, columns: &[usize]) -> Option<f64> {
        let width = self.coef.len();
        let mut part: Vec<f64> = columns
            .iter()
            .flat_map(|&i| columns.iter().map(move |&j| self.variance[i * width + j]))
            .collect();
        let mut solved: Vec<f64> = columns.iter().map(|&at| self.coef[at]).collect();
        factor(&mut part, columns.len()).then_some(())?;
        solve(&part, &mut solved);
        let statistic: f64 =
            columns.iter().zip(&solved).map(|(&at, own)| self.coef[at] * own).sum();
        Some(chi2_upper(statistic, columns.len() as f64).p)
    }
}

/// The rows of a fit, in the order of time, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    order: &'a [u16],
    truth: &'a [u8],
    days: &'a [i32],
    event: &'a [bool],
    design: &'a [f64],
    /// exp(x'β) by row.
    risk: &'a [f64],
    width: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        state: &'a State<'_>,
        condition: usize,
        goals: &FitGoals,
        risk: &'a [f64],
    ) -> Self {
        Self {
            order: &state.order[goals.clock],
            truth: &state.truth[condition],
            days: &state.days[goals.clock],
            event: &state.event[goals.clock],
            design: &state.design[goals.model],
            risk,
            width: goals.columns.len(),
        }
    }

    fn forwards(&self) -> impl DoubleEndedIterator<Item = usize> {
        let truth = self.truth;
        self.order.iter().map(|&row| usize::from(row)).filter(move |&row| truth[row] == 1)
    }

    fn covariates<const P: usize>(&self, row: usize) -> &'a [f64; P] {
        self.design[row * P..].first_chunk().unwrap_or(&[0.0; P])
    }

    /// Walks backwards; `visit` is given S1/S0, the events of a time, and their sum of covariates.
    /// Each row's jump of the cumulative hazard is left in `jumps`, 0 but for a time's first row.
    fn sweep<const P: usize>(
        &self,
        jumps: &mut Vec<f64>,
        mut visit: impl FnMut(&[f64; P], f64),
    ) -> [f64; P] {
        let (mut s0, mut s1, mut deaths, mut sum) = (0.0, [0.0; P], 0.0, [0.0; P]);
        jumps.clear();
        let mut rows = self.forwards().rev();
        let mut next = rows.next();
        while let Some(row) = next {
            let x = self.covariates::<P>(row);
            let risk = self.risk[row];
            s0 += risk;
            add(&mut s1, x, risk);
            if self.event[row] {
                deaths += 1.0;
                add(&mut sum, x, 1.0);
            }
            next = rows.next();
            let mut jump = 0.0;
            if deaths > 0.0 && next.is_none_or(|other| self.days[other] != self.days[row]) {
                jump = deaths / s0;
                let mean = s1.map(|own| own / s0);
                add(&mut sum, &mean, -deaths);
                visit(&mean, deaths);
                deaths = 0.0;
            }
            jumps.push(jump);
        }
        sum
    }
}

impl Newton {
    /// One step from a fit on the rows as they are now; `None` when there is no fit.
    pub(super) fn step(&mut self, rows: Rows<'_>, from: &Fit) -> Option<Fit> {
        match padded(rows.width) {
            4 => self.step_of::<4>(rows, from),
            6 => self.step_of::<6>(rows, from),
            8 => self.step_of::<8>(rows, from),
            10 => self.step_of::<10>(rows, from),
            12 => self.step_of::<12>(rows, from),
            _ => self.step_of::<WIDEST>(rows, from),
        }
    }

    /// A step with the information that the fit came with: a guess, at a fraction of the cost.
    pub(super) fn guess(&mut self, rows: Rows<'_>, from: &Fit) -> Fit {
        match padded(rows.width) {
            4 => self.guess_of::<4>(rows, from),
            6 => self.guess_of::<6>(rows, from),
            8 => self.guess_of::<8>(rows, from),
            10 => self.guess_of::<10>(rows, from),
            12 => self.guess_of::<12>(rows, from),
            _ => self.guess_of::<WIDEST>(rows, from),
        }
    }

    fn guess_of<const P: usize>(&mut self, rows: Rows<'_>, from: &Fit) -> Fit {
        let score = rows.sweep::<P>(&mut self.jumps, |_, _| {});
        let width = rows.width;
        let mut guess = from.clone();
        guess.n = self.jumps.len();
        for (line, coef) in guess.coef.iter_mut().enumerate() {
            let variance = &from.variance[line * width..(line + 1) * width];
            *coef += variance.iter().zip(&score).map(|(own, score)| own * score).sum::<f64>();
        }
        guess
    }

    /// Σ over event times of d·(S1/S0)(S1/S0)ᵀ is subtracted from Σ θ Λ(exit) x xᵀ, which needs no
    /// second moments along the way (Breslow ties).
    fn step_of<const P: usize>(&mut self, rows: Rows<'_>, from: &Fit) -> Option<Fit> {
        let mut information = [[0.0; P]; P];
        let score =
            rows.sweep::<P>(&mut self.jumps, |mean, deaths| outer(&mut information, mean, -deaths));
        // Walking forwards, a time's jump stands at its first row.
        let mut cumulative = 0.0;
        for (row, jump) in rows.forwards().zip(self.jumps.iter().rev()) {
            cumulative += jump;
            if cumulative > 0.0 {
                let x = rows.covariates::<P>(row);
                outer(&mut information, x, rows.risk[row] * cumulative);
            }
        }
        self.finish(from, self.jumps.len(), &score, &information)
    }

    fn finish<const P: usize>(
        &mut self,
        from: &Fit,
        n: usize,
        score: &[f64; P],
        information: &[[f64; P]; P],
    ) -> Option<Fit> {
        let width = from.coef.len();
        self.information.clear();
        for line in 0..width {
            let lower = (0..width).map(|at| information[line.max(at)][line.min(at)]);
            self.information.extend(lower);
        }
        if !factor(&mut self.information, width) {
            return None;
        }
        self.score.clear();
        self.score.extend_from_slice(&score[..width]);
        solve(&self.information, &mut self.score);
        let longest = self.score.iter().fold(0.0, |most: f64, own| most.max(own.abs()));
        if !longest.is_finite() {
            return None;
        }
        let cut = if longest > LONGEST { LONGEST / longest } else { 1.0 };
        let coef = from.coef.iter().zip(&self.score).map(|(own, step)| own + cut * step).collect();
        let mut variance = vec![0.0; width * width];
        for line in 0..width {
            self.sum.clear();
            self.sum.resize(width, 0.0);
            self.sum[line] = 1.0;
            solve(&self.information, &mut self.sum);
            variance[line * width..(line + 1) * width].copy_from_slice(&self.sum);
        }
        Some(Fit { coef, variance, moved: longest, n })
    }
}

/// The miss of what may be no fit.
pub(super) fn miss_of(fit: Option<&Fit>, goals: &FitGoals, z: f64) -> f64 {
    fit.map_or(NO_FIT, |fit| fit.miss(goals, z))
}

fn add<const P: usize>(sum: &mut [f64; P], x: &[f64; P], factor: f64) {
    sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += factor * x);
}

/// Adds factor·x xᵀ; only the lower triangle is read later.
fn outer<const P: usize>(sum: &mut [[f64; P]; P], x: &[f64; P], factor: f64) {
    for (at, line) in sum.iter_mut().enumerate() {
        let own = factor * x[at];
        if own != 0.0 {
            let pairs = line.iter_mut().zip(x);
            pairs.take(at + 1).for_each(|(sum, x)| *sum += own * x);
        }
    }
}

/// Cholesky's factor in place of the lower triangle; false when it has none.
fn factor(matrix: &mut [f64], width: usize) -> bool {
    for i in 0..width {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| matrix[i * width + k] * matrix[j * width + k]).sum();
            let rest = matrix[i * width + j] - dot;
            if i > j {
                matrix[i * width + j] = rest / matrix[j * (width + 1)];
            } else if rest > 1e-10 * matrix[i * (width + 1)].abs() && rest > 0.0 {
                matrix[i * (width + 1)] = rest.sqrt();
            } else {
                return false;
            }
        }
    }
    true
}

/// Solves with a factor, in place.
fn solve(factor: &[f64], right: &mut [f64]) {
    let width = right.len();
    for i in 0..width {
        let dot: f64 = (0..i).map(|k| factor[i * width + k] * right[k]).sum();
        right[i] = (right[i] - dot) / factor[i * (width + 1)];
    }
    for i in (0..width).rev() {
        let dot: f64 = (i + 1..width).map(|k| factor[k * width + i] * right[k]).sum();
        right[i] = (right[i] - dot) / factor[i * (width + 1)];
    }
}
