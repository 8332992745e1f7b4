//! The infinitesimal jackknife of the estimate.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{Found, in_blocks, of_each};
use crate::cohort::{Cohort, Weights};
use crate::numeric::sum::DoubleDouble;

/// The variance, if what was met with a unit of a row's weight moves the estimate by so much.
pub(super) fn variance<M: Sync>(
    cohort: &Cohort,
    strata: &[Found<M>],
    moved: impl Fn(&M) -> (usize, f64) + Sync,
) -> f64 {
    let squares: DoubleDouble = if cohort.entry().is_none() && cohort.cluster().is_none() {
        let block = |_, met: &[M]| sum_of_squares(cohort, met.iter().map(&moved));
        strata.iter().flat_map(|found| in_blocks(&found.met, block)).collect()
    } else {
        let moved = by_row(cohort, strata, moved);
        if let Some(codes) = cohort.cluster() {
            return by_cluster(cohort, codes, &moved).iter().map(|sum| sum * sum).sum();
        }
        let rows =
            |first, moved: &[f64]| sum_of_squares(cohort, (first..).zip(moved.iter().copied()));
        in_blocks(&moved, rows).into_iter().collect()
    };
    squares.value()
}

/// Copies of a row move the estimate one by one.
fn sum_of_squares(cohort: &Cohort, moved: impl Iterator<Item = (usize, f64)>) -> f64 {
    let copies = matches!(cohort.weights(), Weights::Frequency(_));
    let square = |(row, moved): (usize, f64)| {
        let own = cohort.weights().of(row) * moved;
        own * if copies { moved } else { own }
    };
    moved.map(square).sum()
}

/// All that was met with each row. A row is of one stratum, so that two threads never add to it;
/// atomics say so without unsafe code.
fn by_row<M: Sync>(
    cohort: &Cohort,
    strata: &[Found<M>],
    moved: impl Fn(&M) -> (usize, f64) + Sync,
) -> Vec<f64> {
    let sums: Vec<AtomicU64> = (0..cohort.n_rows()).map(|_| AtomicU64::new(0)).collect();
    of_each(cohort, strata.iter().collect(), |(_, found): (usize, &Found<M>)| {
        for (row, moved) in found.met.iter().map(&moved) {
            let sum = f64::from_bits(sums[row].load(Relaxed)) + moved;
            sums[row].store(sum.to_bits(), Relaxed);
        }
    });
    sums.into_iter().map(|sum| f64::from_bits(sum.into_inner())).collect()
}

fn by_cluster(cohort: &Cohort, codes: &[u32], moved: &[f64]) -> Vec<f64> {
    let size = codes.iter().max().map_or(0, |&code| code as usize + 1);
    let mut sums = vec![0.0; size];
    for (row, (&code, moved)) in codes.iter().zip(moved).enumerate() {
        sums[code as usize] += cohort.weights().of(row) * moved;
    }
    sums
}
