//! Percentiles of replicates.

/// Lower and upper percentile and standard deviation of replicates; infinite ones are the largest,
/// and what they make infinite is `None`.
pub(super) fn percentiles(
    mut values: Vec<f64>,
    level: f64,
) -> (Option<f64>, Option<f64>, Option<f64>) {
    values.sort_unstable_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - level);
    let finite = |value: f64| value.is_finite().then_some(value);
    let at = |p: f64| finite(order_statistic(&values, p));
    (at(tail), at(1.0 - tail), finite(deviation(&values)))
}

/// The order statistic at (B + 1)p, by linear interpolation.
fn order_statistic(sorted: &[f64], p: f64) -> f64 {
    let place = (sorted.len() + 1) as f64 * p;
    // 10,000 · 0.025 is 250 but for rounding.
    let place = if (place - place.round()).abs() < 1e-6 { place.round() } else { place };
    let below = sorted[(place as usize).clamp(1, sorted.len()) - 1];
    let part = place.fract();
    if part == 0.0 {
        return below;
    }
    let above = sorted[(place as usize + 1).clamp(1, sorted.len()) - 1];
    below + part * (above - below)
}

/// The standard deviation; not finite when a value is not.
fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_statistics() {
        // R: quantile(c(1, 2, 4, 8, 16), c(0.2, 0.5, 0.75), type = 6) is 1.2, 4, 12.
        let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert!((order_statistic(&sorted, 0.2) - 1.2).abs() < 1e-12);
        assert_eq!((order_statistic(&sorted, 0.5), order_statistic(&sorted, 0.75)), (4.0, 12.0));
    }

    #[test]
    fn what_is_not_reached_is_last() {
        let values = || vec![f64::INFINITY, 1.0, 3.0, 2.0, f64::INFINITY, 4.0, 5.0];
        // Places 8·0.25 = 2 and 8·0.75 = 6.
        assert_eq!(percentiles(values(), 0.5), (Some(2.0), None, None));
        // Places 8·0.375 = 3 and 8·0.625 = 5: the last that was reached.
        assert_eq!(percentiles(values(), 0.25), (Some(3.0), Some(5.0), None));
    }

    #[test]
    fn the_standard_deviation() {
        assert_eq!(deviation(&[1.0, 3.0]), 2.0f64.sqrt());
    }
}
