//! Concordance of a score with the order of events.

use rayon::prelude::*;
use serde::Serialize;

use super::check_values;
use crate::cohort::{Cohort, Groups, Weights};
use crate::error::Result;
use crate::numeric::rank_sums::{RankSums, Split};
use crate::numeric::sort;
use crate::numeric::sum::DoubleDouble;
use crate::risk::{Instant, Lanes, PARALLEL_ROWS, Passage, passages};

/// How often the score and the times agree on who fails first, over pairs of rows.
///
/// A pair is comparable when one has the event while the other is at risk and stays so: it leaves
/// later, or is censored at that time. Pairs of different strata are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Concordance {
    /// C = (concordant + tied_x/2)/(concordant + discordant + tied_x); `None` when no pair is
    /// comparable.
    pub estimate: Option<f64>,
    /// Standard error of C by the infinitesimal jackknife; `None` when no pair is comparable.
    pub std_err: Option<f64>,
    /// Comparable pairs in which the higher score fails first.
    pub concordant: f64,
    /// Comparable pairs in which the lower score fails first.
    pub discordant: f64,
    /// Comparable pairs with one score.
    pub tied_x: f64,
    /// Pairs with different scores and the event at one time.
    pub tied_y: f64,
    /// Pairs with one score and the event at one time.
    pub tied_xy: f64,
}

/// Harrell's C of a score that is higher where the risk is higher.
///
/// C = Σ wᵢwⱼ [sᵢ > sⱼ] / Σ wᵢwⱼ over pairs in which i has the event at t while j is at risk at t
/// and either leaves later or is censored at t; sᵢ = sⱼ counts ½. With cᵢ, dᵢ and tᵢ the weights of
/// the rows with which row i makes concordant, discordant and tied pairs and N the weight of all
/// comparable pairs, the standard error is √Σᵢ (wᵢψᵢ)², ψ = (c + t/2 − C(c + d + t))/N, the sum of
/// wψ squared by cluster where there are clusters, and √Σ wᵢψᵢ² with frequency weights, which count
/// pairs as the repeated rows would. Scores tie when they are equal as numbers.
///
/// R: `concordance(fit)` of a Cox model, `concordance(y ~ score, reverse = TRUE)`, the square root
/// of its `var`. Harrell, Lee and Mark 1996,
/// doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
///
/// # Errors
/// When there is not one finite score a row.
///
/// ```
/// use riskset::{accuracy::concordance, cohort::Cohort};
/// let cohort = Cohort::builder(vec![1, 2, 3], vec![true, true, false]).build()?;
/// let c = concordance(&cohort, &[0.7, 0.1, 0.2])?;
/// assert_eq!((c.concordant, c.discordant, c.estimate), (2.0, 1.0, Some(2.0 / 3.0)));
/// # Ok::<(), riskset::Error>(())
/// ```
pub fn concordance(cohort: &Cohort, scores: &[f64]) -> Result<Concordance> {
    weighted_concordance(cohort, scores, |_, _| 1.0)
}

/// Concordance with the pairs of an event counted `importance(stratum, time rank)` times.
pub(super) fn weighted_concordance(
    cohort: &Cohort,
    scores: &[f64],
    importance: impl Fn(usize, u32) -> f64 + Sync,
) -> Result<Concordance> {
    check_values(cohort, ("score", scores), "a finite number", f64::is_finite)?;
    let single = Groups::single();
    let passages = passages(cohort, Lanes::within_strata(cohort, &single));
    let ranks = Ranks::new(scores, &passages);
    let lane = |(stratum, passage): (usize, &Passage)| {
        let (rank, distinct) = (&ranks.rank[..], ranks.distinct[stratum]);
        Walk { cohort, passage, rank, distinct }.run(|time| importance(stratum, time))
    };
    let found: Vec<Found> = if cohort.n_rows() < PARALLEL_ROWS {
        passages.iter().enumerate().map(lane).collect()
    } else {
        passages.par_iter().enumerate().map(lane).collect()
    };
    Ok(conclude(cohort, &found))
}

