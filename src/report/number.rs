//! Numbers in words: the one place where precision is dropped, for text and documents only.

use std::f64::consts::LN_10;

/// What stands for a time that is not reached.
pub(super) const NOT_REACHED: &str = "NR";
/// What stands for a number that does not exist.
pub(super) const NONE: &str = "–";

/// A count: whole where it is whole (weights need not be).
pub(super) fn count(value: f64) -> String {
    significant(value, if value.fract() == 0.0 { 15 } else { 6 })
}

/// An estimate to three digits; whole numbers stay whole.
pub(super) fn estimate(value: f64) -> String {
    rounded(value, 3)
}

/// So many significant digits, zeros at the end included; whole numbers stay whole.
pub(super) fn rounded(value: f64, digits: usize) -> String {
    if value.fract() == 0.0 {
        return significant(value, 15);
    }
    match decimals(value, digits) {
        Some(decimals) => format!("{value:.decimals$}"),
        None => significant(value, digits),
    }
}

/// A hazard ratio: two decimals, three digits below 0.1 and from 100 on.
pub(super) fn hazard_ratio(value: f64) -> String {
    if (0.1..100.0).contains(&value) { format!("{value:.2}") } else { significant(value, 3) }
}

/// A time as it was asked for or stands in the data.
pub(super) fn time(value: f64) -> String {
    significant(value, 7)
}

/// A number at an axis, with a minus instead of a hyphen.
pub(super) fn tick(value: f64) -> String {
    let words = time(value);
    words.strip_prefix('-').map_or_else(|| words.clone(), |own| format!("−{own}"))
}

/// A probability, to three decimals.
pub(super) fn probability(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.3}"))
}

/// An estimate that may not be reached.
pub(super) fn reached(value: Option<f64>) -> String {
    value.map_or_else(|| NOT_REACHED.to_owned(), estimate)
}

/// `270 (210–306)`; limits that are not reached are `NR`.
pub(super) fn reached_interval(value: Option<f64>, limits: [Option<f64>; 2]) -> String {
    let [lower, upper] = limits.map(reached);
    format!("{} ({})", reached(value), range(&lower, &upper))
}

/// `0.34–0.57`, or a dash where neither limit exists.
pub(super) fn probability_range(limits: [Option<f64>; 2]) -> String {
    match limits {
        [None, None] => NONE.to_owned(),
        limits => {
            let [lower, upper] = limits.map(probability);
            range(&lower, &upper)
        }
    }
}

/// Two limits of any sign.
pub(super) fn estimate_range(lower: f64, upper: f64) -> String {
    if !(lower.is_finite() && upper.is_finite()) {
        return NONE.to_owned();
    }
    range(&estimate(lower), &estimate(upper))
}

/// A share as a percentage: whole from 10 % on, with one decimal below, or with so many decimals.
pub(super) fn share(proportion: Option<f64>, digits: Option<usize>) -> String {
    let Some(percent) = proportion.map(|own| 100.0 * own) else { return NONE.to_owned() };
    let usual = if percent == 0.0 || percent >= 9.95 { 0 } else { 1 };
    format!("{percent:.*} %", digits.unwrap_or(usual))
}

/// An en dash between limits; the word where a minus sign would be mistaken for one.
pub(super) fn range(lower: &str, upper: &str) -> String {
    let separator = if lower.starts_with('-') || upper.starts_with('-') { " to " } else { "–" };
    format!("{lower}{separator}{upper}")
}

/// A p-value for a table: `0.013`, `0.27`, `<0.001`.
pub(super) fn p_value(p: Option<f64>) -> String {
    match p {
        None => NONE.to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) if p < 0.0995 => format!("{p:.3}"),
        Some(p) => format!("{p:.2}"),
    }
}

/// A p-value for a sentence: `p = 0.013`, `p < 0.001 (3e-326)`. The logarithm tells how small it is
/// when a double cannot.
pub(super) fn p_sentence(p: Option<f64>, ln_p: Option<f64>) -> String {
    match (p, ln_p) {
        (None, _) => "p not defined".to_owned(),
        (Some(p), Some(ln_p)) if p < 0.001 => format!("p < 0.001 ({})", power_of_ten(ln_p)),
        (Some(p), None) if p < 0.001 => "p < 0.001".to_owned(),
        (Some(_), _) => format!("p = {}", p_value(p)),
    }
}

/// A p-value for a figure: `p = 0.013`, `p < 0.001`.
pub(super) fn p_brief(p: Option<f64>) -> String {
    match p {
        None => "p not defined".to_owned(),
        Some(p) if p < 0.001 => "p < 0.001".to_owned(),
        Some(_) => format!("p = {}", p_value(p)),
    }
}

