//! A penalised Cox regression for people.

use super::{FitRecord, PenalisedDocument, ShrunkRecord};
use crate::report::grid::Grid;
use crate::report::number::{NONE, count, hazard_ratio, rounded, significant};
use crate::report::page::Page;
use crate::report::record::note_lines;

impl PenalisedDocument {
    pub(super) fn whole_page(&self) -> Page {
        let page = Page::new(format!("Cox regression, {}", self.name()), self.formula.as_str())
            .line(self.data.line())
            .line(self.counts())
            .grid(fits("", &self.choices))
            .grid(self.table());
        let path = (!self.path.is_empty()).then(|| fits("Path", &self.path));
        page.grids(path).end(self.conventions.line.as_str(), note_lines(&self.notes))
    }

    pub(super) fn name(&self) -> String {
        match self.penalty.alpha {
            0.0 => "ridge penalty".to_owned(),
            1.0 => "lasso penalty".to_owned(),
            alpha => format!("elastic net (α = {})", significant(alpha, 7)),
        }
    }

    fn counts(&self) -> String {
        let (n, events) = (&self.people, count(self.events));
        let choice = match (self.penalty.folds, self.penalty.seed) {
            (Some(folds), Some(seed)) => format!("{folds}-fold cross-validation, seed {seed}"),
            _ => "λ as given".to_owned(),
        };
        format!("{n}, {events} events; {choice}")
    }

    /// Coefficients at the λ that were chosen; 0 and 1 without decimals are exact.
    pub(super) fn table(&self) -> Grid {
        let at = self.choices.iter().filter_map(|own| own.choice.as_deref());
        let titles = at.flat_map(|word| {
            let at = symbol(word);
            [format!("coef at {at}"), "HR".to_owned()]
        });
        let grid = Grid::new("").nested(["variable", "level"]).numbers(titles);
        let row = |(at, ShrunkRecord { own, .. }): (usize, &ShrunkRecord)| {
            let name = match (&own.level, self.is_first(at)) {
                (None, _) => own.name.clone(),
                (Some(_), true) => own.term.clone(),
                (Some(_), false) => String::new(),
            };
            let coefs = self.choices.iter().map(|fit| fit.coef[at]);
            let cells = coefs.flat_map(|coef| match coef {
                0.0 => ["0".to_owned(), "1".to_owned()],
                coef => [rounded(coef, 3), hazard_ratio(coef.exp())],
            });
            [name, own.level.clone().unwrap_or_default()].into_iter().chain(cells).collect()
        };
        grid.with_rows(self.coefficients.iter().enumerate().map(row))
    }

    /// Whether a coefficient is the first of its term.
    fn is_first(&self, at: usize) -> bool {
        at == 0 || self.coefficients[at - 1].own.term != self.coefficients[at].own.term
    }
}

fn fits(caption: &str, fits: &[FitRecord]) -> Grid {
    let number = |own: Option<f64>| own.map_or_else(|| NONE.to_owned(), |own| rounded(own, 4));
    let validated = fits.iter().any(|own| own.cv_deviance.is_some());
    let row = |own: &FitRecord| {
        let choice = own.choice.as_deref().unwrap_or_default();
        let choice: Vec<&str> = choice.split(' ').map(symbol).collect();
        let ratio = own.deviance_ratio.map_or_else(|| NONE.to_owned(), |own| format!("{own:.3}"));
        let head = [choice.join(", "), rounded(own.lambda, 4), own.nonzero.to_string(), ratio];
        let tail = validated.then(|| [number(own.cv_deviance), number(own.cv_std_err)]);
        head.into_iter().chain(tail.into_iter().flatten()).collect()
    };
    let grid = Grid::new(caption).words([""]).numbers(["λ", "non-zero", "deviance ratio"]);
    let cross = ["cross-validated deviance", "SE"];
    let grid = grid.numbers(validated.then_some(cross).into_iter().flatten());
    grid.with_rows(fits.iter().map(row))
}

/// λ as it was chosen.
fn symbol(word: &str) -> &str {
    match word {
        "lambda" => "λ",
        "lambda_min" => "λ min",
        "lambda_1se" => "λ 1se",
        other => other,
    }
}
