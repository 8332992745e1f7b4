//! Arms that are compared: their hazard ratio and p as printed.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::curve::{Candidates, CurveReconstruction, DigitisedCurve, Individual};
use super::pair::{Compared, compare};
use super::{Constraint, ConstraintStatus};
use crate::error::{Error, Result};
use crate::published::{Printed, PrintedEstimate, PrintedValue};

/// Data sets an arm has to choose from, besides those asked for: more where too few pairs match.
const POOLS: [usize; 2] = [32, 160];

/// Arms of one study, the first of which is the reference.
#[derive(Debug, Clone)]
pub struct Trial {
    arms: Vec<DigitisedCurve>,
    hazard_ratio: Option<PrintedEstimate>,
    p: Option<Printed>,
}

/// What was made of the arms of a trial.
#[derive(Debug, Clone)]
pub struct TrialReconstruction {
    arms: Vec<CurveReconstruction>,
    constraints: Vec<Constraint>,
    matching: Option<usize>,
}

impl Trial {
    /// Begins with the arms.
    pub fn new(arms: Vec<DigitisedCurve>) -> Self {
        Self { arms, hazard_ratio: None, p: None }
    }

    /// The printed hazard ratio of the second arm against the first.
    pub fn hazard_ratio(self, hazard_ratio: PrintedEstimate) -> Self {
        Self { hazard_ratio: Some(hazard_ratio), ..self }
    }

    /// The printed p of the log-rank test.
    pub fn log_rank_p(self, p: Printed) -> Self {
        Self { p: Some(p), ..self }
    }

    /// Reconstructs every arm, and of two arms chooses data sets that compare as printed.
    ///
    /// # Errors
    /// Those of [`DigitisedCurve::reconstruct`]; without an arm; a comparison of other than two.
    pub fn reconstruct(&self, seed: u64, draws: usize) -> Result<TrialReconstruction> {
        if self.arms.is_empty() {
            return Err(Error::option("there is no arm to reconstruct"));
        }
        let draws = draws.max(1);
        let compared = self.hazard_ratio.is_some() || self.p.is_some();
        if !compared {
            let arms = (0..).zip(&self.arms).map(|(at, arm)| arm.candidates((seed, at), draws));
            let arms = arms.map(|own| own?.reconstruction((0..draws).collect()));
            let arms = arms.collect::<Result<Vec<_>>>()?;
            return Ok(TrialReconstruction { arms, constraints: Vec::new(), matching: None });
        }
        let [first, second] = self.arms.as_slice() else {
            let count = self.arms.len();
            let message = format!("a hazard ratio compares two arms, but there are {count}");
            return Err(Error::option(message));
        };
        let mut pools = [first.candidates((seed, 0), 1)?, second.candidates((seed, 1), 1)?];
        let (mut pairs, mut matching) = (Vec::new(), 0);
        for more in POOLS {
            pools.iter_mut().try_for_each(|pool| pool.grow(draws + more))?;
            (pairs, matching) = self.pairs(&pools, draws);
            if matching == draws {
                break;
            }
        }
        let [a, b] = pools;
        let (i, j) = pairs[0];
        let constraints = self.constraints(compare(a.people(i), b.people(j)));
        let mut arms = vec![
            a.reconstruction(pairs.iter().map(|own| own.0).collect())?,
            b.reconstruction(pairs.iter().map(|own| own.1).collect())?,
        ];
        if matching < draws {
            arms[1].remark(format!(
                "the printed comparison holds in {matching} of {draws} data sets: of the others \
                 none was found that has it"
            ));
        }
        Ok(TrialReconstruction { arms, constraints, matching: Some(matching) })
    }

