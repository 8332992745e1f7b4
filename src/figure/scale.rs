//! Axes: from numbers to places, and where ticks stand.

/// A straight axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// The numbers at the ends.
    pub(crate) domain: (f64, f64),
    /// Their places.
    pub(crate) range: (f64, f64),
}

impl Scale {
    /// The place of a number.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let ((low, high), (start, end)) = (self.domain, self.range);
        start + (value - low) / (high - low) * (end - start)
    }
}

/// Distances between ticks that people count by, ever longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Steps {
    /// 1, 2, 5, 10, 20 …
    #[default]
    Decimal,
    /// 1, 2, 3, 6, 12, 24 … as months.
    Dozens,
}

impl Steps {
    /// The shortest distance of at least `least`.
    pub(crate) fn at_least(self, least: f64) -> f64 {
        let dozens = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0];
        let whole = match self {
            Self::Dozens if least > 0.5 => dozens.into_iter().find(|&own| own >= least),
            _ => None,
        };
        whole.unwrap_or_else(|| decimal(least))
    }
}

fn decimal(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let mut power = 10f64.powi(least.log10().floor().clamp(-300.0, 300.0) as i32);
    // A logarithm may be off by one in its last digit.
    if power > least {
        power /= 10.0;
    }
    let multiples = [1.0, 2.0, 5.0, 10.0].map(|own| own * power);
    multiples.into_iter().find(|&own| own >= least).unwrap_or(10.0 * power)
}

/// Multiples of `step` from 0 up to `end`, which a rounding error does not lose.
pub(crate) fn ticks(step: f64, end: f64) -> Vec<f64> {
    let count = (end / step + 1e-9).floor().clamp(0.0, 1000.0) as u32;
    (0..=count).map(|own| multiple(f64::from(own), step)).collect()
}

/// Multiples of `step` from `low` to `high`.
pub(crate) fn ticks_between(step: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let count = (last - first).clamp(-1.0, 1000.0) as i32;
    (0..=count).map(|own| multiple(first + f64::from(own), step)).collect()
}

/// A multiple as it is written: three times 0.1 is 0.3 and not the double after it, so that who
/// leaves at 0.3 is still at risk there.
fn multiple(count: f64, step: f64) -> f64 {
    let product = count * step;
    format!("{product:.12e}").parse().unwrap_or(product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_round() {
        let of = |least| Steps::Decimal.at_least(least);
        assert_eq!([0.03, 1.0, 1.1, 7.0, 130.0].map(of), [0.05, 1.0, 2.0, 10.0, 200.0]);
        let of = |least| Steps::Dozens.at_least(least);
        assert_eq!([0.3, 1.0, 4.0, 11.0, 40.0, 130.0].map(of), [0.5, 1.0, 6.0, 12.0, 60.0, 200.0]);
        assert!([1e-310, 1e308, 0.0, f64::NAN].map(of).iter().all(|own| *own > 0.0));
    }

    #[test]
    fn ticks_reach_the_end() {
        assert_eq!(ticks(0.1, 0.7), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
        assert_eq!(ticks(12.0, 35.9), [0.0, 12.0, 24.0]);
        assert_eq!(ticks(1e300, 5.0), [0.0]);
    }

    #[test]
    fn ticks_may_be_negative() {
        assert_eq!(ticks_between(2.0, (-3.0, 4.0)), [-2.0, 0.0, 2.0, 4.0]);
        assert!(ticks_between(2.0, (0.5, 1.5)).is_empty());
    }

    #[test]
    fn a_scale_is_exact_at_its_ends() {
        let own = Scale { domain: (0.0, 36.0), range: (40.0, 220.0) };
        assert_eq!([0.0, 36.0, 18.0].map(|value| own.place(value)), [40.0, 220.0, 130.0]);
    }
}
