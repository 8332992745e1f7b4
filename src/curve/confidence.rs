//! Pointwise intervals for a survival probability.

use serde::{Deserialize, Serialize};

/// The scale on which the interval for S(t) is symmetric.
///
/// With V the variance of log S(t) (Greenwood's Σ d/(n(n − d)) without weights) and z the normal
/// quantile; all are cut to \[0, 1\]. R: `survfit(conf.type = )`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConfType {
    /// S ± z·S√V.
    Plain,
    /// S·exp(± z√V): R's default.
    Log,
    /// S^exp(± z√V / ln S): the default here, in SAS and in Stata.
    #[default]
    LogLog,
    /// logit S ± z·√V/(1 − S).
    Logit,
    /// arcsin √S ± z/2·√V·√(S/(1 − S)), the argument cut to [0, π/2].
    Arcsin,
    /// The beta product confidence procedure by the method of moments (Fay, Brittain and Proschan
    /// 2013, doi:10.1093/biostatistics/kxt016), meant to keep its level in small samples: the α/2
    /// quantile of Π Beta(n − d + 1, d)·Beta(n₊, 1) and the 1 − α/2 quantile of Π Beta(n − d + 1, d)
    /// over the event times so far, n₊ being at risk from now on. Each product is taken for the beta
    /// variable with its mean and variance. Without censoring these are the limits of Clopper and
    /// Pearson. Before the first event the lower limit is below 1, and where S is 0 the upper one
    /// is above 0; censorings lower the lower limit. The limits do not rise. The
    /// R package bpcp (`bpcp(time, status)`, Δ = 0) was not at hand to compare with: these are
    /// checked against Clopper–Pearson, hand-made moments and simulated beta products.
    Bpcp,
}

/// One side of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Lower,
    Upper,
}

impl Side {
    fn sign(self) -> f64 {
        match self {
            Self::Lower => -1.0,
            Self::Upper => 1.0,
        }
    }
}

impl ConfType {
    /// Every type, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::LogLog, Self::Log, Self::Plain, Self::Logit, Self::Arcsin, Self::Bpcp];

    /// The name used on the command line and in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Log => "log",
            Self::LogLog => "log-log",
            Self::Logit => "logit",
            Self::Arcsin => "arcsin",
            Self::Bpcp => "bpcp",
        }
    }

    /// The lower limit of S(t) from S, the variance of log S and a normal quantile; `None` where S
    /// is 0, and for beta products, which are not made from a variance.
    ///
    /// ```
    /// use riskset::curve::ConfType;
    /// assert_eq!(ConfType::Plain.lower(0.5, 0.04, 2.0), Some(0.3));
    /// assert_eq!(ConfType::Plain.lower(0.0, f64::INFINITY, 2.0), None);
    /// ```
    pub fn lower(self, survival: f64, variance: f64, z: f64) -> Option<f64> {
        self.limit_of(Side::Lower, survival, variance, z)
    }

    /// The upper limit of S(t); see [`lower`](Self::lower).
    pub fn upper(self, survival: f64, variance: f64, z: f64) -> Option<f64> {
        self.limit_of(Side::Upper, survival, variance, z)
    }

    fn limit_of(self, side: Side, survival: f64, variance: f64, z: f64) -> Option<f64> {
        let defined = survival > 0.0 && self != Self::Bpcp;
        defined.then(|| self.limit(side, survival, variance, z))
    }

    /// A limit for 0 < S < 1 from the variance of log S; 1 where S is 1.
    pub(super) fn limit(self, side: Side, s: f64, variance: f64, z: f64) -> f64 {
        if s >= 1.0 {
            return 1.0;
        }
        let error = side.sign() * z * variance.sqrt();
        let limit = match self {
            Self::Plain => s + error * s,
            Self::Log => s * error.exp(),
            // ln S is negative, so the sides trade places in the exponent.
            Self::LogLog => (s.ln() * (error / s.ln()).exp()).exp(),
            Self::Logit => 1.0 / (1.0 + ((1.0 - s) / s) * (-error / (1.0 - s)).exp()),
            Self::Arcsin => {
                let angle = s.sqrt().asin() + 0.5 * error * (s / (1.0 - s)).sqrt();
                angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2)
            }
            Self::Bpcp => unreachable!("beta products are not made from a variance"),
        };
        limit.clamp(0.0, 1.0)
    }
}
