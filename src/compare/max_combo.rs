//! The largest of several weighted log-rank statistics.

use super::TestWeight;
use super::log_rank::{check, hypergeometric};
use super::test_weight::Running;
use crate::cohort::Cohort;
use crate::error::{Error, Result};
use crate::numeric::linalg::SymMatrix;
use crate::numeric::mvn::exceedance;
use crate::numeric::tails::{Tail, normal_two_sided};
use crate::risk::{Lane, Lanes, Pooled, pool, tabulate};

/// Number of weights.
const SIZE: usize = 4;

/// The MaxCombo test of two groups: powerful whether hazards differ early, late, in the middle or
/// all along.
///
/// For the Fleming–Harrington weights w_a = S(t−)^ρ (1 − S(t−))^γ with (ρ, γ) = (0,0), (1,0),
/// (0,1), (1,1), S the pooled Kaplan–Meier curve of the stratum, Z_a = U_a/√V_aa with
/// U_a = Σ w_a (O − E) in the first group and V_ab = Σ w_a w_b · d(n − d)/(n − 1)·(n₁/n)(n₂/n) over
/// event times and strata. The statistic is max |Z_a|; p = P(max |X_a| ≥ it) for X normal with the
/// correlations V_ab/√(V_aa V_bb), a singular matrix, since the first weight is the sum of the next
/// two.
///
/// R: `mvtnorm::pmvnorm` on the Z and V of `survdiff`-like sums; `simtrial` and `nphRCT` test
/// likewise. Roychoudhury et al. 2023, Stat Biopharm Res 15:280–294; Karrison 2016,
/// doi:10.1177/1536867X1601600308.
///
/// ```
/// use riskset::{cohort::{Cohort, Factor, Groups}, compare::MaxCombo, table::Category};
/// let category = Category { codes: vec![0, 0, 1, 1], levels: vec!["a".into(), "b".into()].into() };
/// let arm = Factor { name: "arm".into(), category };
/// let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true; 4])
///     .groups(Groups::cross(vec![arm]))
///     .build()?;
/// let test = MaxCombo::default().fit(&cohort)?;
/// // The log-rank component: O − E = 2 − (1/2 + 1/3), V = 1/4 + 2/9.
/// let z = (7.0 / 6.0) / (17.0f64 / 36.0).sqrt();
/// assert!((test.components()[0].z.unwrap() - z).abs() < 1e-12);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaxCombo {
    weights: [TestWeight; SIZE],
}

impl Default for MaxCombo {
    fn default() -> Self {
        let fh = |rho, gamma| TestWeight::FlemingHarrington { rho, gamma };
        Self { weights: [fh(0.0, 0.0), fh(1.0, 0.0), fh(0.0, 1.0), fh(1.0, 1.0)] }
    }
}

/// The result of [`MaxCombo`].
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MaxComboTest {
    components: Vec<Component>,
    statistic: Option<f64>,
    p: Option<f64>,
    ln_p: Option<f64>,
}

/// One of the weighted statistics.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Component {
    /// The weight, as `fh(rho,gamma)`.
    pub weight: String,
    /// Z: positive when the first group has more events than expected; `None` when it has no
    /// variance.
    pub z: Option<f64>,
}

impl MaxCombo {
    /// Makes the test.
    ///
    /// # Errors
    /// Unless there are two groups; with sampling weights or clusters.
    pub fn fit(&self, cohort: &Cohort) -> Result<MaxComboTest> {
        check(cohort)?;
        let groups = cohort.groups().len();
        if groups != 2 {
            return Err(Error::analysis(format!(
                "MaxCombo compares two groups, and here there are {groups}; test them in pairs"
            )));
        }
        let lanes = tabulate(cohort, Lanes::strata_and_groups(cohort));
        Ok(self.test(&Sums::over(&lanes, &self.weights)))
    }

    fn test(&self, sums: &Sums) -> MaxComboTest {
        let z: Vec<Option<f64>> = (0..SIZE).map(|at| sums.z(at)).collect();
        let statistic = z.iter().flatten().map(|z| z.abs()).reduce(f64::max);
        let tail = statistic.and_then(|statistic| sums.tail(statistic));
        let component =
            |(weight, z): (&TestWeight, Option<f64>)| Component { weight: weight.to_string(), z };
        MaxComboTest {
            components: self.weights.iter().zip(z).map(component).collect(),
            statistic,
            p: tail.map(|tail| tail.p),
            ln_p: tail.map(|tail| tail.ln_p),
        }
    }
}

/// U of the first group for every weight, and V.
struct Sums {
    score: [f64; SIZE],
    variance: [[f64; SIZE]; SIZE],
}

impl Sums {
    fn over(lanes: &[Lane], weights: &[TestWeight; SIZE]) -> Self {
        let mut sums = Self { score: [0.0; SIZE], variance: [[0.0; SIZE]; SIZE] };
        for stratum in lanes.chunks(2) {
            let mut running = Running::new();
            pool(stratum, |at| {
                let before = running.step(at);
                sums.add(at, weights.map(|weight| weight.at(&before)));
            });
        }
        sums
    }

    fn add(&mut self, at: &Pooled<'_>, weights: [f64; SIZE]) {
        let excess = at.events[0] - at.d * (at.at_risk[0] / at.n);
        let spread = hypergeometric(at) * (at.at_risk[0] / at.n) * (at.at_risk[1] / at.n);
        for (row, weight) in weights.into_iter().enumerate() {
            self.score[row] += weight * excess;
            for (sum, other) in self.variance[row].iter_mut().zip(weights) {
                *sum += weight * other * spread;
            }
        }
    }

    fn z(&self, at: usize) -> Option<f64> {
        let variance = self.variance[at][at];
        (variance > 0.0).then(|| self.score[at] / variance.sqrt())
    }

    /// P(max |X| ≥ limit) over the components that vary.
    fn tail(&self, limit: f64) -> Option<Tail> {
        let vary: Vec<usize> = (0..SIZE).filter(|&at| self.variance[at][at] > 0.0).collect();
        let correlation = SymMatrix::from_lower(vary.len(), |i, j| {
            let (i, j) = (vary[i], vary[j]);
            self.variance[i][j] / (self.variance[i][i] * self.variance[j][j]).sqrt()
        });
        let p = exceedance(&correlation, limit)?;
        Some(Tail { p, ln_p: if p > 0.0 { p.ln() } else { ln_far(limit, vary.len()) } })
    }
}

/// ln P where P itself is below every double: so far out the components never exceed the limit
/// together, and the sum of their tails is P.
fn ln_far(limit: f64, size: usize) -> f64 {
    normal_two_sided(limit).ln_p + (size as f64).ln()
}

impl MaxComboTest {
    /// The weighted statistics.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// max |Z|; `None` when no component has a variance.
    pub fn statistic(&self) -> Option<f64> {
        self.statistic
    }

    /// p; `None` when no component has a variance.
    pub fn p(&self) -> Option<f64> {
        self.p
    }

    /// The natural logarithm of p, finite however small p is.
    pub fn ln_p(&self) -> Option<f64> {
        self.ln_p
    }
}

#[cfg(test)]
mod tests;
