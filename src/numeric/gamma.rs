//! The upper tail of the gamma distribution, also where it underflows.

use super::stirling::{deviance_term, stirling_error};
use super::tails::Tail;

/// `Q(a, x) = Γ(a, x)/Γ(a)` for `a > 0`, with its logarithm.
///
/// Series for `P = 1 − Q` below `x = a + 1`, Legendre's continued fraction
/// for `Q` above (DLMF 8.7.1, 8.9.2, <https://dlmf.nist.gov/8>).
pub(crate) fn gamma_upper(a: f64, x: f64) -> Tail {
    if a.is_nan() || x.is_nan() {
        return Tail { p: f64::NAN, ln_p: f64::NAN };
    }
    if x <= 0.0 {
        return Tail { p: 1.0, ln_p: 0.0 };
    }
    if x == f64::INFINITY {
        return Tail { p: 0.0, ln_p: f64::NEG_INFINITY };
    }
    if x < a + 1.0 {
        return Tail::from_complement(prefactor(a, x) * lower_series(a, x));
    }
    let fraction = upper_fraction(a, x);
    let ln_p = ln_prefactor(a, x) + fraction.ln();
    if ln_p < LN_SMALLEST_NORMAL {
        return Tail { p: ln_p.exp(), ln_p };
    }
    let p = prefactor(a, x) * fraction;
    Tail { p, ln_p: p.ln() }
}

/// Below this logarithm a double loses digits.
const LN_SMALLEST_NORMAL: f64 = -708.0;

/// Up to this shape `xᵃ` and `Γ(a)` stay inside the range of a double.
const POWER_SHAPE: f64 = 90.0;

/// `xᵃ e⁻ˣ / Γ(a)`, when the product is a normal double.
fn prefactor(a: f64, x: f64) -> f64 {
    if a > POWER_SHAPE || x < 1e-3 {
        return ln_prefactor(a, x).exp();
    }
    // Two halves: e⁻ˣ alone may underflow, and rounding a·ln x − x would cost
    // a relative error of its size times 1e-16.
    let half = (-0.5 * x).exp();
    half * x.powf(a) / libm::tgamma(a) * half
}

/// `a ln x − x − ln Γ(a)` with the large parts cancelled on paper.
fn ln_prefactor(a: f64, x: f64) -> f64 {
    let scale = 0.5 * (a / std::f64::consts::TAU).ln();
    scale - stirling_error(a) - deviance_term(a, x)
}

/// `Σ xⁿ / (a(a+1)…(a+n))`, so that `P = xᵃe⁻ˣ/Γ(a)` times it.
fn lower_series(a: f64, x: f64) -> f64 {
    let mut denominator = a;
    let mut term = 1.0 / a;
    let mut sum = term;
    loop {
        denominator += 1.0;
        term *= x / denominator;
        let next = sum + term;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

/// `1/(x+1−a − 1(1−a)/(x+3−a − 2(2−a)/(x+5−a − …)))` by the modified Lentz
/// method (Thompson & Barnett 1986, doi:10.1016/0021-9991(86)90046-X).
fn upper_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut d = 1.0 / b;
    let mut c = 1.0 / f64::MIN_POSITIVE;
    let mut fraction = d;
    for step in 1..MAX_STEPS {
        let step = f64::from(step);
        let numerator = -step * (step - a);
        b += 2.0;
        d = 1.0 / guarded(numerator * d + b);
        c = guarded(b + numerator / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

/// The fraction takes about √a steps; this is for a = 10¹⁰.
const MAX_STEPS: u32 = 100_000;

/// A zero denominator moved off zero, as Lentz's method asks.
fn guarded(value: f64) -> f64 {
    if value == 0.0 { f64::MIN_POSITIVE } else { value }
}
