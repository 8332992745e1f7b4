//! An estimate with its interval, as printed.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Printed;
use crate::error::{Error, Result};

/// An estimate with or without its limits: `21.8 (17.2-26.3)`, `NR (8.28–NR)`, `5`, `<0.001`.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedEstimate {
    text: String,
    /// The estimate.
    pub estimate: Printed,
    /// Lower and upper limit, where printed.
    pub limits: Option<(Printed, Printed)>,
}

impl PrintedEstimate {
    /// Reads an estimate and the limits in brackets after it. Between the limits stands a dash, a
    /// comma with a space, a semicolon, or `to`.
    ///
    /// # Errors
    /// When the text is not of this form.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let refuse = || {
            Error::option(format!(
                "{text:?} is no printed estimate: give it as the paper does, for instance \
                 \"21.8 (17.2-26.3)\", \"NR (8.28-NR)\" or \"<0.001\""
            ))
        };
        let Some(open) = text.find(['(', '[']) else {
            let estimate = Printed::parse(text).map_err(|_| refuse())?;
            return Ok(Self { text: text.to_owned(), estimate, limits: None });
        };
        let estimate = Printed::parse(&text[..open]).map_err(|_| refuse())?;
        let inside = text[open + 1..].trim_end().strip_suffix([')', ']']).ok_or_else(refuse)?;
        let inside = inside.trim();
        let inside = inside.strip_prefix("95% CI").unwrap_or(inside).trim_start_matches([':', ' ']);
        let (lower, upper) = split(inside).ok_or_else(refuse)?;
        let decimals = [&estimate, &lower, &upper].map(Printed::decimals).into_iter().max();
        let decimals = decimals.unwrap_or(0);
        let limits = Some((lower.zero_to(decimals), upper.zero_to(decimals)));
        Ok(Self { text: text.to_owned(), estimate, limits })
    }

    /// Builds one from its parts.
    pub fn new(estimate: Printed, limits: Option<(Printed, Printed)>) -> Self {
        let text = match &limits {
            Some((lower, upper)) => format!("{estimate} ({lower}-{upper})"),
            None => estimate.to_string(),
        };
        Self { text, estimate, limits }
    }

    /// The text as it was printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lower limit, where printed.
    pub fn lower(&self) -> Option<&Printed> {
        self.limits.as_ref().map(|(lower, _)| lower)
    }

    /// The upper limit, where printed.
    pub fn upper(&self) -> Option<&Printed> {
        self.limits.as_ref().map(|(_, upper)| upper)
    }

    /// Whether a rate so printed is a percentage: a percent sign or a number above 1 stands among the
    /// estimate and its limits. Anything else is a fraction.
    pub fn is_percentage(&self) -> bool {
        let mut all = [Some(&self.estimate), self.lower(), self.upper()].into_iter().flatten();
        all.any(|own| own.is_percent() || own.number().is_some_and(|own| own > 1.0))
    }

    /// Whether an estimate and, where limits were printed, its limits may be printed so.
    pub fn matches(&self, estimate: Option<f64>, lower: Option<f64>, upper: Option<f64>) -> bool {
        let limits = self
            .limits
            .as_ref()
            .is_none_or(|(low, high)| low.matches(lower) && high.matches(upper));
        limits && self.estimate.matches(estimate)
    }

    /// An estimate and its limits at the printed precision; the text itself where they match.
    pub fn print_like(
        &self,
        estimate: Option<f64>,
        lower: Option<f64>,
        upper: Option<f64>,
    ) -> String {
        if self.matches(estimate, lower, upper) {
            return self.text.clone();
        }
        let own = like(&self.estimate, self.limits.as_ref(), estimate);
        let Some((low, high)) = &self.limits else { return own };
        let (low, high) = (
            like(low, Some(&(self.estimate.clone(), high.clone())), lower),
            like(high, Some(&(self.estimate.clone(), low.clone())), upper),
        );
        format!("{own} ({low}-{high})")
    }
}

