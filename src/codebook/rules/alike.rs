//! Categories that may be one.

use std::collections::BTreeMap;

use super::Subject;
use crate::codebook::finding::Finding;
use crate::codebook::profile::{Kind, Level, Profile};
use crate::codebook::role::{Role, plain};

/// More levels than this are not compared with each other.
const COMPARED: usize = 2_000;
/// Nor are words of more levels looked at letter by letter.
const WORDS: usize = 500;
/// Shorter words are too near to each other to be told from misspellings.
const LETTERS: usize = 5;
/// So many rows, or one for so many of the other word, are rare.
const RARE: u64 = 3;
const RARE_SHARE: u64 = 20;

pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let own = subject.own;
    let is_id = subject.role.is_some_and(|own| own.role == Role::Id);
    let words = own.kind == Kind::Category || (own.kind == Kind::Text && own.refusal.is_none());
    if !words || is_id || own.levels.len() > COMPARED {
        return Vec::new();
    }
    let groups = groups(own);
    let same = groups.iter().filter(|group| group.len() > 1).map(|group| same(own, group));
    same.chain(misspelt(own, &groups)).collect()
}

/// Levels that are equal but for case, blanks, punctuation and accents; most frequent first.
fn groups(own: &Profile) -> Vec<Vec<&Level>> {
    let mut groups: BTreeMap<String, Vec<&Level>> = BTreeMap::new();
    for level in own.by_count() {
        groups.entry(normal(&level.text)).or_default().push(level);
    }
    groups.into_iter().filter(|(key, _)| !key.is_empty()).map(|(_, group)| group).collect()
}

/// A text without what does not matter. Signs that make a difference stay: `ER+` is not `ER-`,
/// `<=20` not `20`, `1.5` not `15`, `yes?` not `yes`.
fn normal(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| {
        at.and_then(|at| chars.get(at)).is_some_and(|own: &char| own.is_ascii_digit())
    };
    let mut normal = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let between = digit(at.checked_sub(1)) && digit(Some(at + 1));
        let sign = "<>=≤≥+±%?*#".contains(c);
        let minus = "-−".contains(c) && at + 1 == chars.len();
        if c.is_alphanumeric() {
            normal.push_str(&plain(&c.to_string()));
        } else if sign || minus || between {
            normal.push(c);
        }
    }
    normal
}

fn same(own: &Profile, group: &[&Level]) -> Finding {
    let message = format!(
        "{} differ only in case, blanks, punctuation or accents: one category?",
        listed(group)
    );
    finding("near_duplicates", own, &group[1..], message)
}

/// Rare words that are one letter from a frequent one.
fn misspelt(own: &Profile, groups: &[Vec<&Level>]) -> Vec<Finding> {
    let total = |group: &[&Level]| group.iter().map(|level| level.count()).sum::<u64>();
    let mut found = Vec::new();
    let compared = if groups.len() <= WORDS { groups } else { &[] };
    for rare in compared {
        let near = |other: &&Vec<&Level>| {
            let (few, many) = (total(rare), total(other));
            let is_rare = few * RARE_SHARE <= many || (few <= RARE && 3 * few <= many);
            is_rare && is_misspelt(&rare[0].text, &other[0].text)
        };
        if let Some(other) = groups.iter().filter(near).max_by_key(|other| total(other)) {
            let pair = [other[0], rare[0]];
            let message = format!("{} differ in one letter: a misspelling?", listed(&pair));
            found.push(finding("misspelling", own, &pair[1..], message).question());
        }
    }
    found
}

/// Whether two texts differ in one letter of one long word.
fn is_misspelt(a: &str, b: &str) -> bool {
    let split = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(plain).collect()
    };
    let (a, b) = (split(a), split(b));
    let mut different = a.iter().zip(&b).filter(|(a, b)| a != b);
    let (Some((a_word, b_word)), None) = (different.next(), different.next()) else { return false };
    let letters =
        |word: &str| word.chars().count() >= LETTERS && word.chars().all(char::is_alphabetic);
    a.len() == b.len()
        && letters(a_word)
        && letters(b_word)
        && strsim::osa_distance(a_word, b_word) == 1
}

fn finding(rule: &'static str, own: &Profile, of: &[&Level], message: String) -> Finding {
    let rows = of.iter().map(|level| level.count()).sum();
    let first = of.iter().flat_map(|level| level.seen.rows);
    Finding::new(rule, &own.name, message).rows(rows, first)
}

fn listed(levels: &[&Level]) -> String {
    let each = levels.iter().map(|level| format!("{:?} ({})", level.text, level.count()));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_goes() {
        for (a, b) in [
            ("NEC", "nec"),
            ("Nec.", "NEC"),
            ("non-smoker", "Non smoker"),
            ("Décédé", "decede"),
            ("groß", "GROSS"),
            ("a\u{a0}b", "a  b"),
        ] {
            assert_eq!(normal(a), normal(b), "{a} {b}");
        }
    }

    #[test]
    fn what_makes_a_difference_stays() {
        for (a, b) in [
            ("ER+", "ER-"),
            ("ER-", "ER"),
            ("<=20", "20"),
            (">50", "<50"),
            ("1.5", "15"),
            ("1-2", "12"),
            ("yes", "yes?"),
            ("T1", "T2"),
            ("Lev", "Lev+5FU"),
        ] {
            assert_ne!(normal(a), normal(b), "{a} {b}");
        }
    }

    #[test]
    fn one_letter_of_a_long_word() {
        for (a, b) in
            [("Oncolgy", "Oncology"), ("male carcinom", "male carcinoma"), ("Blader", "Bladder")]
        {
            assert!(is_misspelt(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("male", "female"),
            ("grade1", "grade2"),
            ("stage I", "stage II"),
            ("hypotension", "hypertension"),
            ("left", "lefe"),
            ("same words", "same words"),
            ("", "abcde"),
        ] {
            assert!(!is_misspelt(a, b), "{a} {b}");
        }
    }
}
