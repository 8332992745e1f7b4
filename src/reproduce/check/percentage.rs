//! Which counts print a percentage: the GRIM test.

use crate::published::Printed;

/// A printed percentage against a number of patients.
#[derive(Debug, Clone, PartialEq)]
pub struct Percentage {
    /// The counts whose percentage prints so: the first and the last of them.
    pub fits: Option<(u64, u64)>,
    /// The largest count below and the smallest count above what is printed.
    pub nearest: (Option<u64>, Option<u64>),
}

/// The counts of `n` whose percentage prints as given. On the border of two roundings either is
/// right.
///
/// ```
/// use riskset::{published::Printed, reproduce::check::percentage};
/// let quarter = Printed::parse("25.0").unwrap();
/// assert_eq!(percentage(&quarter, 8).fits, Some((2, 2)));
/// assert_eq!(percentage(&quarter, 7).fits, None);
/// assert_eq!(percentage(&quarter, 7).nearest, (Some(1), Some(2)));
/// ```
pub fn percentage(printed: &Printed, n: u64) -> Percentage {
    let none = Percentage { fits: None, nearest: (None, None) };
    let (Some(value), true) = (printed.number(), n > 0) else { return none };
    let guess = (value / 100.0 * n as f64).floor() as i64;
    let reach = (printed.half_unit() / 100.0 * n as f64).ceil() as i64 + 1;
    let counts = (guess - reach).max(0)..=(guess + reach + 1).min(n as i64);
    let share = |count: i64| 100.0 * count as f64 / n as f64;
    let fitting = counts.filter(|&count| printed.matches(Some(share(count)))).map(|own| own as u64);
    let fits = fitting.fold(None, |own: Option<(u64, u64)>, count| {
        Some(own.map_or((count, count), |(first, _)| (first, count)))
    });
    let below = (0..=n as i64).contains(&guess).then_some(guess as u64);
    let above = (0..=n as i64).contains(&(guess + 1)).then_some(guess as u64 + 1);
    Percentage { fits, nearest: (below, above) }
}

/// The largest number of patients up to `n` of which every percentage has a count.
pub(super) fn smaller_denominator(printed: &[&Printed], n: u64) -> Option<u64> {
    let fits = |&n: &u64| printed.iter().all(|own| percentage(own, n).fits.is_some());
    (1..=n).rev().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Printed {
        Printed::parse(text).unwrap()
    }

    /// Against rounding every share.
    #[test]
    fn fits_are_those_that_print_so() {
        for n in 1..60u64 {
            for count in 0..=n {
                let share = 100.0 * count as f64 / n as f64;
                for digits in [0, 1, 2] {
                    let text = format!("{share:.digits$}");
                    let (first, last) = percentage(&printed(&text), n).fits.unwrap();
                    assert!(first <= count && count <= last, "{count} of {n}: {text}");
                }
            }
        }
    }

    #[test]
    fn percentages_without_a_count() {
        assert_eq!(percentage(&printed("35.7"), 14).fits, Some((5, 5)));
        assert_eq!(percentage(&printed("33"), 50).fits, None);
        assert_eq!(percentage(&printed("33"), 50).nearest, (Some(16), Some(17)));
        assert_eq!(percentage(&printed("120"), 50).fits, None);
        assert_eq!(percentage(&printed("5"), 0).fits, None);
        assert_eq!(smaller_denominator(&[&printed("25.0"), &printed("50.0")], 7), Some(4));
        assert_eq!(smaller_denominator(&[&printed("2.4")], 20), None);
    }
}
