//! Sums by slot, put together from those of blocks of rows.

use std::ops::Range;

use rayon::prelude::*;

/// Two sums at every slot from a first one on.
pub(super) struct Found<'p> {
    pub(super) first: usize,
    pub(super) sums: &'p [[f64; 2]],
}

/// Puts together what blocks found, in the order of their first slots. Each writes the slots before
/// the next block's first; what it found at those from there on is added.
pub(super) fn put_together(found: &[Found<'_>], into: [&mut [f64]; 2]) {
    let Some(first) = found.first().map(|found| found.first) else { return };
    let ends = found.iter().skip(1).map(|next| next.first).chain([into[0].len()]);
    let own: Vec<Range<usize>> = found.iter().zip(ends).map(|(own, end)| own.first..end).collect();
    let [some, others] = into;
    // Nobody may leave before the first event.
    [&mut *some, &mut *others].into_iter().for_each(|sums| sums[..first].fill(0.0));
    let places = split(&mut some[first..], &own).into_par_iter();
    let places = places.zip(split(&mut others[first..], &own));
    found.par_iter().zip(places).for_each(|(found, (some, others))| {
        let known = found.sums.len().min(some.len());
        for (sums, own) in found.sums.iter().zip(some.iter_mut().zip(others.iter_mut())) {
            (*own.0, *own.1) = (sums[0], sums[1]);
        }
        [some, others].into_iter().for_each(|sums| sums[known..].fill(0.0));
    });
    for (found, own) in found.iter().zip(own) {
        for (slot, sums) in (own.end..).zip(found.sums.iter().skip(own.len())) {
            some[slot] += sums[0];
            others[slot] += sums[1];
        }
    }
}

/// Cuts a slice at the ranges, which follow one another.
pub(super) fn split<'s, T>(mut slice: &'s mut [T], ranges: &[Range<usize>]) -> Vec<&'s mut [T]> {
    let cut = |range: &Range<usize>| {
        let (own, rest) = std::mem::take(&mut slice).split_at_mut(range.len());
        slice = rest;
        own
    };
    ranges.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_share_slots_and_leave_some_out() {
        let sums: [&[[f64; 2]]; 4] = [
            &[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]],
            &[[4.0, 40.0]],
            &[[5.0, 50.0], [6.0, 60.0]],
            &[[7.0, 70.0]],
        ];
        // The second block and the third begin where the first ends, the last leaves a gap.
        let firsts = [1, 3, 3, 6];
        let found: Vec<Found<'_>> =
            firsts.into_iter().zip(sums).map(|(first, sums)| Found { first, sums }).collect();
        let (mut some, mut others) = ([9.0; 8], [9.0; 8]);
        put_together(&found, [&mut some, &mut others]);
        assert_eq!(some, [0.0, 1.0, 2.0, 12.0, 6.0, 0.0, 7.0, 0.0]);
        assert_eq!(others, [0.0, 10.0, 20.0, 120.0, 60.0, 0.0, 70.0, 0.0]);
    }

    #[test]
    fn tables_of_all_slots_are_added() {
        let found = [[[1.0, 2.0], [3.0, 4.0]]; 3];
        let found: Vec<Found<'_>> = found.iter().map(|sums| Found { first: 0, sums }).collect();
        let (mut some, mut others) = ([0.0; 2], [0.0; 2]);
        put_together(&found, [&mut some, &mut others]);
        assert_eq!((some, others), ([3.0, 9.0], [6.0, 12.0]));
    }
}
