//! What a printed ratio and its limits say about p.

use crate::numeric::normal::normal_quantile;
use crate::numeric::tails::chi2_upper;
use crate::published::Printed;

/// The Wald statistics that a printed ratio with its limits allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaldRange {
    /// The smallest and the largest χ² = (ln HR / SE)².
    pub chi_squared: (f64, f64),
}

impl WaldRange {
    /// The smallest and the largest p, on so many degrees of freedom.
    pub fn p(&self, df: usize) -> (f64, f64) {
        let tail = |chi| chi2_upper(chi, df as f64).p;
        (tail(self.chi_squared.1), tail(self.chi_squared.0))
    }
}

/// The range of the Wald statistic over all values that round to a printed ratio and its limits.
///
/// A Wald interval has ln HR = (ln L + ln U)/2 and SE = (ln U − ln L)/(2 z), with z the normal
/// quantile of the level, so z(HR) = z·(ln L + ln U)/(ln U − ln L). The values that round to what is
/// printed are a polygon in (ln L, ln U): a rectangle cut by the two lines of HR. On a polygon where
/// ln U > ln L such a quotient is largest and smallest at corners. `None` when the polygon is empty,
/// so that no interval symmetric on the logarithmic scale prints so; also when a limit is no number.
///
/// # Examples
/// HR 1.43 (1.15–1.77):
///
/// ```
/// use riskset::{published::Printed, reproduce::check::wald_range};
/// let read = |text| Printed::parse(text).unwrap();
/// let range = wald_range(&read("1.43"), (&read("1.15"), &read("1.77")), 0.95).unwrap();
/// let (low, high) = range.p(1);
/// assert!(low > 0.0009 && high < 0.0016);
/// ```
pub fn wald_range(hr: &Printed, limits: (&Printed, &Printed), level: f64) -> Option<WaldRange> {
    let z = normal_quantile(0.5 + level / 2.0);
    let scores = corners(hr, limits)?.into_iter().map(|[a, b]| z * (a + b) / (b - a));
    let scores: Vec<f64> = scores.filter(|score| score.is_finite()).collect();
    let low = scores.iter().copied().reduce(f64::min)?;
    let high = scores.iter().copied().reduce(f64::max)?;
    let smallest = if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) };
    let largest = low.abs().max(high.abs());
    Some(WaldRange { chi_squared: (smallest * smallest, largest * largest) })
}

/// Corners of the polygon of (ln L, ln U); `None` where a number is not one.
fn corners(hr: &Printed, limits: (&Printed, &Printed)) -> Option<Vec<[f64; 2]>> {
    let logs = |own: &Printed| {
        own.number()?;
        let (low, high) = own.bounds()?;
        (high > 0.0).then(|| [low.max(1e-9).ln(), high.ln()])
    };
    let (a, b, centre) = (logs(limits.0)?, logs(limits.1)?, logs(hr)?);
    // Limits on the border of two roundings are allowed either side.
    let slack = 1e-9;
    let sums = [2.0 * centre[0] - slack, 2.0 * centre[1] + slack];
    let inside = |&[a, b]: &[f64; 2]| a + b >= sums[0] && a + b <= sums[1] && b > a;
    let mut all: Vec<[f64; 2]> = Vec::new();
    for &own in &a {
        all.extend(b.iter().map(|&other| [own, other]));
    }
    for sum in sums {
        let on_a = a.iter().map(|&own| [own, sum - own]);
        all.extend(on_a.filter(|[_, other]| *other >= b[0] && *other <= b[1]));
        let on_b = b.iter().map(|&own| [sum - own, own]);
        all.extend(on_b.filter(|[other, _]| *other >= a[0] && *other <= a[1]));
    }
    let near = |&[own, other]: &[f64; 2]| inside(&[own, other]) || on_line([own, other], sums);
    let all: Vec<_> = all.into_iter().filter(near).collect();
    (!all.is_empty()).then_some(all)
}

fn on_line([a, b]: [f64; 2], sums: [f64; 2]) -> bool {
    b > a && sums.iter().any(|sum| (a + b - sum).abs() < 1e-12)
}

/// The largest p that the joint Wald test of a factor can have when one of its contrasts has this
/// χ²: the joint statistic is the largest over all contrasts, so it cannot be below any one's.
pub fn joint_wald_p(chi_squared: f64, df: usize) -> f64 {
    chi2_upper(chi_squared, df as f64).p
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(hr: &str, lower: &str, upper: &str) -> Option<WaldRange> {
        let read = |text| Printed::parse(text).unwrap();
        wald_range(&read(hr), (&read(lower), &read(upper)), 0.95)
    }

    /// By a fine grid over the three roundings.
    fn by_grid(hr: [f64; 2], lower: [f64; 2], upper: [f64; 2]) -> (f64, f64) {
        let (mut low, mut high) = (f64::INFINITY, 0.0f64);
        let steps = 400;
        let at =
            |[from, to]: [f64; 2], step: usize| from + (to - from) * step as f64 / steps as f64;
        for i in 0..=steps {
            for j in 0..=steps {
                let (l, u) = (at(lower, i).ln(), at(upper, j).ln());
                let own = ((l + u) / 2.0).exp();
                if own >= hr[0] && own <= hr[1] {
                    let z = 1.959_963_984_540_054 * (l + u) / (u - l);
                    low = low.min(z * z);
                    high = high.max(z * z);
                }
            }
        }
        (low, high)
    }

    #[test]
    fn the_corners_hold_the_extremes() {
        for (text, hr, lower, upper) in [
            (["1.43", "1.15", "1.77"], [1.425, 1.435], [1.145, 1.155], [1.765, 1.775]),
            (["0.79", "0.65", "0.98"], [0.785, 0.795], [0.645, 0.655], [0.975, 0.985]),
            (["0.66", "0.52", "0.83"], [0.655, 0.665], [0.515, 0.525], [0.825, 0.835]),
        ] {
            let exact = range(text[0], text[1], text[2]).unwrap().chi_squared;
            let grid = by_grid(hr, lower, upper);
            assert!(exact.0 <= grid.0 + 1e-9 && exact.1 >= grid.1 - 1e-9, "{text:?}");
            assert!(grid.0 - exact.0 < 0.02 && exact.1 - grid.1 < 0.02, "{text:?}");
        }
    }

    /// A p of 0.027 cannot stand beside 0.79 (0.65–0.98).
    #[test]
    fn the_range_of_p_is_that_of_all_three_numbers_together() {
        let (low, high) = range("0.79", "0.65", "0.98").unwrap().p(1);
        assert!((low - 0.0276).abs() < 5e-5 && (high - 0.0315).abs() < 5e-5, "{low} {high}");
    }

    #[test]
    fn an_interval_that_is_not_symmetric_has_no_range() {
        assert!(range("1.43", "1.15", "1.95").is_none());
        assert!(range("1.00", "0.80", "1.25").unwrap().chi_squared.0 == 0.0);
        assert!(range("NR", "0.80", "1.25").is_none());
    }

    /// 2.97 (1.54–5.72) leaves a factor with two contrasts a p of at most 0.0053.
    #[test]
    fn one_contrast_bounds_the_factor() {
        let chi = range("2.97", "1.54", "5.72").unwrap().chi_squared.0;
        let p = joint_wald_p(chi, 2);
        assert!(p > 0.0050 && p < 0.0053, "{p}");
        assert!(joint_wald_p(chi, 3) > p);
    }
}
