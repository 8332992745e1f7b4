//! Integrals over the angle under which a line is seen.

use crate::numeric::gauss::gauss;

/// Where a line is seen from distance one between the points `from` and `to`;
/// the integrand fades like `exp(−(scale·point)²/2)` or faster.
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) scale: f64,
}

/// `∫ f(√(1+t²)) / (1+t²) dt`: f takes how many times further than the foot
/// the point t is.
///
/// With `t = sinh v` the integrand is smooth at the scale of one, however
/// close the line; panels of 16-point Gauss–Legendre.
pub(super) fn integrate(span: &Span, f: impl Fn(f64) -> f64) -> f64 {
    let reach = (FADED / span.scale).asinh().min(FAR);
    let from = span.from.asinh().clamp(-reach, reach);
    let to = span.to.asinh().clamp(-reach, reach);
    let panels = ((to - from) / panel_width(span.scale)).ceil();
    let half = 0.5 * (to - from) / panels;
    let at = |v: f64| f(v.cosh()) / v.cosh();
    let panel = |index: usize| gauss(from + (2 * index + 1) as f64 * half, half, |v| [at(v)]);
    (0..panels as usize).map(|index| panel(index)[0]).sum()
}

/// `exp(−FADED²/2)` is 3e-23.
const FADED: f64 = 10.2;
/// `1/cosh(FAR)` is 3e-18.
const FAR: f64 = 41.0;

/// One, and at most a few standard deviations of the fading.
fn panel_width(scale: f64) -> f64 {
    (4.0 / scale).min(1.0)
}