/// A value in a place where "not reached" may have been printed: then to its neighbours' digits.
fn like(own: &Printed, others: Option<&(Printed, Printed)>, value: Option<f64>) -> String {
    if !own.is_not_reached() || value.is_none() {
        return own.print_like(value);
    }
    let others = others.into_iter().flat_map(|(a, b)| [a, b]);
    let finest = others.filter(|other| !other.is_not_reached()).max_by_key(|p| p.decimals());
    finest.unwrap_or(own).print_like(value)
}

fn split(inside: &str) -> Option<(Printed, Printed)> {
    for separator in [" to ", ";", "–", "—", " - ", "- ", ", "] {
        if let Some((lower, upper)) = inside.split_once(separator) {
            return Some((Printed::parse(lower).ok()?, Printed::parse(upper).ok()?));
        }
    }
    let dashes = inside.match_indices(['-', ',']).filter(|&(at, _)| at > 0);
    let parts = dashes.map(|(at, _)| (&inside[..at], &inside[at + 1..]));
    let read = |(lower, upper)| Some((Printed::parse(lower).ok()?, Printed::parse(upper).ok()?));
    parts.filter_map(read).next()
}

impl fmt::Display for PrintedEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for PrintedEstimate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_dashes_and_words() {
        for text in [
            "21.8 (17.2-26.3)",
            "21.8 [17.2–26.3]",
            "21.8 (17.2 - 26.3)",
            "21.8 (17.2 to 26.3)",
            "21.8 (17.2, 26.3)",
            "21.8 (95% CI: 17.2-26.3)",
        ] {
            let read = PrintedEstimate::parse(text).unwrap();
            assert_eq!(read.text(), text);
            assert!(read.matches(Some(21.8), Some(17.2), Some(26.3)), "{text}");
            assert!(!read.matches(Some(21.8), Some(17.2), None));
        }
        let open = PrintedEstimate::parse("NR (8.28-NR)").unwrap();
        assert!(open.matches(None, Some(252.0 / 30.4375), None));
        assert_eq!(open.print_like(Some(12.0), None, None), "12.00 (NR-NR)");
        let negative = PrintedEstimate::parse("0.1 (-0.2-0.4)").unwrap();
        assert!(negative.matches(Some(0.1), Some(-0.2), Some(0.4)));
        assert!(PrintedEstimate::parse("21.8 (17.2-26.3").is_err());
        assert!(PrintedEstimate::parse("(17.2-26.3)").is_err());
        assert!(PrintedEstimate::parse("21.8 (17.2)").is_err());
    }

    /// 1.23 (0–NR) in days of 30.4375: a lower limit of day 0, not of day 15.
    #[test]
    fn a_bare_zero_is_as_exact_as_its_neighbours() {
        let read = PrintedEstimate::parse("1.23 (0-NR)").unwrap();
        assert!(read.matches(Some(1.232), Some(0.0), None));
        assert!(!read.matches(Some(1.232), Some(1.0 / 30.4375), None));
        assert_eq!(read.print_like(Some(1.4), Some(0.03), None), "1.40 (0.03-NR)");
        assert!(PrintedEstimate::parse("6 (0-9)").unwrap().matches(
            Some(6.0),
            Some(0.4),
            Some(9.0)
        ));
    }

    #[test]
    fn rates_are_percentages_by_sign_or_size() {
        let percentage = |text| PrintedEstimate::parse(text).unwrap().is_percentage();
        assert!(percentage("32") && percentage("0.9%") && percentage("0.9 (0.2-3.1)"));
        assert!(!percentage("0.32 (0.2-0.4)") && !percentage("1 (0.9-1)") && !percentage("NR"));
    }

    #[test]
    fn differences_are_printed_at_the_same_precision() {
        let read = PrintedEstimate::parse("7.4 (6.3-8.4)").unwrap();
        assert_eq!(read.print_like(Some(7.44), Some(6.31), Some(8.57)), "7.4 (6.3-8.6)");
    }
}
