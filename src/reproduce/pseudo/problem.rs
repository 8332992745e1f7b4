//! A block of a study as the problem of a search.

use super::condition::{Combinations, condition};
use super::spec::{Block, Clock as ClockSpec, Spec};
use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, Missing, Role};
use crate::plan::Plan;
use crate::published::{Printed as Number, PrintedEstimate};
use crate::reconstruct::pseudo::{
    Bound, Clock, Column, Condition, Figure, Label, LabelKind, Model, Problem, SameAs, Statistic,
};
use crate::reproduce::study::{self, FollowUpMethod, Published, Statistic as Printed, Study};
use crate::table::{self, Category, MISSING_CODE};

/// A column and, of a categorical term, its level.
type Leveled = (Column, Option<String>);

/// A model's columns and what each of them is.
struct Coded {
    model: Model,
    /// Place among the study's models.
    at: usize,
    /// Term and level of each column.
    names: Vec<(String, Option<String>)>,
}

/// What a block's problem is made of.
struct Making<'s> {
    study: &'s Study,
    plan: &'s Plan,
    labels: Vec<Label>,
    clocks: Vec<Clock>,
    models: Vec<Coded>,
}

impl Study {
    /// The problems whose solutions make the study's pseudo-cohort, one a block, with the places of
    /// the figures that each is bound to.
    pub(in crate::reproduce) fn problems(&self, spec: &Spec) -> Result<Vec<(Problem, Vec<usize>)>> {
        spec.blocks.iter().map(|block| self.problem(spec, block)).collect()
    }

    /// Of the labels without which a row is not in a model, the one known in the fewest rows: its
    /// name, those rows, and all rows of the block.
    pub(in crate::reproduce) fn fewest_known(
        &self,
        model: usize,
    ) -> Option<(String, usize, usize)> {
        let own = &self.models()[model];
        let blocks = self.pseudo()?.blocks.iter();
        let block =
            blocks.filter(|block| own.block.as_deref().is_none_or(|name| name == block.name));
        let [block] = block.collect::<Vec<_>>().try_into().ok()?;
        let labels = labels(block);
        let needed = labels.iter().enumerate().filter(|(at, _)| {
            let mut parts = own.formula.all_terms().iter().flat_map(|term| term.parts());
            parts.any(|part| needs(self.plan(), &labels, part, *at).unwrap_or(false))
        });
        let known = needed.map(|(_, own)| (own.name.clone(), block.rows - missing(&own.kind)));
        let (name, known) = known.min_by_key(|own| own.1)?;
        Some((name, known, block.rows))
    }

    fn problem(&self, spec: &Spec, block: &Block) -> Result<(Problem, Vec<usize>)> {
        let label =
            |(name, kind): &(String, _)| Label { name: name.clone(), kind: Clone::clone(kind) };
        let labels: Vec<Label> = block.labels.iter().map(label).collect();
        let plan = self.plan();
        let mut own = Making { study: self, plan, labels, clocks: Vec::new(), models: Vec::new() };
        for clock in &block.clocks {
            let clock = own.clock(clock, &block.clocks)?;
            own.clocks.push(clock);
        }
        for (at, model) in self.models().iter().enumerate() {
            if model.block.as_deref().unwrap_or(&block.name) == block.name {
                let coded = own.model(at, model);
                own.models
                    .push(coded.map_err(|error| within(&format!("model {}", model.name), error))?);
            }
        }
        let mut places = Vec::new();
        let mut figures = Vec::new();
        for (at, figure) in self.figures().iter().enumerate() {
            let here = figure.block.as_deref().unwrap_or(&block.name) == block.name;
            // The number of a model's rows is the model's own.
            let is_rows = matches!(figure.statistic, Some(Printed::ModelRows(_)));
            if !here || is_rows || !self.is_constraint(figure) {
                continue;
            }
            let found = own.figure(figure).map_err(|error| within(&figure.id, error))?;
            places.push(at);
            figures.push(found);
        }
        let problem = Problem {
            name: block.name.clone(),
            rows: block.rows,
            days_per_unit: spec.days_per_unit,
            labels: own.labels,
            clocks: own.clocks,
            models: own.models.into_iter().map(|own| own.model).collect(),
            figures,
            conventions: self.conventions(),
            conf_level: self.conf_level(),
        };
        Ok((problem, places))
    }
}

