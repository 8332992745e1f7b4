//! From arguments to subjects: parse, read the columns needed, bind.

use std::collections::HashSet;
use std::fs;

use super::args::{InputArgs, OutputArgs};
use super::data::{Data, RULES, Rows};
use super::failure::reason;
use super::shared::Shared;
use crate::cohort::{Cohort, Design};
use crate::convention::{Dialect, TimeZero};
use crate::error::{Error, ErrorKind, Result};
use crate::formula::{Binder, Bound, BoundModel, Expr, Formula, Missing, Part, Role, Term};
use crate::io::Reader;
use crate::note::Note;
use crate::plan::{Endpoint, Unit};
use crate::report::{
    AdjustedTargets, DataUse, Document, Outline, Regression, Stratum, Subject, TermPart,
};
use crate::table::Table;

/// What was asked for, parsed but not yet bound.
pub(super) struct Request<'a> {
    args: &'a InputArgs,
    /// Each formula, with the term of `--each` that it is for.
    formulas: Vec<(Option<String>, Formula)>,
    condition: Option<Expr>,
    data: Data<'a>,
    /// How far apart the plan's visits are.
    visit_interval: Option<f64>,
    /// In what the plan counts times.
    unit: Option<Unit>,
    time_zero: Option<Dialect>,
    /// Whether `strata()` makes groups.
    strata_group: bool,
    /// Whether the texts for missing may name what is done about it.
    model: bool,
}

/// The models of one analysis, bound when they are asked for.
pub(super) struct Models<'r> {
    request: &'r Request<'r>,
    formula: &'r Formula,
    rows: &'r Rows,
    /// The level that the analysis is of, after `--by`.
    levels: Option<Vec<(String, String)>>,
}

impl Models<'_> {
    /// The model of the whole formula.
    pub(super) fn whole(&self) -> Result<Regression> {
        self.bind(self.formula)
    }

    /// The rows of a model with everybody at each value of a column in turn.
    pub(super) fn adjusted(&self, whole: &Regression, column: &str) -> Result<AdjustedTargets> {
        let column = column.trim();
        let codes = whole.cohort.cluster().unwrap_or_default();
        let subjects = codes.iter().collect::<HashSet<_>>().len();
        if subjects < codes.len() {
            return Err(Error::analysis(format!(
                "--adjusted is a mean over subjects, and {subjects} clusters have {} rows: give one \
                 row a subject",
                codes.len()
            )));
        }
        let groups = whole.recipe.each_value(&self.rows.table, &whole.rows, column)?;
        Ok(AdjustedTargets { column: column.to_owned(), groups })
    }

    /// Every covariate term by itself, with the strata, clusters and offsets of the formula.
    pub(super) fn alone(&self) -> Result<Vec<(String, Regression)>> {
        let alone =
            |term: &Term| Ok((term.name(), self.bind(&self.only(|own| own == term.name()))?));
        self.formula.terms().map(alone).collect()
    }

    /// The model of some of the terms.
    pub(super) fn with_terms(&self, names: &[String]) -> Result<Regression> {
        self.bind(&self.only(|own| names.contains(&own)))
    }

    /// The formula with those covariate terms only.
    fn only(&self, wanted: impl Fn(String) -> bool) -> Formula {
        let keeps = |term: &&Term| term.role() != Role::Effect || wanted(term.name());
        self.formula.with_terms(self.formula.all_terms().iter().filter(keeps).cloned().collect())
    }

    fn bind(&self, formula: &Formula) -> Result<Regression> {
        let binder = self.request.binder(formula);
        let mut bound = match &self.levels {
            None => binder.bind_model(&self.rows.table)?,
            Some(levels) => {
                let parts = binder.bind_model_by(&self.rows.table)?;
                let part = parts.into_iter().find(|part| part.levels == *levels);
                part.ok_or_else(|| Error::analysis("no rows of this level are left"))?.model
            }
        };
        let notes = self.rows.notes.iter().cloned();
        match self.levels {
            None => {
                bound.rows_read += self.rows.left_out;
                bound.notes.splice(0..0, notes);
            }
            Some(_) => drop(bound.notes.splice(0..0, notes.map(Note::of_all_levels))),
        }
        self.request.regression(formula, bound)
    }
}

/// A formula bound to the data.
struct Analysis {
    term: Option<String>,
    formula: String,
    bound: Bound,
}

