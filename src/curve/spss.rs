//! SPSS's standard error of a quantile, from a density by differences (Collett, Modelling Survival
//! Data in Medical Research).

use super::Quantile;
use super::product_limit::ProductLimit;

/// SPSS's Kaplan–Meier uses exactly this, whatever the data.
const Z: f64 = 1.96;
/// SPSS compares survival probabilities to within this.
const TOLERANCE: f64 = 1e-12;
/// Distance, in survival probability, over which the density is taken.
const REACH: f64 = 0.05;

impl ProductLimit {
    /// Estimate ± 1.96·SE(S)/f with f = (S(u) − S(l))/(l − u), u the last event time with
    /// S ≥ level + 0.05 and l the first with S ≤ level − 0.05. Nothing where those do not exist.
    pub(super) fn spss_quantile(&self, p: f64, estimate: Option<f64>) -> Quantile {
        let std_err =
            estimate.and_then(|time| Some(self.std_err_at(time)? / self.density(1.0 - p)?));
        let limit = |sign: f64| Some((estimate? + sign * Z * std_err?).max(0.0));
        Quantile { p, estimate, lower: limit(-1.0), upper: limit(1.0), std_err, identified: true }
    }

    fn std_err_at(&self, time: f64) -> Option<f64> {
        self.step(self.step_at(time)?).std_err()
    }

    fn density(&self, level: f64) -> Option<f64> {
        let (s, values) = (self.survival(), self.survival().values());
        let after = values.partition_point(|&value| value >= level + REACH - TOLERANCE);
        let low = values.partition_point(|&value| value > level - REACH + TOLERANCE);
        // Censorings make no step: the event time is where the level began.
        let level = values[after.checked_sub(1)?];
        let high = values.partition_point(|&value| value > level);
        if level >= 1.0 {
            return None;
        }
        (low < s.len()).then(|| (values[high] - values[low]) / (s.time(low) - s.time(high)))
    }
}
