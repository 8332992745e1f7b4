//! Commands that describe rows: `table1` and `response`.

use super::args::{OutputArgs, ResponseArgs, SourceArgs, Table1Args};
use super::data::{Data, Rows};
use super::shared::Shared;
use crate::describe::{ResponseClass, Vocabulary};
use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, Term};
use crate::report::{
    DataUse, Frame, Outline, ResponseDocument, ResponsePlan, Table1Document, Table1Plan,
};

/// Columns that are in use; none stands for all.
type Used = Option<Vec<String>>;

pub(super) fn table1(
    args: &Table1Args,
    shared: Option<&Shared>,
) -> Result<Outline<Table1Document>> {
    let terms = args.variables.as_deref().map(Formula::parse_terms).transpose()?;
    let (by, used) = (groups(args.by.as_deref()), terms.as_deref().map(columns));
    let frame = frame((&args.source, &args.output, shared), |header| {
        let by = by(header)?;
        let used = used.clone().map(|used| with(used, by.as_ref()));
        Ok((by, used))
    })?;
    let (by, frame) = frame;
    let plan = Table1Plan {
        dialect: args.dialect,
        by,
        terms,
        center: args.stat,
        spread: args.spread,
        tested: args.test,
        differences: args.smd,
        overall: args.overall,
        digits: args.digits,
        fisher_below: args.fisher_below,
        categories_below: args.categories_below,
    };
    Ok(Outline::One(plan.run(frame)?))
}

pub(super) fn response(
    args: &ResponseArgs,
    shared: Option<&Shared>,
) -> Result<Outline<ResponseDocument>> {
    let column = Expr::column(args.column.trim());
    let by = groups(args.by.as_deref());
    let (by, frame) = frame((&args.source, &args.output, shared), |header| {
        let by = by(header)?;
        let used = with(column.columns(), by.as_ref());
        Ok((by, Some(used)))
    })?;
    check_words(args)?;
    let words = Vocabulary::default()
        .with(ResponseClass::Response, &args.responder)
        .with(ResponseClass::Control, &args.control)
        .with(ResponseClass::Progression, &args.progression)
        .with(ResponseClass::NotEvaluable, &args.not_evaluable);
    let plan = ResponsePlan { column, by, words, conf_level: args.conf_level };
    Ok(Outline::One(plan.run(frame)?))
}

/// A text means one thing.
fn check_words(args: &ResponseArgs) -> Result<()> {
    let own = [&args.responder, &args.control, &args.progression, &args.not_evaluable];
    let own: Vec<String> =
        own.into_iter().flatten().map(|text| text.trim().to_lowercase()).collect();
    let recist = Vocabulary::default();
    for (at, text) in own.iter().enumerate() {
        if let Some((name, _)) = recist.understand(text) {
            return Err(Error::option(format!(
                "{text}: this is RECIST's {name} already; leave it out"
            )));
        }
        if own[..at].contains(text) {
            return Err(Error::option(format!("{text}: given twice; a text means one thing")));
        }
    }
    Ok(())
}

/// What makes the groups, once the names of columns are known: one of these, whatever characters it
/// has, or else an expression.
fn groups(by: Option<&str>) -> impl Fn(&[String]) -> Result<Option<Expr>> {
    move |header| {
        let Some(by) = by.map(str::trim) else { return Ok(None) };
        let named = header.iter().any(|name| name == by);
        Ok(Some(if named { Expr::column(by) } else { Expr::parse(by)? }))
    }
}

fn columns(terms: &[Term]) -> Vec<String> {
    terms.iter().flat_map(Term::parts).flat_map(Expr::columns).collect()
}

fn with(mut columns: Vec<String>, by: Option<&Expr>) -> Vec<String> {
    columns.extend(by.into_iter().flat_map(Expr::columns));
    columns
}

/// The rows to describe, and what makes their groups.
fn frame(
    (source, output, shared): (&SourceArgs, &OutputArgs, Option<&Shared>),
    choose: impl Fn(&[String]) -> Result<(Option<Expr>, Used)>,
) -> Result<(Option<Expr>, Frame)> {
    let condition = source.condition.as_deref().map(Expr::parse).transpose()?;
    let data = Data::new(source, shared)?;
    let mut by = None;
    let rows = data.read(source.reading.options(), output, |header| {
        let (groups, used) = choose(header)?;
        by = groups;
        Ok(used.map(|used| match &condition {
            Some(condition) => with(used, Some(condition)),
            None => used,
        }))
    })?;
    let Rows { table, left_out, mut notes } = rows;
    let read = table.rows() + left_out;
    let (table, found) = match condition {
        Some(condition) => condition.filter(table)?,
        None => (table, Vec::new()),
    };
    notes.extend(found);
    let data = DataUse::new(data.name(), read, table.rows());
    Ok((by, Frame { data, table, notes }))
}