impl<'a> Request<'a> {
    /// Parses what needs no data; the data are what analyses share, or what the arguments name.
    pub(super) fn parse(args: &'a InputArgs, shared: Option<&'a Shared>) -> Result<Self> {
        let formula = Formula::parse(&formula_text(&args.formula)?)?;
        let formulas = match &args.each {
            None => vec![(None, formula)],
            Some(terms) => each(&formula, terms)?,
        };
        let condition = args.source.condition.as_deref().map(Expr::parse).transpose()?;
        let data = Data::with_endpoint(&args.source, shared, &formulas[0].1)?;
        let own = Self {
            args,
            formulas,
            condition,
            data,
            visit_interval: None,
            unit: None,
            time_zero: None,
            strata_group: false,
            model: false,
        };
        own.resolved()
    }

    /// Puts what the plan says in the place of the names of its endpoints.
    fn resolved(mut self) -> Result<Self> {
        let Some(plan) = self.data.plan() else { return Ok(self) };
        let endpoint = plan.endpoint_of(&self.formulas[0].1);
        self.visit_interval = endpoint.and_then(Endpoint::visit_interval);
        self.unit = endpoint.map(Endpoint::unit);
        for (_, formula) in &mut self.formulas {
            *formula = plan.resolve(formula)?;
        }
        Ok(self)
    }

    /// Whether there is a covariate after the `~`.
    pub(super) fn has_terms(&self) -> bool {
        self.formulas.iter().any(|(_, formula)| formula.terms().next().is_some())
    }

    /// Lets `strata()` make groups, as R's `survfit` does.
    pub(super) fn strata_group(self) -> Self {
        Self { strata_group: true, ..self }
    }

    /// Takes `complete` and `level` after `--missing` as what is done about missing covariates.
    pub(super) fn for_models(self) -> Self {
        Self { model: true, ..self }
    }

    /// Follows a rule for rows with time 0.
    pub(super) fn time_zero(self, rule: TimeZero) -> Self {
        let time_zero = (rule == TimeZero::Dropped).then_some(self.args.dialect);
        Self { time_zero, ..self }
    }

    /// Reads, binds, and analyses every subject that was asked for.
    pub(super) fn outline<D: Document>(
        &self,
        output: &OutputArgs,
        run: impl Fn(Subject) -> Result<D>,
    ) -> Result<Outline<D>> {
        let analyses = self.bind(self.read(output)?)?;
        if self.args.by.is_empty() {
            return self.all(analyses, run);
        }
        self.strata(&analyses, run)
    }

