//! What the profile likelihood says: ratio tests and limits.

use rayon::prelude::*;

use super::coefficient::{Interval, Profiled, Status};
use super::fit::{CoxFit, Test};
use super::maximum::{Maximum, Problem, count};
use super::newton::Scaled;
use super::separation::{Cone, limit};
use crate::cohort::Cohort;
use crate::error::{Error, Result};
use crate::note::Note;
use crate::numeric::normal::normal_quantile;

/// Evaluations of the profile in the search of a limit.
const MAX_STEPS: usize = 100;
/// A step below this ends the search; the error after it is about its square.
const TOLERANCE: f64 = 1e-9;
/// A profile that falls less than this is flat.
const FLAT: f64 = 1e-8;

impl CoxFit<'_> {
    fn problem(&self) -> Problem<'_> {
        Problem::new(self.options, (self.cohort, self.design), &self.frame, &self.extras)
    }

    /// The profiles that the coefficients of this fit report.
    pub(super) fn profile_coefficients(&mut self) -> Result<()> {
        let all = self.is_profiled();
        let asked = |at: usize| match self.status[at] {
            Status::Estimated => all,
            _ => false,
        };
        let own = |at: usize| match self.status[at] {
            // Twice its logarithm is no χ² where rows depend on one another.
            Status::Infinite if self.cohort.is_dependent() => Ok(None),
            // A limit that cannot be found is none, and does not spoil the rest of the fit.
            Status::Infinite => Ok(self.profiled(at).ok()),
            _ => asked(at).then(|| self.profiled(at)).transpose(),
        };
        let each = (0..self.status.len()).into_par_iter().map(own).collect::<Result<_>>()?;
        self.profiled = each;
        let lost = |at: &usize| {
            self.status[*at] == Status::Infinite
                && self.profiled[*at].is_none()
                && !self.cohort.is_dependent()
        };
        for at in (0..self.status.len()).filter(lost).collect::<Vec<_>>() {
            let name = &self.design.columns()[at].name;
            let text = format!("{name}: its profile likelihood could not be followed");
            self.notes.push(Note::Remark(text));
        }
        Ok(())
    }

    /// The likelihood-ratio test that some coefficients are 0, others maximised anew.
    ///
    /// With Firth's penalty the determinant stays that of all columns, so that test and interval
    /// are of one profile.
    ///
    /// # Errors
    /// No convergence of the smaller model.
    pub fn likelihood_ratio_of(&self, coefficients: std::ops::Range<usize>) -> Result<Test> {
        let moves: Vec<bool> =
            (0..self.status.len()).map(|at| !coefficients.contains(&at)).collect();
        let start = self.beta.iter().zip(&moves);
        let start = start.map(|(&beta, &moves)| if moves { beta } else { 0.0 }).collect();
        let smaller = self.problem().maximise(start, &moves)?;
        let df = self.df() - count(&smaller.origin.free).min(self.df());
        Ok(Test::new(2.0 * (self.objective() - smaller.objective()), df))
    }

    /// The likelihood-ratio test of a term, as R's `drop1(fit, test = "Chisq")`: none for a term
    /// that is part of a higher interaction. With sampling weights or clusters the statistic has no χ²
    /// distribution, and Wald's test is to be told.
    ///
    /// # Errors
    /// No such term; no convergence of the smaller model.
    pub fn term_likelihood_ratio(&self, term: usize) -> Result<Option<Test>> {
        let terms = self.design.terms();
        let Some(own) = terms.get(term) else {
            return Err(Error::option(format!("there is no term number {term}")));
        };
        if terms.iter().any(|other| contains(&other.name, &own.name)) {
            return Ok(None);
        }
        self.likelihood_ratio_of(own.columns.clone()).map(Some)
    }

    /// The profile-likelihood interval of a hazard ratio, at the level of the fit.
    ///
    /// The coefficients c for which 2(ℓ(β̂) − max ℓ(β | βⱼ = c)) is at most the χ² quantile with one
    /// degree of freedom, found to 1e-8 on the log scale. The interval of an infinite coefficient is
    /// open on its side: 0, or no upper limit. Aliased coefficients have no limits. With Firth's
    /// penalty ℓ is the penalised likelihood. R: `coxphf`, SAS `risklimits = pl`. Venzon and
    /// Moolgavkar 1988, doi:10.2307/2347496.
    ///
    /// # Errors
    /// No convergence of a constrained fit.
    pub fn profile_interval(&self, coefficient: usize) -> Result<Interval> {
        match self.status[coefficient] {
            Status::Aliased | Status::Undetermined => Ok(Interval::default()),
            _ => Ok(self.profiled(coefficient)?.interval),
        }
    }

    fn profiled(&self, at: usize) -> Result<Profiled> {
        if self.status[at] != Status::Infinite {
            let profile = Profile { fit: self, problem: self.problem(), coefficient: at };
            return profile.two_sided();
        }
        let profile = |problem: Problem<'_>| self.one_sided(problem, at);
        match self.without_others(at) {
            Some(cohort) => self.problem().on(&cohort, profile),
            None => profile(self.problem()),
        }
    }

    fn one_sided(&self, problem: Problem<'_>, coefficient: usize) -> Result<Profiled> {
        Profile { fit: self, problem, coefficient }.one_sided()
    }

    /// The limit along the directions of separation that leave a coefficient as it is.
    fn without_others(&self, coefficient: usize) -> Option<Cohort> {
        let problem = self.problem();
        let carried = |own: &Status| matches!(own, Status::Infinite | Status::Undetermined);
        let mut others: Vec<bool> = self.status.iter().map(carried).collect();
        others[coefficient] = false;
        let (origin, _) = problem.origin(vec![0.0; others.len()], &others);
        problem.with_rows(|members| {
            let cone = Cone::new(members, self.options.ties, &origin.derivatives, &others);
            let direction = cone.toward(&origin.derivatives.score)?;
            Some(limit(self.cohort, members, &direction))
        })
    }

    fn objective(&self) -> f64 {
        let [_, penalised] =
            self.penalised_log_likelihood().unwrap_or([0.0, self.log_likelihood()]);
        penalised
    }
}

