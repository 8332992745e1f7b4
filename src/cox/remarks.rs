//! What became of the coefficients, and what to know about it.

use super::alias::{alike, left_over};
use super::coefficient::Status;
use super::maximum::{Maximum, Origin, Problem, count};
use super::separation::Cone;
use crate::note::Note;

/// A column of which those before it leave less than this is estimated, but with a note.
const NEARLY: f64 = 1e-8;
const BLURRED: &str = "rows enter late and linear predictors are many orders of magnitude apart: \
                       coefficients are exact, baseline and residuals may have lost digits";
const INDEPENDENT: &str = "likelihood-ratio and score tests take rows as independent, which \
                           they are not with sampling weights or clusters: Wald's, by the robust \
                           variance, do not";
/// Events that a coefficient should have.
const EVENTS: f64 = 10.0;

/// Columns with a part in a direction of separation: those that are aliased in the limit but not
/// at the start, and what they are combinations of.
fn carried(Maximum { origin, limit, .. }: &Maximum) -> Vec<bool> {
    let mut carried = vec![false; origin.free.len()];
    for at in (0..carried.len()).filter(|&at| origin.free[at] && !limit.free[at]) {
        carried[at] = true;
        let with = alike(&limit.derivatives, &limit.free, at);
        with.into_iter().for_each(|other| carried[other] = true);
    }
    carried
}

impl Problem<'_> {
    /// What became of each coefficient, and whether an infinite one is +∞.
    pub(super) fn judge(&self, found: &Maximum) -> (Vec<Status>, Vec<bool>) {
        let known = |free: &bool| if *free { Status::Estimated } else { Status::Aliased };
        let mut status: Vec<Status> = found.origin.free.iter().map(known).collect();
        let mut upwards = vec![false; status.len()];
        if found.separated() {
            let carried = carried(found);
            self.with_rows(|members| {
                let derivatives = &found.origin.derivatives;
                let cone = Cone::new(members, self.options.ties, derivatives, &carried);
                for at in (0..carried.len()).filter(|&at| carried[at]) {
                    let [up, down] = [1.0, -1.0].map(|sign| cone.reaches(at, sign));
                    (status[at], upwards[at]) = match (up, down) {
                        (false, false) if found.limit.free[at] => (Status::Estimated, false),
                        (up, down) if up != down => (Status::Infinite, up),
                        _ => (Status::Undetermined, false),
                    };
                }
            });
        }
        (status, upwards)
    }

    /// Notes on the fit.
    pub(super) fn remarks(&self, found: &Maximum, status: &[Status]) -> Vec<Note> {
        let name = |at: usize| self.design.columns()[at].name.clone();
        let mut notes = Vec::new();
        let infinite = (0..status.len())
            .filter(|&at| matches!(status[at], Status::Infinite | Status::Undetermined));
        let separated: Vec<String> = infinite.map(name).collect();
        if !separated.is_empty() {
            let profiled = !self.cohort.is_dependent();
            notes.push(Note::Separation { coefficients: separated, profiled });
        }
        let Origin { derivatives, free, .. } = &found.origin;
        let left = left_over(&derivatives.information, free);
        for (at, left) in left.into_iter().enumerate() {
            if free[at] && left < NEARLY {
                let with = alike(derivatives, free, at).into_iter().map(name).collect();
                notes.push(Note::NearlyAliased { coefficient: name(at), with, left });
            }
        }
        if found.point.blurred {
            notes.push(Note::Remark(BLURRED.to_owned()));
        }
        let (coefficients, events) = (count(free), self.frame.events());
        let robust = self.cohort.is_dependent() && self.options.wants_robust(self.cohort);
        if coefficients > 0 && robust {
            notes.push(Note::Remark(INDEPENDENT.to_owned()));
        }
        if coefficients > 0 && events < EVENTS * coefficients as f64 {
            notes.push(Note::FewEvents { events, coefficients });
        }
        notes
    }
}