/// `Log-rank test: χ² = 10.3 on 1 df, p = 0.001`.
pub(super) fn chi_squared(
    name: &str,
    (statistic, df): (f64, usize),
    (p, ln_p): (Option<f64>, Option<f64>),
) -> String {
    let statistic = rounded(statistic, 3);
    format!("{name}: χ² = {statistic} on {df} df, {}", p_sentence(p, ln_p))
}

/// e^`ln` as a power of ten with two digits.
fn power_of_ten(ln: f64) -> String {
    let log10 = ln / LN_10;
    let exponent = log10.floor();
    let mantissa = format!("{:.1}", 10f64.powf(log10 - exponent));
    match mantissa.as_str() {
        "10.0" => format!("1e{}", exponent + 1.0),
        mantissa => format!("{}e{exponent}", mantissa.trim_end_matches(".0")),
    }
}

/// A confidence level as a percentage: `95 %`.
pub(super) fn percent(level: f64) -> String {
    format!("{} %", significant(level * 100.0, 7))
}

/// Full precision, for CSV: reading it back gives the same double. Empty for what has overflowed.
pub(super) fn exact(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => String::new(),
        size if size == 0.0 || (1e-5..1e16).contains(&size) => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// Full precision, empty where there is no number.
pub(super) fn exact_or_empty(value: Option<f64>) -> String {
    value.map_or_else(String::new, exact)
}

/// At most so many significant digits, trailing zeros cut, whole digits kept; a dash for what has
/// overflowed.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    // A sum of nothing is −0.
    let value = value + 0.0;
    if let Some(decimals) = decimals(value, digits) {
        return trimmed(&format!("{value:.decimals$}"));
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    format!("{}e{exponent}", trimmed(mantissa))
}

/// Decimals that show so many significant digits; none for a number that needs a power of ten.
fn decimals(value: f64, digits: usize) -> Option<usize> {
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let exponent: i32 = scientific.split_once('e')?.1.parse().ok()?;
    let shown = (-4..15).contains(&exponent);
    shown.then(|| (digits as i32 - 1 - exponent).max(0) as usize)
}

fn trimmed(number: &str) -> String {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_keep_three_digits_and_whole_numbers() {
        let words =
            [270.0, 1022.0, 8.871, 37.5 / 30.4375, 40.0 / 30.4375, 0.3361, 0.0, 8.8].map(estimate);
        assert_eq!(words, ["270", "1022", "8.87", "1.23", "1.31", "0.336", "0", "8.80"]);
        assert_eq!([1e308, 1e-7, 123_456_789.0].map(estimate), ["1e308", "1e-7", "123456789"]);
        assert_eq!([f64::INFINITY, f64::NAN].map(estimate), [NONE, NONE]);
        assert_eq!([9.996, 0.99996, 13.996].map(estimate), ["10.0", "1.00", "14.0"]);
    }

    #[test]
    fn axes_have_a_minus() {
        assert_eq!(
            [-2.0, -0.25, 0.0, 1e-7, -1e-7].map(tick),
            ["−2", "−0.25", "0", "1e-7", "−1e-7"]
        );
    }

    #[test]
    fn p_values_as_journals_print_them() {
        let words = [0.0131, 0.00096, 0.0013, 0.0653, 0.0999, 0.27, 1.0].map(|p| p_value(Some(p)));
        assert_eq!(words, ["0.013", "<0.001", "0.001", "0.065", "0.10", "0.27", "1.00"]);
        assert_eq!(p_value(None), NONE);
    }

    #[test]
    fn a_p_too_small_for_a_double_is_still_a_power_of_ten() {
        let ln_p = 3.2e-5f64.ln() - 321.0 * LN_10;
        assert_eq!(p_sentence(Some(0.0), Some(ln_p)), "p < 0.001 (3.2e-326)");
        assert_eq!(power_of_ten(9.99e-7f64.ln()), "1e-6");
        assert_eq!(p_sentence(Some(0.2), Some(0.2f64.ln())), "p = 0.20");
    }

    #[test]
    fn intervals_say_what_is_not_reached() {
        let text = reached_interval(Some(37.5 / 30.4375), [Some(0.0), None]);
        assert_eq!(text, "1.23 (0–NR)");
        assert_eq!(estimate_range(-19.53, 3.466), "-19.5 to 3.47");
        assert_eq!(probability_range([None, None]), NONE);
    }

    #[test]
    fn exact_numbers_read_back() {
        for value in [0.1, 1e308, 1e-300, 270.0, 1.0 / 3.0] {
            assert_eq!(exact(value).parse(), Ok(value));
        }
    }
}
