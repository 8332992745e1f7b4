//! Clicks on a curve, brought to one scale, order and direction.

use serde::Serialize;

use crate::error::{DataError, Error, Result};

/// Clicks closer than this share of the time axis may have been taken in the wrong order.
const CLOSE: f64 = 0.008;
/// A click farther than this from every falling curve through its neighbours is no noise.
const ASTRAY: f64 = 0.05;
/// The noise of survival where the points do not tell it.
const USUAL_NOISE: f64 = 0.002;
/// Neither clicks nor their rounding are ever better than this.
const LEAST_NOISE: f64 = 0.0005;
/// From here on a number is a percentage.
const PERCENT: f64 = 1.5;

/// How the vertical axis was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Survival from 1 down.
    Survival,
    /// Survival in per cent.
    SurvivalPercent,
    /// Cumulative failure from 0 up.
    Failure,
    /// Cumulative failure in per cent.
    FailurePercent,
}

/// A falling curve: times from 0 on, survival from 1 down.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    pub(super) time: Vec<f64>,
    pub(super) survival: Vec<f64>,
    /// Standard deviation of a click's survival.
    pub(super) noise: f64,
    scale: Scale,
    moved: usize,
}

/// A click with the row that it came from.
#[derive(Debug, Clone, Copy)]
struct Click {
    time: f64,
    survival: f64,
    row: usize,
}

impl Points {
    /// Reads (time, survival) pairs: in any order, as fraction or per cent, as survival or
    /// cumulative failure.
    ///
    /// Clicks within 0.8 % of the time axis are put in falling order. Survival at a click is then
    /// the mean of the smallest value up to it and the largest from it on.
    ///
    /// # Errors
    /// Rows that are no numbers, times before 0, fractions among percentages, survival outside
    /// 0–1, values that go up and down by more than noise does, fewer than two points.
    pub fn new(pairs: &[(f64, f64)]) -> Result<Self> {
        check_numbers(pairs)?;
        let mut clicks: Vec<Click> = pairs
            .iter()
            .enumerate()
            .map(|(row, &(time, survival))| Click { time, survival, row })
            .collect();
        clicks.sort_by(|a, b| a.time.total_cmp(&b.time));
        let scale = one_scale(&mut clicks)?;
        clicks_in_range(&clicks, scale)?;
        let span = clicks.last().map_or(0.0, |click| click.time);
        let moved = put_in_falling_order(&mut clicks, CLOSE * span);
        let survival: Vec<f64> = clicks.iter().map(|click| click.survival).collect();
        let survival = falling(&survival);
        check_falling(&clicks, &survival)?;
        let noise = noise(&clicks, &survival);
        let mut time: Vec<f64> = clicks.iter().map(|click| click.time.max(0.0)).collect();
        let mut survival: Vec<f64> = survival.iter().map(|own| own.clamp(0.0, 1.0)).collect();
        if time[0] > 0.0 {
            time.insert(0, 0.0);
            survival.insert(0, 1.0);
        }
        Ok(Self { time, survival, noise, scale, moved })
    }

    /// Times, ascending.
    pub fn time(&self) -> &[f64] {
        &self.time
    }

    /// Survival at these times, never rising.
    pub fn survival(&self) -> &[f64] {
        &self.survival
    }

    /// How the axis was read.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Standard deviation of survival at a click, from the scatter of the clicks.
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// Clicks that changed places with a close neighbour.
    pub fn moved(&self) -> usize {
        self.moved
    }

    /// The last time.
    pub fn end(&self) -> f64 {
        self.time.last().copied().unwrap_or(0.0)
    }
}

fn check_numbers(pairs: &[(f64, f64)]) -> Result<()> {
    let mut error = DataError::new("a point of a curve is a time and a survival, both numbers");
    for (row, (time, survival)) in pairs.iter().enumerate() {
        if !time.is_finite() || !survival.is_finite() {
            error.push_row(row, format!("time {time}, survival {survival}"));
        }
    }
    error.check()?;
    let first = pairs.first().map(|own| own.0);
    if pairs.len() < 2 || pairs.iter().all(|own| Some(own.0) == first) {
        return Err(Error::analysis("a curve has points at two times or more"));
    }
    Ok(())
}

