//! How often other data of the same size print the same digits.

use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::compute::{Fit, Part, fits, values};
use super::{Identify, Statistic};
use crate::cohort::{Cohort, Design, Factor, Groups, Weights};
use crate::numeric::stream::stream;
use crate::table::Category;

/// Shares of the drawn data that print the same.
pub(super) struct Chances {
    hits: Vec<u64>,
    /// Of each draw, whether it prints so in some way.
    any: Vec<bool>,
    draws: u64,
}

impl Chances {
    /// Draws subjects with replacement and, where nothing forbids it, moves their times by a
    /// lognormal factor with Silverman's bandwidth, so that the times themselves are not those of
    /// the data; whole days stay whole.
    ///
    /// Models are slow: in other data only those fits are made that matched in the data.
    pub(super) fn draw(plan: &Identify, part: &Part, number: u64, matched: &[Fit]) -> Self {
        let all = fits(plan, part.terms.len());
        let is_model = plan.statistic == Statistic::HazardRatio;
        let wanted = |own: &Fit| !is_model || matched.iter().any(|other| other.shares_fit(own));
        let places: Vec<usize> = (0..all.len()).filter(|&at| wanted(&all[at])).collect();
        let fits: Vec<Fit> = places.iter().map(|&at| all[at]).collect();
        let smooth = Smooth::new(&part.cohort);
        let one = |draw: u64| -> Vec<bool> {
            let Some(other) = smooth.replicate(plan, part, (number << 40) | draw) else {
                return vec![false; fits.len()];
            };
            let values = values(plan, &other, &fits);
            values.into_iter().map(|values| plan.prints(values)).collect()
        };
        let draws: Vec<Vec<bool>> = (0..plan.draws).into_par_iter().map(one).collect();
        let mut hits = vec![0; all.len()];
        for (own, &place) in places.iter().enumerate() {
            hits[place] = draws.iter().filter(|draw| draw[own]).count() as u64;
        }
        let any = draws.iter().map(|own| own.contains(&true)).collect();
        Self { hits, any, draws: plan.draws }
    }

    /// The share that print so in a way, by its place among all.
    pub(super) fn share(&self, way: usize) -> f64 {
        self.hits.get(way).map_or(0.0, |&hits| self.of(hits))
    }

    /// Of each draw, whether it prints so in some way.
    pub(super) fn any(&self) -> &[bool] {
        &self.any
    }

    fn of(&self, hits: u64) -> f64 {
        if self.draws == 0 { 0.0 } else { hits as f64 / self.draws as f64 }
    }
}

/// How other data are drawn.
struct Smooth {
    times: Vec<f64>,
    /// Standard deviation of the logarithm of the factor; none where rows are only drawn.
    width: Option<f64>,
    whole: bool,
}

impl Smooth {
    fn new(cohort: &Cohort) -> Self {
        let axis = cohort.axis();
        let times: Vec<f64> = cohort.exit().iter().map(|&rank| axis.time(rank)).collect();
        let simple = cohort.entry().is_none()
            && matches!(cohort.weights(), Weights::None)
            && cohort.strata().len() < 2
            && cohort.cluster().is_none();
        let whole = times.iter().all(|time| time.fract() == 0.0);
        let width = simple.then(|| bandwidth(&times));
        Self { times, width, whole }
    }

    fn replicate(&self, plan: &Identify, part: &Part, index: u64) -> Option<Part> {
        let mut random = stream(plan.seed, index);
        let n = self.times.len();
        let mut rows: Vec<u32> = (0..n).map(|_| below(&mut random, n)).collect();
        rows.sort_unstable();
        let cohort = match self.width {
            None => part.cohort.select(&rows).ok()?,
            Some(width) => {
                let moved = rows.iter().map(|&row| {
                    let step: f64 = StandardNormal.sample(&mut random);
                    let time = self.times[row as usize] * (width * step).exp();
                    if self.whole { time.round() } else { time }
                });
                let moved: Vec<f64> = moved.collect();
                let event = rows.iter().map(|&row| part.cohort.event()[row as usize]).collect();
                let groups = regroup(&part.cohort, &rows);
                Cohort::builder(moved, event).groups(groups).build().ok()?
            }
        };
        let design = match plan.statistic {
            Statistic::P => Some(Design::of_groups(&cohort).ok()?),
            _ => part.design.as_ref().map(|own| own.select(&rows)),
        };
        Some(Part { label: None, cohort, design, terms: part.terms.clone() })
    }
}

/// The groups of some rows.
fn regroup(cohort: &Cohort, rows: &[u32]) -> Groups {
    let groups = cohort.groups();
    if groups.len() < 2 {
        return Groups::single();
    }
    let codes = rows.iter().map(|&row| groups.code(row as usize)).collect();
    let levels: Vec<String> = (0..groups.len()).map(|level| level.to_string()).collect();
    let category = Category { codes, levels: levels.into() };
    Groups::cross(vec![Factor { name: "group".to_owned(), category }])
}

/// A whole number below `n`, for an `n` far below 2³².
fn below(random: &mut impl rand::Rng, n: usize) -> u32 {
    ((u128::from(random.next_u64()) * n as u128) >> 64) as u32
}

/// 0.9·s·n^(−1/5), with s the standard deviation of the logarithms of positive times.
fn bandwidth(times: &[f64]) -> f64 {
    let logs: Vec<f64> = times.iter().filter(|&&time| time > 0.0).map(|time| time.ln()).collect();
    if logs.len() < 2 {
        return 0.0;
    }
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
    0.9 * variance.sqrt() * n.powf(-0.2)
}
