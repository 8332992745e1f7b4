//! "Did you mean …?"

/// How many names a message lists.
const LISTED: usize = 20;

/// The candidate most like a word, if any is like it at all. Letter case decides between those that
/// are as like without it.
pub(crate) fn closest<'c>(
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    let lower = word.to_lowercase();
    let likeness = |candidate: &str| {
        let other = candidate.to_lowercase();
        let whole = strsim::normalized_damerau_levenshtein(&lower, &other);
        let part = other.len().min(lower.len()) >= 3
            && (other.contains(lower.as_str()) || lower.contains(other.as_str()));
        if part { whole.max(0.6) } else { whole }
    };
    let cased = |candidate: &str| strsim::normalized_damerau_levenshtein(word, candidate);
    candidates
        .map(|candidate| (likeness(candidate), cased(candidate), candidate))
        .filter(|own| own.0 >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|own| own.2)
}

/// Names one after the other; beyond the first 20 they are counted.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
