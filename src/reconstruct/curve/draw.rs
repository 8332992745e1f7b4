//! Other data sets that agree as well.

use rand::RngExt;
use rayon::prelude::*;

use super::assemble::Task;
use super::input::DigitisedCurve;
use super::outcome::Individual;
use super::place::{Anywhere, by_chance, individuals};
use super::verdict;
use crate::error::Result;
use crate::numeric::stream::stream;

/// States kept at a stop.
const BEAM: usize = 600;

/// Draws number 1, 2, …: the points moved by their noise, censorings and events within gaps at
/// random.
pub(super) fn draws(
    curve: &DigitisedCurve,
    task: &Task,
    (seed, count): (u64, usize),
) -> Result<Vec<Vec<Individual>>> {
    (1..=count as u64).into_par_iter().map(|index| draw(curve, task, (seed, index))).collect()
}

pub(super) fn draw(
    curve: &DigitisedCurve,
    task: &Task,
    (seed, index): (u64, u64),
) -> Result<Vec<Individual>> {
    let mut generator = stream(seed, index);
    let mut moved = task.curve.clone();
    let noise = curve.points.noise;
    let mut normal = || {
        let (u, v): (f64, f64) = (generator.random(), generator.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    // Clicks err one by one; the calibration of the axis errs for all of them.
    let scale = 1.0 + noise * normal();
    let mut last = 1.0f64;
    for survival in &mut moved.survival {
        *survival = (1.0 - (1.0 - *survival) * scale + noise * normal()).clamp(0.0, last);
        last = *survival;
    }
    let own = curve.cut(task.n, moved);
    let weights = by_chance(&own.stretches, own.n, &mut generator);
    let path = curve.paths(&own, &weights, BEAM)?.swap_remove(0);
    let people = individuals(&path, &own.stretches, curve.step, &mut Anywhere(&mut generator));
    verdict::snapped(curve, task, people)
}
