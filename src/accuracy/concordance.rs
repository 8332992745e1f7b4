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
    weighted_concordance(cohort, scores, |_, times| vec![1.0; times.len()])
}

/// Concordance with the pairs of an event counted as often as `importance(stratum, times)` says at
/// the ascending ranks of times.
pub(super) fn weighted_concordance(
    cohort: &Cohort,
    scores: &[f64],
    importance: impl Fn(usize, &[u32]) -> Vec<f64> + Sync,
) -> Result<Concordance> {
    check_values(cohort, ("score", scores), "a finite number", f64::is_finite)?;
    let single = Groups::single();
    let passages = passages(cohort, Lanes::within_strata(cohort, &single));
    let stratum = |(stratum, passage): (usize, Passage)| {
        let walk = Walk::new(cohort, scores, passage);
        let times: Vec<u32> = walk.instants.iter().map(|instant| instant.time).collect();
        walk.run(&importance(stratum, &times))
    };
    let found: Vec<Found> = if cohort.n_rows() < PARALLEL_ROWS {
        passages.into_iter().enumerate().map(stratum).collect()
    } else {
        passages.into_par_iter().enumerate().map(stratum).collect()
    };
    Ok(conclude(cohort, &found))
}

/// What a row took part in: the weight of the pairs that agree with its score (ties by half), and
/// of all its comparable pairs.
type Met = [f64; 2];

/// What was found in one stratum.
struct Found {
    passage: Passage,
    pairs: Pairs,
    /// By exit: as the one that fails, and as the one that stays.
    failing: Vec<Met>,
    staying: Vec<Met>,
    /// By entry: what `staying` counts too much, events before the entry.
    early: Vec<Met>,
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

/// What the walk must know of a row.
#[derive(Clone, Copy)]
struct Row {
    /// Place of the score among the distinct ones of the stratum.
    rank: u32,
    event: bool,
    weight: f64,
}

/// The rows of one stratum, to be walked in both directions of time.
struct Walk {
    passage: Passage,
    instants: Vec<Instant>,
    /// By exit and by entry.
    exits: Vec<Row>,
    entries: Vec<Row>,
    /// Distinct scores.
    distinct: usize,
    /// Whether weights count copies of a row, which make pairs among themselves.
    copies: bool,
}

impl Walk {
    fn new(cohort: &Cohort, scores: &[f64], passage: Passage) -> Self {
        let (exits, instants) = (passage.exits(), passage.instants(cohort));
        let own: Vec<f64> = exits.iter().map(|&row| scores[row as usize]).collect();
        let ranked = sort::rank(&own, 0.0);
        let distinct = ranked.distinct;
        let look = |(&row, rank): (&u32, u32)| Row {
            rank,
            event: cohort.event()[row as usize],
            weight: cohort.weights().of(row as usize),
        };
        let place =
            |&row: &u32| distinct.partition_point(|&score| score < scores[row as usize]) as u32;
        let late = passage.entries();
        Self {
            instants,
            exits: exits.iter().zip(ranked.order.ranks()).map(look).collect(),
            entries: late.iter().zip(late.iter().map(place)).map(look).collect(),
            distinct: distinct.len(),
            copies: matches!(cohort.weights(), Weights::Frequency(_)),
            passage,
        }
    }

    fn run(self, importance: &[f64]) -> Found {
        let fail = || self.failing(importance);
        let stay = || self.staying(importance);
        let ((pairs, failing), [staying, early]) = match self.exits.len() < PARALLEL_ROWS {
            true => (fail(), stay()),
            false => rayon::join(fail, stay),
        };
        Found { passage: self.passage, pairs, failing, staying, early }
    }

