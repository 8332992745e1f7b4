use super::*;
use crate::numeric::check::close;

/// p and `qnorm(p)`, R 4.2.2.
const QUANTILES: &[[f64; 2]] = &[
    [1e-300, -37.047_096_299_361_2],
    [1e-100, -21.273_453_560_965_32],
    [1e-20, -9.262_340_089_798_405],
    [1e-12, -7.034_483_825_301_132],
    [1e-5, -4.264_890_793_922_826],
    [0.001, -3.090_232_306_167_813],
    [0.025, -1.959_963_984_540_054],
    [0.0751, -1.438_825_392_752_54],
    [0.3, -0.524_400_512_708_040_7],
    [0.4999, -0.000_250_662_830_088_007_5],
    [0.6, 0.253_347_103_135_799_8],
    [0.925, 1.439_531_470_938_456],
    [0.95, 1.644_853_626_951_471_5],
    [0.975, 1.959_963_984_540_054],
    [0.995, 2.575_829_303_548_9],
    [0.999_999_9, 5.199_337_582_290_666],
];

#[test]
fn quantiles() {
    for &[p, z] in QUANTILES {
        close(normal_quantile(p), z, 1e-15);
    }
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    assert!(normal_quantile(-0.1).is_nan() && normal_quantile(f64::NAN).is_nan());
}

#[test]
fn quantile_inverts_the_distribution_function() {
    for step in -370..=80 {
        let z = 0.1 * f64::from(step);
        let p = normal_cdf(z);
        // Close to one, p itself has few digits of z left.
        let digits = 1e-15 + f64::EPSILON * p / (z.abs().max(0.1) * normal_pdf(z));
        let got = normal_quantile(p);
        assert!((got - z).abs() <= digits * z.abs().max(1.0), "{z}: {got}");
    }
}

#[test]
fn density() {
    close(normal_pdf(0.0), 1.0 / std::f64::consts::TAU.sqrt(), 2e-16);
    // R: dnorm(3)
    close(normal_pdf(-3.0), 0.004_431_848_411_938_007_5, 1e-15);
}
