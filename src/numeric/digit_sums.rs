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
    #[inline]
    pub(crate) fn at(&self, digit: u8) -> Count {
        let (block, own) = split(digit);
        self.blocks[block] + self.digits[block][own]
    }

    /// Counts a digit for those above it, if the sums are of what is below.
    #[inline]
    pub(crate) fn count_below(&mut self, digit: u8, count: Count) {
        let (block, own) = split(digit);
        add(&mut self.blocks, count, |at| at > block as u32);
        add(&mut self.digits[block], count, |at| at > own as u32);
    }

    /// Counts a digit for those below it, if the sums are of what is above.
    #[inline]
    pub(crate) fn count_above(&mut self, digit: u8, count: Count) {
        let (block, own) = split(digit);
        add(&mut self.blocks, count, |at| at < block as u32);
        add(&mut self.digits[block], count, |at| at < own as u32);
    }
}

fn split(digit: u8) -> (usize, usize) {
    (usize::from(digit) / FAN, usize::from(digit) % FAN)
}

/// Adds to some cells of a row; all are touched, so that it is done side by side.
#[inline]
fn add(cells: &mut [Count; FAN], count: Count, which: impl Fn(u32) -> bool) {
    for (at, cell) in (0..).zip(cells) {
        *cell += if which(at) { count } else { Wrapping(0) };
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
