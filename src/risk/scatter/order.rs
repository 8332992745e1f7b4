//! Filling lanes from a known order of the rows, block by block.
//!
//! Two passes: the first looks up where each row goes and counts the cells, so that the second can
//! write every cell where it stays.

use rayon::prelude::*;

use super::{Cells, Exits, Lanes};
use crate::cohort::Cohort;
use crate::numeric::sort::{Block, Order};
use crate::risk::counts::Increment;

/// Walks the order in blocks; a time is never cut, so every cell is written by one block.
pub(super) fn by_order<C: Increment>(
    cohort: &Cohort,
    order: &Order,
    lanes: Lanes<'_>,
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Exits> {
    let event = cohort.event();
    let tag = |row: usize| (lanes.of(row) as u32) << 1 | u32::from(event[row]);
    let rows = (0..cohort.n_rows()).into_par_iter().with_min_len(1 << 16);
    if lanes.len() <= 128 {
        let tags: Vec<u8> = rows.map(|row| tag(row) as u8).collect();
        deal(order, lanes.len(), &tags, weight)
    } else {
        let tags: Vec<u32> = rows.map(tag).collect();
        deal(order, lanes.len(), &tags, weight)
    }
}

/// Deals the rows out to their lanes; a tag is twice the lane of a row, plus 1 for an event.
fn deal<T: Tag, C: Increment>(
    order: &Order,
    lanes: usize,
    tags: &[T],
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Exits> {
    let blocks = order.blocks().into_par_iter();
    let stacks: Vec<_> = blocks.map(|block| Stack::new(block, tags, lanes, weight)).collect();
    let len = |lane: usize| stacks.iter().map(|stack| stack.cells[lane]).sum();
    let mut cells: Vec<_> = (0..lanes).map(|lane| Cells::empty(len(lane))).collect();
    let places = places(&mut cells, &stacks);
    stacks.par_iter().zip(places).for_each(|(stack, places)| stack.deal(places, weight));
    cells.into_par_iter().map(Cells::into_exits).collect()
}

trait Tag: Copy + Send + Sync + Into<u32> {}
impl<T: Copy + Send + Sync + Into<u32>> Tag for T {}

fn lane<T: Tag>(tag: T) -> usize {
    (tag.into() >> 1) as usize
}

/// The rows of a block with their tags, and how many cells they fill in each lane.
struct Stack<'a, T> {
    block: Block<'a>,
    tags: Vec<T>,
    cells: Vec<usize>,
}

impl<'a, T: Tag> Stack<'a, T> {
    fn new<C: Increment>(
        block: Block<'a>,
        tags: &[T],
        lanes: usize,
        weight: &impl Fn(usize) -> C,
    ) -> Self {
        // Looking all tags up first keeps many look-ups under way at once.
        let tags: Vec<T> = block.rows().iter().map(|&row| tags[row as usize]).collect();
        let mut cells = vec![0; lanes];
        let mut last = vec![u32::MAX; lanes];
        for ((row, rank), &tag) in block.ranked().zip(&tags) {
            let last = &mut last[lane(tag)];
            if !weight(row as usize).is_none() {
                cells[lane(tag)] += usize::from(*last != rank);
                *last = rank;
            }
        }
        Self { block, tags, cells }
    }

    fn deal<C: Increment>(&self, mut places: Vec<Place<'_, C>>, weight: &impl Fn(usize) -> C) {
        for ((row, rank), &tag) in self.block.ranked().zip(&self.tags) {
            places[lane(tag)].add(rank, tag.into() & 1 == 1, weight(row as usize));
        }
    }
}

/// For each stack its places in the lanes.
fn places<'a, T, C>(cells: &'a mut [Cells<C>], stacks: &[Stack<'_, T>]) -> Vec<Vec<Place<'a, C>>> {
    let mut rest: Vec<Place<'a, C>> = cells.iter_mut().map(Place::new).collect();
    let of_stack = |stack: &Stack<'_, T>| {
        rest.iter_mut().zip(&stack.cells).map(|(rest, &len)| rest.take(len)).collect()
    };
    stacks.iter().map(of_stack).collect()
}

/// Cells of a lane that one stack fills.
struct Place<'a, C> {
    time: &'a mut [u32],
    event: &'a mut [C],
    censor: &'a mut [C],
    filled: usize,
}

impl<'a, C> Place<'a, C> {
    fn new(cells: &'a mut Cells<C>) -> Self {
        let Cells { time, event, censor } = cells;
        Self { time, event, censor, filled: 0 }
    }

    fn take(&mut self, len: usize) -> Self {
        Self {
            time: self.time.split_off_mut(..len).unwrap_or_default(),
            event: self.event.split_off_mut(..len).unwrap_or_default(),
            censor: self.censor.split_off_mut(..len).unwrap_or_default(),
            filled: 0,
        }
    }
}

impl<C: Increment> Place<'_, C> {
    #[inline]
    fn add(&mut self, rank: u32, event: bool, weight: C) {
        if weight.is_none() {
            return;
        }
        if self.filled == 0 || self.time[self.filled - 1] != rank {
            self.time[self.filled] = rank;
            self.filled += 1;
        }
        let sums = if event { &mut self.event } else { &mut self.censor };
        sums[self.filled - 1] += weight;
    }
}
