//! A Kaplan–Meier document for people.

use super::KmDocument;
use super::contrast::RmstPair;
use super::group::{GroupRecord, StepRecord, Steps};
use crate::curve::Mean;
use crate::report::grid::Grid;
use crate::report::number::{
    self, count, estimate, estimate_range, p_value, percent, probability, probability_range,
    reached_interval, rounded, time,
};
use crate::report::page::Page;
use crate::report::record::note_lines;

impl KmDocument {
    pub(super) fn whole_page(&self) -> Page {
        let page = Page::new("Kaplan–Meier", self.formula.as_str())
            .line(self.data.line())
            .grid(self.overview());
        let tables = [
            self.quantiles(),
            self.landmarks(),
            self.restricted_means(),
            self.rmst_contrasts(),
            self.means(),
            self.follow_up(),
            self.bootstrap_grid(),
        ];
        let page = page.grids(tables.into_iter().flatten()).grids(self.curves());
        let test = self.test.iter().flatten().map(|test| test.line());
        let page = test.chain(self.ratio_line()).fold(page, Page::line);
        page.end(self.conventions.line(), note_lines(&self.notes))
    }

    /// Its tables alone, for a document that has the groups as one of its parts.
    pub(in crate::report) fn group_tables(&self) -> Vec<Grid> {
        let tables = [self.landmarks(), self.restricted_means(), self.rmst_contrasts()];
        std::iter::once(self.overview()).chain(tables.into_iter().flatten()).collect()
    }

    /// The line of conventions.
    pub(in crate::report) fn conventions_line(&self) -> String {
        self.conventions.line()
    }

    /// `95 % CI`.
    fn interval(&self) -> String {
        format!("{} CI", percent(self.conf_level))
    }

    fn overview(&self) -> Grid {
        let median = format!("median ({})", self.interval());
        let row = |group: &GroupRecord| {
            vec![group.label.clone(), count(group.n), count(group.events), group.median()]
        };
        Grid::new("")
            .words(["group"])
            .numbers(["n", "events"])
            .words([median])
            .with_rows(self.groups.iter().map(row))
    }

    fn quantiles(&self) -> Option<Grid> {
        let first = self.groups.first().filter(|group| !group.quantiles.is_empty())?;
        let titles = first.quantiles.iter().map(|own| format!("{} failed", percent(own.p)));
        let grid = Grid::new(format!("Quantiles ({})", self.interval()));
        Some(grid.words(["group"]).words(titles).with_rows(self.groups.iter().map(|group| {
            let cells = group.quantiles.iter();
            let cells = cells.map(|own| reached_interval(own.estimate, [own.lower, own.upper]));
            std::iter::once(group.label.clone()).chain(cells).collect()
        })))
    }

    fn landmarks(&self) -> Option<Grid> {
        self.groups.first().filter(|group| !group.landmarks.is_empty())?;
        let rows = self.groups.iter().flat_map(|group| {
            group.landmarks.iter().map(|own| {
                vec![
                    group.label.clone(),
                    time(own.time),
                    count(own.n_risk),
                    probability(own.survival),
                    probability(own.std_err),
                    probability_range([own.lower, own.upper]),
                ]
            })
        });
        let grid = Grid::new("Survival at chosen times").words(["group"]);
        let grid = grid.numbers(["time", "at risk", "survival", "SE"]).words([self.interval()]);
        Some(grid.with_rows(rows))
    }

    fn restricted_means(&self) -> Option<Grid> {
        let tau = self.groups.first()?.rmst?.tau;
        let caption = format!("Restricted mean survival time up to τ = {}", time(tau));
        let rows = self.groups.iter().filter_map(|group| Some(mean_row(group, group.rmst?)));
        Some(self.mean_grid(caption).with_rows(rows))
    }

