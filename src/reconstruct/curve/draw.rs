//! Other data sets that agree as well.

use std::ops::Range;

use rand::RngExt;
use rayon::prelude::*;

use super::assemble::Task;
use super::input::DigitisedCurve;
use super::outcome::Individual;
use super::place::{Anywhere, by_chance, individuals};
use super::points::falling;
use super::verdict;
use crate::error::Result;
use crate::numeric::stream::stream;

/// So many streams an arm has.
const ARMS_APART: u64 = 1 << 32;
/// States kept at a stop.
const BEAM: usize = 600;

/// Draws of these numbers: the points moved by their noise, censorings and events within gaps at
/// random.
pub(super) fn draws(
    curve: &DigitisedCurve,
    task: &Task,
    (seed, arm): (u64, u64),
    numbers: Range<usize>,
) -> Result<Vec<Vec<Individual>>> {
    let stream = |number: usize| arm * ARMS_APART + number as u64;
    numbers.into_par_iter().map(|number| draw(curve, task, (seed, stream(number)))).collect()
}

fn draw(curve: &DigitisedCurve, task: &Task, (seed, index): (u64, u64)) -> Result<Vec<Individual>> {
    let mut generator = stream(seed, index);
    let mut moved = task.curve.clone();
    let noise = curve.points.noise;
    let mut normal = || {
        let (u, v): (f64, f64) = (generator.random(), generator.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    // Clicks err one by one; the calibration of the axis errs for all of them.
    let scale = match curve.events {
        None => 1.0 + noise * normal(),
        Some(_) => 1.0,
    };
    for survival in &mut moved.survival {
        *survival = 1.0 - (1.0 - *survival) * scale + noise * normal();
    }
    moved.survival = falling(&moved.survival);
    moved.survival.iter_mut().for_each(|own| *own = own.clamp(0.0, 1.0));
    let own = curve.cut(task.n, moved);
    let weights = by_chance(&own.stretches, own.n, &mut generator);
    let paths = curve.paths(&own, &weights, BEAM);
    // Moved too far for the total of events: then the points as they are.
    let path = paths.or_else(|_| curve.paths(task, &weights, BEAM))?.swap_remove(0);
    let people = individuals(&path, &own.stretches, curve.step, &mut Anywhere(&mut generator));
    verdict::snapped(curve, task, people)
}