/// The likelihood as a function of one coefficient, the others maximised.
struct Profile<'p> {
    fit: &'p CoxFit<'p>,
    problem: Problem<'p>,
    coefficient: usize,
}

impl Profile<'_> {
    fn two_sided(&self) -> Result<Profiled> {
        let (lower, upper) = (self.limit(-1.0)?.exp(), self.limit(1.0)?.exp());
        let interval = Interval { lower: Some(lower), upper: Some(upper) };
        Ok(Profiled { interval, test: self.test_of_zero()? })
    }

    /// Of an infinite coefficient.
    fn one_sided(&self) -> Result<Profiled> {
        let test = self.test_of_zero()?;
        let mut interval = Interval { lower: Some(0.0), upper: None };
        match self.fit.upwards[self.coefficient] {
            _ if test.statistic < FLAT => {}
            true => interval.lower = Some(self.limit(-1.0)?.exp()),
            false => interval.upper = Some(self.limit(1.0)?.exp()),
        }
        Ok(Profiled { interval, test })
    }

    fn test_of_zero(&self) -> Result<Test> {
        let at_zero = self.at(0.0, self.fit.beta.clone())?;
        Ok(Test::new(2.0 * (self.fit.objective() - at_zero.objective()), 1))
    }

    /// The maximum with the coefficient at a value.
    fn at(&self, value: f64, mut start: Vec<f64>) -> Result<Maximum> {
        start[self.coefficient] = value;
        let aliased = |at: usize| self.fit.status[at] == Status::Aliased;
        let moves = |at: usize| at != self.coefficient && !aliased(at);
        let moves: Vec<bool> = (0..start.len()).map(moves).collect();
        self.problem.maximise(start, &moves)
    }

    /// Moves the other coefficients as their maximum does when this one moves, to the first order.
    fn move_along(&self, beta: &mut [f64], by: f64, slope: impl Fn(usize) -> f64) {
        let others = beta.iter_mut().enumerate().filter(|(other, _)| *other != self.coefficient);
        others.for_each(|(other, beta)| *beta += by * slope(other));
    }

    /// Where the profile has fallen to the limit, below (−1) or above (1) the estimate.
    fn limit(&self, side: f64) -> Result<f64> {
        let CoxFit { options, status, beta, model_vcov, units, design, .. } = self.fit;
        let z = normal_quantile(0.5 + 0.5 * options.conf_level);
        let (estimate, unit) = match status[self.coefficient] {
            Status::Estimated => {
                let unit = model_vcov.get(self.coefficient, self.coefficient).sqrt();
                (Some(beta[self.coefficient]), unit)
            }
            _ => (None, units[self.coefficient]),
        };
        let mut search = Search { side, unit, fall: 0.5 * z * z, within: estimate, beyond: None };
        let mut at = estimate.map_or(0.0, |estimate| estimate + side * z * unit);
        let mut start = beta.clone();
        if let Some(estimate) = estimate {
            self.move_along(&mut start, at - estimate, |other| {
                model_vcov.get(other, self.coefficient) / (unit * unit)
            });
        }
        for _ in 0..MAX_STEPS {
            let found = self.at(at, start)?;
            let fall = (self.fit.objective() - found.objective()).max(0.0);
            let next = search.next(at, fall, found.derivatives.score[self.coefficient]);
            if (next - at).abs() <= TOLERANCE * unit.min(1.0) {
                return Ok(next);
            }
            let information = &found.derivatives.information;
            let with: Vec<f64> =
                (0..beta.len()).map(|other| information.get(other, self.coefficient)).collect();
            let slopes = Scaled::new(information, &found.limit.free).solve(&with);
            start = found.beta;
            self.move_along(&mut start, next - at, |other| -slopes[other]);
            at = next;
        }
        let name = &design.columns()[self.coefficient].name;
        Err(Error::analysis(format!("the profile-likelihood limit of {name} was not found")))
    }
}

