//! Numbers from text: eight characters at a time where they are short, as nearly all are.

use memchr::memchr2;

use super::cell::Cell;

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
const DOTS: u64 = u64::from_le_bytes([b'.'; 8]);
const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH_BITS: u64 = ONES << 7;
/// What lifts a byte above 9 to its high bit.
const TO_HIGH_BIT: u64 = u64::from_le_bytes([0x80 - 10; 8]);

/// Text with more significant digits than this is not known to be an exact decimal.
const EXACT_DIGITS: usize = 12;
const EXACT_BELOW: u64 = 1_000_000_000_000;

/// The powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A finite number, and whether its text has at most 12 significant digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) exact: bool,
}

/// A whole number above `i32::MIN`, which means "missing".
#[inline(always)]
pub(crate) fn integer(cell: Cell) -> Option<i32> {
    match short_integer(cell) {
        Some(value) => Some(value as i32),
        None => long_integer(cell),
    }
}

/// A whole number from 0 to 999 in one to three digits.
#[inline(always)]
pub(crate) fn small_integer(cell: Cell) -> Option<u32> {
    const HIGH: u32 = HIGH_BITS as u32;
    let digits = (cell.short_word()? ^ ZEROS as u32) << (32 - 8 * cell.len());
    let all = (digits | digits.wrapping_add(TO_HIGH_BIT as u32)) & HIGH == 0;
    let value = (digits >> 8 & 0xff) * 100 + (digits >> 16 & 0xff) * 10 + (digits >> 24);
    all.then_some(value)
}

/// A number; "inf", "nan" and what overflows are none.
#[inline(always)]
pub(crate) fn number(cell: Cell) -> Option<Number> {
    match short_decimal(cell) {
        Some(value) => Some(Number { value, exact: true }),
        None => middle_decimal(cell).or_else(|| long_number(cell)),
    }
}

/// One to eight digits.
#[inline(always)]
fn short_integer(cell: Cell) -> Option<u32> {
    let digits = (cell.word()? ^ ZEROS) << padding(cell);
    all_digits(digits).then(|| join_digits(digits))
}

/// One to eight characters: digits with at most one point.
#[inline(always)]
fn short_decimal(cell: Cell) -> Option<f64> {
    let word = cell.word()?;
    let padding = padding(cell);
    let digits = (word ^ ZEROS) << padding;
    // Bytes shifted in must not look like points.
    let points = ((word ^ DOTS) << padding) | !(u64::MAX << padding);
    let points = points.wrapping_sub(ONES) & !points & HIGH_BITS;
    if points == 0 {
        return all_digits(digits).then(|| f64::from(join_digits(digits)));
    }
    let point = points.trailing_zeros() & !7;
    let fraction = (u64::MAX << point) << 8;
    let digits = (digits & fraction) | ((digits & !(u64::MAX << point)) << 8);
    let places = (7 - point / 8) as usize;
    let valid = cell.len() > 1 && all_digits(digits);
    valid.then(|| f64::from(join_digits(digits)) / POWERS[places])
}

/// Nine to sixteen characters, in the same way.
#[inline(always)]
fn middle_decimal(cell: Cell) -> Option<Number> {
    const ALL_ZEROS: u128 = u128::from_le_bytes([b'0'; 16]);
    let word = cell.long_word()?;
    let digits = (word ^ ALL_ZEROS) << (128 - 8 * cell.len());
    let (digits, places) = without_point(digits);
    // The first characters are in the low bytes.
    let (first, last) = (digits as u64, (digits >> 64) as u64);
    if !(all_digits(first) && all_digits(last)) {
        return None;
    }
    let mantissa = u64::from(join_digits(first)) * 100_000_000 + u64::from(join_digits(last));
    quotient(mantissa, places)
}

