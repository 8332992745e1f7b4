//! Case weights, of a stated kind.

/// Weights of rows. The kind decides the variance.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Weights {
    /// Every row counts once.
    #[default]
    None,
    /// A row stands for so many identical rows: whole numbers. Every statistic is that of the
    /// expanded data.
    Frequency(Vec<f64>),
    /// A row represents so many others (inverse probabilities of selection or treatment). The
    /// variance is the robust one.
    Sampling(Vec<f64>),
}

impl Weights {
    /// The weights, unless every row counts once.
    pub fn values(&self) -> Option<&[f64]> {
        match self {
            Self::None => None,
            Self::Frequency(values) | Self::Sampling(values) => Some(values),
        }
    }

    /// The weight of a row.
    #[inline]
    pub fn of(&self, row: usize) -> f64 {
        self.values().map_or(1.0, |values| values[row])
    }

    /// Whether these are sampling weights.
    pub fn is_sampling(&self) -> bool {
        matches!(self, Self::Sampling(_))
    }

    pub(crate) fn select(&self, rows: &[u32]) -> Self {
        let take = |values: &[f64]| rows.iter().map(|&row| values[row as usize]).collect();
        match self {
            Self::None => Self::None,
            Self::Frequency(values) => Self::Frequency(take(values)),
            Self::Sampling(values) => Self::Sampling(take(values)),
        }
    }
}
