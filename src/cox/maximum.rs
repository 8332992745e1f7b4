//! The maximum of the likelihood over some coefficients, which may lie at infinity.

use super::alias::estimable;
use super::frame::Frame;
use super::likelihood::{Derivatives, Form, Point};
use super::members::Members;
use super::newton::{Control, Convergence, Scaled, Solution, Stop, climb};
use super::options::Cox;
use super::separation::{Cone, limit};
use super::ties::Ties;
use crate::cohort::{Cohort, Design};
use crate::error::{Error, Result};

/// Iterations after which a fit that has not converged is looked at for separation.
const LOOK: usize = 20;
/// Of a column's Σ v x² the information must be at least this, lest it be rounding.
const SOLID: f64 = 1e-9;
/// Rows that enter late, up to which risk sets can be summed one by one where that must be.
const SUMMED_ANEW: usize = 10_000;

/// What is maximised.
#[derive(Clone, Copy)]
pub(super) struct Problem<'p> {
    pub(super) options: Cox,
    pub(super) cohort: &'p Cohort,
    pub(super) design: &'p Design,
    pub(super) frame: &'p Frame<'p>,
    members: Option<&'p Members<'p>>,
    penalised: Option<&'p [bool]>,
    reach: &'p [f64],
}

/// What a fit needs besides its frame.
#[derive(Debug)]
pub(super) struct Extras<'a> {
    /// The rows, when every risk set may have to be looked at.
    members: Option<Members<'a>>,
    /// The coefficients under Firth's penalty.
    pub(super) penalised: Option<Vec<bool>>,
    /// The largest distance of a value from the centre of its column.
    reach: Vec<f64>,
}

/// Where a climb begins.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) log_likelihood: f64,
    pub(super) penalty: f64,
    pub(super) derivatives: Derivatives,
    /// Columns that may move and are not aliased.
    pub(super) free: Vec<bool>,
}

/// Where the likelihood is highest.
pub(super) struct Maximum {
    pub(super) origin: Origin,
    /// The origin in the limit, when some coefficients go to infinity; else the same.
    pub(super) limit: Origin,
    /// Where Newton's method ended on the data as they are.
    pub(super) point: Point,
    /// The coefficients; of the limit, when some go to infinity. So is what follows.
    pub(super) beta: Vec<f64>,
    pub(super) log_likelihood: f64,
    pub(super) penalty: f64,
    pub(super) derivatives: Derivatives,
    pub(super) convergence: Convergence,
}

impl Maximum {
    fn finite(origin: Origin, solution: Solution) -> Self {
        let Solution { point, derivatives, convergence, .. } = solution;
        Self {
            limit: origin.clone(),
            origin,
            beta: point.beta.clone(),
            log_likelihood: point.log_likelihood,
            penalty: point.penalty,
            point,
            derivatives,
            convergence,
        }
    }

    /// What is maximised, at its supremum.
    pub(super) fn objective(&self) -> f64 {
        self.log_likelihood + self.penalty
    }

    /// Whether the likelihood rises for ever along some direction.
    pub(super) fn separated(&self) -> bool {
        self.convergence.reason == Stop::Separation
    }
}

impl<'a> Extras<'a> {
    pub(super) fn new(
        options: Cox,
        cohort: &'a Cohort,
        design: &'a Design,
        frame: &Frame<'_>,
    ) -> Self {
        let late = cohort.entry().is_some() && cohort.n_rows() <= SUMMED_ANEW;
        let looks = late || options.firth || options.ties == Ties::Exact;
        let members = looks.then(|| Members::new(frame, cohort, design));
        let reach = reach(design, &frame.centre);
        let mut own = Self { members, penalised: None, reach };
        if options.firth {
            let problem = Problem::new(options, (cohort, design), frame, &own);
            let zeros = vec![0.0; design.n_columns()];
            let (origin, _) = problem.origin(zeros, &vec![true; design.n_columns()]);
            own.penalised = Some(origin.free);
        }
        own
    }
}

/// How many are true.
pub(super) fn count(own: &[bool]) -> usize {
    own.iter().filter(|own| **own).count()
}

/// The largest distance of a value from the centre of its column.
fn reach(design: &Design, centre: &[f64]) -> Vec<f64> {
    let reach = |(at, centre): (usize, &f64)| {
        let [low, high] = design.range(at);
        (high - centre).max(centre - low)
    };
    centre.iter().enumerate().map(reach).collect()
}

