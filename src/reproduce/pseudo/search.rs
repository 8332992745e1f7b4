//! Finding a study's pseudo-cohort.

use super::export::PseudoRows;
use super::spec::Spec;
use crate::error::{Error, Result};
use crate::io::{ReadOptions, Reader};
use crate::reconstruct::pseudo::{Problem, PseudoCohort, Search};
use crate::reproduce::study::Study;
use crate::table::Table;

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

    pub(super) fn spec(&self) -> Result<&Spec> {
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
