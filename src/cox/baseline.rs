//! The baseline hazard.

use super::fit::CoxFit;
use crate::curve::StepFunction;
use crate::risk::RiskSets;

/// The baseline cumulative hazard of a stratum: of a subject whose covariates and offset are 0.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Baseline {
    /// The stratum in words.
    pub stratum: String,
    /// The stratum as (variable, level) pairs.
    pub levels: Vec<(String, String)>,
    /// Its event times.
    pub times: Vec<f64>,
    /// ln Λ₀ from each of them on, which is a number however far 0 is from the data.
    pub ln_cumulative_hazard: Vec<f64>,
}

impl Baseline {
    /// Λ₀(t); 0 or ∞ where a double does not hold it.
    pub fn cumulative_hazard(&self) -> StepFunction {
        let values = self.ln_cumulative_hazard.iter().map(|own| own.exp()).collect();
        StepFunction::new(self.times.clone(), values, 0.0)
    }
}

impl CoxFit<'_> {
    /// The baseline cumulative hazard of every stratum.
    ///
    /// Λ₀(t) = Σ w̄ Σ 1/(S0 − f·E0) over event times up to t, with f = 0 by Breslow's formula and
    /// l/d by Efron's, as in the fit, and with S0 and E0 from covariates as they are. R:
    /// `basehaz(fit, centered = FALSE)`, which leaves the mean of an offset in. Breslow 1972, in the
    /// discussion of Cox, J R Stat Soc B 34:216–217; Efron 1977,
    /// doi:10.1080/01621459.1977.10480613.
    pub fn baseline(&self) -> Vec<Baseline> {
        let sets = RiskSets::new(self.cohort);
        (0..sets.strata().len()).map(|stratum| self.baseline_of(&sets, stratum)).collect()
    }

    fn baseline_of(&self, sets: &RiskSets, stratum: usize) -> Baseline {
        let (strata, slots) = (self.cohort.strata(), &sets.strata()[stratum]);
        let slots = slots.start + 1..slots.end;
        let at_centre: f64 =
            self.frame.centre.iter().zip(&self.point.beta).map(|(x, beta)| x * beta).sum();
        let ln =
            |slot: usize| self.point.hazard.cumulative[slot].ln() - self.shift(slot) - at_centre;
        Baseline {
            stratum: strata.label(stratum),
            levels: strata.terms().iter().cloned().zip(strata.levels(stratum).to_vec()).collect(),
            times: slots.clone().map(|slot| self.cohort.axis().time(sets.time(slot))).collect(),
            ln_cumulative_hazard: slots.map(ln).collect(),
        }
    }

    /// What linear predictors are less by at a slot before their exponentials are taken.
    pub(super) fn shift(&self, slot: usize) -> f64 {
        self.point.state.shift.as_ref().map_or(0.0, |shift| shift[slot])
    }
}
