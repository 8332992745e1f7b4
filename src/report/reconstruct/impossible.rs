//! Printed numbers that no data set was found for.

use std::io;

use serde::Serialize;

use crate::reconstruct::{Constraint, ConstraintStatus, Contradiction};
use crate::report::csv::Csv;
use crate::report::outline::Document;
use crate::report::page::Page;
use crate::report::results::Results;

/// What `riskset reconstruct` says in place of individuals. Its JSON is a contract.
#[derive(Debug, Clone, Serialize)]
pub struct ImpossibleDocument {
    command: &'static str,
    schema_version: u32,
    /// False where it is proven that there is no data set, `null` where a search found none.
    feasible: Option<bool>,
    n: u32,
    /// A smallest set of numbers that contradict each other; empty where nothing is proven.
    contradiction: Vec<String>,
    reason: String,
    /// By which limits and medians of a curve the numbers were judged.
    conventions: String,
    /// Those numbers or, where nothing is proven, the best that was found.
    constraints: Vec<Constraint>,
}

impl ImpossibleDocument {
    /// Numbers of `n` patients that contradict each other, with what was given under their names.
    pub fn contradiction(
        n: u32,
        (contradiction, given): (Vec<String>, Vec<Option<String>>),
        reason: String,
    ) -> Self {
        let impossible = |(name, given): (&String, Option<String>)| Constraint {
            name: name.clone(),
            given: given.unwrap_or_default(),
            reached: String::new(),
            status: ConstraintStatus::Impossible,
        };
        let constraints = contradiction.iter().zip(given).map(impossible).collect();
        Self { contradiction, feasible: Some(false), ..Self::not_found(n, constraints, reason) }
    }

    /// What contradicts a small curve, with the arm where there are several.
    pub fn curve(label: Option<&str>, own: Contradiction) -> Self {
        let name = |name: String| match label {
            Some(label) => format!("{label}: {name}"),
            None => name,
        };
        let named = |own: Constraint| Constraint { name: name(own.name), ..own };
        let Contradiction { n, constraints, reason } = own;
        let constraints: Vec<Constraint> = constraints.into_iter().map(named).collect();
        let contradiction = constraints.iter().map(|own| own.name.clone()).collect();
        let own = Self::not_found(n, constraints, reason);
        let conventions = "clicks may be 0.05 of survival and 0.4 % of the time axis off";
        Self { contradiction, feasible: Some(false), ..own }.by(conventions.to_owned())
    }

    /// A search that found nothing, and how close it came.
    pub fn not_found(n: u32, constraints: Vec<Constraint>, reason: String) -> Self {
        Self {
            command: "reconstruct",
            schema_version: 1,
            feasible: None,
            n,
            contradiction: Vec::new(),
            reason,
            conventions: String::new(),
            constraints,
        }
    }

    /// Says by which conventions the numbers were judged.
    pub fn by(self, conventions: String) -> Self {
        Self { conventions, ..self }
    }

    /// The same in a sentence.
    pub fn message(&self) -> String {
        match self.contradiction.as_slice() {
            [] => format!("no data set was found: {}", self.reason),
            names => format!("{} contradict each other: {}", names.join(", "), self.reason),
        }
    }
}

impl Document for ImpossibleDocument {
    const COMMAND: &'static str = "reconstruct";

    fn page(&self) -> Page {
        let page = Page::new("Reconstruction", "");
        let page = match self.feasible {
            Some(_) => page.line("Infeasible: no data set has these printed numbers."),
            None => page.line("Not found: no data set with these printed numbers turned up."),
        };
        page.line(self.message()).end(format!("Conventions: {}", self.conventions), Vec::new())
    }

    fn csv(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        csv.header(leading, &["contradiction".to_owned()])?;
        self.contradiction.iter().try_for_each(|name| csv.record(vec![name.clone()]))
    }

    fn results(&self, _results: &mut Results<'_>) -> io::Result<()> {
        Ok(())
    }
}
