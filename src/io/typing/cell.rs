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
    #[inline]
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

    #[cold]
    fn trim(self) -> Self {
        let bytes = self.bytes();
        let from = bytes.iter().position(|&byte| !is_blank(byte)).unwrap_or(self.len);
        let to = bytes.iter().rposition(|&byte| !is_blank(byte)).map_or(from, |at| at + 1);
        Self { rest: &self.rest[from..], len: to - from }
    }

    /// Eight bytes from the field's first on, when the field has 1 to 8 bytes and the buffer
    /// reaches that far.
    #[inline]
    pub(crate) fn word(self) -> Option<u64> {
        if self.len.wrapping_sub(1) >= 8 {
            return None;
        }
        self.rest.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }
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
    fn a_word_needs_eight_bytes_of_room() {
        assert_eq!(Cell::new(b"12345678", 1).word(), Some(u64::from_le_bytes(*b"12345678")));
        assert_eq!(Cell::new(b"1234567", 1).word(), None);
        assert_eq!(Cell::new(b"12345678", 0).word(), None);
        assert_eq!(Cell::new(b"123456789", 9).word(), None);
    }
}