    /// As many pairs as are asked for, each data set in one pair at most: first those that compare
    /// as printed, nearest to the curves first. Beside the pairs, how many of them do.
    fn pairs(&self, [a, b]: &[Candidates<'_>; 2], count: usize) -> (Vec<(usize, usize)>, usize) {
        let columns = b.len();
        let rows: Vec<Vec<f64>> = (0..a.len())
            .into_par_iter()
            .map(|i| (0..columns).map(|j| self.loss(compare(a.people(i), b.people(j)))).collect())
            .collect();
        let mut order: Vec<(usize, usize)> =
            (0..a.len()).flat_map(|i| (0..columns).map(move |j| (i, j))).collect();
        let misfit = |own: &Candidates<'_>| (0..own.len()).map(|at| own.misfit(at)).collect();
        let (of_a, of_b): (Vec<f64>, Vec<f64>) = (misfit(a), misfit(b));
        let rank = |&(i, j): &(usize, usize)| of_a[i] + of_b[j];
        order.sort_by(|x, y| {
            let loss = rows[x.0][x.1].total_cmp(&rows[y.0][y.1]);
            loss.then(rank(x).total_cmp(&rank(y)))
        });
        let (mut used_a, mut used_b) = (BTreeSet::new(), BTreeSet::new());
        let free = |own: &(usize, usize)| {
            let free = !used_a.contains(&own.0) && !used_b.contains(&own.1);
            if free {
                used_a.insert(own.0);
                used_b.insert(own.1);
            }
            free
        };
        let pairs: Vec<(usize, usize)> = order.into_iter().filter(free).take(count).collect();
        let matching = pairs.iter().filter(|own| rows[own.0][own.1] == 0.0).count();
        (pairs, matching)
    }

    /// How far a comparison is from the printed one; 0 where every digit is as printed.
    fn loss(&self, own: Option<Compared>) -> f64 {
        let Some(own) = own else { return f64::INFINITY };
        let mut loss = 0.0;
        if let Some(printed) = &self.hazard_ratio {
            loss += miss(&printed.estimate, own.hazard_ratio);
            if let Some((lower, upper)) = &printed.limits {
                loss += miss(lower, own.lower) + miss(upper, own.upper);
            }
        }
        loss + self.p.as_ref().map_or(0.0, |printed| miss(printed, own.p))
    }

    fn constraints(&self, own: Option<Compared>) -> Vec<Constraint> {
        let mut all = Vec::new();
        let mut add = |name: &str, printed: &Printed, value: Option<f64>| {
            let met = printed.matches(value);
            let status = if met { ConstraintStatus::Met } else { ConstraintStatus::Relaxed };
            let (given, reached) = (printed.text().to_owned(), printed.print_like(value));
            all.push(Constraint { name: name.to_owned(), given, reached, status });
        };
        if let Some(printed) = &self.hazard_ratio {
            add("hr", &printed.estimate, own.map(|own| own.hazard_ratio));
            if let Some((lower, upper)) = &printed.limits {
                add("hr_lower", lower, own.map(|own| own.lower));
                add("hr_upper", upper, own.map(|own| own.upper));
            }
        }
        if let Some(printed) = &self.p {
            add("p", printed, own.map(|own| own.p));
        }
        all
    }
}

/// Half units between a value and what prints so, squared; of p as far as it is printed.
fn miss(printed: &Printed, value: f64) -> f64 {
    if printed.matches(Some(value)) {
        return 0.0;
    }
    match printed.value() {
        PrintedValue::Number(own) => ((value - own).abs() / printed.half_unit()).powi(2),
        PrintedValue::Below(own) | PrintedValue::Above(own) => (10.0 * (value / own).ln()).powi(2),
        PrintedValue::NotReached => f64::INFINITY,
    }
}

impl TrialReconstruction {
    /// The arms in their order.
    pub fn arms(&self) -> &[CurveReconstruction] {
        &self.arms
    }

    /// The arms, taken out.
    pub fn into_arms(self) -> Vec<CurveReconstruction> {
        self.arms
    }

    /// How the printed comparison stands, in the first data sets.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// In how many draws the comparison is as printed; `None` where none is printed.
    pub fn matching(&self) -> Option<usize> {
        self.matching
    }
}

/// Individuals of a data set that others are chosen from.
impl Candidates<'_> {
    fn people(&self, at: usize) -> &[Individual] {
        &self.draws()[at]
    }
}
