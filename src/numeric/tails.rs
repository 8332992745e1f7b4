//! Tail probabilities that stay meaningful where `1 − cdf` would be zero.

use super::gamma::gamma_upper;

/// A tail probability and its natural logarithm; the logarithm stays finite
/// where `p` underflows to zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tail {
    pub(crate) p: f64,
    pub(crate) ln_p: f64,
}

impl Tail {
    /// The tail `1 − q`, for `q` not close to one.
    pub(crate) fn from_complement(q: f64) -> Tail {
        Tail { p: 1.0 - q, ln_p: (-q).ln_1p() }
    }

    /// The tail with probability `p·factor`.
    fn scaled(self, factor: f64) -> Tail {
        Tail { p: self.p * factor, ln_p: self.ln_p + factor.ln() }
    }
}

/// `P(X ≥ x)` for X chi-squared with `df > 0` degrees of freedom.
pub(crate) fn chi2_upper(x: f64, df: f64) -> Tail {
    if df == 1.0 && x < 3.0 && x > 0.0 {
        return ordinary_two_sided(x.sqrt());
    }
    gamma_upper(0.5 * df, 0.5 * x)
}

/// `P(|Z| ≥ |z|)` for Z standard normal.
pub(crate) fn normal_two_sided(z: f64) -> Tail {
    let z = z.abs();
    if z > LARGE { gamma_upper(0.5, 0.5 * z * z) } else { ordinary_two_sided(z) }
}

/// `P(Z ≥ z)` for Z standard normal.
pub(crate) fn normal_upper(z: f64) -> Tail {
    if z < 0.0 {
        return Tail::from_complement(normal_upper(-z).p);
    }
    normal_two_sided(z).scaled(0.5)
}

/// From here the normal tail is close to the smallest normal double.
const LARGE: f64 = 37.5;

fn ordinary_two_sided(z: f64) -> Tail {
    let p = erfc_over_root_two(z);
    // Near p = 1 the logarithm needs 1 − p itself.
    let ln_p = if z < 0.5 { (-libm::erf(z * FRAC_1_ROOT_2)).ln_1p() } else { p.ln() };
    Tail { p, ln_p }
}

const FRAC_1_ROOT_2: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// What `FRAC_1_ROOT_2` lacks to 1/√2.
const FRAC_1_ROOT_2_REST: f64 = -4.833_646_656_726_458e-17;

/// `erfc(z/√2)` for `z ≥ 0`.
///
/// Rounding the argument by ε costs a relative error of about `z²·ε`, so the
/// rounded-off part is put back to first order.
fn erfc_over_root_two(z: f64) -> f64 {
    let argument = z * FRAC_1_ROOT_2;
    let rest = z.mul_add(FRAC_1_ROOT_2, -argument) + z * FRAC_1_ROOT_2_REST;
    let slope = std::f64::consts::FRAC_2_SQRT_PI * (-argument * argument).exp();
    libm::erfc(argument) - slope * rest
}

#[cfg(test)]
mod tests;
