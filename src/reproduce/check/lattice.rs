//! Symmetric intervals of medians, as SPSS prints them.

use crate::published::Printed;

/// Whether times in whole printed units can have a symmetric interval that prints so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnLattice {
    /// Some half width prints so.
    Possible,
    /// Only a half width that ends exactly on the border of two roundings, at one side or both.
    OnBorder,
    /// None does.
    Impossible,
}

/// Whether times that are whole units of the last printed digit can have the median M ± h.
///
/// On that lattice a median at an event time is M exactly as printed. With k = M − L and m = U − M in
/// printed units, the half width h has to lie in [k − ½, k + ½] and in [m − ½, m + ½]: the same k and
/// m fit, k and m one apart leave the border they share, and anything further apart leaves nothing.
/// 3.4 (2.8–3.9) has k = 6 and m = 5, so that h = 5.5 units exactly: 2.85 would have to be rounded
/// down and 3.95 as well. `None` unless all three have the same decimals and the interval was not
/// cut at 0.
///
/// ```
/// use riskset::{published::Printed, reproduce::check::{OnLattice, tenth_lattice}};
/// let read = |text| Printed::parse(text).unwrap();
/// let limits = (&read("2.8"), &read("3.9"));
/// assert_eq!(tenth_lattice(&read("3.4"), limits), Some(OnLattice::OnBorder));
/// ```
pub fn tenth_lattice(median: &Printed, limits: (&Printed, &Printed)) -> Option<OnLattice> {
    let (lower, upper) = limits;
    let decimals = median.decimals();
    if lower.decimals() != decimals || upper.decimals() != decimals {
        return None;
    }
    let units = |own: &Printed| {
        let value = own.number()? * 10f64.powi(i32::from(decimals));
        Some(value.round() as i64)
    };
    let (middle, low, high) = (units(median)?, units(lower)?, units(upper)?);
    if low == 0 {
        return None;
    }
    Some(match ((middle - low) - (high - middle)).abs() {
        0 => OnLattice::Possible,
        1 => OnLattice::OnBorder,
        _ => OnLattice::Impossible,
    })
}

/// Whether some value that prints as the estimate is the middle of values that print as the limits.
pub(super) fn is_symmetric(estimate: &Printed, limits: (&Printed, &Printed)) -> Option<bool> {
    let bounds = |own: &Printed| own.number().and(own.bounds());
    let (own, lower, upper) = (bounds(estimate)?, bounds(limits.0)?, bounds(limits.1)?);
    let middle = ((lower.0 + upper.0) / 2.0, (lower.1 + upper.1) / 2.0);
    Some(super::words::overlap(own, middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lattice(median: &str, lower: &str, upper: &str) -> Option<OnLattice> {
        let read = |text| Printed::parse(text).unwrap();
        tenth_lattice(&read(median), (&read(lower), &read(upper)))
    }

    /// Every half width on a fine grid, limits rounded half up: what prints is what is said.
    #[test]
    fn half_widths_print_what_is_possible() {
        let median = 340;
        for half in 1..200i64 {
            let round = |hundredths: i64| (hundredths + 5).div_euclid(10);
            let (low, high) = (round(median - half), round(median + half));
            let text = |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10);
            let found = lattice("3.4", &text(low), &text(high)).unwrap();
            let border = half % 10 == 5;
            let expected = if border { OnLattice::OnBorder } else { OnLattice::Possible };
            assert_eq!(found, expected, "± {half}");
        }
    }

    #[test]
    fn what_the_papers_print() {
        assert_eq!(lattice("3.4", "2.8", "3.9"), Some(OnLattice::OnBorder));
        assert_eq!(lattice("9.4", "6.3", "12.5"), Some(OnLattice::Possible));
        assert_eq!(lattice("9.4", "6.3", "12.7"), Some(OnLattice::Impossible));
        assert_eq!(lattice("5.4", "0.0", "14.4"), None);
        assert_eq!(lattice("11.7", "10.3", "13"), None);
        assert_eq!(lattice("11.7", "10.3", "NR"), None);
    }
}
