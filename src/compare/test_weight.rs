//! Weights of the log-rank family, named by formula.

use std::fmt;

use crate::risk::Pooled;

/// The weight w(t) of an event time.
///
/// With n at risk and d events at t, both pooled over the groups of the stratum, S the pooled
/// Kaplan–Meier curve, S̃(t) = Π_{u ≤ t} (1 − d/(n + 1)).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum TestWeight {
    /// 1 (Mantel 1966). R: `survdiff(rho = 0)`.
    #[default]
    LogRank,
    /// n (Gehan 1965, Breslow 1970). SAS and SPSS: Wilcoxon, Breslow.
    Gehan,
    /// √n (Tarone and Ware 1977).
    TaroneWare,
    /// S̃(t), including t (Peto and Peto 1972).
    Peto,
    /// S(t−)^ρ (1 − S(t−))^γ (Fleming and Harrington 1991). R: `survdiff(rho = )` for γ = 0.
    FlemingHarrington {
        /// ρ ≥ 0: weight on early differences.
        rho: f64,
        /// γ ≥ 0: weight on late differences.
        gamma: f64,
    },
}

impl fmt::Display for TestWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogRank => f.write_str("logrank"),
            Self::Gehan => f.write_str("gehan"),
            Self::TaroneWare => f.write_str("tarone-ware"),
            Self::Peto => f.write_str("peto"),
            Self::FlemingHarrington { rho, gamma } => write!(f, "fh({rho},{gamma})"),
        }
    }
}

/// The pooled curves that weights are made from, as they stand just before an event time.
pub(super) struct Running {
    survival: f64,
    peto: f64,
}

impl Running {
    pub(super) fn new() -> Self {
        Self { survival: 1.0, peto: 1.0 }
    }

    /// Takes the curves over an event time and returns them as they were before it.
    pub(super) fn step(&mut self, at: &Pooled<'_>) -> At {
        let survival_before = self.survival;
        self.survival *= (at.n - at.d) / at.n;
        self.peto *= 1.0 - at.d / (at.n + 1.0);
        At { n: at.n, survival_before, peto: self.peto }
    }
}

/// What a weight may depend on at an event time.
#[derive(Clone, Copy)]
pub(super) struct At {
    n: f64,
    survival_before: f64,
    peto: f64,
}

impl TestWeight {
    pub(super) fn at(self, time: &At) -> f64 {
        match self {
            Self::LogRank => 1.0,
            Self::Gehan => time.n,
            Self::TaroneWare => time.n.sqrt(),
            Self::Peto => time.peto,
            Self::FlemingHarrington { rho, gamma } => {
                power(time.survival_before, rho) * power(1.0 - time.survival_before, gamma)
            }
        }
    }
}

/// xᵃ without the cost of a power where none is needed; 0⁰ is 1.
fn power(x: f64, a: f64) -> f64 {
    if a == 0.0 {
        1.0
    } else if a == 1.0 {
        x
    } else {
        x.powf(a)
    }
}