pub(super) fn labels(block: &Block) -> Vec<Label> {
    let label =
        |(name, kind): &(String, LabelKind)| Label { name: name.clone(), kind: kind.clone() };
    block.labels.iter().map(label).collect()
}

fn missing(kind: &LabelKind) -> usize {
    match kind {
        LabelKind::Levels { missing, .. } | LabelKind::Whole { missing, .. } => *missing,
    }
}

/// Whether an expression is missing wherever a label is.
fn needs(plan: &Plan, labels: &[Label], part: &Expr, label: usize) -> Result<bool> {
    let all = Combinations::new(plan, labels, &part.columns())?;
    let Some(column) = all.table().column(&labels[label].name) else { return Ok(false) };
    let value = part.evaluate(all.table())?;
    let mut without = (0..column.len()).filter(|&row| column.is_missing(row)).peekable();
    Ok(without.peek().is_some() && without.all(|row| value.is_missing(row)))
}

fn within(what: &str, error: Error) -> Error {
    Error::analysis(format!("{what}: {error}"))
}

impl Making<'_> {
    fn condition(&self, rows: Option<&Expr>) -> Result<Condition> {
        rows.map_or(Ok(Condition::Always), |rows| condition(self.plan, &self.labels, rows))
    }

    fn clock(&self, own: &ClockSpec, all: &[ClockSpec]) -> Result<Clock> {
        let place = |name: &String| {
            let before = all.iter().take(self.clocks.len()).position(|clock| clock.name == *name);
            before.ok_or_else(|| {
                let at = own.place.text();
                Error::analysis(format!("{at}: there is no clock {name} before this one"))
            })
        };
        let bound = |(name, rule): &(String, _)| Ok(Bound { clock: place(name)?, rule: *rule });
        let same_as = match &own.same_as {
            None => None,
            Some((name, rows)) => {
                Some(SameAs { clock: place(name)?, rows: self.condition(Some(rows))? })
            }
        };
        Ok(Clock {
            time: own.time.clone(),
            status: own.status.clone(),
            members: self.condition(own.members.as_ref())?,
            without: own.without,
            bounds: own.bounds.iter().map(bound).collect::<Result<_>>()?,
            same_as,
            min_censoring: own.min_censoring,
            max_days: own.max_days,
            events: own.events,
        })
    }

    /// The clock whose columns make the outcome of a formula.
    fn clock_of(&self, formula: &Formula) -> Result<usize> {
        let columns = formula.columns();
        let found = self
            .clocks
            .iter()
            .position(|own| columns.contains(&own.time) && columns.contains(&own.status));
        found.ok_or_else(|| {
            Error::analysis(format!("the block has no clock with the columns of {formula}"))
        })
    }

    /// A model: the rows that it is fitted to, and its columns as R codes them.
    fn model(&self, at: usize, own: &study::Model) -> Result<Coded> {
        let mut rows = vec![self.condition(own.rows.as_ref())?];
        let (mut columns, mut names) = (Vec::new(), Vec::new());
        for term in own.formula.all_terms() {
            let ([part], Role::Effect) = (term.parts(), term.role()) else {
                return Err(Error::analysis(format!(
                    "{}: a pseudo-cohort's models have main effects only",
                    term.name()
                )));
            };
            let (complete, coded) = self.term(part, own)?;
            rows.push(complete);
            for (column, level) in coded {
                columns.push(column);
                names.push((term.name(), level));
            }
        }
        rows.retain(|own| *own != Condition::Always);
        let rows = match rows.len() {
            0 => Condition::Always,
            _ => Condition::All(rows),
        };
        let n = self.study.figures().iter().find_map(|figure| match figure.statistic {
            Some(Printed::ModelRows(model)) if model == at && self.study.is_constraint(figure) => {
                figure.published.estimate()?.estimate.number()
            }
            _ => None,
        });
        let clock = self.clock_of(&own.formula)?;
        let (ties, n) = (self.study.conventions().cox_ties, n.map(|own| own as usize));
        let model = Model { name: own.name.clone(), clock, rows, columns, ties, n };
        Ok(Coded { model, at, names })
    }

    /// The rows that have a term, and its columns with their levels.
    fn term(&self, part: &Expr, model: &study::Model) -> Result<(Condition, Vec<Leveled>)> {
        if model.missing != Missing::Complete {
            return Err(Error::analysis(
                "a pseudo-cohort's models leave missing values out: make a missing level with \
                 coalesce() under [derive]",
            ));
        }
        let mut used = part.columns();
        used.extend(model.rows.iter().flat_map(Expr::columns));
        let all = Combinations::new(self.plan, &self.labels, &used)?;
        let wanted = match &model.rows {
            None => vec![1; all.table().rows()],
            Some(rows) => rows.holds(all.table(), &mut Vec::new())?,
        };
        let column = part.evaluate(all.table())?;
        let known: Vec<bool> = (0..wanted.len()).map(|row| !column.is_missing(row)).collect();
        let own = Combinations::new(self.plan, &self.labels, &part.columns())?;
        let alone = part.evaluate(own.table())?;
        let complete: Vec<bool> = (0..alone.len()).map(|row| !alone.is_missing(row)).collect();
        let complete = own.condition(&complete);
        let marked = |holds: &dyn Fn(usize) -> bool| {
            own.condition(&(0..alone.len()).map(holds).collect::<Vec<_>>())
        };
        let columns = match (alone.as_ref(), column.as_ref()) {
            (table::Column::Boolean(values), _) => {
                let column = Column::Indicator(marked(&|row| values[row] == 1));
                vec![(column, Some("true".to_owned()))]
            }
            (table::Column::Category(alone), table::Column::Category(within)) => {
                let levels = occurring(within, &wanted, &known);
                let indicator = |level: &String| {
                    let code = alone.levels.iter().position(|own| own == level);
                    let is = |row: usize| code == Some(alone.codes[row] as usize);
                    (Column::Indicator(marked(&is)), Some(level.clone()))
                };
                levels.iter().skip(1).map(indicator).collect()
            }
            _ => vec![(self.whole(part)?, None)],
        };
        Ok((complete, columns))
    }

    fn whole(&self, part: &Expr) -> Result<Column> {
        let name = part.columns().concat();
        match self.labels.iter().position(|own| own.name == name) {
            Some(label) if part.to_string() == name => Ok(Column::Value { label }),
            _ => Err(Error::analysis(format!(
                "{part}: the numbers in a pseudo-cohort's models are its whole-number labels"
            ))),
        }
    }

    fn coded(&self, at: usize) -> Result<usize> {
        let found = self.models.iter().position(|own| own.at == at);
        found.ok_or_else(|| Error::analysis("its model is not one of this block"))
    }

    fn figure(&self, figure: &study::Figure) -> Result<Figure> {
        let rows = self.condition(figure.rows.as_ref())?;
        let statistic = match figure.statistic.as_ref() {
            Some(Printed::Median(formula)) => {
                Statistic::Median { clock: self.clock_of(formula)?, rows }
            }
            Some(Printed::Rate { endpoint, at, .. }) => {
                Statistic::Rate { clock: self.clock_of(endpoint)?, at: *at, rows }
            }
            Some(Printed::Events(formula)) => {
                Statistic::Events { clock: self.clock_of(formula)?, rows }
            }
            Some(Printed::FollowUp { endpoint, method }) if *method != FollowUpMethod::Reverse => {
                let (clock, censored) =
                    (self.clock_of(endpoint)?, *method == FollowUpMethod::Survivors);
                Statistic::FollowUp { clock, rows, censored }
            }
            Some(Printed::Count(counted)) => {
                let counted = self.condition(Some(counted))?;
                Statistic::Count { rows: Condition::All(vec![rows, counted]) }
            }
            Some(Printed::HazardRatio { model, term, level }) => {
                let model = self.coded(*model)?;
                let column = self.column(model, term, level.as_deref())?;
                Statistic::HazardRatio { model, column }
            }
            Some(Printed::TermP { model, term, level, likelihood_ratio: false, .. }) => {
                let model = self.coded(*model)?;
                let names = self.models[model].names.iter().enumerate();
                let of = |own: &(usize, &(String, Option<String>))| {
                    own.1.0 == *term && (level.is_none() || own.1.1 == *level)
                };
                let columns = names.filter(of).map(|own| own.0).collect();
                Statistic::WaldP { model, columns }
            }
            _ => {
                return Err(Error::analysis(
                    "a pseudo-cohort is bound to medians, rates, hazard ratios, Wald's p, events, \
                     counts, and follow-up of survivors or of all; leave constraint out here",
                ));
            }
        };
        let printed = match (&figure.published, &figure.statistic) {
            (Published::Estimate(own), Some(Printed::Rate { scale, .. })) if *scale != 1.0 => {
                percent(own)?
            }
            (Published::Estimate(own), _) => own.clone(),
            (Published::Share { count, .. }, _) => PrintedEstimate::new(count.clone(), None),
        };
        Ok(Figure { id: figure.id.clone(), statistic, printed })
    }

    fn column(&self, model: usize, term: &str, level: Option<&str>) -> Result<usize> {
        let same = |own: &(String, Option<String>)| {
            own.0 == term && (level.is_none() || own.1.as_deref() == level)
        };
        let found = self.models[model].names.iter().position(same);
        found.ok_or_else(|| Error::analysis(format!("the model has no such coefficient of {term}")))
    }
}

