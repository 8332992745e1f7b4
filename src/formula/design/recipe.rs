//! The same columns for other rows.

use std::borrow::Cow;

use super::coding::{Coded, Kind, Scheme, reals};
use super::columns::{Ready, design};
use super::plan::{Plan, Variable};
use super::typical::Typical;
use super::{profile, typical};
use crate::cohort::Design;
use crate::error::{Error, Result};
use crate::formula::eval::{Evaluator, FactorLevels, category};
use crate::formula::expr::Expr;
use crate::formula::rows::{gathered_table, zip};
use crate::note::Note;
use crate::numeric::spline::NaturalSpline;
use crate::table::{Category, Column, Table};

/// More values than this are no groups.
const MOST_VALUES: usize = 50;

/// How covariates became columns, so that other rows get the same ones: levels, knots and
/// reference categories stay those of the rows that the model was fitted to.
///
/// ```
/// use riskset::formula::{Binder, Formula};
/// use riskset::table::{Column, Table};
///
/// let mut table = Table::new(4);
/// table.push("time", Column::Integer(vec![5, 8, 9, 12]));
/// table.push("dead", Column::Boolean(vec![1, 0, 1, 1]));
/// table.push("age", Column::Integer(vec![61, 47, 70, 58]));
/// table.push("ecog", Column::Integer(vec![0, 1, 2, 1]));
/// let formula = Formula::parse("Surv(time, dead) ~ age + factor(ecog)")?;
/// let model = Binder::new(&formula).bind_model(&table)?;
/// let new = model.recipe.profiles(&["age = 60, ecog = 2", "ecog = 0"])?;
/// let names: Vec<&str> = new.columns().iter().map(|own| own.name.as_str()).collect();
/// assert_eq!(names, ["age", "factor(ecog)1", "factor(ecog)2"]);
/// assert_eq!(new.columns()[0].values, [60.0, 59.0]);
/// assert_eq!(new.columns()[2].values, [1.0, 0.0]);
/// # Ok::<(), riskset::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Recipe {
    plan: Plan,
    schemes: Vec<Scheme>,
    offset: Vec<Expr>,
    levels: FactorLevels,
    typical: Vec<Typical>,
}

/// Covariate profiles.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Profiles {
    /// One row a profile.
    pub design: Design,
    /// The value of every variable in each profile.
    pub values: Vec<Vec<Typical>>,
}

/// What the rows of a model are made of.
pub(in crate::formula) struct Training {
    pub(in crate::formula) rows: usize,
    /// One column a variable of the plan.
    pub(in crate::formula) covariates: Vec<Column>,
    pub(in crate::formula) splines: Vec<Option<NaturalSpline>>,
    pub(in crate::formula) offset: Vec<(Expr, Column)>,
    pub(in crate::formula) levels: FactorLevels,
    pub(in crate::formula) typical: Vec<Typical>,
}

impl Recipe {
    /// Learns from complete rows, and makes their design.
    pub(in crate::formula) fn learn(
        plan: Plan,
        training: Training,
        notes: &mut Vec<Note>,
    ) -> Result<(Self, Design)> {
        let Training { rows, covariates, splines, offset, levels, typical } = training;
        let (mut schemes, mut coded) = (Vec::new(), Vec::new());
        for ((variable, column), spline) in plan.variables.iter().zip(covariates).zip(splines) {
            let (scheme, own) = Scheme::learn(variable, column, spline, notes)?;
            schemes.push(scheme);
            coded.push(own);
        }
        let (exprs, columns): (Vec<Expr>, Vec<Column>) = offset.into_iter().unzip();
        let own = Self { plan, schemes, offset: exprs, levels, typical };
        let design = own.assemble(coded, columns, rows)?;
        Ok((own, design))
    }

    /// The design matrix of new rows. A `tdc(x)` is 0 unless the table has a column of that name.
    ///
    /// # Errors
    /// When a column is not there, a value is missing, or a category has a value that the model
    /// does not know.
    pub fn columns(&self, table: &Table) -> Result<Design> {
        let locate = |error: Error| error.locate(table.source(), |row| table.place(row));
        let mut evaluator = Evaluator::again(table, self.levels.clone());
        let mut coded = Vec::new();
        for (variable, scheme) in self.plan.variables.iter().zip(&self.schemes) {
            let column = evaluate(&mut evaluator, variable, table);
            coded
                .push(column.and_then(|own| scheme.code_new(&variable.name, own)).map_err(locate)?);
        }
        let offset = |expr| evaluator.column(expr).map(Cow::into_owned);
        let offset: Result<Vec<Column>> = self.offset.iter().map(offset).collect();
        self.assemble(coded, offset.map_err(locate)?, table.rows())
    }

    /// The level of a category that the others of its term are compared with; none for a term of
    /// numbers, for an interaction, and where every level has a column.
    pub fn reference(&self, term: &str) -> Option<&str> {
        let term = self.plan.terms.iter().find(|own| own.name == term)?;
        match (term.parts.as_slice(), &self.schemes) {
            ([part], schemes) if !part.full => schemes[part.variable].reference(),
            _ => None,
        }
    }

