//! The same columns for other rows.

use std::borrow::Cow;

use super::coding::{Coded, Kind, Scheme, reals};
use super::columns::{Ready, design};
use super::plan::{Plan, Variable};
use super::typical::Typical;
use super::{profile, typical};
use crate::cohort::Design;
use crate::error::{Error, Result};
use crate::formula::eval::{Evaluator, FactorLevels};
use crate::formula::expr::Expr;
use crate::formula::rows::zip;
use crate::note::Note;
use crate::numeric::spline::NaturalSpline;
use crate::table::{Column, Table};

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
        let locate = |error: Error| error.locate(table.source(), |row| (row, table.line(row)));
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

    /// The design matrix of covariate profiles, one row each, as `age = 60, sex = 2`: what a
    /// profile does not name has its typical value.
    ///
    /// # Errors
    /// When a profile cannot be read, or names what the model does not have.
    pub fn profiles(&self, profiles: &[impl AsRef<str>]) -> Result<Design> {
        let profiles: Result<Vec<Vec<Typical>>> =
            profiles.iter().map(|text| profile::read(text.as_ref(), &self.typical)).collect();
        self.columns(&typical::table(&self.typical, &profiles?))
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
