//! Where the fields of plain records end: a mask of 64 bytes at a time.

use wide::u8x16;

/// Finds delimiters and newlines.
pub(super) struct Scan {
    /// The byte between fields.
    pub(super) delimiter: u8,
    /// Fields in a record.
    pub(super) fields: usize,
}

impl Scan {
    /// Writes the grid of a text of whole records to `ends`; returns its length, or `None` when
    /// a record has not the right number of fields. Quotes are not looked at.
    pub(super) fn grid(&self, text: &[u8], ends: &mut Vec<u32>) -> Option<usize> {
        let mut marks = Marks::new(ends, text.len());
        let (chunks, rest) = text.as_chunks::<64>();
        for chunk in chunks {
            self.add(&mut marks, chunk);
        }
        let mut last = [0; 64];
        last[..rest.len()].copy_from_slice(rest);
        self.add(&mut marks, &last);
        let (len, newlines) = (marks.len, marks.newlines);
        self.is_regular(text, &ends[1..len], newlines).then_some(len)
    }

    #[inline]
    fn add(&self, marks: &mut Marks, chunk: &[u8; 64]) {
        let newlines = equal(chunk, b'\n');
        marks.newlines += newlines.count_ones() as usize;
        marks.push(newlines | equal(chunk, self.delimiter));
    }

    /// Whether every record's last field ends at a newline, and no other field does.
    fn is_regular(&self, text: &[u8], ends: &[u32], newlines: usize) -> bool {
        let records = ends.chunks_exact(self.fields);
        records.remainder().is_empty()
            && records.len() == newlines
            && records.into_iter().all(|record| {
                record.last().is_some_and(|&end| text.get(end as usize) == Some(&b'\n'))
            })
    }
}

/// Positions written so far.
struct Marks<'a> {
    ends: &'a mut [u32],
    len: usize,
    newlines: usize,
    base: u32,
}

impl<'a> Marks<'a> {
    fn new(ends: &'a mut Vec<u32>, text: usize) -> Self {
        // Positions are written 64 at a time, the last of them in vain.
        if ends.len() < text + 129 {
            *ends = vec![0; text + 129];
        }
        ends[0] = u32::MAX;
        Self { ends, len: 1, newlines: 0, base: 0 }
    }

    /// Adds the positions of a mask's bits. Writing more than there are costs less than asking
    /// after each.
    #[inline]
    fn push(&mut self, mut mask: u64) {
        let count = mask.count_ones() as usize;
        let base = self.base;
        if let Some(ends) = self.ends.get_mut(self.len..).and_then(<[u32]>::first_chunk_mut::<64>) {
            for group in ends.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
                for end in group {
                    *end = base + mask.trailing_zeros();
                    mask &= mask.wrapping_sub(1);
                }
            }
        }
        self.len += count;
        self.base += 64;
    }
}

/// A bit for each byte that is equal to `byte`.
#[inline]
fn equal(chunk: &[u8; 64], byte: u8) -> u64 {
    let quarters = chunk.as_chunks::<16>().0.iter().enumerate();
    quarters.fold(0, |mask, (at, quarter)| mask | (quarter_equal(quarter, byte) << (16 * at)))
}

#[inline]
fn quarter_equal(quarter: &[u8; 16], byte: u8) -> u64 {
    u8x16::new(*quarter).simd_eq(u8x16::splat(byte)).to_bitmask().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grid(text: &str, fields: usize) -> Option<Vec<u32>> {
        let mut ends = Vec::new();
        let len = Scan { delimiter: b',', fields }.grid(text.as_bytes(), &mut ends)?;
        Some(ends[1..len].to_vec())
    }

    #[test]
    fn regular_and_ragged() {
        assert_eq!(grid("a,b\nc,\n", 2), Some(vec![1, 3, 5, 6]));
        assert_eq!(grid("a,b\n\nc,d\n", 2), None);
        assert_eq!(grid("a\nb,c,d\n", 2), None);
        assert_eq!(grid("a,b,c\nd\n", 2), None);
        assert_eq!(grid("a,b\nc\n", 2), None);
    }

    proptest! {
        #[test]
        fn a_mask_has_a_bit_for_each_equal_byte(chunk in proptest::collection::vec(0u8..=255, 64), byte in 0u8..=255) {
            let chunk: [u8; 64] = chunk.try_into().unwrap();
            let expected = (0..64).filter(|&at| chunk[at] == byte).fold(0, |mask, at| mask | (1u64 << at));
            prop_assert_eq!(equal(&chunk, byte), expected);
        }

        #[test]
        fn ends_are_where_the_delimiters_are(rows in proptest::collection::vec("[a-z]{0,9},[a-z]{0,40},[a-z]{0,3}\n", 1..60)) {
            let text = rows.concat();
            let expected: Vec<u32> = text.bytes().zip(0..).filter(|(byte, _)| b",\n".contains(byte)).map(|(_, at)| at).collect();
            prop_assert_eq!(grid(&text, 3), Some(expected));
        }

        #[test]
        fn a_grid_is_refused_exactly_when_ragged(text in "([a-z]{0,2},?\n?){0,60}\n") {
            let regular = text.lines().all(|line| line.split(',').count() == 2);
            prop_assert_eq!(grid(&text, 2).is_some(), regular);
        }
    }
}
