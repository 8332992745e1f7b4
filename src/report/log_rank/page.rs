//! A comparison for people.

use super::{GroupRecord, LogRankDocument, Pairs, PermutationRecord, Weighting};
use crate::compare::{Component, PairTest, TestWeight};
use crate::report::grid::Grid;
use crate::report::number::{NONE, chi_squared, count, estimate, p_sentence, p_value, rounded};
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
        let permutation = self.permutation.as_ref().map(PermutationRecord::line);
        let lines = trend.into_iter().chain(permutation).chain(self.ratio_line());
        let page = lines.fold(page, Page::line);
        let page = page.grids(self.component_grid());
        let page = page.grids(self.pairwise.as_ref().map(Pairs::grid));
        page.end(self.conventions.line(), note_lines(&self.notes))
    }

    /// The test by its usual name.
    pub(super) fn name(&self) -> String {
        match self.nesting.strata.as_slice() {
            [] => format!("{} test", self.kind.title()),
            _ if self.kind == Weighting::default() => "Stratified log-rank test".to_owned(),
            _ => format!("Stratified {} test", self.kind.title()),
        }
    }

    /// The result in a sentence.
    fn line(&self) -> String {
        match (self.statistic, self.df) {
            (Some(statistic), Some(df)) => {
                chi_squared(&self.name(), (statistic, df), (self.p, self.ln_p))
            }
            (statistic, _) => format!(
                "{}: max |Z| = {}, {}",
                self.name(),
                statistic.map_or_else(|| NONE.to_owned(), estimate),
                p_sentence(self.p, self.ln_p)
            ),
        }
    }

    fn component_grid(&self) -> Option<Grid> {
        self.components.first()?;
        let row = |own: &Component| {
            vec![own.weight.clone(), own.z.map_or_else(|| NONE.to_owned(), estimate)]
        };
        let grid = Grid::new("Components").words(["weight"]).numbers(["Z"]);
        Some(grid.with_rows(self.components.iter().map(row)))
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

impl Weighting {
    fn title(self) -> String {
        let Self::One(weight) = self else { return "MaxCombo".to_owned() };
        match weight {
            TestWeight::LogRank => "Log-rank".to_owned(),
            TestWeight::Gehan => "Gehan–Breslow".to_owned(),
            TestWeight::TaroneWare => "Tarone–Ware".to_owned(),
            TestWeight::Peto => "Peto–Peto".to_owned(),
            TestWeight::FlemingHarrington { rho, gamma } => {
                format!("Fleming–Harrington({rho}, {gamma})")
            }
        }
    }
}

impl PermutationRecord {
    fn line(&self) -> String {
        let all = format!("all {} arrangements", self.permutations);
        let how = match self.seed {
            Some(seed) => format!("{} random arrangements, seed {seed}", self.permutations),
            None => all,
        };
        format!("Permutation test ({how}): {}", p_sentence(self.p, None))
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