/// Brings survival to a fraction that falls from 1.
fn one_scale(clicks: &mut [Click]) -> Result<Scale> {
    let largest = clicks.iter().map(|own| own.survival).fold(f64::MIN, f64::max);
    let percent = largest > PERCENT;
    if percent {
        check_unmixed(clicks)?;
        clicks.iter_mut().for_each(|own| own.survival /= 100.0);
    }
    let failure = is_failure(clicks);
    if failure {
        clicks.iter_mut().for_each(|own| own.survival = 1.0 - own.survival);
    }
    Ok(match (failure, percent) {
        (false, false) => Scale::Survival,
        (false, true) => Scale::SurvivalPercent,
        (true, false) => Scale::Failure,
        (true, true) => Scale::FailurePercent,
    })
}

/// A curve that begins near 0 and ends higher is one of failure.
fn is_failure(clicks: &[Click]) -> bool {
    let tenth = clicks.len().div_ceil(10);
    let mean =
        |part: &[Click]| part.iter().map(|own| own.survival).sum::<f64>() / part.len() as f64;
    let (first, last) = (mean(&clicks[..tenth]), mean(&clicks[clicks.len() - tenth..]));
    first < 0.5 && last > first && clicks[0].survival < 0.1
}

/// Among percentages, a value that is its neighbour's hundredth is a fraction.
fn check_unmixed(clicks: &[Click]) -> Result<()> {
    let mut error = DataError::new("percentages and fractions are mixed in one curve")
        .help("write all points in per cent, or all as fractions");
    let large = |own: &&Click| own.survival > PERCENT;
    for (at, click) in clicks.iter().enumerate() {
        let before = clicks[..at].iter().rev().find(large);
        let after = clicks[at..].iter().find(large);
        let near = |own: Option<&Click>| {
            own.is_some_and(|own| {
                own.survival > 20.0 && (own.survival / 100.0 - click.survival).abs() < 0.15
            })
        };
        if click.survival > 0.0 && click.survival <= 1.05 && (near(before) || near(after)) {
            let beside = before.or(after).map_or(0.0, |own| own.survival);
            error.push(click.row, "survival", format!("{} beside {beside}", click.survival));
        }
    }
    error.check()
}

fn clicks_in_range(clicks: &[Click], scale: Scale) -> Result<()> {
    let span = clicks.last().map_or(0.0, |own| own.time);
    let mut early = DataError::new("a time lies before 0");
    let mut outside = DataError::new(match scale {
        Scale::Survival | Scale::Failure => "survival must lie between 0 and 1",
        _ => "survival must lie between 0 and 100 per cent",
    });
    for own in clicks {
        if own.time < -0.02 * span.max(0.0) {
            early.push(own.row, "time", own.time);
        }
        if !(-ASTRAY..=1.0 + ASTRAY).contains(&own.survival) {
            outside.push(own.row, "survival", format!("{:.4} as a fraction", own.survival));
        }
    }
    early.check()?;
    outside.check()
}

/// Exchanges survival between close clicks until it falls; returns how many exchanges that took.
fn put_in_falling_order(clicks: &mut [Click], close: f64) -> usize {
    let mut moved = 0;
    for at in 1..clicks.len() {
        let mut own = at;
        while own > 0
            && clicks[own].survival > clicks[own - 1].survival
            && clicks[at].time - clicks[own - 1].time <= close
        {
            let (a, b) = (clicks[own - 1], clicks[own]);
            (clicks[own - 1].survival, clicks[own - 1].row) = (b.survival, b.row);
            (clicks[own].survival, clicks[own].row) = (a.survival, a.row);
            moved += 1;
            own -= 1;
        }
    }
    moved
}

/// The mean of the running minimum from the left and the running maximum from the right.
pub(super) fn falling(values: &[f64]) -> Vec<f64> {
    let mut low = f64::INFINITY;
    let mut mean: Vec<f64> = values
        .iter()
        .map(|own| {
            low = low.min(*own);
            low
        })
        .collect();
    let mut high = f64::NEG_INFINITY;
    for (own, mean) in values.iter().zip(&mut mean).rev() {
        high = high.max(*own);
        *mean = (*mean + high) / 2.0;
    }
    mean
}

