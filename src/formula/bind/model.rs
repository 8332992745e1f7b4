//! From a formula and a table to the cohort and the design matrix of a regression.

use super::build::{Built, build, build_by};
use super::sample::{Rows, Sample};
use super::source::Source;
use super::variables::Variables;
use super::{Binder, Missing};
use crate::cohort::{Cohort, Design};
use crate::error::Result;
use crate::formula::design::{Plan, Recipe, Training};
use crate::note::Note;
use crate::table::Table;

/// A regression's formula bound to a table.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BoundModel {
    /// The subjects, without groups.
    pub cohort: Cohort,
    /// Their covariates and offset.
    pub design: Design,
    /// How the covariates became columns.
    pub recipe: Recipe,
    /// Rows of the table, or of the level that the model is of.
    pub rows_read: usize,
    /// Rows that were left out.
    pub dropped: usize,
    /// What was found on the way.
    pub notes: Vec<Note>,
    rows: Rows,
}

/// The model in one level of what an analysis is done by.
#[derive(Debug, Clone)]
pub struct ModelPart {
    /// The level in words, as `centre=Bern`.
    pub label: String,
    /// Each variable and its level.
    pub levels: Vec<(String, String)>,
    /// The model of the rows of that level, as though there were no others.
    pub model: BoundModel,
}

impl Binder<'_> {
    /// Binds a regression to a table that is used again; what is needed is copied. Terms are
    /// covariates, in R's coding; variables to analyse by are not looked at. R: `coxph(…, x = TRUE)$x`.
    ///
    /// # Errors
    /// As [`bind`](Self::bind), and for covariates that make no columns: categories of more than
    /// 500 levels, splines of what is no number, numbers that are not finite.
    pub fn bind_model(&self, table: &Table) -> Result<BoundModel> {
        self.run_model(Source::Borrowed(table))
    }

    /// As [`bind_model`](Self::bind_model), taking columns over where that saves a copy.
    ///
    /// # Errors
    /// As [`bind_model`](Self::bind_model).
    pub fn bind_model_owned(&self, table: Table) -> Result<BoundModel> {
        self.run_model(Source::Owned(Box::new(table)))
    }

    /// One model for each level of what the analysis is done by, in level order: levels, knots and
    /// dropped rows are its own.
    ///
    /// # Errors
    /// As [`bind_model`](Self::bind_model), in any level.
    pub fn bind_model_by(&self, table: &Table) -> Result<Vec<ModelPart>> {
        let variables = Variables::by(self);
        let mut sample = self.sample(Source::Borrowed(table));
        self.filter_sample(&mut sample)?;
        self.complete(&mut sample, &variables, Missing::Complete)?;
        let columns = sample.columns();
        let by = build_by(&variables, columns).map_err(|error| sample.locate(error))?;
        let (notes, rows) = sample.finish();
        let notes: Vec<Note> = notes.into_iter().map(Note::of_all_levels).collect();
        let mut parts = vec![Vec::new(); by.len()];
        for (at, row) in rows.all_in_table().into_iter().enumerate() {
            parts[by.code(at) as usize].push(row);
        }
        let part = |(level, rows): (usize, Vec<u32>)| {
            let names = by.terms().iter().cloned();
            let levels = names.zip(by.levels(level).iter().cloned()).collect();
            let model = self.model_of(table, rows, &notes)?;
            Ok(ModelPart { label: by.label(level), levels, model })
        };
        parts.into_iter().enumerate().map(part).collect()
    }

    fn model_of(&self, table: &Table, rows: Vec<u32>, notes: &[Note]) -> Result<BoundModel> {
        let rows_read = rows.len();
        let mut sample = self.sample(Source::Borrowed(table));
        sample.choose(rows);
        sample.notes.extend_from_slice(notes);
        self.learn(sample, rows_read)
    }

    fn run_model(&self, source: Source<'_>) -> Result<BoundModel> {
        let rows_read = source.table().rows();
        let mut sample = self.sample(source);
        self.filter_sample(&mut sample)?;
        self.learn(sample, rows_read)
    }

    /// Binds the rows that conditions have kept.
    fn learn(&self, mut sample: Sample<'_>, rows_read: usize) -> Result<BoundModel> {
        let plan = Plan::new(self.formula);
        let variables = Variables::model(self, &plan)?;
        self.complete(&mut sample, &variables, self.missing)?;
        let splines = sample.splines(&plan)?;
        let typical = sample.typical(&plan, &variables);
        let mut dropped = rows_read - sample.n_rows();
        let columns = sample.columns();
        let built = build(&variables, columns, &mut sample.notes);
        let Built { cohort, covariates, offset, pieces, .. } =
            built.map_err(|error| sample.locate(variables.rename(error)))?;
        dropped += sample.cut(pieces);
        let levels = std::mem::take(&mut sample.levels);
        let rows = cohort.n_rows();
        let training = Training { rows, covariates, splines, offset, levels, typical };
        let learnt = Recipe::learn(plan, training, &mut sample.notes);
        let (recipe, design) = learnt.map_err(|error| sample.locate(error))?;
        sample.notes.extend_from_slice(cohort.notes());
        let (notes, rows) = sample.finish();
        Ok(BoundModel { cohort, design, recipe, rows_read, dropped, notes, rows })
    }
}

impl BoundModel {
    /// The table's row of each row of the cohort; `tdc()` repeats it for every piece.
    pub fn table_rows(&self) -> Vec<u32> {
        self.rows.all_in_table()
    }
}
