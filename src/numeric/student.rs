//! Student's t distribution.

use super::beta::{beta_lower, beta_quantile};
use super::normal::normal_quantile;
use super::tails::{Tail, normal_two_sided};

/// From here on t is normal to the last digit that matters.
const NORMAL: f64 = 1e13;

/// `P(|T| ≥ |t|)` for T with `df > 0` degrees of freedom, infinitely many allowed.
pub(crate) fn student_two_sided(t: f64, df: f64) -> Tail {
    if df >= NORMAL {
        return normal_two_sided(t);
    }
    // T² = df·(1 − X)/X with X beta distributed.
    let square = t * t;
    beta_lower(df / (df + square), square / (df + square), 0.5 * df, 0.5)
}

/// The `t` with `P(|T| ≤ t) = level`.
pub(crate) fn student_quantile(level: f64, df: f64) -> f64 {
    if df >= NORMAL {
        return normal_quantile(0.5 + 0.5 * level);
    }
    let y = beta_quantile(level, 0.5, 0.5 * df);
    (df * y / (1.0 - y)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: f64, want: f64, relative: f64) {
        assert!((got - want).abs() <= relative * want.abs(), "got {got}, want {want}");
    }

    /// With one degree of freedom P(|T| ≥ t) = 1 − (2/π) atan t, with two 1 − t/√(2 + t²).
    #[test]
    fn closed_forms() {
        for t in [0.01_f64, 0.5, 1.0, 2.5, 10.0, 1e3] {
            let tail = std::f64::consts::FRAC_2_PI * (1.0 / t).atan();
            close(student_two_sided(t, 1.0).p, tail, 1e-13);
            let tail = 2.0 / (2.0 + t * t + t * (2.0 + t * t).sqrt());
            close(student_two_sided(-t, 2.0).p, tail, 1e-13);
        }
        assert_eq!(student_two_sided(0.0, 7.0).p, 1.0);
    }

    /// R: `qt(0.975, c(1, 4.2, 30, 1e6))` and `log(2) + pt(-80, c(5, 500), log.p = TRUE)`.
    #[test]
    fn values_of_r() {
        let quantiles = [
            (1.0, 12.706_204_736_174_694),
            (4.2, 2.725_072_722_592_374),
            (30.0, 2.042_272_456_301_238),
            (1e6, 1.959_966_356_814_106_6),
        ];
        quantiles.iter().for_each(|&(df, want)| close(student_quantile(0.95, df), want, 1e-12));
        close(student_two_sided(80.0, 5.0).ln_p, -18.968_403_231_276_238, 1e-12);
        close(student_two_sided(80.0, 500.0).ln_p, -659.463_287_298_968, 1e-12);
        let far = student_two_sided(80.0, 5000.0);
        assert_eq!(far.p, 0.0);
        close(far.ln_p, -2_064.634_543_808_323_5, 1e-12);
    }

    #[test]
    fn many_degrees_of_freedom_are_normal() {
        close(student_two_sided(2.0, 1e12).p, normal_two_sided(2.0).p, 1e-11);
        assert_eq!(student_two_sided(2.0, f64::INFINITY), normal_two_sided(2.0));
        close(student_quantile(0.95, 1e12), student_quantile(0.95, f64::INFINITY), 1e-11);
    }
}
