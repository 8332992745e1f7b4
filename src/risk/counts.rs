//! Numbers of subjects: whole without weights, real with them.

use std::ops::{AddAssign, Range};

/// Counts of one kind along a lane.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Counts {
    /// Rows, where no time has more than 255.
    Few(Vec<u8>),
    /// Rows.
    Whole(Vec<u32>),
    /// Sums of weights.
    Real(Vec<f64>),
}

impl Counts {
    #[inline]
    pub(crate) fn get(&self, at: usize) -> f64 {
        match self {
            Self::Few(counts) => f64::from(counts[at]),
            Self::Whole(counts) => f64::from(counts[at]),
            Self::Real(sums) => sums[at],
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few(counts) => counts.len(),
            Self::Whole(counts) => counts.len(),
            Self::Real(sums) => sums.len(),
        }
    }

    pub(crate) fn total(&self) -> f64 {
        self.sum(0..self.len())
    }

    /// The sum over some times.
    pub(crate) fn sum(&self, times: Range<usize>) -> f64 {
        fn whole<T: Copy + Into<u64>>(counts: &[T]) -> f64 {
            counts.iter().map(|&count| count.into()).sum::<u64>() as f64
        }
        match self {
            Self::Few(counts) => whole(&counts[times]),
            Self::Whole(counts) => whole(&counts[times]),
            Self::Real(sums) => sums[times].iter().fold(0.0, |sum, own| sum + own),
        }
    }

    /// Whether these are numbers of rows.
    pub(crate) fn are_whole(&self) -> bool {
        !matches!(self, Self::Real(_))
    }
}

/// What a row adds to a cell.
pub(crate) trait Increment: Copy + Default + PartialEq + AddAssign + Send + Sync {
    #[inline]
    fn is_none(self) -> bool {
        self == Self::default()
    }

    fn pack(values: Vec<Self>) -> Counts;
}

impl Increment for u8 {
    fn pack(values: Vec<Self>) -> Counts {
        Counts::Few(values)
    }
}

impl Increment for u32 {
    fn pack(values: Vec<Self>) -> Counts {
        Counts::Whole(values)
    }
}

impl Increment for f64 {
    fn pack(values: Vec<Self>) -> Counts {
        Counts::Real(values)
    }
}
