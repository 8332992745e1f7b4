//! The continued fraction of the incomplete beta function.

use super::Shapes;

/// The fraction in `I_x(a, b) = xᵃyᵇ / B(a, b) · fraction`, for `y = 1 − x`
/// and `x` not above the mean.
///
/// A. R. DiDonato & A. H. Morris (1992), algorithm TOMS 708, BFRAC
/// (doi:10.1145/131766.131776), the algorithm of R's `pbeta`; run by the
/// modified Lentz method. About √max(a, b) steps.
pub(super) fn beta_fraction(x: f64, y: f64, shapes: Shapes) -> f64 {
    let Shapes { a, b } = shapes;
    let c = below_mean(x, y, shapes) + 1.0;
    let mut lentz = Lentz::new(c / (1.0 + 1.0 / a));
    for n in 1..MOST_STEPS {
        let n = f64::from(n);
        let s = a + 2.0 * n - 1.0;
        let w = n * (b - n) * x;
        let e = a / s;
        let before = (n - 1.0) / a + 1.0;
        let numerator = before * (before + b / a) * e * e * (w * x);
        let share = (n / a + 1.0) / (1.0 + (1.0 + 2.0 * n) / a);
        let change = lentz.step(numerator, n + w / s + share * (c + n * (1.0 + y)));
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    1.0 / lentz.value
}

/// Enough for shapes of 10⁹.
const MOST_STEPS: u32 = 100_000;

/// `a − (a+b)·x`, from whichever of x and y is small.
fn below_mean(x: f64, y: f64, Shapes { a, b }: Shapes) -> f64 {
    if a > b { (a + b) * y - b } else { a - (a + b) * x }
}

/// Evaluation of `b₀ + a₁/(b₁ + a₂/(b₂ + …))`.
struct Lentz {
    c: f64,
    d: f64,
    value: f64,
}

impl Lentz {
    fn new(first: f64) -> Lentz {
        let value = guarded(first);
        Lentz { c: value, d: 0.0, value }
    }

    /// Takes in one more level; the factor the value changed by.
    fn step(&mut self, numerator: f64, denominator: f64) -> f64 {
        self.d = 1.0 / guarded(denominator + numerator * self.d);
        self.c = guarded(denominator + numerator / self.c);
        let change = self.c * self.d;
        self.value *= change;
        change
    }
}

/// A zero denominator moved off zero.
fn guarded(value: f64) -> f64 {
    if value == 0.0 { f64::MIN_POSITIVE } else { value }
}
