//! The Brier score of predicted survival curves.

use rayon::prelude::*;
use serde::Serialize;

use super::{check_followed_from_zero, check_time};
use crate::cohort::{Cohort, Groups};
use crate::curve::plain_curves;
use crate::error::{DataError, Error, Result};
use crate::risk::Lanes;

/// Rows added up by one task, whatever the number of threads.
const BLOCK: usize = 1 << 14;

/// Brier scores at some times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brier {
    points: Vec<BrierPoint>,
}

/// The Brier score at one time: the mean squared distance of predicted survival from what happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BrierPoint {
    /// The time.
    pub time: f64,
    /// The score of the predictions; `None` when nobody is observed long enough, G(t−) = 0.
    pub score: Option<f64>,
    /// The score of the Kaplan–Meier curve of all rows as everybody's prediction.
    pub reference: Option<f64>,
}

impl BrierPoint {
    /// 1 − score/reference; `None` where the reference predicts without error.
    pub fn r_squared(&self) -> Option<f64> {
        r_squared(self.score?, self.reference?)
    }
}

/// Brier scores averaged over time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IntegratedBrier {
    /// The first time.
    pub from: f64,
    /// The last time.
    pub to: f64,
    /// Of the predictions.
    pub score: f64,
    /// Of the Kaplan–Meier curve.
    pub reference: f64,
}

impl IntegratedBrier {
    /// 1 − score/reference; `None` where the reference predicts without error.
    pub fn r_squared(&self) -> Option<f64> {
        r_squared(self.score, self.reference)
    }
}

fn r_squared(score: f64, reference: f64) -> Option<f64> {
    (reference > 0.0).then(|| 1.0 - score / reference)
}

impl Brier {
    /// The scores in the order of the times.
    pub fn points(&self) -> &[BrierPoint] {
        &self.points
    }

    /// The mean score from the first time to the last, ∫BS(t)dt/(t_last − t_first), by the trapezoid
    /// rule on the times given; `None` with one time, or where a score is.
    pub fn integrated(&self) -> Option<IntegratedBrier> {
        let (from, to) = (self.points.first()?.time, self.points.last()?.time);
        let mean = |value: fn(&BrierPoint) -> Option<f64>| -> Option<f64> {
            let area = self.points.windows(2).map(|pair| {
                let sum = value(&pair[0])? + value(&pair[1])?;
                Some((pair[1].time - pair[0].time) * sum / 2.0)
            });
            Some(area.sum::<Option<f64>>()? / (to - from))
        };
        let (score, reference) = (mean(|at| at.score)?, mean(|at| at.reference)?);
        (to > from).then_some(IntegratedBrier { from, to, score, reference })
    }
}

/// The Brier score with inverse-censoring weights, at ascending times; `predicted(row, k)` is S(t_k)
/// as predicted for a row.
///
/// BS(t) = Σ wᵢeᵢ(t)/Σ wᵢ with e = (1 − S(t))²/G(t−) for who survives t, S(t)²/G(exit−) for an
/// event by t, and 0 for who is censored before t, whom the weights of the others stand for.
/// Whoever is censored at t or later is known to survive t. G is the Kaplan–Meier estimate of not
/// being censored, over all rows, in which events come before censorings at one time. The
/// reference is the score of the Kaplan–Meier curve of all rows.
///
/// R: `survival:::brier(fit, times)` in survival 3.5-3 for a Cox model with Breslow ties. Graf,
/// Schmoor, Sauerbrei and Schumacher 1999,
/// doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5.
///
/// # Errors
/// When times are not ascending, negative or none, a prediction lies outside \[0, 1\], or anybody
/// enters late.
///
/// ```
/// use riskset::{accuracy::brier, cohort::Cohort};
/// let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true, true, false, true]).build()?;
/// let sharp = |row: usize, _| if row < 2 { 0.0 } else { 1.0 };
/// let scores = brier(&cohort, &[2.0], sharp)?;
/// assert_eq!((scores.points()[0].score, scores.points()[0].reference), (Some(0.0), Some(0.25)));
/// # Ok::<(), riskset::Error>(())
/// ```
pub fn brier(
    cohort: &Cohort,
    times: &[f64],
    predicted: impl Fn(usize, usize) -> f64 + Sync,
) -> Result<Brier> {
    check_times(times)?;
    check_followed_from_zero(cohort, "the Brier score")?;
    let single = Groups::single();
    let curves = plain_curves(cohort, Lanes::all(&single)).remove(0);
    let left = curves.censoring.just_before_ranks(0..=cohort.axis().len() as u32);
    let point = |(at, &time): (usize, &f64)| {
        let reference = curves.survival.at(time);
        let errors = Errors::new(cohort, &left, time);
        Ok(BrierPoint {
            time,
            score: errors.mean(|row| predicted(row, at))?,
            reference: errors.mean(|_| reference)?,
        })
    };
    Ok(Brier { points: times.iter().enumerate().map(point).collect::<Result<_>>()? })
}

