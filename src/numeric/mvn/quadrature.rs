//! Integrals over the angle under which a line is seen.

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
    let panel = |index: usize| gauss(from + (2 * index + 1) as f64 * half, half, &at);
    (0..panels as usize).map(panel).sum()
}

/// `exp(−FADED²/2)` is 3e-23.
const FADED: f64 = 10.2;
/// `1/cosh(FAR)` is 3e-18.
const FAR: f64 = 41.0;

/// One, and at most a few standard deviations of the fading.
fn panel_width(scale: f64) -> f64 {
    (4.0 / scale).min(1.0)
}

fn gauss(centre: f64, half: f64, f: &impl Fn(f64) -> f64) -> f64 {
    let pair =
        |&[node, weight]: &[f64; 2]| weight * (f(centre - half * node) + f(centre + half * node));
    half * GAUSS.iter().map(pair).sum::<f64>()
}

/// Positive nodes and weights of the 16-point Gauss–Legendre rule.
const GAUSS: [[f64; 2]; 8] = [
    [0.989_400_934_991_649_9, 0.027_152_459_411_754_096],
    [0.944_575_023_073_232_6, 0.062_253_523_938_647_894],
    [0.865_631_202_387_831_8, 0.095_158_511_682_492_79],
    [0.755_404_408_355_003, 0.124_628_971_255_533_88],
    [0.617_876_244_402_643_7, 0.149_595_988_816_576_73],
    [0.458_016_777_657_227_4, 0.169_156_519_395_002_54],
    [0.281_603_550_779_258_9, 0.182_603_415_044_923_58],
    [0.095_012_509_837_637_44, 0.189_450_610_455_068_5],
];