    fn binder<'f>(&self, formula: &'f Formula) -> Binder<'f> {
        let by = self.args.by.iter().map(|name| Expr::column(name.trim())).collect();
        let binder = Binder::new(formula).by(by);
        let binder = match &self.condition {
            Some(condition) => binder.filter(condition.clone()),
            None => binder,
        };
        let binder = match (&self.args.weights, self.args.weight_type) {
            (Some(column), Some(kind)) => binder.weights(Expr::column(column), kind),
            _ => binder,
        };
        let binder = match self.time_zero {
            Some(dialect) => binder.drop_time_zero(dialect.title()),
            None => binder,
        };
        let binder = if self.may_look_ahead() { binder.allow_future_covariates() } else { binder };
        let binder = match self.data.plan() {
            Some(plan) => binder.made_of(plan.made_of()),
            None => binder,
        };
        let binder = binder.missing(self.missing_rule());
        if self.strata_group { binder.group_by_strata() } else { binder }
    }

    /// A landmark makes groups by what happened before it legitimate.
    fn may_look_ahead(&self) -> bool {
        self.args.allow_future_covariate || self.args.landmark.is_some()
    }

    fn missing_rule(&self) -> Missing {
        let level =
            self.model && self.args.source.reading.missing.iter().any(|word| word == "level");
        if level { Missing::Level } else { Missing::Complete }
    }

    /// The texts that stand for missing values.
    fn missing_texts(&self) -> impl Iterator<Item = String> + '_ {
        let rule = |word: &&String| self.model && RULES.contains(&word.as_str());
        self.args.source.reading.missing.iter().filter(move |word| !rule(word)).cloned()
    }

    /// Reads a file of covariate profiles.
    pub(super) fn profiles(&self, path: &str) -> Result<Table> {
        let options = self.args.source.reading.values().missing(self.missing_texts());
        Reader::open(path, options)?.read_all()
    }

    /// Reads the columns in use. A column that is not there is left to the binder, which can say
    /// where in the formula it stands.
    fn read(&self, output: &OutputArgs) -> Result<Rows> {
        let options = self.args.source.reading.options().missing(self.missing_texts());
        let used = self.formulas.iter().flat_map(|(_, formula)| self.binder(formula).columns());
        let mut names: Vec<String> = used.collect();
        names.sort_unstable();
        names.dedup();
        self.data.read(options, output, |_| Ok(Some(names)))
    }

    fn bind(&self, rows: Rows) -> Result<Vec<Analysis>> {
        let Rows { table, left_out, notes } = rows;
        let complete = |mut bound: Bound| {
            bound.rows_read += left_out;
            bound.dropped += left_out;
            bound.notes.splice(0..0, notes.iter().cloned());
            bound
        };
        if let [(term, formula)] = self.formulas.as_slice() {
            let bound = complete(self.binder(formula).bind_owned(table)?);
            return Ok(vec![Analysis::new(term, formula, bound)]);
        }
        let bind = |(term, formula): &(Option<String>, Formula)| {
            Ok(Analysis::new(term, formula, complete(self.binder(formula).bind(&table)?)))
        };
        self.formulas.iter().map(bind).collect()
    }

    /// Analyses without `--by`.
    fn all<D: Document>(
        &self,
        analyses: Vec<Analysis>,
        run: impl Fn(Subject) -> Result<D>,
    ) -> Result<Outline<D>> {
        let mut parts = Vec::new();
        for analysis in analyses {
            let Analysis { term, formula, bound } = analysis;
            let (rows, in_use) = (bound.rows_read, bound.rows_read - bound.dropped);
            // As many pieces as rows are rows.
            let in_table = (bound.cohort.n_rows() != in_use).then(|| bound.table_rows());
            let (cohort, used) = self.after_landmark(bound.cohort, in_table.as_deref())?;
            let data = DataUse::new(self.data.name(), rows, used);
            let notes = bound.notes;
            let (visit_interval, unit) = (self.visit_interval, self.unit);
            let document = run(Subject { formula, data, cohort, notes, visit_interval, unit })?;
            match term {
                None => return Ok(Outline::One(document)),
                Some(term) => parts.push(TermPart { term, document }),
            }
        }
        Ok(Outline::Each(parts))
    }

    /// Analyses in every level.
    fn strata<D: Document>(
        &self,
        analyses: &[Analysis],
        run: impl Fn(Subject) -> Result<D>,
    ) -> Result<Outline<D>> {
        let mut strata: Vec<Stratum<D>> = Vec::new();
        for analysis in analyses {
            for part in analysis.bound.parts()? {
                let (label, levels) = (part.label.clone(), part.levels.clone());
                let document = self
                    .part(analysis, part)
                    .and_then(&run)
                    .map_err(|error| within(&label, error))?;
                place(&mut strata, levels, analysis.term.as_deref(), document);
            }
        }
        Ok(Outline::By(self.args.by.clone(), strata))
    }

    /// The one model of the formula.
    pub(super) fn whole_model(&self, output: &OutputArgs) -> Result<Regression> {
        let rows = self.read(output)?;
        let (_, formula) = &self.formulas[0];
        Models { request: self, formula, rows: &rows, levels: None }.whole()
    }

    /// Analyses the models of every formula and level that was asked for.
    pub(super) fn models<D: Document>(
        &self,
        output: &OutputArgs,
        run: impl Fn(Models<'_>) -> Result<D>,
    ) -> Result<Outline<D>> {
        let rows = self.read(output)?;
        let mut strata: Vec<Stratum<D>> = Vec::new();
        let mut parts = Vec::new();
        for (term, formula) in &self.formulas {
            let models = |levels| Models { request: self, formula, rows: &rows, levels };
            if self.args.by.is_empty() {
                let document = run(models(None))?;
                match term {
                    None => return Ok(Outline::One(document)),
                    Some(term) => parts.push(TermPart { term: term.clone(), document }),
                }
                continue;
            }
            for part in self.binder(formula).bind_model_by(&rows.table)? {
                let document = run(models(Some(part.levels.clone())));
                let document = document.map_err(|error| within(&part.label, error))?;
                place(&mut strata, part.levels, term.as_deref(), document);
            }
        }
        match self.args.by.is_empty() {
            true => Ok(Outline::Each(parts)),
            false => Ok(Outline::By(self.args.by.clone(), strata)),
        }
    }

    fn regression(&self, formula: &Formula, bound: BoundModel) -> Result<Regression> {
        let rows = bound.table_rows();
        let (cohort, design, rows) = match self.args.landmark {
            None => (bound.cohort, bound.design, rows),
            Some(time) => after_landmark(&bound.cohort, &bound.design, &rows, time)?,
        };
        let used = distinct_rows(&rows);
        Ok(Regression {
            formula: formula.text().trim().to_owned(),
            data: DataUse::new(self.data.name(), bound.rows_read, used),
            cohort,
            design,
            recipe: bound.recipe,
            rows,
            notes: bound.notes,
        })
    }

    fn part(&self, analysis: &Analysis, part: Part) -> Result<Subject> {
        let rows = distinct_rows(&part.rows);
        let (cohort, used) = self.after_landmark(part.cohort, Some(&part.rows))?;
        Ok(Subject {
            formula: analysis.formula.clone(),
            data: DataUse::new(self.data.name(), rows, used),
            cohort,
            notes: analysis.bound.notes.iter().cloned().map(Note::of_all_levels).collect(),
            visit_interval: self.visit_interval,
            unit: self.unit,
        })
    }

    /// What is followed beyond the landmark, and how many rows of the data that is; `rows` tells
    /// which rows of the data those of the cohort are, if they are not one each.
    fn after_landmark(&self, cohort: Cohort, rows: Option<&[u32]>) -> Result<(Cohort, usize)> {
        let (kept, rows) = match (self.args.landmark, rows) {
            (None, rows) => (cohort, rows.map(<[u32]>::to_vec)),
            (Some(time), rows) => {
                let rows = rows.map(|rows| {
                    let beyond = followed_beyond(&cohort, time);
                    beyond.iter().map(|&row| rows[row as usize]).collect()
                });
                (cohort.landmark(time)?, rows)
            }
        };
        let used = rows.map_or(kept.n_rows(), |rows: Vec<u32>| distinct_rows(&rows));
        Ok((kept, used))
    }
}

