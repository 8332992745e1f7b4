//! One bit a position.

use rayon::prelude::*;

/// Positions from 0 on, some of them marked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marks {
    words: Vec<u64>,
    len: usize,
}

/// Positions in a word.
pub(super) const BITS: usize = u64::BITS as usize;

impl Marks {
    /// Marks the positions below `len` that keep a rule.
    pub(super) fn new(len: usize, rule: impl Fn(usize) -> bool + Sync) -> Self {
        let word = |at: usize| {
            let positions = at * BITS..len.min((at + 1) * BITS);
            positions
                .fold(0, |word, position| word | u64::from(rule(position)) << (position % BITS))
        };
        let words = (0..len.div_ceil(BITS)).into_par_iter().with_min_len(1 << 10).map(word);
        Self { words: words.collect(), len }
    }

    #[inline]
    pub(super) fn has(&self, position: usize) -> bool {
        self.words[position / BITS] >> (position % BITS) & 1 == 1
    }

    pub(super) fn add(&mut self, position: usize) {
        self.words[position / BITS] |= 1 << (position % BITS);
    }

    /// The first marked position from one on, or else the end.
    pub(super) fn next(&self, from: usize) -> usize {
        self.first(from, 0)
    }

    /// The first position from one on that is not marked, or else the end.
    pub(super) fn next_gap(&self, from: usize) -> usize {
        self.first(from, !0)
    }

    /// The first bit that is set once some are flipped.
    fn first(&self, from: usize, flip: u64) -> usize {
        let mut mask = !0 << (from % BITS);
        for (at, word) in self.words.iter().enumerate().skip(from / BITS) {
            let found = (word ^ flip) & mask;
            if found != 0 {
                return self.len.min(at * BITS + found.trailing_zeros() as usize);
            }
            mask = !0;
        }
        self.len
    }

    /// How many are marked.
    pub(super) fn count(&self) -> usize {
        ones(&self.words)
    }

    /// How many are marked in each stretch of so many words.
    pub(super) fn counts(&self, words: usize) -> impl Iterator<Item = usize> {
        self.words.chunks(words).map(ones)
    }

    /// Whether there are surely no more than 254 positions between two that are marked: at most two
    /// words are empty side by side.
    pub(super) fn is_dense(&self) -> bool {
        !self.words.windows(3).any(|words| words == [0; 3])
    }
}

fn ones(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}
