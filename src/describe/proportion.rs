//! Proportions with intervals.

use crate::numeric::beta::beta_quantile;
use crate::numeric::normal::normal_quantile;

/// Events among n.
///
/// ```
/// use riskset::describe::Proportion;
///
/// let none = Proportion::new(0, 10);
/// let [lower, upper] = none.clopper_pearson(0.95).unwrap();
/// assert_eq!(lower, 0.0);
/// assert!((upper - (1.0 - 0.025f64.powf(0.1))).abs() < 1e-14);
/// assert_eq!(Proportion::new(0, 0).estimate(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    events: u64,
    n: u64,
}

/// The difference of two proportions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProportionDifference {
    /// The second less the first.
    pub estimate: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Proportion {
    /// Events among n.
    ///
    /// # Panics
    /// When there are more events than n.
    pub fn new(events: u64, n: u64) -> Self {
        assert!(events <= n, "no more events than there are rows");
        Self { events, n }
    }

    /// How many events.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Among how many.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The share; none among nobody.
    pub fn estimate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.share())
    }

    /// The exact interval: limits at which as many events or more, and as many or fewer, have half
    /// of 1 − `level`. R: `binom.test(x, n)$conf.int`.
    ///
    /// Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    pub fn clopper_pearson(&self, level: f64) -> Option<[f64; 2]> {
        self.estimate()?;
        let (x, rest) = (self.events as f64, (self.n - self.events) as f64);
        let tail = 0.5 * (1.0 - level);
        let lower = if x == 0.0 { 0.0 } else { beta_quantile(tail, x, rest + 1.0) };
        // From the other end, so that the tail is not rounded.
        let upper = if rest == 0.0 { 1.0 } else { 1.0 - beta_quantile(tail, rest, x + 1.0) };
        Some([lower, upper])
    }

    /// Wilson's interval: the shares that the score test does not reject,
    /// (p + z²/2n ± z√(p(1 − p)/n + z²/4n²))/(1 + z²/n). R: `prop.test(x, n, correct = FALSE)$conf.int`.
    ///
    /// Wilson 1927, doi:10.1080/01621459.1927.10502953.
    pub fn wilson(&self, level: f64) -> Option<[f64; 2]> {
        let p = self.estimate()?;
        let (n, z) = (self.n as f64, normal_quantile(0.5 + 0.5 * level));
        let square = z * z / n;
        let half = z * (p * (1.0 - p) / n + 0.25 * square / n).sqrt();
        let limit = |sign: f64| (p + 0.5 * square + sign * half) / (1.0 + square);
        let lower = if self.events == 0 { 0.0 } else { limit(-1.0) };
        let upper = if self.events == self.n { 1.0 } else { limit(1.0) };
        Some([lower, upper])
    }

    /// The difference from this proportion to another, with Newcombe's interval: squared distances
    /// from each share to its Wilson limit are added (his method 10).
    ///
    /// Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    pub fn difference(&self, other: &Self, level: f64) -> Option<ProportionDifference> {
        let ([l1, u1], [l2, u2]) = (self.wilson(level)?, other.wilson(level)?);
        let (p1, p2) = (self.estimate()?, other.estimate()?);
        let estimate = p2 - p1;
        let lower = estimate - (p2 - l2).hypot(u1 - p1);
        let upper = estimate + (u2 - p2).hypot(p1 - l1);
        Some(ProportionDifference { estimate, lower, upper })
    }

    fn share(&self) -> f64 {
        self.events as f64 / self.n as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, table II: 56/70 less 48/80 is 0.2 (0.0524 to 0.3339), 9/10 less 3/10 is 0.6
    /// (0.1705 to 0.8090), 10/10 less 0/20 is 1 (0.6791 to 1).
    #[test]
    fn differences_as_published() {
        let cases = [
            ([56, 70, 48, 80], [0.2, 0.0524, 0.3339]),
            ([9, 10, 3, 10], [0.6, 0.1705, 0.8090]),
            ([10, 10, 0, 20], [1.0, 0.6791, 1.0]),
        ];
        for ([x, m, y, n], want) in cases {
            let own = Proportion::new(y, n).difference(&Proportion::new(x, m), 0.95).unwrap();
            for (got, want) in [own.estimate, own.lower, own.upper].into_iter().zip(want) {
                assert!((got - want).abs() < 5.1e-5, "{x}/{m} {y}/{n}: {got}, {want}");
            }
        }
    }

    #[test]
    fn limits_of_none_and_all_are_exact() {
        let all = Proportion::new(7, 7);
        assert_eq!(all.clopper_pearson(0.95).unwrap()[1], 1.0);
        assert_eq!(all.wilson(0.95).unwrap()[1], 1.0);
        assert_eq!(Proportion::new(0, 7).wilson(0.95).unwrap()[0], 0.0);
        let [lower, _] = all.clopper_pearson(0.95).unwrap();
        assert!((lower - 0.025f64.powf(1.0 / 7.0)).abs() < 1e-14);
        assert_eq!(Proportion::new(0, 0).wilson(0.95), None);
    }
}
