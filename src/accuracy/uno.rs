//! Concordance that does not depend on the censoring.

use super::concordance::{Concordance, weighted_concordance};
use super::{check_followed_from_zero, check_time};
use crate::cohort::{Cohort, Groups};
use crate::curve::plain_curves;
use crate::error::Result;
use crate::risk::Lanes;

/// Uno's C up to a time τ: concordance in which an event at t ≤ τ counts G(t−)⁻² times.
///
/// G(t) is the Kaplan–Meier estimate, within the stratum, of not being censored by t, in which
/// events come before censorings at one time. The limit does not depend on the censoring as
/// Harrell's does. Pairs, ties in score and weights are those of [`concordance`](super::concordance)
/// and the counts are weighted by G⁻² too; the standard error takes G as known.
///
/// R: `concordance(y ~ score, reverse = TRUE, timewt = "n/G2", ymax = tau)`, whose standard error
/// is the same. Uno's paper counts events before τ only and no pair of an event and a censoring at one
/// time. Uno, Cai, Pencina, D'Agostino and Wei 2011, doi:10.1002/sim.4154.
///
/// # Errors
/// When there is not one finite score a row, τ is negative or not finite, or anybody enters late.
///
/// ```
/// use riskset::{accuracy::uno_c, cohort::Cohort};
/// let cohort = Cohort::builder(vec![1, 2, 3, 4], vec![true, false, true, true]).build()?;
/// // From time 3 on, G = 2/3.
/// let c = uno_c(&cohort, &[3.0, 4.0, 1.0, 2.0], 3.0)?;
/// assert_eq!((c.concordant, c.discordant), (2.0, 1.0 + 2.25));
/// # Ok::<(), riskset::Error>(())
/// ```
pub fn uno_c(cohort: &Cohort, scores: &[f64], tau: f64) -> Result<Concordance> {
    check_time("tau", tau)?;
    check_followed_from_zero(cohort, "Uno's C")?;
    let single = Groups::single();
    let curves = plain_curves(cohort, Lanes::within_strata(cohort, &single));
    let beyond = cohort.axis().rank_beyond(tau);
    // Nobody is left only where nobody with a weight has the event.
    let count = |left: f64| if left > 0.0 { left.powi(-2) } else { 0.0 };
    weighted_concordance(cohort, scores, |stratum, times| {
        let within = times.partition_point(|&time| time < beyond);
        let left = curves[stratum].censoring.just_before_ranks(times[..within].iter().copied());
        let mut counts: Vec<f64> = left.into_iter().map(count).collect();
        counts.resize(times.len(), 0.0);
        counts
    })
}
