//! What several events at one time contribute.

use crate::numeric::gauss::gauss;

/// How events at one time are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// Efron (1977): tied events leave the risk set one after another, on average. R's default.
    #[default]
    Efron,
    /// Breslow (1974): all of them stay. The default of SAS, SPSS and Stata.
    Breslow,
    /// The conditional likelihood of which subjects fail, given how many: R's `exact`, SAS's
    /// `DISCRETE`.
    Exact,
}

impl Ties {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Efron => "efron",
            Self::Breslow => "breslow",
            Self::Exact => "exact",
        }
    }
}

/// The events of one time: how many, their mean weight, and Σ w·r over the risk set and over them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tied {
    pub(super) count: f64,
    pub(super) mean_weight: f64,
    pub(super) risk: f64,
    pub(super) events: f64,
}

/// Sums over the tied events l = 0 … d − 1, with f = l/d, φ = S0 − f·E0 and w̄ their mean weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Inner {
    /// Σ w̄ ln(φ/S0), what leaving takes off Σ w̄ ln S0.
    pub(super) log: f64,
    /// Σ w̄/φ, the increment of the cumulative hazard.
    pub(super) hazard: f64,
    /// Σ w̄ f/φ.
    pub(super) spared: f64,
    /// Σ w̄/φ².
    pub(super) square: f64,
    /// Σ w̄ f/φ², divided by `square`: the mean of f.
    pub(super) centre: f64,
    /// Σ w̄ (f − centre)²/φ².
    pub(super) spread: f64,
}

impl Inner {
    /// All terms times a factor.
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self {
            log: factor * self.log,
            hazard: factor * self.hazard,
            spared: factor * self.spared,
            square: factor * self.square,
            centre: self.centre,
            spread: factor * self.spread,
        }
    }
}

impl Tied {
    /// Exact ties add to what Breslow's have.
    #[inline]
    pub(super) fn inner(self, ties: Ties) -> Inner {
        match ties {
            Ties::Efron if self.count > 1.0 => self.efron(),
            Ties::Efron | Ties::Breslow | Ties::Exact => self.breslow(),
        }
    }

    /// Σ w̄ ln φ.
    pub(super) fn log(self, ties: Ties) -> f64 {
        self.count * self.mean_weight * self.risk.ln() + self.inner(ties).log
    }

    #[inline]
    fn breslow(self) -> Inner {
        let weight = self.count * self.mean_weight;
        Inner {
            hazard: weight / self.risk,
            square: weight / (self.risk * self.risk),
            ..Inner::default()
        }
    }

    fn efron(self) -> Inner {
        let share = (self.events / self.risk).min(1.0);
        let [log, hazard, spared, square, first, second] = sums(self.count, share);
        let scale = self.mean_weight / self.risk;
        let centre = first / square;
        Inner {
            log: self.mean_weight * log,
            hazard: scale * hazard,
            spared: scale * spared,
            square: scale / self.risk * square,
            centre,
            // Positive by far: f is spread evenly over [0, 1).
            spread: scale / self.risk * (second - centre * first),
        }
    }
}

/// Sums of ln φ, 1/φ, f/φ, 1/φ², f/φ² and f²/φ² with φ = 1 − f·share.
type Sums = [f64; 6];

/// Factors whose product cannot leave the range of a double: each is at least 1/count.
const FACTORS: usize = 16;
/// Terms that are summed side by side.
const SIDE: usize = 8;
/// So many terms, whose φ stay above a half, are as good as their integral with its corrections:
/// what is left out is below 1e-16 of the sums.
const MANY: f64 = 512.0;
const HALF: f64 = 0.5;

fn sums(count: f64, share: f64) -> Sums {
    if count >= MANY && share <= HALF { by_integral(count, share) } else { by_loop(count, share) }
}

/// Term by term; all terms are positive.
fn by_loop(count: f64, share: f64) -> Sums {
    let (mut side, mut product) = ([[0.0; SIDE]; 5], [1.0; SIDE]);
    let (step, mut log) = (1.0 / count, 0.0);
    for first in (0..count as u32).step_by(SIDE) {
        let terms = SIDE.min((count as u32 - first) as usize);
        for at in 0..SIDE {
            let f = f64::from(first + at as u32) * step;
            // Terms beyond the last add nothing.
            let one = if at < terms { 1.0 } else { 0.0 };
            let phi = 1.0 - one * f * share;
            let inverse = one / phi;
            side[0][at] += inverse;
            side[1][at] += f * inverse;
            side[2][at] += inverse * inverse;
            side[3][at] += f * inverse * inverse;
            side[4][at] += f * f * inverse * inverse;
            product[at] *= phi;
        }
        if first as usize / SIDE % FACTORS == FACTORS - 1 {
            log += product.iter().map(|own| own.ln()).sum::<f64>();
            product = [1.0; SIDE];
        }
    }
    log += product.iter().map(|own| own.ln()).sum::<f64>();
    let [hazard, spared, square, first, second] = side.map(|own| own.iter().sum());
    [log, hazard, spared, square, first, second]
}

