//! Arguments that no data can have a printed figure, each one that a reader can check.

mod lattice;
mod p;

pub(super) use p::Ratio;

use super::check::{Severity, truncated};
use super::study::{Figure, Published, Statistic, Study};
use crate::published::Printed;

/// Why a figure cannot be, with the others that it contradicts.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) sentence: String,
    /// The figures that it rests on.
    pub(super) others: Vec<String>,
    /// An error is a proof under what the study states; less leaves another reading, which the
    /// sentence names.
    pub(super) severity: Severity,
    /// The check that finds the like in tables of printed numbers.
    pub(super) check: &'static str,
}

impl Argument {
    /// One that leaves no way out.
    fn proof(sentence: String, others: &[&Figure]) -> Self {
        Self::new(Severity::Error, "not-attainable", (sentence, others))
    }

    fn new(
        severity: Severity,
        check: &'static str,
        (sentence, others): (String, &[&Figure]),
    ) -> Self {
        let others = others.iter().map(|own| own.id.clone()).collect();
        Self { sentence, others, severity, check }
    }

    pub(super) fn is_proof(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl Study {
    /// An argument against each figure that has one.
    pub(super) fn arguments(&self) -> Vec<Option<Argument>> {
        let argument = |figure: &Figure| {
            self.against_p(figure)
                .or_else(|| self.against_rows(figure))
                .or_else(|| self.against_lattice(figure))
                .or_else(|| self.against_printing(figure))
        };
        self.figures().iter().map(argument).collect()
    }

    /// Rows of a model against those that can be complete.
    fn against_rows(&self, figure: &Figure) -> Option<Argument> {
        let Some(Statistic::ModelRows(model)) = figure.statistic else { return None };
        let printed = figure.published.estimate()?.estimate.number()?;
        let (label, known, rows) = self.fewest_known(model)?;
        (printed > known as f64).then(|| {
            let sentence = format!(
                "{label} is known in {known} of {rows} patients, so no model of complete cases that \
                 has it is fitted to {printed}"
            );
            Argument::proof(sentence, &[])
        })
    }

    /// The same statistic printed twice, in ways that no value prints.
    fn against_printing(&self, figure: &Figure) -> Option<Argument> {
        let own = key(figure)?;
        let others = self.figures().iter().filter(|other| {
            other.id != figure.id && key(other).as_ref() == Some(&own) && excludes(figure, other)
        });
        let cut = |other: &&Figure| !excludes_cut(figure, other);
        let other = others.clone().find(|other| !cut(other)).or_else(|| others.clone().next())?;
        let place = other.place.as_deref().map_or_else(String::new, |own| format!(" in {own}"));
        let n = figure.n.map_or_else(String::new, |n| format!(" for n = {n}"));
        let sentence = format!(
            "{}{n} and {} ({}{place}) are printings of one statistic, and no value prints as both",
            figure.published.text(),
            other.published.text(),
            other.id
        );
        Some(match cut(&other) {
            true => {
                let sentence = format!("{sentence} when rounded; with digits cut off one does");
                Argument::new(Severity::Rounding, "printed-differently", (sentence, &[other]))
            }
            false => Argument::proof(format!("{sentence}, rounded or cut off"), &[other]),
        })
    }
}

/// What a figure is a printing of.
pub(super) fn key(figure: &Figure) -> Option<String> {
    let statistic = match figure.statistic.as_ref()? {
        Statistic::Median(formula) => format!("median {formula}"),
        Statistic::Rate { endpoint, at, .. } => format!("rate {endpoint} {at}"),
        Statistic::Events(formula) => format!("events {formula}"),
        Statistic::Rows(formula) => format!("rows {formula}"),
        Statistic::Count(counted) => format!("count {counted}"),
        _ => return None,
    };
    let rows = figure.rows.as_ref().map(ToString::to_string).unwrap_or_default();
    Some(format!("{statistic} | {rows} | {}", figure.block.as_deref().unwrap_or_default()))
}

/// Whether no value prints as both when rounded.
fn excludes(a: &Figure, b: &Figure) -> bool {
    apart(a, b, Printed::bounds)
}

/// Whether no value prints as both, even if further digits are cut off instead of rounded.
fn excludes_cut(a: &Figure, b: &Figure) -> bool {
    apart(a, b, |own| {
        let rounded = own.bounds()?;
        Some(truncated(own).map_or(rounded, |cut| (rounded.0, cut.1)))
    })
}

/// Whether what prints as one number of a figure lies apart from what prints as the other's.
fn apart(a: &Figure, b: &Figure, prints: impl Fn(&Printed) -> Option<(f64, f64)>) -> bool {
    let scale = |own: &Figure| match own.statistic {
        Some(Statistic::Rate { scale, .. }) => scale,
        _ => 1.0,
    };
    let (own, other) = (scale(a), scale(b));
    numbers(&a.published).into_iter().zip(numbers(&b.published)).any(|pair| match pair {
        (Some(a), Some(b)) => match (prints(a), prints(b)) {
            (Some(a), Some(b)) => a.1 / own < b.0 / other || b.1 / other < a.0 / own,
            (a, b) => a.is_some() != b.is_some(),
        },
        _ => false,
    })
}

/// Estimate and limits, as far as printed.
pub(super) fn numbers(own: &Published) -> [Option<&Printed>; 3] {
    match own {
        Published::Estimate(own) => [Some(&own.estimate), own.lower(), own.upper()],
        Published::Share { count, .. } => [Some(count), None, None],
    }
}
