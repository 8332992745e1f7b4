//! A Cox regression for people.

use super::CoxDocument;
use super::records::{CoefficientRecord, PhRecord, TestRecord, Univariable};
use crate::cox::Status;
use crate::report::grid::{Align, Grid};
use crate::report::number::{chi_squared, count, p_value, percent, rounded, significant, time};
use crate::report::page::Page;
use crate::report::ratio::words;
use crate::report::record::note_lines;

impl CoxDocument {
    pub(super) fn whole_page(&self) -> Page {
        let page = Page::new("Cox regression", self.formula.as_str())
            .line(self.data.line())
            .line(self.counts())
            .grid(self.table());
        let page = self.test_lines().into_iter().fold(page, Page::line);
        let page = page.grids(self.ph_grid()).grids(self.baseline_grid());
        let page = page.grids(self.predicted.grids(self.conf_level));
        let page = page.grids(self.accuracy.iter().flat_map(|own| own.grids(self.conf_level)));
        let page = self.selection_line().into_iter().fold(page, Page::line);
        page.end(self.conventions.line(), note_lines(&self.notes))
    }

    fn counts(&self) -> String {
        let steps = if self.iterations == 1 { "iteration" } else { "iterations" };
        let infinite = self.coefficients.iter().any(|own| own.status == Status::Infinite);
        let end = if infinite { "carried to the limit in" } else { "converged after" };
        let (n, events) = (&self.people, count(self.events));
        format!("{n}, {events} events; {end} {} {steps}", self.iterations)
    }

    /// Coefficients, beside those of each term alone where that was asked for.
    fn table(&self) -> Grid {
        let interval = format!("{} CI", percent(self.conf_level));
        let grid = Grid::new("").nested(["variable", "level"]);
        let own = ["HR".to_owned(), interval.clone(), "p".to_owned()];
        if self.univariable.is_empty() {
            let overall = self.terms.iter().any(|term| term.df > 1);
            let grid = grid.numbers(own).of_block(overall.then_some("p of term"), Align::Right);
            return grid.with_rows(self.coefficients.iter().map(|own| self.row(own, overall)));
        }
        let alone = ["HR alone".to_owned(), interval, "p alone".to_owned()];
        let grid = grid.of_block(["n", "events"], Align::Right).numbers(alone).numbers(own);
        let grid = grid.of_block(["p of term"], Align::Right);
        grid.with_rows(self.univariable.iter().flat_map(|own| self.rows_beside(own)))
    }

    fn row(&self, own: &CoefficientRecord, overall: bool) -> Vec<String> {
        let head = [self.variable(own), own.level.clone().unwrap_or_default()];
        let tail = overall.then(|| self.p_of_term(own));
        head.into_iter().chain(own.cells()).chain(tail).collect()
    }

    /// The name of a term at its first coefficient; of a numeric term with several, each by name.
    fn variable(&self, own: &CoefficientRecord) -> String {
        if own.level.is_none() {
            return own.name.clone();
        }
        if self.is_first(own) { own.term.clone() } else { String::new() }
    }

    fn is_first(&self, own: &CoefficientRecord) -> bool {
        let first = self.coefficients.iter().find(|other| other.term == own.term);
        first.is_some_and(|first| first.name == own.name)
    }

    /// The overall p, at the first coefficient of a term that has several.
    fn p_of_term(&self, own: &CoefficientRecord) -> String {
        let term = self.terms.iter().find(|term| term.term == own.term && term.df > 1);
        let robust = self.conventions.variance == "robust";
        match term.filter(|_| self.is_first(own)).and_then(|term| term.overall(robust)) {
            Some(test) => p_value(test.p),
            None => String::new(),
        }
    }

    fn rows_beside(&self, alone: &Univariable) -> Vec<Vec<String>> {
        let rows = alone.coefficients.iter().enumerate().map(|(at, own)| {
            let first = |text: String| if at == 0 { text } else { String::new() };
            let name = if own.level.is_none() { own.name.clone() } else { first(own.term.clone()) };
            let beside = self.coefficients.iter().find(|other| other.name == own.name);
            let none = || [String::new(), String::new(), String::new()];
            let full = beside.map_or_else(none, CoefficientRecord::cells);
            let p = beside.map(|own| self.p_of_term(own)).unwrap_or_default();
            let head = [name, own.level.clone().unwrap_or_default()];
            let counts = [first(count(alone.n)), first(count(alone.events))];
            let cells = head.into_iter().chain(counts).chain(own.cells()).chain(full);
            cells.chain([p]).collect()
        });
        rows.collect()
    }

    fn ph_grid(&self) -> Option<Grid> {
        let transform = self.ph_transform?;
        let row = |own: &PhRecord| {
            let TestRecord { statistic, df, p, .. } = own.test;
            vec![own.term.clone(), rounded(statistic, 3), df.to_string(), p_value(p)]
        };
        let grid = Grid::new(format!("Test of proportional hazards (time: {transform})"));
        let grid = grid.words(["term"]).numbers(["χ²", "df", "p"]);
        Some(grid.with_rows(self.ph_test.iter().map(row)))
    }

    fn baseline_grid(&self) -> Option<Grid> {
        self.baseline.first()?;
        let rows = self.baseline.iter().flat_map(|own| {
            let steps = own.time.iter().zip(&own.cumulative_hazard);
            steps.map(|(&at, &hazard)| vec![own.stratum.clone(), time(at), rounded(hazard, 4)])
        });
        let grid = Grid::new("Baseline cumulative hazard, covariates 0");
        Some(grid.words(["stratum"]).numbers(["time", "Λ₀"]).with_rows(rows))
    }

    fn selection_line(&self) -> Option<String> {
        let own = self.selection.as_ref()?;
        let words = |names: &[String]| match names {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        Some(format!(
            "Terms chosen by {}: {}; left out: {}. Intervals and p of the multivariable model ignore \
             the selection.",
            own.rule,
            words(&own.kept),
            words(&own.left_out)
        ))
    }

    fn test_lines(&self) -> Vec<String> {
        let line = |name: &str, own: &TestRecord| {
            chi_squared(name, (own.statistic, own.df), (own.p, own.ln_p))
        };
        let mut lines = vec![
            line("Likelihood-ratio test", &self.tests.likelihood_ratio),
            line("Wald test", &self.tests.wald),
            line("Score test", &self.tests.score),
        ];
        lines.extend(self.concordance.map(|own| {
            let std_err = own.std_err.map(|std_err| format!(" (SE {})", significant(std_err, 2)));
            format!("Concordance {:.3}{}", own.estimate, std_err.unwrap_or_default())
        }));
        lines
    }
}

impl CoefficientRecord {
    /// Hazard ratio, interval, p.
    pub(super) fn cells(&self) -> [String; 3] {
        let [ratio, interval] = words(self.status, self.hr, [self.hr_lower, self.hr_upper]);
        let p = match self.status {
            Status::Aliased | Status::Undetermined => String::new(),
            Status::Estimated | Status::Infinite => p_value(self.p),
        };
        [ratio, interval, p]
    }
}
