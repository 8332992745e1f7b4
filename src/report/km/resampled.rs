//! Bootstrap intervals of a Kaplan–Meier document.

use serde::Serialize;

use super::KmDocument;
use super::group::GroupRecord;
use super::plan::KmPlan;
use crate::curve::{Bootstrap, BootstrapInterval, GroupBootstrap, SurvivalCurves};
use crate::error::Result;
use crate::report::grid::Grid;
use crate::report::number::{count, estimate, percent, probability_range, reached, time};
use crate::report::results::Stat;
use crate::report::whole::Source;

/// How a bootstrap was made.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct BootstrapRecord {
    replicates: usize,
    seed: u64,
    interval: &'static str,
}

impl BootstrapRecord {
    pub(super) fn words(&self) -> String {
        let Self { replicates, seed, .. } = self;
        format!(
            "Bootstrap intervals are percentiles of {replicates} resamples of the subjects with seed {seed} {}",
            Source::Efron1981
        )
    }
}

/// The percentile intervals of a group.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GroupIntervals {
    median: Interval,
    quantiles: Vec<OfFraction>,
    landmarks: Vec<OfTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rmst: Option<OfTau>,
}

/// An interval.
#[derive(Debug, Clone, Copy, Serialize)]
struct Interval {
    std_err: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    /// Replicates that did not get that far.
    not_reached: usize,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct OfFraction {
    p: f64,
    #[serde(flatten)]
    interval: Interval,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct OfTime {
    time: f64,
    #[serde(flatten)]
    interval: Interval,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct OfTau {
    tau: f64,
    #[serde(flatten)]
    interval: Interval,
}

impl KmPlan {
    /// Resamples, if that is asked for.
    pub(super) fn resample(&self, fit: &SurvivalCurves) -> Result<Option<Vec<GroupIntervals>>> {
        let Some((replicates, seed)) = self.bootstrap else { return Ok(None) };
        let quantiles: Vec<f64> = [&[0.5], self.quantiles.as_slice()].concat();
        let bootstrap = Bootstrap::default()
            .replicates(replicates)
            .seed(seed)
            .quantiles(quantiles)
            .rates(self.at.as_slice())
            .means(self.rmst.as_slice());
        let groups = fit.bootstrap(&bootstrap)?;
        Ok(Some(groups.iter().filter_map(GroupIntervals::new).collect()))
    }

    pub(super) fn bootstrap_record(&self) -> Option<BootstrapRecord> {
        let (replicates, seed) = self.bootstrap?;
        Some(BootstrapRecord { replicates, seed, interval: "percentile" })
    }
}

impl GroupIntervals {
    fn new(own: &GroupBootstrap) -> Option<Self> {
        let (median, quantiles) = own.quantiles.split_first()?;
        let of_fraction = |own: &BootstrapInterval| OfFraction { p: own.at, interval: own.into() };
        let of_time = |own: &BootstrapInterval| OfTime { time: own.at, interval: own.into() };
        Some(Self {
            median: median.into(),
            quantiles: quantiles.iter().map(of_fraction).collect(),
            landmarks: own.rates.iter().map(of_time).collect(),
            rmst: own.means.first().map(|own| OfTau { tau: own.at, interval: own.into() }),
        })
    }

    /// Every interval: of what, at which fraction or time, and its statistics.
    pub(super) fn statistics(&self) -> Vec<(&'static str, Option<f64>, IntervalStats)> {
        let quantiles = self.quantiles.iter().map(|own| ("quantile", own.p, own.interval));
        let landmarks = self.landmarks.iter().map(|own| ("survival", own.time, own.interval));
        let rmst = self.rmst.iter().map(|own| ("rmst", own.tau, own.interval));
        let all = quantiles.chain(landmarks).chain(rmst);
        let all = all.map(|(what, at, own)| (what, Some(at), own));
        let all = std::iter::once(("median", None, self.median)).chain(all);
        all.map(|(what, at, own)| (what, at, own.statistics(what != "survival"))).collect()
    }

    fn words(&self) -> Vec<String> {
        let median = std::iter::once(&self.median);
        let times = median.chain(self.quantiles.iter().map(|own| &own.interval));
        let rates = self.landmarks.iter().map(|own| own.interval.limits());
        let means = self.rmst.iter().map(|own| &own.interval);
        let times = times.map(Interval::reached);
        times.chain(rates.map(probability_range)).chain(means.map(Interval::reached)).collect()
    }
}

impl From<&BootstrapInterval> for Interval {
    fn from(own: &BootstrapInterval) -> Self {
        let &BootstrapInterval { std_err, lower, upper, not_reached, .. } = own;
        Self { std_err, lower, upper, not_reached }
    }
}

const STD_ERR: Stat = Stat::new("boot_std_err", "Standard error, bootstrap", estimate);
const LOWER: Stat = Stat::new("boot_lower", "Lower limit, bootstrap", estimate);
const UPPER: Stat = Stat::new("boot_upper", "Upper limit, bootstrap", estimate);
const NOT_REACHED: Stat = Stat::new("boot_not_reached", "Resamples that fall short", count);

/// Standard error, limits, and resamples that fall short.
type IntervalStats = [(Stat, Option<f64>); 4];

impl Interval {
    fn statistics(self, of_time: bool) -> IntervalStats {
        let limit = |stat: Stat| if of_time { stat.reached() } else { stat.share() };
        [
            (STD_ERR, self.std_err),
            (limit(LOWER), self.lower),
            (limit(UPPER), self.upper),
            (NOT_REACHED, Some(self.not_reached as f64)),
        ]
    }

    fn limits(&self) -> [Option<f64>; 2] {
        [self.lower, self.upper]
    }

    fn reached(&self) -> String {
        self.limits().map(reached).join("–")
    }
}

impl BootstrapRecord {
    fn caption(&self, conf_level: f64) -> String {
        format!(
            "Bootstrap {} CI by percentiles ({} resamples, seed {})",
            percent(conf_level),
            self.replicates,
            self.seed
        )
    }
}

impl KmDocument {
    /// The intervals for people.
    pub(super) fn bootstrap_grid(&self) -> Option<Grid> {
        let caption = self.bootstrap?.caption(self.conf_level);
        let first = self.groups.first()?.bootstrap.as_ref()?;
        let quantiles = first.quantiles.iter().map(|own| format!("{} failed", percent(own.p)));
        let rates = first.landmarks.iter().map(|own| format!("S({})", time(own.time)));
        let means = first.rmst.iter().map(|own| format!("mean up to {}", time(own.tau)));
        let grid = Grid::new(caption).words(["group", "median"]);
        let rows = self.groups.iter().filter_map(GroupRecord::bootstrap_words);
        Some(grid.words(quantiles.chain(rates).chain(means)).with_rows(rows))
    }
}

impl GroupRecord {
    fn bootstrap_words(&self) -> Option<Vec<String>> {
        let words = self.bootstrap.as_ref()?.words();
        Some(std::iter::once(self.label.clone()).chain(words).collect())
    }

    /// Limits in full precision, in the order of [`bootstrap_titles`](Self::bootstrap_titles).
    pub(super) fn bootstrap_limits(&self) -> Vec<Option<f64>> {
        let Some(own) = &self.bootstrap else { return Vec::new() };
        let quantiles = own.quantiles.iter().map(|own| own.interval);
        let rates = own.landmarks.iter().map(|own| own.interval);
        let means = own.rmst.iter().map(|own| own.interval);
        let all = std::iter::once(own.median).chain(quantiles).chain(rates).chain(means);
        all.flat_map(|own| own.limits()).collect()
    }

    /// Names of the limits.
    pub(super) fn bootstrap_titles(&self) -> Vec<String> {
        let Some(own) = &self.bootstrap else { return Vec::new() };
        let quantiles = own.quantiles.iter().map(|own| format!("quantile_{}", own.p));
        let rates = own.landmarks.iter().map(|own| format!("survival_{}", own.time));
        let means = own.rmst.iter().map(|_| "rmst".to_owned());
        let names = std::iter::once("median".to_owned()).chain(quantiles).chain(rates).chain(means);
        let limits = |name: String| ["lower", "upper"].map(|side| format!("boot_{name}_{side}"));
        names.flat_map(limits).collect()
    }
}
