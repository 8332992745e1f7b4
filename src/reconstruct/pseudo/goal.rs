//! How far a number is from what was printed.

use crate::published::{Printed, PrintedEstimate, PrintedValue};

/// The miss of a number that should not be reached but is, and the other way round.
const WRONG_KIND: f64 = 3.0;
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
                    NEAR * units / (1.0 + units)
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

    /// The same with far distances counting more.
    pub(super) fn tightened(self, factor: f64) -> Self {
        let tighten = |goal: Goal| match goal {
            Goal::Between { low, high, unit, scale } => {
                Goal::Between { low, high, unit, scale: scale / factor }
            }
            Goal::NotReached => goal,
        };
        let limits = self.limits.map(|limits| limits.map(tighten));
        Self { estimate: tighten(self.estimate), limits }
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
}
