//! Critical values of simultaneous bands.

use crate::numeric::normal::{normal_cdf, normal_pdf, normal_quantile};

/// Images that send less than this do not count.
const NEGLIGIBLE: f64 = 1e-16;

/// The c with 4φ(c)/c + φ(c)(c − 1/c)·ln(ratio) = α (Miller and Siegmund 1982,
/// doi:10.2307/2529881), `ratio` being that of the variances at the ends.
pub(super) fn equal_precision(alpha: f64, ratio: f64) -> f64 {
    let length = ratio.ln();
    let beyond = |c: f64| normal_pdf(c) * (4.0 / c + (c - 1.0 / c) * length);
    // At 1 the left side is 0.97 whatever the range, and beyond that it crosses any α once.
    root(1.0, 40.0, |c| alpha - beyond(c))
}

/// The k with P(|B(u)| ≤ k for a ≤ u ≤ b) = 1 − α for a Brownian bridge B.
pub(super) fn hall_wellner(alpha: f64, a: f64, b: f64) -> f64 {
    // At least what the widest time alone needs, at most what the whole bridge does: 2·exp(−2k²)
    // bounds its probability to leave.
    let widest = 0.5f64.clamp(a, b.max(a));
    let least = normal_quantile(1.0 - alpha / 2.0) * (widest * (1.0 - widest)).sqrt();
    if a >= b {
        return least;
    }
    let most = (0.5 * (2.0 / alpha).ln()).sqrt();
    root(least, most.max(least), |k| Strip { a, b, k }.stays() - (1.0 - alpha))
}

/// A Brownian bridge between barriers at ±k from time a to time b.
struct Strip {
    a: f64,
    b: f64,
    k: f64,
}

impl Strip {
    /// P(|B(u)| ≤ k for a ≤ u ≤ b), integrated over where the bridge is at a.
    fn stays(&self) -> f64 {
        let spread = (self.a * (1.0 - self.a)).sqrt();
        let end = self.k.min(9.0 * spread);
        if end == 0.0 {
            return self.stays_from(0.0);
        }
        let density = |x: f64| normal_pdf(x / spread) / spread;
        let panels = (8.0 * end / self.pinned_spread()).clamp(100.0, 1000.0) as usize;
        2.0 * simpson(end, panels, |x| density(x) * self.stays_from(x))
    }

    /// The same given that it is at x at a: the method of images, paths to y being those from x
    /// and its reflections, which count by turns as allowed and as forbidden.
    fn stays_from(&self, x: f64) -> f64 {
        let reach = (10.0 / (4.0 * self.k)).ceil() as i32 + 1;
        let pair = |turn: i32| {
            let shift = 4.0 * self.k * f64::from(turn);
            self.image(x, x + shift) - self.image(x, 2.0 * self.k - x + shift)
        };
        (-reach..=reach).map(pair).sum()
    }

    /// The mass that an image at m sends between the barriers at time b on its way to 0 at time 1,
    /// relative to all that leaves x.
    fn image(&self, x: f64, m: f64) -> f64 {
        let left = 1.0 - self.a;
        let weight = (0.5 * (x * x - m * m) / left).exp();
        if weight < NEGLIGIBLE {
            return 0.0;
        }
        let (mean, spread) = (m * (1.0 - self.b) / left, self.pinned_spread());
        let within = normal_cdf((self.k - mean) / spread) - normal_cdf((-self.k - mean) / spread);
        weight * within
    }

    /// The standard deviation at b of a bridge from a to 1.
    fn pinned_spread(&self) -> f64 {
        ((self.b - self.a) * (1.0 - self.b) / (1.0 - self.a)).sqrt()
    }
}

/// ∫₀^end f by Simpson's rule.
fn simpson(end: f64, panels: usize, f: impl Fn(f64) -> f64) -> f64 {
    let half = 0.5 * end / panels as f64;
    let at = |step: usize| f(half * step as f64);
    let odd: f64 = (0..panels).map(|panel| at(2 * panel + 1)).sum();
    let even: f64 = (1..panels).map(|panel| at(2 * panel)).sum();
    (at(0) + 4.0 * odd + 2.0 * even + at(2 * panels)) * half / 3.0
}

/// The root of a function that rises from below 0 at `low` to above at `high`: false position, an
/// end that stays twice losing half its weight (the Illinois rule).
fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut below, mut above) = (f(low), f(high));
    for _ in 0..200 {
        if below >= 0.0 || high - low <= 1e-13 * high {
            return low;
        }
        let middle = (low * above - high * below) / (above - below);
        let value = f(middle);
        if value.abs() < 1e-14 {
            return middle;
        }
        if value < 0.0 {
            (low, below, above) = (middle, value, 0.5 * above);
        } else {
            (high, above, below) = (middle, value, 0.5 * below);
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// α, a, b and k, found in R with uniroot on the other form of the killed bridge's density: the
    /// sine series, integrated over both ends by Gauss–Legendre in 400 points.
    const SINE_SERIES: [[f64; 4]; 7] = [
        [0.05, 0.1, 0.6, 1.321066938863],
        [0.05, 0.02, 0.98, 1.358098639323],
        [0.1, 0.1, 0.6, 1.181225586751],
        [0.01, 0.3, 0.5, 1.539475823736],
        [0.05, 0.1, 0.58, 1.313390589337],
        [0.5, 0.1, 0.9, 0.826328471896],
        [0.05, 0.2, 0.21, 0.867825574306],
    ];

    #[test]
    fn hall_wellner_agrees_with_the_sine_series() {
        for [alpha, a, b, k] in SINE_SERIES {
            let own = hall_wellner(alpha, a, b);
            assert!((own - k).abs() < 2e-9, "{alpha} {a} {b}: {own}, not {k}");
        }
    }

    #[test]
    fn the_whole_bridge_is_kolmogorovs() {
        // P(sup > k) = 2 Σ (−1)^(j−1) exp(−2j²k²).
        let k = hall_wellner(0.05, 1e-12, 1.0 - 1e-12);
        let term =
            |j: i32| f64::from(1 - 2 * (1 - j % 2)) * (-2.0 * f64::from(j * j) * k * k).exp();
        let beyond: f64 = 2.0 * (1..6).map(term).sum::<f64>();
        assert!((beyond - 0.05).abs() < 1e-6, "{k}: {beyond}");
    }

    #[test]
    fn one_time_is_one_normal() {
        let k = hall_wellner(0.05, 0.3, 0.3);
        assert!((k - 1.959_963_984_540_054 * 0.21f64.sqrt()).abs() < 1e-12);
        assert!((hall_wellner(0.05, 0.3, 0.300_001) - k).abs() < 1e-3);
    }

    #[test]
    fn the_published_tables() {
        // Klein and Moeschberger, tables C.4 and C.3 at a = 0.1, b = 0.6.
        assert!((hall_wellner(0.05, 0.1, 0.6) - 1.3211).abs() < 5e-5);
        assert!((equal_precision(0.05, 13.5) - 2.8826).abs() < 5e-5);
    }

    #[test]
    fn equal_precision_solves_its_equation() {
        // R: uniroot(function(c) dnorm(c) * (4/c + (c - 1/c) * log(ratio)) - alpha, c(1, 10)).
        for [alpha, ratio, c] in [
            [0.05, 2401.0, 3.242817407956],
            [0.1, 13.5, 2.596531531004],
            [0.01, 13.5, 3.441832116240],
        ] {
            assert!((equal_precision(alpha, ratio) - c).abs() < 1e-10, "{alpha} {ratio}");
        }
    }
}
