//! What the profile likelihood says: ratio tests and limits.

use super::coefficient::{Interval, Profiled, Status};
use super::fit::{CoxFit, Test};
use super::maximum::{Maximum, Problem, count};
use crate::error::{Error, Result};
use crate::numeric::normal::normal_quantile;

/// Evaluations of the profile in the search of a limit.
const MAX_STEPS: usize = 100;
/// A step below this ends the search; the error after it is about its square.
const TOLERANCE: f64 = 1e-9;
/// A profile that falls less than this is flat.
const FLAT: f64 = 1e-8;

impl CoxFit<'_> {
    fn problem(&self) -> Problem<'_> {
        Problem {
            options: self.options,
            cohort: self.cohort,
            design: self.design,
            frame: &self.frame,
            members: self.members.as_ref(),
            penalised: self.penalised.as_deref(),
            reach: &self.reach,
        }
    }

    /// The profiles that the coefficients of this fit report.
    pub(super) fn profile(&mut self) -> Result<()> {
        let all = self.options.profile.unwrap_or(self.options.firth);
        for at in 0..self.status.len() {
            let asked = match self.status[at] {
                Status::Estimated => all,
                Status::Infinite => true,
                Status::Aliased | Status::Undetermined => false,
            };
            if asked {
                let interval = self.profile_interval(at)?;
                let test = self.test_of_zero(at)?;
                self.profiled[at] = Some(Profiled { interval, test });
            }
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
        let df = self.identified() - count(&smaller.free).min(self.identified());
        Ok(Test::new(2.0 * (self.objective() - smaller.objective()), df))
    }

    /// The likelihood-ratio test of a term, as R's `drop1(fit, test = "Chisq")`: none for a term
    /// that is part of a higher interaction.
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
            Status::Estimated => Ok(Interval {
                lower: Some(self.limit(coefficient, -1.0)?.exp()),
                upper: Some(self.limit(coefficient, 1.0)?.exp()),
            }),
            Status::Infinite => self.one_sided(coefficient),
        }
    }

    fn one_sided(&self, coefficient: usize) -> Result<Interval> {
        let open = Interval { lower: Some(0.0), upper: None };
        if self.test_of_zero(coefficient)?.statistic < FLAT {
            return Ok(open);
        }
        Ok(match self.upwards[coefficient] {
            true => Interval { lower: Some(self.limit(coefficient, -1.0)?.exp()), ..open },
            false => Interval { upper: Some(self.limit(coefficient, 1.0)?.exp()), ..open },
        })
    }

    fn test_of_zero(&self, coefficient: usize) -> Result<Test> {
        let mut start = self.beta.clone();
        start[coefficient] = 0.0;
        let fall = self.objective() - self.constrained(coefficient, start)?.objective();
        Ok(Test::new(2.0 * fall, 1))
    }

    fn objective(&self) -> f64 {
        let [_, penalised] =
            self.penalised_log_likelihood().unwrap_or([0.0, self.log_likelihood()]);
        penalised
    }

    /// Where the profile has fallen to the limit, below (−1) or above (1) the estimate.
    fn limit(&self, coefficient: usize, side: f64) -> Result<f64> {
        let z = normal_quantile(0.5 + 0.5 * self.options.conf_level);
        let (estimate, unit) = match self.status[coefficient] {
            Status::Estimated => {
                let unit = self.model_vcov.get(coefficient, coefficient).sqrt();
                (Some(self.beta[coefficient]), unit)
            }
            _ => (None, 1.0),
        };
        let mut search = Search { side, unit, fall: 0.5 * z * z, within: estimate, beyond: None };
        let mut at = estimate.map_or(0.0, |estimate| estimate + side * z * unit);
        let mut beta = self.beta.clone();
        for _ in 0..MAX_STEPS {
            beta[coefficient] = at;
            let found = self.constrained(coefficient, beta)?;
            let fall = (self.objective() - found.objective()).max(0.0);
            let next = search.next(at, fall, found.derivatives.score[coefficient]);
            if (next - at).abs() <= TOLERANCE * unit.min(1.0) {
                return Ok(next);
            }
            (at, beta) = (next, found.beta);
        }
        let name = &self.design.columns()[coefficient].name;
        Err(Error::analysis(format!("the profile-likelihood limit of {name} was not found")))
    }

    /// The maximum with one coefficient as it is.
    fn constrained(&self, coefficient: usize, start: Vec<f64>) -> Result<Maximum> {
        let others = |at: usize| at != coefficient && self.status[at] != Status::Aliased;
        let moves: Vec<bool> = (0..start.len()).map(others).collect();
        self.problem().maximise(start, &moves)
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
        let far = 8.0 * self.unit.max((at - self.within.unwrap_or(at)).abs());
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
