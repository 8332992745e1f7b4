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
    let walk = |block: usize| {
        let ranks = block * BLOCK..order.starts.len().min((block + 1) * BLOCK);
        let rows = &order.rows[begin(order, ranks.start)..begin(order, ranks.end)];
        let mut cells: Vec<Cells<C>> = vec![Cells::default(); lanes.len()];
        let (mut rank, mut next) = (ranks.start as u32, begin(order, ranks.start + 1));
        // Looking all tags up first keeps many look-ups under way at once.
        for (at, (&row, tag)) in rows.iter().zip(tags.of(rows)).enumerate() {
            if begin(order, ranks.start) + at == next {
                rank += 1;
                next = begin(order, rank as usize + 1);
            }
            let weight = weight(row as usize);
            cells[(tag >> 1) as usize].add(rank, tag & 1 == 1, weight);
        }
        cells
    };
    let blocks = order.starts.len().div_ceil(BLOCK);
    if blocks == 1 {
        return walk(0).into_iter().map(Cells::into_exits).collect();
    }
    let blocks: Vec<_> = (0..blocks).into_par_iter().map(walk).collect();
    (0..lanes.len()).into_par_iter().map(|lane| join(&blocks, lane)).collect()
}

/// Where the rows of a rank begin; for one rank too many, where all rows end.
fn begin(order: &Order, rank: usize) -> usize {
    order.starts.get(rank).map_or(order.rows.len(), |&start| start as usize)
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

    /// Lane, and in the lowest bit the event, of some rows.
    fn of(&self, rows: &[u32]) -> Vec<u32> {
        let looked = |lanes: &Lanes<'_>, event: &[bool], row: usize| {
            (lanes.of(row) as u32) << 1 | u32::from(event[row])
        };
        match self {
            Self::Bytes(tags) => rows.iter().map(|&row| u32::from(tags[row as usize])).collect(),
            Self::Looked { lanes, event } => {
                rows.iter().map(|&row| looked(lanes, event, row as usize)).collect()
            }
        }
    }
}
