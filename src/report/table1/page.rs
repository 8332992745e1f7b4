//! A descriptive table for people.

use super::{
    Center, NumberRecord, Shown, Spread, SummaryRecord, Table1Document, TestRecord, Values,
    VariableRecord,
};
use crate::report::grid::{Align, Grid};
use crate::report::number::{NONE, estimate, p_value, share};
use crate::report::page::Page;
use crate::report::record::note_lines;

impl Table1Document {
    pub(super) fn whole_page(&self) -> Page {
        let by = self.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let page = Page::new(format!("Table 1{by}"), "").line(self.data.line()).grid(self.grid());
        page.end(self.conventions_line(), note_lines(&self.notes))
    }

    pub(super) fn grid(&self) -> Grid {
        let by = self.by.as_deref().unwrap_or_default();
        let groups = self.groups.iter().map(|own| format!("{by}={} (n = {})", own.level, own.n));
        let overall = self.shown.overall.then(|| format!("all (n = {})", self.data.used));
        let grid = Grid::new("").nested(["variable", ""]).words(groups).words(overall);
        let tested = self.variables.iter().any(|own| own.test.is_some());
        let differences = self.variables.iter().any(|own| own.smd.is_some());
        let grid = grid.of_block(tested.then_some("p"), Align::Right);
        let grid = grid.of_block(tested.then_some("test"), Align::Left);
        let grid = grid.of_block(differences.then_some("SMD"), Align::Right);
        grid.with_rows(self.variables.iter().flat_map(|own| self.rows(own)))
    }

    /// A line a level, or one of numbers; then those that are missing.
    fn rows(&self, own: &VariableRecord) -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> = match own.kind {
            "continuous" => vec![own.row(self.shown.title(), |summary| match &summary.values {
                Values::Numbers(numbers) => self.shown.numbers(numbers),
                Values::Levels { .. } => String::new(),
            })],
            _ => own.shown_levels().map(|at| self.level_row(own, at)).collect(),
        };
        if own.missing > 0 {
            rows.push(own.row("missing", |summary| summary.missing.to_string()));
        }
        let tests = own.test_cells();
        for (at, row) in rows.iter_mut().enumerate() {
            let first = |text: &String| if at == 0 { text.clone() } else { String::new() };
            row.insert(0, first(&own.variable));
            row.extend(tests.iter().map(first));
        }
        rows
    }

    fn level_row(&self, own: &VariableRecord, at: usize) -> Vec<String> {
        own.row(&own.levels[at], |summary| match &summary.values {
            Values::Levels { counts, proportions } => self.shown.count(counts[at], proportions[at]),
            Values::Numbers(_) => String::new(),
        })
    }

    fn conventions_line(&self) -> String {
        let own = &self.conventions;
        let numbers = match own.test {
            Some("means") => "; Welch's t of two groups, analysis of variance of more",
            Some(_) => {
                "; Wilcoxon of two groups (exact below 50 each without ties, else with continuity \
                 correction), Kruskal–Wallis of more"
            }
            None => "",
        };
        let levels = own.test.map(|_| {
            let below = own.fisher_below;
            format!("; Fisher's test where fewer than {below} are expected, else χ² uncorrected")
        });
        format!(
            "Conventions ({}): n (% of those known); quartiles of type {}{}{numbers}",
            own.dialect.title(),
            own.quantile_type,
            levels.unwrap_or_default(),
        )
    }
}

impl VariableRecord {
    fn summaries(&self) -> impl Iterator<Item = &SummaryRecord> {
        self.groups.iter().chain(&self.overall)
    }

    fn row(&self, title: &str, cell: impl Fn(&SummaryRecord) -> String) -> Vec<String> {
        std::iter::once(title.to_owned()).chain(self.summaries().map(cell)).collect()
    }

    fn test_cells(&self) -> Vec<String> {
        let test = self.test.iter().flat_map(|own| match own {
            Some(TestRecord { p, kind, .. }) => [p_value(Some(*p)), kind.title().to_owned()],
            None => [NONE.to_owned(), String::new()],
        });
        let none = || NONE.to_owned();
        let smd = self.smd.iter().map(|own| own.map_or_else(none, |smd| format!("{smd:.2}")));
        test.chain(smd).collect()
    }
}

impl Shown {
    fn title(self) -> &'static str {
        match (self.center, self.spread) {
            (Center::Median, Spread::Usual) => "median (Q1–Q3)",
            (Center::Median, Spread::Range) => "median (range)",
            (Center::Mean, Spread::Usual) => "mean (SD)",
            (Center::Mean, Spread::Range) => "mean (range)",
        }
    }

    /// A number as the table has it.
    pub(super) fn number(self, value: Option<f64>) -> String {
        match (value, self.digits) {
            (None, _) => NONE.to_owned(),
            (Some(value), None) => estimate(value),
            (Some(value), Some(digits)) => format!("{value:.digits$}"),
        }
    }

    /// `12 (34 %)`.
    fn count(self, count: u64, proportion: Option<f64>) -> String {
        format!("{count} ({})", self.share(proportion))
    }

    /// `34 %`.
    pub(super) fn share(self, proportion: Option<f64>) -> String {
        share(proportion, self.digits)
    }

    fn numbers(self, own: &NumberRecord) -> String {
        let center = match self.center {
            Center::Median => own.median,
            Center::Mean => own.mean,
        };
        if center.is_none() {
            return NONE.to_owned();
        }
        let spread = match (self.center, self.spread) {
            (Center::Mean, Spread::Usual) => self.number(own.sd),
            (Center::Median, Spread::Usual) => self.range(own.q1, own.q3),
            (_, Spread::Range) => self.range(own.min, own.max),
        };
        format!("{} ({spread})", self.number(center))
    }

    fn range(self, lower: Option<f64>, upper: Option<f64>) -> String {
        crate::report::number::range(&self.number(lower), &self.number(upper))
    }
}
