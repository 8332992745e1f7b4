//! A plan and its file, opened once for all analyses of a report.

use std::path::Path;

use super::data;
use crate::error::Result;
use crate::io::{ReadOptions, Reader};
use crate::note::Note;
use crate::plan::{Flow, Plan};

/// What several analyses share.
#[derive(Debug)]
pub(super) struct Shared {
    plan: Plan,
    reader: Reader,
}

impl Shared {
    /// Opens the data of a plan at a place that need not be the plan's.
    pub(super) fn open(plan: Plan, data: &Path, options: ReadOptions) -> Result<Self> {
        let reader = Reader::open(data, options)?;
        Ok(Self { plan, reader })
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Whom the plan leaves out of every analysis, and whether rows are patients.
    pub(super) fn population(&self) -> Result<(Flow, Vec<Note>)> {
        let columns = self.plan.columns(&[], self.reader.header());
        let columns = data::with_origin(columns.iter().collect(), &self.reader);
        let table = self.reader.read(&columns)?;
        let notes = data::pseudo(&table);
        Ok((self.plan.prepare(table, &[], false)?.flow, notes))
    }
}
