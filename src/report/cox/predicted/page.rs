//! Predictions for people, and as records.

use std::io;

use super::{AdjustedRecord, CurveRecord, PointRecord, Predicted, ProfileRecord, RatioRecord};
use crate::cohort::Groups;
use crate::curve::ModelPoint;
use crate::report::csv::Csv;
use crate::report::grid::Grid;
use crate::report::number::{
    exact, exact_or_empty as optional, hazard_ratio, p_value, percent, probability,
    probability_range, time,
};

impl Predicted {
    pub(in crate::report::cox) fn grids(&self, conf_level: f64) -> Vec<Grid> {
        let interval = format!("{} CI", percent(conf_level));
        let mut grids = Vec::new();
        if let Some((first, others @ [_, ..])) = self.profiles.split_first() {
            let caption = format!("Hazard ratios against the profile {}", first.label);
            let grid = Grid::new(caption).words(["profile"]).numbers(["HR", &interval, "p"]);
            grids.push(grid.with_rows(others.iter().map(ProfileRecord::ratio)));
        }
        let profiles = self.profiles.iter();
        let profiles = profiles.flat_map(|own| own.curves.iter().map(|curve| (&own.label, curve)));
        let own: Vec<([&str; 2], &CurveRecord)> = profiles
            .map(|(label, curve)| ([label.as_str(), curve.label.as_str()], curve))
            .collect();
        grids.extend(curve_grid("Predicted survival", ["profile", "stratum"], &interval, &own));
        if let Some(AdjustedRecord { column, groups }) = &self.adjusted {
            let own: Vec<([&str; 2], &CurveRecord)> =
                groups.iter().map(|own| ([own.label.as_str(), ""], own)).collect();
            let caption = format!("Survival adjusted by {column}");
            grids.extend(curve_grid(&caption, ["group", "stratum"], &interval, &own));
        }
        grids
    }

    pub(in crate::report::cox) fn records(
        &self,
        csv: &mut Csv<'_>,
        leading: &[String],
    ) -> io::Result<()> {
        csv.header(leading, &TITLES.map(str::to_owned))?;
        for own in &self.profiles {
            let names = ["profile", &own.label];
            let ratio = &own.hazard_ratio;
            let ratio =
                [Some(ratio.hr), ratio.hr_lower, ratio.hr_upper, ratio.p].map(optional).to_vec();
            if own.curves.is_empty() {
                let none = (0..7).map(|_| String::new());
                let head = names.map(str::to_owned).into_iter();
                csv.record(head.chain(none).chain(ratio.clone()).collect())?;
            }
            own.curves.iter().try_for_each(|curve| curve.records(csv, names, &ratio))?;
        }
        let groups = self.adjusted.iter().flat_map(|own| &own.groups);
        let none = vec![String::new(); 4];
        groups.into_iter().try_for_each(|own| {
            let alone = CurveRecord { label: String::new(), ..own.clone() };
            alone.records(csv, ["adjusted", &own.label], &none)
        })
    }
}

const TITLES: [&str; 13] = [
    "kind",
    "label",
    "stratum",
    "time",
    "survival",
    "std_err",
    "lower",
    "upper",
    "cumulative_hazard",
    "hr",
    "hr_lower",
    "hr_upper",
    "p",
];

impl ProfileRecord {
    fn ratio(&self) -> Vec<String> {
        let RatioRecord { hr, hr_lower, hr_upper, p, .. } = self.hazard_ratio;
        let interval = match (hr_lower, hr_upper) {
            (Some(lower), Some(upper)) => {
                format!("{}–{}", hazard_ratio(lower), hazard_ratio(upper))
            }
            _ => probability(None),
        };
        vec![self.label.clone(), hazard_ratio(hr), interval, p_value(p)]
    }
}

impl CurveRecord {
    /// The times asked for, else all steps.
    fn shown(&self) -> Vec<(PointRecord, Option<f64>)> {
        if self.landmarks.is_empty() { self.listed() } else { self.at_times() }
    }

    /// All steps where they were asked for, else the times asked for.
    fn listed(&self) -> Vec<(PointRecord, Option<f64>)> {
        match &self.curve {
            Some(steps) => {
                let step = |own: &ModelPoint| {
                    (PointRecord::new(own.time, Some(*own)), Some(own.cumulative_hazard))
                };
                steps.iter().map(step).collect()
            }
            None => self.at_times(),
        }
    }

    fn at_times(&self) -> Vec<(PointRecord, Option<f64>)> {
        let hazard = |own: &PointRecord| own.survival.map(|survival| -survival.ln() + 0.0);
        self.landmarks.iter().map(|own| (*own, hazard(own))).collect()
    }

    fn records(&self, csv: &mut Csv<'_>, names: [&str; 2], ratio: &[String]) -> io::Result<()> {
        self.listed().into_iter().try_for_each(|(own, hazard)| {
            let head = [names[0], names[1], self.label.as_str()].map(str::to_owned);
            let numbers = [own.survival, own.std_err, own.lower, own.upper, hazard];
            let cells = head.into_iter().chain([exact(own.time)]).chain(numbers.map(optional));
            csv.record(cells.chain(ratio.iter().cloned()).collect())
        })
    }
}

/// Curves at the times asked for or, with all steps, at those; a stratum's column where there is one.
fn curve_grid(
    caption: &str,
    [first, second]: [&str; 2],
    interval: &str,
    curves: &[([&str; 2], &CurveRecord)],
) -> Option<Grid> {
    let overall = Groups::single().label(0);
    let strata = curves.iter().any(|([_, stratum], _)| !["", &overall].contains(stratum));
    let rows = curves.iter().flat_map(|(names, curve)| {
        curve.shown().into_iter().map(|(own, _)| {
            let names = names[..1 + usize::from(strata)].iter().map(|&name| name.to_owned());
            let limits = probability_range([own.lower, own.upper]);
            let numbers = [own.survival, own.std_err].map(probability);
            names.chain([time(own.time)]).chain(numbers).chain([limits]).collect()
        })
    });
    let rows: Vec<Vec<String>> = rows.collect();
    rows.first()?;
    let grid = Grid::new(caption).words([first]).words(strata.then_some(second));
    let grid = grid.numbers(["time", "survival", "SE"]).words([interval]);
    Some(grid.with_rows(rows))
}
