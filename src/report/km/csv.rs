//! A Kaplan–Meier document as records: one a group or, with the curve, one a step.

use std::io;

use super::KmDocument;
use super::group::{GroupRecord, StepRecord};
use crate::report::csv::Csv;
use crate::report::number::{exact, exact_or_empty as optional};

impl KmDocument {
    pub(super) fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        if self.groups.iter().any(|group| group.curve.is_some()) {
            csv.header(leading, &self.step_titles())?;
            return self.groups.iter().try_for_each(|group| steps(csv, group));
        }
        let titles = self.groups.first().map(titles).unwrap_or_default();
        csv.header(leading, &titles)?;
        self.groups.iter().try_for_each(|group| csv.record(self.cells(group)))
    }

    fn step_titles(&self) -> Vec<String> {
        let steps = self.groups.iter().filter_map(|group| group.curve.as_ref());
        let band = steps.into_iter().any(|steps| steps.band.is_some());
        let extra = if band { BAND_TITLES.as_slice() } else { &[] };
        STEP_TITLES.iter().chain(extra).map(|&title| title.to_owned()).collect()
    }

    fn cells(&self, group: &GroupRecord) -> Vec<String> {
        let test = self.test.iter().flatten().next();
        let mut cells = vec![group.label.clone()];
        cells.extend([group.n, group.events, group.censored].map(exact));
        let median = &group.median;
        cells.extend([median.estimate, median.lower, median.upper].map(optional));
        for own in &group.quantiles {
            cells.extend([own.estimate, own.lower, own.upper].map(optional));
        }
        for own in &group.landmarks {
            cells.push(exact(own.n_risk));
            cells.extend([own.survival, own.std_err, own.lower, own.upper].map(optional));
        }
        for own in [group.rmst.map(Some), group.mean].into_iter().flatten() {
            cells.extend(match own {
                Some(own) => [own.tau, own.estimate, own.std_err, own.lower, own.upper].map(exact),
                None => [const { String::new() }; 5],
            });
        }
        if let Some(own) = &group.follow_up {
            cells.extend([own.median, own.lower, own.upper].map(optional));
        }
        cells.extend(group.bootstrap_limits().into_iter().map(optional));
        cells.push(optional(test.and_then(|test| test.p)));
        cells
    }
}

const STEP_TITLES: [&str; 11] = [
    "group",
    "time",
    "n_risk",
    "n_event",
    "n_censor",
    "survival",
    "std_err",
    "lower",
    "upper",
    "cumulative_hazard",
    "cumulative_hazard_std_err",
];

const BAND_TITLES: [&str; 2] = ["band_lower", "band_upper"];

fn steps(csv: &mut Csv<'_>, group: &GroupRecord) -> io::Result<()> {
    let mut steps = group.curve.iter().flat_map(|steps| steps.iter());
    steps.try_for_each(|step| csv.record(step.cells(&group.label)))
}

impl StepRecord {
    fn cells(&self, group: &str) -> Vec<String> {
        let mut cells = vec![group.to_owned()];
        cells.extend([self.time, self.n_risk, self.n_event, self.n_censor].map(exact));
        cells.push(exact(self.survival));
        cells.extend([self.std_err, self.lower, self.upper].map(optional));
        cells.push(exact(self.cumulative_hazard));
        cells.push(optional(self.cumulative_hazard_std_err));
        cells.extend([self.band_lower, self.band_upper].into_iter().flatten().map(optional));
        cells
    }
}

fn titles(group: &GroupRecord) -> Vec<String> {
    let mut titles = ["group", "n", "events", "censored"].map(str::to_owned).to_vec();
    let limits = |name: &str| [name.to_owned(), format!("{name}_lower"), format!("{name}_upper")];
    titles.extend(limits("median"));
    for own in &group.quantiles {
        titles.extend(limits(&format!("quantile_{}", own.p)));
    }
    for own in &group.landmarks {
        let words = ["n_risk", "survival", "std_err", "lower", "upper"];
        titles.extend(words.map(|word| format!("{word}_{}", own.time)));
    }
    for (name, there) in [("rmst", group.rmst.is_some()), ("mean", group.mean.is_some())] {
        let words = ["tau", "estimate", "std_err", "lower", "upper"];
        titles.extend(words.map(|word| format!("{name}_{word}")).into_iter().filter(|_| there));
    }
    if group.follow_up.is_some() {
        titles.extend(limits("follow_up"));
    }
    titles.extend(group.bootstrap_titles());
    titles.push("p".to_owned());
    titles
}
