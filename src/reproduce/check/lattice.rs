//! Symmetric intervals of medians, as SPSS prints them.

use std::cmp::Ordering;

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

/// Whether some half width h, itself a double, has M − h and M + h in double precision that round to
/// the limits; M is the double nearest to the printed median.
///
/// On the border of two roundings doubles lie beside it, so that a limit may be rounded up in one
/// place and down in another; a double that is the border itself may go either way. Both M − h and
/// M + h are monotonous in h: the smallest h that takes the lower limit down and the upper one up far
/// enough prints the limits, or none does. `None` where a number is not one.
pub fn prints_from_doubles(median: &Printed, limits: (&Printed, &Printed)) -> Option<bool> {
    let (lower, upper) = (Borders::of(limits.0)?, Borders::of(limits.1)?);
    let (middle, end) = (median.number()?, limits.1.number()?);
    let far_enough = |bits: u64| {
        let half = f64::from_bits(bits);
        !lower.high.is_below(middle - half) && !upper.low.is_above(middle + half)
    };
    // Doubles that are not negative have the order of their bits.
    let (mut from, mut to) = (0, (end - middle + 1.0).max(0.0).to_bits());
    while from < to {
        let between = from + (to - from) / 2;
        if far_enough(between) { to = between } else { from = between + 1 }
    }
    let half = f64::from_bits(from);
    let prints = !lower.low.is_above(middle - half) && !upper.high.is_below(middle + half);
    Some(far_enough(from) && prints)
}

/// The borders of what rounds to a printed number.
struct Borders {
    low: Decimal,
    high: Decimal,
}

impl Borders {
    fn of(printed: &Printed) -> Option<Self> {
        let decimals = usize::from(printed.decimals());
        let tenths = (printed.number()? * 10f64.powi(decimals as i32)).round() as i64 * 10;
        let border = |own: i64| Decimal::new(own, decimals + 1);
        Some(Self { low: border(tenths - 5), high: border(tenths + 5) })
    }
}

/// A decimal number with the double nearest to it.
struct Decimal {
    nearest: f64,
    /// How that double stands to the number.
    off: Ordering,
}

impl Decimal {
    /// So many units of the last of some decimals.
    fn new(units: i64, decimals: usize) -> Self {
        /// As many as any double has that such a number is near to.
        const DIGITS: usize = 80;
        let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
        let base = 10u64.pow(decimals as u32);
        let text = format!("{sign}{}.{:0decimals$}", units / base, units % base);
        let nearest: f64 = text.parse().unwrap_or(f64::NAN);
        let exact = format!("{nearest:.DIGITS$}");
        let padded = format!("{text:0<width$}", width = exact.len());
        let off = if units == 0 { Ordering::Equal } else { exact.cmp(&padded) };
        Self { nearest, off: if sign.is_empty() { off } else { off.reverse() } }
    }

    /// Whether the number is below a double.
    fn is_below(&self, own: f64) -> bool {
        own > self.nearest || (own == self.nearest && self.off == Ordering::Greater)
    }

    /// Whether the number is above a double.
    fn is_above(&self, own: f64) -> bool {
        own < self.nearest || (own == self.nearest && self.off == Ordering::Less)
    }
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

    /// Every double h within 200 of the border, printed by the standard library (exactly, halves to
    /// even), prints the limits where some are found to, and none does where none is; 3.4 (2.8-3.9)
    /// is of the latter, 8.3 (6.8-9.9) of the former.
    #[test]
    fn doubles_print_what_is_said() {
        let mut seen = [0, 0];
        for [median, lower, upper] in [
            ["3.4", "2.8", "3.9"],
            ["7.4", "5.5", "9.2"],
            ["21.8", "17.2", "26.3"],
            ["7.6", "3.5", "11.8"],
            ["8.3", "6.8", "9.9"],
            ["2.1", "1.8", "2.3"],
            ["17.3", "8.9", "25.8"],
        ] {
            let read = |text| Printed::parse(text).unwrap();
            let found = prints_from_doubles(&read(median), (&read(lower), &read(upper)));
            let number = |text: &str| text.parse::<f64>().unwrap();
            let (m, l, u) = (number(median), number(lower), number(upper));
            let half = ((u - l) / 2.0).to_bits();
            let prints = |bits: u64| {
                let h = f64::from_bits(bits);
                format!("{:.1}", m - h) == lower && format!("{:.1}", m + h) == upper
            };
            let by_printing = (half - 200..half + 200).any(prints);
            assert_eq!(found, Some(by_printing), "{median} ({lower}-{upper})");
            seen[usize::from(by_printing)] += 1;
        }
        assert_eq!(seen, [3, 4]);
        let read = |text| Printed::parse(text).unwrap();
        let doubles = |m, l, u| prints_from_doubles(&read(m), (&read(l), &read(u)));
        assert_eq!(doubles("9.4", "6.3", "12.5"), Some(true));
        assert_eq!(doubles("9.4", "6.3", "12.7"), Some(false));
        // 2.25 and 11.75 are doubles: halves may go either way.
        assert_eq!(doubles("7.0", "2.2", "11.7"), Some(true));
        assert_eq!(doubles("7.0", "2.3", "11.8"), Some(true));
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
