//! A comparison for people.

use super::{GroupRecord, LogRankDocument, Pairs};
use crate::compare::{PairTest, TestWeight};
use crate::report::grid::Grid;
use crate::report::number::{chi_squared, count, p_value, rounded};
use crate::report::page::Page;
use crate::report::record::note_lines;

impl LogRankDocument {
    pub(super) fn whole_page(&self) -> Page {
        let page = Page::new(self.name(), self.formula.as_str())
            .line(self.data.line())
            .grid(self.overview())
            .line(self.line());
        let trend = self
            .trend
            .map(|own| chi_squared("Test for trend", (own.statistic, own.df), (own.p, own.ln_p)));
        let page = trend.into_iter().fold(page, Page::line);
        let page = page.grids(self.pairwise.as_ref().map(Pairs::grid));
        page.end(self.conventions.line(), note_lines(&self.notes))
    }

    /// The test by its usual name.
    pub(super) fn name(&self) -> String {
        match self.kind {
            TestWeight::LogRank => "Log-rank test".to_owned(),
            TestWeight::Gehan => "Gehan–Breslow test".to_owned(),
            TestWeight::TaroneWare => "Tarone–Ware test".to_owned(),
            TestWeight::Peto => "Peto–Peto test".to_owned(),
            TestWeight::FlemingHarrington { rho, gamma } => {
                format!("Fleming–Harrington({rho}, {gamma}) test")
            }
        }
    }

    /// The result in a sentence.
    fn line(&self) -> String {
        let df = self.df.unwrap_or_default();
        chi_squared(&self.name(), (self.statistic, df), (self.p, self.ln_p))
    }

    fn overview(&self) -> Grid {
        let row = |group: &GroupRecord| {
            vec![
                group.label.clone(),
                count(group.n),
                count(group.observed),
                rounded(group.expected, 4),
            ]
        };
        let grid = Grid::new("").words(["group"]).numbers(["n", "observed", "expected"]);
        grid.with_rows(self.groups.iter().map(row))
    }
}

impl Pairs {
    fn grid(&self) -> Grid {
        let row = |pair: &PairTest| {
            vec![
                format!("{} against {}", pair.a, pair.b),
                rounded(pair.statistic, 3),
                p_value(pair.p),
                p_value(pair.p_adjusted),
            ]
        };
        let grid = Grid::new(format!("Pairs of groups, p {}", self.adjustment));
        let grid = grid.words(["groups"]).numbers(["χ²", "p", "p adjusted"]);
        grid.with_rows(self.tests.iter().map(row))
    }
}
