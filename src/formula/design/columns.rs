//! The columns of terms: products of the columns of their variables, the first varying fastest.

use rayon::prelude::*;

use super::coding::{Coded, Label, Scheme};
use super::plan::{Part, PlanTerm};
use crate::cohort::{Design, DesignColumn, DesignTerm};
use crate::error::{Error, Result};

/// Most columns of one term.
const MAX_COLUMNS: usize = 10_000;

/// A variable ready for columns.
pub(super) struct Ready<'r> {
    pub(super) name: &'r str,
    pub(super) scheme: &'r Scheme,
    pub(super) coded: Coded,
}

/// Where a column's values come from.
#[derive(Debug, Clone, Copy)]
struct Source {
    variable: usize,
    /// The column of a number, the level of a category.
    column: usize,
}

/// The values behind a source.
enum Values<'r> {
    Numbers(&'r [f64]),
    /// 1 where a row has this level.
    Level(&'r [u32], u32),
}

/// A column before its values.
struct Draft {
    name: String,
    level: Option<String>,
    sources: Vec<Source>,
}

/// The design of the terms; numbers that are a term by themselves are moved there.
pub(super) fn design(terms: &[PlanTerm], mut ready: Vec<Ready<'_>>, rows: usize) -> Result<Design> {
    let (mut drafts, mut list) = (Vec::new(), Vec::new());
    for term in terms {
        let first = drafts.len();
        drafts.extend(of_term(term, &ready)?);
        list.push(DesignTerm { name: term.name.clone(), columns: first..drafts.len() });
    }
    let values: Vec<Option<Vec<f64>>> =
        drafts.par_iter().map(|draft| draft.values(&ready)).collect();
    let column = |(Draft { name, level, sources }, values): (Draft, Option<Vec<f64>>)| {
        let values = values.unwrap_or_else(|| take(&mut ready, sources[0]));
        DesignColumn { name, level, values }
    };
    let columns = drafts.into_iter().zip(values).map(column).collect();
    Design::new(rows, columns, list)
}

fn of_term(term: &PlanTerm, ready: &[Ready<'_>]) -> Result<Vec<Draft>> {
    let mut drafts = vec![Draft { name: String::new(), level: None, sources: Vec::new() }];
    for part in &term.parts {
        let own = of_part(part, ready);
        if drafts.len().saturating_mul(own.len()) > MAX_COLUMNS {
            let name = &term.name;
            return Err(Error::analysis(format!(
                "{name} has more than {MAX_COLUMNS} coefficients"
            )));
        }
        // The variables before vary faster.
        drafts =
            own.iter().flat_map(|own| drafts.iter().map(move |draft| draft.times(own))).collect();
    }
    Ok(drafts)
}

fn of_part(part: &Part, ready: &[Ready<'_>]) -> Vec<Draft> {
    let Ready { name, scheme, .. } = &ready[part.variable];
    // Without the reference, the first column is that of level 1.
    let skipped = usize::from(matches!(scheme, Scheme::Levels(_)) && !part.full);
    let draft = |(at, Label { suffix, level }): (usize, Label)| {
        let source = Source { variable: part.variable, column: at + skipped };
        Draft { name: format!("{name}{suffix}"), level, sources: vec![source] }
    };
    scheme.labels(part.full).into_iter().enumerate().map(draft).collect()
}

impl Draft {
    fn times(&self, next: &Self) -> Self {
        if self.sources.is_empty() {
            let (name, level) = (next.name.clone(), next.level.clone());
            return Self { name, level, sources: next.sources.clone() };
        }
        let levels: Vec<&str> = self.level.iter().chain(&next.level).map(String::as_str).collect();
        Self {
            name: format!("{}:{}", self.name, next.name),
            level: (!levels.is_empty()).then(|| levels.join(":")),
            sources: [&self.sources[..], &next.sources].concat(),
        }
    }

    /// The values; none when they are those of one number, which can be moved.
    fn values(&self, ready: &[Ready<'_>]) -> Option<Vec<f64>> {
        let (first, rest) = self.sources.split_first()?;
        let mut values = match first.of(ready) {
            Values::Numbers(_) if rest.is_empty() => return None,
            Values::Numbers(own) => own.to_vec(),
            Values::Level(codes, level) => {
                codes.iter().map(|&code| f64::from(u8::from(code == level))).collect()
            }
        };
        for source in rest {
            let pairs = values.iter_mut();
            match source.of(ready) {
                Values::Numbers(own) => pairs.zip(own).for_each(|(value, x)| *value *= x),
                Values::Level(codes, level) => pairs
                    .zip(codes)
                    .for_each(|(value, &code)| *value *= f64::from(u8::from(code == level))),
            }
        }
        Some(values)
    }
}

impl Source {
    fn of<'r>(&self, ready: &'r [Ready<'_>]) -> Values<'r> {
        match &ready[self.variable].coded {
            Coded::Numbers(own) => Values::Numbers(&own[self.column]),
            Coded::Codes(codes) => Values::Level(codes, self.column as u32),
        }
    }
}

/// A variable is a term by itself once at most.
fn take(ready: &mut [Ready<'_>], source: Source) -> Vec<f64> {
    match &mut ready[source.variable].coded {
        Coded::Numbers(own) => std::mem::take(&mut own[source.column]),
        Coded::Codes(_) => Vec::new(),
    }
}
