//! The forest plot of a Cox document.

use super::records::CoefficientRecord;
use super::{CoxDocument, CoxFigure};
use crate::cohort::{Cohort, DesignColumn, DesignTerm, Weights};
use crate::cox::Status;
use crate::report::number::{NONE, count, percent};
use crate::report::plot::{Estimate, ForestPlot, Row, in_words};
use crate::report::subject::Regression;

/// A term as a forest plot shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ForestTerm {
    name: String,
    /// The reference level with its subjects and events.
    reference: Option<(String, Option<(f64, f64)>)>,
    /// Of each coefficient: its name, and the subjects and events that it is about.
    coefficients: Vec<(String, Option<(f64, f64)>)>,
}

impl ForestTerm {
    /// The terms of a model.
    pub(super) fn all(model: &Regression) -> Vec<Self> {
        let (cohort, design) = (&model.cohort, &model.design);
        // Pieces of follow-up are no subjects.
        let whole = cohort.n_rows() <= model.data.used;
        let counts = |is: &dyn Fn(usize) -> bool| whole.then(|| counts(cohort, is));
        let total = counts(&|_| true);
        let term = |term: &DesignTerm| {
            let columns = &design.columns()[term.columns.clone()];
            let is_level = columns.iter().all(|own| own.level.is_some());
            let reference = model.recipe.reference(&term.name).map(str::to_owned);
            let simple = is_level && reference.is_some();
            let of = |own: &DesignColumn| {
                let count = match simple {
                    true => counts(&|row| own.values[row] != 0.0),
                    false => total.filter(|_| columns.len() == 1 && own.level.is_none()),
                };
                (own.name.clone(), count)
            };
            let coefficients: Vec<_> = columns.iter().map(of).collect();
            let rest = total.map(|total| {
                let levels = coefficients.iter().filter_map(|own| own.1);
                levels.fold(total, |own, level| (own.0 - level.0, own.1 - level.1))
            });
            let reference = reference.filter(|_| simple).map(|level| (level, rest));
            Self { name: term.name.clone(), reference, coefficients }
        };
        design.terms().iter().map(term).collect()
    }

    /// The rows of the term: one, or a heading with levels.
    fn rows(&self, models: &[&[CoefficientRecord]]) -> Vec<Row> {
        let estimates = |name: &str| -> Vec<Option<Estimate>> {
            let own = |model: &&[CoefficientRecord]| {
                model.iter().find(|own| own.name == name).map(CoefficientRecord::estimate)
            };
            models.iter().map(own).collect()
        };
        let level = |name: &str| {
            let all = models.iter().flat_map(|model| model.iter());
            let level = all.filter(|own| own.name == name).find_map(|own| own.level.clone());
            level.unwrap_or_else(|| name.to_owned())
        };
        if let [(name, counts)] = self.coefficients.as_slice()
            && self.reference.is_none()
        {
            let label = in_words(name).to_owned();
            return vec![Row {
                label,
                counts: *counts,
                estimates: estimates(name),
                ..Row::default()
            }];
        }
        let heading = Row { label: in_words(&self.name).to_owned(), ..Row::default() };
        let reference = self.reference.iter().map(|(label, counts)| Row {
            label: label.clone(),
            indented: true,
            counts: *counts,
            reference: true,
            ..Row::default()
        });
        let levels = self.coefficients.iter().map(|(name, counts)| Row {
            label: level(name),
            indented: true,
            counts: *counts,
            estimates: estimates(name),
            ..Row::default()
        });
        std::iter::once(heading).chain(reference).chain(levels).collect()
    }
}

/// Subjects (rows, or Σ weights with frequency weights) and events of some rows.
fn counts(cohort: &Cohort, is: impl Fn(usize) -> bool) -> (f64, f64) {
    let weight = |row: usize| match cohort.weights() {
        Weights::Frequency(weights) => weights[row],
        _ => 1.0,
    };
    let rows = (0..cohort.n_rows()).filter(|&row| is(row));
    rows.fold((0.0, 0.0), |own, row| {
        let weight = weight(row);
        (own.0 + weight, own.1 + if cohort.event()[row] { weight } else { 0.0 })
    })
}

impl CoefficientRecord {
    fn estimate(&self) -> Estimate {
        let [ratio, interval, p] = self.cells();
        let words = match interval.as_str() {
            "" | NONE => ratio,
            interval => format!("{ratio} ({interval})"),
        };
        let exists = match self.status {
            Status::Estimated => true,
            Status::Infinite => self.hr_lower.or(self.hr_upper).is_some(),
            _ => false,
        };
        Estimate { ratio: self.hr, lower: self.hr_lower, upper: self.hr_upper, exists, words, p }
    }
}

impl CoxDocument {
    /// The forest plot: of the model, or beside each term alone.
    pub(super) fn forest(&self, terms: &[ForestTerm]) -> ForestPlot {
        let alone = &self.univariable;
        let rows: Vec<Row> = match alone.is_empty() {
            true => terms.iter().flat_map(|term| term.rows(&[&self.coefficients])).collect(),
            false => alone
                .iter()
                .flat_map(|own| {
                    let models = [own.coefficients.as_slice(), &self.coefficients];
                    own.forest.iter().flat_map(move |term| term.rows(&models))
                })
                .collect(),
        };
        ForestPlot {
            heads: [format!("HR ({} CI)", percent(self.conf_level)), "p".to_owned()],
            axis: "Hazard ratio",
            title: format!("Cox regression: {}", self.formula),
            caveats: self.sizes().into_iter().chain(self.caveats()).collect(),
            models: if alone.is_empty() { vec![""] } else { vec!["Univariable", "Multivariable"] },
            rows,
        }
    }
}

impl CoxDocument {
    /// What the multivariable model rests on, where counts are those of each term alone.
    fn sizes(&self) -> Option<String> {
        let (people, events) = (&self.people, count(self.events));
        let told = format!(
            "Multivariable: {people}, {events} events; n and events in the table are univariable."
        );
        (!self.univariable.is_empty()).then_some(told)
    }
}

/// Counts only where they are wanted.
pub(super) fn terms(wanted: Option<CoxFigure>, model: &Regression) -> Vec<ForestTerm> {
    if wanted == Some(CoxFigure::Forest) { ForestTerm::all(model) } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn counts_of_rows_are_those_of_the_condition() {
        let cohort = Cohort::builder(vec![1.0, 2.0, 3.0], vec![true, false, true]).build().unwrap();
        assert_eq!(counts(&cohort, |row| row > 0), (2.0, 1.0));
    }
}
