//! `ifelse` and `coalesce`: one value or another, row by row.

use std::borrow::Cow;

use super::constants::arg;
use super::value::{Class, Scalar, Value};
use super::{Evaluator, logic};
use crate::error::Result;
use crate::formula::rows::{floats, map, missing};
use crate::formula::syntax::ast::{Argument, Node, Span};
use crate::formula::syntax::function::Function;
use crate::table::{Category, Column, MISSING_CODE, MISSING_INT, level_order};

impl<'t> Evaluator<'t> {
    pub(super) fn if_else(&mut self, args: &[Argument], node: &Node) -> Result<Value<'t>> {
        let mut values = Vec::with_capacity(3);
        for name in ["test", "yes", "no"] {
            let Some(arg) = arg(Function::IfElse, args, name) else { continue };
            values.push(self.value(arg)?);
        }
        let [test, yes, no] = &values[..] else { return Ok(Value::Scalar(Scalar::Missing)) };
        let Some(test) = test.numbers().filter(|_| test.class().is_numeric()) else {
            return Err(self.misfit(&node.span, "ifelse() begins with a condition").into());
        };
        let mut mask = test.each(|x| if x.is_nan() { logic::MISSING } else { u8::from(x != 0.0) });
        if test.is_scalar() {
            mask = vec![mask[0]; self.rows()];
        }
        self.choose(&mask, yes.clone(), no.clone(), &node.span)
    }

    pub(super) fn coalesce(&mut self, args: &[Argument], node: &Node) -> Result<Value<'t>> {
        let mut result = Value::Scalar(Scalar::Missing);
        for (at, arg) in args.iter().enumerate() {
            let next = self.value(&arg.value)?;
            result = match &result {
                _ if at == 0 => next,
                Value::Scalar(Scalar::Missing) => next,
                Value::Scalar(_) => result,
                Value::Column(column) => {
                    let known = map(&missing(column), |missing| missing ^ 1);
                    self.choose(&known, result, next, &node.span)?
                }
            };
        }
        Ok(result)
    }

    /// `yes` where the mask is 1, `no` where it is 0, else missing.
    fn choose(&self, mask: &[u8], yes: Value<'t>, no: Value<'t>, span: &Span) -> Result<Value<'t>> {
        let class = match (yes.class(), no.class()) {
            (Class::Missing, class) | (class, Class::Missing) => class,
            (a, b) if a == b => a,
            (a, b) if a.is_numeric() && b.is_numeric() => Class::Number,
            (a, b) => {
                let message = format!("this gives {} or {}", a.words(), b.words());
                return Err(self.misfit(span, message).help("both must be of one kind").into());
            }
        };
        let rows = self.rows();
        let side = |value: Value<'t>| match value {
            Value::Scalar(Scalar::Missing) => all_missing(class, rows),
            value => value.into_column(rows),
        };
        Ok(Value::Column(Cow::Owned(merge(mask, &side(yes), &side(no)))))
    }
}

fn all_missing(class: Class, rows: usize) -> Column {
    match class {
        Class::Number | Class::Missing => Column::Integer(vec![MISSING_INT; rows]),
        Class::Boolean => Column::Boolean(vec![logic::MISSING; rows]),
        Class::Date => Column::Date(vec![MISSING_INT; rows]),
        Class::Text => Column::Category(Category {
            codes: vec![MISSING_CODE; rows],
            levels: Vec::new().into(),
        }),
    }
}

fn merge(mask: &[u8], yes: &Column, no: &Column) -> Column {
    use Column::{Boolean, Date, Integer};
    match (yes, no) {
        (Integer(yes), Integer(no)) => Integer(pick(mask, yes, no, MISSING_INT)),
        (Date(yes), Date(no)) => Date(pick(mask, yes, no, MISSING_INT)),
        (Boolean(yes), Boolean(no)) => Boolean(pick(mask, yes, no, logic::MISSING)),
        (Column::Category(yes), Column::Category(no)) => merge_texts(mask, yes, no),
        _ => {
            let ((yes, a), (no, b)) = (reals(yes), reals(no));
            Column::Number { values: pick(mask, &yes, &no, f64::NAN), exact: a && b }
        }
    }
}

fn pick<T: Copy>(mask: &[u8], yes: &[T], no: &[T], missing: T) -> Vec<T> {
    let sides = yes.iter().zip(no);
    let choose = |(&mask, (&yes, &no)): (&u8, (&T, &T))| match mask {
        1 => yes,
        0 => no,
        _ => missing,
    };
    mask.iter().zip(sides).map(choose).collect()
}

/// Numbers, and whether they are exact.
fn reals(column: &Column) -> (Cow<'_, [f64]>, bool) {
    match column {
        Column::Number { values, exact } => (Cow::Borrowed(values), *exact),
        Column::Integer(values) | Column::Date(values) => (Cow::Owned(floats(values)), true),
        Column::Boolean(values) => {
            (Cow::Owned(map(values, |&value| crate::formula::rows::flag(value))), true)
        }
        Column::Category(category) => (Cow::Owned(vec![f64::NAN; category.codes.len()]), true),
    }
}

fn merge_texts(mask: &[u8], yes: &Category, no: &Category) -> Column {
    let mut levels: Vec<String> = yes.levels.iter().chain(no.levels.iter()).cloned().collect();
    levels.sort_unstable();
    levels.dedup();
    let levels: Vec<String> =
        level_order(&levels).into_iter().map(|place| levels[place].clone()).collect();
    let codes = pick(mask, &recode(yes, &levels), &recode(no, &levels), MISSING_CODE);
    Column::Category(Category { codes, levels: levels.into() })
}

/// The codes of a category in other levels, which hold all of its own.
fn recode(category: &Category, levels: &[String]) -> Vec<u32> {
    let places: std::collections::HashMap<&str, u32> =
        (0u32..).zip(levels).map(|(code, level)| (level.as_str(), code)).collect();
    let own = category.levels.iter().map(|level| places.get(level.as_str()).copied());
    let own: Vec<u32> = own.map(|code| code.unwrap_or(MISSING_CODE)).collect();
    map(&category.codes, |&code| own.get(code as usize).copied().unwrap_or(MISSING_CODE))
}