/// With percent signs, by which a search knows the scale.
fn percent(printed: &PrintedEstimate) -> Result<PrintedEstimate> {
    let signed = |own: &Number| match own.is_percent() || own.is_not_reached() {
        true => Ok(own.clone()),
        false => Number::parse(&format!("{own}%")),
    };
    let limits = printed.limits.as_ref();
    let limits = limits.map(|(low, high)| Ok::<_, Error>((signed(low)?, signed(high)?)));
    Ok(PrintedEstimate::new(signed(&printed.estimate)?, limits.transpose()?))
}

/// The levels that occur among complete rows, in their order.
fn occurring(column: &Category, wanted: &[u8], known: &[bool]) -> Vec<String> {
    let mut seen = vec![false; column.levels.len()];
    for (row, &code) in column.codes.iter().enumerate() {
        if code != MISSING_CODE && wanted[row] == 1 && known[row] {
            seen[code as usize] = true;
        }
    }
    let levels = column.levels.iter().zip(seen);
    levels.filter(|(_, seen)| *seen).map(|(level, _)| level.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::reconstruct::pseudo::{Band, StatusRule};

    const TOY: &str = r#"
title = "toy"
[conventions]
as = "spss"
[endpoint.OS]
time = "os / 30.4375"
event = "dead"
[endpoint.PFS]
time = "pfs / 30.4375"
event = "failed"
[derive]
old = 'age >= 70'
known = 'coalesce(alp, "unknown")'
[model.os]
formula = 'OS ~ age + factor(ps) + factor(known, ref = "normal") + (sex == "f")'
where = 'ps < 3'
[pseudo]
[pseudo.blocks.all]
rows = 10
[pseudo.blocks.all.labels]
age = { range = [60, 80], median = 70, bands = { "70-80" = 5 } }
ps = { counts = { 0 = 4, 1 = 3, 2 = 1, 3 = 1, 4 = 0 }, missing = 1 }
alp = { counts = { normal = 5, high = 3 }, missing = 2 }
sex = { counts = { m = 6, f = 4 } }
[pseudo.blocks.all.clocks.OS]
time = "os"
status = "dead"
max_days = 900
[pseudo.blocks.all.clocks.PFS]
time = "pfs"
status = "failed"
within = { OS = "composite" }
members = 'sex == "m" | ps == 0'
max_days = 900
[[figure]]
id = "median"
published = "7.4 (6.3-8.4)"
statistic = "median"
endpoint = "PFS"
where = 'old'
[[figure]]
id = "rate"
published = "30"
statistic = "rate"
endpoint = "OS"
at = 12
[[figure]]
id = "ratio"
published = "1.4 (1.0-2.0)"
statistic = "hazard_ratio"
model = "os"
term = "factor(ps)"
level = "2"
[[figure]]
id = "n"
published = "7"
statistic = "n"
model = "os"
constraint = true
[[figure]]
id = "p"
published = "0.04"
statistic = "p"
model = "os"
term = 'factor(known, ref = "normal")'
constraint = true
"#;

    fn toy() -> Problem {
        let study = Study::parse(Path::new("toy.toml"), TOY).unwrap();
        let mut problems = study.problems(study.pseudo().unwrap()).unwrap();
        assert_eq!(problems[0].1, [0, 1, 2, 4]);
        problems.remove(0).0
    }

    /// Expressions become levels and ranges; derived variables are looked through.
    #[test]
    fn a_study_becomes_a_problem() {
        let toy = toy();
        let range = |low, high| Condition::Range { label: 0, low, high };
        assert_eq!(toy.figures[0].statistic, Statistic::Median { clock: 1, rows: range(70, 80) });
        assert_eq!(toy.figures[1].printed.text(), "30%");
        let bound = [Bound { clock: 0, rule: StatusRule::Composite }];
        assert_eq!((toy.clocks[1].time.as_str(), &toy.clocks[1].bounds[..]), ("pfs", &bound[..]));
        let LabelKind::Whole { bands, .. } = &toy.labels[0].kind else { panic!("whole numbers") };
        assert_eq!(bands, &[Band { low: 70, high: 80, count: 5 }]);
    }

    /// The columns are R's: no reference levels, no levels outside the model's rows, a level for
    /// what is missing where the study makes one.
    #[test]
    fn models_are_coded_as_r_does() {
        let model = &toy().models[0];
        let is = |label, level| Column::Indicator(Condition::Is { label, level });
        let unknown = Column::Indicator(Condition::Missing { label: 2 });
        let all =
            [Column::Value { label: 0 }, is(1, 1), is(1, 2), is(2, 1), unknown.clone(), is(3, 1)];
        assert_eq!(model.columns, all);
        assert_eq!(model.n, Some(7));
        let Condition::All(parts) = &model.rows else { panic!("rows") };
        let low = [0, 1, 2].map(|level| Condition::Is { label: 1, level });
        assert_eq!(parts[0], Condition::Any(low.to_vec()));
        assert_eq!(toy().figures[3].statistic, Statistic::WaldP { model: 0, columns: vec![3, 4] });
    }

    /// Who lacks performance status is in no model that has it; ALP has a level for missing.
    #[test]
    fn rows_without_a_label_are_in_no_model_that_needs_it() {
        let study = Study::parse(Path::new("toy.toml"), TOY).unwrap();
        assert_eq!(study.fewest_known(0), Some(("ps".to_owned(), 9, 10)));
    }

    /// A reduction stands in the block of its model, as a ratio does.
    #[test]
    fn a_reduction_is_of_its_models_block() {
        let figure = "[[figure]]\nid = \"less\"\npublished = \"40%\"\nstatistic = \"risk_reduction\"\n\
                      model = \"os\"\nterm = \"factor(ps)\"\nlevel = \"2\"\n";
        let text = TOY.replace("where = 'ps < 3'", "where = 'ps < 3'\nblock = \"all\"");
        let study = Study::parse(Path::new("toy.toml"), &format!("{text}{figure}")).unwrap();
        assert_eq!(study.figures().last().unwrap().block.as_deref(), Some("all"));
    }

    /// Counted, not made: a billion values would not fit into memory.
    #[test]
    fn a_wide_range_is_refused() {
        let text = TOY.replace("range = [60, 80]", "range = [0, 1000000000]");
        let study = Study::parse(Path::new("toy.toml"), &text).unwrap();
        let error = study.problems(study.pseudo().unwrap()).unwrap_err().to_string();
        assert!(error.contains("more than 200000 combinations"), "{error}");
    }

    #[test]
    fn the_studies_of_the_repository_are_problems() {
        for (name, blocks) in [("liu-2021-net-g3", 6), ("sorbye-2025-nordic-nec-2", 2)] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/studies").join(name);
            let study = Study::open(path).unwrap();
            let problems = study.problems(study.pseudo().unwrap()).unwrap();
            assert_eq!(problems.len(), blocks);
        }
    }
}