impl<'p> Problem<'p> {
    pub(super) fn new(
        options: Cox,
        (cohort, design): (&'p Cohort, &'p Design),
        frame: &'p Frame<'p>,
        extras: &'p Extras<'p>,
    ) -> Self {
        let Extras { members, penalised, reach } = extras;
        let (members, penalised) = (members.as_ref(), penalised.as_deref());
        Self { options, cohort, design, frame, members, penalised, reach }
    }

    fn form(&self) -> Form<'p> {
        let Self { members, penalised, .. } = *self;
        Form { ties: self.options.ties, members, penalised }
    }

    /// The highest point above `start` over the coefficients that move.
    pub(super) fn maximise(&self, start: Vec<f64>, moves: &[bool]) -> Result<Maximum> {
        self.maximise_below(usize::MAX, start, moves)
    }

    /// The same, when fewer than so many columns are left that are not aliased.
    fn maximise_below(&self, most: usize, start: Vec<f64>, moves: &[bool]) -> Result<Maximum> {
        let (origin, start) = self.origin(start, moves);
        self.check_offset(&start)?;
        self.check_size(&origin.free)?;
        let begin = (start, origin.derivatives.clone());
        if count(&origin.free) >= most {
            return Err(self.not_converged(&Solution::nowhere(begin), &origin.free));
        }
        let mut solution = self.climb(begin, &origin.free, LOOK);
        if let Some(cohort) = self.separated(&origin, &solution) {
            let beyond = self.beyond(&cohort, &solution, moves, &origin.free)?;
            return Ok(Maximum { point: solution.point, origin, ..beyond });
        }
        if solution.convergence.reason == Stop::Iterations {
            solution = self.climb_on(solution, &origin.free);
        }
        match solution.convergence.reason {
            Stop::Iterations => Err(self.not_converged(&solution, &origin.free)),
            _ => Ok(Maximum::finite(origin, solution)),
        }
    }

    /// The likelihood where a climb begins.
    pub(super) fn origin(&self, start: Vec<f64>, moves: &[bool]) -> (Origin, Point) {
        let start = Point::new(self.frame, self.form(), start);
        let derivatives = start.derivatives(self.frame, self.form());
        let free = estimable(&derivatives, moves);
        let Point { log_likelihood, penalty, .. } = start;
        (Origin { log_likelihood, penalty, derivatives, free }, start)
    }

    fn climb(&self, from: (Point, Derivatives), free: &[bool], most: usize) -> Solution {
        let max_iterations = most.min(self.options.control.max_iterations);
        let control = Control { max_iterations, ..self.options.control };
        climb(self.frame, self.form(), from, free, control)
    }

    /// The cohort of the limit, when the events are separated.
    fn separated(&self, origin: &Origin, solution: &Solution) -> Option<Cohort> {
        if self.penalised.is_some() || self.surely_finite(solution, &origin.free) {
            return None;
        }
        self.with_rows(|members| {
            let cone = Cone::new(members, self.options.ties, &origin.derivatives, &origin.free);
            let direction = cone.direction(&solution.step, &origin.derivatives.score)?;
            Some(limit(self.cohort, members, &direction))
        })
    }

    /// Goes on where too few iterations were granted at first.
    fn climb_on(&self, before: Solution, free: &[bool]) -> Solution {
        let Solution { point, derivatives, convergence, .. } = before;
        let left = self.options.control.max_iterations.saturating_sub(convergence.iterations);
        let mut own = self.climb((point, derivatives), free, left);
        own.convergence.iterations += convergence.iterations;
        own.convergence.halvings += convergence.halvings;
        own
    }

    /// Looks at the rows and their risk sets.
    pub(super) fn with_rows<T>(&self, look: impl FnOnce(&Members<'_>) -> T) -> T {
        match self.members {
            Some(members) => look(members),
            None => look(&Members::new(self.frame, self.cohort, self.design)),
        }
    }

    /// The maximum in the limit along a direction in which the likelihood rises for ever.
    fn beyond(
        &self,
        cohort: &Cohort,
        solution: &Solution,
        moves: &[bool],
        free: &[bool],
    ) -> Result<Maximum> {
        let fixed = solution.point.beta.iter().zip(moves);
        let start = fixed.map(|(&beta, &moves)| if moves { 0.0 } else { beta }).collect();
        let mut own =
            self.on(cohort, |problem| problem.maximise_below(count(free), start, moves))?;
        own.convergence.iterations += solution.convergence.iterations;
        own.convergence.halvings += solution.convergence.halvings;
        own.convergence.reason = Stop::Separation;
        Ok(own)
    }

    /// The same problem on a cohort with strata split further.
    pub(super) fn on<T>(&self, cohort: &Cohort, solve: impl FnOnce(Problem<'_>) -> T) -> T {
        let frame = Frame::new(cohort, self.design);
        let members = self.members.is_some().then(|| Members::new(&frame, cohort, self.design));
        solve(Problem { cohort, frame: &frame, members: members.as_ref(), ..*self })
    }

    /// Whether the gradient and the information rule separation out.
    ///
    /// Along a direction γ of separation the gaps g = x'γ of who fails less that of who is at risk
    /// are not negative, so their variance is at most the largest gap times their mean: γ'Iγ ≤ G·U'γ.
    /// With μ the smallest eigenvalue of I on the scale of standard errors, and R the largest
    /// distance between rows on that scale, it needs μ ≤ R·|U|.
    fn surely_finite(&self, solution: &Solution, free: &[bool]) -> bool {
        let Derivatives { score, information, about_centre, .. } = &solution.derivatives;
        let scaled = Scaled::new(information, free);
        let free: Vec<usize> = (0..free.len()).filter(|&at| free[at]).collect();
        // What is left of Σ v x² must be more than rounding.
        let solid = |&at: &usize| information.get(at, at) > SOLID * about_centre[at];
        let climbing = solution.convergence.reason == Stop::Iterations;
        if climbing || scaled.factor.rank() < free.len() || !free.iter().all(solid) {
            return false;
        }
        let length = |own: &[f64]| -> f64 {
            free.iter().map(|&at| (own[at] / scaled.scale[at]).powi(2)).sum::<f64>().sqrt()
        };
        let inverse = scaled.factor.inverse();
        let smallest = 1.0 / free.iter().map(|&at| inverse.get(at, at)).sum::<f64>();
        free.is_empty() || smallest > 2.0 * self.together() * length(self.reach) * length(score)
    }

    /// How many rows' gaps add up to one.
    fn together(&self) -> f64 {
        match self.options.ties {
            Ties::Exact => self.frame.tied.iter().copied().fold(1.0, f64::max),
            _ => 1.0,
        }
    }

    /// Without covariates only an offset can leave nothing but rounding of a risk set.
    fn check_offset(&self, start: &Point) -> Result<()> {
        let at_zero = start.beta.iter().all(|beta| *beta == 0.0);
        if !at_zero || start.log_likelihood.is_finite() {
            return Ok(());
        }
        let message = "the offset spreads over so many orders of magnitude that risk sets vanish \
                       beside others: offsets are added to x'β, on the log scale; rescale it";
        Err(Error::analysis(message))
    }

    fn check_size(&self, free: &[bool]) -> Result<()> {
        let (coefficients, events) = (count(free), self.frame.events());
        if coefficients as f64 <= events || self.penalised.is_some() {
            return Ok(());
        }
        let message = format!(
            "{coefficients} coefficients for {events} events: the likelihood has no maximum worth \
             reporting; use fewer terms, or a penalty (--firth, --penalty)"
        );
        Err(Error::analysis(message))
    }

    fn not_converged(&self, solution: &Solution, free: &[bool]) -> Error {
        let Solution { derivatives, convergence, .. } = solution;
        let gradient =
            |at: usize| derivatives.score[at].abs() / derivatives.information.get(at, at).sqrt();
        let all = (0..free.len()).filter(|&at| free[at]);
        let worst = all.max_by(|&a, &b| gradient(a).total_cmp(&gradient(b)));
        let name = worst.map_or("", |at| self.design.columns()[at].name.as_str());
        let Convergence { iterations, gradient, .. } = convergence;
        Error::analysis(format!(
            "the fit did not converge in {iterations} iterations: {name} is still {gradient:.1e} \
             standard errors from the maximum; rescale or transform it"
        ))
    }
}
