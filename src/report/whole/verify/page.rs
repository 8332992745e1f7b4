//! What verification found, for people.

use serde_json::Value;

use super::{Difference, Hashes, PageVerdict, Verdict, VerifyDocument};
use crate::report::grid::Grid;
use crate::report::number::NONE;
use crate::report::page::Page;

/// Differences that are shown; JSON and CSV have all.
const SHOWN: usize = 20;

impl VerifyDocument {
    pub(super) fn page(&self) -> Page {
        let verdict = match self.verdict {
            Verdict::Agrees => "agrees",
            Verdict::ValuesAgree => "values agree, page NOT COMPARED",
            Verdict::Differs => "DIFFERS",
        };
        let page = Page::new(format!("Verification of {}: {verdict}", self.report), "")
            .line(self.version_line())
            .line(self.plan.line("plan"))
            .line(self.data.line("data"))
            .line(self.values_line());
        let page = self.page_line().into_iter().fold(page, Page::line);
        let shown = (!self.differences.is_empty()).then(|| self.shown_grid());
        let page = page.grids(shown);
        let more = self.differences.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| format!("and {more} more; --format json has all"));
        let page = more.into_iter().fold(page, Page::line);
        let lines = self.lines.iter().map(|own| vec![own.line.to_string(), own.recorded.clone()]);
        let grid = Grid::new("Lines of the page that would not be written now");
        let grid = grid.numbers(["line"]).words(["text"]).with_rows(lines);
        page.grids((!self.lines.is_empty()).then_some(grid))
    }

    fn version_line(&self) -> String {
        let (recorded, here) = (&self.version.recorded, self.version.here);
        match recorded == here {
            true => format!("version: riskset {here}, the same"),
            false => format!("version: written by riskset {recorded}, verified by {here}"),
        }
    }

    fn values_line(&self) -> String {
        let rounding = match self.rounding {
            0 => String::new(),
            some => format!(", {some} the same but for rounding (1e-12 of their size)"),
        };
        let (compared, differ) = (self.compared, self.differences.len());
        format!("values: {compared} compared{rounding}, {differ} differ")
    }

    fn page_line(&self) -> Option<String> {
        let words = match self.page {
            PageVerdict::Same => "every byte is what would be written now, ends of lines aside",
            PageVerdict::NotCompared => {
                "NOT compared, as it says that another version wrote it: what it shows may have been \
                 changed"
            }
            PageVerdict::Differs if self.lines.is_empty() => return None,
            PageVerdict::Differs => {
                "its text was changed: the embedded results are right, but what is shown is not what \
                 would be written now"
            }
        };
        Some(format!("page: {words}"))
    }

    /// Every difference in a row.
    pub(super) fn differences_grid(&self) -> Grid {
        grid(&self.differences, |own| own.path.clone())
    }

    fn shown_grid(&self) -> Grid {
        let shown = self.differences.len().min(SHOWN);
        grid(&self.differences[..shown], Difference::place)
    }
}

fn grid(own: &[Difference], place: impl Fn(&Difference) -> String) -> Grid {
    let row = |own: &Difference| {
        let relative = own.relative.map_or_else(String::new, |own| format!("{own:.1e}"));
        vec![place(own), words(own.recorded.as_ref()), words(own.here.as_ref()), relative]
    };
    let grid = Grid::new("").words(["value"]).numbers(["recorded", "now", "relative"]);
    grid.with_rows(own.iter().map(row))
}

impl Difference {
    /// `analysis 1: groups/0/median/estimate`.
    fn place(&self) -> String {
        let own = self.path.strip_prefix("/analyses/").and_then(|rest| rest.split_once('/'));
        let own = own.and_then(|(at, rest)| Some((at.parse::<usize>().ok()?, rest)));
        match own {
            Some((at, rest)) => {
                format!("analysis {}: {}", at + 1, rest.strip_prefix("result/").unwrap_or(rest))
            }
            None => self.path.trim_start_matches('/').to_owned(),
        }
    }
}

/// A value as JSON has it; a dash for none.
fn words(own: Option<&Value>) -> String {
    own.map_or_else(|| NONE.to_owned(), Value::to_string)
}

impl Hashes {
    fn line(&self, what: &str) -> String {
        let Self { file, recorded, here, same } = self;
        match same {
            true => format!("{what}: {file}, the same (SHA-256 {here})"),
            false => {
                format!("{what}: {file} is ANOTHER one (SHA-256 {here}; recorded: {recorded})")
            }
        }
    }
}
