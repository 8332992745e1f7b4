//! Numbers of subjects: whole without weights, real with them.

/// Counts of one kind along a lane.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Counts {
    /// Rows.
    Whole(Vec<u32>),
    /// Sums of weights.
    Real(Vec<f64>),
}

impl Counts {
    #[inline]
    pub(crate) fn get(&self, at: usize) -> f64 {
        match self {
            Self::Whole(counts) => f64::from(counts[at]),
            Self::Real(sums) => sums[at],
        }
    }

    pub(crate) fn total(&self) -> f64 {
        match self {
            Self::Whole(counts) => counts.iter().map(|&count| u64::from(count)).sum::<u64>() as f64,
            Self::Real(sums) => sums.iter().sum(),
        }
    }
}

/// What a row adds to a cell.
pub(crate) trait Increment: Copy + Default + PartialEq + Send + Sync {
    fn add(&mut self, other: Self);
    fn is_none(self) -> bool;
    fn pack(values: Vec<Self>) -> Counts;
}

impl Increment for u32 {
    #[inline]
    fn add(&mut self, other: Self) {
        *self += other;
    }

    #[inline]
    fn is_none(self) -> bool {
        self == 0
    }

    fn pack(values: Vec<Self>) -> Counts {
        Counts::Whole(values)
    }
}

impl Increment for f64 {
    #[inline]
    fn add(&mut self, other: Self) {
        *self += other;
    }

    #[inline]
    fn is_none(self) -> bool {
        self == 0.0
    }

    fn pack(values: Vec<Self>) -> Counts {
        Counts::Real(values)
    }
}