/// By Euler and Maclaurin: Σ g(l/d) = d ∫g − Δg/2 + Δg'/12d − Δg‴/720d³, with Δ from 0 to 1.
fn by_integral(count: f64, share: f64) -> Sums {
    let inverse = |f: f64| 1.0 / (1.0 - f * share);
    let terms = |f: f64| {
        let u = inverse(f);
        [(-f * share).ln_1p(), u, f * u, u * u, f * u * u, f * f * u * u]
    };
    let slopes = |f: f64| {
        let u = inverse(f);
        [
            -share * u,
            share * u * u,
            u * u,
            2.0 * share * u.powi(3),
            (2.0 * u - 1.0) * u * u,
            2.0 * f * u.powi(3),
        ]
    };
    let thirds = |f: f64| {
        let (s, u) = (share, inverse(f));
        let u4 = u.powi(4);
        let (plain, squared) = (6.0 * s * u4, 24.0 * s * u4 * u);
        [
            -2.0 * (s * u).powi(3),
            s * s * plain,
            s * plain,
            s * s * squared,
            s * (squared - plain),
            squared - 2.0 * plain,
        ]
    };
    let whole = gauss(0.5, 0.5, terms);
    let change = |g: &dyn Fn(f64) -> Sums| -> Sums {
        let (before, after) = (g(0.0), g(1.0));
        std::array::from_fn(|at| after[at] - before[at])
    };
    let (values, slopes, thirds) = (change(&terms), change(&slopes), change(&thirds));
    std::array::from_fn(|at| {
        let bend = slopes[at] / 12.0 - thirds[at] / (720.0 * count * count);
        count * whole[at] - 0.5 * values[at] + bend / count
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beside the number of terms, as the loop's logarithm of a product of nearly 1 has lost digits.
    fn off(own: Sums, other: Sums, count: f64) -> f64 {
        let off = own.iter().zip(other).map(|(own, other)| (own - other).abs() / other.abs());
        let log = (own[0] - other[0]).abs() / count;
        off.skip(1).fold(log, f64::max)
    }

    #[test]
    fn many_tied_events_are_their_integral() {
        for count in [512.0, 513.0, 1000.0, 20_000.0] {
            for share in [1e-9, 1e-3, 0.02, 0.1, 0.3, 0.5] {
                let off = off(by_integral(count, share), by_loop(count, share), count);
                assert!(off < 2e-14, "{count} with {share}: off by {off:e}");
            }
        }
    }

    /// Sums of 512 and 1000 terms in decimal arithmetic of 40 digits.
    #[test]
    fn as_with_forty_digits() {
        let half = [
            -156.762_151_343_218_25,
            709.282_957_033_892_6,
            394.565_914_067_785_2,
            1_022.501_139_321_954_3,
            626.436_364_576_123_4,
            463.740_901_016_676_56,
        ];
        let tenth = [
            -51.702_679_747_660_304,
            1_053.549_602_977_44,
            535.496_029_774_399_6,
            1_110.993_833_356_195_7,
            574.442_303_787_557_2,
            389.462_740_131_575_35,
        ];
        for (count, share, exact) in [(512.0, 0.5, half), (1000.0, 0.1, tenth)] {
            for sums in [by_integral, by_loop] {
                let off = off(sums(count, share), exact, count);
                assert!(off < 4e-15, "{count} with {share}: off by {off:e}");
            }
        }
    }

    #[test]
    fn events_that_are_nothing_beside_the_risk_set() {
        let [log, hazard, spared, square, first, second] = by_integral(600.0, 0.0);
        let near = |own: f64, exact: f64| assert!((own - exact).abs() < 1e-12, "{own}, {exact}");
        near(log, 0.0);
        near(hazard, 600.0);
        near(square, 600.0);
        near(spared, 599.0 / 2.0);
        near(first, 599.0 / 2.0);
        near(second, 599.0 * 1199.0 / 3600.0);
    }
}