    /// From the last time to the first: every event against those at risk who stay.
    fn failing(&self, importance: &[f64]) -> (Pairs, Vec<Met>) {
        let mut at_risk = RankSums::new(self.distinct);
        let (mut pairs, mut met) = (Pairs::default(), vec![[0.0; 2]; self.exits.len()]);
        for (instant, &counts) in self.instants.iter().zip(importance).rev() {
            let leaving = &self.exits[instant.leaving.clone()];
            let (events, censored) = part(leaving);
            censored.for_each(|row| at_risk.add(row.rank, row.weight));
            for (row, met) in leaving.iter().zip(&mut met[instant.leaving.clone()]) {
                if row.event {
                    let Split { below, equal, above } = at_risk.split(row.rank);
                    pairs.add_split(row.weight * counts, [below, above, equal]);
                    *met = [below + equal / 2.0, below + equal + above].map(|met| met * counts);
                }
            }
            pairs.tie(events.clone(), counts, self.copies);
            events.for_each(|row| at_risk.add(row.rank, row.weight));
            let late = &self.entries[instant.late.clone()];
            late.iter().for_each(|row| at_risk.remove(row.rank, row.weight));
        }
        (pairs, met)
    }

    /// From the first time to the last: every row against the events until it leaves, and against
    /// those until it enters.
    fn staying(&self, importance: &[f64]) -> [Vec<Met>; 2] {
        let mut failed = RankSums::new(self.distinct);
        let [mut met, mut early] =
            [&self.exits, &self.entries].map(|rows| Vec::with_capacity(rows.len()));
        let meet = |failed: &RankSums, row: &Row| {
            let Split { below, equal, above } = failed.split(row.rank);
            [above + equal / 2.0, below + equal + above]
        };
        for (instant, &counts) in self.instants.iter().zip(importance) {
            let late = &self.entries[instant.late.clone()];
            early.extend(late.iter().map(|row| meet(&failed, row)));
            let leaving = &self.exits[instant.leaving.clone()];
            let before =
                leaving.iter().map(|row| if row.event { meet(&failed, row) } else { [0.0; 2] });
            met.extend(before);
            part(leaving).0.for_each(|row| failed.add(row.rank, counts * row.weight));
            for (row, met) in leaving.iter().zip(&mut met[instant.leaving.clone()]) {
                if !row.event {
                    *met = meet(&failed, row);
                }
            }
        }
        [met, early]
    }
}

/// Who leaves by the event, and who is censored.
fn part(rows: &[Row]) -> (impl Iterator<Item = &Row> + Clone, impl Iterator<Item = &Row>) {
    (rows.iter().filter(|row| row.event), rows.iter().filter(|row| !row.event))
}

impl Pairs {
    fn add_split(&mut self, weight: f64, [concordant, discordant, tied]: [f64; 3]) {
        self.concordant.add(weight * concordant);
        self.discordant.add(weight * discordant);
        self.tied_x.add(weight * tied);
    }

    /// Pairs of events at one time, and of copies of a row.
    fn tie<'a>(&mut self, events: impl Iterator<Item = &'a Row>, counts: f64, copies: bool) {
        let mut events: Vec<Row> = events.copied().collect();
        events.sort_by_key(|row| row.rank);
        let mut before = 0.0;
        for tied in events.chunk_by(|a, b| a.rank == b.rank) {
            let mut same = 0.0;
            for Row { weight, .. } in tied {
                let own = if copies { (weight - 1.0) / 2.0 } else { 0.0 };
                self.tied_y.add(counts * weight * before);
                self.tied_xy.add(counts * weight * (same + own));
                same += weight;
            }
            before += same;
        }
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
    let mut move_by = |sign: f64, rows: &[u32], met: &[Met]| {
        for (&row, [agreeing, all]) in rows.iter().zip(met) {
            moved[row as usize] += sign * (agreeing - estimate * all) / comparable;
        }
    };
    for Found { passage, failing, staying, early, .. } in strata {
        move_by(1.0, passage.exits(), failing);
        move_by(1.0, passage.exits(), staying);
        move_by(-1.0, passage.entries(), early);
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
