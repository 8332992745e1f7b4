//! What several events at one time contribute.

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
    /// Σ w̄ ln φ.
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
    pub(super) fn breslow(self) -> Inner {
        let weight = self.count * self.mean_weight;
        Inner {
            log: weight * self.risk.ln(),
            hazard: weight / self.risk,
            square: weight / (self.risk * self.risk),
            ..Inner::default()
        }
    }

    pub(super) fn efron(self) -> Inner {
        if self.count <= 1.0 {
            return self.breslow();
        }
        let share = (self.events / self.risk).min(1.0);
        let sums = Sums::by_loop(self.count, share);
        let scale = self.mean_weight / self.risk;
        let centre = sums.first / sums.square;
        Inner {
            log: self.mean_weight * (self.count * self.risk.ln() + sums.log),
            hazard: scale * sums.hazard,
            spared: scale * sums.spared,
            square: scale / self.risk * sums.square,
            centre,
            // Positive by far: f is spread evenly over [0, 1).
            spread: scale / self.risk * (sums.second - centre * sums.first),
        }
    }
}

/// Sums with φ = 1 − f·share.
#[derive(Debug, Clone, Copy)]
struct Sums {
    log: f64,
    hazard: f64,
    spared: f64,
    square: f64,
    first: f64,
    second: f64,
}

/// Factors whose product cannot leave the range of a double: each is at least 1/count.
const FACTORS: usize = 16;
/// Terms that are summed side by side.
const SIDE: usize = 8;

impl Sums {
    /// Term by term; all terms are positive.
    fn by_loop(count: f64, share: f64) -> Self {
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
        Self { log, hazard, spared, square, first, second }
    }
}