/// Closes the gap that the first point leaves; says how many digits are behind it.
#[inline(always)]
fn without_point(digits: u128) -> (u128, usize) {
    // Bytes shifted in are 0, which is not what a point is here.
    const POINTS: u64 = ZEROS ^ DOTS;
    let find = |half: u64| {
        let half = half ^ POINTS;
        u128::from(half.wrapping_sub(ONES) & !half & HIGH_BITS)
    };
    let points = find(digits as u64) | (find((digits >> 64) as u64) << 64);
    if points == 0 {
        return (digits, 0);
    }
    let point = points.trailing_zeros() & !7;
    let before = digits & !(u128::MAX << point);
    let behind = digits & ((u128::MAX << point) << 8);
    (behind | (before << 8), (15 - point / 8) as usize)
}

/// The double nearest to a decimal, if it is the quotient of two exact ones.
#[inline(always)]
fn quotient(mantissa: u64, places: usize) -> Option<Number> {
    let power = POWERS.get(places)?;
    let fits = mantissa < 1 << 53;
    fits.then(|| Number { value: mantissa as f64 / power, exact: is_exact(mantissa) })
}

#[inline(always)]
fn is_exact(mantissa: u64) -> bool {
    mantissa < EXACT_BELOW || without_last_zeros(mantissa) < EXACT_BELOW
}

#[inline(never)]
fn without_last_zeros(mut mantissa: u64) -> u64 {
    while mantissa != 0 && mantissa.is_multiple_of(10) {
        mantissa /= 10;
    }
    mantissa
}

/// How far a field's word is shifted so that its last character is the highest byte.
#[inline(always)]
fn padding(cell: Cell) -> u32 {
    64 - 8 * cell.len() as u32
}

/// Whether every byte is 0 to 9.
#[inline(always)]
fn all_digits(bytes: u64) -> bool {
    (bytes | bytes.wrapping_add(TO_HIGH_BIT)) & HIGH_BITS == 0
}

/// The number that eight digits make, the first in the lowest byte: pairs, fours, then all.
#[inline(always)]
fn join_digits(digits: u64) -> u32 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let second = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    (first.wrapping_add(second) >> 32) as u32
}

#[inline(never)]
fn long_integer(cell: Cell) -> Option<i32> {
    let value: i32 = std::str::from_utf8(cell.trimmed().bytes()).ok()?.parse().ok()?;
    (value != i32::MIN).then_some(value)
}

#[inline(never)]
fn long_number(cell: Cell) -> Option<Number> {
    let text = cell.trimmed().bytes();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    // More digits than a double holds are not read twice.
    let plain = if digits.len() > 17 { None } else { plain_decimal(digits) };
    let number = plain.or_else(|| any_number(digits))?;
    let value = if negative { -number.value } else { number.value };
    // Adding zero makes of −0 a plain 0.
    Some(Number { value: value + 0.0, ..number })
}

/// Digits with at most one point whose quotient of two exact doubles is the nearest double.
fn plain_decimal(text: &[u8]) -> Option<Number> {
    let mut mantissa = 0u64;
    let mut places = None;
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.checked_mul(10)?.checked_add((byte - b'0').into())?
            }
            b'.' if places.is_none() && text.len() > 1 => places = Some(0),
            _ => return None,
        }
        places = places.map(|count| count + usize::from(byte != b'.'));
    }
    if text.is_empty() { None } else { quotient(mantissa, places.unwrap_or(0)) }
}

/// Everything else that is a finite number, without its sign.
fn any_number(text: &[u8]) -> Option<Number> {
    text.first().filter(|&&byte| byte == b'.' || byte.is_ascii_digit())?;
    let value: f64 = fast_float2::parse(text).ok()?;
    value.is_finite().then(|| Number { value, exact: significant_digits(text) <= EXACT_DIGITS })
}

