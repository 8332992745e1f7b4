//! The distinct texts of a column, numbered as they come.

use super::cell::{Cell, Key, fold};

const FREE: u32 = u32::MAX;

/// Distinct texts in one buffer, found again through a table with open addressing.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    text: Vec<u8>,
    ends: Vec<usize>,
    slots: Vec<u32>,
}

impl Levels {
    /// Number of distinct texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a code.
    pub(crate) fn get(&self, code: usize) -> &[u8] {
        let start = code.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[code]]
    }

    /// All texts, by code.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|code| self.get(code))
    }

    /// The code of a text, a new one when the text is new.
    #[inline]
    pub(crate) fn code(&mut self, cell: Cell) -> u32 {
        if self.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let slot = self.slot(cell);
        if self.slots[slot] == FREE {
            self.slots[slot] = self.len() as u32;
            self.text.extend_from_slice(cell.bytes());
            self.ends.push(self.text.len());
        }
        self.slots[slot]
    }

    /// Where a text is, or where it would go.
    #[inline]
    fn slot(&self, cell: Cell) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(cell) as usize & mask;
        while self.slots[slot] != FREE && self.get(self.slots[slot] as usize) != cell.bytes() {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[cold]
    fn grow(&mut self) {
        self.slots = vec![FREE; (self.slots.len() * 2).max(16)];
        for code in 0..self.len() {
            let text = self.get(code);
            let slot = self.slot(Cell::new(text, text.len()));
            self.slots[slot] = code as u32;
        }
    }
}

/// A number in which every bit of a text counts.
#[inline]
pub(crate) fn hash(cell: Cell) -> u64 {
    match cell.key() {
        Some(key) => key.hash(),
        None => other_hash(cell.bytes()),
    }
}

/// The same hash at the end of a buffer, and one for longer texts.
#[inline(never)]
fn other_hash(bytes: &[u8]) -> u64 {
    if bytes.len() <= 16 {
        let mut padded = [0; 32];
        padded[..bytes.len()].copy_from_slice(bytes);
        return Cell::new(&padded, bytes.len()).key().unwrap_or_default().hash();
    }
    bytes.chunks(8).map(word).fold(bytes.len() as u64, |hash, word| fold(hash ^ word))
}

/// Up to eight bytes as a number.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte))
}

/// The codes of short texts seen lately, by the bytes as they stand in the file.
pub(crate) struct Recent {
    entries: Vec<(Key, u32)>,
}

impl Recent {
    const SIZE: usize = 64;

    /// No text yet.
    pub(crate) fn new() -> Self {
        Self { entries: vec![(Key::default(), 0); Self::SIZE] }
    }

    /// The code of a field; `find` tells it when it is not known here.
    #[inline(always)]
    pub(crate) fn code(&mut self, cell: Cell, find: impl FnOnce() -> u32) -> u32 {
        let Some(key) = cell.key() else { return find() };
        let entry = &mut self.entries[key.hash() as usize % Self::SIZE];
        if entry.0 != key {
            *entry = (key, find());
        }
        entry.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_code() {
        let mut levels = Levels::default();
        let texts: Vec<String> = (0..5000).map(|number| format!("level {number}")).collect();
        for _ in 0..2 {
            for (code, text) in texts.iter().enumerate() {
                assert_eq!(levels.code(Cell::new(text.as_bytes(), text.len())), code as u32);
            }
        }
        assert!(levels.iter().eq(texts.iter().map(|text| text.as_bytes())));
    }

    #[test]
    fn length_and_zero_bytes_tell_texts_apart() {
        let mut levels = Levels::default();
        let codes: Vec<u32> = [&b""[..], b"\0", b"\0\0", b"a", b"a\0", b"aaaaaaaaa"]
            .iter()
            .map(|text| levels.code(Cell::new(text, text.len())))
            .collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5]);
    }
}
