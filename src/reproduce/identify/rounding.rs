//! How a value becomes printed digits.

use serde::Serialize;

use crate::published::{Printed, PrintedEstimate, PrintedValue};

/// Within this share of a printed unit a value lies on the border of two roundings.
const BORDER: f64 = 1e-9;

/// What becomes of the digits that are not printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// To the nearest, halves up.
    HalfUp,
    /// To the nearest, halves to the even digit.
    HalfEven,
    /// Cut off.
    Truncated,
}

impl Rounding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HalfUp, Self::HalfEven, Self::Truncated];

    /// The name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half-even",
            Self::Truncated => "truncated",
        }
    }

    /// A value in units of its last printed digit.
    fn units(self, value: f64, decimals: u8) -> f64 {
        let scaled = value * 10f64.powi(i32::from(decimals));
        let (floor, rest) = (scaled.floor(), scaled - scaled.floor());
        let border = BORDER * scaled.abs().max(1.0);
        let up = match self {
            Self::Truncated => rest >= 1.0 - border,
            Self::HalfEven if (rest - 0.5).abs() <= border => floor % 2.0 != 0.0,
            _ => rest >= 0.5 - border,
        };
        if up { floor + 1.0 } else { floor }
    }

    /// Whether a value, `None` for what is not reached, is printed so.
    pub fn prints(self, printed: &Printed, value: Option<f64>) -> bool {
        match (printed.value(), value) {
            (PrintedValue::Number(own), Some(value)) => {
                let decimals = printed.decimals();
                self.units(value, decimals) == (own * 10f64.powi(i32::from(decimals))).round()
            }
            _ => printed.matches(value),
        }
    }

    /// Whether an estimate and, where limits are printed, its limits are printed so.
    pub(super) fn prints_estimate(
        self,
        printed: &PrintedEstimate,
        values: [Option<f64>; 3],
    ) -> bool {
        let [estimate, lower, upper] = values;
        let limit = |printed: Option<&Printed>, value| {
            printed.is_none_or(|printed| self.prints(printed, value))
        };
        self.prints(&printed.estimate, estimate)
            && limit(printed.lower(), lower)
            && limit(printed.upper(), upper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roundings_differ_on_borders_and_beyond() {
        let print = |text: &str, value| {
            let printed = Printed::parse(text).unwrap();
            Rounding::ALL.map(|own| own.prints(&printed, Some(value)))
        };
        assert_eq!(print("0.13", 0.125), [true, false, false]);
        assert_eq!(print("0.12", 0.125), [false, true, true]);
        assert_eq!(print("2.95", 2.945), [true, false, false]);
        assert_eq!(print("2.9", 2.96), [false, false, true]);
        assert_eq!(print("3.0", 2.96), [true, true, false]);
        assert_eq!(print("0.30", 0.1 + 0.2), [true; 3]);
        assert!(Rounding::HalfUp.prints(&Printed::parse("NR").unwrap(), None));
        assert!(!Rounding::HalfUp.prints(&Printed::parse("4").unwrap(), None));
    }
}
