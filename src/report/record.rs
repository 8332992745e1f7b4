//! Pieces of JSON that documents share.

use std::collections::HashSet;

use serde::Serializer;

use crate::note::Note;

/// The largest whole number below which every whole number is a double.
const EXACT_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A count as a whole number where it is one.
pub(super) fn count<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 && value.abs() < EXACT_WHOLE {
        serializer.serialize_i64(*value as i64)
    } else {
        serializer.serialize_f64(*value)
    }
}

/// Notes as sentences.
pub(super) fn notes<S: Serializer>(notes: &[Note], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(notes.iter().map(Note::to_string))
}

/// Pairs as an object, in their order.
pub(super) fn object<S: Serializer>(
    pairs: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

/// Adds what is not there yet.
pub(super) fn add_notes(notes: &mut Vec<Note>, others: &[Note]) {
    for note in others {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
}

/// The notes as lines, the same sentence once.
pub(super) fn note_lines(notes: &[Note]) -> Vec<String> {
    let mut seen = HashSet::new();
    let lines = notes.iter().map(Note::to_string);
    lines.filter(|line| seen.insert(line.clone())).collect()
}