    fn means(&self) -> Option<Grid> {
        self.groups.first()?.mean?;
        let caption = format!("Mean survival time {}", self.conventions.words.mean_words());
        let row = |group: &GroupRecord| match group.mean? {
            Some(mean) => Some(mean_row(group, mean)),
            None => Some(std::iter::once(group.label.clone()).chain(dashes(3)).collect()),
        };
        Some(self.mean_grid(caption).with_rows(self.groups.iter().filter_map(row)))
    }

    fn mean_grid(&self, caption: String) -> Grid {
        let grid = Grid::new(caption).words(["group"]).numbers(["mean", "SE"]);
        grid.words([self.interval()])
    }

    fn rmst_contrasts(&self) -> Option<Grid> {
        self.rmst_comparison.first()?;
        let interval = self.interval();
        let grid = Grid::new("Restricted means compared")
            .words(["groups".to_owned(), format!("difference ({interval})")])
            .numbers(["p"])
            .words([format!("ratio ({interval})")])
            .numbers(["p"]);
        Some(grid.with_rows(self.rmst_comparison.iter().map(RmstPair::cells)))
    }

    fn follow_up(&self) -> Option<Grid> {
        self.groups.first()?.follow_up?;
        let rows = self.groups.iter().filter_map(|group| {
            let own = group.follow_up?;
            let median = reached_interval(own.median, [own.lower, own.upper]);
            Some(vec![group.label.clone(), median])
        });
        let title = format!("median ({})", self.interval());
        let grid = Grid::new("Follow-up (reverse Kaplan–Meier)");
        Some(grid.words(["group".to_owned(), title]).with_rows(rows))
    }

    fn curves(&self) -> impl Iterator<Item = Grid> {
        self.groups.iter().filter_map(|group| {
            let caption = format!("Curve of {}", group.label);
            Some(self.curve(caption, group.curve.as_ref()?))
        })
    }

    fn curve(&self, caption: String, steps: &Steps) -> Grid {
        let band = steps.band.is_some().then(|| format!("{} band", percent(self.conf_level)));
        let grid = Grid::new(caption)
            .numbers(["time", "at risk", "events", "censored", "survival", "SE"])
            .words([self.interval()])
            .words(band)
            .numbers(["cumulative hazard"]);
        grid.with_rows(steps.iter().map(|step| step.words()))
    }
}

impl StepRecord {
    fn words(&self) -> Vec<String> {
        let mut cells = vec![time(self.time)];
        cells.extend([self.n_risk, self.n_event, self.n_censor].map(count));
        cells.extend([Some(self.survival), self.std_err].map(probability));
        cells.push(probability_range([self.lower, self.upper]));
        if let (Some(lower), Some(upper)) = (self.band_lower, self.band_upper) {
            cells.push(probability_range([lower, upper]));
        }
        cells.push(rounded(self.cumulative_hazard, 4));
        cells
    }
}

impl GroupRecord {
    /// `270 (210–306)`.
    pub(super) fn median(&self) -> String {
        reached_interval(self.median.estimate, [self.median.lower, self.median.upper])
    }
}

impl RmstPair {
    fn cells(&self) -> Vec<String> {
        let (difference, ratio) = (&self.difference, &self.ratio);
        let with = |value: f64, lower: f64, upper: f64| {
            format!("{} ({})", estimate(value), estimate_range(lower, upper))
        };
        vec![
            format!("{} against {}", self.b, self.a),
            with(difference.estimate, difference.lower, difference.upper),
            p_value(difference.p),
            with(ratio.estimate, ratio.lower, ratio.upper),
            p_value(ratio.p),
        ]
    }
}

fn mean_row(group: &GroupRecord, mean: Mean) -> Vec<String> {
    vec![
        group.label.clone(),
        estimate(mean.estimate),
        estimate(mean.std_err),
        estimate_range(mean.lower, mean.upper),
    ]
}

fn dashes(cells: usize) -> impl Iterator<Item = String> {
    std::iter::repeat_n(number::NONE.to_owned(), cells)
}
