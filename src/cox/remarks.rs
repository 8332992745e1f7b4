//! What became of the coefficients, and what to know about it.

use super::alias::{alike, left_over};
use super::coefficient::Status;
use super::maximum::{Maximum, Problem, count};
use super::separation::Cone;
use crate::note::Note;

/// A column of which those before it leave less than this is estimated, but with a note.
const NEARLY: f64 = 1e-8;
/// Events that a coefficient should have.
const EVENTS: f64 = 10.0;

/// Columns with a part in a direction of separation: those that are aliased in the limit but not
/// at the start, and what they are combinations of.
fn carried(found: &Maximum) -> Vec<bool> {
    let mut carried = vec![false; found.free.len()];
    for at in (0..carried.len()).filter(|&at| found.free[at] && !found.kept[at]) {
        carried[at] = true;
        let with = alike(&found.limit_origin, &found.kept, at);
        with.into_iter().for_each(|other| carried[other] = true);
    }
    carried
}

impl Problem<'_> {
    /// What became of each coefficient, and whether an infinite one is +∞.
    pub(super) fn judge(&self, found: &Maximum) -> (Vec<Status>, Vec<bool>) {
        let known = |free: &bool| if *free { Status::Estimated } else { Status::Aliased };
        if !found.separated() {
            return (found.free.iter().map(known).collect(), vec![false; found.free.len()]);
        }
        let carried = carried(found);
        self.with_rows(|members| {
            let cone = Cone::new(members, self.options.ties, &found.origin, &carried);
            let toward = |at: usize, sign: f64| {
                let mut c = vec![0.0; found.free.len()];
                c[at] = sign;
                cone.toward(&c).is_some()
            };
            let judge = |at: usize| match carried[at] {
                false => (known(&found.free[at]), false),
                true => match (toward(at, 1.0), toward(at, -1.0)) {
                    (false, false) if found.kept[at] => (Status::Estimated, false),
                    (up, down) if up != down => (Status::Infinite, up),
                    _ => (Status::Undetermined, false),
                },
            };
            (0..found.free.len()).map(judge).unzip()
        })
    }

    /// Notes on the fit.
    pub(super) fn remarks(&self, found: &Maximum, status: &[Status]) -> Vec<Note> {
        let name = |at: usize| self.design.columns()[at].name.clone();
        let mut notes = Vec::new();
        let infinite = (0..status.len())
            .filter(|&at| matches!(status[at], Status::Infinite | Status::Undetermined));
        let separated: Vec<String> = infinite.map(name).collect();
        if !separated.is_empty() {
            notes.push(Note::Separation { coefficients: separated });
        }
        let left = left_over(&found.origin.information, &found.free);
        for (at, left) in left.into_iter().enumerate() {
            if found.free[at] && left < NEARLY {
                let with = alike(&found.origin, &found.free, at).into_iter().map(name).collect();
                notes.push(Note::NearlyAliased { coefficient: name(at), with, left });
            }
        }
        let (coefficients, events) = (count(&found.free), self.frame.events());
        if coefficients > 0 && events < EVENTS * coefficients as f64 {
            notes.push(Note::FewEvents { events, coefficients });
        }
        notes
    }
}
