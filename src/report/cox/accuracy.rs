//! How well a Cox regression predicts the rows that it was fitted to.

use std::io;

use serde::Serialize;

use super::CoxPlan;
use super::records::ConcordanceRecord;
use crate::accuracy::{
    Brier, Calibration, CalibrationGroup, ObservedExpected, brier, calibration, uno_c,
};
use crate::cohort::Cohort;
use crate::cox::CoxFit;
use crate::curve::{CurveOptions, KaplanMeier};
use crate::error::Result;
use crate::note::Note;
use crate::report::csv::Csv;
use crate::report::grid::Grid;
use crate::report::number::{
    NONE, count, exact_or_empty as optional, hazard_ratio, percent, probability, probability_range,
    time,
};
use crate::report::record;
use crate::report::results::{Place, Results, Stat};

/// Groups of predicted risk.
const GROUPS: usize = 5;
/// Event times that the integrated Brier score takes at most, besides 0 and τ.
const MOST_TIMES: usize = 500;
/// What such numbers are worth.
const APPARENT: &str = "accuracy is apparent, on the rows that the model was fitted to: expect less \
                        in new patients";

/// Accuracy up to τ; null where it does not exist.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AccuracyRecord {
    tau: f64,
    apparent: bool,
    uno_c: Option<ConcordanceRecord>,
    brier: Option<ScoreRecord>,
    integrated_brier: Option<IntegratedRecord>,
    calibration: Option<CalibrationRecord>,
}

/// A Brier score beside that of the Kaplan–Meier curve of all rows.
#[derive(Debug, Clone, Copy, Serialize)]
struct ScoreRecord {
    score: f64,
    reference: f64,
    explained: Option<f64>,
}

/// A mean over time.
#[derive(Debug, Clone, Copy, Serialize)]
struct IntegratedRecord {
    from: f64,
    to: f64,
    /// How many times the trapezoid rule has.
    times: usize,
    #[serde(flatten)]
    score: ScoreRecord,
}

/// Predicted and observed risk at τ.
#[derive(Debug, Clone, Serialize)]
struct CalibrationRecord {
    groups: Vec<GroupRecord>,
    overall: GroupRecord,
}

/// Rows of similar predicted risk.
#[derive(Debug, Clone, Serialize)]
struct GroupRecord {
    group: String,
    #[serde(serialize_with = "record::count")]
    n: f64,
    predicted: f64,
    observed: Option<f64>,
    std_err: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    observed_expected: Option<RatioRecord>,
}

/// Observed over predicted risk.
#[derive(Debug, Clone, Copy, Serialize)]
struct RatioRecord {
    ratio: f64,
    lower: Option<f64>,
    upper: Option<f64>,
}

impl AccuracyRecord {
    /// The time up to which it is told.
    pub(super) fn tau(&self) -> f64 {
        self.tau
    }