fn check_times(times: &[f64]) -> Result<()> {
    times.iter().try_for_each(|&time| check_time("time", time))?;
    if times.is_empty() || !times.is_sorted_by(|a, b| a < b) {
        return Err(Error::option("Brier score: give times in ascending order, at least one"));
    }
    Ok(())
}

/// What happened by a time, and what each row counts for.
struct Errors<'a> {
    cohort: &'a Cohort,
    /// G just before every rank of the axis, and beyond the last.
    left: &'a [f64],
    time: f64,
    /// The first ranks at or after, and after the time.
    at: u32,
    beyond: u32,
}

impl<'a> Errors<'a> {
    fn new(cohort: &'a Cohort, left: &'a [f64], time: f64) -> Self {
        let axis = cohort.axis();
        Self { cohort, left, time, at: axis.rank_at_least(time), beyond: axis.rank_beyond(time) }
    }

    /// The weighted mean of the squared distances of predictions from what happened.
    fn mean(&self, predicted: impl Fn(usize) -> f64 + Sync) -> Result<Option<f64>> {
        let n = self.cohort.n_rows();
        let block = |at: usize| self.sum(at * BLOCK..n.min((at + 1) * BLOCK), &predicted);
        let blocks: Vec<Result<[f64; 2]>> =
            (0..n.div_ceil(BLOCK)).into_par_iter().map(block).collect();
        let mut sums = [0.0; 2];
        for block in blocks {
            let [square, weight] = block?;
            sums = [sums[0] + square, sums[1] + weight];
        }
        Ok((self.left[self.at as usize] > 0.0).then(|| sums[0] / sums[1]))
    }

    fn sum(
        &self,
        rows: std::ops::Range<usize>,
        predicted: &impl Fn(usize) -> f64,
    ) -> Result<[f64; 2]> {
        let mut sums = [0.0; 2];
        for row in rows {
            let weight = self.cohort.weights().of(row);
            let survival = predicted(row);
            if !(0.0..=1.0).contains(&survival) {
                return Err(self.outside(row, survival));
            }
            // Rows without weight may lie where nobody is left.
            if weight > 0.0 {
                sums[0] += weight * self.square(row, survival);
                sums[1] += weight;
            }
        }
        Ok(sums)
    }

    /// The squared distance of one row, weighted for those who were censored before.
    fn square(&self, row: usize, survival: f64) -> f64 {
        let (exit, event) = (self.cohort.exit()[row], self.cohort.event()[row]);
        match (event, exit) {
            (true, exit) if exit < self.beyond => survival * survival / self.left[exit as usize],
            (false, exit) if exit < self.at => 0.0,
            _ => (1.0 - survival) * (1.0 - survival) / self.left[self.at as usize],
        }
    }

    fn outside(&self, row: usize, survival: f64) -> Error {
        let mut error = DataError::new("predicted survival must be a probability");
        error.push(row, &format!("S({})", self.time), survival);
        error.into()
    }
}
