//! Numbers as labels.

/// The shortest text that reads back as the number.
pub(in crate::formula) fn number(value: f64) -> String {
    match value {
        f64::INFINITY => "Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        // Minus zero is zero.
        _ => (value + 0.0).to_string(),
    }
}

/// As C's `%.{digits}g`, which R's `cut` uses: significant digits, no trailing zeros, and an
/// exponent when it is below -4 or not below `digits`.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return number(value);
    }
    let digits = digits.max(1);
    let scientific = format!("{:.*e}", digits - 1, value + 0.0);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..digits as i32).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        return trimmed(&format!("{:.*}", decimals, value + 0.0)).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits_are_those_of_c() {
        // R: formatC(c(...), digits = 3, width = 1)
        let cases = [
            (0.0, "0"),
            (55.0, "55"),
            (101.0, "101"),
            (1234.0, "1.23e+03"),
            (123456.0, "1.23e+05"),
            (0.5, "0.5"),
            (0.12345, "0.123"),
            (0.00012345, "0.000123"),
            (0.000012345, "1.23e-05"),
            (99.95, "100"),
            (999.5, "1e+03"),
            (-2.5, "-2.5"),
            (1e300, "1e+300"),
            (2.345, "2.35"),
            (f64::INFINITY, "Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value, 3), text);
        }
        assert_eq!(significant(1234.5678, 6), "1234.57");
    }
}
