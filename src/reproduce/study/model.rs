//! A regression that a study printed.

use crate::error::Result;
use crate::formula::{Expr, Formula, Missing};
use crate::plan::Plan;
use crate::plan::section::{Item, Section};

/// A Cox model of a study.
#[derive(Debug, Clone)]
pub(in crate::reproduce) struct Model {
    pub(in crate::reproduce) name: String,
    /// With the endpoint as the plan makes it.
    pub(in crate::reproduce) formula: Formula,
    pub(in crate::reproduce) rows: Option<Expr>,
    pub(in crate::reproduce) missing: Missing,
    /// The block of a pseudo-cohort that it is about.
    pub(in crate::reproduce) block: Option<String>,
}

impl Model {
    pub(super) fn parse(name: String, mut section: Section<'_>, plan: &Plan) -> Result<Self> {
        const FORMULA: &str = "the model, as formula = 'OS ~ age + factor(ps)'";
        let formula = section.need("formula", FORMULA)?;
        let place = formula.place().clone();
        let formula = Formula::parse(&formula.text()?).and_then(|own| plan.resolve(&own));
        let formula = formula.map_err(|error| place.wrap(&error))?;
        let rows = section.take("where").map(Item::expr).transpose()?;
        let missing = match section.take("missing") {
            None => Missing::Complete,
            Some(item) => missing(item)?,
        };
        let block = section.take("block").map(Item::text).transpose()?;
        section.finish()?;
        Ok(Self { name, formula, rows, missing, block })
    }
}

fn missing(item: Item<'_>) -> Result<Missing> {
    let place = item.place().clone();
    match item.text()?.as_str() {
        "complete" => Ok(Missing::Complete),
        "level" => Ok(Missing::Level),
        other => {
            let error = place.error(format!("there is no rule {other:?}"));
            Err(error.help("complete (rows left out) or level (a level of its own)").into())
        }
    }
}
