//! Whether sums over rows that enter late have lost their digits.
//!
//! Such rows are added to the risk sets up to their last and taken out of those before their first.
//! Far out, where some have a relative risk many orders of magnitude above the others, what is left
//! is rounding. There every risk set is summed anew, or there is no stepping at all.

use super::{Hazard, State};
use crate::cox::frame::Frame;

/// Whether a term taken out is more than `most` times what is left.
pub(super) fn blurred(frame: &Frame<'_>, state: &State, hazard: &Hazard, most: f64) -> bool {
    if !frame.late {
        return false;
    }
    let expected = most * mean_weight(frame);
    if surely_sharp(state, hazard, most.min(expected)) {
        return false;
    }
    let mut taken_out = vec![0.0_f64; frame.sets.len()];
    for (slot, theta) in entries(frame, state) {
        taken_out[slot] = taken_out[slot].max(theta);
        if theta * hazard.cumulative[slot] > expected {
            return true;
        }
    }
    let lost = |slots: &std::ops::Range<usize>| {
        let mut largest = 0.0_f64;
        (slots.start + 1..slots.end).rev().any(|slot| {
            largest = largest.max(taken_out[slot]);
            largest > most * state.risk[slot]
        })
    };
    frame.sets.strata().iter().any(lost)
}

/// The slots at which rows enter, with their w·r. In a sweep they are rows of their own, with the
/// opposite sign.
fn entries<'f>(
    frame: &'f Frame<'_>,
    state: &'f State,
) -> Box<dyn Iterator<Item = (usize, f64)> + 'f> {
    let slots = |slots: &'f [u32]| slots.iter().map(|&slot| slot as usize).zip(&state.theta);
    match frame.sets.from() {
        Some(from) => Box::new(slots(from).map(|(slot, &theta)| (slot, theta))),
        None => {
            let late = slots(frame.sets.to()).filter(|(_, theta)| **theta < 0.0);
            Box::new(late.map(|(slot, theta)| (slot, -theta)))
        }
    }
}

fn mean_weight(frame: &Frame<'_>) -> f64 {
    frame.event_weights().sum::<f64>() / frame.events()
}

/// Whether even the largest term at the smallest risk set would be no matter.
fn surely_sharp(state: &State, hazard: &Hazard, most: f64) -> bool {
    let highest = |own: &[f64]| own.iter().fold(0.0_f64, |top, x| top.max(x.abs()));
    let smallest = |least: f64, risk: &f64| if *risk > 0.0 { least.min(*risk) } else { least };
    let (theta, risk) = (highest(&state.theta), state.risk.iter().fold(f64::MAX, smallest));
    theta <= most * risk && theta * highest(&hazard.cumulative) <= most
}
