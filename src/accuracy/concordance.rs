//! Concordance of a score with the order of events.

mod end;
mod jackknife;
mod pairs;
mod tally;
mod walk;

use rayon::prelude::*;
use serde::Serialize;

use self::jackknife::variance;
use self::pairs::Pairs;
use self::tally::tally;
use self::walk::Walk;
use super::check_values;
use crate::cohort::{Cohort, Groups};
use crate::error::Result;
use crate::numeric::sort;
use crate::risk::{Lanes, PARALLEL_ROWS, Passage, passages, rows_by_lane};

/// Rows handled by one task.
const BLOCK: usize = 1 << 14;

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
/// C = Σ wᵢwⱼ·1(sᵢ > sⱼ)/Σ wᵢwⱼ over pairs in which i has the event at t while j is at risk at t
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
    if !counts_by_ones(cohort) {
        return weighted_concordance(cohort, scores, |_, times| vec![1.0; times.len()]);
    }
    check_scores(cohort, scores)?;
    let ranked = sort::rank(scores.to_vec(), 0.0);
    let ties = (ranked.distinct.len() < scores.len()).then_some(scores);
    let single = Groups::single();
    let strata = rows_by_lane(Lanes::within_strata(cohort, &single), ranked.order.rows());
    Ok(conclude(cohort, &of_each(cohort, strata, |(_, rows)| tally(cohort, &rows, ties))))
}

/// Whether every row counts once, and twice the number of times can be counted.
fn counts_by_ones(cohort: &Cohort) -> bool {
    cohort.weights().values().is_none() && cohort.axis().len() <= 1 << 31
}

/// Concordance with the pairs of an event counted as often as `importance(stratum, times)` says at
/// the ascending ranks of times.
pub(super) fn weighted_concordance(
    cohort: &Cohort,
    scores: &[f64],
    importance: impl Fn(usize, &[u32]) -> Vec<f64> + Sync,
) -> Result<Concordance> {
    check_scores(cohort, scores)?;
    let single = Groups::single();
    let strata = passages(cohort, Lanes::within_strata(cohort, &single));
    let stratum = |(stratum, passage): (usize, Passage)| {
        let walk = Walk::new(cohort, scores, passage);
        let counts = importance(stratum, &walk.times());
        walk.run(&counts)
    };
    Ok(conclude(cohort, &of_each(cohort, strata, stratum)))
}

fn check_scores(cohort: &Cohort, scores: &[f64]) -> Result<()> {
    check_values(cohort, ("score", scores), "a finite number", f64::is_finite)
}

/// What is found in each stratum.
fn of_each<S: Send, R: Send>(
    cohort: &Cohort,
    strata: Vec<S>,
    find: impl Fn((usize, S)) -> R + Sync + Send,
) -> Vec<R> {
    if cohort.n_rows() < PARALLEL_ROWS {
        return strata.into_iter().enumerate().map(find).collect();
    }
    strata.into_par_iter().enumerate().map(find).collect()
}

/// What was found in one stratum.
struct Found<M> {
    pairs: Pairs,
    /// What rows took part in; a late entry is apart from the exit.
    met: Vec<M>,
}

/// What a row took part in, to be added to what else it did.
#[derive(Clone, Copy)]
struct Met {
    row: u32,
    /// The weight of the pairs that agree with its score (ties by half), and of all comparable ones.
    agreeing: f64,
    all: f64,
}

impl From<&Self> for Met {
    fn from(met: &Self) -> Self {
        *met
    }
}

/// Adds the strata up.
fn conclude<M: Sync>(cohort: &Cohort, strata: &[Found<M>]) -> Concordance
where
    for<'a> Met: From<&'a M>,
{
    let mut pairs = Pairs::default();
    strata.iter().for_each(|found| pairs.merge(&found.pairs));
    let [concordant, discordant, tied_x, tied_y, tied_xy] = pairs.values();
    let (estimate, std_err) = (None, None);
    let counts = Concordance { estimate, std_err, concordant, discordant, tied_x, tied_y, tied_xy };
    let comparable = concordant + discordant + tied_x;
    if comparable == 0.0 {
        return counts;
    }
    let estimate = (concordant + tied_x / 2.0) / comparable;
    let moved = |met: &M| {
        let Met { row, agreeing, all } = met.into();
        (row as usize, (agreeing - estimate * all) / comparable)
    };
    let std_err = Some(variance(cohort, strata, moved).sqrt());
    Concordance { estimate: Some(estimate), std_err, ..counts }
}

/// Something found in every block of a slice, from the place where it begins; the blocks are the
/// same for any number of threads.
fn in_blocks<T: Sync, R: Send>(all: &[T], find: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    match all.len() > BLOCK {
        true => all.par_chunks(BLOCK).enumerate().map(|(at, own)| find(at * BLOCK, own)).collect(),
        false => vec![find(0, all)],
    }
}
