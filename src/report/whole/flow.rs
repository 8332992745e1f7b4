//! From the rows of a file to those of every analysis.

use super::ReportPart;
use crate::plan::{Flow, Step};
use crate::report::number::{count, range};

/// Who is left out of all analyses, and who of one.
pub(super) struct Flows<'r> {
    /// Rows of the file.
    pub(super) rows: usize,
    pub(super) steps: Vec<&'r Step>,
    /// Rows that all analyses begin with.
    pub(super) population: usize,
    pub(super) branches: Vec<Branch<'r>>,
}

/// An analysis and its rows.
pub(super) struct Branch<'r> {
    pub(super) title: &'r str,
    /// `56`, or `50–56` where its parts have different rows.
    pub(super) used: String,
    /// Why rows are left out of it, and how many.
    pub(super) reasons: Vec<(usize, String)>,
}

impl<'r> Flows<'r> {
    pub(super) fn new(flow: &'r Flow, analyses: &'r [ReportPart]) -> Self {
        let steps: Vec<&Step> = flow.steps.iter().filter(|own| own.left_out > 0).collect();
        let population = flow.rows - flow.left_out();
        let branches = analyses.iter().map(|own| Branch::new(own, population)).collect();
        Self { rows: flow.rows, steps, population, branches }
    }
}

impl<'r> Branch<'r> {
    fn new(own: &'r ReportPart, population: usize) -> Self {
        let [fewest, most] = own.result.used();
        let words = |rows: usize| count(rows as f64);
        let used = match fewest == most {
            true => words(most),
            false => range(&words(fewest), &words(most)),
        };
        let whole = own.result.data().is_some();
        let known = own.result.known();
        let mut reasons: Vec<(usize, String)> = match whole {
            true => known.into_iter().filter_map(|own| own.left_out()).collect(),
            false => Vec::new(),
        };
        // What no note counts.
        let counted: usize = reasons.iter().map(|own| own.0).sum();
        let others = population.saturating_sub(most + counted);
        if others > 0 {
            reasons.push((others, "not in any of its groups".to_owned()));
        }
        Self { title: &own.title, used, reasons }
    }
}
