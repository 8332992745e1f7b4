//! Resampling the subjects of a lane with replacement, as counts over its cells.
//!
//! Times are cut into blocks, and how many of the draws fall into a block, given those before it,
//! is binomial. A time with many subjects is a block of its own and needs no more than that; a run
//! of times with few is a block in which subjects are drawn one by one. Nothing is drawn for times
//! that a walk does not reach.

use std::iter::Zip;
use std::slice::Iter;

use rand::Rng;
use rand_distr::{Binomial, Distribution};

use super::lane::{Lane, Moment};

/// From so many subjects on, a time is a block of its own: that costs less than drawing them.
const SINGLE: u64 = 64;
/// A run of smaller times ends at this many subjects: few binomials, and counts that stay in cache.
const RUN: u64 = 1024;

/// The cells of a lane, ready to be drawn from.
pub(crate) struct Resampler<'a> {
    lane: &'a Lane,
    blocks: Vec<Block>,
    /// The cells of subjects in runs: twice the time's place in its run, plus 1 for an event.
    cells: Vec<u16>,
}

struct Block {
    /// Places of its times in the lane.
    from: usize,
    to: usize,
    subjects: u64,
    /// Where its subjects begin in `cells`, for a run.
    run: Option<usize>,
}

impl<'a> Resampler<'a> {
    /// The counts of the lane must be whole.
    pub(crate) fn new(lane: &'a Lane) -> Self {
        let mut resampler = Self { lane, blocks: Vec::new(), cells: Vec::new() };
        (0..lane.len()).for_each(|at| resampler.push(at));
        resampler
    }

    fn push(&mut self, at: usize) {
        let subjects = self.event(at) + self.censor(at);
        if subjects >= SINGLE {
            self.blocks.push(Block { from: at, to: at + 1, subjects, run: None });
            return;
        }
        let open = |block: &&mut Block| block.run.is_some() && block.subjects < RUN;
        let from = match self.blocks.last_mut().filter(open) {
            Some(block) => {
                (block.to, block.subjects) = (at + 1, block.subjects + subjects);
                block.from
            }
            None => {
                let run = Some(self.cells.len());
                self.blocks.push(Block { from: at, to: at + 1, subjects, run });
                at
            }
        };
        let cell = 2 * (at - from) as u16;
        self.cells.extend((0..self.censor(at)).map(|_| cell));
        self.cells.extend((0..self.event(at)).map(|_| cell + 1));
    }

    fn event(&self, at: usize) -> u64 {
        self.lane.event.get(at) as u64
    }

    fn censor(&self, at: usize) -> u64 {
        self.lane.censor.get(at) as u64
    }

    /// Visits the times of the lane, block by block, with the counts of one resample of its size,
    /// until a visit returns false.
    pub(crate) fn walk(
        &self,
        random: impl Rng,
        counts: &mut Vec<[u32; 2]>,
        mut visit: impl FnMut(BlockMoments<'_>) -> bool,
    ) {
        let mut subjects = self.blocks.iter().map(|block| block.subjects).sum();
        let mut draw = Draw { from: self, random, counts, left: subjects };
        for block in &self.blocks {
            let n = draw.left as f64;
            draw.fill(block, subjects);
            subjects -= block.subjects;
            let times = self.lane.time[block.from..block.to].iter();
            if !visit(BlockMoments { cells: times.zip(&*draw.counts), n }) {
                return;
            }
        }
    }
}

/// The times of one block of a resample.
pub(crate) struct BlockMoments<'a> {
    cells: Zip<Iter<'a, u32>, Iter<'a, [u32; 2]>>,
    n: f64,
}

impl Iterator for BlockMoments<'_> {
    type Item = Moment;

    #[inline]
    fn next(&mut self) -> Option<Moment> {
        let (&time, &[c, d]) = self.cells.next()?;
        let (n, d, c) = (self.n, f64::from(d), f64::from(c));
        self.n -= d + c;
        Some(Moment { time, n, d, c })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.cells.size_hint()
    }
}

impl ExactSizeIterator for BlockMoments<'_> {}

/// One resample on its way.
struct Draw<'r, R> {
    from: &'r Resampler<'r>,
    random: R,
    /// Censorings and events at the times of the block at hand.
    counts: &'r mut Vec<[u32; 2]>,
    /// Draws that fall into blocks to come.
    left: u64,
}

impl<R: Rng> Draw<'_, R> {
    /// Draws the counts of a block, `subjects` being in it and those to come.
    fn fill(&mut self, block: &Block, subjects: u64) {
        let share = binomial(&mut self.random, self.left, block.subjects, subjects);
        self.left -= share;
        self.counts.clear();
        self.counts.resize(block.to - block.from, [0; 2]);
        match block.run {
            Some(run) => self.fill_run(&self.from.cells[run..][..block.subjects as usize], share),
            None => self.counts[0] = self.split(block, share),
        }
    }

    /// Censorings and events among the draws that fall on one time.
    fn split(&mut self, block: &Block, share: u64) -> [u32; 2] {
        let events = binomial(&mut self.random, share, self.from.event(block.from), block.subjects);
        [(share - events) as u32, events as u32]
    }

    fn fill_run(&mut self, cells: &[u16], draws: u64) {
        let counts = self.counts.as_flattened_mut();
        let count = |subject: u32| counts[cells[subject as usize] as usize] += 1;
        below(&mut self.random, cells.len() as u32, draws, count);
    }
}

/// How many of `draws` fall on `part` of `whole` equally likely places.
fn binomial(random: &mut impl Rng, draws: u64, part: u64, whole: u64) -> u64 {
    if part == 0 || part == whole {
        return if part == 0 { 0 } else { draws };
    }
    let binomial = Binomial::new(draws, part as f64 / whole as f64);
    binomial.map_or(0, |binomial| binomial.sample(random))
}

/// Visits `draws` whole numbers below a bound of at most 2¹⁶, two to a random word: the high half of
/// a product with 16 random bits, those products refused that would favour some numbers (Lemire
/// 2019, doi:10.1145/3230636).
fn below(random: &mut impl Rng, bound: u32, draws: u64, mut visit: impl FnMut(u32)) {
    let unfair = (1 << 16) % bound.max(1);
    let mut left = draws;
    while left > 0 {
        let word = random.next_u32();
        for bits in [word & 0xffff, word >> 16] {
            let product = bits * bound;
            if product & 0xffff >= unfair && left > 0 {
                visit(product >> 16);
                left -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
