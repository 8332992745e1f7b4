//! The hazard ratio of two groups, which a figure of their curves shows.

use std::io;

use serde::Serialize;

use super::nesting::strata_words;
use super::number::{self, NONE, hazard_ratio};
use super::plot::group_name;
use super::results::{Place, Results, Stat};
use super::whole::{Methods, Source, Topic, ties_words};
use crate::cohort::{Cohort, Design, Groups};
use crate::convention::Conventions;
use crate::cox::{Coefficient, Cox, CoxFit, Status};
use crate::error::{Error, ErrorKind, Result};
use crate::note::Note;

/// The second group against the first, by a Cox model of the groups alone within the strata.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RatioRecord {
    group: String,
    reference: String,
    status: Status,
    hr: Option<f64>,
    hr_lower: Option<f64>,
    hr_upper: Option<f64>,
    p: Option<f64>,
    conf_level: f64,
    ties: &'static str,
    variance: &'static str,
    /// What limits and p are made by; null where there are none.
    interval: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    strata: Vec<String>,
    /// The groups as figures name them, the reference first.
    #[serde(skip)]
    names: [String; 2],
}

impl RatioRecord {
    /// There for two groups; a note says why where their hazards cannot be compared.
    pub(super) fn new(
        cohort: &Cohort,
        conventions: &Conventions,
        conf_level: f64,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Self>> {
        if cohort.groups().len() != 2 {
            return Ok(None);
        }
        let cox = Cox::default()
            .ties(conventions.cox_ties)
            .conf_level(conf_level)
            .small_sample(conventions.small_sample);
        let design = Design::of_groups(cohort)?;
        let own = cox.fit(cohort, &design).and_then(|fit| Self::of(&fit, cohort, conf_level));
        match own {
            Ok(own) => {
                notes.extend(own.separation(cohort));
                Ok(Some(own))
            }
            Err(error) => match error.kind() {
                ErrorKind::Analysis(reason) => {
                    notes.push(Note::Remark(format!("no hazard ratio: {reason}")));
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }

    fn of(fit: &CoxFit<'_>, cohort: &Cohort, conf_level: f64) -> Result<Self> {
        let groups = cohort.groups();
        let found = |own: &Coefficient| matches!(own.status, Status::Estimated | Status::Infinite);
        let own = fit.coefficients().into_iter().find(found).ok_or_else(|| {
            let labels = groups.labels().join(" and ");
            Error::analysis(format!("no event at which {labels} are both at risk"))
        })?;
        Ok(Self {
            group: groups.label(1),
            reference: groups.label(0),
            status: own.status,
            hr: own.hazard_ratio,
            hr_lower: own.interval.lower,
            hr_upper: own.interval.upper,
            p: own.p,
            conf_level,
            ties: fit.ties().name(),
            variance: if fit.is_robust() { "robust" } else { "model" },
            interval: match (own.status, own.p) {
                (_, None) => None,
                (Status::Infinite, _) => Some("profile-likelihood"),
                _ => Some("Wald"),
            },
            strata: cohort.strata().terms().to_vec(),
            names: [0, 1].map(|group| name(groups, group)),
        })
    }

    /// What is to be known of a ratio of 0 or ∞.
    fn separation(&self, cohort: &Cohort) -> Option<Note> {
        let ratio = format!("hazard ratio of {} against {}", self.group, self.reference);
        (self.status == Status::Infinite).then(|| Note::Separation {
            coefficients: vec![ratio],
            profiled: !cohort.is_dependent(),
        })
    }

    /// `HR 0.59 (95 % CI 0.42–0.82), sex = 2 against sex = 1`.
    fn line(&self) -> String {
        let [reference, group] = &self.names;
        let [ratio, interval] = words(self.status, self.hr, [self.hr_lower, self.hr_upper]);
        let name = if self.strata.is_empty() { "HR" } else { "Stratified HR" };
        let kind = match self.interval {
            Some("profile-likelihood") => "profile-likelihood CI",
            _ => "CI",
        };
        let level = number::percent(self.conf_level);
        let limits = match self.interval {
            Some(_) => format!("{level} {kind} {interval}"),
            None => format!("no {kind}"),
        };
        format!("{name} {ratio} ({limits}), {group} against {reference}")
    }

    /// What methods say of it.
    pub(super) fn methods(&self, methods: &mut Methods) {
        let level = number::percent(self.conf_level);
        let limits = match self.interval {
            Some("Wald") => format!("its {level} interval is Wald's"),
            Some(_) => {
                format!("its {level} interval is by the profile likelihood {}", Source::Venzon)
            }
            None => "it is not finite, and has no interval".to_owned(),
        };
        let variance = match self.variance {
            "robust" => format!(", its variance robust {}", Source::LinWei),
            _ => String::new(),
        };
        let text = format!(
            "The hazard ratio of two groups, the second against the first, is that of Cox regression {} on the \
             groups alone{}, with {}{variance}; {limits}",
            Source::Cox,
            strata_words(&self.strata),
            ties_words(self.ties),
        );
        methods.say(Topic::Ratio, text);
    }

    /// Statistic by statistic.
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let place = Place::of("hazard ratio");
        let numbers = [
            (Stat::HR, self.hr),
            (Stat::HR_LOWER, self.hr_lower),
            (Stat::HR_UPPER, self.hr_upper),
            (Stat::P, self.p),
        ];
        results.all(&place.level(format!("{} against {}", self.group, self.reference)), numbers)
    }
}

/// What figure and page say of the ratio of two groups.
pub(super) fn line(groups: usize, own: Option<&RatioRecord>) -> Option<String> {
    (groups == 2).then(|| own.map_or_else(|| "HR not estimated".to_owned(), RatioRecord::line))
}

/// A hazard ratio and its interval; what has no limits has a dash for them.
pub(super) fn words(status: Status, hr: Option<f64>, limits: [Option<f64>; 2]) -> [String; 2] {
    let or = |own: Option<f64>, none: &str| own.map_or_else(|| none.to_owned(), hazard_ratio);
    match (status, limits) {
        (Status::Aliased, _) => ["aliased".to_owned(), String::new()],
        (Status::Undetermined, _) => ["any".to_owned(), String::new()],
        (Status::Infinite, [None, None]) => [or(hr, "∞"), NONE.to_owned()],
        (Status::Infinite, [lower, upper]) => {
            [or(hr, "∞"), number::range(&or(lower, "0"), &or(upper, "∞"))]
        }
        (Status::Estimated, [Some(lower), Some(upper)]) => {
            [or(hr, NONE), number::range(&hazard_ratio(lower), &hazard_ratio(upper))]
        }
        (Status::Estimated, _) => [or(hr, NONE), NONE.to_owned()],
    }
}

fn name(groups: &Groups, group: usize) -> String {
    let levels = groups.levels(group).iter().cloned();
    group_name(&groups.terms().iter().cloned().zip(levels).collect::<Vec<_>>())
}