/// The search for the point where a profile has fallen by a given amount.
struct Search {
    side: f64,
    unit: f64,
    fall: f64,
    /// A point that is still within the limit, and one that is beyond.
    within: Option<f64>,
    beyond: Option<f64>,
}

impl Search {
    /// The next point after one where the profile has fallen by `fall` and has this slope.
    fn next(&mut self, at: f64, fall: f64, slope: f64) -> f64 {
        if fall > self.fall {
            self.beyond = Some(at)
        } else {
            self.within = Some(at)
        }
        // The root of the fall is nearly a straight line.
        let newton = at + 2.0 * fall.sqrt() * (fall.sqrt() - self.fall.sqrt()) / slope;
        let inside =
            |bound: Option<f64>, side: f64| bound.is_none_or(|b| (newton - b) * side > 0.0);
        let far = 8.0 * self.unit.max((at - self.within.unwrap_or(0.0)).abs());
        let sensible = (newton - at).abs() <= far;
        match (self.within, self.beyond) {
            _ if newton == at => at,
            (within, beyond)
                if sensible && inside(within, self.side) && inside(beyond, -self.side) =>
            {
                newton
            }
            (Some(within), Some(beyond)) => 0.5 * (within + beyond),
            (Some(_), None) => at + self.side * far,
            (None, _) => at - self.side * far,
        }
    }
}

/// Whether a term is an interaction of another with something else.
fn contains(whole: &str, part: &str) -> bool {
    let (whole, part) = (factors(whole), factors(part));
    whole.len() > part.len() && part.iter().all(|own| whole.contains(own))
}

/// The parts of an interaction: what stands between colons outside brackets and quotes.
fn factors(term: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0_i32, None, 0, Vec::new());
    for (at, sign) in term.char_indices() {
        match (quoted, sign) {
            (Some(open), _) if sign == open => quoted = None,
            (Some(_), _) => {}
            (None, '`' | '"' | '\'') => quoted = Some(sign),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, ':') if depth == 0 => {
                parts.push(&term[start..at]);
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&term[start..]);
    parts
}

#[cfg(test)]
mod tests;
