//! One printed number.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::error::{Error, Result};

/// Relative slack for values that lie on the border of two roundings: software that rounds half
/// up, half to even, or the nearest double, prints either.
const BORDER: f64 = 1e-9;

/// One number as printed: `21.8`, `NR`, `<0.001`, `32%`.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    text: String,
    value: PrintedValue,
    decimals: u8,
    percent: bool,
}

/// What a printed number says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PrintedValue {
    /// A number, rounded to its decimals.
    Number(f64),
    /// Not reached, not estimable.
    NotReached,
    /// Less than this.
    Below(f64),
    /// More than this.
    Above(f64),
}

impl Printed {
    /// Reads a printed number.
    ///
    /// Digits with `.`, `·` or `,` before the decimals; a leading `<`, `>`, `≤`, `≥` or `p =`; a
    /// trailing `%`; `NR`, `NE`, `NA`, `not reached` and `∞` for what was not reached.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let refuse = || {
            Error::option(format!(
                "{text:?} is no printed number: give it as the paper does, for instance 21.8, \
                 <0.001, 32% or NR"
            ))
        };
        if is_not_reached(text) {
            let text = text.to_owned();
            return Ok(Self { text, value: PrintedValue::NotReached, decimals: 0, percent: false });
        }
        let mut rest = text.trim_start_matches(['p', 'P']).trim_start();
        let sign = rest.chars().next().filter(|sign| "<>≤≥=".contains(*sign));
        rest = sign.map_or(rest, |sign| rest[sign.len_utf8()..].trim_start());
        let percent = rest.ends_with('%');
        let digits: String = rest.trim_end_matches('%').trim_end().to_owned();
        let digits = digits.replace(['·', ','], ".").replace(['−', '–'], "-");
        let plain = digits.strip_prefix('-').unwrap_or(&digits);
        let mut dots = 0;
        let clean = plain.chars().all(|c| {
            dots += usize::from(c == '.');
            c.is_ascii_digit() || c == '.'
        });
        if !clean || dots > 1 || !plain.contains(|c: char| c.is_ascii_digit()) {
            return Err(refuse());
        }
        let value: f64 = digits.parse().map_err(|_| refuse())?;
        let decimals = plain.split_once('.').map_or(0, |(_, after)| after.len());
        let decimals = u8::try_from(decimals).ok().filter(|&own| own <= 15).ok_or_else(refuse)?;
        let value = match sign {
            Some('<' | '≤') => PrintedValue::Below(value),
            Some('>' | '≥') => PrintedValue::Above(value),
            _ => PrintedValue::Number(value),
        };
        Ok(Self { text: text.to_owned(), value, decimals, percent })
    }

    /// A bare 0 beside numbers with decimals is exact to as many; papers cut its zeros off.
    pub(super) fn zero_to(self, decimals: u8) -> Self {
        let bare = self.value == PrintedValue::Number(0.0) && self.decimals == 0;
        if bare { Self { decimals, ..self } } else { self }
    }

    /// The text as it was printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub fn value(&self) -> PrintedValue {
        self.value
    }

    /// The number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            PrintedValue::Number(value) => Some(value),
            _ => None,
        }
    }

    /// Digits after the decimal point.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// Whether a percent sign was printed.
    pub fn is_percent(&self) -> bool {
        self.percent
    }

    /// Whether it says "not reached".
    pub fn is_not_reached(&self) -> bool {
        self.value == PrintedValue::NotReached
    }

    /// Half a unit of the last printed digit.
    pub fn half_unit(&self) -> f64 {
        0.5 * 10f64.powi(-i32::from(self.decimals))
    }

    /// The smallest and the largest real number that may be printed so, both with the border;
    /// `None` for "not reached".
    pub fn bounds(&self) -> Option<(f64, f64)> {
        match self.value {
            PrintedValue::Number(value) => {
                Some((value - self.half_unit(), value + self.half_unit()))
            }
            PrintedValue::Below(limit) => Some((f64::NEG_INFINITY, limit)),
            PrintedValue::Above(limit) => Some((limit, f64::INFINITY)),
            PrintedValue::NotReached => None,
        }
    }

    /// Whether a value (`None`: not reached) may be printed so. On the border of two roundings
    /// either is right.
    pub fn matches(&self, value: Option<f64>) -> bool {
        let Some((low, high)) = self.bounds() else { return value.is_none() };
        let Some(value) = value else { return false };
        let slack = BORDER * value.abs().max(self.half_unit());
        match self.value {
            PrintedValue::Below(limit) => value < limit,
            PrintedValue::Above(limit) => value > limit,
            _ => value >= low - slack && value <= high + slack,
        }
    }

    /// A value at this number's precision: the printed text itself where it matches.
    pub fn print_like(&self, value: Option<f64>) -> String {
        if self.matches(value) {
            return self.text.clone();
        }
        let Some(value) = value else { return "NR".to_owned() };
        let unit = if self.percent { "%" } else { "" };
        let rounded = format!("{value:.*}", usize::from(self.decimals));
        let rounded = if rounded.trim_start_matches('-').contains(|c| ('1'..='9').contains(&c)) {
            rounded
        } else {
            rounded.trim_start_matches('-').to_owned()
        };
        format!("{rounded}{unit}")
    }
}

fn is_not_reached(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["nr", "ne", "na", "n.r.", "not reached", "not estimable", "∞", "inf", "—"]
        .contains(&text.as_str())
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Printed {
        Printed::parse(text).unwrap()
    }

    #[test]
    fn a_number_stands_for_what_rounds_to_it() {
        let months = printed("21.8");
        assert_eq!(months.bounds(), Some((21.75, 21.85)));
        assert!(months.matches(Some(21.849)) && !months.matches(Some(21.86)));
        assert!(!months.matches(None));
        assert!(printed("0.89").matches(Some(27.0 / 30.4375)));
        assert!(printed("0.887").matches(Some(27.0 / 30.4375)));
        assert!(!printed("0.887").matches(Some(0.89)));
    }

    /// 0.125 is a double: half up prints 0.13, half to even 0.12.
    #[test]
    fn either_side_of_a_border_is_right() {
        assert!(printed("0.13").matches(Some(0.125)));
        assert!(printed("0.12").matches(Some(0.125)));
        assert!(!printed("0.14").matches(Some(0.125)));
    }

    #[test]
    fn signs_and_words_are_read() {
        assert!(printed("<0.001").matches(Some(0.0002)));
        assert!(!printed("< 0.001").matches(Some(0.001)));
        assert!(printed("NR").matches(None) && !printed("NR").matches(Some(4.0)));
        assert_eq!(printed("32%").number(), Some(32.0));
        assert!(printed("32 %").is_percent());
        assert_eq!(printed("1·44").number(), Some(1.44));
        assert_eq!(printed("p = 0.027").number(), Some(0.027));
        assert_eq!(printed("-0.5").number(), Some(-0.5));
        assert!(Printed::parse("about 3").is_err() && Printed::parse("").is_err());
        assert!(Printed::parse("1.2.3").is_err() && Printed::parse("<").is_err());
    }

    #[test]
    fn a_value_is_printed_alike() {
        assert_eq!(printed("0").print_like(Some(0.004)), "0");
        assert_eq!(printed("21.8").print_like(Some(22.04)), "22.0");
        assert_eq!(printed("NR").print_like(Some(22.0)), "22");
        assert_eq!(printed("1.10").print_like(Some(1.1002)), "1.10");
        assert_eq!(printed("32%").print_like(Some(28.4)), "28%");
        assert_eq!(printed("5").print_like(Some(-0.2)), "0");
    }
}
