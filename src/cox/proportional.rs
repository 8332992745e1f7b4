//! The test of proportional hazards.

use super::fit::{CoxFit, Test};
use super::likelihood::Derivatives;
use crate::cohort::Weights;
use crate::curve::unweighted_survival;
use crate::error::{Error, Result};
use crate::numeric::linalg::{Ldl, SymMatrix};
use crate::risk::RiskSets;

/// The function g of time with which effects may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhTransform {
    /// 1 − S(t−), with the Kaplan–Meier curve of all subjects. R's default.
    #[default]
    Km,
    /// The mean rank of t among all times of follow-up.
    Rank,
    /// ln t.
    Log,
    /// t.
    Identity,
}

impl PhTransform {
    /// Every transform.
    pub const ALL: [Self; 4] = [Self::Km, Self::Rank, Self::Log, Self::Identity];

    /// Its name on the command line, as R's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Km => "km",
            Self::Rank => "rank",
            Self::Log => "log",
            Self::Identity => "identity",
        }
    }
}

/// The test of proportional hazards, by term and of all terms together.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PhTest {
    /// The function of time.
    pub transform: PhTransform,
    /// Every term that has an estimate, with its test.
    pub terms: Vec<(String, Test)>,
    /// All of them.
    pub global: Test,
}

impl CoxFit<'_> {
    /// The score test of adding x·g(t) to the model, for each term and for all of them.
    ///
    /// With U = Σ g (x − x̄) over events and V(t) the weighted variance of the covariates over the
    /// risk set: χ² = (0, U)' J⁻¹ (0, U), J = Σ [V, gV; gV, g²V], with the ties of the fit (Breslow's
    /// for exact ones) and the model's variance. Any a + b·g gives the same. R ≥ 3.0:
    /// `cox.zph(fit, transform = "km")`. Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515.
    ///
    /// # Errors
    /// The logarithm of an event time 0.
    pub fn ph_test(&self, transform: PhTransform) -> Result<PhTest> {
        let sets = RiskSets::new(self.cohort);
        let g = unit_range(&sets, self.transformed(&sets, transform)?);
        let added = Added::new(self, &sets, &g);
        let estimated = self.estimated();
        let own = |columns: std::ops::Range<usize>| -> Vec<usize> {
            estimated.iter().copied().filter(|at| columns.contains(at)).collect()
        };
        let terms = self.design.terms().iter();
        let terms = terms.map(|term| (term.name.clone(), own(term.columns.clone())));
        let test = |(name, columns): (String, Vec<usize>)| (name, added.test(&estimated, &columns));
        Ok(PhTest {
            transform,
            terms: terms.filter(|(_, columns)| !columns.is_empty()).map(test).collect(),
            global: added.test(&estimated, &estimated),
        })
    }

    /// g at every slot.
    pub(super) fn transformed(&self, sets: &RiskSets, transform: PhTransform) -> Result<Vec<f64>> {
        let axis = self.cohort.axis();
        let times = || (0..sets.len()).map(|slot| axis.time(sets.time(slot)));
        Ok(match transform {
            PhTransform::Identity => times().collect(),
            PhTransform::Log
                if sets.event_slots().any(|slot| axis.time(sets.time(slot)) <= 0.0) =>
            {
                return Err(Error::analysis(
                    "an event at time 0 has no logarithm; choose another transform of time",
                ));
            }
            PhTransform::Log => times().map(f64::ln).collect(),
            PhTransform::Km => {
                let survival = unweighted_survival(self.cohort);
                times().map(|time| 1.0 - survival.just_before(time)).collect()
            }
            PhTransform::Rank => {
                let ranks = self.mean_ranks();
                (0..sets.len()).map(|slot| ranks[sets.time(slot) as usize]).collect()
            }
        })
    }

    /// The mean rank of every time of the axis among the times of all subjects.
    fn mean_ranks(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.cohort.axis().len()];
        for (row, &rank) in self.cohort.exit().iter().enumerate() {
            counts[rank as usize] += match self.cohort.weights() {
                Weights::Frequency(weights) => weights[row],
                weights => f64::from(u8::from(weights.of(row) > 0.0)),
            };
        }
        let mut before = 0.0;
        let rank = |&count: &f64| {
            before += count;
            before - 0.5 * (count - 1.0)
        };
        counts.iter().map(rank).collect()
    }
}

/// Stretches values at event times to 0 … 1, so that what is added differs little from what is
/// there already no more than it must.
fn unit_range(sets: &RiskSets, g: Vec<f64>) -> Vec<f64> {
    let events = || sets.event_slots().map(|slot| g[slot]);
    let (low, high) = (events().fold(f64::INFINITY, f64::min), events().fold(0.0, f64::max));
    let stretch = |value: &f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
    if high > low { g.iter().map(stretch).collect() } else { vec![0.0; g.len()] }
}

/// The model with x·g(t) added.
struct Added {
    /// Σ g (x − x̄).
    score: Vec<f64>,
    /// Σ V, Σ g V and Σ g² V.
    information: [SymMatrix; 3],
}

impl Added {
    fn new(fit: &CoxFit<'_>, sets: &RiskSets, g: &[f64]) -> Self {
        let hazard = &fit.point.hazard;
        let walk = |power: i32| {
            let factor: Vec<f64> = g.iter().map(|g| g.powi(power)).collect();
            fit.point.derivatives_by(&fit.frame, &hazard.scaled(&fit.frame, &factor))
        };
        let [none, once, twice] = [0, 1, 2].map(walk);
        let score = (0..fit.status.len()).map(|at| score(fit, (sets, g), &once, at)).collect();
        let information = [none, once, twice].map(|own| own.information);
        Self { score, information }
    }

    /// Entry of J, where columns from `width` on are those added.
    fn entry(&self, i: usize, j: usize, width: usize) -> f64 {
        let power = usize::from(i >= width) + usize::from(j >= width);
        self.information[power].get(i % width, j % width)
    }

    fn test(&self, estimated: &[usize], columns: &[usize]) -> Test {
        let width = self.score.len();
        let places: Vec<usize> =
            estimated.iter().copied().chain(columns.iter().map(|at| at + width)).collect();
        let scale: Vec<f64> = places.iter().map(|&at| self.entry(at, at, width).sqrt()).collect();
        let score = |(&at, scale): (&usize, &f64)| match at < width || *scale == 0.0 {
            true => 0.0,
            false => self.score[at - width] / scale,
        };
        let score: Vec<f64> = places.iter().zip(&scale).map(score).collect();
        let entry = |i: usize, j: usize| match scale[i] * scale[j] {
            0.0 => 0.0,
            scale => self.entry(places[i], places[j], width) / scale,
        };
        let factor = Ldl::new(&SymMatrix::from_lower(places.len(), entry));
        let df = factor.rank().saturating_sub(estimated.len());
        Test::new(factor.quadratic_form(&score), df)
    }
}

/// Σ g (x − x̄): the walk with hazards times g subtracts g·x̄ but adds every event's x once.
fn score(fit: &CoxFit<'_>, (sets, g): (&RiskSets, &[f64]), once: &Derivatives, at: usize) -> f64 {
    let (column, centre) = (&fit.design.columns()[at].values, fit.frame.centre[at]);
    let events = (0..column.len()).filter(|&row| fit.cohort.event()[row]);
    let more = events.map(|row| {
        let missing = g[sets.to()[row] as usize] - 1.0;
        fit.cohort.weights().of(row) * missing * (column[row] - centre)
    });
    once.score[at] + more.sum::<f64>()
}
