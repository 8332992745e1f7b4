//! One field, with whatever follows it in the buffer at hand for wide loads.

/// The bytes of a field. `rest` begins at the field and may go on behind it, so that eight bytes
/// can be loaded at once.
#[derive(Clone, Copy)]
pub(crate) struct Cell<'a> {
    rest: &'a [u8],
    len: usize,
}

impl<'a> Cell<'a> {
    /// The first `len` bytes of `rest`.
    pub(crate) fn new(rest: &'a [u8], len: usize) -> Self {
        Self { rest, len: len.min(rest.len()) }
    }

    /// Number of bytes.
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The bytes as they stand.
    pub(crate) fn bytes(self) -> &'a [u8] {
        &self.rest[..self.len]
    }

    /// Without blanks around it: they are never part of a value.
    #[inline(always)]
    pub(crate) fn trimmed(self) -> Self {
        let bytes = self.bytes();
        if let (Some(first), Some(last)) = (bytes.first(), bytes.last())
            && !is_blank(*first)
            && !is_blank(*last)
        {
            return self;
        }
        self.trim()
    }

    /// Without quotes around it, and without the carriage return behind those.
    #[inline(always)]
    pub(crate) fn unquoted(self) -> Self {
        match self.bytes() {
            [b'"', within @ .., b'"'] | [b'"', within @ .., b'"', b'\r'] => {
                Self { rest: &self.rest[1..], len: within.len() }
            }
            _ => self,
        }
    }

    #[cold]
    fn trim(self) -> Self {
        let bytes = self.bytes();
        let from = bytes.iter().position(|&byte| !is_blank(byte)).unwrap_or(self.len);
        let to = bytes.iter().rposition(|&byte| !is_blank(byte)).map_or(from, |at| at + 1);
        Self { rest: &self.rest[from..], len: to - from }
    }

    /// Eight bytes from the field's first on, when the field has 1 to 8 bytes and the buffer
    /// reaches that far.
    #[inline(always)]
    pub(crate) fn word(self) -> Option<u64> {
        if self.len.wrapping_sub(1) >= 8 {
            return None;
        }
        self.rest.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Four bytes from the field's first on, when the field has 1 to 3 bytes and the buffer
    /// reaches that far.
    #[inline(always)]
    pub(crate) fn short_word(self) -> Option<u32> {
        if self.len.wrapping_sub(1) >= 3 {
            return None;
        }
        self.rest.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Sixteen bytes from the field's first on, when the field has 9 to 16 bytes and the buffer
    /// reaches that far.
    #[inline(always)]
    pub(crate) fn long_word(self) -> Option<u128> {
        if self.len.wrapping_sub(9) >= 8 {
            return None;
        }
        self.rest.first_chunk().map(|bytes| u128::from_le_bytes(*bytes))
    }

    /// The whole field, when it is short enough.
    #[inline(always)]
    pub(crate) fn key(self) -> Option<Key> {
        let len = self.len;
        if let Some(word) = self.word() {
            return Some(Key { first: word << (64 - 8 * len), last: 0, len });
        }
        let word = self.long_word()? << (128 - 8 * len);
        Some(Key { first: (word >> 64) as u64, last: word as u64, len })
    }
}

/// Fields of up to 16 bytes as something to compare at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Key {
    first: u64,
    last: u64,
    len: usize,
}

impl Key {
    /// A number in which every bit of the key counts.
    #[inline(always)]
    pub(crate) fn hash(self) -> u64 {
        fold(fold(self.first ^ self.len as u64) ^ self.last)
    }
}

/// A product's two halves, so that every bit of the input reaches the low bits.
#[inline(always)]
pub(crate) fn fold(value: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(value ^ ODD.rotate_left(32)) * u128::from(ODD);
    product as u64 ^ (product >> 64) as u64
}

/// Whether a byte may stand around a value without being part of it.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_a_value_go() {
        for (text, expected) in [(" a b\t", "a b"), ("  ", ""), ("", ""), ("x", "x"), ("1 ", "1")] {
            let cell = Cell::new(text.as_bytes(), text.len()).trimmed();
            assert_eq!(cell.bytes(), expected.as_bytes());
        }
    }

    #[test]
    fn quotes_around_a_value_go() {
        for (text, expected) in
            [("\"a\"", "a"), ("\"\"", ""), ("\"a\"\r", "a"), ("\"", "\""), ("a", "a"), ("", "")]
        {
            let cell = Cell::new(text.as_bytes(), text.len()).unquoted();
            assert_eq!(cell.bytes(), expected.as_bytes());
        }
    }

    #[test]
    fn a_word_needs_eight_bytes_of_room() {
        assert_eq!(Cell::new(b"12345678", 1).word(), Some(u64::from_le_bytes(*b"12345678")));
        assert_eq!(Cell::new(b"1234567", 1).word(), None);
        assert_eq!(Cell::new(b"12345678", 0).word(), None);
        assert_eq!(Cell::new(b"123456789", 9).word(), None);
    }
}