fn check_falling(clicks: &[Click], survival: &[f64]) -> Result<()> {
    let mut error = DataError::new("these points are no survival curve: it never rises").help(
        "leave out the clicks that went astray, and take one curve only, all of it as survival \
         or all as failure",
    );
    let mut astray: Vec<&Click> = Vec::new();
    for (own, fitted) in clicks.iter().zip(survival) {
        if (own.survival - fitted).abs() > ASTRAY {
            astray.push(own);
        }
    }
    astray.sort_by_key(|own| own.row);
    for own in astray {
        error.push(own.row, "survival", format!("{:.4} at time {}", own.survival, own.time));
    }
    error.check()
}

/// From the scatter about the falling curve, which is half that of the clicks on a plateau.
fn noise(clicks: &[Click], survival: &[f64]) -> f64 {
    let scatter = clicks.iter().zip(survival).map(|(own, fitted)| own.survival - fitted);
    let squares: Vec<f64> = scatter.map(|own| own * own).filter(|own| *own > 0.0).collect();
    if squares.len() < 8 {
        return USUAL_NOISE;
    }
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    (1.5 * mean.sqrt()).clamp(LEAST_NOISE, 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAIRS: [(f64, f64); 6] =
        [(0.0, 1.0), (2.0, 1.0), (2.0, 0.8), (5.0, 0.8), (5.0, 0.5), (9.0, 0.5)];

    #[test]
    fn scales_and_orders_give_one_curve() {
        let plain = Points::new(&STAIRS).unwrap();
        assert_eq!(
            (plain.scale(), plain.survival()),
            (Scale::Survival, &[1.0, 1.0, 0.8, 0.8, 0.5, 0.5][..])
        );
        let turn = |f: fn(f64) -> f64| STAIRS.map(|(t, s)| (t, f(s)));
        let percent = Points::new(&turn(|s| 100.0 * s)).unwrap();
        let failure = Points::new(&turn(|s| 1.0 - s)).unwrap();
        let both = Points::new(&turn(|s| 100.0 * (1.0 - s))).unwrap();
        let scales = [percent.scale(), failure.scale(), both.scale()];
        assert_eq!(scales, [Scale::SurvivalPercent, Scale::Failure, Scale::FailurePercent]);
        for other in [percent, failure, both] {
            let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
            assert!(other.survival().iter().zip(plain.survival()).all(close));
        }
        let mut mixed = STAIRS;
        mixed.reverse();
        assert_eq!(Points::new(&mixed).unwrap().survival(), plain.survival());
    }

    #[test]
    fn close_clicks_fall_and_noise_is_evened_out() {
        let points =
            Points::new(&[(0.0, 1.0), (4.99, 0.8), (5.0, 1.01), (9.0, 0.79), (10.0, 0.81)]);
        let points = points.unwrap();
        assert_eq!(points.moved(), 1);
        let expected = [1.0, 1.0, 0.805, 0.8, 0.8];
        for (own, expected) in points.survival().iter().zip(expected) {
            assert!((own - expected).abs() < 6e-3, "{:?}", points.survival());
        }
        assert!(points.survival().windows(2).all(|pair| pair[1] <= pair[0]));
    }

    fn refusal(pairs: &[(f64, f64)]) -> String {
        Points::new(pairs).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_curve_is_refused() {
        let text = refusal(&[(0.0, 100.0), (1.0, 95.0), (2.0, 0.9), (3.0, 85.0)]);
        assert!(text.contains("mixed") && text.contains("row 3") && text.contains("0.9 beside 95"));
        let text = refusal(&[(0.0, 1.0), (1.0, 0.5), (2.0, 0.9), (3.0, 0.4), (4.0, 0.8)]);
        assert!(text.contains("never rises") && text.contains("row 2"), "{text}");
        assert!(refusal(&[(0.0, 1.0), (f64::NAN, 0.5)]).contains("row 2"));
        assert!(refusal(&[(-5.0, 1.0), (10.0, 0.5)]).contains("before 0"));
        assert!(refusal(&[(0.0, 1.0), (1.0, 1.3)]).contains("between 0 and 1"));
        assert!(refusal(&[(1.0, 1.0), (1.0, 0.5)]).contains("two times"));
        assert!(refusal(&[]).contains("two times"));
    }

    #[test]
    fn a_curve_in_per_cent_may_end_below_one_per_cent() {
        let points = Points::new(&[(0.0, 100.0), (5.0, 40.0), (9.0, 8.0), (12.0, 0.8)]).unwrap();
        assert!((points.survival()[3] - 0.008).abs() < 1e-12);
    }
}