/// Scores as ranks within their stratum.
struct Ranks {
    /// One a row.
    rank: Vec<u32>,
    /// Distinct scores of each stratum.
    distinct: Vec<usize>,
}

impl Ranks {
    fn new(scores: &[f64], passages: &[Passage]) -> Self {
        let mut ranks = Self { rank: vec![0; scores.len()], distinct: Vec::new() };
        for rows in passages.iter().map(Passage::exits) {
            let own: Vec<f64> = rows.iter().map(|&row| scores[row as usize]).collect();
            let ranked = sort::rank(&own, 0.0);
            ranks.distinct.push(ranked.distinct.len());
            let place = |(&row, rank): (&u32, u32)| ranks.rank[row as usize] = rank;
            rows.iter().zip(ranked.order.ranks()).for_each(place);
        }
        ranks
    }
}

/// What a row took part in: the weight of the pairs that agree with its score (ties by half), and
/// of all its comparable pairs.
type Met = [f64; 2];

/// What was found in one stratum.
struct Found {
    pairs: Pairs,
    /// A row is met as the one that fails and as the one that stays.
    met: [Vec<(u32, Met)>; 2],
}

/// Weights of pairs.
#[derive(Default)]
struct Pairs {
    concordant: DoubleDouble,
    discordant: DoubleDouble,
    tied_x: DoubleDouble,
    tied_y: DoubleDouble,
    tied_xy: DoubleDouble,
}

/// The rows of one stratum and their scores, walked in both directions of time.
struct Walk<'a> {
    cohort: &'a Cohort,
    passage: &'a Passage,
    rank: &'a [u32],
    distinct: usize,
}

impl Walk<'_> {
    fn run(&self, importance: impl Fn(u32) -> f64 + Sync) -> Found {
        let fail = || self.failing(&importance);
        let stay = || self.staying(&importance);
        let ((pairs, failing), staying) = match self.passage.exits().len() < PARALLEL_ROWS {
            true => (fail(), stay()),
            false => rayon::join(fail, stay),
        };
        Found { pairs, met: [failing, staying] }
    }

    /// From the last time to the first: every event against those at risk who stay.
    fn failing(&self, importance: impl Fn(u32) -> f64) -> (Pairs, Vec<(u32, Met)>) {
        let mut at_risk = RankSums::new(self.distinct);
        let (mut pairs, mut met) = (Pairs::default(), Vec::new());
        for instant in self.passage.instants(self.cohort).rev() {
            let (events, censored) = self.part(&instant);
            censored.for_each(|row| at_risk.add(self.rank(row), self.weight(row)));
            let counts = importance(instant.time);
            for row in events.clone() {
                let Split { below, equal, above } = at_risk.split(self.rank(row));
                pairs.add_split(self.weight(row) * counts, [below, above, equal]);
                met.push((row, [counts * (below + equal / 2.0), counts * (below + above + equal)]));
            }
            self.tie(events.clone(), counts, &mut pairs);
            events.for_each(|row| at_risk.add(self.rank(row), self.weight(row)));
            let late = instant.late.iter();
            late.for_each(|&row| at_risk.remove(self.rank(row), self.weight(row)));
        }
        (pairs, met)
    }

    /// From the first time to the last: every row against the events it stayed through.
    fn staying(&self, importance: impl Fn(u32) -> f64) -> Vec<(u32, Met)> {
        let mut failed = RankSums::new(self.distinct);
        let mut met = Vec::with_capacity(self.passage.exits().len());
        let mut meet = |failed: &RankSums, row: u32, sign: f64| {
            let Split { below, equal, above } = failed.split(self.rank(row));
            met.push((row, [sign * (above + equal / 2.0), sign * (below + above + equal)]));
        };
        for instant in self.passage.instants(self.cohort) {
            let (events, censored) = self.part(&instant);
            // Events before its entry are none of its own.
            instant.late.iter().for_each(|&row| meet(&failed, row, -1.0));
            events.clone().for_each(|row| meet(&failed, row, 1.0));
            let counts = importance(instant.time);
            events.for_each(|row| failed.add(self.rank(row), counts * self.weight(row)));
            censored.for_each(|row| meet(&failed, row, 1.0));
        }
        met
    }

    /// Who leaves by the event, and who is censored.
    fn part<'a>(
        &'a self,
        instant: &Instant<'a>,
    ) -> (impl Iterator<Item = u32> + Clone, impl Iterator<Item = u32>) {
        let event = self.cohort.event();
        let leaving = instant.leaving.iter().copied();
        let events = leaving.clone().filter(|&row| event[row as usize]);
        (events, leaving.filter(|&row| !event[row as usize]))
    }

    /// Pairs of events at one time, and of copies of a row.
    fn tie(&self, events: impl Iterator<Item = u32>, counts: f64, pairs: &mut Pairs) {
        let mut events: Vec<u32> = events.collect();
        events.sort_unstable_by_key(|&row| (self.rank(row), row));
        let copies = matches!(self.cohort.weights(), Weights::Frequency(_));
        let mut before = 0.0;
        for tied in events.chunk_by(|&a, &b| self.rank(a) == self.rank(b)) {
            let mut same = 0.0;
            for weight in tied.iter().map(|&row| self.weight(row)) {
                let own = if copies { (weight - 1.0) / 2.0 } else { 0.0 };
                pairs.tied_y.add(counts * weight * before);
                pairs.tied_xy.add(counts * weight * (same + own));
                same += weight;
            }
            before += same;
        }
    }

    fn rank(&self, row: u32) -> u32 {
        self.rank[row as usize]
    }

    fn weight(&self, row: u32) -> f64 {
        self.cohort.weights().of(row as usize)
    }
}

