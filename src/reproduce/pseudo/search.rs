//! Finding a study's pseudo-cohort, and what its figures imply about each other.

use rayon::prelude::*;

use super::export::PseudoRows;
use super::spec::Spec;
use crate::error::{Error, Result};
use crate::io::{ReadOptions, Reader};
use crate::reconstruct::pseudo::{Problem, PseudoCohort, Search, Statistic};
use crate::reproduce::compute::Data;
use crate::reproduce::study::Study;
use crate::table::Table;

/// What the other figures say about one that a search was not bound to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoldOut {
    /// Pseudo-cohorts looked for.
    pub draws: usize,
    /// Those found, with every other figure as printed.
    pub found: usize,
    /// Those that print the figure as published.
    pub agree: usize,
    /// Those in which it is not reached.
    pub not_reached: usize,
    /// The smallest estimate.
    pub lower: Option<f64>,
    /// The largest.
    pub upper: Option<f64>,
}

impl Study {
    /// Looks for the pseudo-cohort of a seed; none gives the seed of the file.
    ///
    /// # Errors
    /// The study rests on no pseudo-cohort, or what it says about it contradicts itself. A search
    /// that does not find all figures is no error: those figures are then *not found*.
    pub fn search(&self, seed: Option<u64>) -> Result<PseudoRows> {
        let spec = self.spec()?;
        let problems: Vec<Problem> = self.problems(spec)?.into_iter().map(|own| own.0).collect();
        let search = Search::default().seed(seed.unwrap_or(spec.seed));
        let cohorts = search.run_all(&problems)?;
        let blocks: Vec<(Problem, PseudoCohort)> = problems.into_iter().zip(cohorts).collect();
        Ok(PseudoRows::new(spec, &blocks))
    }

    /// Withholds each figure in turn and looks for pseudo-cohorts that agree with the others.
    ///
    /// Figures that print the same statistic twice are withheld together. Counts of labels are not
    /// withheld: the labels' own totals decide them. Seeds are those after `seed`. The list has a place for every figure of the study.
    ///
    /// # Errors
    /// As for [`search`](Self::search).
    pub fn hold_out(&self, seed: Option<u64>, draws: usize) -> Result<Vec<Option<HoldOut>>> {
        let spec = self.spec()?;
        let seed = seed.unwrap_or(spec.seed);
        let mut all = vec![None; self.figures().len()];
        for (problem, places) in self.problems(spec)? {
            let of_times = |own: &(usize, usize)| {
                !matches!(problem.figures[own.0].statistic, Statistic::Count { .. })
            };
            let tasks: Vec<(usize, usize)> =
                places.iter().copied().enumerate().filter(of_times).collect();
            let held = tasks
                .par_iter()
                .map(|&(own, at)| Ok((at, self.hold_out_one(&problem, (own, at), (seed, draws))?)));
            for (at, held) in held.collect::<Result<Vec<_>>>()? {
                all[at] = Some(held);
            }
        }
        Ok(all)
    }

    fn hold_out_one(
        &self,
        problem: &Problem,
        (own, at): (usize, usize),
        (seed, draws): (u64, usize),
    ) -> Result<HoldOut> {
        let spec = self.spec()?;
        let withheld = &problem.figures[own].statistic;
        let mut rest = problem.clone();
        rest.figures.retain(|figure| figure.statistic != *withheld);
        let draw = |draw: usize| -> Result<Option<crate::reproduce::Value>> {
            let cohort = Search::default().seed(seed.wrapping_add(1 + draw as u64)).run(&rest)?;
            if !cohort.is_found() {
                return Ok(None);
            }
            let rows = PseudoRows::new(spec, &[(rest.clone(), cohort)]);
            let data = Data::new(self, rows.table(self)?)?;
            data.value(&self.figures()[at]).map(Some)
        };
        let values = (0..draws).into_par_iter().map(draw).collect::<Result<Vec<_>>>()?;
        let found: Vec<_> = values.into_iter().flatten().collect();
        let published = &self.figures()[at].published;
        let estimates = || found.iter().filter_map(|own| own.estimate);
        Ok(HoldOut {
            draws,
            found: found.len(),
            agree: found.iter().filter(|own| own.prints_as(published)).count(),
            not_reached: found.iter().filter(|own| own.estimate.is_none()).count(),
            lower: estimates().reduce(f64::min),
            upper: estimates().reduce(f64::max),
        })
    }

    fn spec(&self) -> Result<&Spec> {
        self.pseudo().ok_or_else(|| {
            let path = self.path().display();
            Error::analysis(format!("{path}: the study has data; only [pseudo] is searched for"))
        })
    }
}

impl PseudoRows {
    /// The rows as a reader would have them from a file.
    ///
    /// # Errors
    /// None that rows of a search can meet.
    pub fn table(&self, study: &Study) -> Result<Table> {
        let mut bytes = Vec::new();
        self.write(&mut bytes).map_err(|error| Error::file("pseudo-cohort", error))?;
        let reader = Reader::from_bytes("pseudo-cohort", bytes, ReadOptions::default())?;
        reader.read(&study.columns(reader.header()))
    }
}
