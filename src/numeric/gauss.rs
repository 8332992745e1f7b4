//! Gauss–Legendre quadrature.

/// ∫ f over [centre − half, centre + half] by 16 nodes: exact to rounding where f is smooth on the
/// scale of the interval.
pub(crate) fn gauss<const N: usize>(
    centre: f64,
    half: f64,
    f: impl Fn(f64) -> [f64; N],
) -> [f64; N] {
    let mut sums = [0.0; N];
    for [node, weight] in NODES {
        let (below, above) = (f(centre - half * node), f(centre + half * node));
        for (sum, (below, above)) in sums.iter_mut().zip(below.iter().zip(above)) {
            *sum += weight * (below + above);
        }
    }
    sums.map(|sum| half * sum)
}

/// Positive nodes and weights of the 16-point rule.
const NODES: [[f64; 2]; 8] = [
    [0.989_400_934_991_649_9, 0.027_152_459_411_754_096],
    [0.944_575_023_073_232_6, 0.062_253_523_938_647_894],
    [0.865_631_202_387_831_8, 0.095_158_511_682_492_79],
    [0.755_404_408_355_003, 0.124_628_971_255_533_88],
    [0.617_876_244_402_643_7, 0.149_595_988_816_576_73],
    [0.458_016_777_657_227_4, 0.169_156_519_395_002_54],
    [0.281_603_550_779_258_9, 0.182_603_415_044_923_58],
    [0.095_012_509_837_637_44, 0.189_450_610_455_068_5],
];