impl Pairs {
    fn add_split(&mut self, weight: f64, [concordant, discordant, tied]: [f64; 3]) {
        self.concordant.add(weight * concordant);
        self.discordant.add(weight * discordant);
        self.tied_x.add(weight * tied);
    }

    fn merge(mut self, other: &Self) -> Self {
        self.concordant.add(other.concordant.value());
        self.discordant.add(other.discordant.value());
        self.tied_x.add(other.tied_x.value());
        self.tied_y.add(other.tied_y.value());
        self.tied_xy.add(other.tied_xy.value());
        self
    }

    fn counts(&self) -> Concordance {
        Concordance {
            estimate: None,
            std_err: None,
            concordant: self.concordant.value(),
            discordant: self.discordant.value(),
            tied_x: self.tied_x.value(),
            tied_y: self.tied_y.value(),
            tied_xy: self.tied_xy.value(),
        }
    }
}

/// Adds the strata up.
fn conclude(cohort: &Cohort, strata: &[Found]) -> Concordance {
    let pairs = strata.iter().fold(Pairs::default(), |sum, found| sum.merge(&found.pairs));
    let counts = pairs.counts();
    let comparable = counts.concordant + counts.discordant + counts.tied_x;
    if comparable == 0.0 {
        return counts;
    }
    let estimate = (counts.concordant + counts.tied_x / 2.0) / comparable;
    let mut moved = vec![0.0; cohort.n_rows()];
    for (row, [agreeing, all]) in strata.iter().flat_map(|found| &found.met).flatten() {
        moved[*row as usize] += (agreeing - estimate * all) / comparable;
    }
    let std_err = Some(variance(cohort, &moved).sqrt());
    Concordance { estimate: Some(estimate), std_err, ..counts }
}

/// The infinitesimal jackknife from what a unit of each row's weight moves the estimate by.
fn variance(cohort: &Cohort, moved: &[f64]) -> f64 {
    let rows = || (0..moved.len()).map(|row| cohort.weights().of(row) * moved[row]);
    if let Some(codes) = cohort.cluster() {
        let size = codes.iter().max().map_or(0, |&code| code as usize + 1);
        let mut sums = vec![0.0; size];
        rows().zip(codes).for_each(|(moved, &code)| sums[code as usize] += moved);
        return sums.iter().map(|sum| sum * sum).sum();
    }
    let copies = matches!(cohort.weights(), Weights::Frequency(_));
    let square = |(own, moved): (f64, &f64)| if copies { own * moved } else { own * own };
    rows().zip(moved).map(square).sum()
}
