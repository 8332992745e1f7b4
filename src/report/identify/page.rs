//! Matches for people.

use super::{IdentifyDocument, TITLES, cells, packages, roundings};
use crate::report::grid::Grid;
use crate::report::number::rounded;
use crate::report::page::Page;
use crate::report::record::note_lines;
use crate::reproduce::identify::Match;

/// Ways that differ in the divisor alone.
struct Line {
    cells: [String; 8],
    rounding: String,
    packages: String,
    computed: String,
    chances: Vec<f64>,
}

const DIVISOR: usize = 4;

impl IdentifyDocument {
    pub(super) fn whole_page(&self) -> Page {
        let heading = format!("What makes the {} {}", self.words(), self.published);
        let page = Page::new(heading, self.formula.clone()).line(self.data.line());
        let ways = if self.tried == 1 { "way" } else { "ways" };
        let page = page.line(match self.has_match() {
            true => format!("{} of {} {ways} give every printed digit", self.count(), self.tried),
            false => {
                format!("None of {} {ways} gives every printed digit; the nearest:", self.tried)
            }
        });
        page.grid(self.grid()).end("", self.ending())
    }

    /// The statistic in words.
    fn words(&self) -> String {
        match self.statistic.as_str() {
            "hr" => "hazard ratio".to_owned(),
            name => name.replace("rate@", "rate at "),
        }
    }

    /// Ways that match, roundings counted.
    fn count(&self) -> usize {
        self.matches.iter().map(|own| own.rounding.len()).sum()
    }

    fn grid(&self) -> Grid {
        let lines = lines(self.shown());
        let used: Vec<usize> = (0..TITLES.len())
            .filter(|&at| lines.iter().any(|line| !line.cells[at].is_empty()))
            .collect();
        let grid = Grid::new("").words(used.iter().map(|&at| TITLES[at]));
        let (grid, matched) = match self.has_match() {
            true => (grid.words(["rounding", "package"]).numbers(["by chance"]), true),
            false => (grid.words(["package", "prints"]), false),
        };
        grid.with_rows(lines.iter().map(|line| {
            let own = used.iter().map(|&at| line.cells[at].clone());
            let rest = match matched {
                true => vec![line.rounding.clone(), line.packages.clone(), line.chance(self.draws)],
                false => vec![line.packages.clone(), line.computed.clone()],
            };
            own.chain(rest).collect()
        }))
    }

    fn ending(&self) -> Vec<String> {
        let mut notes = note_lines(&self.notes);
        if self.has_match() {
            notes.push(format!(
                "by chance: the share of {} other data of that size (subjects drawn again and their \
                 times moved, seed {}) that print the same digits in the same way; in any way, {}",
                self.draws,
                self.seed,
                share(self.chance_of_any, self.draws)
            ));
        }
        notes
    }
}

fn lines(matches: &[Match]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for own in matches {
        let new = Line {
            cells: cells(own),
            rounding: roundings(&own.rounding),
            packages: packages(own),
            computed: own.computed.clone(),
            chances: own.chance.into_iter().collect(),
        };
        match lines.iter_mut().find(|line| line.is_like(&new)) {
            Some(line) => {
                let more = format!(", {}", new.cells[DIVISOR]);
                line.cells[DIVISOR].push_str(&more);
                line.chances.extend(new.chances);
            }
            None => lines.push(new),
        }
    }
    lines
}

impl Line {
    fn is_like(&self, other: &Self) -> bool {
        let others = (0..TITLES.len()).filter(|&at| at != DIVISOR);
        let mut same = others.map(|at| self.cells[at] == other.cells[at]);
        same.all(|own| own)
            && (&self.rounding, &self.packages, &self.computed)
                == (&other.rounding, &other.packages, &other.computed)
    }

    /// The chance of a match, or those of several divisors from the smallest to the largest.
    fn chance(&self, draws: u64) -> String {
        let low = self.chances.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.chances.iter().copied().fold(0.0, f64::max);
        let (low, high) = (share(low, draws), share(high, draws));
        if low == high { low } else { format!("{low}–{high}") }
    }
}

/// A share of some draws as a percentage; none of them is less than one of them.
fn share(share: f64, draws: u64) -> String {
    if share == 0.0 {
        return format!("<{} %", rounded(100.0 / draws.max(1) as f64, 2));
    }
    format!("{} %", rounded(100.0 * share, 2))
}
