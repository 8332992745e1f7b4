//! Snedecor's F distribution.

use super::beta::beta_lower;
use super::tails::Tail;

/// `P(F ≥ f)` for F with `first` and `second` degrees of freedom, both positive.
pub(crate) fn f_upper(f: f64, [first, second]: [f64; 2]) -> Tail {
    let (above, below) = (first * f, second);
    let whole = above + below;
    beta_lower(below / whole, above / whole, 0.5 * second, 0.5 * first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::student::student_two_sided;

    #[track_caller]
    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-12 * want.abs(), "got {got}, want {want}");
    }

    /// With two degrees of freedom above, P(F ≥ f) = (1 + 2f/d)^(−d/2).
    #[test]
    fn closed_form() {
        for (f, d) in [(0.3_f64, 4.0_f64), (2.5, 11.0), (40.0, 220.0)] {
            close(f_upper(f, [2.0, d]).p, (1.0 + 2.0 * f / d).powf(-0.5 * d));
        }
        assert_eq!(f_upper(0.0, [3.0, 5.0]).p, 1.0);
    }

    #[test]
    fn with_one_degree_above_it_is_the_square_of_t() {
        for (t, d) in [(0.2_f64, 3.0), (1.9, 17.5), (12.0, 200.0)] {
            close(f_upper(t * t, [1.0, d]).p, student_two_sided(t, d).p);
        }
    }
}
