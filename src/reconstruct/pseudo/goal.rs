//! How far a number is from what was printed.

use crate::published::{Printed, PrintedEstimate, PrintedValue};

/// The miss of a number that should not be reached but is, and the other way round.
const WRONG_KIND: f64 = 3.0;
/// The miss of whatever does not print so, however near: without it, numbers a hair's breadth away
/// cost less than the coldest temperature sees.
const UNMET: f64 = 0.15;
/// The miss of a standard error off by itself.
const SPREAD: f64 = 100.0;
/// Weights of distances in half units and in half widths of the interval.
const NEAR: f64 = 0.4;
const FAR: f64 = 8.0;
const CURVED: f64 = 2.0;
/// The half width, as a part of the estimate, where no interval is printed.
const WIDTH: f64 = 0.5;
/// Goals are a little narrower than what rounds to the printed digits, so that nothing hangs on the
/// last bits of an estimate.
const MARGIN: f64 = 0.002;

/// The numbers that print so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// Between two ends; misses count in units of the last one.
    Between { low: f64, high: f64, unit: f64, scale: f64 },
    /// Not reached.
    NotReached,
}

/// The goals of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Goals {
    pub(super) estimate: Goal,
    pub(super) limits: Option<[Goal; 2]>,
}

/// An estimate with its limits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Values {
    pub(super) estimate: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
}

impl Goal {
    fn new(printed: &Printed, factor: f64, scale: f64) -> Self {
        let Some((low, high)) = printed.bounds() else { return Self::NotReached };
        let (unit, margin) = (printed.half_unit() * factor, MARGIN * printed.half_unit() * factor);
        let bare = !matches!(printed.value(), PrintedValue::Number(_));
        let margin = if bare { 1e-9 * unit } else { margin };
        Self::Between {
            low: low * factor + margin,
            high: high * factor - margin,
            unit,
            scale: scale * factor,
        }
    }

    /// 0 where the value prints so. Else a part that grows with the distance as seen by the
    /// statistician, in half widths of the interval, and a part that also sees half units of the
    /// last digit.
    pub(super) fn miss(self, value: Option<f64>) -> f64 {
        match (self, value) {
            (Self::Between { low, high, unit, scale }, Some(value)) => {
                let distance = (low - value).max(value - high);
                if distance > 0.0 {
                    let (units, widths) = (distance / unit, distance / scale);
                    UNMET
                        + NEAR * units / (1.0 + units)
                        + FAR * (widths + CURVED * widths * widths / (1.0 + widths))
                } else {
                    0.0
                }
            }
            (Self::NotReached, None) => 0.0,
            _ => WRONG_KIND,
        }
    }

    /// The middle of what prints so.
    pub(super) fn middle(self) -> Option<f64> {
        match self {
            Self::Between { low, high, .. } => {
                Some(0.5 * (low + high)).filter(|own| own.is_finite())
            }
            Self::NotReached => None,
        }
    }
}

impl Goals {
    /// The goals of what was printed, in printed units times a factor.
    pub(super) fn new(printed: &PrintedEstimate, factor: f64) -> Self {
        let scale = scale(printed);
        let goal = |own: &Printed| Goal::new(own, factor, scale);
        let limits = printed.limits.as_ref().map(|(lower, upper)| [goal(lower), goal(upper)]);
        Self { estimate: goal(&printed.estimate), limits }
    }

    /// The miss of a standard error, given half the width of the interval of the logarithm: 0 where
    /// some pair of limits that print so is as far apart.
    ///
    /// A standard error hangs on which labels go together and moves by little at a time, while a
    /// coefficient goes wherever times are traded. Were both held equally tight, no row could
    /// change its labels in the end, and standard errors would stay as they are.
    pub(super) fn miss_of_spread(&self, half: f64) -> f64 {
        let Some([Goal::Between { low, high, .. }, upper]) = self.limits else { return 0.0 };
        let Goal::Between { low: least, high: most, .. } = upper else { return 0.0 };
        if low <= 0.0 {
            return 0.0;
        }
        let (narrow, wide) = (0.5 * (least / high).ln(), 0.5 * (most / low).ln());
        let distance = (narrow - half).max(half - wide).max(0.0);
        SPREAD * distance / (0.5 * (narrow + wide)).max(0.5 * wide)
    }

    /// The goal of an exact count.
    pub(super) fn count(count: usize) -> Self {
        let count = count as f64;
        let estimate =
            Goal::Between { low: count - 0.25, high: count + 0.25, unit: 0.5, scale: 5.0 };
        Self { estimate, limits: None }
    }

    pub(super) fn miss(&self, values: Values) -> f64 {
        let limits = self
            .limits
            .map_or(0.0, |[lower, upper]| lower.miss(values.lower) + upper.miss(values.upper));
        self.estimate.miss(values.estimate) + limits
    }
}

/// Half the width of the interval, or what stands for it.
fn scale(printed: &PrintedEstimate) -> f64 {
    let number = |own: Option<&Printed>| own.and_then(Printed::number);
    let unit = printed.estimate.half_unit();
    let wide = match (number(printed.lower()), number(printed.upper())) {
        (Some(lower), Some(upper)) => 0.5 * (upper - lower),
        _ => WIDTH * number(Some(&printed.estimate)).unwrap_or(1.0).abs(),
    };
    wide.max(2.0 * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_so_misses_nothing() {
        let printed = PrintedEstimate::parse("7.4 (6.3-NR)").unwrap();
        let goals = Goals::new(&printed, 30.4375);
        let values = |days: f64| Values { estimate: Some(days), lower: Some(192.0), upper: None };
        assert_eq!(goals.miss(values(225.0)), 0.0);
        // 7.5 months, half a unit beyond 7.45.
        let near = goals.miss(values(7.5 * 30.4375));
        assert!(near > 0.5 * NEAR && near < goals.miss(values(7.6 * 30.4375)));
        let reached = Values { upper: Some(300.0), ..values(225.0) };
        assert_eq!(goals.miss(reached), WRONG_KIND);
        assert_eq!(goals.miss(Values::default()), 2.0 * WRONG_KIND);
    }

    #[test]
    fn a_standard_error_misses_by_itself() {
        let goals = |text: &str| Goals::new(&PrintedEstimate::parse(text).unwrap(), 1.0);
        let half = |lower: f64, upper: f64| 0.5 * (upper / lower).ln();
        let printed = goals("1.89 (1.02-3.48)");
        assert_eq!(printed.miss_of_spread(half(1.0152, 3.4848)), 0.0);
        // A hundredth wider than the widest that prints so.
        let wider = printed.miss_of_spread(1.01 * half(1.015, 3.485));
        assert!((wider - 0.01 * SPREAD).abs() < 0.02 * SPREAD * 0.1, "{wider}");
        assert!(printed.miss_of_spread(0.5) > wider);
        // No width is known of what has no limits, or a lower one of 0.
        assert_eq!(goals("1.89").miss_of_spread(0.5), 0.0);
        assert_eq!(goals("1.89 (0.00-9.1)").miss_of_spread(0.5), 0.0);
        assert!(goals("1.00 (1.00-1.00)").miss_of_spread(0.5).is_finite());
    }
}
