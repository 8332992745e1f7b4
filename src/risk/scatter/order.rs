//! Filling lanes from a known order of the rows, block by block.

use rayon::prelude::*;

use super::{Cells, Exits, Lanes};
use crate::cohort::Cohort;
use crate::numeric::sort::Order;
use crate::risk::counts::Increment;

/// Distinct times walked by one task.
const BLOCK: usize = 1 << 16;

/// Walks the distinct times in blocks; a time is never cut, so the blocks of a lane are put one
/// behind the other.
pub(super) fn by_order<C: Increment>(
    cohort: &Cohort,
    order: &Order,
    lanes: Lanes<'_>,
    weight: &(impl Fn(usize) -> C + Sync),
) -> Vec<Exits> {
    let tags = Tags::new(cohort, lanes);
    let walk = |(block, starts): (usize, &[u32])| {
        let mut cells: Vec<Cells<C>> = vec![Cells::default(); lanes.len()];
        let first = block * BLOCK;
        for at in 0..starts.len() {
            let rank = (first + at) as u32;
            for &row in group(order, first + at) {
                let (lane, event) = tags.get(row as usize);
                cells[lane].add(rank, event, weight(row as usize));
            }
        }
        cells
    };
    if order.starts.len() <= BLOCK {
        return walk((0, &order.starts)).into_iter().map(Cells::into_exits).collect();
    }
    let blocks: Vec<_> = order.starts.par_chunks(BLOCK).enumerate().map(walk).collect();
    (0..lanes.len()).into_par_iter().map(|lane| join(&blocks, lane)).collect()
}

/// The rows of a rank.
fn group(order: &Order, rank: usize) -> &[u32] {
    let end = order.starts.get(rank + 1).map_or(order.rows.len(), |&start| start as usize);
    &order.rows[order.starts[rank] as usize..end]
}

fn join<C: Increment>(blocks: &[Vec<Cells<C>>], lane: usize) -> Exits {
    let len = blocks.iter().map(|cells| cells[lane].time.len()).sum();
    let (time, (event, censor)) = rayon::join(
        || concat(blocks, len, |cells| &cells[lane].time),
        || {
            let event = || concat(blocks, len, |cells| &cells[lane].event);
            rayon::join(event, || concat(blocks, len, |cells| &cells[lane].censor))
        },
    );
    (time, C::pack(event), C::pack(censor))
}

fn concat<B, T: Copy>(blocks: &[B], len: usize, part: impl Fn(&B) -> &Vec<T>) -> Vec<T> {
    let mut all = Vec::with_capacity(len);
    blocks.iter().for_each(|block| all.extend_from_slice(part(block)));
    all
}

/// Lane and event of every row in as little memory as will do: rows are looked up in the order of
/// time, all over the place, and a byte a row stays in the cache.
enum Tags<'a> {
    Bytes(Vec<u8>),
    Looked { lanes: Lanes<'a>, event: &'a [bool] },
}

impl<'a> Tags<'a> {
    fn new(cohort: &'a Cohort, lanes: Lanes<'a>) -> Self {
        let event = cohort.event();
        if lanes.len() > usize::from(u8::MAX >> 1) {
            return Self::Looked { lanes, event };
        }
        let tag = |(row, &event): (usize, &bool)| (lanes.of(row) << 1) as u8 | u8::from(event);
        Self::Bytes(event.par_iter().enumerate().with_min_len(1 << 14).map(tag).collect())
    }

    #[inline]
    fn get(&self, row: usize) -> (usize, bool) {
        match self {
            Self::Bytes(tags) => (usize::from(tags[row] >> 1), tags[row] & 1 == 1),
            Self::Looked { lanes, event } => (lanes.of(row), event[row]),
        }
    }
}
