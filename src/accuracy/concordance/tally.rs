//! One stratum of rows that count once each, in whole numbers.
//!
//! Rows are walked from the lowest score to the highest: a pair agrees if the higher one fails
//! first. Who fails first is decided digit by digit of the time: a walk counts the pairs that differ
//! in the first digit, then the rows are dealt out by that digit, and each hand is walked by the
//! next one. So a table is as long as there are digits, however many times and scores there are, and
//! blocks of rows are walked side by side once each is counted.

use std::num::Wrapping;

use rayon::prelude::*;

use super::end::{End, ends, pairs_among, tie};
use super::pairs::Pairs;
use super::{BLOCK, Found, Met, in_blocks};
use crate::cohort::Cohort;
use crate::numeric::digit_sums::{self, Count, Counts, DigitSums};

/// So many are compared each with each.
const FEW: usize = 48;

/// Counts the pairs of rows that are in the order of their scores; the scores where some are equal.
pub(super) fn tally(cohort: &Cohort, rows: &[u32], ties: Option<&[f64]>) -> Found<End> {
    let mut ends = ends(cohort, rows);
    let [tied_x, tied_xy] = ties.map_or([0; 2], |scores| tie(&mut ends, scores));
    let bits = u64::BITS - (2 * cohort.axis().len() as u64 - 1).leading_zeros();
    let tied_y = compare(&mut ends, bits.saturating_sub(digit_sums::BITS)) - tied_xy;
    let [agreeing, all] = sums(&ends);
    // Both rows of a pair have counted it.
    let concordant = (agreeing / 2 - tied_x) / 2;
    let discordant = all / 2 - tied_x - concordant;
    let pairs = Pairs::whole([concordant, discordant, tied_x, tied_y, tied_xy]);
    Found { pairs, met: ends }
}

/// What all rows have counted.
fn sums(ends: &[End]) -> [u64; 2] {
    let add = |[agreeing, all]: [u64; 2], [more, more_all]: [u64; 2]| {
        [agreeing.wrapping_add(more), all.wrapping_add(more_all)]
    };
    let own = |end: &End| {
        let own = [end.agreeing, end.all].map(|count| u64::from(count.0));
        if end.is_late() { own.map(u64::wrapping_neg) } else { own }
    };
    let block = |_, ends: &[End]| ends.iter().map(own).fold([0; 2], add);
    in_blocks(ends, block).into_iter().fold([0; 2], add)
}

impl From<&End> for Met {
    fn from(end: &End) -> Self {
        let sign = if end.is_late() { -1.0 } else { 1.0 };
        let (agreeing, all) = (f64::from(end.agreeing.0) / 2.0, f64::from(end.all.0));
        Self { row: end.row(), agreeing: sign * agreeing, all: sign * all }
    }
}

/// Compares ends whose keys are the same but for the digit at bit `shift` and those after it; the
/// pairs of events at one time.
fn compare(ends: &mut [End], shift: u32) -> u64 {
    if ends.len() <= FEW {
        return each_with_each(ends);
    }
    let counts = walk_all(ends, shift);
    if shift == 0 {
        return counts.fail.into_iter().map(pairs_among).sum();
    }
    let mut dealt = deal(ends, shift, &counts);
    let mut hands = hands(&mut dealt, &counts);
    let play = |hand: &mut &mut [End]| compare(hand, shift.saturating_sub(digit_sums::BITS));
    let tied = match ends.len() <= BLOCK {
        true => hands.iter_mut().map(play).sum(),
        false => hands.par_iter_mut().map(play).sum(),
    };
    ends.copy_from_slice(&dealt);
    tied
}

fn each_with_each(ends: &mut [End]) -> u64 {
    let mut tied = Wrapping(0);
    for at in 1..ends.len() {
        if let (lower, [end, ..]) = ends.split_at_mut(at) {
            for lower in lower {
                lower.meet(end);
                tied += lower.ties(end);
            }
        }
    }
    u64::from(tied.0)
}

/// How many have each digit, how many of them fail, and how many stay.
struct Tallies {
    ends: Counts,
    fail: Counts,
    stay: Counts,
}

impl Tallies {
    fn new() -> Self {
        let none = [Wrapping(0); _];
        Self { ends: none, fail: none, stay: none }
    }

    fn of(ends: &[End], shift: u32) -> Self {
        let mut counts = Self::new();
        for end in ends {
            let digit = usize::from(digit(end, shift));
            counts.ends[digit] += 1;
            counts.fail[digit] += end.fails();
            counts.stay[digit] += end.stays();
        }
        counts
    }

    fn add(&mut self, other: &Self) {
        let add = |own: &mut Counts, other: &Counts| {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        };
        add(&mut self.ends, &other.ends);
        add(&mut self.fail, &other.fail);
        add(&mut self.stay, &other.stay);
    }

    fn sides(&self) -> Sides {
        Sides { fail: DigitSums::below(&self.fail), stay: DigitSums::above(&self.stay) }
    }
}

fn digit(end: &End, shift: u32) -> u8 {
    (end.key() >> shift) as u8
}

/// For each digit, who fails before, and who stays beyond.
struct Sides {
    fail: DigitSums,
    stay: DigitSums,
}

/// Walks by one digit, blocks side by side; what was counted.
fn walk_all(ends: &mut [End], shift: u32) -> Tallies {
    let blocks = in_blocks(ends, |_, block| Tallies::of(block, shift));
    let mut counts = Tallies::new();
    let before = |block: &Tallies| {
        let before = counts.sides();
        counts.add(block);
        before
    };
    let mut before: Vec<Sides> = blocks.iter().map(before).collect();
    let all = counts.sides();
    let step = |(block, before): (&mut [End], &mut Sides)| walk(block, shift, before, &all);
    match before.len() > 1 {
        true => ends.par_chunks_mut(BLOCK).zip(&mut before).for_each(step),
        false => ends.chunks_mut(BLOCK).zip(&mut before).for_each(step),
    }
    counts
}

/// Every end against those walked before, of lower scores, and those to come.
fn walk(ends: &mut [End], shift: u32, lower: &mut Sides, all: &Sides) {
    for end in ends {
        let (digit, fails) = (digit(end, shift), end.fails());
        let failed = all.fail.at(digit);
        let agreeing = failed - lower.fail.at(digit) + fails * lower.stay.at(digit);
        end.agreeing += agreeing + agreeing;
        end.all += failed + fails * all.stay.at(digit);
        lower.fail.count_below(digit, fails);
        lower.stay.count_above(digit, end.stays());
    }
}

/// The ends by digit, those of one digit in their order.
fn deal(ends: &[End], shift: u32, counts: &Tallies) -> Vec<End> {
    let places = DigitSums::below(&counts.ends);
    let mut next: [usize; 256] = std::array::from_fn(|digit| places.at(digit as u8).0 as usize);
    let mut dealt = vec![End::default(); ends.len()];
    for end in ends {
        let place = &mut next[usize::from(digit(end, shift))];
        dealt[*place] = *end;
        *place += 1;
    }
    dealt
}

fn hands<'a>(mut dealt: &'a mut [End], counts: &Tallies) -> Vec<&'a mut [End]> {
    let hand = |count: &Count| dealt.split_off_mut(..count.0 as usize);
    counts.ends.iter().filter_map(hand).collect()
}
