//! The likelihood with every risk set summed anew.
//!
//! Rows that enter late are taken out of sums that held them. Where some have a relative risk many
//! orders of magnitude above the others this leaves nothing but rounding; with few rows, every risk
//! set can be summed by itself instead, on its own scale.

use rayon::prelude::*;

use super::Derivatives;
use crate::cox::frame::Frame;
use crate::cox::members::Members;
use crate::cox::ties::{Inner, Tied, Ties};
use crate::numeric::linalg::SymMatrix;

/// Breslow's or Efron's likelihood at one β.
pub(super) struct Direct<'a> {
    frame: &'a Frame<'a>,
    members: &'a Members<'a>,
    ties: Ties,
    eta: Vec<f64>,
}

/// A risk set: its rows with w·r on the scale of the largest.
struct RiskSet {
    rows: Vec<usize>,
    theta: Vec<f64>,
    fails: Vec<bool>,
    top: f64,
    tied: Tied,
}

/// What one event time adds.
struct Part {
    score: Vec<f64>,
    information: SymMatrix,
    about_centre: Vec<f64>,
}

impl<'a> Direct<'a> {
    pub(super) fn new(
        frame: &'a Frame<'a>,
        members: &'a Members<'a>,
        ties: Ties,
        beta: &[f64],
    ) -> Self {
        Self { frame, members, ties, eta: members.predictor(beta) }
    }

    pub(super) fn log_likelihood(&self) -> f64 {
        let own = |(slot, end)| {
            let set = self.risk_set(slot, end);
            let events = set.rows.iter().zip(&set.fails).filter(|(_, fails)| **fails);
            let above =
                |(&row, _): (&usize, _)| self.members.weight(row) * (self.eta[row] - set.top);
            events.map(above).sum::<f64>() - set.tied.log(self.ties)
        };
        let slots: Vec<(usize, usize)> = self.members.event_slots().collect();
        let each: Vec<f64> = slots.into_par_iter().map(own).collect();
        each.iter().sum()
    }

    /// Of the event times that count; the score of all events.
    pub(super) fn derivatives(&self, counts: impl Fn(usize) -> bool + Sync) -> Derivatives {
        let slots: Vec<(usize, usize)> = self.members.event_slots().collect();
        let own = |(slot, end)| self.part(&self.risk_set(slot, end), counts(slot));
        let parts: Vec<Part> = slots.into_par_iter().map(own).collect();
        let width = self.members.width;
        let mut sum = Derivatives {
            score: vec![0.0; width],
            information: SymMatrix::zeros(width),
            about_centre: vec![0.0; width],
            penalty: None,
            off: 0.0,
        };
        for part in &parts {
            for i in 0..width {
                sum.score[i] += part.score[i];
                sum.about_centre[i] += part.about_centre[i];
                for j in 0..=i {
                    *sum.information.at_mut(i, j) += part.information.get(i, j);
                }
            }
        }
        sum
    }

    fn risk_set(&self, slot: usize, end: usize) -> RiskSet {
        let members = self.members;
        let rows: Vec<usize> = members.at_risk(slot, end).collect();
        let top = rows.iter().map(|&row| self.eta[row]).fold(f64::NEG_INFINITY, f64::max);
        let theta = |&row: &usize| members.weight(row) * (self.eta[row] - top).exp();
        let theta: Vec<f64> = rows.iter().map(theta).collect();
        let fails = |&row: &usize| members.fails(row) && members.sets.to()[row] as usize == slot;
        let fails: Vec<bool> = rows.iter().map(fails).collect();
        let events = theta.iter().zip(&fails).filter(|(_, fails)| **fails);
        let tied = Tied {
            count: self.frame.tied[slot],
            mean_weight: self.frame.mean_weight(slot),
            risk: theta.iter().sum(),
            events: events.map(|(theta, _)| theta).sum(),
        };
        RiskSet { rows, theta, fails, top, tied }
    }

    fn part(&self, set: &RiskSet, counts: bool) -> Part {
        let zeros = || vec![0.0; self.members.width];
        let information = SymMatrix::zeros(self.members.width);
        let mut part = Part { score: zeros(), information, about_centre: zeros() };
        let events = set.rows.iter().zip(&set.fails).filter(|(_, fails)| **fails);
        for (&row, _) in events {
            let weight = self.members.weight(row);
            let x = self.members.x(row);
            part.score.iter_mut().zip(x).for_each(|(sum, x)| *sum += weight * x);
        }
        if counts {
            self.subtract_expected(set, &mut part);
        }
        part
    }

    /// The events expected of every row, and the information.
    fn subtract_expected(&self, set: &RiskSet, part: &mut Part) {
        let Inner { hazard, spared, square, centre, spread, .. } = set.tied.inner(self.ties);
        let (mean, apart) = self.first_moments(set);
        for ((&row, theta), &fails) in set.rows.iter().zip(&set.theta).zip(&set.fails) {
            let expected = theta * (hazard - if fails { spared } else { 0.0 });
            for (i, x) in self.members.x(row).iter().enumerate() {
                part.score[i] -= expected * x;
                part.about_centre[i] += expected * x * x;
            }
            let off = self.members.x(row).iter().zip(&mean).map(|(x, mean)| x - mean);
            add_square(&mut part.information, expected, &off.collect::<Vec<_>>());
        }
        // About the mean of the risk set S1 is 0.
        add_square(&mut part.information, -(square * centre * centre + spread), &apart);
    }

    /// S1/S0, and E1 about it.
    fn first_moments(&self, set: &RiskSet) -> (Vec<f64>, Vec<f64>) {
        let mut mean = vec![0.0; self.members.width];
        for (&row, theta) in set.rows.iter().zip(&set.theta) {
            mean.iter_mut().zip(self.members.x(row)).for_each(|(sum, x)| *sum += theta * x);
        }
        let total: f64 = set.theta.iter().sum();
        mean.iter_mut().for_each(|sum| *sum /= total);
        let mut apart = vec![0.0; self.members.width];
        let rows = set.rows.iter().zip(&set.theta).zip(&set.fails);
        for ((&row, theta), _) in rows.filter(|(_, fails)| **fails) {
            let x = self.members.x(row).iter().zip(&mean);
            apart.iter_mut().zip(x).for_each(|(sum, (x, mean))| *sum += theta * (x - mean));
        }
        (mean, apart)
    }
}

/// Adds a·xx'.
fn add_square(sum: &mut SymMatrix, factor: f64, x: &[f64]) {
    for i in 0..x.len() {
        for j in 0..=i {
            *sum.at_mut(i, j) += factor * x[i] * x[j];
        }
    }
}

#[cfg(test)]
mod tests;
