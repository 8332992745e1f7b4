//! Numbers and names in sentences.

use crate::published::Printed;

/// A p with three significant digits.
pub(super) fn p(p: f64) -> String {
    if p < 1e-5 {
        return format!("{p:.2e}");
    }
    let digits = (2.0 - p.log10().floor()).clamp(2.0, 7.0) as usize;
    format!("{p:.digits$}")
}

/// `0.0010 to 0.0015`.
pub(super) fn p_range((low, high): (f64, f64)) -> String {
    let (low, high) = (p(low), p(high));
    if low == high { low } else { format!("{low} to {high}") }
}

/// `3 of 14 = 21.4%`.
pub(super) fn share(count: u64, n: u64) -> String {
    format!("{count} of {n} = {:.1}%", 100.0 * count as f64 / n as f64)
}

/// Whether two printed numbers have a value in common.
pub(in crate::reproduce) fn overlap(a: (f64, f64), b: (f64, f64)) -> bool {
    let slack = 1e-9 * a.1.abs().max(b.1.abs()).min(1e9);
    a.0 <= b.1 + slack && b.0 <= a.1 + slack
}

/// A printed number, or what stands for none.
pub(super) fn text(own: &Option<Printed>) -> &str {
    own.as_ref().map_or("none", Printed::text)
}

/// Lower-case words of letters and digits.
pub(super) fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether words that stand one after the other make a name, as NET G3 makes netg3.
pub(super) fn names(text: &str, name: &str) -> bool {
    let (words, name) = (words(text), words(name).concat());
    (0..words.len()).any(|from| {
        let mut joined = String::new();
        words[from..].iter().any(|word| {
            joined.push_str(word);
            joined == name
        })
    })
}