    /// The design matrix of covariate profiles, one row each, as `age = 60, sex = 2`: what a
    /// profile does not name has its typical value.
    ///
    /// # Errors
    /// When a profile cannot be read, or names what the model does not have.
    pub fn profiles(&self, profiles: &[impl AsRef<str>]) -> Result<Design> {
        let read = |text: &_| profile::read(AsRef::<str>::as_ref(text), &self.typical);
        let profiles = profiles.iter().map(read).collect::<Result<Vec<Vec<Typical>>>>()?;
        self.columns(&typical::table(&self.typical, &profiles, Table::new(profiles.len())))
    }

    /// The design matrix of covariate profiles that are rows of a table, whose columns have the names
    /// of variables; a variable without a column has its typical value.
    ///
    /// # Errors
    /// Naming the source, row and column: a column that is no variable, a value of another kind, a
    /// level that the model does not know, a missing value.
    pub fn profiles_of(&self, table: &Table) -> Result<Profiles> {
        let values = profile::of_table(table, &self.typical)?;
        let filled = typical::table(&self.typical, &values, table.without_columns());
        Ok(Profiles { design: self.columns(&filled)?, values })
    }

    /// The designs of some rows of a table, as they are but for one column, which has in turn each
    /// value that occurs in these rows: what would be, were everybody in that group. R: `newdata`
    /// with the column overwritten. Values in the order of levels.
    ///
    /// # Errors
    /// When no variable of the model has that name, it has more than 50 values, or rows repeat, as
    /// where `tdc()` has cut follow-up.
    pub fn each_value(
        &self,
        table: &Table,
        rows: &[u32],
        name: &str,
    ) -> Result<Vec<(String, Design)>> {
        let column = self.variable(table, name)?;
        if !rows.is_sorted_by(|a, b| a < b) {
            return Err(Error::analysis(format!(
                "{name}: nobody is in one group all along where tdc() cuts follow-up"
            )));
        }
        let names: Vec<String> = table.names().iter().filter(|own| *own != name).cloned().collect();
        let others = gathered_table(table, rows, &names);
        let own = column.gather(rows);
        let Category { codes, levels } = category(own.clone());
        if levels.len() > MOST_VALUES {
            let found = levels.len();
            return Err(Error::analysis(format!(
                "{name} has {found} values, and curves by group need a few; make classes of it"
            )));
        }
        let with = |code: usize| {
            let row = codes.iter().position(|&own| own as usize == code)?;
            let mut table = others.clone();
            table.push(name, own.gather(&vec![row as u32; rows.len()]));
            Some(self.columns(&table).map(|design| (levels[code].clone(), design)))
        };
        (0..levels.len()).filter_map(with).collect()
    }

    /// The column of a variable.
    fn variable<'t>(&self, table: &'t Table, name: &str) -> Result<&'t Column> {
        let known = self.typical.iter().any(|own| own.name == name);
        table.column(name).filter(|_| known).ok_or_else(|| {
            let names = self.typical.iter().map(|own| own.name.as_str());
            let names: Vec<&str> = names.filter(|own| table.column(own).is_some()).collect();
            let names = names.join(", ");
            Error::analysis(format!(
                "the covariates are not made of a column {name}; they are made of {names}"
            ))
        })
    }

    /// The variables that a profile may name and their typical values: the mean of a number (the
    /// most frequent value, where it is used as a category), else the most frequent one.
    pub fn typical(&self) -> &[Typical] {
        &self.typical
    }

    fn assemble(&self, coded: Vec<Coded>, offset: Vec<Column>, rows: usize) -> Result<Design> {
        let parts = self.plan.variables.iter().zip(&self.schemes).zip(coded);
        let ready =
            parts.map(|((Variable { name, .. }, scheme), coded)| Ready { name, scheme, coded });
        let design = design(&self.plan.terms, ready.collect(), rows)?;
        match sum(&self.offset, offset)? {
            Some(offset) => design.with_offset(offset),
            None => Ok(design),
        }
    }
}

fn evaluate(evaluator: &mut Evaluator<'_>, variable: &Variable, table: &Table) -> Result<Column> {
    match variable.kind {
        Kind::Switch => Ok(match table.column(&variable.name) {
            Some(column) => column.clone(),
            None => Column::Integer(vec![0; table.rows()]),
        }),
        _ => evaluator.column(&variable.expr).map(Cow::into_owned),
    }
}

fn sum(exprs: &[Expr], columns: Vec<Column>) -> Result<Option<Vec<f64>>> {
    let number = |(expr, column): (&Expr, Column)| reals(&expr.to_string(), column);
    let numbers: Result<Vec<Vec<f64>>> = exprs.iter().zip(columns).map(number).collect();
    Ok(numbers?.into_iter().reduce(|a, b| zip(&a, &b, |a, b| a + b)))
}
