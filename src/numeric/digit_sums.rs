//! Sums of counts by digit, kept for one side of every digit.

use std::array::from_fn;
use std::num::Wrapping;

/// Bits of a digit.
pub(crate) const BITS: u32 = 8;
/// Digits of a block, and blocks.
const FAN: usize = 16;

/// Whole numbers that may be taken back before they are given.
pub(crate) type Count = Wrapping<u32>;
/// A count a digit.
pub(crate) type Counts = [Count; FAN * FAN];

/// For every digit the sum of the counts on one side of it, as the sum of two cells: adding
/// changes two rows of cells whichever the digit, and asking reads two cells.
pub(crate) struct DigitSums {
    blocks: [Count; FAN],
    digits: [[Count; FAN]; FAN],
}

impl DigitSums {
    /// The counts below each digit.
    pub(crate) fn below(counts: &Counts) -> Self {
        let mut sum = Wrapping(0);
        let mut next = |count: Count| {
            sum += count;
            sum - count
        };
        let digits = from_fn(|block| from_fn(|own| next(counts[block * FAN + own])));
        Self { blocks: Default::default(), digits }
    }

    /// The counts above each digit.
    pub(crate) fn above(counts: &Counts) -> Self {
        let Self { blocks, mut digits } = Self::below(counts);
        let sum: Count = counts.iter().sum();
        for (digit, &count) in digits.iter_mut().flatten().zip(counts) {
            *digit = sum - count - *digit;
        }
        Self { blocks, digits }
    }

    /// The sum for a digit.
    #[inline(always)]
    pub(crate) fn at(&self, digit: u8) -> Count {
        let (block, own) = split(digit);
        self.blocks[block] + self.digits[block][own]
    }

    /// Counts a digit for those above it, if the sums are of what is below.
    #[inline(always)]
    pub(crate) fn count_below(&mut self, digit: u8, count: Count) {
        let (block, own) = split(digit);
        add(&mut self.blocks, count, &NONE_ALL[FAN - 1 - block..]);
        add(&mut self.digits[block], count, &NONE_ALL[FAN - 1 - own..]);
    }

    /// Counts a digit for those below it, if the sums are of what is above.
    #[inline(always)]
    pub(crate) fn count_above(&mut self, digit: u8, count: Count) {
        let (block, own) = split(digit);
        add(&mut self.blocks, count, &ALL_NONE[FAN - block..]);
        add(&mut self.digits[block], count, &ALL_NONE[FAN - own..]);
    }
}

#[inline(always)]
fn split(digit: u8) -> (usize, usize) {
    (usize::from(digit) / FAN, usize::from(digit) % FAN)
}

/// Masks of a row's cells, beginning at any place of the first half.
const NONE_ALL: [u32; 2 * FAN] = halves(0, !0);
const ALL_NONE: [u32; 2 * FAN] = halves(!0, 0);

const fn halves(first: u32, second: u32) -> [u32; 2 * FAN] {
    let mut masks = [first; 2 * FAN];
    let mut at = FAN;
    while at < 2 * FAN {
        masks[at] = second;
        at += 1;
    }
    masks
}

/// Adds to the cells of a row that are not masked; all are touched, so that it is done side by side.
#[inline(always)]
fn add(cells: &mut [Count; FAN], count: Count, masks: &[u32]) {
    for (cell, mask) in cells.iter_mut().zip(&masks[..FAN]) {
        *cell += count & Wrapping(*mask);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_of_a_digit_are_those_of_a_list() {
        let mut counts: Counts = from_fn(|digit| Wrapping(digit as u32 * 7 % 5));
        let mut below = DigitSums::below(&counts);
        let mut above = DigitSums::above(&counts);
        for turn in 0..2000u32 {
            let (digit, count) = ((turn * 89 % 256) as u8, Wrapping(turn % 3) - Wrapping(1));
            below.count_below(digit, count);
            above.count_above(digit, count);
            counts[usize::from(digit)] += count;
            let at = turn as usize * 31 % 256;
            assert_eq!(below.at(at as u8), counts[..at].iter().sum::<Count>());
            assert_eq!(above.at(at as u8), counts[at + 1..].iter().sum::<Count>());
        }
    }
}