    pub(super) fn new(
        plan: &CoxPlan,
        (fit, cohort): (&CoxFit<'_>, &Cohort),
        tau: f64,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        notes.push(Note::Remark(APPARENT.to_owned()));
        let last = last_time(cohort);
        if tau > last {
            notes.push(Note::BeyondFollowUp { group: "accuracy".to_owned(), time: tau, last });
            let (uno_c, brier, integrated_brier, calibration) = (None, None, None, None);
            return Ok(Self { tau, apparent: true, uno_c, brier, integrated_brier, calibration });
        }
        let uno = uno_c(cohort, &fit.linear_predictor(), tau)?;
        let times = grid(cohort, tau);
        let predicted = fit.predicted_survival(&times)?;
        let scores = brier(cohort, &times, |row, at| predicted.at(row, at))?;
        let end = times.len() - 1;
        let risk: Vec<f64> = (0..cohort.n_rows()).map(|row| 1.0 - predicted.at(row, end)).collect();
        let CurveOptions { conf_level, conf_type, .. } = plan.curve_options();
        let observed = KaplanMeier::default().conf_level(conf_level).conf_type(conf_type);
        let calibration = calibration(cohort, &risk, tau, GROUPS.min(risk.len()), observed)?;
        let score = ScoreRecord::at_the_end(&scores);
        if score.is_none() {
            notes.push(Note::Remark(format!(
                "no Brier score at {tau}: nobody is observed that long, all being censored before"
            )));
        }
        Ok(Self {
            tau,
            apparent: true,
            uno_c: ConcordanceRecord::new(uno),
            brier: score,
            integrated_brier: IntegratedRecord::new(&scores),
            calibration: Some(calibration.into()),
        })
    }
}

fn last_time(cohort: &Cohort) -> f64 {
    cohort.exit().iter().max().map_or(0.0, |&rank| cohort.axis().time(rank))
}

/// 0, event times before τ, and τ.
fn grid(cohort: &Cohort, tau: f64) -> Vec<f64> {
    let exits = cohort.exit().iter().zip(cohort.event());
    let mut ranks: Vec<u32> = exits.filter(|(_, event)| **event).map(|(&rank, _)| rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let (axis, start) = (cohort.axis(), cohort.axis().rank_beyond(0.0));
    let inside = |rank: &u32| (start..axis.rank_at_least(tau)).contains(rank);
    let times: Vec<f64> = ranks.into_iter().filter(inside).map(|rank| axis.time(rank)).collect();
    let step = times.len().div_ceil(MOST_TIMES).max(1);
    let start = (tau > 0.0).then_some(0.0);
    start.into_iter().chain(times.into_iter().step_by(step)).chain([tau]).collect()
}

impl ScoreRecord {
    fn at_the_end(scores: &Brier) -> Option<Self> {
        let own = scores.points().last()?;
        Some(Self { score: own.score?, reference: own.reference?, explained: own.r_squared() })
    }
}

impl IntegratedRecord {
    fn new(scores: &Brier) -> Option<Self> {
        let own = scores.integrated()?;
        let (score, reference, explained) = (own.score, own.reference, own.r_squared());
        let score = ScoreRecord { score, reference, explained };
        Some(Self { from: own.from, to: own.to, times: scores.points().len(), score })
    }
}

impl From<Calibration> for CalibrationRecord {
    fn from(own: Calibration) -> Self {
        let groups = own.groups.iter().enumerate();
        Self {
            groups: groups.map(|(at, own)| GroupRecord::new((at + 1).to_string(), own)).collect(),
            overall: GroupRecord::new("all".to_owned(), &own.overall),
        }
    }
}

impl GroupRecord {
    fn new(group: String, own: &CalibrationGroup) -> Self {
        let ratio = |own: ObservedExpected| RatioRecord {
            ratio: own.ratio,
            lower: own.lower,
            upper: own.upper,
        };
        Self {
            group,
            n: own.n,
            predicted: own.predicted,
            observed: own.observed,
            std_err: own.std_err,
            lower: own.lower,
            upper: own.upper,
            observed_expected: own.observed_expected().map(ratio),
        }
    }

    fn words(&self) -> Vec<String> {
        let ratio = self.observed_expected.map(|own| hazard_ratio(own.ratio));
        vec![
            self.group.clone(),
            count(self.n),
            probability(Some(self.predicted)),
            probability(self.observed),
            probability_range([self.lower, self.upper]),
            ratio.unwrap_or_else(|| NONE.to_owned()),
        ]
    }
}

const TITLES: [&str; 8] =
    ["measure", "group", "n", "estimate", "reference", "std_err", "lower", "upper"];

impl AccuracyRecord {
    pub(super) fn grids(&self, conf_level: f64) -> impl Iterator<Item = Grid> {
        [Some(self.measures()), self.calibration_grid(conf_level)].into_iter().flatten()
    }

    fn measures(&self) -> Grid {
        let row = |name: &str, own: [Option<f64>; 4]| {
            [name.to_owned()].into_iter().chain(own.map(probability)).collect()
        };
        let score = |name: &str, own: Option<ScoreRecord>| {
            let explained = own.and_then(|own| own.explained);
            row(name, [own.map(|own| own.score), None, own.map(|own| own.reference), explained])
        };
        let uno = self.uno_c;
        let (uno, std_err) = (uno.map(|own| own.estimate), uno.and_then(|own| own.std_err));
        let caption =
            format!("Accuracy up to τ = {}, apparent (the rows of the fit)", time(self.tau));
        let grid = Grid::new(caption).words(["measure"]);
        grid.numbers(["estimate", "SE", "Kaplan–Meier", "explained"]).with_rows([
            row("Uno's C", [uno, std_err, None, None]),
            score("Brier score at τ", self.brier),
            score("integrated Brier score", self.integrated_brier.map(|own| own.score)),
        ])
    }

    fn calibration_grid(&self, conf_level: f64) -> Option<Grid> {
        let own = self.calibration.as_ref()?;
        let caption = format!("Calibration at τ = {}, by groups of predicted risk", time(self.tau));
        let grid = Grid::new(caption).words(["group"]).numbers(["n", "predicted", "observed"]);
        let grid = grid.words([format!("{} CI", percent(conf_level))]).numbers(["ratio"]);
        Some(grid.with_rows(own.groups.iter().chain([&own.overall]).map(GroupRecord::words)))
    }

    pub(super) fn records(&self, csv: &mut Csv<'_>, leading: &[String]) -> io::Result<()> {
        csv.header(leading, &TITLES.map(str::to_owned))?;
        let uno = self.uno_c;
        let brier = self.brier;
        let integrated = self.integrated_brier.map(|own| own.score);
        let single = [
            ("uno_c", uno.map(|own| own.estimate), None, uno.and_then(|own| own.std_err)),
            ("brier", brier.map(|own| own.score), brier.map(|own| own.reference), None),
            (
                "integrated_brier",
                integrated.map(|own| own.score),
                integrated.map(|own| own.reference),
                None,
            ),
        ];
        for (measure, estimate, reference, std_err) in single {
            let numbers = [None, estimate, reference, std_err, None, None].map(optional);
            let names = [measure.to_owned(), String::new()];
            csv.record(names.into_iter().chain(numbers).collect())?;
        }
        let groups =
            self.calibration.iter().flat_map(|own| own.groups.iter().chain([&own.overall]));
        groups.into_iter().try_for_each(|own| {
            let predicted = Some(own.predicted);
            let numbers = [Some(own.n), own.observed, predicted, own.std_err, own.lower, own.upper];
            let names = ["calibration".to_owned(), own.group.clone()];
            csv.record(names.into_iter().chain(numbers.map(optional)).collect())
        })
    }
}

const REFERENCE: Stat = Stat::ESTIMATE.called("reference").named("Kaplan–Meier's").share();
const EXPLAINED: Stat = Stat::ESTIMATE.called("explained").named("Share explained").share();
const PREDICTED: Stat = Stat::ESTIMATE.called("predicted").named("Predicted risk").share();
const OBSERVED: Stat = Stat::ESTIMATE.called("observed").named("Observed risk").share();
const RATIO: Stat = Stat::ESTIMATE.called("ratio").named("Observed over expected").ratio();
const RATIO_LOWER: Stat = Stat::LOWER.called("ratio_lower").ratio();
const RATIO_UPPER: Stat = Stat::UPPER.called("ratio_upper").ratio();

impl AccuracyRecord {
    pub(super) fn statistics(&self, results: &mut Results<'_>) -> io::Result<()> {
        let place = |what: &str| Place::of(what).at(self.tau);
        let uno = self.uno_c;
        let estimate = (Stat::ESTIMATE.share(), uno.map(|own| own.estimate));
        let std_err = (Stat::STD_ERR.share(), uno.and_then(|own| own.std_err));
        results.all(&place("Uno's C"), [estimate, std_err])?;
        let integrated = self.integrated_brier.map(|own| own.score);
        for (what, own) in [("Brier score", self.brier), ("integrated Brier score", integrated)] {
            results.all(&place(what), ScoreRecord::statistics(own))?;
        }
        self.calibration.iter().try_for_each(|own| {
            own.groups.iter().chain([&own.overall]).try_for_each(|own| {
                let group = [("risk group".to_owned(), own.group.clone())];
                results.all(&place("calibration").within(&group), own.statistics())
            })
        })
    }
}

impl ScoreRecord {
    fn statistics(own: Option<Self>) -> [(Stat, Option<f64>); 3] {
        [
            (Stat::ESTIMATE.share(), own.map(|own| own.score)),
            (REFERENCE, own.map(|own| own.reference)),
            (EXPLAINED, own.and_then(|own| own.explained)),
        ]
    }
}

impl GroupRecord {
    fn statistics(&self) -> [(Stat, Option<f64>); 9] {
        let ratio = self.observed_expected;
        [
            (Stat::N, Some(self.n)),
            (PREDICTED, Some(self.predicted)),
            (OBSERVED, self.observed),
            (Stat::STD_ERR.share(), self.std_err),
            (Stat::LOWER.share(), self.lower),
            (Stat::UPPER.share(), self.upper),
            (RATIO, ratio.map(|own| own.ratio)),
            (RATIO_LOWER, ratio.and_then(|own| own.lower)),
            (RATIO_UPPER, ratio.and_then(|own| own.upper)),
        ]
    }
}
