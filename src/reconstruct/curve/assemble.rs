//! From a digitised curve to individuals.

use super::axis::Calibrated;
use super::input::DigitisedCurve;
use super::outcome::{CurveReconstruction, Individual};
use super::place::{Evenly, even, individuals};
use super::search::{Path, Search};
use super::stretch::Stretch;
use super::table::AtRisk;
use super::targets::Stop;
use super::verdict;
use super::walk::Beam;
use crate::error::{Error, Result};

/// A curve, ready to be searched.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) n: u32,
    pub(super) curve: Calibrated,
    pub(super) stretches: Vec<Stretch>,
}

/// Cuts stops into stretches.
struct Cut<'a> {
    stops: &'a [Stop],
    stretches: Vec<Stretch>,
}

impl Cut<'_> {
    /// The stretch from one number at risk to the next.
    fn at(&mut self, before: AtRisk, own: AtRisk) {
        let boundary = self.stops.iter().position(|stop| stop.time >= own.time);
        let count = boundary.map_or(self.stops.len(), |at| at + 1);
        let (inside, rest) = self.stops.split_at(count);
        self.stops = rest;
        let mut stretch = Stretch::new((before.time, own.time), inside);
        stretch.leave(before, own);
        self.stretches.push(stretch);
    }

    /// The stretch after the last number at risk within the curve.
    fn last(&mut self, before: AtRisk, end: f64, after: Option<AtRisk>) {
        let mut stretch = Stretch::new((before.time, end), self.stops);
        if let Some(after) = after {
            stretch.leave(before, after);
        }
        self.stretches.push(stretch);
    }
}

/// States kept at a stop.
pub(super) const BEAM: usize = 1000;
/// And where only the total of events is asked for.
const NARROW: usize = 200;
/// So many events calibrate the vertical axis.
const MANY: u32 = 200;
/// By no more than this.
const FARTHEST: f64 = 0.04;
/// Where no path is left among more states either, clicks are believed less: by these factors, one
/// after the other.
const DOUBT: [f64; 4] = [1.0, 3.0, 9.0, 60.0];

impl DigitisedCurve {
    /// Finds individuals: the best data set and `draws − 1` others that keep the same counts.
    ///
    /// The same seed gives the same bits on any number of threads.
    ///
    /// # Errors
    /// Without a number of patients; when what is given contradicts itself or the points; when no
    /// path keeps the total of events and the numbers at risk.
    pub fn reconstruct(&self, seed: u64, draws: usize) -> Result<CurveReconstruction> {
        let draws = draws.max(1);
        self.candidates((seed, 0), draws)?.reconstruction((0..draws).collect())
    }

    /// Checks, calibrates, and cuts the curve at the numbers at risk.
    pub(super) fn task(&self) -> Result<Task> {
        Ok(self.scaled_to_events(self.task_of_points()?))
    }

    /// The same by the points alone, whatever the total of events.
    pub(super) fn task_of_points(&self) -> Result<Task> {
        let n = self.check()?;
        Ok(self.cut(n, self.calibrate()?))
    }

    /// Many events and numbers at risk tell how high the axis is: where the points alone give
    /// another total, failures are multiplied.
    fn scaled_to_events(&self, task: Task) -> Task {
        let Some(events) = self.events.filter(|&own| own >= MANY) else { return task };
        if self.table.rows().len() < 3 {
            return task;
        }
        let mut factor = 1.0;
        let mut own = task.clone();
        for _ in 0..2 {
            let Some(found) = self.events_alone(&own) else { return task };
            if f64::from(found.abs_diff(events)) <= 0.002 * f64::from(events) {
                break;
            }
            factor *= f64::from(events) / f64::from(found);
            if (factor - 1.0).abs() > FARTHEST {
                return task;
            }
            own = self.cut(task.n, task.curve.with_failure(factor));
        }
        own
    }

    /// The total that the points and numbers at risk give by themselves.
    fn events_alone(&self, task: &Task) -> Option<u32> {
        let weights = even(&task.stretches);
        let search = Search { events: None, ..self.search(task, &weights, Beam::new(NARROW)) };
        search.paths().first().map(|path| path.events)
    }

    pub(super) fn cut(&self, n: u32, curve: Calibrated) -> Task {
        let stops = self.stops(&curve);
        let end = stops.last().map_or(0.0, |stop| stop.time);
        let mut cut = Cut { stops: &stops, stretches: Vec::new() };
        let zero = AtRisk { time: 0.0, n_risk: n, censored: Some(0) };
        let mut before = self
            .table
            .rows()
            .first()
            .filter(|own| own.time == 0.0)
            .map_or(zero, |own| AtRisk { censored: own.censored.or(Some(0)), ..*own });
        for &own in self.table.rows().iter().filter(|own| own.time > 0.0 && own.time < end) {
            cut.at(before, own);
            before = own;
        }
        // At the end of the curve or after it: whoever is still there, or nobody.
        let after = self.table.rows().iter().find(|own| own.time >= end);
        cut.last(before, end, after.copied());
        let mut stretches = cut.stretches;
        let last = stretches.len() - 1;
        for (at, stretch) in stretches.iter_mut().enumerate() {
            let (from, to) = (stretch.from, stretch.to);
            let inside = |mark: &&f64| **mark >= from && (**mark < to || at == last);
            stretch.marks = self.marks.iter().filter(inside).copied().collect();
        }
        Task { n, curve, stretches }
    }

    /// A search that believes the clicks.
    pub(super) fn search<'a>(
        &self,
        task: &'a Task,
        weights: &'a [Vec<f64>],
        beam: Beam,
    ) -> Search<'a> {
        Search {
            stretches: &task.stretches,
            n: task.n,
            events: self.events,
            noise: self.points.noise,
            doubt: 1.0,
            bound: f64::INFINITY,
            beam,
            weights,
        }
    }

    /// Paths, best first.
    pub(super) fn paths(
        &self,
        task: &Task,
        weights: &[Vec<f64>],
        width: usize,
    ) -> Result<Vec<Path>> {
        let beam = Beam::new(width);
        let wider = DOUBT.map(|doubt| (doubt, beam.wider()));
        for (doubt, beam) in std::iter::once((1.0, beam)).chain(wider) {
            let search = Search { doubt, ..self.search(task, weights, beam) };
            let paths = search.paths();
            if !paths.is_empty() {
                return Ok(paths);
            }
        }
        Err(Error::analysis(format!(
            "no path keeps {} events and all numbers at risk",
            self.events.unwrap_or(0)
        )))
    }

    pub(super) fn placed(&self, task: &Task, path: &Path) -> Result<Vec<Individual>> {
        let people = individuals(path, &task.stretches, self.step, &mut Evenly);
        verdict::snapped(self, task, people)
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.events.is_none() && self.table.rows().len() < 2 {
            notes.push(
                "neither a total of events nor numbers at risk: nobody is taken as censored before \
                 the end of the curve, so events are the most there can be"
                    .to_owned(),
            );
        }
        let top = self.points.top();
        if (top - 1.0).abs() > 1e-9 {
            notes.push(format!("survival is relative to the curve's first plateau, {top:.4}"));
        }
        if self.points.moved() > 0 {
            notes.push(format!("{} close points were put in falling order", self.points.moved()));
        }
        notes
    }
}