/// Digits from the first to the last that is not 0, before any exponent.
fn significant_digits(text: &[u8]) -> usize {
    let is_digit = |byte: &u8| (b'1'..=b'9').contains(byte);
    let end = memchr2(b'e', b'E', text).unwrap_or(text.len());
    let first = text[..end].iter().position(is_digit).unwrap_or(end);
    let last = text[..end].iter().rposition(is_digit).unwrap_or(first);
    let stretch = text.get(first..=last).unwrap_or_default();
    stretch.len() - usize::from(stretch.contains(&b'.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The field alone, and with neighbours behind it.
    fn both(text: &str, check: impl Fn(Cell)) {
        check(Cell::new(text.as_bytes(), text.len()));
        let longer = format!("{text},1.5,123456789");
        check(Cell::new(longer.as_bytes(), text.len()));
    }

    #[test]
    fn whole_numbers() {
        let cases = [
            ("0", Some(0)),
            ("7", Some(7)),
            ("42", Some(42)),
            ("00012", Some(12)),
            ("99999999", Some(99_999_999)),
            ("2147483647", Some(i32::MAX)),
            ("2147483648", None),
            ("-2147483648", None),
            ("-17", Some(-17)),
            ("+3", Some(3)),
            (" 5 ", Some(5)),
            ("", None),
            ("-", None),
            ("1.0", None),
            ("1a", None),
            ("1/", None),
            ("1:", None),
        ];
        for (text, expected) in cases {
            both(text, |cell| assert_eq!(integer(cell), expected, "{text}"));
        }
    }

    #[test]
    fn numbers_and_their_digits() {
        let cases = [
            ("0.5", 0.5, true),
            (".5", 0.5, true),
            ("5.", 5.0, true),
            ("1234.567", 1234.567, true),
            ("0.30", 0.3, true),
            ("123456.789012", 123456.789012, true),
            ("123456.7890123", 123456.7890123, false),
            ("0.0000000000012345", 0.0000000000012345, true),
            ("1e308", 1e308, true),
            ("1.5E-3", 0.0015, true),
            ("12345678901234567890", 12345678901234567890.0, false),
            ("10000000000000000000000", 1e22, true),
            ("-2.25", -2.25, true),
            ("+2.25", 2.25, true),
            (" 2.25 ", 2.25, true),
            ("0.1234567890123456789", 0.123_456_789_012_345_68, false),
        ];
        for (text, value, exact) in cases {
            let expected = Some(Number { value, exact });
            both(text, |cell| assert_eq!(number(cell), expected, "{text}"));
        }
    }

    #[test]
    fn no_numbers() {
        let cases =
            "inf -inf Infinity nan NaN 1e999 -1e999 . - + -. 1.2.3 1,5 0x10 1_000 e5 --1 1e 1..2";
        for text in cases.split(' ') {
            both(text, |cell| assert_eq!(number(cell), None, "{text}"));
        }
    }

    #[test]
    fn minus_zero_is_zero() {
        for text in ["-0", "-0.0", "-0e5"] {
            both(text, |cell| assert_eq!(number(cell).unwrap().value.to_bits(), 0, "{text}"));
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "[-+]?[0-9]{0,11}(\\.[0-9]{0,11})?(e-?[0-9]{1,3})?") {
            let standard = text.parse::<f64>().ok().filter(|value| value.is_finite());
            both(&text, |cell| assert_eq!(number(cell).map(|number| number.value), standard));
            let standard = text.parse::<i32>().ok();
            both(&text, |cell| assert_eq!(integer(cell), standard));
        }

        #[test]
        fn small_numbers_are_those_of_three_digits(text in "[0-9/: -]{1,4}") {
            let digits = text.len() < 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            let standard = digits.then(|| text.parse().unwrap());
            let longer = format!("{text},123");
            assert_eq!(small_integer(Cell::new(longer.as_bytes(), text.len())), standard);
        }

        #[test]
        fn never_takes_other_characters_for_digits(text in "[ -~]{1,9}") {
            let standard = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
            both(&text, |cell| assert_eq!(number(cell).map(|number| number.value), standard));
        }
    }
}
