//! Words that must fit.

use super::font::{Weight, width};

/// What fits in a width, with an ellipsis where something is left out.
pub(crate) fn fitted(text: &str, room: f64, size: f64, weight: Weight) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while short.pop().is_some() {
        let cut = format!("{}…", short.trim_end());
        if width(&cut, size, weight) <= room {
            return cut;
        }
    }
    String::new()
}

/// Lines no wider than a width; a word that is wider is cut.
pub(crate) fn wrapped(text: &str, room: f64, size: f64) -> Vec<String> {
    let fits = |line: &str| width(line, size, Weight::Regular) <= room;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) if fits(&longer) => *line = longer,
            _ => lines.push(fitted(word, room, size, Weight::Regular)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        let text = "PSEUDO-COHORT – NOT PATIENTS. Built by optimisation";
        let lines = wrapped(text, 100.0, 7.0);
        assert!(lines.len() > 1 && lines.join(" ") == text, "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 7.0, Weight::Regular) <= 100.0));
        assert!(wrapped("", 100.0, 7.0).is_empty());
    }

    #[test]
    fn a_word_that_is_too_long_is_cut() {
        assert!(wrapped("antidisestablishmentarianism", 40.0, 7.0)[0].ends_with('…'));
        assert_eq!(fitted("WWW", 1.0, 7.0, Weight::Bold), "");
    }
}