impl Analysis {
    fn new(term: &Option<String>, formula: &Formula, bound: Bound) -> Self {
        Self { term: term.clone(), formula: formula.text().trim().to_owned(), bound }
    }
}

/// Rows of the data behind the rows of a cohort, which `tdc()` repeats.
fn distinct_rows(rows: &[u32]) -> usize {
    let mut own = rows.to_vec();
    own.sort_unstable();
    own.dedup();
    own.len()
}

/// Rows of a cohort that end after a time.
fn followed_beyond(cohort: &Cohort, time: f64) -> Vec<u32> {
    let (exit, first) = (cohort.exit(), cohort.axis().rank_beyond(time));
    let beyond = |&row: &u32| exit[row as usize] >= first;
    (0..cohort.n_rows() as u32).filter(beyond).collect()
}

/// The rows that are followed beyond a landmark.
fn after_landmark(
    cohort: &Cohort,
    design: &Design,
    rows: &[u32],
    time: f64,
) -> Result<(Cohort, Design, Vec<u32>)> {
    let kept = followed_beyond(cohort, time);
    let rows = kept.iter().map(|&row| rows[row as usize]).collect();
    Ok((cohort.landmark(time)?, design.select(&kept), rows))
}

/// Puts a document into its stratum, which may be new.
fn place<D: Document>(
    strata: &mut Vec<Stratum<D>>,
    levels: Vec<(String, String)>,
    term: Option<&str>,
    document: D,
) {
    let Some(term) = term else {
        return strata.push(Stratum { levels, part: Outline::One(document) });
    };
    let part = TermPart { term: term.to_owned(), document };
    match strata.iter_mut().find(|stratum| stratum.levels == levels) {
        Some(Stratum { part: Outline::Each(parts), .. }) => parts.push(part),
        _ => strata.push(Stratum { levels, part: Outline::Each(vec![part]) }),
    }
}

/// Says in which stratum an analysis failed.
fn within(label: &str, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Analysis(message) => Error::analysis(format!("{label}: {message}")),
        _ => error,
    }
}

/// The formula, or what the file holds that it names.
fn formula_text(text: &str) -> Result<String> {
    let Some(path) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    let content = fs::read_to_string(path)
        .map_err(|error| Error::file(path, reason(&error, "no such file")))?;
    Ok(content.trim_start_matches('\u{feff}').trim().to_owned())
}

/// The formula with each of some terms added.
fn each(formula: &Formula, terms: &str) -> Result<Vec<(Option<String>, Formula)>> {
    let terms = Formula::parse_terms(terms)?;
    if terms.is_empty() {
        return Err(Error::option("--each names no variable; write --each \"sex + age_group\""));
    }
    let with = |term: crate::formula::Term| {
        let name = term.name();
        let all = formula.all_terms().iter().cloned().chain([term]).collect();
        (Some(name), formula.with_terms(all))
    };
    Ok(terms.into_iter().map(with).collect())
}
