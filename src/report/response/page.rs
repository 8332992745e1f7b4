//! Responses for people.

use super::{ComparisonRecord, GroupRecord, Limits, RateRecord, ResponseDocument};
use crate::report::grid::Grid;
use crate::report::number::{p_value, percent, probability, probability_range, share};
use crate::report::page::Page;
use crate::report::record::note_lines;

impl ResponseDocument {
    pub(super) fn whole_page(&self) -> Page {
        let by = self.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let heading = format!("Best overall response {}{by}", self.column);
        let page = Page::new(heading, "").line(self.data.line()).grid(self.counts());
        let page = page.grid(self.rates()).grids(self.differences());
        page.end(self.conventions(), note_lines(&self.notes))
    }

    fn interval(&self) -> String {
        format!("{} CI", percent(self.conf_level))
    }

    fn label(&self, group: &GroupRecord) -> String {
        match (&self.by, &group.level) {
            (Some(by), Some(level)) => format!("{by}={level}"),
            _ => "all".to_owned(),
        }
    }

    pub(super) fn counts(&self) -> Grid {
        let groups = self.groups.iter().map(|own| format!("{} (n = {})", self.label(own), own.n));
        let grid = Grid::new("").words(["response"]).words(groups);
        let row = |title: &str, count: &dyn Fn(&GroupRecord) -> u64| {
            let cell = |group: &GroupRecord| {
                let n = count(group);
                let part = (group.n > 0).then(|| n as f64 / group.n as f64);
                format!("{n} ({})", share(part, None))
            };
            std::iter::once(title.to_owned()).chain(self.groups.iter().map(cell)).collect()
        };
        let categories = self.categories.iter().enumerate();
        let rows = categories.map(|(at, own)| row(&own.category, &|group| group.counts[at]));
        let missing = self.groups.iter().any(|group| group.missing > 0);
        let missing = missing.then(|| row("missing", &|group| group.missing));
        grid.with_rows(rows.chain(missing))
    }

    fn rates(&self) -> Grid {
        let interval = self.interval();
        let titles = [format!("{interval} (exact)"), format!("{interval} (Wilson)")];
        let grid = Grid::new("Rates").words(["rate", "among", "group"]);
        let grid = grid.numbers(["events", "n", "estimate"]).words(titles);
        let rates = self.groups.first().map_or(0, |own| own.rates.len());
        let rows = (0..rates).flat_map(|at| {
            self.groups.iter().map(move |group| group.rates[at].cells(self.label(group)))
        });
        grid.with_rows(rows)
    }

    fn differences(&self) -> Option<Grid> {
        self.comparisons.first()?;
        let by = self.by.as_deref().unwrap_or_default();
        let grid = Grid::new("Differences").words(["rate", "among", "groups"]);
        let grid = grid.numbers(["difference"]).words([self.interval()]).numbers(["p"]);
        Some(grid.with_rows(self.comparisons.iter().map(|own| own.cells(by))))
    }

    fn conventions(&self) -> String {
        let compared = match self.comparisons.is_empty() {
            true => "",
            false => "; differences by Newcombe's hybrid score; p: Fisher's exact test",
        };
        format!(
            "Conventions: ORR is CR and PR, DCR these and SD; treated: all rows, evaluable: without \
             missing and NE; exact interval of Clopper and Pearson{compared}"
        )
    }
}

impl RateRecord {
    fn cells(&self, label: String) -> Vec<String> {
        let limits = |own: Option<Limits>| {
            probability_range([own.map(|own| own.lower), own.map(|own| own.upper)])
        };
        vec![
            self.rate.to_owned(),
            self.denominator.to_owned(),
            label,
            self.events.to_string(),
            self.n.to_string(),
            probability(self.estimate),
            limits(self.clopper_pearson),
            limits(self.wilson),
        ]
    }
}

impl ComparisonRecord {
    fn cells(&self, by: &str) -> Vec<String> {
        vec![
            self.rate.to_owned(),
            self.denominator.to_owned(),
            format!("{by}={} against {by}={}", self.b, self.a),
            probability(self.difference),
            probability_range([self.lower, self.upper]),
            p_value(self.p),
        ]
    }
}
