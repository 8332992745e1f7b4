//! Numbers summarised.

/// How a quantile falls between two values; the names are those of Hyndman and Fan 1996,
/// doi:10.1080/00031305.1996.10473566.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QuantileRule {
    /// Type 7, R's default: at place (n − 1)p + 1, interpolated.
    #[default]
    Type7,
    /// Type 2, SAS's `PCTLDEF=5` and Stata's `summarize`: the value beyond np, the mean of two
    /// where np is whole.
    Type2,
    /// Type 6, SPSS's: at place (n + 1)p, interpolated.
    Type6,
}

/// What is known of some numbers. R: `mean`, `sd`, `quantile(type = 7)`, `min`, `max`.
///
/// ```
/// use riskset::describe::{NumberSummary, QuantileRule};
///
/// let summary = NumberSummary::new(vec![4.0, 1.0, 3.0, 2.0], QuantileRule::Type7);
/// assert_eq!(summary.quartiles(), [1.75, 2.5, 3.25].map(Some));
/// assert_eq!(summary.mean(), Some(2.5));
/// assert_eq!(NumberSummary::new(vec![5.0], QuantileRule::Type7).sd(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NumberSummary {
    n: usize,
    mean: Option<f64>,
    variance: Option<f64>,
    quartiles: [Option<f64>; 3],
    range: [Option<f64>; 2],
}

impl QuantileRule {
    /// The number of the rule, as R's `type`.
    pub fn number(self) -> u8 {
        match self {
            Self::Type2 => 2,
            Self::Type6 => 6,
            Self::Type7 => 7,
        }
    }

    /// The quantile of values in order; `None` when there is none.
    fn of(self, ordered: &[f64], p: f64) -> Option<f64> {
        let n = ordered.len() as f64;
        let place = match self {
            Self::Type7 => (n - 1.0) * p + 1.0,
            Self::Type6 => (n + 1.0) * p,
            Self::Type2 => n * p + if (n * p).fract() == 0.0 { 0.5 } else { 1.0 - (n * p).fract() },
        };
        let place = place.clamp(1.0, n.max(1.0));
        let lower = *ordered.get(place as usize - 1)?;
        let upper = ordered.get(place as usize).copied().unwrap_or(lower);
        Some(lower + place.fract() * (upper - lower))
    }
}

impl NumberSummary {
    /// Summarises numbers, of which none is missing.
    pub fn new(mut values: Vec<f64>, rule: QuantileRule) -> Self {
        values.sort_by(f64::total_cmp);
        let moments = Moments::of(&values);
        Self {
            n: values.len(),
            mean: moments.mean(),
            variance: moments.variance(),
            quartiles: [0.25, 0.5, 0.75].map(|p| rule.of(&values, p)),
            range: [values.first().copied(), values.last().copied()],
        }
    }

    /// How many there are.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The arithmetic mean.
    pub fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// The standard deviation, with n − 1; none of one number.
    pub fn sd(&self) -> Option<f64> {
        self.variance.map(f64::sqrt)
    }

    /// Lower quartile, median, upper quartile.
    pub fn quartiles(&self) -> [Option<f64>; 3] {
        self.quartiles
    }

    /// The smallest and the largest.
    pub fn range(&self) -> [Option<f64>; 2] {
        self.range
    }

    pub(super) fn moments(&self) -> Moments {
        Moments { n: self.n as f64, mean: self.mean.unwrap_or(0.0), squares: self.squares() }
    }

    fn squares(&self) -> f64 {
        self.variance.unwrap_or(0.0) * (self.n as f64 - 1.0)
    }
}

/// Number, mean, and sum of squared deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    pub(super) n: f64,
    pub(super) mean: f64,
    pub(super) squares: f64,
}

impl Moments {
    /// In two passes; the second puts right what the first rounded off.
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let rough = values.iter().sum::<f64>() / n;
        let rest = values.iter().map(|value| value - rough).sum::<f64>() / n;
        let mean = rough + rest;
        let square = |value: &f64| (value - mean) * (value - mean);
        Self { n, mean, squares: values.iter().map(square).sum() }
    }

    pub(super) fn mean(self) -> Option<f64> {
        (self.n > 0.0 && self.mean.is_finite()).then_some(self.mean)
    }

    pub(super) fn variance(self) -> Option<f64> {
        let variance = self.squares / (self.n - 1.0);
        (self.n > 1.0 && variance.is_finite()).then_some(variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R: `quantile(c(1, 2, 3, 4, 10), c(.25, .5, .75), type = t)` and of the first four.
    #[test]
    fn quantiles_by_hand() {
        let five = [1.0, 2.0, 3.0, 4.0, 10.0];
        let cases = [
            (QuantileRule::Type7, [2.0, 3.0, 4.0], [1.75, 2.5, 3.25]),
            (QuantileRule::Type2, [2.0, 3.0, 4.0], [1.5, 2.5, 3.5]),
            (QuantileRule::Type6, [1.5, 3.0, 7.0], [1.25, 2.5, 3.75]),
        ];
        for (rule, of_five, of_four) in cases {
            let quartiles = |values: &[f64]| NumberSummary::new(values.to_vec(), rule).quartiles();
            assert_eq!(quartiles(&five), of_five.map(Some), "{rule:?}");
            assert_eq!(quartiles(&five[..4]), of_four.map(Some), "{rule:?}");
            assert_eq!(quartiles(&five[..1]), [Some(1.0); 3], "{rule:?}");
            assert_eq!(quartiles(&[]), [None; 3]);
        }
    }

    #[test]
    fn nothing_has_no_mean_and_one_no_deviation() {
        let none = NumberSummary::new(Vec::new(), QuantileRule::Type7);
        assert_eq!((none.n(), none.mean(), none.sd(), none.range()), (0, None, None, [None; 2]));
        let far = NumberSummary::new(vec![1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0], QuantileRule::Type7);
        assert_eq!((far.mean(), far.sd()), (Some(1e8 + 2.0), Some(1.0)));
    }
}
