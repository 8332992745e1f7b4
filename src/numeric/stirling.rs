//! The two small quantities that carry binomial, Poisson, beta and gamma
//! densities without cancellation.
//!
//! C. Loader (2000), "Fast and accurate computation of binomial
//! probabilities", Bell Labs; the form R's `dbinom` and `dpois` use.

/// `δ(n) = ln Γ(n+1) − ln(√(2πn)·(n/e)ⁿ)` for `n > 0`: the error of
/// Stirling's formula. Absolute error about 1e-16 per unit of `10 − n`.
pub(crate) fn stirling_error(n: f64) -> f64 {
    let mut shifted = n;
    let mut below = 0.0;
    // δ(n) = δ(n+1) + (n + ½)·ln(1 + 1/n) − 1 moves n to where the series holds.
    while shifted < 10.0 {
        below += (shifted + 0.5) * (1.0 / shifted).ln_1p() - 1.0;
        shifted += 1.0;
    }
    below + stirling_series(shifted)
}

/// The asymptotic series of δ(n), `Σ B₂ₖ / (2k(2k−1) n²ᵏ⁻¹)`
/// (Abramowitz & Stegun 6.1.41).
fn stirling_series(n: f64) -> f64 {
    const TERMS: [f64; 8] = [
        -3617.0 / 122_400.0,
        1.0 / 156.0,
        -691.0 / 360_360.0,
        1.0 / 1188.0,
        -1.0 / 1680.0,
        1.0 / 1260.0,
        -1.0 / 360.0,
        1.0 / 12.0,
    ];
    let inverse_square = 1.0 / (n * n);
    TERMS.iter().fold(0.0, |sum, term| sum * inverse_square + term) / n
}

/// `D(x, m) = x·ln(x/m) + m − x ≥ 0` for `x > 0`, `m > 0`: half the deviance
/// of a count `x` with mean `m`.
pub(crate) fn deviance_term(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() < 0.1 * (x + m) {
        return deviance_series(x, m);
    }
    x * (x / m).ln() - difference
}

/// With `v = (x−m)/(x+m)`: `D = (x−m)·v + 2x·Σ v²ʲ⁺¹/(2j+1)`, j from 1.
fn deviance_series(x: f64, m: f64) -> f64 {
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut power = 2.0 * x * v;
    let mut odd = 3.0;
    loop {
        power *= v * v;
        let next = sum + power / odd;
        if next == sum {
            return sum;
        }
        sum = next;
        odd += 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::check::close;

    #[test]
    fn stirling_error_against_the_log_gamma_function() {
        // mpmath: loggamma(n+1) - (n+1/2)*log(n) + n - log(2*pi)/2, 40 digits
        for (n, want) in REFERENCE {
            close(stirling_error(n), want, 2e-14);
        }
    }

    const REFERENCE: [(f64, f64); 6] = [
        (0.5, STIRLING_HALF),
        (1.0, 0.081_061_466_795_327_26),
        (2.5, 0.033_162_873_519_936_29),
        (9.5, 0.008_768_700_134_139_386),
        (15.0, 0.005_554_733_551_962_801),
        (1e6, 8.333_333_333_333_056e-8),
    ];
    const STIRLING_HALF: f64 = 0.153_426_409_720_027_35;

    #[test]
    fn deviance_is_smooth_across_the_branch() {
        close(deviance_term(1e6, 1e6 + 10.0), 4.999_966_667e-5, 1e-9);
        close(deviance_term(3.0, 2.0), 3.0 * 1.5_f64.ln() - 1.0, 1e-15);
        let (inside, outside) = (1.222_222, 1.222_223);
        let slope = |m: f64| deviance_term(1.0, m) - (m.recip().ln() + m - 1.0);
        assert!(slope(inside).abs() < 1e-16 && slope(outside).abs() < 1e-16);
        assert_eq!(deviance_term(7.0, 7.0), 0.0);
    }
}
