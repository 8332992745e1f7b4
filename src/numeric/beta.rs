//! The beta distribution.

mod fraction;

use super::normal::normal_quantile;
use super::stirling::{deviance_term, stirling_error};
use super::tails::Tail;
use fraction::beta_fraction;

/// `P(X ≤ x)` for X beta distributed with shapes `a`, `b`, not negative.
///
/// A zero shape is the limit: all mass at 0 for `a = 0`, at 1 for `b = 0`,
/// half at each when both are zero.
#[cfg(test)]
pub(crate) fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    let shapes = Shapes { a, b };
    if x.is_nan() || !shapes.valid() {
        return f64::NAN;
    }
    if x <= 0.0 || x >= 1.0 || shapes.degenerate() {
        return step_cdf(x, shapes);
    }
    tails(x, 1.0 - x, shapes).lower
}

/// `P(X ≤ x)` at `x = 1 − y`, for positive shapes; its logarithm does not underflow.
pub(crate) fn beta_lower(x: f64, y: f64, a: f64, b: f64) -> Tail {
    let shapes = Shapes { a, b };
    if x <= 0.0 || y <= 0.0 {
        return Tail::from_complement(if x <= 0.0 { 1.0 } else { 0.0 });
    }
    if x > shapes.mean() {
        return Tail::from_complement(tails(x, y, shapes).upper);
    }
    let fraction = beta_fraction(x, y, shapes);
    Tail { p: power(x, y, shapes) * fraction, ln_p: ln_power(x, y, shapes) + fraction.ln() }
}

/// The `x` with `P(X ≤ x) = p`; NaN for `p` outside 0 to 1.
pub(crate) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let shapes = Shapes { a, b };
    if !(0.0..=1.0).contains(&p) || !shapes.valid() {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 || shapes.degenerate() {
        return step_quantile(p, shapes);
    }
    if p <= tails(shapes.mean(), shapes.flipped().mean(), shapes).lower {
        return quantile_below_mean(p, shapes);
    }
    let y = quantile_below_mean(1.0 - p, shapes.flipped());
    // 1 − y has few digits of a small x; Newton's method finds the others.
    polished(polished(1.0 - y, 1.0 - p, shapes), 1.0 - p, shapes)
}

#[derive(Clone, Copy)]
struct Shapes {
    a: f64,
    b: f64,
}

impl Shapes {
    fn valid(self) -> bool {
        self.a >= 0.0 && self.b >= 0.0 && (self.a + self.b).is_finite()
    }

    fn degenerate(self) -> bool {
        self.a == 0.0 || self.b == 0.0
    }

    fn mean(self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// The shapes of `1 − X`.
    fn flipped(self) -> Shapes {
        Shapes { a: self.b, b: self.a }
    }
}

/// The distribution function outside (0, 1) or with a zero shape.
#[cfg(test)]
fn step_cdf(x: f64, Shapes { a, b }: Shapes) -> f64 {
    match (a == 0.0, b == 0.0) {
        _ if x < 0.0 => 0.0,
        _ if x >= 1.0 => 1.0,
        (true, true) => 0.5,
        (true, false) => 1.0,
        _ => 0.0,
    }
}

/// The quantile of 0 or 1, or with a zero shape.
fn step_quantile(p: f64, Shapes { a, b }: Shapes) -> f64 {
    match (a == 0.0, b == 0.0) {
        (true, true) if p == 0.5 => 0.5,
        (true, true) => p.round(),
        (true, false) => 0.0,
        (false, true) => 1.0,
        (false, false) => p,
    }
}

/// `P(X ≤ x)` and `P(X ≥ x)`, the one beyond the mean to relative accuracy.
struct Tails {
    lower: f64,
    upper: f64,
}

/// The tails at `x = 1 − y`.
fn tails(x: f64, y: f64, shapes: Shapes) -> Tails {
    let power = power(x, y, shapes);
    if x <= shapes.mean() {
        let lower = power * beta_fraction(x, y, shapes);
        Tails { lower, upper: 1.0 - lower }
    } else {
        let upper = power * beta_fraction(y, x, shapes.flipped());
        Tails { lower: 1.0 - upper, upper }
    }
}

/// `xᵃ yᵇ / B(a, b)` by Loader's binomial probability: large powers and large
/// beta functions cancel on paper, not in the machine.
fn power(x: f64, y: f64, shapes: Shapes) -> f64 {
    scale(shapes).sqrt() * exponent(x, y, shapes).exp()
}

fn ln_power(x: f64, y: f64, shapes: Shapes) -> f64 {
    0.5 * scale(shapes).ln() + exponent(x, y, shapes)
}

fn scale(Shapes { a, b }: Shapes) -> f64 {
    a / (a + b) * b / std::f64::consts::TAU
}

fn exponent(x: f64, y: f64, Shapes { a, b }: Shapes) -> f64 {
    let n = a + b;
    let stirling = stirling_error(n) - stirling_error(a) - stirling_error(b);
    stirling - deviance_term(a, n * x) - deviance_term(b, n * y)
}

const MOST_STEPS: u32 = 100;
/// Relative change of `x` at which Newton's method has arrived.
const ARRIVED: f64 = 1e-14;

/// The quantile of a `p` whose `x` is not above the mean: Newton's method on
/// `ln P` as a function of `ln x`, which is concave for `b ≥ 1`, kept between
/// bounds.
fn quantile_below_mean(p: f64, shapes: Shapes) -> f64 {
    let (mut least, mut most) = (0.0, shapes.mean());
    let mut x = first_guess(p, shapes);
    for _ in 0..MOST_STEPS {
        let step = newton_step(p, x, shapes);
        if step.abs() <= ARRIVED || x == 0.0 {
            break;
        }
        if step > 0.0 {
            least = x;
        } else {
            most = x;
        }
        let next = x * step.exp();
        // Written so that a NaN halves the bracket too.
        x = if next > least && next < most { next } else { middle(least, most) };
    }
    x
}

/// The Newton step in `ln x` for `ln P(X ≤ x) = ln p`; infinite where
/// `P(X ≤ x)` underflows.
fn newton_step(p: f64, x: f64, shapes: Shapes) -> f64 {
    let y = 1.0 - x;
    let lower = tails(x, y, shapes).lower;
    if lower == 0.0 {
        return f64::INFINITY;
    }
    let slope = power(x, y, shapes) / y;
    (p / lower).ln() * lower / slope
}

/// Halfway on the logarithmic scale.
fn middle(least: f64, most: f64) -> f64 {
    least.max(f64::MIN_POSITIVE).sqrt() * most.sqrt()
}

/// The normal approximation of `ln x`, not above the mean.
fn first_guess(p: f64, shapes: Shapes) -> f64 {
    let Shapes { a, b } = shapes;
    let variation = (b / a / (a + b + 1.0)).sqrt();
    shapes.mean() * (normal_quantile(p).min(0.0) * variation.min(1.0)).exp()
}

/// One Newton step for `P(X ≥ x) = q`, if it stays between 0 and 1.
fn polished(x: f64, q: f64, shapes: Shapes) -> f64 {
    let y = 1.0 - x;
    let density = power(x, y, shapes) / x / y;
    let next = x + (tails(x, y, shapes).upper - q) / density;
    if next > 0.0 && next < 1.0 { next } else { x }
}

#[cfg(test)]
mod tests;
