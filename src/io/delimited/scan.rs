//! Where the fields of regular records end: a mask of 64 bytes at a time.

use memchr::memchr_iter;
use wide::u8x16;

/// Finds delimiters and newlines.
pub(super) struct Scan {
    /// The byte between fields.
    pub(super) delimiter: u8,
    /// Fields in a record.
    pub(super) fields: usize,
}

impl Scan {
    /// Writes the grid of a text of whole records without quotes to `ends`; returns its length,
    /// or `None` when a record has not the right number of fields.
    pub(super) fn plain(&self, text: &[u8], ends: &mut Vec<u32>) -> Option<usize> {
        let mut marks = Marks::new(ends, text.len());
        for_chunks(text, |chunk| {
            marks.push(either(chunk, [self.delimiter, b'\n']));
            true
        });
        let (len, records) = (marks.len, memchr_iter(b'\n', text).count());
        self.is_regular(text, &ends[1..len], records).then_some(len)
    }

    /// The same for records with quotes, as long as quotes stand around whole fields and none
    /// within.
    pub(super) fn quoted(&self, text: &[u8], ends: &mut Vec<u32>) -> Option<usize> {
        let mut marks = Marks::new(ends, text.len());
        let mut quotes = Quotes::default();
        let mut records = 0;
        let whole = for_chunks(text, |chunk| {
            let found = |byte| equal(chunk, byte);
            let (newlines, delimiters) = (found(b'\n'), found(self.delimiter));
            let quoted = quotes.next([found(b'"'), newlines, delimiters, found(b'\r')]);
            marks.push((newlines | delimiters) & !quoted.unwrap_or(0));
            records += (newlines & !quoted.unwrap_or(0)).count_ones() as usize;
            quoted.is_some()
        });
        let len = marks.len;
        let regular = whole && quotes.are_closed() && self.is_regular(text, &ends[1..len], records);
        regular.then_some(len)
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

/// Hands over a text 64 bytes at a time, the last of them filled up with zeros, as long as it is
/// wanted; says whether it was to the end.
#[inline(always)]
fn for_chunks(text: &[u8], mut take: impl FnMut(&[u8; 64]) -> bool) -> bool {
    let (chunks, rest) = text.as_chunks::<64>();
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    chunks.iter().all(&mut take) && take(&last)
}

/// Follows quotes from chunk to chunk. Of what the next chunk has to know, only the lowest bit
/// is used.
#[derive(Default)]
struct Quotes {
    /// All ones within quotes.
    inside: u64,
    /// Whether a field goes on.
    within: u64,
    /// Whether the byte before closed a quoted field.
    closed: u64,
    /// Whether the byte before is a carriage return behind a quoted field.
    returned: u64,
}

impl Quotes {
    /// The bytes within quotes, given those that are quotes, newlines, delimiters and carriage
    /// returns; `None` when a quote is within a field.
    #[inline(always)]
    fn next(&mut self, [quotes, newlines, delimiters, returns]: [u64; 4]) -> Option<u64> {
        let quoted = prefix_xor(quotes) ^ self.inside;
        let (open, close) = (quotes & quoted, quotes & !quoted);
        let ends = (newlines | delimiters) & !quoted;
        let within = (!ends << 1) | self.within;
        let behind = (close << 1) | self.closed;
        let returned = ((behind & returns) << 1) | self.returned;
        self.inside = ((quoted as i64) >> 63) as u64;
        (self.within, self.closed) = (!ends >> 63, close >> 63);
        self.returned = (behind & returns) >> 63;
        let wrong = (open & within) | (behind & !(ends | returns)) | (returned & !newlines);
        (wrong == 0).then_some(quoted)
    }

    fn are_closed(&self) -> bool {
        self.inside == 0
    }
}

/// Each bit the parity of itself and those below.
#[inline(always)]
fn prefix_xor(mut mask: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << shift;
    }
    mask
}

/// Positions written so far.
struct Marks<'a> {
    ends: &'a mut [u32],
    len: usize,
    base: u32,
}

impl<'a> Marks<'a> {
    fn new(ends: &'a mut Vec<u32>, text: usize) -> Self {
        // Positions are written 64 at a time, the last of them in vain.
        if ends.len() < text + 129 {
            *ends = vec![0; text + 129];
        }
        ends[0] = u32::MAX;
        Self { ends, len: 1, base: 0 }
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

/// A bit for each byte that is one of two.
#[inline]
fn either(chunk: &[u8; 64], bytes: [u8; 2]) -> u64 {
    let quarters = chunk.as_chunks::<16>().0.iter().enumerate();
    quarters.fold(0, |mask, (at, quarter)| mask | (quarter_either(quarter, bytes) << (16 * at)))
}

/// A bit for each byte that is equal to one.
#[inline]
fn equal(chunk: &[u8; 64], byte: u8) -> u64 {
    either(chunk, [byte, byte])
}

#[inline]
fn quarter_either(quarter: &[u8; 16], [a, b]: [u8; 2]) -> u64 {
    let bytes = u8x16::new(*quarter);
    let found = bytes.simd_eq(u8x16::splat(a)) | bytes.simd_eq(u8x16::splat(b));
    found.to_bitmask().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grid(text: &str, fields: usize) -> Option<Vec<u32>> {
        let mut ends = Vec::new();
        let len = Scan { delimiter: b',', fields }.plain(text.as_bytes(), &mut ends)?;
        Some(ends[1..len].to_vec())
    }

    fn quoted(text: &str, fields: usize) -> Option<Vec<u32>> {
        let mut ends = Vec::new();
        let len = Scan { delimiter: b',', fields }.quoted(text.as_bytes(), &mut ends)?;
        Some(ends[1..len].to_vec())
    }

    #[test]
    fn quotes_around_fields_hide_what_is_within() {
        assert_eq!(quoted("\"a,\n\",b\r\nc,\"\"\r\n", 2), Some(vec![5, 8, 10, 14]));
        let long = format!("{},\"{}\"\n", "a".repeat(62), ",\n".repeat(100));
        assert_eq!(quoted(&long, 2), Some(vec![62, 265]));
    }

    #[test]
    fn quotes_within_fields_are_left_to_the_walker() {
        for text in
            ["a\"b\",c\n", "\"a\"\"b\",c\n", "\"a\"b,c\n", "a,\"b\n", "a, \"b\"\n", "a,\"b\"\rc\n"]
        {
            for before in 0..70 {
                assert_eq!(quoted(&format!("{},x\n{text}", "y".repeat(before)), 2), None, "{text}");
            }
        }
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
        fn a_mask_has_a_bit_for_each_equal_byte(
            chunk in proptest::collection::vec(0u8..=255, 64), a in 0u8..=255, b in 0u8..=255
        ) {
            let chunk: [u8; 64] = chunk.try_into().unwrap();
            let found = (0..64).filter(|&at| chunk[at] == a || chunk[at] == b);
            let expected = found.fold(0, |mask, at| mask | (1u64 << at));
            prop_assert_eq!(either(&chunk, [a, b]), expected);
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
            prop_assert_eq!(quoted(&text, 2), grid(&text, 2));
        }
    }
}
